"""Which attribution a word stands in: the innermost one, and whether the words are the source's own."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from stages.core.parse import Document, Row, Token

_VERBATIM = frozenset({"direct", "scare", "continued"})


class Claims:
    """The attributions of one document, by the sentences that their contents touch."""

    def __init__(self, document: Document) -> None:
        starts = [sentence.start for sentence in document.sentences]
        self._rows: list[list[Row]] = [[] for _ in starts]
        rows = (row for row in document.rows.get("attributions", ()) if not row["duplicate_of"])
        for row in sorted(rows, key=lambda row: (row["start"], -row["end"], row["attribution_id"])):
            first = max(bisect_right(starts, row["start"]) - 1, 0)
            for index in range(first, bisect_left(starts, row["end"])):
                self._rows[index].append(row)
        self._marks = [i for i, character in enumerate(document.clean) if character == '"']
        self._sources: dict[str, Row] = {}
        for row in document.rows.get("sources", ()):
            self._sources.setdefault(row["attribution_id"], row)

    def around(self, token: Token) -> Row | None:
        """The innermost attribution whose content holds a word."""
        inner: Row | None = None
        for row in self._rows[token.sentence.index]:
            holds = row["start"] <= token.start and token.end <= row["end"]
            if holds and (inner is None or row["end"] - row["start"] <= inner["end"] - inner["start"]):
                inner = row
        return inner

    def source(self, attribution: Row) -> Row | None:
        """The row of the source of an attribution, where it is resolved."""
        return self._sources.get(attribution["attribution_id"])

    def quoted(self, token: Token, attribution: Row) -> bool:
        """Whether a word inside an attribution stands in the source's own words."""
        if attribution["kind"] in _VERBATIM:
            return True
        return _count(self._marks, token.sentence.segment.start, token.start) % 2 == 1


def _count(positions: Sequence[int], start: int, end: int) -> int:
    """How many of the sorted positions lie in start..end."""
    return bisect_left(positions, end) - bisect_left(positions, start)
