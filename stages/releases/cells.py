"""Cells as text and as hashes, so that rows can be compared without their bytes, and known again without their values.

A cell's text is that of the CSV file. Its hash is BLAKE2b of this text in UTF-8, with 64 bits, and 0 for null. The hash
of a row is that of the hashes of its cells, little-endian, in the order of the names of the columns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Hashes = np.ndarray[Any, np.dtype[np.uint64]]

_SPAN = re.compile(r"(.*):\d+-\d+(?:#\d+)?", re.DOTALL)


def texts(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Cells as the text of the CSV file."""
    found = pc.cast(column, pa.large_string())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def hash_of(text: str) -> int:
    """The hash of a cell by its text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def hashes(column: pa.Array) -> Hashes:
    """The hash of each cell, from its text; equal cells are hashed once."""
    encoded = column.dictionary_encode()
    known = np.array([0, *map(hash_of, encoded.dictionary.to_pylist())], dtype=np.uint64)
    places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    found: Hashes = known[places + 1]
    return found


def row_hashes(columns: Mapping[str, Hashes], rows: int) -> Hashes:
    """The hash of each row from those of its cells."""
    if not columns:
        return np.zeros(rows, dtype=np.uint64)
    matrix = np.stack([columns[name] for name in sorted(columns)], axis=1).astype("<u8")
    content, width = matrix.tobytes(), matrix.shape[1] * 8
    digests = b"".join(
        blake2b(content[at : at + width], digest_size=8).digest() for at in range(0, len(content), width)
    )
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def keys(columns: Sequence[pa.ChunkedArray | pa.Array]) -> pa.Array:
    """The primary key of each row as one text: the cell itself, or a JSON array of several cells."""
    if len(columns) == 1:
        return texts(columns[0])
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return pa.array(
        [json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str) for row in rows], pa.large_string()
    )


def document_of(key: str, primary_key: Sequence[str]) -> str | None:
    """The document that a row belongs to, by its key; none where the key names no place in a document."""
    first = str(json.loads(key)[0]) if len(primary_key) > 1 else key
    if primary_key[0] == "doc_id":
        return first
    match = _SPAN.fullmatch(first)
    return match[1] if match else None
