"""Roles of quantities: from, to and by in changes, per in rates; the quantities of one change are linked."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence

from stages.core.parse import Token
from stages.numbers import nouns, vocabulary
from stages.numbers.expression import Timex
from stages.numbers.quantity import Quantity
from stages.numbers.units import UNITS
from stages.numbers.words import SCALES

_RATE_PERIODS = frozenset((*vocabulary.SINGULAR, *UNITS))
_RATE_PERIODS |= {"night", "head", "person", "share", "piece", "game", "household", "vehicle", "copy", "ticket"}
_REACH = 8
"""Tokens between 'from A' and 'to B', at most."""
_NEAR = 16
"""Tokens between a number and one that counts the same without its noun, at most."""
_LEVEL = 100
"""What the level of an index is at least."""
_COMPARED = frozenset(("from", "with", "than", "against"))
_ADDED = frozenset(("and", "or", "but", "while", "including", "another", ","))
_PREPOSITIONS = ("in", "by", "at", "on", "for", "from", "of", "to")
_VERBS = ("was", "were", "is", "are", "had", "have", "has", "did", "will", "would")
_GOING_ON = frozenset(("who", "that", "which", ".", ",", ";", "killed", "wounded", "injured", "missing"))
_GOING_ON |= frozenset((*_PREPOSITIONS, *_VERBS, "more", "fewer"))


def link(found: Sequence[Quantity], times: Sequence[Timex]) -> None:
    """Fill role, change and, where a change says it of its subject, noun."""
    if not found:
        return
    tokens = found[0].sentence.tokens
    places = [_place(item, tokens) for item in found]
    verbs: dict[int, list[Quantity]] = {}
    for index, (item, (first, last)) in enumerate(zip(found, places, strict=True)):
        before = tokens[first - 1].lower if first else ""
        verb = _change_verb(tokens[first], tokens[last])
        if before == "from" and _paired(index, found, places, tokens):
            item.role = "from"
            follower = found[index + 1]
            follower.role = "to"
            if tokens[places[index + 1][0]].lower == "up":
                follower.comparator = "="  # From 5 up to 10.
            item.change = follower.change = item
            _same_unit(item, follower, tokens[slice(*places[index])], tokens[places[index + 1][0] :])
        elif before == "from" and index:
            if found[index - 1].role == "to" or tokens[max(0, first - 2)].lower in ("up", "down"):
                _same_unit(item, found[index - 1], tokens[first : last + 1], tokens[places[index - 1][0] :])
            if _led_back(index, found, places):
                # To $3.4 billion from $3.9 billion.
                item.role = "from"
        elif item.role is None and verb is not None and item.kind != "ordinal":
            if before in ("by", "to") and _governed(tokens[first - 1], verb):
                item.role = before
            elif before in ("up", "down") or _is_step(item, tokens[last], verb):
                item.role = "by"
        if item.role and verb is not None:
            verbs.setdefault(verb.i, []).append(item)
        if item.role is None and item.kind != "ordinal" and _is_rate(item, last, tokens, times):
            item.role = "per"
    _share_points(found, tokens)
    for position in sorted(verbs):
        _join(verbs[position], tokens[position - tokens[0].i])


def share_nouns(found: Sequence[Quantity], tokens: list[Token]) -> None:
    """A bare number that goes on from another counts the same.

    '20 tanks, up from 12'; '430 homes by open sale and 180 by tender'; '6 million homes, 2 million in Ohio'.
    """
    for item, after in itertools.pairwise(found):
        if item.kind == "count" and not item.noun and after.kind == "measure" and after.start == item.end + 1:
            item.noun = after.noun  # Two 1,200 hp engines.
    counts = [item for item in found if item.kind == "count"]
    for item, after in itertools.pairwise(counts):
        between = [token.lower for token in tokens if item.end <= token.start < after.start]
        if not item.noun and between in (["of"], ["of", "the"]):
            item.noun = after.noun
    for index, (before, item) in enumerate(itertools.pairwise(counts)):
        earlier = counts[index - 1] if index else None
        if earlier and earlier.noun and _word_before(before, tokens) == "including":
            before = earlier  # 14 people, including three children, died and 25 …
        if item.noun or not before.noun or before.noun[1] > item.start:
            continue
        first, last = _place(item, tokens)
        word = _word_before(item, tokens)
        follower = tokens[last + 1].lower if last + 1 < len(tokens) else "."
        goes_on = follower in _GOING_ON and first - _place(before, tokens)[1] <= _NEAR
        if word in _COMPARED or (word in _ADDED and goes_on) or _alike(before.noun, tokens[last], tokens):
            item.noun = before.noun


def _word_before(item: Quantity, tokens: list[Token]) -> str:
    first, _ = _place(item, tokens)
    return tokens[first - 1].lower if first else ""


def _alike(noun: tuple[int, int], number: Token, tokens: list[Token]) -> bool:
    """Whether the number stands where the noun stands, in a clause beside it: killed 12 soldiers and wounded 30."""
    counted = _last(noun, tokens)
    if number.dep == counted.dep == "dobj":
        return number.head.dep == "conj" and number.head.head is counted.head
    of_the = counted.dep == "pobj" and counted.head.i == tokens[0].i and counted.head.lower == "of"
    return of_the and number.dep in ("nsubj", "nsubjpass")


def _share_points(found: Sequence[Quantity], tokens: list[Token]) -> None:
    """The level of an index is in points where its step is: lost 62.3 points to close at 7,425.81."""
    points = next(
        (item.noun for item in found if item.noun and _last(item.noun, tokens).lower in ("points", "point")), None
    )
    for item in found:
        if points and item.kind == "count" and not item.noun and item.value >= _LEVEL and item.value.denominator > 1:
            item.noun = points


def _last(noun: tuple[int, int], tokens: list[Token]) -> Token:
    return tokens[max(0, bisect_right(tokens, noun[1] - 1, key=_start) - 1)]


def _is_step(item: Quantity, last: Token, verb: Token) -> bool:
    """Whether the quantity right after the verb is the step itself: 'rose 12 percent', 'fell 3 points'."""
    measured = item.kind in ("percent", "money", "measure") or item.noun is None
    if item.noun and last.head.lower in vocabulary.STEP:
        last = last.head
    elif not measured:
        return False
    return last.head is verb and verb.pos == "VERB" and last.i > verb.i


def _join(items: list[Quantity], verb: Token) -> None:
    """The quantities of one verb are one change; what has no noun of its own counts the verb's subject."""
    if len(items) > 1:
        first = next((item.change for item in items if item.change), items[0])
        for item in items:
            item.change = item.change or first
    steps = [item.noun for item in items if item.role == "by" and item.kind == "count" and item.noun]
    for item in items:
        if item.noun is None and item.role in ("from", "to"):
            # An index that gains 12 points to 4,500 stands at 4,500 points.
            item.noun = steps[0] if steps and item.kind == "count" else nouns.changed(verb)


def _place(item: Quantity, tokens: list[Token]) -> tuple[int, int]:
    first = max(0, bisect_right(tokens, item.start, key=_start) - 1)
    return first, max(first, bisect_right(tokens, item.end - 1, key=_start) - 1)


def _start(token: Token) -> int:
    return token.start


def _paired(index: int, found: Sequence[Quantity], places: Sequence[tuple[int, int]], tokens: list[Token]) -> bool:
    """Whether the next quantity is the 'to' of this 'from'."""
    if index + 1 >= len(found) or found[index + 1].kind == "ordinal":
        return False
    (_, last), (first, _) = places[index], places[index + 1]
    up = tokens[first].lower in ("up", "down") and tokens[first + 1 : first + 2]
    led = (up and up[0].lower == "to") or (first > 0 and tokens[first - 1].lower == "to")
    return first - last <= _REACH and bool(led)


def _led_back(index: int, found: Sequence[Quantity], places: Sequence[tuple[int, int]]) -> bool:
    """Whether a quantity before is the 'to' or the 'by' that this 'from' belongs to."""
    item, start = found[index], places[index][0]
    before = found[index - 1]
    if before.role == "by" or (before.role == "to" and before.kind == item.kind):
        return start - places[index - 1][1] <= _REACH
    # Rose to $3.2 billion, or 45 cents a share, from $2.8 billion.
    earlier = found[index - 2] if index > 1 else None
    return (
        earlier is not None
        and earlier.role == "to"
        and earlier.kind == item.kind
        and earlier.unit == item.unit
        and start - places[index - 2][1] <= _NEAR
    )


def _same_unit(item: Quantity, follower: Quantity, own: list[Token], after: list[Token]) -> None:
    """The 'from' of 'from 24 to 30 billion euros' is in billions of euros too."""
    if item.kind != "count" or item.noun or item.unit or follower.kind in ("count", "fraction", "ordinal"):
        return
    item.kind, item.unit = follower.kind, follower.unit
    length = bisect_right(after, follower.end - 1, key=_start)
    scale = next((SCALES[token.lower] for token in after[:length] if token.lower in SCALES), 1)
    if item.value < scale and item.value * scale <= follower.value * 10:
        item.value *= scale


def _change_verb(first: Token, last: Token) -> Token | None:
    """The verb or noun of change above the quantity, at most four steps up."""
    for start in (last, first):
        token = start
        for _ in range(4):
            if token.head is token:
                break
            token = token.head
            if token.lemma.lower() in vocabulary.CHANGE and token.pos in ("VERB", "NOUN", "ADV", "ADP"):
                return token
            if token.pos == "VERB":
                break
    return None


def _governed(preposition: Token, verb: Token) -> bool:
    return preposition.head is verb or verb in preposition.ancestors()


def _is_rate(item: Quantity, last: int, tokens: list[Token], times: Sequence[Timex]) -> bool:
    """30 a year; $50 a barrel; and what happens every year."""
    end = bisect_right(tokens, item.noun[1] - 1, key=_start) - 1 if item.noun else last
    for at in (last + 1, end + 1):
        at += at < len(tokens) and tokens[at].text == "-"
        if at + 1 < len(tokens):
            word, unit = tokens[at].lower, tokens[at + 1].lower
            if unit == "-" and at + 2 < len(tokens):
                unit = tokens[at + 2].lower
            if at + 2 < len(tokens) and tokens[at + 2].lower in ("ago", "earlier", "later", "before", "after"):
                continue
            if word in ("per", "/") or (word in ("a", "an", "each", "every") and unit in _RATE_PERIODS):
                return True
    if item.kind != "count" or item.noun is None:
        return False
    counted = tokens[end]
    periods = [time for time in times if (time.type == "SET" and " " in time.value) or time.type == "SET"]
    return any(_same_clause(counted, tokens, time) for time in periods)


def _same_clause(counted: Token, tokens: list[Token], time: Timex) -> bool:
    """Whether 'every year' qualifies the verb that the counted things depend on."""
    period = tokens[max(0, bisect_right(tokens, time.end - 1, key=_start) - 1)]
    if counted.dep not in ("dobj", "nsubj", "nsubjpass", "attr"):
        return False
    return period.dep == "npadvmod" and period.head is counted.head
