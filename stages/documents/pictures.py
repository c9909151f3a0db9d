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
_SIGN = re.compile(r"[/|(\[]|hoto|PHOTO|mage|redit|icture|llustration|via |VIA |aption|\.\.\. |less\.?$")
"""What every credit has: most lines need no closer look."""
_DURATION = re.compile(r"\d{1,2}:\d\d")
_SENTENCES = re.compile(r"[.!?](?=[\"')]*(?:\s+[\"'(A-Z]|$))")
_SAID = re.compile(r"\"|\b(?:said|says|told|according to)\b")
_CAPTION_CHARACTERS = 600
_CREDIT_CHARACTERS = 200
"""The end of a caption, where its credit is looked for."""
_CAPTION_WORDS = 45
_LEAST_WORDS = 4


@cache
def _agency() -> str:
    known = phrases.words("agency")
    names = sorted(known | {name.upper() for name in known}, key=lambda name: (-len(name), name))
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
        rf"\b(?:via|VIA) {agency}",
        r"[Hh]ide [Cc]aption|\.\.\. (?:more|less)|[.!?)] less",
    )
    return re.compile(rf"(?:{'|'.join(forms)})[)\]]?\.?$")


@cache
def bare_credit() -> re.Pattern[str]:
    """A line that is nothing but a credit; `one` where it is an agency alone."""
    agency = _agency()
    return re.compile(
        rf"(?P<one>{agency})(?: Photo)?|[(\[] ?{_NAME} ?/ ?{_NAME} ?[)\]]"
        rf"|{_NAME} ?(?:/|via|VIA) ?(?:[\w .-]{{2,30}}/ ?)?{agency}(?:/{agency})?(?:, ?{agency})?"
    )


@cache
def _tagged() -> re.Pattern[str]:
    """An agency in brackets at the end, which may credit a picture or an article."""
    return re.compile(rf"(?P<before>.)\s?[(\[]{_agency()}[)\]]$")


def captions(zones: list[Zone]) -> None:
    """Captions stand beside the furniture of a picture, or end in a credit."""
    last = next((at for at in reversed(range(len(zones))) if not zones[at].kind and zones[at].is_body), -1)
    for at, zone in enumerate(zones):
        if zone.kind or len(zone.text) > _CAPTION_CHARACTERS:
            continue
        above, below = zones[at - 1] if at else None, zones[at + 1] if at + 1 < len(zones) else None
        beside = (above is not None and above.picture == "after") or (
            below is not None and _is_above(zone, below, at < last)
        )
        if beside or _is_credited(zone):
            zone.kind, zone.picture = "boilerplate", "caption"
    # The same caption may stand there twice, once without its credit.
    for one, other in [*pairwise(zones), *pairwise(reversed(zones))]:
        if not one.kind and other.picture and one.text in other.text and len(one.words) >= _LEAST_WORDS:
            one.kind = "boilerplate"


def _is_above(zone: Zone, below: Zone, goes_on: bool) -> bool:
    """Whether it is the caption of a credit below it, and no paragraph above a picture that has no caption."""
    if _DURATION.fullmatch(below.text):
        return not zone.ends_sentence
    if below.picture != "before" or not _LEAST_WORDS <= len(zone.words) <= _CAPTION_WORDS or _SAID.search(zone.text):
        return False
    sentences = len(_SENTENCES.findall(zone.text))
    shows = phrases.words("caption")
    return sentences == 0 or (sentences == 1 and goes_on) or any(word in shows for word in zone.words)


def _is_credited(zone: Zone) -> bool:
    """Whether it ends in a credit; the tag of an agency's report, other than that of a caption, follows a full stop."""
    end = max(0, len(zone.text) - _CREDIT_CHARACTERS)
    if not _SIGN.search(zone.text, end):
        return False
    if _credit().search(zone.text, end):
        return True
    tagged = _tagged().search(zone.text, end)
    return tagged is not None and tagged["before"] not in ".!?\"'" and len(zone.words) <= _CAPTION_WORDS
