"""The phrase list: what the words of a line say of its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from stages.core import lexicon

_KEY = 3
"""Characters by which phrases that begin a line are looked up."""
_SHORT_WORDS = 4
_PHRASE_CHARACTERS = 300
_FURNITURE_CHARACTERS = 120
_PROMPT_WORDS = 40
_LEAD_WORDS = 3
_ENDS = " .,:!…|>»→"
_BULLETS = "-–—•*·|([ "
_FULL_STOP = re.compile(r"[.!?] ?[\"')\]]*$")
_WORD = re.compile(r"[\w'@-]+")


@dataclass(frozen=True)
class _Phrases:
    """The phrase list, by the way its entries match."""

    line: dict[str, str] = field(default_factory=dict)
    """Kind by whole line."""
    short: dict[str, str] = field(default_factory=dict)
    """Kind by the first word of a line of a few words."""
    start: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Phrases that begin a line, with their kind, by their first characters."""
    within: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Phrases that can stand anywhere in a line, with their kind, by their first word."""


@cache
def _phrases() -> _Phrases:
    found = _Phrases()
    for row in lexicon.load("documents_phrases"):
        phrase, kind = row["phrase"], row["kind"]
        if kind == "dateline":
            continue
        if row["match"] == "start":
            found.start.setdefault(phrase[:_KEY], []).append((phrase, kind))
        elif row["match"] == "within":
            found.within.setdefault(_WORD.findall(phrase)[0], []).append((phrase, kind))
        else:
            {"line": found.line, "short": found.short}[row["match"]][phrase] = kind
    return found


@cache
def words(kind: str) -> frozenset[str]:
    """The words of a kind of the list documents_words: agencies, roles, what prompts are made of."""
    return frozenset(row["word"] for row in lexicon.load("documents_words") if row["kind"] == kind)


def kind_of(text: str) -> str:
    """The kind that the phrase list gives a line, or ''."""
    if len(text) > _PHRASE_CHARACTERS:
        return ""
    low, phrases = text.lower().lstrip(_BULLETS), _phrases()
    if kind := phrases.line.get(low.rstrip(_ENDS)):
        return kind
    for phrase, kind in phrases.start.get(low[:_KEY], []) + phrases.start.get(low[:1], []):
        if low.startswith(phrase) and not low[len(phrase) :][:1].isalpha() and _can_begin(phrase, kind, low):
            return kind
    if " " not in low:
        return phrases.short.get(low, "")
    found = _WORD.findall(low)
    for word in found:
        for phrase, kind in phrases.within.get(word, ()):
            if phrase in low:
                return kind
    if len(found) <= _SHORT_WORDS:
        return phrases.short.get(found[0], "") if found else ""
    return "boilerplate" if len(found) <= _PROMPT_WORDS and _is_prompt(low, found) else ""


def _can_begin(phrase: str, kind: str, low: str) -> bool:
    """Whether a line of this form can be what its beginning says; a sentence may well begin with "More on"."""
    if kind == "byline":
        return True
    if kind != "related_link":
        return len(low) < _FURNITURE_CHARACTERS
    return not _FULL_STOP.search(low) or (phrase.endswith(":") and low.endswith(("?", "!")))


def _is_prompt(low: str, found: list[str]) -> bool:
    """A line that asks its reader to do something on the web: an imperative, "you", and a thing of the web."""
    if '"' in low:
        return False
    if not any(word in words("prompt_verb") for word in found[:_LEAD_WORDS]):
        return False
    return any(word in words("prompt_reader") for word in found) and any(
        word in words("prompt_thing") for word in found
    )
