"""Corpora: folders of texts and files of records, read one input at a time.

A corpus is a folder (read recursively; a sources.csv in it may describe its files), a text (.txt, .md), a page (.html),
or a file of records with an id and a text: .jsonl, plain or as .gz or .zst, .csv or .parquet. It lies here, or in an
object store or on a web server; wherever it lies, the same files give the same items.
"""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from stages.core.places import CorpusError as CorpusError
from stages.core.places import Place, find

Format = Literal["text", "html", "record"]

TEXTS: dict[str, Format] = {".txt": "text", ".md": "text", ".html": "html", ".htm": "html"}
RECORDS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".parquet")
SOURCES = "sources.csv"
SOURCES_COLUMNS = ("path", "title", "byline", "published", "publisher", "url", "licence", "language")
COLUMNS = {name: name for name in ("id", "text", *SOURCES_COLUMNS[1:])}
"""The columns of records: what they mean, and what they are called unless the params say otherwise."""
_MOST_CELL = 1 << 30
_NAMES_SHOWN = 12
_CHUNK = 1 << 16


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
    holder: str = ""
    """The place of the input whose id this has again."""

    @property
    def characters(self) -> int:
        """The size of the content, in bytes where it is not decoded yet."""
        return len(self.content)


def read(source: str | Path, columns: Mapping[str, str] = COLUMNS, rejected: Collection[str] = ()) -> Iterator[Item]:
    """The inputs of a corpus in a fixed order: files by path, records by row. An id that comes again is a fault.

    Args:
        source: the corpus: a path, or a URL of a file, of a prefix, or a pattern (s3://bucket/news-*.jsonl.gz).
        columns: what the columns of records are called: id, text and those of sources.csv.
        rejected: the places of inputs that are known to be no text: they take no id from another one.

    Raises:
        CorpusError: where the corpus is missing, of an unknown kind, or its sources.csv cannot be used; and where a
            store or server fails, so that what is read never depends on a network.
    """
    seen: dict[str, str] = {}
    for item in _items(find(source, SOURCES), columns):
        if item.fault is None and item.doc_id in seen:
            detail = f"the id {item.doc_id!r} is already that of {seen[item.doc_id]}"
            fault = Fault("duplicate_id", detail)
            yield Item(item.path, item.place, item.doc_id, "", fault=fault, holder=seen[item.doc_id])
        else:
            if item.fault is None and item.place not in rejected:
                seen[item.doc_id] = item.place
            yield item


def left_out(source: str | Path) -> list[str]:
    """The files of a folder that are no input, by path: other kinds, and hidden ones."""
    place = find(source, SOURCES)
    return [] if place.single else sorted(path for path in place.files if not _is_input(path) and path != SOURCES)


def _items(place: Place, columns: Mapping[str, str]) -> Iterator[Item]:
    inputs = sorted(path for path in place.files if _is_input(path))
    kinds = ", ".join((*TEXTS, *RECORDS))
    if place.single and not inputs:
        raise CorpusError(f"{place.name}: not a folder and not one of {kinds}")
    described = _sources(place) if SOURCES in place.files else {}
    texts = {path for path in inputs if not path.lower().endswith(RECORDS)}
    if not place.pattern and (lost := sorted(set(described) - texts)):
        raise CorpusError(f"{place.where(SOURCES)}: describes {lost[0]!r}, and there is no such text in {place.name}")
    if not inputs:
        raise CorpusError(f"{place.name}: no text in it (looked for {kinds})")
    for path in inputs:
        if path in texts:
            yield _text(place, path, described.get(path, {}))
        else:
            yield from _records(place, path, columns)


def _is_input(path: str) -> bool:
    hidden = any(part.startswith(".") for part in path.split("/"))
    return path.lower().endswith((*TEXTS, *RECORDS)) and path != SOURCES and not hidden


def _text(place: Place, path: str, meta: Mapping[str, Any]) -> Item:
    suffix = PurePosixPath(path).suffix
    doc_id, kind = path[: -len(suffix)], TEXTS[suffix.lower()]
    try:
        with place.open(path) as stream:
            return Item(path, path, doc_id, stream.read(), kind, meta)
    except OSError as error:
        return Item(path, path, doc_id, b"", kind, meta, Fault("undecodable", f"cannot be read: {error.strerror}"))


def _sources(place: Place) -> dict[str, dict[str, str]]:
    file = place.where(SOURCES)
    found: dict[str, dict[str, str]] = {}
    try:
        with io.TextIOWrapper(place.open(SOURCES), encoding="utf-8-sig", newline="") as stream:
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


def _records(place: Place, path: str, columns: Mapping[str, str]) -> Iterator[Item]:
    kind = PurePosixPath(path).suffix.lower()
    rows = (
        _parquet(place, path, columns)
        if kind == ".parquet"
        else _csv(place, path)
        if kind == ".csv"
        else _json_lines(place, path)
    )
    number = 0
    for number, row in enumerate(_guarded(rows), start=1):
        at = f"{path}:{number}"
        if isinstance(row, Fault):
            yield Item(path, at, "", "", "record", fault=row)
        elif row is not None:
            yield _record(path, at, row, columns)
    if number == 0:
        yield Item(path, path, "", "", "record", fault=Fault("empty", "a file without records"))


def _guarded(rows: Rows) -> Rows:
    """The rows up to the first that cannot be read, and why."""
    try:
        yield from rows
    except CorpusError:
        raise
    except (pa.ArrowException, OSError, csv.Error, ValueError, OverflowError, zlib.error, EOFError) as error:
        yield Fault("broken_record", f"the file cannot be read on: {' '.join(str(error).split())}")


def _record(path: str, place: str, found: Mapping[str, Any], columns: Mapping[str, str]) -> Item:
    row = {name: found.get(column) for name, column in columns.items()}
    identifier, text = row["id"], row["text"]
    if columns["id"] not in found:
        return Item(path, place, "", "", "record", fault=Fault("no_id", _missing(columns["id"], found)))
    if isinstance(identifier, bool) or not isinstance(identifier, (str, int)) or not str(identifier).strip():
        return Item(path, place, "", "", "record", fault=Fault("no_id", f"{identifier!r} is no id"))
    if columns["text"] not in found:
        return Item(path, place, "", "", "record", fault=Fault("no_text", _missing(columns["text"], found)))
    if not isinstance(text, str):
        return Item(path, place, "", "", "record", fault=Fault("no_text", f"the record {identifier!r} has no text"))
    meta = {key: value for key, value in row.items() if key not in ("id", "text") and value is not None}
    return Item(path, place, str(identifier).strip(), text, "record", meta)


def _missing(column: str, found: Mapping[str, Any]) -> str:
    names = ", ".join(map(repr, islice(found, _NAMES_SHOWN))) + (", ..." if len(found) > _NAMES_SHOWN else "")
    separated = len(found) == 1 and any(mark in next(iter(found)) for mark in ";\t|")
    hint = (
        "separate the cells by commas" if separated else "say in documents.columns of params.yaml what yours is called"
    )
    return f"no column {column!r}, but {names or 'none'}: {hint}"


def _json_lines(place: Place, path: str) -> Rows:
    compression = {".gz": "gzip", ".zst": "zstd"}.get(PurePosixPath(path).suffix.lower())
    left = b""
    with place.open(path) as file, pa.input_stream(file, compression=compression) as stream:
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


def _csv(place: Place, path: str) -> Rows:
    csv.field_size_limit(_MOST_CELL)
    with io.TextIOWrapper(place.open(path), encoding="utf-8-sig", newline="", errors="surrogateescape") as stream:
        reader = csv.DictReader(stream, strict=True)
        for row in reader:
            if _fits(row):
                yield {name: cell or None for name, cell in row.items()}
            else:
                yield Fault("broken_record", f"not as many cells as the header has, at line {reader.line_num}")


def _parquet(place: Place, path: str, columns: Mapping[str, str]) -> Rows:
    with place.open(path) as stream:
        if not stream.seekable():
            raise CorpusError(f"{place.where(path)}: the server gives no byte ranges, which Parquet needs; download it")
        table = pq.ParquetFile(stream)
        names = [name for name in table.schema_arrow.names if name in columns.values()]
        others: dict[str, None] = {}
        if columns["id"] not in names or columns["text"] not in names:  # what there is instead is told
            others = dict.fromkeys(table.schema_arrow.names)
        for group in range(table.num_row_groups):  # of several at once all bytes would be asked for first
            for batch in table.iter_batches(batch_size=1024, row_groups=[group], columns=names):
                yield from ({**others, **row} for row in batch.to_pylist()) if others else batch.to_pylist()
