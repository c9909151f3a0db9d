"""The table to open first: one row per event with everything joined, nothing that the other tables do not say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from stages.core.parse import Row, Tables

_COPIED = (
    "event_id",
    "doc_id",
    "start",
    "end",
    "text",
    "type",
    "mode",
    "quad",
    "context",
    "lower",
    "upper",
    "factuality",
    "claim",
    "historical",
    "future",
    "hypothetical",
    "negated",
    "incident_id",
    "rule",
)


def rows(tables: Tables) -> list[Row]:
    """One row per event."""
    documents = {row["doc_id"]: row for row in tables.get("documents", [])}
    sentences = {row["sentence_id"]: row for row in tables.get("sentences", [])}
    entities = {row["entity_id"]: row for row in tables.get("entities", [])}
    dates = {row["date_id"]: row for row in tables.get("dates", [])}
    attributions = {row["attribution_id"]: row for row in tables.get("attributions", [])}
    sources: dict[str, list[str]] = defaultdict(list)
    for row in sorted(tables.get("sources", []), key=lambda row: (row["attribution_id"], row["mention_id"])):
        sources[row["attribution_id"]].append(entities[row["entity_id"]]["name"])
    parts: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in sorted(tables.get("participants", []), key=lambda row: (row["event_id"], row["role"], row["position"])):
        parts[row["event_id"], row["role"]].append(row)
    found: list[Row] = []
    for event in tables.get("events", []):
        document, sentence = documents[event["doc_id"]], sentences[event["sentence_id"]]
        place = entities.get(event["location_id"] or "", {})
        claimed = event["attribution_id"]
        found.append(
            {
                **{name: event[name] for name in _COPIED},
                "published": document["published"],
                "document_title": document["title"],
                "url": document["url"],
                **_people("actor", parts[event["event_id"], "actor"], entities),
                **_people("recipient", parts[event["event_id"], "recipient"], entities),
                "date_text": dates[event["date_id"]]["text"] if event["date_id"] else None,
                "location": place.get("name"),
                "location_country": place.get("country"),
                "latitude": place.get("latitude"),
                "longitude": place.get("longitude"),
                "source": _joined(sources.get(claimed) or [attributions[claimed]["source"]]) if claimed else None,
                "sentence": sentence["text"],
                "sentence_start": sentence["start"],
                "sentence_end": sentence["end"],
            }
        )
    return found


def _people(role: str, found: Sequence[Row], entities: dict[str, Row]) -> Row:
    """Names, countries and sectors of the participants of a role."""
    known = [entities.get(row["entity_id"] or "", {}) for row in found]
    return {
        f"{role}s": _joined([entity.get("name") or row["text"] for entity, row in zip(known, found, strict=True)]),
        f"{role}_countries": _joined([entity.get("country") for entity in known]),
        f"{role}_sectors": _joined([entity.get("sector") for entity in known]),
    }


def _joined(cells: Sequence[str | None]) -> str | None:
    """The cells joined in order, empty places kept; null where all are empty."""
    return " | ".join(cell or "" for cell in cells) if any(cells) else None
