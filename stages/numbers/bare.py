"""A number without a unit: whether it counts, gives an age or a ratio, or is no quantity at all."""

from __future__ import annotations

import re
from fractions import Fraction

from stages.core.parse import Token
from stages.numbers import names, vocabulary
from stages.numbers.quantity import Reading

_SLASH = re.compile(r"(?P<top>\d+)[/⁄](?P<bottom>\d+)")
_PARTED = frozenset(
    ("2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "16", "20", "25", "32", "40", "50", "64", "100")
)
_PARTED |= frozenset(("128", "1000"))
"""What people divide by when they write 3/4; 9/11 and 24/7 are no fractions."""
_IDIOMS = frozenset(("day", "thing", "another", "time", "way", "point", "hand", "side"))
_NO_ONE = frozenset(("no", "any", "every", "each", "the", "this"))
_LEADING = frozenset(("within", "by"))
"""Won by one, came within one."""
_LONGEST = 12
"""Digits that a count has at most, if nobody groups them: more are an identifier."""
_NEAR = 8
"""Tokens between pounds and a word that tells money from weight, at most, behind them; twice as many before."""


def counts(start: int, end: int, reading: Reading) -> bool:
    """Whether a bare number is a quantity, not part of a name and no idiom."""
    text = reading.clean[start:end]
    if not divides(text):
        return False
    if text.isdigit() and len(text) > _LONGEST:
        return False
    first, last = reading.place(start, end)
    if names.is_name(reading.tokens, first, last) or names.is_marker(reading.tokens, first, last):
        return False
    if _is_record(first, last, reading):
        return False
    return text.lower() != "one" or _is_one(reading.tokens, first)


def divides(text: str) -> bool:
    """Whether a number with a slash is a fraction, and no 9/11 or 120/80; all others are what they seem."""
    slash = _SLASH.fullmatch(text)
    return slash is None or (int(slash["top"]) < int(slash["bottom"]) and slash["bottom"] in _PARTED)


def _is_record(first: int, last: int, reading: Reading) -> bool:
    """Whether the number is part of a score: went 3 for 4."""
    around = [reading.at(at) for at in (first - 2, first - 1, last + 1, last + 2)]
    tags = [token.lower if token and token.lower == "for" else token.pos if token else "" for token in around]
    return tags[:2] == ["NUM", "for"] or tags[2:] == ["for", "NUM"]


def _is_one(tokens: list[Token], at: int) -> bool:
    """Whether 'one' counts: before its noun, or 'one of'; not 'no one', 'one day', 'one … another'."""
    token = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if at and tokens[at - 1].lower in _LEADING and token.dep == "pobj" and not token.children:
        return at < 2 or tokens[at - 2].lower != "one"
    if following is None or (at and tokens[at - 1].lower in _NO_ONE):
        return False
    if following.lower == "of":
        return True
    if token.dep != "nummod" or token.head.i <= token.i or token.head.lemma.lower() in _IDIOMS:
        return False
    return at > 0 or not any(other.lower == "another" for other in tokens[at + 1 :])


def is_age(start: int, end: int, value: Fraction, reading: Reading, more: str = "") -> bool:
    """She will be 40; children under 5; a boy of 12; aged 18 to 24: a bare number that is said of a person.

    Args:
        more: what is said behind it: 'and older'.
    """
    if not 0 < value <= 120:
        return False
    first, last = reading.place(start, end)
    token, before = reading.tokens[last], reading.tokens[first - 1] if first else None
    person = before is not None and (before.lemma.lower() in vocabulary.PERSON or before.lower == "those")
    if more.endswith(("older", "younger")) or (person and more.endswith(("over", "under", "up"))):
        return True
    if before is not None and (before.lower in ("aged", "ages") or (before.lower == "age" and first > 1)):
        return True
    led = {"between": ("aged", "ages"), "from": ("aged", "ages"), "of": ("age", "ages"), "under": (), "over": ()}
    if before is not None and before.lower in led and first > 1:
        earlier = reading.tokens[first - 2]
        if earlier.lower in led[before.lower]:
            return True
        follower = reading.word(last + 1)
        if before.lower in ("under", "over") and earlier.lemma.lower() in vocabulary.PERSON and not follower.isalpha():
            return True
    if any(above.lemma.lower() == "be" and _is_of_age(above) for above in (token.head, token.head.head)):
        return reading.at(last + 1) is None or reading.tokens[last + 1].pos not in ("NOUN", "PROPN")
    if any(child.dep not in ("advmod", "quantmod", "amod", "punct", "prep", "cc", "conj") for child in token.children):
        return False
    if token.dep == "pobj" and token.head.lower == "at" and token.head.head.lemma.lower() == "die":
        return True
    if token.dep == "pobj" and token.head.lower in ("under", "over", "of", "above", "below", "than"):
        of = token.head.head
        single = token.head.lower != "of" or any(child.lower in ("a", "an", "the") for child in of.children)
        return single and of.i < token.i and of.lemma.lower() in vocabulary.PERSON and not token.children
    verb = token.head
    if token.dep not in ("attr", "acomp", "dobj") or verb.lemma.lower() not in ("be", "turn"):
        return False
    who = verb.dependent("nsubj")
    if who is None and verb.dep == "conj":
        who = verb.head.dependent("nsubj")  # He left and turned 80.
    if who is None or (token.dep == "dobj" and verb.lemma.lower() != "turn"):
        return False
    person = who.ent == "PERSON" or who.lower in ("he", "she", "i", "who")
    return person and not token.children


def _is_of_age(verb: Token) -> bool:
    """Whether the verb says something of an age or of the expectancy of life."""
    subject = verb.dependent("nsubj")
    return subject is not None and subject.lemma.lower() in ("age", "expectancy")


def is_ratio(start: int, reading: Reading) -> bool:
    """Whether 'three to one' is a ratio: after 'a ratio of', 'outnumbered them'."""
    first, _ = reading.place(start, start + 1)
    return any(token.lemma.lower() in vocabulary.RATIO for token in reading.tokens[:first])


def is_money(first: int, last: int, value: Fraction, reading: Reading) -> bool:
    """Whether pounds are money: the millions that are paid, not those 'of beef'."""
    if reading.word(last + 1) == "of" and reading.word(last + 2) not in (
        "public",
        "taxpayers",
        "taxpayer",
        "government",
    ):
        return False
    token = reading.tokens[last]
    if token.head.i > token.i and token.head.lemma.lower() in vocabulary.MONEY:
        return True
    near = reading.tokens[max(0, first - 2 * _NEAR) : last + _NEAR]
    cued = any(other.lemma.lower() in vocabulary.MONEY or other.text in ("£", "sterling") for other in near)
    weighed = any(other.lemma.lower() in vocabulary.WEIGHT for other in near)
    return not weighed and (cued or value >= 1_000_000)
