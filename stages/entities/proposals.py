"""Proposals: where names could be, by the lexicons, by words of office and given names, and by the language model."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from stages.core.lexicon import load
from stages.core.parse import Document, Sentence, Token
from stages.entities.knowledge import Alias, knowledge, match
from stages.entities.places import is_city
from stages.entities.spans import LABELS, Name, following, is_capital, is_shouted

ARTICLES = frozenset({"the", "a", "an"})
PARTICLES = frozenset(
    "bin bint ibn al el de da dos del della di du la le van der den von zu ter ben abu ould".split()  # noqa: SIM905
)
"""Words in lower case that stand inside names of people."""


def known(document: Document, sentence: Sentence) -> Iterator[Name]:
    """Names that the lexicons have."""
    ends = {token.end: token for token in sentence.tokens}
    after = -1
    for token in sentence.tokens:
        if token.start < after or not token.text[0].isalpha():
            continue
        for alias in match(document.clean, token.start, token.text):
            last = ends.get(token.start + len(alias.text))
            if last is None or _common_word(token, last, alias):
                continue
            yield Name(token, last, alias.label, alias, "lexicon")
            after = last.end
            break


@cache
def evidence(kind: str) -> frozenset[str]:
    """The words of one kind that tell what a name is."""
    return frozenset(row["word"] for row in load("entities_evidence") if row["kind"] == kind)


def is_headline_verb(token: Token) -> bool:
    """Whether a word that a headline writes like a name is a verb: Premier Visits Delhi."""
    return token.lower in evidence("headline verb")


@cache
def _ambiguous() -> dict[str, str]:
    return {row["word"]: row["only"] for row in load("entities_ambiguous")}


def _common_word(first: Token, last: Token, alias: Alias) -> bool:
    """Whether an alias is here the ordinary word that it also is."""
    only = _ambiguous().get(alias.text)
    if only is None or first is not last:
        return False
    if only == "noun":
        return first.pos not in ("PROPN", "NOUN")
    if only == "sentence":
        # In a line of capitals it is the verb or the pronoun.
        return is_shouted(first.sentence)
    if only == "free":
        # West Virginia, East Timor: part of a longer name.
        after = following(last)
        return first.dep == "compound" or (after is not None and is_capital(after) and after.pos == "PROPN")
    return first.pos != "PROPN" or (only == "name" and first.ent not in ("ORG", "GPE", "NORP"))


def by_office(sentence: Sentence, found: list[Name], headline: bool) -> Iterator[Name]:
    """Capitalised words after a title or a given name: President Erdogan, spokesman Dmitry Peskov.

    Where capitals say nothing ("Prime Minister Visits Delhi"), a title alone is not enough.
    """
    tokens, words = sentence.tokens, knowledge()
    inside = {
        i
        for name in found
        for i in range(name.first.i, name.last.i + 1)
        if name.alias and name.alias.kind != "institution"
    }
    at, shouted = 0, is_shouted(sentence)
    while at < len(tokens):
        token = tokens[at]
        text = token.text.title() if shouted else token.text
        titled = token.lower in words.titles and token.pos in ("PROPN", "NOUN", "ADJ")
        given = text in words.genders or (token.text in words.surnames and not headline)
        given = given and token.pos == "PROPN" and token.i not in inside
        if given and not titled and token.ent in ("GPE", "ORG", "FAC") and is_city(token.text):
            # Charlotte and Florence are given names, and cities in the names of bodies.
            given = False
        if not titled and not given:
            at += 1
            continue
        first = _title_end(tokens, at) if titled else at
        end = first
        while end < len(tokens) and _part_of_person(tokens[end], inside, words.titles, headline):
            end += 1
        while end > first and (tokens[end - 1].text in ("-", ".") or tokens[end - 1].text.islower()):
            end -= 1
        whole = end - first >= (
            1 if titled and token.text[0].isupper() and token.lower not in evidence("weak title") else 2
        )
        sure = not headline or given or any(part.ent == "PERSON" for part in tokens[first:end])
        if whole and sure and tokens[first].text[0].isupper():
            yield Name(tokens[first], tokens[end - 1], "PERSON", None, "office" if titled else "given")
        at = max(end, at + 1)


def _title_end(tokens: list[Token], at: int) -> int:
    """Where the longest title that begins at a token ends: Chief Petty Officer."""
    lower = [token.lower for token in tokens[at : at + 4]]
    return at + max((size for size in range(1, 5) if " ".join(lower[:size]) in knowledge().titles), default=1)


def large_city(sentence: Sentence) -> Iterator[Name]:
    """Cities by two names of which the first is a place of its own: Kansas City, Virginia Beach."""
    for token in sentence.tokens[:-1]:
        after = following(token)
        if after is None or after.text not in _CITY_WORDS or token.text not in knowledge().aliases:
            continue
        if is_city(f"{token.text} {after.text}"):
            yield Name(token, after, "GPE", None, "pattern")


_CITY_WORDS = frozenset({"City", "Beach", "Falls", "Springs", "Rapids", "Park"})


def by_word(sentence: Sentence) -> Iterator[Name]:
    """Surnames that are hardly ever anything else where nothing else shows a name; in capitals cities too: ODESA."""
    shouted = is_shouted(sentence)
    for token in sentence.tokens:
        text = token.text.title() if shouted else token.text
        if token.pos not in ("PROPN", "NOUN") or (token.ent and not shouted):
            continue
        if text in knowledge().surnames:
            yield Name(token, token, "PERSON", None, "given")
        elif shouted and len(text) > 4 and is_city(text):
            yield Name(token, token, "GPE", None, "pattern")


def _part_of_person(token: Token, inside: set[int], titles: Collection[str], headline: bool) -> bool:
    if token.i in inside or (headline and is_headline_verb(token)):
        return False
    if token.lower in PARTICLES or token.text == "-":
        return token.pos in ("PROPN", "ADP", "DET", "X", "PUNCT", "ADJ", "NOUN")
    return (
        is_capital(token) and token.pos == "PROPN" and token.lower not in titles and token.text not in knowledge().heads
    )


def of_model(sentence: Sentence) -> Iterator[Name]:
    """Names that the language model found."""
    for first, last in sentence.names():
        if first.ent in LABELS:
            yield Name(first, last, first.ent, None, "model")
