"""Sport: names of teams, and towns that stand for the team that plays for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from stages.core.parse import Document, Sentence, Token
from stages.entities.knowledge import knowledge
from stages.entities.places import is_city
from stages.entities.proposals import ARTICLES, evidence
from stages.entities.spans import Name, following, is_capital, preceding

_POINTS = re.compile(r"\d{1,3}")
_OPPONENT = frozenset({"against", "over", "with", "to", "by", "versus", "vs", "vs."})
_COUNTRY = frozenset({"country", "adjective", "people"})
_SHARE_OF_SPORT = 0.3
"""How many of its sentences speak of sport in a report on sport."""


def is_sport(sentence: Sentence) -> bool:
    """Whether a sentence has a score or a word of sport."""
    words, tokens = evidence("sport word"), sentence.tokens
    return any(token.lower in words or is_score(tokens, at) for at, token in enumerate(tokens))


def is_score(tokens: Sequence[Token], at: int) -> bool:
    """Whether the score of a game begins at a token: 2-1."""
    points = tokens[at : at + 3]
    if len(points) < 3 or points[1].text not in ("-", "–"):
        return False
    return points[0].end == points[1].start and all(_POINTS.fullmatch(token.text) for token in (points[0], points[2]))


def clubs(sentence: Sentence) -> Iterator[Name]:
    """Teams by their own names and by what begins or ends the names of clubs: Utah Jazz, the Jets, Real Betis."""
    tokens, sport = sentence.tokens, is_sport(sentence)
    for at, token in enumerate(tokens):
        if not is_capital(token):
            continue
        size = _nickname(tokens, at)
        if size:
            town = _town_before(tokens, at)
            if town or (sport and token.ent != "NORP"):
                yield Name(tokens[at - town], tokens[at + size - 1], "ORG", None, "pattern")
        if not sport or at + 1 >= len(tokens) or token.pos != "PROPN":
            continue
        after = tokens[at + 1]
        if after.pos != "PROPN" or not is_capital(after):
            continue
        ends = at + 2 == len(tokens) or not is_capital(tokens[at + 2])
        if ends and (after.text in evidence("club suffix") or token.text in evidence("club prefix")):
            yield Name(token, after, "ORG", None, "pattern")


def _nickname(tokens: list[Token], at: int) -> int:
    """How many tokens a team's own name takes."""
    for size in (2, 1):
        words = tokens[at : at + size]
        if " ".join(token.text for token in words) in evidence("team") and words[-1].pos in ("PROPN", "NOUN"):
            return size
    return 0


def _town_before(tokens: list[Token], at: int) -> int:
    """How many tokens the town before a team's own name takes."""
    for size in (3, 2, 1):
        first = at - size
        words = tokens[max(first, 0) : at]
        capital = len(words) == size and is_capital(words[0]) and words[0].lower not in ARTICLES
        if capital and is_city(" ".join(token.text for token in words)):
            return size
    return 0


def listed(sentence: Sentence) -> Iterator[Name]:
    """People in lists of results: Per Lund (Sweden)."""
    tokens = sentence.tokens
    for at in range(2, len(tokens) - 1):
        if tokens[at].text != "(" or not _is_country(tokens, at + 1):
            continue
        first = at
        while first > 0 and at - first < 4 and is_capital(tokens[first - 1]) and tokens[first - 1].pos == "PROPN":
            first -= 1
        words = tokens[first:at]
        sure = words and (words[0].text in knowledge().genders or words[0].ent in ("PERSON", ""))
        plain = not any(word.text in knowledge().heads or word.lower in knowledge().titles for word in words)
        if sure and plain and 2 <= len(words) <= 3 and not is_city(" ".join(word.text for word in words)):
            yield Name(words[0], words[-1], "PERSON", None, "pattern")


def _is_country(tokens: list[Token], at: int) -> bool:
    """Whether brackets hold a country and nothing else."""
    end = next((i for i in range(at, min(at + 4, len(tokens))) if tokens[i].text == ")"), None)
    text = " ".join(token.text for token in tokens[at:end]) if end is not None else ""
    aliases = knowledge().aliases.get(tokens[at].text.rstrip("."), ()) if text else ()
    return any(alias.text == text and alias.kind == "country" for alias in aliases)


def results(sentence: Sentence) -> Iterator[Name]:
    """The two teams of a line of results: Lund 1 Malmo Town 2."""
    tokens = sentence.tokens
    groups: list[list[Token]] = [[]]
    for token in tokens:
        if _POINTS.fullmatch(token.text):
            groups.append([])
        else:
            groups[-1].append(token)
    if len(groups) != 3 or not groups[0] or not groups[1] or (groups[2] and groups[2][0].text[0].isalpha()):
        return
    if all(len(words) < 4 and all(is_capital(word) for word in words) for words in groups[:2]):
        for words in groups[:2]:
            yield Name(words[0], words[-1], "GPE" if is_city(_text(words)) else "ORG", None, "pattern")


def _text(words: Iterable[Token]) -> str:
    return " ".join(word.text for word in words)


def has_two_results(name: Name) -> bool:
    """Whether the model took a line of results for one name."""
    words = name.tokens
    return any(
        _POINTS.fullmatch(word.text) and is_capital(after) and after.text[0].isalpha()
        for word, after in pairwise(words[1:])
    )


def mark(document: Document, names: Iterable[Name]) -> None:
    """Tell the towns that play: "Leeds beat Derby 2-1". A country's team is the country."""
    sentences = list(document.content)
    spoken_of = {sentence.sentence_id for sentence in sentences if is_sport(sentence)}
    report = len(spoken_of) > 1 and len(spoken_of) >= _SHARE_OF_SPORT * len(sentences)
    for name in names:
        town = name.label == "GPE" and (name.alias is None or name.alias.kind not in _COUNTRY)
        if town and (report or name.sentence.sentence_id in spoken_of or _has_points(name)) and _plays(name):
            name.team = True


def _plays(name: Name) -> bool:
    after, head = following(name.last), name.head
    if after is not None and after.lower in evidence("player noun"):
        return True
    if _has_points(name):
        return True
    while head.dep == "conj" and head.head.i < head.i:
        head = head.head
    governor = head.head
    if head.dep in ("nsubj", "nsubjpass", "dobj"):
        return governor.lemma.lower() in evidence("game verb")
    if head.dep == "pobj" and governor.lower in _OPPONENT:
        lemma = governor.head.lemma.lower()
        return lemma in evidence("game verb") or lemma in evidence("game noun")
    return False


def _has_points(name: Name) -> bool:
    """Whether a line of results gives the points of two: Baltimore 7 Oakland 2."""
    points = following(name.last)
    if points is None or not _POINTS.fullmatch(points.text):
        return False
    after, before = following(points), preceding(name.first)
    if before is None:
        return after is not None and is_capital(after)
    return bool(_POINTS.fullmatch(before.text)) and (after is None or not after.text[0].isalpha())
