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
    """Where all files could be read, with the types of the schema."""
    cells: bool = True
    """Whether the CSV files could be read, as text at least."""
    equal: bool = True
    """Whether CSV and Parquet hold the same cells, byte for byte."""
    faults: list[Fault] = field(default_factory=list)

    def fault(self, reason: object) -> None:
        """Something is wrong with the whole table."""
        self.faults.append(Fault(self.schema.name, None, None, str(reason).removeprefix(f"{self.schema.name}: ")))

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
    rows, typed = 0, True
    try:
        if len(parquet) != len(csv):
            raise tables.TableError(f"Parquet has {len(parquet)} files, CSV has {len(csv)}")
        for path, twin in zip(parquet, csv, strict=True):
            number, equal = _compare(files, path, twin, rows + 1, constraints)
            if not equal:
                files.equal = False
                typed = _differ(files, path, twin, rows + 1) and typed
            rows += number
    except tables.TableError as error:
        files.fault(error)
        files.equal = typed = False
    if not files.equal:
        files.cells = _judge_cells(files, constraints)
    files.rows = rows if typed else None
    return files


def _compare(files: Files, path: Path, twin: Path, first: int, constraints: Constraints | None) -> tuple[int, bool]:
    """Compare a Parquet file and its CSV twin with the encoding of its rows.

    Returns:
        The number of rows, and whether the CSV file is their encoding; then the constraints have been checked.
    """
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
        files.fault(f"{path.name} is not byte for byte what its rows encode to")
    if as_csv and constraints:
        files.faults += [fault for doubt in doubts for fault in constraints.judge(doubt)[1]]
    return rows, as_csv


def _differ(files: Files, path: Path, twin: Path, first: int) -> bool:
    """Name the first cell in which a Parquet file and its CSV twin differ; returns whether the CSV has the types."""
    schema = files.schema
    table = tables.read_parquet(path, schema)
    try:
        csv = tables.read_csv(twin, schema)
    except tables.TableError as error:
        files.fault(error)
        return False
    if table.num_rows != csv.num_rows:
        files.fault(f"Parquet has {table.num_rows} rows, CSV has {csv.num_rows}, in {twin.name}")
        return True
    for column in schema.fields:
        a, b = table[column.name], csv[column.name]
        if not a.equals(b):
            if column.type == "date":  # Arrow has days that Python has not
                a, b = a.cast(pa.string()), b.cast(pa.string())
            pairs = zip(a.to_pylist(), b.to_pylist(), strict=True)
            at, (said, other) = next((at, pair) for at, pair in enumerate(pairs, start=first) if pair[0] != pair[1])
            files.faults.append(Fault(schema.name, at, column.name, f"Parquet has {show(said)}, CSV has {show(other)}"))
            return True
    files.fault(f"{twin.name} is not byte for byte what its rows encode to")
    return True


def _judge_cells(files: Files, constraints: Constraints | None) -> bool:
    """Check the constraints on the cells of the CSV files as they stand there; returns whether these can be read."""
    first = 1
    try:
        for cells in tables.scan_cells(files.folder / f"{files.schema.name}.csv", files.schema):
            if constraints:
                files.faults += constraints.cells(cells, first)[1]
            first += cells.num_rows
    except tables.TableError as error:
        files.fault(error)
        return False
    return True


def _blanks(schema: Schema, table: pa.Table, first: int) -> Iterator[Fault]:
    """Texts without a character: in CSV they cannot be told from null by most readers."""
    for known in schema.fields:
        if known.type == "string":
            blank = pc.equal(pc.binary_length(table[known.name]), 0)
            if pc.any(blank).as_py():
                for at in pc.indices_nonzero(blank).to_pylist():
                    yield Fault(schema.name, first + at, known.name, "the text is empty and not null")
