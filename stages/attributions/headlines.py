"""Attributions by punctuation alone: "X: Y" and "Y: X" in headlines, transcripts, names under a quotation.

Stoltenberg: NATO must spend more          a headline that opens with its source
Troops to leave by May: report             a headline that closes with its source
SMITH: We will see.                        a turn in a transcript
“It was loud.” ― Jane Smith, baker         a name behind a dash
"""

from __future__ import annotations

import re
from functools import cache

from stages.attributions.cues import Found, Span, cue_of, trim
from stages.core import lexicon
from stages.core.parse import Segment, Sentence, Token

HEADLINES = frozenset({"title", "heading"})
_SOURCES = frozenset({"PERSON", "ORG", "NORP"})
_MOST_WORDS = 6
"""Words of a source before or behind the colon of a headline."""
_DASHES = frozenset({"–", "—", "--", "-"})
_MOST_OF_A_HEADLINE = 25
"""Tokens of a headline."""
_MOST_CAPITALS = 4
_SIGNED = re.compile(
    r"\s{0,3}(--|[―—–-])\s{0,3}((?:[^\W\d_a-z][\w.'’-]*\s)?(?:[\w.'’-]+\s){0,4}[^\W\d_a-z][\w'’-]*)(?=\s*(?:$|[,.(\n]))"
)
"""A dash and up to six words that begin and end with a capital, as a name does."""


def is_source_noun(token: Token) -> bool:
    """Whether a noun names somebody or something that speaks: spokesman, report, ministry."""
    return token.lemma.lower() in _nouns() or token.lower in _nouns()


@cache
def _nouns() -> frozenset[str]:
    return frozenset(row["noun"] for row in lexicon.load("attributions_sources"))


def found(zone: Segment, *, opens: bool = False) -> list[Found]:
    """What the punctuation of a zone attributes; the kind is not decided yet.

    Args:
        zone: where to look.
        opens: whether it is the first of its text: one short sentence there is read as a headline.
    """
    if not zone.sentences:
        return []
    turn = None if zone.kind in HEADLINES else _turn(zone)
    if turn:
        return [turn]
    short = opens and sum(len(sentence.tokens) for sentence in zone.sentences) <= _MOST_OF_A_HEADLINE
    rows = (_headline(sentence) for sentence in zone.sentences) if short or zone.kind in HEADLINES else ()
    return [row for row in rows if row]


def _headline(sentence: Sentence) -> Found | None:
    tokens = sentence.tokens
    colons = [at for at, token in enumerate(tokens) if token.text == ":"]
    if not colons:
        return _behind_the_news(sentence)
    first, last = colons[0], colons[-1]
    comma = next((at for at, token in enumerate(tokens[:first]) if token.text == ","), first)
    if 0 < first <= _MOST_WORDS and names_a_source(tokens[:comma]):
        return _row(tokens[first], trim(tokens[:comma]), trim(tokens[first + 1 :]), sentence)
    behind = trim(tokens[last + 1 :])
    if tokens[last - 1].text == '"' or tokens[last - 1].text == "'":
        # 'We were lucky': Coach Berger after the match
        behind = behind[: next((at for at, t in enumerate(behind) if t.pos == "ADP"), len(behind))]
    if 0 < len(behind) <= _MOST_WORDS and names_a_source(behind):
        return _row(tokens[last], behind, trim(tokens[:last]), sentence)
    return None


def _behind_the_news(sentence: Sentence) -> Found | None:
    """'Jobs at risk – unions', 'Jobs at risk, warn unions': a headline that closes with its source."""
    tokens = trim(sentence.tokens)
    for at in range(max(3, len(tokens) - _MOST_WORDS), len(tokens) - 1):
        cue = cue_of(tokens[at])
        said = tokens[at - 1].text == "," and cue is not None and "quote" in cue.frames and tokens[at].tag != "VBG"
        if (said or tokens[at].text in _DASHES) and names_a_source(tokens[at + 1 :]):
            return _row(tokens[at], tokens[at + 1 :], trim(tokens[:at]), sentence)
    return None


def names_a_source(tokens: list[Token]) -> bool:
    """Whether a phrase without a verb names somebody or something that speaks."""
    words = [token for token in tokens if token.pos != "PUNCT"]
    if not words or any(token.pos in ("VERB", "AUX") for token in words[:-1]):
        return False
    return words[-1].ent in _SOURCES or is_source_noun(words[-1])


def _row(colon: Token, source: list[Token], content: list[Token], sentence: Sentence) -> Found | None:
    if len(content) < 3 or not source:
        return None
    return Found(
        Span(content[0].start, content[-1].end),
        "",
        Span(colon.start, colon.end),
        Span(source[0].start, source[-1].end),
        sentence,
    )


def _turn(zone: Segment) -> Found | None:
    """A paragraph that opens with a name in capitals and a colon: the rest is what that person says."""
    sentence = zone.sentences[0]
    tokens = sentence.tokens[1:] if sentence.tokens[0].text == '"' else sentence.tokens
    at = next((at for at, token in enumerate(tokens[: _MOST_CAPITALS + 1]) if token.text == ":"), None)
    if not at or not all(t.text.isupper() and len(t.text) > 1 for t in tokens[:at]):
        return None
    rest = trim([t for s in zone.sentences for t in s.tokens if t.start >= tokens[at].end])
    if len(rest) < 2:
        return None
    content = Span(rest[0].start, max(rest[-1].end, zone.sentences[-1].end))
    cue, source = tokens[at], Span(tokens[0].start, tokens[at - 1].end)
    return Found(content, "direct", Span(cue.start, cue.end), source, sentence)


def behind_dash(text: str, start: int, end: int) -> tuple[Span, Span] | None:
    """The dash and the name in "“…” ― Jane Smith", where start is the offset behind the closing mark."""
    signed = _SIGNED.match(text, start, end)
    return (Span(*signed.span(1)), Span(*signed.span(2))) if signed else None
