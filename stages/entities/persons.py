"""Names of people: spellings, surnames and given names, and when two names can be one person's."""

from __future__ import annotations

import re
from functools import cache

from stages.core.lexicon import load
from stages.entities.knowledge import fold, knowledge

_PARTICLE = re.compile(r"^(al|el|bin|ibn|van|von|de|der|den|ben)[- ]")
_SURNAME_PARTICLES = frozenset(
    {"bin", "ibn", "al", "el", "van", "von", "de", "der", "den", "di", "da", "du", "le", "la"}
)


@cache
def _gendered() -> dict[str, str]:
    return {row["noun"]: row["gender"] for row in load("entities_nouns") if row["gender"]}


def gender_of(office: str) -> str:
    """m or f where the words of an office show it: Mrs, spokeswoman."""
    return next((_gendered()[word] for word in office.split() if word in _gendered()), "")


def spelling(word: str) -> str:
    """A form that the usual spellings of a transliterated name share: Sergey and Sergei, Kosak and Kozak."""
    plain = fold(word).replace("'", "").replace("’", "")
    plain = _PARTICLE.sub("", plain)
    plain = knowledge().spellings.get(plain, plain)
    for old, new in (
        ("x", "ks"),
        ("ou", "u"),
        ("oe", "o"),
        ("ue", "u"),
        ("kh", "h"),
        ("zh", "j"),
        ("ph", "f"),
        ("y", "i"),
        ("z", "s"),
        ("w", "v"),
        ("ck", "k"),
        ("q", "k"),
    ):
        plain = plain.replace(old, new)
    return re.sub(r"(.)\1+", r"\1", plain)


def surname_key(words: list[str]) -> str:
    """The block in which a person's name is compared."""
    last = words[-1]
    if len(words) > 1 and last.rstrip(".").lower() in ("jr", "sr", "ii", "iii", "iv"):
        last = words[-2]
    return spelling(last)


def is_surname(words: list[str]) -> bool:
    """Whether a name is a surname alone, with its particles: Austin, bin Laden, van der Berg."""
    return all(word.lower() in _SURNAME_PARTICLES for word in words[:-1])


def same_person(a: list[str], b: list[str]) -> bool:
    """Whether two names of one surname can be one person's: given names, nicknames, initials and middle names agree."""
    if is_surname(a) or is_surname(b):
        return True
    if not _given_agree(a[0], b[0]):
        return False
    middle_a, middle_b = (
        [w[0].lower() for w in a[1:-1] if w[0].isupper()],
        [w[0].lower() for w in b[1:-1] if w[0].isupper()],
    )
    return not middle_a or not middle_b or middle_a == middle_b


def _given_agree(a: str, b: str) -> bool:
    first, second = spelling(a.rstrip(".")), spelling(b.rstrip("."))
    if len(first) == 1 or len(second) == 1:
        return first[:1] == second[:1]
    return given_key(a) == given_key(b)


def given_key(word: str) -> str:
    """A given name in its full form and common spelling."""
    plain = fold(word)
    return spelling(knowledge().nicknames.get(plain, plain))
