"""Schemas as a contract with those who load the tables: what a change of it breaks, and for whom.

The level of each change follows the Data Package version recipe, read strictly: what can make somebody's code fail by
its shape is MAJOR; what only widens is MINOR; words of description are PATCH.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from stages.core.schema import Schema
from stages.releases.versions import Level

_TYPES = {"bool": "boolean", "date32[day]": "date", "double": "number", "float": "number"}
_TIGHTER = {"minLength": 1, "minimum": 1, "maxLength": -1, "maximum": -1}
"""Constraints that are tighter the larger (1) or the smaller (-1) they are."""


@dataclass(frozen=True)
class Column:
    """What a column promises."""

    name: str
    type: str
    description: str = ""
    constraints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Contract:
    """What a table promises."""

    table: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    references: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of columns that are foreign keys: the table and the column that hold their cells."""
    description: str = ""

    @property
    def names(self) -> list[str]:
        """The columns in their order."""
        return [column.name for column in self.columns]


@dataclass(frozen=True)
class ContractChange:
    """One change of a contract."""

    table: str
    column: str | None
    change: str
    level: Level
    breaks: str = ""
    """What stops working, and for whom; empty where nothing does."""

    def __str__(self) -> str:
        place = f"{self.table}.{self.column}" if self.column else self.table
        return f"{place}: {self.change}"


def of_schema(schema: Schema) -> Contract:
    """The contract of a schema of this project."""
    content = {**schema.table_schema(), "name": schema.name, "description": f"{schema.grain} {schema.description}"}
    return of_resource({"name": schema.name, "description": content.pop("description"), "schema": content})


def of_resource(resource: Mapping[str, Any]) -> Contract:
    """The contract of a resource of a descriptor."""
    schema, name = resource["schema"], str(resource["name"])
    key = schema.get("primaryKey", [])
    return Contract(
        table=name,
        columns=tuple(
            Column(str(f["name"]), f.get("type", "any"), f.get("description", ""), f.get("constraints", {}))
            for f in schema["fields"]
        ),
        primary_key=(key,) if isinstance(key, str) else tuple(key),
        references={
            _first(known["fields"]): (known["reference"].get("resource") or name, _first(known["reference"]["fields"]))
            for known in schema.get("foreignKeys", [])
        },
        description=resource.get("description", ""),
    )


def of_file(name: str, arrow: pa.Schema, known: Schema | None) -> Contract:
    """The contract of a table that came without a descriptor: that of our schema as far as the columns are the same."""
    if known is not None and arrow.remove_metadata() == known.arrow().remove_metadata():
        return of_schema(known)
    ours = {column.name: column for column in of_schema(known).columns} if known else {}
    columns = []
    for found in arrow:
        kind = "integer" if pa.types.is_integer(found.type) else _TYPES.get(str(found.type), "string")
        given = ours[found.name].constraints if found.name in ours else {}
        rules = {rule: value for rule, value in given.items() if rule != "required"}
        if not found.nullable:
            rules["required"] = True
        description = ours[found.name].description if found.name in ours else ""
        columns.append(Column(found.name, kind, description, rules))
    names = {column.name for column in columns}
    key = known.primary_key if known and set(known.primary_key) <= names else ()
    references = {name: to for name, to in (of_schema(known).references if known else {}).items() if name in names}
    return Contract(name, tuple(columns), key, references, of_schema(known).description if known else "")


def changes(old: Mapping[str, Contract], new: Mapping[str, Contract]) -> list[ContractChange]:
    """What changed between two packages, table by table, the worst first within each."""
    found: list[ContractChange] = []
    for table in dict.fromkeys([*old, *new]):
        if table not in new:
            who = f"everybody who loads {table}; joins with it; foreign keys into it"
            found.append(ContractChange(table, None, "table removed", Level.MAJOR, who))
        elif table not in old:
            found.append(ContractChange(table, None, "table added", Level.MINOR))
        else:
            found += sorted(_of_table(old[table], new[table]), key=lambda change: -change.level)
    return found


def _of_table(old: Contract, new: Contract) -> Iterator[ContractChange]:
    before, after = ({column.name: column for column in contract.columns} for contract in (old, new))
    gone = [name for name in before if name not in after]
    fresh = [name for name in after if name not in before]
    for name in list(gone):
        heir = _heir(old, new, name, fresh)
        if heir:
            gone.remove(name)
            fresh.remove(heir)
            who = f"SELECT of {name} and every place in code that names it{_joins(old, name)}"
            yield ContractChange(old.table, name, f"renamed to {heir}", Level.MAJOR, who)
    for name in gone:
        who = f"SELECT of {name} and every place in code that names it{_joins(old, name)}"
        yield ContractChange(old.table, name, "field removed", Level.MAJOR, who)
    for name in fresh:
        who = "readers by position, INSERT without names of columns, UNION with tables of earlier versions"
        yield ContractChange(old.table, name, "field added", Level.MAJOR, who)
    kept = [name for name in old.names if name in after]
    if kept != [name for name in new.names if name in before]:
        yield ContractChange(old.table, None, "fields in another order", Level.MAJOR, "readers by position")
    for name in kept:
        yield from _of_column(old, before[name], after[name])
    yield from _of_keys(old, new)
    if old.description != new.description:
        yield ContractChange(old.table, None, "description changed", Level.PATCH)


def _heir(old: Contract, new: Contract, name: str, fresh: list[str]) -> str | None:
    """The new name of a column: another of the same type with its description, or in its place with its constraints."""
    column = next(column for column in old.columns if column.name == name)
    for other in new.columns:
        if other.name in fresh and other.type == column.type:
            same = bool(column.description) and other.description == column.description
            here = new.names.index(other.name) == old.names.index(name) and len(new.names) == len(old.names)
            if same or (here and dict(other.constraints) == dict(column.constraints)):
                return other.name
    return None


def _joins(contract: Contract, name: str) -> str:
    if name in contract.primary_key:
        return f"; joins by {name}, which is the primary key"
    if name in contract.references:
        table, _ = contract.references[name]
        return f"; joins with {table} by it"
    return ""


def _of_column(contract: Contract, old: Column, new: Column) -> Iterator[ContractChange]:
    def change(what: str, level: Level, breaks: str = "") -> ContractChange:
        return ContractChange(contract.table, old.name, what, level, breaks)

    if old.type != new.type:
        who = (
            f"comparisons, arithmetic and casts of {old.name}, declared types of databases{_joins(contract, old.name)}"
        )
        yield change(f"type {old.type} is now {new.type}", Level.MAJOR, who)
    for rule in dict.fromkeys([*old.constraints, *new.constraints]):
        before, after = old.constraints.get(rule), new.constraints.get(rule)
        if before == after or (rule == "required" and bool(before) == bool(after)):
            continue
        if rule == "required":
            if after:
                yield change("required now", Level.MAJOR, "who writes or mends rows: the cell may no longer be empty")
            else:
                yield change("may be null now", Level.MINOR, "code that counts on a value meets nulls")
        elif rule == "enum":
            yield from _enum(change, before, after)
        else:
            yield _bound(change, rule, before, after)
    if old.description != new.description:
        yield change("description changed", Level.PATCH)


def _enum(change: Any, before: list[Any] | None, after: list[Any] | None) -> Iterator[ContractChange]:
    if before is None or after is None:
        if after is not None:
            yield change(f"only {_listed(after)} now", Level.MAJOR, "who writes other values")
        else:
            yield change("any value now", Level.MINOR, "code that enumerates the values meets others")
        return
    gone = [value for value in before if value not in after]
    fresh = [value for value in after if value not in before]
    if gone:
        yield change(f"no longer {_listed(gone)}", Level.MAJOR, f"queries for {_listed(gone)} find nothing")
    if fresh:
        yield change(f"also {_listed(fresh)}", Level.MINOR, "code that enumerates the values meets new ones")
    if not gone and not fresh:
        yield change("values in another order", Level.PATCH)


def _bound(change: Any, rule: str, before: Any, after: Any) -> ContractChange:
    who = "who writes or mends rows by the old rule"
    if after is None:
        found: ContractChange = change(f"{rule} {before} dropped", Level.MINOR, "code that relies on it")
    elif before is None:
        found = change(f"{rule} {after} demanded", Level.MAJOR, who)
    elif rule in _TIGHTER and (after - before) * _TIGHTER[rule] < 0:
        found = change(f"{rule} {before} is now {after}", Level.MINOR, "code that relies on the old bound")
    else:
        found = change(f"{rule} {before} is now {after}", Level.MAJOR, who)
    return found


def _of_keys(old: Contract, new: Contract) -> Iterator[ContractChange]:
    if old.primary_key and new.primary_key and old.primary_key != new.primary_key:
        before, after = (", ".join(contract.primary_key) for contract in (old, new))
        who = f"joins by {before}, and whoever keeps its values"
        yield ContractChange(old.table, None, f"primary key {before} is now {after}", Level.MAJOR, who)
    for name in dict.fromkeys([*old.references, *new.references]):
        before_to, after_to = old.references.get(name), new.references.get(name)
        if before_to != after_to and name in old.names and name in new.names:
            if after_to is None:
                yield ContractChange(
                    old.table, name, "no longer a foreign key", Level.MINOR, "joins by it may miss rows"
                )
            else:
                yield ContractChange(old.table, name, f"refers to {'.'.join(after_to)}", Level.MINOR)


def _listed(values: list[Any]) -> str:
    return ", ".join(map(str, values))


def _first(names: str | list[str]) -> str:
    return names if isinstance(names, str) else names[0]
