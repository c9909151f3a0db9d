"""Datelines: lines that say when, and perhaps where, a document was published."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from stages.core import lexicon

DayOrder = Literal["unknown", "day-month", "month-day"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}(?P<bar>[-/])(?P<number>\d\d)(?P=bar)(?P<day>\d\d)(?:T(?=\d))?",
        rf"{_MONTH}\s*{_DAY}(?:\s*,?\s*(?:{_YEAR}|'(?P<short>\d\d)\b))?",
        rf"{_DAY}\s*(?:of\s+)?[-\s]?{_MONTH}(?:[-\s]*,?\s*{_YEAR})?",
        rf"(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark)(?:{_YEAR}|(?P<short>\d\d)(?!\d))",
    )
)
_FULL_DATES = (
    re.compile(rf"\b{_MONTH}\s*{_DAY},?\s+{_YEAR}", re.IGNORECASE),
    re.compile(rf"\b{_DAY}\s+{_MONTH},?\s+{_YEAR}", re.IGNORECASE),
)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](?:19|20)\d\d(?!\d)")
_MONTH_FIRST = frozenset({"US", "PH"})
_DAY_FIRST = frozenset({"GB", "IE", "AU", "NZ", "IN", "ZA", "PK", "NG", "KE", "SG", "HK", "MT"})
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?", re.IGNORECASE
)  # fmt: skip
_TIME = re.compile(
    r"\d{1,2}(?:(?::|\.)\d\d){1,2}(?:\.\d+)?\s*(?:[ap]\.?m\b\.?)?|\d{1,2}\s*[ap]\.?m\b\.?|\d{4}(?=\s*(?:GMT|UTC))"
    r"|[+-]\d\d:?\d\d\b|Z\b",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\(?(?:[A-Z]{1,4}T|GMT|UTC|Z|[ECMP]T)(?:[+-]\d{1,2}(?::?\d\d)?)?\)?(?![A-Za-z])")
_FILLER = re.compile(r"[\s,;:|·•@()–—_/-]+")
_NAME = r"[A-Z][\w.'-]*(?: (?:[A-Z][\w.'-]*|de|al|el|la))*"
_AGENCY = r"\([A-Z][\w .&/-]{1,30}\)"
# A place alone is told from a heading by its agency, by its capitals, or by being two places.
_PLACE = re.compile(
    rf"{_NAME}(?:, ?{_NAME})* ?{_AGENCY} ?[-–—_:]{{0,2}}|[A-Z][A-Z .'-]+(?:, ?{_NAME})* ?[-–—_]{{1,2}}"
    rf"|{_NAME}(?: ?/ ?{_NAME})+:"
)
INLINE = re.compile(
    rf"(?P<place>{_NAME}(?:, ?{_NAME})*), ?(?i:{_MONTH}) ?{_DAY}(?:,? {_YEAR})?,? ?"
    rf"(?P<agency>{_AGENCY})? ?[-–—]{{1,2}}(?= |$)"
)
"""The opening of a paragraph that says where and when: PARIS, March 3 (Reuters) -"""


@dataclass(frozen=True)
class Dateline:
    """What a dateline says; `day` is None where it is no full date or its order of day and month is not decided."""

    day: date | None
    updated: bool
    dated: bool = True
    """False where the line only names a place."""
    labelled: bool = False
    """Whether it says what date it is: published, updated, posted."""
    readings: tuple[date, ...] = ()
    """The days it can mean, where it has a year."""
    month_day: tuple[int, int] | None = None
    """Month and day of a dateline without a year."""


def parse(line: str, order: DayOrder) -> Dateline | None:
    """Read a line that is nothing but a dateline; None where it is anything else.

    Args:
        line: normalised text of one line.
        order: the order of day and month where the numbers and a weekday leave it open.
    """
    if len(line) > 120:
        return None
    if _PLACE.fullmatch(line):
        return Dateline(None, updated=False, dated=False)
    if (inline := INLINE.match(line)) and inline.end() == len(line):
        line = line.removeprefix(inline["place"]).replace(inline["agency"] or "()", "")
    at, found, weekday, updated, labelled = 0, None, None, False, False
    while at < len(line):
        if filler := _FILLER.match(line, at):
            at = filler.end()
        elif day := _WEEKDAY.match(line, at):
            weekday, at = _WEEKDAYS.index(day[0][:3].lower()), day.end()
        elif found is None and (match := _date(line, at)):
            found, at = match, match.end()
        elif part := _TIME.match(line, at) or _ZONE.match(line, at):
            at = part.end()
        elif words := _label(line, at):
            updated, at = updated or "updat" in words or "modified" in words, at + len(words)
            labelled = labelled or len(words) > len("on")
        else:
            return None
    if found is None:
        return None
    readings = _days(found, weekday, order)
    stated = readings[0] if len(readings) == 1 else None
    return Dateline(stated, updated, labelled=labelled, readings=tuple(readings), month_day=_month_day(found))


def order_of(text: str, language: str | None, default: DayOrder) -> DayOrder:
    """The order of day and month in numbers: by those dates of the text that leave no choice, by language, by default.

    Args:
        text: the whole text.
        language: BCP 47 tag; only its region tells an order.
        default: where nothing decides.
    """
    first = second = False
    for match in _NUMBERS.finditer(text):
        first, second = first or int(match[1]) > 12, second or int(match[2]) > 12
    if first != second:
        return "day-month" if first else "month-day"
    region = (language or "").replace("_", "-").rpartition("-")[2].upper()
    if region in _MONTH_FIRST:
        return "month-day"
    return "day-month" if region in _DAY_FIRST else default


def published(datelines: Iterable[Dateline], text: str) -> date | None:
    """The day of publication that the datelines of a document state: published goes before updated.

    A dateline without a year gets it where the text names that very day with its year, and with no other year.
    """
    dated = [(day, line.updated) for line in datelines if (day := line.day or _with_year(line, text))]
    first = [day for day, updated in dated if not updated] or [day for day, _ in dated]
    return first[0] if first else None


def _with_year(line: Dateline, text: str) -> date | None:
    if line.month_day is None:
        return None
    days = {
        day
        for pattern in _FULL_DATES
        for match in pattern.finditer(text)
        if (found := _month_day(match)) == line.month_day and (day := _valid(int(match["year"]), *found))
    }
    return days.pop() if len(days) == 1 else None


def _month_day(match: re.Match[str]) -> tuple[int, int] | None:
    parts = match.groupdict()
    return (_month(parts["month"]), int(parts["day"])) if parts.get("month") else None


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _date(line: str, at: int) -> re.Match[str] | None:
    return next((match for pattern in _DATES if (match := pattern.match(line, at))), None)


def _label(line: str, at: int) -> str:
    low = line[at:].lower()
    return next((words for words in _labels() if low.startswith(words) and not low[len(words) :][:1].isalpha()), "")


@cache
def _labels() -> list[str]:
    """Words such as 'published on', longest first."""
    found = [row["phrase"] for row in lexicon.load("documents_phrases") if row["kind"] == "dateline"]
    return sorted(found, key=lambda words: (-len(words), words))


def _days(match: re.Match[str], weekday: int | None, order: DayOrder) -> list[date]:
    """The days a date can mean; none without a year."""
    parts = match.groupdict()
    if parts.get("short"):
        parts["year"] = f"20{parts['short']}"
    if not parts["year"]:
        return []
    year = int(parts["year"])
    if parts.get("month"):
        pairs = [(_month(parts["month"]), int(parts["day"]))]
    elif parts.get("number"):
        pairs = [(int(parts["number"]), int(parts["day"]))]
    else:
        first, second = int(parts["first"]), int(parts["second"])
        pairs = [(first, second), (second, first)] if first != second else [(first, second)]
    days = [day for month, number in pairs if (day := _valid(year, month, number))]
    if len(days) == 2 and weekday is not None:
        days = [day for day in days if day.weekday() == weekday]
    if len(days) == 2 and order != "unknown":
        days = days[:1] if order == "month-day" else days[1:]
    return days


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
