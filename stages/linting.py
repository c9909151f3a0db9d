"""The check of the schemas: that stages/schemas is sound, and that what was made from it is up to date.

It reads the schema files themselves and not through `core.schema`, which takes them as sound, and is cheap enough to
run before every commit.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stages import publish
from stages.core.schema import STAGES, Schema, schema, schemas

FOLDER = "stages/schemas"
"""Of the schema files, in messages."""
_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
_PROPERTIES: dict[str, type] = {
    "$schema": str,
    "name": str,
    "title": str,
    "stage": str,
    "published": bool,
    "grain": str,
    "description": str,
    "fields": list,
    "primaryKey": list,
}
_OPTIONAL: dict[str, type | tuple[type, ...]] = {"foreignKeys": list}
_OF_A_FIELD: dict[str, type | tuple[type, ...]] = {"constraints": dict, "source": (str, list)}
_TYPES = ("string", "integer", "number", "boolean", "date")
_CONSTRAINTS: dict[str, tuple[tuple[str, ...], type | tuple[type, ...]]] = {
    "required": (_TYPES, bool),
    "minLength": (("string",), int),
    "pattern": (("string",), str),
    "enum": (("string",), list),
    "minimum": (("integer", "number"), (int, float)),
    "maximum": (("integer", "number"), (int, float)),
}
"""Those that tables are checked by: the types of field that each may stand on, and the type of its value."""
_SOURCES = ("text", "title", "byline", "names", "quotes")
"""What `source` can say of a field with words of a text, besides between which two fields with offsets they stand."""
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def add(commands: Any) -> None:
    """Register the command with the command line."""
    command = commands.add_parser(
        "schemas", help="Whether the schemas are sound, and descriptor and reference up to date.", description=__doc__
    )
    command.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    """Check the project in the current folder."""
    found = check(Path())
    if found:
        print("\n".join(found))
        return 1
    published = sum(table.published for table in schemas().values())
    print(f"schemas: {published} published tables and {len(schemas()) - published} internal, no fault")
    return 0


def check(root: Path) -> list[str]:
    """The faults of a project's schemas, one line each."""
    files = {path.name: path.read_bytes() for path in sorted((root / FOLDER).glob("*.json"))}
    if not files:
        return [f"{FOLDER}: there are no schemas here; run this in the folder of the project"]
    found = faults(files)
    if not found:
        known = [table for table in schemas().values() if table.published]
        found += _descriptor(root / "datapackage.json", known)
        found += _reference(root / "docs/tables.md", [*known, schema("changes")])  # a release brings it
    return found


def faults(files: Mapping[str, bytes]) -> list[str]:
    """What is wrong with schema files, by their names: each fault with its file and field."""
    read: dict[str, dict[str, Any]] = {}
    found: list[str] = []
    for name, content in files.items():
        try:
            schema = json.loads(content.decode("utf-8"))
        except ValueError as error:
            found.append(f"{FOLDER}/{name}: is no JSON: {error}")
            continue
        own = list(_file(name, schema))
        if not own:
            text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
            own += [] if text.encode() == content else ["is not indented by two spaces, as json.dumps does it"]
            read[schema["name"]] = schema
        found += [f"{FOLDER}/{name}: {fault}" for fault in own]
    if not found:
        found = [f"{FOLDER}/{name}.json: {fault}" for name in read for fault in _references(read[name], read)]
    return found


def _file(name: str, schema: Any) -> Iterator[str]:
    """What a file says of itself, without the others."""
    if not isinstance(schema, dict):
        yield "is no JSON object"
        return
    wrong = list(_properties(schema, _PROPERTIES, _OPTIONAL))
    yield from wrong
    if wrong:
        return
    if schema["$schema"] != _PROFILE:
        yield f"$schema: is not {_PROFILE}"
    if schema["name"] != name.removesuffix(".json"):
        yield f"name: is {schema['name']!r}, and the file {name}"
    if not _NAME.fullmatch(schema["name"]):
        yield f"name: {schema['name']!r} is not in snake_case"
    if schema["stage"] not in STAGES:
        yield f"stage: {schema['stage']!r} is none of {', '.join(STAGES)}"
    if not re.fullmatch(r"One row per .+\.", schema["grain"]):
        yield "grain: has to say what one row is: 'One row per ….'"
    for key in ("title", "description"):
        if not schema[key].strip():
            yield f"{key}: is empty"
    if not schema["fields"]:
        yield "fields: there are none"
    seen: set[str] = set()
    for at, field in enumerate(schema["fields"], start=1):
        label = field.get("name", at) if isinstance(field, dict) else at
        for fault in _field(field):
            yield f"field {label}: {fault}"
        if label in seen:
            yield f"field {label}: is there twice"
        seen.add(str(label))


def _properties(found: Mapping[str, Any], needed: Mapping[str, Any], optional: Mapping[str, Any]) -> Iterator[str]:
    for key, kind in needed.items():
        if key not in found:
            yield f"{key}: is missing"
        elif not _is(found[key], kind):
            yield f"{key}: is of another type than {kind.__name__}"
    for key in found:
        if key not in needed and key not in optional:
            yield f"{key}: is no property that the project knows"
        elif key in optional and not _is(found[key], optional[key]):
            kinds = optional[key] if isinstance(optional[key], tuple) else (optional[key],)
            yield f"{key}: is of another type than {' or '.join(kind.__name__ for kind in kinds)}"


def _is(value: Any, kind: type | tuple[type, ...]) -> bool:
    """Whether a value is of a type; true is no number."""
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _field(field: Any) -> Iterator[str]:
    if not isinstance(field, dict):
        yield "is no JSON object"
        return
    wrong = list(_properties(field, {"name": str, "type": str, "description": str}, _OF_A_FIELD))
    yield from wrong
    if wrong:
        return
    if not _NAME.fullmatch(field["name"]):
        yield "the name is not in snake_case"
    if not re.fullmatch(r"\S.*\.", field["description"]):
        yield "description: has to be a sentence that ends in a full stop"
    if field["type"] not in _TYPES:
        yield f"type: {field['type']!r} is none of {', '.join(_TYPES)}"
        return
    constraints = field.get("constraints", {})
    for name, value in constraints.items():
        types, kind = _CONSTRAINTS.get(name, ((), ()))
        if not types:
            yield f"constraints.{name}: is none of {', '.join(_CONSTRAINTS)}"
        elif field["type"] not in types:
            yield f"constraints.{name}: does not fit the type {field['type']}"
        elif not _is(value, kind):
            yield f"constraints.{name}: is of another type than it has to be"
        elif name == "pattern" and not _compiles(value):
            yield f"constraints.pattern: {value!r} is no regular expression"
        elif name == "enum" and not (value and all(_is(one, str) and one for one in value)):
            yield "constraints.enum: has to list texts that are not empty"
        elif name == "enum" and len(set(value)) < len(value):
            yield "constraints.enum: lists a value twice"
    if field["type"] == "string" and not {"minLength", "pattern", "enum"} & constraints.keys():
        yield "constraints: a text needs minLength, pattern or enum, so that null is the only empty cell"


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _references(schema: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Keys and offsets of words: that they are there, and what they refer to."""
    fields = {field["name"]: field for field in schema["fields"]}
    for field in schema["fields"]:
        source = field.get("source", _SOURCES[0])
        if isinstance(source, str) and source not in _SOURCES:
            yield f"field {field['name']}: source: {source!r} is none of {', '.join(_SOURCES)}"
        elif isinstance(source, list) and [fields.get(str(one), {}).get("type") for one in source] != ["integer"] * 2:
            yield f"field {field['name']}: source: {json.dumps(source)} does not name two fields of offsets"
    if not schema["primaryKey"]:
        yield "primaryKey: is empty"
    for name in schema["primaryKey"]:
        if name not in fields:
            yield f"primaryKey: there is no field {name!r}"
        elif not fields[name].get("constraints", {}).get("required"):
            yield f"field {name}: is in the primary key and not required"
    for key in schema.get("foreignKeys", []):
        try:
            (name,), table, (other,) = key["fields"], key["reference"]["resource"], key["reference"]["fields"]
        except (KeyError, TypeError, ValueError):
            yield f"foreignKeys: {json.dumps(key)} has to refer from one field to one field of a resource"
            continue
        target = known.get(table or schema["name"])
        if name not in fields:
            yield f"foreignKeys: there is no field {name!r}"
        elif target is None:
            yield f"field {name}: refers to {table!r}, which is no table"
        elif target["primaryKey"] != [other]:
            yield f"field {name}: refers to {other!r}, which is not the primary key of {target['name']}"
        elif fields[name]["type"] != next(field["type"] for field in target["fields"] if field["name"] == other):
            yield f"field {name}: has another type than {target['name']}.{other}, which it refers to"
        elif STAGES.index(target["stage"]) > STAGES.index(schema["stage"]):
            yield f"field {name}: refers to {target['name']}, which a later stage writes"
        elif schema["published"] and not target["published"]:
            yield f"field {name}: refers to {target['name']}, which is not published"
    yield from _circle(schema["name"], known)


def _circle(name: str, known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Whether a table refers to itself over others, so that none can be the first."""

    def referred(table: str) -> set[str]:
        keys = known[table].get("foreignKeys", []) if table in known else []
        return {key["reference"]["resource"] for key in keys if isinstance(key.get("reference"), dict)} - {"", table}

    reached: set[str] = set()
    todo = sorted(referred(name))
    while todo:
        table = todo.pop()
        if table not in reached:
            reached.add(table)
            todo += sorted(referred(table))
    if name in reached:
        yield "foreignKeys: refer back to this table in a circle"


_MAKE = "run make, and commit what it changes"


def _descriptor(path: Path, known: Sequence[Schema]) -> list[str]:
    """Where datapackage.json does not say what the schemas say."""
    if not path.exists():
        return []  # before the first build
    try:
        resources = json.loads(path.read_text(encoding="utf-8"))["resources"]
        listed = {one["name"]: one for one in resources if "schema" in one}
    except (ValueError, KeyError, TypeError):
        return [f"{path.name}: is no descriptor of a package; {_MAKE}"]
    found = []
    for table in known:
        resource = listed.get(table.name)
        if resource is None:
            found.append(f"{path.name}: {table.name}: is missing; {_MAKE}")
        elif resource["schema"] != table.table_schema():
            changed = _changed(resource["schema"], table)
            found.append(f"{path.name}: {table.name}: differs from its schema in {changed}; {_MAKE}")
        elif (resource.get("title"), resource.get("description")) != (table.title, publish.described(table)):
            found.append(f"{path.name}: {table.name}: has another title or description than its schema; {_MAKE}")
    return found


def _changed(stated: Mapping[str, Any], table: Schema) -> str:
    """The fields that differ, or else the keys."""
    before = {field["name"]: field for field in stated.get("fields", [])}
    after = {field["name"]: field for field in table.json["fields"]}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return ", ".join(names) or "its keys or the order of its fields"


_EXAMPLE = re.compile(r"\nFor example:\n\n```json\n.*?\n```\n", re.DOTALL)


def _reference(path: Path, known: Sequence[Schema]) -> list[str]:
    """Where docs/tables.md does not say what the schemas say; its examples come from the tables."""
    if not path.exists():
        return []
    stated = _sections(path.read_text(encoding="utf-8"))
    expected = _sections(publish.reference(known, {}))
    wrong = [name for name in {**expected, **stated} if stated.get(name) != expected.get(name)]
    return [f"docs/tables.md: {name or 'the list of tables'}: is not that of the schemas; {_MAKE}" for name in wrong]


def _sections(text: str) -> dict[str, str]:
    """The sections of the page by table, without their examples."""
    first, *others = re.split(r"^## ", _EXAMPLE.sub("", text), flags=re.MULTILINE)
    return {"": first.strip(), **{part.partition("\n")[0]: part.strip() for part in others}}
