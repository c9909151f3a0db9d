"""The descriptor of the edition without texts, from that of the package and back. Opens no file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stages.core.schema import Schema, parse, parse_field

Json = dict[str, Any]


@dataclass(frozen=True)
class Digest:
    """What a descriptor says of a file."""

    sha256: str
    bytes: int


def dump(descriptor: Json) -> str:
    """datapackage.json."""
    return json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"


def entries(descriptor: Json) -> Iterator[Json]:
    """What a descriptor has of each file: its path, hash and bytes, of a resource or of its parts."""
    for resource in descriptor["resources"]:
        yield from resource.get("parts") or [resource]


def table_of(resource: Json) -> Schema | None:
    """The schema of a table as its resource has it; none of a resource without schema."""
    if "schema" not in resource:
        return None
    given = {key: resource.get(key, "") for key in ("name", "title", "description")}
    return parse({**resource["schema"], **given, "stage": "", "published": True, "grain": ""})


def strip(plain: Json) -> Json:
    """A Table Schema without the fields that are withheld, which `withheld` has instead, each with its position."""
    taken = [{"position": at, "field": one} for at, one in enumerate(plain["fields"]) if parse_field(one).verbatim]
    kept = [one for one in plain["fields"] if not parse_field(one).verbatim]
    return {**plain, "fields": kept, "withheld": taken} if taken else plain


def unstrip(plain: Json) -> Json:
    """The whole Table Schema again."""
    fields = list(plain["fields"])
    for one in plain.get("withheld", ()):
        fields.insert(one["position"], one["field"])
    return {key: fields if key == "fields" else value for key, value in plain.items() if key != "withheld"}


def whole_tables(descriptor: Json) -> Json:
    """The descriptor with the whole schema of each table again."""
    return _changed(descriptor, lambda one: one, unstrip, lambda one: one)


def withhold(descriptor: Json, files: Mapping[str, Digest], added: list[Json]) -> Json:
    """The descriptor without texts.

    Args:
        descriptor: that of the package.
        files: the files that are others now, by path.
        added: resources that only this edition has.
    """

    def entry(one: Json) -> Json:
        if one["path"] not in files:
            return one
        new = files[one["path"]]
        whole = {"hash": one["hash"], "bytes": one["bytes"]}
        return {**one, "hash": f"sha256:{new.sha256}", "bytes": new.bytes, "included": whole}

    def source(one: Json) -> Json:
        known = one["path"].endswith(f"/{one['title']}")
        return one if known else {**one, "title": one["path"], "withheld": ["title"]}

    made = _changed(descriptor, entry, strip, source)
    return {**made, "texts": "withheld", "resources": [*made["resources"], *added]}


def whole(descriptor: Json, files: Mapping[str, Digest], titles: Mapping[str, str]) -> Json:
    """The descriptor of the package again.

    Args:
        descriptor: that without texts.
        files: the files that are others now, by path.
        titles: of the sources, by path in the corpus.
    """

    def entry(one: Json) -> Json:
        kept = {key: value for key, value in one.items() if key != "included"}
        if "included" in one:
            kept |= {"hash": f"sha256:{files[one['path']].sha256}", "bytes": files[one["path"]].bytes}
        return kept

    def source(one: Json) -> Json:
        if "withheld" not in one:
            return one
        title = titles[one["path"].partition("/")[2]]
        return {key: title if key == "title" else value for key, value in one.items() if key != "withheld"}

    made = _changed(descriptor, entry, unstrip, source)
    kept = [one for one in made["resources"] if not is_withheld(one)]
    return {key: kept if key == "resources" else value for key, value in made.items() if key != "texts"}


def is_withheld(resource: Json) -> bool:
    """Whether a resource is the table withheld, in either format."""
    return resource["name"] in ("withheld", "withheld-parquet")


def _changed(
    descriptor: Json, entry: Callable[[Json], Json], schema: Callable[[Json], Json], source: Callable[[Json], Json]
) -> Json:
    """A descriptor with all its files, schemas and sources changed, in place and order."""

    def resource(one: Json) -> Json:
        made = {**one, "parts": [entry(part) for part in one["parts"]]} if "parts" in one else entry(one)
        return {**made, "schema": schema(made["schema"])} if "schema" in made else made

    changed: Json = {"resources": [resource(one) for one in descriptor["resources"]]}
    if "sources" in descriptor:
        changed["sources"] = [source(one) for one in descriptor["sources"]]
    return {**descriptor, **changed}
