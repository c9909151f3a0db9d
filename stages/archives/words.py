"""Words in cells: where in a text they stand, and putting them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

RUN = 30
"""Of a name, a run of as many characters that stands so in a text is one of the text; a shorter one is just a name."""

MARK = "…"
"""Stands for what was taken out of a cell that is left in place."""

JOIN = " | "
"""Stands between several values in a cell."""


@dataclass(frozen=True)
class Words:
    """A run of words of a cell, with its place in a text; none where it is in no text."""

    at: int
    length: int
    doc_id: str
    start: int | None


def shared(words: str, doc_id: str, text: str) -> Iterator[Words]:
    """The runs of some words, of RUN characters or more, that stand so in a text."""
    at = 0
    while at + RUN <= len(words):
        start, length = text.find(words[at : at + RUN]), RUN
        if start < 0:
            at += 1
            continue
        while at + length < len(words) and (longer := text.find(words[at : at + length + 1], start)) >= 0:
            start, length = longer, length + 1
        yield Words(at, length, doc_id, start)
        at += length


def values(cell: str) -> Iterator[tuple[int, str]]:
    """The values that are joined in a cell, each with its place."""
    at = 0
    for value in cell.split(JOIN):
        yield at, value
        at += len(value) + len(JOIN)


def cut(cell: str, found: Iterable[Words]) -> str:
    """A cell with marks instead of some words, given in their order."""
    kept, at = "", 0
    for words in found:
        kept += cell[at : words.at] + MARK
        at = words.at + words.length
    return kept + cell[at:]


def mend(cell: str, found: Iterable[tuple[int, str]]) -> str:
    """A cell with words back in their places, given in their order, instead of the marks."""
    whole, at = "", 0
    for place, words in found:
        end = at + place - len(whole)
        whole += cell[at:end] + words
        at = end + len(MARK)
    return whole + cell[at:]
