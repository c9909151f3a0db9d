"""One incident for one real-world event: which mentions of events, within and across texts, mean the same.

Mentions are taken in the order of the text and compared with the incidents of their blocks only: same type, a side in
common, and the same document, the same days, or a war that goes on. Two mentions are kept apart by disjoint dates, by
other modes, by different people, and where nothing but the type and one side speaks for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from stages.core.parse import Row
from stages.events import lexicon

_COMPARED = 24
"""How many incidents of a block, the latest first, a mention is compared with: a bound on the cost."""
_JOINT = frozenset({"CONSULT", "COOPERATE", "SUPPORT"})
"""Types of acts done together: whoever is named with one of them took part in it."""
_OF_ONE_MODE = frozenset({"ASSAULT", "CONSULT", "SANCTION"})
"""Types of which all mentions of one act have its mode."""
_LASTING = frozenset({"SANCTION", "CONCEDE"})
"""Types of acts that last, and that a text names with several words: "banned exports", "the hold"."""


@dataclass(slots=True, eq=False)
class Mention:
    """What decides whether a mention of an event belongs to an incident."""

    row: Row
    actors: frozenset[str]
    recipients: frozenset[str]
    people: frozenset[str]
    sides: frozenset[str]
    """The countries of the participants; the participant where it has none."""
    standing: bool
    title: bool
    """Whether it stands in a title or heading."""
    named: bool
    """Whether a noun names it, that can take up a mention before: "the call"."""
    word: str
    unnamed: bool
    """Whether those who act are groups without a name."""

    @property
    def harm(self) -> bool:
        """Whether it only says whom an attack harmed: "two guards were killed"."""
        row = self.row
        return row["type"] == "ASSAULT" and not (self.actors or row["historical"] or row["negated"] or self.standing)

    @property
    def everyone(self) -> frozenset[str]:
        return self.actors | self.recipients


@dataclass(slots=True, eq=False)
class Incident:
    """Mentions that mean the same event."""

    mentions: list[Mention] = field(default_factory=list)
    lower: date | None = None
    upper: date | None = None
    mode: str | None = None

    def add(self, mention: Mention) -> None:
        """Take in a mention; its dates narrow those of the incident."""
        self.mentions.append(mention)
        row = mention.row
        self.mode = self.mode or row["mode"]
        if row["lower"] is not None and (self.lower is None or row["lower"] > self.lower):
            self.lower = row["lower"]
        if row["upper"] is not None and (self.upper is None or row["upper"] < self.upper):
            self.upper = row["upper"]


def join(reports: Iterable[Row], days: int) -> list[Incident]:
    """The incidents that mentions of events report.

    Args:
        reports: rows of `reports`, of all texts.
        days: how far apart dates of one event may lie across documents.
    """
    blocks: dict[tuple[str, ...], list[Incident]] = defaultdict(list)
    found: list[Incident] = []
    for mention in _mentions(reports):
        keys = list(_keys(mention))
        candidates = {id(incident): incident for key in keys for incident in blocks[key][-_COMPARED:]}
        incident = next((one for one in reversed(candidates.values()) if _same(one, mention, days)), None)
        if incident is None and mention.harm:
            attacks = [one for one in blocks[_attacks(mention)] if one.lower is not None]
            incident = attacks[0] if len(attacks) == 1 and _dates_fit(attacks[0], mention.row, days) else None
        if incident is None:
            incident = Incident()
            found.append(incident)
        incident.add(mention)
        for key in keys:
            if not blocks[key] or incident not in blocks[key][-_COMPARED:]:
                blocks[key].append(incident)
    return found


def _mentions(reports: Iterable[Row]) -> Iterator[Mention]:
    rules = lexicon.by_name()
    for row in sorted(reports, key=lambda row: (row["doc_id"], row["start"], row["end"], row["event_id"])):
        rule = rules[row["rule"]]
        yield Mention(
            row,
            frozenset(row["actors"]),
            frozenset(row["recipients"]),
            frozenset(row["people"]),
            frozenset(row["sides"]),
            rule.standing,
            row["title"],
            rule.part == "noun",
            rule.head,
            row["unnamed"],
        )


def _keys(mention: Mention) -> Iterator[tuple[str, ...]]:
    """The blocks of a mention: its type and a side, in its document, on its days, or as a war that goes on."""
    row = mention.row
    for side in sorted(mention.sides):
        yield row["type"], row["doc_id"], side
        if mention.standing:
            yield row["type"], "standing", side
        elif mention.unnamed and row["type"] == "ASSAULT" and not row["historical"]:
            yield _attacks(mention)
        if row["lower"] is not None and row["upper"] is not None:
            yield row["type"], f"{row['lower']}/{row['upper']}", side


def _attacks(mention: Mention) -> tuple[str, ...]:
    """The block of the attacks in one text by groups without a name."""
    return "ASSAULT", mention.row["doc_id"], "unnamed"


def _same(incident: Incident, mention: Mention, days: int) -> bool:
    """Whether a mention means the event of an incident."""
    row, first = mention.row, incident.mentions[0]
    if incident.mode and row["mode"] and incident.mode != row["mode"]:
        return False
    if not _dates_fit(incident, row, days):
        return False
    if not all(_people_fit(one, mention) for one in incident.mentions[:_COMPARED]):
        return False
    largest = max(incident.mentions[:_COMPARED], key=lambda one: len(one.sides))
    equal = largest.sides == mention.sides
    within = mention.sides <= largest.sides or largest.sides <= mention.sides
    if first.standing and mention.standing:
        return within
    dated = row["lower"] is not None and incident.lower is not None
    if row["doc_id"] != first.row["doc_id"]:
        return dated and equal and len(mention.sides) > 1
    if first.standing != mention.standing:
        return equal and len(mention.sides) > 1
    told = first.row["historical"] == row["historical"] and first.row["negated"] == row["negated"]
    if row["type"] in _JOINT and not (dated or told):
        return False
    if row["type"] in _JOINT:
        return equal or (within and (dated or _taken_up(incident, mention, largest)))
    if row["type"] == "ASSAULT" and _one_attack(incident, mention):
        return True
    if dated:
        return equal
    if row["type"] == "ASSAULT":
        return equal and len(mention.sides) > 1
    return any(_repeats(one, mention) for one in incident.mentions[-_COMPARED:])


def _taken_up(incident: Incident, mention: Mention, largest: Mention) -> bool:
    """Whether a noun with some of the sides only takes up a joint act: "met", then "Iran called the meeting useful"."""
    row = mention.row
    if not mention.named or not mention.sides <= largest.sides:
        return False
    same_word = any(one.word == mention.word for one in incident.mentions[:_COMPARED])
    return len(mention.sides) > 1 or same_word or row["mode"] == incident.mode is not None or incident.mode is None


def _one_attack(incident: Incident, mention: Mention) -> bool:
    """Whether attackers without a name go on with what they do: within one text they are the same."""
    first = incident.mentions[0]
    if not first.actors or first.row["historical"] != mention.row["historical"] or first.row["negated"]:
        return False
    return mention.unnamed and mention.actors == first.actors


def _repeats(one: Mention, other: Mention) -> bool:
    """Whether an act is told again: in the title or a heading and in the text, or with the same word."""
    if one.row["historical"] != other.row["historical"] or not one.actors or one.actors != other.actors:
        return False
    if one.recipients != other.recipients:
        return (one.title or other.title) and one.word == other.word
    if one.row["type"] in _LASTING and one.row["mode"] == other.row["mode"] is not None:
        return True
    if one.title or other.title:
        return one.word == other.word or (bool(one.recipients) and one.row["mode"] == other.row["mode"] is not None)
    return one.word == other.word


def _dates_fit(incident: Incident, row: Row, days: int) -> bool:
    slack = timedelta(days=days)
    after = row["lower"] is not None and incident.upper is not None and row["lower"] > incident.upper + slack
    before = row["upper"] is not None and incident.lower is not None and row["upper"] < incident.lower - slack
    return not after and not before


def _people_fit(one: Mention, other: Mention) -> bool:
    """Named people contradict each other where each mention has somebody of a side whom the other has not."""
    return not (one.people - other.people and other.people - one.people)


def _most_precise(places: set[tuple[int, str, str]]) -> tuple[str, str] | None:
    """The narrowest of the places that the mentions of an event give, where there is just one."""
    narrowest = max((rank for rank, _, _ in places), default=0)
    found = {place: mention for rank, place, mention in sorted(places, reverse=True) if rank == narrowest}
    return next(iter(found.items())) if len(found) == 1 else None


def links(incidents: Iterable[Incident]) -> dict[str, Row]:
    """By event: its incident, and what it shares with the other mentions of that in the same text.

    These are the date, where the text gives just one, the narrowest place, and the mode of acts that have one.
    """
    found: dict[str, Row] = {}
    for incident in incidents:
        incident_id = incident.mentions[0].row["event_id"]
        dates: dict[str, set[tuple[date, date]]] = defaultdict(set)
        places: dict[str, set[tuple[int, str, str]]] = defaultdict(set)
        for mention in incident.mentions:
            row = mention.row
            if row["lower"] is not None and row["upper"] is not None and not mention.standing:
                dates[row["doc_id"]].add((row["lower"], row["upper"]))
            if row["location_id"] is not None:
                places[row["doc_id"]].add((row["precision"], row["location_id"], row["location_mention_id"]))
        for mention in incident.mentions:
            row = mention.row
            link: Row = {"incident_id": incident_id}
            if row["type"] in _OF_ONE_MODE and not mention.standing and row["mode"] is None and incident.mode:
                link["mode"] = incident.mode
            if place := _most_precise(places[row["doc_id"]]):
                link["location_id"], link["location_mention_id"] = place
            known = dates[row["doc_id"]]
            if row["lower"] is None and row["upper"] is None and row["date_id"] is None and len(known) == 1:
                ((link["lower"], link["upper"]),) = known
            found[row["event_id"]] = link
    return found


def rows(incidents: Iterable[Incident]) -> list[Row]:
    """The rows of the table incidents."""
    return [_row(incident) for incident in incidents]


def _row(incident: Incident) -> Row:
    told = [mention.row for mention in incident.mentions]
    reversed_days = incident.lower is not None and incident.upper is not None and incident.lower > incident.upper
    return {
        "incident_id": told[0]["event_id"],
        "type": told[0]["type"],
        "lower": None if reversed_days else incident.lower,
        "upper": incident.upper,
        "events": len(told),
        "documents": len({row["doc_id"] for row in told}),
        "sources": len({row["source"] for row in told}),
        "status": _status(told),
    }


def _status(rows: list[Row]) -> str:
    """asserted, contested, denied, planned, hypothetical; see the schema."""
    stated = any(row["factuality"] == "CT+" for row in rows)
    claimed = any((row["claim"] or "") in ("CT+", "PR+") for row in rows)
    denied = any(row["factuality"] in ("CT-", "PR-") or (row["claim"] or "") in ("CT-", "PR-") for row in rows)
    if denied:
        return "contested" if stated or claimed else "denied"
    if stated:
        return "asserted"
    planned = all(row["future"] or row["type"] == "AGREE" for row in rows) and not claimed
    return "planned" if planned and not any(row["hypothetical"] for row in rows) else "hypothetical"
