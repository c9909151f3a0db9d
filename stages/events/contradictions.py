"""Where two mentions of one incident cannot both be right: one states what the other denies, or the numbers differ."""

from __future__ import annotations

from collections.abc import Iterator

from stages.core.parse import Row
from stages.events.incidents import Incident
from stages.events.told import Mention

_OPPOSITE = {"+": "-", "-": "+"}

Pair = tuple[Mention, Mention, str, str, str]


def find(incident: Incident) -> Iterator[Row]:
    """One row for each pair of mentions of an incident that differ, the first statement against each other one."""
    for pair in _pairs(incident) if len(incident.mentions) > 1 else ():
        yield _row(incident.incident_id, *pair)


def _pairs(incident: Incident) -> Iterator[Pair]:
    """The first mention of each polarity, and of each role's quantity, with the first that differs from each source."""
    first: dict[str, Mention] = {}
    told: dict[str, tuple[Mention, float, str]] = {}
    seen: set[str] = set()
    for mention in incident.mentions:
        view = _view(mention)
        if view:
            other = first.get(_OPPOSITE[view[-1]])
            if other is not None and other.event_id not in seen and not mention.future and not other.future:
                seen.add(other.event_id)
                yield other, mention, "factuality", _view(other) or "", view
                continue
            first.setdefault(view[-1], mention)
        for role, value, words in mention.amounts:
            if role in told and told[role][1] != value and told[role][0].event_id not in seen:
                seen.add(told[role][0].event_id)
                yield told[role][0], mention, "number", told[role][2], words
                break
            told.setdefault(role, (mention, value, words))


def _view(mention: Mention) -> str | None:
    """What is stated for certain, by the author or by the source."""
    value = mention.factuality if mention.factuality != "Uu" else mention.claim
    return value if value in ("CT+", "CT-", "PR+", "PR-") else None


def _row(incident_id: str, one: Mention, other: Mention, differs: str, value: str, other_value: str) -> Row:
    return {
        "contradiction_id": f"{one.event_id} | {other.event_id}",
        "incident_id": incident_id,
        "event_id": one.event_id,
        "other_event_id": other.event_id,
        "differs": differs,
        "value": value,
        "other_value": other_value,
    }
