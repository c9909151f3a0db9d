"""Years counted in an era: 44 BC, AD 70, 9 August 48 BC, the 3rd century BC.

Years before Christ are written as TIMEX2 does, BC0044; they have no bounds, for ISO days begin with the year 1.
"""

from __future__ import annotations

import re

from stages.numbers import gates, spans, vocabulary
from stages.numbers.expression import EDGE, Context, Rule, Timex, dated, edge, rule, undated
from stages.numbers.spans import Span
from stages.numbers.vocabulary import MONTH, SEASON
from stages.numbers.words import ORDINAL, ordinal_of
from stages.numbers.years import new_year

_BEFORE = r"(?-i:BCE?|B\.\s?C\.(?:\s?E\.)?)"
_SINCE = r"(?-i:AD|A\.\s?D\.|CE|C\.\s?E\.)"


def _year(match: re.Match[str], context: Context) -> Timex | None:
    """44 BC; AD 70; 58-50 BC; spring of 48 BC; 9 August 48 BC."""
    last, following = context.token(match.end() - 1), context.token(match.end() + 1)
    if last is not None and last.dep == "compound" and following is not None and following.pos in ("NOUN", "PROPN"):
        return None  # 20 BC Ferries.
    context.era = "BC" if match["era"].startswith("B") else "AD"
    month = vocabulary.MONTHS[match["month"].lower().rstrip(".")] if match["month"] else 0
    day, number, first = int(match["day"] or match["day2"] or 0), int(match["year"]), int(match["first"] or 0)
    season = vocabulary.SEASONS[match["season"].lower()] if match["season"] else ""
    if not number or day > 31:
        return None
    if context.era == "BC":
        context.before_christ = number
        value = f"BC{first:04d}/BC{number:04d}" if first else f"BC{number:04d}"
        value += f"-{month:02d}" if month else f"-{season}" if season else ""
        return undated(match, f"{value}-{day:02d}" if day else value, _mod(match))
    if season:
        return dated(match, spans.season(season, number), _mod(match))
    at = spans.make(number, month or 1, day or 1)
    found = dated(match, Span("D" if day else "M" if month else "Y", at) if at else None, _mod(match))
    if found and 0 < first < number and not month:
        found.value, found.lower = f"{first:04d}/{number:04d}", new_year(first)
    return found


def _from_to(match: re.Match[str], context: Context) -> Timex | None:
    """From '264' to '241 BC'."""
    context.era = "BC" if match["era"].startswith("B") else "AD"
    first, last = _plain(match["first"], context), _plain(match["year"], context)
    first.start, first.end = match.span("first")
    last.start, last.end = match.start("year"), match.end()
    first.rest = last
    return first


def _plain(year: str, context: Context) -> Timex:
    """A year of the era of the text; where it stands is still to be said."""
    number = int(year)
    if context.era == "BC" or not number:
        context.before_christ = number
        return Timex(0, 0, "DATE", f"BC{number:04d}")
    span = Span("Y", new_year(number))
    return Timex(0, 0, "DATE", span.value, None, span.lower, span.upper, None, span)


def _decade(match: re.Match[str], context: Context) -> Timex | None:
    """The 60s BC."""
    number = int(match["year"])
    if match["era"].startswith("B"):
        return undated(match, f"BC{number // 10:03d}")
    return dated(match, Span("E", new_year(number)))


def _mod(match: re.Match[str]) -> str | None:
    return "APPROX" if match["circa"] else edge(match["edge"])


def _century(match: re.Match[str], context: Context) -> Timex | None:
    """The 3rd century BC."""
    number = ordinal_of(match["nth"]) or 0
    if not 1 <= number <= 99:
        return None
    context.era = "BC" if match["era"].startswith("B") else "AD"
    if context.era == "BC":
        return undated(match, f"BC{number - 1:02d}", edge(match["edge"]))
    return dated(match, Span("C", new_year(max(1, (number - 1) * 100))), edge(match["edge"]))


def _bare_year(match: re.Match[str], context: Context) -> Timex | None:
    """'In 410', in a text that has named an era: a year of that era; the year 476."""
    token, before = context.token(match.start("year")), context.before(match.start())
    if match.start("year") == match.start():
        if not context.era or token is None or before is None or before.lower not in vocabulary.YEAR_LEADS:
            return None
        if token.dep == "nummod" or (token.ent != "DATE" and token.dep != "pobj"):
            return None
    found = _plain(match["year"], context)
    found.start, found.end = match.span()
    return found


_HEAD = (
    rf"(?:(?P<edge>{EDGE})|(?P<circa>c\.\s?|ca\.?\s|circa\s+))?(?:(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{MONTH})\s+"
    rf"(?:(?P<day2>\d{{1,2}}),\s+)?|(?:the\s+)?(?P<season>{SEASON})\s+(?:of\s+)?)?"
)

RULES: tuple[Rule, ...] = (
    rule(rf"{_HEAD}(?P<era>{_SINCE})\s?(?P<first>(?!))?(?P<year>\d{{1,4}})", _year, needs=gates.ERA),
    rule(
        rf"{_HEAD}(?:(?P<first>\d{{1,4}})\s?[-–/]\s?)?(?P<year>\d{{1,4}})\s?(?P<era>{_BEFORE}|{_SINCE})",
        _year,
        needs=gates.ERA,
    ),
    rule(
        rf"(?:the\s+)?(?P<edge>{EDGE})?(?P<nth>{ORDINAL})[\s-]+century\s+(?P<era>{_BEFORE}|{_SINCE})",
        _century,
        needs=gates.ERA,
    ),
    rule(
        rf"(?:(?<=from\s)|(?<=between\s))(?P<first>\d{{1,4}})\s+(?:to|and|until)\s+(?P<year>\d{{1,4}})\s?(?P<era>{_BEFORE}|{_SINCE})",
        _from_to,
        needs=gates.ERA,
    ),
    rule(rf"the\s+(?P<year>\d{{1,3}}0)s\s+(?P<era>{_BEFORE}|{_SINCE})", _decade, needs=gates.ERA),
    rule(r"(?:the\s+year\s+)?(?P<year>[1-9]\d{1,2})(?![\d%]|[,.:]\d)", _bare_year, needs=gates.DIGIT),
)
"""Patterns and how they are read."""
