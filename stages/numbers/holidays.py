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
    """Christmas; Easter Monday; Thanksgiving 2019; the New Year break."""
    token = context.token(match.start("holiday"))
    if token is not None and token.ent in ("PERSON", "GPE", "WORK_OF_ART"):
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
    if match["year"]:
        return dated(match, _of_year(kind, grain, full_year(match["year"])))
    relation = (match["rel"] or "").lower()
    choices = [span for year in around(context, relation) if (span := _of_year(kind, grain, year))]
    return yearless(match, context, choices, value, None, relation)


def _of_year(kind: str, grain: str, year: int) -> Span | None:
    """The holiday in a year: a day (12-25), the n-th weekday of a month, days from Easter, a month."""
    name, *numbers = kind.split()
    if name == "easter":
        return Span("D", spans.easter(year)).shift(int(numbers[0]))
    if name == "month":
        return Span("M", date(year, int(numbers[0]), 1))
    if name in vocabulary.WEEKDAYS:
        nth, month = int(numbers[0]), int(numbers[1])
        first = date(year, month, 1)
        offset = (vocabulary.WEEKDAYS[name] - first.isoweekday()) % 7 + 7 * (nth - 1)
        return Span("D", first).shift(offset)
    month, day = map(int, kind.split("-"))
    return Span("D", date(year, month, day))


RULES: tuple[Rule, ...] = (
    rule(
        rf"(?:(?:the\s+)?(?P<rel>last|this|next)\s+|the\s+(?:(?-i:[A-Z][a-z]+)\s+)?)?(?P<holiday>{HOLIDAY})(?:,?\s+(?P<year>{YEAR}))?",
        _holiday,
        needs=gates.HOLIDAY,
    ),
)
"""Patterns and how they are read."""
