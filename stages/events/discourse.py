"""What the text said before: which act a definite noun takes up, and who stands on the other side of an act.

A text names both sides once and one of them afterwards: "the call was short", "Iran is ready to talk". What stands in
the sentences before fills the gap, where it leaves no choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stages.core.parse import Token
from stages.events import lexicon, syntax
from stages.events.lexicon import Rule
from stages.events.participants import Participant, Participants
from stages.events.triggers import Trigger

_WINDOW = 3
"""How many sentences back the other side of an act is looked for."""
_REMEMBERED = 24
"""How many acts are remembered at most: a bound on the cost."""
_PART_OF = frozenset({"in", "during", "with", "by", "through"})
_ANSWERING = frozenset({"REJECT", "CONCEDE", "AGREE", "ACCUSE"})
_ANSWERED = frozenset({"AGREE", "REQUEST", "ACCUSE", "THREATEN"})
_DIRECTED = frozenset(
    {"AGREE", "REQUEST", "REJECT", "THREATEN", "ACCUSE", "AID", "SUPPORT", "MOBILIZE", "CONCEDE", "SANCTION"}
)
"""Types that somebody does towards another side, who may go without saying."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act with its participants, as far as later sentences take it up."""

    trigger: Trigger
    actors: Sequence[Participant]
    recipients: Sequence[Participant]


class Discourse:
    """The acts that one document has named so far."""

    def __init__(self, participants: Participants) -> None:
        self._participants = participants
        self._last: dict[tuple[str, str | None], Act] = {}
        """The last act of each type and mode: what "the call", "the war" takes up."""
        self._acts: list[Act] = []

    def remember(self, trigger: Trigger, acting: Sequence[Participant], affected: Sequence[Participant]) -> None:
        """Take in an act and its participants."""
        act = Act(trigger, acting, affected)
        self._last[trigger.rule.type, trigger.rule.mode] = self._last[trigger.rule.type, None] = act
        self._acts = [*self._acts[1 - _REMEMBERED :], act]

    def taken_up(
        self, trigger: Trigger, acting: list[Participant], affected: list[Participant]
    ) -> tuple[list[Participant], list[Participant]] | None:
        """The participants of the act that a noun takes up, where it names none or is short of the others."""
        token, rule = trigger.token, trigger.rule
        if earlier := self._around(trigger) or self._on_the_same_thing(trigger):
            return self._joined(rule, acting, affected, earlier)
        if token.pos not in ("NOUN", "PROPN"):
            return None
        earlier = self._last.get((rule.type, rule.mode))
        if earlier is None or not (_definite(token) or rule.standing or (_between_both(rule, earlier) and not acting)):
            return None
        return self._joined(rule, acting, affected, earlier)

    def _around(self, trigger: Trigger) -> Act | None:
        """The act of the same type that a noun is part of: "killed dozens in an attack"."""
        token = trigger.token
        if token.dep != "pobj" or token.head.lower not in _PART_OF:
            return None
        return next((act for act in self._acts if act.trigger.token is token.head.head and _alike(act, trigger)), None)

    def _on_the_same_thing(self, trigger: Trigger) -> Act | None:
        """The act that was done before to the same thing: "shipped missiles to Mali. The missiles were deployed"."""
        token = trigger.token
        if not (syntax.is_verb(token) and syntax.is_passive(token)):
            return None
        things = {one.lemma for one in syntax.undergoers(token) if one.pos == "NOUN"}
        before = (
            act
            for act in reversed(self._acts)
            if act.trigger.token.sentence.index >= token.sentence.index - _WINDOW and _alike(act, trigger)
        )
        return next((act for act in before if things & _things(act.trigger.token)), None)

    def _joined(
        self, rule: Rule, acting: list[Participant], affected: list[Participant], earlier: Act
    ) -> tuple[list[Participant], list[Participant]] | None:
        """The participants of the act that is taken up; of a fight without direction all are actors.

        An act on somebody whom the earlier one leaves out is another: "the attack on Chad" after one on Mali.
        """
        known = self._sides([*earlier.actors, *earlier.recipients])
        if affected and not self._sides(affected) <= known:
            return (acting, affected) if acting else None
        if acting and not self._sides(acting) <= known:
            return acting, []
        if rule.reciprocal and rule.type == "ASSAULT":
            return [*earlier.actors, *earlier.recipients], []
        return list(earlier.actors), list(earlier.recipients)

    def others(self, trigger: Trigger, acting: list[Participant]) -> list[Participant]:
        """Who is on the other side of an act that names no recipient."""
        rule = trigger.rule
        if rule.reciprocal or rule.type not in _DIRECTED or not all(one.entity_id for one in acting):
            return []
        sides = self._sides(acting)
        if rule.type in _ANSWERING and (asked := self._answered(trigger)):
            return [one for one in asked.actors if self._participants.side(one) not in sides]
        for act in reversed(self._acts):
            if act.trigger.token.sentence.index < trigger.token.sentence.index - _WINDOW:
                break
            found = self._across(act, sides)
            if not all(self._participants.is_person(one) for one in acting):  # a state deals with states and bodies
                found = [one for one in found if not self._participants.is_person(one)]
            if found:
                return found if len(found) == 1 and found[0].entity_id else []
        return []

    def _answered(self, trigger: Trigger) -> Act | None:
        """The offer, demand or charge that is accepted or turned down: "offered talks. Oslo rejected the offer"."""
        nouns = [noun for noun in syntax.undergoers(trigger.token) if _definite(noun)]
        kinds = {rule.type for noun in nouns for rule in lexicon.rules().get(noun.lemma, ()) if rule.part == "noun"}
        acts = [act for kind in sorted(kinds & _ANSWERED) if (act := self._last.get((kind, None))) is not None]
        return max(acts, key=lambda act: act.trigger.token.i, default=None)

    def _across(self, act: Act, sides: set[str]) -> list[Participant]:
        """The participants of an act who stand across from some sides, all of which take part in it."""
        everyone = [*act.actors, *act.recipients]
        if not sides <= self._sides(everyone):
            return []
        return [one for one in everyone if self._participants.side(one) not in sides]

    def _sides(self, found: Sequence[Participant]) -> set[str]:
        return {self._participants.side(one) for one in found}


def _between_both(rule: Rule, earlier: Act) -> bool:
    """Whether a talk without participants is one more between those who talked before: "since a call in March"."""
    return rule.type == "CONSULT" and rule.reciprocal and len(earlier.actors) == 2


def _alike(act: Act, trigger: Trigger) -> bool:
    return act.trigger.rule.type == trigger.rule.type and bool(act.actors)


def _things(token: Token) -> set[str]:
    """What an act is done to: the objects of a verb, what a noun is of."""
    heads = syntax.undergoers(token) if syntax.is_verb(token) else syntax.prepositional(token, "of")
    heads = heads + [inner for one in heads for inner in syntax.prepositional(one, "of")]
    return {one.lemma for one in heads if one.pos == "NOUN"}


def short_of_others(rule: Rule, token: Token, acting: Sequence[Participant]) -> bool:
    """Whether a reciprocal act with one party only is short of the others: "the call was initiated by Moscow"."""
    return rule.reciprocal and len(acting) < 2 and _definite(token)


def _definite(token: Token) -> bool:
    return any(
        child.lower in ("the", "this", "that", "their", "its", "these", "those")
        for child in token.dependents("det", "poss")
    )
