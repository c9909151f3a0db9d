"""Why rows changed: the texts, corrections, or what the stages that made them depend on, as each release records it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from stages.core import corrections
from stages.core.schema import STAGES, schemas
from stages.releases.compare import KINDS, mixture
from stages.releases.corrected import Corrected
from stages.tasks import module

Inputs = Mapping[str, Mapping[str, Mapping[str, str]]]
"""By stage and kind: what the rows depend on, each by its name with a hash, a version or a value."""


@dataclass(frozen=True)
class Moved:
    """One input that is not what it was."""

    name: str
    old: str | None
    new: str | None

    @property
    def how(self) -> str:
        """Added, removed or changed."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


Movements = Mapping[str, Mapping[str, list[Moved]]]
"""By stage and kind: the inputs that are not what they were."""


def moved(old: Inputs | None, new: Inputs | None) -> Movements | None:
    """The inputs in which two versions differ; none where one of them does not say what it was made with."""
    if old is None or new is None:
        return None
    found: dict[str, dict[str, list[Moved]]] = {}
    for stage in (stage for stage in STAGES if stage in old or stage in new):
        before, after = old.get(stage, {}), new.get(stage, {})
        for kind in (kind for kind in KINDS if kind in before or kind in after):
            a, b = before.get(kind, {}), after.get(kind, {})
            names = [name for name in sorted({*a, *b}) if a.get(name) != b.get(name)]
            if names:
                found.setdefault(stage, {})[kind] = [Moved(name, a.get(name), b.get(name)) for name in names]
    return found


@cache
def _home(table: str) -> str | None:
    known = schemas().get(table)
    return known.stage if known else None


@cache
def upstream(stage: str) -> tuple[str, ...]:
    """A stage and those whose tables it reads, directly or not, in their order."""
    found, todo = {stage}, [stage]
    while todo:
        code = module(todo.pop())
        for table in {*code.READS, *getattr(code, "FINISHES", ())}:
            home = _home(table)
            if home and home not in found:
                found.add(home)
                todo.append(home)
    return tuple(name for name in STAGES if name in found)


@dataclass(frozen=True)
class Causes:
    """Says why rows changed.

    Attributes:
        inputs: what is not as it was; none if that is not known.
        contracts: tables whose contract is not what it was.
        texts: documents whose text, or what is known of it, changed.
        edges: documents that were added or removed.
        corrected: cells whose correction is not what it was.
    """

    inputs: Movements | None
    contracts: Collection[str]
    texts: Collection[str]
    edges: Collection[str]
    corrected: Sequence[Corrected] = ()

    def of(self, table: str, document: str | None, key: str = "", column: str | None = None) -> str:
        """The causes of a change, as the cells of the table `changes` have them.

        Args:
            table: of the row.
            document: of the row; none where it belongs to the corpus.
            key: of the row.
            column: the cell that changed; none where the row was added or removed.
        """
        if document in self.edges:
            return "texts"
        found = self._of_row(table, document)
        if table == corrections.TABLE:
            found = {"corrections"}
        elif lines := self._cells.get((table, _as_corrections_have_it(table, key))):
            if column in lines and lines[column].how != "removed":
                found = {"corrections"}  # whatever else moved: the cell is what the line says
            elif column in lines or column == "rule":
                found = {"corrections", *found}
        return mixture(found or {"unknown"})

    def _of_row(self, table: str, document: str | None) -> set[str]:
        """What can have moved a row, but for a correction of its own."""
        others = bool(self.texts or self.edges)
        found = self.kinds(table)
        if document in self.texts or (document is None and others):
            found.add("texts")
        reach = self._reach(table)
        if None in reach or document in reach or (document is None and reach):
            found.add("corrections")
        if not found and self.inputs is not None:
            # What is said of one text can depend on others: who is who, what is a duplicate.
            found = {kind for kind, there in (("texts", others), ("corrections", bool(reach))) if there}
        return found

    def kinds(self, table: str) -> set[str]:
        """The kinds of input that moved in the stage of a table or before it; of schemas only what its own promises."""
        home = _home(table)
        stages = upstream(home) if home else STAGES
        found = {kind for stage in stages for kind in (self.inputs or {}).get(stage, {})} - {"schemas"}
        return found | ({"schemas"} if table in self.contracts else set())

    @cached_property
    def _cells(self) -> dict[tuple[str, str], dict[str, Corrected]]:
        """The corrected cells by row."""
        found: dict[tuple[str, str], dict[str, Corrected]] = {}
        for one in self.corrected:
            found.setdefault((one.table, one.key), {})[one.column] = one
        return found

    @cached_property
    def _documents(self) -> dict[str, set[str | None]]:
        """The documents of corrected cells by table."""
        found: dict[str, set[str | None]] = {}
        for one in self.corrected:
            found.setdefault(one.table, set()).add(one.document)
        return found

    def _reach(self, table: str) -> set[str | None]:
        """The documents of the corrected cells that rows of a table can follow: those of stages before its own."""
        home = _home(table)
        if home is None:
            return set()
        stages = upstream(home)[: None if table == corrections.JOINED else -1]
        return {one for name, found in self._documents.items() if _home(name) in stages for one in found}


def _as_corrections_have_it(table: str, key: str) -> str:
    """The key of a row as corrections name it; of several columns it is a JSON array in `changes`."""
    known = schemas().get(table)
    several = known is not None and len(known.primary_key) > 1
    return corrections.SEPARATOR.join(map(str, json.loads(key))) if several else key
