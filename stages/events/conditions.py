"""Whether the words around a trigger meet the conditions of a rule: an object of some class, a mode, a negation."""

from __future__ import annotations

from collections.abc import Iterator

from stages.core.parse import Token
from stages.events import arguments, lexicon, syntax
from stages.events.lexicon import Condition
from stages.events.participants import Participants

_PERSONAL = frozenset({"he", "him", "she", "her", "they", "them", "me", "us", "we"})


def holds(condition: Condition, trigger: Token, participants: Participants) -> bool:
    """Whether a condition of a rule is met."""
    found = list(fillers(condition.place, trigger))
    if not condition.words:
        return any(one.ent not in ("DATE", "TIME") for one in found) == condition.wanted
    if condition.place == "infinitive" and condition.wanted:
        found = [clause for clause in found if not clause.dependents("neg")]  # "pledged not to attack" is no threat
    met = any(named(token, condition.words, participants) for head in found for token in syntax.coordinated(head))
    return met == condition.wanted


def fillers(place: str, trigger: Token) -> Iterator[Token]:
    """The head words that stand in a place of a condition, more places than participants have."""
    if place == "infinitive":
        yield from (
            clause
            for clause in arguments.clauses(trigger)
            if any(one.lower == "to" for one in clause.dependents("aux"))
        )
    elif place == "predicate":
        yield from (child for child in trigger.dependents("oprd", "attr") if child.ent != "PERSON")
    elif place == "gerund":
        yield from (clause for clause in arguments.clauses(trigger) if clause.tag == "VBG")
    elif place == "condition":
        yield from arguments.heads(place, trigger)
    elif place == "modifier":
        yield from (child for child in trigger.children if child.dep in ("compound", "amod", "nmod", "nummod"))
    elif place == "adverb":
        yield from trigger.dependents("advmod", "prt", "oprd", "acomp", "npadvmod")
    elif place == "determiner":
        yield from trigger.dependents("det", "poss", "neg")
    elif place == "head":
        yield trigger.head
    elif place == "modal":
        yield from (child for clause in arguments.clauses(trigger) for child in clause.dependents("aux"))
    elif place == "that":
        yield from (
            clause
            for clause in arguments.clauses(trigger)
            if clause.dep != "advcl" and clause.dependent("nsubj", "nsubjpass", "mark")
        )
    else:
        for head in arguments.around(place, trigger):
            yield head
            if head.pos == "NUM" or head.lower == "%" or lexicon.groups().get(head.lemma.lower()) == "part":
                yield from syntax.prepositional(head, "of")


def named(token: Token, words: frozenset[str], participants: Participants) -> bool:
    """Whether a word is one of a class, or names somebody of a kind."""
    if syntax.lemma(token) in words or token.lower in words or participants.labels(token) & words:
        return True
    if token.ent in ("DATE", "TIME"):
        return token.ent in words
    if "person" in words and syntax.counts_people(token):
        return True
    if "and" in words and len(syntax.coordinated(token)) > 1:
        return True
    if token.lower in ("other", "another") and any(child.lower in ("each", "one") for child in token.children):
        return any(named(one, words, participants) for one in syntax.subjects(token.head) if one is not token)
    if lexicon.groups().get(token.lemma.lower(), "").upper() in words:
        return True
    if token.lower in _PERSONAL and ("person" in words or "PERSON" in words):
        return True
    modifiers = (child.lemma.lower() for child in token.dependents("compound", "amod", "nmod"))
    return any(modifier in words and modifier not in lexicon.members("kind-of-act") for modifier in modifiers)
