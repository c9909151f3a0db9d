"""What a number counts, measures or orders: the noun phrase, found in the syntax around it."""

from __future__ import annotations

from collections.abc import Sequence

from stages.core.parse import Token
from stages.numbers import vocabulary
from stages.numbers.quantity import Quantity
from stages.numbers.units import UNITS

_NOMINAL = ("NOUN", "PROPN")
_LEFT_OUT = frozenset(
    ("det", "poss", "nummod", "predet", "quantmod", "case", "punct", "prep", "cc", "advmod", "preconj")
)
_INSIDE = ("ADJ", "NOUN", "PROPN", "VERB", "ADV", "NUM", "PUNCT", "PART", "ADP", "CCONJ")
Phrase = tuple[int, int]
"""Start and end of a noun phrase in the text."""


def counted(first: Token, last: Token, tokens: list[Token]) -> Phrase | None:
    """The phrase that follows the number: 'major maneuvers' of '30 major maneuvers', 'people' of 'dozens of people'.

    Args:
        first, last: first and last token of the quantity.
        tokens: the tokens of the sentence.
    """
    at = last.i - tokens[0].i + 1
    rest = tokens[at:]
    if not rest:
        return None
    if rest[0].lower == "of":
        return _of(rest[0])
    if rest[0].text == "-" and len(rest) > 1 and rest[1].pos in _NOMINAL:
        return rest[1].start, rest[1].end
    if rest[0].pos == "DET":
        rest = rest[1:]
    head = _head_to_the_right(tokens[first.i - tokens[0].i : at], last) or _next_noun(rest)
    if head is None:
        return None
    head = _whole(head)
    if not rest:
        return None
    start = rest[1] if rest[0].text == "-" and len(rest) > 1 else rest[0]
    while start.i < head.i and _skipped(start, tokens):
        start = tokens[start.i - tokens[0].i + (2 if start.pos == "CCONJ" and start.i + 1 < head.i else 1)]
    return start.start, _with_conjunct(head).end


def _skipped(token: Token, tokens: list[Token]) -> bool:
    """Whether the token before the noun is no part of what is counted: 'more' of 'two more ships'."""
    if tokens[token.i - tokens[0].i + 1].text == "-":
        return False
    return token.pos in ("DET", "PRON", "PUNCT", "ADV", "CCONJ") or token.lower in _MORE


_MORE = frozenset(("more", "additional", "further", "extra", "strong", "odd", "plus", "+"))


def of_unit(first: Token, last: Token, tokens: list[Token]) -> Phrase | None:
    """What is measured: 'work' of '12 years of work', 'loan' of '$3 million loan'."""
    at = last.i - tokens[0].i + 1
    rest = tokens[at:]
    if rest and rest[0].lower == "of":
        found = _of(rest[0])
        head = rest[0].dependent("pobj")
        # Three months of the year are no months that measure a year.
        return None if head is not None and head.lower in vocabulary.SINGULAR else found
    modified = last.head
    if (
        last.dep in ("nummod", "compound", "amod", "nmod", "npadvmod")
        and modified.i > last.i
        and modified.pos in _NOMINAL
    ):
        between = rest[: modified.i - last.i]
        if all(token.pos in _INSIDE[:4] or token.text == "-" for token in between):
            return counted(last, last, tokens)
    above = last.head if last.dep in ("pobj", "pcomp") else last
    if above.dep == "appos" and above.head.pos in _NOMINAL and above.head.i < above.i:
        return phrase(above.head)
    named = tokens[first.i - tokens[0].i - 2] if first.i - tokens[0].i > 1 else None
    if named is not None and tokens[first.i - tokens[0].i - 1].text == "," and named.dep in ("attr", "dobj"):
        # A long way, 20 miles or more.
        return phrase(named) if named.pos in _NOMINAL and (not rest or rest[0].pos == "PUNCT") else None
    verb = last.head
    if verb.lemma.lower() in vocabulary.MEASURING and last.dep in ("dobj", "npadvmod", "attr", "oprd"):
        return subject(verb)
    return None


def subject(verb: Token) -> Phrase | None:
    """The phrase that a verb says something of: 'military flights' of 'the number of military flights rose'."""
    found = verb.dependent("nsubj", "nsubjpass")
    if found is None:
        return None
    if found.tag in ("WDT", "WP") and verb.dep == "relcl":
        found = verb.head
    if found.lemma.lower() in vocabulary.MASS:
        preposition = next((child for child in found.children if child.lower == "of"), None)
        if preposition is not None:
            return _of(preposition)
    return phrase(found) if found.pos in _NOMINAL else None


def changed(verb: Token) -> Phrase | None:
    """What a verb of change says a change of: its object if that is no quantity, else its subject."""
    found = verb.dependent("dobj")
    counted = found is None or any(child.dep in ("nummod", "quantmod") for child in found.children)
    if found is None or counted or found.pos not in _NOMINAL:
        return subject(verb)
    return phrase(found)


def phrase(head: Token) -> Phrase:
    """The head noun with what stands before it, without determiners, numbers and possessors."""
    start = head
    for child in reversed([child for child in head.children if child.i < head.i]):
        if child.dep in _LEFT_OUT:
            break
        start = min(child.subtree(), key=lambda token: token.i)
    return start.start, head.end


def _of(preposition: Token) -> Phrase | None:
    found = preposition.dependent("pobj")
    if found is None or found.pos not in _NOMINAL:
        return None
    start, _ = phrase(found)
    return start, _with_conjunct(found).end


def _head_to_the_right(span: list[Token], last: Token) -> Token | None:
    """The noun that the quantity modifies, where only its own modifiers lie between."""
    for token in reversed(span):
        head = token.head
        if (
            head.i <= last.i
            or head.pos not in _NOMINAL
            or token.dep not in ("nummod", "amod", "compound", "nmod", "quantmod", "det")
        ):
            continue
        between = token.sentence.tokens[last.i + 1 - token.sentence.tokens[0].i : head.i - token.sentence.tokens[0].i]
        if all(part.pos in _INSIDE for part in between):
            return head
    return None


def _next_noun(rest: list[Token]) -> Token | None:
    """The last noun of the run of adjectives and nouns that follows; what the parse did not see."""
    found, described = None, False
    for token in rest:
        if token.pos in _NOMINAL and token.tag != "POS":
            found = token
        elif found is None and described and token.lower in ("and", "or"):
            described = False  # Digital and physical sales.
        elif found is not None or not (token.pos == "ADJ" or token.text == "-" or token.tag in ("VBN", "VBG")):
            break
        else:
            described = True
    if found is not None and found.pos == "PROPN" and found.tag != "NNPS":
        return None
    return found


def _whole(head: Token) -> Token:
    """The head of the compound that the noun opens."""
    while head.dep == "compound" and head.head.i > head.i and head.head.pos in _NOMINAL:
        head = head.head
    return head


def _with_conjunct(head: Token) -> Token:
    """'planes and helicopters': the coordinated noun where it has no determiner or number of its own."""
    for child in head.children:
        if child.dep == "conj" and child.pos == "NOUN" and head.pos == "NOUN" and child.i > head.i:
            own = [part for part in child.children if part.dep in ("det", "nummod", "poss", "prep", "quantmod")]
            near = child.i - head.i <= 3 and not any(part.text == "," for part in head.children)
            if near and not own:
                return child
    return head


def clip(found: Sequence[Quantity], tokens: list[Token]) -> None:
    """No noun holds a quantity or is a unit: 'flour' of '2 cups of flour and ¾ teaspoon of salt'."""
    for item in found:
        if item.noun is None:
            continue
        start, end = item.noun
        if item.start < end and start < item.end and not (item.kind == "money" and item.unit is None):
            item.noun = None
            continue
        if item.kind != "count" and any(other is not item and other.start < start < other.end for other in found):
            item.noun = None  # 'Full days' of 'two full days, three weeks'.
            continue
        within = [other for other in found if start <= other.start < end and other.kind != "ordinal"]
        start = max((other.end for other in within if other.start == start), default=start)
        inner = min((other.start for other in within if start < other.start), default=end)
        words = [token for token in tokens if start <= token.start and token.end <= inner]
        while words and words[-1].pos in ("CCONJ", "PUNCT", "DET", "ADP", "ADV") and words[-1].end != end:
            words.pop()
        measured = item.kind in ("measure", "duration", "percent") or (item.kind == "money" and item.unit is not None)
        unit = len(words) == 1 and (measured or len(words[0].text) == 1) and words[0].text in UNITS
        named = any(any(map(str.isalpha, token.text)) for token in words)
        item.noun = (words[0].start, words[-1].end) if named and not unit else None
