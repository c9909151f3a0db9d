"""Whether an act happened, as the text presents it: FactBank's values, from the words around and above the trigger.

A value starts as certain and positive. Negation turns it round; modal verbs, adverbs, and the verbs, nouns and
adjectives that govern the trigger (events_factuality.csv) make it probable, possible or open; the clause it stands in
can make it conditional or a question.
"""

from __future__ import annotations

from dataclasses import dataclass

from stages.core.parse import Sentence, Token
from stages.events import lexicon, syntax

_CONDITIONAL = frozenset({"if", "unless", "provided", "lest", "suppose", "assuming", "whether"})
_GOVERNED = frozenset({"xcomp", "ccomp", "acl", "pobj", "pcomp", "acomp", "dobj", "nsubjpass", "nsubj", "oprd", "attr"})
_COMPLEMENT = frozenset({"from", "of", "on", "in", "to", "against", "about", "at"})
"""Prepositions of gerunds that complement a word: "prevented from", "capable of"."""
_SCALE = {"CT": 0, "PR": 1, "PS": 2, "U": 3}
_PARTS = {"VERB": "verb", "AUX": "verb", "NOUN": "noun", "PROPN": "noun", "ADJ": "adjective", "ADV": "gerund"}
_INVERTED = frozenset({"had", "should", "were"})
"""Auxiliaries before the subject that say "if": "had they attacked"."""
_IRREAL = frozenset({"would", "'d"})
"""Modals that before "have" say what did not come about: "would have attacked"."""
_STEPS = 12
_OPENING = 2
"""Among how many words a sentence that opens with a condition has its "if"."""
_EFFECTS = {
    # certainty, turned round, future, hypothetical
    "fails": ("CT", True, False, False),
    "tries": ("U", False, False, False),
    "open": ("U", False, False, False),
    "plans": ("U", False, True, False),
    "wants": ("U", False, False, True),
    "possible": ("PS", False, False, True),
    "expects": ("U", False, True, False),
    "probable": ("PR", False, False, False),
    "improbable": ("PR", True, False, False),
    "claimed": ("U", False, False, False),
    "denies": ("CT", True, False, False),
    "doubts": ("PR", True, False, False),
}
"""What the effects of events_factuality.csv do. `fact`, `asserts` and `ends` (it went on until then, also where a verb
only carries the noun: "end the war") end the search: what stands above is no matter.
`failed` makes it certain that it did not happen, `happens` leaves it as it is, `past` sets it before the news."""
_CONTESTING = frozenset({"denies", "doubts"})


@dataclass(slots=True)
class Status:
    """How the text presents an act."""

    certainty: str = "CT"
    """CT, PR, PS, or U where it is left open."""
    negated: bool = False
    future: bool = False
    hypothetical: bool = False
    historical: bool = False
    fact: bool = False
    """Whether a word above takes the act for granted."""
    tried: bool = False
    """Whether somebody only tries to do it."""
    asked: bool = False
    """Whether the sentence is a question."""
    unpromised: bool = False
    """Whether it is only owed or imagined: "must help", "would have helped" promise nothing and threaten nobody."""
    alleged: bool = False
    """Whether it is open only since somebody is accused of it."""
    contested: bool = False
    """Whether somebody denies or doubts it, which says nothing of the author's view."""

    @property
    def value(self) -> str:
        """The value of FactBank."""
        return "Uu" if self.certainty == "U" else self.certainty + ("-" if self.negated else "+")

    def weaken(self, certainty: str) -> None:
        """Less certain, never more."""
        if _SCALE[certainty] > _SCALE[self.certainty]:
            self.certainty = certainty

    def apply(self, effect: str | None) -> None:
        """What a word of events_factuality.csv does."""
        if effect in ("fact", "ends"):
            self.fact = True
        elif effect == "past":
            self.historical = True
        elif effect == "failed":
            self.certainty, self.negated = "CT", True
        elif effect in _EFFECTS:
            certainty, turned, future, hypothetical = _EFFECTS[effect]
            self.alleged = effect == "claimed" and self.certainty == "CT"
            self.weaken(certainty)
            self.negated = self.negated != turned
            self.future = self.future or future
            self.hypothetical = self.hypothetical or hypothetical
            self.contested = self.contested or effect in _CONTESTING
            self.tried = self.tried or effect == "tries"


def assess(trigger: Token) -> Status:
    """The status of the act that a word names."""
    status = Status()
    node = trigger
    if not syntax.is_verb(node):
        _around_noun(node, status)
        carrier = syntax.light_verb(node)
        if carrier is not None and lexicon.effects().get((carrier.lemma.lower(), "verb")) == "ends":
            status.fact = True  # "called on Chad to end its attacks": they go on, whatever Chad does
            return status
        node = carrier or _existence(node) or node
    if syntax.is_verb(node):
        _around_verb(node, status, trigger)
    if not syntax.is_verb(trigger) and syntax.is_verb(node):
        status.apply(_carried(node))
    _above(node, status)
    if trigger.i < _opening_condition(trigger.sentence):
        status.weaken("U")
        status.hypothetical = True
    if any(token.text == "?" for token in trigger.sentence.tokens[-2:]):
        status.weaken("U")
        status.asked = True
    return status


def _opening_condition(sentence: Sentence) -> int:
    """Where a condition ends that opens the sentence, and whose "if" the parser hangs on the main verb; else 0."""
    tokens = sentence.tokens
    mark = next((token for token in tokens[:_OPENING] if token.lower in _CONDITIONAL and token.dep == "mark"), None)
    if mark is None:
        return 0
    comma = next((token.i for token in tokens if token.text == "," and token.i > mark.i), 0)
    return comma if mark.i + 1 < comma < mark.head.i else 0


def _existence(noun: Token) -> Token | None:
    """The verb of "there may be an attack", "there was no meeting"."""
    verb = noun.head
    return verb if noun.dep in ("attr", "nsubj") and verb.dependents("expl") else None


def _carried(verb: Token) -> str | None:
    """Some verbs that carry an event noun say more than that it happens: "planned", "attempted"."""
    lemma = verb.lemma.lower()
    effect = lexicon.effects().get((lemma, "verb")) if "object" in lexicon.light_verbs().get(lemma, ()) else None
    return effect if effect in ("plans", "tries", "wants", "possible") else None


def _around_noun(noun: Token, status: Status) -> None:
    if lexicon.effects().get((noun.lemma.lower(), "noun")) == "tries":
        status.apply("tries")  # "an assassination attempt"
    for child in noun.children:
        if child.lower == "no" and child.dep in ("det", "neg"):
            status.negated = True
        elif child.dep in ("amod", "compound", "advmod"):
            status.apply(lexicon.effects().get((child.lemma.lower(), "modifier")))
    if noun.pos == "ADJ" and syntax.is_verb(noun.head) and noun.dep in ("acomp", "oprd"):
        _around_verb(noun.head, status, noun)


def _around_verb(verb: Token, status: Status, trigger: Token) -> None:
    """Negation, modals, tense and adverbs of the clause of a trigger."""
    _auxiliaries(verb, status)
    for child in verb.children:
        if child is trigger:
            continue  # its own words are read already: "showed no willingness"
        if child.dep in ("nsubj", "nsubjpass", "dobj"):
            status.negated = status.negated != syntax.is_nobody(child)
        elif child.dep == "agent":
            status.negated = status.negated != any(syntax.is_nobody(one) for one in child.dependents("pobj"))
        elif child.dep == "mark" and child.lower in _CONDITIONAL and not _opening_condition(verb.sentence):
            status.weaken("U")
            status.hypothetical = True
        elif child.dep in ("advcl", "prep") and any(
            one.lower in _CONDITIONAL for one in (child, *child.dependents("mark"))
        ):
            status.hypothetical = True
    if _inverted(verb):
        status.weaken("U")
        status.hypothetical = True
    if syntax.announced(verb):
        status.apply("plans")


def _auxiliaries(verb: Token, status: Status) -> None:
    words = {child.lower for child in verb.dependents("aux", "auxpass")}
    imagined = "have" in words and bool(words & _IRREAL) and verb.tag == "VBN"
    for child in verb.children:
        if child.dep == "neg" or (child.dep == "advmod" and (child.lower == "never" or _no_longer(child))):
            status.negated = not status.negated
        elif child.dep == "aux":
            effect = lexicon.effects().get((child.lower, "modal"))
            status.apply("wants" if imagined else effect)
            status.unpromised = status.unpromised or imagined or effect == "wants"
        elif child.dep == "advmod":
            status.apply(lexicon.effects().get((child.lemma.lower(), "adverb")))
    if "had" in words and verb.tag in ("VBN", "VBD") and not _inverted(verb):
        status.historical = True


def _instead(preposition: Token) -> bool:
    """Whether what a preposition introduces was not done: "instead of attacking", "rather than attack"."""
    words = {child.lower for child in (*preposition.children, *preposition.head.dependents("advmod"))}
    return (preposition.lower == "of" and "instead" in words) or (preposition.lower == "than" and "rather" in words)


def _no_longer(adverb: Token) -> bool:
    return adverb.lower in ("longer", "more") and any(child.lower == "no" for child in adverb.children)


def _above(node: Token, status: Status) -> None:
    """What the words above do, up to the clause that is stated."""
    for _ in range(_STEPS):
        head = node.head
        if head is node:
            return
        if node.dep == "conj":
            _shared(node, head, status)
        elif node.dep == "prep":
            if node.lower == "without" or _instead(node):
                status.negated = not status.negated
            elif node.dependents("pcomp") and node.lower in _COMPLEMENT:
                head = syntax.by_agent(head) or head
                effect = _effect(node.dependents("pcomp")[0], head)
                if effect and node.lower == "against":
                    status.negated = not status.negated  # "decided against attacking"
                status.apply("fails" if effect == "fact" and node.lower == "from" else effect)
        elif node.dep == "advcl":
            _adverbial(node, status)
            return
        elif syntax.finite_before_object(node):
            if not _governed(node, head.head, status):
                return
        elif node.dep == "relcl" and _within(node):
            status.apply(_effect(node, head))
            return
        elif node.dep in _GOVERNED:
            if head.pos != "ADP" and not _governed(node, head, status):
                return
        else:
            return
        node = head


def _governed(node: Token, head: Token, status: Status) -> bool:
    """Apply what a governing word does; returns whether the words above it still matter."""
    if node.dep == "ccomp" and head.lemma == "be" and (predicate := head.dependent("acomp")):
        # "it is not true that", "it is likely that": what the adjective says, and the negation of the clause
        status.apply(lexicon.effects().get((predicate.lemma.lower(), "adjective")))
        _auxiliaries(head, status)
        return True
    if node.dep == "ccomp" and node.i < head.i and head.dependents("dobj"):
        return False  # "Chad invaded Mali; Niger denied it"
    effect = _effect(node, head)
    if effect in _CONTESTING and _not_said(head):
        status.weaken("U")
        return False
    if effect is None and node.dep in ("nsubj", "dobj", "nsubjpass", "ccomp"):
        return False
    if effect is None and node.dep == "acl" and node.tag == "VB":
        effect = "open"  # "an offensive to retake the town"
    status.apply(effect)
    if effect and head.pos == "NOUN" and any(child.lower == "no" for child in head.dependents("det", "neg")):
        status.negated = not status.negated  # "has no plans to attack"
    if effect in ("fact", "ends", "asserts", *_CONTESTING):
        return False
    if effect and syntax.is_verb(head):
        _auxiliaries(head, status)
    return True


def _within(clause: Token) -> bool:
    """Whether a relative clause says what happens in something: "a drill in which the army attacks"."""
    words = {one.lower for child in clause.children for one in (child, *child.children)}
    return "where" in words or {"in", "which"} <= words


def _not_said(verb: Token) -> bool:
    """Whether nobody says it: "did not deny", "neither confirmed nor denied"."""
    link = verb.dep == "conj" and any(child.lower == "nor" for child in verb.head.dependents("cc"))
    return link or bool(verb.dependents("neg"))


def _effect(node: Token, head: Token) -> str | None:
    part = _PARTS.get(head.pos)
    if part is None or (part == "verb" and node.dep == "nsubj"):
        return None
    effect = lexicon.effects().get((head.lemma.lower(), part))
    if part == "verb" and syntax.is_passive(head):
        effect = lexicon.effects().get((head.lemma.lower(), "passive"), effect)
    if head.lemma in ("be", "have") and node.tag == "VB" and any(child.lower == "yet" for child in head.children):
        return "fails"  # "has yet to meet"
    if head.lemma == "be" and node.tag != "VB":
        return None  # "is to meet" is a plan, "it was an attack" is none
    if effect in _CONTESTING and lexicon.effects().get((node.lemma.lower(), "noun")) == "claimed":
        return None  # "denied the allegation": what it says, not that it was made
    if effect in ("plans", "tries") and node.dep == "ccomp" and _finite(node):
        return None  # "agreed that", "announced that": what is said, not what is planned
    return effect


def _finite(verb: Token) -> bool:
    return verb.tag in ("VBD", "VBZ", "VBP") or bool(verb.dependents("nsubj", "nsubjpass") and verb.dependents("aux"))


def _shared(verb: Token, first: Token, status: Status) -> None:
    """A coordinated verb without auxiliaries of its own shares those of the first."""
    if not (syntax.is_verb(verb) and syntax.is_verb(first)) or verb.dependents("aux", "nsubj", "nsubjpass"):
        return
    for child in first.dependents("aux"):
        if child.lower != "had" or verb.tag == "VBN":
            status.apply(lexicon.effects().get((child.lower, "modal")))
    if first.dependent("neg") and verb.tag in ("VB", "VBN", "VBG"):
        status.negated = not status.negated


def _adverbial(verb: Token, status: Status) -> None:
    """A clause of purpose or condition is open; one of time or reason states what it says."""
    if any(child.lower in _CONDITIONAL for child in verb.dependents("mark", "advmod")):
        status.weaken("U")
        status.hypothetical = True
    elif verb.tag == "VB" and any(child.lower == "to" for child in verb.dependents("aux")):
        status.weaken("U")


def _inverted(verb: Token) -> bool:
    """Whether the auxiliary stands before the subject, and not to ask: "had they attacked"."""
    subject = verb.dependent("nsubj", "nsubjpass")
    asks = verb.sentence.tokens[-1].text in ("?", '"') and any(token.text == "?" for token in verb.sentence.tokens)
    return (
        not asks
        and subject is not None
        and any(child.lower in _INVERTED and child.i < subject.i for child in verb.dependents("aux", "auxpass"))
    )
