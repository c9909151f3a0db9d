"""Frictionless' verdict on CSV files: types, constraints, primary and foreign keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from frictionless import Package, Resource

from stages.core import tables
from stages.core.schema import Schema
from stages.validate.faults import Fault

_DIALECT = {
    "header": True,
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
}
"""All of it: what is left out, Frictionless guesses from the first rows."""


def faults(folder: Path, known: Sequence[Schema], large: Collection[str] = ()) -> Iterator[Fault]:
    """Check the CSV files of a folder.

    Args:
        folder: where the files lie.
        known: the tables; those without a file are left out.
        large: tables that are left out, with the foreign keys into them.
    """
    resources = []
    for schema in known:
        files = [path for path in tables.parts(folder / f"{schema.name}.csv") if path.exists()]
        if files and schema.name not in large:
            names = [path.relative_to(folder).as_posix() for path in files]
            resources.append(
                Resource.from_descriptor(
                    {"name": schema.name, "type": "table", "path": names if len(names) > 1 else names[0]}
                    | {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "dialect": _DIALECT}
                    | {"schema": _without(schema, large)}
                )
            )
    keys = {schema.name: schema.primary_key for schema in known}
    for task in Package(name="tables", resources=resources, basepath=str(folder)).validate().tasks:
        for error in task.errors:
            row = getattr(error, "row_number", None)
            column = getattr(error, "field_name", None) or None
            if error.type == "foreign-key":
                column = error.field_names[0]
            elif error.type == "primary-key" and len(keys[task.name]) == 1:
                column = keys[task.name][0]
            yield Fault(task.name, row - 1 if row else None, column, " ".join(error.message.split()))


def _without(schema: Schema, large: Collection[str]) -> dict[str, object]:
    """The Table Schema without foreign keys into large tables; the property may not be empty."""
    content = schema.table_schema()
    kept = [key for key in content.get("foreignKeys", []) if key["reference"]["resource"] not in large]
    content.pop("foreignKeys", None)
    return content | ({"foreignKeys": kept} if kept else {})
