"""One row per stretch of content that the text attributes to a source.

Source, cue and content after PARC 3 and PolNeAR (Pareti 2016; Newell et al. 2018), found by rules over quotation marks
and the dependency parse. A quotation that a pull quote repeats from the body is labelled with what it repeats.
"""

from __future__ import annotations

from collections import Counter

from stages.attributions import direct, nesting
from stages.attributions.cues import Found, Span
from stages.core.params import Block
from stages.core.parse import PARSE, Document, Row, Tables

READS = PARSE
WRITES = ("attributions",)


class Params(Block):
    """Params of the stage: none yet."""


def extract(document: Document, params: Params) -> Tables:
    """The attributions of a document, in the order of their contents."""
    found = sorted(direct.combine(document), key=_place)
    inside = nesting.wishes_inside(nesting.parents(found), found)
    found = [row for at, row in enumerate(found) if at not in inside]
    repeats = nesting.repeated(document, found)
    # What a pull quote says beyond the body's own words is not believed: nobody knows who cut it.
    kept = [at for at, row in enumerate(found) if row.sentence.segment.kind != "pull_quote" or at in repeats]
    rows = [found[at] for at in kept]
    identifiers = _identifiers(document, rows)
    by_position = dict(zip(kept, identifiers, strict=True))
    by_row = {id(row): identifier for row, identifier in zip(rows, identifiers, strict=True)}
    above = nesting.parents(rows)
    depths = nesting.depths(above)
    made: list[Row] = []
    for at, row in enumerate(rows):
        parent = above[at]
        repeat = repeats.get(kept[at])
        made.append(
            {
                "attribution_id": identifiers[at],
                **document.span(row.content.start, row.content.end),
                "sentence_id": row.sentence.sentence_id,
                "kind": row.kind,
                **_inner(document, "source", row.source),
                **_inner(document, "cue", row.cue),
                "parent_id": None if parent is None else identifiers[parent],
                "depth": depths[at],
                "continues_id": by_row.get(id(row.continues)) if row.continues else None,
                "duplicate_of": None if repeat is None else by_position[repeat],
            }
        )
    return {"attributions": made}


def _place(row: Found) -> tuple[int, ...]:
    return (
        row.content.start,
        -row.content.end,
        int(row.above is not None),
        row.cue.start if row.cue else -1,
        row.source.start if row.source else -1,
    )


def _identifiers(document: Document, rows: list[Found]) -> list[str]:
    """doc_id:start-end, #2 and so on where contents are the same."""
    seen: Counter[str] = Counter()
    found: list[str] = []
    for row in rows:
        identifier = document.identifier(row.content.start, row.content.end)
        seen[identifier] += 1
        found.append(identifier if seen[identifier] == 1 else f"{identifier}#{seen[identifier]}")
    return found


def _inner(document: Document, name: str, span: Span | None) -> Row:
    if span is None:
        return {}
    return {name: document.text[span.start : span.end], f"{name}_start": span.start, f"{name}_end": span.end}
