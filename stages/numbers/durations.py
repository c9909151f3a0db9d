"""Durations and sets: two weeks, six-month, the past three years, decades; every year, daily, twice a week."""

from __future__ import annotations

import re
from fractions import Fraction

from stages.numbers import gates, vocabulary
from stages.numbers.expression import Context, Rule, Timex, rule, undated
from stages.numbers.vocabulary import AFTER, BEFORE, FILLER, MONTH, TIME_UNIT, TIME_UNITS, WEEKDAY, alternation
from stages.numbers.words import NUMERAL, plain, value_of

VAGUE = (
    r"(?:several|many|a\s+few|few|(?:a\s+)?couple(?:\s+of)?|a\s+number\s+of|some|numerous|countless"
    r"|(?:dozens|hundreds|thousands|tens\s+of\s+thousands)\s+of)"
)
COUNT = rf"(?:{NUMERAL})"
_BARE = alternation(("hours", "days", "weeks", "months", "years", "decades", "centuries", "minutes"))
_REL = r"(?:last|past|next|coming|previous|following|preceding|first|final|remaining|recent)"


def amount(count: Fraction | None, unit: str) -> str:
    """The TIMEX3 value of so many units; X where the number is not said."""
    time = TIME_UNITS[vocabulary.squeeze(unit).rstrip(".")]
    letter = time.grain.lstrip("T")
    prefix = "PT" if time.grain.startswith("T") else "P"
    if count is None:
        return f"{prefix}X{letter}"
    if letter == "H" and count.denominator in (2, 4):
        hours, minutes = divmod(int(count * 60), 60)
        return f"PT{f'{hours}H' if hours else ''}{minutes}M"
    number = plain(count * time.factor)
    if number is None:
        return f"{prefix}X{letter}"
    return f"{prefix}{int(number) if number == int(number) and number < 1e15 else round(number, 6)}{letter}"


PART = r"(?P<half>half(?:\s+of)?|(?:an?|one|three)[\s-]quarters?\s+of)"


def fraction(part: str) -> Fraction:
    """The number of 'half', 'a quarter of', 'three-quarters of'."""
    low = part.lower()
    return Fraction(1, 2) if "half" in low else Fraction(3 if low.startswith("three") else 1, 4)


def modifier(match: re.Match[str]) -> str | None:
    """The modifier of a duration: that of the phrase before it, or after it."""
    groups = match.groupdict()
    for place, name in (("after", "more"), ("before", "less")):
        if found := vocabulary.comparator(place, groups.get(name)):
            return found.mod
    return None


def _duration(match: re.Match[str], context: Context) -> Timex | None:
    """19 months; more than two years; six-month; two or three weeks; a 12-year."""
    count = value_of(match["n"])
    if count is None or count < 0 or _is_name(match, context) or _is_share(match, context):
        return None
    if re.fullmatch(r"(?:19|20)\d\d", match["n"]) and match["unit"].lower() in vocabulary.SINGULAR:
        return None
    if match["n2"]:
        high = value_of(match["n2"])
        if high is None or high < count:
            return None
        found = undated(match, f"{amount(count, match['unit'])}/{amount(high, match['unit'])}", None, "DURATION")
    else:
        found = undated(match, amount(count, match["unit"]), modifier(match), "DURATION")
    before = context.before(match.start())
    if match["n"].lower() == "one" and match["unit"] == "day" and (before is None or before.pos in ("PUNCT", "CCONJ")):
        return None  # One day in May.
    if re.fullmatch(r"seconds?", match["unit"], re.I) and before is not None and before.tag == "POS":
        return None
    return found


def _is_name(match: re.Match[str], context: Context) -> bool:
    """Whether the duration opens a name: the Seven Years' War, the Six-Day War, 60 Minutes."""
    token, clean = context.token(match.start("unit")), context.document.clean
    if not match["unit"][0].isupper() or token is None or token.sentence.segment.kind in ("title", "heading"):
        return False
    following = re.compile(r"(?:'s?)?\s+[A-Z]").match(clean, match.end("unit"))
    quoted = clean[match.start() - 1 : match.start()] in ('"', "'", "`")
    return following is not None or quoted or token.ent in ("EVENT", "LAW", "ORG", "PRODUCT", "WORK_OF_ART")


def _is_share(match: re.Match[str], context: Context) -> bool:
    """Whether the quarters are a share: three-quarters of the fleet, a quarter full; not three quarters of growth."""
    if not match["unit"].lower().startswith("quarter") or match["n"].lower() not in ("a", "one", "three"):
        return False
    of, whole = context.token(match.end() + 1), None
    if of is not None and of.lower == "of":
        whole = context.token(of.end + 1)
    shared = whole is not None and (
        whole.lower in vocabulary.WHOLE or whole.pos in ("PRON", "NUM") or whole.tag == "NNS"
    )
    hyphenated = context.document.clean[match.start("unit") - 1] == "-"
    return shared or (hyphenated and match["unit"].lower() == "quarters")


def lasts(match: re.Match[str], context: Context) -> bool:
    """Whether 'the last year', 'the next week' is how long something goes on: over the last year."""
    before = context.before(match.start())
    led = before is not None and before.lower in vocabulary.SPANNING - {"for"} and not context.narrative
    return led and match[0].lower().startswith("the")


def _one(match: re.Match[str], context: Context) -> Timex | None:
    """A month; about a year; half an hour. After a number or a counted noun it is a rate: 30 a year."""
    before, unit = context.before(match.start()), match["unit"].lower()
    part = fraction(match["half"]) if match["half"] else Fraction(3, 2) if match["plus"] else Fraction(1)
    token = context.token(match.start("unit"))
    if token is not None and (token.pos == "ADJ" or token.dep == "compound") and not match["half"]:
        return None
    if before is not None and not match["less"] and not match["half"]:
        if before.lower in ("more", "less"):
            before = context.before(before.start) or before  # 30 more a year.
        counted = before.pos == "NUM" or before.lower in ("times", "once", "twice", "%", "percent")
        number = any(child.pos in ("NUM", "SYM") for child in before.children)
        if counted or (number and before.pos in ("NOUN", "PROPN")):
            return undated(match, amount(part, unit), None, "SET")
    sure = match["less"] or match["half"] or match["plus"] or unit in ("month", "year", "decade", "century", "hour")
    following = context.token(match.end() + 1)
    sure = sure or (following is not None and following.lower in ("after", "before"))
    if not sure and (before is None or before.lower not in vocabulary.SPANNING):
        return None
    return undated(match, amount(part, unit), modifier(match), "DURATION")


def _plural(match: re.Match[str], context: Context) -> Timex | None:
    """Months; many years; hundreds of years."""
    unit, before = match["unit"].lower(), context.before(match.start())
    token, following = context.token(match.start("unit")), context.token(match.end() + 1)
    if before is not None and before.lower == "early":
        return None
    if (following is not None and following.lower == "old") or (before is not None and before.lower == "light"):
        return None  # Rocks that are 66 million years old; 120 light years.
    if before is not None and unit != match["unit"] and before.text.isdigit():
        return None  # 60 Minutes.
    if following is not None and (following.text[:4].isdigit() or following.lower == "between"):
        return None  # The years 1914 and 1915.
    joined = token is not None and token.dep == "conj" and before is not None and before.lower in ("and", "or")
    other = joined and token is not None and token.head.pos == "NOUN" and token.head.lower not in TIME_UNITS
    if other and not match["n"]:
        return None  # Agendas and minutes.
    noun = before is not None and before.pos in ("PROPN", "NOUN")
    if not match["n"] and noun and before is not None and (unit[0] in "dhm" or before.head is token):
        return None  # The war years; the minutes.
    return undated(match, amount(None, unit), None, "DURATION")


def _relative(match: re.Match[str], context: Context) -> Timex | None:
    """The past three years; the last few days; the coming months."""
    relation = match["rel"].lower()
    if relation == "recent":
        return undated(match, "PAST_REF")
    word = context.token(match.start("rel"))
    if word is not None and word.pos == "VERB" and match.start("rel") == match.start():
        return None  # To last two hours.
    count = value_of(match["n"]) if match["n"] else None
    if not match["n"] and not match["vague"] and not match["unit"].lower().endswith(("s", "ia", "ies")):
        if relation != "past" and not (relation in ("last", "next", "coming") and lasts(match, context)):
            return None
        count = Fraction(1)
    return undated(match, amount(count, match["unit"]), None, "DURATION")


def _long(match: re.Match[str], context: Context) -> Timex | None:
    """Decades-long, yearlong."""
    unit = match["unit"].lower()
    return undated(match, amount(None if unit in vocabulary.PLURAL else Fraction(1), unit), None, "DURATION")


def _old(match: re.Match[str], context: Context) -> Timex | None:
    """Decades-old: how long a thing has gone on; never said of a person."""
    return undated(match, amount(None, match["unit"]), None, "DURATION")


_LIFE = ("life", "lives")


def _every(match: re.Match[str], context: Context) -> Timex | None:
    """Every year; every two weeks; every other day; each Monday; every morning."""
    low, token = match["what"].lower(), context.token(match.start("what"))
    following = context.token(match.end() + 1)
    if token is not None and (token.dep == "compound" or (following is not None and following.lower in _LIFE)):
        return None  # Everyday life.
    if low in vocabulary.DAYPARTS:
        return undated(match, f"XXXX-XX-XXT{vocabulary.DAYPARTS[low]}", None, "SET")
    if low in vocabulary.WEEKDAYS:
        return undated(match, f"XXXX-WXX-{vocabulary.WEEKDAYS[low]}", None, "SET")
    if low.rstrip(".") in vocabulary.MONTHS:
        return undated(match, f"XXXX-{vocabulary.MONTHS[low.rstrip('.')]:02d}", None, "SET")
    if low in vocabulary.SEASONS:
        return undated(match, f"XXXX-{vocabulary.SEASONS[low]}", None, "SET")
    count = value_of(match["n"]) if match["n"] else Fraction(2 if match["other"] else 1)
    return undated(match, amount(None if match["few"] else count, low), None, "SET")


def _times(match: re.Match[str], context: Context) -> Timex | None:
    """Twice a week: the span is that of the period, 'a week'."""
    return Timex(match.start("per"), match.end("per"), "SET", amount(Fraction(1), match["unit"]))


_SINGULAR = alternation(("second", "minute", "hour", "day", "week", "fortnight", "month", "year", "decade", "century"))
_LESS = rf"(?:(?P<less>{BEFORE})\s+)?"
_MORE = rf"(?:\s+(?P<more>{AFTER}))?"
_UNIT = rf"(?P<unit>{TIME_UNIT})"

RULES: tuple[Rule, ...] = (
    rule(
        rf"(?:between\s+)?{_LESS}(?P<n>{COUNT})(?:-?plus|-odd|\+)?(?:\s*(?:-|–|to|or|and(?!\s+an?\b))\s*(?P<n2>{COUNT}))?(?:\s*-\s*|\s+(?:{FILLER}\s+)?|(?<=\d)){_UNIT}"
        rf"(?![\s-]old)(?:-long)?{_MORE}",
        _duration,
        needs=gates.UNIT,
    ),
    rule(
        rf"{_LESS}(?:{PART}\s+)?an?\s+(?:{FILLER}\s+)?(?P<unit>{_SINGULAR})(?P<plus>\s+and\s+a\s+half)?{_MORE}",
        _one,
        needs=gates.UNIT,
    ),
    rule(r"(?P<half>half)-(?P<unit>hour|century|day|decade)(?P<less>(?!))?(?P<plus>(?!))?", _one, needs=("half-",)),
    rule(rf"(?P<n>{VAGUE}\s+)?(?:(?:more|long)\s+)?(?P<unit>{_BARE})(?!-)", _plural, needs=gates.UNIT),
    rule(
        rf"(?:the\s+|these\s+)?(?P<rel>{_REL})\s+(?:(?:(?P<vague>{VAGUE})|(?P<n>{COUNT})(?:-?plus|-odd|\+)?)\s+)?(?:{FILLER}\s+)?"
        rf"(?P<unit>{_BARE}|quarters|week|month|year|decade|century|fortnight)",
        _relative,
        needs=gates.UNIT,
    ),
    rule(rf"(?P<unit>{TIME_UNIT})-?long", _long, needs=("long",)),
    rule(rf"(?P<unit>{_BARE})-old", _old, needs=("old",)),
    rule(
        rf"(?:every|each)\s+(?:(?P<other>other)\s+|(?P<few>few)\s+|(?P<n>{COUNT})\s+|single\s+|passing\s+)?"
        rf"(?P<what>{TIME_UNIT}|{WEEKDAY}|{vocabulary.DAYPART}|{vocabulary.SEASON}|{MONTH}(?!\s+\d))",
        _every,
        needs=gates.EVERY,
    ),
    rule(rf"(?:once|twice|thrice|times)\s+(?P<per>an?\s+(?P<unit>{_SINGULAR}))", _times, needs=gates.TIMES),
)
"""Patterns and how they are read."""
