"""Lines: a text cut into its lines, and a line cut where two things share it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from stages.core.parse import normalise
from stages.documents import datelines, phrases
from stages.documents.datelines import Dateline, DayOrder

_LINE = re.compile(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")
_WORD = re.compile(r"\w+(?:['.-]\w+)*")
NAME = r"[^\W\d_a-z][\w'.-]*(?: (?:[^\W\d_a-z][\w'.-]*|de|van|von|der|al|bin|el|la|le)){1,4}"
_INLINE_BY = re.compile(rf"By {NAME}:(?=\s)|\([A-Z]{{2,8}}\) ?(?:--|[–—-])(?=\s)")
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]*\b)")
_GLUED_LABEL = re.compile(r"(?<=[a-z\d)])(?=(?:Updated|Published|Posted|Edited by|Written by|Reported by)\b)")
_CREDITED = re.compile(
    rf"(?:[Bb][Yy] {NAME}|(?:Posted|Published|Written|Submitted) by [^\d,.]{{2,40}}) on"
    rf"|[Bb][Yy] {NAME}(?:(?:,| and|, and| /| \|) [^\d,/|]{{2,40}}){{0,3}}[ ,/|–—-]*"
    rf"|{NAME}(?: ?[/|,] ?[^\d,/|]{{2,40}}){{0,3}} ?[/|•·]"
)
_BY_AFTER = re.compile(r"(?:\| )?by [^\s.!?][^.!?]{1,60}", re.IGNORECASE)
_EDITOR = re.compile(r"[|/·• ]*(?:Editor|Author|Writer|Reporter): ?[^.!?]{1,40}")
_DATE_BEGINS = re.compile(
    r"(?<![^\s|/])(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
    r"|publi|first|poste|updat|last|creat|issue|modif|origin)",
    re.IGNORECASE,
)
# References and the tag of an agency may follow the full stop.
_SENTENCE_END = re.compile(
    r"(?:[.!?:…]|\.{3}) ?[\"')\]]*(?:\[\d{1,3}\])*(?: ?\([\w ]{2,20}\)| ?[-–—/]{1,2} ?[A-Z]{2,8}/?)?$"
)
_DIGIT = re.compile(r"\d")
_CREDIT_CHARACTERS = 200
_SUFFIX_WORDS = 6
_NAME_WORDS = 4
_AFTER_BARS = ",|/·•"
_BARS = ("|", "/", "·", "•")
_GLUED_CHARACTERS = 40


@dataclass(slots=True)
class Zone:
    """A stretch of the text and what it is; `kind` is '' as long as no rule has decided."""

    start: int
    end: int
    text: str
    """Normalised."""
    kind: str = ""
    dateline: Dateline | None = None
    picture: str = ""
    """Of furniture around a picture: whether its caption comes before or after it, or is this."""
    opens: str = ""
    """Of furniture: the list that it opens."""
    worded: bool = False
    """Whether its kind comes from the phrase list, which a headline or a sentence can match too."""
    note: bool = False
    """Whether it is furniture that says something of the report: a correction, a clarification."""
    _words: list[str] | None = field(default=None, repr=False)
    _ends: bool | None = field(default=None, repr=False)

    @property
    def words(self) -> list[str]:
        """In lower case."""
        if self._words is None:
            self._words = [word.lower() for word in _WORD.findall(self.text)]
        return self._words

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends as a sentence does, a reference after it left aside."""
        if self._ends is None:
            self._ends = bool(_SENTENCE_END.search(self.text, max(0, len(self.text) - _END_CHARACTERS)))
        return self._ends

    @property
    def is_body(self) -> bool:
        """Whether it looks like body text."""
        return self.ends_sentence and len(self.words) >= _BODY_WORDS


_BODY_WORDS = 6
_END_CHARACTERS = 40


def split(text: str, order: DayOrder) -> Iterator[Zone]:
    """The lines of a text; opening bylines and datelines, and related links glued to a paragraph, by themselves."""
    whole = list(_lines(text))
    dated = _date_that_opens(whole)
    for zone in whole:
        if dated and zone is dated[0]:
            yield part(zone, 0, dated[1])
            yield part(zone, dated[1], len(zone.text))
        elif len(zone.text) <= _CREDIT_CHARACTERS and (parts := list(_cut_credits(zone, order))):
            yield from parts
        elif match := _INLINE_BY.match(zone.text):
            yield part(zone, 0, match.end(), "byline")
            yield part(zone, match.end(), len(zone.text))
        elif (match := datelines.INLINE.match(zone.text)) and match.end() < len(zone.text):
            yield part(zone, 0, match.end())
            yield part(zone, match.end(), len(zone.text))
        elif (glued := _glued(zone.text)) is not None:
            yield part(zone, 0, glued, "related_link")
            yield part(zone, glued, len(zone.text))
        else:
            yield zone


def _date_that_opens(whole: list[Zone]) -> tuple[Zone, int] | None:
    """The only paragraph that opens with a bare date, and where the date ends; several are a chronology."""
    found = [(zone, match.end()) for zone in whole if (match := datelines.BARE.match(zone.text))]
    if len(found) != 1 or found[0][1] == len(found[0][0].text):
        return None
    above = whole[: whole.index(found[0][0])]
    return None if any(zone.is_body for zone in above) else found[0]


def _glued(text: str) -> int | None:
    """Where a related link runs into a paragraph."""
    glued = _GLUED.search(text)
    if glued is None or len(text) - glued.start() < _GLUED_CHARACTERS:
        return None
    return glued.start() if phrases.kind_of(text[: glued.start()]) == "related_link" else None


def part(zone: Zone, start: int, end: int, kind: str = "") -> Zone:
    """A part of a zone, without the white space around it."""
    text = zone.text[start:end]
    left = start + len(text) - len(text.lstrip())
    body = text.strip()
    return Zone(zone.start + left, zone.start + left + len(body), body, kind)


def _lines(text: str) -> Iterator[Zone]:
    clean = normalise(text)
    for match in _LINE.finditer(text):
        line = clean[match.start() : match.end()]
        body = line.strip()
        if body:
            start = match.start() + len(line) - len(line.lstrip())
            yield Zone(start, start + len(body), body)


def _cut_credits(zone: Zone, order: DayOrder) -> Iterator[Zone]:
    """The parts of a line in which author, date and furniture run into each other; none where they do not."""
    cuts = [match.start() for match in _GLUED_LABEL.finditer(zone.text)]
    if cuts:
        for start, end in pairwise([0, *cuts, len(zone.text)]):
            yield part(zone, start, end)
        return
    dated = _DIGIT.search(zone.text) and "://" not in zone.text
    for match in _DATE_BEGINS.finditer(zone.text) if dated else ():
        line, end = datelines.scan(zone.text, match.start(), order)
        if line is None or not line.dated:
            continue
        before, after = zone.text[: match.start()].strip(), zone.text[end:].strip()
        signed = bool(before) and bool(_CREDITED.fullmatch(before)) and not before.endswith(".")
        headed = before in _BARS or (before[-1:] in _BARS and phrases.kind_of(before) == "boilerplate")
        if (before and not signed and not headed) or not (before or after) or not _hangs_on(after, signed=signed):
            break
        if before:
            yield part(zone, 0, match.start(), "byline" if signed else "boilerplate")
        yield part(zone, match.start(), end)
        if after:
            signs = _BY_AFTER.fullmatch(after) or _EDITOR.fullmatch(after)
            yield part(zone, end, len(zone.text), "byline" if signs else "")
        return
    if zone.text.startswith("|") and len(zone.text) > 1:
        yield part(zone, 0, 1)
        yield part(zone, 1, len(zone.text))


def _hangs_on(after: str, *, signed: bool) -> bool:
    """Whether what follows a date in its line is no sentence that goes on: nothing, an author, furniture."""
    if (
        not after
        or _EDITOR.fullmatch(after)
        or _BY_AFTER.fullmatch(after)
        or phrases.kind_of(after) not in ("", "related_link")
    ):
        return True
    most = _SUFFIX_WORDS if signed else _NAME_WORDS if after[0] in _AFTER_BARS else 0
    return len(after.split()) <= most and not after.endswith((".", "?", "!"))
