"""The command line: runs stages, shows progress, speaks to the person."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from stages import pipeline
from stages.core.corpus import RECORDS, TEXTS, CorpusError
from stages.core.params import Block, ParamsError, defaults, load
from stages.core.schema import STAGES, schemas
from stages.core.tables import TableError

PROJECT = pipeline.Project(Path())


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 1 failed, 2 unusable arguments."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (CorpusError, ParamsError, UsageError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}" if error.filename else error, file=sys.stderr)
        return 2
    except (TableError, pipeline.PipelineError) as error:
        print(error, file=sys.stderr)
        return 1


class UsageError(ValueError):
    """Arguments that cannot be used together."""


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
    build.set_defaults(run=_build)
    summary = commands.add_parser("summary", help="What the built package holds, and how to load it.")
    summary.set_defaults(run=_summary)
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
    out: Path = given.out
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is not a folder")
    source = Path(given.source)  # of a URL neither a folder nor a file
    if source.is_dir() and out.resolve().is_relative_to(source.resolve()):
        raise UsageError(f"{out}: lies inside {source}, and would be read as part of it next time")
    if source.is_file() and out.resolve() == source.resolve().parent:
        raise UsageError(f"{out}: holds {source}, which a table of the same name would overwrite")
    for line in pipeline.build(given.source, out, params, progress):
        print(line)
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


def progress(things: Iterable[Any], total: int | None, stage: str) -> Iterator[Any]:
    """Show how far a stage is: a bar on a terminal, else a line at each tenth."""
    if sys.stderr.isatty():
        yield from tqdm(things, total=total, desc=stage, unit="text", leave=False)
        return
    step = max(100, -(-(total or 10_000) // 10))
    for done, thing in enumerate(things, start=1):
        yield thing
        if done % step == 0:
            print(f"{stage}: {done}{f' of {total}' if total else ''} texts", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
