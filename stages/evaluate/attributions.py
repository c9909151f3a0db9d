"""Attributions: who says what, by which words, inside which other claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stages.evaluate.entities import Pairing
from stages.evaluate.measures import F1, Cells, Figures, Share, Text, overlap, pair

_COLUMNS = ("exact", "source", "kind", "cue", "parent")
_LEAST_SHARE = 0.5
"""Contents pair where they share so much of the characters that either covers."""
_PARENT_SLACK = 2
"""Characters by which the start of the enclosing content may differ: a quotation mark, a space."""


def score(texts: Sequence[Text], pairing: Pairing) -> Figures:
    """F1 of the contents, F1 of the contents with the right source, and shares given the content."""
    contents = F1()
    shares = {column: Share() for column in _COLUMNS}
    for text in texts:
        gold = text.gold["attributions"]
        predicted = [row for row in text.predicted["attributions"] if _scored(row)]
        by_id = {row["attribution_id"]: row for row in predicted}
        matched = pair(gold, predicted, _likeness)
        for wanted, found in matched:
            for column, right in _right(wanted, found, by_id, pairing).items():
                shares[column].add(right)
        contents.add(len(matched), len(predicted), len(gold))
    sourced = F1(shares["source"].right, contents.predicted, contents.gold)
    given = {f"{column}_given_content": share.figures() for column, share in shares.items()}
    return {"content": contents.figures(), "content_source": sourced.figures(), **given}


def _scored(row: Cells) -> bool:
    return row["kind"] != "continued" and not row["duplicate_of"]


def _likeness(gold: Cells, predicted: Cells) -> tuple[float] | None:
    a, b = gold.span, predicted.span
    common = overlap(a, b)
    share = common / (a[1] - a[0] + b[1] - b[0] - common) if common else 0.0
    return (share,) if share >= _LEAST_SHARE else None


def _right(gold: Cells, predicted: Cells, by_id: Mapping[str, Cells], pairing: Pairing) -> dict[str, bool]:
    """What is right of an attribution whose content was found; `by_id` has the attributions of the text."""
    source = overlap(gold.part("source"), predicted.part("source")) > 0
    cue = gold.part("cue"), predicted.part("cue")
    return {
        "exact": gold.span == predicted.span,
        "source": source or pairing.get(predicted["entity_id"]) in gold.several("source"),
        "kind": gold["kind"] == predicted["kind"],
        "cue": cue[0] == cue[1] or overlap(*cue) > 0,
        "parent": _same_parent(gold["parent"], by_id.get(predicted["parent_id"])),
    }


def _same_parent(gold: str, predicted: Cells | None) -> bool:
    """Compare the start of the enclosing content in the gold with the enclosing attribution found."""
    if not gold or predicted is None:
        return not gold and predicted is None
    return abs(predicted.span[0] - int(float(gold))) <= _PARENT_SLACK
