"""Why a sentence has no event: it states no act, or it does and the rules do not reach it."""

from __future__ import annotations

from stages.core.parse import Sentence, Token
from stages.events import lexicon, syntax
from stages.events.participants import Participants

_NO_PREDICATE = frozenset({"aux", "auxpass", "amod", "compound", "prep"})
"""Relations in which a verb form states nothing: "has", "the wounded pride", "including"."""


def reason(sentence: Sentence, participants: Participants, *, triggers: bool, passed: bool) -> tuple[str, str | None]:
    """The reason of `coverage`, and the predicate that no line of the lexicon knows.

    Args:
        sentence: a sentence without an event.
        participants: the participants of its document.
        triggers: whether a line of the lexicon fits.
        passed: whether a line has words of the sentence, but does not fit.
    """
    if triggers:
        return "no_participant", None
    if passed:
        return "filtered_sense", None
    predicates = [token for token in sentence.tokens if _eventive(token)]
    if not predicates:
        return "plain_statement", None
    acting = (token for token in predicates if any(participants.of(head) for head in syntax.subjects(token)))
    return "no_trigger", _words(next(acting, predicates[0]))


def _eventive(token: Token) -> bool:
    """Whether a verb tells of an act or a happening; being, having, thinking and saying are none."""
    return (
        token.pos == "VERB" and token.dep not in _NO_PREDICATE and syntax.lemma(token) not in lexicon.members("stative")
    )


def _words(verb: Token) -> str:
    """The lemma of a verb with its particle, and its object where it says little: "carry out", "make decision"."""
    words = [verb.lemma.lower(), *(child.lower for child in verb.dependents("prt"))]
    if "object" in lexicon.light_verbs().get(words[0], ()):
        words += [noun.lemma.lower() for noun in syntax.undergoers(verb)[:1] if noun.pos == "NOUN"]
    return " ".join(words)
