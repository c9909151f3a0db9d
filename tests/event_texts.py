"""Texts for tests of events: documents with the rows of earlier stages as given, and what comes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from conftest import parse, resolve

from stages import events
from stages.core.parse import Document, Row, Tables

NAMES = {
    "Freedonia": ("GPE", "AAA"),
    "Sylvania": ("GPE", "BBB"),
    "Ruritania": ("GPE", "CCC"),
    "Freedonian": ("NORP", "AAA"),
    "Sylvanian": ("NORP", "BBB"),
    "Zenda": ("GPE", "CCC"),
    "Strelsau": ("GPE", "CCC"),
    "Anna Holt": ("PERSON", "AAA"),
    "Boris Kern": ("PERSON", "BBB"),
    "Clara Voss": ("PERSON", "BBB"),
    "League of Plains": ("ORG", None),
    "Freedonia-Sylvania Council": ("ORG", None),
    "Far North": ("LOC", None),
    "Northern": ("NORP", None),
    "Grand Museum": ("FAC", None),
    "Old Palace": ("FAC", None),
    "Kern Steel": ("ORG", "BBB"),
    "Voss Motors": ("ORG", "BBB"),
}
SECTORS = {"Kern Steel": "BUS", "Voss Motors": "BUS"}
SAME = {"Freedonian": "Freedonia", "Sylvanian": "Sylvania", "Northern": "Far North"}


def slug(name: str) -> str:
    return SAME.get(name, name).lower().replace(" ", "-")


def document(
    text: str,
    published: date | None = None,
    dates: Mapping[str, tuple[str, date | None, date | None]] | None = None,
    said: Sequence[tuple[str, str, str]] = (),
    counted: Mapping[str, tuple[float, str | None]] | None = None,
    doc_id: str | None = None,
) -> Document:
    """A parsed text with the rows of earlier stages: the names of NAMES, and what is given.

    Args:
        text: the text.
        published: its day of publication.
        dates: words to value, first and last day.
        said: content, kind and source of attributions.
        counted: words to value and noun.
        doc_id: another id than that of the text.
    """
    found = parse(text, published)
    if doc_id:
        for sentence in found.sentences:
            sentence.sentence_id = sentence.sentence_id.replace(found.doc_id, doc_id)
        found.doc_id = doc_id

    def sentence_id(start: int) -> str:
        return next(one.sentence_id for one in found.sentences if one.start <= start < one.end)

    def row(key: str, start: int, end: int, **cells: Any) -> Row:
        place = {key: found.identifier(start, end), **found.span(start, end), "sentence_id": sentence_id(start)}
        return {**place, **cells}

    mentions = [
        row("mention_id", *match.span(), form="NAM", label=label, entity_id=slug(name), literal_entity_id=None)
        for name, (label, _) in NAMES.items()
        for match in re.finditer(rf"\b{name}\b", text)
    ]
    mentions = [
        one
        for one in mentions
        if not any(other["start"] <= one["start"] < one["end"] < other["end"] for other in mentions)
        and not any(other["start"] < one["start"] < one["end"] <= other["end"] for other in mentions)
    ]
    mentions.sort(key=lambda one: (one["start"], one["end"]))
    timed = [
        row("date_id", *_span(text, part), type="DATE", value=value, mod=None, lower=lower, upper=upper)
        for part, (value, lower, upper) in (dates or {}).items()
    ]
    attributions = []
    sources = []
    for content, kind, source in said:
        start, end = _span(text, content)
        source_start, source_end = _span(text, source)
        claim = row("attribution_id", start, end, kind=kind, source=source, source_start=source_start)
        attributions.append({**claim, "source_end": source_end, "duplicate_of": None})
        name = next((one for one in mentions if one["start"] == source_start), None)
        if name:
            key = claim["attribution_id"]
            sources.append({"attribution_id": key, "mention_id": name["mention_id"], "entity_id": name["entity_id"]})
    numbers = [
        row(
            "number_id", *_span(text, part), kind="count", value=value, upper=None, comparator="=", unit=None,
            noun=noun, noun_start=text.find(noun) if noun else None,
            noun_end=text.find(noun) + len(noun) if noun else None,
        )
        for part, (value, noun) in (counted or {}).items()
    ]  # fmt: skip
    entities = [
        {
            "entity_id": slug(name), "name": SAME.get(name, name), "label": label, "country": country,
            "sector": SECTORS.get(name, "GOV"), "latitude": None, "longitude": None,
        }
        for name, (label, country) in NAMES.items() if name not in SAME
    ]  # fmt: skip
    found.rows = {
        "mentions": mentions, "dates": timed, "attributions": attributions, "sources": sources, "numbers": numbers,
        "entities": entities,
    }  # fmt: skip
    return found


def _span(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


def extract(found: Document) -> Tables:
    return events.extract(found, events.Params())


def coded(tables: Tables) -> list[tuple[str, set[str], set[str]]]:
    """Type, actors and recipients of each event."""
    return [(row["type"], names(tables, row, "actor"), names(tables, row, "recipient")) for row in tables["events"]]


def names(tables: Tables, event: Row, role: str) -> set[str]:
    rows = [row for row in tables["participants"] if (row["event_id"], row["role"]) == (event["event_id"], role)]
    return {row["entity_id"] or row["text"] for row in rows}


def joined(documents: Iterable[Document], params: events.Params | None = None) -> Tables:
    """The final tables of some documents."""
    tables: Tables = {}
    for found in documents:
        sentences = [
            {
                "sentence_id": one.sentence_id, "start": one.start, "end": one.end,
                "text": found.text[one.start : one.end], "segment_id": one.segment.segment_id,
            }
            for one in found.sentences
        ]  # fmt: skip
        segments = [{"segment_id": one.segment_id, "kind": one.kind} for one in found.segments]
        meta = {"title": None, "url": None}
        parts: Tables = {
            **{name: list(rows) for name, rows in found.rows.items()}, **extract(found), "sentences": sentences,
            "segments": segments, "documents": [{**meta, "doc_id": found.doc_id, "published": found.published}],
        }  # fmt: skip
        for name, rows in parts.items():
            if name == "entities":
                tables[name] = rows
            else:
                tables.setdefault(name, []).extend(rows)
    return resolve(events, tables, params or events.Params())


def told(tables: Tables) -> str:
    """The events of a sentence as the page writes them."""
    said = {name: slug(name) for name in NAMES if name not in SAME}
    named = {key: name for name, key in said.items()}
    found = []
    for row in tables["events"]:
        sides = [" + ".join(sorted(named.get(one, one) for one in names(tables, row, role))) for role in
                 ("actor", "recipient")]  # fmt: skip
        flags = [flag for flag in ("historical", "future", "hypothetical", "negated") if row[flag]]
        kind = " ".join(filter(None, (row["type"], row["mode"])))
        found.append(f"{kind}, {' → '.join(sides).strip()}, {' '.join([row['factuality'], *flags])}")
    return "; ".join(found)
