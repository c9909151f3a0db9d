"""What is done with one partition of documents, in whatever process the engine chose: tables in, tables out."""

from __future__ import annotations

import importlib
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Literal, NamedTuple

import pyarrow as pa

from stages.core import memo, parse, tables
from stages.core.corpus import Item
from stages.core.corrections import Correction, correct
from stages.core.params import Block
from stages.core.parse import ALL, PARSE, Document, Row, Tables
from stages.core.schema import schema


class Step(NamedTuple):
    """What one stage does with a partition: `extract` by document, `finish` once `reduce` has seen all."""

    stage: str
    phase: Literal["extract", "finish"]


@dataclass(frozen=True)
class Job:
    """Steps to be done with one partition, one after the other."""

    name: str
    """The partition, for messages."""
    steps: tuple[Step, ...]
    params: Mapping[str, Block]
    given: Mapping[str, bytes]
    """The tables that the steps read and do not make, as Arrow streams."""
    links: Mapping[str, Mapping[str, Row]]
    """By stage: what `reduce` found of the partition."""
    corrections: tuple[Correction, ...] = ()
    """Of the tables that the steps finish."""


@dataclass(frozen=True)
class Batch:
    """Inputs of a corpus to be read."""

    name: str
    items: tuple[Item, ...]
    params: Block


@dataclass(frozen=True)
class Result:
    """What a step made."""

    step: Step
    content: bytes
    """The tables, as `memo.encode` makes them."""
    seconds: float
    """Of CPU."""
    peak: int
    """Largest memory of the process so far, in bytes."""


def module(stage: str) -> ModuleType:
    """The module of a stage."""
    return importlib.import_module(f"stages.{stage}")


def reads(step: Step) -> dict[str, tuple[str, ...]]:
    """The tables of other stages that a step reads, and of each the columns."""
    code = module(step.stage)
    wanted: Mapping[str, tuple[str, ...]] = code.READS if step.phase == "extract" else code.FINISHES
    return {name: tuple(schema(name).names) if columns == ALL else columns for name, columns in wanted.items()}


def makes(step: Step) -> list[str]:
    """The tables that a step makes, private ones among them."""
    code = module(step.stage)
    if step.phase == "finish":
        return list(code.FINISHED)
    reduced = getattr(code, "REDUCED", ())
    return [name for name in (*code.WRITES, *getattr(code, "REDUCES", ())) if name not in reduced]


def delivers(step: Step) -> list[str]:
    """The tables of a step that are finished, and what `reduce` reads."""
    if step.phase == "finish":
        return makes(step)
    return [name for name in makes(step) if name not in getattr(module(step.stage), "FINISHED", ())]


def work(job: Job) -> list[Result]:
    """Do the steps of a job."""
    bench = _Bench({name: memo.unstream(content) for name, content in job.given.items()}, job.corrections)
    results: list[Result] = []
    for step in job.steps:
        start = time.process_time()
        code, block = module(step.stage), job.params[step.stage]
        if step.phase == "finish":
            made = bench.finish(step, code, job.links[step.stage], block)
        elif step.stage == "sentences":
            made = bench.parse(code, block)
        else:
            made = bench.extract(step, code, block)
        bench.tables.update(made)
        results.append(_result(step, made, start))
    return results


def read(batch: Batch) -> list[Result]:
    """The documents of a batch of inputs."""
    start = time.process_time()
    code = module("documents")
    made = _tables(code, _gathered(code.extract(item, batch.params) for item in batch.items))
    return [_result(Step("documents", "extract"), made, start)]


def _result(step: Step, made: Mapping[str, pa.Table], start: float) -> Result:
    content = memo.encode(made)
    return Result(step, content, time.process_time() - start, peak())


def peak() -> int:
    """The largest memory of this process so far, in bytes."""
    # Linux counts kibibytes, macOS bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class _Bench:
    """The tables of one partition, and the documents rebuilt from them once for all steps."""

    def __init__(self, given: dict[str, pa.Table], corrections: Sequence[Correction]) -> None:
        self.tables = given
        self._corrections = corrections
        self._documents: list[Document] = []

    def parse(self, code: ModuleType, block: Block) -> dict[str, pa.Table]:
        wanted = reads(Step("sentences", "extract"))
        segments = _by_document(self._rows("segments", wanted["segments"]), "segments")
        documents = [(row, segments.get(row["doc_id"], [])) for row in self._rows("documents", wanted["documents"])]
        columns = code.extract(documents, code.load(block), block)
        return {name: tables.from_columns(columns[name], schema(name)) for name in code.WRITES}

    def extract(self, step: Step, code: ModuleType, block: Block) -> dict[str, pa.Table]:
        wanted = {name: columns for name, columns in reads(step).items() if name not in PARSE}
        grouped = {
            name: _by_document(self._rows(name, columns), name)
            for name, columns in wanted.items()
            if name != "entities"
        }
        entities = (
            {row["entity_id"]: row for row in self._rows("entities", wanted["entities"])}
            if "entities" in wanted
            else None
        )

        def made() -> Iterator[Tables]:
            for document in self._parsed():
                rows: dict[str, list[Row]] = {name: found.get(document.doc_id, []) for name, found in grouped.items()}
                if entities is not None:
                    rows["entities"] = _mentioned(rows["mentions"], entities)
                document.rows = rows
                yield code.extract(document, block)

        return _tables(code, self._corrected(_gathered(made()), delivers(step)))

    def finish(self, step: Step, code: ModuleType, links: Mapping[str, Row], block: Block) -> dict[str, pa.Table]:
        given = {name: self._rows(name, schema(name).names) for name in code.FINISHED if name in self.tables}
        given |= {name: self._rows(name, columns) for name, columns in reads(step).items()}
        made = self._corrected(code.finish(given, links, block), code.FINISHED)
        if hasattr(code, "join"):
            made = {**made, **code.join({**given, **made})}
        return {name: _table(name, made[name], complete=True) for name in code.FINISHED}

    def _corrected(self, made: Tables, names: Collection[str]) -> Tables:
        """Rows of tables, some of which are finished and get their corrections."""
        keys: dict[str, set[str]] = {}
        for name, key in filter(None, (one.refers_to for one in self._corrections)):
            if name in made:
                keys[name] = {row[key] for row in made[name]}
            elif name in self.tables:
                keys[name] = set(self.tables[name][key].to_pylist())
        corrected = {one.table for one in self._corrections} & set(names)
        return {
            **made,
            **{name: correct(name, made.get(name, []), self._corrections, keys) for name in sorted(corrected)},
        }

    def _rows(self, name: str, columns: Sequence[str]) -> list[Row]:
        return tables.to_rows(self.tables[name].select(list(columns)))

    def _parsed(self) -> list[Document]:
        if not self._documents:
            given = {name: self.tables[name].select(list(PARSE[name])) for name in PARSE}
            segments = _by_document(tables.to_rows(given["segments"]), "segments")
            sentences = _by_document(tables.to_rows(given["sentences"]), "sentences")
            tokens = tables.to_columns(given["tokens"])
            places = runs(tokens["doc_id"])
            for row in tables.to_rows(given["documents"]):
                start, end = places.get(row["doc_id"], (0, 0))
                cells = {name: column[start:end] for name, column in tokens.items()}
                doc_id = row["doc_id"]
                self._documents.append(parse.rebuild(row, segments.get(doc_id, []), sentences.get(doc_id, []), cells))
        return self._documents


def runs(keys: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Where the rows of each document begin and end, in a column that is sorted by document."""
    found: dict[str, tuple[int, int]] = {}
    start = 0
    for at in range(1, len(keys) + 1):
        if at == len(keys) or keys[at] != keys[start]:
            found[keys[start]] = (start, at)
            start = at
    return found


def _mentioned(mentions: Iterable[Row], entities: Mapping[str, Row]) -> list[Row]:
    """The entities that the mentions of a document refer to."""
    used = {row[name] for row in mentions for name in ("entity_id", "literal_entity_id") if row[name]}
    return [entities[name] for name in sorted(used)]


def _by_document(rows: Iterable[Row], name: str) -> dict[str, list[Row]]:
    """Rows by document, in the order they come; a row without a doc_id belongs where its first key does."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    key = schema(name).primary_key[0]
    for row in rows:
        grouped[row["doc_id"] if "doc_id" in row else tables.natural(row[key])[0]].append(row)
    return grouped


def _gathered(parts: Iterable[Tables]) -> Tables:
    gathered: Tables = defaultdict(list)
    for part in parts:
        for name, rows in part.items():
            gathered[name].extend(rows)
    return gathered


def _tables(code: ModuleType, gathered: Tables) -> dict[str, pa.Table]:
    """The rows that `extract` made as tables; those that `finish` still changes may have empty cells."""
    finished = getattr(code, "FINISHED", ())
    private = sorted(name for name in {*gathered, *getattr(code, "REDUCES", ())} if name.startswith("_"))
    made = {
        name: _table(name, gathered[name], complete=name not in finished) for name in code.WRITES if name in gathered
    }
    return {**made, **{name: pa.Table.from_pylist(gathered.get(name, [])) for name in private}}


def _table(name: str, rows: list[Row], complete: bool) -> pa.Table:
    known = schema(name)
    return tables.from_rows(sorted(rows, key=tables.order(known)), known, complete=complete)
