"""Pronouns: which named entity they refer to."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from stages.core.parse import Token
from stages.entities.metonyms import is_addressing
from stages.entities.proposals import evidence
from stages.entities.reading import FARTHEST, SUBJECTS, Reader, is_person, is_state, is_subject, side, speaker_at
from stages.entities.referents import Referent
from stages.entities.spans import following

_HE = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f", "hers": "f"}
_IT = frozenset({"it", "its"})
FIRST_PERSON = frozenset({"i", "me", "my", "mine"})
_THEY = frozenset({"they", "them", "their"})
_EXPLETIVE = frozenset({"seem", "appear", "turn", "take", "come", "rain", "look", "follow", "remain", "mean"})


def third_person(reader: Reader, token: Token) -> None:
    found: Referent | None = None
    if token.lower in _HE:
        found = _he(reader, token, _HE[token.lower])
    elif token.lower in _IT:
        found = _it(reader, token)
    elif token.lower in _THEY:
        reader.add(token, token.start, token.end, "PRO", _they(reader, token))
        return
    if found is not None:
        reader.add(token, token.start, token.end, "PRO", (found,))
        if token.lower in _HE:
            reader.genders.setdefault(found.key, _HE[token.lower])


def _he(reader: Reader, token: Token, gender: str) -> Referent | None:
    speaker = speaker_at(reader, token)
    local = _local_subject(reader, token)

    def fits(referent: Referent) -> bool:
        return (
            referent.label == "PERSON"
            and reader.genders.get(referent.key, gender) == gender
            and referent is not speaker
            and referent is not local
        )

    ruled, noun = _governing(reader, token, fits)
    if ruled is not None or (noun is not None and is_person(noun) and noun.head.lemma != "ask"):
        return ruled
    found = reader.recent(fits, token.i, 2)
    if found:
        return found[0].referents[0]
    # Long quotations part a speaker from the next "he said".
    found = reader.recent(fits, token.i, 6)
    return found[0].referents[0] if len({one.referents[0].key for one in found}) == 1 else None


def _local_subject(reader: Reader, token: Token) -> Referent | None:
    """The subject of the clause whose object a pronoun is: it would be itself or himself."""
    after = following(token)
    if token.dep == "poss" or is_subject(token) or (after is not None and after.pos == "AUX"):
        return None
    for node in islice(token.ancestors(), 3):
        if node.pos in ("VERB", "AUX"):
            subject = next((child for child in node.children if child.dep in SUBJECTS and child.i < token.i), None)
            known = reader.by_head.get(subject.i, ()) if subject is not None else ()
            return known[0] if len(known) == 1 else None
    return None


def _governing(reader: Reader, token: Token, fits: Callable[[Referent], bool]) -> tuple[Referent | None, Token | None]:
    """The subject of the clause that a pronoun stands in or under, and the common noun that is in its way.

    A possessive looks at the subject of its own clause first, a subject at that of the clause above.
    """
    node = token.head if token.dep == "poss" or not is_subject(token) else token.head.head
    if is_subject(token) and token.head.head is token.head:
        return None, None
    for _ in range(12):
        if node.pos in ("VERB", "AUX"):
            subject = next((child for child in node.children if child.dep in SUBJECTS and child.i < token.i), None)
            if subject is None and is_addressing(node.head) and any(child.lower == "to" for child in node.children):
                # urged Warsaw to open its border
                subject = _addressed(node.head, node)
            if subject is None and node.dep == "advcl" and is_subject(token):
                # giving Warsaw time as it debates
                subject = next((child for child in node.children if child.dep == "dative" and child.i < token.i), None)
            if subject is None and node.dep in ("relcl", "acl"):
                subject = node.head
            elif subject is not None and subject.tag in ("WDT", "WP"):
                subject = node.head if node.dep == "relcl" else None
            if subject is not None and subject is not token:
                known = reader.by_head.get(subject.i, ())
                if len(known) == 1 and fits(known[0]):
                    return known[0], None
                if not known and subject.pos in ("NOUN", "PROPN"):
                    return None, subject
        if node.head is node:
            break
        node = node.head
    return None, None


def _addressed(verb: Token, below: Token) -> Token | None:
    """Who is asked or told to do what a clause says."""
    for child in verb.children:
        if child.i < below.i and child.dep in ("dobj", "dative"):
            return child
        if child.i < below.i and child.dep == "prep" and child.lower in ("on", "upon"):
            return child.dependent("pobj")
    return None


def _it(reader: Reader, token: Token) -> Referent | None:
    if token.lower == "it" and (_expletive(token) or _handled(token)):
        return None
    local = _local_subject(reader, token)

    def fits(referent: Referent) -> bool:
        return (referent.label in ("ORG", "FAC") or is_state(referent)) and referent is not local

    owner = _owner_above(reader, token)
    if owner is not None and fits(owner):
        return owner
    ruled, noun = _governing(reader, token, fits)
    if ruled is not None or noun is not None:
        return ruled
    found = reader.recent(fits, token.i, 1)
    found = [one for one in found if one.sentence == reader.here or (one.subject and not one.joined)]
    if not found:
        return None
    best = found[0]
    if token.lower == "it" and not best.subject and not is_subject(token):
        return None
    if not best.subject and best.sentence != reader.here:
        return None
    return best.referents[0]


def _owner_above(reader: Reader, token: Token) -> Referent | None:
    """The possessor of a phrase around the pronoun: Ukraine's push for latitude in its use."""
    if token.dep != "poss":
        return None
    node = token.head
    if node.dep == "conj" and len(reader.by_head.get(node.head.i, ())) == 1:
        return reader.by_head[node.head.i][0]
    while node.dep in ("pobj", "prep", "dobj", "pcomp") and node.head is not node:
        node = node.head
        for child in node.children:
            known = reader.by_head.get(child.i, ())
            if child.dep == "poss" and child.i < token.i and len(known) == 1:
                return known[0]
    return None


def _they(reader: Reader, token: Token) -> tuple[Referent, ...]:
    """A pair or group named as the subject just before."""
    for one in islice(reversed(reader.seen), FARTHEST):
        if one.sentence < reader.here - 1 or one.at >= token.i:
            if one.at >= token.i:
                continue
            break
        if len(one.referents) > 1 and one.subject:
            return one.referents
    return ()


def _handled(token: Token) -> bool:
    """Whether "it" is a thing: states and bodies are accused and asked, they are not provided and do not explode."""
    verb = token.head.lemma.lower()
    return (token.dep == "nsubjpass" and verb in evidence("verb of things")) or (
        token.dep == "nsubj" and verb in evidence("what things do")
    )


def _expletive(token: Token) -> bool:
    """ "It is obvious that", "it seems": no referent."""
    if token.dep == "expl":
        return True
    verb = token.head
    if verb.lemma.lower() in _EXPLETIVE:
        return True
    if verb.lemma in ("be", "'s"):
        return any(child.dep in ("acomp", "attr", "ccomp", "advcl", "xcomp", "advmod") for child in verb.children)
    return token.dep in ("nsubjpass",) and any(child.dep in ("ccomp",) for child in verb.children)


def first_person(reader: Reader, token: Token) -> None:
    """In a quotation: I is the speaker, we the speaker's side."""
    speaker = speaker_at(reader, token)
    if speaker is None:
        return
    target = side(reader, speaker)
    if token.lower in FIRST_PERSON:
        target = speaker if speaker.label == "PERSON" else None
    if target is not None:
        reader.add(token, token.start, token.end, "PRO", (target,))
