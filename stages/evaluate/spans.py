"""Layers in which every row is a span with columns: segments, dates, numbers."""

from __future__ import annotations

from collections.abc import Sequence

from stages.evaluate.measures import F1, Cells, Figures, Share, Text, same

_ANY_CASE = frozenset({"noun"})


def score(texts: Sequence[Text], layer: str, columns: Sequence[str]) -> Figures:
    """F1 of the spans and, given the span, the share of right cells for each column that the gold has."""
    found = F1()
    cells = {column: Share() for column in columns}
    annotated = {column for text in texts for row in text.gold[layer] for column in row}
    for text in texts:
        gold = {row.span: row for row in text.gold[layer]}
        predicted = {row.span: row for row in text.predicted[layer]}
        common = gold.keys() & predicted.keys()
        found.add(len(common), len(predicted), len(gold))
        for span in common:
            for column in annotated.intersection(columns):
                cells[column].add(_right(column, predicted[span], gold[span]))
    shares = {f"{column}_given_span": share.figures() for column, share in cells.items()}
    return {"span": found.figures(), **shares}


def _right(column: str, predicted: Cells, gold: Cells) -> bool:
    if column in _ANY_CASE:
        return predicted[column].lower() == gold[column].lower()
    return same(predicted[column], gold[column])
