"""Which stretch of the calendar an expression means that leaves its year open: by its words, its clause, the story."""

from __future__ import annotations

import re

from stages.numbers.expression import Context, Timex, dated, undated
from stages.numbers.spans import Span

BACK = frozenset(("last", "past", "previous", "preceding", "prior", "this past"))
ON = frozenset(("next", "coming", "upcoming", "following", "this coming"))
THAT = frozenset(("that", "same", "that same", "the same", "that very"))
SPOKEN = THAT | {"previous", "preceding", "prior", "following"}
"""Words that count from the date last spoken of, not from publication."""

_NEAR, _FAR = 40, 200
"""Days: what is this near beats what is that far, whatever the tense."""
_TURN = 150
"""Days: where a history would go back further than this, it goes on in the next year."""


def around(context: Context, relation: str = "") -> range:
    """The years that an expression without one can mean."""
    pivot, _ = context.origin(relation in SPOKEN)
    year = pivot.day.year if pivot else 0
    return range(max(1, year - 1), min(9999, year + 1) + 1)


def yearless(
    match: re.Match[str],
    context: Context,
    choices: list[Span],
    value: str,
    mod: str | None = None,
    relation: str = "",
) -> Timex | None:
    """An expression without its year: of the choices, one for each year around, the one that is meant."""
    pivot, anchor = context.origin(relation in SPOKEN)
    if pivot is None:
        if context.before_christ and relation not in BACK:
            year = max(1, context.before_christ - (relation in ON))
            value = value.replace("XXXX", f"BC{year:04d}", 1)
        return undated(match, value, mod)
    if relation in BACK | ON | THAT:
        return dated(match, _related(choices, pivot, relation), mod, anchor)
    story = context.narrative
    span = _onward(choices, pivot) if story else nearest(choices, pivot, context.direction(match.start()))
    found = dated(match, span, mod, anchor)
    if found:
        found.year_open = found.span
    return found


def nearest(choices: list[Span], at: Span, direction: int) -> Span | None:
    """The choice that the clause means: the last that has begun, the first that is not over, or the nearest."""

    def distance(span: Span) -> int:
        return max(0, (span.lower - at.day).days, (at.day - span.upper).days)

    past = [span for span in choices if span.lower <= at.day]
    ahead = [span for span in choices if span.upper >= at.day]
    close = min(choices, key=distance, default=None)
    side = past if direction < 0 else ahead if direction > 0 else []
    pick = min(side, key=distance, default=None)
    # Tense is a hint: a day of last year does not beat one of next week.
    if pick is None or (close is not None and distance(close) <= _NEAR and distance(pick) > _FAR):
        return close
    return pick


def _related(choices: list[Span], pivot: Span, relation: str) -> Span | None:
    """The last choice before the pivot, the first after it, or the one that goes with it."""
    if relation in BACK:
        return next((span for span in reversed(choices) if span.upper < pivot.lower), None)
    if relation in ON:
        return next((span for span in choices if span.lower > pivot.upper), None)
    held = (span for span in choices if span.lower >= pivot.lower or span.lower <= pivot.day <= span.upper)
    return next(held, None)


def _onward(choices: list[Span], pivot: Span) -> Span | None:
    """Where a history goes on: in the year that it is in, or in the next: from December 1941 to January 1942."""

    def follows(span: Span) -> bool:
        holds = span.lower <= pivot.day <= span.upper
        return holds or (span.lower.year >= pivot.lower.year and (pivot.lower - span.upper).days < _TURN)

    return next(filter(follows, choices), None)
