"""Mentions of events as incidents are made from them: reports (see `reports`) in the order of the texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from stages.core.parse import Row
from stages.events import lexicon


@dataclass(slots=True, eq=False)
class Mention:
    """A report of an event (see `reports`): what decides to which incident it belongs, and what that says of it."""

    event_id: str
    doc_id: str
    type: str
    mode: str | None
    dated: bool
    """Whether the text names a date for it, known or not."""
    lower: date | None
    upper: date | None
    place: tuple[int, str, str] | None
    """How narrow it is, its entity, the mention that proves it."""
    place_country: str | None
    factuality: str
    claim: str | None
    historical: bool
    future: bool
    hypothetical: bool
    negated: bool
    source: str
    amounts: tuple[tuple[str, float], ...]
    """Role and value of what it counts."""
    title: bool
    """Whether it stands in a title or heading."""
    unnamed: bool
    """Whether those who act are groups without a name."""
    actors: frozenset[str]
    recipients: frozenset[str]
    people: frozenset[str]
    bodies: frozenset[str]
    """Named bodies that do not act for a state."""
    actor_sides: frozenset[str]
    """The countries of those who act; the actor where it has none."""
    recipient_sides: frozenset[str]
    sides: frozenset[str]
    """Both."""
    standing: bool
    named: bool
    """Whether a noun names it, that can take up a mention before: "the call"."""
    word: str

    @property
    def harm(self) -> bool:
        """Whether it only says whom an attack harmed: "two guards were killed"."""
        return self.type == "ASSAULT" and not (self.actors or self.historical or self.negated or self.standing)


def in_order(reports: Iterable[Row]) -> Iterator[Mention]:
    """Mentions in the order of the texts, so that what comes of them follows from the set of reports."""
    rules = lexicon.by_name()
    # Names, days and sets of names repeat all over a corpus: one object for each.
    shared: dict[Any, Any] = {}

    def one(value: Any) -> Any:
        return shared.setdefault(value, value)

    def mention(row: Row) -> tuple[tuple[str, int, int, str], Mention]:
        rule = rules[row["rule"]]
        place = (row["precision"], one(row["location_id"]), row["location_mention_id"]) if row["location_id"] else None
        made = Mention(
            event_id=row["event_id"],
            doc_id=one(row["doc_id"]),
            type=one(row["type"]),
            mode=one(row["mode"]),
            dated=row["date_id"] is not None,
            lower=one(row["lower"]),
            upper=one(row["upper"]),
            place=place,
            place_country=one(row["place_country"]),
            factuality=one(row["factuality"]),
            claim=one(row["claim"]),
            historical=row["historical"],
            future=row["future"],
            hypothetical=row["hypothetical"],
            negated=row["negated"],
            source=one(row["source"]),
            amounts=tuple((amount["role"], amount["value"]) for amount in row["amounts"] or ()),
            title=row["title"],
            unnamed=row["unnamed"],
            actors=one(frozenset(map(one, row["actors"]))),
            recipients=one(frozenset(map(one, row["recipients"]))),
            people=one(frozenset(map(one, row["people"]))),
            bodies=one(frozenset(map(one, row["bodies"]))),
            actor_sides=one(frozenset(map(one, row["actor_sides"]))),
            recipient_sides=one(frozenset(map(one, row["recipient_sides"]))),
            sides=one(frozenset(map(one, (*row["actor_sides"], *row["recipient_sides"])))),
            standing=rule.standing,
            named=rule.part == "noun",
            word=rule.head,
        )
        return (made.doc_id, row["start"], row["end"], made.event_id), made

    for _, found in sorted(map(mention, reports), key=lambda pair: pair[0]):
        yield found
