"""Noun phrases that may take up a named entity: their span, kind, owner and office."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from stages.core.lexicon import load, words
from stages.core.parse import Token
from stages.entities.knowledge import knowledge
from stages.entities.referents import Referent, Referents

_LEFT = frozenset({"det", "predet", "amod", "compound", "poss", "nmod", "nummod", "advmod", "quantmod"})
_DEFINITE = frozenset({"the", "this", "that", "both", "these", "those"})
_COUNTRIES = frozenset({"countries", "nations", "states", "republics"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase without what follows its head."""

    head: Token
    start: int
    end: int
    noun: str
    kind: str
    """country, government, state, pair, people, person, region, city, body, known."""
    gender: str
    definite: bool
    plain: bool
    """Whether only a determiner stands before the noun."""
    two: bool
    owner: Referent | None
    """Whom a name before the noun gives it to: the Russian government, NATO's secretary general."""
    office: frozenset[str]
    person: Referent | None
    """Who stands in apposition to it."""
    named: Referent | None
    """The place or body in apposition to it: Chad, a landlocked country."""
    possessive: Token | None
    """The pronoun of "his country"."""


@cache
def nouns() -> dict[str, tuple[str, str]]:
    """Kind and gender by noun."""
    return {row["noun"]: (row["kind"], row["gender"]) for row in load("entities_nouns")}


@cache
def sectors() -> dict[str, frozenset[str]]:
    """The PLOVER sectors of the bodies that a noun may take up: BUS for a company."""
    return {row["noun"]: frozenset(words(row["sectors"])) for row in load("entities_kinds")}


@cache
def kinds() -> dict[str, tuple[str, ...]]:
    """The known bodies that a noun may take up."""
    return {row["noun"]: words(row["names"]) for row in load("entities_kinds")}


def read(head: Token, referents: Referents) -> Phrase | None:
    """The noun phrase of a head, or None where its noun takes up nothing."""
    noun = head.lower
    known = nouns().get(noun)
    kind, gender = known if known else ("", "")
    office = _office(head, referents)
    if kind == "title" or noun.endswith("."):
        return None
    if kind in ("country", "city", "region", "pair") and head.text[0].isupper() and head.text[1:].islower():
        # Oklahoma City, the United Nations: part of a name.
        return None
    if not kind and not office and noun not in kinds():
        return None
    left = _left(head)
    if left and left[-1].i != head.i - 1:
        return None
    first = left[0] if left else head
    determiner = next((token for token in left if token.dep in ("det", "predet", "poss")), None)
    definite = determiner is not None and determiner.lower in _DEFINITE
    short_form = kind == "body" and head.pos == "PROPN" and head.text[0].isupper() and not left
    owner = _owner(left, referents)
    person = _apposed(head, referents)
    if _is_title(head, referents):
        # Words of office directly before a name are its title; with a determiner they are a phrase: his counterpart X.
        if first.tag != "PRP$" and first.lower not in ("the", "a", "an"):
            return None
        person = person or _following(head, referents)
    possessive = next((token for token in left if token.tag == "PRP$"), None)
    named = _named(head, kind, referents)
    if person is None and named is None and not short_form and possessive is None and owner is None and not definite:
        return None
    if possessive is not None and person is None and kind != "country":
        return None
    if owner is not None and noun in _COUNTRIES:
        if not definite or owner.label != "LOC":
            return None
        kind = "state"
    if kind == "country":
        owner = None
    if named is not None:
        owner = None
    if noun == "side" and head.dep == "pobj" and head.head.lower in ("on", "by", "at"):
        return None
    if person is None and named is None and _narrowed(head) and kind != "people" and not office:
        return None
    return Phrase(
        head, first.start, head.end, noun, kind or ("person" if office else "known"), gender,
        definite or short_form or (owner is not None and (determiner is None or determiner.dep == "poss")),
        len(left) <= 1,
        any(token.lower in ("two", "both") for token in left), owner, office, person, named, possessive,
    )  # fmt: skip


def _left(head: Token) -> list[Token]:
    """The tokens before the head that belong to its phrase, without a gap."""
    found = [token for child in head.children if child.i < head.i and child.dep in _LEFT for token in child.subtree()]
    found.sort(key=lambda token: token.i)
    while found and found[0].dep == "advmod" and found[0].head is head:
        # now a judge
        found = found[1:]
    at = head.i
    kept: list[Token] = []
    for token in reversed(found):
        if token.i != at - 1:
            break
        kept.append(token)
        at = token.i
    return kept[::-1]


def _office(head: Token, referents: Referents) -> frozenset[str]:
    """The words of an office without the state or body that it belongs to."""
    titles = knowledge().titles
    if head.lower not in titles or titles[head.lower][0] != "office":
        return frozenset()
    found = {head.lower}
    for token in _left(head):
        mention = referents.mention_of.get(token.i)
        outside = mention is not None and mention.referent.label != "NORP"
        if token.dep in ("compound", "amod") and token.head.i >= token.i and not outside:
            found.add(token.lower)
    return frozenset(found - {"former", "then", "new", "current", "late"})


def _owner(left: list[Token], referents: Referents) -> Referent | None:
    """The state or body named before the noun."""
    for token in reversed(left):
        mention = referents.mention_of.get(token.i)
        if mention is None:
            continue
        referent = mention.referent
        if referent.label == "PERSON":
            return referents.known(referent.side) if referent.side else None
        return referent
    return None


_ACCUSED = frozenset({"accuse", "suspect", "convict", "warn", "inform", "remind", "notify", "assure", "acquit"})


def _narrowed(head: Token) -> bool:
    """Whether "of ..." after the noun says which one it is; "accused the alliance of ..." does not."""
    of = next((child for child in head.children if child.dep == "prep" and child.lower == "of"), None)
    return of is not None and head.head.lemma.lower() not in _ACCUSED


def _is_title(head: Token, referents: Referents) -> bool:
    return any(start <= head.start < end for start, end in referents.titles.get(head.sentence.sentence_id, ()))


def _apposed(head: Token, referents: Referents) -> Referent | None:
    """The person named in apposition: the foreign minister, Sergey Lavrov; Stoltenberg, the former prime minister."""
    for child in head.children:
        mention = referents.mention_of.get(child.i)
        if child.dep == "appos" and mention is not None and mention.referent.label == "PERSON":
            return mention.referent
    if head.dep == "appos":
        mention = referents.mention_of.get(head.head.i)
        if mention is not None and mention.referent.label == "PERSON":
            return mention.referent
    return None


_LABELS = {"country": ("GPE",), "city": ("GPE",), "region": ("LOC",), "body": ("ORG", "FAC")}


def _named(head: Token, kind: str, referents: Referents) -> Referent | None:
    """The place or body whose apposition a phrase is: Chad, a landlocked country; the country's airline, Delta."""
    mention = referents.mention_of.get(head.head.i) if head.dep == "appos" and head.head.i < head.i else None
    if mention is not None and mention.referent.label in _LABELS.get(kind, ()) and mention.name.last.i < head.i:
        return mention.referent
    return None


def _following(head: Token, referents: Referents) -> Referent | None:
    """The person named directly after the words of office."""
    mention = referents.mention_of.get(head.i + 1)
    named = mention is not None and mention.name.sentence is head.sentence and mention.referent.label == "PERSON"
    return mention.referent if mention is not None and named else None
