"""The ontology: PLOVER's types, modes, quad classes, contexts and auxiliary modes, as events_types.csv has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from stages.core import lexicon

KINDS = frozenset({"quad", "type", "mode", "context", "auxiliary"})


@dataclass(frozen=True, slots=True)
class Code:
    """One line of the ontology, and one row of the table event_types."""

    code: str
    kind: str
    type: str | None
    mode: str | None
    quad: str | None
    cameo: str | None
    description: str


@cache
def codes() -> dict[str, Code]:
    """The ontology by code, in the order of the lexicon."""
    found: dict[str, Code] = {}
    for (code,), row in lexicon.unique(lexicon.load("events_types"), "code").items():
        row.one_of("kind", KINDS)
        type_, mode, quad, cameo = (row[name] or None for name in ("type", "mode", "quad", "cameo"))
        found[code] = Code(code, row["kind"], type_, mode, quad, cameo, row["description"])
    return found


@cache
def types() -> dict[str, Code]:
    """The event types by name."""
    return {code.code: code for code in codes().values() if code.kind == "type"}


@cache
def modes(type_: str) -> tuple[str, ...]:
    """The modes of an event type."""
    return tuple(code.mode for code in codes().values() if code.kind == "mode" and code.type == type_ and code.mode)


@cache
def contexts() -> tuple[str, ...]:
    """The contexts."""
    return tuple(code.code for code in codes().values() if code.kind == "context")
