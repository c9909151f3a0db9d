"""Cells that somebody corrected by hand, or no longer does: what the tables `corrections` of two versions say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stages.core import corrections
from stages.core.schema import schemas
from stages.releases.compare import NOWHERE, Cell, Side

_SAYS = ("value", "reason")


@dataclass(frozen=True)
class Corrected:
    """A cell whose line in corrections.csv was added, changed or removed."""

    table: str
    key: str
    """Of the row, as corrections have it."""
    column: str
    how: str
    """Added, changed or removed."""
    value: Cell
    reason: Cell

    @property
    def document(self) -> str | None:
        """The document of the row; none where the row belongs to the corpus."""
        known = schemas().get(self.table)
        return corrections.document_of(known, self.key) if known else None


def moved(old: Side | None, new: Side | None) -> list[Corrected]:
    """The cells that two versions do not correct alike, with what the later version that corrects them says."""
    before, after = _lines(old), _lines(new)
    found = []
    for key in sorted({*before, *after}):
        a, b = before.get(key), after.get(key)
        if a and b and a[0] == b[0]:
            continue
        how = "changed" if a and b else "added" if b else "removed"
        _, said = b or a or (0, {})
        table, row, column = json.loads(key)
        found.append(Corrected(table, row, column, how, said.get("value", NOWHERE), said.get("reason", NOWHERE)))
    return found


def _lines(side: Side | None) -> dict[str, tuple[int, Mapping[str, Cell]]]:
    """By key: the hash of the value, and what the line says."""
    if side is None or not side.rows or "value" not in side.contract.names:
        return {}
    keys = [key for piece, _ in side.pieces(["value"]) for key in piece.to_pylist()]
    hashes, texts = side.take(np.arange(side.rows), [name for name in _SAYS if name in side.contract.names])
    return {
        key: (int(hashes["value"][at]), {name: cells[at] for name, cells in texts.items()})
        for at, key in enumerate(keys)
    }
