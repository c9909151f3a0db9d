"""What stands before and after a number: currencies (ISO 4217), measures (UCUM), units of time (UCUM)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stages.core import lexicon
from stages.core.lexicon import words
from stages.numbers.vocabulary import TIME_UNITS, alternation, squeeze


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
_SYMBOLS: list[str] = []

for _row in lexicon.load("numbers_measures"):
    for _form in words(_row["form"]):
        UNITS[_form] = Unit("percent" if _row["ucum"] in ("%", "[bp]") else "measure", _row["ucum"])
        if _row["place"] == "symbol":
            _SYMBOLS.append(_form)
for _row in lexicon.load("numbers_currencies"):
    for _form in words(_row["form"]):
        _unit = Unit("money", _row["code"] or None)
        if _row["place"] != "before":
            UNITS[_form] = _unit
        if _row["place"] != "after":
            BEFORE[_form] = _unit
for _form, _time in TIME_UNITS.items():
    if _time.ucum:
        UNITS[_form] = Unit("duration", _time.ucum, _time.factor)

_LOWER = {form.lower(): unit for form, unit in reversed(list(UNITS.items()))}


def _forms(forms: list[str]) -> str:
    """Longest first; forms in which capitals count match as they are written."""
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    escaped = [(form, re.escape(form).replace(r"\ ", r"[\s-]+").replace(r"\$", r"\s?\$")) for form in ordered]
    return "|".join(f"(?-i:{pattern})" if _symbol(form) else pattern for form, pattern in escaped)


_PLAIN = [form for form in UNITS if form not in _SYMBOLS]
_AFTER_SYMBOL = r"(?=\s*(?:[.,;:)\]\"]|$|-|thick|wide|long|high|tall|deep|away|of\b))"

_FACTOR = {form: unit.code or "" for form, unit in UNITS.items() if unit.kind == "measure" and _symbol(form)}
_FACTOR = {form: code for form, code in _FACTOR.items() if form.isalpha() and len(form) <= 4}
_FACTOR |= {form: time.ucum for form, time in TIME_UNITS.items() if time.ucum and time.factor == 1}
_FACTOR |= {"s": "s", "h": "h", "d": "d"}
_PART = rf"(?-i:{alternation(_FACTOR)})(?:\^?[-−]?[1-3](?!\d)|[²³])?"
_COMPOUND = rf"{_PART}(?:/{_PART})+"

UNIT = (
    rf"(?<=\d)\s?{_COMPOUND}(?![A-Za-z0-9])|(?:\s?-\s?|\s*)(?:{_forms(_PLAIN)})(?![A-Za-z0-9])"
    rf"|(?<=\d)(?:{_forms(_SYMBOLS)})(?![A-Za-z0-9'])|(?<=\d)\s(?:{_forms(_SYMBOLS)})(?![A-Za-z0-9']){_AFTER_SYMBOL}"
)
"""A unit after its number, with the space or hyphen before it."""

CURRENCY = f"(?:{_forms(list(BEFORE))})"
"""A currency before its number."""


_POWERS = str.maketrans("−²³", "-23")


def unit_of(text: str, dollar: str) -> Unit | None:
    """The unit of a form after the number."""
    form = " ".join(text.strip(" -\t\n").replace("-", " ").split())
    found = UNITS.get(form) or UNITS.get(text.strip()) or _LOWER.get(squeeze(form)) or _LOWER.get(squeeze(text))
    if found is None and re.fullmatch(_COMPOUND, text.strip()):
        parts = (re.fullmatch(r"([A-Za-z]+)\^?(.*)", part) for part in text.strip().split("/"))
        code = "/".join(_FACTOR[part[1]] + part[2].translate(_POWERS) for part in parts if part)
        return Unit("measure", code)
    if found is not None and found.kind == "money" and squeeze(form) in ("dollar", "dollars", "bucks"):
        return Unit("money", dollar)
    return found


def currency_of(text: str, dollar: str) -> Unit:
    """The unit of a form before the number."""
    form = "".join(text.split())
    return Unit("money", dollar) if form == "$" else BEFORE.get(form, Unit("money", None))
