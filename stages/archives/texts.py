"""Texts by document, in a temporary database: those of a package, or somebody's own copies of them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from stages.core import corpus, tables
from stages.core.schema import schema
from stages.documents import cell_of
from stages.documents.decoding import RejectError, decode

META = ("title", "byline")
"""What is also known from the metadata of a source."""


class Texts:
    """Texts that need not fit into memory. One is at hand at a time, as tables are sorted by document."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")  # a file that goes with the connection
        self._database.execute("CREATE TABLE texts (sha256 TEXT, doc_id TEXT, text BLOB, title TEXT, byline TEXT)")
        self._rows: dict[str, int] = {}
        self._held: tuple[str, str] | None = None

    def __enter__(self) -> Texts:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._database.close()

    def read_table(self, path: Path) -> None:
        """Take the texts of the table documents."""
        for group in tables.scan(path, schema("documents"), ["doc_id", "text"]):
            for doc_id, text in zip(group["doc_id"].to_pylist(), group["text"].to_pylist(), strict=True):
                self._rows[doc_id] = self._add("", doc_id, text, {})

    def read_copies(self, source: str | Path, columns: Mapping[str, str], wanted: frozenset[str]) -> set[str]:
        """Take the texts of a corpus whose content has one of the wanted hashes; returns the ids of all its texts.

        Raises:
            CorpusError: where it cannot be read.
        """
        ids: set[str] = set()
        for item in corpus.read(source, columns):
            if item.fault:
                continue
            ids.add(item.doc_id)
            raw = item.content if isinstance(item.content, bytes) else item.content.encode(errors="surrogatepass")
            sha256 = hashlib.sha256(raw).hexdigest()
            if sha256 not in wanted:
                continue
            try:
                decoded = decode(item)
            except RejectError:
                continue
            meta = {**decoded.meta, **item.meta}
            self._add(sha256, item.doc_id, decoded.text, {name: cell_of(meta, name) for name in META})
        self._database.execute("CREATE INDEX by_hash ON texts (sha256, doc_id)")
        return ids

    def assign(self, doc_id: str, sha256: str) -> bool:
        """Find the copy of a document: of those with its hash the one with its id, else any. Whether there is one."""
        found = self._database.execute(
            "SELECT rowid FROM texts WHERE sha256 = ? ORDER BY doc_id = ? DESC, doc_id LIMIT 1", (sha256, doc_id)
        ).fetchone()
        if found:
            self._rows[doc_id] = found[0]
        return found is not None

    def all(self) -> Iterator[tuple[str, str]]:
        """The texts of a table, in its order."""
        for doc_id, content in self._database.execute("SELECT doc_id, text FROM texts ORDER BY rowid"):
            yield doc_id, content.decode()

    def text(self, doc_id: str) -> str:
        """The text of a document; nothing where there is none, as of one that a release removed."""
        if doc_id not in self._rows:
            return ""
        if self._held is None or self._held[0] != doc_id:
            content: bytes = self._cell(doc_id, "text")
            self._held = doc_id, content.decode()
        return self._held[1]

    def meta(self, doc_id: str, name: str) -> str | None:
        """What the metadata of a copy says: its title or byline."""
        found: str | None = self._cell(doc_id, name)
        return found

    def _cell(self, doc_id: str, column: str) -> Any:
        query = f"SELECT {column} FROM texts WHERE rowid = ?"
        return self._database.execute(query, (self._rows[doc_id],)).fetchone()[0]

    def _add(self, sha256: str, doc_id: str, text: str, meta: Mapping[str, str | None]) -> int:
        # As bytes: SQLite's own text may end at a NUL.
        cells = (sha256, doc_id, text.encode(), *(meta.get(name) for name in META))
        row = self._database.execute("INSERT INTO texts VALUES (?, ?, ?, ?, ?)", cells).lastrowid
        assert row is not None
        return row
