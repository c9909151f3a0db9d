"""Names: spans and labels. The language model's names corrected by knowledge, by patterns and over the document.

Four sources propose spans: the lexicons, head words of names (Party, Council, War), words of office before a name,
and the language model. A longer name wins over the names inside it; knowledge wins over the model where they cross.
"""

from __future__ import annotations

from functools import cache

from stages.core.lexicon import load
from stages.core.parse import Document, Sentence, Token
from stages.entities import labels, patterns, proposals, teams, works
from stages.entities.knowledge import Alias, knowledge
from stages.entities.proposals import ARTICLES, PARTICLES, evidence
from stages.entities.spans import Name, is_headline, preceding

_BREAKS = frozenset({"(", "[", "-", "–", "—"})
_TRAILING = frozenset({"'s", "'", ",", ".", "-", "–", "—", ":", ";", '"', "(", ")", "/"})


def find(document: Document) -> list[Name]:
    """All names in content zones, in the order of the text, without overlap."""
    names: list[Name] = []
    common = frozenset(token.text for token in document.tokens if token.text.islower())
    for sentence in document.content:
        names.extend(_in_sentence(document, sentence, common))
    found = labels.over_document(document, names)
    teams.mark(document, found)
    return found


def _in_sentence(document: Document, sentence: Sentence, common: frozenset[str]) -> list[Name]:
    tokens = sentence.tokens
    if not tokens:
        return []
    known = list(proposals.known(document, sentence))
    headline = is_headline(sentence)
    proposed = [
        *known,
        *patterns.by_head_word(sentence, headline),
        *patterns.by_prefix(sentence),
        *patterns.regions(sentence, headline),
        *patterns.votes(sentence, known),
        *patterns.subjects(sentence, common),
        *patterns.joined(sentence, common, headline),
        *proposals.large_city(sentence),
        *teams.clubs(sentence),
        *teams.results(sentence),
        *teams.listed(sentence),
        *works.titles(sentence),
        *proposals.by_office(sentence, known, headline),
        *proposals.by_word(sentence),
    ]
    parts = (part for name in proposals.of_model(sentence) for part in _parts(name))
    proposed.extend(name for name in (_trimmed(part, headline) for part in parts) if name)
    taken: dict[int, Name] = {}
    for name in sorted(proposed, key=_rank):
        span = range(name.first.i, name.last.i + 1)
        if not any(i in taken for i in span) and not _rejected(document, name, headline, common):
            for i in span:
                taken[i] = name
    found = _merged(sorted(set(taken.values()), key=lambda name: name.start), headline)
    return patterns.acronyms(document, found)


def _merged(names: list[Name], headline: bool) -> list[Name]:
    """Parts of one person's name that the model took for two: Amina Hadi | al-Masri."""
    merged: list[Name] = []
    for name in names:
        last = merged[-1] if merged else None
        if (
            last is not None
            and not headline
            and last.last.i + 1 == name.first.i
            and {last.label, name.label} == {"PERSON"}
            and last.alias is name.alias is None
            and last.end == last.last.end
        ):
            merged[-1] = Name(last.first, name.last, "PERSON", None, last.found_by)
        elif last is not None and _branch(last, name):
            merged[-1] = Name(last.first, name.last, "ORG", None, last.found_by)
        else:
            merged.append(name)
    return merged


def _branch(body: Name, country: Name) -> bool:
    """Whether a country ends the name of a body: Nordea Finland."""
    if body.last.i + 1 != country.first.i or country.alias is None or country.label != "GPE":
        return False
    compound = body.head.dep == "compound" and body.head.head is country.head
    return compound and body.label == "ORG" and body.found_by == "model"


_TRUST = {"title": -1, "lexicon": 0, "pattern": 1, "office": 2, "given": 2, "model": 3, "short": 3, "subject": 4}


def _rank(name: Name) -> tuple[int, int, int]:
    """Longer names first; the model's long names count only where their label can hold another name."""
    length = name.last.i - name.first.i
    if name.found_by == "model" and name.label in ("GPE", "NORP", "LOC"):
        length = min(length, 0)
    return (-length, _TRUST[name.found_by], name.start)


def _parts(name: Name) -> list[Name]:
    """The names that the model took for one: A / B, A, B."""
    if name.label not in _ONE_EACH:
        return [name]
    parts, begin = [], 0
    tokens = name.tokens
    for at, token in enumerate(tokens):
        parted = token.text in ("/", ";", "AND") or (
            token.text == "," and tokens[min(at + 1, len(tokens) - 1)].text not in _AFTER_COMMA
        )
        if parted and begin < at:
            parts.append(Name(tokens[begin], tokens[at - 1], name.label, None, "model"))
            begin = at + 1
    return [*parts, Name(tokens[begin], tokens[-1], name.label, None, "model")] if begin < len(tokens) else parts


_ONE_EACH = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT"})
_AFTER_COMMA = frozenset({"Inc", "Inc.", "Ltd", "Ltd.", "LLC", "Jr", "Jr.", "Sr.", "D.C.", "and"})


def _trimmed(name: Name, headline: bool) -> Name | None:
    """A name of the model without article, titles and punctuation at its ends; None where nothing is left."""
    tokens = name.tokens
    stop = next((i for i, token in enumerate(tokens) if i and token.text in _BREAKS and _spaced(token)), len(tokens))
    tokens = tokens[:stop]
    tokens = tokens[: next((i for i in range(len(tokens)) if teams.is_score(tokens, i)), len(tokens))]
    if headline and name.label in ("PERSON", "ORG"):
        verb = next((i for i, token in enumerate(tokens) if i and proposals.is_headline_verb(token)), len(tokens))
        tokens = tokens[:verb]
        if verb == 1 < len(name.tokens) and name.label == "PERSON" and not _is_persons(tokens[0].text):
            return None
    while tokens and (
        tokens[-1].pos in ("CCONJ", "ADP")
        or f"{tokens[-1].lower}." in knowledge().titles
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
        tokens = tokens[_after_titles(tokens) :]
        stop = next((i for i, token in enumerate(tokens) if token.tag == "POS"), len(tokens))
        tokens = tokens[:stop]
        while len(tokens) > 1 and _no_part_of_person(tokens[0], headline):
            tokens = tokens[1:]
        while len(tokens) > 1 and _no_part_of_person(tokens[-1], headline):
            tokens = tokens[:-1]
    if not tokens or not any(token.text[0].isupper() for token in tokens):
        return None
    kind = knowledge().heads.get(tokens[-1].text, ("",))[0]
    if name.label == "PERSON" and kind == "ORG" and len(tokens) > 2 and tokens[0].text not in knowledge().genders:
        # The Economic Crimes Commission is no person.
        return Name(tokens[0], tokens[-1], "ORG", None, "model")
    return Name(tokens[0], tokens[-1], name.label, None, "model")


def _is_persons(word: str) -> bool:
    return word in knowledge().surnames or word in knowledge().genders


def _after_titles(tokens: list[Token]) -> int:
    """Where a name begins after the last words of office before it: Chief Petty Officer | Anna Berg."""
    titles, lower = knowledge().titles, [token.lower for token in tokens[:-1]]
    return max(
        (i for i in range(1, len(tokens)) for size in (1, 2, 3) if " ".join(lower[max(i - size, 0) : i]) in titles),
        default=0,
    )


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
        headline and (token.pos in ("VERB", "ADJ", "ADV") or proposals.is_headline_verb(token))
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
    text = name.written(document)
    if name.found_by != "lexicon" and text in _not_names():
        return True
    if name.found_by != "model":
        return False
    first = name.first
    if name.label in ("PERSON", "GPE", "NORP") and any(c.isdigit() for c in text):
        return True
    if teams.has_two_results(name):
        return True
    if name.last.lower in ("government", "governments"):
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
    return name.label in ("PERSON", "GPE", "WORK_OF_ART") and any(
        token.pos in ("VERB", "AUX") and not token.text[0].isupper() for token in name.tokens
    )
