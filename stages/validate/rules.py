"""What a Table Schema cannot say: spans, containment, and what tables say of each other."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from stages.core.parse import CONTENT, Row, Tables, normalise
from stages.core.schema import Schema


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, a row (counted from 1, without the header) or a whole table."""

    table: str
    row: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.table}{row}{column}: {self.reason}"


INNER = ("noun", "source", "cue", "title", "sentence")
"""Columns with a text whose offsets stand in <column>_start and <column>_end."""

_REPEAT = re.compile(r"#\d+$")


def show(value: object) -> str:
    """A value as messages show it: on one line, not too long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def spans(schema: Schema, rows: Iterable[Row], texts: Mapping[str, str], faults: list[Fault]) -> int:
    """Every span of a row slices to its text; returns how many were checked."""
    names = set(schema.names)
    checked_spans = [("text", "start", "end")] if {"doc_id", "start", "end", "text"} <= names else []
    checked_spans += [(name, f"{name}_start", f"{name}_end") for name in INNER if {name, f"{name}_start"} <= names]
    checked = 0
    for number, row in enumerate(rows, start=1):
        for column, start, end in checked_spans:
            if row[column] is None and row[start] is None and row[end] is None:
                continue
            checked += 1
            text = texts.get(row["doc_id"], "")
            if row[start] is None or row[end] is None or text[row[start] : row[end]] != row[column]:
                found = text[row[start] or 0 : row[end] or 0]
                reason = f"source[{row[start]}:{row[end]}] of {row['doc_id']} is {show(found)}, not {show(row[column])}"
                faults.append(Fault(schema.name, number, column, reason))
    return checked


def identifiers(schema: Schema, rows: Iterable[Row]) -> Iterator[Fault]:
    """An id that names a span names the row's own."""
    key = schema.primary_key[0]
    if len(schema.primary_key) > 1 or not {"doc_id", "start", "end"} <= set(schema.names):
        return
    for number, row in enumerate(rows, start=1):
        if _REPEAT.sub("", row[key]) != f"{row['doc_id']}:{row['start']}-{row['end']}":
            yield Fault(schema.name, number, key, f"{row[key]!r} does not name the span {row['start']}-{row['end']}")


def consistency(rows: Tables, known: Iterable[Schema]) -> Iterator[Fault]:
    """The rules between tables, over sound tables whose keys hold."""
    yield from _segments(rows)
    yield from _inside("sentences", rows, "segment_id", "segments")
    for name in ("dates", "numbers", "mentions", "events"):
        yield from _inside(name, rows, "sentence_id", "sentences")
    yield from _documents(rows)
    yield from _coverage(rows)
    yield from _references(rows)
    yield from _counts(rows)
    yield from _flat(rows)
    for schema in known:
        if {"lower", "upper"} <= set(schema.names):
            for number, row in enumerate(rows[schema.name], start=1):
                if row["lower"] and row["upper"] and row["lower"] > row["upper"]:
                    yield Fault(schema.name, number, "upper", f"{row['upper']} lies before lower, {row['lower']}")


def _segments(rows: Tables) -> Iterator[Fault]:
    """Zones cover all text but white space, do not overlap, and are content by their kind."""
    texts = {row["doc_id"]: row["text"] for row in rows["documents"]}
    ends: dict[str, int] = defaultdict(int)
    for number, row in enumerate(rows["segments"], start=1):
        end = ends[row["doc_id"]]
        if row["start"] < end:
            yield Fault("segments", number, "start", f"overlaps the zone before, which ends at {end}")
        elif missing := normalise(texts.get(row["doc_id"], "")[end : row["start"]]).strip():
            yield Fault("segments", number, "start", f"no zone covers {show(missing)} before it")
        if row["content"] != (row["kind"] in CONTENT):
            yield Fault("segments", number, "content", f"is {row['content']}, and the kind is {row['kind']}")
        ends[row["doc_id"]] = max(end, row["end"])
    for number, row in enumerate(rows["documents"], start=1):
        if missing := normalise(row["text"][ends[row["doc_id"]] :]).strip():
            yield Fault("documents", number, "text", f"no segment covers {show(missing)} at the end")


def _inside(name: str, rows: Tables, column: str, outer: str) -> Iterator[Fault]:
    holders = {row[column]: row for row in rows[outer]}
    for number, row in enumerate(rows[name], start=1):
        holder = holders.get(row[column]) if row[column] else None
        if holder and not (
            row["doc_id"] == holder["doc_id"] and holder["start"] <= row["start"] and row["end"] <= holder["end"]
        ):
            yield Fault(name, number, column, f"{row['start']}-{row['end']} lies outside {row[column]}")


def _documents(rows: Tables) -> Iterator[Fault]:
    for number, row in enumerate(rows["documents"], start=1):
        if row["characters"] != len(row["text"]):
            yield Fault("documents", number, "characters", f"is {row['characters']}, the text has {len(row['text'])}")
        if (row["published"] is None) != (row["published_from"] is None):
            yield Fault("documents", number, "published_from", "published and published_from go together")
        if row["duplicate_of"] == row["doc_id"]:
            yield Fault("documents", number, "duplicate_of", "a document is no duplicate of itself")


def _coverage(rows: Tables) -> Iterator[Fault]:
    """The ledger has every sentence of the content zones once, with its number of events or a reason."""
    content = {row["segment_id"] for row in rows["segments"] if row["content"]}
    expected = {row["sentence_id"] for row in rows["sentences"] if row["segment_id"] in content}
    listed = {row["sentence_id"] for row in rows["coverage"]}
    for sentence_id in sorted(expected - listed):
        yield Fault("coverage", None, "sentence_id", f"the sentence {sentence_id} is missing")
    coded = Counter(row["sentence_id"] for row in rows["events"])
    for number, row in enumerate(rows["coverage"], start=1):
        if row["sentence_id"] not in expected:
            yield Fault("coverage", number, "sentence_id", f"{row['sentence_id']} is no sentence of a content zone")
        if row["events"] != coded[row["sentence_id"]]:
            yield Fault("coverage", number, "events", f"is {row['events']}, events has {coded[row['sentence_id']]}")
        if (row["reason"] is None) != (row["events"] > 0):
            yield Fault("coverage", number, "reason", "a sentence has either events or a reason for none")


def _references(rows: Tables) -> Iterator[Fault]:
    """References that no foreign key states, and references into another document."""
    dates = {row["date_id"] for row in rows["dates"]}
    for number, row in enumerate(rows["dates"], start=1):
        if row["anchor"] not in (None, "published") and row["anchor"] not in dates:
            yield Fault("dates", number, "anchor", f"{row['anchor']!r} is neither a date_id nor published")
    for number, row in enumerate(rows["document_dates"], start=1):
        for part in row["evidence"].split(" | "):
            if part not in dates:
                yield Fault("document_dates", number, "evidence", f"{part!r} is no date_id")
    home = {row["sentence_id"]: row["doc_id"] for row in rows["sentences"]}
    for number, row in enumerate(rows["attributions"], start=1):
        if home.get(row["sentence_id"], row["doc_id"]) != row["doc_id"]:
            yield Fault("attributions", number, "sentence_id", "is a sentence of another document")
        if row["attribution_id"] in (row["parent_id"], row["continues_id"], row["duplicate_of"]):
            yield Fault("attributions", number, "attribution_id", "refers to itself")
    entity_of = {row["mention_id"]: row["entity_id"] for row in rows["mentions"]}
    for name in ("participants", "sources"):
        for number, row in enumerate(rows[name], start=1):
            if row["mention_id"] in entity_of and entity_of[row["mention_id"]] != row["entity_id"]:
                yield Fault(name, number, "entity_id", f"{row['entity_id']} is not the entity of {row['mention_id']}")


def _counts(rows: Tables) -> Iterator[Fault]:
    mentions = Counter(row["entity_id"] for row in rows["mentions"])
    documents = Counter(entity for entity, _ in {(row["entity_id"], row["doc_id"]) for row in rows["mentions"]})
    for number, row in enumerate(rows["entities"], start=1):
        for column, counted in (("mentions", mentions), ("documents", documents)):
            if row[column] != counted[row["entity_id"]]:
                yield Fault("entities", number, column, f"is {row[column]}, mentions has {counted[row['entity_id']]}")
    events = Counter(row["incident_id"] for row in rows["events"])
    for number, row in enumerate(rows["incidents"], start=1):
        if row["events"] != events[row["incident_id"]]:
            yield Fault("incidents", number, "events", f"is {row['events']}, events has {events[row['incident_id']]}")


def _flat(rows: Tables) -> Iterator[Fault]:
    """events_flat says what the tables say that it joins."""
    events = {row["event_id"]: row for row in rows["events"]}
    documents = {row["doc_id"]: row for row in rows["documents"]}
    sentences = {row["sentence_id"]: row for row in rows["sentences"]}
    names = {row["entity_id"]: row["name"] for row in rows["entities"]}
    people: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows["participants"]:
        people[row["event_id"], row["role"]].append(str(names.get(row["entity_id"], row["text"])))
    for event_id in sorted(events.keys() - {row["event_id"] for row in rows["events_flat"]}):
        yield Fault("events_flat", None, "event_id", f"the event {event_id} is missing")
    for number, row in enumerate(rows["events_flat"], start=1):
        event = events.get(row["event_id"])
        if event is None:
            continue
        document, sentence = documents.get(event["doc_id"], {}), sentences.get(event["sentence_id"], {})
        expected = {name: event[name] for name in row.keys() & event.keys()}
        expected |= {"published": document.get("published"), "document_title": document.get("title")}
        expected |= {"sentence": sentence.get("text"), "sentence_start": sentence.get("start")}
        for role in ("actor", "recipient"):
            found = people[row["event_id"], role]
            expected[f"{role}s"] = " | ".join(found) if found else None
        for column in sorted(expected):
            if row[column] != expected[column]:
                reason = f"is {show(row[column])}, the tables it joins say {show(expected[column])}"
                yield Fault("events_flat", number, column, reason)
