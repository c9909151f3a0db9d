"""Why rows changed: the texts, or what the stages that made them depend on, as each release records it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from stages.core.schema import STAGES, schemas
from stages.tasks import module

KINDS = ("texts", "code", "lexicons", "model", "params", "packages", "platform", "schemas", "unknown")
"""The causes there are, in the order in which a mixture of them is named."""

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
    """

    inputs: Movements | None
    contracts: Collection[str]
    texts: Collection[str]
    edges: Collection[str]

    def of(self, table: str, document: str | None) -> str:
        """The causes of a change, as the cells of the table `changes` have them."""
        if document in self.edges:
            return "texts"
        if document in self.texts or (document is None and (self.texts or self.edges)):
            found = {"texts", *self.kinds(table)}
        else:
            found = self.kinds(table)
        if not found and self.inputs is not None and (self.texts or self.edges):
            found = {"texts"}  # what is said of one text can depend on others: who is who, what is a duplicate
        return " | ".join(kind for kind in KINDS if kind in found) or "unknown"

    def kinds(self, table: str) -> set[str]:
        """The kinds of input that moved in the stage of a table or before it; of schemas only what its own promises."""
        home = _home(table)
        stages = upstream(home) if home else STAGES
        found = {kind for stage in stages for kind in (self.inputs or {}).get(stage, {})} - {"schemas"}
        return found | ({"schemas"} if table in self.contracts else set())
