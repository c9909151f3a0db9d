"""Counts that tables state of each other, added up over all ranges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from stages.validate.faults import Fault
from stages.validate.ranges import Numbers, Range


class Totals:
    """Mentions and documents of entities, events of incidents, by their places.

    Args:
        entities: how many entities there are.
        incidents: how many incidents there are.
    """

    def __init__(self, entities: int, incidents: int) -> None:
        self._counts: dict[tuple[str, str], Numbers] = {
            ("entities", "mentions"): np.zeros(entities, np.int64),
            ("entities", "documents"): np.zeros(entities, np.int64),
            ("incidents", "events"): np.zeros(incidents, np.int64),
        }

    def add(self, found: Range) -> None:
        """Count the rows of a range; no document is in two."""
        entities, documents = found.places["mentions", "entity_id"], found.documents["mentions"]
        self._add("entities", "mentions", entities)
        number = found.rows["documents"].number + 1
        pairs = np.unique(entities[entities >= 0] * number + np.maximum(documents[entities >= 0], -1) + 1)
        self._add("entities", "documents", pairs // number)
        self._add("incidents", "events", found.places["events", "incident_id"])

    def _add(self, table: str, column: str, places: Numbers) -> None:
        counts = self._counts[table, column]
        counts += np.bincount(places[places >= 0], minlength=len(counts))

    def faults(self, table: str, pieces: Iterator[pa.Table]) -> Iterator[Fault]:
        """Compare with what the rows of entities or incidents state."""
        first = 0
        for piece in pieces:
            for (name, column), counts in self._counts.items():
                if name == table:
                    stated: Any = piece[column].to_numpy()
                    counted = counts[first : first + piece.num_rows]
                    source = "events" if column == "events" else "mentions"
                    for at in np.flatnonzero(stated != counted).tolist():
                        reason = f"is {stated[at]}, {source} has {counted[at]}"
                        yield Fault(table, first + at + 1, column, reason)
            first += piece.num_rows
