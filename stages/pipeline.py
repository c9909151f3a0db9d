"""The pipeline: the order of the stages, what runs per partition and what reduces, and where tables lie.

`dvc repro` runs one stage after the other, each in a process of its own; `build` runs all of them in one, with one pass
over the partitions for all stages up to the next one that looks across documents. Both do the same work on the same
partitions (`tasks`) and write through the same writers, so both give the same bytes.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import importlib.util
import json
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from stages.context import Context, Layout, PipelineError, Progress, Tally
from stages.core import engine, memo, partitions, tables
from stages.core.corrections import Corrections, load
from stages.core.params import Block
from stages.core.parse import Row
from stages.core.schema import STAGES, Schema, schema, schemas
from stages.passes import Passes
from stages.reading import documents
from stages.tasks import module, peak

EXTRACTING = ("numbers", "attributions", "entities", "events")
"""Stages that read parsed documents."""

BUILDING = ("documents", "sentences", *EXTRACTING)
"""Stages that write tables."""

_FAULTS_SHOWN = 50


@dataclass(frozen=True)
class Project:
    """Where the parts of a project lie."""

    root: Path

    @property
    def seeds(self) -> Path:
        return self.root / "seeds"

    @property
    def tables(self) -> Path:
        return self.root / "tables"

    @property
    def corrections(self) -> Path:
        return self.root / "corrections.csv"

    @property
    def internal(self) -> Path:
        return self.root / "build"

    def release(self, version: str) -> Path:
        """Where the record of a release lies, if there is one."""
        return self.root / "releases" / version


def blocks() -> dict[str, type[Block]]:
    """The class of every block of params.yaml."""
    return {
        "package": module("publish").Package,
        "engine": engine.Params,
        "partitions": partitions.Params,
        "memo": memo.Params,
        "tables": Layout,
        **{stage: module(stage).Params for stage in STAGES},
    }


def memo_params(params: Mapping[str, Block]) -> memo.Params:
    """Where finished work is kept."""
    held = params["memo"]
    assert isinstance(held, memo.Params)
    return held


def documentation(stage: str) -> str:
    """The docstring of a stage, without importing it."""
    spec = importlib.util.find_spec(f"stages.{stage}")
    assert spec is not None and spec.origin is not None
    return ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""


def build(
    source: str | Path,
    out: Path,
    params: Mapping[str, Block],
    progress: Progress,
    cache: Path | None = None,
    corrections: Path | None = None,
) -> Iterator[str]:
    """Build all tables of a corpus in one process tree; yields lines for the person.

    Args:
        source: the corpus.
        out: the folder of the tables.
        params: those of all stages.
        progress: shows how far the work is.
        cache: the memo; that of the params if not given.
        corrections: a CSV file of cells to be corrected.
    """
    given = load(corrections) if corrections else Corrections()
    module("sentences").check(params["sentences"])  # a model that is not there is found before anything is read
    held = memo_params(params)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as partial:
        context = Context(Path(partial), None, params, progress, memo.Memo(cache or Path(held.folder)), given)
        with context.engine:
            yield _line("documents", documents(context, source))
            yield from context.notes
            for stage, counts in Passes(context).run(BUILDING[1:]).items():
                yield _line(stage, counts)
        # Only a finished build takes the place of an earlier one: never tables of two.
        out.mkdir(exist_ok=True)
        for path in sorted(Path(partial).iterdir()):
            _replace(path, out / path.name)
    context.memo.prune(held.megabytes)
    yield from summary(context.tallies)


def _replace(path: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    elif path.is_dir():
        target.unlink(missing_ok=True)
    path.replace(target)


def summary(tallies: Mapping[str, Tally]) -> Iterator[str]:
    """What each stage cost, and this process with all that it did itself, as a table."""
    yield f"{'':14}{'texts':>9}{'from memo':>11}{'CPU s':>9}{'peak MB':>9}"
    for stage, tally in tallies.items():
        share = f"{tally.remembered / tally.texts:.0%}" if tally.texts else "-"
        yield f"{stage:14}{tally.texts:>9}{share:>11}{tally.seconds:>9.1f}{tally.peak // 1_000_000 or '-':>9}"
    yield f"{'this process':14}{'-':>9}{'-':>11}{time.process_time():>9.1f}{peak() // 1_000_000:>9}"


def run_project(stage: str, project: Project, params: Mapping[str, Block], progress: Progress) -> Iterator[str]:
    """Run one stage of a project; yields lines for the person.

    Raises:
        corpus.CorpusError, corrections.CorrectionError, tables.TableError, engine.EngineError, PipelineError: say what
            is wrong and where.
    """
    if stage in BUILDING:
        held = memo_params(params)
        cache = project.root / held.folder
        given = load(project.corrections) if project.corrections.exists() else Corrections()
        context = Context(project.tables, project.internal, params, progress, memo.Memo(cache), given)
        with context.engine:
            if stage == "documents":
                yield _line(stage, documents(context, project.seeds))
            else:
                yield _line(stage, Passes(context).run([stage])[stage])
        yield from context.notes
        context.memo.prune(held.megabytes)
    elif stage == "evaluate":
        yield from _evaluate(project, params[stage])
    elif stage == "validate":
        yield from _validate(project, params)
    else:
        yield from _publish(project, params)


def rows(project: Project, name: str, of: Collection[str]) -> list[Row]:
    """The rows of a published table that were read from some documents."""
    known = schema(name)
    found: list[Row] = []
    for group in tables.scan(project.tables / f"{name}.parquet", known):
        kept = [doc_id in of for doc_id in tables.documents_of(group, known)]
        if any(kept):
            found += tables.to_rows(group.filter(pa.array(kept)))
    return found


def row_counts(folder: Path) -> dict[str, int]:
    """The number of rows of every published table in a folder."""
    return {
        known.name: tables.count(folder / f"{known.name}.parquet", known)
        for known in schemas().values()
        if known.published
    }


def _line(stage: str, counts: Mapping[str, int]) -> str:
    listed = ", ".join(f"{number} {name}" for name, number in counts.items() if schema(name).published)
    return f"{stage}: {listed}"


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _evaluate(project: Project, block: Block) -> Iterator[str]:
    code = module("evaluate")
    folder = project.root / block.gold  # type: ignore[attr-defined]
    if not folder.is_dir():
        raise PipelineError(f"evaluate: {folder} is no folder; name that of the annotation in evaluate.gold")
    gold = _gold(folder)
    metrics = code.score({name: rows(project, name, gold) for name in code.READS}, gold, block)
    _write_json(project.root / "metrics.json", metrics)
    yield f"evaluate: {metrics['texts']} texts with gold; see metrics.json, or: dvc metrics show"


def _gold(folder: Path) -> dict[str, dict[str, list[dict[str, str]]]]:
    """The annotation by text and layer: <folder>/<doc_id>/<layer>.csv."""
    gold: dict[str, dict[str, list[dict[str, str]]]] = {}
    for path in sorted(folder.rglob("*.csv")):
        if path.parent != folder:
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            gold.setdefault(path.parent.relative_to(folder).as_posix(), {})[path.stem] = rows
    return gold


def _validate(project: Project, params: Mapping[str, Block]) -> Iterator[str]:
    path = project.root / "validation.json"
    path.unlink(missing_ok=True)  # nobody may take an earlier verdict for this one
    code = module("validate")
    counts, faults = code.check(project.tables, params["validate"])
    release = _release(project, params)
    if release:
        number, more = code.changes(release, params["validate"])
        counts["rows"]["changes"] = number
        counts["faults"] += len(more)
        faults = [*faults, *more]
    if faults:
        more = [f"... and {len(faults) - _FAULTS_SHOWN} more"] if len(faults) > _FAULTS_SHOWN else []
        lines = [f"validate: {len(faults)} faults in {project.tables}", *map(str, faults[:_FAULTS_SHOWN]), *more]
        raise PipelineError("\n".join(lines))
    _write_json(path, counts)
    yield f"validate: {sum(counts['rows'].values())} rows and {counts['spans']} spans checked, no fault"


def _release(project: Project, params: Mapping[str, Block]) -> Path | None:
    """The record of the release that package.version names, if there is one."""
    folder = project.release(params["package"].version)  # type: ignore[attr-defined]
    return folder if (folder / "changes.csv").exists() else None


def _publish(project: Project, params: Mapping[str, Block]) -> Iterator[str]:
    code = module("publish")
    if not (project.root / "validation.json").exists():
        raise PipelineError(f"publish: {project.root / 'validation.json'} is missing; run validate first")
    release = _release(project, params)
    own = [_file(project, release / f"changes.{suffix}", schema("changes")) for suffix in FORMATS] if release else []
    package = params["package"]
    text = descriptor(project, package, own)
    (project.root / "datapackage.json").write_text(text, encoding="utf-8", newline="\n")
    (project.root / "CITATION.cff").write_text(code.citation(json.loads(text)), encoding="utf-8", newline="\n")
    known = [table for table in schemas().values() if table.published]
    examples: dict[str, Row] = {}
    for table in known:
        first = next(tables.scan(project.tables / f"{table.name}.parquet", table), None)
        if first is not None and first.num_rows:
            examples[table.name] = max(tables.to_rows(first), key=_filled)
    docs = project.root / "docs"
    docs.mkdir(exist_ok=True)
    page = code.reference([*known, schema("changes")], examples, package.texts == "included")  # type: ignore[attr-defined]
    (docs / "tables.md").write_text(page, encoding="utf-8", newline="\n")
    yield f"publish: {len(known)} tables in datapackage.json, docs/tables.md; how to cite them in CITATION.cff"


FORMATS = ("csv", "parquet")
"""The files of a published table, in the order of the descriptor."""


def descriptor(project: Project, package: Block, changes: list[Any]) -> str:
    """The descriptor of the built package.

    Args:
        project: the project.
        package: what the package says of itself.
        changes: the files of the table that a release brings; none without a release.
    """
    code = module("publish")
    known = [table for table in schemas().values() if table.published]
    files = {
        table.name: [_file(project, path, table) for suffix in FORMATS for path in _parts(project, table, suffix)]
        for table in known
    }
    if changes:
        known.append(schema("changes"))
        files["changes"] = changes
    sources = [
        row
        for group in tables.scan(project.tables / "documents.parquet", schema("documents"), code.READS["documents"])
        for row in tables.to_rows(group)
    ]
    archives = {row["path"] for row in sources if row["format"] == "record"}
    hashes = {path: _sha256(project.seeds / path) for path in sorted(archives)}
    text: str = code.descriptor(package, files, known, sources, hashes, project.seeds.name)
    return text


def _parts(project: Project, table: Schema, suffix: str) -> list[Path]:
    return tables.parts(project.tables / f"{table.name}.{suffix}")


def _file(project: Project, path: Path, table: Schema) -> Any:
    """What the descriptor says of a file."""
    twin = path if path.suffix == ".parquet" else _twin(path)
    number = tables.count(twin, table)
    place = path.relative_to(project.root).as_posix()
    return module("publish").File(place, path.suffix[1:], path.stat().st_size, _sha256(path), number)


def _twin(path: Path) -> Path:
    """The Parquet file with the rows of a CSV file."""
    folder = path.parent.with_suffix(".parquet") if path.parent.suffix == ".csv" else path.parent
    return folder / f"{path.stem}.parquet"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _filled(row: Row) -> int:
    return sum(value is not None for value in row.values())
