"""Sources: the mention and the entity that the source of an attribution is."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

from stages.core.parse import Document, Row, Token


def resolved(document: Document, mentions: list[Row]) -> list[Row]:
    """The rows of sources of one text: a mention that is the source, or its head ("President | Vladimir Putin")."""
    attributions = [row for row in document.rows.get("attributions", ()) if row["source_start"] is not None]
    if not attributions:
        return []
    by_start: dict[int, list[Row]] = defaultdict(list)
    for row in mentions:
        by_start[row["start"]].append(row)
    starts = [token.start for token in document.tokens]
    found: list[Row] = []
    for attribution in attributions:
        start, end = attribution["source_start"], attribution["source_end"]
        tokens = document.tokens[max(bisect_right(starts, start) - 1, 0) : bisect_right(starts, end - 1)]
        rows = [row for row in by_start.get(start, ()) if row["end"] == end] or _headed(tokens, by_start)
        found.extend(
            {
                "attribution_id": attribution["attribution_id"],
                "mention_id": row["mention_id"],
                "entity_id": row["entity_id"],
            }
            for row in rows
        )
    return found


def _headed(tokens: list[Token], by_start: dict[int, list[Row]]) -> list[Row]:
    """The mentions in a phrase that hold its syntactic head."""
    inside = {token.i for token in tokens}
    head = next((token for token in tokens if token.head.i not in inside or token.head is token), None)
    if head is None:
        return []
    for token in tokens:
        rows = [row for row in by_start.get(token.start, ()) if row["start"] <= head.start < row["end"]]
        if rows and rows[0]["end"] <= tokens[-1].end:
            return rows
    return []
