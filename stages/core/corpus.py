"""Corpora: folders of texts and files of records, read one input at a time.

A corpus is a folder of .txt files (recursively; a sources.csv beside them may describe them), one such file, or a
file of records with `id` and `text`: .jsonl, .jsonl.gz or .parquet.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

TEXTS = (".txt",)
RECORDS = (".jsonl", ".jsonl.gz", ".parquet")
SOURCES = "sources.csv"
SOURCES_COLUMNS = ("path", "title", "published", "publisher", "url", "licence")


class CorpusError(ValueError):
    """A corpus that cannot be read at all; the message says where and why."""


@dataclass(frozen=True)
class Fault:
    """Why an input cannot be read: a reason of the table rejects, and what was found."""

    reason: str
    detail: str


@dataclass(frozen=True)
class Item:
    """One input: the bytes of a file or the text of a record, with what its source says of it."""

    path: str
    """Relative to the corpus; of a record the file it stands in."""
    place: str
    """The same with the row of a record, path:row, counted from 1."""
    doc_id: str
    content: bytes | str
    meta: Mapping[str, Any] = field(default_factory=dict)
    fault: Fault | None = None


def read(source: Path) -> Iterator[Item]:
    """The inputs of a corpus in a fixed order: files by path, records by row. An id that comes again is a fault.

    Raises:
        CorpusError: where the corpus is missing, of an unknown kind, or its sources.csv cannot be used.
    """
    seen: dict[str, str] = {}
    for item in _items(source):
        if item.fault is None and item.doc_id in seen:
            detail = f"the id {item.doc_id!r} is already that of {seen[item.doc_id]}"
            yield Item(item.path, item.place, item.doc_id, "", fault=Fault("duplicate_id", detail))
        else:
            if item.fault is None:
                seen[item.doc_id] = item.place
            yield item


def _items(source: Path) -> Iterator[Item]:
    if source.is_dir():
        yield from _folder(source)
    elif not source.is_file():
        raise CorpusError(f"{source}: no such file or folder")
    elif source.suffix in TEXTS:
        yield _text(source, source.name, {})
    elif source.name.endswith(RECORDS):
        yield from _records(source, source.name)
    else:
        raise CorpusError(f"{source}: not a folder and not one of {', '.join(TEXTS + RECORDS)}")


def _folder(folder: Path) -> Iterator[Item]:
    described = _sources(folder / SOURCES)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    known = {path for path in files if path.endswith(TEXTS + RECORDS)}
    if lost := sorted(set(described) - known):
        raise CorpusError(f"{folder / SOURCES}: describes {lost[0]!r}, and there is no such text in {folder}")
    if not known:
        raise CorpusError(f"{folder}: no text in it (looked for {', '.join(TEXTS + RECORDS)})")
    for path in sorted(known):
        if path.endswith(TEXTS):
            yield _text(files[path], path, described.get(path, {}))
        else:
            yield from _records(files[path], path)


def _text(file: Path, path: str, meta: Mapping[str, Any]) -> Item:
    doc_id = path[: -len(file.suffix)]
    try:
        return Item(path, path, doc_id, file.read_bytes(), meta)
    except OSError as error:
        return Item(path, path, doc_id, b"", meta, Fault("undecodable", f"cannot be read: {error.strerror}"))


def _sources(file: Path) -> dict[str, dict[str, str]]:
    if not file.exists():
        return {}
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        columns = reader.fieldnames or []
        if unknown := [column for column in columns if column not in SOURCES_COLUMNS]:
            raise CorpusError(f"{file}: unknown column {unknown[0]!r}; known: {', '.join(SOURCES_COLUMNS)}")
        if "path" not in columns:
            raise CorpusError(f"{file}: the column path is missing")
        rows = list(reader)
    return {row["path"]: {key: value for key, value in row.items() if value and key != "path"} for row in rows}


def _records(file: Path, path: str) -> Iterator[Item]:
    rows = _parquet(file) if file.suffix == ".parquet" else _json_lines(file)
    for number, row in enumerate(rows, start=1):
        place = f"{path}:{number}"
        if isinstance(row, Fault):
            yield Item(path, place, "", "", fault=row)
        elif row is not None:
            yield _record(path, place, row)


def _record(path: str, place: str, row: Mapping[str, Any]) -> Item:
    identifier, text = row.get("id"), row.get("text")
    if identifier is None or not str(identifier).strip():
        return Item(path, place, "", "", fault=Fault("no_id", "the record has no id"))
    if not isinstance(text, str):
        return Item(path, place, "", "", fault=Fault("no_text", f"the record {identifier!r} has no text"))
    meta = {key: value for key, value in row.items() if key not in ("id", "text") and value is not None}
    return Item(path, place, str(identifier).strip(), text, meta)


def _json_lines(file: Path) -> Iterator[Mapping[str, Any] | Fault | None]:
    """One record a line; None for a blank line, so that rows keep their numbers."""
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
        lines = iter(stream)
        while True:
            try:
                line = next(lines, None)
            except (OSError, EOFError) as error:
                yield Fault("broken_record", f"the file cannot be read on: {error}")
                return
            if line is None:
                return
            yield _json(line)


def _json(line: bytes) -> Mapping[str, Any] | Fault | None:
    if not line.strip():
        return None
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        return Fault("broken_record", f"not JSON: {error}")
    return row if isinstance(row, dict) else Fault("broken_record", "not a JSON object")


def _parquet(file: Path) -> Iterator[Mapping[str, Any]]:
    try:
        table = pq.ParquetFile(file)
    except (pa.ArrowException, OSError) as error:
        raise CorpusError(f"{file}: no readable Parquet file: {error}") from error
    for batch in table.iter_batches(batch_size=1024):
        yield from batch.to_pylist()
