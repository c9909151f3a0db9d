"""Tables read side by side, one partition of documents after the other, in bounded memory.

Every table of documents is sorted by document, so one pass over all of them at once finds the rows of each partition.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from stages.core import partitions, tables
from stages.core.schema import Schema, schema


@dataclass(frozen=True)
class Range:
    """A partition: its first and last document, and how many there are."""

    first: str
    last: str
    documents: int


@dataclass(frozen=True)
class _Document:
    doc_id: str
    characters: int


def ranges(documents: Path, params: partitions.Params) -> list[Range]:
    """The partitions of the documents in a table."""

    def pieces() -> Iterator[_Document]:
        for group in tables.scan(documents, schema("documents"), ["doc_id", "characters"]):
            ids, characters = group["doc_id"].to_pylist(), group["characters"].to_pylist()
            yield from map(_Document, ids, characters)

    return [Range(cut[0].doc_id, cut[-1].doc_id, len(cut)) for cut in partitions.cut(pieces(), params)]


class Cursor:
    """Reads a table by document, from its beginning to its end, once.

    Args:
        path: the Parquet file, or the folder of its parts.
        known: the schema of the table.
        columns: those to read; the one that names the document is added.
    """

    def __init__(self, path: Path, known: Schema, columns: Sequence[str]) -> None:
        self._known = known
        key = "doc_id" if "doc_id" in known.names else known.primary_key[0]
        wanted = {*columns, key}
        self._columns = [name for name in known.names if name in wanted]
        self._groups = tables.scan(path, known, self._columns)
        self._held: pa.Table | None = None
        self._documents: list[str] = []
        self._at = 0

    def until(self, last: str) -> pa.Table:
        """The rows, from where the cursor stands, of documents up to `last`."""
        found: list[pa.Table] = []
        while True:
            if self._held is None or self._at == len(self._documents):
                self._held = next(self._groups, None)
                if self._held is None:
                    break
                self._documents, self._at = tables.documents_of(self._held, self._known), 0
            end = bisect_right(self._documents, last, lo=self._at)
            if end > self._at:
                found.append(self._held.slice(self._at, end - self._at))
                self._at = end
            if end < len(self._documents):
                break
        arrow = self._known.arrow()
        empty = pa.schema([arrow.field(name) for name in self._columns]).empty_table()
        return pa.concat_tables(found) if found else empty
