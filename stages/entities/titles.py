"""Titles: the words of the office that go with a name, whether it is a former one, and the sector and country it gives.

"Russian Defense Minister" before Sergey Shoigu, "the former prime minister of Norway" after Jens Stoltenberg.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stages.core.parse import Document, Token
from stages.entities.knowledge import Entity, knowledge
from stages.entities.spans import Name

_FORMER = frozenset({"former", "ex", "then", "late", "erstwhile", "onetime", "one-time", "retired"})
_INSIDE = frozenset({"of", "for", "-", "&", "and", "the", "in"})
_LONGEST = 9


@dataclass(frozen=True, slots=True)
class Title:
    """An office with its span."""

    start: int
    end: int
    former: bool
    office: str
    """Its words in lower case."""
    sector: str | None
    country: str | None
    side: Entity | None
    """The state or body that it belongs to."""
    honorific: bool = False
    """Mr, or a word like counterpart: no office."""


def office(words: Sequence[Token]) -> tuple[int, int] | None:
    """First and last index of the office word in a phrase, the rightmost before any "of"; None where there is none."""
    titles = knowledge().titles
    stop = next((i for i, token in enumerate(words) if token.lower in ("of", "for", "to", "in") and i), len(words))
    for end in range(stop, 0, -1):
        for length in (3, 2, 1):
            if length <= end and _plain(words[end - length : end]) in titles:
                return end - length, end - 1
    return None


def before(document: Document, name: Name, names: dict[int, Name]) -> Title | None:
    """The title that stands directly before a person's name.

    Args:
        names: the name that a token is part of, by the token's position in the document.
    """
    tokens, offset = name.sentence.tokens, name.sentence.tokens[0].i
    stop = at = name.first.i - offset
    while at > 0 and stop - at < _LONGEST and (_can_belong(tokens[at - 1], names) or _abbreviates(tokens, at - 1)):
        at -= 1
    while at < stop and (tokens[at].lower in _INSIDE or not tokens[at].text[0].isalpha()):
        at += 1
    words = tokens[at:stop]
    found = office(words)
    if (
        not found
        or words[-1].lower in _INSIDE
        or not (found[1] == len(words) - 1 or words[found[1] + 1].lower in ("of", "for"))
    ):
        return None
    kind, _, _ = knowledge().titles[_plain(words[found[0] : found[1] + 1])]
    while found[0] and words[0].text.islower() and words[found[0]].text[0].isupper() and words[0].lower not in _FORMER:
        words = words[1:]
        found = found[0] - 1, found[1] - 1
    previous = tokens[at - 1] if at else None
    possessor = tokens[at - 2] if at > 1 and previous is not None and previous.tag == "POS" else None
    end = name.last.i + 1 - offset
    if possessor is None and end + 1 < len(tokens) and tokens[end].lower == "of":
        # President Omar Sy of Senegal
        possessor = tokens[end + 1]
    return Title(
        words[0].start, words[-1].end, _is_former(words), _plain(words), *evidence(words, found, names, possessor),
        honorific=kind != "office",
    )  # fmt: skip


def _abbreviates(tokens: Sequence[Token], at: int) -> bool:
    """Whether a full stop ends an abbreviated rank that the parser cut off: Lt | . Gen."""
    return at > 0 and tokens[at].text == "." and f"{tokens[at - 1].lower}." in knowledge().titles


def _can_belong(token: Token, names: dict[int, Name]) -> bool:
    if token.i in names:
        return True
    if token.lower in ("of", "for", "-", "&") or token.lower in _FORMER:
        return True
    if token.pos not in ("NOUN", "PROPN", "ADJ") and token.lower not in knowledge().titles:
        return token.lower in ("the",) and token.head.lower in ("of", "for")
    return token.text[0].isalpha()


def after(document: Document, name: Name, names: dict[int, Name]) -> Title | None:
    """The title in an apposition after or before a person's name."""
    head = name.head
    for apposition in head.dependents("appos"):
        made = _phrase(apposition, names, name)
        if made:
            return made
    if head.dep == "appos" and head.head.i < name.first.i:
        return _phrase(head.head, names, name)
    return None


def _phrase(head: Token, names: dict[int, Name], name: Name) -> Title | None:
    if head.i in names or head.pos not in ("NOUN", "PROPN"):
        return None
    inside = set(range(name.first.i, name.last.i + 1))
    words = [token for token in head.subtree() if token.sentence is head.sentence]
    low, high = _reach(head, inside)
    words = [token for token in words if low <= token.i <= high]
    if not words:
        return None
    at = words.index(head) if head in words else -1
    found = office(words[: at + 1])
    if not found or found[1] != at:
        return None
    possessor = next((child for child in head.children if child.dep == "poss"), None)
    return Title(
        words[0].start, words[-1].end, _is_former(words), _plain(words), *evidence(words, found, names, possessor)
    )


def _reach(head: Token, inside: set[int]) -> tuple[int, int]:
    """First and last token of a noun phrase with its "of" complement, without clauses and further appositions."""
    low = high = head.i
    for child in head.children:
        if child.i < head.i and child.dep in ("det", "amod", "compound", "poss", "nmod", "nummod"):
            first = min(token.i for token in child.subtree())
            low = min(low, first)
        elif (
            child.i > head.i
            and child.dep == "prep"
            and child.lower in ("of", "for", "to", "in")
            and child.i == high + 1
        ):
            last = max((token.i for token in child.subtree() if not _clausal(token, child)), default=child.i)
            high = max(high, last)
    while inside & set(range(low, high + 1)) and high > head.i:
        high -= 1
    return low, high


def _clausal(token: Token, top: Token) -> bool:
    """Whether a clause or an apposition stands between a token and the phrase's top."""
    while token is not top:
        if token.dep in ("relcl", "acl", "appos", "punct", "advcl", "cc", "conj"):
            return True
        token = token.head
    return False


def _is_former(words: Sequence[Token]) -> bool:
    return any(token.lower in _FORMER for token in words)


def _plain(words: Sequence[Token]) -> str:
    return " ".join(token.lower for token in words).replace(" .", "").replace(".", "")


def evidence(
    words: Sequence[Token], found: tuple[int, int], names: dict[int, Name], possessor: Token | None
) -> tuple[str | None, str | None, Entity | None]:
    """The PLOVER sector, the country and the side that an office gives; nothing where it is a former one."""
    if _is_former(words):
        return None, None, None
    _, sector, country = knowledge().titles[_plain(words[found[0] : found[1] + 1])]
    international = False
    nation: str | None = None
    side: Entity | None = None
    holders = list(words) if possessor is None else [possessor, *words]
    for token in holders:
        name = names.get(token.i)
        if name is None or name.alias is None:
            continue
        entity = name.alias.seat_of or name.alias.entity
        if side is None or (side.label != "GPE" and entity.label == "GPE"):
            side = entity if entity.label in ("GPE", "ORG") and name.alias.kind != "institution" else side
        nation = nation or entity.country
        international = international or entity.sector == "IGO"
        if entity.sector and (
            sector is None or (entity.sector in ("IGO", "MIL", "LEG", "JRN", "REB") and sector in ("GOV", None))
        ):
            sector = entity.sector
        elif sector is None and entity.country and entity.label == "GPE":
            sector = "GOV"
    country = nation or country
    if international and country is None:
        sector = "IGO"
    return sector, country, side
