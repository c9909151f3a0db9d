"""The rows of two versions of a table, matched by primary key: which were added, removed or changed, and in what cells.

The keys of the old version and a hash of each of its rows are held in memory, and no more: cells are read again where
hashes differ. Columns that only one version has belong to the contract (`contract`) and are not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stages.core.tables import TableError
from stages.releases.cells import Hashes, document_of
from stages.releases.contract import Contract

_ROWS = 8192
"""The most rows whose cells are held at a time."""
_KEYS = 1_000_000
"""How many keys are looked for at a time."""

Cell = tuple[str | None, bool]
"""The text of a cell, null for none, and whether it is known."""

Places = np.ndarray[tuple[int], np.dtype[np.int64]]


class Side(Protocol):
    """A version of a table: of its rows at least the keys and the hashes of all cells."""

    @property
    def contract(self) -> Contract:
        """What the table promises."""

    @property
    def rows(self) -> int:
        """The number of rows."""

    @property
    def digest(self) -> str:
        """The same only where the files are."""

    def pieces(self, columns: Sequence[str]) -> Iterator[tuple[pa.Array, Hashes]]:
        """The keys of all rows, with the hash of each row by some columns."""

    def take(self, places: Places, columns: Sequence[str]) -> tuple[dict[str, Hashes], dict[str, list[Cell]]]:
        """Of some rows the hashes and the texts of cells."""


class Change(NamedTuple):
    """A row that was added or removed, or a cell that changed."""

    table: str
    key: str
    document: str | None
    change: str
    column: str | None
    old: Cell
    new: Cell
    cause: str


@dataclass
class Example:
    """A row to show: its key and some of its cells, old and new."""

    key: str
    cells: dict[str, tuple[Cell, Cell]]
    cause: str


@dataclass
class TableDiff:
    """What changed in one table."""

    table: str
    old_rows: int
    new_rows: int
    added: int = 0
    removed: int = 0
    changed: int = 0
    columns: Counter[str] = field(default_factory=Counter)
    """Rows by the column that changed in them."""
    causes: Counter[str] = field(default_factory=Counter)
    """Added, removed and changed rows by their cause."""
    examples: dict[str, list[Example]] = field(default_factory=dict)
    note: str | None = None

    @property
    def touched(self) -> int:
        """Rows that are not as they were."""
        return self.added + self.removed + self.changed


KINDS = ("texts", "corrections", "code", "lexicons", "model", "params", "packages", "platform", "schemas", "unknown")
"""The causes there are, in the order in which a mixture of them is named."""
_MIXED = " | "


def mixture(causes: Iterable[str]) -> str:
    """Several causes, or mixtures of them, as one."""
    found = {kind for cause in causes for kind in cause.split(_MIXED)}
    return _MIXED.join(kind for kind in KINDS if kind in found)


class Why(Protocol):
    """Says the cause of a change."""

    def __call__(self, table: str, document: str | None, key: str, column: str | None = None) -> str:
        """By table, document and key of the row, and the column that changed in it."""


def unknown(table: str, document: str | None, key: str, column: str | None = None) -> str:
    """For those who do not ask why."""
    return "unknown"


NOWHERE: Cell = (None, True)


def compare(old: Side | None, new: Side | None, found: TableDiff, why: Why, examples: int = 0) -> Iterator[Change]:
    """The changes of a table; what they add up to is counted in `found`.

    Args:
        old: the earlier version; none where the table is new.
        new: the later one; none where the table is gone.
        found: gets the counts and examples.
        why: says the cause of a change.
        examples: how many rows of each kind of change are kept to be shown.

    Raises:
        TableError: where a key occurs twice.
    """
    if old is None and new is None:
        return
    if old and new and old.digest == new.digest and old.contract.names == new.contract.names:
        return
    if any(side is not None and not side.contract.primary_key for side in (old, new)):
        found.note = "rows not compared: the primary key is not known"
        return
    names = [side.contract.names for side in (old, new) if side]
    shared = [name for name in names[0] if name in names[-1]]
    rows = _Rows(old, new, shared, found, why, examples)
    keys, hashes = _whole(old, shared)
    if len(pc.unique(keys)) < len(keys):
        raise TableError(f"{found.table}: a primary key occurs twice in the earlier version")
    seen = np.zeros(len(keys), dtype=bool)
    first = 0
    for fresh, fresh_hashes in _gathered(new.pieces(shared)) if new else ():
        places = pc.index_in(fresh, value_set=keys).fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        there = places >= 0
        known = places[there]
        if seen[known].any() or len(np.unique(known)) < len(known):
            raise TableError(f"{found.table}: a primary key occurs twice in the later version")
        seen[known] = True
        differ = ~there
        differ[there] = hashes[known] != fresh_hashes[there]
        for at in _runs(np.flatnonzero(differ)):
            yield from rows.of(fresh.take(pa.array(at)).to_pylist(), places[at], first + at)
        first += len(fresh)
    for at in _runs(np.flatnonzero(~seen)):
        yield from rows.of(keys.take(pa.array(at)).to_pylist(), at, np.full(len(at), -1, dtype=np.int64))


def _whole(side: Side | None, columns: Sequence[str]) -> tuple[pa.Array, Hashes]:
    return _joined(list(side.pieces(columns)) if side else [])


def _gathered(pieces: Iterator[tuple[pa.Array, Hashes]]) -> Iterator[tuple[pa.Array, Hashes]]:
    """Larger pieces: each look for keys among those of the earlier version makes an index of all of these."""
    held: list[tuple[pa.Array, Hashes]] = []
    for piece in pieces:
        held.append(piece)
        if sum(len(keys) for keys, _ in held) >= _KEYS:
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _joined(pieces: list[tuple[pa.Array, Hashes]]) -> tuple[pa.Array, Hashes]:
    keys = pa.chunked_array([keys for keys, _ in pieces], pa.large_string()).combine_chunks()
    return keys, np.concatenate([np.zeros(0, dtype=np.uint64), *(hashes for _, hashes in pieces)])


def _runs(places: Places) -> Iterator[Places]:
    for at in range(0, len(places), _ROWS):
        yield places[at : at + _ROWS]


@dataclass
class _Rows:
    """Turns rows that differ into changes, and counts them."""

    old: Side | None
    new: Side | None
    columns: Sequence[str]
    found: TableDiff
    why: Why
    examples: int

    def of(self, keys: list[str], old: Places, new: Places) -> Iterator[Change]:
        """The changes of some rows: their keys and their places in both versions, -1 where they are in one only."""
        wanted = {"added": ~(old >= 0), "removed": ~(new >= 0)}
        both = ~(wanted["added"] | wanted["removed"])
        before, after = self._cells(self.old, old[both], self.columns), self._cells(self.new, new[both], self.columns)
        number = 0
        for at, key in enumerate(keys):
            if not both[at]:
                kind = "added" if wanted["added"][at] else "removed"
                yield self._row(kind, key, int(new[at] if kind == "added" else old[at]))
                continue
            yield from self._changed(key, number, before, after)
            number += 1

    def _cells(
        self, side: Side | None, places: Places, columns: Sequence[str]
    ) -> tuple[dict[str, Hashes], dict[str, list[Cell]]]:
        return side.take(places, columns) if side and len(places) else ({}, {})

    def _row(self, kind: str, key: str, place: int) -> Change:
        side = self.new if kind == "added" else self.old
        assert side is not None
        document = document_of(key, side.contract.primary_key)
        cause = self.why(self.found.table, document, key)
        setattr(self.found, kind, getattr(self.found, kind) + 1)
        self.found.causes[cause] += 1
        if len(self.found.examples.setdefault(kind, [])) < self.examples:
            _, texts = side.take(np.array([place]), side.contract.names)
            cells = {name: cell[0] for name, cell in texts.items() if name not in side.contract.primary_key}
            shown = {
                name: (NOWHERE, cell) if kind == "added" else (cell, NOWHERE)
                for name, cell in cells.items()
                if cell[1] and cell[0] is not None
            }
            self.found.examples[kind].append(Example(key, shown, cause))
        return Change(self.found.table, key, document, kind, None, NOWHERE, NOWHERE, cause)

    def _changed(
        self,
        key: str,
        at: int,
        before: tuple[dict[str, Hashes], dict[str, list[Cell]]],
        after: tuple[dict[str, Hashes], dict[str, list[Cell]]],
    ) -> Iterator[Change]:
        assert self.new is not None
        document = document_of(key, self.new.contract.primary_key)
        columns = [name for name in self.columns if before[0][name][at] != after[0][name][at]]
        causes = {name: self.why(self.found.table, document, key, name) for name in columns}
        cells = {name: (before[1][name][at], after[1][name][at]) for name in columns}
        self.found.changed += 1
        self.found.causes[mixture(causes.values())] += 1
        self.found.columns.update(columns)
        shown = self.found.examples.setdefault("changed", [])
        if len(shown) < self.examples:
            shown.append(Example(key, cells, mixture(causes.values())))
        for name, (old, new) in cells.items():
            yield Change(self.found.table, key, document, "changed", name, old, new, causes[name])
