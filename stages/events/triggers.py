"""Which words of a sentence name an act: rules of the lexicon matched on the parse, one for each word.

An act inside the content of an offer, a request, a refusal or a threat is not coded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stages.core.parse import Sentence, Token
from stages.events import conditions, lexicon, syntax
from stages.events.lexicon import PARTS, Rule
from stages.events.participants import Participants

_OPAQUE = frozenset({"AGREE", "REQUEST", "REJECT", "THREATEN", "CONCEDE", "RETREAT", "SANCTION"})
"""Types whose content is what is offered, asked for, refused or threatened, and no act of its own."""
_SPOKEN = frozenset({"AGREE", "REQUEST", "REJECT", "THREATEN", "ACCUSE", "CONCEDE"})
"""Types that stay acts of their own inside such content, where the noun names who acts: "rejected Iran's offer"."""
_CONTENT = frozenset(
    {
        "xcomp",
        "ccomp",
        "dobj",
        "nsubjpass",
        "prep",
        "acl",
        "dative",
        "oprd",
        "pcomp",
        "pobj",
        "agent",
        "compound",
        "acomp",
    }
)
_ASIDE = frozenset(
    {
        "after",
        "before",
        "during",
        "since",
        "amid",
        "in",
        "at",
        "following",
        "despite",
        "over",
        "by",
        "near",
        "because",
        "when",
        "while",
        "until",
    }
)
_ON_PEOPLE = frozenset({"ASSAULT", "COERCE"})
_VERBAL = frozenset({"ACCUSE", "SUPPORT", "REQUEST", "THREATEN", "AGREE", "REJECT"})
_STEPS = 40
"""How many words up the content of another act is looked for."""
_OBJECTS = frozenset({"dobj", "nsubjpass"})
_PARTICLES = frozenset({"up", "out", "down", "off", "away", "back", "aside"})
_OWN_PLACES = frozenset({"subject", "modifier", "head"})


@dataclass(slots=True)
class Trigger:
    """A word that names an act, and the rule that says so."""

    token: Token
    rule: Rule
    words: list[Token]
    """The words of the pattern, the head among them, in the order of the text."""

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


def find(sentence: Sentence, participants: Participants) -> tuple[list[Trigger], bool]:
    """The triggers of a sentence in the order of the text, and whether words of the lexicon were passed over."""
    found: dict[int, Trigger] = {}
    consumed: set[int] = set()
    passed = False
    for token in sentence.tokens:
        rules = lexicon.rules().get(syntax.lemma(token))
        if rules is None:
            continue
        match = _first(token, rules, participants)
        if match is None:
            passed = passed or any(_knows(token, rule) for rule in rules)
            continue
        rule, pattern = match
        parts = [word for word in pattern if word is not token]
        asked = list(_conditioned(rule, token))
        carried = [word for word in (*parts, *asked) if word.dep in _OBJECTS and word.pos == "NOUN"]
        light = carried and "object" in lexicon.light_verbs().get(token.lemma, ()) and _event_noun(carried[0])
        found[token.i] = Trigger(token, rule, carried[:1] if light else _contiguous(token, pattern))
        consumed.update(word.i for word in parts)
        consumed.update(word.i for word in asked if not _owned(word) or _names(word, rule.type))
    for i in _only_carrying(found, consumed):
        del found[i]
    kept = [trigger for i, trigger in sorted(found.items()) if i not in consumed and not _content(trigger, found)]
    return kept, passed or len(kept) < len(found)


def _only_carrying(found: dict[int, Trigger], consumed: set[int]) -> set[int]:
    """The verbs that only carry an event noun, and are no triggers of their own: "offered criticism"."""
    carrying: set[int] = set()
    for i, trigger in found.items():
        if i not in consumed and trigger.rule.part == "noun":
            carrier = syntax.light_verb(trigger.token)
            above = found.get(carrier.i) if carrier is not None else None
            if above is None or above.rule.others or above.rule.type == trigger.rule.type:
                continue
            if trigger.rule.type in _VERBAL and above.rule.type in _VERBAL:
                carrying.add(above.token.i)
    return carrying


def _first(token: Token, rules: tuple[Rule, ...], participants: Participants) -> tuple[Rule, list[Token]] | None:
    """The first rule that fits, with the words of its pattern."""
    for rule in rules:
        if token.pos not in PARTS[rule.part] and not _mistagged(token, rule):
            continue
        if rule.part == "noun" and token.dep in ("compound", "nmod", "amod"):
            continue  # "attack helicopters", "fighting force": what kind of thing, not an act
        if token.dep == "amod" and not (_said_of_victims(token, rule) or syntax.finite_before_object(token)):
            continue
        if token.dep == "csubj" and token.tag == "VB" and not token.dependents("aux"):
            continue  # a noun that the parser takes for a verb: "Aid convoys left"
        pattern = _pattern(token, rule.others)
        if pattern and all(conditions.holds(condition, token, participants) for condition in rule.conditions):
            return rule, pattern
    return None


def _knows(token: Token, rule: Rule) -> bool:
    """Whether a rule that does not fit was made for the word, in another sense. What it asks for beside a verb that
    says little by itself is a part of its pattern: "took hostages" has nothing to say about "took the road"."""
    if token.pos not in PARTS[rule.part] or not _pattern(token, rule.others):
        return False
    empty = token.lemma in lexicon.light_verbs() or syntax.lemma(token) in lexicon.members("stative")
    return bool(rule.others) or not (empty and rule.part == "verb")


def _said_of_victims(token: Token, rule: Rule) -> bool:
    """Whether a participle before a noun names an act: "the slain officers", but not "the wounded pride"."""
    if any(one.place == "object" and one.wanted for one in rule.conditions):
        return True
    victims = lexicon.groups().get(token.head.lemma.lower()) == "people"
    return token.tag == "VBN" and rule.type in _ON_PEOPLE and victims and not (rule.others or rule.conditions)


def _event_noun(token: Token) -> bool:
    """Whether a noun names acts by itself."""
    return any(rule.part == "noun" for rule in lexicon.rules().get(syntax.lemma(token), ()))


def _names(noun: Token, kind: str) -> bool:
    """Whether a noun names an act of a type of the same actor: "stepped up their support"."""
    own = any(child.pos == "PRON" for child in noun.dependents("poss"))
    return own and any(
        rule.type == kind and rule.part == "noun" for rule in lexicon.rules().get(syntax.lemma(noun), ())
    )


def _mistagged(token: Token, rule: Rule) -> bool:
    """A participle tagged as an adjective still names the act of its verb."""
    return rule.part == "verb" and token.tag in ("VBN", "VBG") and token.pos == "ADJ"


def _pattern(token: Token, others: tuple[str, ...]) -> list[Token] | None:
    """The words of the pattern: each depends on the head or on one found before."""
    found = [token]
    for word in others:
        match = next(
            (
                child
                for above in reversed(found)
                for child in _below(above)
                if (child.lemma.lower() == word or child.lower == word) and _suits(child, others)
            ),
            None,
        )
        if match is None:
            return None
        found.append(match)
    return found


def _below(token: Token) -> Iterator[Token]:
    for child in token.children:
        said_of_object = child.dep == "ccomp" and child.pos == "ADJ"  # "found Anna Holt guilty"
        if said_of_object or child.dep not in ("conj", "nsubj", "relcl", "advcl", "ccomp"):
            yield child
        if child.dep in ("advcl", "ccomp"):  # "called for Anna Holt to resign"
            yield from (mark for mark in child.dependents("mark") if mark.lower == "for" and child.tag == "VB")
    if token.pos == "ADP":  # the parser may take what follows for the same phrase: "spoke by phone President Holt"
        yield from (one for one in token.sentence.tokens if one.i == token.i + 1 and one.dep == "compound")
    if syntax.is_verb(token) and syntax.is_passive(token):
        yield from syntax.undergoers(token)


def _contiguous(token: Token, words: list[Token]) -> list[Token]:
    """The words that stand together with the head, with at most one word between two."""
    ordered = sorted(words, key=lambda word: word.i)
    return ordered if ordered[-1].i - ordered[0].i <= 2 * (len(ordered) - 1) else [token]


def _conditioned(rule: Rule, token: Token) -> Iterator[Token]:
    """The words that a condition of the rule asked for: they are part of the act."""
    for condition in rule.conditions:
        if condition.wanted and condition.words and condition.place not in _OWN_PLACES:
            for head in conditions.fillers(condition.place, token):
                yield from (
                    one for one in syntax.coordinated(head) if one.lemma.lower() in condition.words and one is not token
                )


def _content(trigger: Trigger, found: dict[int, Trigger]) -> bool:
    """Whether the act is only the content of another: what is offered, requested, refused or threatened."""
    if trigger.rule.standing:
        return False
    node = trigger.token
    carrier = syntax.light_verb(node)
    for _ in range(_STEPS):
        if node.head is node:
            return False
        above = found.get(node.head.i)
        if node.dep == "prep" and node.lower in _ASIDE and node.head is not carrier and not _attempt(node.head):
            return False
        purpose = node.dep == "advcl" and node.tag == "VB"
        if node.dep == "advcl" and node.tag == "VBG" and above and node.i == above.words[-1].i + 1:
            return _opaque(above, trigger)  # "ruled out sending"
        if node.dep == "advcl" and _condition(node, found):
            return True
        if node.dep not in _CONTENT and node.dep != "conj" and not purpose:
            return False
        if _absolute(node):
            return False
        if node.dep != "conj" and _opaque(above, trigger):
            return True
        if purpose and above is not None and above.rule.type == trigger.rule.type:
            return True  # "summoned the envoy to protest"
        node = node.head
    return False


def _attempt(noun: Token) -> bool:
    """Whether a noun means an attempt: "blocked efforts at mediation"."""
    return lexicon.effects().get((noun.lemma, "noun")) == "tries"


def _absolute(node: Token) -> bool:
    """Whether a clause with a subject of its own stands beside the sentence: "with France calling on both sides"."""
    if node.dep == "pcomp":
        return node.head.lower == "with" and bool(node.dependents("nsubj", "nsubjpass"))
    return node.dep == "acl" and node.tag == "VBG" and node.head.dep == "pobj" and node.head.head.lower == "with"


def _condition(node: Token, found: dict[int, Trigger]) -> bool:
    """Whether a clause is the condition of an offer, threat or refusal: "threatened war if talks failed"."""
    if not any(mark.lower in ("if", "unless") for mark in node.dependents("mark")):
        return False
    return any(one.i in found and found[one.i].rule.type in _OPAQUE for one in (node.head, *node.head.children))


def _opaque(above: Trigger | None, trigger: Trigger) -> bool:
    if above is None or above.rule.type not in _OPAQUE:
        return False
    return not (trigger.token.pos in ("NOUN", "PROPN") and trigger.rule.type in _SPOKEN and _owned(trigger.token))


def _owned(noun: Token) -> bool:
    """Whether the noun names who acts."""
    if any(child.dep == "poss" or (child.dep in ("compound", "amod") and child.ent) for child in noun.children):
        return True
    return any(syntax.prepositional(one, "by") for one in (noun, *syntax.prepositional(noun, "of")))


def _suits(token: Token, others: tuple[str, ...]) -> bool:
    """Whether a particle is one ("gave in", not "gave in 1990"), and a preposition introduces no time."""
    objects = token.dependents("pobj")
    if objects and (token.lower in _PARTICLES or others == ("in",)):
        return False
    return not any(child.ent in ("DATE", "TIME") for child in objects)
