"""The command line: runs stages, shows progress, speaks to the person."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tqdm import tqdm

from stages import linting, pipeline
from stages.archives import command as archives
from stages.context import PipelineError, UsageError, Work
from stages.core.corpus import RECORDS, TEXTS, CorpusError
from stages.core.corrections import CorrectionError
from stages.core.engine import EngineError
from stages.core.lexicon import LexiconError
from stages.core.memo import Memo
from stages.core.params import Block, ParamsError, defaults, load
from stages.core.schema import STAGES, schemas
from stages.core.tables import TableError
from stages.releases import command as releases

PROJECT = pipeline.Project(Path())
_FEW = 100
"""Texts that are done too soon for lines about them."""
_INTERRUPTED = 130
"""The exit code of a process that Ctrl-C ended, by the custom of shells."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 1 failed, 2 unusable arguments, 130 stopped by Ctrl-C."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (CorpusError, CorrectionError, LexiconError, ParamsError, UsageError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}" if error.filename else error, file=sys.stderr)
        return 2
    except (EngineError, PipelineError, TableError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; what was finished is kept: run again to go on", file=sys.stderr)
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m stages", description="News texts in, a versioned and traceable data package out."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for stage in STAGES:
        doc = pipeline.documentation(stage)
        command = commands.add_parser(stage, help=" ".join(doc.partition("\n\n")[0].split()), description=doc)
        command.add_argument("--params", type=Path, default=Path("params.yaml"), help="default: params.yaml")
        command.set_defaults(run=_stage, stage=stage)
    build = commands.add_parser("build", help="All tables of any corpus, without DVC.")
    build.add_argument(
        "source",
        metavar="SOURCE",
        help=f"a folder, or a file: {', '.join((*TEXTS, *RECORDS))}; also as a URL, as s3://bucket/news-*.jsonl.gz",
    )
    build.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="where <table>.parquet and .csv are written"
    )
    build.add_argument(
        "--params", type=Path, metavar="FILE", help="a params.yaml; without it every param has its default"
    )
    build.add_argument("--cache", type=Path, metavar="FOLDER", help="the memo of finished work; default: memo.folder")
    build.add_argument(
        "--corrections", type=Path, metavar="FILE", help="cells to be corrected, as the project's corrections.csv"
    )
    build.set_defaults(run=_build)
    linting.add(commands)
    summary = commands.add_parser("summary", help="What the built package holds, and how to load it.")
    summary.set_defaults(run=_summary)
    cache = commands.add_parser("cache", help="What the memo of finished work holds, by stage.")
    cache.add_argument(
        "--params", type=Path, metavar="FILE", help="a params.yaml; without it every param has its default"
    )
    cache.add_argument("--cache", type=Path, metavar="FOLDER", help="default: memo.folder of the params")
    cache.add_argument("--prune", type=int, metavar="MB", help="remove what was used longest ago, down to this size")
    cache.set_defaults(run=_cache)
    archives.add(commands, _say)
    releases.add(commands)
    return parser


def _params(path: Path | None) -> dict[str, Block]:
    blocks = pipeline.blocks()
    return load(path, blocks) if path else defaults(blocks)


def _stage(given: argparse.Namespace) -> int:
    """One stage of the project in the current folder: what dvc.yaml calls."""
    params = _params(given.params)
    for line in pipeline.run_project(given.stage, PROJECT, params, progress):
        print(line)
    return 0


def _build(given: argparse.Namespace) -> int:
    params = _params(given.params)
    out: Path = given.out.resolve()
    if out.parent == out:
        raise UsageError(f"{given.out}: is no folder that can be made anew")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{given.out}: is not a folder")
    source = Path(given.source)  # of a URL neither a folder nor a file
    if source.is_dir() and out.resolve().is_relative_to(source.resolve()):
        raise UsageError(f"{given.out}: lies inside {source}, and would be read as part of it next time")
    if source.is_file() and out.resolve() == source.resolve().parent:
        raise UsageError(f"{given.out}: holds {source}, which a table of the same name would overwrite")
    for line in pipeline.build(given.source, out, params, progress, given.cache, given.corrections):
        _say(line)
    return 0


def _say(line: str) -> None:
    """Print, unless nobody listens any more: a build is not stopped by `| head`."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _cache(given: argparse.Namespace) -> int:
    block = pipeline.memo_params(_params(given.params))
    if given.prune is not None and given.prune < 0:
        raise UsageError(f"--prune {given.prune}: a size in MB, 0 and more")
    if given.cache and not given.cache.is_dir():
        raise UsageError(f"{given.cache}: no such folder")
    kept = Memo(given.cache or Path(block.folder))
    if given.prune is not None:
        entries, size = kept.prune(given.prune)
        print(f"removed {entries} entries, {size / 1e6:.1f} MB")
    counted: dict[str, tuple[int, int]] = {}
    for stage, _, stat in kept.files():
        entries, size = counted.get(stage, (0, 0))
        counted[stage] = entries + 1, size + stat.st_size
    for stage, (entries, size) in counted.items():
        print(f"{stage:14}{entries:>8} entries{size / 1e6:>10.1f} MB")
    held = sum(size for _, size in counted.values())
    print(f"{kept.folder}: {held / 1e6:.1f} MB of at most {block.megabytes} MB; safe to delete")
    return 0


def _summary(given: argparse.Namespace) -> int:
    rows = pipeline.row_counts(PROJECT.tables)
    print(f"\nStandoff: {rows['documents']} documents, {rows['events']} events.")
    print(f"In {PROJECT.tables}/, each as .parquet and .csv:\n")
    for schema in schemas().values():
        if schema.published:
            print(f"  {schema.name:16} {rows[schema.name]:6}  {schema.grain}")
    print('\nLoad one:  pandas.read_parquet("tables/events_flat.parquet")')
    return 0


def progress(pieces: Iterable[Work], total: int | None, label: str) -> Iterator[Work]:
    """Show how far the work is: a bar on a terminal, else a line at each tenth; with the share from the memo."""
    done = remembered = 0
    shown = total is not None and total < _FEW
    step = max(_FEW, -(-(total or 100 * _FEW) // 10))
    bar = tqdm(total=total, desc=label, unit="text", leave=False) if sys.stderr.isatty() else None
    started = time.monotonic()
    try:
        for piece in pieces:
            yield piece
            before, done = done, done + piece.texts
            remembered += piece.texts * piece.remembered
            share = f"{remembered / max(done, 1):.0%} from memo"
            if bar is not None:
                bar.set_postfix_str(share, refresh=False)
                bar.update(piece.texts)
            elif not shown and done // step > before // step:
                speed = done / max(time.monotonic() - started, 0.001)
                of = f" of {total}" if total else ""
                print(f"{label}: {done}{of} texts, {speed:,.0f} texts/s, {share}", file=sys.stderr, flush=True)
    finally:
        if bar is not None:
            bar.close()


if __name__ == "__main__":
    sys.exit(main())
