"""Cues: the lexicon, and what an attribution is made of.

The frames of a cue, in the lexicon attributions_cues, say where its content stands: a clause (that), quotation marks or
a free-standing clause (quote), an infinitive (inf; obj_inf after the person addressed), the phrase of a preposition
(prep:of), a noun phrase (obj), an object with what it is called (oprd), a clause on a noun (claim: "rejected claims
that", fact: "criticised the fact that"), or what something is seen as (as).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from stages.core import lexicon
from stages.core.parse import Sentence, Token

NAMES = frozenset({"PERSON", "ORG", "GPE", "NORP"})
"""Labels of names that can say something."""
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
"""Tags of verbs that a sentence can stand on."""
SPEAKERS = frozenset({"i", "we", "you", "my", "our", "your"})
"""What they say or think of themselves is the speaker's own statement."""


@dataclass(frozen=True, slots=True)
class Cue:
    """An entry of the lexicon."""

    lemma: str
    pos: str
    kind: str
    """The class column: neutral, factive, counterfactive, directive, commissive, volitive, verdict, warning."""
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
    wish: bool = False
    """Whether the cue tells what the source wants or plans, and not what it says."""
    above: Span | None = None
    """The cue of the attribution with the same content that this one stands in: 'A reports, citing B, that …'."""


@cache
def lexicon_of_cues() -> dict[tuple[str, str], Cue]:
    """Cues by lemma and part of speech."""
    return {
        (row["lemma"], row["pos"]): Cue(row["lemma"], row["pos"], row["class"], frozenset(lexicon.words(row["frames"])))
        for row in lexicon.load("attributions_cues")
    }


def cue_of(token: Token) -> Cue | None:
    """The entry of a token that can be a cue here, with its particle where the lexicon has both: "went on"."""
    pos = "ADJ" if token.dep == "acomp" else "VERB" if token.pos in ("VERB", "AUX") else token.pos
    lemma = token.lemma.lower()
    if pos == "VERB" and lemma in _with_particles() and (particle := token.dependent("prt")):
        phrasal = lexicon_of_cues().get((f"{lemma} {particle.lower}", pos))
        if phrasal:
            return phrasal
    return lexicon_of_cues().get((lemma if pos != "ADJ" else token.lower, pos))


@cache
def _with_particles() -> frozenset[str]:
    return frozenset(lemma.split()[0] for lemma, _ in lexicon_of_cues() if " " in lemma)


def to_of(verb: Token) -> Token | None:
    """The 'to' of an infinitive."""
    return next((child for child in verb.dependents("aux") if child.lower == "to"), None)


def outer_of(verb: Token) -> Token | None:
    """The verb that a finite verb is really coordinated with, where its form cannot be coordinated with its head's.

    "ordered the army to leave and promised help", "said he would leave and promised help": the parse hangs `promised`
    on the complement, whose form is another.
    """
    head = verb.head
    if verb.dep != "conj" or verb.tag not in ("VBD", "VBZ") or verb.dependents("nsubj", "aux"):
        return None
    if head.tag not in ("VB", "VBG") or any(aux.tag == verb.tag for aux in head.dependents("aux")):
        return None
    for above in head.ancestors():
        if above.tag == verb.tag:
            return above
    return None


def trim(tokens: Sequence[Token]) -> list[Token]:
    """Without punctuation and conjunctions left over at the ends, but with quotation marks and brackets."""
    start, end = 0, len(tokens)
    while start < end and tokens[start].pos == "PUNCT" and tokens[start].text not in "\"'([":
        start += 1
    while end > start and (
        (tokens[end - 1].pos == "PUNCT" and tokens[end - 1].text not in "\"')]") or tokens[end - 1].pos == "CCONJ"
    ):
        end -= 1
    return list(tokens[start:end])


def unbroken(tokens: Sequence[Token], head: Token) -> list[Token]:
    """The run of tokens, without gaps, that holds the head."""
    at = next((at for at, token in enumerate(tokens) if token is head), None)
    if at is None:
        return []
    start = end = at
    while start > 0 and tokens[start - 1].i == tokens[start].i - 1:
        start -= 1
    while end + 1 < len(tokens) and tokens[end + 1].i == tokens[end].i + 1:
        end += 1
    return list(tokens[start : end + 1])


def with_kind(found: Found, kind: str, content: Span | None = None) -> Found:
    """The same attribution with its kind decided."""
    return replace(found, kind=kind, content=content or found.content)
