"""A quantity while it is read."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from stages.core.parse import Sentence


@dataclass(eq=False)
class Quantity:
    """A quantity and what it is a quantity of."""

    start: int
    end: int
    sentence: Sentence
    kind: str
    value: Fraction
    """Exact; the lower end of a range."""
    upper: Fraction | None = None
    comparator: str = "="
    unit: str | None = None
    noun: tuple[int, int] | None = None
    """Start and end of the noun phrase."""
    role: str | None = None
    change: Quantity | None = None
    """The first quantity of the change that this one is part of."""
