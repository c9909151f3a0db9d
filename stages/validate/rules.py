"""What a Table Schema cannot say: spans, containment, and what the rows of a document say of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stages.core.parse import CONTENT, normalise
from stages.core.schema import Schema
from stages.validate.faults import Fault, show
from stages.validate.ranges import UNKNOWN, Mask, Numbers, Range, Rows

INNER = ("noun", "source", "cue", "title", "sentence")
"""Columns with a text whose offsets stand in <column>_start and <column>_end."""

_CONTENT = pa.array(sorted(CONTENT))


def spans(found: Range) -> tuple[int, list[Fault]]:
    """Every span slices to its text; also how many were checked."""
    checked, faults = 0, []
    for name, rows in found.rows.items():
        names = set(rows.schema.names)
        columns = [("text", "start", "end")] if {"doc_id", "start", "end", "text"} <= names else []
        columns += [(inner, f"{inner}_start", f"{inner}_end") for inner in INNER if {inner, f"{inner}_start"} <= names]
        sources = found.texts_of(name) if columns else []
        for column, start, end in columns:
            number, wrong = _spans(rows, sources, column, start, end)
            checked += number
            for at in wrong:
                a, b = rows.values(start)[at], rows.values(end)[at]
                text = sources[at][a or 0 : b or 0]
                reason = f"source[{a}:{b}] of {rows.values('doc_id')[at]} is {show(text)}"
                faults.append(_fault(rows, at, column, f"{reason}, not {show(rows.values(column)[at])}"))
    return checked, faults


def _spans(rows: Rows, sources: list[str], column: str, start: str, end: str) -> tuple[int, list[int]]:
    """How many rows have the span, and which of them are wrong."""
    texts, offsets = rows.array(column), (rows.numbers(start), rows.numbers(end))
    none = _mask(pc.is_null(texts)) & (offsets[0] < 0) & (offsets[1] < 0)
    if none.any():
        there = np.flatnonzero(~none)
        texts, offsets = texts.take(pa.array(there)), (offsets[0][there], offsets[1][there])
        places = there.tolist()
        sources = [sources[at] for at in places]
    else:
        places = list(range(rows.number))
    cells = zip(places, sources, *(numbers.tolist() for numbers in offsets), texts.to_pylist(), strict=True)
    # A null offset is -1 here.
    return len(places), [at for at, source, a, b, text in cells if source[a:b] != text or a < 0 or b < 0]


def faults(found: Range) -> Iterator[Fault]:
    """The rules between the rows of one document, whose references have been resolved."""
    for rows in found.rows.values():
        yield from _identifiers(rows)
        yield from days(rows)
    yield from _segments(found)
    yield from _inside(found, "sentences", "segment_id", "segments")
    for name in ("dates", "numbers", "mentions", "events"):
        yield from _inside(found, name, "sentence_id", "sentences")
    yield from _documents(found.rows["documents"], found.places["documents", "duplicate_of"])
    yield from _coverage(found)
    yield from _references(found)


def days(rows: Rows) -> Iterator[Fault]:
    """A first day does not lie after the last one."""
    if {"lower", "upper"} <= set(rows.schema.names):
        for at in _where(pc.greater(rows.array("lower"), rows.array("upper"))):
            lower, upper = rows.values("lower")[at], rows.values("upper")[at]
            yield _fault(rows, at, "upper", f"{upper} lies before lower, {lower}")


def changes(table: pa.Table, known: Schema) -> Iterator[Fault]:
    """The rules of the table that a release brings: numbered without a gap, and a column just where a cell changed."""
    numbers = table["number"].to_numpy()
    for at in _where(numbers != np.arange(1, len(numbers) + 1)):
        yield Fault(known.name, at + 1, "number", f"is {numbers[at]}; the rows are not numbered from 1")
    of_cells = _mask(pc.equal(table["change"], "changed"))
    for at in _where(of_cells != _mask(pc.is_valid(table["column"]))):
        yield Fault(known.name, at + 1, "column", "a changed cell names its column, an added or removed row none")


def _fault(rows: Rows, at: int, column: str, reason: str) -> Fault:
    return Fault(rows.schema.name, rows.first + at, column, reason)


def _where(mask: Any) -> list[int]:
    """The places where a mask of Arrow or numpy holds."""
    found: list[int] = (np.flatnonzero(mask) if isinstance(mask, np.ndarray) else pc.indices_nonzero(mask)).tolist()
    return found


def _mask(mask: Any) -> Mask:
    found: Mask = mask.fill_null(False).to_numpy(zero_copy_only=False)
    return found


def _identifiers(rows: Rows) -> Iterator[Fault]:
    """An id that names a span names the row's own."""
    schema = rows.schema
    key = schema.primary_key[0]
    if len(schema.primary_key) > 1 or not {"doc_id", "start", "end"} <= set(schema.names):
        return
    for at in _where(~rows.spans[0]):
        start, end = rows.values("start")[at], rows.values("end")[at]
        yield _fault(rows, at, key, f"{rows.values(key)[at]!r} does not name the span {start}-{end}")


def _segments(found: Range) -> Iterator[Fault]:
    """Zones cover all text but white space, do not overlap, and are content by their kind."""
    rows, documents = found.rows["segments"], found.rows["documents"]
    ends = [0] * (documents.number + 1)
    places = np.maximum(found.documents["segments"], -1).tolist()
    cells = zip(places, rows.numbers("start").tolist(), rows.numbers("end").tolist(), strict=True)
    for at, (place, start, end) in enumerate(cells):
        last = ends[place]
        if start < last:
            yield _fault(rows, at, "start", f"overlaps the zone before, which ends at {last}")
        elif missing := _words(found.texts[place][last:start]):
            yield _fault(rows, at, "start", f"no zone covers {show(missing)} before it")
        ends[place] = max(last, end)
    content = pc.is_in(rows.array("kind"), value_set=_CONTENT)
    for at in _where(pc.not_equal(content, rows.array("content"))):
        yield _fault(rows, at, "content", f"is {rows.values('content')[at]}, and the kind is {rows.values('kind')[at]}")
    for at, text in enumerate(documents.values("text")):
        if missing := _words(text[ends[at] :]):
            yield _fault(documents, at, "text", f"no segment covers {show(missing)} at the end")


def _words(text: str) -> str:
    """What is no white space."""
    return "" if text.isspace() else normalise(text).strip()


def _inside(found: Range, name: str, column: str, outer: str) -> Iterator[Fault]:
    rows, places = found.rows[name], found.places[name, column]
    apart = _take(found.rows[outer].numbers("start"), places) > rows.numbers("start")
    apart |= _take(found.rows[outer].numbers("end"), places) < rows.numbers("end")
    for at in _where(apart & (places >= 0)):
        start, end = rows.values("start")[at], rows.values("end")[at]
        yield _fault(rows, at, column, f"{start}-{end} lies outside {rows.values(column)[at]}")


def _take(values: Numbers, places: Numbers) -> Numbers:
    """The values at these places; where there is none, UNKNOWN."""
    return np.where(places >= 0, np.append(values, UNKNOWN)[np.maximum(places, -1)], UNKNOWN)


def _documents(rows: Rows, duplicate_of: Numbers) -> Iterator[Fault]:
    lengths = pc.utf8_length(rows.array("text")).cast(pa.int64())
    for at in _where(pc.not_equal(rows.array("characters"), lengths)):
        reason = f"is {rows.values('characters')[at]}, the text has {lengths[at].as_py()}"
        yield _fault(rows, at, "characters", reason)
    for at in _where(pc.xor(pc.is_null(rows.array("published")), pc.is_null(rows.array("published_from")))):
        yield _fault(rows, at, "published_from", "published and published_from go together")
    for at in _where(duplicate_of == np.arange(rows.number)):
        yield _fault(rows, at, "duplicate_of", "a document is no duplicate of itself")


def _coverage(found: Range) -> Iterator[Fault]:
    """The ledger has every sentence of the content zones once, with its number of events or a reason."""
    rows, sentences = found.rows["coverage"], found.rows["sentences"]
    content = _mask(found.rows["segments"].array("content")).astype(np.int64)
    expected = _take(content, found.places["sentences", "segment_id"]) == 1
    places = found.places["coverage", "sentence_id"]
    listed = np.bincount(places[places >= 0], minlength=sentences.number)
    for at in _where(expected & (listed == 0)):
        yield Fault("coverage", None, "sentence_id", f"the sentence {sentences.values('sentence_id')[at]} is missing")
    for at in _where(_take(expected.astype(np.int64), places) != 1):
        reason = f"{rows.values('sentence_id')[at]} is no sentence of a content zone"
        yield _fault(rows, at, "sentence_id", reason)
    events = found.places["events", "sentence_id"]
    coded = np.maximum(_take(np.bincount(events[events >= 0], minlength=sentences.number), places), 0)
    stated = rows.numbers("events")
    for at in _where(stated != coded):
        yield _fault(rows, at, "events", f"is {stated[at]}, events has {coded[at]}")
    for at in _where(_mask(pc.is_null(rows.array("reason"))) != (stated > 0)):
        yield _fault(rows, at, "reason", "a sentence has either events or a reason for none")


def _references(found: Range) -> Iterator[Fault]:
    """References that no foreign key states, and references of rows to themselves."""
    dates, homes = found.rows["dates"], found.documents["dates"].tolist()
    date_homes = dict(zip(dates.values("date_id"), homes, strict=True))
    for at, (anchor, home) in enumerate(zip(dates.values("anchor"), homes, strict=True)):
        if anchor is not None and anchor != "published" and date_homes.get(anchor) != home:
            yield _fault(dates, at, "anchor", f"{anchor!r} is neither a date_id nor published, of this document")
    rows = found.rows["document_dates"]
    evidence = zip(rows.values("evidence"), found.documents["document_dates"].tolist(), strict=True)
    for at, (cell, home) in enumerate(evidence):
        for part in cell.split(" | "):
            if date_homes.get(part) != home:
                yield _fault(rows, at, "evidence", f"{part!r} is no date_id of the document")
    rows = found.rows["attributions"]
    for column in ("parent_id", "continues_id", "duplicate_of"):
        for at in _where(found.places["attributions", column] == np.arange(rows.number)):
            yield _fault(rows, at, "attribution_id", "refers to itself")
    for name in ("participants", "sources"):
        rows, mentions = found.rows[name], found.places[name, "mention_id"]
        of_mention = _take(found.places["mentions", "entity_id"], mentions)
        for at in _where((mentions >= 0) & (of_mention >= 0) & (of_mention != found.places[name, "entity_id"])):
            entity, mention = rows.values("entity_id")[at], rows.values("mention_id")[at]
            yield _fault(rows, at, "entity_id", f"{entity} is not the entity of {mention}")


class Flat:
    """events_flat says what the tables say that it joins.

    Args:
        names: of the entities, by their places.
    """

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def faults(self, found: Range) -> Iterator[Fault]:
        """Compare the rows of a range."""
        rows, events = found.rows["events_flat"], found.rows["events"]
        places = found.places["events_flat", "event_id"]
        listed = np.bincount(places[places >= 0], minlength=events.number)
        for at in _where(listed == 0):
            yield Fault("events_flat", None, "event_id", f"the event {events.values('event_id')[at]} is missing")
        for column, source, of in self._joins(found, places):
            expected = source.take(pa.array(np.maximum(of, 0), mask=of < 0))
            yield from self._compare(rows, places, column, expected)
        people = self._people(found)
        for role in ("actor", "recipient"):
            joined = pa.array(
                [" | ".join(people[place, role]) if (place, role) in people else None for place in places.tolist()],
                pa.string(),
            )
            yield from self._compare(rows, places, f"{role}s", joined)

    def _joins(self, found: Range, places: Numbers) -> Iterator[tuple[str, Any, Numbers]]:
        """Columns of events_flat: the column that each repeats, and where its cells stand there."""
        events = found.rows["events"]
        for name in found.rows["events_flat"].schema.names:
            if name in events.schema.names:
                yield name, events.array(name), places
        documents = _take(found.documents["events"], places)
        yield "published", found.rows["documents"].array("published"), documents
        yield "document_title", found.rows["documents"].array("title"), documents
        sentences = _take(found.places["events", "sentence_id"], places)
        for column, source in (("sentence", "text"), ("sentence_start", "start"), ("sentence_end", "end")):
            yield column, found.rows["sentences"].array(source), sentences

    def _people(self, found: Range) -> dict[tuple[int, str], list[str]]:
        """The names of the participants, by the place of the event and the role."""
        rows = found.rows["participants"]
        people: dict[tuple[int, str], list[str]] = defaultdict(list)
        names = self._names
        events, entities = (found.places["participants", name].tolist() for name in ("event_id", "entity_id"))
        for event, role, entity, text in zip(events, rows.values("role"), entities, rows.values("text"), strict=True):
            people[event, role].append(names[entity] if entity >= 0 else text)
        return people

    def _compare(self, rows: Rows, places: Numbers, column: str, expected: Any) -> Iterator[Fault]:
        actual = rows.array(column)
        if actual.equals(expected):
            return
        cells = zip(places.tolist(), actual.to_pylist(), expected.to_pylist(), strict=True)
        for at, (place, stated, said) in enumerate(cells):
            if place >= 0 and stated != said:
                yield _fault(rows, at, column, f"is {show(stated)}, the tables it joins say {show(said)}")
