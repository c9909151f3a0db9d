"""Types and modes that depend on more than the trigger: on what is to come, and on what is asked for or refused."""

from __future__ import annotations

from stages.core.parse import Token
from stages.events import arguments, lexicon, syntax
from stages.events.factuality import Status
from stages.events.lexicon import Rule

_COOPERATIVE = frozenset({"CONSULT", "SUPPORT", "COOPERATE", "AID", "RETREAT"})
"""Types that are coded AGREE while they are still to come."""
_REFUSABLE = _COOPERATIVE | {"AGREE", "CONCEDE"}
"""Types that are coded REJECT when somebody will not do it."""
_HOSTILE = frozenset({"ASSAULT", "PROTEST", "SANCTION", "COERCE"})
"""Types that are coded THREATEN when somebody says that he will do it."""
_REFUSED = {"CONSULT": "meet", "AID": "assist", "COOPERATE": "assist", "RETREAT": "yield", "CONCEDE": "yield"}
_THREATENED = {"ASSAULT": "violence", "SANCTION": "relations"}
_BY_CONTENT = {
    "REQUEST": ("meet", "assist", "change", "yield"),
    "REJECT": ("meet", "assist", "change", "yield"),
    "THREATEN": ("violence", "restrict", "expel", "arrest", "relations"),
}
"""Types whose mode the content decides, and the modes in the order in which they are tried; their words are the
classes content-<mode> of events_classes.csv."""
_PREPOSITIONS = ("for", "to", "of", "on", "with", "in", "from", "at")
_DEPTH = 3
_BREADTH = 8
"""Bounds on how much of the content is read."""


def coded(rule: Rule, trigger: Token, status: Status, active: bool) -> tuple[str, str | None]:
    """The type and mode of an act; where its status makes it another act, the status is settled.

    Args:
        rule: the rule of the trigger.
        trigger: the word that names the act.
        status: how the text presents it. What is to come becomes an agreement or a threat, what is not a refusal.
        active: whether somebody acts.
    """
    kind, mode = _turned(rule.type, rule.mode, status, active, trigger)
    return kind, mode or _by_content(kind, trigger)


def _turned(kind: str, mode: str | None, status: Status, active: bool, token: Token) -> tuple[str, str | None]:
    ahead = (status.future or status.hypothetical) and not status.unpromised
    if ahead and status.negated and kind in _REFUSABLE and active:
        status.negated = status.hypothetical = status.future = False
        status.certainty = "CT"
        return "REJECT", _REFUSED.get(kind)
    if kind == "AGREE" and status.negated and active and token.pos == "ADJ":
        status.negated = False  # who is not willing refuses
        return "REJECT", None
    if status.tried and kind == "CONSULT" and mode != "third-party" and active:
        status.certainty = "CT"
        return "REQUEST", "meet"  # who tries to talk asks for it
    if ahead and kind in _COOPERATIVE:
        status.future = False
        return "AGREE", None
    if kind == "AGREE":
        status.future = False
    announced = status.future and not status.negated and not (status.asked or status.unpromised)
    if announced and kind in _HOSTILE and active and token.pos == "VERB":
        status.future = False
        return "THREATEN", _THREATENED.get(kind, "restrict")
    return kind, mode


def _by_content(kind: str, trigger: Token) -> str | None:
    """The mode that the content of the act gives it."""
    names = _BY_CONTENT.get(kind, ())
    content = set(_content(trigger, 0)) if names else set()
    return next((name for name in names if content & lexicon.members(f"content-{name}")), None)


def _content(word: Token, depth: int) -> list[str]:
    """Lemmas of what is asked for, refused or threatened: infinitives, objects and what they are of."""
    found: list[str] = []
    heads = arguments.clauses(word)
    heads += syntax.undergoers(word) if syntax.is_verb(word) else []
    heads += [obj for name in _PREPOSITIONS for obj in syntax.prepositional(word, name)]
    for head in heads[:_BREADTH]:
        for one in syntax.coordinated(head)[:_BREADTH]:
            found.append(one.lemma.lower())
            found.extend(child.lemma.lower() for child in one.dependents("compound"))
            if depth < _DEPTH and not one.ent:
                found.extend(_content(one, depth + 1))
    return found
