"""Labels: one for one name over the document, by votes of the sources that found it and of the words around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from stages.core.parse import Document, Token
from stages.entities.knowledge import knowledge
from stages.entities.metonyms import is_entered, is_motion
from stages.entities.phrases import nouns
from stages.entities.places import is_city, is_foreign_city
from stages.entities.proposals import evidence
from stages.entities.spans import Name, is_capital, preceding

_ACRONYM = re.compile(r"[A-Z]{2,4}|[BCDFGHJKLMNPQRSTVWXZ]{5,6}|(?:[A-Z]\.){2,}")
_ACTORS = frozenset({"PERSON", "GPE", "LOC", "NORP", "ORG"})
_JOINABLE = frozenset({"PERSON", "GPE", "ORG"})
_WEIGHT = {"model": 1, "given": 1, "subject": 1}
"""What a proposal counts; others 2."""
_UNSURE = frozenset(_WEIGHT)


def over_document(document: Document, names: list[Name]) -> list[Name]:
    """One label for one name over the document, and names that were seen elsewhere in it."""
    names = _without_short_forms(document, names)
    at_head = {name.head.i: name for name in names}
    votes: dict[str, Counter[str]] = {}
    people_by_use: set[str] = set()
    for name in names:
        if name.alias is None:
            vote = votes.setdefault(name.written(document), Counter())
            vote[name.label] += _WEIGHT.get(name.found_by, 2)
            around = _joined(name, at_head)
            around.update(_evidence(name))
            vote.update(around)
            if around["PERSON"] or name.found_by != "model":
                people_by_use.add(name.written(document))
    for text in sorted(text for text in votes if " " in text):
        _known(text, votes[text], text in people_by_use)
    people, short = _short_forms(document, names, votes)
    bodies = {text.split()[0] for text, vote in votes.items() if " " in text and _winner(vote) == "ORG"}
    for text in sorted(text for text in votes if " " not in text):
        if text in people:
            votes[text]["PERSON"] += votes[text].total() + 1
        elif text in short:
            votes[text][short[text]] += votes[text].total() + 1
        else:
            _known(text, votes[text], text in people_by_use)
            # Halden of Halden Steel, unless it is a place.
            votes[text]["ORG"] += 5 if text in bodies and not votes[text]["GPE"] else 0
    for name in names:
        if name.alias is None:
            name.label = _winner(votes[name.written(document)])
    surnames = people | {text for text, vote in votes.items() if " " not in text and _winner(vote) == "PERSON"}
    for name in names:
        if name.found_by == "model" and name.label in ("ORG", "GPE", "WORK_OF_ART") and _full_name(name, surnames):
            name.label = "PERSON"
    sure = {text: _winner(vote) for text, vote in votes.items() if " " not in text and len(text) > 2}
    sure |= {**short, **dict.fromkeys(people, "PERSON")}
    return sorted([*names, *_again(document, names, sure)], key=lambda name: name.start)


def _without_short_forms(document: Document, names: list[Name]) -> list[Name]:
    """The names without head words alone ("the Coalition") that take up a longer name of the text."""
    longer = {word for name in names if name.first is not name.last for word in name.written(document).split()}
    return [name for name in names if name.found_by != "short" or name.first.text not in longer]


def _known(text: str, vote: Counter[str], used_for_person: bool) -> None:
    """What lexicons say of a name that has no referent of its own in them.

    Args:
        used_for_person: whether something beside the model's label says that it is a person's.
    """
    words = text.split()
    if words[-1] in knowledge().surnames and (len(words) == 1 or not any(word in knowledge().heads for word in words)):
        vote["PERSON"] += 3
    elif _ACRONYM.fullmatch(text):
        # What is a place or a person by such a name is in the lexicons.
        vote["ORG"] += sum(vote[label] for label in ("NORP", "PERSON", "GPE", "LOC", "FAC"))
    elif is_city(text) and (" " in text or not vote["PERSON"] or (is_foreign_city(text) and not used_for_person)):
        # The name of a large city is one, unless it is a single word that is used as a person's. English surnames
        # are the names of cities too.
        vote["GPE"] += 3 + vote["LOC"] + vote["PERSON"]


def _short_forms(
    document: Document, names: Iterable[Name], votes: dict[str, Counter[str]]
) -> tuple[set[str], dict[str, str]]:
    """The surnames of the people of a text, and the names of its ships without what stands before them."""
    people: set[str] = set()
    short: dict[str, str] = {}
    for name in names:
        text = name.written(document)
        if name.alias is None and name.first is not name.last:
            if _winner(votes[text]) == "PERSON":
                people.add(text.split()[-1])
            elif name.first.text in knowledge().prefixes and name.label == "PRODUCT":
                short[text.split(maxsplit=1)[1]] = name.label
    return people, short


def _again(document: Document, names: Iterable[Name], sure: dict[str, str]) -> Iterable[Name]:
    """Words that nothing marked here and that are a name elsewhere in the text."""
    taken = {i for name in names for i in range(name.first.i, name.last.i + 1)}
    for sentence in document.content:
        for token in sentence.tokens:
            if token.i not in taken and is_capital(token) and token.pos == "PROPN" and token.text in sure:
                yield Name(token, token, sure[token.text], None, "document")


def _full_name(name: Name, surnames: Collection[str]) -> bool:
    """Whether a name of two or three words ends in the surname of a person of the text."""
    words = name.tokens
    return 2 <= len(words) <= 3 and words[-1].text in surnames and all(word.pos == "PROPN" for word in words)


def _winner(votes: Counter[str]) -> str:
    return min(votes, key=lambda label: (-votes[label], label))


def _evidence(name: Name) -> dict[str, int]:
    """What the words around an unsure name say of its label: "in X" a place, "X said" a person or a body."""
    if name.found_by not in _UNSURE or name.label not in (*_ACTORS, "FAC", "PRODUCT", "WORK_OF_ART"):
        return {}
    described = _described(name)
    if described:
        return {described: 4}
    before, head = preceding(name.first), name.head
    if before is not None and before.pos == "NOUN" and before.lower in evidence("body noun"):
        # the daily X
        return {"ORG": 4}
    if before is not None and before.pos == "NOUN" and before.lower in evidence("vessel noun"):
        # the tanker X
        return {"PRODUCT": 4}
    if head.dep in ("compound", "nmod") and head.head.lower in evidence("landform"):
        return {"LOC": 3}
    if head.dep in ("compound", "nmod") and head.head.lower in evidence("place owner"):
        # the X police
        return {} if name.label == "ORG" else {"GPE": 3}
    if head.dep in ("compound", "nmod") and head.head.lower in evidence("place head"):
        # the X crossing
        return {name.label if name.label in ("LOC", "FAC") else "GPE": 3}
    while head.dep == "conj" and head.head.i < head.i and name.first is name.last:
        # in X and Y
        head = head.head
        before = head.head if head.dep == "pobj" and not any(head.dependents("compound")) else before
    earlier = preceding(before) if before is not None and before.lower == "of" else None
    in_place = before is not None and before.lower in evidence("place word")
    if in_place or (earlier is not None and earlier.lemma.lower() in evidence("place noun")):
        if name.label == "ORG" and in_place and before is not None and before.lower in ("in", "at", "into"):
            return {}
        return {name.label if name.label in ("LOC", "FAC") else "GPE": 3}
    if name.label not in _ACTORS:
        return {}
    if head.dep == "pobj" and head.head.lower in ("to", "from") and is_motion(head.head.head):
        return {"GPE": 3}
    if head.dep == "dobj" and is_entered(head.head) and name.label != "ORG":
        return {"GPE": 2}
    if name.first is name.last and name.first.text in knowledge().genders:
        return {"PERSON": 3}
    if head.dep in ("nsubj", "nsubjpass") and (name.first is name.last or name.last.text not in knowledge().heads):
        verb = head.head.lemma.lower()
        if verb in evidence("game verb") and name.first is name.last and is_city(name.first.text):
            return {}
        if verb in evidence("human verb") or (name.label != "ORG" and verb in evidence("person verb")):
            return {"PERSON": 4}
    if head.dep in ("poss", "compound", "amod") and head.head.lemma.lower() in evidence("person noun"):
        return {"PERSON": 3}
    return {}


def _joined(name: Name, at_head: dict[int, Name]) -> Counter[str]:
    """The labels of the sure names that "and" joins to an unsure one: Belgium, Chad and X."""
    found: Counter[str] = Counter()
    if name.found_by in _UNSURE and name.label in _JOINABLE:
        head = name.head
        tokens = [*([head.head] if head.dep == "conj" else []), *head.dependents("conj")]
        for token in tokens:
            other = at_head.get(token.i)
            if other is not None and other.found_by not in _UNSURE and other.label in _JOINABLE:
                found[other.label] += 2
    return found


def _described(name: Name) -> str | None:
    """The label of what a name is said to be: X, a small town, ...; X was a commander."""
    head = name.head
    if head.dep == "appos" and head.head.pos == "NOUN" and head.head.i < name.first.i and _kind(head.head) == "PERSON":
        # his lawyer, X
        return "PERSON"
    nouns_said = [child for child in head.dependents("appos") if child.i > name.last.i and child.dependent("det")]
    if head.dep == "nsubj" and head.head.lemma == "be":
        nouns_said.extend(child for child in head.head.dependents("attr") if child.dependent("det"))
    return next((label for token in nouns_said if (label := _kind(token))), None)


def _kind(noun: Token) -> str | None:
    """The label that a common noun gives to what it describes."""
    if noun.pos != "NOUN":
        return None
    kind = nouns().get(noun.lower, ("", ""))[0]
    if (
        kind == "person"
        or noun.lower in evidence("person noun")
        or knowledge().titles.get(noun.lower, ("", None, None))[0] == "office"
    ):
        return "PERSON"
    if kind == "city" or noun.lower in evidence("place noun"):
        return "GPE"
    return "ORG" if noun.lower in evidence("body noun") else None
