"""One resource in datapackage.json per table and format, one section in docs/tables.md per table, and CITATION.cff.

The descriptor follows the Data Package standard, version 2. Like every output it holds no time of its making.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Literal

import yaml
from pydantic import Field

from stages.core.params import Block
from stages.core.parse import Row
from stages.core.schema import Schema

READS = {"documents": ("doc_id", "path", "format", "title", "url", "sha256")}
WRITES = ()

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


class Licence(Block):
    """A licence of the package, by its SPDX or Open Definition name."""

    name: str
    title: str
    path: str | None = None


class Contributor(Block):
    """Who made the package."""

    title: str
    roles: list[str] = Field(default_factory=list)
    path: str | None = None
    email: str | None = None


class Package(Block):
    """What the package says of itself; `version` is the version of the data."""

    name: str = Field("standoff", pattern=r"^[a-z0-9._-]+$")
    title: str = "Standoff"
    description: str = ""
    version: str = Field("0.1.0", pattern=r"^\d+\.\d+\.\d+$")
    texts: Literal["included", "withheld"] = "included"
    """Whether what is published has the words of the source texts; the tables of the project always do."""
    platform: str = "Linux x86_64"
    """Operating system and processor that the committed build was made on: bytes are promised there."""
    homepage: str | None = None
    doi: str | None = Field(None, pattern=r"^10\.\d{4,9}/\S+$")
    released: date | None = None
    """The day this version came out, by whoever releases it."""
    licences: list[Licence] = Field(default_factory=list)
    contributors: list[Contributor] = Field(default_factory=list)
    keywords: list[str] = Field(default_factory=list)


class Params(Block):
    """Params of the stage: none yet; what the package says of itself is the block package."""


@dataclass(frozen=True)
class File:
    """A file of the package."""

    path: str
    """Relative to the descriptor."""
    format: str
    bytes: int
    sha256: str
    rows: int


def descriptor(
    package: Package,
    files: Mapping[str, list[File]],
    known: Iterable[Schema],
    documents: Iterable[Row],
    archives: Mapping[str, str],
    corpus: str,
) -> str:
    """datapackage.json.

    Args:
        package: what the package says of itself.
        files: the files of each table: one for each format, or the parts of each.
        known: the schemas of the tables, in the order of the package.
        documents: rows of documents: the sources of the data.
        archives: SHA-256 of the files of records, by path.
        corpus: the folder they lie in, relative to the descriptor.
    """
    content = {
        "$schema": PROFILE,
        "name": package.name,
        "title": package.title,
        "id": package.doi and f"https://doi.org/{package.doi}",
        "description": package.description,
        "homepage": package.homepage,
        "version": package.version,
        "created": package.released and f"{package.released}T00:00:00Z",
        "platform": package.platform,
        "licenses": [licence.model_dump(exclude_none=True) for licence in package.licences],
        "contributors": [contributor.model_dump(exclude_none=True) for contributor in package.contributors],
        "keywords": package.keywords,
        "sources": _sources(documents, archives, corpus, package.texts == "included"),
        "resources": [resource(schema, parts) for schema in known for parts in _formats(files[schema.name])],
    }
    return json.dumps({key: value for key, value in content.items() if value}, indent=2, ensure_ascii=False) + "\n"


def _sources(documents: Iterable[Row], archives: Mapping[str, str], corpus: str, titled: bool) -> list[dict[str, Any]]:
    """The files the data was read from: a text with its title and the hash of its bytes, an archive once."""
    found: dict[str, dict[str, Any]] = {}
    for row in documents:
        path = f"{corpus}/{row['path']}"
        if row["format"] == "record":
            found[path] = {"title": row["path"], "path": path, "hash": f"sha256:{archives[row['path']]}"}
        else:
            address = {"url": row["url"]} if row["url"] else {}
            digest = {"hash": f"sha256:{row['sha256']}"}
            found[path] = {"title": (titled and row["title"]) or row["path"], "path": path, **address, **digest}
    return list(found.values())


def _formats(files: Iterable[File]) -> list[list[File]]:
    """The files of a table by their format."""
    return [list(parts) for _, parts in groupby(files, key=lambda file: file.format)]


def described(schema: Schema) -> str:
    """What the descriptor says of a table."""
    return f"{schema.grain} {schema.description}"


def resource(schema: Schema, parts: Sequence[File]) -> dict[str, Any]:
    """A table in one format. The standard has hash and bytes of one file: of several, `parts` has those of each."""
    file = parts[0]
    common: dict[str, Any] = {
        "title": schema.title,
        "description": described(schema),
        "path": file.path,
        "format": file.format,
        "mediatype": _MEDIA[file.format],
    }
    if len(parts) == 1:
        common |= {"hash": f"sha256:{file.sha256}", "bytes": file.bytes}
    else:
        common["path"] = [part.path for part in parts]
        common["parts"] = [
            {"path": part.path, "hash": f"sha256:{part.sha256}", "bytes": part.bytes, "rows": part.rows}
            for part in parts
        ]
    if file.format == "parquet":
        # Version 2 of the standard has no type for plain files, and Frictionless would read a format that it knows as a
        # table, where its Parquet reader takes nullable integers for errors.
        return {"name": f"{schema.name}-parquet", **common, "format": "apache-parquet"}
    dialect = {"header": True, "delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True}
    table = {
        "rows": sum(part.rows for part in parts),
        "encoding": "utf-8",
        "dialect": dialect,
        "schema": schema.table_schema(),
    }
    # `profile` says the same as `type` in version 1 of the standard: Frictionless for R reads no table without it.
    return {"name": schema.name, "type": "table", "profile": "tabular-data-resource", **common, **table}


def citation(package: Mapping[str, Any]) -> str:
    """CITATION.cff (Citation File Format 1.2.0) from a descriptor."""
    makers = [one for one in package.get("contributors", []) if {"creator", "author"} & set(one.get("roles", []))]
    authors = [
        {key: one[given] for key, given in (("name", "title"), ("website", "path"), ("email", "email")) if given in one}
        for one in makers or package.get("contributors", []) or [{"title": package["title"]}]
    ]
    licences = [licence["name"] for licence in package.get("licenses", [])]
    content = {
        "cff-version": "1.2.0",
        "message": "If you use this data, or the software that builds it, please cite it as below.",
        "type": "dataset",
        "title": package["title"],
        "abstract": package.get("description"),
        "authors": authors,
        "version": package["version"],
        "date-released": package.get("created", "")[:10],
        "doi": package.get("id", "").removeprefix("https://doi.org/"),
        "url": package.get("homepage"),
        "license": licences[0] if len(licences) == 1 else licences,
        "keywords": package.get("keywords"),
    }
    filled = {key: value for key, value in content.items() if value}
    return yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=100)


def reference(known: Iterable[Schema], examples: Mapping[str, Row], texts: bool = True) -> str:
    """docs/tables.md: each table with its grain, fields, keys and an example row.

    Args:
        known: the schemas of the tables, in their order.
        examples: a row of each table that has one.
        texts: whether the examples may have words of the source texts.
    """
    known = list(known)
    lines = [
        "# Tables",
        "",
        "Made from `stages/schemas` by `python -m stages publish`; change the schemas, not this page.",
        "",
    ]
    stage = ""
    for schema in known:
        if schema.stage != stage:
            stage = schema.stage
            names = ", ".join(f"[{other.name}](#{other.name})" for other in known if other.stage == stage)
            lines += [f"- **{stage}**: {names}"]
    for schema in known:
        lines += ["", f"## {schema.name}", "", f"**{schema.grain}** {schema.description}", ""]
        lines += ["| field | type | description |", "|---|---|---|"]
        lines += [
            f"| `{field.name}` | {field.type}{', required' * field.required} | {_describe(field)} |"
            for field in schema.fields
        ]
        keys = [f"Primary key: {', '.join(f'`{name}`' for name in schema.primary_key)}."]
        keys += [f"`{key.field}` is a [{key.table}](#{key.table}).`{key.key}`." for key in schema.foreign_keys]
        lines += ["", " ".join(keys)]
        if schema.name in examples:
            hidden = set() if texts else {field.name for field in schema.fields if field.source}
            shown = {name: value for name, value in examples[schema.name].items() if name not in hidden}
            cells = {name: _short(value) for name, value in shown.items() if value is not None}
            lines += [
                "",
                "For example:",
                "",
                "```json",
                json.dumps(cells, indent=2, ensure_ascii=False, default=str),
                "```",
            ]
    return "\n".join(lines) + "\n"


def _describe(field: Any) -> str:
    values = field.constraints.get("enum")
    text = f"{field.description} One of: {', '.join(values)}." if values else field.description
    return text.replace("|", "\\|")


def _short(value: object) -> object:
    return f"{value[:117]}..." if isinstance(value, str) and len(value) > 120 else value
