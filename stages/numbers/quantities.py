"""Finds the quantities of a text: counts, measures, money, percentages, durations, ordinals, fractions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from stages.core.parse import Document, Row
from stages.numbers import bare, changes, compounds, nouns, parts, patterns, vocabulary
from stages.numbers.expression import Timex
from stages.numbers.quantity import Quantity, Reading
from stages.numbers.units import PER, SCALED, SINGLE, UNITS, Unit, currency_of, rate, unit_of
from stages.numbers.words import NUMERAL, ORDINALS, PARTS, SCALES, SMALL, SUFFIXES, TIMES, VAGUE, plain, value_of

_WORD = re.compile(r"[a-z]+|[\d½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒]+")
_ANY, _TWO = "0", "00"
"""Stand among the words of a sentence for one number in it, and for two."""
_NUMBERS = frozenset((*SMALL, *SCALES, *VAGUE, *PARTS))
_VAGUELY = frozenset((*VAGUE, "several", "few", "many", "couple"))
_ENDINGS = frozenset(("st", "nd", "rd", "th"))
_DASHES = ("-", "–", "—")
_TO_MORE = re.compile(rf"\s+to\s+(?:about\s+|around\s+)?{NUMERAL}", re.IGNORECASE)
_QUARTERS = re.compile(rf"(?:\s+{vocabulary.FILLER})?\s+quarters\b(?!\s+of\s+(?:the|an?)\b)", re.IGNORECASE)
_FAR = 3
"""How many times its first number a second one is, at least, that is no end of a range."""


def read(document: Document, times: Sequence[Timex], dollar: str) -> list[Row]:
    """The rows of `numbers`, in the order of the text; spans do not overlap."""
    starts = [time.start for time in times]
    rows: list[Row] = []
    for sentence in document.content:
        words = _words(document.clean[sentence.start : sentence.end])
        if words.isdisjoint(_TELLING):
            continue
        near = times[max(0, bisect_right(starts, sentence.start) - 1) : bisect_right(starts, sentence.end)]
        found = _find(Reading(document, sentence, near, dollar), words)
        changes.link(found, near)
        rows.extend(_row(document, quantity) for quantity in found)
    return rows


def _words(text: str) -> set[str]:
    """The words of a sentence, by which it is decided what can be read from it."""
    found = _WORD.findall(text.lower())
    numbers = sum(not word[0].isalpha() or word in _NUMBERS for word in found)
    return {*found, *([_ANY] if numbers else []), *([_TWO] if numbers > 1 else [])}


def _row(document: Document, quantity: Quantity) -> Row:
    noun = quantity.noun
    first = quantity.change
    return {
        "number_id": document.identifier(quantity.start, quantity.end),
        **document.span(quantity.start, quantity.end),
        "sentence_id": quantity.sentence.sentence_id,
        "kind": quantity.kind,
        "value": plain(quantity.value),
        "upper": plain(quantity.upper) if quantity.upper is not None else None,
        "comparator": quantity.comparator,
        "unit": quantity.unit,
        "noun": document.text[noun[0] : noun[1]] if noun else None,
        "noun_start": noun[0] if noun else None,
        "noun_end": noun[1] if noun else None,
        "role": quantity.role,
        "change_id": document.identifier(first.start, first.end) if first else None,
    }


def _find(reading: Reading, words: set[str]) -> list[Quantity]:
    """The patterns in the order of their certainty; a later one reads only what is left."""
    found: list[Quantity] = []
    begin, end = reading.sentence.start, reading.sentence.end
    for figures in patterns.NOTHING.finditer(reading.clean, begin, end):
        reading.take(figures.start(), figures.end())
    for pattern, build, needed in _READERS:
        if words.isdisjoint(needed):
            continue
        at = begin
        while match := pattern.search(reading.clean, at, end):
            read = [] if reading.is_taken(match.start(), match.end()) else build(match, reading)
            for item in read:
                found.append(item)
                reading.take(item.start, item.end)
            # What was refused as a whole may hold another quantity.
            at = read[-1].end if read else max(match.start() + 1, match.end(patterns.FIRST[pattern]))
    found = [item for item in found if plain(item.value) is not None]
    found.sort(key=lambda item: item.start)
    found = compounds.join(found, reading)
    for item in found:
        item.noun = item.noun or _noun(item, reading)
        dated = item.noun is not None and item.kind == "count" and reading.in_date(*item.noun)
        if dated and item.noun and reading.clean[item.noun[1] - 1] != "s":
            item.noun = None  # By 30 next week.
    nouns.clip(found, reading.tokens)
    changes.share_nouns(found, reading.tokens)
    return found


def _noun(item: Quantity, reading: Reading) -> tuple[int, int] | None:
    tokens = reading.tokens
    first, last = reading.place(item.start, item.end)
    if reading.clean[item.start : item.end].lower() in TIMES:
        return None
    if item.kind == "money" and item.unit is None and tokens[last].pos in ("NOUN", "PROPN"):
        return tokens[last].start, tokens[last].end
    if item.kind in ("measure", "duration", "money", "percent"):
        return nouns.of_unit(tokens[first], tokens[last], tokens)
    return nouns.counted(tokens[first], tokens[last], tokens)


@dataclass
class _Match:
    """What a match of a number says, read: its parts, a range of two numbers or one."""

    match: re.Match[str]
    reading: Reading
    value: Fraction
    unit: Unit | None
    end: int | None = None
    """Where the quantity ends, if not with the match."""

    def group(self, name: str) -> str | None:
        """The text of a group, None where the pattern has none of its name."""
        return self.match.groupdict().get(name)

    def scale(self, name: str) -> int:
        """What letters behind the number multiply it by: 5bn, 5 bn."""
        return SUFFIXES.get(self.group(name) or self.group(f"{name}_apart") or "", 1)


def _money(match: re.Match[str], reading: Reading) -> list[Quantity]:
    """$5 million; US$ 12 million; £10-15m; from $4 to $6."""
    text, form = match["n"], match["currency"]
    vague = value_of(text) is None
    value = value_of(text.split()[-1] if vague else text)
    if value is None:
        return []
    said = _Match(match, reading, value, currency_of(form, reading.dollar))
    if form in SCALED and said.scale("suffix") == 1 and "," not in text and text.isascii() and not text[-1].isalpha():
        return []
    if form == "$" and match["unit"] and (named := unit_of(match["unit"], reading.dollar) or _named(match["unit"])):
        said.unit = named
    said.value *= said.scale("suffix") * (-1 if match["sign"] or match["sign2"] else 1)
    found = _ranged(said)
    if vague and found:
        found[0].comparator = ">="
    return found


def _named(text: str) -> Unit | None:
    """The unit of '$5 million Canadian'."""
    return UNITS.get(f"{text.strip()} dollars")


def _general(match: re.Match[str], reading: Reading) -> list[Quantity]:
    """A number with its unit, or a plain count."""
    value = value_of(match["n"])
    if value is None:
        return []
    said = _Match(match, reading, value, unit_of(match["unit"], reading.dollar) if match["unit"] else None)
    said.value *= said.scale("suffix")
    if match["sign"] and (match["sign"].strip() not in ("–", "-", "−") or match["n"][0].isdigit()):
        said.value = -said.value
    if said.unit is not None:
        if not bare.divides(match["n"]) or _is_title(match, reading):
            return []
        _read_unit(said)
    timed = said.unit is not None and said.unit.kind == "duration" and not reading.on_clock(match.start(), match.end())
    # Light years are no years.
    timed = timed or (said.unit is not None and said.unit.kind == "measure" and len(match["unit"].split()) > 1)
    # Quarters are counted: UCUM has no unit for them.
    timed = timed or (
        not match["n2"] and _QUARTERS.match(reading.clean, match.end("n"), reading.sentence.end) is not None
    )
    if not timed and any(reading.in_date(*match.span(name)) for name in ("n", "n2") if match[name]):
        return []
    if said.unit is None:
        start, end = match.span("n")
        if match["n2"] is None and not bare.counts(start, end, reading):
            return []
        more = vocabulary.squeeze(match["more"] or "")
        if bare.is_age(start, match.end("n2") if match["n2"] else end, said.value, reading, more):
            said.unit = Unit("duration", "a")
    found = _ranged(said)
    if said.unit is None and len(found) == 1 and match["n2"] is None and parts.is_part(match["n"]):
        found[0].kind = "fraction"
    return found


def _is_title(match: re.Match[str], reading: Reading) -> bool:
    """Whether a number with its unit is a title in quotation marks: '60 Minutes'."""
    unit, before = match["unit"].strip(" -"), reading.clean[match.start() - 1 : match.start()]
    return unit.istitle() and before in ('"', "'", "`") and len(unit) > 3


def _read_unit(said: _Match) -> None:
    """What the words of a unit mean where they stand: a verb, pounds that are money, a rate."""
    match, reading, unit = said.match, said.reading, said.unit
    if unit is None:
        return
    first, last = reading.place(match.start("n"), match.end("unit"))
    pos, word = reading.tokens[last].pos, match["unit"].strip(" -")
    if (pos == "VERB" and word.isalpha() and len(word) > 2) or (pos == "ADJ" and unit.code == "KRW"):
        # Of the ten, 300 won.
        said.unit, said.end = None, match.end("n2" if match["n2"] else "n")
    elif unit.code == "[lb_av]" and match["unit"].lower().strip(" -") in ("pound", "pounds"):
        if bare.is_money(first, last, said.value, reading):
            said.unit = Unit("money", "GBP")
    elif (per := PER.match(reading.clean, match.end("unit"), reading.sentence.end)) and (found := rate(unit, per)):
        said.unit, said.end = found, per.end()


def _ranged(said: _Match) -> list[Quantity]:
    """One row for a single value or a range; two for 'from A to B' and for 'A and B'."""
    match, reading, unit, value = said.match, said.reading, said.unit, said.value
    kind, code, factor = (unit.kind, unit.code, unit.factor) if unit else ("count", None, 1)
    if match["n2"] is None:
        return [reading.build(match, kind, value * factor, code, said.end)]
    high = value_of(match["n2"])
    if high is None:
        return []
    high *= said.scale("suffix2")
    if said.group("sign2") and unit and unit.kind != "money":
        high = -high
    word = match["to"].strip().lower()
    unit1 = said.group("unit1")
    own = unit_of(unit1, reading.dollar) if unit1 else None
    apart = own is not None and (
        unit is None or (own.kind, own.code, own.factor) != (unit.kind, unit.code, unit.factor)
    )
    second = said.group("currency2")
    if second and unit and (other := currency_of(second, reading.dollar)) != unit:
        # €5 or $6.
        own, said.unit, apart = unit, other, True
    if not apart:
        value *= _shared_scale(said, high)
    both = word == "and" and not match["between"]
    if both and unit and unit.kind == "money" and said.group("currency") and not said.group("currency2"):
        # $50 and 20 others.
        end = max(match.end("n"), match.end("suffix"), match.end("suffix_apart"))
        return [reading.build(match, kind, value, code, end)]
    if apart or both or (word in ("to", "-to", "- to") and _is_change(said, own, value, high)):
        return _pair(said, own or unit, value, high)
    if value >= high and word in _DASHES:
        return []
    if word in _DASHES and unit is None and not bare.counts(*match.span("n"), reading):
        return []
    low, high = sorted((value * factor, high * factor))
    item = reading.build(match, kind, low, code, said.end)
    item.upper = high
    return [item]


def _shared_scale(said: _Match, high: Fraction) -> int:
    """In '10 to 15 million' both are millions."""
    match = said.match
    letters = said.scale("suffix2")
    if letters > 1:
        return 1 if said.scale("suffix") > 1 or said.value * letters > high * 10 else letters
    scaled = re.search(rf"({patterns.SCALES})s?$", match["n2"], re.IGNORECASE)
    if scaled is None or re.search(rf"({patterns.SCALES})s?$", match["n"], re.IGNORECASE):
        return 1
    size = SCALES[scaled[1].lower()]
    return size if said.value * size <= high * 10 else 1


def _is_change(said: _Match, own: Unit | None, value: Fraction, high: Fraction) -> bool:
    """Whether 'A to B' are two quantities and no range: after 'from', after a verb of change, a vote of 9 to 4."""
    match, reading = said.match, said.reading
    first, last = reading.place(match.start(), match.end())
    before = reading.at(first - 1)
    if before is not None and before.lower == "from":
        # From 5 to 7 percent to 3 to 5 percent: a range each.
        return not _TO_MORE.match(reading.clean, match.end(), reading.sentence.end)
    if value > high >= 0 and (said.unit is None or (own is not None and own.kind == "percent")):
        return True
    by = before is not None and before.lower == "by"
    verb = reading.at(first - 2) if by else before
    if verb is None or verb.lemma.lower() not in vocabulary.CHANGE:
        return False
    if own is not None:
        return True
    # Rose 5 to 7 percent is a range, rose 14 to 230 is none.
    following = reading.at(last + 1)
    plain_pair = said.unit is None and (following is None or following.pos not in ("NOUN", "ADJ", "PROPN"))
    return (plain_pair and (not by or high > _FAR * value)) or (said.group("currency2") is not None and not by)


def _pair(said: _Match, unit: Unit | None, value: Fraction, high: Fraction) -> list[Quantity]:
    """Two rows; the only unit that is said belongs to both."""
    match, reading = said.match, said.reading
    end = max(match.end(name) for name in ("n", "suffix", "suffix_apart"))
    end = match.end("unit1") if said.group("unit1") else end
    start2 = next((match.start(name) for name in ("currency2", "sign2") if said.group(name)), match.start("n2"))
    first, second = (
        Quantity(
            *span,
            reading.sentence,
            own.kind if own else "count",
            size * (own.factor if own else 1),
            unit=own.code if own else None,
        )
        for span, own, size in (
            ((match.start(), end), unit, value),
            ((start2, match.end() if said.end is None else said.end), said.unit, high),
        )
    )
    if compare := vocabulary.comparator("before", match["less"]):
        first.comparator = compare.comparator
    if compare := vocabulary.comparator("after", match["more"]):
        second.comparator = compare.comparator
    if unit is None and said.unit is None:
        second.noun = first.noun = _noun(second, reading)
    return [item for item in (first, second) if item.kind != "count" or bare.counts(item.start, item.end, reading)]


_ONE_OF = frozenset(form.split()[0] for form in SINGLE)
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Reading], list[Quantity]], frozenset[str]], ...] = (
    (patterns.MONEY, _money, frozenset((_ANY,))),
    (patterns.ONE, parts.one, _ONE_OF),
    (patterns.FEET, parts.feet, frozenset((_ANY,))),
    (patterns.AGE, parts.age, frozenset((_ANY,))),
    (patterns.TWICE, parts.twice, frozenset(TIMES)),
    (patterns.RATIO, parts.ratio, frozenset((_TWO,))),
    (patterns.VAGUE, parts.vague, _VAGUELY),
    (patterns.FRACTION, parts.fraction, frozenset(PARTS)),
    (patterns.GENERAL, _general, frozenset((_ANY,))),
    (patterns.ORDINAL, parts.ordinal, frozenset((*ORDINALS, *_ENDINGS))),
)
"""Patterns, how their matches are read, and words of which a sentence must have one."""

_TELLING = frozenset().union(*(needed for _, _, needed in _READERS))
