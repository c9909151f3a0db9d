"""Time words that stand for themselves, today, recently, that day; and parts of a day that count from another day."""

from __future__ import annotations

import re

from stages.numbers import gates, vocabulary
from stages.numbers.expression import Context, Rule, Timex, dated, open_value, rule, undated
from stages.numbers.relative import anchor_of
from stages.numbers.vocabulary import PHRASE


def _phrase(match: re.Match[str], context: Context) -> Timex | None:
    """Words of the lexicon numbers_time_phrases: now, recently, daily, today, last night."""
    phrase = vocabulary.squeeze(match[0])
    kind, value = vocabulary.PHRASES[phrase]
    first, before = context.token(match.start()), context.before(match.start())
    if first is None:
        return None
    opening = before is None or before.pos == "PUNCT"
    following = context.token(match.end())
    if following is not None and following.text == "-":
        return None
    following = context.token(match.end() + 1)
    periodical = first.pos == "NOUN" or (following is not None and following.pos == "PROPN" and first.dep != "advmod")
    if phrase in ("daily", "weekly", "monthly") and periodical:
        return None
    if " " not in phrase and first.text[0].isupper() and not opening and first.pos in ("PROPN", "ADJ", "NOUN"):
        return None
    if (
        phrase in ("soon", "recently", "long ago", "lately")
        and before is not None
        and before.lower in ("as", "sooner", "how")
    ):
        return None
    if phrase == "now" and before is not None and before.lower == "every":
        return None  # Every now and then.
    if phrase == "current" and first.pos != "ADJ":
        return None
    if phrase in ("the future", "the past", "the present"):
        noun = context.token(match.end() - 1)
        if noun is None or noun.pos != "NOUN" or noun.dep in ("compound", "nsubj", "dobj", "amod"):
            return None
    if value.startswith("day "):
        _, offset, *part = value.split()
        clock = f"T{part[0]}" if part else None
        day = context.published.shift(int(offset)) if context.published else None
        found = dated(match, day, None, "published") or undated(match, open_value("D"))
        return _at(found, clock)
    if value == "same day":
        anchor = anchor_of(context, True, "D", match.start())
        if anchor is None or anchor[1] == "published":
            return undated(match, open_value("D"))
        return dated(match, anchor[0], None, anchor[1])
    return undated(match, value, None, kind)


_ENDING = frozenset(("end", "finish", "close", "start", "begin", "open"))


def _the_day(match: re.Match[str], context: Context) -> Timex | None:
    """The day of a report: 'closed the day at 90', 'late in the day'."""
    before, following = context.before(match.start("day")), context.token(match.end() + 1)
    if not match["part"]:
        led = before is not None and (before.lemma.lower() in _ENDING or before.lower in ("for", "during"))
        if not led or (
            following is not None and following.lower in ("of", "after", "before", "that", "when", "it", "he")
        ):
            return None
    last = context.last
    if last is not None and last.span is not None and last.span.grain == "D" and last.anchor:
        return dated(match, last.span, None, context.document.identifier(last.start, last.end))
    return dated(match, context.published, None, "published") or undated(match, open_value("D"))


def _at(found: Timex, clock: str | None) -> Timex:
    if clock:
        found.type, found.clock, found.value = "TIME", clock, found.value + clock
    return found


def _then(match: re.Match[str], context: Context) -> Timex | None:
    return undated(match, "PAST_REF")


def _other_daypart(match: re.Match[str], context: Context) -> Timex | None:
    """The next morning; the following night; that evening."""
    part, relation = vocabulary.DAYPARTS[match["part"].lower()], vocabulary.squeeze(match["rel"])
    anchor = anchor_of(context, True, "D", match.start())
    if anchor is None or anchor[1] == "published":
        return _at(undated(match, open_value("D")), f"T{part}")
    step = 1 if relation in ("next", "following") else -1 if relation == "previous" else 0
    found = dated(match, anchor[0].shift(step), None, anchor[1])
    return _at(found, f"T{part}") if found else None


RULES: tuple[Rule, ...] = (
    rule(r"(?P<part>(?:very\s+)?(?:early|earlier|late|later)\s+in\s+)?(?P<day>the\s+day)", _the_day, needs=("day",)),
    rule(PHRASE, _phrase, needs=gates.PHRASE),
    rule(r"(?:(?<=since\s)|(?<=until\s)|(?<=by\s)|(?<=back\s))then", _then, needs=("then",)),
    rule(
        rf"(?:the\s+)?(?P<rel>next|following|(?:that\s+)?same|previous|that)\s+(?P<part>{vocabulary.DAYPART})",
        _other_daypart,
        needs=gates.DAYPART,
    ),
)
"""Patterns and how they are read."""
