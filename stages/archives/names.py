"""Names of entities, and what in them is more than a name: long runs of characters that stand so in a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from stages.archives.words import RUN, Words, shared

_GRAM = RUN // 2
"""A run of RUN characters holds a piece of half its length that begins at a multiple of one more than that."""


class Names:
    """Names, each with the runs in it that were found in the texts shown so far."""

    def __init__(self, names: Iterable[str]) -> None:
        self.found: dict[str, list[Words]] = {name: [] for name in names}
        self._left = {name: [(0, name)] for name in self.found if len(name) >= RUN}
        """What of a long name is not found yet, with its place in the name."""
        self._grams: dict[str, list[str]] = defaultdict(list)
        for name in self._left:
            for gram in sorted({name[at : at + _GRAM] for at in range(len(name) - _GRAM + 1)}):
                self._grams[gram].append(name)

    def look(self, doc_id: str, text: str) -> None:
        """Look for the names in a text; only those that share a piece with it are searched for."""
        pieces = (text[at : at + _GRAM] for at in range(0, len(text), _GRAM + 1))
        for name in dict.fromkeys(name for piece in pieces if piece in self._grams for name in self._grams[piece]):
            rest: list[tuple[int, str]] = []
            for base, words in self._left[name]:
                at = 0
                for run in shared(words, doc_id, text):
                    self.found[name].append(Words(base + run.at, run.length, doc_id, run.start))
                    rest.append((base + at, words[at : run.at]))
                    at = run.at + run.length
                rest.append((base + at, words[at:]))
            self._left[name] = [one for one in rest if len(one[1]) >= RUN]
            self.found[name].sort(key=lambda run: run.at)
