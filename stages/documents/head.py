"""The head of a page: headline, what repeats it, authors and standfirst, up to the first paragraph."""

from __future__ import annotations

import re
from itertools import pairwise

from stages.documents import phrases
from stages.documents.lines import NAME, Zone, part

_TITLE_CHARACTERS = 200
_TITLE_WORDS = 3
_SENTENCE_WORDS = 6
"""Of a headline with a full stop."""
_HEAD_LINES = 80
"""Lines above the first paragraph that are looked at."""
_HEAD_PARAGRAPHS = 2
"""Standfirst and picture texts that can look like body text above a byline or dateline."""
_BODY_LINES = 40
_STEM = 5
_LEAST_STEM = 4
_LEAST_SHARED = 2
_LEAST_SHARE = 0.4
"""Of the words that the best line shares, how many a line above it needs."""
_ROLE_WORDS = 9
_REPEATED_WORDS = 3
_STANDFIRST_WORDS = (5, 25)
"""More are a paragraph."""
_ALTERNATIVE_WORDS = 20
_POINT_WORDS = 3
_NAMES = re.compile(
    rf"(?!The )@?{NAME}(?:(?:, | and |, and | & ){NAME})*"
    r"(?:,? in [A-Z][\w.'-]+(?:,? (?:and )?[A-Z][\w.'-]+){0,4})?(?:,? [A-Z]{2,4})?"
)
_BY_ALONE = ("by", "written by", "words by", "story by")
_BY = re.compile(r"[Bb]y [A-Z][\w/&.-]{1,30}(?: [A-Z][\w/&.-]{1,30}){0,3}")
_OPEN_ENDS = ("?", "?'", '?"', "!", "U.S.", "U.N.", "U.K.", "D.C.")


def start_of_body(zones: list[Zone]) -> int:
    """Where the first paragraph stands: below the last byline or dateline of the head; -1 where there is none."""
    bodies = [at for at, zone in enumerate(zones[: _HEAD_LINES * 2]) if not zone.kind and zone.is_body]
    if not bodies:
        return next((at for at, zone in enumerate(zones) if not zone.kind and zone.is_body), -1)
    first = bodies[0]
    for at in range(first, min(len(zones), first + 20)):
        above = sum(body < at for body in bodies)
        if above > _HEAD_PARAGRAPHS:
            break
        below = next((body for body in bodies if body > at), None)
        if _heads(zones, at) and below is not None and len(bodies) - above >= _HEAD_PARAGRAPHS:
            first = below
    return bodies[1] if first == bodies[0] and _is_picture_text(zones, bodies) else first


def _is_picture_text(zones: list[Zone], bodies: list[int]) -> bool:
    """What looks like the first paragraph describes a picture: a date stands above it, and a headline only below it."""
    if len(bodies) <= _HEAD_PARAGRAPHS or len(zones[bodies[0]].words) > _ALTERNATIVE_WORDS:
        return False
    above, between = zones[: bodies[0]], zones[bodies[0] + 1 : bodies[1]]
    if any(not zone.kind and _is_title(zone) for zone in above) or not any(zone.dateline for zone in above):
        return False
    return any(zone.kind == "boilerplate" for zone in between) and any(
        not zone.kind and _is_title(zone) for zone in between
    )


def _heads(zones: list[Zone], at: int) -> bool:
    """Whether a line belongs above an article: who wrote it, or when it was published, surely not a heading."""
    zone = zones[at]
    if zone.kind == "byline":
        return zone.text[:3].lower() == "by " or bool(at + 1 < len(zones) and zones[at + 1].dateline)
    line = zone.dateline
    if line is None or not line.dated:
        return False
    beside = at > 0 and zones[at - 1].kind == "byline"
    return line.labelled or (line.timed and line.day is not None) or beside


def release(zones: list[Zone]) -> None:
    """A headline that says it is a correction or clarification is no furniture, where no other stands above it."""
    for zone in zones[:_HEAD_LINES]:
        if zone.note and zone.kind and _is_title(zone):
            zone.kind = ""
            return
        if not zone.kind and (zone.is_body or _is_title(zone)):
            return


def title(zones: list[Zone], start: int) -> list[Zone]:
    """Find the headline: the first line of title form above the body that shares its words with the body.

    Its repetitions go with it, and what stands above them is furniture.

    Returns:
        The zones, cut where a repetition hangs on the end of a line.
    """
    found = _headline(zones, start)
    if found is None or not any(not zone.kind and zone is not found and zone.is_body for zone in zones[start:]):
        return zones
    found.kind = "title"
    words = f" {' '.join(found.words)} "
    parted: list[Zone] = []
    for zone in zones:
        lead = len(zone.text) - len(found.text)
        if not zone.kind and len(zone.words) >= _REPEATED_WORDS and f" {' '.join(zone.words)} " in words:
            zone.kind = "repeated_title"
            parted.append(zone)
        elif not zone.kind and 0 < lead <= 60 and zone.text.endswith(found.text):
            parted += [part(zone, 0, lead, "boilerplate"), part(zone, lead, len(zone.text), "repeated_title")]
        else:
            parted.append(zone)
    return parted


def _headline(zones: list[Zone], start: int) -> Zone | None:
    if start < 0:
        return None
    opening = zones[0]
    last = max(0, start + 1 - _HEAD_LINES)
    candidates = [
        zone
        for zone, after in pairwise([*zones[last : start + 1], Zone(0, 0, "")])
        if not zone.kind and _is_title(zone) and (zone is opening or not _runs_on(after))
    ]
    stems = {stem for zone in zones[start:][:_BODY_LINES] if not zone.kind and zone.is_body for stem in _stems(zone)}
    if not candidates:
        short = not opening.kind and _TITLE_WORDS <= len(opening.words) <= _SENTENCE_WORDS and opening.text[-1] == "."
        worded = opening.worded and opening.kind in ("boilerplate", "related_link") and _is_title(opening)
        said = worded and len(_stems(opening) & stems) >= _LEAST_SHARED
        return opening if start > 0 and (short or said) else None
    if candidates[0].note or (candidates[0] is opening and start > 0 and _opens_plain_text(zones, start)):
        return candidates[0]
    shared = [len(_stems(zone) & stems) if zone is not zones[start] else 0 for zone in candidates]
    most = max(shared)
    if most >= _LEAST_SHARED:
        best = next(
            zone
            for zone, common in zip(candidates, shared, strict=True)
            if common >= max(_LEAST_SHARED, most * _LEAST_SHARE)
        )
        # A line that cuts the headline short, as trails of links do, comes before the whole of it.
        return next(
            (
                zone
                for zone in candidates
                if zone is not best and zone.text.startswith(best.text) and len(zone.text) > len(best.text)
            ),
            best,
        )
    signed = {
        id(zone)
        for zone, after in pairwise(zones)
        if after.kind in ("byline", "dateline") or (not after.kind and after.is_body)
    }
    return next((zone for zone in candidates if id(zone) in signed), candidates[0])


def _runs_on(after: Zone) -> bool:
    """Whether a line is broken inside its sentence: what follows it begins with a small letter."""
    return not after.kind and after.text[:1].islower()


def _opens_plain_text(zones: list[Zone], start: int) -> bool:
    """Whether the first line heads a text without furniture: unlike names of sites, it has words in small letters."""
    written = any(len(word) >= _LEAST_STEM and word.islower() for word in zones[0].text.split())
    return written and all(zone.kind in ("", "byline", "dateline") for zone in zones[:start])


def _stems(zone: Zone) -> set[str]:
    return {word[:_STEM] for word in zone.words if len(word) >= _LEAST_STEM}


def _is_title(zone: Zone) -> bool:
    return (
        len(zone.words) >= _TITLE_WORDS
        and len(zone.text) <= _TITLE_CHARACTERS
        and (not zone.ends_sentence or zone.text.endswith(_OPEN_ENDS))
    )


def bylines(zones: list[Zone], start: int) -> None:
    """Names alone beside a dateline, a role or address beside a byline, what hangs on a bar after a dateline."""
    for at, zone in enumerate(zones):
        if not zone.kind and len(zone.text) <= 150:
            beside = {zones[near].kind for near in (at - 1, at + 1) if 0 <= near < len(zones)}
            credited = beside & {"byline", "dateline"}
            after_bar = at > 1 and zones[at - 1].text == "|" and len(zone.words) <= 4 and bool(zones[at - 2].dateline)
            named = bool(_NAMES.fullmatch(zone.text)) and (
                "dateline" in beside or (at < start and _dated_soon(zones, at))
            )
            by = at > 0 and zones[at - 1].text.lower().rstrip(":") in _BY_ALONE and bool(_NAMES.fullmatch(zone.text))
            if by or after_bar or named or (credited and _is_role(zone)) or (beside and _BY.fullmatch(zone.text)):
                zone.kind = "byline"
    for near, zone in [*pairwise(zones), *pairwise(reversed(zones))]:
        signed = near.kind == "byline" and ((not zone.kind and _is_role(zone)) or zone.text.startswith("@"))
        if signed or (near.kind == "dateline" and _is_agency(zone)):
            zone.kind = "byline"
    for near, zone in pairwise(zones[: max(start, 0)]):
        if near.kind == "dateline" and zone.opens == "time":
            zone.kind = "dateline"


def _is_agency(zone: Zone) -> bool:
    """The full name of one; initials beside a date rather credit a picture."""
    return (
        zone.kind in ("", "boilerplate") and len(zone.words) > 1 and zone.text.strip(" ·|") in phrases.words("agency")
    )


def _dated_soon(zones: list[Zone], at: int) -> bool:
    """A date follows with one line of another kind before it, and no author does."""
    kinds = [zone.kind for zone in zones[at + 1 : at + 3]]
    titled = any(zone.kind == "title" for zone in zones[max(0, at - 4) : at])
    return titled and "dateline" in kinds and "byline" not in kinds


def _is_role(zone: Zone) -> bool:
    roles = phrases.words("role")
    return len(zone.words) <= _ROLE_WORDS and not zone.ends_sentence and any(word in roles for word in zone.words)


def standfirst(zones: list[Zone], start: int) -> None:
    """The lines between headline and body: one of them a standfirst, several points of a summary, else furniture."""
    at = next((at for at, zone in enumerate(zones[: max(start, 0)]) if zone.kind == "title"), None)
    if at is None:
        return
    run = at + 1
    while run < start and zones[run].kind == "repeated_title":
        run += 1
    points: list[Zone] = []
    while run < start and not zones[run].kind and len(zones[run].words) >= _POINT_WORDS:
        points.append(zones[run])
        run += 1
    if not points or run >= len(zones):
        return
    if len(points) > 1:
        for zone in points:
            zone.kind = "paragraph"
    elif len(points[0].words) >= _STANDFIRST_WORDS[0]:
        points[0].kind = "heading" if len(points[0].words) <= _STANDFIRST_WORDS[1] else "paragraph"
