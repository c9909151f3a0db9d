"""Tables walked together, some hundred documents at a time: what is held in memory is the rows of these.

All tables whose rows belong to documents are sorted by them, so what rows of a document say of each other is seen in
one range. Rows that are out of order come in some range all the same, each once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stages.core.schema import Schema
from stages.core.tables import natural

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Scan = Callable[[Sequence[str] | None], Iterator[pa.Table]]
"""The rows of a table in pieces: some columns, or all."""

_DOCUMENTS = 300

NOTHING, UNKNOWN = -1, -2
"""Instead of the place of a row: a null refers to nothing; what a key refers to is not in the range."""

_LIKE_A_SPAN = r":\p{Nd}+-\p{Nd}+(#\p{Nd}+)?$"


class Rows:
    """Consecutive rows of a table, with its columns as the checks read them."""

    def __init__(self, schema: Schema, table: pa.Table, first: int) -> None:
        self.schema = schema
        self.first = first
        """The number of the first row, counted from 1."""
        self.number: int = table.num_rows
        self._table = table
        self._arrays: dict[str, Any] = {}
        self._values: dict[str, list[Any]] = {}

    def array(self, name: str) -> Any:
        """A column as one Arrow array."""
        if name not in self._arrays:
            self._arrays[name] = self._table[name].combine_chunks()
        return self._arrays[name]

    def numbers(self, name: str) -> Numbers:
        """A column of integers; null is -1."""
        found: Numbers = self.array(name).fill_null(-1).to_numpy(zero_copy_only=False)
        return found

    def values(self, name: str) -> list[Any]:
        """A column as Python values."""
        if name not in self._values:
            self._values[name] = self.array(name).to_pylist()
        return self._values[name]

    @cached_property
    def spans(self) -> tuple[Mask, Numbers]:
        """Whether the id, the primary key, names the row's document and span; its number among ids of that span."""
        start, end = (self.array(name).cast(pa.string()) for name in ("start", "end"))
        expected = pc.binary_join_element_wise(self.array("doc_id"), ":", start, "-", end, "")
        ids = self.array(self.schema.primary_key[0])
        named: Mask = pc.equal(ids, expected).fill_null(False).to_numpy(zero_copy_only=False).copy()
        repeats = np.ones(self.number, np.int64)
        for at in np.flatnonzero(~named).tolist():
            stem, _, repeat = (ids[at].as_py() or "").rpartition("#")
            if stem == expected[at].as_py() and repeat.isdecimal() and len(repeat) < 18:
                named[at], repeats[at] = True, int(repeat)
        return named, repeats


@dataclass
class Range:
    """The rows of consecutive documents, table by table."""

    rows: dict[str, Rows]
    places: dict[tuple[str, str], Numbers] = field(default_factory=dict)
    """Where the rows stand that a foreign key refers to: in the range, or, in tables of no documents, in the table."""
    documents: dict[str, Numbers] = field(default_factory=dict)
    """The place of each row's document in the range."""

    @cached_property
    def texts(self) -> list[str]:
        """The texts of the documents; the last one, at place NOTHING, is empty."""
        return [*self.rows["documents"].values("text"), ""]

    def texts_of(self, name: str) -> list[str]:
        """The text of each row's document."""
        texts = self.texts
        return [texts[place] for place in np.maximum(self.documents[name], NOTHING).tolist()]


def of_documents(known: Mapping[str, Schema]) -> list[str]:
    """The tables whose rows belong to documents, each after those that it refers to."""
    found: list[str] = []
    for name, schema in known.items():
        first = {key.table for key in schema.foreign_keys if key.field == schema.primary_key[0]}
        if "doc_id" in schema.names or first & set(found):
            found.append(name)
    return found


def walk(scans: Mapping[str, Scan], known: Mapping[str, Schema]) -> Iterator[Range]:
    """All rows of the tables of documents, range by range.

    Args:
        scans: the tables that can be read, documents among them.
        known: all schemas.
    """
    cursors = {name: _Cursor(known[name], scans[name]) for name in of_documents(known) if name in scans}
    documents = cursors.pop("documents")
    # Ids of documents that look like ids of spans are sorted as such, and their rows are not: then all is one range.
    looks = (pc.match_substring_regex(ids["doc_id"], _LIKE_A_SPAN) for ids in scans["documents"](["doc_id"]))
    most = 1 << 62 if any(pc.any(mask).as_py() for mask in looks) else _DOCUMENTS
    while True:
        found = documents.take(None, most)
        border = found.values("doc_id")[-1] or "" if documents.more() else None
        yield Range({"documents": found, **{name: cursor.take(border) for name, cursor in cursors.items()}})
        if not documents.more():
            return


class _Cursor:
    """How far a table has been read."""

    def __init__(self, schema: Schema, scan: Scan) -> None:
        self._schema = schema
        self._pieces = scan(None)
        self._column = "doc_id" if "doc_id" in schema.names else schema.primary_key[0]
        self._held: pa.Table | None = None
        self._first = 1

    def more(self) -> bool:
        """Whether there are rows left."""
        while self._held is None or not self._held.num_rows:
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._held = piece
        return True

    def take(self, border: str | None, most: int = 1 << 62) -> Rows:
        """The next rows: those of documents up to the border; at most so many."""
        taken: list[pa.Table] = []
        number = 0
        while self.more():
            assert self._held is not None
            end = min(self._end(border), most - number)
            taken.append(self._held.slice(0, end))
            number += end
            self._held = self._held.slice(end)
            if self._held.num_rows:
                break
        table = pa.concat_tables(taken) if taken else self._schema.arrow().empty_table()
        rows = Rows(self._schema, table, self._first)
        self._first += number
        return rows

    def _end(self, border: str | None) -> int:
        assert self._held is not None
        if border is None:
            return int(self._held.num_rows)
        return bisect_right(range(self._held.num_rows), border, key=self._document)

    def _document(self, row: int) -> str:
        assert self._held is not None
        value = self._held[self._column][row].as_py() or ""
        return value if self._column == "doc_id" else natural(value)[0]
