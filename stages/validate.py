"""One row in validation.json per table: how much was checked, and that nothing was wrong.

Frictionless judges the CSV files: types, constraints, primary and foreign keys. Arrow compares each Parquet file with
the CSV beside it, and with the one encoding of its rows. The rest is what a Table Schema cannot say: spans slice to
their text, and lie inside their sentence, segment or document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from frictionless import Package, Resource

from stages.core import tables
from stages.core.params import Block
from stages.core.parse import Row, Tables
from stages.core.schema import Schema, schemas

READS = ()
WRITES = ()


class Params(Block):
    """Params of the stage: none yet."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, a row (counted from 1, without the header) or a whole table."""

    table: str
    row: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = (
            f"{self.table}{f', row {self.row}' if self.row else ''}{f', column {self.column}' if self.column else ''}"
        )
        return f"{place}: {self.reason}"


INNER = (("noun", "noun"), ("source", "source"), ("cue", "cue"), ("title", "title"), ("sentence", "sentence"))
"""Spans inside a row: the column of the text, and what its offsets begin with."""


def check(folder: Path) -> tuple[dict[str, Any], list[Fault]]:
    """Check all published tables of a folder.

    Args:
        folder: holds <table>.parquet and <table>.csv of every published table.

    Returns:
        The counts for validation.json, and the faults by table and row.
    """
    known = [schema for schema in schemas().values() if schema.published]
    faults: list[Fault] = []
    rows: Tables = {}
    for schema in known:
        table = _files(folder, schema, faults)
        if table is not None:
            rows[schema.name] = tables.to_rows(table)
    faults += _frictionless(folder, known)
    spans = 0
    if all(schema.name in rows for schema in known):
        texts = {row["doc_id"]: row["text"] for row in rows["documents"]}
        for schema in known:
            spans += _spans(schema, rows[schema.name], texts, faults)
            faults += _identifiers(schema, rows[schema.name])
        faults += _containment(rows)
    counts = {
        "documents": len(rows.get("documents", [])),
        "rejects": len(rows.get("rejects", [])),
        "spans": spans,
        "faults": len(faults),
        "rows": {name: len(found) for name, found in rows.items()},
    }
    order = {schema.name: at for at, schema in enumerate(known)}
    return counts, sorted(
        set(faults), key=lambda fault: (order[fault.table], fault.row or 0, fault.column or "", fault.reason)
    )


def _files(folder: Path, schema: Schema, faults: list[Fault]) -> pa.Table | None:
    """The rows of a table, where its Parquet file is sound; compares the file with its encoding and with the CSV."""
    path = folder / f"{schema.name}.parquet"
    try:
        table = tables.read_parquet(path, schema)
        csv = tables.read_csv(folder / f"{schema.name}.csv", schema)
    except tables.TableError as error:
        faults.append(Fault(schema.name, None, None, str(error).removeprefix(f"{schema.name}: ")))
        return None
    if not tables.is_encoding(path, table):
        faults.append(Fault(schema.name, None, None, f"{path.name} is not byte for byte what its rows encode to"))
    if not table.cast(csv.schema).equals(csv):
        faults.append(_difference(schema, table, csv))
    return table


def _difference(schema: Schema, table: pa.Table, csv: pa.Table) -> Fault:
    if table.num_rows != csv.num_rows:
        return Fault(schema.name, None, None, f"Parquet has {table.num_rows} rows, CSV has {csv.num_rows}")
    for name in schema.names:
        for number, (a, b) in enumerate(zip(table[name].to_pylist(), csv[name].to_pylist(), strict=True), start=1):
            if a != b:
                return Fault(schema.name, number, name, f"Parquet has {_show(a)}, CSV has {_show(b)}")
    return Fault(schema.name, None, None, "Parquet and CSV differ")


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _frictionless(folder: Path, known: Iterable[Schema]) -> Iterator[Fault]:
    resources = [
        Resource.from_descriptor(
            {"name": schema.name, "type": "table", "path": f"{schema.name}.csv", "schema": schema.table_schema()}
            | {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
        )
        for schema in known
        if (folder / f"{schema.name}.csv").exists()
    ]
    report = Package(name="tables", resources=resources, basepath=str(folder)).validate()
    for task in report.tasks:
        for error in task.errors:
            row = getattr(error, "row_number", None)
            reason = " ".join(error.message.split())
            yield Fault(task.name, row - 1 if row else None, getattr(error, "field_name", None) or None, reason)


def _spans(schema: Schema, rows: Iterable[Row], texts: Mapping[str, str], faults: list[Fault]) -> int:
    """Every span of a row slices to its text; returns how many were checked."""
    names = set(schema.names)
    spans = [("text", "start", "end")] if {"doc_id", "start", "end", "text"} <= names else []
    spans += [(column, f"{at}_start", f"{at}_end") for column, at in INNER if {column, f"{at}_start"} <= names]
    checked = 0
    for number, row in enumerate(rows, start=1):
        for column, start, end in spans:
            if row[column] is None and row[start] is None and row[end] is None:
                continue
            checked += 1
            text = texts.get(row["doc_id"], "")
            if row[start] is None or row[end] is None or text[row[start] : row[end]] != row[column]:
                found = text[row[start] or 0 : row[end] or 0]
                reason = (
                    f"source[{row[start]}:{row[end]}] of {row['doc_id']} is {_show(found)}, not {_show(row[column])}"
                )
                faults.append(Fault(schema.name, number, column, reason))
    return checked


def _identifiers(schema: Schema, rows: Iterable[Row]) -> Iterator[Fault]:
    """An id that names a span names the row's own."""
    names = schema.names
    key = schema.primary_key[0]
    if len(schema.primary_key) > 1 or not {"doc_id", "start", "end"} <= set(names) or schema.name == "events_flat":
        return
    for number, row in enumerate(rows, start=1):
        if row[key].partition("#")[0] != f"{row['doc_id']}:{row['start']}-{row['end']}".partition("#")[0]:
            yield Fault(schema.name, number, key, f"{row[key]!r} does not name the span {row['start']}-{row['end']}")


def _containment(rows: Tables) -> Iterator[Fault]:
    """Mentions, dates, numbers and triggers lie inside their sentence, sentences inside their segment."""
    outer = {row["segment_id"]: row for row in rows["segments"]}
    yield from _inside("sentences", rows["sentences"], "segment_id", outer)
    sentences = {row["sentence_id"]: row for row in rows["sentences"]}
    for name in ("dates", "numbers", "mentions", "events"):
        yield from _inside(name, rows[name], "sentence_id", sentences)
    last: Row | None = None
    for number, row in enumerate(rows["segments"], start=1):
        if last and last["doc_id"] == row["doc_id"] and row["start"] < last["end"]:
            yield Fault("segments", number, "start", f"overlaps {last['segment_id']}")
        last = row


def _inside(name: str, rows: Iterable[Row], column: str, outer: Mapping[str, Row]) -> Iterator[Fault]:
    for number, row in enumerate(rows, start=1):
        holder = outer.get(row[column]) if row[column] else None
        if holder and not (
            row["doc_id"] == holder["doc_id"] and holder["start"] <= row["start"] and row["end"] <= holder["end"]
        ):
            yield Fault(name, number, column, f"{row['start']}-{row['end']} lies outside {row[column]}")
