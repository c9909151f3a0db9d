"""Tables on disk: rows to Parquet and CSV and back, the same bytes for the same rows.

The bytes of a Parquet file depend on the writer's settings and on how rows are grouped, so both are fixed here.
CSV follows RFC 4180 with LF, all text quoted: an empty field is null, and a carriage return inside a cell survives.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from stages.core.parse import Row
from stages.core.schema import Schema

ROWS_PER_GROUP = 8_192


class TableError(ValueError):
    """Rows or a file that do not fit their schema; the message names table and column."""


_INTEGERS = range(-(2**63), 2**63)


def _is_text(value: object) -> bool:
    return type(value) is str and (value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value))


_FITS: dict[str, Callable[[Any], bool]] = {
    "string": _is_text,
    "integer": lambda value: type(value) is int and value in _INTEGERS,
    "number": lambda value: type(value) in (int, float) and isfinite(value) and float(value) == value,
    "boolean": lambda value: type(value) is bool,
    "date": lambda value: type(value) is date,
}
"""Whether a value is just of the type: Arrow would turn 1.5 into 1 and 1 into a day of 1970."""


def from_rows(rows: Iterable[Row], schema: Schema, complete: bool = True) -> pa.Table:
    """Rows as an Arrow table.

    Args:
        rows: a field left out is null.
        schema: the schema of the table.
        complete: whether required fields must have a value.

    Raises:
        TableError: where a row has a field that the schema does not know, a value has another type, or a
            required one is null.
    """
    rows = list(rows)
    known = set(schema.names)
    for row in rows:
        if not row.keys() <= known:
            raise TableError(f"{schema.name}: unknown field {', '.join(sorted(row.keys() - known))}")
    columns = []
    for field, arrow in zip(schema.fields, schema.arrow(), strict=True):
        values = [row.get(field.name) for row in rows]
        fits = _FITS[field.type]
        for number, value in enumerate(values, start=1):
            if not (fits(value) if value is not None else not (complete and field.required)):
                reason = f"{repr(value)[:100]}, which is no {field.type}," if value is not None else "null"
                key = ", ".join(f"{name} {repr(rows[number - 1].get(name))[:100]}" for name in schema.primary_key)
                raise TableError(f"{schema.name}.{field.name}: {reason} in row {number} ({key})")
        columns.append(pa.array(values, arrow.type))
    return pa.Table.from_arrays(columns, schema=schema.arrow())


def to_rows(table: pa.Table) -> list[Row]:
    """An Arrow table as rows."""
    names = table.column_names
    columns = [column.to_pylist() for column in table.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def from_columns(columns: Mapping[str, Sequence[Any]], schema: Schema) -> pa.Table:
    """Columns as an Arrow table: for long tables whose cells come from code that cannot get their types wrong.

    Raises:
        TableError: where a required column has a null, or values do not fit the type.
    """
    try:
        arrays = [pa.array(columns[field.name], field.type) for field in schema.arrow()]
    except (pa.ArrowException, KeyError) as error:
        raise TableError(f"{schema.name}: {error}") from error
    for field, array in zip(schema.fields, arrays, strict=True):
        if field.required and array.null_count:
            raise TableError(f"{schema.name}.{field.name}: null in {array.null_count} rows")
    return pa.Table.from_arrays(arrays, schema=schema.arrow())


def to_columns(table: pa.Table) -> dict[str, list[Any]]:
    """An Arrow table as columns."""
    return {name: column.to_pylist() for name, column in zip(table.column_names, table.columns, strict=True)}


FORMATS = ("parquet", "csv")


class _ParquetPart:
    """One Parquet file: rows are gathered to full row groups, so that no byte depends on how they came."""

    def __init__(self, sink: Any, arrow: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(sink, arrow, compression="zstd", compression_level=3, version="2.6")
        self._pending: list[pa.Table] = []
        self._rows = 0

    def write(self, table: pa.Table) -> None:
        while self._rows + table.num_rows >= ROWS_PER_GROUP:
            room = ROWS_PER_GROUP - self._rows
            self._pending.append(table.slice(0, room))
            self._flush()
            table = table.slice(room)
        if table.num_rows:
            self._pending.append(table)
            self._rows += table.num_rows

    def _flush(self) -> None:
        group = pa.concat_tables(self._pending).combine_chunks()
        self._writer.write_table(group, row_group_size=ROWS_PER_GROUP)
        self._pending, self._rows = [], 0

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()


class _CsvPart:
    """One CSV file."""

    def __init__(self, sink: Any, arrow: pa.Schema) -> None:
        self._writer = pa_csv.CSVWriter(sink, arrow, write_options=pa_csv.WriteOptions(quoting_style="needed"))

    def write(self, table: pa.Table) -> None:
        # In pieces: the writer holds one piece as text.
        for at in range(0, table.num_rows, ROWS_PER_GROUP):
            self._writer.write_table(table.slice(at, ROWS_PER_GROUP).combine_chunks())

    def close(self) -> None:
        self._writer.close()


_PARTS: dict[str, type[_ParquetPart] | type[_CsvPart]] = {"parquet": _ParquetPart, "csv": _CsvPart}


def part(path: Path, schema: Schema) -> _ParquetPart | _CsvPart:
    """A file of a table, Parquet or CSV, to be written piece by piece."""
    return _PARTS[path.suffix[1:]](path, schema.arrow())


def encode(table: pa.Table, suffix: str) -> bytes:
    """The one encoding of the rows of a file, as parquet or csv."""
    sink = io.BytesIO()
    part = _PARTS[suffix](pa.PythonFile(sink, "w"), table.schema)
    part.write(table)
    part.close()
    return sink.getvalue()


class Writer:
    """Writes a table as it comes, in bounded memory; the bytes are those of the whole table at once.

    A table of more than `rows_per_file` rows becomes a folder of that name with part-00000, part-00001 and so on, cut
    where a document begins, so that no document lies in two parts. Nothing is in place before `close`.

    Args:
        folder: where <name>.parquet and <name>.csv are written.
        schema: the schema of the table.
        formats: of FORMATS.
        rows_per_file: the most rows of a file; a document with more has a file of its own.
    """

    def __init__(self, folder: Path, schema: Schema, formats: Iterable[str] = FORMATS, rows_per_file: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.rows = 0
        self._schema, self._most = schema, rows_per_file or 1 << 62
        self._paths = {suffix: folder / f"{schema.name}.{suffix}" for suffix in formats}
        self._partial = {suffix: path.with_name(f"{path.name}.partial") for suffix, path in self._paths.items()}
        for path in self._partial.values():
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)
            path.mkdir()
        self._parts = 0
        self._in_part = 0
        self._open: list[_ParquetPart | _CsvPart] = []
        self._next_part()

    def write(self, table: pa.Table) -> None:
        """Append rows: those of whole documents, in the order of the primary key."""
        if table.schema != self._schema.arrow():
            table = table.cast(self._schema.arrow())
        self.rows += table.num_rows
        while self._in_part + table.num_rows > self._most:
            cut = self._border(table, self._most - self._in_part)
            self._write(table.slice(0, cut))
            table = table.slice(cut)
            if not table.num_rows:
                return
            self._next_part()
        self._write(table)

    def close(self) -> None:
        """Put the finished files in the place of earlier ones."""
        for part in self._open:
            part.close()
        for suffix, path in self._paths.items():
            partial = self._partial[suffix]
            if self._parts == 1:
                (partial / f"part-00000.{suffix}").replace(partial.with_name(f"{partial.name}-file"))
                partial.rmdir()
                partial = partial.with_name(f"{partial.name}-file")
            if path.is_dir():
                shutil.rmtree(path)
            elif partial.is_dir():
                path.unlink(missing_ok=True)
            partial.replace(path)

    def _write(self, table: pa.Table) -> None:
        self._in_part += table.num_rows
        for part in self._open:
            part.write(table)

    def _next_part(self) -> None:
        for part in self._open:
            part.close()
        name = f"part-{self._parts:05}"
        self._open = [
            _PARTS[suffix](path / f"{name}.{suffix}", self._schema.arrow()) for suffix, path in self._partial.items()
        ]
        self._parts += 1
        self._in_part = 0

    def _border(self, table: pa.Table, room: int) -> int:
        """The last place up to `room` where a document begins; the end of the first one where a part must have it."""
        documents = documents_of(table, self._schema)
        borders = [at for at in range(1, len(documents)) if documents[at] != documents[at - 1]]
        fitting = [at for at in borders if at <= room]
        if fitting:
            return fitting[-1]
        return 0 if self._in_part else (borders or [len(documents)])[0]


def documents_of(table: pa.Table, schema: Schema) -> list[str]:
    """The document of each row: its doc_id, or that of its first key; the key itself where it names no document."""
    if "doc_id" in table.column_names:
        found: list[str] = table["doc_id"].to_pylist()
        return found
    return [natural(key)[0] for key in table[schema.primary_key[0]].to_pylist()]


def write(table: pa.Table, folder: Path, name: str, formats: Iterable[str] = FORMATS) -> None:
    """Write <folder>/<name>.parquet and .csv, each whole or not at all, whatever the number of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in formats:
        path = folder / f"{name}.{suffix}"
        partial = path.with_suffix(f".{suffix}.partial")
        partial.write_bytes(encode(table, suffix))
        partial.replace(path)


def parts(path: Path) -> list[Path]:
    """The files of a table: the file itself, or the parts in the folder of its name."""
    return sorted(path.glob(f"part-*{path.suffix}")) if path.is_dir() else [path]


class Comparison:
    """Whether a Parquet or CSV file is, byte for byte, what its rows encode to; the rows come in pieces.

    Raises:
        TableError: where the file is missing.
    """

    def __init__(self, path: Path, schema: Schema) -> None:
        try:
            self._sink = _Compared(path)
        except OSError as error:
            raise TableError(f"{schema.name}: {path} is missing") from error
        self._part = _PARTS[path.suffix[1:]](pa.PythonFile(self._sink, "w"), schema.arrow())

    def write(self, table: pa.Table) -> None:
        """The next rows of the file, with the types of the schema."""
        if self._sink.equal:
            self._part.write(table)

    def close(self) -> bool:
        """Whether the file is what all the rows encode to."""
        self._part.close()
        return self._sink.ends()


class _Compared(io.RawIOBase):
    """Compares what is written to it with a file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.equal = True

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.equal = self.equal and self._file.read(len(data)) == data
        return len(data)

    def ends(self) -> bool:
        with self._file:
            return self.equal and not self._file.read(1)


_ID = re.compile(r"(.*):(\d+)-(\d+)(?:#(\d+))?", re.DOTALL)


def natural(identifier: str) -> tuple[str, int, int, int]:
    """The order of ids: by document, then by place in it."""
    match = _ID.fullmatch(identifier)
    return (match[1], int(match[2]), int(match[3]), int(match[4] or 1)) if match else (identifier, -1, -1, 0)


def order(schema: Schema) -> Callable[[Row], list[Any]]:
    """The key that the rows of a table are sorted by: their primary key, ids by place."""

    def key(row: Row) -> list[Any]:
        return [place(name, row[name]) for name in schema.primary_key]

    return key


def place(column: str, cell: Any) -> Any:
    """Where a cell of a primary key comes; the id of a document may look like that of a span."""
    return natural(cell) if isinstance(cell, str) and column != "doc_id" else cell


def ordered(pieces: Sequence[pa.Table], schema: Schema) -> pa.Table:
    """Pieces of a table as one, in the order of its primary key."""
    table = pa.concat_tables([schema.arrow().empty_table(), *pieces])
    columns = {name: table[name].to_pylist() for name in schema.primary_key}
    keys = list(zip(*([place(name, cell) for cell in column] for name, column in columns.items()), strict=True))
    return table.take(pa.array(sorted(range(table.num_rows), key=keys.__getitem__), pa.int64()))


def read_parquet(path: Path, schema: Schema) -> pa.Table:
    """Read a Parquet file, or the parts of a table.

    Raises:
        TableError: where the file is missing, damaged or has other columns than the schema.
    """
    opened = _opened(path, schema)
    try:
        return pa.concat_tables([part.read() for part in opened])
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{schema.name}: {path} is no readable Parquet file: {error}") from error


def scan(path: Path, schema: Schema, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The row groups of a Parquet file, or of the parts of a table, one after the other.

    Raises:
        TableError: as `read_parquet`.
    """
    for part in _opened(path, schema):
        for group in range(part.num_row_groups):
            try:
                yield part.read_row_group(group, columns=columns)
            except (pa.ArrowException, OSError) as error:
                raise TableError(f"{schema.name}: {path} is no readable Parquet file: {error}") from error


def count(path: Path, schema: Schema) -> int:
    """The number of rows of a Parquet file, or of the parts of a table.

    Raises:
        TableError: as `read_parquet`.
    """
    return sum(part.metadata.num_rows for part in _opened(path, schema))


def _opened(path: Path, schema: Schema) -> list[pq.ParquetFile]:
    found: list[pq.ParquetFile] = []
    for part in parts(path):
        try:
            file = pq.ParquetFile(part)
        except FileNotFoundError as error:
            raise TableError(f"{schema.name}: {part} is missing") from error
        except (pa.ArrowException, OSError) as error:
            raise TableError(f"{schema.name}: {part} is no readable Parquet file: {error}") from error
        if file.schema_arrow != schema.arrow():
            raise TableError(f"{schema.name}: the columns or types of {part} are not those of the schema")
        found.append(file)
    if not found:
        raise TableError(f"{schema.name}: {path} has no parts")
    return found


def read_csv(path: Path, schema: Schema) -> pa.Table:
    """Read a CSV file, or the parts of a table, with the types of the schema.

    Raises:
        TableError: where the file is missing or cells do not fit their type.
    """
    found = parts(path)
    if not found:
        raise TableError(f"{schema.name}: {path} has no parts")
    return pa.concat_tables([_read_csv(part, schema) for part in found])


def scan_cells(path: Path, schema: Schema) -> Iterator[pa.Table]:
    """The cells of a CSV file, or of the parts of a table, as text in pieces; empty ones, quoted or not, are null.

    Raises:
        TableError: where the file is missing or is no CSV with the columns of the schema.
    """
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(schema.names, pa.string()), null_values=[""], strings_can_be_null=True
    )
    for part in parts(path):
        with _csv_errors(part, schema):
            # A row must fit into a block: the size is that of the longest text that a user can allow, and more.
            read = pa_csv.ReadOptions(use_threads=False, block_size=min(part.stat().st_size + 1, 1 << 26))
            with pa_csv.open_csv(part, read, _CSV_PARSE, convert) as file:
                _same_columns(file.schema.names, part, schema)
                for batch in file:
                    yield pa.Table.from_batches([batch])


def _read_csv(path: Path, schema: Schema) -> pa.Table:
    arrow = schema.arrow()
    with _csv_errors(path, schema):
        table = pa_csv.read_csv(
            path,
            parse_options=_CSV_PARSE,
            # One block, and the columns in their order: of several cells that do not fit, the message names the first.
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=max(1 << 20, path.stat().st_size + 1)),
            convert_options=pa_csv.ConvertOptions(
                column_types={field.name: field.type for field in arrow},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["true"],
                false_values=["false"],
            ),
        )
    _same_columns(table.column_names, path, schema)
    for field in schema.fields:
        if field.required and table[field.name].null_count:
            raise TableError(f"{schema.name}: {path} has an empty cell in {field.name}, which is required")
    return table.cast(pa.schema(list(arrow)))


_CSV_PARSE = pa_csv.ParseOptions(newlines_in_values=True)


@contextmanager
def _csv_errors(path: Path, schema: Schema) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise TableError(f"{schema.name}: {path} is missing") from error
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{schema.name}: {path} cannot be read: {error}") from error


def _same_columns(names: Sequence[str], path: Path, schema: Schema) -> None:
    if names != schema.names:
        raise TableError(f"{schema.name}: the columns of {path} are not those of the schema")
