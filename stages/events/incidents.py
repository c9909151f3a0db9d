"""One incident for one real-world event: which mentions of events, within and across texts, mean the same.

Mentions are taken in the order of the text and compared with the incidents of their blocks only: same type, a side in
common, and the same document, the same days, or a war that goes on. Two mentions are kept apart by disjoint dates, by
other modes, by different people, bodies or places, by roles that are swapped, and where nothing but the type and one
side speaks for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple

from stages.core.parse import Row
from stages.events.told import Mention, in_order

_COMPARED = 24
"""How many incidents of a block, the latest first, a mention is compared with: a bound on the cost."""
_JOINT = frozenset({"CONSULT", "COOPERATE", "SUPPORT"})
"""Types of acts done together: whoever is named with one of them took part in it."""
_TOGETHER = frozenset({"CONSULT", "COOPERATE"})
"""Types of acts that have no direction: who hosts a meeting is named as actor or as recipient."""
_OF_ONE_MODE = frozenset({"ASSAULT", "CONSULT", "SANCTION"})
"""Types of which all mentions of one act have its mode."""
_LASTING = frozenset({"SANCTION", "CONCEDE"})
"""Types of acts that last, and that a text names with several words: "banned exports", "the hold"."""


@dataclass(slots=True, eq=False)
class Incident:
    """Mentions that mean the same event."""

    mentions: list[Mention] = field(default_factory=list)
    lower: date | None = None
    upper: date | None = None
    mode: str | None = None

    @property
    def incident_id(self) -> str:
        return self.mentions[0].event_id

    def add(self, mention: Mention) -> None:
        """Take in a mention; its dates narrow those of the incident."""
        self.mentions.append(mention)
        self.mode = self.mode or mention.mode
        if mention.lower is not None and (self.lower is None or mention.lower > self.lower):
            self.lower = mention.lower
        if mention.upper is not None and (self.upper is None or mention.upper < self.upper):
            self.upper = mention.upper


class Key(NamedTuple):
    """A block: in its document, on its days, or as a war that goes on."""

    scope: Literal["document", "days", "standing"]
    type: str
    side: str
    lower: date | None = None
    upper: date | None = None


def join(reports: Iterable[Row], days: int) -> list[Incident]:
    """The incidents that mentions of events report.

    Args:
        reports: rows of `reports`, of all texts, or all of one type: mentions of different types are never the same.
        days: how far apart dates of one event may lie across documents.
    """
    blocks = _Blocks()
    found: list[Incident] = []
    for mention in in_order(reports):
        keys = list(_keys(mention))
        compared = [near for key in keys for near in _near(key, days)]
        candidates = {id(incident): incident for key in compared for incident in blocks.latest(mention.doc_id, key)}
        incident = next((one for one in reversed(candidates.values()) if _same(one, mention, days)), None)
        if incident is None and mention.harm:
            attacks = [one for one in blocks.all(mention.doc_id, _attacks(mention)) if one.lower is not None]
            incident = attacks[0] if len(attacks) == 1 and _dates_fit(attacks[0], mention, days) else None
        if incident is None:
            incident = Incident()
            found.append(incident)
        incident.add(mention)
        for key in keys:
            blocks.add(mention.doc_id, key, incident)
    return found


class _Blocks:
    """Incidents by what their mentions have in common; blocks of one document are forgotten with it."""

    def __init__(self) -> None:
        self._doc_id = ""
        self._within: dict[Key, list[Incident]] = {}
        self._across: dict[Key, list[Incident]] = {}

    def all(self, doc_id: str, key: Key) -> Sequence[Incident]:
        """The incidents of a block, the latest last."""
        return self._held(doc_id, key).get(key, ())

    def latest(self, doc_id: str, key: Key) -> Sequence[Incident]:
        """Those that a mention is compared with."""
        return self.all(doc_id, key)[-_COMPARED:]

    def add(self, doc_id: str, key: Key, incident: Incident) -> None:
        """Put an incident into a block, where it is not yet among the latest."""
        held = self._held(doc_id, key).setdefault(key, [])
        if incident not in held[-_COMPARED:]:
            held.append(incident)

    def _held(self, doc_id: str, key: Key) -> dict[Key, list[Incident]]:
        if key.scope != "document":
            return self._across
        if doc_id != self._doc_id:
            self._doc_id, self._within = doc_id, {}
        return self._within


def _keys(mention: Mention) -> Iterator[Key]:
    """The blocks of a mention, by each side."""
    for side in sorted(mention.sides):
        yield Key("document", mention.type, side)
        if mention.standing:
            yield Key("standing", mention.type, side)
        elif mention.unnamed and mention.type == "ASSAULT" and not mention.historical:
            yield _attacks(mention)
        if mention.lower is not None and mention.upper is not None:
            yield Key("days", mention.type, side, mention.lower, mention.upper)


def _near(key: Key, days: int) -> Iterator[Key]:
    """The blocks in which a mention is looked for: of neighbouring days too, as far as dates may lie apart."""
    if key.lower is None or key.upper is None:
        yield key
        return
    for distance in sorted(range(-days, days + 1), key=abs, reverse=True):
        moved = timedelta(days=distance)
        yield key._replace(lower=key.lower + moved, upper=key.upper + moved)


def _attacks(mention: Mention) -> Key:
    """The block of the attacks in one text by groups without a name."""
    return Key("document", mention.type, "")


def _same(incident: Incident, mention: Mention, days: int) -> bool:
    """Whether a mention means the event of an incident."""
    first = incident.mentions[0]
    if incident.mode and mention.mode and incident.mode != mention.mode:
        return False
    if not _dates_fit(incident, mention, days):
        return False
    if not all(_fit(one, mention) for one in incident.mentions[:_COMPARED]):
        return False
    largest = max(incident.mentions[:_COMPARED], key=lambda one: len(one.sides))
    equal = largest.sides == mention.sides
    within = mention.sides <= largest.sides or largest.sides <= mention.sides
    if first.standing and mention.standing:
        return within
    dated = mention.lower is not None and incident.lower is not None
    if mention.doc_id != first.doc_id:
        return dated and equal and len(mention.sides) > 1
    if first.standing != mention.standing:
        return equal and len(mention.sides) > 1
    told = first.historical == mention.historical and first.negated == mention.negated
    if mention.type in _JOINT and not (dated or told):
        return False
    if mention.type in _JOINT:
        return equal or (within and (dated or _taken_up(incident, mention, largest)))
    if mention.type == "ASSAULT" and _one_attack(incident, mention):
        return True
    if dated:
        return equal
    if mention.type == "ASSAULT":
        return equal and len(mention.sides) > 1
    return any(_repeats(one, mention) for one in incident.mentions[-_COMPARED:])


def _taken_up(incident: Incident, mention: Mention, largest: Mention) -> bool:
    """Whether a noun with some of the sides only takes up a joint act: "met", then "Iran called the meeting useful"."""
    if not mention.named or not mention.sides <= largest.sides:
        return False
    same_word = any(one.word == mention.word for one in incident.mentions[:_COMPARED])
    return len(mention.sides) > 1 or same_word or mention.mode == incident.mode is not None or incident.mode is None


def _one_attack(incident: Incident, mention: Mention) -> bool:
    """Whether attackers without a name go on with what they do: within one text they are the same."""
    first = incident.mentions[0]
    if not first.actors or first.historical != mention.historical or first.negated:
        return False
    return mention.unnamed and mention.actors == first.actors


def _repeats(one: Mention, other: Mention) -> bool:
    """Whether an act is told again: in the title or a heading and in the text, or with the same word."""
    if one.historical != other.historical or not one.actors or one.actors != other.actors:
        return False
    if one.recipients != other.recipients:
        return (one.title or other.title) and one.word == other.word
    if one.type in _LASTING and one.mode == other.mode is not None:
        return True
    if one.title or other.title:
        return one.word == other.word or (bool(one.recipients) and one.mode == other.mode is not None)
    return one.word == other.word


def _dates_fit(incident: Incident, mention: Mention, days: int) -> bool:
    slack = timedelta(days=days)
    after = mention.lower is not None and incident.upper is not None and mention.lower > incident.upper + slack
    before = mention.upper is not None and incident.lower is not None and mention.upper < incident.lower - slack
    return not after and not before


def _fit(one: Mention, other: Mention) -> bool:
    """Whether nothing in two mentions forbids that they mean one event: persons, bodies, roles and places."""
    return (
        _names_fit(one.people, other.people)
        and _names_fit(one.bodies, other.bodies)
        and not _swapped(one, other)
        and _places_fit(one, other)
    )


def _names_fit(one: frozenset[str], other: frozenset[str]) -> bool:
    """Named people contradict each other where each mention has somebody whom the other has not; so do bodies."""
    return not (one - other and other - one)


def _swapped(one: Mention, other: Mention) -> bool:
    """Whether who acts in one mention is acted upon in the other: who is expelled in return is another act.

    In what is done together a host may be named as either.
    """
    return one.type not in _TOGETHER and (
        _crossed(one.actors, one.recipients, other.actors, other.recipients)
        or _crossed(one.actor_sides, one.recipient_sides, other.actor_sides, other.recipient_sides)
    )


def _crossed(
    actors: frozenset[str], recipients: frozenset[str], other_actors: frozenset[str], other_recipients: frozenset[str]
) -> bool:
    return bool(actors & other_recipients and recipients & other_actors and not actors & other_actors)


def _places_fit(one: Mention, other: Mention) -> bool:
    """Two towns, or two buildings, are two places, and so is what lies in two countries; a war has many places."""
    if one.place is None or other.place is None or one.standing or other.standing:
        return True
    if one.place_country and other.place_country and one.place_country != other.place_country:
        return False
    return one.place[0] != other.place[0] or one.place[0] == 0 or one.place[1] == other.place[1]


def _most_precise(places: set[tuple[int, str, str]]) -> tuple[str, str] | None:
    """The narrowest of the places that the mentions of an event give, where there is just one."""
    narrowest = max((rank for rank, _, _ in places), default=0)
    found = {place: mention for rank, place, mention in sorted(places, reverse=True) if rank == narrowest}
    return next(iter(found.items())) if len(found) == 1 else None


def links(incidents: Iterable[Incident]) -> dict[str, Row]:
    """By event: its incident, and what it shares with the other mentions of that in the same text.

    These are the date, where the text gives just one, the narrowest place, and the mode of acts that have one. An
    event that is mentioned once is an incident of its own, and is left out.
    """
    return {event_id: link for one in incidents if len(one.mentions) > 1 for event_id, link in _links(one)}


def _links(incident: Incident) -> Iterator[tuple[str, Row]]:
    dates: dict[str, set[tuple[date, date]]] = defaultdict(set)
    places: dict[str, set[tuple[int, str, str]]] = defaultdict(set)
    for mention in incident.mentions:
        if mention.lower is not None and mention.upper is not None and not mention.standing:
            dates[mention.doc_id].add((mention.lower, mention.upper))
        if mention.place is not None:
            places[mention.doc_id].add(mention.place)
    for mention in incident.mentions:
        link: Row = {"incident_id": incident.incident_id}
        if mention.type in _OF_ONE_MODE and not mention.standing and mention.mode is None and incident.mode:
            link["mode"] = incident.mode
        if place := _most_precise(places[mention.doc_id]):
            link["location_id"], link["location_mention_id"] = place
        known = dates[mention.doc_id]
        if mention.lower is None and mention.upper is None and not mention.dated and len(known) == 1:
            ((link["lower"], link["upper"]),) = known
        yield mention.event_id, link


def row(incident: Incident) -> Row:
    """The row of the table incidents."""
    told = incident.mentions
    reversed_days = incident.lower is not None and incident.upper is not None and incident.lower > incident.upper
    return {
        "incident_id": incident.incident_id,
        "type": told[0].type,
        "lower": None if reversed_days else incident.lower,
        "upper": incident.upper,
        "events": len(told),
        "documents": len({one.doc_id for one in told}),
        "sources": len({one.source for one in told}),
        "status": _status(told),
    }


def _status(told: Sequence[Mention]) -> str:
    """asserted, contested, denied, planned, hypothetical; see the schema."""
    stated = any(one.factuality == "CT+" for one in told)
    claimed = any(one.claim in ("CT+", "PR+") for one in told)
    denied = any(one.factuality in ("CT-", "PR-") or one.claim in ("CT-", "PR-") for one in told)
    if denied:
        return "contested" if stated or claimed else "denied"
    if stated:
        return "asserted"
    planned = all(one.future or one.type == "AGREE" for one in told) and not claimed
    return "planned" if planned and not any(one.hypothetical for one in told) else "hypothetical"
