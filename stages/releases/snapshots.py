"""What can be compared: a folder of tables, an archive, a release, a revision of the project."""

from __future__ import annotations

import configparser
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from stages.core import tables
from stages.core.params import Block
from stages.core.schema import schemas
from stages.pipeline import Project
from stages.releases import ArgumentError, RefusedError, git, inputs, record, staleness, versions
from stages.releases.causes import Inputs
from stages.releases.compare import Side
from stages.releases.contract import Contract, of_file
from stages.releases.record import Release
from stages.releases.sides import Record, Values


@dataclass(frozen=True)
class Snapshot:
    """One version of the data."""

    name: str
    """As messages call it."""
    sides: Mapping[str, Side]
    """The tables."""
    inputs: Inputs | None = None
    """What they were made with, where that is known."""
    descriptor: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)

    @property
    def contracts(self) -> dict[str, Contract]:
        """What the tables promise."""
        return {name: side.contract for name, side in self.sides.items()}


@contextmanager
def opened(name: str, project: Project, params: Mapping[str, Block]) -> Iterator[Snapshot]:
    """A version of the data by its name.

    Args:
        name: a folder, a .zip archive, the version of a release, or a tag, branch or commit.
        project: the project in the current folder.
        params: its params.

    Raises:
        ArgumentError: where the name names nothing.
        RefusedError: where what it names is not whole.
    """
    path, version = Path(name), versions.parse(name)
    with TemporaryDirectory(prefix="standoff-") as scratch:
        if (path / "release.json").is_file() and (path / "keys").is_dir():
            yield of_release(record.load(path), project, Path(scratch))
        elif path.is_dir():
            yield of_folder(name, path, project, params)
        elif path.is_file():
            yield _of_archive(name, path, Path(scratch), project, params)
        elif version and (project.root / record.FOLDER / str(version)).is_dir():
            release = record.load(project.root / record.FOLDER / str(version))
            yield of_release(release, project, Path(scratch))
        elif commit := git.commit(project.root, name):
            yield _of_revision(name, commit, Path(scratch), project, params)
        else:
            known = ", ".join(map(str, record.listed(project.root))) or "none yet"
            raise ArgumentError(f"{name}: no folder, archive, release ({known}) or revision of git")


def of_folder(name: str, folder: Path, project: Project, params: Mapping[str, Block]) -> Snapshot:
    """The tables of a folder: of the package that its descriptor describes, or whatever Parquet files lie in it."""
    path = folder / "datapackage.json"
    if path.is_file():
        descriptor = record.read_json(path)
        try:
            sides: dict[str, Side] = dict(_described(folder, descriptor))
        except (ValueError, KeyError, TypeError) as error:
            raise RefusedError(f"{path}: no descriptor of a package: {error}") from error
    else:
        descriptor = {}
        files = {p.name.removesuffix(".parquet"): tables.parts(p) for p in sorted(folder.glob("*.parquet"))}
        order = [*schemas(), *files]
        sides = {table: _plain(table, files[table]) for table in dict.fromkeys(order) if table in files}
    if not sides:
        raise ArgumentError(f"{name}: holds no tables: neither datapackage.json nor <table>.parquet")
    return Snapshot(name, sides, _made_with(folder, descriptor, project, params), descriptor, _metrics(folder))


def of_project(project: Project, made: Inputs | None = None) -> Snapshot:
    """The built package of the work tree, and what it was made with."""
    path = project.root / "datapackage.json"
    if not path.is_file():
        raise RefusedError(f"{path} is missing: nothing has been built; run dvc repro")
    descriptor = record.read_json(path)
    sides = dict(_described(project.root, descriptor))
    return Snapshot("the work tree", sides, made, descriptor, _metrics(project.root))


def _described(folder: Path, descriptor: Mapping[str, Any]) -> Iterator[tuple[str, Side]]:
    """The tables of a descriptor, whose files must be those that it describes."""
    contracts = record.contracts(descriptor)
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    for table, contract in contracts.items():
        resource = resources.get(f"{table}-parquet")
        if resource is None:
            raise RefusedError(f"{folder / 'datapackage.json'}: {table} has no Parquet file")
        digests = {part["path"]: part["hash"] for part in resource.get("parts", [resource])}
        for path, expected in digests.items():
            if not (folder / path).is_file():
                raise RefusedError(f"{folder / path} is missing; datapackage.json describes it")
            if f"sha256:{record.digest(folder / path)}" != expected:
                raise RefusedError(
                    f"{folder / path} is not the file that datapackage.json describes: its digest differs"
                )
        yield table, Values(table, [folder / path for path in digests], _same(contract), _joined(digests.values()))


def _plain(table: str, paths: Sequence[Path]) -> Side:
    known = schemas().get(table)
    digest = _joined(f"sha256:{record.digest(path)}" for path in paths)
    return Values(table, paths, lambda arrow: of_file(table, arrow, known), digest)


def _same(contract: Contract) -> Any:
    return lambda arrow: contract


def _joined(digests: Any) -> str:
    return " ".join(digests)


def _made_with(
    folder: Path, descriptor: Mapping[str, Any], project: Project, params: Mapping[str, Block]
) -> Inputs | None:
    """What the tables of a folder were made with: those of the work tree, of an archive or of a release."""
    own = {project.root.resolve(), project.tables.resolve()}
    if folder.resolve() in own:
        return inputs.of_tree(params) if not staleness.faults(project) else None
    archived = folder / "release.json"
    if archived.is_file():
        found: Inputs | None = record.read_json(archived).get("fingerprints")
        return found
    place = folder / record.FOLDER / str(descriptor.get("version"))
    if (place / "release.json").is_file():
        release = record.load(place)
        return release.inputs if _hashes(release.descriptor) == _hashes(descriptor) else None
    return None


def _metrics(folder: Path) -> dict[str, Any]:
    path = folder / "metrics.json"
    return record.read_json(path) if path.is_file() else {}


def of_release(release: Release, project: Project, scratch: Path | None) -> Snapshot:
    """A release: its tables where the DVC cache or an archive of dist/ still has them, else the hashes of its rows.

    Args:
        release: the release.
        project: the project it belongs to.
        scratch: where files of an archive can be written; without it only hashes are read.
    """
    if faults := release.faults():
        raise RefusedError("\n".join(faults))
    others = {table: release.keys(table) for table in release.contracts}
    sides: dict[str, Side] = {}
    for table, contract in release.contracts.items():
        files = release.parquet(table)
        digest = _joined(f"sha256:{file['sha256']}" for file in files)
        paths = [_restored(file, release, project, scratch) if scratch else None for file in files]
        if all(paths):
            sides[table] = Values(table, [path for path in paths if path], _same(contract), digest)
        else:
            sides[table] = Record(release.keys(table), contract, digest, others)
    return Snapshot(str(release.version), sides, release.inputs, release.descriptor, release.content.get("metrics", {}))


def _restored(file: Mapping[str, Any], release: Release, project: Project, scratch: Path) -> Path | None:
    """A file of a release, from DVC's cache or an archive; only if it is the one that was released."""
    kept: Path = _cache(project.root) / "files/md5" / file["md5"][:2] / file["md5"][2:]
    if kept.is_file() and record.digest(kept) == file["sha256"]:
        return kept
    archive = project.root / "dist" / f"{release.descriptor['name']}-{release.version}.zip"
    inside = PurePosixPath(file["path"]).relative_to("tables").as_posix()
    if archive.is_file():
        try:
            with zipfile.ZipFile(archive) as opened_archive:
                for member in opened_archive.namelist():
                    if f"/{member}".endswith(f"/{inside}"):
                        found = Path(opened_archive.extract(member, scratch))
                        return found if record.digest(found) == file["sha256"] else None
        except zipfile.BadZipFile:
            return None
    return None


def _cache(root: Path) -> Path:
    """The folder of DVC's cache."""
    for name in ("config.local", "config"):
        given = configparser.ConfigParser(strict=False)
        if (root / ".dvc" / name).is_file():
            given.read_string((root / ".dvc" / name).read_text(encoding="utf-8"))
        if given.has_option("cache", "dir"):
            return root / ".dvc" / given.get("cache", "dir")
    return root / ".dvc/cache"


def _of_archive(name: str, path: Path, scratch: Path, project: Project, params: Mapping[str, Block]) -> Snapshot:
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [member for member in archive.namelist() if member.endswith((".parquet", ".json"))]
            archive.extractall(scratch, wanted)
    except zipfile.BadZipFile as error:
        raise ArgumentError(f"{name}: no zip archive") from error
    roots = sorted(scratch.rglob("datapackage.json"), key=lambda found: len(found.parts))
    return of_folder(name, roots[0].parent if roots else scratch, project, params)


def _of_revision(name: str, commit: str, scratch: Path, project: Project, params: Mapping[str, Block]) -> Snapshot:
    """A revision: the release that it is, or its tables from DVC's cache."""
    content = git.show(project.root, commit, "datapackage.json")
    lock = git.show(project.root, commit, "dvc.lock")
    if content is None or lock is None:
        raise ArgumentError(f"{name}: this revision has no datapackage.json and dvc.lock")
    descriptor = json.loads(content)
    made = inputs.of_revision(project.root, commit, inputs.of_tree(params))
    metrics = json.loads(git.show(project.root, commit, "metrics.json") or b"{}")
    place = f"{record.FOLDER}/{descriptor.get('version')}"
    if git.extract(project.root, commit, place, scratch):
        release = record.load(scratch / place)
        if _hashes(release.descriptor) == _hashes(descriptor):
            found = of_release(release, project, scratch)
            return Snapshot(name, found.sides, found.inputs, found.descriptor, found.metrics)
    files = _outs(yaml.safe_load(lock), _cache(project.root))
    sides: dict[str, Side] = {}
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    for table, contract in record.contracts(descriptor).items():
        parts = resources[f"{table}-parquet"]
        digests = {part["path"]: part["hash"] for part in parts.get("parts", [parts])}
        paths = [files.get(path) for path in digests]
        if not all(path and path.is_file() for path in paths):
            raise RefusedError(f"{name}: {next(iter(digests))} is not in DVC's cache; fetch it: dvc fetch --all-tags")
        for path, expected in zip(paths, digests.values(), strict=True):
            if path and f"sha256:{record.digest(path)}" != expected:
                raise RefusedError(f"{name}: {path} in DVC's cache is damaged: its digest differs; remove it")
        sides[table] = Values(table, [path for path in paths if path], _same(contract), _joined(digests.values()))
    return Snapshot(name, sides, made, descriptor, metrics)


def _hashes(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    return {r["name"]: r.get("hash") or r.get("parts") for r in descriptor["resources"] if r["name"] not in record.OWN}


def _outs(lock: Mapping[str, Any], cache: Path) -> dict[str, Path]:
    """Where DVC's cache has the outputs that a dvc.lock names, file by file."""
    found: dict[str, Path] = {}
    for out in (out for stage in lock["stages"].values() for out in stage.get("outs", [])):
        held = cache / "files/md5" / out["md5"][:2] / out["md5"][2:]
        if not out["md5"].endswith(".dir"):
            found[out["path"]] = held
        elif held.is_file():
            for part in json.loads(held.read_text(encoding="utf-8")):
                name = f"{out['path']}/{part['relpath']}"
                found[name] = cache / "files/md5" / part["md5"][:2] / part["md5"][2:]
    return found
