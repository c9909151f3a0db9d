"""Names: spans and labels. The language model's names corrected by knowledge, by patterns and over the document.

Four sources propose spans: the lexicons, head words of names (Party, Council, War), words of office before a name,
and the language model. A longer name wins over the names inside it; knowledge wins over the model where they cross.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from functools import cache

from stages.core.lexicon import load
from stages.core.parse import Document, Sentence, Token
from stages.entities import proposals
from stages.entities.knowledge import Alias, knowledge
from stages.entities.places import is_city
from stages.entities.proposals import ARTICLES, PARTICLES, evidence
from stages.entities.spans import Name, is_capital, is_headline, preceding

_ACRONYM = re.compile(r"[A-Z]{2,6}|(?:[A-Z]\.){2,}")
_BREAKS = frozenset({"(", "[", "-", "–", "—"})
_TRAILING = frozenset({"'s", "'", ",", ".", "-", "–", "—", ":", ";", '"', "(", ")", "/"})


def find(document: Document) -> list[Name]:
    """All names in content zones, in the order of the text, without overlap."""
    names: list[Name] = []
    common = frozenset(token.text for token in document.tokens if token.text.islower())
    for sentence in document.content:
        names.extend(_in_sentence(document, sentence, common))
    return _over_document(document, names)


def _in_sentence(document: Document, sentence: Sentence, common: frozenset[str]) -> list[Name]:
    tokens = sentence.tokens
    if not tokens:
        return []
    known = list(proposals.known(document, sentence))
    headline = is_headline(sentence)
    proposed = [
        *known,
        *proposals.by_head_word(sentence, headline),
        *proposals.votes(sentence),
        *proposals.by_office(sentence, known),
    ]
    proposed.extend(name for name in (_trimmed(name, headline) for name in proposals.of_model(sentence)) if name)
    taken: dict[int, Name] = {}
    for name in sorted(proposed, key=_rank):
        span = range(name.first.i, name.last.i + 1)
        if not any(i in taken for i in span) and not _rejected(document, name, headline, common):
            for i in span:
                taken[i] = name
    return sorted(set(taken.values()), key=lambda name: name.start)


_TRUST = {"lexicon": 0, "pattern": 1, "office": 2, "model": 3, "document": 4}


def _rank(name: Name) -> tuple[int, int, int]:
    """Longer names first; the model's long names count only where their label can hold another name."""
    length = name.last.i - name.first.i
    if name.found_by == "model" and name.label in ("GPE", "NORP", "LOC"):
        length = min(length, 0)
    return (-length, _TRUST[name.found_by], name.start)


def _trimmed(name: Name, headline: bool) -> Name | None:
    """A name of the model without article, titles and punctuation at its ends; None where nothing is left."""
    tokens = name.tokens
    stop = next((i for i, token in enumerate(tokens) if i and token.text in _BREAKS and _spaced(token)), len(tokens))
    tokens = tokens[:stop]
    while tokens and (
        tokens[-1].pos in ("CCONJ", "ADP")
        or tokens[-1].text in _TRAILING
        or tokens[-1].tag in ("POS", "HYPH")
        or not tokens[-1].text[0].isalnum()
    ):
        tokens = tokens[:-1]
    while tokens and (
        tokens[0].lower in ARTICLES or not tokens[0].text[0].isalnum() or tokens[0].tag in ("POS", "PRP$")
    ):
        tokens = tokens[1:]
    while len(tokens) > 2 and tokens[0].lower in _PREFIXES and tokens[1].text == "-":
        tokens = tokens[2:]
    while len(tokens) > 1 and tokens[0].text.islower() and tokens[0].lower not in PARTICLES and not _compound(tokens):
        tokens = tokens[1:]
    titles = knowledge().titles
    while len(tokens) > 1 and tokens[0].lower in _HONORIFICS:
        tokens = tokens[1:]
    if name.label == "PERSON" or any(token.lower in titles for token in tokens[:1]):
        at = max((i + 1 for i, token in enumerate(tokens[:-1]) if token.lower in titles), default=0)
        tokens = tokens[at:]
        stop = next((i for i, token in enumerate(tokens) if token.tag == "POS"), len(tokens))
        tokens = tokens[:stop]
        while len(tokens) > 1 and _no_part_of_person(tokens[0], headline):
            tokens = tokens[1:]
        while len(tokens) > 1 and _no_part_of_person(tokens[-1], headline):
            tokens = tokens[:-1]
    if not tokens or not any(token.text[0].isupper() for token in tokens):
        return None
    return Name(tokens[0], tokens[-1], name.label, None, "model")


def _spaced(token: Token) -> bool:
    """Whether a bracket or a dash stands apart from the word before it: Foreign Office (FO."""
    before = preceding(token)
    return before is None or before.end < token.start


def _no_part_of_person(token: Token, headline: bool) -> bool:
    """Whether a word at the end of a person's name only stands beside it: Beyond X, X Says."""
    if token.lower in PARTICLES:
        return False
    if token.tag in ("VBZ", "VBD", "VBP", "MD") or token.text in evidence("calendar"):
        return True
    return token.pos in ("ADP", "DET", "SCONJ", "CCONJ", "AUX", "PART") or (
        headline and token.pos in ("VERB", "ADJ", "ADV")
    )


_PREFIXES = frozenset({"post", "pre", "anti", "pro", "ex", "non", "mid", "then", "un"})
_HONORIFICS = frozenset({"mr", "mr.", "mrs", "mrs.", "ms", "ms.", "dr", "dr.", "sir", "near", "outside", "inside"})


def _compound(tokens: list[Token]) -> bool:
    """Whether a lower-case beginning is joined to what follows: al-Nusra, sub-Saharan."""
    return tokens[0].end == tokens[1].start


@cache
def _not_names() -> frozenset[str]:
    return frozenset(row["word"] for row in load("entities_not_names"))


def _holds_person(name: Name) -> bool:
    """Whether a place or body that the model sees runs on into the name of a person."""
    words = name.tokens
    if not any(token.text in knowledge().genders for token in words[1:-1]):
        return False
    start = words[0].text
    known = any(alias.text.startswith(start) and alias.label in ("GPE", "LOC", "NORP") for alias in _aliases(start))
    return known and not any(token.text in knowledge().heads for token in words)


def _aliases(word: str) -> list[Alias]:
    return knowledge().aliases.get(word, [])


def _rejected(document: Document, name: Name, headline: bool, common: frozenset[str]) -> bool:
    """Whether what was proposed is no name.

    Args:
        headline: whether capitals say nothing in this sentence.
        common: words that the text also has in lower case.
    """
    if name.found_by != "model":
        return False
    first = name.first
    text = name.written(document)
    if text in _not_names() or name.last.lower in ("government", "governments"):
        return True
    if name.label not in ("PERSON", "WORK_OF_ART") and _holds_person(name):
        return True
    if headline and first is not name.last and name.label not in ("PERSON", "GPE", "NORP", "LOC"):
        return True
    if first is name.last and first.lower in common and name.label not in ("NORP", "GPE", "LOC", "PERSON"):
        return True
    if first is name.last and first is first.sentence.tokens[0] and first.lower in common:
        return True
    if first is name.last:
        if first.pos in ("VERB", "AUX", "ADV", "DET", "PRON", "NUM", "ADP", "SCONJ", "CCONJ", "INTJ", "PUNCT", "SYM"):
            return True
        if first.lower in knowledge().titles or first.text in knowledge().heads:
            return True
        if headline and first.pos in ("NOUN", "ADJ") and first.ent in ("ORG", "PERSON", "PRODUCT", "WORK_OF_ART"):
            return True
    return name.label in ("PERSON", "GPE") and any(
        token.pos in ("VERB", "AUX") and not token.text[0].isupper() for token in name.tokens
    )


def _over_document(document: Document, names: list[Name]) -> list[Name]:
    """One label for one name over the document, and names that the model saw only once."""
    persons: Counter[str] = Counter()
    votes: dict[str, Counter[str]] = {}
    for name in names:
        text = name.written(document)
        if name.label == "PERSON" and name.first is not name.last:
            persons[name.last.text] += 1
        if name.alias is None:
            vote = votes.setdefault(text, Counter())
            vote[name.label] += 2 if name.found_by != "model" else 1
            vote.update(_evidence(name))
    for text, vote in votes.items():
        if text in persons:
            vote["PERSON"] += sum(vote.values())
        elif vote["NORP"] and _ACRONYM.fullmatch(text):
            vote["ORG"] += vote["NORP"]
        elif (" " in text or not vote["PERSON"]) and is_city(text):
            # The name of a large city is one, unless it is a single word that is used as a person's.
            vote["GPE"] += 3
    for name in names:
        if name.alias is None:
            name.label = _winner(votes[name.written(document)])
    surnames = persons.keys() | {text for text, vote in votes.items() if " " not in text and _winner(vote) == "PERSON"}
    for name in names:
        if name.found_by == "model" and name.label in ("ORG", "GPE", "WORK_OF_ART") and _full_name(name, surnames):
            name.label = "PERSON"
    taken = {i for name in names for i in range(name.first.i, name.last.i + 1)}
    sure = {text: _winner(best) for text, best in votes.items() if " " not in text and len(text) > 2}
    for sentence in document.content:
        for token in sentence.tokens:
            if token.i in taken or not is_capital(token) or token.pos not in ("PROPN", "NOUN", "ADJ"):
                continue
            if token.text in persons and token.pos == "PROPN":
                names.append(Name(token, token, "PERSON", None, "document"))
            elif token.text in sure and token.pos == "PROPN":
                names.append(Name(token, token, sure[token.text], None, "document"))
    names.sort(key=lambda name: name.start)
    return names


def _full_name(name: Name, surnames: Set[str]) -> bool:
    """Whether a name of two or three words ends in the surname of a person of the text."""
    words = name.tokens
    return 2 <= len(words) <= 3 and words[-1].text in surnames and all(word.pos == "PROPN" for word in words)


def _winner(votes: Counter[str]) -> str:
    return min(votes, key=lambda label: (-votes[label], label))


def _evidence(name: Name) -> dict[str, int]:
    """What the words around a name of the model say of its label: "in X" a place, "X said" a person or a body."""
    if name.found_by != "model" or name.label not in ("PERSON", "GPE", "LOC", "NORP", "ORG", "FAC"):
        return {}
    before, head = preceding(name.first), name.head
    earlier = preceding(before) if before is not None and before.lower == "of" else None
    in_place = before is not None and before.lower in evidence("place word")
    if in_place or (earlier is not None and earlier.lemma.lower() in evidence("place noun")):
        return {} if name.label == "ORG" and in_place else {name.label if name.label in ("LOC", "FAC") else "GPE": 3}
    if name.label not in ("PERSON", "GPE", "LOC", "NORP", "ORG"):
        return {}
    if name.first is name.last and name.first.text in knowledge().genders:
        return {"PERSON": 3}
    if (
        head.dep in ("nsubj", "nsubjpass")
        and head.head.lemma.lower() in evidence("person verb")
        and name.label != "ORG"
    ):
        return {"PERSON": 4}
    if head.dep in ("poss", "compound", "amod") and head.head.lemma.lower() in evidence("person noun"):
        return {"PERSON": 3}
    return {}
