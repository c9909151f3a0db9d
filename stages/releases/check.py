"""The check of CI: whether what is built may carry its version, and whether the releases are as they were made."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping

from stages.core.params import Block
from stages.pipeline import Project
from stages.releases import RefusedError, record
from stages.releases.differences import Comparison, Diff
from stages.releases.making import missing, named_version, reasons, step
from stages.releases.snapshots import of_project, of_release
from stages.releases.versions import Level


def check(project: Project, params: Mapping[str, Block]) -> Iterator[str]:
    """Compare the built package with the latest release; yields lines for the person.

    On another platform than that of the committed build, where floating point may parse a sentence otherwise, rows are
    not compared: only the contract and the documents.

    Raises:
        RefusedError: a line for each reason.
    """
    package, version = named_version(params)
    releases, faults = record.chain(project.root)
    faults += missing(project.root)
    if faults:
        raise RefusedError("\n".join(f"release: {fault}" for fault in faults))
    if not releases:
        yield "release: none yet, nothing to compare with"
        return
    latest = releases[-1]
    diff = Comparison(of_release(latest, project, None), of_project(project)).finish()
    here = f"{platform.system()} {platform.machine()}"
    if here != package.platform:
        _without_rows(diff)
        yield f"release: rows are not compared: this is {here}, the committed build was made on {package.platform}"
    if version < latest.version.after(diff.due):
        lines = [f"release: package.version is {version}, but {step(diff, latest.version)}", *reasons(diff)]
        raise RefusedError("\n".join(lines))
    due = f"due {diff.due.name}" if diff.due > Level.NONE else "the same data"
    yield f"release: {version} may stand after {latest.version}: {due}; {_counted(len(releases))} made"


def _counted(releases: int) -> str:
    return "the release is as it was" if releases == 1 else f"all {releases} releases are as they were"


def _without_rows(diff: Diff) -> None:
    """Forget what a platform can change."""
    for table in diff.tables.values():
        table.added = table.removed = table.changed = 0
