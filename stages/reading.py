"""Reading a corpus: its inputs in the order they come, its documents in the order of their ids."""

from __future__ import annotations

import json
from collections import Counter, OrderedDict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from stages.context import Context, Work, reduce, sorted_table
from stages.core import corpus, engine, memo, partitions, tables
from stages.core.corrections import correct, correct_table
from stages.core.parse import Row
from stages.tasks import Batch, module, read

_BATCHES_HELD = 64
_GATHERED = 512
"""Documents that are written at a time."""


def documents(context: Context, source: str | Path) -> dict[str, int]:
    """Run the stage documents; returns the number of rows of each table.

    Batches of inputs are read in the order of the corpus; then everything is written in the order of the ids.

    Raises:
        corpus.CorpusError: where the corpus cannot be read.
        corrections.CorrectionError: where a correction has no row.
    """
    code, block = module("documents"), context.params["documents"]
    rejected: set[str] = set()
    found = _read(context, source, rejected)
    # An input that turned out to be no text leaves its id to the next one that has it.
    while left := found.holders & {row["path"] for row in found.rejects} - rejected:
        rejected |= left
        found = _read(context, source, rejected)
    _note(context, source, found)
    _, links = reduce("documents", found.entries, block)
    context.open(code.WRITES)
    _write(context, found.entries, links)
    context.write("rejects", sorted_table("rejects", found.rejects))
    context.write("corrections", sorted_table("corrections", context.corrections.rows()))
    return context.close(code.WRITES)


@dataclass
class _Found:
    """What was read of a corpus."""

    entries: list[memo.Entry] = field(default_factory=list)
    rejects: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    holders: set[str] = field(default_factory=set)
    """The places of the inputs whose id came again."""


def _read(context: Context, source: str | Path, rejected: Collection[str]) -> _Found:
    """Read the inputs of a corpus, those that are known to be no text without their ids."""
    block = context.params["documents"]
    columns = block.columns.model_dump()  # type: ignore[attr-defined]
    waiting: deque[tuple[str, Sequence[str], memo.Entry | None]] = deque()
    read_of = _Found()
    tally = context.tallies["documents"]
    tally.texts = tally.remembered = 0

    def tasks() -> Iterator[engine.Task[Batch]]:
        for found in partitions.cut(corpus.read(source, columns, rejected), context.partitions):
            read_of.holders.update(item.holder for item in found if item.holder)
            # Not the row that a record stands in: one more record would make all that follow it anew.
            items = tuple(replace(item, place=str(at)) for at, item in enumerate(found))
            key = memo.hexdigest(context.fingerprint("documents").encode(), *map(_item, items))
            entry = context.memo.find("documents", key)
            if entry and not context.memo.sound(entry):
                entry = None
            waiting.append((key, [item.place for item in found], entry))
            name = f"{found[0].place} to {found[-1].place}"
            yield engine.Task(name, None if entry else Batch(name, items, block))

    def done() -> Iterator[Work]:
        for results in context.engine.run(read, tasks()):
            key, places, entry = waiting.popleft()
            if results:
                tally.add(results[0], len(places))
                entry = context.memo.keep("documents", key, results[0].content)
            else:
                tally.texts, tally.remembered = tally.texts + len(places), tally.remembered + len(places)
            assert entry is not None
            read_of.entries.append(entry)
            read_of.rejects.extend(_placed(entry, "rejects", places))
            read_of.notes.extend(_placed(entry, "_notes", places))
            yield Work(len(places), not results)

    for _ in context.progress(done(), None, "documents"):
        pass
    return read_of


def _placed(entry: memo.Entry, name: str, places: Sequence[str]) -> list[Row]:
    """The rows of a table with the place of each input instead of its position in the batch."""
    if name not in entry.places or not entry.rows(name):
        return []
    rows = tables.to_rows(entry.table(name))
    return [{**row, "path": places[int(row["path"])].encode(errors="backslashreplace").decode()} for row in rows]


def _note(context: Context, source: str | Path, found: _Found) -> None:
    """What the person should know of the inputs."""
    if ignored := corpus.left_out(source):
        files = (
            "1 file, no text or hidden, was" if len(ignored) == 1 else f"{len(ignored)} files, no texts or hidden, were"
        )
        context.notes.append(f"{files} left out, for example {ignored[0]}")
    context.notes += [f"{note['path']}: {note['detail']}" for note in found.notes]
    if found.rejects:
        reasons = Counter(row["reason"] for row in found.rejects)
        listed = ", ".join(f"{reason} {number}" for reason, number in sorted(reasons.items()))
        inputs = "1 input" if len(found.rejects) == 1 else f"{len(found.rejects)} inputs"
        context.notes.append(f"{inputs} could not be read, see the table rejects: {listed}")
    if not any("documents" in entry.places for entry in found.entries):
        first = found.rejects[0] if found.rejects else None
        why = f"; the first input, {first['path']}: {first['reason']}, {first['detail']}" if first else ""
        context.notes.append(f"no text could be read: the tables are empty{why}")


def _write(context: Context, entries: Sequence[memo.Entry], links: Mapping[str, Row]) -> None:
    """Documents and segments in the order of the ids, whatever that of the inputs."""
    code, block = module("documents"), context.params["documents"]
    places = sorted(
        (doc_id, number, at)
        for number, entry in enumerate(entries)
        if "documents" in entry.places
        for at, doc_id in enumerate(entry.table("documents")["doc_id"].to_pylist())
    )
    doc_ids = {doc_id for doc_id, _, _ in places}
    context.corrections.check_documents(doc_ids)
    context.corrections.check_references("documents", doc_ids)
    held: OrderedDict[int, _Texts] = OrderedDict()
    silent: list[str] = []
    for start in range(0, len(places), _GATHERED):
        documents: list[pa.Table] = []
        segments: list[pa.Table] = []
        for doc_id, number, at in places[start : start + _GATHERED]:
            if number not in held:
                held[number] = _Texts.of(entries[number])
                if len(held) > _BATCHES_HELD:
                    held.popitem(last=False)
            texts = held[number]
            if doc_id not in texts.told:
                silent.append(doc_id)
            documents.append(texts.documents.slice(at, 1))
            segments.append(texts.segments.slice(*texts.places.get(doc_id, (0, 0))))
        rows = tables.to_rows(pa.concat_tables(documents))
        finished = code.finish({"documents": rows}, links, block)
        given = context.corrections.between(places[start][0], rows[-1]["doc_id"])
        context.write("documents", sorted_table("documents", correct("documents", finished["documents"], given)))
        context.write("segments", correct_table("segments", pa.concat_tables(segments), given))
    if silent:
        texts_have = "1 text has" if len(silent) == 1 else f"{len(silent)} texts have"
        context.notes.append(f"{texts_have} no sentence of content, see the table segments: for example {silent[0]}")


@dataclass(frozen=True)
class _Texts:
    """A batch of inputs that has been read."""

    documents: pa.Table
    segments: pa.Table
    places: Mapping[str, tuple[int, int]]
    """First row and number of rows of each document in segments."""
    told: frozenset[str]
    """The documents with a zone of content."""

    @classmethod
    def of(cls, entry: memo.Entry) -> _Texts:
        segments = entry.table("segments")
        counted: dict[str, list[int]] = {}
        for at, doc_id in enumerate(segments["doc_id"].to_pylist()):
            counted.setdefault(doc_id, [at, 0])[1] += 1
        told = frozenset(segments.filter(segments["content"])["doc_id"].to_pylist())
        return cls(entry.table("documents"), segments, {doc_id: (at, n) for doc_id, (at, n) in counted.items()}, told)


def _item(item: corpus.Item) -> bytes:
    """All that the rows of an input depend on."""
    content = item.content if isinstance(item.content, bytes) else item.content.encode("utf-8", "surrogatepass")
    fault = [item.fault.reason, item.fault.detail] if item.fault else None
    described = [item.path, item.place, item.doc_id, item.format, dict(item.meta), fault]
    return json.dumps(described, default=repr, sort_keys=True).encode() + b"\n" + content
