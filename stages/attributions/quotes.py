"""Quotation marks: which mark opens, which closes, and what stands between them.

Curly marks say it themselves; a straight mark opens where a word begins and closes otherwise. A mark without a partner
in its zone opens a quotation to the end of the zone only where the zone begins with it or the next zone begins with
another, as in a quotation that runs over several paragraphs with opening marks alone; anywhere else it is ignored. No
mark reaches beyond its zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stages.core.parse import Document, Segment

_MARK = re.compile(r"''|``|[\"'`“”„‟«»‘’‚‛]")
_OPENING = frozenset("“„«‘‚‛")
_CLOSING = frozenset("”»")
_GOES_ON = ("“", '"', "„", "«", "``")
_SINGLE = frozenset("'‘’‚‛`")
_MOST_SINGLE = 400
"""Characters between two single marks: more is taken for an apostrophe without a partner."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch between quotation marks."""

    start: int
    """Offset of the first character inside the marks."""
    end: int
    outer_start: int
    """Offset of the opening mark."""
    outer_end: int
    single: bool
    closed: bool
    zone: Segment


def find(document: Document, zone: Segment, following: Segment | None = None) -> list[Quote]:
    """The quotations of a zone in order; those in single marks inside others are left out. Linear in the text.

    Args:
        document: the text.
        zone: where to look.
        following: the zone behind it, which tells whether a quotation that is not closed goes on.
    """
    text = document.text
    found: list[Quote] = []
    opened: re.Match[str] | None = None
    single: re.Match[str] | None = None
    depth, balanced = 0, text.count("“", zone.start, zone.end) == text.count("”", zone.start, zone.end)
    for mark in _MARK.finditer(text, zone.start, zone.end):
        if mark[0] in _SINGLE:
            if opened:
                continue
            if single and _closes_single(text, mark, zone) and mark.start() - single.end() <= _MOST_SINGLE:
                found.append(_quote(single, mark, zone, single_marks=True))
                single = None
            elif _opens(text, mark, zone) and mark[0] != "’":
                single = mark
        elif opened is None and _opens(text, mark, zone):
            opened, single, depth = mark, None, 0
        elif opened is not None and balanced and mark[0] == "“" == opened[0]:
            depth += 1
        elif depth and mark[0] == "”":
            depth -= 1
        elif opened is not None and not (_is_opening(mark) and _opens(text, mark, zone)):
            found.append(_quote(opened, mark, zone, single_marks=False))
            opened = None
    goes_on = following is not None and opens_with_mark(document, following)
    if opened is not None and opened.end() < zone.end and (opened.start() == zone.start or goes_on):
        found.append(Quote(opened.end(), zone.end, opened.start(), zone.end, single=False, closed=False, zone=zone))
    return [quote for quote in found if text[quote.start : quote.end].strip()]


def opens_with_mark(document: Document, zone: Segment) -> bool:
    """Whether a zone begins with a double mark."""
    return document.text[zone.start : zone.start + 2].startswith(_GOES_ON)


def _quote(opening: re.Match[str], closing: re.Match[str], zone: Segment, *, single_marks: bool) -> Quote:
    return Quote(opening.end(), closing.start(), opening.start(), closing.end(), single_marks, closed=True, zone=zone)


def _is_opening(mark: re.Match[str]) -> bool:
    return mark[0] in _OPENING or mark[0] == "``"


def _opens(text: str, mark: re.Match[str], zone: Segment) -> bool:
    """Whether a word begins at the mark."""
    before = text[mark.start() - 1] if mark.start() > zone.start else " "
    after = text[mark.end()] if mark.end() < zone.end else " "
    if mark[0] in _CLOSING:
        # A closing mark that opens, a slip of typesetting, is believed at the head of a paragraph alone.
        return mark.start() == zone.start and after.isalnum()
    if mark[0] in _OPENING and mark[0] not in _SINGLE:
        return True
    return not after.isspace() and not before.isalnum() and before not in ".,!?;"


def _closes_single(text: str, mark: re.Match[str], zone: Segment) -> bool:
    """Not inside a word, and not the apostrophe of a plural: "the ministers' plan" has no partner before it."""
    after = text[mark.end()] if mark.end() < zone.end else " "
    return not after.isalnum() and not text[mark.start() - 1].isspace()


def zones(document: Document) -> Iterator[Segment]:
    """The zones whose quotations count: content, and pull quotes."""
    return (zone for zone in document.segments if zone.sentences)
