"""When an undated document can have been published, by what it says itself."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from stages.core.parse import Document, Row
from stages.numbers.expression import Context, DayOrder, Timex


def read(document: Document, times: Sequence[Timex], day_order: DayOrder) -> list[Row]:
    """At most one row: not before the last day that the text tells as past, not after a day that it says lies ahead.

    Only days with their year count, as the text gives them; a range is all that follows, never a day. Hints that
    contradict each other leave both ends open.
    """
    if document.published:
        return []
    context = Context(document, day_order)
    starts = [sentence.start for sentence in document.sentences]
    past: list[Timex] = []
    ahead: list[Timex] = []
    for time in times:
        if time.type != "DATE" or time.anchor or time.mod or not time.lower or not time.upper:
            continue
        context.sentence = document.sentences[max(0, bisect_right(starts, time.start) - 1)] if starts else None
        direction = context.direction(time.start)
        if direction < 0:
            past.append(time)
        elif direction > 0:
            ahead.append(time)
    first = max(past, key=lambda time: (time.lower, -time.start), default=None)
    last = min(ahead, key=lambda time: (time.upper, time.start), default=None)
    if first is None and last is None:
        return []
    lower, upper = first.lower if first else None, last.upper if last else None
    if lower and upper and lower > upper:
        return []
    evidence = sorted({(time.start, time.end) for time in (first, last) if time})
    return [
        {
            "doc_id": document.doc_id,
            "lower": lower,
            "upper": upper,
            "evidence": " | ".join(document.identifier(*span) for span in evidence),
        }
    ]
