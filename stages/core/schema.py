"""Table schemas: the only description of each table.

schemas/<table>.json is a Table Schema (v2) with four properties of our own: the stage that writes
the table, its title, its grain (what one row is), and whether it is published. Arrow types, Parquet
metadata, CSV, validation, the descriptor and the reference page all come from it.

A field that holds words of the source texts says so by a fifth one, `source`, which is what the edition without texts
goes by (docs/publishing.md): two columns of offsets, whose slice of the text of the document it is;
`text`, words of the document's text; `title` or `byline`, the same or what the metadata of the source calls so;
`names`, names of entities, and words of the text where somebody has none; `quotes`, what may quote any text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa

STAGES = ("documents", "sentences", "numbers", "attributions", "entities", "events", "evaluate", "validate", "publish")
"""The stages in their order."""

_ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
_PANDAS = {
    "string": ("unicode", "str"),
    "integer": ("int64", "Int64"),
    "number": ("float64", "Float64"),
    "boolean": ("bool", "boolean"),
    "date": ("date", "object"),
}


@dataclass(frozen=True)
class Field:
    """One column."""

    name: str
    type: str
    description: str
    constraints: dict[str, Any]
    source: str | tuple[str, str] | None = None
    """Where its words stand in the source, if they do."""

    @property
    def verbatim(self) -> bool:
        """Whether it is all words of the source: the edition without texts does not have it."""
        return self.source is not None and self.source not in ("names", "quotes")

    @property
    def required(self) -> bool:
        return bool(self.constraints.get("required"))


@dataclass(frozen=True)
class ForeignKey:
    """Cells of `field` that must stand in `key` of `table`."""

    field: str
    table: str
    key: str


@dataclass(frozen=True)
class Schema:
    """One table."""

    name: str
    title: str
    stage: str
    published: bool
    grain: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    json: dict[str, Any]
    """The file as it is."""

    @property
    def names(self) -> list[str]:
        """The columns in their order."""
        return [field.name for field in self.fields]

    def arrow(self) -> pa.Schema:
        """Arrow types, with the metadata by which pandas gives nullable integers and booleans back."""
        columns = [
            {"name": field.name, "field_name": field.name, "pandas_type": pandas, "numpy_type": numpy, "metadata": None}
            for field in self.fields
            for pandas, numpy in [_PANDAS[field.type]]
        ]
        metadata = {"index_columns": [], "column_indexes": [], "columns": columns, "pandas_version": "3.0.0"}
        return pa.schema(
            [pa.field(field.name, _ARROW[field.type], nullable=not field.required) for field in self.fields],
            metadata={"pandas": json.dumps(metadata)},
        )

    def table_schema(self) -> dict[str, Any]:
        """The plain Table Schema, as the descriptor of a package holds it."""
        return {key: self.json[key] for key in ("$schema", "fields", "primaryKey", "foreignKeys") if key in self.json}


def _read(name: str) -> Schema:
    path = resources.files("stages") / "schemas" / f"{name}.json"
    return parse(json.loads(path.read_text(encoding="utf-8")))


def parse_field(content: dict[str, Any]) -> Field:
    """A column as a Table Schema has it."""
    source = content.get("source")
    marked = tuple(source) if isinstance(source, list) else source
    return Field(content["name"], content["type"], content["description"], content.get("constraints", {}), marked)


def parse(content: dict[str, Any]) -> Schema:
    """A table by the content of its file."""
    return Schema(
        name=content["name"],
        title=content["title"],
        stage=content["stage"],
        published=content["published"],
        grain=content["grain"],
        description=content["description"],
        fields=tuple(map(parse_field, content["fields"])),
        primary_key=tuple(content["primaryKey"]),
        foreign_keys=tuple(
            ForeignKey(key["fields"][0], key["reference"]["resource"] or content["name"], key["reference"]["fields"][0])
            for key in content.get("foreignKeys", [])
        ),
        json=content,
    )


@cache
def schemas() -> dict[str, Schema]:
    """All tables by name: by stage, and within a stage such that a table follows those it refers to."""
    folder = resources.files("stages") / "schemas"
    names = sorted(path.name.removesuffix(".json") for path in folder.iterdir() if path.name.endswith(".json"))
    known = [_read(name) for name in names]
    # First the table that a stage is named for.
    left = sorted(known, key=lambda schema: (STAGES.index(schema.stage), schema.name != schema.stage, schema.name))
    ordered: dict[str, Schema] = {}
    while left:
        ready = [s for s in left if all(key.table in ordered or key.table == s.name for key in s.foreign_keys)]
        if not ready:
            raise ValueError(f"schemas refer to each other in a circle: {', '.join(s.name for s in left)}")
        ordered[ready[0].name] = ready[0]
        left.remove(ready[0])
    return ordered


def schema(name: str) -> Schema:
    """The schema of a table.

    Raises:
        KeyError: where no table has that name.
    """
    return schemas()[name]
