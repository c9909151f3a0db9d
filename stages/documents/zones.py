"""Zones: a text cut into title, byline, dateline, paragraphs and what stands around them.

Rules read form and position: length, final punctuation, repetition inside the text, neighbours, and the phrase
list documents_phrases. No zone crosses a line, but for posts. Zones cover all text but white space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from stages.core import lexicon
from stages.core.parse import normalise
from stages.documents import datelines
from stages.documents.datelines import Dateline, DayOrder

_LINE = re.compile(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")
_WORD = re.compile(r"\w+(?:['.-]\w+)*")
_NAME = r"[^\W\d_a-z][\w'.-]*(?: (?:[^\W\d_a-z][\w'.-]*|de|van|von|der|al|bin|el|la|le)){1,4}"
_BY = re.compile(
    rf"(?:By|Edited by|Written by|Reported by|Reporting by) (?P<names>{_NAME}(?:(?:, | and |, and ){_NAME})*)"
)
_NAMES = re.compile(rf"{_NAME}(?:(?:, | and ){_NAME})?")
_FOLLOWED_BY = re.compile(rf"By {_NAME}")
_INLINE_BY = re.compile(rf"By {_NAME}:(?=\s)|\([A-Z]{{2,8}}\) ?(?:--|[–—-])(?=\s)")
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]*\b)")
_POST = re.compile(r"[-–—]{1,2} ?.{1,80}\(@\w{1,30}\).{0,40}")
_LINK = re.compile(r"https?://\S+|\bpic\.twitter\.com/\w+")
_COUNTER = re.compile(r"(?P<picture>image |photo |slide )?(?:page )?\d{1,3} {0,2}(?:/|of) {0,2}\d{1,3}", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:\b(?:Credit|Photo(?:graph)?(?: by)?|Picture|Image):? [^.]{3,80}"
    r"|[/(|] ?(?:AP|AFP|EPA|Reuters|Getty(?: Images)?|Bloomberg)(?: Photo)?(?:/[\w ]+)?\)?"
    r"|\s(?:\.\.\. more|less))$"
)
_AGENCY = re.compile(r"(?:AP|AFP|EPA|Reuters|Getty Images|Bloomberg)(?: Photo)?")
_GLUED_LABEL = re.compile(r"(?<=[a-z\d)])(?=(?:Updated|Published|Posted|Edited by|Written by|Reported by)\b)")
_SENTENCE_END = re.compile(r"[.!?:] ?[\"')\]]*$|\.{3}$")
_FIGURE = re.compile(r"[A-Z][\w ]{2,40}: ?\d[\d,.]*%?")
_BRACKETED = re.compile(r"\[(?:read|watch|see|related|more|also)\b[^\]]*\]", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]{40,})"')
_INTRODUCTION = re.compile(
    r"according to|\bciting\b|\bquot(?:es|ed|ing)\b|\bfollowing\b|\bas follows\b|\bwr(?:ites|ote)\b|\breport(?:s|ed)\b"
    r"|\breads?\b|\bstatement\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:He|She|They|It)\b")
_TITLE_CHARACTERS = 200
_HEADING_WORDS = 14
_SCRAP_WORDS = 6
_SHORT_WORDS = 4
_PHRASE_CHARACTERS = 300
_FURNITURE_CHARACTERS = 120


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
    """Of furniture around a picture: whether its caption comes before or after it."""

    @property
    def words(self) -> list[str]:
        return [word.lower() for word in _WORD.findall(self.text)]

    @property
    def ends_sentence(self) -> bool:
        return bool(_SENTENCE_END.search(self.text))


def cut(text: str, order: DayOrder) -> list[Zone]:
    """The zones of a text, in order, each with its kind (see GUIDELINES of the gold annotation for the kinds).

    Args:
        text: the source text.
        order: the order of day and month in datelines that leave it open.
    """
    zones = list(_cut_inline(_lines(text), order))
    _furniture(zones, order)
    _posts(zones)
    _captions(zones)
    _dates_in_the_body(zones)
    zones = _title(zones)
    _bylines(zones)
    _pull_quotes(zones)
    _block_quotes(zones)
    _body(zones)
    return _join_posts(zones)


def _lines(text: str) -> Iterator[Zone]:
    clean = normalise(text)
    for match in _LINE.finditer(text):
        line = clean[match.start() : match.end()]
        body = line.strip()
        if body:
            start = match.start() + len(line) - len(line.lstrip())
            yield Zone(start, start + len(body), body)


def _cut_inline(zones: Iterator[Zone], order: DayOrder) -> Iterator[Zone]:
    """Cut what shares its line with something else: an opening byline, a related link glued to a paragraph."""
    for zone in zones:
        if len(zone.text) <= 200 and (parts := list(_cut_credits(zone, order))):
            yield from parts
        elif match := _INLINE_BY.match(zone.text):
            yield _part(zone, 0, match.end(), "byline")
            yield _part(zone, match.end(), len(zone.text))
        elif (match := datelines.INLINE.match(zone.text)) and match.end() < len(zone.text):
            yield _part(zone, 0, match.end())
            yield _part(zone, match.end(), len(zone.text))
        elif (glued := _GLUED.search(zone.text)) and _phrase(zone.text[: glued.start()]) == "related_link":
            yield _part(zone, 0, glued.start(), "related_link")
            yield _part(zone, glued.start(), len(zone.text))
        else:
            yield zone


def _cut_credits(zone: Zone, order: DayOrder) -> Iterator[Zone]:
    """The parts of a line in which author, date and furniture run into each other; none where they do not."""
    cuts = [match.start() for match in _GLUED_LABEL.finditer(zone.text)]
    if zone.text.startswith("|") and len(zone.text) > 1:
        cuts = [1]
    elif by := _FOLLOWED_BY.match(zone.text):
        # "By Ada Lovelace March 18 at 3:57 PM Follow @ada": the longest dateline after the names.
        starts = [match.start() for match in re.finditer(r"(?<= )\S", zone.text)]
        spans = [(a, b) for a in starts if a > 3 for b in [*starts, len(zone.text) + 1] if b > a]
        dated = [(a, b) for a, b in spans if (line := datelines.parse(zone.text[a : b - 1], order)) and line.dated]
        if dated and by.end() >= min(a for a, _ in dated) - 1:
            start = min(a for a, _ in dated)
            end = max(b for a, b in dated if a == start)
            cuts = [start, *([end] if end < len(zone.text) else [])]
    if cuts:
        bounds = [0, *cuts, len(zone.text)]
        yield from (_part(zone, start, end) for start, end in pairwise(bounds))


def _part(zone: Zone, start: int, end: int, kind: str = "") -> Zone:
    text = zone.text[start:end]
    left = start + len(text) - len(text.lstrip())
    body = text.strip()
    return Zone(zone.start + left, zone.start + left + len(body), body, kind)


def _furniture(zones: list[Zone], order: DayOrder) -> None:
    """Lines that their own words give away: datelines, share bars, links, page numbers."""
    for zone in zones:
        if zone.kind:
            continue
        zone.dateline = datelines.parse(zone.text, order)
        if zone.dateline:
            zone.kind = "dateline"
        elif _BRACKETED.fullmatch(zone.text):
            zone.kind = "related_link"
        elif not zone.words:
            zone.kind = "boilerplate"
        elif counter := _COUNTER.fullmatch(zone.text):
            zone.kind, zone.picture = "boilerplate", "after" if counter["picture"] else ""
        elif _AGENCY.fullmatch(zone.text):
            zone.kind, zone.picture = "boilerplate", "after"
        else:
            zone.kind = _phrase(zone.text)
            if zone.kind in _PICTURE:
                zone.kind, zone.picture = "boilerplate", _PICTURE[zone.kind]


@dataclass(frozen=True)
class _Phrases:
    """The phrase list, by the way its entries match."""

    line: dict[str, str]
    """Kind by whole line."""
    short: dict[str, str]
    """Kind by the first word of a line of a few words."""
    start: dict[str, list[tuple[str, str]]]
    """Phrases that begin a line, with their kind, by their first characters."""
    within: dict[str, str]


_KEY = 3
"""Characters by which phrases that begin a line are looked up."""


@cache
def _phrases() -> _Phrases:
    found = _Phrases({}, {}, {}, {})
    for row in lexicon.load("documents_phrases"):
        phrase, kind = row["phrase"], row["kind"]
        if kind == "dateline":
            continue
        if row["match"] == "start":
            found.start.setdefault(phrase[:_KEY], []).append((phrase, kind))
        else:
            {"line": found.line, "short": found.short, "within": found.within}[row["match"]][phrase] = kind
    return found


def _phrase(text: str) -> str:
    """The kind that the phrase list gives a line, or ''."""
    if len(text) > _PHRASE_CHARACTERS:
        return ""
    low, phrases = text.lower(), _phrases()
    if kind := phrases.line.get(low.rstrip(" .:!…")):
        return kind
    for phrase, kind in phrases.start.get(low[:_KEY], ()):
        if low.startswith(phrase) and not low[len(phrase) :][:1].isalpha():
            # A sentence may well begin with "More on" or "Related".
            sentence = _SENTENCE_END.search(low) if kind == "related_link" else len(low) >= _FURNITURE_CHARACTERS
            if not sentence:
                return kind
    if " " not in low:
        return phrases.short.get(low, "")
    if kind := next((kind for phrase, kind in phrases.within.items() if phrase in low), ""):
        return kind
    words = low.split()
    return phrases.short.get(words[0].strip(".:"), "") if len(words) <= _SHORT_WORDS else ""


_PICTURE = {"caption_after": "after", "caption_before": "before"}
"""Kinds of the phrase list that are furniture around a picture, with the side its caption stands on."""


def _captions(zones: list[Zone]) -> None:
    """Captions stand beside the furniture of a picture, or end in a credit."""
    for at, zone in enumerate(zones):
        before = zones[at - 1].picture if at else ""
        after = zones[at + 1].picture if at + 1 < len(zones) else ""
        if not zone.kind and (before == "after" or after == "before" or _CREDIT.search(zone.text)):
            zone.kind = "boilerplate"


def _dates_in_the_body(zones: list[Zone]) -> None:
    """A bare date between paragraphs is a heading, or the date of a comment: it does not date the document."""
    body = [at for at, zone in enumerate(zones) if not zone.kind and _is_body(zone)]
    for at, zone in enumerate(zones):
        line = zone.dateline
        opens = bool(datelines.INLINE.fullmatch(zone.text))
        if line and line.dated and not line.labelled and not opens and body and body[0] < at < body[-1]:
            zone.kind, zone.dateline = "", None


def _posts(zones: list[Zone]) -> None:
    """A line that signs an embedded post, and the lines of the post above it back to the last full paragraph."""
    for at, zone in enumerate(zones):
        if zone.kind or not _POST.fullmatch(zone.text):
            continue
        zone.kind = "embed"
        above = at - 1
        if above >= 0 and not zones[above].kind:
            zones[above].kind = "embed"
            while above > 0 and not zones[above - 1].kind and _LINK.search(zones[above - 1].text):
                above -= 1
                zones[above].kind = "embed"


def _join_posts(zones: list[Zone]) -> list[Zone]:
    """The lines of one post as one zone; a signature ends it."""
    joined: list[Zone] = []
    for zone in zones:
        last = joined[-1] if joined else None
        if last and zone.kind == last.kind == "embed" and not _POST.fullmatch(last.text.rpartition("\n")[2]):
            last.end, last.text = zone.end, f"{last.text}\n{zone.text}"
        else:
            joined.append(zone)
    return joined


def _title(zones: list[Zone]) -> list[Zone]:
    """The headline is the first line of title form before the body; its repetitions go with it.

    Returns:
        The zones, cut where a repetition hangs on the end of a line.
    """
    start = next((at for at, zone in enumerate(zones) if not zone.kind and _is_body(zone)), -1)
    title = next((zone for zone in zones[: start + 1] if not zone.kind and _is_title(zone)), None)
    if title is None or not any(not zone.kind and zone is not title and _is_body(zone) for zone in zones[start:]):
        return zones
    title.kind = "title"
    words = f" {' '.join(title.words)} "
    parted: list[Zone] = []
    for zone in zones:
        lead = len(zone.text) - len(title.text)
        if not zone.kind and len(zone.words) >= 3 and f" {' '.join(zone.words)} " in words:
            zone.kind = "repeated_title"
            parted.append(zone)
        elif not zone.kind and 0 < lead <= 60 and zone.text.endswith(title.text):
            parted += [_part(zone, 0, lead, "boilerplate"), _part(zone, lead, len(zone.text), "repeated_title")]
        else:
            parted.append(zone)
    # What stands above the headline or its last repetition in the head of the page is furniture.
    last = max(at for at, zone in enumerate(parted) if zone.kind in ("title", "repeated_title"))
    first = next((at for at, zone in enumerate(parted) if not zone.kind and _is_body(zone)), len(parted))
    for zone in parted[:last] if last < first else []:
        zone.kind = zone.kind or "boilerplate"
    return parted


def _is_title(zone: Zone) -> bool:
    return (
        len(zone.words) >= 3
        and len(zone.text) <= _TITLE_CHARACTERS
        and (not zone.ends_sentence or zone.text.endswith(("?", "?'", '?"', "U.S.", "U.N.", "U.K.")))
    )


def _is_body(zone: Zone) -> bool:
    return zone.ends_sentence and len(zone.words) >= 6


def _bylines(zones: list[Zone]) -> None:
    """'By' and names; names alone beside a dateline; what hangs on a bar after one."""
    for at, zone in enumerate(zones):
        if zone.kind or len(zone.text) > 150:
            continue
        beside = [zones[near].kind for near in (at - 1, at + 1) if 0 <= near < len(zones)]
        names = _BY.match(zone.text)
        after_bar = at > 0 and zones[at - 1].text == "|" and len(zone.words) <= 4
        if (
            (names and not zone.ends_sentence and len(zone.text) - names.end() < 60)
            or ("dateline" in beside and _NAMES.fullmatch(zone.text))
            or after_bar
        ):
            zone.kind = "byline"


def _pull_quotes(zones: list[Zone]) -> None:
    """A line that is little more than a quotation which stands again in a later, longer line."""
    last: dict[str, int] = {}
    """Where a quotation stands for the last time, by the position of the zone."""
    quotations: list[list[str]] = [[] if zone.kind else _QUOTED.findall(zone.text) for zone in zones]
    for at, quotes in enumerate(quotations):
        last.update(dict.fromkeys(quotes, at))
    for at, (zone, quotes) in enumerate(zip(zones, quotations, strict=True)):
        if quotes and sum(map(len, quotes)) >= len(zone.text) * 0.6 and last[quotes[0]] > at:
            again = zones[last[quotes[0]]]
            if len(again.text) > len(zone.text):
                zone.kind = "pull_quote"


def _block_quotes(zones: list[Zone]) -> None:
    """Text of another publication after a line that introduces it and ends in a colon.

    It goes on over lines that open with a pronoun, whose antecedent then stands in the quoted text.
    """
    for zone, after in pairwise(zones):
        introduces = zone.text.endswith(":") and len(zone.text) < 250 and _INTRODUCTION.search(zone.text)
        goes_on = zone.kind == "block_quote" and _PRONOUN.match(after.text)
        if not after.kind and _is_body(after) and ((introduces and not zone.kind) or goes_on):
            after.kind = "block_quote"


def _body(zones: list[Zone]) -> None:
    """What is left: paragraphs, headings where body text follows, list items under a heading, and scraps."""
    left = [at for at, zone in enumerate(zones) if not zone.kind]
    start = next((at for at in left if _is_body(zones[at]) and len(zones[at].words) > _SCRAP_WORDS), None)
    follows = False
    for at in reversed(left):
        zone, after = zones[at], zones[at + 1].kind if at + 1 < len(zones) else ""
        short = len(zone.words) <= _HEADING_WORDS and not zone.ends_sentence
        head = start is not None and at < start and not zone.text.endswith(":")
        scrap = short or (head and len(zone.words) <= _SCRAP_WORDS)
        if len(left) == 1 or not scrap or _FIGURE.fullmatch(zone.text):
            zone.kind, follows = "paragraph", True
        elif start is None:
            zone.kind = "paragraph"
        elif not follows or not short or after in ("byline", "dateline") or (head and after == "boilerplate"):
            zone.kind = "boilerplate"
        else:
            zone.kind = "heading" if zone.text[0].isupper() and len(zone.words) > 1 else "boilerplate"
    _list_items(zones)


def _list_items(zones: list[Zone]) -> None:
    """Lines without a full stop, several in a row under a heading, are the items of a list: body text."""
    run: list[Zone] = []
    for zone in [*zones, Zone(0, 0, "")]:
        if zone.kind == "heading":
            run.append(zone)
            continue
        if len(run) > 2:
            for item in run[1:]:
                item.kind = "paragraph"
        run = []
