"""Years, decades and centuries: 2020, early 2009, 2009-2010, the 1990s, the 19th century; c. 1250, post-1945."""

from __future__ import annotations

import re
from datetime import date

from stages.core.parse import Token
from stages.numbers import gates, vocabulary
from stages.numbers.expression import EDGE, Context, Rule, Timex, dated, edge, rule
from stages.numbers.spans import Span
from stages.numbers.vocabulary import DECADE
from stages.numbers.words import ORDINAL, ordinal_of

YEAR = r"(?:1\d|20)\d\d(?![\d]|[,.:]\d)"


def full_year(text: str) -> int:
    """The year of two or four digits."""
    year = int(text)
    return year if year > 99 else year + (1900 if year >= 50 else 2000)


def new_year(year: int) -> date:
    """The first day of a year."""
    return date(year, 1, 1)


def _year(match: re.Match[str], context: Context) -> Timex | None:
    """2020; early 2009; c. 1250; post-1945; 2009-2010."""
    number, token = int(match["year"]), context.token(match.start("year"))
    before, sure = context.before(match.start()), match.start("year") > match.start()
    if not sure and token is not None:
        following = context.token(match.end() + 1)
        counts = token.dep == "nummod" and token.head.tag == "NNS" and token.head.i > token.i
        if following is not None and match.end() == match.end("year") and _is_other(number, counts, before, following):
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
    if not match["to"] and not match["short"]:
        return _one_year(match, number)
    last = int(match["to"] or match["short"])
    last = last if last > 99 else number // 100 * 100 + last
    if not number < last <= number + 100:
        return None
    found = dated(match, Span("Y", new_year(number)))
    if found:
        found.value, found.upper = f"{number}/{last}", Span("Y", new_year(last)).upper
    return found


def _one_year(match: re.Match[str], number: int) -> Timex | None:
    side = {"pre": "BEFORE", "post": "AFTER"}.get((match["side"] or "").lower())
    found = dated(match, Span("Y", new_year(number)), side or ("APPROX" if match["circa"] else edge(match["edge"])))
    if found and side:
        found.lower, found.upper = (None, found.upper) if side == "BEFORE" else (found.lower, None)
    return found


def _is_other(number: int, counts: bool, before: Token | None, following: Token) -> bool:
    """Whether the number is none of a year for what stands around it: 2000 years, 1709 pupils, Russell 2000 Index."""
    if following.lower in ("year", *vocabulary.PLURAL) or (counts and number < 1900):
        return True
    named = following.tag == "NNP" and following.ent not in ("DATE", "TIME", "GPE", "PERSON")
    return named and before is not None and before.tag == "NNP" and before.ent not in ("DATE", "TIME", "GPE")


def _short_year(match: re.Match[str], context: Context) -> Timex | None:
    before = context.before(match.start())
    if before is None or before.lower not in vocabulary.YEAR_LEADS:
        return None
    return dated(match, Span("Y", new_year(full_year(match["year"]))))


def _decade(match: re.Match[str], context: Context) -> Timex | None:
    """the 1990s; the '80s; the mid-1970s; the sixties."""
    if not match["word"] and len(match["digits"]) == 2 and (_is_temperature(context) or _is_age(match, context)):
        return None
    if match["word"]:
        year = 1900 + vocabulary.DECADES[match["word"].lower()]
    else:
        year = int(match["digits"])
        year = year if year > 99 else year + 1900
    # The 1800s are a century, the 2000s a decade.
    return dated(match, Span("C" if year % 100 == 0 and year < _DECADES else "E", new_year(year)), _part(match))


_DECADES = 2000
"""From here on '00s' are ten years."""


def _centuries(match: re.Match[str], context: Context) -> Timex | None:
    """The '18th' and '19th centuries'."""
    first, second = ordinal_of(match["nth"]) or 0, ordinal_of(match["nth2"]) or 0
    if not 2 <= first < second <= 99:
        return None
    found, last = (dated(match, Span("C", new_year((number - 1) * 100))) for number in (first, second))
    if found and last:
        found.end, last.start, found.rest = match.end("nth"), match.start("nth2"), last
    return found


def _is_temperature(context: Context) -> bool:
    """Whether the sentence speaks of the weather: highs in the 60s."""
    tokens = context.sentence.tokens if context.sentence else []
    return any(token.lower in vocabulary.TEMPERATURE for token in tokens)


def _is_age(match: re.Match[str], context: Context) -> bool:
    """Whether the tens are those of somebody's life: in his 60s, in their late 70s."""
    before = context.before(match.start())
    earlier = context.before(before.start) if before is not None else None
    return any(token is not None and token.tag == "PRP$" for token in (before, earlier))


def _century(match: re.Match[str], context: Context) -> Timex | None:
    number = ordinal_of(match["nth"]) or 0
    if not 2 <= number <= 99:
        return None
    return dated(match, Span("C", new_year((number - 1) * 100)), _part(match))


_PARTS = {"beginning": "START", "start": "START", "turn": "START", "first half": "START", "middle": "MID"}


def _part(match: re.Match[str]) -> str | None:
    """The modifier of 'early' or 'the end of'."""
    return (
        _PARTS.get(vocabulary.squeeze(match["part"]), "END") if match["part"] else edge(match["edge"] or match["early"])
    )


_EDGE = (
    rf"(?:(?:the\s+)?(?:very\s+)?(?P<part>beginning|start|turn|first\s+half|middle|(?:second|latter)\s+half|end|close)\s+of\s+)?"
    rf"(?P<edge>{EDGE})?"
)

RULES: tuple[Rule, ...] = (
    rule(
        rf"(?:the\s+(?:(?:fiscal|financial)\s+)?year\s+|fiscal\s+(?:year\s+)?|(?-i:FY)\s?)?"
        rf"(?:(?P<edge>{EDGE})|(?P<circa>c\.\s?|ca\.?\s|circa\s+)|(?P<side>pre|post)[-–])?(?P<year>{YEAR})"
        rf"(?:\s*[-–/]\s*(?P<to>(?:1\d|20)\d\d)(?![\d-])|[-–/](?P<short>\d\d)(?![\d-]))?",
        _year,
        needs=gates.DIGIT,
    ),
    rule(r"'(?P<year>[4-9]\d|[0-2]\d)", _short_year, needs=("'",)),
    rule(
        rf"{_EDGE}(?:the\s+)?(?P<early>{EDGE})?(?P<digits>1[5-9]\d0|20\d0)'?s(?P<word>(?!))?",
        _decade,
        needs=gates.ROUND,
    ),
    rule(
        rf"{_EDGE}the\s+(?P<early>{EDGE})?(?:'?(?P<digits>[5-9]0)'?s|(?P<word>{DECADE}))", _decade, needs=gates.DECADE
    ),
    rule(
        r"(?P<part>(?!))?(?P<edge>(?!))?(?P<early>(?!))?(?P<word>(?!))?'?(?P<digits>[5-9]0)s",
        _decade,
        needs=gates.ROUND,
    ),
    rule(rf"{_EDGE}(?:the\s+)?(?P<early>{EDGE})?(?P<nth>{ORDINAL})[\s-]+century", _century, needs=gates.CENTURY),
    rule(
        rf"(?:the\s+)?(?P<nth>{ORDINAL})\s+(?:and|to|or|through)\s+(?:the\s+)?(?P<nth2>{ORDINAL})\s+centur(?:y|ies)",
        _centuries,
        needs=("centur",),
    ),
)
"""Patterns and how they are read."""
