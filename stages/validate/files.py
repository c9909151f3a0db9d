"""The files of a table: Parquet and CSV are the one encoding of the same rows, whose cells fit the schema.

Files are read in pieces. Where a CSV file is, byte for byte, what the rows of the Parquet file encode to, it holds
these rows, and is not read a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from stages.core import tables
from stages.core.schema import Schema
from stages.validate.constraints import Constraints, Doubt
from stages.validate.faults import Fault, show


@dataclass
class Files:
    """The files of a table, as far as they could be read."""

    folder: Path
    schema: Schema
    rows: int | None = None
    """Of the Parquet files, where all files could be read."""
    equal: bool = True
    """Whether CSV and Parquet hold the same cells, byte for byte."""
    faults: list[Fault] = field(default_factory=list)

    def scan(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The rows by Parquet."""
        return tables.scan(self.folder / f"{self.schema.name}.parquet", self.schema, columns)

    def scan_csv(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The columns of text and integers by CSV; cells of another type are null."""
        if self.equal:
            yield from self.scan(columns)
            return
        constraints = Constraints(self.schema)
        for cells in tables.scan_cells(self.folder / f"{self.schema.name}.csv", self.schema):
            typed = constraints.cells(cells, 1)[0]
            yield typed.select(columns) if columns else typed


def check(folder: Path, schema: Schema, constraints: Constraints | None) -> Files:
    """Compare the files of a table with each other and with the encoding of their rows.

    Args:
        folder: where the files lie.
        schema: of the table.
        constraints: checked as well, if given.
    """
    files = Files(folder, schema)
    parquet, csv = (tables.parts(folder / f"{schema.name}.{suffix}") for suffix in ("parquet", "csv"))
    if len(parquet) != len(csv):
        files.equal = False
        reason = f"Parquet has {len(parquet)} files, CSV has {len(csv)}"
        files.faults.append(Fault(schema.name, None, None, reason))
        return files
    rows = 0
    for path, twin in zip(parquet, csv, strict=True):
        try:
            rows += _check_part(files, path, twin, rows + 1, constraints)
        except tables.TableError as error:
            files.faults.append(Fault(schema.name, None, None, str(error).removeprefix(f"{schema.name}: ")))
            return files
    files.rows = rows
    return files


def _check_part(files: Files, path: Path, twin: Path, first: int, constraints: Constraints | None) -> int:
    """Check a Parquet file and its CSV twin, whose first row has the number `first`; returns how many rows it has."""
    schema, rows = files.schema, 0
    encodings = [tables.Comparison(path, schema), tables.Comparison(twin, schema)]
    doubts: list[Doubt] = []
    for group in tables.scan(path, schema):
        group = group.replace_schema_metadata(schema.arrow().metadata)
        for encoding in encodings:
            encoding.write(group)
        if constraints:
            doubts += constraints.doubts(group, first + rows)
        files.faults += _blanks(schema, group, first + rows)
        rows += group.num_rows
    as_parquet, as_csv = (encoding.close() for encoding in encodings)
    if not as_parquet:
        files.faults.append(_encoding(schema, path))
    if as_csv:
        if constraints:
            files.faults += [fault for doubt in doubts for fault in constraints.judge(doubt)[1]]
        return rows
    files.equal = False
    if constraints:
        at = first
        for cells in tables.scan_cells(twin, schema):
            files.faults += constraints.cells(cells, at)[1]
            at += cells.num_rows
    files.faults.append(_difference(schema, path, twin, first) or _encoding(schema, twin))
    return rows


def _blanks(schema: Schema, table: pa.Table, first: int) -> Iterator[Fault]:
    """Texts without a character: in CSV they cannot be told from null by most readers."""
    for known in schema.fields:
        if known.type == "string":
            blank = pc.equal(pc.binary_length(table[known.name]), 0)
            if pc.any(blank).as_py():
                for at in pc.indices_nonzero(blank).to_pylist():
                    yield Fault(schema.name, first + at, known.name, "the text is empty and not null")


def _encoding(schema: Schema, path: Path) -> Fault:
    return Fault(schema.name, None, None, f"{path.name} is not byte for byte what its rows encode to")


def _difference(schema: Schema, path: Path, twin: Path, first: int) -> Fault | None:
    """The first cell in which a Parquet file and its CSV twin differ."""
    table, csv = tables.read_parquet(path, schema), tables.read_csv(twin, schema)
    if table.num_rows != csv.num_rows:
        return Fault(schema.name, None, None, f"{path.name} has {table.num_rows} rows, {twin.name} has {csv.num_rows}")
    for name in schema.names:
        if not table[name].equals(csv[name]):
            pairs = zip(table[name].to_pylist(), csv[name].to_pylist(), strict=True)
            for number, (a, b) in enumerate(pairs, start=first):
                if a != b:
                    return Fault(schema.name, number, name, f"Parquet has {show(a)}, CSV has {show(b)}")
    return None
