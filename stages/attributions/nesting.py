"""Attributions inside attributions, and quotations that a pull quote repeats."""

from __future__ import annotations

from collections.abc import Sequence

from stages.attributions.cues import Found
from stages.core.parse import Document


def parents(found: Sequence[Found]) -> list[int | None]:
    """For each attribution the innermost one whose content holds both its content and its cue.

    Args:
        found: in the order of their contents, longer ones first.
    """
    above: list[int | None] = []
    open_rows: list[int] = []
    for at, row in enumerate(found):
        while open_rows and found[open_rows[-1]].content.end <= row.content.start:
            open_rows.pop()
        holders = (
            other
            for other in reversed(open_rows)
            if (found[other].content == row.content and row.above is not None and found[other].cue == row.above)
            or (
                found[other].content.holds(row.content)
                and found[other].content != row.content
                and (row.cue is None or found[other].content.holds(row.cue))
            )
        )
        above.append(next(holders, None))
        open_rows.append(at)
    return above


def wishes_inside(above: Sequence[int | None], found: Sequence[Found]) -> set[int]:
    """The attributions inside others that tell a plan or a refusal: part of what the outer source says."""
    return {at for at, row in enumerate(found) if row.wish and above[at] is not None}


def depths(above: Sequence[int | None]) -> list[int]:
    """How many attributions enclose each."""
    found: list[int] = []
    for parent in above:
        found.append(0 if parent is None else found[parent] + 1)
    return found


def repeated(document: Document, found: Sequence[Found]) -> dict[int, int]:
    """The attributions of pull quotes by the attribution of the body that they repeat, both by position."""
    body: dict[str, int] = {}
    for at, row in enumerate(found):
        if row.sentence.segment.kind != "pull_quote":
            body.setdefault(_words(document, row), at)
    return {
        at: body[words]
        for at, row in enumerate(found)
        if row.sentence.segment.kind == "pull_quote" and (words := _words(document, row)) in body
    }


def _words(document: Document, row: Found) -> str:
    text = document.clean[row.content.start : row.content.end].lower()
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())
