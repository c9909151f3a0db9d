"""Kinds: whether the content of an attribution stands in quotation marks, has some in it, or has none."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from stages.attributions import cues
from stages.attributions.cues import Found, Span
from stages.attributions.quotes import Quote
from stages.core.parse import Document

_WAY = 12
"""Tokens between a content and a quotation that it runs on to."""


def decide(document: Document, shown: Sequence[Found], marks: Sequence[Quote]) -> list[Found]:
    """Decide the kind of what syntax found: direct inside marks, mixed with marks in it, else indirect."""
    double = [quote for quote in marks if not quote.single]
    return _distinct([_decided(document, found, marks, double) for found in shown])


def _decided(document: Document, found: Found, marks: Sequence[Quote], double: Sequence[Quote]) -> Found:
    content, cue = found.content, found.cue
    if found.kind:
        return found
    if cue and (holding := _holding(double, cue)):
        # A cue inside the marks: its content ends with them at the latest.
        return cues.with_kind(found, "indirect", Span(content.start, min(content.end, holding.end)))
    opened = next((q for q in _near(double, content) if q.outer_start <= content.start < q.end), None)
    if opened and ((cue and opened.outer_end <= cue.start) or _covers(document, opened, content)):
        return cues.with_kind(found, "direct", Span(opened.start, opened.end))
    reached = [q for q in _near(marks, content) if content.start <= q.outer_start < content.end or q is opened]
    if len(reached) == 1 and reached[0].outer_end - reached[0].outer_start >= content.length - 2:
        return cues.with_kind(found, "direct", Span(reached[0].start, reached[0].end))
    if cue and cue.end <= content.start and (further := _further(found, double)):
        reached.append(further)
    if not reached:
        return cues.with_kind(found, "indirect")
    # The words of somebody run on to the closing mark, over the end of the sentence if need be.
    start, end = content.start, max(content.end, *(q.outer_end for q in reached))
    if opened and cue and cue.end <= opened.outer_start:
        start = min(start, opened.outer_start)
    return cues.with_kind(found, "mixed", Span(start, end))


def _holding(double: Sequence[Quote], cue: Span) -> Quote | None:
    """The quotation that a cue stands in."""
    return next((q for q in _near(double, cue) if q.start <= cue.start < q.end), None)


def _further(found: Found, double: Sequence[Quote]) -> Quote | None:
    """A quotation behind the content in the same sentence, with no cue of its own on the way: "…, because “…”"."""
    tokens = found.sentence.tokens
    at = bisect_left(double, found.content.end, key=lambda quote: quote.outer_start)
    if at == len(double) or double[at].outer_start >= found.sentence.end:
        return None
    first = bisect_left(tokens, found.content.end, key=lambda token: token.start)
    last = bisect_left(tokens, double[at].outer_start, key=lambda token: token.start)
    way = tokens[first:last]
    told = any((cue := cues.cue_of(t)) and "quote" in cue.frames for t in way) or any(t.text in ":;" for t in way)
    return double[at] if len(way) <= _WAY and not told else None


def _covers(document: Document, quote: Quote, content: Span) -> bool:
    """Whether the marks hold the content but for a word."""
    return len(document.clean[quote.outer_end : content.end].split()) <= 1


def _near(quotes_: Sequence[Quote], content: Span) -> Sequence[Quote]:
    """The quotations that touch a content."""
    first = bisect_left(quotes_, content.start, key=lambda quote: quote.outer_end)
    last = bisect_left(quotes_, content.end, key=lambda quote: quote.outer_start)
    return quotes_[first:last]


def _distinct(found: list[Found]) -> list[Found]:
    """One attribution for each quotation."""
    seen: set[Span] = set()
    kept: list[Found] = []
    for row in found:
        if row.kind != "direct" or row.content not in seen:
            kept.append(row)
        seen.add(row.content)
    return [row for row in kept if row.content.length > 0]
