"""Cues that are phrases beside the sentence that they attribute.

According to the ministry, …           … , per the indictment.
In the words of a neighbour, …         In her view, …
As the chancellor put it, …            As Holt noted, …
"""

from __future__ import annotations

from functools import cache

from stages.attributions import headlines
from stages.attributions.cues import NAMES, SPEAKERS, Found, Span, cue_of, trim
from stages.attributions.sources import source_of, source_span
from stages.core import lexicon
from stages.core.parse import Token

_NO_SOURCE = frozenset({"plan", "schedule", "need", "size", "taste", "height", "age", "weight", "season"})
"""'According to plan' names no source."""


def found(token: Token) -> Found | None:
    """The attribution that a phrase makes, from its first word."""
    if token.lower == "according":
        return _according(token)
    if token.lower == "per":
        return _per(token)
    if token.lower == "as":
        return _as(token)
    return _view(token) if token.lower in _views() else None


@cache
def _views() -> dict[str, frozenset[str]]:
    """Nouns of saying and thinking by the preposition before them: in the words of, by his own account."""
    rows = lexicon.load("attributions_phrases")
    return {
        preposition: frozenset(row["noun"] for row in rows if row["preposition"] == preposition)
        for preposition in dict.fromkeys(row["preposition"] for row in rows)
    }


def _according(token: Token) -> Found | None:
    to = token.dependent("prep")
    whom = to.dependent("pobj") if to and to.lower == "to" else None
    if to is None or whom is None or whom.lemma.lower() in _NO_SOURCE:
        return None
    source = source_span(whom)
    return _row(token, max(source.end, to.end), Span(token.start, to.end), source)


def _per(token: Token) -> Found | None:
    """Not 'two seats per company': the phrase stands at the head of a sentence or behind a comma."""
    tokens = token.sentence.tokens
    at = token.i - tokens[0].i
    whom = token.dependent("pobj")
    if whom is None or not (whom.ent in NAMES or headlines.is_source_noun(whom)):
        return None
    if at and tokens[at - 1].text not in ',"(':
        return None
    source = source_span(whom)
    return _row(token, source.end, Span(token.start, token.end), source)


def _view(token: Token) -> Found | None:
    noun = token.dependent("pobj")
    if noun is None or noun.lower not in _views()[token.lower]:
        return None
    if owner := noun.dependent("poss"):
        if owner.tag == "PRP$" and owner.lower in SPEAKERS:
            return None
        return _row(token, noun.end, Span(noun.start, noun.end), source_span(owner))
    of = next((prep for prep in noun.dependents("prep") if prep.lower == "of"), None)
    whom = of.dependent("pobj") if of and noun.dependent("det") else None
    if of is None or whom is None:
        return None
    source = source_span(whom)
    return _row(token, source.end, Span(token.start, of.end), source)


def _as(token: Token) -> Found | None:
    """'As Holt noted, …', '…, as the chancellor put it'."""
    verb = token.head
    if verb.dep != "advcl" or token.dep not in ("mark", "advmod") or token.i > verb.i:
        return None
    object_, cue = verb.dependent("dobj"), cue_of(verb)
    put = verb.lemma == "put" and object_ is not None and object_.lower == "it"
    said = cue is not None and "quote" in cue.frames and object_ is None and not verb.dependents("ccomp", "xcomp")
    source = source_of(verb) if put or said else None
    if source is None or source.lower in SPEAKERS or verb.dependent("nsubj") is None:
        return None
    last = object_ if put and object_ else verb
    span, said_by = Span(verb.start, last.end), source_span(source)
    if verb.head.dep == "ROOT":
        return _row(token, verb.subtree()[-1].end, span, said_by)
    clause = trim(verb.head.subtree())
    return Found(Span(clause[0].start, clause[-1].end), "", span, said_by, token.sentence) if clause else None


def _row(first: Token, end: int, cue: Span, source: Span) -> Found | None:
    """The content is the rest of the sentence: behind the phrase, before it, or around it."""
    tokens = first.sentence.tokens
    before = trim(tokens[: first.i - tokens[0].i])
    after = [t for t in tokens if t.start >= end]
    comma = next((at for at, t in enumerate(after) if t.text == ","), len(after))
    quoted = any(t.text == '"' for t in after[:2])
    after = trim(after if quoted else after[comma:])
    # "…, in the words of the host, “a disaster”": the words themselves are the content.
    rest = after if quoted else max((before, after), key=lambda side: sum(t.pos != "PUNCT" for t in side))
    if before and after and not quoted and not any(t.pos in ("VERB", "AUX") for t in before):
        # "The bridge, according to the engineers, will hold."
        rest = [*before, *after]
    if len(rest) < 2 or (rest is before and not any(t.pos in ("VERB", "AUX") for t in rest)):
        return None
    return Found(Span(rest[0].start, rest[-1].end), "", cue, source, first.sentence)
