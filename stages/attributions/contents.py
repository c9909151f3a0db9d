"""Contents: the words that a cue attributes, by the frames of the cue."""

from __future__ import annotations

from collections.abc import Iterable

from stages.attributions.cues import FINITE, Cue, cue_of, outer_of, to_of, trim, unbroken
from stages.core.parse import Token

_INFINITIVE = ("xcomp", "ccomp", "advcl")
_QUOTED = frozenset('"')
_VERDICT = 20
"""Tokens behind a verb of calling in which its object and the quoted words stand."""
_THINGS = frozenset({"NOUN", "NUM", "SYM"})
_INSIDE = frozenset({"relcl", "acl", "csubj", "advcl", "parataxis"})
"""Clauses behind which the sentence around them goes on with its verb."""
_ONE = frozenset({"a", "an"})
_WHAT = frozenset({"what", "which", "that"})
_TIMES = frozenset({"DATE", "TIME"})
_CONDITION = frozenset({"if", "unless"})


def content_of(token: Token, cue: Cue) -> tuple[list[Token], Token | None]:
    """The tokens of the content in a row, and the last token of the cue where it is more than the verb."""
    frames = cue.frames
    person = token.dependent("dobj", "dative", "iobj")
    if frames & {"claim", "fact"} and (on_noun := _on_noun(token, frames)):
        return on_noun
    if "obj_inf" in frames and (found := _infinitive(token, _INFINITIVE)):
        return _run_on(found, token, infinitive=True), None
    clause = token.dependent("ccomp")
    thing = "obj" in frames and person is not None and person.i > token.i
    before = clause is not None and clause.i < token.i and (thing or to_of(clause) is not None)
    if frames & {"that", "quote"} and clause and not before:
        return clause_content(clause, token), None
    # "vowed on Sunday to fight": the parse takes the infinitive for a purpose.
    relations = ("xcomp", "advcl") if cue.kind == "commissive" else ("xcomp",)
    if "inf" in frames and not person and (found := _infinitive(token, relations)):
        return _run_on(found, token, infinitive=True), None
    if "as" in frames and (found := _seen_as(token, person)):
        return found, None
    gerund = token.dependent("xcomp") if "ger" in frames else None
    if gerund and gerund.i > token.i and any(t.tag == "VBG" for t in (gerund, *gerund.dependents("aux"))):
        return clause_content(gerund, token), None
    for frame in sorted(frames):
        if frame.startswith("prep:") and (phrase := prepositional(token, frame.removeprefix("prep:"))):
            return phrase
    if "oprd" in frames and person and (verdict := token.dependent("oprd")):
        # "called the deal a mistake"; of "what she called a mistake" the latter alone
        if person.lower in _WHAT:
            return trim(verdict.subtree()), None
        return trim(_ordered([*person.subtree(), *verdict.subtree()])), None
    if frames & {"oprd", "as"} and (found := _called(token)):
        return found, None
    if "obj" in frames and _done(token) and person and person.pos in _THINGS and person.i > token.i:
        condition = [t for c in token.dependents("advcl") if c.i > person.i and _if(c) for t in c.subtree()]
        found = trim(_without_explanation(unbroken(_ordered([*person.subtree(), *condition]), person)))
        return _run_on(found, token), None
    if "obj" in frames and token.dependent("agent") and (subject := token.dependent("nsubjpass")):
        # "The allegations were denied by the minister."
        return trim(subject.subtree()) if subject.pos in _THINGS else [], None
    return [], None


def _ordered(tokens: Iterable[Token]) -> list[Token]:
    return sorted(set(tokens), key=lambda t: t.i)


def _called(verb: Token) -> list[Token]:
    """'called his plans "unrealistic"': from the verb to the closing mark, where the parse shows no object."""
    tokens = verb.sentence.tokens
    at = verb.i - tokens[0].i + 1
    marks = [i for i in range(at, min(at + _VERDICT, len(tokens))) if tokens[i].text in _QUOTED]
    if len(marks) < 2 or any(t.pos == "VERB" or t.text in ",;:" for t in tokens[at : marks[0]]):
        return []
    return tokens[at : marks[1] + 1]


def _done(verb: Token) -> bool:
    """Not 'will announce a plan' or 'to announce a plan': a noun phrase tells nothing of what is still to be said."""
    purpose = to_of(verb) and verb.dep in ("advcl", "acl")
    return verb.tag != "VB" or bool(purpose) or any(aux.lemma == "do" for aux in verb.dependents("aux"))


def _if(clause: Token) -> bool:
    return any(mark.lower in _CONDITION for mark in clause.dependents("mark"))


def _on_noun(token: Token, frames: frozenset[str]) -> tuple[list[Token], Token | None] | None:
    noun = token.dependent("dobj")
    clause = noun.dependent("acl", "relcl", "ccomp") if noun else None
    if noun and clause and (entry := cue_of(noun)) and "that" in entry.frames:
        return clause_content(clause, token), noun if "claim" in frames else None
    return None


def _infinitive(token: Token, relations: tuple[str, ...]) -> list[Token]:
    for complement in token.dependents(*relations):
        if to := to_of(complement):
            return [t for t in clause_content(complement, token) if t.i >= to.i]
    return []


def _seen_as(token: Token, person: Token | None) -> list[Token]:
    """'described the talks as a failure': the object and what it is seen as; in the passive the latter alone."""
    holders = [token, *([person] if person else [])]
    as_ = next((c for h in holders for c in h.dependents("prep") if c.lower == "as" and c.i > token.i), None)
    if as_ is None:
        return []
    if token.dependent("nsubjpass"):
        return trim([t for c in as_.dependents("pobj", "pcomp", "amod") for t in c.subtree()])
    tokens = token.sentence.tokens
    last = as_.subtree()[-1]
    offset = tokens[0].i
    return trim(_without_explanation(tokens[token.i + 1 - offset : last.i + 1 - offset]))


def prepositional(token: Token, preposition: str) -> tuple[list[Token], Token | None] | None:
    """The phrase of a preposition of the cue; the preposition belongs to the cue where it stands right behind it."""
    # "accused the alliance of X": the parse may hang the preposition on the object.
    for clause in token.dependents("advcl", "ccomp", "xcomp"):
        # "called for the minister to go"
        mark = clause.dependent("mark")
        if mark and mark.lower == preposition and mark.i > token.i:
            end = mark if preposition == "for" and mark.i == token.i + 1 else None
            return [t for t in clause_content(clause, token) if t.i > mark.i], end
    # Not in "told a meeting of farmers", whose `of` is its own.
    objects_ = [o for o in token.dependents("dobj") if not any(det.lower in _ONE for det in o.dependents("det"))]
    holders = [token, *(last for object_ in objects_ for last in object_.conjuncts())]
    for prep in (prep for holder in holders for prep in holder.dependents("prep")):
        if prep.lower != preposition:
            continue
        if preposition in ("on", "upon") and token.pos == "VERB":
            # "calls on X to do": the infinitive is the content, X the person addressed.
            for holder in (token, prep, *prep.dependents("pobj")):
                for complement in holder.dependents(*_INFINITIVE, "pcomp", "acl", "relcl"):
                    if to := to_of(complement):
                        return [t for t in clause_content(complement, token) if t.i >= to.i], prep
            if (cue := cue_of(token)) is None or cue.kind == "directive":
                continue
        # "argued for hours" is no "argued for a tax".
        lasting = _TIMES if preposition == "for" else frozenset()
        inside = [child for child in prep.dependents("pobj", "pcomp") if child.ent not in lasting]
        # "complained of thirst and of the cold": the second preposition belongs to the content.
        further = [child for child in prep.dependents("conj") if child.lower == preposition] if inside else []
        linked = prep.dependents("cc") if further else []
        objects = _ordered(t for child in (*inside, *linked, *further) for t in child.subtree())
        if found := _run_on(trim(_without_explanation(objects)), token):
            return found, prep if preposition == "for" and prep.i == token.i + 1 else None
    return None


def _run_on(found: list[Token], cue: Token, *, infinitive: bool = False) -> list[Token]:
    """Go on with what the parse hung on the cue though it stands right behind the content.

    A participle or infinitive ("warned of | Ukraine joining", "called for | the army to leave"), a further noun, and
    after an infinitive a further one ("wants to | build a wall, close the border").
    """
    for child in cue.children:
        if not found or child.i <= found[-1].i:
            continue
        tokens = child.subtree()
        between = _between(found[-1], tokens[0])
        linked = all(t.pos == "CCONJ" or t.text == "," for t in between)
        if child.dep in ("advcl", "xcomp") and not between and (child.tag == "VBG" or to_of(child)):
            found = [*found, *tokens]
        elif child.dep == "conj" and linked and _belongs(child, infinitive=infinitive):
            found = [*found, *between, *tokens]
    return trim(found)


def _between(first: Token, last: Token) -> list[Token]:
    """The tokens of a sentence between two others."""
    tokens = first.sentence.tokens
    return tokens[first.i + 1 - tokens[0].i : last.i - tokens[0].i]


def _belongs(child: Token, *, infinitive: bool) -> bool:
    if child.pos in ("NOUN", "PROPN"):
        return child.dependent("nsubj") is None
    return infinitive and child.tag == "VB" and not child.dependents("nsubj", "aux")


def clause_content(clause: Token, cue: Token) -> list[Token]:
    """The tokens of a clause without 'that', without the cue, and without a relative clause that only explains."""
    before = clause.i < cue.i
    if not before and (told := _before_a_further_cue(clause)):
        return told
    skipped = _another_claim(clause, cue)
    tokens = trim([t for t in clause.subtree() if (t.i < cue.i) == before and t is not cue and t not in skipped])
    while tokens and tokens[0].lower == "that" and (tokens[0].dep == "mark" or tokens[0].tag == "IN"):
        tokens = trim(tokens[1:])
    tokens = trim(unbroken(tokens, clause))
    return tokens if before else _run_on(_to_the_end(_without_explanation(_finished(tokens, cue))), cue)


def _is_told_beside(conjunct: Token, clause: Token, cue: Token) -> bool:
    """'A said it was late, and others warned of …': somebody else's statement beside A's."""
    other, subject = cue_of(conjunct), conjunct.dependent("nsubj")
    comma = any(t.text == "," and t.i > clause.i for t in clause.dependents("punct"))
    told = other is not None and "quote" in other.frames and conjunct.tag == cue.tag == "VBD"
    return told and comma and subject is not None and subject.pos in ("NOUN", "PROPN")


def _finished(tokens: list[Token], cue: Token) -> list[Token]:
    """Go on to the end where a finite verb follows: of 'said cuts to spending left it weak' the parse may take half."""
    if not tokens or cue.pos not in ("VERB", "AUX") or any(t.dep in _INSIDE for t in (cue, *cue.ancestors())):
        return tokens
    sentence = cue.sentence.tokens
    after = sentence[tokens[-1].i + 1 - sentence[0].i :]
    if not after or after[0].tag not in FINITE:
        return tokens
    end = next((at for at, t in enumerate(after) if t.text in _QUOTED or t.text in ":;"), len(after))
    return trim([*tokens, *after[:end]])


def _before_a_further_cue(clause: Token) -> list[Token]:
    """'A said it is so: "It is," he stressed': the parse puts the further cue above what A said."""
    other, inner = cue_of(clause), clause.dependent("ccomp")
    if other is None or "quote" not in other.frames or not clause.dependent("nsubj"):
        return []
    if inner is None or inner.i > clause.i:
        return []
    tokens = inner.subtree()
    end = next((at for at, t in enumerate(tokens) if t.i > inner.i and t.text in _QUOTED), len(tokens))
    return trim(unbroken(tokens[:end], inner))


def _another_claim(clause: Token, cue: Token) -> set[Token]:
    """'said he would leave and warned of …': a second verb of the same source, which the parse takes for content."""
    for conjunct in clause.dependents("conj"):
        if conjunct.i < cue.i:
            continue
        if conjunct.dependent("nsubj"):
            if _is_told_beside(conjunct, clause, cue):
                return set(conjunct.subtree())
            continue
        # "said he would leave but did not say when"
        unsaid = conjunct.lemma == cue.lemma and any(aux.lemma == "do" for aux in conjunct.dependents("aux"))
        if unsaid or outer_of(conjunct) is cue:
            return set(conjunct.subtree())
    return set()


def _to_the_end(tokens: list[Token]) -> list[Token]:
    """What follows a colon explains the claim and is part of it, unless somebody is quoted there."""
    if not tokens:
        return tokens
    sentence = tokens[0].sentence.tokens
    after = sentence[tokens[-1].i + 1 - sentence[0].i :]
    if len(after) > 1 and after[0].text == ":" and not any(t.text in _QUOTED for t in after):
        return trim([*tokens, *after])
    return tokens


def _without_explanation(tokens: list[Token]) -> list[Token]:
    """Cut ', which …' and ', giving …' off the end: what the author adds."""
    for at in range(len(tokens) - 1, 0, -1):
        token = tokens[at]
        verb = token.head if token.lower == "which" else token
        adds = verb.dep in ("relcl", "advcl") if verb is not token else token.tag == "VBG" and token.dep == "advcl"
        if adds and tokens[at - 1].text == "," and verb.subtree()[-1].i >= tokens[-1].i:
            return trim(tokens[: at - 1])
    return tokens
