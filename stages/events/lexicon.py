"""The lexicons of events, read into rules: which words name which act, and which words change what they say.

A trigger rule is one line of events_triggers.csv. `pattern` is the lemma of the head word, then words that must depend
on it: "call for", "open fire", "take to street". `when` holds conditions joined by |: `object=forces` (the object is a
word of the class forces), `for=!aid` (no object of "for" is), `object=any` (there is one). `actor` and `recipient` list
the places where participants are looked for, in order; see `arguments`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from stages.core import lexicon
from stages.core.lexicon import words

PARTS = {"verb": frozenset({"VERB", "AUX"}), "noun": frozenset({"NOUN", "PROPN"}), "adjective": frozenset({"ADJ"})}
"""Universal parts of speech that the parts of speech of the lexicon stand for."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to stand, or must not stand, in one place around the trigger."""

    place: str
    words: frozenset[str]
    """Lemmas, and in capitals labels of mentions and kinds of groups; empty for anything."""
    wanted: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the trigger lexicon."""

    rule: str
    head: str
    others: tuple[str, ...]
    """Words that depend on the head, in order."""
    part: str
    type: str
    mode: str | None
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    reciprocal: bool
    conditions: tuple[Condition, ...]
    standing: bool
    """The act goes on whatever is said around the word: a war, sanctions in force."""


@dataclass(frozen=True, slots=True)
class EventType:
    """One line of the ontology."""

    type: str
    quad: str
    cameo: str
    modes: str
    description: str


@cache
def types() -> dict[str, EventType]:
    """The ontology, by type."""
    return {row["type"]: EventType(**row) for row in lexicon.load("events_types")}


@cache
def members(name: str) -> frozenset[str]:
    """The words of a class, or the name itself where it is no class."""
    return _classes().get(name, frozenset({name}))


@cache
def _classes() -> dict[str, frozenset[str]]:
    return {row["class"]: frozenset(words(row["words"])) for row in lexicon.load("events_classes")}


def _conditions(cell: str) -> Iterable[Condition]:
    for part in words(cell):
        place, _, content = part.partition("=")
        wanted = not content.startswith("!")
        names = content.lstrip("!").split("+")
        found = frozenset[str]() if names == ["any"] else frozenset[str]().union(*(members(name) for name in names))
        yield Condition(place, found, wanted)


@cache
def rules() -> dict[str, tuple[Rule, ...]]:
    """The trigger rules by head lemma: those that ask for more come first."""
    by_head: dict[str, list[Rule]] = {}
    for row in lexicon.load("events_triggers"):
        head, *others = row["pattern"].split()
        rule = Rule(
            row["rule"],
            head,
            tuple(others),
            row["pos"],
            row["type"],
            row["mode"] or None,
            words(row["actor"]),
            words(row["recipient"]),
            row["reciprocal"] == "yes",
            tuple(_conditions(row["when"])),
            row["standing"] == "yes",
        )
        by_head.setdefault(head, []).append(rule)
    return {head: tuple(sorted(found, key=_demanding)) for head, found in by_head.items()}


def _demanding(rule: Rule) -> tuple[int, int]:
    wanted = sum(2 if condition.words else 1 for condition in rule.conditions if condition.wanted)
    return -2 * len(rule.others) - wanted, -len(rule.conditions)


@cache
def by_name() -> dict[str, Rule]:
    """The trigger rules by their id."""
    return {rule.rule: rule for found in rules().values() for rule in found}


@cache
def light_verbs() -> dict[str, frozenset[str]]:
    """Verbs that add little to the event noun they govern: lemma to the places where the noun stands."""
    return {row["verb"]: frozenset(words(row["places"])) for row in lexicon.load("events_light_verbs")}


@cache
def contexts() -> dict[tuple[str, str], str]:
    """What a word does to the factuality of what it governs or modifies: (lemma, part) to the effect."""
    return {(row["word"], row["pos"]): row["effect"] for row in lexicon.load("events_contexts")}


@cache
def groups() -> dict[str, str]:
    """Nouns for who can act: lemma to organ (acts for its state or body), people, part (of a group)."""
    return {word: row["kind"] for row in lexicon.load("events_groups") for word in words(row["words"])}


@cache
def roles() -> dict[str, str]:
    """Nouns and verbs that say what a quantity counts in an event: lemma to the role of event_numbers."""
    return {word: row["role"] for row in lexicon.load("events_number_roles") for word in words(row["words"])}
