"""Quantities of other forms than a number with its unit: fractions, ratios, vague counts, ages, ordinals."""

from __future__ import annotations

import re
from fractions import Fraction

from stages.numbers import bare, names, nouns, vocabulary
from stages.numbers.quantity import Quantity, Reading
from stages.numbers.units import Unit, unit_of
from stages.numbers.vocabulary import PLURAL
from stages.numbers.words import ORDINALS, PARTS, SCALES, TIMES, ordinal_of, value_of

_WHOLES = (3, 4, 5, 10, 20, 100, 1000)
"""Of how many a ratio is said: nine of 10."""
_FIRST_PLACE = ["in", "the", "first", "place"]
_PART_LEADS = frozenset(("a", "one", "two", "three", "half"))
_AFTER_HALF = vocabulary.WHOLE | {"of", "that", "as", "were", "are"}


def ratio(match: re.Match[str], reading: Reading) -> list[Quantity]:
    """Nine of 10; one in five; two out of every three; a ratio of three to one."""
    part, whole = value_of(match["n"]), value_of(match["n2"])
    if part is None or not whole or reading.in_date(match.start(), match.end()):
        return []
    words = match["of"].lower().strip(" -")
    if words in ("to", ":"):
        return [reading.build(match, "fraction", part / whole)] if bare.is_ratio(match.start("n"), reading) else []
    if part >= whole or (words == "in" and (part > 10 or (whole > 1000 and part != 1))):
        return []
    if words == "of" and (part == 1 or whole not in _WHOLES):
        return []  # One of two brothers, 10 of 12 victims: two counts.
    return [reading.build(match, "fraction", part / whole)]


def one(match: re.Match[str], reading: Reading) -> list[Quantity]:
    """Less than a month; half an hour; three-quarters of a mile: a unit of which the number is not said."""
    text = match["unit"].lower()
    unit = unit_of(text, reading.dollar)
    compare = vocabulary.comparator("before", match["less"])
    said = match["part"] or match["half"] or match["less"]
    if unit and unit.kind == "duration" and compare and compare.mod_ago is None and match["less"].endswith("than"):
        return []  # Higher than a year ago.
    if unit is None or unit.code is None or not said or (text in PLURAL and not match["part"]):
        return []
    value = Fraction(unit.factor) * (Fraction(3, 2) if match["half"] else 1)
    if match["part"]:
        part = value_of(re.sub(r"\s+of$", "", match["part"].lower()).replace("-", " "))
        if part is None:
            return []
        value *= part
    return [reading.build(match, unit.kind, value, unit.code)]


def feet(match: re.Match[str], reading: Reading) -> list[Quantity]:
    """6'2"; 25.5″: feet and inches as signs."""
    if match["feet"]:
        value = Fraction(match["feet"]) + Fraction(int(match["inches"]), 12)
        return [Quantity(match.start(), match.end(), reading.sentence, "measure", value, unit="[ft_i]")]
    unit = {"″": "[in_i]", "′": "[ft_i]"}.get(reading.raw[match.start("mark")])
    if unit is None:
        return []
    return [Quantity(match.start(), match.end(), reading.sentence, "measure", Fraction(match["n"]), unit=unit)]


def age(match: re.Match[str], reading: Reading) -> list[Quantity]:
    """The 61 of 'Smith, 61, said', the under-21 of 'the under-21 team': a number of years."""
    first, _ = reading.place(match.start(), match.end())
    name = reading.at(first - 2)
    if match["n"] and (name is None or name.pos != "PROPN" or name.ent in ("DATE", "TIME")):
        return []
    if reading.in_date(match.start(), match.end()):
        return []
    value = Fraction(int(match["years"] or match["n"] or match[0]))
    side = {"under": "<", "over": ">"}.get((match["side"] or "").lower(), "=")
    return [Quantity(match.start(), match.end(), reading.sentence, "duration", value, comparator=side, unit="a")]


def twice(match: re.Match[str], reading: Reading) -> list[Quantity]:
    """Twice: two times."""
    value = Fraction(TIMES[match["n"].lower()])
    return [Quantity(match.start(), match.end(), reading.sentence, "count", value)]


def fraction(match: re.Match[str], reading: Reading) -> list[Quantity]:
    """Two-thirds of; a quarter of; half the; by half."""
    value, words = value_of(match["n"]), match["n"].lower().replace("-", " ").split()
    first, last = reading.place(match.start("n"), match.end("n"))
    following, before = reading.word(last + 1), reading.at(first - 1)
    # Three-quarters of the fleet are no three quarters of a year.
    shared = following == "of" and words[-1] in ("quarter", "quarters") and reading.word(last + 2) in vocabulary.WHOLE
    if value is None or (reading.in_date(match.start(), match.end()) and not shared):
        return []
    if following == "of" and reading.word(last + 2) in ("a", "an") and reading.word(last + 3) in SCALES:
        return []  # A quarter of a million.
    if words == ["half"]:
        led = before is not None and before.lower == "by"
        if following not in _AFTER_HALF and not (led and not following.isalpha()):
            return []
        if following in ("a", "an") and reading.word(last + 2) in SCALES:
            return []
        if not led and before is not None and (before.pos == "ADJ" or before.lower in ("in", "and", "other", "a")):
            return []
    elif (words[0] in ("a", "an") or words[-1] in ORDINALS) and following not in ("", "of") and words[0] != "one":
        # A third man is an ordinal, one third is not; nor does 'a third, 41, died' share anything.
        after, ranged = reading.at(last + 1), following in ("and", "to", "or") and reading.word(last + 2) in _PART_LEADS
        led = before is not None and (before.pos in ("ADP", "NUM") or before.lower in ("about", "nearly", "almost"))
        stopped = after is not None and after.pos == "PUNCT" and (led or after.text != ",")
        if not stopped and not ranged:
            return []
    return [reading.build(match, "fraction", value)]


def vague(match: re.Match[str], reading: Reading) -> list[Quantity]:
    """Dozens; hundreds of thousands; several hundred: at least one of the scale. A couple of: about two."""
    couple = match["n"].lower().startswith("a couple")
    value = value_of(match["couple"] or "one" if couple else match["scale"] or match["n"])
    if value is None or (reading.in_date(match.start(), match.end("n")) and not match["unit"]):
        return []
    first, last = reading.place(match.start("n"), match.end("n"))
    if match["n"].lower() in ("scores", "tens") and reading.word(last + 1) != "of":
        return []
    if names.is_name(reading.tokens, first, last):
        return []
    text = re.sub(r"^\s+of\b", "", match["unit"] or "", flags=re.IGNORECASE)
    unit = unit_of(text, reading.dollar) if text else None
    if unit and unit.code == "[lb_av]" and bare.is_money(*reading.place(match.start("n"), match.end()), value, reading):
        unit = Unit("money", "GBP")
    value *= (unit.factor if unit else 1) * (2 if couple else 1)
    item = reading.build(match, unit.kind if unit else "count", value, unit.code if unit else None)
    item.comparator = item.comparator if match["less"] else "~" if couple else ">="
    return [item]


def ordinal(match: re.Match[str], reading: Reading) -> list[Quantity]:
    """The second time; 12th minute: an ordinal that orders a noun."""
    value = ordinal_of(match["n"])
    first, last = reading.place(match.start(), match.end())
    token, tokens = reading.tokens[last], reading.tokens
    if value is None or reading.in_date(match.start(), match.end()) or names.is_name(tokens, first, last):
        return []
    if token.lower == "first" and [part.lower for part in tokens[first - 2 : first + 2]] == _FIRST_PLACE:
        return []
    if token.pos in ("ADV", "VERB") or token.dep in ("advmod", "npadvmod"):
        return []
    ranked = reading.at(last + 2)
    if reading.word(last + 1) == "-" and (ranked is None or ranked.tag != "JJS"):
        return []  # First-team players; the second-largest city ranks second.
    noun = nouns.counted(tokens[first], token, tokens)
    if noun is None or (token.pos == "NOUN" and token.dep not in ("amod", "nummod", "compound")):
        return []
    return [Quantity(match.start(), match.end(), reading.sentence, "ordinal", Fraction(value), noun=noun)]


def is_part(text: str) -> bool:
    """Whether a numeral is written as a fraction: 2/3, ¾, a quarter."""
    return bool(re.fullmatch(r"\d+\s?[/⁄]\s?\d+|[^\w\s]|[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒]", text)) or text.lower() in PARTS
