"""Expressions that count from publication or from the date last spoken of: last week, two years ago, the same day."""

from __future__ import annotations

import re
from fractions import Fraction

from stages.numbers import gates, vocabulary
from stages.numbers.absolute import month_number
from stages.numbers.durations import COUNT, PART, VAGUE, amount, fraction, lasts
from stages.numbers.expression import AFTER_DASH, Context, Rule, Timex, dated, edge, open_value, rule, undated
from stages.numbers.resolution import BACK, ON, SPOKEN, THAT, around, yearless
from stages.numbers.spans import Span, finer, make
from stages.numbers.vocabulary import BEFORE, FILLER, MONTH, TIME_UNIT, TIME_UNITS, WEEKDAY
from stages.numbers.words import value_of
from stages.numbers.years import YEAR, full_year, new_year

GRAINS = {
    "day": "D", "week": "W", "weekend": "WE", "month": "M", "quarter": "Q", "year": "Y", "decade": "E", "century": "C",
}  # fmt: skip
_GRAIN = r"(?P<unit>day|week|weekend|month|quarter|year|decade|century)"
_REACH = 300
"""Characters: how far back, over wider dates, the day lies that 'two days later' counts from."""


def anchor_of(context: Context, spoken: bool, grain: str, at: int) -> tuple[Span, str] | None:
    """Where counting starts, and its name: the date last spoken of, or the day of publication.

    None where there is neither, or the date spoken of is too wide to count from: no day follows from a year.
    """
    if spoken and context.last is not None:
        wider: list[Span] = []
        for timex in reversed(context.trail):
            span = timex.span
            if span is not None and not finer(grain, span.grain):
                # After 4 May a September leaves that day behind, a year before it or around it does not.
                left = any(other.lower > span.upper for other in wider)
                return None if left else (span, context.document.identifier(timex.start, timex.end))
            if at - timex.start > _REACH:
                break
            wider += [span] if span else []
        return None
    if context.published and not (spoken and context.narrative):
        return context.published, "published"
    return None


def _deictic(match: re.Match[str], context: Context) -> Timex | None:
    """Last week; this year; next month; the previous day; earlier this year; early next week."""
    grain, mod = GRAINS[match["unit"].lower()], edge(match["edge"])
    relation = vocabulary.squeeze(match["rel"])
    if (
        grain in ("D", "W", "M", "Y", "E", "C")
        and not mod
        and relation in ("last", "next", "coming")
        and lasts(match, context)
    ):
        return None
    if context.narrative and relation == "last" and match[0].lower().startswith("the"):
        return undated(match, open_value(grain), mod)
    spoken = relation in SPOKEN or (relation == "next" and (grain == "D" or match[0].lower().startswith("the")))
    anchor = anchor_of(context, spoken, grain, match.start())
    step = -1 if relation in BACK else 1 if relation in ON else 0
    if anchor is None:
        return undated(match, _before_christ(context, grain, step), mod)
    day, name = anchor
    if name == "published" and relation in THAT:
        return undated(match, open_value(grain), mod)
    if (
        grain == "WE"
        and relation in ("", "this")
        and day.day.isoweekday() < 6
        and context.direction(match.start("unit")) < 0
    ):
        step = -1
    found = dated(match, _span(grain, day).shift(step), mod, name)
    if found and name == "published" and step == 0 and match["edge"] and context.published:
        low = match["edge"].lower()
        if "earlier" in low:
            found.upper = context.published.day
        elif "later" in low:
            found.lower = context.published.day
    return found


def _but_one(match: re.Match[str], context: Context) -> Timex | None:
    """The week before last; the year after next."""
    grain, step = GRAINS[match["unit"].lower()], -2 if match["last"] else 2
    if context.published is None or context.narrative:
        return undated(match, open_value(grain))
    return dated(match, _span(grain, context.published).shift(step), None, "published")


def _before_christ(context: Context, grain: str, step: int) -> str:
    """A year counted from the one before Christ that the story is in; else the open value."""
    year = (context.before_christ or 0) - step
    return f"BC{year:04d}" if context.before_christ and grain == "Y" and year > 0 else open_value(grain)


def _span(grain: str, near: Span) -> Span:
    return Span(grain, near.lower if near.grain != "D" else near.day)


_MIRROR = {"BEFORE": "AFTER", "AFTER": "BEFORE", "ON_OR_BEFORE": "ON_OR_AFTER"}
"""More than a year ago is before that day, more than a year later after it."""
_SINGLE = ("the", "that", "a", "an")
_ONWARD = ("later", "on", "after", "thereafter", "afterward", "afterwards", "from now", "hence")
_AGES = 9999
"""Years ago: those of TIMEX2 before Christ have four digits."""
_POINT = {"TS": "D", "TM": "D", "TH": "D"}


def _ago(match: re.Match[str], context: Context) -> Timex | None:
    """What is counted; without what compares with it: higher than 'a year ago'."""
    found, less = _counted(match, context), vocabulary.squeeze(match["less"] or "")
    compare = vocabulary.comparator("before", less)
    if found and compare and compare.mod_ago is None and less.endswith("than"):
        found.start = max(found.start, match.end("less") + 1)
    return found


def _counted(match: re.Match[str], context: Context) -> Timex | None:
    """Two years ago; over a year ago; five years prior; a year earlier; days later; ten years ago today."""
    unit = TIME_UNITS[match["unit"].lower().rstrip(".")]
    way = vocabulary.squeeze(match["way"]).removesuffix(" that")
    if way.endswith("time"):
        before = context.before(match.start())
        if before is None or before.lower not in ("in", "within"):
            return None
        way = "from now"  # In two weeks' time.
    if way == "on" and not context.narrative:
        return None
    if match["unit"].lower() in vocabulary.PLURAL and not match["n"]:
        return undated(match, "FUTURE_REF" if way in ("from now", "hence") else "PAST_REF")
    if unit.grain in ("TS", "TM", "TH") and way not in ("ago", "from now", "hence"):
        return _elapsed(match)
    if match["vague"] or unit.grain in ("TS", "TM"):
        return undated(match, "FUTURE_REF" if way in ("from now", "hence") else "PAST_REF")
    count = value_of(match["n"]) if match["n"] and match["n"].lower() not in _SINGLE else Fraction(1)
    count = fraction(match["half"]) if match["half"] and count is not None else count
    ago = way in ("ago", "from now", "hence")
    step = 1 if way in _ONWARD else -1
    if count is None or count > _AGES:
        return undated(match, "PAST_REF") if count is not None and way == "ago" else None
    grain = _POINT.get(unit.grain, unit.grain)
    if unit.factor > 1 and grain == "W":
        count *= 2
    elif unit.factor > 1:
        count *= unit.factor
    if unit.grain == "TH":
        count = Fraction(round(count / 24))
    compare = vocabulary.comparator("before", match["less"])
    mod = compare.mod_ago if compare else None
    if step > 0:
        mod = _MIRROR.get(mod or "", mod)
    anchor = anchor_of(context, not ago, grain, match.start())
    if anchor is None:
        return undated(match, open_value(grain) if ago else _before_christ(context, grain, step * int(count)), mod)
    whole = int(count)
    target = _span(grain, anchor[0]).shift(step * whole)
    if count != whole and grain == "Y" and target is not None:
        target = Span("M", anchor[0].day).shift(step * int(count * 12))
    if ago and step < 0 and grain == "Y" and whole >= anchor[0].day.year:
        return undated(match, f"BC{whole - anchor[0].day.year + 1:04d}", mod)
    if match["near"] and ago:
        target = Span(GRAINS.get(match["near"].lower().split()[-1], "D"), anchor[0].day).shift(step * whole, grain)
    found = dated(match, target, mod, anchor[1])
    if found and mod in ("BEFORE", "ON_OR_BEFORE"):
        found.lower = None
    elif found and mod in ("AFTER", "ON_OR_AFTER"):
        found.upper = context.published.day if ago and step < 0 and context.published else None
    return found


def _elapsed(match: re.Match[str]) -> Timex | None:
    """Less than an hour later: a duration; the moment that it leads to is not on the calendar."""
    if match["vague"]:
        return None
    count = value_of(match["n"]) if match["n"] and match["n"].lower() not in _SINGLE else Fraction(1)
    count = fraction(match["half"]) if match["half"] else count
    compare = vocabulary.comparator("before", match["less"])
    start = min(match.start(name) for name in ("less", "half", "n", "unit") if match[name])
    value = amount(count, match["unit"])
    return Timex(start, match.end("unit"), "DURATION", value, compare.mod if compare else None)


_STARTS = frozenset(("beginning", "start", "outset", "turn", "first half", "first part", "early part"))


def _part(match: re.Match[str], context: Context) -> Timex | None:
    """The beginning of the year; the end of March; the start of 2019; the end of last year."""
    low = vocabulary.squeeze(match["part"])
    mod = "START" if low in _STARTS else "MID" if low == "middle" else "END"
    if match["year"]:
        day = make(full_year(match["year"]), month_number(match["month"]) if match["month"] else 1, 1)
        return dated(match, Span("M" if match["month"] else "Y", day) if day else None, mod)
    if match["month"]:
        month = month_number(match["month"])
        choices = [Span("M", day) for year in around(context) if (day := make(year, month, 1))]
        return yearless(match, context, choices, f"XXXX-{month:02d}", mod)
    grain = GRAINS[match["unit"].lower()]
    relation = vocabulary.squeeze(match["rel"] or "the")
    spoken = relation in ("that", "the same") or (relation == "the" and (grain == "D" or context.narrative))
    anchor = anchor_of(context, spoken, grain, match.start())
    if anchor is None:
        return undated(match, open_value(grain), mod)
    step = -1 if relation in ("last", "the previous", "the last") else 1 if relation in ("next", "the next") else 0
    span = _span(grain, anchor[0])
    if low == "turn" and (span.upper - anchor[0].day) < (anchor[0].day - span.lower):
        step += 1  # Of 1890 the turn of the century lies ahead, of 1910 behind.
    return dated(match, span.shift(step), mod, anchor[1])


_SHORTER = {"month": ("M",), "quarter": ("Q",), "week": ("W",), "day": ("D",)}
"""What 'the same month' can refer to; 'the same period' is any of months."""


def _same_a_year_ago(match: re.Match[str], context: Context) -> Timex | None:
    """The same month a year ago; the same period last year: the span last spoken of, in the year before it."""
    what, last, year = (match["what"] or "period").lower(), context.last, int(match["year"] or 0)
    if last is not None and last.span is not None and last.span.grain in _SHORTER.get(what, ("M", "Q", "H", "S")):
        back = last.span.shift(year - last.span.lower.year if year else -1, "Y")
        return dated(match, back, None, context.document.identifier(last.start, last.end))
    if year:
        open_part = open_value(_SHORTER[what][0])[4:] if what in _SHORTER else ""
        return undated(match, f"{year}{open_part}") if open_part else dated(match, Span("Y", new_year(year)))
    if what in _SHORTER or not context.published:
        return undated(match, open_value(_SHORTER[what][0] if what in _SHORTER else "Y"))
    return dated(match, _span("Y", context.published).shift(-1), None, "published")


def _year_end(match: re.Match[str], context: Context) -> Timex | None:
    """By year-end; at year's end."""
    before = context.before(match.start())
    if before is None or before.pos not in ("ADP", "SCONJ"):
        return None
    if match["year"]:
        return dated(match, Span("Y", new_year(int(match["year"]))), "END")
    at, anchor = context.origin(False)
    return dated(match, Span("Y", at.lower), "END", anchor) if at else undated(match, open_value("Y"), "END")


def _new_year(match: re.Match[str], context: Context) -> Timex | None:
    """In the new year: the year that begins nearest."""
    at, anchor = context.origin(False)
    if at is None:
        return undated(match, open_value("Y"), "START")
    return dated(match, Span("Y", at.lower).shift(at.lower.month >= _JULY), "START", anchor)


_JULY = 7
"""From this month on the next year is nearer."""


def _the_period(match: re.Match[str], context: Context) -> Timex | None:
    """For the quarter; for the whole year; later in the week: that spoken of, or that of publication."""
    before, grain = context.before(match.start()), GRAINS[match["unit"].lower()]
    if not match["edge"] and (before is None or before.lower not in vocabulary.PERIOD_LEADS):
        return None
    last = context.last
    report = last is not None and last.span is not None and last.span.grain in ("Q", "H", "Y")
    near = report and last is not None and match.start() - last.end < _REACH
    anchor = anchor_of(context, context.narrative or near or grain == "Q", grain, match.start())
    if anchor is None or (grain == "Q" and anchor[1] == "published"):
        return undated(match, open_value(grain), edge(match["edge"]))
    return dated(match, _span(grain, anchor[0]), edge(match["edge"]), anchor[1])


_RELATION = (
    r"(?P<rel>last|this\s+past|this\s+coming|this|next|coming|current|previous|preceding|following|upcoming|that\s+same"
    r"|that\s+very|that|same|prior)"
)
_SIDE = r"(?P<edge>(?:(?:very\s+)?(?:earlier|later|early|late)(?:\s+(?:in|on))?[\s-]+|mid[\s-]+))?"
_OF = r"(?:\s+of\s+(?:the\s+)?|\s+in\s+)"

RULES: tuple[Rule, ...] = (
    rule(
        rf"(?:the\s+)?{_SIDE}(?:the\s+)?{_RELATION}\s+(?:fiscal\s+|financial\s+|calendar\s+|school\s+)?{_GRAIN}",
        _deictic,
        AFTER_DASH,
        needs=gates.UNIT,
    ),
    rule(rf"{_SIDE}the\s+(?P<rel>(?:current\s+)?)(?P<unit>weekend)", _deictic, needs=("weekend",)),
    rule(
        rf"the\s+(?!day){_GRAIN}\s+(?:(?P<last>before\s+last)|after\s+next)(?!\s+(?:{WEEKDAY}|{MONTH}|week|month|year))",
        _but_one,
        needs=gates.AGO,
    ),
    rule(
        rf"(?:(?:just|only|even)\s+)?(?:(?P<less>{BEFORE})\s+)?(?:{PART}\s+)?"
        rf"(?:(?P<vague>{VAGUE})\s+|(?P<n>{COUNT}|an?)\s+)?(?:{FILLER}\s+)?(?P<unit>{TIME_UNIT})(?:\s+|(?='))"
        rf"(?P<way>ago|'s?\s+time|earlier|later|prior(?!\s+to)|previously|previous|hence|from\s+now|(?:before|after)\s+that(?=\s*[.,;:)]|\s+[a-z]+(?:ed|was|were|came)\b)"
        rf"|thereafter|afterwards?|on(?=,)|(?:before|after)(?=\s*(?:[.,;:)\"]|$)))(?!\s+than)"
        rf"(?:\s+(?P<near>today|this\s+(?:very\s+)?(?:day|week|weekend|month)))?",
        _ago,
        needs=gates.AGO,
    ),
    rule(
        r"the\s+same\s+(?P<what>period|time|month|quarter|week|day)\s+(?:of\s+|in\s+)?(?:(?:the\s+)?(?:last|previous|prior)\s+year"
        rf"|(?:a|one)\s+year\s+(?:ago|earlier|before|previously)|the\s+year\s+(?:before|earlier)|(?P<year>{YEAR}))",
        _same_a_year_ago,
        needs=("same",),
    ),
    rule(
        r"(?:the\s+(?=\S+\s+(?:period|month|quarter|week|day)))?year-(?:ago|earlier)(?:\s+(?P<what>period|month|quarter|week|day))?(?P<year>(?!))?",
        _same_a_year_ago,
        needs=("year-",),
    ),
    rule(
        rf"(?:(?:year|the\s+year's)[\s-]end|year's\s+end)(?:\s+(?:of\s+)?(?P<year>{YEAR}))?", _year_end, needs=("year",)
    ),
    rule(
        r"the\s+new\s+year(?!'|\s+(?:day|eve|holidays?|break|celebrations?|honours|honors|resolutions?))",
        _new_year,
        needs=("new year",),
    ),
    rule(
        r"(?P<less>(?!))?(?P<half>(?!))?(?P<vague>(?!))?(?P<n>the|that)\s+(?P<unit>day|week|month|year|decade)\s+"
        r"(?P<way>earlier|later|prior|previous|before|after)(?=\s*(?:[.,;:)\"]|$))(?P<near>(?!))?",
        _ago,
        needs=gates.AGO,
    ),
    rule(
        rf"(?:the\s+)?(?:very\s+)?(?P<part>beginning|start|outset|end|middle|close|turn|(?:first|second|latter)\s+half(?!{_OF}(?:[a-z]+\s+){{0,3}}year)"
        rf"|(?:first|early|latter|later|last)\s+part){_OF}"
        rf"(?:(?:(?P<rel>this|last|next|that|the\s+same)\s+)?(?:fiscal\s+|financial\s+)?{_GRAIN}"
        rf"|(?P<month>{MONTH})(?:(?:,|\s+of)?\s+(?P<year>{YEAR}))?)",
        _part,
        needs=gates.PART,
    ),
    rule(
        rf"(?:the\s+)?(?:very\s+)?(?P<part>beginning|start|end|middle|close){_OF}(?P<year>{YEAR})(?P<month>(?!))?(?P<rel>(?!))?(?P<unit>(?!))?",
        _part,
        needs=gates.PART,
    ),
    rule(
        r"(?P<edge>(?:very\s+)?(?:early|earlier|late|later)\s+in\s+)?the\s+(?:(?:whole|entire|full)\s+)?(?P<unit>week|month|quarter|year)"
        r"(?!\s+(?:of|to|that|when|which|before|after|ahead|earlier|later|previous|prior|end|ended|ending|following|since)\b)(?!['-]|\s+\d)",
        _the_period,
        needs=gates.UNIT,
    ),
)
"""Patterns and how they are read."""
