"""Making an archive: one deterministic zip of the descriptor, the tables and what belongs to them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pyarrow as pa

from stages.archives import descriptor, editions
from stages.archives.croissant import croissant
from stages.archives.descriptor import Digest, Json
from stages.archives.names import Names
from stages.archives.readme import readme
from stages.archives.texts import Texts
from stages.archives.words import RUN
from stages.context import PipelineError
from stages.core import tables
from stages.core.schema import Schema, parse, schema
from stages.publish import File, Package, citation, resource

Edition = Literal["included", "withheld"]
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can have."""
_STORED = frozenset({".parquet"})
"""What is compressed already."""


def make(root: Path, package: Package, edition: Edition, out: Path | None) -> Iterator[str]:
    """Make the archive of the package that lies in a folder; yields lines for the person.

    Args:
        root: the folder of the project.
        package: what the params say of the package.
        edition: with or without the words of the texts.
        out: the file, or a folder for it; dist/ if not given.

    Raises:
        PipelineError: where there is no package, or it is not what its descriptor says.
        TableError: where a table cannot be read, or its words cannot be withheld.
    """
    described = load(root / "datapackage.json")
    if described.get("version") != package.version or described.get("name") != package.name:
        found = f"{described.get('name')} {described.get('version')}"
        raise PipelineError(
            f"archive: datapackage.json is of {found}, the params of {package.name} {package.version}; run: dvc repro"
        )
    if not (root / "LICENSE").is_file():
        raise PipelineError(f"archive: {root / 'LICENSE'} is missing; an archive needs the text of its licence")
    check(root, described)
    name = f"{package.name}-{package.version}{'-withheld' if edition == 'withheld' else ''}.zip"
    path = root / "dist" / name if out is None else out / name if out.is_dir() else out
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".archive-", dir=path.parent) as scratch:
        folder = Path(scratch)
        if edition == "withheld":
            described = withhold(root, described, folder)
        members: dict[str, Path | str] = {**documents(described), "LICENSE": root / "LICENSE"}
        for entry in descriptor.entries(described):
            made = folder / entry["path"]
            members[entry["path"]] = made if made.exists() else root / entry["path"]
        pack(members, folder / "archive.zip")
        (folder / "archive.zip").replace(path)
    yield f"archive: {len(members)} files, {path.stat().st_size / 1e6:.1f} MB, sha256 {digest(path).sha256}"
    yield f"{path}: texts {edition}"


def load(path: Path) -> Json:
    """The descriptor of a package.

    Raises:
        PipelineError: where it is missing or no descriptor.
    """
    try:
        found: Json = json.loads(path.read_text(encoding="utf-8"))
        # A file is written for each path, and one for the schema of each resource, called by its name.
        paths = [Path(entry["path"]) for entry in descriptor.entries(found)]
        paths += [Path(str(one["name"])) for one in found["resources"]]
    except FileNotFoundError:
        raise PipelineError(f"{path} is missing; run: dvc repro") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PipelineError(f"{path}: is no descriptor of a package: {error!r}") from error
    if outside := [one for one in paths if one.is_absolute() or ".." in one.parts]:
        raise PipelineError(f"{path}: names {outside[0]}, which lies outside the package")
    return found


def check(root: Path, described: Json) -> None:
    """See that every file is the one that the descriptor describes.

    Raises:
        PipelineError: names the first that is not.
    """
    for entry in descriptor.entries(described):
        path = root / entry["path"]
        if not path.is_file():
            raise PipelineError(f"{path} is missing; datapackage.json describes it: run dvc repro or dvc pull")
        if f"sha256:{digest(path).sha256}" != entry["hash"]:
            raise PipelineError(f"{path}: its SHA-256 is not that in datapackage.json; run dvc repro before archiving")


def documents(described: Json) -> dict[str, str]:
    """The files of an archive that are made from its descriptor, and the descriptor, by name."""
    return {
        "datapackage.json": descriptor.dump(described),
        "README.md": readme(described),
        "CITATION.cff": citation(described),
        "croissant.json": croissant(described),
        **{
            f"schemas/{one['name']}.json": json.dumps(one["schema"], indent=2, ensure_ascii=False) + "\n"
            for one in described["resources"]
            if "schema" in one
        },
    }


def pack(members: Mapping[str, Path | str], path: Path) -> None:
    """Write a zip whose bytes depend on the names and contents alone, and on the platform's zlib."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # Unix, wherever it is made
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_STORED if Path(name).suffix in _STORED else zipfile.ZIP_DEFLATED
            if isinstance(content, str):
                archive.writestr(info, content.encode())
                continue
            info.file_size = content.stat().st_size
            with content.open("rb") as file, archive.open(info, "w") as member:
                while chunk := file.read(1 << 20):
                    member.write(chunk)


def withhold(root: Path, described: Json, folder: Path) -> Json:
    """Write the tables without the words of the texts into a folder; returns the descriptor that goes with them."""
    known = parse(json.loads((resources.files("stages") / "archives/withheld.json").read_text(encoding="utf-8")))
    files: dict[str, Digest] = {}
    writer = tables.Writer(folder / "tables", known, rows_per_file=1 << 62)
    with Texts() as texts:
        texts.read_table(root / "tables/documents.parquet")
        names = Names([*_entities(root / "tables/entities.parquet"), *_quotes(root, described)])
        for doc_id, text in texts.all():
            names.look(doc_id, text)
        for table, parts in tables_of(described):
            if not any(field.source for field in table.fields):
                continue
            row = 1
            for parquet, csv in parts:
                twins = Twins(folder, (parquet, csv), editions.stripped(table))
                for group in tables.scan(root / parquet, table):
                    kept, taken = editions.withhold(group, table, texts, names.found, row)
                    twins.write(kept)
                    writer.write(tables.from_rows(taken, known))
                    row += group.num_rows
                files |= twins.close()
    writer.close()
    added = [
        resource(known, [_file(folder, f"tables/withheld.{suffix}", writer.rows)]) for suffix in ("csv", "parquet")
    ]
    return descriptor.withhold(described, files, added)


def _entities(path: Path) -> Iterator[str]:
    for group in tables.scan(path, schema("entities"), ["name"]):
        yield from group["name"].to_pylist()


def _quotes(root: Path, described: Json) -> Iterator[str]:
    """Cells that may quote a text, and are long enough to."""
    for table, parts in tables_of(described):
        if columns := [field.name for field in table.fields if field.source == "quotes"]:
            for group in (group for parquet, _ in parts for group in tables.scan(root / parquet, table, columns)):
                cells = (cell for name in columns for cell in group[name].to_pylist())
                yield from (cell for cell in cells if cell and len(cell) >= RUN)


def tables_of(described: Json) -> Iterator[tuple[Schema, list[tuple[str, str]]]]:
    """The tables of a package, each with the Parquet and the CSV file of each of its parts."""
    by_name = {one["name"]: one for one in described["resources"]}
    for one in described["resources"]:
        table, twin = descriptor.table_of(one), by_name.get(f"{one['name']}-parquet")
        if table is None or descriptor.is_withheld(one):
            continue
        if twin is not None:
            yield table, list(zip(_paths(twin), _paths(one), strict=True))
        elif any(field.source for field in table.fields):
            raise PipelineError(f"{one['name']}: has words of the texts, and no Parquet file to take them from")


class Twins:
    """The Parquet and CSV files of some rows, written side by side."""

    def __init__(self, folder: Path, paths: Iterable[str], known: Schema) -> None:
        self._folder = folder
        self._parts = {}
        for path in paths:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            self._parts[path] = tables.part(folder / path, known)

    def write(self, rows: pa.Table) -> None:
        """The next rows."""
        for part in self._parts.values():
            part.write(rows)

    def close(self) -> dict[str, Digest]:
        """End the files; returns what they are, by path."""
        for part in self._parts.values():
            part.close()
        return {path: digest(self._folder / path) for path in self._parts}


def digest(path: Path) -> Digest:
    """What a descriptor says of a file."""
    with path.open("rb") as file:
        return Digest(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def _paths(one: Json) -> list[str]:
    return [one["path"]] if isinstance(one["path"], str) else one["path"]


def _file(folder: Path, path: str, rows: int) -> File:
    found = digest(folder / path)
    return File(path, path.rpartition(".")[2], found.bytes, found.sha256, rows)
