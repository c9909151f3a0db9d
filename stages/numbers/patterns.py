"""The patterns of quantities: what stands before a number, the number, a range, its unit, what stands after it."""

from __future__ import annotations

import re

from stages.numbers.units import COINED, CURRENCY, ONE_OF, UNIT
from stages.numbers.vocabulary import AFTER, BEFORE, SUFFIXED, alternation
from stages.numbers.words import FRACTION as PART
from stages.numbers.words import NUMERAL, SUFFIXES, TIMES, VAGUE_COUNT
from stages.numbers.words import ORDINAL as NTH
from stages.numbers.words import SCALES as SIZES

_OPEN = r"(?<!\w)(?:(?<!\w[-–−^'/.:+])|(?<=\bnow-)|(?<=\bthen-))(?<!\d,)(?<![$€£¥.])"
_CLOSE = r"(?![A-Za-z0-9_]|[-–/:.,']\d|%)"
_LESS = rf"(?:(?P<less>{BEFORE})\s*)?"
_MORE = rf"(?:\s+(?P<more>{AFTER}))?"
_PLUS = rf"(?P<plus>{SUFFIXED})?"
_SIGN = r"(?P<sign>(?<![A-Za-z])[-−–]|(?<!or\s)minus\s+|negative\s+)?"
_ALL = frozenset(SUFFIXES)
_APART = frozenset(form for form in SUFFIXES if len(form) > 1)
SCALES = "|".join(sorted(SIZES, key=len, reverse=True))


def _big(name: str, forms: frozenset[str], apart: frozenset[str], also: str = "") -> str:
    """Letters that stand for a scale word: 5bn, and for some after a space: 5 bn."""
    near, far = (f"(?-i:{alternation(some)})" for some in (forms, apart))
    return rf"(?:(?P<{name}>{near}(?![A-Za-z]){also})|\s(?P<{name}_apart>{far}(?![A-Za-z])))?"


_PEOPLE = rf"|m(?=\s+(?:people|of\s+(?:them|which|whom)|{COINED}|[a-z]+s)\b)"
_BIG = _big("suffix", _ALL - {"b", "m", "T"}, _APART, _PEOPLE)
_BIG2 = _big("suffix2", _ALL - {"b", "m", "T"}, _APART, _PEOPLE)
_MONEY_BIG, _MONEY_BIG2 = (_big(name, _ALL, _APART | {"m"}) for name in ("suffix", "suffix2"))
_TO = r"(?P<to>-|\s-\s|\s?[–—]\s?|-?\s*\bto(?:\s+|-)|\s+or\s+|\s+and\s+)"
_NAMED = (
    r"\s?(?:USD|CAD|AUD|NZD|HKD|SGD)\b|\s+(?:US|U\.S\.|Canadian|Australian|American)"
    r"(?=\s+(?:per|an?|and|to|in|for|or|at|on|by)\b|\s*(?:[,;:)]|\.(?!\w)|$))"
)

MONEY = re.compile(
    rf"(?<![\w$.,])(?:(?<!/)|(?=[$€£¥]))(?:(?P<between>between)\s+)?{_LESS}(?P<sign>[-−–])?(?P<currency>{CURRENCY})(?:\s|(?<![A-Za-z])|(?=[\d.]))(?P<sign2>[-−–](?=\d))?"
    rf"(?P<n>{NUMERAL}|(?:several|a\s+few)\s+(?:{SCALES})){_MONEY_BIG}"
    rf"(?:\s*(?P<to>-|–|—|\bto\b|\bor\b|\band\b)\s*(?P<currency2>{CURRENCY})?\s?(?P<n2>{NUMERAL}){_MONEY_BIG2})?"
    rf"(?P<unit>\s+(?:US\s+dollars?|dollars?)|{_NAMED})?{_PLUS}(?![A-Za-z0-9_]|[,/:]\d|\.\d){_MORE}",
    re.IGNORECASE,
)
GENERAL = re.compile(
    rf"{_OPEN}(?:(?P<between>between)\s+)?{_LESS}{_SIGN}(?P<n>{NUMERAL}){_BIG}"
    rf"(?:(?P<unit1>{UNIT})?{_TO}(?P<sign2>[-−](?=\d))?(?P<n2>{NUMERAL}){_BIG2}(?![-–/:.,]\d))?"
    rf"{_PLUS}(?P<unit>{UNIT})?(?P<plus2>{SUFFIXED})?{_CLOSE}(?P<old>[\s-]old)?{_MORE}",
    re.IGNORECASE,
)
RATIO = re.compile(
    rf"{_OPEN}{_LESS}(?P<n>{NUMERAL})(?P<of>\s+(?:out\s+of(?:\s+(?:every|the))?|in\s+every|of\s+every|of|in)\s+"
    rf"|\s+to\s+|-to-|:)(?P<n2>{NUMERAL}){_CLOSE}",
    re.IGNORECASE,
)
ONE = re.compile(
    rf"(?<!\w)(?:(?P<less>{BEFORE})\s+)?(?:(?<!and\sa\s)"
    rf"(?P<part>half(?:\s+of)?|(?:a|three)[\s-]quarters?\s+of|{PART}\s+of(?=\s+an?\s))(?:\s+|-)(?:(?:an?|one|1)\s+)?|an?)"
    rf"\s*(?P<unit>{ONE_OF})(?!\w)(?P<half>\s+and\s+a\s+half\b)?{_MORE}",
    re.IGNORECASE,
)
FEET = re.compile(
    r"(?=\d)(?:(?<![\w.,'])(?P<feet>\d)'\s?(?P<inches>1[01]|\d)(?![\d.])(?:\"|''|(?![\w/]))|(?<![\w.,])(?P<n>\d{1,4}(?:\.\d{1,4})?)\s?(?P<mark>[\"'])(?!\w))",
    re.IGNORECASE,
)
FRACTION = re.compile(rf"{_OPEN}{_LESS}(?P<n>{PART})(?!-)", re.IGNORECASE)
VAGUE = re.compile(
    rf"{_OPEN}{_LESS}(?P<n>{VAGUE_COUNT}|(?:several|a\s+few|few|many)\s+(?P<scale>{SCALES}|dozen)\b"
    rf"|a\s+couple(?:\s+of)?\s+(?P<couple>{SCALES}|dozen)\b|a\s+couple(?=\s+of\s))(?P<unit>(?:\s+of)?(?:{UNIT}))?",
    re.IGNORECASE,
)
TWICE = re.compile(rf"(?<![\w-])(?P<n>{alternation(TIMES)})(?![\w-])", re.IGNORECASE)
AGE = re.compile(
    r"(?=[\duo])(?:(?<=,\s)(?P<n>[1-9]?\d)(?=,(?!\d)|\)|\s*$)|(?<=\baged\s)(?P<aged>\d{1,3})\b(?![-.,]\d|\s+\w+s\b|\s+(?:to|and|or)\s+\d)"
    r"|(?<=\bage\s)\d{1,3}\b|(?<=\bage\sof\s)\d{1,3}\b|(?<![\w-])(?P<side>under|over)-(?P<years>\d{1,2})s?(?![\w-]))",
    re.IGNORECASE,
)
ORDINAL = re.compile(rf"(?<![\w.,/-])(?P<n>{NTH})(?!\w)", re.IGNORECASE)

NOTHING = re.compile(
    r"\[\d{1,3}(?:[,–-]\s?\d{1,3})*\]|(?<![\w-])\d{1,2}-of-\d{1,2}(?![\w-])|=\"\d+\"|(?<!\w)\+\d{1,3}(?:[\s.-]\(?\d{1,5}\)?){1,5}(?![\w%])|(?<!\w)\(\d{2,5}\)\s?\d{3,4}[\s-]\d{3,4}(?!\w)|(?<![\w-])\d{3}-\d{3}-\d{4}(?![\w-])"
)
"""Figures that are no quantities: marks of footnotes, records (10-of-17), identifiers, telephone numbers."""

FIRST = {pattern: "n" if "n" in pattern.groupindex else 0 for pattern in (MONEY, GENERAL, RATIO, ONE, AGE)}
FIRST |= dict.fromkeys((FRACTION, VAGUE, ORDINAL, TWICE, FEET), 0)
"""Where to look on after a match that was refused: after its first number."""
