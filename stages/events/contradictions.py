"""Where two mentions of one incident cannot both be right: one states what the other denies, or the numbers differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from stages.core.parse import Row, Tables

_OPPOSITE = {"+": "-", "-": "+"}
_COUNTED = frozenset({"killed", "wounded", "detained", "troops", "weapons", "money", "attendees"})


def find(tables: Tables) -> list[Row]:
    """One row for each pair of mentions of an incident that differ, the first statement against each other one."""
    by_incident: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(
        tables.get("events", []), key=lambda row: (row["doc_id"], row["start"], row["end"], row["event_id"])
    ):
        by_incident[row["incident_id"]].append(row)
    amounts = _amounts(tables)
    found: list[Row] = []
    for incident_id, rows in sorted(by_incident.items()):
        if len(rows) > 1:
            found.extend(_row(incident_id, *pair) for pair in _pairs(rows, amounts))
    return found


def _amounts(tables: Tables) -> Mapping[str, dict[str, tuple[float, str]]]:
    """Exact quantities by event and role: value and words."""
    numbers = {row["number_id"]: row for row in tables.get("numbers", [])}
    found: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    for row in tables.get("event_numbers", []):
        number = numbers.get(row["number_id"])
        if number and row["role"] in _COUNTED and number["comparator"] == "=" and number["upper"] is None:
            found[row["event_id"]].setdefault(row["role"], (number["value"], number["text"]))
    return found


Pair = tuple[Row, Row, str, str, str]


def _pairs(rows: list[Row], amounts: Mapping[str, dict[str, tuple[float, str]]]) -> Iterator[Pair]:
    """The first mention of each polarity, and of each role's quantity, with the first that differs from each source."""
    first: dict[str, Row] = {}
    told: dict[str, tuple[Row, float, str]] = {}
    seen: set[str] = set()
    for row in rows:
        view = _view(row)
        if view:
            other = first.get(_OPPOSITE[view[-1]])
            if other is not None and other["event_id"] not in seen and not row["future"] and not other["future"]:
                seen.add(other["event_id"])
                yield other, row, "factuality", _view(other) or "", view
                continue
            first.setdefault(view[-1], row)
        for role, (value, words) in sorted(amounts.get(row["event_id"], {}).items()):
            if role in told and told[role][1] != value and told[role][0]["event_id"] not in seen:
                seen.add(told[role][0]["event_id"])
                yield told[role][0], row, "number", told[role][2], words
                break
            told.setdefault(role, (row, value, words))


def _view(row: Row) -> str | None:
    """What is stated for certain, by the author or by the source."""
    value: str = row["factuality"] if row["factuality"] != "Uu" else row["claim"] or ""
    return value if value in ("CT+", "CT-", "PR+", "PR-") else None


def _row(incident_id: str, one: Row, other: Row, differs: str, value: str, other_value: str) -> Row:
    return {
        "contradiction_id": f"{one['event_id']} | {other['event_id']}",
        "incident_id": incident_id,
        "event_id": one["event_id"],
        "other_event_id": other["event_id"],
        "differs": differs,
        "value": value,
        "other_value": other_value,
    }
