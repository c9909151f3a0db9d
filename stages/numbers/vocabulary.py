"""The words of dates and numbers, read from the lexicons `numbers_*`, and the patterns that are made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from stages.core import lexicon
from stages.core.lexicon import words

_Tree: TypeAlias = "dict[str, _Tree]"


def alternation(forms: Iterable[str], space: str = r"\s+") -> str:
    """A group that matches any of the forms, longest first; a space stands for white space.

    Forms that begin alike are written as a tree, so that a text that none of them begins is refused at once.
    """
    tree: _Tree = {}
    for form in sorted(set(forms)):
        node = tree
        for letter in form:
            node = node.setdefault(letter, {})
        node[""] = {}
    return f"(?:{_branches(tree, space)})"


def _branches(node: _Tree, space: str) -> str:
    parts = [
        (space if letter == " " else re.escape(letter)) + _branches(below, space)
        for letter, below in node.items()
        if letter
    ]
    if "" in node:
        return f"(?:{'|'.join(parts)})?" if parts else ""
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def cased(form: str) -> str:
    """A pattern for a word that counts only with a capital: May, not may."""
    return f"(?-i:{form.capitalize()}|{form.upper()})"


@dataclass(frozen=True)
class TimeUnit:
    """A unit of time."""

    grain: str
    """TIMEX3 letter: Y, Q, M, W, D; TH, TM, TS for parts of a day."""
    factor: int
    """How many of the grain it is: a decade is 10 Y."""
    ucum: str


@dataclass(frozen=True)
class Comparator:
    """How a phrase such as 'more than' changes a quantity, a duration, and a point counted from it."""

    comparator: str
    mod: str | None
    mod_ago: str | None


CALENDAR = lexicon.load("numbers_calendar")


def _words_of(kind: str) -> dict[str, str]:
    return {row["word"]: row["value"] for row in CALENDAR if row["kind"] == kind}


def _group(kind: str) -> str:
    """A group of the calendar's words of a kind; cased ones with a capital only."""
    rows = [row for row in CALENDAR if row["kind"] == kind]
    ordered = sorted(rows, key=lambda row: (-len(row["word"]), row["word"]))
    forms = [
        cased(row["word"]) if row["cased"] else re.escape(row["word"]).replace(r"\ ", r"\s+").replace("'", "'?")
        for row in ordered
    ]
    return "(?:" + "|".join(forms) + ")"


MONTHS = {word: int(value) for word, value in _words_of("month").items()}
WEEKDAYS = {word: int(value) for word, value in _words_of("weekday").items()}
SEASONS = _words_of("season")
DAYPARTS = _words_of("daypart")
DECADES = {word: int(value) for word, value in _words_of("decade").items()}
CLOCKS = _words_of("clock")
HOLIDAYS = _words_of("holiday")
EVENTS = {day: int(year) for day, year in _words_of("event").items()}
"""Days that name what happened on them in a year: the Sept. 11 attacks."""

MONTH = _group("month") + r"\b(?:\.(?=\s?\d|,))?"
WEEKDAY = _group("weekday") + r"(?=s?\b)(?:\.(?=,|\s+[A-Z\d]))?"
SEASON = _group("season")
DAYPART = _group("daypart")
DECADE = _group("decade")
CLOCK = _group("clock")
HOLIDAY = _group("holiday")

TIME_UNITS: dict[str, TimeUnit] = {}
SINGULAR: list[str] = []
PLURAL: list[str] = []
for _row in lexicon.load("numbers_time_units"):
    _unit = TimeUnit(_row["grain"], int(_row["factor"]), _row["ucum"])
    SINGULAR.append(_row["singular"])
    PLURAL.append(_row["plural"])
    for _form in (_row["singular"], _row["plural"], *words(_row["abbreviations"])):
        TIME_UNITS[_form] = _unit

TIME_UNIT = alternation(TIME_UNITS)

PHRASES = {row["phrase"]: (row["type"], row["value"]) for row in lexicon.load("numbers_time_phrases")}
PHRASE = alternation(PHRASES)

_COMPARATORS = lexicon.load("numbers_comparators")
COMPARATORS = {
    (row["place"], row["phrase"]): Comparator(row["comparator"], row["mod"] or None, row["before_ago"] or None)
    for row in _COMPARATORS
}
BEFORE = alternation(row["phrase"] for row in _COMPARATORS if row["place"] == "before")
AFTER = alternation(row["phrase"] for row in _COMPARATORS if row["place"] == "after")
_SUFFIXED = [row["phrase"] for row in _COMPARATORS if row["place"] == "suffix"]
SUFFIXED = rf"(?:\+(?!\s?\d)|-{alternation(_SUFFIXED)}\b|\s{alternation(_SUFFIXED)}(?=\s+[a-z]+s\b))"
"""What is said of a number behind it, before its unit: 20-odd years, 100+ members."""


def _cues(kind: str) -> frozenset[str]:
    return frozenset(row["word"] for row in lexicon.load("numbers_cues") if row["kind"] == kind)


FUTURE = _cues("future")
PLAN = _cues("plan")
AHEAD = _cues("ahead")
PROSPECT = _cues("prospect")
TIMETABLE = _cues("timetable")
DEFER = _cues("defer")
YEAR_LEADS = _cues("before a year")
PERIOD_LEADS = _cues("before a period")
SEASON_LEADS = _cues("before a season")
PART_LEADS = _cues("before a part of the day")
DAY_LEADS = _cues("before a day of the month")
SPANNING = _cues("before a duration")
CHANGE = _cues("change")
EVENT_NOUNS = _cues("event of a day")
DESIGNATOR = _cues("designator")
FILLERS = _cues("filler")
MEASURING = _cues("measuring")
MASS = _cues("mass")
STEP = _cues("step")
INDEX = _cues("index")
TITLED = _cues("titled")
STREET = _cues("street")
PERSON = _cues("person")
RATIO = _cues("ratio")
MONEY = _cues("money")
WEIGHT = _cues("weight")
TEMPERATURE = _cues("temperature")
WHOLE = _cues("whole")
FILLER = alternation(FILLERS)


def comparator(place: str, phrase: str | None) -> Comparator | None:
    """What a phrase before or after a quantity says of it."""
    return COMPARATORS.get((place, squeeze(phrase))) if phrase else None


def squeeze(text: str) -> str:
    """The text in lower case with single spaces."""
    return " ".join(text.lower().split())


_OTHER_TRIGGERS = "weekend weekends term half halves ago eve year's time then"

TRIGGERS = frozenset(
    (
        *(part for name in (MONTHS, WEEKDAYS, SEASONS, DAYPARTS, DECADES, CLOCKS, TIME_UNITS) for part in name),
        *(word.split()[-1] for word in (*PHRASES, *HOLIDAYS)),
        *(f"{name}s" for name in WEEKDAYS if len(name) > 5),
        *_OTHER_TRIGGERS.split(),
    )
)
"""Words without which, and without digits, a sentence holds no date."""
