"""A name as a span of tokens, and what its neighbours in the sentence look like."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stages.core.parse import Document, Sentence, Token
from stages.entities.knowledge import Alias

LABELS = frozenset({"PERSON", "NORP", "ORG", "GPE", "LOC", "FAC", "EVENT", "PRODUCT", "LAW", "WORK_OF_ART", "LANGUAGE"})
"""The labels of OntoNotes 5 that names have; dates and numbers are the work of another stage."""


_GLUED = re.compile(r"(?<=\w)[.,]?[\[(].*")
"""A footnote mark or a gloss that no space parts from the name: Kosak[2], Kosak(Russian."""


@dataclass(slots=True, eq=False)
class Name:
    """A name in a sentence."""

    first: Token
    last: Token
    label: str
    alias: Alias | None
    """What the lexicons know of it."""
    found_by: str
    """lexicon, pattern, office, title, model, document and so on: see `proposals` and `patterns`."""
    start: int = -1
    end: int = -1
    team: bool = False
    """Whether it is a town that stands for its team."""

    def __post_init__(self) -> None:
        self.start = self.first.start if self.start < 0 else self.start
        if self.end < 0:
            glued = _GLUED.search(self.last.text) if self.found_by != "lexicon" else None
            self.end = self.last.start + glued.start() if glued else self.last.end

    @property
    def sentence(self) -> Sentence:
        """The sentence that holds the name."""
        return self.first.sentence

    @property
    def tokens(self) -> list[Token]:
        """The tokens of the name."""
        offset = self.sentence.tokens[0].i
        return self.sentence.tokens[self.first.i - offset : self.last.i + 1 - offset]

    @property
    def head(self) -> Token:
        """The token of the name that the rest of the sentence governs."""
        first, last = self.first.i, self.last.i
        for token in self.tokens:
            if not first <= token.head.i <= last or token.head is token:
                return token
        return self.last

    def written(self, document: Document) -> str:
        """The name as the normalised text has it."""
        return document.clean[self.start : self.end]


def following(token: Token) -> Token | None:
    """The next token of the sentence."""
    at = token.i - token.sentence.tokens[0].i + 1
    return token.sentence.tokens[at] if at < len(token.sentence.tokens) else None


def preceding(token: Token) -> Token | None:
    """The token before in the sentence."""
    at = token.i - token.sentence.tokens[0].i - 1
    return token.sentence.tokens[at] if at >= 0 else None


def is_headline(sentence: Sentence) -> bool:
    """Whether a sentence is a headline in title case or capitals: then capitals say nothing."""
    long = [token for token in sentence.tokens if token.text.isalpha() and len(token.text) > 3]
    upper = sum(token.text[0].isupper() for token in long)
    return len(long) >= 3 and upper >= 0.8 * len(long) and sentence.tokens[-1].text != "."


def is_capital(token: Token) -> bool:
    """Whether a token begins with a capital letter."""
    return token.text[0].isupper()


def is_shouted(sentence: Sentence) -> bool:
    """Whether a sentence has no lower-case word."""
    return not any(token.text.islower() for token in sentence.tokens)
