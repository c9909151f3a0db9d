"""Mentions and the entities they refer to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from stages.evaluate.measures import F1, Cells, Figures, Span, Text

Pairing = Mapping[str, str]
"""The name in the gold of each entity_id that is paired with one."""


def pair(texts: Sequence[Text]) -> Pairing:
    """Pair entities one-to-one with those of the gold, over all texts: those that share most spans first.

    Spans that refer to several entities say nothing about which is which, and do not count.
    """
    shared: Counter[tuple[str, str]] = Counter()
    for text in texts:
        names = {row.span: row["entity"] for row in text.gold["mentions"] if "|" not in row["entity"]}
        shared.update(
            (row["entity_id"], names[row.span])
            for row in text.predicted["mentions"]
            if row["entity_id"] and row.span in names
        )
    pairing: dict[str, str] = {}
    taken: set[str] = set()
    for entity, name in sorted(shared, key=lambda both: (-shared[both], both)):
        if entity not in pairing and name not in taken:
            pairing[entity] = name
            taken.add(name)
    return pairing


def score(texts: Sequence[Text], pairing: Pairing) -> Figures:
    """The figures of names, noun phrases and pronouns."""
    return {form.lower(): _form(texts, pairing, form) for form in ("NAM", "NOM", "PRO")}


def _form(texts: Sequence[Text], pairing: Pairing, form: str) -> Figures:
    spans, labels, referents, metonyms = F1(), F1(), F1(), F1()
    for text in texts:
        gold = {row.span: row for row in text.gold["mentions"] if row["form"] == form}
        predicted = _by_span(text.predicted["mentions"], form)
        common = gold.keys() & predicted.keys()
        sizes = len(predicted), len(gold)
        spans.add(len(common), *sizes)
        labels.add(sum(predicted[span][0]["label"] == gold[span]["label"] for span in common), *sizes)
        referents.add(sum(_names(predicted[span], pairing) == gold[span].several("entity") for span in common), *sizes)
        for span in common:
            found = any(row["literal_entity_id"] for row in predicted[span])
            wanted = bool(gold[span]["literal"])
            metonyms.add(found and wanted, found, wanted)
    if form != "NAM":
        return {"span": spans.figures(), "span_entity": referents.figures()}
    return {
        "span": spans.figures(),
        "span_label": labels.figures(),
        "span_entity": referents.figures(),
        "metonym_given_span": metonyms.figures(),
    }


def _by_span(mentions: Sequence[Cells], form: str) -> dict[Span, list[Cells]]:
    """Mentions of a form; one of several entities has several rows."""
    found: dict[Span, list[Cells]] = defaultdict(list)
    for row in mentions:
        if row["form"] == form:
            found[row.span].append(row)
    return found


def _names(rows: Sequence[Cells], pairing: Pairing) -> set[str]:
    """The entities of a mention by their names in the gold; "?" is no entity of the gold."""
    return {pairing.get(row["entity_id"], "?") for row in rows}
