"""Where two mentions of one incident cannot both be right: one states what the other denies, or the numbers differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stages.core.parse import Row

_OPPOSITE = {"+": "-", "-": "+"}


def find(incidents: Iterable[tuple[str, Sequence[Row]]]) -> list[Row]:
    """One row for each pair of mentions of an incident that differ, the first statement against each other one.

    Args:
        incidents: ids, each with the reports of its mentions (see `reports`) in the order of the texts.
    """
    return [
        _row(incident_id, *pair)
        for incident_id, rows in sorted(incidents, key=lambda one: one[0])
        if len(rows) > 1
        for pair in _pairs(rows)
    ]


Pair = tuple[Row, Row, str, str, str]


def _pairs(rows: Sequence[Row]) -> Iterator[Pair]:
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
        for amount in row["amounts"]:
            role, value, words = amount["role"], amount["value"], amount["text"]
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
