"""Metonyms: a capital or a seat of power that stands for the institution that acts from there.

"Moscow said", "talks with Kyiv" refer to the institution; "told diplomats in Moscow", "flew to Brussels" are places.
The rule reads the syntax around the name: an agentive or recipient role, the class of the word that governs it, and
prepositions of place.
"""

from __future__ import annotations

from functools import cache

from stages.core.lexicon import load
from stages.core.parse import Token
from stages.entities.spans import Name, following

_STRICT_PLACE = frozenset(
    {"in", "near", "outside", "inside", "around", "throughout", "across", "into", "via", "through", "within"}
)
_JOINED = 20
"""Joined words that are followed, so that the cost stays linear in any text."""
_SUBJECT = frozenset({"nsubj", "nsubjpass", "agent", "csubj"})


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(row["word"] for row in load("entities_metonyms") if row["kind"] == kind)


def stands_for_institution(name: Name) -> bool:
    """Whether the name of a seat is used for the institution."""
    alias = name.alias
    if alias is None or alias.seat_of is None:
        return False
    if _dateline(name):
        return False
    after = following(name.last)
    if after is not None and after.text == "-":
        # Beijing-backed, Washington-based
        joined = following(after)
        return joined is not None and joined.lower in _words("agent participle")
    head = _top_conjunct(name.head)
    governed = _preposition(head)
    if governed is not None:
        return _after_preposition(governed, always=alias.always)
    place = _words("place noun")
    if head.dep in ("compound", "nmod") and head.head.lemma.lower() in place:
        return False
    if alias.always:
        return not (head.dep in ("dobj", "obj") and head.head.lemma.lower() in _words("entered verb"))
    if head.dep in _SUBJECT:
        return _agent(head)
    if head.dep in ("dobj", "obj", "iobj", "dative"):
        return head.head.lemma.lower() in _words("recipient verb")
    if head.dep == "poss":
        return head.head.lemma.lower() not in place and head.head.pos != "PROPN"
    if head.dep in ("compound", "nmod", "amod"):
        return head.head.lemma.lower() in _words("stance noun")
    return head.dep == "ROOT" and bool(head.children) and any(child.dep == "acl" for child in head.children)


def is_addressing(verb: Token) -> bool:
    """Whether somebody is asked, told or made to do something: urge, force."""
    return verb.lemma.lower() in _words("recipient verb")


def is_motion(verb: Token) -> bool:
    """Whether a verb leads to a place: fly, return."""
    return verb.lemma.lower() in _words("motion verb")


def is_entered(verb: Token) -> bool:
    """Whether what a verb is done to is a place: enter, storm."""
    return verb.lemma.lower() in _words("entered verb")


def _dateline(name: Name) -> bool:
    """HANOI, Vietnam (AP); in general a capital with its country after a comma."""
    tokens = name.sentence.tokens
    at = name.last.i - tokens[0].i + 1
    if at >= len(tokens):
        return False
    if name.first is tokens[0] and name.first.text.isupper() and tokens[at].text in (",", "(", "-", "–", "—", "--"):
        return True
    return (
        tokens[at].text == ","
        and at + 1 < len(tokens)
        and tokens[at + 1].ent == "GPE"
        and tokens[at + 1].dep == "appos"
    )


def _top_conjunct(token: Token) -> Token:
    for _ in range(_JOINED):
        if token.dep != "conj" or token.head is token or token.head.pos not in ("PROPN", "NOUN"):
            break
        token = token.head
    return token


def _preposition(head: Token) -> Token | None:
    if head.dep == "pobj":
        return head.head
    return None


def _agent(head: Token) -> bool:
    """A subject acts where its verb is no verb of place or being."""
    verb = head.head
    if verb.pos not in ("VERB", "AUX"):
        return False
    return verb.lemma.lower() not in _words("place verb") and not (verb.lemma == "be" and _has_place_predicate(verb))


def _has_place_predicate(verb: Token) -> bool:
    return any(child.dep == "attr" and child.lemma.lower() in _words("place noun") for child in verb.children)


def _after_preposition(preposition: Token, *, always: bool) -> bool:
    word, governor = preposition.lower, preposition.head
    if word == "by":
        return True
    if word == "in" and not always:
        # "widely interpreted in Moscow as": opinions are held by the institution.
        return governor.tag == "VBN" and governor.lemma.lower() in _words("opinion verb")
    if word in _STRICT_PLACE or word == "at":
        return False
    noun = governor.lemma.lower()
    if word in ("with", "between", "against", "by"):
        return True
    if word in ("to", "from"):
        if governor.pos == "VERB":
            return noun in _words("recipient verb") or (always and noun not in _words("motion verb"))
        return noun in _words("relation noun") or (always and noun not in _words("motion noun"))
    if word in ("on", "upon", "for", "of", "over", "toward", "towards", "about"):
        if governor.pos == "VERB":
            return noun in _words("recipient verb")
        return noun in _words("relation noun") or noun in _words("stance noun") or always
    return always
