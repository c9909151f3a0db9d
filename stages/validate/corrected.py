"""Corrected cells hold what the table corrections says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from stages.core import corrections, tables
from stages.core.parse import Row
from stages.core.schema import Schema
from stages.validate.faults import Fault, show
from stages.validate.ranges import Scan

_KEY, _VALUE = "key", "value"


def faults(scans: Mapping[str, Scan], known: Mapping[str, Schema]) -> Iterator[Fault]:
    """Compare each corrected cell with its table; only tables that have some are read."""
    stated: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    listed = (row for piece in scans[corrections.TABLE](None) for row in tables.to_rows(piece))
    for number, row in enumerate(listed, start=1):
        if row["column"] in (known[row["table"]].names if row["table"] in known else ()):
            stated[row["table"]].append((number, row))
        else:
            yield Fault(corrections.TABLE, number, "column", f"{row['table']} has no column {show(row['column'])}")
    for name, given in stated.items():
        yield from _of_table(known[name], given, scans[name])


def _of_table(known: Schema, given: list[tuple[int, Row]], scan: Scan) -> Iterator[Fault]:
    keys = {row[_KEY] for _, row in given}
    columns = sorted({*known.primary_key, *(row["column"] for _, row in given)})
    cells: dict[str, Row] = {}
    for piece in scan(columns):
        for row in tables.to_rows(piece):
            key = corrections.key_of(known, row)
            if key in keys:
                cells[key] = row
    fields = {field.name: field for field in known.fields}
    for number, row in given:
        key, column = row[_KEY], row["column"]
        if key not in cells:
            yield Fault(corrections.TABLE, number, _KEY, f"{known.name} has no row {show(key)}")
            continue
        try:
            value = corrections.parsed(fields[column], row[_VALUE] or "")
        except ValueError as error:
            yield Fault(corrections.TABLE, number, _VALUE, str(error))
            continue
        if cells[key][column] != value:
            reason = f"is {show(value)}, and {known.name}.{column} of {key} is {show(cells[key][column])}"
            yield Fault(corrections.TABLE, number, _VALUE, reason)
