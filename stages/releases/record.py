"""The record of a release on disk: releases/<version>/, in git, never rewritten.

release.json            version, date, the release before it and the step from there with its reasons; of each table
                        rows, files and their digests; what each stage was made with; metrics; what changed and why;
                        the digests of the other files of the record
datapackage.json        the descriptor, as it was published
keys/<table>.parquet    the primary keys, with a hash of each row and of each cell
changes.csv, .parquet   every row that was added or removed, and every cell that changed
entities.csv            entities that were merged, split, renamed or removed: the old id and the new one
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from stages.releases import RefusedError, versions
from stages.releases.causes import Inputs
from stages.releases.contract import Contract, of_resource
from stages.releases.versions import Version

FOLDER = "releases"
OWN = ("changes",)
"""Tables of the package that releases bring, and that no release is compared by."""


def digest(path: Path, algorithm: str = "sha256") -> str:
    """The digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def contracts(descriptor: Mapping[str, Any]) -> dict[str, Contract]:
    """The contracts of the tables of a descriptor."""
    resources = [r for r in descriptor.get("resources", []) if "schema" in r and r["name"] not in OWN]
    return {str(resource["name"]): of_resource(resource) for resource in resources}


@dataclass(frozen=True)
class Release:
    """A release by its record."""

    folder: Path
    content: Mapping[str, Any]

    @property
    def version(self) -> Version:
        """Its version."""
        found = versions.parse(self.content["version"])
        assert found is not None
        return found

    @property
    def previous(self) -> Version | None:
        """The release before it."""
        return versions.parse(self.content["previous"]["version"]) if self.content["previous"] else None

    @property
    def inputs(self) -> Inputs:
        """What each stage was made with."""
        found: Inputs = self.content["fingerprints"]
        return found

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The descriptor, as it was published."""
        return read_json(self.folder / "datapackage.json")

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """The contracts of its tables."""
        return contracts(self.descriptor)

    def parquet(self, table: str) -> list[Mapping[str, Any]]:
        """The Parquet files of a table: path, bytes, sha256 and md5 of each."""
        return [file for file in self.content["tables"][table]["files"] if file["path"].endswith(".parquet")]

    def keys(self, table: str) -> Path:
        """The file of the keys of a table."""
        return self.folder / "keys" / f"{table}.parquet"

    def faults(self) -> list[str]:
        """What is no longer as it was released."""
        found = []
        listed: Mapping[str, str] = self.content["files"]
        for name, expected in listed.items():
            path = self.folder / name
            if not path.is_file():
                found.append(f"{path} is missing: a release is never changed; restore it from git")
            elif digest(path) != expected:
                found.append(f"{path} is not what was released: a release is never changed; restore it from git")
        there = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()}
        found += [
            f"{self.folder / name} is no part of the release" for name in sorted(there - {*listed, "release.json"})
        ]
        return found


def load(folder: Path) -> Release:
    """The release in a folder.

    Raises:
        RefusedError: where it has no readable record.
    """
    content = read_json(folder / "release.json")
    needed = {"version", "previous", "tables", "fingerprints", "files"}
    if not needed <= content.keys() or content["version"] != folder.name:
        raise RefusedError(f"{folder / 'release.json'} is not the record of release {folder.name}")
    return Release(folder, content)


def listed(root: Path) -> list[Version]:
    """The versions that have been released, in their order."""
    folder = root / FOLDER
    found = [versions.parse(path.name) for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    return sorted(version for version in found if version is not None and (folder / str(version)).is_dir())


def chain(root: Path) -> tuple[list[Release], list[str]]:
    """All releases in their order, and what is wrong with them: what is missing, or no longer as it was released."""
    found: list[Release] = []
    faults: list[str] = []
    for version in listed(root):
        try:
            release = load(root / FOLDER / str(version))
        except RefusedError as error:
            faults.append(str(error))
            continue
        faults += release.faults()
        before = release.content["previous"]
        if before:
            path = root / FOLDER / before["version"] / "release.json"
            if not path.is_file():
                faults.append(f"release {version} follows {before['version']}, but {path.parent} is missing")
            elif digest(path) != before["sha256"]:
                faults.append(f"{path} is not what release {version} was compared with; restore it from git")
        found.append(release)
    return found, faults


def read_json(path: Path) -> dict[str, Any]:
    """The object of a JSON file.

    Raises:
        RefusedError: where it is missing or holds none.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RefusedError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise RefusedError(f"{path}: no JSON") from error
    if not isinstance(found, dict):
        raise RefusedError(f"{path}: no JSON object")
    return found
