"""Quantities that are said in two units are one: 5 feet 3 inches, two hours and ten minutes, 3 dollars and 20 cents."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from fractions import Fraction

from stages.numbers.quantity import Quantity, Reading

_STEPS = {
    ("[ft_i]", "[in_i]"): 12, ("[yd_i]", "[ft_i]"): 3, ("[mi_i]", "[yd_i]"): 1760, ("[mi_i]", "[ft_i]"): 5280,
    ("km", "m"): 1000, ("m", "cm"): 100, ("cm", "mm"): 10, ("kg", "g"): 1000, ("[lb_av]", "[oz_av]"): 16,
    ("[stone_av]", "[lb_av]"): 14, ("deg", "'"): 60, ("'", "''"): 60,
    ("a", "mo"): 12, ("wk", "d"): 7, ("d", "h"): 24, ("h", "min"): 60, ("min", "s"): 60,
}  # fmt: skip
"""How many of the second UCUM unit make one of the first."""
_CENTS = re.compile(r"(?:cents?|pence|p|kopecks?|kopeks?|paise|centavos|centimes)$", re.IGNORECASE)
_GAP = re.compile(r"\s*(?:,\s*)?(?:and\s+)?|-")
_BY = re.compile(r"\s?[x×]\s?|(?:\s+|-)by(?:\s+|-)", re.IGNORECASE)
_CLOSE = re.compile(r"\s+|-")


def join(found: Sequence[Quantity], reading: Reading) -> list[Quantity]:
    """The quantities, those joined that say one value in a larger and a smaller unit."""
    joined: list[Quantity] = []
    smallest: str | None = None
    size = Fraction(1)
    for item in found:
        step = _step(joined[-1], smallest, item, reading) if joined else None
        if step is None:
            joined.append(item)
            smallest, size = item.unit, Fraction(1)
            continue
        size /= step
        whole = joined[-1]
        whole.value += item.value * size
        whole.end, smallest = item.end, item.unit
        if item.comparator != "=":
            whole.comparator = item.comparator
    for item, after in itertools.pairwise(joined):
        # A room of 10 by 12 feet.
        if item.kind == "count" and after.kind == "measure" and _BY.fullmatch(reading.clean[item.end : after.start]):
            item.kind, item.unit = after.kind, after.unit
    return joined


def _step(whole: Quantity, smallest: str | None, item: Quantity, reading: Reading) -> int | None:
    """How many of the item's unit make one of the unit before it; None where the two are no one quantity."""
    gap = reading.clean[whole.end : item.start]
    if whole.upper is not None or item.upper is not None or not item.value > 0 or whole.value <= 0:
        return None
    if whole.comparator not in ("=", item.comparator) and item.comparator != "=":
        return None
    if whole.kind == item.kind == "money" and whole.unit and item.unit is None and smallest == whole.unit:
        cents = _CENTS.search(reading.clean[item.start : item.end])
        return 100 if cents and item.value < 100 and _GAP.fullmatch(gap) and whole.value.denominator == 1 else None
    if smallest == "[ft_i]" and item.kind == "count" and item.value < 12:
        last = reading.place(item.start, item.end)[1]
        after = reading.at(last + 1)
        return 12 if _CLOSE.fullmatch(gap) and (after is None or after.pos not in ("NOUN", "PROPN")) else None
    step = _STEPS.get((smallest or "", item.unit or ""))
    # Two years and six months are said as two durations, 2 hours 30 minutes as one.
    between = _CLOSE if item.kind == "duration" else _GAP
    return step if step and item.value < step and between.fullmatch(gap) else None
