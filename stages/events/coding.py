"""From triggers to the events of one document: participants, status, type, date, place, claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from stages.core.parse import Document, Row, Sentence, Token
from stages.events import arguments, factuality, modes, time_and_place, triggers
from stages.events.claims import Claims
from stages.events.factuality import Status
from stages.events.lexicon import Rule
from stages.events.numbers import Numbers
from stages.events.participants import Participant, Participants
from stages.events.time_and_place import Dates
from stages.events.triggers import Trigger

_AGENTLESS = frozenset({"ASSAULT", "COERCE", "RETREAT", "MOBILIZE", "SUPPORT", "REQUEST", "SANCTION", "CONCEDE", "AID"})
"""Types that are coded without an actor where a verb says whom they befell: "two men were arrested"."""


@dataclass(slots=True)
class Event:
    """An event of one document on its way to rows."""

    trigger: Trigger
    type: str
    mode: str | None
    actors: list[Participant]
    recipients: list[Participant]
    status: Status
    attribution: Row | None
    date: Row | None
    place: Row | None
    numbers: list[Row] = field(default_factory=list)


class Coder:
    """Codes the sentences of one document in the order of the text."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._claims = Claims(document)
        self._participants = Participants(document, self._claims)
        self._dates = Dates(document)
        self._numbers = Numbers(document)
        self._known: dict[tuple[str, str | None], Event] = {}
        """The last event of each type and mode that had participants: what "the call", "the war" takes up."""

    def events(self) -> Iterator[tuple[Sentence, list[Event], str | None]]:
        """Each content sentence with its events, or the reason why it has none."""
        for sentence in self._document.content:
            found, passed = triggers.find(sentence, self._participants)
            coded = [event for trigger in found if (event := self._event(trigger)) is not None]
            quantities = self._numbers.of(event.trigger.token for event in coded)
            for event in coded:
                event.numbers = quantities.get(event.trigger.token.i, [])
            reason = None
            if not coded:
                reason = "no_participant" if found else "filtered_sense" if passed else "no_trigger"
            yield sentence, coded, reason

    def _event(self, trigger: Trigger) -> Event | None:
        rule, token = trigger.rule, trigger.token
        acting = arguments.actors(rule, token, self._participants)
        affected = arguments.recipients(rule, token, self._participants, acting)
        enough = acting or (affected and rule.part == "verb" and rule.type in _AGENTLESS)
        if not enough or self._taken_up(trigger, acting):
            earlier = self._earlier(trigger)
            if earlier is None:
                return None
            acting, affected = self._joined(rule, acting, earlier)
        elif not affected:
            affected = self._completed(trigger, acting)
        status = factuality.assess(token)
        attribution = self._claims.around(token)
        day = self._dates.of(token)
        if day is not None and self._dates.historical(day) and not status.future:
            status.historical = True
        kind, mode = modes.coded(rule, token, status, bool(acting))
        if attribution is not None and _presupposed(trigger) and not self._claims.quoted(token, attribution):
            attribution = None  # the claim takes it for granted, and so does the author
        place = time_and_place.place(token, kind, self._participants)
        if place is None and rule.standing and kind == "ASSAULT":
            place = self._participants.country(affected)
        event = Event(trigger, kind, mode, acting, affected, status, attribution, day, place)
        self._known[rule.type, rule.mode] = event
        self._known[rule.type, None] = event
        return event

    def _completed(self, trigger: Trigger, acting: list[Participant]) -> list[Participant]:
        """Who is attacked in a war or invasion that was named with both sides before."""
        earlier = self._known.get((trigger.rule.type, trigger.rule.mode))
        if earlier is None or not trigger.rule.standing or trigger.rule.reciprocal:
            return []
        acting_sides = {self._participants.side(one) for one in acting}
        everyone = [*earlier.actors, *earlier.recipients]
        if not acting_sides <= {self._participants.side(one) for one in everyone}:
            return []
        return [one for one in everyone if self._participants.side(one) not in acting_sides]

    def _taken_up(self, trigger: Trigger, acting: list[Participant]) -> bool:
        """Whether a reciprocal act with one party only is short of the others: "the call was initiated by Moscow"."""
        return trigger.rule.reciprocal and len(acting) < 2 and _definite(trigger.token)

    def _joined(
        self, rule: Rule, acting: list[Participant], earlier: Event
    ) -> tuple[list[Participant], list[Participant]]:
        """The participants of the event that is taken up; of a fight without direction all are actors."""
        known = {self._participants.side(one) for one in (*earlier.actors, *earlier.recipients)}
        if acting and not {self._participants.side(one) for one in acting} <= known:
            return acting, []
        if rule.reciprocal and rule.type == "ASSAULT":
            return [*earlier.actors, *earlier.recipients], []
        return earlier.actors, earlier.recipients

    def _earlier(self, trigger: Trigger) -> Event | None:
        """The event that a definite noun without participants takes up."""
        token, rule = trigger.token, trigger.rule
        if token.pos not in ("NOUN", "PROPN") or not (_definite(token) or rule.standing):
            return None
        return self._known.get((rule.type, rule.mode))


def _definite(token: Token) -> bool:
    return any(
        child.lower in ("the", "this", "that", "their", "its", "these", "those")
        for child in token.dependents("det", "poss")
    )


def _presupposed(trigger: Trigger) -> bool:
    """Whether the noun takes its act for granted: "the war", "Iran's latest offer"."""
    noun = trigger.token
    return trigger.rule.standing or (trigger.rule.part == "noun" and bool(noun.dependents("poss")))
