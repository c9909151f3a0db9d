"""Finds the temporal expressions of a text and resolves them, in the order of the text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from stages.core.parse import Document, Segment, Sentence, Token
from stages.numbers import absolute, clock, durations, eras, holidays, nth, phrases, relative, vocabulary, years
from stages.numbers.expression import Builder, Context, DayOrder, Rule, Timex
from stages.numbers.gates import Gate, is_open
from stages.numbers.spans import Span, make, season

RULES = (
    *(*absolute.RULES, *years.RULES, *eras.RULES, *holidays.RULES, *clock.RULES),
    *(*relative.RULES, *nth.RULES, *phrases.RULES, *durations.RULES),
)
_STATED = (*absolute.STATED, *clock.RULES[:3])
"""What a dateline may hold: days and times of day in digits."""


def _by_gate(rules: Sequence[Rule]) -> list[tuple[Gate, list[tuple[int, Rule]]]]:
    """The rules with their order, those of one gate together."""
    return [
        (gate, [(order, rule) for order, rule in enumerate(rules) if rule.needs == gate])
        for gate in dict.fromkeys(rule.needs for rule in rules)
    ]


_BY_GATE, _BY_GATE_STATED = _by_gate(RULES), _by_gate(_STATED)

_Candidate = tuple[int, int, int, re.Match[str], Builder]
"""Start, minus the end, order of the rule, match, and how it is read."""

_DIGIT = re.compile(r"\d")
_WEEKDAY = re.compile(vocabulary.WEEKDAY, re.IGNORECASE)
_BARE_WEEKDAY = re.compile(rf"{vocabulary.WEEKDAY}(?:\s+{vocabulary.DAYPART})?", re.IGNORECASE)
_JOINS = re.compile(r"\s*(?:,|–|-|—|\bat|\bon|\bof|\bof\s+the|\|)?\s*(?:\bon\s+)?", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^()]*\)\s*(?:on\s+)?")
_ENDED = re.compile(r",?\s+and\s+(?:ended|concluded|lasted|ran|continued|went\s+on)\s+(?:in|on|until|till|to)\s+")
_RANGE = re.compile(r"\s*(?:to|and|until|through|till|or|-|–|—)\s*(?:the\s+|on\s+)?", re.IGNORECASE)


def read(document: Document, day_order: DayOrder) -> list[tuple[Timex, str | None]]:
    """The expressions of a document, in the order of the text, each with the id of its sentence.

    A dateline has no sentence. Spans do not overlap.
    """
    context = Context(document, day_order)
    found: list[tuple[Timex, str | None]] = []
    for segment in document.segments:
        if segment.kind == "dateline":
            found.extend((timex, None) for timex in _dateline(segment, context))
        elif segment.content:
            for sentence in segment.sentences:
                found.extend((timex, sentence.sentence_id) for timex in _sentence(sentence, context))
    return found


def _dateline(segment: Segment, context: Context) -> list[Timex]:
    context.sentence = None
    found = _expressions(context, segment.start, segment.end, stated=True)
    return [timex for timex in found if timex.span is not None]


def _sentence(sentence: Sentence, context: Context) -> list[Timex]:
    """The expressions of a sentence; none where no word of it is one of time, and no digit stands in it."""
    if not any(token.lower in vocabulary.TRIGGERS for token in sentence.tokens) and not _DIGIT.search(
        context.document.clean, sentence.start, sentence.end
    ):
        return []
    context.sentence = sentence
    found = _expressions(context, sentence.start, sentence.end, stated=False)
    _share_years(found, context)
    _share_days(found, context)
    _hold_to_sayings(found, context)
    return found


def _expressions(context: Context, start: int, end: int, stated: bool) -> list[Timex]:
    found: list[Timex] = []
    clean = context.document.clean
    for timex in _readings(context, start, end, stated):
        near = found and _JOINS.fullmatch(clean, found[-1].end, timex.start)
        days = [_WEEKDAY.search(clean, item.start, item.end) for item in (found[-1], timex)] if near else []
        if near and not all(days) and (joined := clock.merge(found[-1], timex)):
            found[-1] = joined
            context.tell(joined)
            continue
        found.append(timex)
        _tell(timex, context)
    return found


def _tell(timex: Timex, context: Context) -> None:
    """What later expressions can count from: a stretch of the calendar that moves the story on."""
    if timex.type not in ("DATE", "TIME") or timex.value.endswith("_REF"):
        return
    if timex.span is None:
        # Nothing counts from a date before one that stays open; in a history the year goes on.
        if timex.value.startswith("BC") or not context.narrative:
            context.tell(None)
        return
    day = context.last.span if context.last else None
    same_day = timex.clock is not None and (timex.span is day or timex.span is context.published)
    if not same_day and not _closes_opening(timex, context) and not _is_aside(timex, context):
        context.tell(timex)


_YEARS = re.compile(r"\b\d{3,4}\b")


def _closes_opening(timex: Timex, context: Context) -> bool:
    """Whether it ends the first range of a history, which then goes on from its beginning: from 1861 to 1865."""
    if not context.narrative or len(context.trail) != 1:
        return False
    opened = context.trail[0].end
    return any(pattern.fullmatch(context.document.clean, opened, timex.start) for pattern in (_RANGE, _ENDED))


def _is_aside(timex: Timex, context: Context) -> bool:
    """Whether it stands in parentheses as a bare year, or as a life or the length of a war: (3 May 1838 - 1901).

    A history that opens with the length of its war, not with a life, begins there.
    """
    clean = context.document.clean
    opens, closes = clean.rfind("(", max(0, timex.start - 60), timex.start), clean.find(")", timex.end, timex.end + 60)
    if opens < 0 or closes < 0 or ")" in clean[opens : timex.start]:
        return False
    years = set(_YEARS.findall(clean, opens, closes))
    before = context.before(opens)
    if context.told is None and before is not None and before.ent != "PERSON":
        return False
    return len(years) > 1 or clean[opens + 1 : closes].strip() in years


def _readings(context: Context, start: int, end: int, stated: bool) -> Iterator[Timex]:
    """What the rules read, in the order of the text: of matches that overlap the longest that its rule accepts."""
    clean = context.document.clean
    text = clean[start:end]
    both = f"{text}\n{text.lower()}"
    candidates = [
        (match.start(), -match.end(), order, match, rule.build)
        for gate, rules in (_BY_GATE_STATED if stated else _BY_GATE)
        if is_open(gate, both)
        for order, rule in rules
        for match in rule.pattern.finditer(clean, start, end)
    ]
    candidates.sort(key=lambda candidate: candidate[:3])
    at = 0
    while at < len(candidates):
        reach, last = -candidates[at][1], at + 1
        while last < len(candidates) and candidates[last][0] < reach:
            reach = max(reach, -candidates[last][1])
            last += 1
        yield from _cluster(context, candidates[at:last])
        at = last


def _cluster(context: Context, candidates: list[_Candidate]) -> list[Timex]:
    """The readings of matches that overlap each other."""
    taken: list[Timex] = []
    for _, _, _, match, build in sorted(candidates, key=lambda item: (item[1] + item[0], item[0], item[2])):
        if all(match.end() <= other.start or match.start() >= other.end for other in taken):
            timex = build(match, context)
            if timex is not None:
                taken += [timex, timex.rest] if timex.rest else [timex]
    return sorted(taken, key=lambda timex: timex.start)


def _share_days(found: list[Timex], context: Context) -> None:
    """In 'at 9:20 (0620 GMT) on Friday' the day belongs to the times before it."""
    for index, time in enumerate(found):
        if not time.clock or time.span is not context.published:
            continue
        day = next(
            (item for item in found[index + 1 :] if item.span and item.span.grain == "D" and not item.clock), None
        )
        if day is not None:
            clock.on(time, day, context.document.identifier(day.start, day.end))


def _hold_to_sayings(found: list[Timex], context: Context) -> None:
    """In 'said on Friday that it fell on Wednesday' the Wednesday is the last one up to that Friday."""
    days = [timex for timex in found if timex.span and timex.span.grain == "D"]
    for timex in days if len(days) > 1 else ():
        bare = timex.anchor == "published" and _BARE_WEEKDAY.fullmatch(context.document.clean, timex.start, timex.end)
        verb = _verb_of(context.token(timex.start)) if bare else None
        saying = _saying_above(verb) if verb is not None else None
        if saying is None or context.direction(timex.start) >= 0:
            continue
        said = next((day.span for day in days if _verb_of(context.token(day.start)) is saying), None)
        if said is None or timex.span is None or timex.span.day <= said.day:
            continue
        held = said.shift(-((said.day.isoweekday() - timex.span.day.isoweekday()) % 7))
        if held is not None:
            timex.value = timex.value.replace(timex.span.value, held.value, 1)
            timex.span, timex.lower, timex.upper = held, held.lower, held.upper


def _verb_of(token: Token | None) -> Token | None:
    """The nearest verb above a token."""
    return next((above for above in token.ancestors() if above.pos in ("VERB", "AUX")), None) if token else None


def _saying_above(verb: Token) -> Token | None:
    """The verb in the past whose content a verb is, itself or as a further verb of it."""
    while verb.dep in ("conj", "xcomp") and verb.head is not verb:
        verb = verb.head
    above = verb.head
    return above if verb.dep == "ccomp" and above.tag in ("VBD", "VBN") else None


_PART = re.compile(r"(?:\d{4}|XXXX)-(\d\d|SP|SU|FA|WI)(?:-(\d\d))?$")


def _of_year(year: int, part: str, number: str | None) -> Span | None:
    """The month, day or season of a year."""
    if not part.isdigit():
        return season(part, year)
    day = make(year, int(part), int(number or 1))
    return Span("D" if number else "M", day) if day else None


def _share_years(found: list[Timex], context: Context) -> None:
    """In 'from January to March 2009' the year belongs to both."""
    for first, second in itertools.pairwise(found):
        known = second.span
        open_year = first.year_open is not None or first.value.startswith("XXXX-")
        if known is None or second.year_open is not None or second.anchor or not open_year or first.type != "DATE":
            continue
        if not _RANGE.fullmatch(context.document.clean, first.end, second.start):
            continue
        part = _PART.match(first.value)
        if part and (span := _of_year(known.day.year, part[1], part[2])):
            first.span, first.value, first.anchor, first.year_open = span, span.value, None, None
            first.lower, first.upper = span.lower, span.upper
