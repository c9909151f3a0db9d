"""Rows of a table that lies in pieces: made as they are read, a piece at a time, as often as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from stages.core.parse import Row
from stages.core.tables import to_rows

Piece = Callable[[], pa.Table]


class Rows:
    """The rows of some pieces, one after the other; no more than one piece is in memory."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Rows:
        """Rows that are at hand."""
        table = pa.Table.from_pylist(list(rows))
        return cls([lambda: table])

    def __iter__(self) -> Iterator[Row]:
        for piece in self._pieces:
            yield from to_rows(piece())

    def groups(self, column: str) -> Iterator[Iterator[Row]]:
        """The rows with one value after the other in a column of strings, by that value; a null is no value."""
        held: dict[str, list[Piece]] = {}
        for piece in self._pieces:
            table = piece()
            for value in pc.unique(table[column]).to_pylist() if table.num_rows else ():
                held.setdefault(value, []).append(piece)
        for value in sorted(key for key in held if key is not None):
            yield self._having(held[value], column, value)

    @staticmethod
    def _having(pieces: Iterable[Piece], column: str, value: str) -> Iterator[Row]:
        for piece in pieces:
            table = piece()
            yield from to_rows(table.filter(pc.equal(table[column], value)))
