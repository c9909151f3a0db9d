"""Datelines: lines that say when, and perhaps where, a document was published."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from stages.core import lexicon
from stages.documents import phrases

DayOrder = Literal["unknown", "day-month", "month-day"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
# A time may hang on a year: May 3, 201911:24 AM
_YEAR = r"(?P<year>(?:19|20)\d\d)(?:(?!\d)|(?=\d{1,2}:\d\d))"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}(?P<bar>[-/])(?P<number>\d\d)(?P=bar)(?P<day>\d\d)(?:T(?=\d))?",
        rf"{_MONTH}[-\s]*{_DAY}(?:[-\s]*,?\s*(?:{_YEAR}|'(?P<short>\d\d)\b))?",
        rf"{_DAY}\s*(?:of\s+)?[-\s]?{_MONTH}(?:[-\s]*,?\s*{_YEAR})?",
        rf"(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark)(?:{_YEAR}|(?P<short>\d\d)(?!\d))",
    )
)
_FULL_DATES = (
    re.compile(rf"\b{_MONTH}\s*{_DAY},?\s+{_YEAR}", re.IGNORECASE),
    re.compile(rf"\b{_DAY}\s+{_MONTH},?\s+{_YEAR}", re.IGNORECASE),
)
_NUMBERS = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})(?:[/.-](?:19|20)\d\d|/\d\d)(?![\d/])")
_LONG_WORD = re.compile(r"[a-z]{5,}")
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
_ZONE = re.compile(r"\(?([A-Z]{1,4}T|GMT|UTC|Z|[ECMP]T)(?:[+-]\d{1,2}(?::?\d\d)?)?\)?(?![A-Za-z])")
_AGO = re.compile(r"(?:an?|\d+) (?:min(?:ute)?|hour|hr|day|week|month|year)s? ago\b", re.IGNORECASE)
_MAY_DATE = re.compile(r"\d| ago\b", re.IGNORECASE)
_FILLER = re.compile(r"[\s,;:|·•@()–—_/+-]+")
_NAME = r"[A-Z][\w.'-]*(?: (?:[A-Z][\w.'-]*|de|al|el|la))*"
_AGENCY = r"\([A-Z][\w .&/-]{1,30}\)"
# A place alone is told from a heading by its agency, by its capitals, or by being two places.
_PLACE = re.compile(
    rf"{_NAME}(?:, ?{_NAME})* ?(?:{_AGENCY} ?[-–—_:]{{1,2}}|\((?P<agency>[A-Z][\w .&/-]{{1,30}})\))"
    rf"|[A-Z][A-Z .'-]+(?:, ?{_NAME})* ?[-–—_]{{1,2}}"
    rf"|{_NAME}(?: ?/ ?{_NAME})+:"
)
_ON = ("on", "at")
_PLACE_BEFORE = re.compile(rf"{_NAME}(?:, ?{_NAME})*(?:, | ?[-–—|] ?)(?=\d|\w{{3,9}} \d)")
"""The place that begins a dateline: Geneva, 5 May 2020"""
_CAPITALS = re.compile(r"[A-Z][A-Z .'/-]{2,30}$")
"""The place that ends a dateline: 07:31 am IST - NEW DELHI"""
_GROUP = re.compile(r"\?P<\w+>")
_SAID_DAY = _GROUP.sub("?:", rf"(?:{_MONTH} ?{_DAY}|{_DAY} {_MONTH})(?:,? {_YEAR})?")
INLINE = re.compile(
    rf"(?P<place>{_NAME}(?:(?:, ?| ?/ ?){_NAME})*), ?(?i:{_SAID_DAY}),? ?"
    rf"(?P<agency>{_AGENCY}|/[A-Z][\w .-]{{1,20}}/)? ?[-–—]{{1,2}}(?= |$)"
    rf"|(?P<city>{_NAME}(?:, ?{_NAME})*), ?(?i:{_SAID_DAY})\.? ?(?P<slashed>/[A-Z]{{2,12}}/)\.?(?= |$)"
)
"""The opening of a paragraph that says where and when: PARIS, March 3 (Reuters) -"""
_BARE_DAY = _GROUP.sub("?:", rf"(?:{_MONTH} ?{_DAY},?|{_DAY} {_MONTH},?) {_YEAR}")
BARE = re.compile(rf"(?i:{_BARE_DAY}) ?[-–—]{{1,2}}(?= +[\"'A-Z]|$)")
"""The opening of a paragraph that says when only: March 3, 2022 -"""


@dataclass(frozen=True)
class Dateline:
    """What a dateline says; `day` is None where it is no full date or its order of day and month is not decided."""

    day: date | None
    updated: bool
    dated: bool = True
    """False where the line only names a place."""
    labelled: bool = False
    """Whether it says what date it is: published, updated, posted."""
    timed: bool = False
    """Whether it has a time of the day."""
    readings: tuple[date, ...] = ()
    """The days it can mean, where it has a year; of two, the one that reads the month first comes first."""
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
    if (alone := _PLACE.fullmatch(line)) and not (alone["agency"] and alone["agency"] not in phrases.words("agency")):
        return Dateline(None, updated=False, dated=False)
    if not _MAY_DATE.search(line):
        return None
    if (inline := INLINE.match(line)) and inline.end() == len(line):
        line = line.removeprefix(inline["place"] or inline["city"])
        line = line.replace(inline["agency"] or inline["slashed"] or "()", "").rstrip(". ")
    elif place := _PLACE_BEFORE.match(line):
        stated, end = scan(line, place.end(), order)
        if end == len(line):
            return stated
    found, end = scan(line, 0, order)
    if (
        found is not None
        and found.dated
        and (filler := _FILLER.match(line, end))
        and _CAPITALS.match(line, filler.end())
    ):
        end = len(line)
    return found if end == len(line) else None


@dataclass
class _Stated:
    """A date as it stands in a dateline, with the words and the weekday around it."""

    match: re.Match[str]
    updated: bool
    weekday: int | None = None


def scan(line: str, at: int, order: DayOrder) -> tuple[Dateline | None, int]:
    """The dateline that begins at a place of a line, and where it ends; of several dates the published one counts."""
    dates: list[_Stated] = []
    weekday, updated, label, labelled, timed, end = None, False, "", False, False, at
    while at < len(line):
        if filler := _FILLER.match(line, at):
            at = filler.end()
            continue
        if day := _WEEKDAY.match(line, at):
            weekday = _WEEKDAYS.index(day[0][:3].lower())
            if dates and dates[-1].weekday is None and not label:
                dates[-1].weekday = weekday
            at = day.end()
        elif (match := _date(line, at)) and (not dates or label or "|" in line[:at]):
            dates.append(_Stated(match, updated, weekday))
            weekday, label, at = None, "", match.end()
        elif part := _AGO.match(line, at) or _TIME.match(line, at) or _ZONE.match(line, at):
            timed, at = True, part.end()
            if part.re is _ZONE and order == "unknown":
                order = _evidence("zone").get(part[1].lower(), order)
        elif words := _label(line, at):
            if words not in _ON:
                labelled, updated = True, "updat" in words or "modified" in words
            label, at = words, at + len(words)
        else:
            break
        end = at
    if at == len(line):
        end = at
    if not dates:
        return (Dateline(None, updated, dated=False, labelled=labelled, timed=True) if timed else None), end
    first = next((stated for stated in dates if not stated.updated), dates[0])
    readings = _days(first.match, first.weekday, order)
    found = Dateline(
        readings[0] if len(readings) == 1 else None,
        first.updated,
        labelled=labelled,
        timed=timed,
        readings=tuple(readings),
        month_day=_month_day(first.match),
    )
    return found, end


def order_of(text: str, language: str | None) -> DayOrder:
    """The order of day and month in numbers: by those dates of the text that leave no choice, else by its English.

    Args:
        text: the whole text; where it has such dates, its spelling tells whether its English is American.
        language: BCP 47 tag; only its region tells an order.
    """
    first = second = numbers = False
    for match in _NUMBERS.finditer(text):
        numbers, first, second = True, first or int(match[1]) > 12, second or int(match[2]) > 12
    if first != second:
        return "day-month" if first else "month-day"
    region = (language or "").replace("_", "-").rpartition("-")[2].upper()
    if region in _MONTH_FIRST:
        return "month-day"
    if region in _DAY_FIRST:
        return "day-month"
    return _spelling(text) if numbers else "unknown"


_LEAST_SPELLINGS = 2


def _spelling(text: str) -> DayOrder:
    """American or Commonwealth spelling, where several words have the one and none the other."""
    words, known = set(_LONG_WORD.findall(text.lower())), _evidence("spelling")
    found = [known[word] for word in sorted(words & known.keys())]
    return found[0] if len(found) >= _LEAST_SPELLINGS and len(set(found)) == 1 else "unknown"


@cache
def _evidence(kind: str) -> dict[str, DayOrder]:
    """The order of day and month that goes with a form: a time zone, a spelling."""
    orders: dict[str, DayOrder] = {"day-month": "day-month", "month-day": "month-day"}
    return {row["form"]: orders[row["order"]] for row in lexicon.load("documents_day_order") if row["kind"] == kind}


def published(datelines: Iterable[Dateline], text: str, default: DayOrder) -> date | None:
    """The day of publication that the datelines of a document state: published goes before updated.

    A dateline without a year gets it where the text names that very day with its year, and with no other year.

    Args:
        datelines: those of the document, in order.
        text: the whole text.
        default: the order of day and month where nothing decides it.
    """
    lines = list(datelines)
    years = _years(text) if any(line.day is None and line.month_day for line in lines) else {}
    dated = [
        (day, line.updated)
        for line in lines
        if (day := line.day or _by_default(line, default) or _with_year(line, years))
    ]
    first = [day for day, updated in dated if not updated] or [day for day, _ in dated]
    return first[0] if first else None


def _by_default(line: Dateline, default: DayOrder) -> date | None:
    if len(line.readings) < 2 or default == "unknown":
        return None
    return line.readings[0 if default == "month-day" else 1]


def _years(text: str) -> dict[tuple[int, int], set[int]]:
    """The years with which a text names a day, by month and day."""
    found: dict[tuple[int, int], set[int]] = {}
    for pattern in _FULL_DATES:
        for match in pattern.finditer(text):
            if day := _month_day(match):
                found.setdefault(day, set()).add(int(match["year"]))
    return found


def _with_year(line: Dateline, years: dict[tuple[int, int], set[int]]) -> date | None:
    found = years.get(line.month_day, set()) if line.month_day else set()
    return _valid(next(iter(found)), *line.month_day) if line.month_day and len(found) == 1 else None


def _month_day(match: re.Match[str]) -> tuple[int, int] | None:
    parts = match.groupdict()
    return (_month(parts["month"]), int(parts["day"])) if parts.get("month") else None


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _date(line: str, at: int) -> re.Match[str] | None:
    return next((match for pattern in _DATES if (match := pattern.match(line, at))), None)


def _label(line: str, at: int) -> str:
    words = _labels().match(line, at)
    return words[0].lower() if words else ""


@cache
def _labels() -> re.Pattern[str]:
    """Words such as 'published on', longest first."""
    found = [row["phrase"] for row in lexicon.load("documents_phrases") if row["kind"] == "dateline"]
    longest = sorted(found, key=lambda words: (-len(words), words))
    return re.compile(rf"(?:{'|'.join(map(re.escape, longest))})(?![^\W\d_])", re.IGNORECASE)


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
    if len(days) == 2 and order == "unknown" and parts.get("mark") == ".":
        order = "day-month"  # who writes dots writes the day first: 04.07.2022
    if len(days) == 2 and order != "unknown":
        days = days[:1] if order == "month-day" else days[1:]
    return days


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
