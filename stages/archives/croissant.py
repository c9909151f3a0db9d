"""croissant.json: what an archive holds, for catalogues and machine learning tools. Opens no file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath

from stages.archives.descriptor import Json, table_of

_CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the standard asks for."""

_TYPES = {"string": "Text", "integer": "Integer", "number": "Float", "boolean": "Boolean", "date": "Date"}
_FORMATS = {"csv": "text/csv", "apache-parquet": "application/x-parquet"}
"""Formats by the names that Croissant's readers know them by."""


def croissant(package: Json) -> str:
    """croissant.json: a schema.org Dataset that is Croissant 1.0, with a record set for each table."""
    licences = [one.get("path") or f"https://spdx.org/licenses/{one['name']}" for one in package.get("licenses", [])]
    content = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": package["name"],
        "alternateName": package["title"],
        "description": package.get("description") or package["title"],
        "version": package["version"],
        "license": licences,
        "creator": [
            {"@type": "sc:Organization", "name": one["title"], **({"url": one["path"]} if "path" in one else {})}
            for one in package.get("contributors", [])
        ],
        "citeAs": _bibtex(package),
        "datePublished": package.get("created", "")[:10],
        "url": package.get("homepage") or package.get("id"),
        "sameAs": package.get("id"),
        "keywords": package.get("keywords"),
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "distribution": [_distribution(one) for one in package["resources"]],
        "recordSet": list(_record_sets(package)),
    }
    return json.dumps({key: value for key, value in content.items() if value}, indent=2, ensure_ascii=False) + "\n"


def _distribution(resource: Json) -> Json:
    """The file of a table in one format, or the set of its parts."""
    paths = resource["path"]
    encoding = _FORMATS.get(resource["format"], resource.get("mediatype", "application/octet-stream"))
    if isinstance(paths, str):
        return {
            "@type": "cr:FileObject",
            "@id": paths,
            "name": PurePosixPath(paths).name,
            "description": resource["title"],
            "contentUrl": paths,
            "contentSize": f"{resource['bytes']} B",
            "encodingFormat": encoding,
            "sha256": resource["hash"].removeprefix("sha256:"),
        }
    folder = PurePosixPath(paths[0]).parent
    return {
        "@type": "cr:FileSet",
        "@id": str(folder),
        "name": folder.name,
        "description": resource["title"],
        "encodingFormat": encoding,
        "includes": f"{folder}/part-*{folder.suffix}",
    }


def _record_sets(package: Json) -> Iterator[Json]:
    """The tables; read from Parquet, which has types and nulls, where there is a Parquet file.

    Foreign keys are left to the schemas: readers of Croissant take `references` for a join, and drop the rows without.
    """
    files = {one["name"]: _distribution(one) for one in package["resources"]}
    for one in package["resources"]:
        table = table_of(one)
        if table is None:
            continue
        file = files.get(f"{table.name}-parquet", files[table.name])
        kind = file["@type"].removeprefix("cr:")
        source = {kind[0].lower() + kind[1:]: {"@id": file["@id"]}}
        yield {
            "@type": "cr:RecordSet",
            "@id": table.name,
            "name": table.name,
            "description": table.description,
            "key": [{"@id": f"{table.name}/{name}"} for name in table.primary_key],
            "field": [
                {
                    "@type": "cr:Field",
                    "@id": f"{table.name}/{field.name}",
                    "name": field.name,
                    "description": field.description,
                    "dataType": f"sc:{_TYPES[field.type]}",
                    "source": {**source, "extract": {"column": field.name}},
                }
                for field in table.fields
            ],
        }


def _bibtex(package: Json) -> str:
    authors = " and ".join(f"{{{one['title']}}}" for one in package.get("contributors", []))
    cells = {
        "author": authors,
        "title": f"{{{package['title']}}}",
        "version": package["version"],
        "year": package.get("created", "")[:4],
        "doi": package.get("id", "").removeprefix("https://doi.org/"),
        "url": package.get("homepage"),
    }
    listed = ", ".join(f"{name} = {{{value}}}" for name, value in cells.items() if value)
    return f"@misc{{{package['name']}-{package['version']}, {listed}}}"
