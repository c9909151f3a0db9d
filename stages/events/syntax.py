"""Who stands where around a verb or noun: subjects by control, agents, objects, objects of prepositions.

The relations are those of the language model (ClearNLP labels). Every function returns the head words of phrases.
"""

from __future__ import annotations

from itertools import islice

from stages.core.parse import Token
from stages.events import lexicon

_SUBJECTS = ("nsubj", "csubj")
_PREPOSITIONS = ("prep", "agent", "dative")
_RELATIVE = frozenset({"which", "that", "who", "whom", "whose"})
_ADDRESSING = frozenset({"call", "appeal", "plead"})
_LINKING = frozenset({"stand", "get"})
_DASHES = frozenset({"-", "--", "\u2013", "\u2014"})
_CLAUSES = ("conj", "xcomp", "advcl", "ccomp")
_COLLECTIVES = frozenset({"police", "people", "troops"})
_NOT_OF_NAMES = frozenset({"by", "on", "against", "to", "for"})
"""Prepositions that no name takes."""
_HYPHENS = frozenset({"-", "\u2013"})
_MEMBERS = 40
"""How many members of a coordination are read, and steps in it are gone up: a bound on the cost."""
_SERIES = frozenset({"round", "series", "wave", "phase", "string", "spate", "set", "barrage"})
"""Nouns between a verb and the event noun: "began a round of talks"."""
_DEPTH = 6
"""How many clauses a subject is followed upwards: longer chains are errors of the parse."""


def is_verb(token: Token) -> bool:
    """Whether the token heads a clause."""
    return token.pos in ("VERB", "AUX")


def lemma(token: Token) -> str:
    """The dictionary form in lower case; in headlines the model takes plurals for names: "Talks", "Sanctions"."""
    found = token.lemma.lower()
    if token.pos == "PROPN" and found == token.lower and found.endswith("s") and not found.endswith("ss"):
        return found[:-3] + "y" if found.endswith("ies") else found[:-1]
    return found


def antecedent(token: Token) -> Token:
    """The noun that a relative pronoun stands for; any other token itself."""
    if token.lower not in _RELATIVE or not token.tag.startswith("W"):
        return token
    above = (token, *islice(token.ancestors(), _MEMBERS))
    return next((node.head for node in above if node.dep == "relcl"), token)


def whose(noun: Token) -> Token | None:
    """The noun that "whose" before another stands for: "Chad, whose troops invaded Mali"."""
    pronoun = next((child for child in noun.dependents("poss") if child.lower == "whose"), None)
    found = antecedent(pronoun) if pronoun is not None else None
    return found if found is not pronoun and found is not noun else None


def is_passive(verb: Token) -> bool:
    """Whether the subject, where there is one, undergoes what the verb says."""
    if verb.tag not in ("VBN", "VBD"):
        return False
    relations = {child.dep for child in verb.children}
    if verb.dep == "amod":
        return verb.tag == "VBN" and not finite_before_object(verb)
    if relations & {"nsubjpass", "auxpass", "csubjpass"}:
        return True
    if _accused(verb):
        return True
    if verb.dep == "acl" and verb.tag == "VBN":
        return not relations & {"nsubj", "dobj"} or "agent" in relations
    if "agent" in relations and not relations & {"dobj", "nsubj"}:
        return True
    if verb.dep == "conj" and verb.tag == "VBN" and not relations & {"aux", "dobj"}:
        gapped = "nsubj" not in relations or bool(verb.head.dependents("auxpass"))  # "two were killed and five hurt"
        return gapped and is_verb(verb.head) and is_passive(verb.head)
    return False


def finite_before_object(verb: Token) -> bool:
    """Whether the parser takes a finite verb for a participle of its object: "denied that it had targeted schools"."""
    return verb.dep == "amod" and verb.tag == "VBN" and bool(verb.dependents("aux"))


def _accused(verb: Token) -> bool:
    """Whether a participle says what befell the subject of a verb that says little: "stands accused"."""
    linked = verb.dep in ("acomp", "oprd", "advcl", "xcomp") and verb.tag == "VBN" and verb.head.lemma in _LINKING
    return linked and not verb.dependents("nsubj", "dobj", "mark", "aux")


def subjects(verb: Token, depth: int = 0) -> list[Token]:
    """Who does what the verb says: its subject or agent, or that of the clause that controls it."""
    if is_passive(verb):
        return agents(verb)
    own = [antecedent(child) for node in (verb, *verb.dependents("aux")) for child in node.dependents(*_SUBJECTS)]
    if own or depth > _DEPTH:
        both = len(own) > 1 and own[0].dependents("cc") and not own[0].dependents("conj")  # "Chad and, they say, Mali"
        return [_after_dateline(one) for one in (own if both else own[-1:])]
    return _controlled(verb, depth + 1) or _stranded(verb)


def _stranded(verb: Token) -> list[Token]:
    """The noun between a comma and a finite verb without subject: "After talks, Norway said"."""
    if verb.head is not verb or not (verb.tag in ("VBD", "VBZ", "VBP") or verb.dependents("aux")):
        return []
    tokens = verb.sentence.tokens
    offset = tokens[0].i
    first = min(child.i for child in (verb, *verb.dependents("aux", "auxpass", "neg", "advmod")))
    comma = max((token.i for token in tokens[: first - offset] if token.text == ","), default=first)
    if comma >= first - 1:
        return []
    node = tokens[first - offset - 1]
    while comma < node.head.i < first and node.head is not node:
        node = node.head
    return [node] if node.pos in ("NOUN", "PROPN") else []


def _after_dateline(subject: Token) -> Token:
    """The subject itself, where the parser takes the place before a dash for it: "PARIS (Reuters) - Anna Holt met"."""
    first = subject.sentence.tokens[0]
    if subject is not first and not (subject.dependents("compound") and subject.dependents("compound")[0] is first):
        return subject
    if first.start != subject.sentence.segment.start or subject.pos != "PROPN":
        return subject
    dash = next((child for child in subject.children if child.text in _DASHES), None)
    apposed = [child for child in subject.dependents("appos") if dash is not None and child.i > dash.i]
    return apposed[-1] if apposed and (subject.text.isupper() or apposed[-1].pos == "PROPN") else subject


def agents(verb: Token) -> list[Token]:
    """Those that a passive names with "by", or before a hyphen: "British-made"."""
    if verb.dep == "amod":
        return verb.dependents("npadvmod")
    return _by(verb) or [
        one  # the parser hangs it on the gerund: "was accused of spying by Chad"
        for child in verb.dependents("prep")
        for gerund in child.dependents("pobj", "pcomp")
        if gerund.tag == "VBG"
        for one in _by(gerund)
    ]


def _by(verb: Token) -> list[Token]:
    return [
        obj
        for child in verb.children
        if child.dep in ("agent", "prep") and child.lower == "by"
        for obj in child.dependents("pobj")
    ]


def _controlled(verb: Token, depth: int) -> list[Token]:
    """The subject that a clause without one takes over from the clause or noun above it."""
    head, relation = verb.head, verb.dep
    if head is verb:
        return []
    if relation == "conj" and is_verb(head):
        return undergoers(head) if is_passive(head) and not is_passive(verb) else subjects(head, depth)
    if relation in ("xcomp", "ccomp") and is_verb(head):
        return _of_complement(head, depth)
    if relation in ("acomp", "oprd") and is_verb(head):
        return subjects(head, depth)
    if relation in ("xcomp", "ccomp", "advcl") and head.pos == "ADJ":
        return subjects(head.head, depth) if is_verb(head.head) else []
    if relation == "advcl" and is_verb(head):
        return undergoers(head) if is_passive(head) else subjects(head, depth)
    if relation == "pcomp":
        return _of_gerund(head, depth)
    if relation in ("acl", "relcl") and head.pos in ("NOUN", "PROPN", "PRON"):
        return [head] if verb.tag == "VBG" or announced(verb) else holders(head, depth)
    return []


def _of_complement(head: Token, depth: int) -> list[Token]:
    """The subject of an infinitive: the object of the verb above where it has one, else the subject."""
    if is_passive(head):
        return undergoers(head)
    objects = head.dependents("dobj", "dative")
    if not objects and head.lemma in _ADDRESSING:
        objects = [
            obj
            for child in head.dependents("prep")
            if child.lower in ("on", "to", "with", "for")
            for obj in child.dependents("pobj")
        ]
    return [antecedent(child) for child in objects] or subjects(head, depth)


def _of_gerund(preposition: Token, depth: int) -> list[Token]:
    """The subject of a gerund: "accused Iran of hiding", "left after signing", "Serbia's plan for joining"."""
    above = islice(preposition.ancestors(), _MEMBERS)
    governor = next((node for node in above if node.dep != "prep" and node.pos != "ADV"), preposition.head)
    governor = by_agent(governor) or governor
    if not is_verb(governor):
        return holders(governor, depth) if governor.pos == "NOUN" else []
    if is_passive(governor):
        return undergoers(governor)
    affected = governor.dependents("dobj") if preposition.lower in ("of", "from", "for", "into") else []
    return [antecedent(child) for child in affected] or subjects(governor, depth)


def by_agent(noun: Token) -> Token | None:
    """The passive verb whose agent a noun is, which the parser gives what belongs to the verb: "was accused by Chad of
    lying"."""
    verb = noun.head.head
    passive = noun.dep == "pobj" and noun.head.dep == "agent" and is_verb(verb)
    return verb if passive and verb.dependents("nsubjpass", "auxpass") else None


def holders(noun: Token, depth: int = 0) -> list[Token]:
    """Whose plan, decision or effort it is: the possessor, a modifier, or the subject of the verb it is object of."""
    own = noun.dependents("poss") or [child for child in noun.dependents("compound", "amod", "nmod") if child.ent]
    if own and own[0].pos != "PRON":
        return own
    for child in noun.dependents("prep"):
        if child.lower in ("by", "of") and child.dependents("pobj"):
            return child.dependents("pobj")
    if depth <= _DEPTH and noun.dep in ("dobj", "attr") and is_verb(noun.head):
        return subjects(noun.head, depth + 1) or own
    if depth <= _DEPTH and noun.dep == "pobj" and is_verb(noun.head.head):
        return subjects(noun.head.head, depth + 1) or own
    return own


def announced(verb: Token) -> bool:
    """Whether a headline says what is to come: "Ruritania to lift sanctions"."""
    top = verb.head is verb or (verb.dep in ("relcl", "acl") and verb.head.head is verb.head)
    return top and verb.tag in ("VB", "VBN") and any(child.lower == "to" for child in verb.dependents("aux"))


def undergoers(verb: Token, depth: int = 0) -> list[Token]:
    """Who or what undergoes what the verb says: its object, or its subject in the passive."""
    if not is_passive(verb):
        own = [antecedent(child) for child in verb.dependents("dobj")] or [verb.head] * finite_before_object(verb)
        named = [child for child in verb.dependents("oprd") if child.ent == "PERSON"]  # "called President Holt"
        return own or named or _shared_object(verb) or _relative_object(verb)
    own = [antecedent(child) for child in verb.dependents("nsubjpass")]
    if own or depth > _DEPTH:
        return verb.dependents("dobj") or own
    if verb.dep in ("acl", "amod"):
        return [verb.head]
    if gapped := verb.dependents("nsubj"):
        return gapped
    if _accused(verb):
        return subjects(verb.head, depth + 1)
    if verb.dep == "conj" and is_verb(verb.head):
        return undergoers(verb.head, depth + 1) if is_passive(verb.head) else subjects(verb.head, depth + 1)
    if verb.dep in ("xcomp", "ccomp") and is_verb(verb.head):
        return undergoers(verb.head, depth + 1) if is_passive(verb.head) else subjects(verb.head, depth + 1)
    return own


def _relative_object(verb: Token) -> list[Token]:
    """The noun that a relative clause without a pronoun is about: "the envoy it had expelled"."""
    if verb.dep != "relcl" or verb.head.ent in ("DATE", "TIME") or not verb.dependents("nsubj"):
        return []
    marked = any(child.tag.startswith("W") for child in verb.children)
    stranded = any(child.dep == "prep" and not child.children for child in verb.children)
    return [] if marked or stranded else [verb.head]


def _shared_object(verb: Token) -> list[Token]:
    """The object of the verb coordinated right behind: "seized and killed hostages"."""
    following = next((child for child in verb.dependents("conj") if is_verb(child) and child.i <= verb.i + 2), None)
    shares = following is not None and following.tag == verb.tag and not following.dependents("nsubj")
    return following.dependents("dobj") if following is not None and shares else []


def beneficiaries(verb: Token) -> list[Token]:
    """Who is given something: "gave Chad trucks", "Chad was given trucks"."""
    given = [antecedent(child) for child in verb.dependents("nsubjpass")] if verb.dependents("dobj") else []
    return given + [child for child in verb.dependents("dative") if child.pos != "ADP"]


def prepositional(token: Token, word: str) -> list[Token]:
    """The objects of a preposition that depends on the token, also through another or an adverb: "away from"."""
    found: list[Token] = []
    for child in token.children:
        if (child.dep in _PREPOSITIONS or child.pos == "ADP") and child.lower == word:
            found.extend(antecedent(obj) for obj in child.dependents("pobj"))
        elif child.dep in ("prep", "advmod", "acomp", "prt"):
            found.extend(
                antecedent(obj)
                for inner in child.dependents("prep")
                if inner.lower == word
                for obj in inner.dependents("pobj")
            )
    return found


def behind_name(noun: Token, word: str) -> list[Token]:
    """The objects of a preposition that the parser hangs on the name before it: "an attack by Chad on Mali"."""
    if word not in _NOT_OF_NAMES or noun.pos != "NOUN":
        return []
    before = [
        obj
        for child in noun.dependents("prep")
        for obj in child.dependents("pobj")
        if obj.pos == "PROPN" or (word == "by" and child.lower == "of")  # "the killing of students by police"
    ]
    return [obj for one in before for obj in prepositional(one, word)]


def light_verb(noun: Token) -> Token | None:
    """The verb that only carries the event noun: "held talks", "engaged in talks", "talks took place"."""
    verbs = lexicon.light_verbs()
    node = first_member(noun)
    if node.dep in ("dobj", "nsubjpass", "nsubj") and is_verb(node.head):
        place = "subject" if node.dep == "nsubj" else "object"
        return node.head if place in verbs.get(node.head.lemma, ()) else None
    if node.dep == "pobj":
        governor = node.head.head
        if governor.lemma in _SERIES and node.head.lower == "of":
            return light_verb(governor) if governor.dep != "pobj" else None
        if governor.dep == "dobj" and governor.lemma in ("part", "role", "place"):
            governor = governor.head
        if is_verb(governor) and node.head.lower in verbs.get(governor.lemma, ()):
            return governor
    participle = next((child for child in noun.dependents("acl") if child.tag == "VBN"), None)
    if participle is not None and "object" in verbs.get(participle.lemma, ()):
        return participle
    return None


def first_member(token: Token) -> Token:
    """The first member of the coordination that the token stands in; the token itself outside any."""
    node = token
    for _ in range(_MEMBERS):
        if node.dep != "conj" or (node.head.pos != node.pos and {node.head.pos, node.pos} != {"NOUN", "PROPN"}):
            break
        node = node.head
    return node


def bound(pronoun: Token) -> Token | None:
    """The noun in the clauses above that a pronoun takes up: "summoned envoys to warn them", "detained a man and beat
    him"; of a subject a subject, of another an object, and the numbers agree."""
    verb = pronoun.head.head if pronoun.dep == "pobj" else pronoun.head
    subject = pronoun.dep in ("nsubj", "nsubjpass")
    for _ in range(_DEPTH):
        if verb.dep not in _CLAUSES or not is_verb(verb.head):
            return None
        verb = verb.head
        nouns = verb.dependents("nsubj", "nsubjpass") if subject else undergoers(verb)
        for noun in nouns:
            if noun.i < pronoun.i and noun.pos in ("NOUN", "PROPN") and agrees(pronoun, noun):
                return noun
    return None


def agrees(pronoun: Token, noun: Token) -> bool:
    """Whether a pronoun and a noun have the same number."""
    plural = noun.tag in ("NNS", "NNPS") or len(coordinated(noun)) > 1 or noun.lower in _COLLECTIVES
    return plural == (pronoun.lower in ("they", "them", "their"))


def hyphenated(token: Token) -> list[Token]:
    """What stands before the token with a hyphen between: the EU of "EU-China talks"."""
    hyphens = [child.i for child in token.dependents("punct") if child.text in _HYPHENS and child.i < token.i]
    return [child for child in token.dependents("compound", "amod", "nmod") if hyphens and child.i < hyphens[-1]]


def _as_well(token: Token) -> list[Token]:
    """What "as well as" adds, which the parser hangs on the verb."""
    if token.dep not in ("dobj", "nsubj"):
        return []
    links = (child for child in token.head.dependents("cc") if child.lower == "as" and child.i > token.i)
    near = (link for link in links if token.dep == "dobj" or link.i < token.head.i)
    return [obj for link in near for obj in link.dependents("pobj")]


def coordinated(token: Token) -> list[Token]:
    """The token and those coordinated with it below, in the order of the text; of a long list the first."""
    found, todo = [token, *_as_well(token)], [token, *_as_well(token)]
    while todo and len(found) < _MEMBERS:
        added = todo.pop().dependents("conj")
        found.extend(added)
        todo.extend(added)
    return sorted(found[:_MEMBERS], key=lambda one: one.i)


def is_nobody(token: Token) -> bool:
    """Whether a word says that there is none: "nobody", "no one", "no country"."""
    none = any(child.lower in ("no", "neither") for child in token.dependents("det", "neg", "preconj", "cc"))
    return none or token.lower in ("no", "nobody", "none", "neither")


def counts_people(token: Token) -> bool:
    """Whether a bare number stands for those whom something befell: "12 were detained"."""
    if token.pos != "NUM" or token.ent not in ("", "CARDINAL") or token.dependents("nmod", "quantmod", "prep"):
        return False
    victims = token.dep in ("dobj", "nsubjpass") or (token.dep == "nsubj" and is_passive(token.head))
    return victims and is_verb(token.head)
