"""Patterns: names by words that begin or end them, by brackets that define them and by their place in a clause."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from stages.core.parse import Document, Sentence, Token
from stages.entities.knowledge import knowledge
from stages.entities.proposals import ARTICLES, evidence, is_headline_verb
from stages.entities.spans import Name, following, is_capital, preceding

_LINKS = frozenset({"of", "for", "on"})
_YEAR = re.compile(r"(1[789]|20)\d\d")
_NUMBER = re.compile(r"\d{1,4}|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|[IVX]+")
_ORDINAL = re.compile(r"\d{1,3}(st|nd|rd|th)|First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth")
_SHORT = re.compile(r"(?:\w*[A-Z]){2}[\w.&-]*")
"""An acronym: two capitals at least, lower-case letters too (PvdA)."""
_LONGEST = 12
"""Tokens that a name extends to either side of its head word."""


def by_head_word(sentence: Sentence, headline: bool) -> Iterator[Name]:
    """Capitalised words around a head word of names: Communist Party, Council on Foreign Relations, 3rd Battalion."""
    tokens, heads, offset = sentence.tokens, knowledge().heads, sentence.tokens[0].i
    for token in tokens:
        kind = heads.get(token.text)
        if kind is None or (headline and is_headline_verb(token)):
            continue
        at = first = last = token.i - offset
        while first > 0 and at - first < _LONGEST and _modifies(tokens[first - 1], tokens[first], headline):
            first -= 1
        while first > 1 and _possessive(tokens, first - 1) and at - first < _LONGEST:
            first -= 2
            while first > 0 and _modifies(tokens[first - 1], tokens[first], headline):
                first -= 1
        if first > 1 and tokens[first - 1].lower == "and" and first < at and _joins(tokens, first - 1):
            first -= 2
            while (
                first > 0 and _modifies(tokens[first - 1], tokens[first], headline) and tokens[first - 1].pos == "ADJ"
            ):
                first -= 1
        if not headline and not token.text.islower():
            last = _complement(tokens, at)
        while first < at and (tokens[first].text in ("-", "&") or tokens[first].lower in ARTICLES):
            first += 1
        if token.text.islower() and not _own_name(tokens[first:at]):
            continue
        if kind[1] == "MIL" and first and _ORDINAL.fullmatch(tokens[first - 1].text):
            first -= 1
        numbered = kind[1] == "MIL" or token.text in evidence("numbered head")
        if numbered and last == at and at + 1 < len(tokens) and _NUMBER.fullmatch(tokens[at + 1].text):
            last += 1
        if last == first and token.text in evidence("own name") and token.pos == "PROPN" and not headline:
            yield Name(token, token, kind[0], None, "short")
        if knowledge().prefixes.get(tokens[first].text) == "PRODUCT":
            # HMS Ocean is no ocean.
            continue
        if last == first or (_only_place_adjective(tokens[first:at]) and headline):
            continue
        label = "ORG" if kind[0] == "EVENT" and last > at and tokens[at + 1].lower == "for" else kind[0]
        yield Name(tokens[first], tokens[last], label, None, "pattern")


def _possessive(tokens: list[Token], at: int) -> bool:
    """Whether an apostrophe belongs to a name: Queen's University, Workers' Party."""
    return tokens[at].tag == "POS" and tokens[at - 1].text in evidence("possessive in names")


def _joins(tokens: list[Token], at: int) -> bool:
    """Whether "and" joins adjectives in one name: Social Democratic and Labour Party."""
    left, right = tokens[at - 1], tokens[at + 1]
    if not is_capital(left) or left.text in knowledge().heads or left.text in knowledge().aliases:
        return False
    return left.ent == "ORG" and right.ent == "ORG" and not right.ent_start


def _own_name(tokens: list[Token]) -> bool:
    """Whether words before a common noun are a name of its own and not a country or body: Evin prison."""
    aliases = knowledge().aliases
    kinds = {alias.kind for token in tokens for alias in aliases.get(token.text, ()) if alias.text == token.text}
    return (
        bool(tokens)
        and all(token.pos == "PROPN" for token in tokens)
        and not kinds - {"capital"}
        and tokens[0].tag != "POS"
    )


def _only_place_adjective(tokens: list[Token]) -> bool:
    return len(tokens) == 1 and tokens[0].tag == "JJ"


def _modifies(token: Token, following: Token, headline: bool) -> bool:
    """Whether a word before a name belongs to it."""
    if token.text in ("-", "&", "–"):
        return token.end == following.start or token.text == "&"
    if not is_capital(token) or token.lower in ARTICLES or not token.text[0].isalpha():
        return False
    if token.lower.endswith("day") and token.text in evidence("calendar"):
        return False
    if headline and token.lower in evidence("no head in headlines"):
        return False
    if token.lower in knowledge().titles or (headline and token.pos not in ("PROPN", "ADJ")):
        return False
    return token.pos in ("PROPN", "ADJ", "NOUN") or token.tag in ("NNP", "JJ", "NN", "VBN", "NNPS")


def _complement(tokens: list[Token], at: int) -> int:
    """The last token of "of (the) Foreign Affairs (and Trade)" after a head word."""
    last = at
    while last + 2 < len(tokens) and last - at < _LONGEST and tokens[last + 1].lower in _LINKS:
        link = tokens[last + 1].lower
        if link != "of" and tokens[at].text not in evidence(f"head before {link}"):
            break
        begin = last + 2
        if tokens[begin].lower == "the" and begin + 1 < len(tokens):
            begin += 1
        end = begin + _country(tokens, begin)
        while end < len(tokens) and end - at < _LONGEST and _goes_on(tokens[begin:end], tokens[end]):
            end += 1
        if end == begin or (tokens[at].text in evidence("head of a body") and _is_body(tokens[begin:end])):
            break
        if (
            end + 1 < len(tokens)
            and tokens[end].lower == "and"
            and is_capital(tokens[end + 1])
            and ((tokens[end].ent and not tokens[end + 1].ent_start) or _abbreviated(tokens, end + 1))
        ):
            end += 2
            while end < len(tokens) and is_capital(tokens[end]) and tokens[end].pos == "PROPN":
                end += 1
        last = end - 1
    return last


def _abbreviated(tokens: list[Token], at: int) -> bool:
    """Whether brackets after a word give an acronym that ends with its initial: Front for Peace and Unity (FPU)."""
    if at + 2 >= len(tokens) or tokens[at + 1].text != "(":
        return False
    short = tokens[at + 2].text
    return bool(_SHORT.fullmatch(short)) and short[-1].lower() == tokens[at].lower[0]


def _country(tokens: list[Token], begin: int) -> int:
    """How many tokens the country or region takes that begins a complement."""
    names = [alias for alias in knowledge().aliases.get(tokens[begin].text, ()) if alias.label in ("GPE", "LOC")]
    for alias in names:
        words = alias.text.split()
        if [token.text for token in tokens[begin : begin + len(words)]] == words:
            return len(words)
    return 0


def _goes_on(so_far: list[Token], token: Token) -> bool:
    """Whether a capitalised word continues a complement; after a country only a head word does: Bank of China Tower."""
    if not is_capital(token) or token.pos not in ("PROPN", "ADJ", "NOUN"):
        return False
    if not so_far:
        return True
    if _country(so_far, 0) == len(so_far):
        return token.text in knowledge().heads
    return token.text not in knowledge().genders


def _is_body(tokens: list[Token]) -> bool:
    return len(tokens) > 1 and any(knowledge().heads.get(token.text, ("",))[0] == "ORG" for token in tokens)


def by_prefix(sentence: Sentence) -> Iterator[Name]:
    """Capitalised words after a word that begins names: Mount Elgon, USS Nimitz, Operation Sea Lion, Tell Rifaat."""
    tokens, prefixes = sentence.tokens, knowledge().prefixes
    for at, token in enumerate(tokens[:-1]):
        label = prefixes.get(token.text)
        if label is None or token.pos not in ("PROPN", "NOUN", "ADJ"):
            continue
        end = at + 1
        if tokens[end].lower in evidence("particle of places") and end + 1 < len(tokens):
            end += 2 if tokens[end + 1].text == "-" and end + 2 < len(tokens) else 1
        while (
            end < len(tokens)
            and end - at < 4
            and is_capital(tokens[end])
            and tokens[end].pos in ("PROPN", "NOUN", "ADJ")
        ):
            end += 1
        first = tokens[at + 1]
        if end > at + 1 and first.text not in knowledge().heads and is_capital(tokens[end - 1]):
            yield Name(token, tokens[end - 1], label, None, "pattern")


def regions(sentence: Sentence, headline: bool) -> Iterator[Name]:
    """A part of a country or region that a capital makes a name: in Southern Sumatra."""
    tokens = sentence.tokens
    for at, token in enumerate(tokens[:-1]):
        if at and not headline and is_capital(token) and token.lower in evidence("direction"):
            size = _country(tokens, at + 1)
            if size:
                yield Name(token, tokens[at + size], "LOC", None, "pattern")


def votes(sentence: Sentence, known: Collection[Name]) -> Iterator[Name]:
    """Elections by name: 2005 Iraqi parliamentary election, 2016 referendum on membership."""
    tokens, offset = sentence.tokens, sentence.tokens[0].i
    ends = {name.last.i - offset: name.first.i - offset for name in known}
    for token in tokens:
        if token.lower not in evidence("vote"):
            continue
        at = first = token.i - offset
        while first > 0 and at - first < _LONGEST and _kind_of_vote(tokens[first - 1], tokens[first]):
            first = ends.get(first - 1, first - 1)
        named = any(is_capital(one) for one in tokens[first:at])
        if first > 0 and _YEAR.fullmatch(tokens[first - 1].text) and first < at:
            first -= 2 if first > 1 and tokens[first - 2].text in evidence("calendar") else 1
            last = _where(tokens, at) if named else at
        elif not named or at - first < 2:
            continue
        else:
            last = at
        yield Name(tokens[first], tokens[last], "EVENT", None, "pattern")


def _kind_of_vote(token: Token, following: Token) -> bool:
    if token.lower in evidence("kind of vote") or (token.text == "-" and token.end == following.start):
        return True
    return is_capital(token) and token.pos in ("PROPN", "ADJ", "NOUN")


def _where(tokens: list[Token], at: int) -> int:
    """The last token of "in Ohio", which belongs to the name of a vote of a larger body."""
    if at + 2 < len(tokens) and tokens[at + 1].lower == "in":
        begin = at + 3 if tokens[at + 2].lower == "the" and at + 3 < len(tokens) else at + 2
        size = _country(tokens, begin)
        return begin + size - 1 if size else at
    return at


def subjects(sentence: Sentence, common: Collection[str]) -> Iterator[Name]:
    """A word that nothing marks as a name and that does what people do: Abboud was born in ..."""
    words = knowledge()
    for token in sentence.tokens:
        if token.dep not in ("nsubj", "nsubjpass") or token.pos != "PROPN" or token.ent or not is_capital(token):
            continue
        if token.lower in common or token.text in words.heads or token.lower in words.titles or len(token.text) < 3:
            continue
        before, after = preceding(token), following(token)
        alone = before is None or not (is_capital(before) or before.lower in ARTICLES or before.text == "-")
        acts = token.head.lemma.lower() in evidence("human verb") | evidence("person verb")
        told = any(noun.dependent("det") for noun in token.dependents("appos"))
        if alone and (after is None or not is_capital(after)) and (acts or told):
            yield Name(token, token, "PERSON", None, "subject")


def joined(sentence: Sentence, common: Collection[str], headline: bool) -> Iterator[Name]:
    """A word that "and" or a comma joins to a name of the model and that has no label: in Lund, Malmo and Ystad."""
    for token in () if headline else sentence.tokens:
        label = token.head.ent
        if token.dep != "conj" or token.ent or label not in ("PERSON", "GPE", "ORG") or token.pos != "PROPN":
            continue
        before, after = preceding(token), following(token)
        alone = before is not None and not is_capital(before) and (after is None or not is_capital(after))
        known = token.lower in common or token.text in knowledge().heads or token.lower in knowledge().titles
        if alone and is_capital(token) and len(token.text) > 2 and not known and not any(token.children):
            yield Name(token, token, label, None, "subject")


def acronyms(document: Document, names: list[Name]) -> list[Name]:
    """The names of a sentence with the acronyms that brackets after a name define, labelled like that name."""
    by_first = {name.first.i: name for name in names}
    added: list[Name] = []
    for name in names:
        opening = following(name.last)
        short = following(opening) if opening is not None and opening.text == "(" else None
        closing = following(short) if short is not None else None
        if short is None or closing is None or closing.text not in (")", ",", ";"):
            continue
        if name.label in ("PERSON", "NORP") or not _SHORT.fullmatch(short.text) or short.lower in knowledge().titles:
            continue
        if name.label in ("GPE", "LOC", "FAC") and not name.written(document).startswith(short.text[0]):
            continue
        found = by_first.get(short.i)
        if found is None:
            added.append(Name(short, short, name.label, None, "pattern"))
        elif found.alias is None and found.first is found.last:
            found.label, found.found_by = name.label, "pattern"
    return sorted([*names, *added], key=lambda name: name.start)
