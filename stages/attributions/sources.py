"""Sources: the phrase that names who says, thinks or wants it."""

from __future__ import annotations

from stages.attributions.cues import Span, cue_of, outer_of, to_of, unbroken
from stages.core.parse import Token

_RELATIVE = frozenset({"who", "which", "that"})
_LEFT = frozenset({"det", "amod", "compound", "poss", "nummod", "nmod", "quantmod", "advmod", "predet"})
_RIGHT = frozenset({"prep", "conj", "cc", "case", "pobj"})
_FINITE = frozenset({"VBD", "VBZ", "VBP"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON"})
_SHARING = frozenset({"conj", "xcomp", "acomp", "advcl", "ccomp", "dep", "parataxis", "acl", "relcl"})
_OF_THE_OBJECT = frozenset({"of", "for", "from", "into"})
_STEPS = 6
"""Verbs between a cue and the subject that it shares."""
_NOBODY = frozenset({"nobody", "none", "nothing", "anyone", "anybody", "anything", "whoever"})
"""What nobody says is attributed to nobody."""


def source_of(verb: Token) -> Token | None:
    """The head of the phrase that names who says, thinks or wants it; None where nobody is named."""
    token: Token | None = verb
    for _ in range(_STEPS):
        if token is None:
            return None
        if quoted := _quoted(token):
            return quoted
        if agent := token.dependent("agent"):
            return agent.dependent("pobj")
        if token.dependent("nsubjpass") or _is_participle(token):
            # "the talks were described as", "talks described as": nobody is named but for a place.
            return _seen_in(token)
        if subject := _subject(token):
            return _antecedent(subject, token)
        token = outer_of(token) or _governor(token)
        if token is not None and token.pos in _NOMINAL:
            return None if token.lower in _NOBODY else token
    return None


def _is_participle(verb: Token) -> bool:
    """'talks described as …', 'Asked about it, he said …': who describes and who asks is not named."""
    return verb.tag == "VBN" and verb.dep in ("acl", "advcl") and not verb.dependents("aux", "nsubj")


def _quoted(verb: Token) -> Token | None:
    """'quoted the general as saying', 'the general was quoted as saying': the general says it."""
    quoting = verb.head.head
    if verb.dep != "pcomp" or verb.head.lower != "as" or quoting.lemma not in ("quote", "cite"):
        return None
    return quoting.dependent("nsubjpass", "dobj")


def beside(verb: Token) -> list[Token]:
    """The heads of the phrases right behind and right before a verb, where the parse of a quotation misleads."""
    tokens = verb.sentence.tokens
    at = verb.i - tokens[0].i
    found: list[Token] = []
    if at + 1 < len(tokens) and tokens[at + 1].pos in ("DET", "ADJ", "NUM", *_NOMINAL):
        head = tokens[at + 1]
        while head.head.i > head.i and head.dep in _LEFT and head.head.pos in _NOMINAL:
            head = head.head
        found += [head] if head.pos in _NOMINAL else []
    if (before := _before(verb)) is not None:
        found.append(before)
    return found


def _subject(verb: Token) -> Token | None:
    subjects = verb.dependents("nsubj")
    subject = min(subjects, key=lambda subject: abs(subject.i - verb.i)) if subjects else None
    if subject is None:
        subject = next((s for aux in verb.dependents("aux") if (s := aux.dependent("nsubj"))), None)
    finite = verb.tag in _FINITE or any(aux.tag in _FINITE for aux in verb.dependents("aux"))
    if subject is None and finite and verb.dep in ("ROOT", "ccomp", "csubj"):
        subject = _before(verb)
    return subject


def _before(verb: Token) -> Token | None:
    """The phrase right before a finite verb that the parse left without a subject."""
    tokens = verb.sentence.tokens
    at = verb.i - tokens[0].i - 1
    while at >= 0 and tokens[at].pos in ("AUX", "ADV", "PART"):
        at -= 1
    if at < 0 or tokens[at].pos not in _NOMINAL:
        return None
    head = tokens[at]
    while head.head.i < head.i and head.head.pos in ("ADP", *_NOMINAL) and head.dep not in ("conj", "appos"):
        head = head.head
    return head if head.pos in _NOMINAL else None


def _seen_in(verb: Token) -> Token | None:
    """'was interpreted in Moscow as …': the place stands for who sees it so."""
    if not any(prep.lower == "as" for prep in verb.dependents("prep")):
        return None
    places = (place for prep in verb.dependents("prep") if prep.lower == "in" for place in prep.dependents("pobj"))
    return next((place for place in places if place.ent in ("GPE", "ORG", "LOC")), None)


def _governor(token: Token) -> Token | None:
    """The verb whose subject a verb without one shares, or the phrase that it says something about."""
    head = token.head
    if head is token:
        return None
    if token.dep == "acl" and to_of(token) and head.dep == "dobj":
        # "took the opportunity to urge": who took it, urges.
        return head.head
    person = head.dependent("dobj")
    if token.dep in ("xcomp", "advcl", "ccomp") and to_of(token) and person and _addresses(head):
        return person
    if token.dep == "pcomp":
        # "held him in contempt for refusing": he refuses.
        person = head.head.dependent("dobj")
        if person and person.i < head.i and head.lower in _OF_THE_OBJECT:
            return person
        return head.head if head.head.pos in ("VERB", "AUX") else None
    return head if token.dep in _SHARING else None


def _addresses(verb: Token) -> bool:
    cue = cue_of(verb)
    return cue is not None and "obj_inf" in cue.frames


def _antecedent(subject: Token, verb: Token) -> Token | None:
    while verb.dep == "conj" and subject.lower in _RELATIVE:
        verb = verb.head
    if subject.lower in _RELATIVE and verb.dep == "relcl":
        return verb.head
    if subject.lower == "who":
        return None
    expletive = subject.dep == "expl" or subject.lower in ("there", "what", "that", "which")
    nobody = subject.lower in _NOBODY or any(det.lower == "no" for det in subject.dependents("det"))
    return None if expletive or nobody else subject


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
    tokens = unbroken(sorted(tokens, key=lambda t: t.i), head) or [head]
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
