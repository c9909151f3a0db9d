"""Corpora: folders of texts and files of records, read one input at a time.

A corpus is a folder (read recursively; a sources.csv in it may describe its files), a text (.txt, .md), a page (.html),
or a file of records with an id and a text: .jsonl, plain or as .gz or .zst, .csv or .parquet.
"""

from __future__ import annotations

import csv
import json
import os
import zlib
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
_CHUNK = 1 << 16


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

    @property
    def characters(self) -> int:
        """The size of the content, in bytes where it is not decoded yet."""
        return len(self.content)


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


def left_out(source: Path) -> list[str]:
    """The files of a folder that are no input, by path: other kinds, and hidden ones."""
    return sorted(set(_files(source)) - _inputs(source)) if source.is_dir() else []


def _items(source: Path, columns: Mapping[str, str]) -> Iterator[Item]:
    if source.is_dir():
        yield from _folder(source, columns)
    elif not source.is_file():
        raise CorpusError(f"{source}: no such file or folder")
    elif not _is_input(source.name):
        raise CorpusError(f"{source}: not a folder and not one of {', '.join((*TEXTS, *RECORDS))}")
    else:
        yield from _read(source, source.name, {}, columns)


def _read(file: Path, path: str, meta: Mapping[str, Any], columns: Mapping[str, str]) -> Iterator[Item]:
    if path.lower().endswith(RECORDS):
        yield from _records(file, path, columns)
    else:
        yield _text(file, path, meta)


def _is_input(path: str) -> bool:
    hidden = any(part.startswith(".") for part in path.split("/"))
    return path.lower().endswith((*TEXTS, *RECORDS)) and path != SOURCES and not hidden


def _inputs(folder: Path) -> set[str]:
    return {path for path in _files(folder) if _is_input(path)}


def _files(folder: Path) -> dict[str, Path]:
    """All files below a folder, by path; a folder that cannot be read is an error."""

    def stop(error: OSError) -> None:
        raise CorpusError(f"{error.filename}: cannot be read: {error.strerror}")

    return {
        (Path(where) / name).relative_to(folder).as_posix(): Path(where) / name
        for where, _, names in os.walk(folder, onerror=stop, followlinks=False)
        for name in names
    }


def _folder(folder: Path, columns: Mapping[str, str]) -> Iterator[Item]:
    files, known = _files(folder), _inputs(folder)
    described = _sources(folder / SOURCES)
    texts = {path for path in known if not path.lower().endswith(RECORDS)}
    if lost := sorted(set(described) - texts):
        raise CorpusError(f"{folder / SOURCES}: describes {lost[0]!r}, and there is no such text in {folder}")
    if not known:
        raise CorpusError(f"{folder}: no text in it (looked for {', '.join((*TEXTS, *RECORDS))})")
    for path in sorted(known):
        yield from _read(files[path], path, described.get(path, {}), columns)


def _text(file: Path, path: str, meta: Mapping[str, Any]) -> Item:
    doc_id, kind = path[: -len(file.suffix)], TEXTS[file.suffix.lower()]
    try:
        return Item(path, path, doc_id, file.read_bytes(), kind, meta)
    except OSError as error:
        return Item(path, path, doc_id, b"", kind, meta, Fault("undecodable", f"cannot be read: {error.strerror}"))


def _sources(file: Path) -> dict[str, dict[str, str]]:
    if not file.exists():
        return {}
    found: dict[str, dict[str, str]] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            columns = reader.fieldnames or []
            if unknown := [column for column in columns if column not in SOURCES_COLUMNS]:
                raise CorpusError(f"{file}: unknown column {unknown[0]!r}; known: {', '.join(SOURCES_COLUMNS)}")
            if "path" not in columns:
                raise CorpusError(f"{file}: the column path is missing")
            for row in reader:
                if not _fits(row):
                    raise CorpusError(f"{file}, line {reader.line_num}: not as many cells as the header has")
                if row["path"] in found:
                    raise CorpusError(f"{file}, line {reader.line_num}: {row['path']!r} is described twice")
                found[row["path"]] = {key: value for key, value in row.items() if value and key != "path"}
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        raise CorpusError(f"{file}: cannot be read as CSV: {error}") from error
    return found


def _fits(row: Mapping[str | None, Any]) -> bool:
    """Whether a row of csv.DictReader has a cell for each column, and no more."""
    return None not in row and None not in row.values()


Rows = Iterator[Mapping[str, Any] | Fault | None]
"""Records, faults, and None for a blank line, so that rows keep their numbers."""


def _records(file: Path, path: str, columns: Mapping[str, str]) -> Iterator[Item]:
    name = file.name.lower()
    rows = (
        _parquet(file, columns)
        if name.endswith(".parquet")
        else _csv(file)
        if name.endswith(".csv")
        else _json_lines(file)
    )
    number = 0
    for number, row in enumerate(_guarded(rows), start=1):
        place = f"{path}:{number}"
        if isinstance(row, Fault):
            yield Item(path, place, "", "", "record", fault=row)
        elif row is not None:
            yield _record(path, place, {name: row.get(column) for name, column in columns.items()})
    if number == 0:
        yield Item(path, path, "", "", "record", fault=Fault("empty", "a file without records"))


def _guarded(rows: Rows) -> Rows:
    """The rows up to the first that cannot be read, and why."""
    try:
        yield from rows
    except (pa.ArrowException, OSError, csv.Error, ValueError, OverflowError, zlib.error, EOFError) as error:
        yield Fault("broken_record", f"the file cannot be read on: {' '.join(str(error).split())}")


def _record(path: str, place: str, row: Mapping[str, Any]) -> Item:
    identifier, text = row["id"], row["text"]
    if isinstance(identifier, bool) or not isinstance(identifier, (str, int)) or not str(identifier).strip():
        return Item(path, place, "", "", "record", fault=Fault("no_id", f"{identifier!r} is no id"))
    if not isinstance(text, str):
        return Item(path, place, "", "", "record", fault=Fault("no_text", f"the record {identifier!r} has no text"))
    meta = {key: value for key, value in row.items() if key not in ("id", "text") and value is not None}
    return Item(path, place, str(identifier).strip(), text, "record", meta)


def _json_lines(file: Path) -> Rows:
    compression = {".gz": "gzip", ".zst": "zstd"}.get(file.suffix.lower())
    left = b""
    with pa.input_stream(str(file), compression=compression) as stream:
        while True:
            fault = None
            try:
                chunk = stream.read(_CHUNK)
            except (pa.ArrowException, OSError) as error:
                chunk, fault = b"", Fault("broken_record", f"the file cannot be read on: {error}")
            *lines, left = (left + chunk).split(b"\n")
            for line in lines:
                yield _json(line)
            if fault:
                yield fault
                return
            if not chunk:
                break
    if left:
        yield _json(left)


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
    with file.open(encoding="utf-8-sig", newline="", errors="surrogateescape") as stream:
        reader = csv.DictReader(stream, strict=True)
        for row in reader:
            if _fits(row):
                yield {name: cell or None for name, cell in row.items()}
            else:
                yield Fault("broken_record", f"not as many cells as the header has, at line {reader.line_num}")


def _parquet(file: Path, columns: Mapping[str, str]) -> Rows:
    table = pq.ParquetFile(file)
    names = [name for name in table.schema_arrow.names if name in columns.values()]
    for batch in table.iter_batches(batch_size=1024, columns=names):
        yield from batch.to_pylist()
