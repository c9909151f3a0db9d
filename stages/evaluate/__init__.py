"""One figure per measure of quality, over the texts of the corpus that have gold annotation.

Measures (F1 comes with its precision and recall; a share says of how many):

- segments, dates, numbers: F1 of spans with the same start and end; given the span, the share of right cells for each
  column.
- mentions, for names (nam), noun phrases (nom) and pronouns (pro): F1 of spans, of spans with the right label, and of
  spans that refer to the right entities. Entities are first paired one-to-one with those of the gold by the spans they
  share, so that another spelling of a name costs nothing and splitting or merging entities does. Metonyms are
  counted among the names found.
- attributions: contents pair one-to-one where they share at least half of the characters that either covers. A
  source is right where its span overlaps that of the gold, or where its entity is the right one. Continued and
  repeated attributions are not scored.
- events: triggers pair one-to-one where they overlap, those of the same type first. Participants, factuality and so on
  are scored over the pairs of the same type; dates and places by F1 of the filled cells.
  `dated_among_undated` is the share that has a date among the events that the text does not date: less is better.
- same_event: incidents against the real-world events of the gold, B-cubed (Bagga & Baldwin 1998), over those pairs.

A figure is null where there is nothing to divide by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from stages.core.params import Block
from stages.core.parse import Row, Tables
from stages.evaluate import attributions, entities, events, spans
from stages.evaluate.measures import Cells, Text

READS = (
    "documents",
    "segments",
    "mentions",
    "dates",
    "numbers",
    "attributions",
    "sources",
    "events",
    "participants",
)
WRITES = ()

LAYERS = ("segments", "mentions", "dates", "numbers", "attributions", "events")
"""The layers of gold annotation; each is compared with the table of its name."""

Gold = Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]]
"""Gold annotation: id of the text, layer, rows as csv.DictReader gives them."""


class Params(Block):
    """Params of the stage."""

    gold: str = Field(
        default="tests/gold", description="Folder of the gold annotation: one folder per text, named like its doc_id."
    )
    sample: str = Field(
        default="development", description="What the annotated texts are a sample of; a label for the figures."
    )


def score(tables: Tables, gold: Gold, params: Params) -> dict[str, Any]:
    """The figures, nested by layer and measure, in a fixed order.

    Args:
        tables: the tables of READS, whole, in the order of their keys.
        gold: annotation of any texts. Those that are not in the corpus, or have no segments layer, are left out.
        params: the params of the stage.

    Returns:
        `sample`, `texts` (how many were scored) and, unless that is 0, one block for each layer and `same_event`.
    """
    texts = _texts(tables, gold)
    figures: dict[str, Any] = {"sample": params.sample, "texts": len(texts)}
    if not texts:
        return figures
    pairing = entities.pair(texts)
    figures["segments"] = spans.score(texts, "segments", ("kind",))
    figures["mentions"] = entities.score(texts, pairing)
    figures["dates"] = spans.score(texts, "dates", ("type", "value", "mod", "lower", "upper"))
    figures["numbers"] = spans.score(texts, "numbers", ("kind", "value", "upper", "comparator", "unit", "noun", "role"))
    figures["attributions"] = attributions.score(texts, pairing)
    figures["events"], figures["same_event"] = events.score(texts, pairing)
    return figures


def _texts(tables: Tables, gold: Gold) -> list[Text]:
    """The annotated texts of the corpus, by id."""
    known = {row["doc_id"] for row in tables["documents"]}
    scored = [doc_id for doc_id in sorted(gold) if doc_id in known and "segments" in gold[doc_id]]
    predicted = {name: _by_document(tables[name], scored) for name in (*LAYERS, "participants")}
    # The entity of a source is the finding of a later stage, so it stands in a table of its own.
    resolved = {row["attribution_id"]: row["entity_id"] for row in tables["sources"]}
    for rows in predicted["attributions"].values():
        for row in rows:
            row["entity_id"] = resolved.get(row["attribution_id"], "")
    return [
        Text(
            gold={layer: [Cells.of(row) for row in gold[doc_id].get(layer, ())] for layer in LAYERS},
            predicted={name: by_document[doc_id] for name, by_document in predicted.items()},
        )
        for doc_id in scored
    ]


def _by_document(rows: Sequence[Row], documents: Sequence[str]) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = defaultdict(list)
    wanted = set(documents)
    for row in rows:
        if row["doc_id"] in wanted:
            found[row["doc_id"]].append(Cells.of(row))
    return found
