"""Passes over the partitions: each takes every partition through some steps, from the memo or by an engine.

A pass ends where a stage looks across documents (`reduce`); what it found goes into the next pass (`finish`).
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from stages.context import Context, PipelineError, Work, reduce
from stages.core import cursor, engine, memo, tables
from stages.core.corrections import Correction, correct_table
from stages.core.parse import Row
from stages.core.schema import schema
from stages.tasks import Job, Result, Step, delivers, makes, module, reads, work


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


class Passes:
    """Runs the stages after documents."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._keys: dict[str, dict[Step, str]] = defaultdict(dict)
        """By first document of a partition: the keys of what this run made of it."""
        self._links: dict[str, Mapping[str, Row]] = {}
        self._reduced: dict[str, pa.Table] = {}
        self._found: dict[str, list[memo.Entry]] = defaultdict(list)
        """By stage that looks across documents: what it extracted from each partition."""

    def run(self, stages: Sequence[str]) -> dict[str, dict[str, int]]:
        """Run stages in their order and write their tables; returns the number of rows by stage and table.

        Raises:
            tables.TableError, engine.EngineError: say what is wrong and where.
        """
        self._check_corrections()
        for stage in stages:
            self._context.open(module(stage).WRITES)
        ranges = cursor.ranges(self._context.path("documents"), self._context.partitions)
        for steps in _groups(stages):
            self._pass(steps, ranges)
        return {stage: self._context.close(module(stage).WRITES) for stage in stages}

    def _check_corrections(self) -> None:
        """See that the documents of all corrections are there, before any work is done."""
        wanted = self._context.corrections.doc_ids
        if wanted:
            known = schema("documents")
            scanned = tables.scan(self._context.path("documents"), known, ["doc_id"])
            found = {doc_id for group in scanned for doc_id in group["doc_id"].to_pylist() if doc_id in wanted}
            self._context.corrections.check_documents(found)

    def _pass(self, steps: Sequence[Step], ranges: Sequence[cursor.Range]) -> None:
        """Do some steps with each partition; then what the last of them finds across documents."""
        waiting: deque[tuple[Part, Job | None]] = deque()

        def tasks() -> Iterator[engine.Task[Job]]:
            for part in self._parts(steps, ranges):
                job = self._plan(part, steps)
                waiting.append((part, job))
                yield engine.Task(_name(part.range), job)

        def done() -> Iterator[Work]:
            for results in self._context.engine.run(work, tasks()):
                part, job = waiting.popleft()
                self._settle(part, steps, job, results)
                for step in steps:
                    self._keys[part.range.first][step] = part.keys[step]
                yield Work(part.range.documents, job is None)

        stages = ", ".join(step.stage for step in steps if step.phase == "extract") or f"{steps[0].stage}, all texts"
        total = sum(one.documents for one in ranges)
        for _ in self._context.progress(done(), total, stages):
            pass
        code = module(steps[-1].stage)
        if steps[-1].phase == "extract" and hasattr(code, "REDUCES"):
            self._reduce(steps[-1].stage)

    def _parts(self, steps: Sequence[Step], ranges: Sequence[cursor.Range]) -> Iterator[Part]:
        """The partitions, with the rows of the tables on disk that some steps read."""
        if not ranges:
            return
        made = {name for keys in self._keys.values() for step in keys for name in makes(step)}
        made |= {name for step in steps for name in makes(step)}
        wanted: dict[str, set[str]] = defaultdict(set)
        for step in steps:
            for name, columns in reads(step).items():
                if name not in made:
                    wanted[name].update(columns)
        entities = self._entities(wanted.pop("entities", None), made)
        if entities and "mentions" not in made:
            wanted["mentions"].update(("entity_id", "literal_entity_id"))
        cursors = {
            name: cursor.Cursor(self._context.path(name), schema(name), sorted(columns))
            for name, columns in wanted.items()
        }
        for one in ranges:
            part = Part(one, {name: found.until(one.last) for name, found in cursors.items()})
            for step, key in self._keys[one.first].items():
                if entry := self._context.memo.find(step.stage, key):
                    part.entries[step], part.keys[step] = entry, key
                else:
                    raise PipelineError(f"{self._context.memo.folder}: changed while it was read; run again")
            if entities:
                part.tables["entities"] = entities.of(self._entity_ids(part))
            yield part

    def _entities(self, columns: set[str] | None, made: set[str]) -> _Entities | None:
        if "entities" in self._reduced:
            return _Entities(self._reduced["entities"])
        if columns is None:
            return None
        found = pa.concat_tables(
            list(tables.scan(self._context.path("entities"), schema("entities"), sorted({*columns, "entity_id"})))
            or [schema("entities").arrow().empty_table()]
        )
        self._context.corrections.check_references("entities", set(found["entity_id"].to_pylist()))
        return _Entities(found)

    def _entity_ids(self, part: Part) -> set[str]:
        """The entities that the rows of a partition can refer to."""
        given = self._context.corrections.between(part.range.first, part.range.last)
        corrected = {one.value for one in given if one.refers_to and one.refers_to[0] == "entities"}
        if "entities" in self._links:
            return corrected | {link["entity_id"] for link in self._links_of("entities", part).values()}
        mentions = part.tables["mentions"]
        named = {cell for name in ("entity_id", "literal_entity_id") for cell in mentions[name].to_pylist() if cell}
        return corrected | named

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
                entry = self._context.memo.find(step.stage, key)
                if entry and self._context.memo.sound(entry):
                    part.entries[step], part.keys[step] = entry, key
                    continue
            todo.append(step)
            unknown.update(makes(step))
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
            made.update(makes(step))
        params = {step.stage: self._context.params[step.stage] for step in todo}
        kept = {step.stage: links[step.stage] for step in todo if step.phase == "finish"}
        corrections = tuple(one for step in todo for one in self._corrections(part, step))
        return Job(_name(part.range), tuple(todo), params, given, kept, corrections)

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
                tally = self._context.tallies[step.stage]
                tally.texts += part.range.documents
                tally.remembered += part.range.documents

    def _keep(self, part: Part, results: Iterable[Result]) -> None:
        for result in results:
            step = result.step
            links = self._links_of(step.stage, part) if step.phase == "finish" else None
            key = self._key(part, step, links)
            part.entries[step] = self._context.memo.keep(step.stage, key, result.content)
            part.keys[step] = key
            self._context.tallies[step.stage].add(result, part.range.documents if step.phase == "extract" else 0)

    def _deliver(self, part: Part, steps: Sequence[Step]) -> None:
        made = [
            (name, part.entries[step].table(name))
            for step in steps
            for name in delivers(step)
            if self._context.writes(name)
        ]
        for name, table in made:
            self._context.write(name, table)
        last = steps[-1]
        if last.phase == "extract" and hasattr(module(last.stage), "REDUCES"):
            self._found[last.stage].append(part.entries[last])

    def _forget_damaged(self, part: Part, steps: Sequence[Step]) -> None:
        """Remove the entries of a partition that are damaged, and those made after them."""
        for step, entry in list(part.entries.items()):
            if not self._context.memo.sound(entry):
                entry.path.unlink(missing_ok=True)
                if step not in steps:
                    raise PipelineError(f"{entry.path}: was damaged while it was in use; run again to make it anew")
                del part.entries[step]

    def _reduce(self, stage: str) -> None:
        found, self._links[stage] = reduce(stage, self._found.pop(stage, ()), self._context.params[stage])
        corrections = self._context.corrections
        for name, table in found.items():
            self._reduced[name] = correct_table(name, table, corrections.of([name]))
            corrections.check_references(name, set(self._reduced[name][schema(name).primary_key[0]].to_pylist()))
            self._context.write(name, self._reduced[name])

    def _corrections(self, part: Part, step: Step) -> tuple[Correction, ...]:
        """Those of the tables that a step finishes, in a partition."""
        given = self._context.corrections.between(part.range.first, part.range.last)
        return tuple(one for one in given if one.table in delivers(step))

    def _key(self, part: Part, step: Step, links: Mapping[str, Row] | None) -> str:
        lines = [self._context.fingerprint(step.stage), step.phase, part.range.first, part.range.last]
        if links is not None:
            lines.append(json.dumps(links, sort_keys=True, default=str))
            lines.append(part.keys[Step(step.stage, "extract")])
        for name, columns in sorted(reads(step).items()):
            lines += part.digest(name, sorted(columns))
        lines += [repr((one.table, one.key, one.column, one.value)) for one in self._corrections(part, step)]
        return memo.hexdigest(*(line.encode() for line in lines))


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


def _needs(step: Step) -> list[str]:
    """The tables that a step is given."""
    code = module(step.stage)
    first = (
        [name for name in makes(Step(step.stage, "extract")) if name in code.FINISHED] if step.phase == "finish" else []
    )
    return [*first, *(name for name in reads(step) if name not in first)]


def _name(one: cursor.Range) -> str:
    return one.first if one.documents == 1 else f"{one.first} to {one.last} ({one.documents} texts)"
