"""Number words and digits: the pattern of a numeral, and its exact value."""

from __future__ import annotations

import re
from fractions import Fraction

from stages.core import lexicon
from stages.numbers.vocabulary import alternation

_ROWS = lexicon.load("numbers_words")


def _values(*kinds: str) -> dict[str, int]:
    return {row["word"]: int(row["value"]) for row in _ROWS if row["kind"] in kinds}


UNITS, TEENS, TENS = _values("unit"), _values("teen"), _values("ten")
SMALL = UNITS | TEENS | TENS
SCALES = _values("scale")
VAGUE = _values("vague")
SUFFIXES = _values("suffix")
PARTS = _values("part")
ORDINALS = _values("ordinal")
TIMES = _values("times")

_GLYPHS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5),
    "⅙": (1, 6), "⅚": (5, 6), "⅐": (1, 7), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
    "⅑": (1, 9), "⅒": (1, 10),
}  # fmt: skip
_GLYPH = "[" + "".join(_GLYPHS) + "]"

_SMALL = rf"(?:{alternation(TENS)}[-\s]{alternation(UNITS)}|{alternation(SMALL)})"
_SCALE = rf"{alternation(SCALES)}s?"
_PART = alternation(PARTS)
_DIGITS = (
    r"(?:\d{1,3}(?:,\d{3}){1,8}|\d{1,2}(?:,\d{2}){1,6},\d{3}|\d{1,3}(?:\s\d{3}){0,4}\s000(?!\d)"
    r"|\d{1,3}(?:\s\d{3}){2,5}(?!\d)|\d{1,3}(?:\.\d{3}){2,8}(?![\d.])|\d{1,3}(?:'\d{3}){1,8}(?!\d)|\d{1,20})(?:\.\d{1,20})?"
    r"|\.\d{1,20}"
)
_END = r"(?![A-Za-z0-9])"
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"

_POWERED = rf"(?:e[-−]?\d{{1,3}}|\s?[×x]\s?10(?:\^?[-−]?\d{{1,2}}|[⁻{_RAISED}]{{1,3}}))"
_AND_PART = rf"(?:\s+and\s+|-and-)(?:a|one|three)[\s-](?:half|quarters?){_END}"

NUMERAL = (
    rf"(?:\d{{1,9}}[\s-]\d\s?[/⁄]\s?\d{{1,2}}|\d{{1,9}}\s?{_GLYPH}|{_GLYPH}|\d{{1,9}}[/⁄]\d{{1,9}}|(?:{_DIGITS}){_POWERED}?)"
    rf"(?:[\s-]+(?:and\s+(?:a|one|three)[\s-](?:half|quarters?)\s+)?{_SCALE}{_END})*"
    rf"|(?:half|(?:an?\s+)?quarter)[\s-]+(?:(?:of\s+)?an?[\s-]+)?{_SCALE}{_END}"
    rf"|(?:an?|{_SMALL})(?:[\s-]{_SCALE}{_END})+(?:,?\s+(?:and\s+|&\s+)?{_SMALL}{_END}(?:[\s-]{_SCALE}{_END})*)*(?:{_AND_PART})?"
    rf"|{_SMALL}(?:{_AND_PART})?(?:[\s-]{_SCALE}{_END})*"
)
"""A cardinal in digits or words, scale words included; without what stands around it."""

FRACTION = rf"(?:(?:an?|{_SMALL})[\s-]{_PART}{_END}|half{_END})"
"""A fraction in words: two-thirds, a quarter, half."""

VAGUE_COUNT = (
    rf"(?:{alternation(VAGUE)})(?:\s+of\s+(?:{alternation(VAGUE)}))*{_END}(?!\s+of\s+percent)"
)  # fmt: skip
"""A count of which only the order is said: dozens, tens of thousands."""

ORDINAL = rf"(?:\d{{1,9}}(?:st|nd|rd|th)|(?:{alternation(TENS)}[-\s])?{alternation(ORDINALS)}){_END}"

_WORD = re.compile(
    r"[a-z]+|(?:\d[\d,']*(?:\s\d{3})*(?:\.\d{3}){2,}(?!\d)|\d[\d,']*(?:\s\d{3})*(?:\.\d+)?|\.\d+)(?:e-?\d+)?"
)
_POWER = re.compile(r"\s?[×x]\s?10\^?(?=-?\d)")
_AND_SOME = re.compile(r"(?:\s+and\s+|-and-)(a|one|three)[\s-](half|quarters?)(?![a-z])")
_SOME_MORE = {
    f"and{some}{part}": Fraction(count, PARTS[part])
    for some, count in (("a", 1), ("one", 1), ("three", 3))
    for part in ("half", "quarter")
}
_PLAIN = str.maketrans(f"−⁻{_RAISED}", "--0123456789")
_MIXED = re.compile(
    rf"(?:(?P<whole>\d+)(?:[\s-]+|(?={_GLYPH})))?(?:(?P<top>\d+)\s?[/⁄]\s?(?P<bottom>\d+)|(?P<glyph>{_GLYPH}))"
)


def value_of(text: str) -> Fraction | None:
    """The value of a numeral, a fraction or a vague count; None where it has none."""
    low = _POWER.sub("e", text.lower().translate(_PLAIN))
    low = _AND_SOME.sub(lambda match: f" and{match[1]}{match[2].rstrip('s')}", low)
    size = 1
    total: Fraction | None = None
    current: Fraction | None = None  # what was said since the last scale word
    if mixed := _MIXED.match(low):
        current, low = _fraction(mixed), low[mixed.end() :]
        if current is None:
            return None
    for word in _WORD.findall(low):
        if word in ("and", "of", "an") or (word == "a" and not (current is None and total is None)):
            continue
        if word[0].isdigit() or word[0] == ".":
            current = _digits(word)
        elif word in SCALES or word in VAGUE or word.rstrip("s") in SCALES:
            size = SCALES.get(word) or VAGUE.get(word) or SCALES[word.rstrip("s")]
            current = (1 if current is None else current) * Fraction(size)
            if size >= 1000:
                total, current = (total or 0) + current, None
        elif word in _SOME_MORE and not (current is None and total is None):
            # Three and a half; a million and a half.
            current = (current or 0) + _SOME_MORE[word] * (size if current is None else 1)
        elif word in ("half", "quarter") and current is None:
            current = Fraction(1, PARTS[word])
        elif word in PARTS and current is not None:
            current /= PARTS[word]
        elif word in SMALL or word == "a":
            current = (current or 0) + Fraction(SMALL.get(word, 1))
        else:
            return None
    return total if current is None else (total or 0) + current


def _fraction(match: re.Match[str]) -> Fraction | None:
    if match["glyph"]:
        part = Fraction(*_GLYPHS[match["glyph"]])
    elif int(match["bottom"]) == 0:
        return None
    else:
        part = Fraction(int(match["top"]), int(match["bottom"]))
    return part + int(match["whole"] or 0)


def _digits(word: str) -> Fraction:
    mantissa, _, exponent = re.sub(r"[,'\s]", "", word).partition("e")
    if mantissa.count(".") > 1:
        mantissa = mantissa.replace(".", "")
    # An exponent beyond a float's range is no number that anybody wrote.
    power = max(-300, min(300, int(exponent or 0)))
    return Fraction(mantissa) * Fraction(10) ** power


def ordinal_of(text: str) -> int | None:
    """The value of an ordinal; None where it has none."""
    low = text.lower()
    if low[0].isdigit():
        return int(low.rstrip("stndrh"))
    parts = low.replace("-", " ").split()
    if parts[-1] not in ORDINALS:
        return None
    return ORDINALS[parts[-1]] + (TENS.get(parts[0], 0) if len(parts) > 1 else 0)


def plain(value: Fraction) -> int | float | None:
    """The value as the tables hold it; None where it is beyond a float's range."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < 1e300 else None
