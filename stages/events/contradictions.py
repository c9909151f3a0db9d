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
    told: dict[tuple[str, str], tuple[Mention, float]] = {}
    """By role and town."""
    towns: list[str] = []
    seen: set[str] = set()
    for mention in incident.mentions:
        view = _view(mention)
        if view:
            other = first.get(_OPPOSITE[view[-1]])
            if other is not None and other.event_id not in seen and _comparable(other, mention):
                seen.add(other.event_id)
                yield other, mention, "factuality", _view(other) or "", view
                continue
            first.setdefault(view[-1], mention)
        for role, value in mention.amounts:
            town = _town(mention)
            held = [told[role, place] for place in ((town, "") if town else ("", *towns)) if (role, place) in told]
            if held and held[0][1] != value and held[0][0].event_id not in seen:
                seen.add(held[0][0].event_id)
                yield held[0][0], mention, "number", _digits(held[0][1]), _digits(value)
                break
            if town and town not in towns:
                towns.append(town)
            told.setdefault((role, town), (mention, value))


def _digits(value: float) -> str:
    """A quantity in its shortest form."""
    return str(int(value)) if value == int(value) else repr(value)


def _town(mention: Mention) -> str:
    """The town or building where a mention sets its act; empty where it names none."""
    return mention.place[1] if mention.place and mention.place[0] else ""


def _comparable(one: Mention, other: Mention) -> bool:
    """Whether what one mention says can be wrong for the other: neither is to come, nor are they in two towns."""
    towns = {_town(one), _town(other)}
    return not (one.future or other.future) and (len(towns) == 1 or "" in towns)


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
