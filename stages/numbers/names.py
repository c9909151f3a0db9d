"""Numbers that are part of a name or designation: Boeing 777, Article 5, Group of Seven, 12 Park Road, FTSE 100."""

from __future__ import annotations

from stages.core.parse import Token
from stages.numbers import vocabulary

_QUANTITIES = frozenset(("CARDINAL", "QUANTITY", "MONEY", "PERCENT", "ORDINAL", "DATE", "TIME", ""))
_BODIES = ("Group", "Committee", "Council", "Gang")
_STREET = 5
"""Tokens between the number of a house and the word for its street, at most."""


def is_name(tokens: list[Token], first: int, last: int) -> bool:
    """Whether the number of the tokens first to last of a sentence belongs to a name."""
    token = tokens[first]
    before = tokens[first - 1] if first else None
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    if token.ent not in _QUANTITIES:
        inside = not token.ent_start or (after is not None and after.ent == token.ent and not after.ent_start)
        if inside and (token.text[0].isupper() or token.text[0].isdigit()):
            return True
    if after is not None and after.lower == "block" and token.text.isdigit() and token.text.endswith("00"):
        return True  # The 1400 block of Oak Street.
    if _is_address(tokens, first, last) or (token.text.isdigit() and _is_model(tokens, token)):
        return True
    if before is None:
        return _capital(token) and after is not None and after.pos == "PROPN" and after.ent == token.ent != ""
    if before.lower == "of" and first > 1 and tokens[first - 2].text in _BODIES:
        return True  # The Group of 20.
    if before.text == "." and first > 1 and tokens[first - 2].lower in ("no", "nos"):
        return True
    if token.text.isdigit() and token.dep == "nummod" and token.head.i > token.i and _is_proper(tokens, token):
        return True
    letters = all(other is not None and len(other.text) == 1 and other.text.isupper() for other in (before, after))
    if letters and before.text != "I":
        return True  # Y 2 K.
    if (before.lower in vocabulary.DESIGNATOR and before.pos != "VERB") or before.text in ("#", "№"):
        if token.text[0].isdigit() or token.text[0].isupper():
            return True
        return before.text[0].isupper() and (after is None or after.pos not in ("NOUN", "ADJ"))  # Chapter two.
    if before.lower in vocabulary.TITLED and before.text[0].isupper() and token.text.isdigit():
        return True
    if len(before.text) == 1 and before.text.isupper() and before.text not in "AI" and token.text.isdigit():
        return True  # HMS Ocean (L 12).
    if before.lower in vocabulary.INDEX and _numbers_an_index(token.text):
        return True
    if _capital(token) and first and (before.pos == "PROPN" or (after is not None and after.pos == "PROPN")):
        return True
    if _brand(before) and token.text[0].isdigit():
        return True
    adjacent = before.pos == "PROPN" and any(map(str.isupper, before.text)) and token.text[0].isdigit()
    if not adjacent or before.ent in ("DATE", "TIME"):
        return False
    counts = token.dep == "nummod" and token.head.i > token.i and token.head.pos == "NOUN"
    return not counts and (token.head is before or token.ent not in ("CARDINAL", "QUANTITY", "MONEY", "PERCENT"))


def is_marker(tokens: list[Token], first: int, last: int) -> bool:
    """Whether the number marks an item of a list: '1.', '(2)', '3)' at the start of a sentence."""
    if first > 1 or not tokens[first].text.isdigit() or len(tokens[first].text) > 2:
        return False
    closed = last + 1 < len(tokens) and tokens[last + 1].text in (".", ")", ".)")
    if first == 1:
        return closed and tokens[0].text == "("
    return closed


def _is_address(tokens: list[Token], first: int, last: int) -> bool:
    """Whether the number is that of a house: capitals follow, and among them a word for a street."""
    if not tokens[first].text[0].isdigit() or (first and tokens[first - 1].lower in ("of", "the")):
        return False
    for token in tokens[last + 1 : last + 1 + _STREET]:
        if not (token.text[0].isupper() or token.text[0].isdigit()):
            return False
        if token.lower in vocabulary.STREET:
            return True
    return False


def _is_model(tokens: list[Token], number: Token) -> bool:
    """Whether what it stands before is counted already and the number is its type: the 737 of 'two 737 Max jets'."""
    if number.dep not in ("nummod", "compound") or number.head.i <= number.i:
        return False
    counted = any(child.dep == "nummod" and child.i < number.i and child.pos == "NUM" for child in number.head.children)
    following = tokens[number.i - tokens[0].i + 1]
    return counted and following.text[0].isupper() and len(number.text) >= 2


def _numbers_an_index(text: str) -> bool:
    """Whether the number says how many shares an index has: FTSE 100, Russell 2000; 7,240.5 is its level."""
    return text.isdigit() and (len(text) <= 3 or text.endswith("000"))


def _is_proper(tokens: list[Token], number: Token) -> bool:
    """Whether the number opens a name in the singular: 787 Dreamliner, 12 Park Way."""
    name = tokens[number.i - tokens[0].i + 1 : number.head.i - tokens[0].i + 1]
    return all(part.tag == "NNP" and part.text[0].isupper() for part in name) and not number.head.lower.endswith("s")


def _brand(token: Token) -> bool:
    """Whether the word is written as a brand is: iPhone, eBay."""
    return token.text[0].islower() and any(map(str.isupper, token.text))


def _capital(token: Token) -> bool:
    return token.text[0].isupper() and token.text.isalpha() and not token.text.isupper()
