"""Events: who did what to whom, where and when, whether it happened, and which mentions mean the same event."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

from stages.core.corrections import MARK
from stages.evaluate.entities import Pairing
from stages.evaluate.measures import F1, Cells, Figures, Share, Text, divided, harmonic, overlap, pair

_ROLES = {"actors": "actor", "recipients": "recipient"}
_SHARES = ("factuality", "polarity", "asserted", "auxiliary_modes", "mode", "source")
_MODES = {"historical": "historical", "future": "future", "hypothetical": "hypothetical", "negated": "negation"}
"""Columns, and the auxiliary modes of the gold that they stand for."""


def score(texts: Sequence[Text], pairing: Pairing) -> tuple[Figures, Figures]:
    """The figures of the events, and those of the incidents they are joined to."""
    triggers, typed = F1(), F1()
    participants = {column: F1() for column in _ROLES}
    shares = {column: Share() for column in _SHARES}
    dated, placed, dated_among_undated = F1(), F1(), Share()
    right_by_rule: Counter[str] = Counter()
    predicted_by_rule: Counter[str] = Counter()
    incidents: list[tuple[str, str]] = []
    for text in texts:
        gold, predicted = text.gold["events"], text.predicted["events"]
        matched = pair(gold, predicted, _likeness)
        same_type = [(wanted, found) for wanted, found in matched if wanted["type"] == found["type"]]
        triggers.add(len(matched), len(predicted), len(gold))
        typed.add(len(same_type), len(predicted), len(gold))
        predicted_by_rule.update(_rule(row) for row in predicted)
        right_by_rule.update(_rule(found) for _, found in same_type)
        incidents.extend((wanted["same_as"], found["incident_id"]) for wanted, found in same_type)
        names = _participants(text, pairing)
        sources = _sources(text, pairing)
        for wanted, found in same_type:
            for column, role in _ROLES.items():
                _count_names(participants[column], wanted.several(column), names.get((found["event_id"], role), set()))
            for column, right in _right(wanted, found, sources).items():
                shares[column].add(right)
            _count_filled(dated, (wanted["lower"], wanted["upper"]), (found["lower"], found["upper"]))
            _count_filled(placed, (wanted["location"],), (_place(found, pairing),))
            if not wanted["lower"]:
                dated_among_undated.add(bool(found["lower"]))
    figures = {
        "trigger": triggers.figures(),
        "trigger_type": typed.figures(),
        **{f"{column}_given_type": counts.figures() for column, counts in participants.items()},
        **{f"{column}_given_type": share.figures() for column, share in shares.items()},
        "dated_given_type": dated.figures(),
        "placed_given_type": placed.figures(),
        "dated_among_undated": dated_among_undated.figures(),
        "by_rule": {
            rule: {"right": right_by_rule[rule], "predicted": predicted_by_rule[rule]}
            for rule in sorted(predicted_by_rule)
        },
    }
    return figures, b_cubed(incidents)


def _rule(row: Mapping[str, Any]) -> str:
    """What coded an event: of one that was corrected by hand the correction, so that no rule takes the credit."""
    rule: str = row["rule"]
    return "correction" if MARK in rule else rule


def b_cubed(rows: Sequence[tuple[str, str]]) -> Figures:
    """How well mentions are joined to incidents: B-cubed (Bagga & Baldwin 1998).

    Precision is, on average over the mentions, the share of the mentions in its predicted incident that the gold
    joins with it too; recall the other way round.

    Args:
        rows: for each mention its event in the gold and its predicted incident; "" is an event of its own.
    """
    groups = [(("gold", gold or i), ("predicted", found or i)) for i, (gold, found) in enumerate(rows)]
    in_gold, in_predicted = Counter(gold for gold, _ in groups), Counter(found for _, found in groups)
    in_both = Counter(groups)
    precision = divided(fsum(in_both[both] / in_predicted[both[1]] for both in groups), len(groups))
    recall = divided(fsum(in_both[both] / in_gold[both[0]] for both in groups), len(groups))
    return {**harmonic(precision, recall), "events": len(groups)}


def _likeness(gold: Cells, predicted: Cells) -> tuple[float, ...] | None:
    """Triggers pair where they overlap: the same type first, then the longest overlap, then the nearest start."""
    common = overlap(gold.span, predicted.span)
    if not common:
        return None
    return gold["type"] == predicted["type"], common, -abs(gold.span[0] - predicted.span[0])


def _participants(text: Text, pairing: Pairing) -> Mapping[tuple[str, str], set[str]]:
    """The participants by event_id and role: their names in the gold, else the words of the text."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in text.predicted["participants"]:
        names[row["event_id"], row["role"]].add(pairing.get(row["entity_id"]) or row["text"].lower())
    return names


def _sources(text: Text, pairing: Pairing) -> Mapping[str, str]:
    """The source of each attribution: its name in the gold, else its words; "" where it has none."""
    return {
        row["attribution_id"]: pairing.get(row["entity_id"]) or row["source"] for row in text.predicted["attributions"]
    }


def _place(event: Cells, pairing: Pairing) -> str:
    """The place of an event by its name in the gold; "?" is no place of the gold."""
    return pairing.get(event["location_id"], "?") if event["location_id"] else ""


def _count_names(counts: F1, gold: set[str], predicted: set[str]) -> None:
    any_case = {name.lower() for name in gold}
    counts.add(sum(name.lower() in any_case for name in predicted), len(predicted), len(gold))


def _count_filled(counts: F1, gold: tuple[str, ...], predicted: tuple[str, ...]) -> None:
    counts.add(any(gold) and gold == predicted, any(predicted), any(gold))


def _right(gold: Cells, predicted: Cells, sources: Mapping[str, str]) -> dict[str, bool]:
    """What is right of an event whose trigger and type were found; `sources` by attribution_id."""
    found, wanted = predicted["factuality"], gold["factuality"]
    return {
        "factuality": found == wanted,
        "polarity": found.endswith("-") == wanted.endswith("-"),
        "asserted": found.startswith("CT") == wanted.startswith("CT"),
        "auxiliary_modes": {mode for column, mode in _MODES.items() if predicted.true(column)} == gold.several("aux"),
        "mode": predicted["mode"] == gold["mode"],
        "source": sources.get(predicted["attribution_id"], "").lower() == gold["source"].lower(),
    }
