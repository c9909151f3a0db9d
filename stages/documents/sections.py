"""Sections: lists of links, tags and comments, which a line of furniture opens, and what stands below an article."""

from __future__ import annotations

import re

from stages.documents.lines import Zone

_TAG_WORDS = 5
_TAGS = 15
_LINK_WORDS = 3
_LINKS = 12
_LINK_LIMIT = 30
_POINTS = 8
_COMMENT = re.compile(
    r".{1,60}(?: says:?| said\.\.\.| said:| wrote:| commented:?)|reply|report|(?:up|down)vote|like|anonymous"
    r"|.{0,40}\bat \d{1,2}:\d\d.{0,12}|.{0,40}\b(?:minute|hour|day|week|month|year)s? ago",
    re.IGNORECASE,
)
_COMMENTS_LOOKED_AT = 8
_BIO = re.compile(
    r"(?:is|was) (?:an?|the) (?:[\w'-]+,? ){0,5}(?:reporter|correspondent|writer|editor|columnist|journalist|fellow"
    r"|professor|author|contributor)\b"
    r"|(?:has )?(?:covers|covered|reports|writes|blogs|tweets) (?:on|about|for|from|[\w ]{3,30} (?:for|from|since))\b"
)
_BIO_WORDS = 60


def mark(zones: list[Zone], start: int) -> None:
    """Give their kind to the lines of lists, and to all below the line that ends the article."""
    bodies = [not zone.kind and zone.is_body for zone in zones]
    below = [0] * (len(zones) + 1)
    for at in reversed(range(len(zones))):
        below[at] = below[at + 1] + bodies[at]
    for at, zone in enumerate(zones):
        if zone.opens == "topics":
            _tags(zones, at + 1)
        elif zone.opens == "highlights":
            _points(zones, at, start)
        elif not zone.opens or at <= start or start < 0:
            continue
        elif zone.opens == "related":
            _links(zones, at + 1)
        elif zone.opens == "comments" and (below[at] == 0 or _are_comments(zones[at + 1 :][:_COMMENTS_LOOKED_AT])):
            _furnish(zones, at + 1, links=False)
            return
        elif zone.opens == "end" and below[at] * 2 <= below[0]:
            _furnish(zones, at + 1, links=True)
            return


def _tags(zones: list[Zone], at: int) -> None:
    for zone in zones[at : at + _TAGS]:
        if zone.kind or zone.ends_sentence or len(zone.words) > _TAG_WORDS:
            return
        zone.kind = "boilerplate"


def _points(zones: list[Zone], at: int, start: int) -> None:
    """The points of a summary are body text; what stands alone between a dateline and them belongs to a picture."""
    points: list[Zone] = []
    for zone in zones[at + 1 : at + 1 + _POINTS]:
        if zone.dateline or zone.kind == "byline" or (zone.is_body and points):
            break
        if not zone.kind and len(zone.words) >= _LINK_WORDS:
            points.append(zone)
    zones[at].kind = "heading" if points else "boilerplate"
    for zone in points:
        zone.kind = "paragraph"
    if points and start < at and at > 1 and not zones[at - 1].kind and zones[at - 2].dateline:
        zones[at - 1].kind = "boilerplate"


def _links(zones: list[Zone], at: int) -> None:
    """Lines of title form, with the dates and scraps between them, up to the next paragraph."""
    for zone in zones[at : at + _LINKS * 3]:
        if zone.opens == "time":
            zone.kind = "boilerplate"
        elif zone.dateline or zone.kind in ("boilerplate", "byline"):
            if zone.dateline:
                zone.kind, zone.dateline = "boilerplate", None
            elif zone.opens:
                return
        elif zone.kind or _goes_on(zone):
            return
        else:
            zone.kind = "related_link" if len(zone.words) >= _LINK_WORDS else "boilerplate"


def _goes_on(zone: Zone) -> bool:
    return (zone.is_body and not zone.text.endswith("?")) or len(zone.words) > _LINK_LIMIT


def _are_comments(zones: list[Zone]) -> bool:
    return any(_COMMENT.fullmatch(zone.text) for zone in zones if len(zone.text) <= 120)


def _furnish(zones: list[Zone], at: int, *, links: bool) -> None:
    for zone in zones[at:]:
        dated = zone.dateline is not None and not zone.dateline.labelled
        if not zone.kind or zone.kind == "heading" or dated:
            title = links and not zone.is_body and len(zone.words) > _LINK_WORDS and not dated
            zone.kind, zone.dateline = "related_link" if title else "boilerplate", None


def authors(zones: list[Zone]) -> None:
    """What is said of the author beside a byline or below the article, and names of authors again."""
    names = {name for zone in zones if zone.kind == "byline" for name in _names(zone.text)}
    last = next((at for at in reversed(range(len(zones))) if not zones[at].kind and zones[at].is_body), len(zones))
    for at, zone in enumerate(zones):
        if zone.kind or len(zone.words) > _BIO_WORDS or not zone.words:
            continue
        beside = any(0 <= near < len(zones) and zones[near].kind == "byline" for near in (at - 1, at + 1))
        if zone.text in names:
            zone.kind = "byline"
        elif (beside or at >= last) and _is_bio(zone.text, names):
            zone.kind = "boilerplate"


def _names(text: str) -> list[str]:
    return re.findall(r"[A-Z][\w'-]+(?: [A-Z][\w.'-]*)* [A-Z][\w'-]+", text.removeprefix("By "))


def _is_bio(text: str, names: set[str]) -> bool:
    said = _BIO.search(text, 0, 160)
    return bool(said) and (
        any(text.startswith(name) for name in names)
        or bool(re.match(r"(?:[A-Z][\w.'-]+ ){2,3}(?:is|was|has|covers|reports|writes)\b", text))
    )
