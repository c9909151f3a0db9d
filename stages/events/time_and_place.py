"""When and where: the date and the place that stand with the trigger in its sentence, never the day of publication."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from stages.core.parse import Document, Row, Token
from stages.events import lexicon, syntax
from stages.events.participants import Participants

_PLACES = frozenset({"GPE", "LOC", "FAC"})
_LOCATIVE = frozenset(
    {
        "in",
        "at",
        "near",
        "on",
        "across",
        "inside",
        "outside",
        "along",
        "around",
        "throughout",
        "within",
        "off",
        "over",
        "into",
        "to",
    }
)
_PARTS = frozenset(
    {
        "border",
        "frontier",
        "territory",
        "soil",
        "capital",
        "city",
        "town",
        "village",
        "province",
        "region",
        "coast",
        "water",
        "waters",
        "airspace",
        "island",
    }
)
_TOWARDS = frozenset({"into", "to"})
"""Prepositions of a goal: the place of a deployment, not of other acts."""
_SINCE = frozenset({"since", "before", "until", "till"})
_AIMED = ("on", "at", "against", "with", "of")
_BODILY = frozenset({"ASSAULT", "COERCE", "CONSULT", "PROTEST"})
"""Types of acts that happen where those are who undergo them."""
_RELATIVE = frozenset({"eve", "anniversary", "aftermath", "wake"})
"""Nouns of a time that another event gives."""
_AT_ONCE = frozenset({"when", "as", "while"})
_STEPS = 20
_MAIN = 3
"""How many clauses up the attack is looked for whose outcome one tells."""
_RECENT = timedelta(days=7)


class Dates:
    """The temporal expressions of one document, by sentence, with the words they hang on."""

    def __init__(self, document: Document) -> None:
        self._published = document.published
        self._found: dict[str, list[tuple[Row, Token]]] = {}
        rows: dict[str, list[Row]] = {}
        for row in document.rows.get("dates", ()):
            if row["sentence_id"] and row["type"] in ("DATE", "TIME"):
                rows.setdefault(row["sentence_id"], []).append(row)
        for sentence in document.sentences:
            for row in rows.get(sentence.sentence_id, ()):
                covered = [token for token in sentence.tokens if token.start < row["end"] and token.end > row["start"]]
                if covered:
                    self._found.setdefault(sentence.sentence_id, []).append((row, covered[-1]))

    def of(self, trigger: Token) -> Row | None:
        """The expression that dates the act: the nearest that hangs on the trigger or on a verb it belongs to."""
        candidates = self._found.get(trigger.sentence.sentence_id)
        if not candidates:
            return None
        levels = {token.i: level for level, token in enumerate(_chain(trigger))}
        ranked = []
        for row, token in candidates:
            anchor, preposition = _anchor(token, row)
            if anchor.i in levels and preposition not in _SINCE and not _of_other_day(token, anchor):
                ranked.append((row["lower"] is None, levels[anchor.i], abs(token.i - trigger.i), row["start"], row))
        return min(ranked, key=lambda one: one[:4])[4] if ranked else None

    def historical(self, row: Row) -> bool:
        """Whether a date lies well before the news: an earlier year or month."""
        upper: date | None = row["upper"]
        if upper is not None and self._published is not None:
            return upper < self._published - _RECENT
        value: str = row["value"]
        if self._published is None and upper is not None:
            return len(value) in (3, 4)
        if value == "PAST_REF" or (value == "XXXX" and row["mod"] == "BEFORE"):
            return True
        return value[:5] == "XXXX-" and value[5:7].isdigit() and len(value) == 7


def _anchor(token: Token, row: Row) -> tuple[Token, str]:
    """The word that a temporal expression hangs on, and the preposition before it."""
    node, preposition = token, ""
    for _ in range(_STEPS):
        inside = node.head.start >= row["start"] and node.head.end <= row["end"]
        if not inside and node.head.pos != "ADP" and node.head.dep not in ("npadvmod", "advmod"):
            return node.head, preposition
        if node.head.pos == "ADP":
            preposition = node.head.lower
        node = node.head
    return node, preposition


def _of_other_day(date: Token, anchor: Token) -> bool:
    """Whether a date is that of what the act came before or after: "on the eve of the vote on 3 May"."""
    nouns = [noun for child in anchor.dependents("prep") for noun in child.dependents("pobj") if noun.i < date.i]
    relative = next((noun for noun in nouns if noun.lemma.lower() in _RELATIVE and noun.dependents("prep")), None)
    commas = [token.i for token in date.sentence.tokens if token.text == ","]
    return relative is not None and not any(relative.i < comma < date.i for comma in commas)


def _chain(trigger: Token) -> Iterator[Token]:
    """The trigger and the words whose time is that of the act, nearest first."""
    yield trigger
    node = trigger
    if not syntax.is_verb(node):
        carrier = syntax.light_verb(node)
        if carrier is None:
            return
        node = carrier
        yield node
    yield from occasions(node)
    yield from (verb for noun in node.dependents("dobj") for verb in noun.dependents("acl") if verb.tag == "VB")
    for _ in range(6):
        head = node.head
        if head is node:
            return
        if node.dep == "acl" and _occasion(head):
            yield head
            return
        participle = node.dep == "advcl" and node.tag in ("VBG", "VBN") and not node.dependents("mark")
        if node.dep not in ("conj", "xcomp") and not participle and not _together(node):
            return
        node = head
        yield node


def _together(clause: Token) -> bool:
    """Whether a clause tells what happens at the same time: "left when the army attacked"."""
    words = {child.lower for child in clause.dependents("mark", "advmod")}
    return clause.dep == "advcl" and bool(words & _AT_ONCE)


def occasions(verb: Token) -> list[Token]:
    """The occasion on which something is done or said: "at a summit in Oslo", "during a visit"."""
    return [
        noun
        for child in verb.dependents("prep")
        if child.lower in ("at", "in", "during", "on")
        for noun in child.dependents("pobj")
        if _occasion(noun)
    ]


def _occasion(noun: Token) -> bool:
    return noun.pos in ("NOUN", "PROPN") and syntax.lemma(noun) in lexicon.members("occasion")


def place(trigger: Token, kind: str, participants: Participants) -> Row | None:
    """The mention of the place where the act took or is to take place.

    Args:
        trigger: the word that names the act.
        kind: its type; troops are deployed to where they are.
        participants: the mentions of the document.
    """
    row = _own_place(trigger, kind, participants)
    return row if row or kind != "ASSAULT" else _of_attack_beside(trigger, kind, participants)


def _own_place(trigger: Token, kind: str, participants: Participants) -> Row | None:
    """The place that stands with the trigger itself."""
    for node in _near(trigger, kind):
        towards = kind == "MOBILIZE" or syntax.lemma(node) in ("visit", "trip", "travel", "tour")
        for preposition in node.children:
            if preposition.dep != "prep" or preposition.lower not in _LOCATIVE:
                continue
            if preposition.lower in _TOWARDS and not towards:
                continue
            for noun in preposition.dependents("pobj"):
                row = _place(noun, participants) or _inside(noun, participants)
                if row and not (preposition.lower == "on" and row["label"] == "GPE" and participants.mentions(noun)):
                    return row  # "called on Oslo" is no place, "on the Norwegian border" is
    if kind in ("ASSAULT", "CONSULT"):
        for noun in (*syntax.undergoers(trigger), *trigger.dependents("compound")):
            for row in participants.mentions(noun):
                if row["label"] == "FAC":
                    return row
    return _attacked(trigger, participants) if kind == "ASSAULT" else None


def _attacked(trigger: Token, participants: Participants) -> Row | None:
    """The town that is attacked, which no state is meant by: "bombed Oslo", "seized the town of Oslo"."""
    things = syntax.undergoers(trigger) if syntax.is_verb(trigger) else []
    for thing in (*things, *syntax.prepositional(trigger, "on"), *syntax.prepositional(trigger, "against")):
        of = syntax.prepositional(thing, "of") if thing.lemma.lower() in _PARTS else []
        for noun in (*syntax.coordinated(thing), *of):
            row = next((one for one in participants.mentions(noun) if one["label"] == "GPE"), None)
            if row and (of or participants.is_town(row)):
                return row
    return None


def _of_attack_beside(verb: Token, kind: str, participants: Participants) -> Row | None:
    """The place of the attack that a verb says the outcome of: "bombed Oslo, killing five", "killed when they bombed
    Oslo", "a strike on Oslo killed"."""
    if not syntax.is_verb(verb):
        return None
    clauses = [child for child in verb.dependents("advcl") if _together(child)]
    around = (*_main_clause(verb), *clauses, *_acts(verb))
    attacks = (one for one in around if any(rule.type == kind for rule in lexicon.rules().get(syntax.lemma(one), ())))
    return next((row for one in attacks if (row := _own_place(one, kind, participants))), None)


def _main_clause(verb: Token) -> list[Token]:
    """The verbs whose outcome a clause without subject tells, nearest first."""
    found: list[Token] = []
    node = verb
    while len(found) < _MAIN and syntax.is_verb(node.head) and not node.dependents("nsubj", "nsubjpass"):
        outcome = node.dep == "advcl" and node.tag == "VBG" and not node.dependents("mark")
        if not outcome and node.dep != "conj":
            break
        node = node.head
        found.append(node)
    return found


def _acts(verb: Token) -> list[Token]:
    """The acts that do what a verb says: "the raid killed", "killed in a raid"."""
    nouns = [one for one in (*syntax.subjects(verb), *syntax.prepositional(verb, "in")) if one.pos == "NOUN"]
    return [one for one in nouns if any(rule.part == "noun" for rule in lexicon.rules().get(syntax.lemma(one), ()))]


def _inside(noun: Token, participants: Participants) -> Row | None:
    """The place of what an act is at: "outside the embassy in Zenda"."""
    inner = (obj for child in noun.dependents("prep") if child.lower == "in" for obj in child.dependents("pobj"))
    return next((row for obj in inner if (row := _place(obj, participants))), None)


def _place(noun: Token, participants: Participants) -> Row | None:
    """The place that a noun names, or whose border, soil or capital it is."""
    for row in participants.mentions(noun):
        if row["label"] in _PLACES:
            return row
    if noun.lemma.lower() in _PARTS:
        for child in noun.dependents("poss", "amod", "compound", "nmod"):
            for row in participants.mentions(child):
                if row["label"] in ("GPE", "LOC", "NORP"):
                    return row
    return None


def _near(trigger: Token, kind: str) -> Iterator[Token]:
    """The words that the place of an act may hang on, nearest first."""
    yield trigger
    node = trigger
    if not syntax.is_verb(node):
        carrier = syntax.light_verb(node)
        if carrier is not None:
            node = carrier
            yield node
    # A name takes no place: "met Anna Holt in Paris" is where they met. What is attacked is where the attack is.
    named = syntax.undergoers(node) if syntax.is_verb(node) else node.dependents("prep")
    if kind in _BODILY:
        named = [
            *named,
            *(child for one in (trigger, node) for child in one.dependents("prep") if child.lower in _AIMED),
        ]
    for noun in named:
        last = noun.dependents("pobj") if noun.dep == "prep" else [noun]
        last += [obj for one in last for word in _AIMED for obj in syntax.prepositional(one, word)]
        yield from (one for obj in last for one in syntax.coordinated(obj) if one.ent == "PERSON" or kind in _BODILY)
    yield from occasions(node)
    if node.dep == "acl" and _occasion(node.head):
        yield node.head
    if node.dep == "xcomp" and syntax.is_verb(node.head):
        yield node.head
    if kind in _BODILY and syntax.is_verb(node):  # "police in Zenda arrested"
        yield from (one for one in syntax.subjects(node) if one.head is node or one.head.head is node)
