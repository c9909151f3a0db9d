"""Quotations that run over paragraphs: each paragraph opens with a mark, only the last one closes.

Where the cue stands behind the last of them, the paragraphs before it have the same source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stages.attributions.cues import Found, Span
from stages.attributions.quotes import Quote


def joined(marks: Sequence[Quote], here: Sequence[Found], opened: Sequence[Quote]) -> tuple[list[Found], list[Quote]]:
    """The attributions of a zone with those of the paragraphs before it that it closes, and what is still open.

    Args:
        marks: the quotations of the zone.
        here: its attributions.
        opened: quotations of the zones right before it that were not closed and have no source yet.
    """
    rows = list(here)
    double = [quote for quote in marks if not quote.single]
    goes_on = bool(double) and double[0].outer_start == double[0].zone.start
    if opened and goes_on:
        row = next((r for r in rows if r.kind == "direct" and r.content.start == double[0].start and r.cue), None)
        if row is not None:
            rows = [*(r for r in rows if r is not row), *_parts(opened, row)]
            return rows, []
    last = double[-1] if double else None
    if last is None or last.closed:
        return rows, []
    if any(last.start <= r.content.start and r.content.end >= last.end and r.kind == "direct" for r in rows):
        return rows, []
    return rows, [*(opened if goes_on and len(double) == 1 else []), last]


def _parts(opened: Sequence[Quote], row: Found) -> list[Found]:
    """The paragraphs of a quotation in order, each going on with the one before it."""
    parts: list[Found] = []
    for span in (*(Span(quote.start, quote.end) for quote in opened), row.content):
        parts.append(replace(row, content=span, continues=parts[-1] if parts else None))
    return parts
