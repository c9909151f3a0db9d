"""Attributions that the syntax of one sentence shows: verbs, nouns, 'according to', cues in parentheses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from stages.attributions import impersonal, phrases
from stages.attributions.chains import CITING, is_source
from stages.attributions.contents import clause_content, content_of, prepositional
from stages.attributions.cues import FINITE, NAMES, SPEAKERS, Cue, Found, Span, cue_of, to_of, trim
from stages.attributions.sources import source_of, source_span
from stages.core.parse import Sentence, Token

_BREAKS = frozenset({",", '"', "(", "–", "—", "--", "-"})
"""What stands between a sentence and the cue that breaks it or follows it."""
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
            found = _BY_PART[cue.pos](token, cue)
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
    if cue.frames & {"quote", "that"} and (around := _around(token, cue, content)):
        content = around
    content = _over(token, content)
    if not content or _is_told_elsewhere(token):
        return None
    cited = Found(_span(content), "", _cue_span(token, end), source_span(source), token.sentence)
    return replace(cited, wish=cue.kind == "volitive" or _is_no_act(token, cue, source))


def _is_no_act(token: Token, cue: Cue, source: Token) -> bool:
    """Whether a cue names no act of saying that took place, or an act that is more than saying.

    An infinitive, a modal, a negation, an open condition; a passive; a thing turned down ("rejected the offer").
    """
    if token.tag == "VB" and not any(aux.lemma == "do" for aux in token.dependents("aux")):
        return True
    if token.dependent("neg", "nsubjpass") or source.lower in _ANYBODY:
        return True
    thing = token.dependent("dobj")
    if cue.kind == "counterfactive" and thing and not thing.dependent("acl", "relcl") and not token.dependent("ccomp"):
        return True
    return any(mark.lower in _OPEN for mark in token.dependents("mark"))


def _is_told_elsewhere(token: Token) -> bool:
    """'citing a spokesman', 'expressed hope that': who is cited, and the noun, have rows of their own."""
    object_ = token.dependent("dobj")
    if object_ is None:
        return False
    if token.lemma in CITING:
        return is_source(object_) or token.lemma == "quote"
    return token.lemma in _LIGHT and (cue := cue_of(object_)) is not None and _noun(object_, cue) is not None


def _around(token: Token, cue: Cue, content: list[Token]) -> list[Token]:
    """The content of a parenthetical cue, with the cue inside it where it breaks the sentence.

    "The talks, he said, will go on": one content around the cue. Beside quotation marks the marks decide.
    """
    subject = token.dependent("nsubj")
    if subject is None:
        return []
    tokens = token.sentence.tokens
    offset = tokens[0].i
    first = min(token.i, subject.subtree()[0].i) - offset
    if first > 2 and tokens[first - 1].lower in ("so", "as"):
        first -= 1
    if first < 2 or tokens[first - 1].text not in _BREAKS:
        return []
    if not content and token.dep == "ccomp" and token.head.i < token.i:
        return _whole(tokens[:first])
    inside = {t.i for t in token.subtree()} if token.dep == "parataxis" else set()
    if inside and token.head.i > token.i:
        sentence = [t for t in token.head.subtree() if t.i not in inside]
        return _unquoted(trim(sentence), tokens, first)
    if inside:
        return _unquoted(trim([t for t in token.head.subtree() if t.i - offset < first]), tokens, first)
    if not content and token.dep == "ROOT" and _ends(token):
        return _whole(tokens[:first])
    clause = token.dependent("ccomp")
    if content and clause and clause.i > token.i and (fronted := [t for t in clause.subtree() if t.i - offset < first]):
        return _unquoted(trim(fronted + content), tokens, first)
    return []


def _over(token: Token, content: list[Token]) -> list[Token]:
    """'The difference, he told us, is that …': go on where the sentence does, which the parse takes for two."""
    if not content or content[-1].i > token.i or any(t.tag in FINITE for t in content):
        return content
    tokens = token.sentence.tokens
    offset = tokens[0].i
    comma = next((t for t in tokens[token.i + 1 - offset :] if t.text == ","), None)
    if comma is None or comma.i + 1 - offset >= len(tokens) or tokens[comma.i + 1 - offset].tag not in FINITE:
        return content
    return trim(tokens[content[0].i - offset :])


def _ends(token: Token) -> bool:
    """Whether a verb is the last word of its sentence."""
    tokens = token.sentence.tokens
    return all(t.pos == "PUNCT" for t in tokens[token.i + 1 - tokens[0].i :])


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
    """A reporting noun with its content: 'their claim that', 'gave assurances that', 'his promise to'."""
    if token.head.lemma in _REJECTING and token.dep == "dobj":
        return None
    clause = next((c for c in token.dependents("acl", "ccomp", "relcl") if c.dependent("mark")), None)
    owner, span = _owner(token), Span(token.start, token.end)
    light = token.head if token.dep == "dobj" and token.head.lemma in _LIGHT else None
    if owner is None and light is not None:
        owner, span = source_of(light), Span(light.start, token.end)
    if owner is None:
        return impersonal.noun(token, cue)
    content = clause_content(clause, token) if clause and clause.i > token.i else _phrase_of(token, cue)
    if not content or owner.lower in SPEAKERS:
        return None
    # A noun with a phrase only names what somebody says, unless it asks: inside a statement it is part of that.
    names = clause is None and cue.kind != "directive"
    return Found(_span(content), "", span, source_span(owner), token.sentence, wish=names)


def _owner(noun: Token) -> Token | None:
    """'the minister's claim', 'a claim by the minister', 'Russian claims', 'police reports'."""
    if owner := noun.dependent("poss"):
        return owner
    by = (p for c in noun.dependents("prep") if c.lower in ("by", "from") for p in c.dependents("pobj"))
    named = (t for t in noun.dependents("amod", "compound") if t.ent in NAMES and t.end < noun.start)
    return next(by, None) or next(named, None)


def _phrase_of(token: Token, cue: Cue) -> list[Token]:
    """The phrase of a preposition or the infinitive that a noun or an adjective takes."""
    for frame in sorted(cue.frames):
        if frame.startswith("prep:") and (told := prepositional(token, frame.removeprefix("prep:"))):
            return told[0]
    infinitive = next((c for c in token.dependents("acl") if to_of(c) and c.i > token.i), None)
    if infinitive is None or "inf" not in cue.frames:
        return []
    return clause_content(infinitive, token)


def _adjective(token: Token, cue: Cue) -> Found | None:
    """'is sure that', 'were worried about', 'made it clear that'."""
    made = token.head.lemma == "make" and token.dep in ("ccomp", "oprd", "acomp")
    if token.dep not in ("acomp", "ROOT", "conj") and not made:
        return None
    verb = token.head if token.dep == "acomp" or made else token
    source = source_of(verb)
    if source is None or source.lower in SPEAKERS or source.lower == "it":
        return None
    clause = next((c for c in token.dependents("ccomp", "advcl") if c.dependent("mark") or c.dep == "ccomp"), None)
    content = clause_content(clause, token) if clause and clause.i > token.i else _phrase_of(token, cue)
    if len(content) < 2:
        return None
    found = Found(_span(content), "", Span(token.start, token.end), source_span(source), token.sentence)
    return replace(found, wish=_is_no_act(verb, cue, source))


_BY_PART = {"VERB": _verb, "NOUN": _noun, "ADJ": _adjective}
