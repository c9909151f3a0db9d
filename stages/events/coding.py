"""From triggers to the events of one document: participants, status, type, date, place, claim."""

from __future__ import annotations

from collections.abc import Iterator

from stages.core.parse import Document, Sentence
from stages.events import (
    arguments,
    contexts,
    discourse,
    factuality,
    headlines,
    ledger,
    modes,
    syntax,
    time_and_place,
    triggers,
)
from stages.events.claims import Claims
from stages.events.discourse import Discourse
from stages.events.event import Event
from stages.events.factuality import Status
from stages.events.numbers import Numbers
from stages.events.participants import Participant, Participants
from stages.events.time_and_place import Dates
from stages.events.triggers import Trigger
from stages.events.wars import Wars, is_war

_AGENTLESS = frozenset(
    {"ASSAULT", "COERCE", "RETREAT", "MOBILIZE", "SUPPORT", "REQUEST", "SANCTION", "CONCEDE", "AID", "PROTEST"}
)
"""Types that are coded without an actor where a verb says whom they befell: "two men were arrested"."""


_CONDITIONED = frozenset({"THREATEN", "REJECT"})
"""Types whose recipient may be who is to fulfil their condition: "will not leave until Chad apologises"."""
_SPOKEN = frozenset({"THREATEN"})
"""Types that whoever is quoted does by saying so: "there will be consequences"."""


class Coder:
    """Codes the sentences of one document in the order of the text."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._claims = Claims(document)
        self._participants = Participants(document, self._claims)
        self._dates = Dates(document)
        self._numbers = Numbers(document)
        self._discourse = Discourse(self._participants)

    def events(self) -> Iterator[tuple[Sentence, list[Event], str | None, str | None]]:
        """Each content sentence with its events, or the reason why it has none and the predicate that is not known."""
        read = []
        for sentence in self._document.content:
            found, passed = triggers.find(sentence, self._participants)
            events = [event for trigger in found if (event := self._event(trigger))]
            if not events:
                events = [self._headline(*one) for one in headlines.find(sentence, self._participants)]
            read.append((sentence, events, found, passed))
        wars = Wars((event for _, events, _, _ in read for event in events if event.trigger.rule.standing), self._side)
        for sentence, events, found, passed in read:
            coded = [event for event in events if wars.completed(event)]
            wars.mediated(coded)
            quantities = self._numbers.of(event.trigger.token for event in coded)
            for event in coded:
                event.numbers = quantities.get(event.trigger.token.i, [])
                event.contexts = contexts.of(event.trigger.token, event.type, event.mode, self._sectors(event))
            reason, predicate = None, None
            if not coded:
                reason, predicate = ledger.reason(sentence, self._participants, triggers=bool(found), passed=passed)
            yield sentence, coded, reason, predicate

    def _sectors(self, event: Event) -> list[str]:
        return [sector for one in (*event.actors, *event.recipients) if (sector := self._participants.sector(one))]

    def _side(self, one: Participant) -> str:
        return self._participants.side(one)

    def _event(self, trigger: Trigger) -> Event | None:
        rule, token = trigger.rule, trigger.token
        attribution = self._claims.around(token)
        acting = arguments.actors(rule, token, self._participants)
        if not acting and attribution is not None and rule.type in _SPOKEN:
            acting = self._participants.source(attribution)
        affected = arguments.recipients(rule, token, self._participants, acting)
        enough = acting or (affected and rule.part == "verb" and rule.type in _AGENTLESS)
        short = discourse.short_of_others(rule, token, acting) and not is_war(rule)
        if short or not (enough or (affected and is_war(rule))):
            earlier = self._discourse.taken_up(trigger, acting, affected)
            if earlier is not None:
                acting, affected = earlier
            elif not is_war(rule):
                return None
        elif not affected:
            affected = self._discourse.others(trigger, acting)
        status = factuality.assess(token)
        status.negated = status.negated != rule.negative
        day = self._dates.of(token)
        if day is not None and self._dates.historical(day) and not status.future:
            status.historical = True
        kind, mode = modes.coded(rule, token, status, bool(acting))
        if attribution is not None and _presupposed(trigger) and not self._claims.quoted(token, attribution):
            attribution = None  # the claim takes it for granted, and so does the author
        if attribution is not None and status.alleged:
            status.certainty = "CT"  # whoever accuses is sure of it
        if kind in _CONDITIONED and not affected:
            heads = arguments.heads("condition", token)
            demanded = [one for head in heads for one in self._participants.of(head)]
            affected = [one for one in demanded if one.identity not in {one.identity for one in acting}]
        turned = kind == "REQUEST" or (kind == "REJECT" and rule.type != "REJECT")
        if rule.reciprocal and (turned or (kind == "AGREE" and rule.part == "verb")):
            acting, affected = self._promised(trigger, acting)
        place = time_and_place.place(token, kind, self._participants)
        event = Event(trigger, kind, mode, acting, affected, status, attribution, day, place)
        self._discourse.remember(trigger, acting, affected)
        self._participants.acted(acting, kind == "ASSAULT")
        return event

    def _headline(self, trigger: Trigger, acting: list[Participant], affected: list[Participant]) -> Event:
        """The event of a headline that the parser did not understand."""
        rule = trigger.rule
        if rule.reciprocal:
            acting, affected = [*acting, *affected], []
        self._discourse.remember(trigger, acting, affected)
        return Event(trigger, rule.type, rule.mode, acting, affected, Status(), None, None, None)

    def _promised(self, trigger: Trigger, everyone: list[Participant]) -> tuple[list[Participant], list[Participant]]:
        """Of a joint act still to come, who agrees to it and with whom: "will cooperate with Chad"."""
        heads = arguments.heads("subject", trigger.token)
        agreeing = {one.identity for head in heads for one in self._participants.of(head, ("modifier",))}
        acting = [one for one in everyone if one.identity in agreeing] or everyone
        return acting, [one for one in everyone if one not in acting]


def _presupposed(trigger: Trigger) -> bool:
    """Whether a noun or participle takes its act for granted: "the war", "Iran's latest offer", "the fuel sold by"."""
    token = trigger.token
    if trigger.rule.part == "verb":
        return token.tag == "VBN" and token.dep in ("acl", "amod") and not syntax.finite_before_object(token)
    return trigger.rule.standing or (trigger.rule.part == "noun" and bool(token.dependents("poss")))
