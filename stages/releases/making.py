"""Making a release: works out the step that is due, and writes record, version and changelog, or nothing."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date as day
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from stages.core import tables
from stages.core.params import Block
from stages.core.schema import schema
from stages.pipeline import Project
from stages.publish import Package
from stages.releases import ArgumentError, RefusedError, changelog, git, inputs, record, staleness, versions
from stages.releases.compare import Change
from stages.releases.differences import Comparison, Diff
from stages.releases.identities import Succession, successions
from stages.releases.quoting import Quoting
from stages.releases.record import Release
from stages.releases.sides import names
from stages.releases.snapshots import Snapshot, of_project, of_release
from stages.releases.versions import Level, Version
from stages.releases.writing import Written

_BATCH = 10_000
_REASONS_SHOWN = 10


def make(
    project: Project, params: Mapping[str, Block], version: str | None, date: str | None, notes: str | None
) -> Iterator[str]:
    """Make a release of what is built; yields lines for the person.

    Args:
        project: the project.
        params: its params.
        version: of the release; without it the smallest that is due, or package.version where that is larger.
        date: of the release, YYYY-MM-DD; without it the release has none.
        notes: what the changelog says first.

    Raises:
        ArgumentError: where version or date are none.
        RefusedError: where no release can be made; then nothing has been written.
    """
    wanted = _version(version)
    _date(date)
    package, named = named_version(params)
    releases = _ready(project, wanted)
    with TemporaryDirectory(prefix=".release-", dir=project.root) as scratch:
        folder = Path(scratch) / "record"
        folder.mkdir()
        new = of_project(project, inputs.of_tree(params))
        diff, merged = _compare(project, releases[-1] if releases else None, new, folder, Path(scratch))
        found = _decide(releases, diff, wanted, named)
        written = Written(project, found, date, releases[-1] if releases else None, new, diff)
        written.write(folder, merged, package.model_copy(update={"version": str(found)}))
        notes = notes if notes is None or notes.strip() else None
        texts = {
            "params.yaml": with_version(project.root / "params.yaml", found),
            "CHANGELOG.md": _with_section(project.root / "CHANGELOG.md", found, date, notes, diff, len(merged)),
        }
        _install(project, folder, project.root / record.FOLDER / str(found), texts)
    yield from _told(found, releases, diff)


def named_version(params: Mapping[str, Block]) -> tuple[Package, Version]:
    """What the package says of itself, and the version that it has by that."""
    package = params["package"]
    assert isinstance(package, Package)
    found = versions.parse(package.version)
    if found is None:
        raise ArgumentError(f"package.version {package.version}: no version; write MAJOR.MINOR.PATCH, as 0.2.0")
    return package, found


def _version(text: str | None) -> Version | None:
    found = versions.parse(text) if text is not None else None
    if text is not None and found is None:
        raise ArgumentError(f"--version {text}: no version; write MAJOR.MINOR.PATCH, as 0.2.0")
    return found


def _date(text: str | None) -> None:
    try:
        if text is not None and day.fromisoformat(text).isoformat() != text:
            raise ValueError
    except ValueError as error:
        raise ArgumentError(f"--date {text}: no day; write YYYY-MM-DD") from error


def _ready(project: Project, wanted: Version | None) -> list[Release]:
    """The releases so far, if another can be made after them."""
    releases, faults = record.chain(project.root)
    faults += missing(project.root)
    if not faults and wanted is not None and any(release.version == wanted for release in releases):
        faults.append(f"release {wanted} exists, and a release is never changed")
    if not faults and wanted is not None and releases and wanted < releases[-1].version:
        faults.append(f"{wanted} is smaller than the latest release, {releases[-1].version}")
    faults += git.faults(project.root) or staleness.faults(project)
    if faults:
        raise RefusedError("\n".join(f"release: {fault}" for fault in faults))
    return releases


def missing(root: Path) -> list[str]:
    """Releases that a tag has, and the work tree has not, or has otherwise."""
    faults = []
    for tag in git.tags(root):
        version = versions.parse(tag)
        path = f"{record.FOLDER}/{version}/release.json"
        tagged = git.show(root, tag, path) if version else None
        if tagged is None:
            continue
        here = root / path
        if not here.is_file():
            faults.append(f"{here.parent} is missing, which {tag} has: git checkout {tag} -- {here.parent.as_posix()}")
        elif here.read_bytes() != tagged:
            faults.append(f"{here} is not that of {tag}: git checkout {tag} -- {here.parent.as_posix()}")
    return faults


def _compare(
    project: Project, previous: Release | None, new: Snapshot, folder: Path, scratch: Path
) -> tuple[Diff | None, list[Succession]]:
    """Compare with the release before, and write the table of changes."""
    writer = tables.Writer(folder, schema("changes"))
    diff, merged = None, []
    if previous:
        old = of_release(previous, project, scratch)
        quoting = Quoting(*(names(side.sides.get("entities")) for side in (old, new)))
        comparison = Comparison(old, new)
        moves: Counter[tuple[str, str]] = Counter()
        gone: set[str] = set()
        fresh: set[str] = set()
        found = enumerate(comparison.changes(), start=1)
        while batch := list(islice(found, _BATCH)):
            for _, change in batch:
                if change.table == "mentions" and change.column == "entity_id" and change.old[0] and change.new[0]:
                    moves[change.old[0], change.new[0]] += 1
                elif change.table == "entities" and change.column is None:
                    (gone if change.change == "removed" else fresh).add(change.key)
            writer.write(tables.from_rows([_row(*numbered, quoting) for numbered in batch], schema("changes")))
        diff, merged = comparison.diff, successions(moves, gone, fresh)
    writer.close()
    return diff, merged


def _row(number: int, change: Change, quoting: Quoting) -> dict[str, Any]:
    old, new = (quoting.allowed(change.table, change.column, cell) for cell in (change.old, change.new))
    return {
        "number": number,
        "table": change.table,
        "key": change.key,
        "document": change.document,
        "change": change.change,
        "column": change.column,
        "old": old[0],
        "new": new[0],
        "old_known": old[1],
        "cause": change.cause,
    }


def _decide(releases: list[Release], diff: Diff | None, wanted: Version | None, named: Version) -> Version:
    """The version of the release."""
    if diff is None:
        found = wanted or named
        if found < named:
            raise RefusedError(f"release: {found} is smaller than package.version, {named}")
        return found
    latest = releases[-1].version
    least = latest.after(diff.due)
    if diff.due == Level.NONE and wanted is None and named <= latest:
        raise RefusedError(
            f"release: nothing has changed since {latest}; name a version to release it anyway: --version"
        )
    found = wanted or max(least, named)
    if found <= latest:
        raise RefusedError(f"release: {found} is not larger than the latest release, {latest}")
    if found < least:
        raise RefusedError("\n".join([f"release: {found} is too small: {step(diff, latest)}", *reasons(diff)]))
    return found


def step(diff: Diff, latest: Version) -> str:
    """The step that is due, in words."""
    return f"what changed since {latest} is due {diff.due.name}, at least {latest.after(diff.due)}"


def reasons(diff: Diff) -> list[str]:
    """What asks for the step that is due, as lines for the person."""
    found = [reason for level, reason in diff.reasons if level == diff.due]
    more = [f"  and {len(found) - _REASONS_SHOWN} more"] if len(found) > _REASONS_SHOWN else []
    return [*(f"  {reason}" for reason in found[:_REASONS_SHOWN]), *more]


def with_version(path: Path, version: Version) -> str:
    """params.yaml with another version of the package, and everything else as it stands there."""
    text = path.read_text(encoding="utf-8")
    before = yaml.safe_load(text) or {}
    block = re.search(r"^package:[^\n]*\n((?:[ \t]+[^\n]*\n|[ \t]*#[^\n]*\n|\s*\n)*)", text, re.MULTILINE)
    line = (
        re.search(r"^([ \t]+version:[ \t]*)(\"[^\"\n]*\"|'[^'\n]*'|[^\s#]+)", block[1], re.MULTILINE) if block else None
    )
    if block and line:
        start = block.start(1)
        text = text[: start + line.start(2)] + str(version) + text[start + line.end(2) :]
    elif block:
        text = text[: block.start(1)] + f"  version: {version}\n" + text[block.start(1) :]
    else:
        text = f"package:\n  version: {version}\n\n{text}"
    expected = {**before, "package": {**(before.get("package") or {}), "version": str(version)}}
    try:
        same = yaml.safe_load(text) == expected
    except yaml.YAMLError:
        same = False
    if not same:
        raise RefusedError(
            f"release: {path}: set package.version to {version} by hand, as a line of its own, and commit it"
        )
    return text


def _with_section(
    path: Path, version: Version, date: str | None, notes: str | None, diff: Diff | None, merged: int
) -> str:
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    shown = diff and replace(diff, new=str(version))
    return changelog.insert(text, version, date, changelog.section(version, date, notes, shown, merged))


def _install(project: Project, folder: Path, target: Path, texts: Mapping[str, str]) -> None:
    """Put everything in its place; where that fails, what was there before is there again."""
    before = {name: (project.root / name).read_bytes() if (project.root / name).is_file() else None for name in texts}
    made = not target.parent.exists()
    try:
        target.parent.mkdir(exist_ok=True)
        folder.rename(target)
        for name, text in texts.items():
            partial = folder.parent / name
            partial.write_text(text, encoding="utf-8", newline="\n")
            partial.replace(project.root / name)
    except BaseException as error:  # also where a person stops it
        shutil.rmtree(target, ignore_errors=True)
        if made:
            target.parent.rmdir()
        for name, content in before.items():
            if content is not None:
                (project.root / name).write_bytes(content)
            else:
                (project.root / name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise RefusedError(f"release: cannot be written: {error.strerror}") from error
        raise


def _told(version: Version, releases: list[Release], diff: Diff | None) -> Iterator[str]:
    """What was done, and what a person should do next."""
    if diff is None:
        yield f"release {version}: the first one"
    else:
        changed = sum(table.touched for table in diff.tables.values())
        yield f"release {version}: {diff.due.name} was due after {releases[-1].version}, {changed:,} rows changed"
        yield from reasons(diff)
    yield f"written: {record.FOLDER}/{version}, params.yaml, CHANGELOG.md; read the changelog, then:"
    yield "  dvc repro"
    yield "  git add --all ."
    yield f'  git commit --message "Release {version}"'
    yield f"  git tag v{version}"
    yield "  dvc push"
    yield f"  git push origin HEAD v{version}"
