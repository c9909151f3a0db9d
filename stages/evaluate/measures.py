"""What the layers share: rows as cells of text, spans, one-to-one pairing, F1 and shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

DECIMALS = 4
"""Figures are rounded to so many places."""

Span = tuple[int, int]
"""The first character, and the one after the last."""

Figures = dict[str, Any]
"""Figures by name, as metrics.json has them."""


class Cells(dict[str, str]):
    """A row with its cells as text, the way gold annotation has them; one that is missing or null is ""."""

    def __missing__(self, name: str) -> str:
        return ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Cells:
        """The cells of a row of a table, or of gold annotation."""
        return cls({name: _cell(value) for name, value in row.items()})

    @property
    def span(self) -> Span:
        """Where the row stands in the text."""
        return _offset(self["start"]), _offset(self["end"])

    def part(self, name: str) -> Span | None:
        """Where a part of the row stands (`source`, `cue`); None where it has none."""
        start, end = self[f"{name}_start"], self[f"{name}_end"]
        return (_offset(start), _offset(end)) if start and end else None

    def several(self, name: str) -> set[str]:
        """The values of a cell that may have several."""
        return {value.strip() for value in self[name].split("|") if value.strip()}

    def true(self, name: str) -> bool:
        """Whether a boolean cell is true."""
        return self[name].lower() in ("true", "1")


@dataclass(frozen=True)
class Text:
    """An annotated text: its rows by layer, and by table."""

    gold: Mapping[str, Sequence[Cells]]
    predicted: Mapping[str, Sequence[Cells]]


@dataclass
class F1:
    """Counts of what was found among what there is."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    def add(self, right: int, predicted: int, gold: int) -> None:
        """Count more."""
        self.right += right
        self.predicted += predicted
        self.gold += gold

    def figures(self) -> Figures:
        """F1 with its precision, its recall, and what they were measured on."""
        precision, recall = divided(self.right, self.predicted), divided(self.right, self.gold)
        return {**harmonic(precision, recall), "predicted": self.predicted, "gold": self.gold}


@dataclass
class Share:
    """Counts of what is right."""

    right: int = 0
    of: int = 0

    def add(self, right: bool) -> None:
        """Count one more."""
        self.right += right
        self.of += 1

    def figures(self) -> Figures:
        """The share, and of how many."""
        return {"share": rounded(divided(self.right, self.of)), "of": self.of}


def divided(part: float, whole: float) -> float | None:
    """The quotient; None where there is nothing to divide by."""
    return part / whole if whole else None


def harmonic(precision: float | None, recall: float | None) -> Figures:
    """F1 with precision and recall. Of nothing predicted where there was something to find, F1 is 0."""
    if precision is None and recall is None:
        f1 = None
    elif precision and recall:
        f1 = 2 * precision * recall / (precision + recall)
    else:
        f1 = 0.0
    return {"f1": rounded(f1), "precision": rounded(precision), "recall": rounded(recall)}


def rounded(figure: float | None) -> float | None:
    """The figure as it is written."""
    return None if figure is None else round(figure, DECIMALS)


def overlap(a: Span | None, b: Span | None) -> int:
    """How many characters two spans share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0])) if a and b else 0


def same(predicted: str, gold: str) -> bool:
    """Whether two cells have the same value, numbers compared as numbers."""
    try:
        found, wanted = float(predicted), float(gold)
    except ValueError:
        return predicted == gold
    return abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))


def pair(
    gold: Sequence[Cells],
    predicted: Sequence[Cells],
    likeness: Callable[[Cells, Cells], tuple[float, ...] | None],
) -> list[tuple[Cells, Cells]]:
    """Pair rows of the gold with predicted ones, one-to-one: the most alike first, at a tie the first of the text.

    Args:
        gold: rows of the gold.
        predicted: rows of the table.
        likeness: how alike two rows are, the more the greater; None where they must not be paired.

    Returns:
        Pairs of a gold and a predicted row, the most alike first.
    """
    candidates = [
        ([-degree for degree in degrees], i, j)
        for i, wanted in enumerate(gold)
        for j, found in enumerate(predicted)
        if (degrees := likeness(wanted, found)) is not None
    ]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(candidates):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return [(gold[i], predicted[j]) for i, j in pairs.items()]


def _offset(cell: str) -> int:
    return int(float(cell))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
