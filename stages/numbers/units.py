"""What stands before and after a number: currencies (ISO 4217), measures (UCUM), units of time (UCUM)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stages.core import lexicon
from stages.core.lexicon import words
from stages.numbers.vocabulary import FILLER, FILLERS, PLURAL, SINGULAR, TIME_UNITS, alternation, squeeze


@dataclass(frozen=True)
class Unit:
    """A unit as the tables name it."""

    kind: str
    code: str | None
    """None for money of an unnamed currency."""
    factor: int = 1
    """How many of the code it is: a decade is 10 a."""


def _symbol(form: str) -> bool:
    """Whether the form is one in which capitals count: MW, Rs, km."""
    return len(form) <= 3 or not form.islower()


UNITS: dict[str, Unit] = {}
BEFORE: dict[str, Unit] = {"$": Unit("money", None)}
SCALED: set[str] = set()
"""Letters that mean a currency only before a large figure: R500,000 and K2m are money, R2 and K9 are not."""
_SYMBOLS: list[str] = []

for _row in lexicon.load("numbers_measures"):
    for _form in words(_row["form"]):
        UNITS[_form] = Unit("percent" if _row["ucum"] in ("%", "[bp]") else "measure", _row["ucum"])
        if _row["place"] == "symbol":
            _SYMBOLS.append(_form)
for _row in lexicon.load("numbers_currencies"):
    for _form in words(_row["form"]):
        _unit = Unit("money", _row["code"] or None)
        if _row["place"] in ("after", "both"):
            UNITS[_form] = _unit
        if _row["place"] != "after":
            BEFORE[_form] = _unit
        if _row["place"] == "scaled":
            SCALED.add(_form)
for _form, _time in TIME_UNITS.items():
    if _time.ucum:
        UNITS[_form] = Unit("duration", _time.ucum, _time.factor)

_LOWER = {form.lower(): unit for form, unit in reversed(list(UNITS.items()))}


def _forms(forms: Iterable[str]) -> str:
    """Longest first; forms in which capitals count match as they are written."""
    groups = [
        alternation((form for form in forms if _symbol(form) is cased and (" " in form) is several), r"[\s-]+")
        for several in (True, False)
        for cased in (several, not several)
    ]
    # US $5 is in dollars, A $5 note is not in Australian ones.
    # Forms of several words before their first words alone: degrees Celsius, kilometres per hour.
    patterns = (
        f"(?-i:{group})" if cased else group for group, cased in zip(groups, (True, False, False, True), strict=True)
    )
    return "|".join(pattern for pattern in patterns if "(?:)" not in pattern).replace(r"\$", r"(?:(?<!\bA)\s)?\$")


_PLAIN = [form for form in UNITS if form not in _SYMBOLS]
_AFTER_SYMBOL = (
    r"(?=\s*(?:[.,;:()\[\]\"]|$|-|(?:thick|wide|long|high|tall|deep|away|above|below|apart|across|per"
    r"|of|and|or|but|to|in|on|at|by|is|are|was|were|has|had|with|for|from|during|after|before|until|overnight|today"
    r"|tonight|tomorrow|this|last|next|old|ago|while|when|than|as|over|under|between|around|about|early|late)\b))"
)
_AFTER_VOLTS = r"(?=\s+[A-Za-z]{2})"
"""A name can follow the letter of watts and volts: a 5 W charger."""

_FACTOR = {form: unit.code or "" for form, unit in UNITS.items() if unit.kind == "measure" and _symbol(form)}
_FACTOR = {form: code for form, code in _FACTOR.items() if form.isalpha() and len(form) <= 4}
_FACTOR |= {form: time.ucum for form, time in TIME_UNITS.items() if time.ucum and time.factor == 1}
_FACTOR |= {"s": "s", "h": "h", "d": "d", "K": "K", "N": "N", "C": "C"}
_PART = rf"(?-i:{alternation(_FACTOR)})(?:\^?[-−]?[1-3](?!\d)|[²³])?"
_COMPOUND = rf"{_PART}(?:/{_PART})+"

UNIT = (
    rf"(?<=\d)\s?{_COMPOUND}(?![A-Za-z0-9])|(?:\s?-\s?|\s+|(?<![A-Za-z]))(?:{_forms(_PLAIN)})(?![A-Za-z0-9])"
    rf"|(?<=\d)(?:{_forms(_SYMBOLS)})(?![A-Za-z0-9'])|(?<=\d)\s(?:{_forms(_SYMBOLS)})(?![A-Za-z0-9']){_AFTER_SYMBOL}"
    rf"|(?<=\d)\s(?-i:[WV])(?![A-Za-z0-9'.]){_AFTER_VOLTS}"
    rf"|\s+{FILLER}\s+{alternation(form for form in TIME_UNITS if UNITS.get(form) and len(form) > 3)}(?![A-Za-z0-9-])"
)
"""A unit after its number, with the space or hyphen before it."""

CURRENCY = f"(?:{_forms(list(BEFORE))})"
"""A currency before its number."""

_WHOLE = [
    form for form, unit in UNITS.items() if unit.kind in ("measure", "percent") and form.islower() and len(form) > 3
]
_MEASURED = {"km", "m", "cm", "mm", "[mi_i]", "[in_i]", "[ft_i]", "[nmi_i]", "kg", "g", "t", "[ton_us]", "[lb_av]"}
_MEASURED |= {"[oz_av]", "L", "[gal_us]", "[bbl_us]", "[acr_us]", "har", "deg", "%", "m2", "km2", "[mi_i]2"}
SINGLE = [form for form in _WHOLE if UNITS[form].code in _MEASURED and not form.endswith(("s", "feet"))]
SINGLE += [form for form in TIME_UNITS if form not in PLURAL]
ONE_OF = alternation(SINGLE)
"""A unit of which there can be one without its number: about a mile, less than a month, half an hour."""

COINED = alternation(
    form
    for form, unit in UNITS.items()
    if unit.kind == "money" and unit.code and form.isalpha() and form.islower() and len(form) > 2 and form[-1] != "s"
)
"""Currencies that have no plural: yen, baht, rupiah."""

_BELOW = alternation((*_WHOLE, *SINGULAR), r"[\s-]+")
PER = re.compile(
    rf"(?:\s+|-)(?:per(?:\s+|-)(?P<unit>{_BELOW}|(?-i:kg|km2|km|m2|m3|ha|L|t))"
    rf"|an?(?:\s+|-)(?P<time>{alternation(SINGULAR)}))(?![A-Za-z0-9-])(?!\s+(?:ago|earlier|later|before|after))",
    re.IGNORECASE,
)
"""What a measure is counted for: 'per hectare' of '3 tonnes per hectare', 'a second' of '40 litres a second'."""

_POWERS = str.maketrans("−²³", "-23")


def unit_of(text: str, dollar: str) -> Unit | None:
    """The unit of a form after the number."""
    form = " ".join(text.strip(" -\t\n").replace("-", " ").split())
    found = UNITS.get(form) or UNITS.get(text.strip()) or _LOWER.get(squeeze(form)) or _LOWER.get(squeeze(text))
    if found is None:
        found = UNITS.get(text.strip(" -")) or _LOWER.get(squeeze(text.strip(" -")))
    if found is None and re.fullmatch(_COMPOUND, text.strip()):
        parts = (re.fullmatch(r"([A-Za-z]+)\^?(.*)", part) for part in text.strip().split("/"))
        code = "/".join(_FACTOR[part[1]] + part[2].translate(_POWERS) for part in parts if part)
        return Unit("measure", code)
    if found is None and (named := form.lower().split()) and named[0] in FILLERS:
        return UNITS.get(named[-1])  # Three more weeks.
    if found is not None and found.kind == "money" and squeeze(form) in ("dollar", "dollars", "bucks"):
        return Unit("money", dollar)
    return found


def currency_of(text: str, dollar: str) -> Unit:
    """The unit of a form before the number."""
    form = "".join(text.split())
    return Unit("money", dollar) if form == "$" else BEFORE.get(form, Unit("money", None))


def rate(unit: Unit, match: re.Match[str]) -> Unit | None:
    """The unit of a measure for a match of PER: L/s; None where the two make no unit."""
    below = unit_of(match["unit"] or match["time"], "")
    if unit.kind != "measure" or not unit.code or "/" in unit.code or below is None or below.factor != 1:
        return None
    return Unit("measure", f"{unit.code}/{below.code}") if below.kind in ("measure", "duration") else None
