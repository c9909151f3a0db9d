"""Two versions of the data compared: contract, rows, causes, and the step that is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stages.core import corrections
from stages.releases.causes import Causes, Movements, moved
from stages.releases.compare import Change, Side, TableDiff, compare, unknown
from stages.releases.contract import ContractChange, changes
from stages.releases.corrected import Corrected
from stages.releases.corrected import moved as moved_corrections
from stages.releases.snapshots import Snapshot
from stages.releases.versions import Level

_METADATA = ("name", "title", "description", "contributors", "keywords")
_OF_THE_TEXT = {"sha256", "text"}
_OF_OTHERS = {"duplicate_of"}
"""The column of documents that depends on other texts."""


@dataclass
class Documents:
    """The documents that are not what they were."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """With another text, or with something else known of it."""


@dataclass
class Diff:
    """What changed between two versions."""

    old: str
    new: str
    tables: dict[str, TableDiff]
    contract: list[ContractChange]
    documents: Documents
    inputs: Movements | None
    """The inputs of the stages that are not what they were; none where that is not known."""
    corrected: list[Corrected] = field(default_factory=list)
    """The cells whose correction is not what it was."""
    metadata: list[tuple[str, Level]] = field(default_factory=list)
    """What the package says of itself, and says otherwise now."""
    metrics: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing that a user can see is otherwise."""
        return not (
            self.contract or self.metadata or any(table.touched or table.note for table in self.tables.values())
        )

    @property
    def due(self) -> Level:
        """The step that the later version is due."""
        return max((level for level, _ in self.reasons), default=Level.NONE)

    @property
    def reasons(self) -> list[tuple[Level, str]]:
        """What asks for which step, the largest first."""
        found = [(change.level, str(change)) for change in self.contract]
        if removed := self.documents.removed:
            found.append((Level.MAJOR, f"documents: {_number(len(removed), 'document')} removed"))
        for name, table in self.tables.items():
            for number, what in ((table.added, "added"), (table.removed, "removed")):
                if number and not (name == "documents" and what == "removed"):
                    # A line of corrections more is no more data, but values corrected.
                    level = Level.PATCH if name == corrections.TABLE else Level.MINOR
                    found.append((level, f"{name}: {_number(number, 'row')} {what}"))
            if table.changed:
                found.append((Level.PATCH, f"{name}: {_number(table.changed, 'row')} changed"))
            if table.note:
                found.append((Level.MAJOR, f"{name}: {table.note}"))
        found += [(level, f"the package: {what}") for what, level in self.metadata]
        return sorted(found, key=lambda reason: -reason[0])


def _number(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


class Comparison:
    """Compares two versions; `diff` is complete when all changes have been read.

    Args:
        old: the earlier version.
        new: the later one.
        examples: how many rows of each kind are kept to be shown.
    """

    def __init__(self, old: Snapshot, new: Snapshot, examples: int = 0) -> None:
        self._old, self._new, self._examples = old.sides, new.sides, examples
        contract = changes(old.contracts, new.contracts)
        inputs = moved(old.inputs, new.inputs)
        self.diff = Diff(old.name, new.name, {}, contract, Documents(), inputs)
        self.diff.corrected = moved_corrections(*(side.get(corrections.TABLE) for side in (self._old, self._new)))
        self.diff.documents = self._documents(inputs)
        if old.descriptor and new.descriptor:
            self.diff.metadata = list(_metadata(old.descriptor, new.descriptor))
        if old.metrics and new.metrics:
            self.diff.metrics = _metrics(old.metrics, new.metrics)

    def changes(self) -> Iterator[Change]:
        """The changes, table by table."""
        documents = self.diff.documents
        causes = Causes(
            self.diff.inputs,
            frozenset(change.table for change in self.diff.contract if change.level > Level.PATCH),
            frozenset(documents.changed),
            frozenset([*documents.added, *documents.removed]),
            self.diff.corrected,
        )
        for name in dict.fromkeys([*self._old, *self._new]):
            old, new = self._old.get(name), self._new.get(name)
            found = self._table(name, old, new)
            self.diff.tables[name] = found
            yield from compare(old, new, found, causes.of, self._examples)

    def finish(self) -> Diff:
        """Read all changes, and keep only what they add up to."""
        for _ in self.changes():
            pass
        return self.diff

    def _table(self, name: str, old: Side | None, new: Side | None) -> TableDiff:
        return TableDiff(name, old.rows if old else 0, new.rows if new else 0)

    def _documents(self, inputs: Movements | None) -> Documents:
        """Which documents were added, removed, or have another text or other metadata."""
        found = Documents()
        old, new = self._old.get("documents"), self._new.get("documents")
        by_code = inputs is None or "documents" in inputs
        by_hand = {(one.key, one.column) for one in self.diff.corrected if one.table == "documents"}
        changed: dict[str, set[str | None]] = {}
        for change in compare(old, new, self._table("documents", old, new), unknown):
            if change.change == "changed":
                if (change.key, change.column) in by_hand:
                    continue
                changed.setdefault(change.key, set()).add(change.column)
            else:
                (found.added if change.change == "added" else found.removed).append(change.key)
        # What is known of a text changes with sources.csv or its record, unless other code reads it otherwise.
        own = _OF_THE_TEXT if by_code else None
        found.changed = [
            key for key, columns in changed.items() if (columns & own if own is not None else columns - _OF_OTHERS)
        ]
        return found


def _metadata(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Level]]:
    # A title of a licence may be put better; another licence is another contract.
    licences = [[(known.get("name"), known.get("path")) for known in d.get("licenses", [])] for d in (old, new)]
    if licences[0] != licences[1]:
        names = [", ".join(str(name) for name, _ in known) or "none" for known in licences]
        yield f"the licence {names[0]} is now {names[1]}", Level.MAJOR
    elif old.get("licenses") != new.get("licenses"):
        yield "licenses changed", Level.PATCH
    for key in _METADATA:
        if old.get(key) != new.get(key):
            yield f"{key} changed", Level.MAJOR if key == "name" else Level.PATCH


def _metrics(old: Mapping[str, Any], new: Mapping[str, Any], above: str = "") -> dict[str, tuple[Any, Any]]:
    """The figures that are not what they were, by their dotted names."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            found |= _metrics(before, after, f"{above}{name}.")
        elif before != after and isinstance(before, int | float) and isinstance(after, int | float):
            found[f"{above}{name}"] = before, after
    return found
