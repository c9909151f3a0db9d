"""Chains: somebody reports what somebody else says, in one statement.

According to the agency, citing two officials, …      Tass quoted the general as saying that …

Both have the same content; the one who is cited stands under the one who cites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stages.attributions import headlines
from stages.attributions.cues import NAMES, Found, Span
from stages.attributions.sources import source_of, source_span
from stages.core.parse import Sentence, Token

_MOST_CITED = 5
"""Citing verbs of a sentence that are read: more is a list or no language."""
CITING = frozenset({"cite", "quote"})


def is_source(token: Token) -> bool:
    """Whether a phrase names somebody or something that can be cited for what it says."""
    return token.ent in NAMES or headlines.is_source_noun(token)


def cited(sentences: Sequence[Sentence], here: Sequence[Found]) -> list[Found]:
    """The attributions of a zone with those of the sources that they cite. Linear in the zone."""
    citing = {
        sentence.index: tokens
        for sentence in sentences
        if (tokens := [t for t in sentence.tokens if t.lemma in CITING and t.tag in ("VBG", "VBN", "VBD")])
    }
    by_sentence: dict[int, list[Found]] = {index: [] for index in citing}
    for row in here:
        if row.sentence.index in citing:
            by_sentence[row.sentence.index].append(row)
    made = [row for row in here if row.sentence.index not in citing]
    for index, tokens in citing.items():
        rows = by_sentence[index]
        for token in tokens[:_MOST_CITED]:
            rows = _quoted_as_saying(token, rows) or _citing(token, rows) or rows
        made += rows
    return made


def _citing(token: Token, rows: Sequence[Found]) -> list[Found] | None:
    """'The agency says, citing a doctor, that …': the phrase between the commas is no part of the content."""
    object_ = token.dependent("dobj")
    if token.tag != "VBG" or object_ is None or not (is_source(object_) or token.lemma == "quote"):
        return None
    whom = source_span(object_)
    told = {row.cue.start: row for row in reversed(rows) if row.cue}
    if not told:
        return None
    # "The agency says, citing …" or "The agency, citing …, says".
    host = told[max((at for at in told if at < token.start), default=min(told))]
    if any(row.source and row.source.start <= whom.start < row.source.end for row in rows):
        return None
    content: Span | None = host.content
    if content and content.start <= token.start < content.end:
        content = _behind(token, whom, content)
    if content is None:
        return None
    kept = replace(host, content=content)
    made = replace(kept, cue=Span(token.start, token.end), source=whom, above=host.cue)
    return [*(kept if row is host else row for row in rows), made]


def _behind(token: Token, whom: Span, content: Span) -> Span | None:
    """The content behind a phrase that stands at its head; None where the phrase breaks the content."""
    if token.start > content.start + 1:
        return content if token.start > content.start + content.length // 2 else None
    after = [t for t in token.sentence.tokens if t.start >= whom.end]
    comma = next((at for at, t in enumerate(after) if t.text == ","), None)
    if comma is None:
        return None
    rest = [t for t in after[comma + 1 :] if t.lower != "that" or t.dep != "mark"]
    return Span(rest[0].start, content.end) if rest and rest[0].start < content.end else None


def _quoted_as_saying(token: Token, rows: Sequence[Found]) -> list[Found] | None:
    """'Tass quoted the general as saying': what is said has a row already, with the general for its source."""
    as_ = next((prep for prep in token.dependents("prep") if prep.lower == "as"), None)
    saying = as_.dependent("pcomp") if as_ else None
    if saying is None:
        return None
    by = token.dependent("agent") or next((p for p in saying.dependents("prep", "agent") if p.lower == "by"), None)
    who = (by.dependent("pobj") if by else None) or (source_of(token) if token.dependent("nsubj") else None)
    inner = next((row for row in rows if row.cue and row.cue.start == saying.start), None)
    if inner is None or who is None:
        return None
    outer = replace(inner, cue=Span(token.start, token.end), source=source_span(who))
    return [*(replace(row, above=outer.cue) if row is inner else row for row in rows), outer]
