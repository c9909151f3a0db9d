"""A temporal expression, and what its reading depends on: publication, what was spoken of before, tense."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from stages.core.parse import Document, Sentence, Token
from stages.numbers import vocabulary
from stages.numbers.gates import Gate
from stages.numbers.spans import UNKNOWN, Span

DayOrder = Literal["unknown", "day-month", "month-day"]

_CLOCK = re.compile(r"[\d:.]+|[ap]\.?m\.?|[A-Z]{2,4}|noon|midnight")
START = r"(?<![\w$€£/.-])(?<!\d,)"
AFTER_DASH = r"(?<![\w$€£/.])(?<!\d,)"
"""For what no hyphen joins to the word before it: a month with its day, 'this year'."""
END = r"(?![\w])"
_YEAR = re.compile(
    r"(?<![\d.,$£€/-])(?:1\d|20)\d\d(?![\d%]|[.,]\d|\s+[a-z]+s\b)|\b(?:\d{1,4}\s?(?:BC|BCE|B\.C\.|AD|CE)|AD\s?\d{1,4})\b"
)
"""A year as histories write it; not 1400 men."""
_FULL = re.compile(
    rf"\b(?:{vocabulary.MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?|{vocabulary.SEASON})(?:,|\s+of)?\s+\d{{3,4}}\b",
    re.IGNORECASE,
)
"""A month, day or season with its year."""
_NEWS = re.compile(
    r"\b(?:(?-i:today)|yesterday|tomorrow|tonight|(?<!the\s)(?:last|this|next)\s+(?:week|month|year|night)|\d\s+(?:days|weeks|months)\s+ago"
    rf"|{vocabulary.WEEKDAY}(?!,?\s+(?:the\s+)?(?:\d|{vocabulary.MONTH})))\b",
    re.IGNORECASE,
)
"""Words of a text that speaks from its own day. 'Sunday, 7 December' does not."""
_NOW = re.compile(r"\b(?:(?-i:Today)|now|currently|recently)\b", re.IGNORECASE)
"""Words that a history has too: the castle is now a ruin."""


@dataclass
class Timex:
    """A temporal expression (TIMEX3) and the days that it means."""

    start: int
    end: int
    type: str
    value: str
    mod: str | None = None
    lower: date | None = None
    upper: date | None = None
    anchor: str | None = None
    span: Span | None = None
    """The stretch of the calendar, where it is one: later expressions count from it."""
    clock: str | None = None
    """The time of day of a TIME, as TIMEX3 writes it: T15:25, TMO."""
    year_open: Span | None = None
    """The span, where its year was not written but worked out."""
    rest: Timex | None = None
    """A second expression that was read with it: '25' of 'April 24 and 25'."""


@dataclass
class Context:
    """What has been read so far."""

    document: Document
    day_order: DayOrder
    last: Timex | None = None
    """The last expression that lies on the calendar."""
    told: Timex | None = None
    """The last of them that is no longer than a year."""
    trail: list[Timex] = field(default_factory=list)
    """The last few of them; none where the story has left the calendar that we have."""
    era: str = ""
    """BC or AD, where the text has named one: of years without an era."""
    before_christ: int | None = None
    """The year before Christ that the story is in."""
    sentence: Sentence | None = None
    _starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._starts = [token.start for token in self.document.tokens]
        self.published = Span("D", self.document.published) if self.document.published else None
        self.narrative = self._is_narrative()

    def _is_narrative(self) -> bool:
        """Whether the text tells of other years, and hardly ever of the days around its publication: a history."""
        years = [int(re.sub(r"\D", "", year)) for year in _YEAR.findall(self.document.clean)]
        day = self.document.published
        if day is None:
            told = len(set(years)) >= 2 and len(_FULL.findall(self.document.clean)) >= 3
            return told and len(years) >= self._news()
        if any(segment.kind == "dateline" for segment in self.document.segments):
            return False
        old = sum(year <= day.year - 2 for year in years)
        if old < 4 and (old < 2 or any(day.year - 1 <= year <= day.year for year in years)):
            return False
        return 2 * old >= len(years) and old >= self._news()

    def _news(self) -> int:
        """How many years, at least, a text tells of that is a history for all its words of news."""
        return 10 * len(_NEWS.findall(self.document.clean)) + len(_NOW.findall(self.document.clean))

    def origin(self, spoken: bool) -> tuple[Span | None, str | None]:
        """The time that days and months without a year lie around, and its name.

        It is that of publication; for words that point back, and in a history, the date last spoken of.
        """
        if self.told is not None and (spoken or self.narrative):
            return self.told.span, self.document.identifier(self.told.start, self.told.end)
        if self.published is None or self.narrative:
            return None, None
        return self.published, "published"

    def tell(self, timex: Timex | None) -> None:
        """Remember the expression as the one last spoken of; None where it lies on no calendar that we have."""
        self.last = timex
        if timex is not None:
            self.before_christ = None
        self.trail = [*self.trail[-5:], timex] if timex else []
        if timex is None or (timex.span and timex.span.grain not in ("E", "C")):
            self.told = timex

    def token(self, at: int) -> Token | None:
        """The token that holds the character."""
        index = bisect_right(self._starts, at) - 1
        if index < 0 or self.document.tokens[index].end <= at:
            return None
        return self.document.tokens[index]

    def before(self, at: int) -> Token | None:
        """The token before the one that starts at the character, in the same sentence."""
        index = bisect_right(self._starts, at - 1) - 1
        token = self.document.tokens[index] if index >= 0 else None
        return token if token and self.sentence and token.start >= self.sentence.start else None

    def direction(self, at: int) -> int:
        """-1 where the clause around the character is past, 1 where it lies ahead, 0 where neither is said."""
        token = self.token(at)
        before = self.before(at)
        if token is None:
            return 0
        while before is not None and _CLOCK.fullmatch(before.text):
            before = self.before(before.start)
        cue = before.lower if before is not None else ""
        if before is not None and cue in ("on", "in", "last"):
            before = self.before(before.start)
        told = before is not None and before.pos in ("VERB", "AUX") and before.lemma.lower() not in vocabulary.PLAN
        if told and before is not None and before.tag in ("VBD", "VBN") and _tense(before) < 0:
            return -1
        ahead = cue in vocabulary.AHEAD
        fronted = before is not None and before.text[0].isupper()
        inside = token.dep in ("poss", "compound", "nmod")
        for above in token.ancestors():
            # 'Set a record on Friday' plans nothing, 'set for Friday' and 'planned a rally on Friday' do.
            active = above.pos == "VERB" and above.lemma.lower() != "set"
            planned = above.lemma.lower() in vocabulary.PLAN and not above.dependents("prt")
            put_off = cue == "to" and above.lemma.lower() in vocabulary.DEFER
            if put_off or (planned and (active or above.tag in ("VBN", "JJ"))):
                return 1
            if above.pos in ("VERB", "AUX"):
                found = _tense(above) or _is_timetabled(above, token)
                if found > 0 and inside and not _is_subject(token, above):
                    found = 0
                if found:
                    lasting = fronted or any(child.lower in ("had", "not", "n't", "never") for child in above.children)
                    return 1 if cue in ("until", "till") and not lasting else found
        return 1 if ahead else 0


def _is_subject(token: Token, verb: Token) -> bool:
    """Whether the noun that the token qualifies is the subject of the verb."""
    noun = token.head
    return noun.head is verb and noun.dep in ("nsubj", "nsubjpass")


def _tense(verb: Token) -> int:
    """The time that a verb group speaks of; 0 where its form leaves it to the clause above."""
    helpers = [child for child in verb.children if child.dep in ("aux", "auxpass")]
    lower = {helper.lower for helper in helpers}
    if lower & vocabulary.FUTURE or lower & {"'ll", "wo"}:
        return 0 if "have" in lower else 1
    if "to" in lower and (verb.tag == "VB" or "be" in lower):
        # After 'declined to' the clause above decides, after 'agreed to' the act lies ahead.
        above = verb.head.lemma.lower()
        prospect = verb.head is verb or (above in vocabulary.PROSPECT and (above != "be" or verb.dep == "xcomp"))
        return 1 if prospect and "have" not in lower else 0
    if verb.lower in ("is", "are", "'s", "'re", "am") and any(_is_to(child) for child in verb.children):
        return 1
    if verb.tag == "VBD" or any(helper.tag == "VBD" for helper in helpers):
        return -1
    if lower & {"has", "have", "'ve"}:
        return -1
    if verb.tag == "VBN" and not helpers and verb.dep in ("acl", "advcl", "ROOT"):
        return -1
    return 1 if verb.tag == "VBG" and lower & {"is", "are", "'s", "'re", "am"} else 0


def _is_to(verb: Token) -> bool:
    """Whether the verb is what 'are to' announces."""
    return verb.dep == "xcomp" and verb.tag == "VB" and any(child.lower == "to" for child in verb.children)


def _is_timetabled(verb: Token, date: Token) -> bool:
    """Whether a present tells what a timetable holds: 'the board meets Wednesday', 'the vote is on Friday'."""
    # A plain form that goes on from 'have won' is a present.
    plain = verb.tag == "VB" and verb.dep == "conj" and verb.head.tag in ("VBN", "VBD")
    if not (plain or verb.tag in ("VBZ", "VBP")) or verb.sentence.segment.kind in ("title", "heading"):
        return False
    if verb.dependents("aux", "auxpass"):
        return False
    said = [child for child in verb.dependents("acomp", "attr", "ccomp", "expl") if child is not date]
    likely = any(child.lemma.lower() in vocabulary.PROSPECT for child in said)
    return verb.lemma.lower() in vocabulary.TIMETABLE or (verb.lemma.lower() == "be" and (likely or not said))


Builder = Callable[[re.Match[str], Context], Timex | None]


class Rule(NamedTuple):
    """The pattern of an expression, how its match is read, and what a sentence must hold for it to be tried."""

    pattern: re.Pattern[str]
    build: Builder
    needs: Gate


def rule(pattern: str, build: Builder, start: str = START, needs: Gate = ()) -> Rule:
    """A rule whose pattern stands between word boundaries."""
    return Rule(re.compile(f"{start}(?:{pattern}){END}", re.IGNORECASE), build, needs)


def dated(match: re.Match[str], span: Span | None, mod: str | None = None, anchor: str | None = None) -> Timex | None:
    """An expression that is a stretch of the calendar; None where the calendar has no such stretch."""
    if span is None:
        return None
    return Timex(match.start(), match.end(), "DATE", span.value, mod, span.lower, span.upper, anchor, span)


def undated(match: re.Match[str], value: str, mod: str | None = None, kind: str = "DATE") -> Timex:
    """An expression of which the text leaves open where it lies on the calendar."""
    return Timex(match.start(), match.end(), kind, value, mod)


def open_value(grain: str) -> str:
    """The value of a stretch of the calendar of which only the grain is known."""
    return UNKNOWN[grain]


def edge(text: str | None) -> str | None:
    """The modifier of 'early', 'mid-' or 'late'."""
    low = (text or "").lower()
    for word, mod in (("earlier", None), ("later", None), ("early", "START"), ("mid", "MID"), ("late", "END")):
        if word in low:
            return mod
    return None


EDGE = r"(?:(?:very\s+)?(?:early|late)(?:\s+(?:in|on))?[\s-]+|mid[\s-]+|mid(?=[12]\d))"
