"""What a text reports of an event: the row that incidents and contradictions are made from, across texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from stages.core.parse import Document, Row

_COUNTED = frozenset({"killed", "wounded", "detained", "troops", "weapons", "money", "attendees"})
_OF_STATE = frozenset({"GOV", "MIL", "LEG", "JUD", "SPY", "COP", "IGO"})
"""Sectors of bodies that act for a state or for states: one text names the state, the other its ministry."""
_KEPT = (
    "event_id", "doc_id", "start", "end", "type", "mode", "date_id", "lower", "upper", "location_id",
    "location_mention_id", "factuality", "claim", "historical", "future", "hypothetical", "negated", "rule",
)  # fmt: skip


class Reports:
    """Makes the reports of one document."""

    def __init__(self, document: Document) -> None:
        self._doc_id = document.doc_id
        self._entities = {row["entity_id"]: row for row in document.rows.get("entities", ())}
        self._numbers = {row["number_id"]: row for row in document.rows.get("numbers", ())}
        self._titled = {
            sentence.sentence_id for sentence in document.sentences if sentence.segment.kind in ("title", "heading")
        }
        self._sources: dict[str, str] = {}
        for row in document.rows.get("attributions", ()):
            self._sources[row["attribution_id"]] = row["source"] or document.doc_id
        for row in document.rows.get("sources", ()):
            self._sources[row["attribution_id"]] = row["entity_id"]

    def rows(self, events: Iterable[Row], participants: Iterable[Row], event_numbers: Iterable[Row]) -> list[Row]:
        """One row per event, with the sides of its participants, its source, and what it counts."""
        parts: dict[str, list[Row]] = defaultdict(list)
        for row in participants:
            parts[row["event_id"]].append(row)
        amounts: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in event_numbers:
            number = self._numbers.get(row["number_id"])
            if number and row["role"] in _COUNTED and number["comparator"] == "=" and number["upper"] is None:
                amounts[row["event_id"]].setdefault(row["role"], number)
        return [self._row(event, parts[event["event_id"]], amounts[event["event_id"]]) for event in events]

    def _row(self, event: Row, parts: Sequence[Row], amounts: Mapping[str, Row]) -> Row:
        names: dict[str, set[str]] = {"actor": set(), "recipient": set()}
        sides: dict[str, set[str]] = {"actor": set(), "recipient": set()}
        people: set[str] = set()
        bodies: set[str] = set()
        for part in parts:
            name = part["entity_id"] or part["text"].lower()
            entity = self._entities.get(name, {})
            names[part["role"]].add(name)
            sides[part["role"]].add(entity.get("country") or name)
            if entity.get("label") == "PERSON":
                people.add(name)
            elif entity.get("label") == "ORG" and entity.get("sector") not in _OF_STATE:
                bodies.add(name)
        claimed = event["attribution_id"]
        place = self._entities.get(event["location_id"], {})
        return {
            **{name: event[name] for name in _KEPT},
            "title": event["sentence_id"] in self._titled,
            "precision": _precision(place),
            "place_country": place.get("country"),
            "unnamed": bool(names["actor"]) and not names["actor"] & self._entities.keys(),
            "actors": sorted(names["actor"]),
            "recipients": sorted(names["recipient"]),
            "people": sorted(people),
            "bodies": sorted(bodies),
            "actor_sides": sorted(sides["actor"]),
            "recipient_sides": sorted(sides["recipient"]),
            "source": self._sources.get(claimed, self._doc_id) if claimed else f"document {self._doc_id}",
            "amounts": [{"role": role, "value": number["value"]} for role, number in sorted(amounts.items())],
        }


def _precision(place: Row) -> int:
    """How narrow a place is: a building before a town, a town before a country, which has no point."""
    return 2 if place.get("label") == "FAC" else 1 if place.get("latitude") is not None else 0
