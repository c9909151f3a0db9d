"""Statements of which the text names no source: 'it is believed that', 'is said to', 'there are reports that'."""

from __future__ import annotations

from stages.attributions.contents import clause_content, prepositional
from stages.attributions.cues import Cue, Found, Span, to_of
from stages.core.parse import Token


def passive(token: Token, cue: Cue) -> Found | None:
    """The content of a passive verb without an agent."""
    if token.tag != "VBN" or token.dependent("auxpass") is None or token.dependent("agent"):
        return None
    content: list[Token] = []
    clause, infinitive = token.dependent("ccomp"), token.dependent("xcomp")
    subject = token.dependent("nsubjpass")
    if clause and clause.i > token.i and "that" in cue.frames:
        content = clause_content(clause, token)
    elif infinitive and to_of(infinitive) and subject and "raise" in cue.frames:
        # "The ship is said to be lost": the subject belongs to what is said of it.
        content = [*subject.subtree(), *clause_content(infinitive, token)]
    elif cue.kind == "verdict":
        for frame in sorted(cue.frames):
            if frame == "prep:of" and (told := prepositional(token, "of")):
                content = told[0]
    if not content:
        return None
    return Found(
        Span(content[0].start, content[-1].end), "", Span(token.start, token.end), None, token.sentence, wish=True
    )


def noun(token: Token, cue: Cue) -> Found | None:
    """'There are reports that …', 'the rumour that …'."""
    clause = next((c for c in token.dependents("acl", "ccomp") if c.dependent("mark") and c.i > token.i), None)
    if clause is None or "unnamed" not in cue.frames:
        return None
    content = clause_content(clause, token)
    if len(content) < 2:
        return None
    return Found(
        Span(content[0].start, content[-1].end), "", Span(token.start, token.end), None, token.sentence, wish=True
    )
