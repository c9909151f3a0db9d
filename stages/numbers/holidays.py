"""Holidays: Christmas, Easter Monday, Thanksgiving 2019, the New Year break."""

from __future__ import annotations

import re
from datetime import date

from stages.numbers import gates, spans, vocabulary
from stages.numbers.expression import Context, Rule, Timex, dated, rule
from stages.numbers.resolution import around, yearless
from stages.numbers.spans import Span
from stages.numbers.vocabulary import HOLIDAY
from stages.numbers.years import YEAR, full_year


def _holiday(match: re.Match[str], context: Context) -> Timex | None:
    """Christmas; Easter Monday; Thanksgiving 2019; the New Year break; Easter week, Labor Day weekend."""
    token = context.token(match.start("holiday"))
    if (token is not None and token.ent in ("PERSON", "GPE", "WORK_OF_ART")) or match["holiday"][0].islower():
        return None
    form = vocabulary.squeeze(match["holiday"]).replace("new years", "new year's")
    kind = vocabulary.HOLIDAYS.get(form)
    if kind is None:
        return None
    if len(kind) == 10 and kind[:4].isdigit():
        return dated(match, Span("D", date.fromisoformat(kind)))
    if kind.startswith("month "):
        month = int(kind[6:])
        grain, value = "M", f"XXXX-{month:02d}"
    else:
        grain, value = "D", f"XXXX-{kind}" if kind[0].isdigit() else "XXXX-XX-XX"
    unit = (match["unit"] or "").lower()
    if unit:
        value = "XXXX-WXX-WE" if unit == "weekend" else "XXXX-WXX"
    if match["year"]:
        return dated(match, _around(_of_year(kind, grain, full_year(match["year"])), unit))
    relation = (match["rel"] or "").lower()
    years = around(context, relation)
    choices = [span for year in years if (span := _around(_of_year(kind, grain, year), unit))]
    return yearless(match, context, choices, value, None, relation)


def _around(span: Span | None, unit: str) -> Span | None:
    """The week or weekend of a holiday: that before a Monday."""
    if not unit or span is None:
        return span
    if unit == "week":
        return Span("W", span.day)
    monday = span.day.isoweekday() == 1
    return Span("WE", span.day).shift(-1 if monday else 0)


def _of_year(kind: str, grain: str, year: int) -> Span | None:
    """The holiday in a year: a day (12-25), the n-th weekday of a month or days after it, days from Easter, a month."""
    name, *numbers = kind.split()
    if name == "easter":
        return Span("D", spans.easter(year)).shift(int(numbers[0]))
    if name == "month":
        return Span("M", date(year, int(numbers[0]), 1))
    if name in vocabulary.WEEKDAYS:
        nth, month, *days = map(int, numbers)
        first = date(year, month, 1) if nth > 0 else Span("M", date(year, month, 1)).upper
        offset = (vocabulary.WEEKDAYS[name] - first.isoweekday()) % 7 + 7 * (nth - 1 if nth > 0 else nth)
        offset += 7 if nth < 0 and first.isoweekday() == vocabulary.WEEKDAYS[name] else 0
        return Span("D", first).shift(offset + sum(days))
    month, day = map(int, kind.split("-"))
    return Span("D", date(year, month, day))


RULES: tuple[Rule, ...] = (
    rule(
        rf"(?:(?:the\s+)?(?P<rel>last|this|next)\s+|the\s+(?:(?-i:[A-Z][a-z]+)\s+)?)?(?P<holiday>{HOLIDAY})"
        rf"(?:\s+(?P<unit>week|weekend))?(?:,?\s+(?P<year>{YEAR}))?",
        _holiday,
        needs=gates.HOLIDAY,
    ),
)
"""Patterns and how they are read."""
