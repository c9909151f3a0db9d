"""The section of a release in CHANGELOG.md."""

from __future__ import annotations

import re

from stages.releases.differences import Diff
from stages.releases.report import summary
from stages.releases.versions import Version


def section(version: Version, date: str | None, notes: str | None, diff: Diff | None, merged: int) -> list[str]:
    """The lines of a section, without its heading.

    Args:
        version: of the release.
        date: of the release, where it is to have one.
        notes: what a person says of it.
        diff: against the release before; none for the first.
        merged: how many entities were merged, split, renamed or removed.
    """
    lines = [*notes.strip().splitlines(), ""] if notes else []
    record = f"releases/{version}"
    if diff is None:
        return [*lines, f"The first release: nothing to compare it with. Its record: [{record}]({record})."]
    due = f"{diff.due.name}, against {diff.old}" if diff.due else f"nothing changed since {diff.old}"
    lines += [f"Step due: {due}. Every row and cell: [{record}/changes.csv]({record}/changes.csv).", ""]
    lines += summary(diff)
    if merged:
        lines.append(f"Entities whose id changed: {merged}, in [{record}/entities.csv]({record}/entities.csv).")
    return lines


def insert(text: str, version: Version, date: str | None, lines: list[str]) -> str:
    """A changelog with the section of a release; where it has one already, what that says stays first."""
    heading = f"## {version} ({date})" if date else f"## {version}"
    body = "\n".join(lines).strip("\n")
    there = re.search(rf"^## v?{re.escape(str(version))}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if there:
        written = there[1].strip("\n")
        section = f"{heading}\n\n{written}\n\n{body}\n" if written else f"{heading}\n\n{body}\n"
        rest = text[there.end() :]
        return text[: there.start()] + section + (f"\n{rest}" if rest else "")
    first = re.search(r"^## ", text, re.MULTILINE)
    if first:
        return f"{text[: first.start()]}{heading}\n\n{body}\n\n{text[first.start() :]}"
    before = text.rstrip("\n") or "# Changelog"
    return f"{before}\n\n{heading}\n\n{body}\n"
