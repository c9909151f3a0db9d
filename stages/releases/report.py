"""A diff as a page in Markdown and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stages.releases.causes import Moved
from stages.releases.compare import KINDS, NOWHERE, Cell, Example, TableDiff
from stages.releases.corrected import Corrected
from stages.releases.differences import Diff
from stages.releases.versions import Level

_FEW = 10
_SHORT = 60
_CELLS = 5
_PLACES = re.compile(r"^doc_id$|(^|_)(start|end)$")


def markdown(diff: Diff) -> str:
    """The diff as a page: what it breaks first, then the tables, the causes, and examples."""
    lines = [f"# {diff.old} → {diff.new}", ""]
    if diff.empty:
        return "\n".join([*lines, "Nothing changed.", *_causes(diff, heading=True)]) + "\n"
    lines += [f"Due by the version recipe: **{diff.due.name}**.", ""]
    lines += _contract(diff)
    lines += _tables(diff)
    lines += _causes(diff, heading=True)
    lines += _metrics(diff)
    for table in diff.tables.values():
        lines += _table(table)
    return "\n".join(lines).rstrip("\n") + "\n"


def summary(diff: Diff) -> list[str]:
    """The diff without examples, as the changelog has it."""
    return [*_contract(diff), *_tables(diff), *_causes(diff, heading=False)]


def _contract(diff: Diff) -> list[str]:
    """The changes of the contract with what they break, and what the package says otherwise of itself."""
    told = [change for change in diff.contract if change.level > Level.PATCH]
    words = len(diff.contract) - len(told)
    if not told and not diff.metadata and not words:
        return []
    lines: list[str] = []
    if told:
        lines += ["| change of contract | step | what breaks, and for whom |", "|---|---|---|"]
        lines += [f"| `{c.table}{'.' + c.column if c.column else ''}`: {_cell(c.change)} | {c.level.name} "
                  f"| {_cell(c.breaks) or 'nothing'} |" for c in told]  # fmt: skip
        lines.append("")
    if words:
        lines += [f"Descriptions of {words} tables or fields are worded otherwise.", ""]
    lines += [f"The package: {what} ({level.name})." for what, level in diff.metadata]
    return [*lines, ""] if diff.metadata else lines


def _tables(diff: Diff) -> list[str]:
    touched = [table for table in diff.tables.values() if table.touched or table.note]
    if not touched:
        return ["No row changed.", ""]
    lines = [
        "| table | rows | added | removed | changed | columns that changed | cause |",
        "|---|---|---|---|---|---|---|",
    ]
    for table in touched:
        columns = ", ".join(f"{name} {number:,}" for name, number in table.columns.most_common(_FEW))
        causes = "; ".join(f"{cause} {number:,}" for cause, number in sorted(table.causes.items()))
        rows = f"{table.old_rows:,} → {table.new_rows:,}" if table.old_rows != table.new_rows else f"{table.new_rows:,}"
        counts = f"{table.added:,} | {table.removed:,} | {table.changed:,}"
        lines.append(f"| {table.table} | {rows} | {counts} | {table.note or columns} | {_cell(causes)} |")
    return [*lines, ""]


def _causes(diff: Diff, heading: bool) -> list[str]:
    """What is not as it was: the texts, and what the stages were made with."""
    documents = diff.documents
    lines = []
    groups = {"added": documents.added, "removed": documents.removed, "changed": documents.changed}
    told = [f"{len(found):,} {how} ({_few(found)})" for how, found in groups.items() if found]
    if told:
        lines.append(f"- **texts**: {'; '.join(told)}")
    if diff.corrected:
        number = len(diff.corrected)
        lines.append(f"- **corrections**: {number:,} cell{'s' * (number != 1)}")
        lines += [f"  - {_corrected(one)}" for one in diff.corrected[:_FEW]]
        lines += [f"  - and {number - _FEW:,} more"] * (number > _FEW)
    if diff.inputs is None:
        lines.append("- what the stages were made with is not known of both: only texts can be told as a cause")
    for kind in KINDS:
        where: dict[Moved, list[str]] = {}
        for stage, kinds in (diff.inputs or {}).items():
            for moved in kinds.get(kind, []):
                where.setdefault(moved, []).append(stage)
        if where:
            names = [f"{_moved(kind, moved)} (of {', '.join(stages)})" for moved, stages in where.items()]
            lines.append(f"- **{kind}**: {_few(names)}")
    if not lines:
        return []
    return [*(["## Causes", ""] if heading else ["Causes:", ""]), *lines, ""]


def _corrected(one: Corrected) -> str:
    """A cell whose line in corrections.csv is not what it was, with its reason."""
    cell = f"{one.column} of `{one.key}` in {one.table}"
    if one.how == "removed":
        return f"{cell}: no longer corrected"
    value = _show(one.value) if one.value != NOWHERE else "emptied"
    reason = f": {' '.join(one.reason[0].split())}" if one.reason[0] else ""
    return f"{cell} {'is' if one.how == 'added' else 'is now'} {value}{reason}"


def _moved(kind: str, moved: Moved) -> str:
    if kind in {"code", "lexicons", "schemas"}:
        return f"`{moved.name}`" if moved.how == "changed" else f"`{moved.name}` {moved.how}"
    return f"`{moved.name}` {moved.old or 'none'} → {moved.new or 'none'}"


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _FEW:,} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def _metrics(diff: Diff) -> list[str]:
    if not diff.metrics:
        return []
    lines = ["## Quality", "", "| figure | before | now |", "|---|---|---|"]
    return [*lines, *(f"| {name} | {old} | {new} |" for name, (old, new) in diff.metrics.items()), ""]


def _table(table: TableDiff) -> Iterator[str]:
    if not any(table.examples.values()):
        return
    yield from [f"## {table.table}", ""]
    for kind in ("added", "removed", "changed"):
        for example in table.examples.get(kind, []):
            yield f"- {kind} `{_short(example.key)}` ({example.cause}): {_example(kind, example)}"
    yield ""


def _example(kind: str, example: Example) -> str:
    if kind == "changed":
        told = [f"{name} {_show(old)} → {_show(new)}" for name, (old, new) in example.cells.items()]
    else:
        cells = {name: new if kind == "added" else old for name, (old, new) in example.cells.items()}
        # The key says already where the row was read; what was read comes first.
        names = sorted((name for name in cells if not _PLACES.search(name)), key=lambda name: name != "text")
        told = [f"{name} {_show(cells[name])}" for name in names[:_CELLS]]
    return "; ".join(told) or "cells not at hand"


def _show(cell: Cell) -> str:
    text, known = cell
    return ("null" if known else "(not at hand)") if text is None else f"`{_short(text)}`"


def _short(text: str) -> str:
    line = " ".join(text.replace("`", "'").split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def as_json(diff: Diff) -> dict[str, Any]:
    """The diff for programs."""
    documents = diff.documents
    return {
        "old": diff.old,
        "new": diff.new,
        "due": diff.due.name,
        "reasons": [{"step": level.name, "reason": reason} for level, reason in diff.reasons],
        "contract": [
            {"table": c.table, "column": c.column, "change": c.change, "step": c.level.name, "breaks": c.breaks or None}
            for c in diff.contract
        ],
        "package": [what for what, _ in diff.metadata],
        "documents": {"added": documents.added, "removed": documents.removed, "changed": documents.changed},
        "inputs": inputs(diff),
        "corrections": corrections(diff),
        "metrics": {name: {"old": old, "new": new} for name, (old, new) in diff.metrics.items()},
        "tables": {name: {**counts(table), "examples": _examples(table)} for name, table in diff.tables.items()},
    }


def inputs(diff: Diff) -> dict[str, Any] | None:
    """By stage and kind the inputs that are not what they were."""
    if diff.inputs is None:
        return None
    return {
        stage: {
            kind: [{"name": moved.name, "old": moved.old, "new": moved.new} for moved in found]
            for kind, found in kinds.items()
        }
        for stage, kinds in diff.inputs.items()
    }


def corrections(diff: Diff) -> list[dict[str, Any]]:
    """The cells whose correction is not what it was."""
    return [
        {
            "table": one.table,
            "key": one.key,
            "column": one.column,
            "change": one.how,
            "value": _value(one.value),
            "reason": _value(one.reason),
        }
        for one in diff.corrected
    ]


def counts(table: TableDiff) -> dict[str, Any]:
    """How much of a table changed."""
    return {
        "old_rows": table.old_rows,
        "new_rows": table.new_rows,
        "added": table.added,
        "removed": table.removed,
        "changed": table.changed,
        "columns": dict(sorted(table.columns.items())),
        "causes": dict(sorted(table.causes.items())),
        **({"note": table.note} if table.note else {}),
    }


def _value(found: Cell) -> dict[str, Any]:
    return {"value": found[0]} if found[1] else {"known": False}


def _examples(table: TableDiff) -> Mapping[str, Any]:
    return {
        kind: [
            {
                "key": example.key,
                "cause": example.cause,
                "cells": {name: {"old": _value(old), "new": _value(new)} for name, (old, new) in example.cells.items()},
            }
            for example in examples
        ]
        for kind, examples in table.examples.items()
    }
