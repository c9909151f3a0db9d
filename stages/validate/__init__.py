"""One row in validation.json per table: how much was checked, and that nothing was wrong.

Files are compared with each other and with the one encoding of their rows (`files`). Frictionless judges the CSV files
(`judge`): types, constraints, primary and foreign keys; of large tables the same verdict comes from vectorised checks
(`constraints`, `keys`). The rest is what a Table Schema cannot say (`rules`, `totals`, `corrected`): spans slice to
their text and lie inside their sentence, zones cover their text, tables agree with each other. Tables are read in
pieces, and those of documents walked together (`ranges`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from stages.core import tables
from stages.core.params import Block
from stages.core.schema import Schema, schema, schemas
from stages.validate import corrected, files, judge, rules
from stages.validate.constraints import Constraints
from stages.validate.faults import Fault
from stages.validate.files import Files
from stages.validate.keys import Keys
from stages.validate.ranges import Rows, Scan, walk
from stages.validate.totals import Totals

READS = ()
WRITES = ()


class Params(Block):
    """Params of the stage."""

    frictionless_rows: int = Field(
        default=20_000,
        ge=0,
        description="Tables with more rows are judged by vectorised checks of the same schema; 0 for all.",
    )


def check(folder: Path, params: Params | None = None) -> tuple[dict[str, Any], list[Fault]]:
    """Check all published tables of a folder.

    Args:
        folder: holds <table>.parquet and <table>.csv of every published table, files or folders of parts.
        params: the params of the stage.

    Returns:
        The counts for validation.json, and the faults by table and row.
    """
    params = params or Params()
    known = {name: schema for name, schema in schemas().items() if schema.published}
    large = {name for name, schema in known.items() if _rows(folder, schema) > params.frictionless_rows}
    found = {
        name: files.check(folder, schema, Constraints(schema) if name in large else None)
        for name, schema in known.items()
    }
    faults = [fault for table in found.values() for fault in table.faults]
    if len(large) < len(known):
        faults += judge.faults(folder, list(known.values()), large)
    spans, more = _between(found, known, large)
    faults = list(dict.fromkeys(faults + more))
    rows = {name: table.rows for name, table in found.items() if table.rows is not None}
    counts = {
        "documents": rows.get("documents", 0),
        "rejects": rows.get("rejects", 0),
        "spans": spans,
        "faults": len(faults),
        "rows": rows,
    }
    order = {name: at for at, name in enumerate(known)}
    faults.sort(key=lambda fault: (order[fault.table], fault.row or 0, fault.column or "", fault.reason))
    return counts, faults


def changes(folder: Path, params: Params | None = None) -> tuple[int, list[Fault]]:
    """Check the table of changes in the record of a release.

    Args:
        folder: holds changes.parquet and changes.csv.
        params: the params of the stage.

    Returns:
        The number of rows, and the faults.
    """
    params = params or Params()
    known = schema("changes")
    large = _rows(folder, known) > params.frictionless_rows
    found = files.check(folder, known, Constraints(known) if large else None)
    faults = [*found.faults, *([] if large else judge.faults(folder, [known]))]
    if found.rows is not None:
        faults += rules.changes(tables.read_parquet(folder / "changes.parquet", known), known)
    return found.rows or 0, list(dict.fromkeys(faults))


def _rows(folder: Path, schema: Schema) -> int:
    """The number of rows by Parquet; a table that cannot be read counts as large."""
    try:
        return tables.count(folder / f"{schema.name}.parquet", schema)
    except tables.TableError:
        return 1 << 62


def _between(found: dict[str, Files], known: dict[str, Schema], large: set[str]) -> tuple[int, list[Fault]]:
    """The checks between tables, as far as these can be read; returns the number of spans and the faults."""
    faults: list[Fault] = []
    if large and not all(table.equal for table in found.values()):
        # The keys are those of the CSV files, by which Frictionless judges too.
        faults += _keys({name: table.scan_csv for name, table in found.items() if table.cells}, known, large)
        large = set()
    if any(table.rows is None for table in found.values()):
        return 0, faults
    spans, more = _rules({name: table.scan for name, table in found.items()}, known, large)
    return spans, faults + more


def _keys(scans: dict[str, Scan], known: dict[str, Schema], large: set[str]) -> list[Fault]:
    """Primary and foreign keys alone."""
    if "documents" not in scans:
        return []
    keys = Keys(scans, known, large)
    for found in walk(scans, known):
        keys.read(found)
    keys.close()
    return keys.faults


def _rules(scans: dict[str, Scan], known: dict[str, Schema], large: set[str]) -> tuple[int, list[Fault]]:
    """The rules between tables, and the keys of large ones."""
    keys = Keys(scans, known, large)
    names = [name for table in scans["entities"](["name"]) for name in table["name"].to_pylist()]
    flat = rules.Flat(names)
    totals = Totals(len(names), sum(table.num_rows for table in scans["incidents"](["events"])))
    spans, ranges, faults = 0, 0, []
    for found in walk(scans, known):
        ranges += 1
        keys.read(found)
        checked, wrong = rules.spans(found)
        spans += checked
        faults += [*wrong, *rules.faults(found), *flat.faults(found)]
        totals.add(found)
    keys.close()
    faults += keys.elsewhere
    first = 1
    for table in scans["incidents"](None):
        faults += rules.days(Rows(known["incidents"], table, first))
        first += table.num_rows
    for name in ("entities", "incidents"):
        faults += totals.faults(name, scans[name](None))
    faults += corrected.faults(scans, known)
    if keys.unordered and ranges > 1:
        faults = []  # rows that are out of order are not compared with the rows they belong to
    faults += [Fault(name, None, None, "the rows are not in the order of the primary key") for name in keys.unordered]
    return spans, faults + keys.faults
