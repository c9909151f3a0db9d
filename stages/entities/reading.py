"""Reading a text from left to right: what was mentioned so far, who speaks, and what was linked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from stages.core.parse import Document, Sentence, Token
from stages.entities import phrases
from stages.entities.knowledge import knowledge
from stages.entities.referents import Referent, Referents

FARTHEST = 100
"""Mentions that a phrase looks back at most, so that the cost stays linear in any text."""
_NESTED = 20
"""Enclosing quotations and joined words that are followed."""
SUBJECTS = frozenset({"nsubj", "nsubjpass"})
WE = frozenset({"we", "us", "our", "ours"})


@dataclass(frozen=True, slots=True)
class Link:
    """A noun phrase or pronoun with what it refers to."""

    start: int
    end: int
    sentence: Sentence
    form: str
    referents: tuple[Referent, ...]


@dataclass(slots=True, eq=False)
class Seen:
    """What was mentioned, as a later phrase looks back on it."""

    at: int
    """Position of the head among the tokens of the document."""
    sentence: int
    referents: tuple[Referent, ...]
    subject: bool
    weak: bool
    joined: bool
    """One of several subjects: "it" takes up neither."""
    """An adjective or part of a compound: not what "it" takes up."""


@dataclass(slots=True, eq=False)
class Reader:
    document: Document
    referents: Referents
    seen: list[Seen] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    genders: dict[str, str] = field(default_factory=dict)
    here: int = 0
    speakers: list[tuple[int, int, int]] = field(default_factory=list)
    """Start and end of the content of quotations with the start of the source, innermost last."""
    by_head: dict[int, tuple[Referent, ...]] = field(default_factory=dict)
    """What was linked or named, by the position of its head."""
    earlier: dict[int, Referent] = field(default_factory=dict)
    """Start of a linked pronoun or phrase: the links of a first reading, by which speakers named later are known."""

    def recent(self, fits: Callable[[Referent], bool], before: int, back: int, *, weak: bool = False) -> list[Seen]:
        """What fits and stands before a token: nearest sentence first, in it subjects, then the nearest."""
        found: list[Seen] = []
        for one in islice(reversed(self.seen), FARTHEST):
            if one.sentence < self.here - back:
                break
            if one.at < before and len(one.referents) == 1 and fits(one.referents[0]) and (weak or not one.weak):
                found.append(one)
        found.sort(key=lambda one: (-one.sentence, one.weak, not one.subject))
        return found

    def add(self, token: Token, start: int, end: int, form: str, referents: Sequence[Referent]) -> None:
        """Keep a link, and see it from now on."""
        if not referents:
            return
        self.links.append(Link(start, end, token.sentence, form, tuple(referents)))
        self.by_head[token.i] = tuple(referents)
        weak = token.dep == "poss"
        self.seen.append(Seen(token.i, self.here, tuple(referents), is_subject(token), weak, is_joined(token)))


def is_subject(token: Token) -> bool:
    """Whether a token, or what it is joined to, is the subject of a clause."""
    for _ in range(_NESTED):
        if token.dep != "conj" or token.head is token:
            break
        token = token.head
    return token.dep in SUBJECTS


def is_joined(token: Token) -> bool:
    """Whether "and" joins a token to another."""
    return token.dep == "conj" or any(child.dep == "conj" for child in token.children)


def is_person(noun: Token) -> bool:
    """Whether a common noun is one for people: the president, an official."""
    return noun.lower in knowledge().titles or phrases.nouns().get(noun.lower, ("", ""))[0] in ("person", "people")


def is_state(referent: Referent) -> bool:
    entity = knowledge().entities.get(referent.key)
    return referent.label == "GPE" and entity is not None and entity.sector == "GOV"


def speaker_at(reader: Reader, token: Token) -> Referent | None:
    """Who speaks in the quotation that holds a token, as far as it is known yet."""
    at = bisect_right(reader.speakers, (token.start + 1, 0, 0))
    for start, end, source in reversed(reader.speakers[max(at - _NESTED, 0) : at]):
        if start <= token.start < end:
            return _referent_at(reader, source)
    return None


def _referent_at(reader: Reader, start: int) -> Referent | None:
    named = reader.referents.starts.get(start)
    return named[0] if named else reader.earlier.get(start)


def side(reader: Reader, referent: Referent) -> Referent | None:
    """The state or body that a person speaks for; a state or body speaks for itself."""
    if referent.label != "PERSON":
        return referent
    if referent.side is None:
        return None
    return reader.referents.known(referent.side)
