"""Tables on disk: rows to Parquet and CSV and back, the same bytes for the same rows.

The bytes of a Parquet file depend on the writer's settings and on how rows are grouped, so both are fixed here.
CSV follows RFC 4180 with LF, all text quoted: an empty field is null, and a carriage return inside a cell survives.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from stages.core.parse import Row
from stages.core.schema import Schema

ROWS_PER_GROUP = 65_536


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


def from_rows(rows: Iterable[Row], schema: Schema) -> pa.Table:
    """Rows as an Arrow table.

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
            if not (fits(value) if value is not None else not field.required):
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


def parquet_bytes(table: pa.Table) -> bytes:
    """The one Parquet encoding of a table."""
    sink = io.BytesIO()
    pq.write_table(
        table.combine_chunks(),
        sink,
        row_group_size=ROWS_PER_GROUP,
        compression="zstd",
        compression_level=3,
        version="2.6",
    )
    return sink.getvalue()


def csv_bytes(table: pa.Table) -> bytes:
    """The one CSV encoding of a table."""
    sink = io.BytesIO()
    pa_csv.write_csv(table.combine_chunks(), sink, pa_csv.WriteOptions(quoting_style="needed"))
    return sink.getvalue()


FORMATS = {"parquet": parquet_bytes, "csv": csv_bytes}


def write(table: pa.Table, folder: Path, name: str, formats: Iterable[str] = FORMATS) -> None:
    """Write <folder>/<name>.parquet and .csv, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in formats:
        content = FORMATS[suffix](table)
        path = folder / f"{name}.{suffix}"
        partial = path.with_suffix(f".{suffix}.partial")
        partial.write_bytes(content)
        partial.replace(path)


def is_encoding(path: Path, table: pa.Table) -> bool:
    """Whether a Parquet or CSV file is, byte for byte, what the table encodes to."""
    return path.read_bytes() == FORMATS[path.suffix[1:]](table)


_ID = re.compile(r"(.*):(\d+)-(\d+)(?:#(\d+))?", re.DOTALL)


def natural(identifier: str) -> tuple[str, int, int, int]:
    """The order of ids: by document, then by place in it."""
    match = _ID.fullmatch(identifier)
    return (match[1], int(match[2]), int(match[3]), int(match[4] or 1)) if match else (identifier, -1, -1, 0)


def order(schema: Schema) -> Callable[[Row], list[Any]]:
    """The key that the rows of a table are sorted by: their primary key, ids by place."""

    def key(row: Row) -> list[Any]:
        return [natural(row[name]) if isinstance(row[name], str) else row[name] for name in schema.primary_key]

    return key


def read_parquet(path: Path, schema: Schema) -> pa.Table:
    """Read a Parquet file.

    Raises:
        TableError: where the file is missing, damaged or has other columns than the schema.
    """
    try:
        table = pq.read_table(path, partitioning=None)
    except FileNotFoundError as error:
        raise TableError(f"{schema.name}: {path} is missing") from error
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{schema.name}: {path} is no readable Parquet file: {error}") from error
    if table.schema != schema.arrow():
        raise TableError(f"{schema.name}: the columns or types of {path} are not those of the schema")
    return table


def read_csv(path: Path, schema: Schema) -> pa.Table:
    """Read a CSV file with the types of the schema.

    Raises:
        TableError: where the file is missing or cells do not fit their type.
    """
    arrow = schema.arrow()
    try:
        table = pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            read_options=pa_csv.ReadOptions(block_size=max(1 << 20, path.stat().st_size + 1)),
            convert_options=pa_csv.ConvertOptions(
                column_types={field.name: field.type for field in arrow},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["true"],
                false_values=["false"],
            ),
        )
    except FileNotFoundError as error:
        raise TableError(f"{schema.name}: {path} is missing") from error
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{schema.name}: {path} cannot be read: {error}") from error
    if table.column_names != schema.names:
        raise TableError(f"{schema.name}: the columns of {path} are not those of the schema")
    return table.cast(pa.schema(list(arrow)))
