"""Works: titles of films, books, songs and plays, by the noun before them."""

from __future__ import annotations

from collections.abc import Iterator

from stages.core.parse import Sentence, Token
from stages.entities.knowledge import knowledge
from stages.entities.proposals import ARTICLES, evidence
from stages.entities.spans import Name, is_capital

_LONGEST = 10
_SMALL = frozenset({"of", "the", "a", "an", "and", "in", "on", "to", "for", "with", "at", "from", "by", "'s", "'", ","})
_OTHERS = frozenset({"PERSON", "GPE", "NORP"})


def titles(sentence: Sentence) -> Iterator[Name]:
    """The film "The Long Shore", her novel Winter Letters."""
    tokens = sentence.tokens
    for at in range(1, len(tokens) - 1):
        if not _is_work(tokens, at - 1):
            continue
        words = _quoted(tokens, at + 1) if tokens[at].text == '"' else _written(tokens, at)
        while words and words[0].lower in ARTICLES:
            words = words[1:]
        if words:
            yield Name(words[0], words[-1], "WORK_OF_ART", None, "title")


def _is_work(tokens: list[Token], at: int) -> bool:
    """Whether a word, or the word before a comma, names a kind of work."""
    if tokens[at].text == "," and at:
        at -= 1
    return tokens[at].lower in evidence("work noun") and tokens[at].pos == "NOUN"


def _quoted(tokens: list[Token], begin: int) -> list[Token]:
    """The words between quotation marks, where they are written like a title."""
    end = next((i for i in range(begin, min(begin + _LONGEST, len(tokens))) if tokens[i].text == '"'), begin)
    words = tokens[begin:end]
    while words and not words[-1].text[0].isalnum():
        words = words[:-1]
    written = all(is_capital(word) or word.lower in _SMALL or not word.text[0].isalpha() for word in words)
    return words if words and written and is_capital(words[0]) else []


def _written(tokens: list[Token], begin: int) -> list[Token]:
    """Two or more capitalised words that no other name begins with."""
    end = begin
    while end < len(tokens) and end - begin < _LONGEST and is_capital(tokens[end]) and tokens[end].pos == "PROPN":
        end += 1
    words = tokens[begin:end]
    other = any(word.ent in _OTHERS or word.text in knowledge().genders for word in words)
    return words if len(words) > 1 and not other and tokens[begin - 1].text != "," else []
