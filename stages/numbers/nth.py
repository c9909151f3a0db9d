"""Days and weeks that a longer time counts: the last week of July, the first Saturday in May, the Fourth of July."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

from stages.numbers import gates, vocabulary
from stages.numbers.absolute import month_number
from stages.numbers.durations import COUNT
from stages.numbers.expression import Context, Rule, Timex, dated, open_value, rule, undated
from stages.numbers.relative import GRAINS, anchor_of
from stages.numbers.resolution import BACK, ON, SPOKEN, THAT, around, yearless
from stages.numbers.spans import Span, make
from stages.numbers.vocabulary import MONTH, WEEKDAY
from stages.numbers.words import ORDINAL, ordinal_of, value_of
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


def _nth_day(match: re.Match[str], context: Context) -> Timex | None:
    """The Fourth of July; the twenty-first of June 1941; June the fifth; the last day of August."""
    month, last = month_number(match["month"] or match["month2"]), (match["nth"] or "").lower() in ("last", "final")
    number = 0 if last else ordinal_of(match["nth"] or match["after"]) or 0
    if not last and not 1 <= number <= 31:
        return None

    def of_year(year: int) -> Span | None:
        day = Span("M", date(year, month, 1)).upper if last else make(year, month, number)
        return Span("D", day) if day else None

    if match["year"]:
        return dated(match, of_year(full_year(match["year"])))
    choices = [span for year in around(context) if (span := of_year(year))]
    return yearless(match, context, choices, f"XXXX-{month:02d}-{f'{number:02d}' if number else 'XX'}")


def _day_of_week(match: re.Match[str], context: Context) -> Timex | None:
    """Tuesday of next week; Wednesday last week; Friday of that week."""
    number, relation = vocabulary.WEEKDAYS[match["weekday"].lower().rstrip(".")], match["rel"].lower().split()[-1]
    anchor = anchor_of(context, relation in SPOKEN, "W", match.start())
    if anchor is None or (relation in THAT and anchor[1] == "published"):
        return undated(match, f"XXXX-WXX-{number}")
    week = Span("W", anchor[0].lower).shift(1 if relation in ON else -1 if relation in BACK else 0)
    return dated(match, Span("D", week.lower).shift(number - 1) if week else None, None, anchor[1])


def _from_day(match: re.Match[str], context: Context) -> Timex | None:
    """A week from Monday; ten days from today."""
    count = value_of(match["n"]) if match["n"].lower() not in ("a", "an") else Fraction(1)
    if context.published is None or count is None or count > _FAR or context.narrative:
        return None
    number = vocabulary.WEEKDAYS.get((match["weekday"] or "").lower().rstrip("."))
    day = match["day"] and (0 if match["day"].lower() == "today" else 1)
    ahead = day if number is None else (number - context.published.day.isoweekday()) % 7
    size = 7 if match["unit"].lower().startswith("week") else 1
    return dated(match, context.published.shift((ahead or 0) + size * int(count)), None, "published")


_FAR = 100
"""Days or weeks from a day, at most."""


RULES: tuple[Rule, ...] = (
    rule(
        rf"(?:the\s+(?P<nth>{ORDINAL}|(?:last|final)(?=\s+day))(?:\s+day)?\s+of\s+(?P<month>{MONTH})|(?P<month2>{MONTH})\s+the\s+(?P<after>{ORDINAL}))"
        rf"(?:,?\s+(?:of\s+)?(?P<year>{YEAR}))?",
        _nth_day,
        needs=gates.MONTH,
    ),
    rule(
        rf"(?P<weekday>{WEEKDAY})\s+(?:of\s+)?(?P<rel>next|last|this|that|the\s+(?:same|following|previous|next))\s+week",
        _day_of_week,
        needs=gates.WEEKDAY,
    ),
    rule(
        rf"(?P<n>an?|{COUNT})\s+(?P<unit>days?|weeks?)\s+from\s+(?:(?P<day>today|tomorrow)|(?P<weekday>{WEEKDAY}))",
        _from_day,
        needs=("from",),
    ),
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
