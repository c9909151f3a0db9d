"""Corpora: folders of texts and files of records, read one input at a time.

A corpus is a folder (read recursively; a sources.csv in it may describe its files), a text (.txt, .md), a page (.html),
or a file of records with an id and a text: .jsonl, plain or as .gz or .zst, .csv or .parquet.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

Format = Literal["text", "html", "record"]

TEXTS: dict[str, Format] = {".txt": "text", ".md": "text", ".html": "html", ".htm": "html"}
RECORDS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".parquet")
SOURCES = "sources.csv"
SOURCES_COLUMNS = ("path", "title", "byline", "published", "publisher", "url", "licence", "language")
COLUMNS = {name: name for name in ("id", "text", *SOURCES_COLUMNS[1:])}
"""The columns of records: what they mean, and what they are called unless the params say otherwise."""
_MOST_CELL = 1 << 30


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
    format: Format = "text"
    meta: Mapping[str, Any] = field(default_factory=dict)
    fault: Fault | None = None


def read(source: Path, columns: Mapping[str, str] = COLUMNS) -> Iterator[Item]:
    """The inputs of a corpus in a fixed order: files by path, records by row. An id that comes again is a fault.

    Args:
        source: the corpus.
        columns: what the columns of records are called: id, text and those of sources.csv.

    Raises:
        CorpusError: where the corpus is missing, of an unknown kind, or its sources.csv cannot be used.
    """
    seen: dict[str, str] = {}
    for item in _items(source, columns):
        if item.fault is None and item.doc_id in seen:
            detail = f"the id {item.doc_id!r} is already that of {seen[item.doc_id]}"
            yield Item(item.path, item.place, item.doc_id, "", fault=Fault("duplicate_id", detail))
        else:
            if item.fault is None:
                seen[item.doc_id] = item.place
            yield item


def _items(source: Path, columns: Mapping[str, str]) -> Iterator[Item]:
    if source.is_dir():
        yield from _folder(source, columns)
    elif not source.is_file():
        raise CorpusError(f"{source}: no such file or folder")
    elif source.suffix in TEXTS:
        yield _text(source, source.name, {})
    elif source.name.endswith(RECORDS):
        yield from _records(source, source.name, columns)
    else:
        raise CorpusError(f"{source}: not a folder and not one of {', '.join((*TEXTS, *RECORDS))}")


def _folder(folder: Path, columns: Mapping[str, str]) -> Iterator[Item]:
    described = _sources(folder / SOURCES)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    known = {path for path in files if path.endswith((*TEXTS, *RECORDS)) and path != SOURCES}
    if lost := sorted(set(described) - known):
        raise CorpusError(f"{folder / SOURCES}: describes {lost[0]!r}, and there is no such text in {folder}")
    if not known:
        raise CorpusError(f"{folder}: no text in it (looked for {', '.join((*TEXTS, *RECORDS))})")
    for path in sorted(known):
        if path.endswith(RECORDS):
            yield from _records(files[path], path, columns)
        else:
            yield _text(files[path], path, described.get(path, {}))


def _text(file: Path, path: str, meta: Mapping[str, Any]) -> Item:
    doc_id, kind = path[: -len(file.suffix)], TEXTS[file.suffix]
    try:
        return Item(path, path, doc_id, file.read_bytes(), kind, meta)
    except OSError as error:
        return Item(path, path, doc_id, b"", kind, meta, Fault("undecodable", f"cannot be read: {error.strerror}"))


def _sources(file: Path) -> dict[str, dict[str, str]]:
    if not file.exists():
        return {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            columns = reader.fieldnames or []
            rows = list(reader)
    except (csv.Error, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: cannot be read as CSV: {error}") from error
    if unknown := [column for column in columns if column not in SOURCES_COLUMNS]:
        raise CorpusError(f"{file}: unknown column {unknown[0]!r}; known: {', '.join(SOURCES_COLUMNS)}")
    if "path" not in columns:
        raise CorpusError(f"{file}: the column path is missing")
    return {row["path"]: {key: value for key, value in row.items() if value and key != "path"} for row in rows}


def _records(file: Path, path: str, columns: Mapping[str, str]) -> Iterator[Item]:
    if file.suffix == ".parquet":
        rows = _parquet(file)
    elif file.suffix == ".csv":
        rows = _csv(file)
    else:
        rows = _json_lines(file)
    for number, row in enumerate(rows, start=1):
        place = f"{path}:{number}"
        if isinstance(row, Fault):
            yield Item(path, place, "", "", "record", fault=row)
        elif row is not None:
            yield _record(path, place, {name: row.get(column) for name, column in columns.items()})


def _record(path: str, place: str, row: Mapping[str, Any]) -> Item:
    identifier, text = row["id"], row["text"]
    if identifier is None or not str(identifier).strip():
        return Item(path, place, "", "", "record", fault=Fault("no_id", "the record has no id"))
    if not isinstance(text, str):
        return Item(path, place, "", "", "record", fault=Fault("no_text", f"the record {identifier!r} has no text"))
    meta = {key: value for key, value in row.items() if key not in ("id", "text") and value is not None}
    return Item(path, place, str(identifier).strip(), text, "record", meta)


Rows = Iterator[Mapping[str, Any] | Fault | None]
"""Records, faults, and None for a blank line, so that rows keep their numbers."""


def _json_lines(file: Path) -> Rows:
    compression = {".gz": "gzip", ".zst": "zstd"}.get(file.suffix)
    try:
        # Buffered: Arrow decompresses, Python finds the lines.
        with io.BufferedReader(pa.input_stream(str(file), compression=compression), 1 << 20) as stream:
            for line in stream:
                yield _json(line)
    except (pa.ArrowException, OSError) as error:
        yield Fault("broken_record", f"the file cannot be read on: {error}")


def _json(line: bytes) -> Mapping[str, Any] | Fault | None:
    if not line.strip():
        return None
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        return Fault("broken_record", f"not JSON: {error}")
    return row if isinstance(row, dict) else Fault("broken_record", "not a JSON object")


def _csv(file: Path) -> Rows:
    csv.field_size_limit(_MOST_CELL)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        try:
            for row in reader:
                fits = None not in row and None not in row.values()
                yield {name: cell or None for name, cell in row.items()} if fits else _ragged(reader.line_num)
        except (csv.Error, UnicodeDecodeError) as error:
            yield Fault("broken_record", f"the file cannot be read on after line {reader.line_num}: {error}")


def _ragged(line: int) -> Fault:
    return Fault("broken_record", f"not as many cells as the header has, at line {line}")


def _parquet(file: Path) -> Rows:
    try:
        table = pq.ParquetFile(file)
    except (pa.ArrowException, OSError) as error:
        raise CorpusError(f"{file}: no readable Parquet file: {error}") from error
    for batch in table.iter_batches(batch_size=1024):
        yield from batch.to_pylist()
