"""Weeks and weekdays counted in their month: the last week of July, the first Saturday in May, the week of June 4."""

from __future__ import annotations

import re
from datetime import timedelta

from stages.numbers import gates, vocabulary
from stages.numbers.absolute import month_number
from stages.numbers.expression import Context, Rule, Timex, dated, open_value, rule, undated
from stages.numbers.relative import GRAINS
from stages.numbers.resolution import around, yearless
from stages.numbers.spans import Span, make
from stages.numbers.vocabulary import MONTH, WEEKDAY
from stages.numbers.years import YEAR, full_year

_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3}
"""Places from the start of the month; all others count from its end."""


def _nth_week(match: re.Match[str], context: Context) -> Timex | None:
    """The last week of July; the week of June 4; the weekend of 9-10 March."""
    month, number = month_number(match["month"]), int(match["day"] or 0)
    grain = GRAINS[match["unit"].lower()]

    def of_year(year: int) -> Span | None:
        day = make(year, month, number or 1)
        if day is None or number:
            return Span(grain, day) if day else None
        # ISO 8601: a week is of the month that its Thursday is in.
        nth = _PLACES.get((match["nth"] or "").lower())
        near = day if nth is not None else Span("M", day).upper
        thursday = near + timedelta(days=(3 - near.weekday()) % 7 if nth is not None else -((near.weekday() - 3) % 7))
        return Span(grain, thursday).shift(nth or 0)

    if match["year"]:
        return dated(match, of_year(full_year(match["year"])))
    choices = [span for year in around(context) if (span := of_year(year))]
    return yearless(match, context, choices, open_value(grain))


def _nth_weekday(match: re.Match[str], context: Context) -> Timex | None:
    """The first Saturday in May; the last Friday of March 2019; the second Tuesday of each month."""
    number = vocabulary.WEEKDAYS[match["weekday"].lower().rstrip(".")]
    if match["each"]:
        return undated(match, f"XXXX-WXX-{number}", None, "SET")
    month, nth = month_number(match["month"]), _PLACES.get(match["nth"].lower())

    def of_year(year: int) -> Span | None:
        first = make(year, month, 1)
        if first is None:
            return None
        near = first if nth is not None else Span("M", first).upper
        away = number - near.isoweekday()
        return Span("D", near).shift(away % 7 + 7 * nth if nth is not None else away % -7)

    if match["year"]:
        return dated(match, of_year(full_year(match["year"])))
    choices = [span for year in around(context) if (span := of_year(year))]
    return yearless(match, context, choices, f"XXXX-{month:02d}-WXX-{number}")


RULES: tuple[Rule, ...] = (
    rule(
        rf"the\s+(?:(?P<nth>first|second|third|fourth|last|final)\s+)?(?P<unit>week|weekend)\s+of\s+"
        rf"(?P<month>{MONTH})(?:\s+(?P<day>\d{{1,2}})(?:\s?[-–]\s?\d{{1,2}})?)?"
        rf"(?:,?\s+(?P<year>{YEAR}))?",
        _nth_week,
        needs=("week",),
    ),
    rule(
        rf"(?:the\s+)?(?P<nth>first|second|third|fourth|last|final)\s+(?P<weekday>{WEEKDAY})\s+(?:of|in)\s+"
        rf"(?:(?P<each>(?:each|every)\s+month)|(?P<month>{MONTH})(?:,?\s+(?P<year>{YEAR}))?)",
        _nth_weekday,
        needs=gates.WEEKDAY,
    ),
)
"""Patterns and how they are read."""
