"""One row in validation.json per table: how much was checked, and that nothing was wrong.

Frictionless judges the CSV files: types, constraints, primary and foreign keys. Arrow compares each Parquet file with
the CSV beside it, and both with the one encoding of their rows. The rest is what a Table Schema cannot say (`rules`):
spans slice to their text and lie inside their sentence, zones cover their text, tables agree with each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from frictionless import Package, Resource

from stages.core import tables
from stages.core.params import Block
from stages.core.parse import Tables
from stages.core.schema import Schema, schemas
from stages.validate import rules
from stages.validate.rules import Fault, show

READS = ()
WRITES = ()


class Params(Block):
    """Params of the stage: none yet."""


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
            spans += rules.spans(schema, rows[schema.name], texts, faults)
            if schema.name != "events_flat":
                faults += rules.identifiers(schema, rows[schema.name])
        faults += rules.consistency(rows, known)
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
    if not table.cast(csv.schema).equals(csv):
        faults.append(_difference(schema, table, csv))
    elif not tables.is_encoding(folder / f"{schema.name}.csv", table):
        faults.append(Fault(schema.name, None, None, f"{schema.name}.csv is not byte for byte what its rows encode to"))
    if not tables.is_encoding(path, table):
        faults.append(Fault(schema.name, None, None, f"{path.name} is not byte for byte what its rows encode to"))
    rows = tables.to_rows(table)
    if rows != sorted(rows, key=tables.order(schema)):
        faults.append(Fault(schema.name, None, None, "the rows are not in the order of the primary key"))
    return table


def _difference(schema: Schema, table: pa.Table, csv: pa.Table) -> Fault:
    if table.num_rows != csv.num_rows:
        return Fault(schema.name, None, None, f"Parquet has {table.num_rows} rows, CSV has {csv.num_rows}")
    for name in schema.names:
        for number, (a, b) in enumerate(zip(table[name].to_pylist(), csv[name].to_pylist(), strict=True), start=1):
            if a != b:
                return Fault(schema.name, number, name, f"Parquet has {show(a)}, CSV has {show(b)}")
    return Fault(schema.name, None, None, "Parquet and CSV differ")


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
