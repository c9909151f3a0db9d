"""Pictures: the captions and credits that stand beside them."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from stages.documents import phrases
from stages.documents.lines import Zone

_NAME = r"[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,4}"
_LABEL = r"(?:(?:[Ff]ile )?[Pp]hoto(?:graph)?|PHOTO|Picture|Image|Credit|Photo [Cc]redit|Illustration)s?"
_OF_PICTURES = r"(?:/|[Pp]hoto\b|[Ff]ile\b|via\b|:)"
_DURATION = re.compile(r"\d{1,2}:\d\d")
_SAID = re.compile(r"\"|\b(?:said|says|told|according to)\b")
_CAPTION_CHARACTERS = 600
_CREDIT_CHARACTERS = 200
"""The end of a caption, where its credit is looked for."""
_CAPTION_WORDS = 45
_REPEATED_WORDS = 4


@cache
def _agency() -> str:
    names = sorted(phrases.words("agency"), key=lambda name: (-len(name), name))
    return f"(?:{'|'.join(map(re.escape, names))})"


@cache
def _credit() -> re.Pattern[str]:
    """The credit that ends a caption."""
    agency = _agency()
    forms = (
        # Photo: Ada Lovelace; Image by A. Lovelace; Credit...Ada Lovelace
        rf"\b{_LABEL}(?: ?(?::|\.\.\.|…)| by) ?(?:[^.!?]|(?<=\b[A-Z])\.){{2,80}}",
        # (Ada Lovelace/AP), [AFP/Ada Lovelace], (AP Photo/Ada Lovelace, File), | Ada Lovelace/AP
        rf"[(\[|] ?[^()\[\]|]{{0,60}}(?:/ ?{agency}\b|\b{agency} ?{_OF_PICTURES})[^()\[\]]{{0,60}}[)\]]?",
        # Ada Lovelace/Pool/AP; AP/Ada Lovelace
        rf"\b{_NAME} ?/ ?(?:[\w .-]{{2,30}}/ ?)?{agency}\b[\w /]{{0,40}}",
        rf"\b{agency} ?/ ?{_NAME}",
        # (Example News: Ada Lovelace)
        rf"[(\[] ?[A-Z][\w ]{{1,30}}: ?{_NAME} ?[)\]]",
        rf"\bvia {agency}",
        r"[Hh]ide [Cc]aption|\.\.\. (?:more|less)|[.!?)] less",
    )
    return re.compile(rf"(?:{'|'.join(forms)})[)\]]?\.?$")


@cache
def bare_credit() -> re.Pattern[str]:
    """A line that is nothing but a credit; `one` where it is an agency alone."""
    agency = _agency()
    return re.compile(
        rf"(?P<one>{agency})(?: Photo)?|[(\[] ?{_NAME} ?/ ?{_NAME} ?[)\]]"
        rf"|{_NAME} ?/ ?(?:[\w .-]{{2,30}}/ ?)?{agency}(?:/{agency})?(?:, ?{agency})?"
    )


@cache
def _tagged() -> re.Pattern[str]:
    """An agency in brackets at the end, which may credit a picture or an article."""
    return re.compile(rf"(?P<before>.)\s?[(\[]{_agency()}[)\]]$")


def captions(zones: list[Zone]) -> None:
    """Captions stand beside the furniture of a picture, or end in a credit."""
    for at, zone in enumerate(zones):
        if zone.kind or len(zone.text) > _CAPTION_CHARACTERS:
            continue
        before = zones[at - 1].picture if at else ""
        after = zones[at + 1].picture if at + 1 < len(zones) else ""
        played = at + 1 < len(zones) and _DURATION.fullmatch(zones[at + 1].text) and not zone.ends_sentence
        beside = before == "after" or played or (after == "before" and _can_be_caption(zone))
        if (
            beside
            or _credit().search(zone.text, max(0, len(zone.text) - _CREDIT_CHARACTERS))
            or _is_tagged_caption(zone)
        ):
            zone.kind = "boilerplate"
    # The same caption may stand there twice, once without its credit.
    for one, other in [*pairwise(zones), *pairwise(reversed(zones))]:
        if (
            not one.kind
            and other.kind == "boilerplate"
            and one.text in other.text
            and len(one.words) >= _REPEATED_WORDS
        ):
            one.kind = "boilerplate"


def _can_be_caption(zone: Zone) -> bool:
    """Whether it is a caption, and no paragraph above a picture that has none: no sentence, or in words of captions."""
    if len(zone.words) > _CAPTION_WORDS or _SAID.search(zone.text):
        return False
    shows = phrases.words("caption")
    return not zone.ends_sentence or any(word in shows for word in zone.words)


def _is_tagged_caption(zone: Zone) -> bool:
    """Short, and its tag belongs to the sentence: the tag of an agency's report comes after the last full stop."""
    tagged = _tagged().search(zone.text, max(0, len(zone.text) - _CREDIT_CHARACTERS))
    return tagged is not None and tagged["before"] not in ".!?\"'" and len(zone.words) <= _CAPTION_WORDS
