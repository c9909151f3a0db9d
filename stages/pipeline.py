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
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from pydantic import Field

from stages.core import corpus, cursor, engine, memo, partitions, tables
from stages.core.fingerprint import fingerprint
from stages.core.params import Block
from stages.core.parse import Row
from stages.core.schema import STAGES, schema, schemas
from stages.tasks import Batch, Job, Result, Step, module, read, reads, work

EXTRACTING = ("numbers", "attributions", "entities", "events")
"""Stages that read parsed documents."""

BUILDING = ("documents", "sentences", *EXTRACTING)
"""Stages that write tables."""

_FAULTS_SHOWN = 50
_BATCHES_HELD = 64
_GATHERED = 512


class Work:
    """A piece of finished work, for those who show progress."""

    def __init__(self, texts: int, remembered: bool) -> None:
        self.texts = texts
        self.remembered = remembered


Progress = Callable[[Iterable[Work], int | None, str], Iterable[Work]]
"""Wraps the work as it is finished: the pieces, how many texts there are if that is known, what is done."""


class PipelineError(RuntimeError):
    """A build that has to stop; the message says what happened, where, and what to do."""


class Tables(Block):
    """How tables lie on disk."""

    rows_per_file: int = Field(5_000_000, ge=1, description="A table with more rows is a folder of parts.")


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
    return {
        "package": module("publish").Package,
        "engine": engine.Params,
        "partitions": partitions.Params,
        "memo": memo.Params,
        "tables": Tables,
        **{stage: module(stage).Params for stage in STAGES},
    }


def documentation(stage: str) -> str:
    """The docstring of a stage, without importing it."""
    spec = importlib.util.find_spec(f"stages.{stage}")
    assert spec is not None and spec.origin is not None
    return ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""


@dataclass
class Tally:
    """What a stage cost."""

    texts: int = 0
    remembered: int = 0
    seconds: float = 0.0
    peak: int = 0

    def add(self, result: Result, texts: int) -> None:
        """Count work that was done."""
        self.texts += texts
        self.seconds += result.seconds
        self.peak = max(self.peak, result.peak)


@dataclass
class Part:
    """A partition on its way through the steps of a group."""

    range: cursor.Range
    tables: dict[str, pa.Table]
    """The tables that lie on disk, of which the rows of this partition."""
    entries: dict[Step, memo.Entry] = field(default_factory=dict)
    keys: dict[Step, str] = field(default_factory=dict)
    digests: dict[str, dict[str, str]] = field(default_factory=dict)

    def holder(self, name: str) -> memo.Entry | None:
        """The entry that has the latest version of a table."""
        return next((entry for entry in reversed(self.entries.values()) if name in entry.places), None)

    def digest(self, name: str, columns: Sequence[str]) -> list[str]:
        """The digests of columns of a table."""
        held = self.holder(name)
        known = held.places[name]["columns"] if held else self.digests.setdefault(name, {})
        if held is None:
            known.update(memo.digests(self.tables[name], [column for column in columns if column not in known]))
        return [f"{name}.{column} {known[column]}" for column in columns]

    def table(self, name: str) -> pa.Table:
        """The latest version of a table."""
        held = self.holder(name)
        return held.table(name) if held else self.tables[name]


class Run:
    """A run of one or more stages over a corpus.

    Args:
        source: the corpus; only documents reads it.
        folder: where published tables are read and written.
        internal: where the others are; without it they are kept in the memo only.
        params: the params of all stages.
        progress: shows how far the work is.
        cache: the folder of the memo.
    """

    def __init__(
        self,
        source: Path,
        folder: Path,
        internal: Path | None,
        params: Mapping[str, Block],
        progress: Progress,
        cache: Path,
    ) -> None:
        self.notes: list[str] = []
        """What the person should know of the inputs."""
        self.tallies: dict[str, Tally] = defaultdict(Tally)
        self._source, self._folder, self._internal = source, folder, internal
        self._params, self._progress = params, progress
        self._memo = memo.Memo(cache)
        self._fingerprints: dict[str, str] = {}
        self._keys: dict[str, dict[Step, str]] = defaultdict(dict)
        """By first document of a partition: the keys of what this run made of it."""
        self._links: dict[str, Mapping[str, Row]] = {}
        self._reduced: dict[str, pa.Table] = {}
        self._writers: dict[str, tables.Writer] = {}
        self._private: dict[str, list[pa.Table]] = defaultdict(list)

    # What is asked of a run

    def run(self, stages: Sequence[str]) -> dict[str, dict[str, int]]:
        """Run stages in their order and write their tables; returns the number of rows by stage and table.

        Raises:
            corpus.CorpusError, tables.TableError, engine.EngineError: say what is wrong and where.
        """
        counts: dict[str, dict[str, int]] = {}
        left = list(stages)
        if left and left[0] == "documents":
            counts["documents"] = self._documents()
            left.pop(0)
        for stage in left:
            for name in module(stage).WRITES:
                self._open(name)
        if left:
            total = self._total()
            for steps in _groups(left):
                self._group(steps, total)
        for stage in left:
            counts[stage] = {name: self._close(name) for name in module(stage).WRITES}
        return counts

    def _total(self) -> list[cursor.Range]:
        params = self._params["partitions"]
        assert isinstance(params, partitions.Params)
        return cursor.ranges(self._path("documents"), params)

    # Documents: batches in the order of the corpus, then everything in the order of the ids

    def _documents(self) -> dict[str, int]:
        code, block, pieces = module("documents"), self._params["documents"], self._params["partitions"]
        assert isinstance(pieces, partitions.Params)
        columns = block.columns.model_dump()  # type: ignore[attr-defined]
        print_of_code = self._fingerprint("documents")
        step = Step("documents", "extract")
        waiting: deque[tuple[str, int, memo.Entry | None]] = deque()

        def tasks() -> Iterator[engine.Task[Batch]]:
            for items in partitions.cut(corpus.read(self._source, columns), pieces):
                key = memo.hexdigest(print_of_code.encode(), *(_item(item) for item in items))
                entry = self._memo.find("documents", key)
                if entry and not self._memo.sound(entry):
                    entry = None
                waiting.append((key, len(items), entry))
                name = f"{items[0].place} to {items[-1].place}"
                yield engine.Task(name, None if entry else Batch(name, tuple(items), block))

        entries: list[memo.Entry] = []

        def done() -> Iterator[Work]:
            for results in engine.run(self._engine, read, tasks()):
                key, number, entry = waiting.popleft()
                tally = self.tallies["documents"]
                if results:
                    tally.add(results[0], number)
                    entry = self._memo.keep("documents", key, results[0].content)
                else:
                    tally.texts, tally.remembered = tally.texts + number, tally.remembered + number
                assert entry is not None
                entries.append(entry)
                yield Work(number, not results)

        for _ in self._progress(done(), None, "documents"):
            pass
        self._read_notes(entries)
        reduced = code.reduce({name: _rows_of(entry.table(name) for entry in entries) for name in code.REDUCES}, block)
        for name in code.WRITES:
            self._open(name)
        self._write_documents(entries, step, reduced.links)
        rejects = [
            row for entry in entries if "rejects" in entry.places for row in tables.to_rows(entry.table("rejects"))
        ]
        self._writers["rejects"].write(_table("rejects", rejects))
        return {name: self._close(name) for name in code.WRITES}

    def _read_notes(self, entries: Sequence[memo.Entry]) -> None:
        if ignored := corpus.left_out(self._source):
            example = f", for example {ignored[0]}"
            self.notes.append(f"{len(ignored)} files are no texts or hidden, and were left out{example}")
        for entry in entries:
            if "_notes" in entry.places and entry.rows("_notes"):
                self.notes += [f"{note['path']}: {note['detail']}" for note in tables.to_rows(entry.table("_notes"))]
        reasons = Counter(
            reason
            for entry in entries
            if "rejects" in entry.places
            for reason in entry.table("rejects")["reason"].to_pylist()
        )
        if reasons:
            listed = ", ".join(f"{reason} {number}" for reason, number in sorted(reasons.items()))
            self.notes.append(f"{reasons.total()} inputs could not be read, see the table rejects: {listed}")

    def _write_documents(self, entries: Sequence[memo.Entry], step: Step, links: Mapping[str, Row]) -> None:
        """Documents and segments in the order of the ids, whatever that of the inputs."""
        code, block = module("documents"), self._params["documents"]
        places = sorted(
            (doc_id, number, at)
            for number, entry in enumerate(entries)
            if "documents" in entry.places
            for at, doc_id in enumerate(entry.table("documents")["doc_id"].to_pylist())
        )
        held: OrderedDict[int, _Texts] = OrderedDict()
        for start in range(0, len(places), _GATHERED):
            documents: list[pa.Table] = []
            segments: list[pa.Table] = []
            for doc_id, number, at in places[start : start + _GATHERED]:
                if number not in held:
                    held[number] = _Texts.of(entries[number])
                    if len(held) > _BATCHES_HELD:
                        held.popitem(last=False)
                texts = held[number]
                documents.append(texts.documents.slice(at, 1))
                segments.append(texts.segments.slice(*texts.places.get(doc_id, (0, 0))))
            rows = tables.to_rows(pa.concat_tables(documents))
            finished = code.finish({"documents": rows}, links, block)
            self._writers["documents"].write(_table("documents", finished["documents"]))
            self._writers["segments"].write(pa.concat_tables(segments))

    # The other stages: groups of steps over partitions, with what reduces between them

    def _group(self, steps: Sequence[Step], ranges: Sequence[cursor.Range]) -> None:
        """Do some steps with each partition; then what the last of them finds across documents."""
        waiting: deque[tuple[Part, Job | None]] = deque()

        def tasks() -> Iterator[engine.Task[Job]]:
            for part in self._parts(steps, ranges):
                job = self._plan(part, steps)
                waiting.append((part, job))
                yield engine.Task(_name(part.range), job)

        def done() -> Iterator[Work]:
            for results in engine.run(self._engine, work, tasks()):
                part, job = waiting.popleft()
                self._settle(part, steps, job, results)
                for step in steps:
                    self._keys[part.range.first][step] = part.keys[step]
                yield Work(part.range.documents, job is None)

        stages = ", ".join(step.stage for step in steps if step.phase == "extract") or f"{steps[0].stage}, all texts"
        total = sum(one.documents for one in ranges)
        for _ in self._progress(done(), total, stages):
            pass
        code = module(steps[-1].stage)
        if steps[-1].phase == "extract" and hasattr(code, "REDUCES"):
            self._reduce(steps[-1].stage)

    def _parts(self, steps: Sequence[Step], ranges: Sequence[cursor.Range]) -> Iterator[Part]:
        """The partitions, with the rows of the tables on disk that some steps read."""
        if not ranges:
            return
        made = {name for keys in self._keys.values() for step in keys for name in _makes(step)}
        made |= {name for step in steps for name in _makes(step)}
        wanted: dict[str, set[str]] = defaultdict(set)
        for step in steps:
            for name, columns in reads(step).items():
                if name not in made:
                    wanted[name].update(columns)
        entities = self._entities(wanted.pop("entities", None), made)
        if entities and "mentions" not in made:
            wanted["mentions"].update(("entity_id", "literal_entity_id"))
        cursors = {
            name: cursor.Cursor(self._path(name), schema(name), sorted(columns)) for name, columns in wanted.items()
        }
        for one in ranges:
            part = Part(one, {name: found.until(one.last) for name, found in cursors.items()})
            for step, key in self._keys[one.first].items():
                if entry := self._memo.find(step.stage, key):
                    part.entries[step], part.keys[step] = entry, key
                else:
                    raise PipelineError(f"{self._memo.folder}: changed while it was read; run again")
            if entities:
                part.tables["entities"] = entities.of(self._entity_ids(part))
            yield part

    def _entities(self, columns: set[str] | None, made: set[str]) -> _Entities | None:
        if "entities" in self._reduced:
            return _Entities(self._reduced["entities"])
        if columns is None:
            return None
        found = pa.concat_tables(
            list(tables.scan(self._path("entities"), schema("entities"), sorted({*columns, "entity_id"})))
            or [schema("entities").arrow().empty_table()]
        )
        return _Entities(found)

    def _entity_ids(self, part: Part) -> set[str]:
        """The entities that the mentions of a partition can refer to."""
        if "entities" in self._links:
            return {link["entity_id"] for link in self._links_of("entities", part).values()}
        mentions = part.tables["mentions"]
        return {cell for name in ("entity_id", "literal_entity_id") for cell in mentions[name].to_pylist() if cell}

    def _links_of(self, stage: str, part: Part) -> dict[str, Row]:
        """What a stage found across documents, of one partition."""
        links = self._links[stage]
        found: dict[str, Row] = {}
        for name, key in module(stage).REDUCES.items():
            rows = part.entries[Step(stage, "extract")].table(name)
            if rows.num_rows:
                found.update((cell, links[cell]) for cell in rows[key].to_pylist() if cell in links)
        return found

    def _plan(self, part: Part, steps: Sequence[Step]) -> Job | None:
        """What has to be done with a partition; nothing where the memo has it all."""
        while True:
            try:
                return self._planned(part, steps)
            except memo.DamagedError:
                self._forget_damaged(part, steps)

    def _planned(self, part: Part, steps: Sequence[Step]) -> Job | None:
        todo: list[Step] = []
        unknown: set[str] = set()
        links: dict[str, dict[str, Row]] = {}
        for step in steps:
            if step.phase == "finish":
                links[step.stage] = self._links_of(step.stage, part)
            if step in part.entries:
                continue
            if not unknown & set(_needs(step)):
                key = self._key(part, step, links.get(step.stage))
                if entry := self._memo.find(step.stage, key):
                    part.entries[step], part.keys[step] = entry, key
                    continue
            todo.append(step)
            unknown.update(_makes(step))
        if not todo:
            return None
        given: dict[str, bytes] = {}
        made: set[str] = set()
        for step in todo:
            for name in _needs(step):
                if name not in made and name not in given:
                    held = part.holder(name)
                    if held:
                        given[name] = held.content(name)
                    elif name in part.tables:
                        given[name] = memo.stream(part.tables[name])
            made.update(_makes(step))
        params = {step.stage: self._params[step.stage] for step in todo}
        kept = {step.stage: links[step.stage] for step in todo if step.phase == "finish"}
        return Job(_name(part.range), tuple(todo), params, given, kept)

    def _settle(self, part: Part, steps: Sequence[Step], job: Job | None, results: Sequence[Result] | None) -> None:
        """Keep what was made of a partition, and hand its finished tables to the writers."""
        while True:
            try:
                self._keep(part, results or [])
                self._deliver(part, steps)
            except memo.DamagedError:
                self._forget_damaged(part, steps)
                job = self._plan(part, steps)
                results = work(job) if job else []
                continue
            break
        done = {step.stage for step in job.steps} if job else set()
        for step in steps:
            if step.stage not in done and step.phase == "extract":
                tally = self.tallies[step.stage]
                tally.texts += part.range.documents
                tally.remembered += part.range.documents

    def _keep(self, part: Part, results: Iterable[Result]) -> None:
        for result in results:
            step = result.step
            links = self._links_of(step.stage, part) if step.phase == "finish" else None
            key = self._key(part, step, links)
            part.entries[step] = self._memo.keep(step.stage, key, result.content)
            part.keys[step] = key
            self.tallies[step.stage].add(result, part.range.documents if step.phase == "extract" else 0)

    def _deliver(self, part: Part, steps: Sequence[Step]) -> None:
        made = [(name, part.entries[step].table(name)) for step in steps for name in _delivers(step)]
        for name, table in made:
            if name.startswith("_"):
                self._private[name].append(table)
            elif name in self._writers:
                self._writers[name].write(table)

    def _forget_damaged(self, part: Part, steps: Sequence[Step]) -> None:
        """Remove the entries of a partition that are damaged, and those made after them."""
        for step, entry in list(part.entries.items()):
            if not self._memo.sound(entry):
                entry.path.unlink(missing_ok=True)
                if step not in steps:
                    raise PipelineError(f"{entry.path}: was damaged while it was in use; run again to make it anew")
                del part.entries[step]

    def _reduce(self, stage: str) -> None:
        code = module(stage)
        reduced = code.reduce(
            {name: _rows_of(self._private.pop(name, [])) for name in code.REDUCES}, self._params[stage]
        )
        self._links[stage] = reduced.links
        for name, rows in reduced.tables.items():
            self._reduced[name] = _table(name, rows)
            self._writers[name].write(self._reduced[name])

    # Keys, paths, writers

    def _key(self, part: Part, step: Step, links: Mapping[str, Row] | None) -> str:
        lines = [self._fingerprint(step.stage), step.phase, part.range.first, part.range.last]
        if links is not None:
            lines.append(json.dumps(links, sort_keys=True, default=str))
            lines.append(part.keys[Step(step.stage, "extract")])
        for name, columns in sorted(reads(step).items()):
            lines += part.digest(name, sorted(columns))
        return memo.hexdigest(*(line.encode() for line in lines))

    def _fingerprint(self, stage: str) -> str:
        if stage not in self._fingerprints:
            code = module(stage)
            names = {*code.READS, *code.WRITES, *getattr(code, "FINISHES", ())}
            extra = [self._params[stage].model] if stage == "sentences" else []  # type: ignore[attr-defined]
            found = fingerprint([f"stages.{stage}", "stages.tasks"], names, self._params[stage], extra)
            self._fingerprints[stage] = found
        return self._fingerprints[stage]

    @property
    def _engine(self) -> engine.Params:
        params = self._params["engine"]
        assert isinstance(params, engine.Params)
        return params

    def _path(self, name: str) -> Path:
        folder = self._folder if schema(name).published else self._internal
        if folder is None:
            raise tables.TableError(f"{name}: has not been built")
        return folder / f"{name}.parquet"

    def _open(self, name: str) -> None:
        params = self._params["tables"]
        assert isinstance(params, Tables)
        known = schema(name)
        if known.published:
            self._writers[name] = tables.Writer(self._folder, known, rows_per_file=params.rows_per_file)
        elif self._internal is not None:
            self._writers[name] = tables.Writer(self._internal, known, ["parquet"], params.rows_per_file)

    def _close(self, name: str) -> int:
        writer = self._writers.pop(name, None)
        if writer is None:
            return 0
        writer.close()
        return writer.rows


@dataclass(frozen=True)
class _Texts:
    """A batch of inputs that has been read."""

    documents: pa.Table
    segments: pa.Table
    places: Mapping[str, tuple[int, int]]
    """First row and number of rows of each document in segments."""

    @classmethod
    def of(cls, entry: memo.Entry) -> _Texts:
        segments = entry.table("segments")
        counted: dict[str, list[int]] = {}
        for at, doc_id in enumerate(segments["doc_id"].to_pylist()):
            counted.setdefault(doc_id, [at, 0])[1] += 1
        return cls(entry.table("documents"), segments, {doc_id: (at, n) for doc_id, (at, n) in counted.items()})


class _Entities:
    """The table of entities, by id."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._places = {entity_id: at for at, entity_id in enumerate(table["entity_id"].to_pylist())}

    def of(self, ids: set[str]) -> pa.Table:
        """The rows of some entities, in their order."""
        return self._table.take(
            pa.array(sorted(self._places[name] for name in ids if name in self._places), pa.int64())
        )


def _groups(stages: Sequence[str]) -> Iterator[list[Step]]:
    """The steps that one pass over the partitions can do."""
    group: list[Step] = []
    for stage in stages:
        group.append(Step(stage, "extract"))
        if hasattr(module(stage), "REDUCES"):
            yield group
            group = [Step(stage, "finish")]
    if group:
        yield group


def _makes(step: Step) -> list[str]:
    """The tables that a step makes, private ones among them."""
    code = module(step.stage)
    if step.phase == "finish":
        return list(code.FINISHED)
    reduced = [name for name in code.WRITES if name in _reduced(step.stage)]
    return [name for name in (*code.WRITES, *getattr(code, "REDUCES", ())) if name not in reduced]


def _reduced(stage: str) -> frozenset[str]:
    """The tables of a stage that `reduce` makes."""
    return frozenset(getattr(module(stage), "REDUCED", ()))


def _delivers(step: Step) -> list[str]:
    """The tables of a step that are finished, and what `reduce` reads."""
    code = module(step.stage)
    if step.phase == "finish":
        return list(code.FINISHED)
    return [name for name in _makes(step) if name not in getattr(code, "FINISHED", ())]


def _needs(step: Step) -> list[str]:
    """The tables that a step is given."""
    code = module(step.stage)
    first = (
        [name for name in _makes(Step(step.stage, "extract")) if name in code.FINISHED]
        if step.phase == "finish"
        else []
    )
    return [*first, *(name for name in reads(step) if name not in first)]


def _name(one: cursor.Range) -> str:
    return one.first if one.documents == 1 else f"{one.first} to {one.last} ({one.documents} texts)"


def _item(item: corpus.Item) -> bytes:
    """All that the rows of an input depend on."""
    content = item.content if isinstance(item.content, bytes) else item.content.encode("utf-8", "surrogatepass")
    fault = [item.fault.reason, item.fault.detail] if item.fault else None
    described = [item.path, item.place, item.doc_id, item.format, dict(item.meta), fault]
    return json.dumps(described, default=repr, sort_keys=True).encode() + b"\n" + content


def _rows_of(found: Iterable[pa.Table]) -> Iterator[Row]:
    for table in found:
        yield from tables.to_rows(table)


def _table(name: str, rows: Iterable[Row]) -> pa.Table:
    known = schema(name)
    return tables.from_rows(sorted(rows, key=tables.order(known)), known)


def build(
    source: Path, out: Path, params: Mapping[str, Block], progress: Progress, cache: Path | None = None
) -> Iterator[str]:
    """Build all tables of a corpus in one process tree; yields lines for the person."""
    module("sentences").check(params["sentences"])  # a model that is not there is found before anything is read
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    held = params["memo"]
    assert isinstance(held, memo.Params)
    folder = cache or Path(held.folder)
    run = Run(source, partial, None, params, progress, folder)
    for stages in (BUILDING[:1], BUILDING[1:]):
        for stage, counts in run.run(stages).items():
            yield _line(stage, counts)
        yield from run.notes
        run.notes.clear()
    # Only a finished build takes the place of an earlier one: never tables of two.
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(partial.iterdir()):
        _replace(path, out / path.name)
    partial.rmdir()
    memo.Memo(folder).prune(held.megabytes)
    yield from summary(run.tallies)


def _replace(path: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    elif path.is_dir():
        target.unlink(missing_ok=True)
    path.replace(target)


def summary(tallies: Mapping[str, Tally]) -> Iterator[str]:
    """What each stage cost, as a table."""
    yield f"{'':14}{'texts':>9}{'from memo':>11}{'CPU s':>9}{'peak MB':>9}"
    for stage, tally in tallies.items():
        share = f"{tally.remembered / tally.texts:.0%}" if tally.texts else "-"
        yield f"{stage:14}{tally.texts:>9}{share:>11}{tally.seconds:>9.1f}{tally.peak // 1_000_000 or '-':>9}"


def run_project(stage: str, project: Project, params: Mapping[str, Block], progress: Progress) -> Iterator[str]:
    """Run one stage of a project; yields lines for the person.

    Raises:
        corpus.CorpusError, tables.TableError, engine.EngineError, PipelineError: say what is wrong and where.
    """
    if stage in BUILDING:
        held = params["memo"]
        assert isinstance(held, memo.Params)
        cache = project.root / held.folder
        run = Run(project.seeds, project.tables, project.internal, params, progress, cache)
        for name, counts in run.run([stage]).items():
            yield _line(name, counts)
        yield from run.notes
        memo.Memo(cache).prune(held.megabytes)
    elif stage == "evaluate":
        yield from _evaluate(project, params[stage])
    elif stage == "validate":
        yield from _validate(project)
    else:
        yield from _publish(project, params)


def rows(project: Project, name: str) -> list[Row]:
    """The rows of a published table."""
    return tables.to_rows(tables.read_parquet(project.tables / f"{name}.parquet", schema(name)))


def row_counts(folder: Path) -> dict[str, int]:
    """The number of rows of every published table in a folder."""
    return {
        known.name: sum(
            group.num_rows for group in tables.scan(folder / f"{known.name}.parquet", known, known.names[:1])
        )
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
    gold = _gold(project.root / block.gold)  # type: ignore[attr-defined]
    metrics = code.score({name: rows(project, name) for name in code.READS}, gold, block)
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
    counts = json.loads(validation.read_text(encoding="utf-8"))["rows"]
    files = {
        table.name: [
            code.File(
                path.relative_to(project.root).as_posix(), path.suffix[1:], len(content), digest, counts[table.name]
            )
            for path in (project.tables / f"{table.name}.{suffix}" for suffix in ("csv", "parquet"))
            for content in (path.read_bytes(),)
            for digest in (hashlib.sha256(content).hexdigest(),)
        ]
        for table in known
    }
    text = code.descriptor(params["package"], files, known, rows(project, "documents"), project.seeds.name)
    (project.root / "datapackage.json").write_text(text, encoding="utf-8", newline="\n")
    examples = {table.name: max(found, key=_filled) for table in known if (found := rows(project, table.name))}
    docs = project.root / "docs"
    docs.mkdir(exist_ok=True)
    (docs / "tables.md").write_text(code.reference(known, examples), encoding="utf-8", newline="\n")
    yield f"publish: {len(known)} tables in datapackage.json, docs/tables.md"


def _filled(row: Row) -> int:
    return sum(value is not None for value in row.values())
