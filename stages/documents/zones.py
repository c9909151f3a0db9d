"""Zones: a text cut into title, byline, dateline, paragraphs and what stands around them.

Rules read form and position: length, final punctuation, repetition inside the text, neighbours, and the phrase
list documents_phrases. No zone crosses a line, but for posts. Zones cover all text but white space.
"""

from __future__ import annotations

import re
from itertools import pairwise

from stages.documents import datelines, furniture, head, lines, sections
from stages.documents.datelines import DayOrder
from stages.documents.lines import Zone

__all__ = ["Zone", "cut"]

_FIGURE = re.compile(r"[A-Z][\w ]{2,40}: ?\d[\d,.]*%?")
_QUOTED = re.compile(r'"([^"]{40,})"')
_INTRODUCTION = re.compile(
    r"according to|\bciting\b|\bquot(?:es|ed|ing)\b|\bfollowing\b|\bas follows\b|\bwr(?:ites|ote)\b|\breport(?:s|ed)\b"
    r"|\breads?\b|\bstatement\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:He|She|They|It)\b")
_QUESTION = re.compile(
    r"(?:who|what|why|how|when|where|which|is|are|can|could|will|would|do|does|did|has|have|should)\b", re.IGNORECASE
)
_SAID = re.compile(r"\b(?:said|says|wrote|writes|asked|tweeted|posted):$")
_ADDRESSED = re.compile(r"\b(?:you|your|I|we|our)\b")
_READ_MORE = ("read more", "read more here")
_YEAR = re.compile(r"(?:1[89]|20)\d\d(?:[-–—](?:\d\d|\d{4}))?s?")
_BULLET = re.compile(r"[-–—•*·●▪◦] ?\S")
_INTRODUCTION_CHARACTERS = 250
_HEADING_WORDS = 14
_QUESTION_WORDS = 10
_SCRAP_WORDS = 6
_CAPITALS_WORDS = 5


def cut(text: str, order: DayOrder) -> list[Zone]:
    """The zones of a text, in order, each with its kind (see GUIDELINES of the gold annotation for the kinds).

    Args:
        text: the source text.
        order: the order of day and month in datelines that leave it open.
    """
    zones = list(lines.split(text, order))
    furniture.mark(zones, order)
    head.release(zones)
    furniture.release(zones)
    start = head.start_of_body(zones)
    first = zones[start] if start >= 0 else None
    _dates_in_the_body(zones, start)
    zones = head.title(zones, start)
    start = next((at for at, zone in enumerate(zones) if zone is first), -1)
    head.bylines(zones, start)
    sections.mark(zones, start)
    _pull_quotes(zones)
    head.standfirst(zones, start)
    sections.authors(zones)
    _above_the_headline(zones, start)
    _block_quotes(zones)
    _links_in_the_body(zones, start)
    _body(zones, start)
    return _join_posts(zones)


def _dates_in_the_body(zones: list[Zone], start: int) -> None:
    """A bare date between paragraphs is a heading, or the date of a comment: it does not date the document."""
    last = next((at for at in reversed(range(len(zones))) if not zones[at].kind and zones[at].is_body), -1)
    for zone in zones[max(start, 0) : last]:
        line = zone.dateline
        if line is None or datelines.INLINE.fullmatch(zone.text):
            continue
        if line.timed and not line.dated:
            zone.kind, zone.dateline, zone.opens = "boilerplate", None, "time"
        elif line.dated and not line.labelled:
            zone.kind, zone.dateline, zone.opens = "boilerplate" if line.timed else "", None, "time"


def _above_the_headline(zones: list[Zone], start: int) -> None:
    """What stands above the headline or its last repetition in the head of the page is furniture."""
    titles = [at for at, zone in enumerate(zones[: max(start, 0)]) if zone.kind in ("title", "repeated_title")]
    for zone in zones[: titles[-1]] if titles else []:
        zone.kind = zone.kind or "boilerplate"


def _links_in_the_body(zones: list[Zone], start: int) -> None:
    """A teaser between paragraphs: a line of title form above "Read more", or all in capitals."""
    body = False
    for at, zone in enumerate(zones):
        body = body or zone.is_body
        if at <= start or not body or zone.kind or zone.is_body or len(zone.words) < _CAPITALS_WORDS:
            continue
        after = zones[at + 1].text.lower().rstrip(".: ") if at + 1 < len(zones) else ""
        linked = after in _READ_MORE or (
            at > 1 and zones[at - 1].text.lower().rstrip(".: ") in _READ_MORE and zones[at - 2].is_body
        )
        if linked or (zone.text.isupper() and not zone.ends_sentence):
            zone.kind = "related_link"


def _join_posts(zones: list[Zone]) -> list[Zone]:
    """The lines of one post as one zone; a signature ends it."""
    joined: list[Zone] = []
    for zone in zones:
        last = joined[-1] if joined else None
        if last and zone.kind == last.kind == "embed" and not furniture.is_signature(last.text.rpartition("\n")[2]):
            last.end, last.text = zone.end, f"{last.text}\n{zone.text}"
        else:
            joined.append(zone)
    return joined


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
        quoted = after.text.startswith('"')
        introduces = (
            zone.text.endswith(":")
            and len(zone.text) < _INTRODUCTION_CHARACTERS
            and ((_SAID.search(zone.text) and not quoted) or _INTRODUCTION.search(zone.text))
        )
        opened = zone.text.startswith('"') and not zone.text.endswith('"')
        goes_on = zone.kind == "block_quote" and (_PRONOUN.match(after.text) or (opened and quoted))
        if not after.kind and (after.is_body or quoted) and ((introduces and not zone.kind) or goes_on):
            after.kind = "block_quote"


def _body(zones: list[Zone], start: int) -> None:
    """What is left: paragraphs, headings where body text follows, list items under a heading, and scraps."""
    left = [at for at, zone in enumerate(zones) if not zone.kind]
    follows = False
    for at in reversed(left):
        zone = zones[at]
        if len(left) == 1 or start < 0 or not _is_scrap(zone, above=at < start) or _FIGURE.fullmatch(zone.text):
            zone.kind, follows = "paragraph", True
        elif _BULLET.match(zone.text) and at > start:
            zone.kind = "paragraph"
        elif follows and _is_heading(zones, at, start):
            zone.kind = "heading"
        else:
            zone.kind = "boilerplate"
    _list_items(zones)


def _is_scrap(zone: Zone, *, above: bool) -> bool:
    """No sentence, or what is too short for one above the body."""
    if zone.ends_sentence:
        return (above and len(zone.words) <= _SCRAP_WORDS and not _SAID.search(zone.text)) or _is_question(zone)
    return len(zone.words) <= _HEADING_WORDS


def _is_question(zone: Zone) -> bool:
    if not zone.text.endswith("?") or _ADDRESSED.search(zone.text):
        return False
    return 1 < len(zone.words) <= _QUESTION_WORDS and bool(_QUESTION.match(zone.text))


def _is_heading(zones: list[Zone], at: int, start: int) -> bool:
    zone, after = zones[at], zones[at + 1].kind if at + 1 < len(zones) else ""
    if after in ("byline", "dateline") or (zone.ends_sentence and not _is_question(zone)):
        return False
    if at < start:
        below_furniture = at > 0 and zones[at - 1].kind == "boilerplate" and zones[at - 1].opens != "time"
        return len(zone.words) > 1 and after != "boilerplate" and not below_furniture and _opens_as_heading(zone)
    return _opens_as_heading(zone)


def _opens_as_heading(zone: Zone) -> bool:
    opening = zone.text.lstrip("\"'([")[:1]
    return opening.isupper() or (opening.isdigit() and (len(zone.words) > 2 or bool(_YEAR.fullmatch(zone.text))))


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
