"""Who fights whom in the wars of one document, which it names once and mentions often: "the war", "the invasion"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from stages.events.event import Event
from stages.events.lexicon import Rule
from stages.events.participants import Participant

_Parties = dict[str, Participant]
"""By side."""


def is_war(rule: Rule) -> bool:
    """Whether an act is one that goes on through a text, and is coded without its actor."""
    return rule.standing and rule.type == "ASSAULT"


class Wars:
    """The sides of the wars that a document mentions."""

    def __init__(self, events: Iterable[Event], side: Callable[[Participant], str]) -> None:
        self._side = side
        self._attackers: _Parties = {}
        self._attacked: _Parties = {}
        self._directed: set[tuple[str, str]] = set()
        """Pairs of attacker and attacked that one mention names together."""
        parties: _Parties = {}
        for event in events:
            if is_war(event.trigger.rule):
                if event.trigger.rule.reciprocal:
                    self._put(parties, event.actors)
                else:
                    self._put(self._attackers, event.actors)
                    self._put(self._attacked, event.recipients)
                    self._directed.update(
                        (side(one), side(other))
                        for one in event.actors
                        for other in event.recipients
                        if one.entity_id and other.entity_id
                    )
        if len(self._attackers) == 1 and len({*self._attacked, *parties} - {*self._attackers}) == 1:
            self._attacked.update({key: one for key, one in parties.items() if key not in self._attackers})
            self._directed.update((one, other) for one in self._attackers for other in self._attacked)

    def _put(self, known: _Parties, found: Iterable[Participant]) -> None:
        for one in found:
            if one.entity_id:
                known.setdefault(self._side(one), one)

    def completed(self, event: Event) -> bool:
        """Add the sides of the war that an event leaves out; returns whether anybody takes part in it."""
        if is_war(event.trigger.rule):
            named = {self._side(one) for one in (*event.actors, *event.recipients)}
            fitting = [pair for pair in sorted(self._directed) if named <= set(pair)]
            if len(fitting) == 1:
                (attacker, attacked) = fitting[0]
                sides = [self._attackers[attacker], self._attacked[attacked]]
                if event.trigger.rule.reciprocal:
                    event.actors += [one for one in sides if self._side(one) not in named]
                else:
                    event.actors = event.actors or sides[:1]
                    event.recipients = event.recipients or sides[1:]
        return bool(event.actors or event.recipients)

    def mediated(self, events: Sequence[Event]) -> None:
        """Of an attempt to mediate without recipients, those who fight the war that the sentence names."""
        wars = [event for event in events if is_war(event.trigger.rule)]
        for event in events:
            if event.mode == "third-party" and not event.recipients and wars:
                acting = {self._side(one) for one in event.actors}
                parties = (*wars[0].actors, *wars[0].recipients)
                event.recipients = [one for one in parties if self._side(one) not in acting]
