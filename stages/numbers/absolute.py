"""Expressions that the calendar names: days, months, years, decades, quarters, seasons, weekdays."""

from __future__ import annotations

import re
from datetime import date

from stages.core.parse import Token
from stages.numbers import spans, vocabulary
from stages.numbers.expression import AFTER_DASH, EDGE, Context, Rule, Timex, dated, edge, rule, undated
from stages.numbers.spans import Span
from stages.numbers.vocabulary import DECADE, MONTH, SEASON, WEEKDAY
from stages.numbers.words import ORDINAL, ordinal_of

YEAR = r"(?:1\d|20)\d\d(?![\d]|[,.:]\d)"
_NTH = r"(?:st|nd|rd|th)?"
_DAY = rf"(?P<day>\d{{1,2}})(?!\d|:\d){_NTH}"
_THEN = r"(?!\s+(?!(?:in|at|of|on|as|by|for|from|after|before|during|with|when|and|or|the)\b)[a-z])"
_TO_DAY = (
    rf"(?:(?:\s?[-–—]\s?(?P<day2>\d{{1,2}}){_NTH}|\s+(?:to|through|and)\s+(?P<day3>\d{{1,2}}){_NTH}{_THEN})"
    r"(?![\d/%]|[:,.]\d))?"
)
_WD = rf"(?:(?P<weekday>{WEEKDAY})(?:,\s*|\s+)(?:the\s+)?)?"
_REL = r"(?P<rel>last|this\s+past|this\s+coming|this|next|coming|upcoming|past|previous|following)"


def month_number(text: str) -> int:
    return vocabulary.MONTHS[text.lower().rstrip(".")]


def full_year(text: str) -> int:
    """The year of two or four digits."""
    year = int(text)
    return year if year > 99 else year + (1900 if year >= 50 else 2000)


def nearest(candidates: list[Span], at: Span, direction: int) -> Span | None:
    """The candidate that the clause means: the last that has begun, the first that is not over, or the nearest."""

    def distance(span: Span) -> int:
        return 0 if span.lower <= at.day <= span.upper else abs((span.day - at.day).days)

    past = [span for span in candidates if span.lower <= at.day]
    ahead = [span for span in candidates if span.upper >= at.day]
    close = min(candidates, key=distance, default=None)
    side = past if direction < 0 else ahead if direction > 0 else []
    pick = min(side, key=distance, default=None)
    # Tense is a hint: a day of last year does not beat one of next week.
    if pick is None or (close is not None and distance(close) <= 40 and distance(pick) > 200):
        return close
    return pick


def yearless(match: re.Match[str], context: Context, choices: list[Span], value: str, mod: str | None) -> Timex | None:
    """An expression without its year: of the years around publication the one that the clause means."""
    pivot, last = context.pivot(), context.last
    if pivot is None:
        return undated(match, value, mod)
    if context.narrative and last is not None:
        # A history goes on in the year it is in, or in the next: from December 1941 to January.
        left = [span for span in choices if span.upper.year >= pivot.lower.year]
        left = [span for span in left if (pivot.lower - span.upper).days < 200]
        return dated(match, left[0] if left else None, mod, context.document.identifier(last.start, last.end))
    found = dated(match, nearest(choices, pivot, context.direction(match.start())), mod, "published")
    if found:
        found.year_open = found.span
    return found


def around(context: Context) -> range:
    """The years that an expression without one can mean."""
    pivot = context.pivot()
    year = pivot.day.year if pivot else 0
    return range(max(1, year - 1), min(9999, year + 1) + 1)


def _day(match: re.Match[str], context: Context) -> Timex | None:
    """October 21, 2022; 21 October; Friday, Oct. 21; August 3-5."""
    month, number = month_number(match["month"]), int(match["day"])
    second = int(match["day2"] or match["day3"] or 0)
    if not 1 <= number <= 31 or (second and not number < second <= 31):
        return None
    if match["year"]:
        day = spans.make(full_year(match["year"]), month, number)
        found = dated(match, Span("D", day) if day else None)
    else:
        if not spans.make(2000, month, number):
            return None
        days = [day for year in around(context) if (day := spans.make(year, month, number))]
        if match["weekday"] and context.published:
            weekday = vocabulary.WEEKDAYS[match["weekday"].lower().rstrip(".")]
            days = [day for day in days if day.isoweekday() == weekday] or days
        if match["rel"] and context.published:
            now, last = context.published.day, match["rel"].lower() == "last"
            days = [day for day in days if (day < now if last else day > now)]
        found = yearless(match, context, [Span("D", day) for day in days], f"XXXX-{month:02d}-{number:02d}", None)
    if found and second:
        if found.lower and (last := spans.make(found.lower.year, month, second)):
            found.upper, found.value = last, f"{found.value}/{last.isoformat()}"
        else:
            found.value = f"{found.value}/XXXX-{month:02d}-{second:02d}"
    return found


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
    if match["year"]:
        day = spans.make(full_year(match["year"].lstrip("'")), month, 1)
        return dated(match, Span("M", day) if day else None, mod)
    if match["which"]:
        step = {"this": 0, "last": -1, "next": 1}[match["which"].lower()]
        day = spans.make(context.published.day.year + step, month, 1) if context.published else None
        return dated(match, Span("M", day), mod, "published") if day else undated(match, f"XXXX-{month:02d}", mod)
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
    named = before is not None and before.pos in ("ADJ", "DET") and not match["edge"] and not match["rel"]
    if named and following is not None and following.lower in ("of", "for", "on", "in", "to"):
        return None  # The March for Life.
    choices = [Span("M", day) for year in around(context) if (day := spans.make(year, month, 1))]
    relation = (match["rel"] or "").lower().split()[-1:]
    if context.published and relation in (["last"], ["past"], ["next"], ["previous"]):
        now = Span("M", context.published.day).lower
        before_now = relation != ["next"]
        left = [span for span in choices if (span.day < now if before_now else span.day > now)]
        return dated(match, (left[-1] if before_now else left[0]) if left else None, mod, "published")
    return yearless(match, context, choices, f"XXXX-{month:02d}", mod)


def _year(match: re.Match[str], context: Context) -> Timex | None:
    """2020; early 2009; 2009-2010."""
    number, token = int(match["year"]), context.token(match.start("year"))
    before = context.before(match.start())
    if not match["edge"] and token is not None:
        counts = token.dep == "nummod" and token.head.tag == "NNS" and token.head.i > token.i
        following = context.token(match.end() + 1)
        if following is not None and not match["to"] and _is_other(number, counts, before, following):
            return None
        led = before is None or before.lower in vocabulary.YEAR_LEADS or before.text in ("(", ",", "-", "–", "/")
        likely = token.ent == "DATE" or (1900 <= number <= 2100 and not counts)
        if (counts and token.ent != "DATE") or not (likely or (led and number >= 1400 and before is not None)):
            return None
        if before is not None and before.lower in vocabulary.DESIGNATOR | {"#"}:
            return None
        if token.ent in ("ORG", "PRODUCT", "FAC", "LAW", "WORK_OF_ART") and not token.ent_start:
            return None
        if token.ent in ("CARDINAL", "QUANTITY", "MONEY") and not (led and before is not None and before.lower == "in"):
            return None
    if not match["to"]:
        return dated(match, Span("Y", _new_year(number)), edge(match["edge"]))
    last = int(match["to"])
    last = last if last > 99 else number // 100 * 100 + last
    if not number < last <= number + 100:
        return None
    found = dated(match, Span("Y", _new_year(number)))
    if found:
        found.value, found.upper = f"{number}/{last}", Span("Y", _new_year(last)).upper
    return found


def _is_other(number: int, counts: bool, before: Token | None, following: Token) -> bool:
    """Whether the number is none of a year for what stands around it: 2000 years, 1709 pupils, Russell 2000 Index."""
    if following.lower in ("year", *vocabulary.PLURAL) or (counts and number < 1900):
        return True
    named = following.tag == "NNP" and following.ent not in ("DATE", "TIME", "GPE", "PERSON")
    return named and before is not None and before.tag == "NNP" and before.ent not in ("DATE", "TIME", "GPE")


def _new_year(year: int) -> date:
    return date(year, 1, 1)


def _short_year(match: re.Match[str], context: Context) -> Timex | None:
    before = context.before(match.start())
    if before is None or before.lower not in vocabulary.YEAR_LEADS:
        return None
    return dated(match, Span("Y", _new_year(full_year(match["year"]))))


def _decade(match: re.Match[str], context: Context) -> Timex | None:
    """the 1990s; the '80s; the mid-1970s; the sixties."""
    if match["word"]:
        year = 1900 + vocabulary.DECADES[match["word"].lower()]
    else:
        year = int(match["digits"])
        year = year if year > 99 else year + 1900
    return dated(match, Span("E", _new_year(year)), edge(match["edge"]))


def _century(match: re.Match[str], context: Context) -> Timex | None:
    number = ordinal_of(match["nth"]) or 0
    if not 2 <= number <= 99:
        return None
    return dated(match, Span("C", _new_year((number - 1) * 100)), edge(match["edge"]))


_NTHS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}


def _quarter(match: re.Match[str], context: Context) -> Timex | None:
    """the third quarter of 2009; Q3; the first half of last year."""
    grain = "H" if (match["unit"] or "").lower() == "half" else "Q"
    low = (match["nth"] or match["q"] or "").lower()
    number = _NTHS.get(low) or (int(low) if low.isdigit() else 2 if grain == "H" else 4)
    size = 6 if grain == "H" else 3
    if number * size > 12 or (grain == "H" and not match["of"]):
        return None
    month = (number - 1) * size + 1
    if match["year"]:
        return dated(match, Span(grain, date(full_year(match["year"]), month, 1)))
    if not context.published:
        return undated(match, f"XXXX-{grain}{number}")
    year = context.published.day.year
    relation = (match["rel"] or "").lower()
    if relation in ("last", "previous", "next"):
        year += 1 if relation == "next" else -1
    if relation in ("last", "previous", "next", "this") or match["of"]:
        day = spans.make(year, month, 1)
        return dated(match, Span(grain, day) if day else None, anchor="published")
    if low in ("last", "final"):
        number = 0
    choices = [Span(grain, date(year, month, 1)) for year in around(context)]
    return yearless(match, context, choices, f"XXXX-{grain}{number}", None)


def _season(match: re.Match[str], context: Context) -> Timex | None:
    """last summer; spring 2009; the winter months."""
    name, mod = vocabulary.SEASONS[match["season"].lower()], edge(match["edge"])
    if match["year"]:
        return dated(match, spans.season(name, full_year(match["year"])), mod)
    token, before = context.token(match.start("season")), context.before(match.start())
    if token is None or token.pos not in ("NOUN", "PROPN") or token.text[0].isupper():
        return None
    following = context.token(match.end() + 1)
    if following is not None and following.lower == "of" and not match["rel"]:
        return None
    led = before is not None and before.lower in ("in", "by", "during", "since", "until", "through", "of")
    if not (match["rel"] or match["months"] or match["edge"] or (led and token.dep in ("pobj", "npadvmod"))):
        return None
    if not context.published:
        return undated(match, f"XXXX-{name}", mod)
    choices = [span for year in around(context) if (span := spans.season(name, year))]
    relation = (match["rel"] or "").lower().split()[-1:]
    if relation and relation[0] in ("last", "past", "previous", "next", "coming", "upcoming"):
        ahead = relation[0] in ("next", "coming", "upcoming")
        now = context.published.day
        left = [span for span in choices if (span.lower > now if ahead else span.upper < now)]
        return dated(match, (left[0] if ahead else left[-1]) if left else None, mod, "published")
    return yearless(match, context, choices, f"XXXX-{name}", mod)


def _weekday(match: re.Match[str], context: Context) -> Timex | None:
    """Friday; last Friday; late Thursday; Sunday evening."""
    number = vocabulary.WEEKDAYS[match["weekday"].lower().rstrip(".")]
    token, before = context.token(match.start("weekday")), context.before(match.start("weekday"))
    if token is not None and token.ent in ("PERSON", "ORG", "WORK_OF_ART", "EVENT", "FAC", "PRODUCT"):
        return None
    if len(match["weekday"].rstrip(".")) < 6 and before is not None and not match["rel"]:
        return None
    part = vocabulary.DAYPARTS[match["part"].lower()] if match["part"] else None
    mod = edge(match["edge"])
    relation = (match["rel"] or "").lower().split()[-1:]
    if match["plural"]:
        found: Timex | None = undated(match, f"XXXX-WXX-{number}", mod, "SET")
    elif context.published is None:
        found = undated(match, f"XXXX-WXX-{number}", mod)
    else:
        found = dated(match, _that_weekday(match, context, context.published, number, relation), mod, "published")
    if found and part:
        found.clock = f"T{part}"
        found.type, found.value = "TIME", f"{found.value}T{part}"
    return found


def _that_weekday(
    match: re.Match[str], context: Context, published: Span, number: int, relation: list[str]
) -> Span | None:
    """The weekday nearest to publication on the side that the words or the tense say; its own weekday is that day."""
    behind = (published.day.isoweekday() - number) % 7
    ahead = (number - published.day.isoweekday()) % 7
    if relation in (["last"], ["past"], ["previous"]):
        return published.shift(-(behind or 7))
    if relation in (["next"], ["following"], ["coming"], ["upcoming"]):
        return published.shift(ahead or 7)
    if context.direction(match.start("weekday")) > 0:
        return published.shift(ahead)
    return published.shift(-behind)


RULES: tuple[Rule, ...] = (
    rule(
        rf"(?:(?P<rel>last|next)\s+)?{_WD}(?P<month>{MONTH})\s*(?:the\s+)?{_DAY}{_TO_DAY}(?:(?:,|\s+of)?\s+(?P<year>{YEAR}))?",
        _day,
        AFTER_DASH,
    ),
    rule(
        rf"(?P<rel>(?!))?{_WD}{_DAY}(?:\s*(?:-|–|to|/)\s*(?P<day2>\d{{1,2}}){_NTH})?(?P<day3>(?!))?(?:\s+of)?[\s-]+(?P<month>{MONTH})"
        rf"(?:,?[\s-]+(?P<year>{YEAR}))?",
        _day,
    ),
    rule(rf"(?:{WEEKDAY},?\s+)?(?P<y>(?:1\d|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)", _iso),
    rule(rf"{_WD}(?P<a>\d{{1,2}})(?P<mark>[/.-])(?P<b>\d{{1,2}})(?P=mark)(?P<c>(?:19|20)\d\d)", _numeric),
    rule(rf"{_WD}(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<c>\d\d)", _numeric),
    rule(
        rf"(?:{_REL}\s+)?(?P<edge>{EDGE})?(?P<month>{MONTH})"
        rf"(?:(?:,|\s+of)?\s+(?:(?P<year>{YEAR}|'\d\d)|(?P<which>this|last|next)\s+year))?",
        _month,
    ),
    rule(
        rf"(?:the\s+(?:(?:fiscal|financial)\s+)?year\s+|fiscal\s+(?:year\s+)?)?(?P<edge>{EDGE})?(?P<year>{YEAR})(?:\s*[-–/]\s*(?P<to>(?:1\d|20)?\d\d)(?![\d-]))?",
        _year,
    ),
    rule(r"'(?P<year>[4-9]\d|[0-2]\d)", _short_year),
    rule(rf"(?:the\s+)?(?P<edge>{EDGE})?(?P<digits>1[5-9]\d0|20\d0)'?s(?P<word>(?!))?", _decade),
    rule(rf"the\s+(?P<edge>{EDGE})?(?:'?(?P<digits>[5-9]0)'?s|(?P<word>{DECADE}))", _decade),
    rule(r"(?P<edge>(?!))?(?P<word>(?!))?'?(?P<digits>[5-9]0)s", _decade),
    rule(rf"(?:the\s+)?(?P<edge>{EDGE})?(?P<nth>{ORDINAL})[\s-]+century", _century),
    rule(
        r"(?:the\s+)?(?:(?P<nth>first|second|third|fourth|last|final|[1-4](?:st|nd|rd|th))[\s-]+(?:fiscal\s+)?"
        r"(?P<unit>quarter|half)|Q(?P<q>[1-4]))"
        rf"(?P<of>\s+(?:of\s+)?(?:(?:the\s+)?(?:(?P<rel>this|last|next|previous)\s+)?(?:fiscal\s+|financial\s+)?year|(?:fiscal\s+)?(?P<year>{YEAR})))?",
        _quarter,
    ),
    rule(
        rf"(?:the\s+)?(?:{_REL}\s+)?(?P<edge>{EDGE})?(?P<season>{SEASON})"
        rf"(?:(?:\s+of)?\s+(?P<year>{YEAR})(?:[-–/]\d\d(?!\d))?)?(?P<months>(?!))?",
        _season,
    ),
    rule(
        rf"(?:the\s+)(?:[a-z]+\s+)?(?P<rel>(?!))?(?P<edge>(?!))?(?P<season>{SEASON})(?P<months>\s+months)(?P<year>(?!))?",
        _season,
    ),
    rule(
        rf"(?:(?:the\s+)?{_REL}\s+)?(?P<edge>{EDGE})?(?P<weekday>{WEEKDAY})(?P<plural>s)?(?:\s+(?:late\s+|early\s+)?(?P<part>{vocabulary.DAYPART}))?",
        _weekday,
    ),
)
"""Patterns and how they are read."""
