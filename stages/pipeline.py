"""The pipeline: the order of the stages, what runs per document and what reduces, and where tables lie.

A stage is run with the tables that earlier stages wrote, and its tables are written; that is all that `dvc repro`
and `build` do, so both give the same bytes.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import importlib
import importlib.util
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from stages.core import corpus, parse, tables
from stages.core.params import Block
from stages.core.parse import Document, Row, Tables
from stages.core.schema import STAGES, schema, schemas

EXTRACTING = ("numbers", "attributions", "entities", "events")
"""Stages that read parsed documents."""

BUILDING = ("documents", "sentences", *EXTRACTING)
"""Stages that write tables."""

_PARSE = ("documents", "segments", "sentences", "tokens")

_FAULTS_SHOWN = 50

Progress = Callable[[Iterable[Any], int | None, str], Iterable[Any]]
"""Wraps what is worked through: the things, how many there are if that is known, the name of the stage."""


class PipelineError(RuntimeError):
    """A build that has to stop; the message says what happened, where, and what to do."""


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
    def internal(self) -> Path:
        return self.root / "build"


def blocks() -> dict[str, type[Block]]:
    """The class of every block of params.yaml."""
    return {"package": module("publish").Package, **{stage: module(stage).Params for stage in STAGES}}


def module(stage: str) -> ModuleType:
    """The module of a stage."""
    return importlib.import_module(f"stages.{stage}")


def documentation(stage: str) -> str:
    """The docstring of a stage, without importing it."""
    spec = importlib.util.find_spec(f"stages.{stage}")
    assert spec is not None and spec.origin is not None
    return ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""


@dataclass
class Store:
    """Tables in a folder; internal ones in another, or in memory only."""

    folder: Path
    internal: Path | None
    keep: bool = False
    """Whether tables stay in memory for the stages that follow in the same process."""
    notes: list[str] = field(default_factory=list)
    """What the person should know of the inputs."""
    _kept: dict[str, list[Row]] = field(default_factory=dict)
    _documents: list[Document] = field(default_factory=list)

    def read(self, name: str) -> list[Row]:
        """The rows of a table."""
        if name in self._kept:
            return self._kept[name]
        known = schema(name)
        folder = self.folder if known.published else self.internal
        if folder is None:
            raise tables.TableError(f"{name}: has not been built")
        return tables.to_rows(tables.read_parquet(folder / f"{name}.parquet", known))

    def write(self, name: str, rows: Iterable[Row]) -> int:
        """Write a table, sorted by its primary key; returns the number of rows."""
        known = schema(name)
        table = tables.from_rows(sorted(rows, key=tables.order(known)), known)
        if known.published:
            tables.write(table, self.folder, name)
        elif self.internal is not None:
            tables.write(table, self.internal, name, ["parquet"])
        if self.keep:
            self._kept[name] = tables.to_rows(table)
        return int(table.num_rows)

    def parsed(self) -> list[Document]:
        """The parsed documents in the order of their ids, without rows of other stages."""
        if self._documents:
            return self._documents
        by_document = {name: _by_document(self.read(name)) for name in _PARSE}
        documents = [
            parse.rebuild(
                rows[0],
                by_document["segments"].get(doc_id, []),
                by_document["sentences"].get(doc_id, []),
                by_document["tokens"].get(doc_id, []),
            )
            for doc_id, rows in by_document["documents"].items()
        ]
        if self.keep:
            self._documents = documents
        return documents


def _by_document(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by document, in the order they come; a row without a doc_id belongs where its first key does."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["doc_id"] if "doc_id" in row else tables.natural(next(iter(row.values())))[0]].append(row)
    return grouped


def run(
    stage: str, source: str | Path, store: Store, params: Mapping[str, Block], progress: Progress
) -> dict[str, int]:
    """Run one stage that writes tables.

    Args:
        stage: one of BUILDING.
        source: the corpus; only documents reads it.
        store: where tables are read and written.
        params: the params of all stages.
        progress: shows how far the work is.

    Returns:
        The number of rows of each table written.

    Raises:
        corpus.CorpusError, tables.TableError: say what is wrong and where.
    """
    code, block = module(stage), params[stage]
    if stage == "documents":
        found = _documents(code, source, store, block, progress)
    elif stage == "sentences":
        found = _sentences(code, store, block, progress)
    else:
        found = _extract(code, stage, store, block, progress)
    return {name: store.write(name, found.get(name, [])) for name in code.WRITES}


def _gather(parts: Iterable[Tables]) -> Tables:
    gathered: Tables = defaultdict(list)
    for part in parts:
        for name, rows in part.items():
            gathered[name].extend(rows)
    return gathered


def _documents(code: ModuleType, source: str | Path, store: Store, block: Block, progress: Progress) -> Tables:
    columns = block.columns.model_dump()  # type: ignore[attr-defined]
    items = progress(corpus.read(source, columns), None, "documents")
    gathered = _gather(code.extract(item, block) for item in items)
    if ignored := corpus.left_out(source):
        example = f", for example {ignored[0]}"
        store.notes.append(f"{len(ignored)} files are no texts or hidden, and were left out{example}")
    store.notes += [f"{note['path']}: {note['detail']}" for note in gathered.get("_notes", [])]
    if rejects := Counter(row["reason"] for row in gathered.get("rejects", [])):
        reasons = ", ".join(f"{reason} {number}" for reason, number in sorted(rejects.items()))
        store.notes.append(f"{rejects.total()} inputs could not be read, see the table rejects: {reasons}")
    resolved: Tables = code.resolve({name: gathered[name] for name in (*code.WRITES, "_signatures")}, block)
    return resolved


def _sentences(code: ModuleType, store: Store, block: Block, progress: Progress) -> Tables:
    segments = _by_document(store.read("segments"))
    documents = [(row, segments.get(row["doc_id"], [])) for row in store.read("documents")]
    extracted: Tables = code.extract(progress(documents, len(documents), "sentences"), code.load(block), block)
    return extracted


def _extract(code: ModuleType, stage: str, store: Store, block: Block, progress: Progress) -> Tables:
    documents = store.parsed()
    read = {name: store.read(name) for name in code.READS}
    rows = _rows_of_documents({name: read[name] for name in code.READS if name not in _PARSE})
    for document in documents:
        document.rows = rows(document.doc_id)
    gathered = _gather(code.extract(document, block) for document in progress(documents, len(documents), stage))
    if hasattr(code, "resolve"):
        resolved: Tables = code.resolve({**read, **gathered}, block)
        return resolved
    return gathered


def _rows_of_documents(read: Mapping[str, Sequence[Row]]) -> Callable[[str], dict[str, list[Row]]]:
    """The rows of one document, table by table; of entities those that its mentions refer to."""
    grouped = {name: _by_document(rows) for name, rows in read.items() if name != "entities"}
    entities = {row["entity_id"]: row for row in read.get("entities", [])}

    def rows(doc_id: str) -> dict[str, list[Row]]:
        found = {name: by_document.get(doc_id, []) for name, by_document in grouped.items()}
        if entities:
            mentions = found.get("mentions", [])
            used = {row[name] for row in mentions for name in ("entity_id", "literal_entity_id") if row[name]}
            found["entities"] = [entities[name] for name in sorted(used)]
        elif "entities" in read:
            found["entities"] = []
        return found

    return rows


def build(source: str | Path, out: Path, params: Mapping[str, Block], progress: Progress) -> Iterator[str]:
    """Build all tables of a corpus in one process; yields lines for the person."""
    module("sentences").load(params["sentences"])  # a model that is not there is found before anything is read
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    store = Store(partial, None, keep=True)
    for stage in BUILDING:
        counts = run(stage, source, store, params, progress)
        yield _line(stage, counts)
        yield from store.notes
        store.notes.clear()
    # Only a finished build takes the place of an earlier one: never tables of two.
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(partial.iterdir()):
        path.replace(out / path.name)
    partial.rmdir()


def run_project(stage: str, project: Project, params: Mapping[str, Block], progress: Progress) -> Iterator[str]:
    """Run one stage of a project; yields lines for the person.

    Raises:
        corpus.CorpusError, tables.TableError, PipelineError: say what is wrong and where.
    """
    if stage in BUILDING:
        store = Store(project.tables, project.internal)
        counts = run(stage, project.seeds, store, params, progress)
        yield _line(stage, counts)
        yield from store.notes
    elif stage == "evaluate":
        yield from _evaluate(project, params[stage])
    elif stage == "validate":
        yield from _validate(project)
    else:
        yield from _publish(project, params)


def row_counts(folder: Path) -> dict[str, int]:
    """The number of rows of every published table in a folder."""
    known = [table for table in schemas().values() if table.published]
    return {table.name: tables.read_parquet(folder / f"{table.name}.parquet", table).num_rows for table in known}


def _line(stage: str, counts: Mapping[str, int]) -> str:
    return f"{stage}: {', '.join(f'{number} {name}' for name, number in counts.items())}"


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _evaluate(project: Project, block: Block) -> Iterator[str]:
    code = module("evaluate")
    store = Store(project.tables, project.internal)
    gold = _gold(project.root / block.gold)  # type: ignore[attr-defined]
    metrics = code.score({name: store.read(name) for name in code.READS}, gold, block)
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


def _validate(project: Project) -> Iterator[str]:
    counts, faults = module("validate").check(project.tables)
    if faults:
        more = [f"... and {len(faults) - _FAULTS_SHOWN} more"] if len(faults) > _FAULTS_SHOWN else []
        lines = [f"validate: {len(faults)} faults in {project.tables}", *map(str, faults[:_FAULTS_SHOWN]), *more]
        raise PipelineError("\n".join(lines))
    _write_json(project.root / "validation.json", counts)
    yield f"validate: {sum(counts['rows'].values())} rows and {counts['spans']} spans checked, no fault"


def _publish(project: Project, params: Mapping[str, Block]) -> Iterator[str]:
    code = module("publish")
    known = [table for table in schemas().values() if table.published]
    validation = project.root / "validation.json"
    if not validation.exists():
        raise PipelineError(f"publish: {validation} is missing; run validate first")
    rows = json.loads(validation.read_text(encoding="utf-8"))["rows"]
    store = Store(project.tables, project.internal)
    files = {
        table.name: [
            code.File(
                path.relative_to(project.root).as_posix(), path.suffix[1:], len(content), digest, rows[table.name]
            )
            for path in (project.tables / f"{table.name}.{suffix}" for suffix in ("csv", "parquet"))
            for content in (path.read_bytes(),)
            for digest in (hashlib.sha256(content).hexdigest(),)
        ]
        for table in known
    }
    text = code.descriptor(params["package"], files, known, store.read("documents"), project.seeds.name)
    (project.root / "datapackage.json").write_text(text, encoding="utf-8", newline="\n")
    examples = {table.name: max(found, key=_filled) for table in known if (found := store.read(table.name))}
    docs = project.root / "docs"
    docs.mkdir(exist_ok=True)
    (docs / "tables.md").write_text(code.reference(known, examples), encoding="utf-8", newline="\n")
    yield f"publish: {len(known)} tables in datapackage.json, docs/tables.md"


def _filled(row: Row) -> int:
    return sum(value is not None for value in row.values())
