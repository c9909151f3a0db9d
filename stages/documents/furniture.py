"""Furniture: lines that their own words or their neighbours give away, whatever the article is about."""

from __future__ import annotations

import re

from stages.documents import datelines, phrases, pictures
from stages.documents.datelines import DayOrder
from stages.documents.lines import NAME, Zone

_BYLINE = re.compile(
    r"(?:[Bb][Yy]|(?:Edited|Written|Reported|Posted|Published) [Bb]y|Reporting by) "
    rf"{NAME}(?:(?:, | and |, and | & ){NAME})*"
)
_REPORTED = re.compile(
    rf"(?:[A-Z][\w.]+(?: [A-Z][\w.]+)?'s? )?{NAME}(?:(?:, and |, | and ){NAME})* (?:also )?"
    r"(?:reported (?:from|this)|contributed (?:to|reporting|from)|wrote (?:and reported|from)|and .{3,60} contributed)"
)
_AGENCY_BYLINE = re.compile(r"\([A-Z]{2,8}\)(?: ?[-–—]{1,2})?|([A-Z]{2,8}) ?[-–—]{1,2}")
_INITIALS = re.compile(r"[a-z]{2,4}(?:/[a-z]{2,4})+(?: ?\([\w ,./]+\))?")
_CONTACT = re.compile(r"[\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{1,20}){1,4}")
_CONTACT_WORDS = 15
_HANDLE = re.compile(r"@\w{2,30}|[\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{1,20}){1,4}")
_BRACKETED = re.compile(r"\[(?:read|watch|see|related|more|also)\b[^\]]*\]", re.IGNORECASE)
_COUNTER = re.compile(
    r"(?P<picture>image |photo |slide )?(?:page )?\d{1,3} {0,2}(?:/|of) {0,2}\d{1,3}|(?P<more>\+ ?\d{1,3})",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:\[\d{1,3} ?/ ?\d{1,3}\]|(?:item |image |photo |slide )?\d{1,3} of \d{1,3}|(?P<list>list )\d{1,3} of \d{1,3})"
    r" ?[\"'A-Z]"
    r"|list of \d",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"[\d.,]+[KkMm]? ?(?:\w+ )?"
    r"(?:comments?|shares?|likes?|views?|replies|reactions|retweets|votes|items?|photos|images)"
    r"|\d{1,3}[- ]min(?:ute)?s?[- ](?:read|listen|watch)|(?:comments?|shares?|likes?|views?):? ?\(?\d[\d.,]*[KkMm]?\)?"
    r"|(?:listen|watch|play|video|audio|duration)?[·: ]*\d{1,2}(?::\d\d){1,2}",
    re.IGNORECASE,
)
_STAMP = re.compile(r"\d{1,2}:\d\d ?[AaPp]\.?[Mm]\.? ?[·•-] ?\w{3,9}\.? \d{1,2}, \d{4}.{0,30}")
_SHARED = re.compile(r"A post shared by .{1,60}\(@[\w.]{1,30}\).{0,60}")
_PAGES = re.compile(r"(?:\d{1,3} ){2,20}(?:\d{1,3}|\.\.\.|[Nn]ext|[Ll]ast|[ .>»])*")
_POST_LINES = 8
_NAME_WORDS = 5
_THREAD = re.compile(r"(?:\d{1,5} )(?:comments?|responses?|replies|thoughts?)\b.{0,80}:?", re.IGNORECASE)
_PLAYED = re.compile(r"[^.!?]{10,100} \d?\d:\d\d")
_TRAIL = re.compile(r"[\w&' ]{2,40}(?: ?[>»›] ?[\w&' .,:-]{2,80})+|[\w&' ]{2,20}(?: ?[|/] ?[\w&' ]{2,20}){2,6}")
_ADDRESS = re.compile(r"(?:[\w ]{0,20}[: ])?(?:https?://|www\.)\S+")
_FORM = re.compile(
    "|".join(form.pattern for form in (_AMOUNT, _PLAYED, _TRAIL, _ADDRESS, _HANDLE, _PAGES)), re.IGNORECASE
)
"""Lines that are furniture by their form alone."""
_REFERENCE = re.compile(r"(?:\^|↑|\[\d{1,3}\]) ?\S")
_POST = re.compile(r"[-–—]{1,2} ?.{1,80}\(@\w{1,30}\).{0,60}")
_LINK = re.compile(r"https?://\S+|\bpic\.twitter\.com/\w+")
_ADDRESSED = re.compile(r"\b(?:you|your|we|our|us)\b", re.IGNORECASE)
_BYLINE_CHARACTERS = 200
_ROLE_CHARACTERS = 60
_LINE_CHARACTERS = 300

OPENING = frozenset({"related", "end", "comments", "topics", "highlights"})
"""Kinds of the phrase list that open a list of links, of tags, of comments."""
_PICTURE = {"caption_after": "after", "caption_before": "before"}
"""Kinds of the phrase list that are furniture around a picture, with the side its caption stands on."""


def mark(zones: list[Zone], order: DayOrder) -> None:
    """Give their kind to lines that their own words give away: datelines, share bars, links, page numbers."""
    for zone in zones:
        if not zone.kind:
            zone.dateline = datelines.parse(zone.text, order)
            if not zone.dateline and len(zone.text) <= _LINE_CHARACTERS:
                _mark(zone)
            elif zone.dateline:
                zone.kind = "dateline"
                _time_only(zone)
    _posts(zones)
    pictures.captions(zones)


def release(zones: list[Zone]) -> None:
    """No phrase takes all of a text: its sentences are body text where nothing else is, or where it is a correction."""
    corrects = any(zone.note and not zone.kind for zone in zones)
    prose = any(not zone.kind and zone.is_body for zone in zones)
    for zone in zones:
        sentence = zone.kind == "boilerplate" and zone.worded and zone.is_body
        if sentence and ((zone.note and corrects) or (not prose and (zone.note or not _ADDRESSED.search(zone.text)))):
            zone.kind = ""


def _time_only(zone: Zone) -> None:
    """A time without a day does not date a document, but where it says that it is a publication's."""
    line = zone.dateline
    agency = _AGENCY_BYLINE.fullmatch(zone.text)
    if agency and (agency[1] is None or agency[1] in phrases.words("agency")):
        zone.kind, zone.dateline = "byline", None
    elif line and line.timed and not line.dated and not line.labelled:
        zone.kind, zone.dateline, zone.opens = "boilerplate", None, "time"


def _mark(zone: Zone) -> None:
    text = zone.text
    if not zone.words:
        zone.kind = "boilerplate"
    elif _BRACKETED.fullmatch(text):
        zone.kind = "related_link"
    elif counter := _COUNTER.fullmatch(text):
        zone.kind, zone.picture = "boilerplate", "after" if counter["picture"] or counter["more"] else ""
    elif counted := _COUNTED.match(text):
        zone.kind = "related_link" if counted["list"] else "boilerplate"
    elif _AGENCY_BYLINE.fullmatch(text) or _INITIALS.fullmatch(text) or _is_byline(zone):
        zone.kind = "byline"
    elif credit := pictures.bare_credit().fullmatch(text):
        zone.kind, zone.picture = "boilerplate", "after" if credit["one"] else "before"
    elif _THREAD.fullmatch(text):
        zone.kind, zone.opens = "boilerplate", "comments"
    elif kind := phrases.kind_of(text):
        zone.opens = kind if kind in OPENING else ""
        zone.picture = _PICTURE.get(kind, "")
        zone.worded, zone.note = not zone.opens and not zone.picture, kind == "note"
        furnishes = zone.opens or zone.picture or zone.note
        zone.kind = "heading" if kind == "highlights" else "boilerplate" if furnishes else kind
    elif _FORM.fullmatch(text) or _REFERENCE.match(text) or _is_contact(zone):
        zone.kind = "boilerplate"


def _is_contact(zone: Zone) -> bool:
    return len(zone.words) <= _CONTACT_WORDS and not zone.ends_sentence and bool(_CONTACT.search(zone.text))


def _is_byline(zone: Zone) -> bool:
    if len(zone.text) > _BYLINE_CHARACTERS:
        return False
    names = _BYLINE.match(zone.text)
    if names and not zone.ends_sentence and len(zone.text) - names.end() < _ROLE_CHARACTERS:
        return True
    return bool(_REPORTED.match(zone.text))


def _posts(zones: list[Zone]) -> None:
    """A line that signs an embedded post, and the lines of the post above it back to the last full paragraph."""
    for at, zone in enumerate(zones):
        if len(zone.text) > _LINE_CHARACTERS or "@" not in zone.text:
            continue
        if zone.text.startswith("@") and zone.kind:
            _signed_post(zones, at)
        elif _SHARED.fullmatch(zone.text):
            zone.kind = "embed"
            if at and zones[at - 1].text == "View this post on Instagram":
                zones[at - 1].kind = "embed"
        if zone.kind or not is_signature(zone.text):
            continue
        zone.kind = "embed"
        above = at - 1
        if above >= 0 and not zones[above].kind:
            zones[above].kind = "embed"
            while above > 0 and not zones[above - 1].kind and _LINK.search(zones[above - 1].text):
                above -= 1
                zones[above].kind = "embed"


def _signed_post(zones: list[Zone], at: int) -> None:
    """A post under its author's name and handle, down to its time."""
    below = zones[at : at + _POST_LINES]
    end = next((number for number, zone in enumerate(below) if _STAMP.fullmatch(zone.text)), None)
    if end is None:
        return
    above = zones[at - 1 : at] if at and len(zones[at - 1].words) <= _NAME_WORDS else []
    for zone in [*above, *below[: end + 1]]:
        zone.kind, zone.dateline, zone.opens = "embed", None, ""


def is_signature(text: str) -> bool:
    """Whether a line signs a post: — Ada L. (@ada) October 18, 2022; 9:14 AM · Oct 18, 2022"""
    return any(form.fullmatch(text) for form in (_POST, _STAMP, _SHARED))
