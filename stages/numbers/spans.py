"""Spans of time on the calendar: their TIMEX3 value, first and last day, and shifting them.

A span is a grain and any day in it. Grains are the letters of TIMEX3: C century, E decade, Y year, H half, Q quarter,
S season, M month, W week (ISO 8601), WE weekend, D day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

UNKNOWN = {
    "C": "XX", "E": "XXX", "Y": "XXXX", "H": "XXXX-HX", "Q": "XXXX-QX", "S": "XXXX-SX", "M": "XXXX-XX",
    "W": "XXXX-WXX", "WE": "XXXX-WXX-WE", "D": "XXXX-XX-XX",
}  # fmt: skip
"""The value of a span of which only the grain is known."""

_SEASON_MONTH = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_FINEST = ("D", "WE", "W", "M", "S", "Q", "H", "Y", "E", "C")


def finer(a: str, b: str) -> bool:
    """Whether grain a is finer than grain b."""
    return _FINEST.index(a) < _FINEST.index(b)


@dataclass(frozen=True)
class Span:
    """A stretch of the calendar."""

    grain: str
    day: date

    @property
    def value(self) -> str:
        """The TIMEX3 value."""
        day, year = self.day, f"{self.day.year:04d}"
        iso = day.isocalendar()
        match self.grain:
            case "C":
                return year[:2]
            case "E":
                return year[:3]
            case "Y":
                return year
            case "H":
                return f"{year}-H{1 if day.month <= 6 else 2}"
            case "Q":
                return f"{year}-Q{(day.month + 2) // 3}"
            case "S":
                start = self.lower
                name = next((name for name, month in _SEASON_MONTH.items() if month == start.month), "WI")
                return f"{start.year:04d}-{name}"
            case "M":
                return f"{year}-{day.month:02d}"
            case "W":
                return f"{iso.year:04d}-W{iso.week:02d}"
            case "WE":
                return f"{iso.year:04d}-W{iso.week:02d}-WE"
        return day.isoformat()

    @property
    def lower(self) -> date:
        """The first day."""
        day = self.day
        match self.grain:
            case "C":
                return date(max(1, day.year // 100 * 100), 1, 1)
            case "E":
                return date(max(1, day.year // 10 * 10), 1, 1)
            case "Y":
                return date(day.year, 1, 1)
            case "H":
                return date(day.year, 1 if day.month <= 6 else 7, 1)
            case "Q":
                return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
            case "S":
                first = day.month // 3 * 3
                return date(day.year, first, 1) if first else _day(day.year - 1, 12)
            case "M":
                return date(day.year, day.month, 1)
            case "W":
                return _back(day, day.weekday())
            case "WE":
                return _back(day, day.weekday() - 5)
        return day

    @property
    def upper(self) -> date:
        """The last day."""
        days = {"D": 0, "W": 6, "WE": 1}
        if self.grain in days:
            return _back(self.lower, -days[self.grain])
        following = self._months(self.lower)
        return date.max if following is None else following - timedelta(days=1)

    def _months(self, start: date) -> date | None:
        """The first day after the span, for grains of whole months."""
        if self.grain in ("C", "E"):
            years = 100 if self.grain == "C" else 10
            year = start.year // years * years + years
            return date(year, 1, 1) if year <= 9999 else None
        months = {"M": 1, "Q": 3, "S": 3, "H": 6, "Y": 12}[self.grain]
        index = start.year * 12 + start.month - 1 + months
        return date(index // 12, index % 12 + 1, 1) if index // 12 <= 9999 else None

    def shift(self, count: int, grain: str | None = None) -> Span | None:
        """The span moved by a number of grains (its own by default); None beyond the calendar."""
        grain = grain or self.grain
        months = {"C": 1200, "E": 120, "Y": 12, "H": 6, "Q": 3, "S": 3, "M": 1}
        try:
            if grain in months:
                index = self.day.year * 12 + self.day.month - 1 + count * months[grain]
                return Span(self.grain, _clip(index // 12, index % 12 + 1, self.day.day))
            return Span(self.grain, self.day + timedelta(days=count * (7 if grain in ("W", "WE") else 1)))
        except (ValueError, OverflowError):
            return None


def season(name: str, year: int) -> Span | None:
    """A season of the northern hemisphere; winter begins in December of its year."""
    day = make(year, _SEASON_MONTH[name], 1)
    return Span("S", day) if day else None


def make(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    j = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * j) // 451
    month, day = divmod(h + j - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _clip(year: int, month: int, day: int) -> date:
    """The day, or the last of the month where it is shorter."""
    for number in range(day, day - 4, -1):
        if found := make(year, month, number):
            return found
    raise ValueError(f"no month {year}-{month}")


def _day(year: int, month: int) -> date:
    return make(year, month, 1) or date.min


def _back(day: date, days: int) -> date:
    try:
        return day - timedelta(days=days)
    except OverflowError:
        return date.min if days > 0 else date.max
