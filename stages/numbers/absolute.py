"""Expressions that the calendar names: days, months, quarters, seasons, weekdays."""

from __future__ import annotations

import re
from datetime import date

from stages.numbers import gates, spans, vocabulary
from stages.numbers.expression import AFTER_DASH, EDGE, Context, Rule, Timex, dated, edge, rule, undated
from stages.numbers.resolution import BACK, ON, SPOKEN, THAT, around, nearest, yearless
from stages.numbers.spans import Span
from stages.numbers.vocabulary import MONTH, SEASON, WEEKDAY
from stages.numbers.years import YEAR, full_year

_NTH = r"(?:st|nd|rd|th)?"
_DAY = rf"(?P<day>\d{{1,2}})(?!\d|:\d){_NTH}"
_THEN = r"(?!\s+(?!(?:in|at|of|on|as|by|for|from|after|before|during|with|when|and|or|the)\b)[a-z])"
_TO_DAY = (
    rf"(?:(?:\s?[-–—]\s?(?P<day2>\d{{1,2}}){_NTH}|\s+(?:to|through|and|or)\s+(?P<day3>\d{{1,2}}){_NTH}{_THEN})"
    r"(?![\d/%]|[:,.]\d))?"
)
_WD = rf"(?:(?P<weekday>{WEEKDAY})(?:,\s*|\s+)(?:the\s+)?)?"
_REL = (
    r"(?P<rel>last|this\s+past|this\s+coming|this|next|coming|upcoming|past|previous|preceding|following"
    r"|that\s+same|that|same)"
)


def month_number(text: str) -> int:
    return vocabulary.MONTHS[text.lower().rstrip(".")]


def _relation(match: re.Match[str]) -> str:
    """The word that says which one, without what strengthens it: 'past' of 'this past'."""
    return (match["rel"] or "").lower().split()[-1] if match["rel"] else ""


def _determined(match: re.Match[str], context: Context, name: str) -> tuple[str, int]:
    """The word that says which one, and where the expression starts.

    That is after a word that only looks so: 'said that Monday', 'following Monday's debate'.
    """
    token = context.token(match.start("rel")) if match["rel"] else None
    if token is not None and token.pos in ("SCONJ", "ADP", "VERB") and token.start == match.start():
        return "", match.start("edge") if match["edge"] else match.start(name)
    return _relation(match), match.start()


_WHICH = r"(?P<which>this|last|next|that|(?:the|that)\s+(?:same|following|next|previous|preceding))"
_SAME_YEAR = rf"(?:(?P<year>{YEAR})|(?P<which>(?:the\s+|that\s+)?(?:that|same|following|next|previous))\s+year)"
_OF_YEAR = rf"(?:(?P<year>{YEAR}|'\d\d)|{_WHICH}\s+year)"


def _that_year(match: re.Match[str], context: Context) -> tuple[int | None, str | None]:
    """The year of 'October 2021', 'October of last year', 'the autumn of the same year', and what it counts from."""
    if match["year"]:
        return full_year(match["year"].lstrip("'")), None
    relation = match["which"].lower().split()[-1]
    at, anchor = context.origin(relation in SPOKEN or relation != match["which"].lower())
    if at is None:
        return None, None
    return at.lower.year + (1 if relation in ON else -1 if relation in BACK else 0), anchor


def _day(match: re.Match[str], context: Context) -> Timex | None:
    """October 21, 2022; 21 October; Friday, Oct. 21; August 3-5; 'April 24' and '25'."""
    month, number = month_number(match["month"]), int(match["day"])
    second = int(match["day2"] or match["day3"] or 0)
    if not 1 <= number <= 31 or (second and not number < second <= 31):
        return None
    if match["year"] or match["which"]:
        year, anchor = _that_year(match, context)
        day = spans.make(year, month, number) if year else None
        found = dated(match, Span("D", day) if day else None, None, anchor)
        if not found and match["which"]:
            found = undated(match, f"XXXX-{month:02d}-{number:02d}")
    else:
        if not spans.make(2000, month, number):
            return None
        relation = _relation(match)
        days = [day for year in around(context, relation) if (day := spans.make(year, month, number))]
        if match["weekday"]:
            weekday = vocabulary.WEEKDAYS[match["weekday"].lower().rstrip(".")]
            days = [day for day in days if day.isoweekday() == weekday] or days
        event = _event_year(match, context, f"{month:02d}-{number:02d}")
        if event and not second:
            return dated(match, Span("D", date(event, month, number)))
        choices = [Span("D", day) for day in days]
        found = yearless(match, context, choices, f"XXXX-{month:02d}-{number:02d}", None, relation)
    if not found or not second:
        return found
    last = spans.make(found.lower.year, month, second) if found.lower else None
    value = last.isoformat() if last else f"XXXX-{month:02d}-{second:02d}"
    if match["day2"]:
        found.value, found.upper = f"{found.value}/{value}", last or found.upper
        return found
    found.end = match.end("day")
    found.rest = Timex(match.start("day3"), match.end(), "DATE", value, None, last, last, found.anchor)
    found.rest.span = Span("D", last) if last else None
    return found


def _event_year(match: re.Match[str], context: Context, day: str) -> int | None:
    """The year of an event that is named by its day: the Sept. 11 attacks; None before it, and for other days."""
    year, following = vocabulary.EVENTS.get(day), context.token(match.end() + 1)
    known = year is not None and (context.published is None or context.published.day.year >= year)
    named = following is not None and following.lemma.lower() in vocabulary.EVENT_NOUNS
    return year if known and named and not context.narrative else None


def _day_of_month(match: re.Match[str], context: Context) -> Timex | None:
    """'On the 14th': of the month spoken of, or of the months around publication."""
    number, token, following = int(match["day"]), context.token(match.start("day")), context.token(match.end() + 1)
    before = context.before(match.start())
    if not 1 <= number <= 31 or token is None or before is None:
        return None
    part = context.before(before.start) if before.lower == "of" else None
    of_part = part is not None and (part.lower in vocabulary.DAYPARTS or part.lower == "hours")
    if before.lower not in vocabulary.DAY_LEADS and not of_part:
        return None
    if token.dep in ("amod", "compound", "nummod") or (following is not None and following.lower == "of"):
        return None
    told, sentence = context.told, context.sentence
    near = told is not None and sentence is not None and told.start >= sentence.start
    at, anchor = context.origin(near)
    choices = []
    if at is not None and at.grain in ("D", "M"):
        months = [Span("M", at.lower).shift(step) for step in (-1, 0, 1)]
        days = [spans.make(month.day.year, month.day.month, number) for month in months if month]
        choices = [Span("D", day) for day in days if day]
    if at is None or not choices:
        return undated(match, f"XXXX-XX-{number:02d}")
    if anchor != "published":
        return dated(match, next((day for day in choices if day.day >= at.lower), None), None, anchor)
    return dated(match, nearest(choices, at, context.direction(match.start())), None, anchor)


def _iso(match: re.Match[str], context: Context) -> Timex | None:
    day = spans.make(int(match["y"]), int(match["m"]), int(match["d"]))
    return dated(match, Span("D", day) if day else None)


def _numeric(match: re.Match[str], context: Context) -> Timex | None:
    """10/21/2022: which is the day follows from the numbers, the weekday, or the params."""
    first, second, year = int(match["a"]), int(match["b"]), full_year(match["c"])
    days = {
        order: day
        for order, month, number in (("month-day", first, second), ("day-month", second, first))
        if (day := spans.make(year, month, number))
    }
    if match["weekday"]:
        weekday = vocabulary.WEEKDAYS[match["weekday"].lower().rstrip(".")]
        days = {order: day for order, day in days.items() if day.isoweekday() == weekday} or days
    if len(set(days.values())) > 1 and context.day_order in days:
        days = {context.day_order: days[context.day_order]}
    if not days:
        return None
    if len(set(days.values())) == 1:
        return dated(match, Span("D", next(iter(days.values()))))
    found = undated(match, f"{year}-XX-XX")
    found.lower, found.upper = min(days.values()), max(days.values())
    return found


def _month(match: re.Match[str], context: Context) -> Timex | None:
    """April; early April 2019; last April."""
    month, mod = month_number(match["month"]), edge(match["edge"])
    if match["year"] or match["which"]:
        year, anchor = _that_year(match, context)
        day = spans.make(year, month, 1) if year else None
        found = dated(match, Span("M", day) if day else None, mod, anchor)
        return found or (undated(match, f"XXXX-{month:02d}", mod) if match["which"] else None)
    token, before = context.token(match.start("month")), context.before(match.start("month"))
    if token is not None and (token.pos in ("AUX", "VERB") or token.ent in ("PERSON", "ORG", "GPE", "FAC")):
        return None
    if len(match["month"].rstrip(".")) < 4 and not match["month"].endswith(".") and month != 5:
        return None
    if (
        before is not None
        and token is not None
        and before.ent == "PERSON"
        and before.pos == "PROPN"
        and not match["rel"]
    ):
        return None
    if before is not None and before.dep == "compound" and before.head is token and not match["edge"]:
        return None
    following = context.token(match.end() + 1)
    led = before is not None and (before.pos in ("ADJ", "DET") or before.text in ("``", '"', "'"))
    named = led and not match["edge"] and not match["rel"]
    if named and following is not None and following.lower in ("of", "for", "on", "in", "to"):
        return None  # The March for Life.
    relation, start = _determined(match, context, "month")
    choices = [Span("M", day) for year in around(context, relation) if (day := spans.make(year, month, 1))]
    return _from(start, yearless(match, context, choices, f"XXXX-{month:02d}", mod, relation))


def _from(start: int, found: Timex | None) -> Timex | None:
    """The expression, from where it starts."""
    if found:
        found.start = start
    return found


_NTHS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}


def _quarter(match: re.Match[str], context: Context) -> Timex | None:
    """the third quarter of 2009; Q3; the first half of last year."""
    grain = "H" if (match["unit"] or "").lower() == "half" or match["h"] else "Q"
    low = (match["nth"] or match["q"] or match["h"] or "").lower()
    number = _NTHS.get(low) or (int(low) if low.isdigit() else 2 if grain == "H" else 4)
    size = 6 if grain == "H" else 3
    if number * size > 12 or (grain == "H" and not match["of"]):
        return None
    month = (number - 1) * size + 1
    if match["year"]:
        return dated(match, Span(grain, date(full_year(match["year"]), month, 1)))
    relation = (match["rel"] or "").lower()
    at, anchor = context.origin(relation in SPOKEN)
    if at is None:
        return undated(match, f"XXXX-{grain}{number}")
    if relation or match["of"]:
        year = at.lower.year + (1 if relation in ON else -1 if relation in BACK else 0)
        day = spans.make(year, month, 1)
        return dated(match, Span(grain, day) if day else None, anchor=anchor)
    if low == "last":
        return dated(match, Span(grain, at.lower).shift(-1), anchor=anchor)
    choices = [Span(grain, date(year, month, 1)) for year in around(context)]
    return yearless(match, context, choices, f"XXXX-{grain}{number}")


def _season(match: re.Match[str], context: Context) -> Timex | None:
    """last summer; spring 2009; the autumn of the same year; the winter months."""
    name, mod = vocabulary.SEASONS[match["season"].lower()], edge(match["edge"])
    if match["year"] or match["which"]:
        year, anchor = _that_year(match, context)
        span = spans.season(name, year) if year else None
        return dated(match, span, mod, anchor) or undated(match, f"XXXX-{name}", mod)
    token, before = context.token(match.start("season")), context.before(match.start())
    if token is None or token.pos not in ("NOUN", "PROPN") or token.text[0].isupper():
        return None
    following = context.token(match.end() + 1)
    if following is not None and following.lower == "of" and not match["rel"]:
        return None
    led = before is not None and before.lower in vocabulary.SEASON_LEADS
    if not (match["rel"] or match["months"] or match["edge"] or (led and token.dep in ("pobj", "npadvmod"))):
        return None
    relation, start = _determined(match, context, "season")
    choices = [span for year in around(context, relation) if (span := spans.season(name, year))]
    return _from(start, yearless(match, context, choices, f"XXXX-{name}", mod, relation))


def _weekday(match: re.Match[str], context: Context) -> Timex | None:
    """Friday; last Friday; late Thursday; Sunday evening."""
    number = vocabulary.WEEKDAYS[match["weekday"].lower().rstrip(".")]
    token, before = context.token(match.start("weekday")), context.before(match.start("weekday"))
    if token is not None and token.ent in ("PERSON", "ORG", "WORK_OF_ART", "EVENT", "FAC", "PRODUCT"):
        return None
    short = len(match["weekday"].rstrip(".")) < 6
    if short and (before is not None or not match["weekday"].endswith(".")) and not match["rel"]:
        return None
    titled = before is not None and before.head is token and before.dep in ("amod", "compound")
    if titled and before is not None and before.text[0].isupper() and not match["edge"] and not match["rel"]:
        return None  # Black Friday, Super Tuesday.
    following = context.token(match.end() + 1)
    if before is not None and before.lower == "the" and following is not None and following.tag == "NNP":
        return None  # The Sunday Times.
    part = vocabulary.DAYPARTS[match["part"].lower()] if match["part"] else None
    mod = edge(match["edge"])
    relation, start = _determined(match, context, "weekday")
    if match["plural"] or _EACH.search(context.document.clean, max(0, match.start() - 40), match.start()):
        found: Timex | None = undated(match, f"XXXX-WXX-{number}", mod, "SET")
    else:
        day, anchor = _that_weekday(match, context, number, relation)
        found = dated(match, day, mod, anchor) or undated(match, f"XXXX-WXX-{number}", mod)
    if found and part:
        found.clock = f"T{part}"
        found.type, found.value = "TIME", f"{found.value}T{part}"
    return _from(start, found)


_EACH = re.compile(rf"\b(?:every|each)\s+(?:{WEEKDAY},?\s+)+(?:and|or)\s+$", re.IGNORECASE)
"""Before the last of 'every Monday and Thursday'."""
_TO = re.compile(r"\s*(?:to|through|thru|until|till|into|-|–)\s*", re.IGNORECASE)
"""What leads from a day to the last of a range: Monday through Friday."""


def _that_weekday(match: re.Match[str], context: Context, number: int, relation: str) -> tuple[Span | None, str | None]:
    """The weekday nearest to publication on the side that the words or the tense say; its own weekday is that day.

    A history goes on from the day that it is at.
    """
    at, anchor = context.origin(relation in SPOKEN)
    if at is not None and at.grain != "D":
        at, anchor = (None, None) if context.narrative or not context.published else (context.published, "published")
    if at is None:
        return None, None
    behind = (at.day.isoweekday() - number) % 7
    ahead = (number - at.day.isoweekday()) % 7
    if relation in BACK:
        return at.shift(-(behind or 7)), anchor
    if relation in ON:
        return at.shift(ahead or 7), anchor
    last = context.last
    ends = last is not None and _TO.fullmatch(context.document.clean, last.end, match.start())
    if ends and last is not None and last.span is not None and last.span.grain == "D":
        return last.span.shift((number - last.span.day.isoweekday()) % 7), anchor
    direction = context.direction(match.start("weekday"))
    if relation in THAT or context.narrative or direction > 0 or (relation == "this" and direction == 0):
        return at.shift(ahead), anchor
    return at.shift(-behind), anchor


RULES: tuple[Rule, ...] = (
    rule(
        rf"(?:(?P<rel>last|next)\s+)?{_WD}(?P<month>{MONTH})\s*(?:the\s+)?{_DAY}{_TO_DAY}(?:(?:,|\s+of)?\s+{_SAME_YEAR})?",
        _day,
        AFTER_DASH,
        needs=gates.MONTH,
    ),
    rule(
        rf"(?:the\s+)?(?P<rel>(?!))?{_WD}{_DAY}(?:\s*[-–/]\s*(?P<day2>\d{{1,2}}){_NTH}|\s+(?:to|and|or)\s+(?:the\s+)?(?P<day3>\d{{1,2}}){_NTH})?"
        rf"(?:\s+of)?[\s-]+(?P<month>{MONTH})(?:(?:,?[\s-]+|\s+of\s+){_SAME_YEAR})?",
        _day,
        needs=gates.MONTH,
    ),
    rule(rf"(?:{WEEKDAY},?\s+)?(?P<y>(?:1\d|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)", _iso, needs=gates.DIGIT),
    rule(
        rf"{_WD}(?P<a>\d{{1,2}})(?P<mark>[/.-])(?P<b>\d{{1,2}})(?P=mark)(?P<c>(?:19|20)\d\d)",
        _numeric,
        needs=gates.DIGIT,
    ),
    rule(rf"{_WD}(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<c>\d\d)", _numeric, needs=gates.DIGIT),
    rule(
        rf"(?:(?:the\s+)?{_REL}\s+)?(?P<edge>{EDGE})?(?P<month>{MONTH})(?:(?:,|\s+of)?\s+{_OF_YEAR})?",
        _month,
        AFTER_DASH,
        needs=gates.MONTH,
    ),
    rule(
        r"(?:the\s+)?(?:(?P<nth>first|second|third|fourth|last|final|[1-4](?:st|nd|rd|th))[\s-]+(?:fiscal\s+)?"
        r"(?P<unit>quarter|half)|Q(?P<q>[1-4])|(?-i:H)(?P<h>[12])(?=\s+(?:19|20)\d\d))"
        rf"(?P<of>\s+(?:of\s+)?(?:(?:the\s+)?(?:(?P<rel>this|that|last|next|previous|same|following)\s+)?(?:fiscal\s+|financial\s+)?year|(?:fiscal\s+)?(?P<year>{YEAR})))?",
        _quarter,
        needs=gates.QUARTER,
    ),
    rule(
        rf"(?:the\s+)?(?:{_REL}\s+)?(?P<edge>{EDGE})?(?P<season>{SEASON})"
        rf"(?:(?:\s+of)?\s+{_OF_YEAR}(?:[-–/](?:\d\d)?\d\d(?!\d))?)?(?P<months>(?!))?",
        _season,
        needs=gates.SEASON,
    ),
    rule(
        rf"(?:the\s+)(?:[a-z]+\s+)?(?P<rel>(?!))?(?P<edge>(?!))?(?P<season>{SEASON})(?P<months>\s+months)(?P<year>(?!))?(?P<which>(?!))?",
        _season,
        needs=gates.SEASON,
    ),
    rule(
        rf"(?:(?:the\s+)?{_REL}\s+)?(?P<edge>{EDGE})?(?P<weekday>{WEEKDAY})(?P<plural>s)?(?:\s+(?:late\s+|early\s+)?(?P<part>{vocabulary.DAYPART}))?",
        _weekday,
        AFTER_DASH,
        needs=gates.WEEKDAY,
    ),
    rule(r"the\s+(?P<day>\d{1,2})(?:st|nd|rd|th)", _day_of_month, needs=gates.DIGIT),
)
"""Patterns and how they are read."""

STATED = RULES[:5]
"""Those of whole days."""
