"""A quantity while it is read, and the sentence that it is read from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from stages.core.parse import Document, Sentence, Token
from stages.numbers import vocabulary
from stages.numbers.expression import Timex


@dataclass(eq=False)
class Quantity:
    """A quantity and what it is a quantity of."""

    start: int
    end: int
    sentence: Sentence
    kind: str
    value: Fraction
    """Exact; the lower end of a range."""
    upper: Fraction | None = None
    comparator: str = "="
    unit: str | None = None
    noun: tuple[int, int] | None = None
    """Start and end of the noun phrase."""
    role: str | None = None
    change: Quantity | None = None
    """The first quantity of the change that this one is part of."""


class Reading:
    """A sentence while its quantities are read."""

    def __init__(self, document: Document, sentence: Sentence, times: Sequence[Timex], dollar: str) -> None:
        self.clean, self.raw = document.clean, document.text
        self.sentence, self.tokens, self.dollar = sentence, sentence.tokens, dollar
        self._starts = [token.start for token in sentence.tokens]
        self._taken, self._dated = (bytearray(sentence.end - sentence.start) for _ in range(2))
        self._clocks = [(time.start, time.end) for time in times if time.clock]
        for time in times:
            self._mark(self._dated, time.start, time.end)

    def _mark(self, places: bytearray, start: int, end: int) -> None:
        """Mark the characters start to end, as far as they lie in the sentence."""
        start, end = max(0, start - self.sentence.start), min(len(places), end - self.sentence.start)
        if start < end:
            places[start:end] = b"\x01" * (end - start)

    def take(self, start: int, end: int) -> None:
        """No other quantity can be read from the span."""
        self._mark(self._taken, start, end)

    def is_taken(self, start: int, end: int) -> bool:
        """Whether a part of the span belongs to a quantity."""
        return any(self._taken[start - self.sentence.start : end - self.sentence.start])

    def in_date(self, start: int, end: int) -> bool:
        """Whether the span touches a date, a time of day or a set."""
        return any(self._dated[start - self.sentence.start : end - self.sentence.start])

    def on_clock(self, start: int, end: int) -> bool:
        """Whether the span touches a time of day."""
        return any(first < end and start < last for first, last in self._clocks)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Positions in the sentence of the first token and of the last token of a span."""
        first = max(0, bisect_right(self._starts, start) - 1)
        return first, max(first, bisect_right(self._starts, end - 1) - 1)

    def at(self, position: int) -> Token | None:
        """The token at a position in the sentence."""
        return self.tokens[position] if 0 <= position < len(self.tokens) else None

    def word(self, position: int) -> str:
        """The token at a position in lower case, '' beyond the sentence."""
        token = self.at(position)
        return token.lower if token else ""

    def build(
        self, match: re.Match[str], kind: str, value: Fraction, unit: str | None = None, end: int | None = None
    ) -> Quantity:
        """The quantity of a match with what the phrases around it say of it."""
        groups = match.groupdict()
        comparator = "="
        for place, phrase in (
            ("before", groups.get("less")),
            ("suffix", groups.get("plus") or groups.get("plus2")),
            ("after", groups.get("more") if end is None else None),
        ):
            if found := vocabulary.comparator(place, phrase.strip(" -") if phrase and place == "suffix" else phrase):
                comparator = found.comparator
        stop = match.end() if end is None else end
        return Quantity(match.start(), stop, self.sentence, kind, value, comparator=comparator, unit=unit)
