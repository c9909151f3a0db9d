"""The lexicons of events, read into rules: which words name which act, and which words change what they say.

A trigger rule is one line of events_triggers.csv. `pattern` is the lemma of the head word, then words that must depend
on it: "call for", "open fire", "take to street". `when` holds conditions joined by |: `object=forces` (the object is a
word of the class forces), `for=!aid` (no object of "for" is), `object=any` (there is one). `actor` and `recipient` list
the places where participants are looked for, in order; see `arguments`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from stages.core import lexicon
from stages.core.lexicon import Entry, words
from stages.events import ontology

PARTS = {"verb": frozenset({"VERB", "AUX"}), "noun": frozenset({"NOUN", "PROPN"}), "adjective": frozenset({"ADJ"})}
"""Universal parts of speech that the parts of speech of the lexicon stand for."""
PREPOSITIONS = frozenset({
    "about", "across", "against", "ahead", "along", "among", "amid", "around", "as", "at", "before", "behind",
    "between", "beyond", "by", "concerning", "despite", "during", "for", "from", "in", "inside", "into", "like",
    "near", "of", "off", "on", "onto", "out", "outside", "over", "past", "regarding", "through", "throughout", "to",
    "toward", "towards", "under", "until", "unto", "upon", "with", "within", "without",
})  # fmt: skip
PLACES = PREPOSITIONS | {
    "subject", "object", "dative", "clause", "complement", "condition", "owner", "adjective", "carrier", "border",
}  # fmt: skip
"""The places around a trigger where a participant may stand; see `arguments`."""
CONDITION_PLACES = PLACES | {
    "infinitive", "gerund", "predicate", "modifier", "adverb", "determiner", "head", "modal", "that",
}  # fmt: skip
"""The places that a condition may ask for; see `conditions`."""
LABELS = frozenset({
    "PERSON", "NORP", "ORG", "GPE", "LOC", "FAC", "EVENT", "PRODUCT", "LAW", "WORK_OF_ART", "LANGUAGE", "DATE",
    "TIME", "MONEY", "PERCENT", "QUANTITY", "ORDINAL", "CARDINAL",
})  # fmt: skip
"""Labels of names that a condition may ask for."""
GROUPS = frozenset({"organ", "people", "part"})
"""Kinds of nouns for who can act."""
EFFECTS = frozenset({
    "asserts", "claimed", "denies", "doubts", "ends", "expects", "fact", "failed", "fails", "happens", "improbable",
    "open", "past", "plans", "possible", "probable", "tries", "wants",
})  # fmt: skip
"""What a word may do to the factuality of what it governs; see `factuality`."""
GOVERNORS = frozenset({"verb", "passive", "noun", "adjective", "adverb", "gerund", "modal", "modifier"})
"""Where a word that changes the factuality stands: what it is, or how it relates to the trigger; `gerund`: an adverb
that governs one ("came close to attacking")."""
ROLES = frozenset({"killed", "wounded", "detained", "troops", "weapons", "money", "attendees"})
"""What a number may count in an event."""
_NEGATIONS = frozenset({"no", "not"})
_YES = frozenset({"yes", ""})


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

    @property
    def negative(self) -> bool:
        """Whether a negation is part of what names the act, and does not deny it: "no willingness"."""
        return any(one.place == "determiner" and one.wanted and one.words & _NEGATIONS for one in self.conditions)


@cache
def members(name: str) -> frozenset[str]:
    """The words of a class, or the name itself where it is no class."""
    return _classes().get(name, frozenset({name}))


@cache
def _classes() -> dict[str, frozenset[str]]:
    found = lexicon.unique(lexicon.load("events_classes"), "class")
    return {name: frozenset(words(row["words"])) for (name,), row in found.items()}


def _conditions(row: Entry) -> Iterator[Condition]:
    """The conditions of a line: "object=forces", "for=!aid", "object=any"."""
    for part in words(row["when"]):
        place, equals, content = part.partition("=")
        wanted = not content.startswith("!")
        names = content.removeprefix("!").split("+")
        if not equals or not all(names) or ("any" in names and len(names) > 1):
            raise row.fault(f"{part!r} is no condition; it takes a place, = and words joined by +: object=aid+money")
        row.check("place of a condition", place, CONDITION_PLACES)
        for name in names:
            if name.isupper():
                row.check("label or kind of group", name, LABELS | {kind.upper() for kind in GROUPS})
        found = frozenset[str]() if names == ["any"] else frozenset[str]().union(*(members(name) for name in names))
        yield Condition(place, found, wanted)


@cache
def rules() -> dict[str, tuple[Rule, ...]]:
    """The trigger rules by head lemma: those that ask for more come first."""
    return by_head(lexicon.load("events_triggers"))


def by_head(rows: Sequence[Entry]) -> dict[str, tuple[Rule, ...]]:
    """The rules of the lines of a trigger lexicon; see `rules`.

    Raises:
        LexiconError: a line names what does not exist, or says what another line says.
    """
    lexicon.unique(rows, "rule")
    lexicon.unique(rows, "pattern", "pos", "when")
    found: dict[str, list[Rule]] = {}
    for row in rows:
        if not row["pattern"]:
            raise row.fault("no pattern")
        type_ = row.one_of("type", ontology.types())
        if row["mode"]:
            row.check(f"mode of {type_}", row["mode"], ontology.modes(type_))
        head, *others = row["pattern"].split()
        rule = Rule(
            row["rule"],
            head,
            tuple(others),
            row.one_of("pos", PARTS),
            type_,
            row["mode"] or None,
            row.some_of("actor", PLACES),
            row.some_of("recipient", PLACES),
            row.one_of("reciprocal", _YES) == "yes",
            tuple(_conditions(row)),
            row.one_of("standing", _YES) == "yes",
        )
        found.setdefault(head, []).append(rule)
    return {head: tuple(sorted(rules, key=_demanding)) for head, rules in found.items()}


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
    found = lexicon.unique(lexicon.load("events_light_verbs"), "verb")
    return {verb: frozenset(row.some_of("places", PLACES)) for (verb,), row in found.items()}


@cache
def effects() -> dict[tuple[str, str], str]:
    """What a word does to the factuality of what it governs or modifies: (lemma, part) to the effect."""
    found: dict[tuple[str, str], str] = {}
    for (word, part), row in lexicon.unique(lexicon.load("events_factuality"), "word", "pos").items():
        found[word, row.check("pos", part, GOVERNORS)] = row.one_of("effect", EFFECTS)
    return found


@cache
def groups() -> dict[str, str]:
    """Nouns for who can act: lemma to organ (acts for its state or body), people, part (of a group)."""
    found = lexicon.unique_words(lexicon.load("events_groups"), "words")
    return {word: row.one_of("kind", GROUPS) for word, row in found.items()}


@cache
def roles() -> dict[str, str]:
    """Nouns and verbs that say what a quantity counts in an event: lemma to the role of event_numbers."""
    found = lexicon.unique_words(lexicon.load("events_number_roles"), "words")
    return {word: row.one_of("role", ROLES) for word, row in found.items()}
