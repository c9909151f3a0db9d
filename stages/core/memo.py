"""The memo: tables of one partition under a key that names everything they depend on.

It lies beside DVC's cache, is safe to delete, and shared by all builds of a folder. An entry is one file: a line with
the hash of the header, the header (what tables, where, and the digest of each column) and the tables as Arrow streams.
Entries are written whole or not at all; one that does not match its checksums counts as missing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from stages.core.params import Block

_DIGEST = 16
_OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")


class Params(Block):
    """The memo of finished work. No table depends on it."""

    folder: str = Field(".cache", description="Where results are kept, relative to the folder of the command.")
    megabytes: int = Field(10_000, ge=1, description="Above this size the entries used longest ago are removed.")


def hexdigest(*parts: bytes | memoryview) -> str:
    """The hash of some bytes, each with its length."""
    found = hashlib.blake2b(digest_size=_DIGEST)
    for part in parts:
        found.update(len(part).to_bytes(8))
        found.update(part)
    return found.hexdigest()


def column_digest(column: pa.ChunkedArray) -> str:
    """The hash of the cells of a column, whatever its chunks and slices."""
    array = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    kind = array.type
    if pa.types.is_nested(kind) or pa.types.is_null(kind):
        return hexdigest(repr(kind).encode(), json.dumps(array.to_pylist(), default=str).encode())
    valid = np.packbits(np.asarray(array.is_valid())).tobytes()
    if pa.types.is_string(kind):
        filled = array.fill_null("")
        lengths = pc.binary_length(filled).to_numpy().tobytes()
        start, end = _ends(filled)
        return hexdigest(b"string", valid, lengths, memoryview(filled.buffers()[2] or b"")[start:end])
    if pa.types.is_date32(kind):
        array = array.cast(pa.int32())
    filled = array.fill_null(False if pa.types.is_boolean(kind) else 0)
    return hexdigest(str(kind).encode(), valid, np.ascontiguousarray(filled.to_numpy(zero_copy_only=False)).tobytes())


def _ends(array: pa.Array) -> tuple[int, int]:
    """Where the characters of a string array begin and end in their buffer."""
    if len(array) == 0:
        return 0, 0
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int32)
    return int(offsets[array.offset]), int(offsets[array.offset + len(array)])


def digests(table: pa.Table, columns: Iterable[str] | None = None) -> dict[str, str]:
    """The digest of each column."""
    return {name: column_digest(table[name]) for name in (columns or table.column_names)}


def stream(table: pa.Table) -> bytes:
    """A table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unstream(content: bytes | memoryview) -> pa.Table:
    """The table of an Arrow stream."""
    return pa.ipc.open_stream(pa.py_buffer(content)).read_all()


def encode(tables: Mapping[str, pa.Table]) -> bytes:
    """The file of an entry."""
    bodies = [stream(table) for table in tables.values()]
    places: dict[str, Any] = {}
    at = 0
    for (name, table), body in zip(tables.items(), bodies, strict=True):
        places[name] = {
            "start": at,
            "end": at + len(body),
            "rows": table.num_rows,
            "hash": hexdigest(body),
            "columns": digests(table),
        }
        at += len(body)
    header = json.dumps(places, separators=(",", ":")).encode()
    return b"".join([hexdigest(header).encode(), b"\n", header, b"\n", *bodies])


class DamagedError(ValueError):
    """An entry that does not match its checksums."""


@dataclass(frozen=True)
class Entry:
    """The tables of a partition that one step made."""

    path: Path
    places: Mapping[str, Mapping[str, Any]]
    offset: int

    @property
    def digests(self) -> dict[str, Mapping[str, str]]:
        return {name: place["columns"] for name, place in self.places.items()}

    def rows(self, name: str) -> int:
        """The number of rows of a table."""
        return int(self.places[name]["rows"])

    def content(self, name: str) -> bytes:
        """A table as an Arrow stream.

        Raises:
            DamagedError: where the file has changed since it was written.
        """
        place = self.places[name]
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset + place["start"])
                body = file.read(place["end"] - place["start"])
        except OSError as error:
            raise DamagedError(f"{self.path}: {error.strerror}") from error
        if hexdigest(body) != place["hash"]:
            raise DamagedError(f"{self.path}: {name} is damaged")
        return body

    def table(self, name: str) -> pa.Table:
        """A table; raises DamagedError as `content`."""
        return unstream(self.content(name))


class Memo:
    """Entries by key, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, stage: str, key: str) -> Entry | None:
        """The entry of a key; none where it is missing or its header is damaged."""
        path = self._path(stage, key)
        try:
            with path.open("rb") as file:
                checksum, header = file.readline().rstrip(b"\n"), file.readline().rstrip(b"\n")
                offset = file.tell()
            os.utime(path)
        except OSError:
            return None
        if hexdigest(header).encode() != checksum:
            return None
        return Entry(path, json.loads(header), offset)

    def sound(self, entry: Entry) -> bool:
        """Whether all tables of an entry match their checksums."""
        try:
            return all(entry.content(name) is not None for name in entry.places)
        except DamagedError:
            return False

    def keep(self, stage: str, key: str, content: bytes) -> Entry:
        """Write an entry, as `encode` makes it."""
        path = self._path(stage, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        partial.write_bytes(content)
        partial.replace(path)
        found = self.find(stage, key)
        if found is None:
            raise DamagedError(f"{path}: cannot be read back; is the disk full?")
        return found

    def _path(self, stage: str, key: str) -> Path:
        return self.folder / stage / key[:2] / key

    def files(self) -> Iterator[tuple[str, Path, os.stat_result]]:
        """The entries of the folder: stage, path, and what the file system knows of each."""
        for stage in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            for path in sorted(stage.glob("??/*")):
                yield stage.name, path, path.stat()

    def prune(self, megabytes: int) -> tuple[int, int]:
        """Remove the entries used longest ago until the rest is small enough; returns entries and bytes removed."""
        found = sorted(self.files(), key=lambda file: (file[2].st_mtime_ns, file[1]))
        held, number, removed = sum(stat.st_size for _, _, stat in found), 0, 0
        for _, path, stat in found:
            if held - removed <= megabytes * 1_000_000:
                break
            path.unlink(missing_ok=True)
            number, removed = number + 1, removed + stat.st_size
        return number, removed
