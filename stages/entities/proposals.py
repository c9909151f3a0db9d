"""Proposals: where names could be, by the lexicons, by head words, by words of office and by the language model."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from stages.core.lexicon import load
from stages.core.parse import Document, Sentence, Token
from stages.entities.knowledge import Alias, knowledge, match
from stages.entities.places import is_city
from stages.entities.spans import LABELS, Name, following, is_capital, is_shouted

ARTICLES = frozenset({"the", "a", "an"})
_LINKS = frozenset({"of", "for", "on"})
_YEAR = re.compile(r"(1[789]|20)\d\d")
PARTICLES = frozenset(
    "bin bint ibn al el de da dos del della di du la le van der den von zu ter ben abu ould".split()  # noqa: SIM905
)
"""Words in lower case that stand inside names of people."""

_LONGEST = 12
"""Tokens that a name extends to either side of its head word."""


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
    return first.pos != "PROPN" or first.ent not in ("ORG", "GPE", "NORP")


def by_head_word(sentence: Sentence, headline: bool) -> Iterator[Name]:
    """Capitalised words around a head word of names: Communist Party, Council on Foreign Relations."""
    tokens, heads, offset = sentence.tokens, knowledge().heads, sentence.tokens[0].i
    for token in tokens:
        kind = heads.get(token.text)
        if kind is None:
            continue
        first, last = token.i - offset, token.i - offset
        while (
            first > 0 and token.i - offset - first < _LONGEST and _modifies(tokens[first - 1], tokens[first], headline)
        ):
            first -= 1
        if first > 1 and tokens[first - 1].lower == "and" and first < token.i - offset and _joins(tokens, first - 1):
            first -= 2
            while (
                first > 0 and _modifies(tokens[first - 1], tokens[first], headline) and tokens[first - 1].pos == "ADJ"
            ):
                first -= 1
        if not headline and not token.text.islower():
            last = _complement(tokens, last)
        while first < token.i - offset and (tokens[first].text in ("-", "&") or tokens[first].lower in ARTICLES):
            first += 1
        if token.text.islower() and not _own_name(tokens[first : token.i - offset]):
            continue
        if last > token.i - offset or first < token.i - offset:
            label = kind[0] if last == token.i - offset or kind[0] != "GPE" else "ORG"
            if _only_place_adjective(tokens[first : token.i - offset]) and headline:
                continue
            yield Name(tokens[first], tokens[last], label, None, "pattern")


def _joins(tokens: list[Token], at: int) -> bool:
    """Whether "and" joins adjectives in one name: Social Democratic and Labour Party."""
    left, right = tokens[at - 1], tokens[at + 1]
    if not is_capital(left) or left.text in knowledge().heads or left.text in knowledge().aliases:
        return False
    return left.ent == "ORG" and right.ent == "ORG" and not right.ent_start


def _own_name(tokens: list[Token]) -> bool:
    """Whether words before a common noun are a name of its own and not a country or body: Evin prison."""
    aliases = knowledge().aliases
    kinds = {alias.kind for token in tokens for alias in aliases.get(token.text, ()) if alias.text == token.text}
    return (
        bool(tokens)
        and all(token.pos == "PROPN" for token in tokens)
        and not kinds - {"capital"}
        and tokens[0].tag != "POS"
    )


def _only_place_adjective(tokens: list[Token]) -> bool:
    return len(tokens) == 1 and tokens[0].tag == "JJ"


def _modifies(token: Token, following: Token, headline: bool) -> bool:
    """Whether a word before a name belongs to it."""
    if token.text in ("-", "&", "–"):
        return token.end == following.start or token.text == "&"
    if not is_capital(token) or token.lower in ARTICLES or not token.text[0].isalpha():
        return False
    if token.lower in knowledge().titles or (headline and token.pos not in ("PROPN", "ADJ")):
        return False
    return token.pos in ("PROPN", "ADJ", "NOUN") or token.tag in ("NNP", "JJ", "NN", "VBN", "NNPS")


def _complement(tokens: list[Token], at: int) -> int:
    """The last token of "of (the) Foreign Affairs (and Trade)" after a head word."""
    last = at
    while last + 2 < len(tokens) and last - at < _LONGEST and tokens[last + 1].lower in _LINKS:
        if tokens[last + 1].lower == "on" and tokens[at].text not in evidence("head before on"):
            break
        begin = last + 2
        if tokens[begin].lower == "the" and begin + 1 < len(tokens):
            begin += 1
        end = begin
        while (
            end < len(tokens)
            and end - at < _LONGEST
            and is_capital(tokens[end])
            and tokens[end].pos in ("PROPN", "ADJ", "NOUN")
        ):
            end += 1
        if end == begin:
            break
        if (
            end + 1 < len(tokens)
            and tokens[end].lower == "and"
            and is_capital(tokens[end + 1])
            and tokens[end].ent
            and not tokens[end + 1].ent_start
        ):
            end += 2
            while end < len(tokens) and is_capital(tokens[end]) and tokens[end].pos == "PROPN":
                end += 1
        last = end - 1
    return last


def votes(sentence: Sentence) -> Iterator[Name]:
    """Elections by name: 2005 Iraqi parliamentary election, 2016 referendum on membership."""
    tokens, offset = sentence.tokens, sentence.tokens[0].i
    for token in tokens:
        if token.lower not in evidence("vote"):
            continue
        at = first = token.i - offset
        while (
            first > 0
            and at - first < _LONGEST
            and (
                tokens[first - 1].lower in evidence("kind of vote")
                or (is_capital(tokens[first - 1]) and tokens[first - 1].pos in ("PROPN", "ADJ", "NOUN"))
                or (tokens[first - 1].text == "-" and tokens[first - 1].end == tokens[first].start)
            )
        ):
            first -= 1
        if first > 0 and _YEAR.fullmatch(tokens[first - 1].text):
            first -= 2 if first > 1 and tokens[first - 2].text in evidence("calendar") else 1
        elif not any(is_capital(t) for t in tokens[first:at]) or (at - first < 2):
            continue
        if first < at:
            yield Name(tokens[first], tokens[at], "EVENT", None, "pattern")


def by_office(sentence: Sentence, found: list[Name]) -> Iterator[Name]:
    """Capitalised words after a title or a given name: President Erdogan, spokesman Dmitry Peskov."""
    tokens, words = sentence.tokens, knowledge()
    inside = {
        i
        for name in found
        for i in range(name.first.i, name.last.i + 1)
        if name.alias and name.alias.kind != "institution"
    }
    at = 0
    while at < len(tokens):
        token = tokens[at]
        titled = token.lower in words.titles and token.pos in ("PROPN", "NOUN", "ADJ")
        given = token.text in words.genders and token.pos == "PROPN" and token.i not in inside
        if given and not titled and token.ent in ("GPE", "ORG", "FAC") and is_city(token.text):
            # Charlotte and Florence are given names, and cities in the names of bodies.
            given = False
        if not titled and not given:
            at += 1
            continue
        first = at + 1 if titled else at
        end = first
        while end < len(tokens) and _part_of_person(tokens[end], inside, words.titles):
            end += 1
        while end > first and (tokens[end - 1].text in ("-", ".") or tokens[end - 1].text.islower()):
            end -= 1
        whole = end - first >= (
            1 if titled and token.text[0].isupper() and token.lower not in evidence("weak title") else 2
        )
        if whole and tokens[first].text[0].isupper():
            yield Name(tokens[first], tokens[end - 1], "PERSON", None, "office")
        at = max(end, at + 1)


def _part_of_person(token: Token, inside: set[int], titles: Collection[str]) -> bool:
    if token.i in inside:
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
