"""The patterns of quantities: what stands before a number, the number, a range, its unit, what stands after it."""

from __future__ import annotations

import re

from stages.numbers.units import CURRENCY, UNIT
from stages.numbers.vocabulary import AFTER, BEFORE, TIME_UNIT, alternation
from stages.numbers.words import FRACTION as PART
from stages.numbers.words import NUMERAL, TIMES, VAGUE_COUNT
from stages.numbers.words import ORDINAL as NTH
from stages.numbers.words import SCALES as SIZES

_OPEN = r"(?<!\w)(?<!\w[-–−^'/.:+])(?<!\d,)(?<![$€£¥.])"
_CLOSE = r"(?![A-Za-z0-9_]|[-–/:.,']\d|%)"
_LESS = rf"(?:(?P<less>{BEFORE})\s*)?"
_MORE = rf"(?:\s+(?P<more>{AFTER}))?"
_SIGN = r"(?P<sign>[-−–]|minus\s+|negative\s+)?"
_BIG = r"(?P<suffix>(?-i:bn|mn|mln|mil|tn|trn|k|K|M|B)(?![A-Za-z])|m(?=\s+(?:people|[a-z]+s)\b))?"
_MONEY_BIG = r"(?P<suffix>(?-i:bn|mn|mln|mil|tn|trn|k|K|m|M|b|B|T)(?![A-Za-z]))?"
SCALES = "|".join(sorted(SIZES, key=len, reverse=True))

MONEY = re.compile(
    rf"(?<![\w$.,/])(?:(?P<between>between)\s+)?{_LESS}(?P<sign>[-−–])?(?P<currency>{CURRENCY})\s?(?P<sign2>[-−–](?=\d))?"
    rf"(?P<n>{NUMERAL}|(?:several|a\s+few)\s+(?:{SCALES})){_MONEY_BIG}"
    rf"(?:\s*(?P<to>-|–|—|\bto\b|\bor\b|\band\b)\s*(?P<currency2>{CURRENCY})?\s?(?P<n2>{NUMERAL})"
    rf"(?P<suffix2>(?-i:bn|mn|mln|mil|tn|trn|k|K|m|M|b|B|T)(?![A-Za-z]))?)?"
    rf"(?P<unit>\s+(?:US\s+dollars?|dollars?))?(?![A-Za-z0-9_]|[,/:]\d|\.\d){_MORE}",
    re.IGNORECASE,
)
GENERAL = re.compile(
    rf"{_OPEN}(?:(?P<between>between)\s+)?{_LESS}{_SIGN}(?P<n>{NUMERAL}){_BIG}"
    rf"(?:(?P<unit1>{UNIT})?(?P<to>-|\s-\s|\s?[–—]\s?|-?\s+to\s+|\s+or\s+|\s+and\s+)(?P<sign2>[-−](?=\d))?(?P<n2>{NUMERAL})"
    rf"(?P<suffix2>(?-i:bn|mn|mln|mil|tn|trn|k|K|M|B)(?![A-Za-z])|m(?=\s+(?:people|[a-z]+s)\b))?(?![-–/:.,]\d))?"
    rf"(?P<unit>{UNIT})?{_CLOSE}(?P<old>[\s-]old)?{_MORE}",
    re.IGNORECASE,
)
RATIO = re.compile(
    rf"{_OPEN}{_LESS}(?P<n>{NUMERAL})\s+(?:out\s+of(?:\s+(?:every|the))?|in\s+every|of\s+every|of|in)\s+(?P<n2>{NUMERAL}){_CLOSE}",
    re.IGNORECASE,
)
ONE = re.compile(
    rf"(?<!\w)(?:(?P<less>{BEFORE})\s+an?|(?<!and\sa\s)(?P<half>half)(?:\s+|-)(?:an?\s+)?)\s*(?P<unit>{TIME_UNIT})(?!\w){_MORE}",
    re.IGNORECASE,
)
FRACTION = re.compile(rf"{_OPEN}{_LESS}(?P<n>{PART})(?!-)", re.IGNORECASE)
VAGUE = re.compile(
    rf"{_OPEN}{_LESS}(?P<n>{VAGUE_COUNT}|(?:several|a\s+few|few|many)\s+(?P<scale>{SCALES}|dozen)\b)(?P<unit>{UNIT})?",
    re.IGNORECASE,
)
TWICE = re.compile(rf"(?<![\w-])(?P<n>{alternation(TIMES)})(?![\w-])", re.IGNORECASE)
AGE = re.compile(
    r"(?<=,\s)(?P<n>[1-9]?\d)(?=,|\)|\s*$)|(?<=\baged\s)(?P<aged>\d{1,3})\b(?![-.,]\d|\s+\w+s\b)"
    r"|(?<=\bage\s)\d{1,3}\b|(?<=\bage\sof\s)\d{1,3}\b",
    re.IGNORECASE,
)
ORDINAL = re.compile(rf"(?<![\w.,/-])(?P<n>{NTH})(?!\w)", re.IGNORECASE)

FIRST = {pattern: "n" if "n" in pattern.groupindex else 0 for pattern in (MONEY, GENERAL, RATIO, ONE, AGE)}
FIRST |= dict.fromkeys((FRACTION, VAGUE, ORDINAL, TWICE), 0)
"""Where to look on after a match that was refused: after its first number."""
