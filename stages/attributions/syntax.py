"""Attributions that the syntax of one sentence shows: verbs, nouns, 'according to', cues in parentheses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from stages.attributions import headlines, impersonal, phrases
from stages.attributions.contents import clause_content, content_of, prepositional
from stages.attributions.cues import SPEAKERS, Cue, Found, Span, cue_of, trim
from stages.attributions.sources import source_of, source_span
from stages.core.parse import Sentence, Token

_LIGHT = frozenset({"give", "make", "issue", "offer", "release", "voice", "express", "repeat", "deliver", "publish"})
"""Verbs that only carry the noun: "issued a warning"."""
_ANYBODY = frozenset({"people", "everyone", "everybody", "someone", "somebody", "anyone", "anybody", "one"})
_OPEN = frozenset({"if", "unless", "whether"})
_MOST_TOKENS = 400
"""Longer sentences are lists or no language: their syntax is not read, which keeps the cost linear."""
_REJECTING = frozenset({"reject", "dismiss", "criticize", "criticise", "deny"})


def attributions(sentence: Sentence) -> Iterator[Found]:
    """The attributions that the syntax of a sentence shows; their kind is not decided yet."""
    if len(sentence.tokens) > _MOST_TOKENS:
        return
    for token in sentence.tokens:
        if found := phrases.found(token):
            pass
        elif cue := cue_of(token):
            found = _verb(token, cue) if cue.pos == "VERB" else _noun(token, cue)
        else:
            continue
        if found and found.content.length > 1:
            yield found


def _span(tokens: list[Token]) -> Span:
    return Span(tokens[0].start, tokens[-1].end)


def _verb(token: Token, cue: Cue) -> Found | None:
    source = source_of(token)
    if source is None:
        return impersonal.passive(token, cue)
    if source.lower in SPEAKERS:
        return None
    content, end = content_of(token, cue)
    if "quote" in cue.frames and (around := _around(token, content)):
        content = around
    if not content or (cue.lemma == "cite" and _is_source(token)):
        return None
    cited = Found(_span(content), "", _cue_span(token, end), source_span(source), token.sentence)
    return replace(cited, wish=cue.kind == "volitive" or _is_no_act(token, cue, source))


def _is_no_act(token: Token, cue: Cue, source: Token) -> bool:
    """Whether a cue names no act of saying that took place: an infinitive, a modal, a negation, an open condition."""
    if token.tag == "VB" and not any(aux.lemma == "do" for aux in token.dependents("aux")):
        return True
    if token.dependent("neg") or source.lower in _ANYBODY:
        return True
    return any(mark.lower in _OPEN for mark in token.dependents("mark"))


def _is_source(cite: Token) -> bool:
    """'citing a spokesman': whose words are cited is told elsewhere."""
    cited = cite.dependent("dobj")
    return cited is not None and (cited.ent in ("PERSON", "ORG") or headlines.is_source_noun(cited))


def _around(token: Token, content: list[Token]) -> list[Token]:
    """The content of a parenthetical cue, with the cue inside it where it breaks the sentence.

    "The talks, he said, will go on": one content around the cue. Beside quotation marks the marks decide.
    """
    subject = token.dependent("nsubj")
    if subject is None:
        return []
    tokens = token.sentence.tokens
    offset = tokens[0].i
    first = min(token.i, subject.subtree()[0].i) - offset
    if first < 2 or tokens[first - 1].text not in ',"':
        return []
    if not content and token.dep == "ccomp" and token.head.i < token.i:
        return _whole(tokens[:first])
    inside = {t.i for t in token.subtree()} if token.dep == "parataxis" else set()
    if inside and token.head.i > token.i:
        sentence = [t for t in token.head.subtree() if t.i not in inside]
        return _unquoted(trim(sentence), tokens, first)
    if inside:
        return _unquoted(trim([t for t in token.head.subtree() if t.i - offset < first]), tokens, first)
    clause = token.dependent("ccomp")
    if content and clause and clause.i > token.i and (fronted := [t for t in clause.subtree() if t.i - offset < first]):
        return _unquoted(trim(fronted + content), tokens, first)
    return []


def _whole(before: list[Token]) -> list[Token]:
    """'A said B would "think again," a spokesman told C': all that stands before, where its marks are paired."""
    marks = sum(t.text == '"' for t in before)
    return trim(before) if marks % 2 == 0 and before[0].text != '"' else []


def _unquoted(content: list[Token], tokens: list[Token], first: int) -> list[Token]:
    beside = tokens[max(0, first - 2) : first]
    return [] if any(t.text == '"' for t in beside) else content


def _cue_span(token: Token, end: Token | None) -> Span:
    particle = token.dependent("prt")
    last = max((t for t in (token, particle, end) if t is not None), key=lambda t: t.i)
    return Span(token.start, last.end if last.i - token.i <= 3 else token.end)


def _noun(token: Token, cue: Cue) -> Found | None:
    """A reporting noun with its clause: 'their claim that', 'gave assurances that'."""
    if token.head.lemma in _REJECTING and token.dep == "dobj":
        return None
    clause = next((c for c in token.dependents("acl", "ccomp", "relcl") if c.dependent("mark")), None)
    content: list[Token] = []
    if clause and clause.i > token.i:
        content = clause_content(clause, token)
    else:
        for frame in sorted(cue.frames):
            if frame.startswith("prep:") and (found := prepositional(token, frame.removeprefix("prep:"))):
                content = found[0]
                break
    owner = token.dependent("poss") or next(
        (p for c in token.dependents("prep") if c.lower in ("by", "from") for p in c.dependents("pobj")), None
    )
    light = token.head if token.dep == "dobj" and token.head.lemma in _LIGHT else None
    span = Span(token.start, token.end)
    if owner is None and light is not None:
        owner, span = source_of(light), Span(light.start, token.end)
    if owner is None:
        return impersonal.noun(token, cue)
    if not content:
        return None
    return Found(_span(content), "", span, source_span(owner), token.sentence)
