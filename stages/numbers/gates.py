"""What a sentence must hold for a rule to be tried on it: plain words, far cheaper to look for than the pattern.

A word in lower case stands for itself in any case, one with a capital only for itself.
"""

from __future__ import annotations

from stages.numbers import vocabulary

Gate = tuple[str, ...]
"""Words of which one must occur, also inside others; none: always tried."""


def _kind(kind: str) -> Gate:
    """The words of a kind of the calendar; cased ones as they may be written."""
    found: list[str] = []
    for row in vocabulary.CALENDAR:
        if row["kind"] == kind:
            word = row["word"]
            found += [word.capitalize(), word.upper()] if row["cased"] else [word]
    return tuple(found)


def _longest(forms: list[str]) -> Gate:
    """The longest word of each form."""
    return tuple(sorted({max(form.replace("'", " ").split(), key=len) for form in forms}))


DIGIT: Gate = tuple("0123456789")
MONTH, WEEKDAY, SEASON, CLOCK = _kind("month"), _kind("weekday"), _kind("season"), _kind("clock")
DAYPART = _kind("daypart")
HOUR: Gate = (*DAYPART, "hours")
HOLIDAY = _longest(sorted(vocabulary.HOLIDAYS))
PHRASE = _longest(sorted(vocabulary.PHRASES))
UNIT: Gate = tuple(sorted({unit[:6] for unit in (*vocabulary.SINGULAR, *vocabulary.TIME_UNITS)}))
ROUND: Gate = ("0s", "0's")
DECADE: Gate = (*ROUND, *vocabulary.DECADES)
CENTURY: Gate = ("century",)
ERA: Gate = ("BC", "B.", "AD", "A.", "CE", "C.")
QUARTER: Gate = ("quarter", "half", "q1", "q2", "q3", "q4", "h1", "h2")
AGO: Gate = ("ago", "earlier", "later", "prior", "previous", "hence", "now", "before", "after", "on,", "time")
PART: Gate = ("beginning", "start", "outset", "end", "middle", "close", "turn", "half", "part")
EVERY: Gate = ("every", "each")
TIMES: Gate = ("once", "twice", "thrice", "times")
ZONE: Gate = ("GMT", "UTC", "Z", "hours", "hrs")


def is_open(gate: Gate, text: str) -> bool:
    """Whether a text, followed by itself in lower case, holds a word of the gate."""
    return not gate or any(word in text for word in gate)
