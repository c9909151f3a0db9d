"""The places around a trigger where its participants stand, as the lexicon names them.

Around a verb: `subject` and `object` whatever the voice, `dative`, `clause` (the subject of the clause that is its
complement: "demanded that Serbia leave"), `condition` (the subject of its if-clause), `complement` (who is affected by
the act in its complement: "agreed to help Chad"), or a preposition. Around a noun or adjective: `owner` (possessor or
modifier), `adjective` ("the Syrian attack"), `subject` (of the verb that carries it), `carrier` (the object of that
verb beside it: "gave Chad assurances"), `complement`, or a preposition. Around both: `border` (whose border is near).
"""

from __future__ import annotations

from itertools import islice

from stages.core.parse import Token
from stages.events import lexicon, syntax
from stages.events.lexicon import Rule
from stages.events.participants import Participant, Participants

_OWNERS = ("modifier", "by")
_TOGETHER = ("modifier", "by", "of", "with", "between")
"""Who acts, where the subject is a thing: "a Turkish air strike killed", "missiles fired by Israel struck"."""
_AFFECTED = ("modifier", "by", "of", "against", "on", "from", "with", "in", "for", "between", "clause")
"""Who is affected, where the object is a thing."""
_ATTACKED = tuple(place for place in _AFFECTED if place != "in")
"""A thing is attacked where it is, and not who lives there: "a strike on a factory in Zenda"."""
_COMPLEMENT = ("dative", "object", "clause", "to", "with", "from", "against", "for", "on", "of", "into", "in")
_OF_PEOPLE = frozenset({"THREATEN"})
"""Types that only people and bodies do: an attack that "threatens peace" threatens nobody."""
_RECIPROCAL = ("between", "with", "of")
_UPON_THINGS = frozenset({"ASSAULT"})
_THING_PLACES = frozenset({"object", "on", "against", "into", "of", "at"})
_DOWNWARDS = frozenset({"dobj", "prep", "pobj", "dative", "xcomp", "ccomp", "pcomp", "acl", "poss", "compound", "amod"})
"""Relations through which whoever is affected is looked for below the trigger."""
_LEVELS = 8
_STEPS = 3
_ON_OCCASION = frozenset({"during", "on", "in", "at", "after", "before", "following"})
_CONDITIONAL = frozenset({"if", "unless", "until", "till"})
_JUDGING = frozenset({"ACCUSE", "SUPPORT"})
"""Types of verbs that say of somebody what he did."""
_ASIDE = frozenset(
    {"in", "at", "near", "by", "after", "before", "during", "since", "amid", "about", "regarding", "like", "as"}
)
"""Prepositions of places, times and topics, where nobody is affected."""
_ASIDE_OF = {
    "MOBILIZE": frozenset({"to", "into", "across", "from", "over", "of"}),
    "THREATEN": frozenset({"of", "over"}),
}
"""Further ones of a type: where forces go, what is warned of."""
_MOVING = frozenset({"MOBILIZE", "AID", "RETREAT"})
_MOVED = frozenset({None, "troops", "weapons", "withdraw", "military"})
"""Types and modes of acts that move their object: "send", "deploy", "withdraw"."""
_MODIFYING = frozenset({"poss", "compound", "amod"})


def heads(place: str, trigger: Token) -> list[Token]:
    """The head words that stand in a place around the trigger; never a time."""
    return [head for head in around(place, trigger) if head.ent not in ("DATE", "TIME") or _beside_date(head)]


def _beside_date(name: Token) -> bool:
    """Whether a name is no part of the date before it, with which the parser labels it: "between 1991 and 1995 Chad
    attacked"."""
    at = name.i - name.sentence.tokens[0].i
    before = name.sentence.tokens[at - 1] if at and name.pos == "PROPN" and name.dep in ("nsubj", "nsubjpass") else None
    return before is not None and before.ent == name.ent and name not in (before.head, *before.ancestors())


def around(place: str, trigger: Token) -> list[Token]:
    """The same with times."""
    return _around_verb(place, trigger) if syntax.is_verb(trigger) else _around_noun(place, trigger)


def _around_verb(place: str, verb: Token) -> list[Token]:
    if place == "subject":
        return syntax.subjects(verb)
    if place == "object":
        return syntax.undergoers(verb)
    if place == "dative":
        return syntax.beneficiaries(verb)
    if place == "clause":
        return [subject for clause in clauses(verb) for subject in clause.dependents("nsubj", "nsubjpass")]
    if place == "complement":
        return _affected(verb)
    if place == "border":
        return _borders(verb)
    if place == "condition":
        return _conditions(verb)
    inner = [thing for thing in syntax.undergoers(verb) if thing.pos == "NOUN"]
    inner += [obj for thing in inner for obj in syntax.prepositional(thing, "of") if obj.pos == "NOUN"]
    inner += [obj for child in verb.dependents("prep") for obj in child.dependents("pobj") if obj.pos == "NOUN"]
    return syntax.prepositional(verb, place) or _linked(inner, (place,))


def _around_noun(place: str, noun: Token) -> list[Token]:
    carrier = syntax.light_verb(noun) if noun.pos in ("NOUN", "PROPN") else None
    if place == "owner":
        return noun.dependents("poss") + [
            child
            for child in noun.dependents("compound", "amod", "nmod")
            if child.ent or not (child.dep == "compound" and child.lemma.lower() in lexicon.members("weapon"))
            if child.ent
            or (child.dep != "amod" and child.lemma.lower() not in lexicon.members("kind-of-act"))
            or child.pos == "PROPN"
        ]
    if place == "adjective":
        return [child for child in noun.dependents("amod") if child.ent or child.pos == "PROPN"]
    if place == "subject":
        if carrier is not None:
            return [] if noun.dep == "nsubj" else syntax.subjects(carrier)
        return _predicated(noun) or _attending(noun)
    if place == "carrier":
        if carrier is None or noun.dep == "nsubj":
            return []
        return [child for child in carrier.dependents("dative", "dobj") if child is not noun and child.pos != "ADP"]
    if place == "border":
        return _borders(noun) + (_borders(carrier) if carrier else [])
    if place == "complement":
        return _affected(noun)
    if place == "condition":
        return _conditions(carrier or noun.head)
    if place == "clause":
        return [subject for clause in clauses(noun) for subject in clause.dependents("nsubj", "nsubjpass")]
    found = syntax.prepositional(noun, place)
    if carrier is not None and not found:
        found = syntax.prepositional(carrier, place)
    if place == "between" and not found and noun.dep == "nsubj":  # "talks are under way between"
        found = [obj for node in (noun.head, *noun.head.dependents("prep")) for obj in _between(node)]
    found = found or syntax.behind_name(noun, place)
    if noun.dep == "conj" and not found:  # "threats and warnings from Iran": the parser hangs it on the first
        found = syntax.prepositional(syntax.first_member(noun), place)
    if place == "by" and not found:  # "exercises led by Poland"
        found = [one for clause in noun.dependents("acl") if clause.tag == "VBN" for one in syntax.agents(clause)]
    return found


def _between(node: Token) -> list[Token]:
    inner = [node, *node.dependents("pobj")] if node.pos == "ADP" else [node]
    return [obj for one in inner for obj in syntax.prepositional(one, "between")]


def _conditions(verb: Token) -> list[Token]:
    """Who is to do what the clauses with "if" or "until" of a verb say."""
    return [
        subject
        for clause in verb.dependents("advcl")
        if any(mark.lower in _CONDITIONAL for mark in clause.dependents("mark"))
        for subject in (syntax.agents(clause) or clause.dependents("nsubj", "nsubjpass"))
    ]


def _borders(word: Token) -> list[Token]:
    """Whose border it is where something happens on, along or near one."""
    things = syntax.undergoers(word) if syntax.is_verb(word) else []
    nodes = [word, *(one for thing in things for one in syntax.coordinated(thing))]
    nouns = _linked(nodes, ("on", "near", "along", "at", "to", "around"))
    borders = [noun for noun in nouns if noun.lemma.lower() in ("border", "frontier", "doorstep")]
    return [owner for noun in borders for owner in noun.dependents("poss", "amod", "compound", "nmod")]


def _predicated(word: Token) -> list[Token]:
    """The subject of "is ready", "has a plan"."""
    first = syntax.first_member(word)
    head = first.head
    if first.dep == "pobj" and (accused := _accused(head)):
        return accused
    if first.dep in ("acomp", "attr", "oprd") and syntax.is_verb(head):
        return syntax.subjects(head)
    return [head] if first.dep == "amod" and head.pos in ("NOUN", "PROPN") else []


def _attending(noun: Token) -> list[Token]:
    """Who does something on an occasion: "during a visit to Oslo, Anna Holt praised", "after talks with Ruritania"."""
    preposition = noun.head
    if noun.dep != "pobj" or preposition.lower not in _ON_OCCASION or not syntax.is_verb(preposition.head):
        return []
    return syntax.subjects(preposition.head) if syntax.lemma(noun) in lexicon.members("meeting") else []


def _accused(preposition: Token) -> list[Token]:
    """Who did what somebody is accused of, blamed or praised for: "accused Iran of aggression"."""
    above = preposition.head
    for _ in range(_STEPS):
        if syntax.is_verb(above):
            judging = {rule.type for rule in lexicon.rules().get(above.lemma.lower(), ())} & _JUDGING
            return syntax.undergoers(above) if judging and preposition.lower in ("of", "for") else []
        if above.dep != "pobj":
            return []
        preposition = above.head
        above = preposition.head
    return []


def clauses(word: Token) -> list[Token]:
    """The verbs of the clauses that complement the word."""
    return [
        child
        for child in word.children
        if child.dep in ("xcomp", "ccomp")
        or (syntax.is_verb(child) and (child.dep == "acl" or (child.dep == "advcl" and child.tag == "VB")))
    ]


def _affected(word: Token) -> list[Token]:
    """Who is affected by the act in the complement of the word, those nearest to it first."""
    found: list[Token] = []
    for clause in clauses(word):
        for place in _COMPLEMENT:
            found.extend(_around_verb(place, clause))
            if place == "object":
                found.extend(_linked(clause.dependents("dobj"), ("to", "with", "from", "for", "on", "in")))
    for place in ("to", "with", "for", "on"):
        for obj in syntax.prepositional(word, place):
            found += [obj, *_linked([obj], ("with", "to", "from", "against", "for", "of"))]
    return found


def _linked(nouns: list[Token], prepositions: tuple[str, ...]) -> list[Token]:
    return [obj for noun in nouns for word in prepositions for obj in syntax.prepositional(noun, word)]


def actors(rule: Rule, trigger: Token, participants: Participants) -> list[Participant]:
    """Those who act; of a reciprocal act all who take part."""
    found: list[Participant] = []
    for place in rule.actor:
        here: list[Participant] = []
        for head in heads(place, trigger):
            owned = place in ("subject", "by") and not (rule.type in _OF_PEOPLE and _names_act(head))
            around = _TOGETHER if rule.reciprocal and rule.part == "verb" else _OWNERS
            acting = participants.of(head, around if owned else ())
            if not acting and owned and place == "subject" and head.pos == "NOUN":
                acting = [one for holder in syntax.holders(head) for one in participants.of(holder)]
            here.extend(acting)
        if place == "owner":  # "a Russian troop build-up" is Russia's
            here = [one for one in here if one.entity_id] or here
        found.extend(here)
        if found and not rule.reciprocal:
            break
    if rule.reciprocal and (found or rule.part == "noun"):
        for place in rule.recipient or _RECIPROCAL:
            for head in heads(place, trigger):
                found.extend(participants.of(head, _TOGETHER))
    if not found and rule.type == "SUPPORT" and syntax.is_verb(trigger):
        found = [one for head in syntax.undergoers(trigger) for one in participants.joint(head)]
    return _distinct(found)


def recipients(rule: Rule, trigger: Token, participants: Participants, acting: list[Participant]) -> list[Participant]:
    """Those who are acted upon."""
    if rule.reciprocal:
        return []
    found = (
        _in_places(rule, trigger, participants, acting)
        or _things(rule, trigger, participants)
        or _below(rule, trigger, participants, acting)
        or _user(rule, trigger, participants, acting)
        or _aimed_at(rule, trigger, participants, acting)
    )
    return _distinct(participants.across(found, acting))


def _in_places(rule: Rule, trigger: Token, participants: Participants, acting: list[Participant]) -> list[Participant]:
    """Those who stand in the first place of the rule that names somebody."""
    known = {one.identity for one in acting}
    for place in rule.recipient:
        if place == "complement" and len(acting) > 1:
            continue
        if place in ("in", "at") and rule.type in _UPON_THINGS and heads("object", trigger):
            continue  # a thing was hit there
        found = [
            one
            for head in heads(place, trigger)
            if not (place == "object" and _part_of_act(rule, head))
            for one in participants.of(head, _ATTACKED if rule.type == "ASSAULT" else _AFFECTED)
            if one.identity not in known
        ]
        if place == "complement":
            others = participants.not_of(found, acting)
            found = _not_moved([one for one in others if one.entity_id] or others, trigger)[:1]
        if found:
            return found
    if "object" in rule.recipient:
        found = [one for head in heads("object", trigger) for one in participants.of(head, _OWNERS)]
        return [one for one in found if one.identity not in known]
    return []


def _not_moved(found: list[Participant], trigger: Token) -> list[Participant]:
    """Those who are not sent or withdrawn, which affects others: "promised to send nurses"."""
    objects = [
        head
        for clause in clauses(trigger)
        if any(rule.type in _MOVING and rule.mode in _MOVED for rule in lexicon.rules().get(syntax.lemma(clause), ()))
        for thing in syntax.undergoers(clause)
        for head in syntax.coordinated(thing)
    ]
    moved = {head.end for head in objects}
    return [one for one in found if one.entity_id or one.end not in moved]


def _below(rule: Rule, trigger: Token, participants: Participants, acting: list[Participant]) -> list[Participant]:
    """Whoever is named nearest below the trigger, where no place of the rule is filled: "began a probe into the losses
    of Acme". A place is none where the preposition says that it is one."""
    if len(acting) > 1:
        return []
    known = {one.identity for one in acting}
    aside = _ASIDE | _ASIDE_OF.get(rule.type, frozenset())
    carrier = syntax.light_verb(trigger) if not syntax.is_verb(trigger) else None
    level = [trigger, *([carrier] if carrier else [])]
    for _ in range(_LEVELS):
        level = [
            child
            for node in level
            for child in node.children
            if child.dep in _DOWNWARDS
            and not (child.dep == "prep" and child.lower in aside)
            and (child.pos == "ADP" or syntax.lemma(child) not in rule.others)
        ]
        named = [
            one
            for token in level
            if participants.mentions(token) or token.dep not in _MODIFYING
            for one in participants.of(token)
            if one.identity not in known and (one.entity_id or not _unnamed_organ(token))
        ]
        if found := _not_moved(participants.not_of(named, acting), trigger):
            return found
    return []


def _user(rule: Rule, trigger: Token, participants: Participants, acting: list[Participant]) -> list[Participant]:
    """Who holds or uses what was given: "Ruritania fired French-supplied missiles"."""
    if rule.type != "AID" or trigger.dep not in ("amod", "acl") or not syntax.is_verb(trigger):
        return []
    for node in (trigger.head, *islice(trigger.head.ancestors(), _LEVELS)):
        heads = syntax.subjects(node) if syntax.is_verb(node) else node.dependents("poss")
        if found := participants.not_of([one for head in heads for one in participants.of(head)], acting):
            return found
    return []


def _aimed_at(rule: Rule, trigger: Token, participants: Participants, acting: list[Participant]) -> list[Participant]:
    """Who undergoes the act of the same type that is the purpose: "donated tents to help Chad"."""
    purposes = [
        clause
        for clause in clauses(trigger)
        if any(other.type == rule.type for other in lexicon.rules().get(syntax.lemma(clause), ()))
    ]
    found = [one for clause in purposes for head in syntax.undergoers(clause) for one in participants.of(head, _OWNERS)]
    known = {one.identity for one in acting}
    return [one for one in found if one.identity not in known]


def _unnamed_organ(token: Token) -> bool:
    """Whether a noun means an organ of somebody: without a name it is the actor's own."""
    return lexicon.groups().get(token.lemma.lower()) == "organ"


def _part_of_act(rule: Rule, head: Token) -> bool:
    """Whether an object belongs to the name of the act: the talks of "suspend talks", not who is released."""
    lemma = head.lemma.lower()
    if lexicon.groups().get(lemma) or head.pos == "PROPN":
        return False
    if rule.type in _UPON_THINGS and lemma in lexicon.members("territory"):
        return False  # "seized the town of Oslo"
    asked = any(lemma in condition.words for condition in rule.conditions if condition.place == "object")
    return asked or lemma in rule.others


def _means(rule: Rule, head: Token) -> bool:
    """Whether an object is an act or a weapon and not what is hit: "launched an attack", "fired missiles"."""
    lemma = syntax.lemma(head)
    used = lexicon.members("weapon") | lexicon.members("projectile")
    return _names_act(head) or lemma in rule.others or lemma in used


def _names_act(noun: Token) -> bool:
    return any(rule.part == "noun" for rule in lexicon.rules().get(syntax.lemma(noun), ()))


def _things(rule: Rule, trigger: Token, participants: Participants) -> list[Participant]:
    """Where nobody is named, the thing that is acted upon."""
    if rule.type not in _UPON_THINGS:
        return []
    for place in rule.recipient:
        if place in _THING_PLACES:
            things = [head for head in heads(place, trigger) if not _means(rule, head)]
            found = [one for head in things for one in participants.thing(head)]
            if found:
                return found
    return []


def _distinct(found: list[Participant]) -> list[Participant]:
    """In the order of the text, each once."""
    kept: dict[str, Participant] = {}
    for one in sorted(found, key=lambda one: (one.start, one.end, one.identity)):
        kept.setdefault(one.identity, one)
    return list(kept.values())
