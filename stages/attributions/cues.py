"""Cues and their syntax: who is the source, what is the content.

The frames of a cue, in the lexicon attributions_cues, say where its content stands: a clause (that), an infinitive
(inf; obj_inf after the person addressed), the phrase of a preposition (prep:of), a noun phrase (obj), an object with
what it is called (oprd), a clause on a noun (claim: "rejected claims that", fact: "criticised the fact that"), or what
something is seen as (as).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from stages.core import lexicon
from stages.core.parse import Sentence, Token

_CLAUSES = ("ccomp", "xcomp", "advcl", "acl", "relcl", "pcomp")
_INFINITIVE = ("xcomp", "ccomp", "advcl")
_RELATIVE = frozenset({"who", "which", "that"})
_LEFT = frozenset({"det", "amod", "compound", "poss", "nummod", "nmod", "quantmod", "advmod", "predet"})
_RIGHT = frozenset({"prep", "conj", "cc", "case", "pobj"})
_SPEAKERS = frozenset({"i", "we", "you"})
"""What they say or think of themselves is the speaker's own statement."""


@dataclass(frozen=True, slots=True)
class Cue:
    """An entry of the lexicon."""

    lemma: str
    pos: str
    frames: frozenset[str]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def holds(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Found:
    """An attribution as syntax or quotation marks show it."""

    content: Span
    kind: str
    cue: Span | None
    source: Span | None
    sentence: Sentence
    """Of the cue; of the content where there is no cue."""
    continues: Found | None = None


@cache
def lexicon_of_cues() -> dict[tuple[str, str], Cue]:
    """Cues by lemma and part of speech."""
    return {
        (row["lemma"], row["pos"]): Cue(row["lemma"], row["pos"], frozenset(lexicon.words(row["frames"])))
        for row in lexicon.load("attributions_cues")
    }


def cue_of(token: Token) -> Cue | None:
    """The entry of a token that can be a cue here."""
    pos = "VERB" if token.pos in ("VERB", "AUX") else token.pos
    return lexicon_of_cues().get((token.lemma.lower(), pos))


def attributions(sentence: Sentence) -> Iterator[Found]:
    """The attributions that the syntax of a sentence shows; their kind is not decided yet."""
    for token in sentence.tokens:
        if token.lower == "according" and (found := _according(token)):
            yield found
        elif cue := cue_of(token):
            found = _verb(token, cue) if cue.pos == "VERB" else _noun(token)
            if found and found.content.length > 1:
                yield found


def _according(token: Token) -> Found | None:
    """'According to X': the content is the rest of the sentence, on the longer side."""
    following = token.dependent("prep")
    if following is None or following.lower != "to" or (whom := following.dependent("pobj")) is None:
        return None
    source = source_span(whom)
    sentence = token.sentence
    phrase = [t for t in token.subtree() if t.dep != "punct" or t.i < whom.i]
    after = [t for t in sentence.tokens if t.i > max(t.i for t in phrase)]
    before = [t for t in sentence.tokens if t.i < token.i]
    rest = _trim(max((before, after), key=lambda side: sum(t.pos != "PUNCT" for t in side)))
    if not rest or not any(t.pos in ("VERB", "AUX") for t in rest):
        return None
    return Found(Span(rest[0].start, rest[-1].end), "", Span(token.start, following.end), source, sentence)


def _verb(token: Token, cue: Cue) -> Found | None:
    source = source_of(token)
    if source is None or source.lower in _SPEAKERS:
        return None
    content, end = _content(token, cue)
    if not content:
        return None
    span = Span(content[0].start, content[-1].end)
    return Found(span, "", _cue_span(token, end), source_span(source), token.sentence)


def _content(token: Token, cue: Cue) -> tuple[list[Token], Token | None]:
    """The tokens of the content, and the last token of the cue where it is more than the verb."""
    frames = cue.frames
    if frames & {"claim", "fact"} and (noun := token.dependent("dobj")):
        clause = noun.dependent("acl", "relcl", "ccomp")
        if clause and ((other := cue_of(noun)) and "that" in other.frames):
            return _clause(clause, token), noun if "claim" in frames else None
    clause = token.dependent("ccomp")
    person = token.dependent("dobj", "dative", "iobj")
    if "obj_inf" in frames:
        for complement in token.dependents(*_INFINITIVE):
            if to := _to(complement):
                return [t for t in _clause(complement, token) if t.i >= to.i], None
    if frames & {"that", "quote"} and clause and not (_to(clause) and "obj_inf" not in frames and clause.i < token.i):
        return _clause(clause, token), None
    if "inf" in frames and not person:
        for complement in token.dependents("xcomp"):
            if _to(complement):
                return _clause(complement, token), None
    for frame in sorted(frames):
        if frame.startswith("prep:") and (found := _prepositional(token, frame.removeprefix("prep:"))):
            return found
    if "as" in frames and (as_ := next((c for c in token.dependents("prep") if c.lower == "as"), None)):
        phrase = [t for c in as_.dependents("pobj", "pcomp", "amod") for t in c.subtree()]
        return _trim(phrase), as_ if as_.i == token.i + 1 else None
    if "oprd" in frames and person and (verdict := token.dependent("oprd")):
        # "called the deal a mistake"
        return _trim(sorted({*person.subtree(), *verdict.subtree()}, key=lambda t: t.i)), None
    if "obj" in frames and person and person.pos == "NOUN":
        condition = [t for c in token.dependents("advcl") if c.i > person.i and _if(c) for t in c.subtree()]
        return _trim(sorted({*person.subtree(), *condition}, key=lambda t: t.i)), None
    return [], None


def _if(clause: Token) -> bool:
    return any(mark.lower in ("if", "unless") for mark in clause.dependents("mark"))


def _prepositional(token: Token, preposition: str) -> tuple[list[Token], Token | None] | None:
    # "accused the alliance of X": the parse may hang the preposition on the object.
    holders = [token, *(last for object_ in token.dependents("dobj") for last in object_.conjuncts())]
    for prep in (prep for holder in holders for prep in holder.dependents("prep")):
        if prep.lower != preposition:
            continue
        call = preposition in ("on", "upon", "for")
        if preposition in ("on", "upon"):
            # "calls on X to do": the infinitive is the content, X the person addressed.
            for holder in (token, prep, *prep.dependents("pobj")):
                for complement in holder.dependents(*_INFINITIVE, "pcomp", "acl", "relcl"):
                    if to := _to(complement):
                        return [t for t in _clause(complement, token) if t.i >= to.i], prep
            continue
        objects = [t for child in prep.dependents("pobj", "pcomp") for t in child.subtree()]
        if objects:
            return _trim(sorted(objects, key=lambda t: t.i)), prep if call and prep.i == token.i + 1 else None
    return None


def _to(verb: Token) -> Token | None:
    return next((child for child in verb.dependents("aux") if child.lower == "to"), None)


def _clause(clause: Token, cue: Token) -> list[Token]:
    """The tokens of a clause without 'that', without the cue, and without a relative clause that only explains."""
    before = clause.i < cue.i
    tokens = _trim([t for t in clause.subtree() if (t.i < cue.i) == before and t is not cue])
    while tokens and tokens[0].dep == "mark" and tokens[0].lower == "that":
        tokens = _trim(tokens[1:])
    if tokens and clause.i > cue.i:
        tokens = _without_explanation(tokens)
    return _unbroken(tokens, clause)


def _without_explanation(tokens: list[Token]) -> list[Token]:
    """Cut ', which …' off the end."""
    for at in range(len(tokens) - 1, 0, -1):
        token = tokens[at]
        if token.lower == "which" and tokens[at - 1].lower == ",":
            verb = token.head
            if verb.dep == "relcl" and verb.subtree()[-1].i >= tokens[-1].i:
                return _trim(tokens[: at - 1])
    return tokens


def _unbroken(tokens: list[Token], clause: Token) -> list[Token]:
    """The run of tokens, without gaps, that holds the head of the clause."""
    runs: list[list[Token]] = []
    for token in tokens:
        if runs and token.i == runs[-1][-1].i + 1:
            runs[-1].append(token)
        else:
            runs.append([token])
    held = [run for run in runs if clause in run]
    return _trim(held[0]) if held else []


def _trim(tokens: list[Token]) -> list[Token]:
    """Without punctuation at the ends, but for quotation marks."""
    start, end = 0, len(tokens)
    while start < end and tokens[start].pos == "PUNCT" and tokens[start].text not in "\"'([":
        start += 1
    while end > start and tokens[end - 1].pos == "PUNCT" and tokens[end - 1].text not in "\"')]":
        end -= 1
    return tokens[start:end]


def _cue_span(token: Token, end: Token | None) -> Span:
    particle = token.dependent("prt")
    last = max((t for t in (token, particle, end) if t is not None), key=lambda t: t.i)
    return Span(token.start, last.end if last.i - token.i <= 3 else token.end)


def _noun(token: Token) -> Found | None:
    """A reporting noun with its clause: 'their claim that', 'gave assurances that'."""
    if token.head.lemma in ("reject", "dismiss", "criticize", "criticise") and token.dep == "dobj":
        return None
    clause = next((c for c in token.dependents("acl", "ccomp", "relcl") if c.dependent("mark")), None)
    entry = cue_of(token)
    content: list[Token] = []
    if clause and clause.i > token.i:
        content = _clause(clause, token)
    elif entry:
        for frame in sorted(entry.frames):
            if frame.startswith("prep:") and (found := _prepositional(token, frame.removeprefix("prep:"))):
                content = found[0]
                break
    owner = token.dependent("poss") or next(
        (p for c in token.dependents("prep") if c.lower in ("by", "from") for p in c.dependents("pobj")), None
    )
    light = token.head if token.dep == "dobj" else None
    if (
        owner is None
        and light is not None
        and light.lemma in ("give", "make", "issue", "offer", "release", "voice", "express")
    ):
        owner = source_of(light)
        cue = Span(light.start, token.end)
    else:
        cue = Span(token.start, token.end)
    if not content or owner is None:
        return None
    return Found(Span(content[0].start, content[-1].end), "", cue, source_span(owner), token.sentence)


def source_of(verb: Token) -> Token | None:
    """The head of the phrase that names who says, thinks or wants it; None where nobody is named."""
    seen = 0
    token: Token | None = verb
    while token is not None and seen < 6:
        seen += 1
        if agent := token.dependent("agent"):
            return agent.dependent("pobj")
        subject = token.dependent("nsubj")
        if token.dependent("nsubjpass"):
            return None
        if subject is not None:
            return _antecedent(subject, token)
        token = _governor(token)
        if token is not None and token.pos in ("NOUN", "PROPN", "PRON"):
            return token
    return None


def _governor(token: Token) -> Token | None:
    """The verb whose subject a verb without one shares, or the noun it modifies."""
    if token.head is token:
        return None
    if token.dep == "acl" and _to(token) and token.head.dep == "dobj":
        # "took the opportunity to urge": who took it, urges.
        return token.head.head
    if token.dep in ("conj", "xcomp", "advcl", "ccomp", "dep", "parataxis", "acl", "relcl"):
        return token.head
    if token.dep == "pcomp":
        return token.head.head if token.head.head is not token.head else None
    return None


def _antecedent(subject: Token, verb: Token) -> Token | None:
    if subject.lower in _RELATIVE and verb.dep == "relcl":
        return verb.head
    return None if subject.lower in ("it", "there", "what", "that", "which") and subject.dep == "expl" else subject


def source_span(head: Token) -> Span:
    """A name without its titles; a phrase whole, but for appositions and relative clauses."""
    if name := _name(head):
        names = [name, *(n for c in head.dependents("conj") if (n := _name(c)))]
        return Span(names[0].start, names[-1].end)
    for apposition in head.dependents("appos"):
        if apposition.ent == "PERSON" and (name := _name(apposition)):
            return name
    tokens = [head]
    for child in head.children:
        if (child.i < head.i and child.dep in _LEFT) or (child.i > head.i and child.dep in _RIGHT):
            tokens += child.subtree()
    tokens = _unbroken(sorted(tokens, key=lambda t: t.i), head) or [head]
    cut = next(
        (at for at, t in enumerate(tokens) if t.i > head.i and t.dep in ("relcl", "acl", "appos", "punct")), None
    )
    kept = tokens[:cut] if cut else tokens
    return Span(kept[0].start, kept[-1].end)


def _name(token: Token) -> Span | None:
    """The name a token is the last word of or stands in."""
    if not token.ent or token.ent in ("DATE", "TIME", "CARDINAL", "ORDINAL", "QUANTITY", "MONEY", "PERCENT", "NORP"):
        return None
    tokens = token.sentence.tokens
    at = token.i - tokens[0].i
    first = at
    while first > 0 and not tokens[first].ent_start and tokens[first - 1].ent == token.ent:
        first -= 1
    last = at
    while last + 1 < len(tokens) and tokens[last + 1].ent == token.ent and not tokens[last + 1].ent_start:
        last += 1
    if tokens[last].i > token.i and tokens[last].dep != "case":
        last = at
    while first < last and (tokens[first].pos == "DET" or tokens[first].dep == "case"):
        first += 1
    while last > first and tokens[last].dep == "case":
        last -= 1
    return Span(tokens[first].start, tokens[last].end)


def with_kind(found: Found, kind: str, content: Span | None = None) -> Found:
    """The same attribution with its kind decided."""
    return replace(found, kind=kind, content=content or found.content)
