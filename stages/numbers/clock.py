"""Times of day: 15:25, 10 p.m. EDT, 0800 GMT, noon; a time joined to its day is one expression."""

from __future__ import annotations

import re

from stages.numbers import gates, vocabulary
from stages.numbers.expression import Context, Rule, Timex, open_value, rule
from stages.numbers.words import UNITS, value_of

_ZONE = (
    r"(?:\s*\(?(?P<zone>(?-i:GMT|UTC|Z|[ECMPABI][SD]?T|[ECMP]T|CES?T|BST|IST|MSK|JST|AEST))(?:\s?(?P<offset>[+-]\d{1,2}(?::?\d\d)?))?\)?"
    r"|\s+local\s+time)?"
)
_HALF = r"(?P<half>[ap])(?:\.\s?m\b(?:\.(?!\s*$))?|\s?m\b)"
_HOUR = rf"(?P<hour>\d{{1,2}}|{vocabulary.alternation(UNITS)}|ten|eleven|twelve)"


def _time(match: re.Match[str], context: Context) -> Timex | None:
    """A time in digits, on the day spoken of last in the sentence, else on a day that is not said."""
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59:
        return None
    part = (match["part"] or "").lower()
    hour = _in_part(hour, vocabulary.DAYPARTS.get(part, ""))
    zulu = "Z" if match["zone"] in ("GMT", "UTC", "Z") and not match["offset"] else ""
    return _on_day(match, context, f"T{hour:02d}:{minute:02d}{zulu}")


def _oclock(match: re.Match[str], context: Context) -> Timex | None:
    """8 o'clock; 4 in the morning; nine o'clock at night."""
    hour = int(value_of(match["hour"]) or 0)
    if not 1 <= hour <= 12:
        return None
    part = (match["part"] or "").lower()
    return _on_day(match, context, f"T{_in_part(hour, vocabulary.DAYPARTS.get(part, '')):02d}:00")


def _past(match: re.Match[str], context: Context) -> Timex | None:
    """Half past three; a quarter to five."""
    hour, to = int(value_of(match["hour"]) or 0), (match["to2"] or "").lower() == "to"
    if not 1 <= hour <= 12:
        return None
    minute = 30 if "half" in match[0].lower() else 45 if to else 15
    hour = _in_part((hour - 2) % 12 + 1 if to else hour, vocabulary.DAYPARTS.get((match["part"] or "").lower(), ""))
    return _on_day(match, context, f"T{hour:02d}:{minute}")


def _in_part(hour: int, part: str) -> int:
    """The hour of 24 that an hour of 12 is in a part of the day: 4 in the afternoon is 16."""
    late = part in ("AF", "EV") or (part == "NI" and hour > _NIGHT)
    return hour % 12 + 12 if late and 1 <= hour <= 12 else hour


_NIGHT = 4
"""Up to this hour 'at night' is after midnight."""


def _from_hour(match: re.Match[str], context: Context) -> Timex | None:
    """The 6 of 'from 6 to 8 p.m.'; of 'from 10 to 2 p.m.' it is that before noon."""
    hour, until = int(match["hour"]), int(match["until"])
    if not (1 <= hour <= 12 and 1 <= until <= 12):
        return None
    late = match["half"].lower() == "p" and hour % 12 < until % 12
    return _on_day(match, context, f"T{hour % 12 + 12 if late else hour % 12:02d}:{match['minute'] or '00'}")


def _named(match: re.Match[str], context: Context) -> Timex | None:
    """Noon, midnight, dawn."""
    token = context.token(match.end() - 1)
    if token is None or token.pos != "NOUN" or token.dep == "compound":
        return None
    if token.text[0].isupper() and context.before(match.start()) is not None:
        return None  # "High Noon" was shown.
    return _on_day(match, context, vocabulary.CLOCKS[match["word"].lower()])


def _hour(match: re.Match[str], context: Context) -> Timex | None:
    """The 3 of 'by 3 the next morning'; 'at 6 on Sunday evening': an hour before the part of the day that it is in."""
    before = context.before(match.start())
    return _oclock(match, context) if before is not None and before.lower in _AT else None


_AT = ("at", "by", "until", "till", "about", "around", "before", "after", "from", "since")


def _of_day(match: re.Match[str], context: Context) -> Timex | None:
    """The night of 5 June, the early hours of Friday: joined to the day that follows."""
    part = vocabulary.DAYPARTS.get((match["part"] or "morning").lower())
    return _on_day(match, context, f"T{part}")


def _bare_part(match: re.Match[str], context: Context) -> Timex | None:
    """In the morning; early in the afternoon; during the night."""
    before, token = context.before(match.start("lead")), context.token(match.start("part"))
    if (
        match["part"][0].isupper()
        or before is None
        or before.lower not in vocabulary.PART_LEADS
        or token is None
        or token.dep != "pobj"
    ):
        return None
    return _on_day(match, context, f"T{vocabulary.DAYPARTS[match['part'].lower()]}")


def _on_day(match: re.Match[str], context: Context, clock: str) -> Timex:
    found = Timex(match.start(), match.end(), "TIME", open_value("D") + clock, clock=clock)
    last = context.last
    if last and last.span and last.span.grain == "D" and context.sentence and last.start >= context.sentence.start:
        return on(found, last, context.document.identifier(last.start, last.end))
    if context.narrative and last and last.span and last.span.grain == "D":
        return on(found, last, context.document.identifier(last.start, last.end))
    if context.published and context.sentence and not context.narrative:
        found.value = context.published.value + clock
        found.lower = found.upper = context.published.day
        found.span, found.anchor = context.published, "published"
    return found


def on(time: Timex, day: Timex, anchor: str | None) -> Timex:
    """The time with its day."""
    time.span, time.lower, time.upper, time.anchor = day.span, day.lower, day.upper, anchor
    time.value = day.value.split("T")[0].split("/")[0] + (time.clock or "")
    return time


def merge(first: Timex, second: Timex) -> Timex | None:
    """One expression of a time and the day next to it; None where they are not one of each."""
    for time, day in ((first, second), (second, first)):
        if time.clock and _is_day(day, time.clock):
            digits = _DIGITS.match(time.clock)
            if digits and day.clock and not day.clock[1].isdigit():
                time.clock = f"T{_in_part(int(time.clock[1:3]), day.clock[1:]):02d}{time.clock[3:]}"
            joined = on(time, day, day.anchor)
            joined.start, joined.end = first.start, second.end
            joined.year_open = day.year_open
            return joined
    return None


_DIGITS = re.compile(r"T\d\d:")


def _is_day(day: Timex, clock: str) -> bool:
    """Whether the expression is the day of a time: Sunday; for a time in digits also Sunday morning."""
    if day.value.endswith("_REF") or (day.span is not None and day.span.grain != "D"):
        return False
    if day.clock:
        return bool(_DIGITS.match(clock)) and not _DIGITS.match(day.clock)
    opened = re.match(r"XXXX-(\d\d-\d\d|WXX-\d|XX-XX)$", day.value)
    return day.type == "DATE" and (day.span is not None or opened is not None)


RULES: tuple[Rule, ...] = (
    rule(
        rf"(?P<hour>\d{{1,2}}):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:\s*{_HALF})?(?:\s*(?:hours|hrs))?{_ZONE}"
        rf"(?:\s+(?:in\s+the|at)\s+(?P<part>{vocabulary.DAYPART}))?",
        _time,
        needs=(":",),
    ),
    rule(rf"(?P<hour>\d{{1,2}})(?:\.(?P<minute>[0-5]\d))?\s*{_HALF}{_ZONE}(?P<part>(?!))?", _time, needs=gates.DIGIT),
    rule(
        r"(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)\s*(?P<zone>(?-i:GMT|UTC|Z|hours|hrs))(?P<half>(?!))?(?P<offset>(?!))?"
        r"(?P<part>(?!))?",
        _time,
        needs=gates.ZONE,
    ),
    rule(
        rf"(?P<hour>\d{{1,2}})(?::(?P<minute>[0-5]\d))?(?=\s+(?:to|and|until|till)\s+(?P<until>\d{{1,2}})(?::[0-5]\d)?\s*{_HALF})",
        _from_hour,
        needs=gates.DIGIT,
    ),
    rule(
        rf"(?:half\s+(?P<to>past)|(?:a\s+)?quarter\s+(?P<to2>past|to))\s+{_HOUR}"
        rf"(?:\s+(?:in\s+the|at)\s+(?P<part>{vocabulary.DAYPART}))?",
        _past,
        needs=("half past", "quarter past", "quarter to"),
    ),
    rule(rf"{_HOUR}\s+o'clock(?:\s+(?:in\s+the|at)\s+(?P<part>{vocabulary.DAYPART}))?", _oclock, needs=("clock",)),
    rule(rf"(?P<hour>\d{{1,2}})\s+(?:in\s+the|at)\s+(?P<part>{vocabulary.DAYPART})", _oclock, needs=gates.DAYPART),
    rule(
        rf"{_HOUR}(?=\s+(?:on\s+)?(?:(?:the\s+)?(?:next|following|same|previous)|that|this|yesterday|tomorrow|{vocabulary.WEEKDAY})"
        rf"\s+(?P<part>{vocabulary.DAYPART})\b)",
        _hour,
        needs=gates.DAYPART,
    ),
    rule(rf"(?P<word>{vocabulary.CLOCK})", _named, needs=gates.CLOCK),
    rule(
        rf"(?:(?:early|late)\s+in\s+)?(?P<lead>the\s+(?:early\s+|late\s+)?|(?:early|late|mid)[\s-]+)(?P<part>{vocabulary.DAYPART})",
        _bare_part,
        needs=gates.DAYPART,
    ),
    rule(
        rf"(?:the\s+)?(?:early\s+|late\s+|small\s+|wee\s+|very\s+)*(?:(?:pre-?dawn\s+)?(?P<part>{vocabulary.DAYPART})(?:\s+hours)?|hours)"
        rf"(?=\s+of\s+(?:the\s+)?(?:\d|{vocabulary.MONTH}\s+\d|{vocabulary.WEEKDAY}\b(?!\s+{vocabulary.DAYPART})))",
        _of_day,
        needs=gates.HOUR,
    ),
)
"""Patterns and how they are read."""
