"""Finds the quantities of a text: counts, measures, money, percentages, durations, ordinals, fractions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction

from stages.core.parse import Document, Row, Sentence
from stages.numbers import changes, names, nouns, patterns, vocabulary
from stages.numbers.expression import Timex
from stages.numbers.quantity import Quantity
from stages.numbers.units import Unit, currency_of, unit_of
from stages.numbers.vocabulary import TIME_UNITS
from stages.numbers.words import (
    ORDINALS,
    PARTS,
    SCALES,
    SMALL,
    SUFFIXES,
    TIMES,
    VAGUE,
    ordinal_of,
    plain,
    value_of,
)

_WORDS = frozenset((*SMALL, *SCALES, *VAGUE, *PARTS, *ORDINALS, *TIMES, *vocabulary.SINGULAR))
_DIGIT = re.compile(r"[\d½⅓⅔¼¾⅕⅛⅜]")
_SLASH = re.compile(r"(?P<top>\d+)[/⁄](?P<bottom>\d+)")
_PARTED = frozenset(("2", "3", "4", "5", "6", "8", "10", "12", "16", "20", "32", "40", "50", "64", "100", "128"))
"""What people divide by when they write 3/4; 9/11 and 24/7 are no fractions."""
_FIRST_PLACE = ["in", "the", "first", "place"]
_IDIOMS = frozenset(("day", "thing", "another", "time", "way", "point", "hand", "side"))


def read(document: Document, times: Sequence[Timex], dollar: str) -> list[Row]:
    """The rows of `numbers`, in the order of the text; spans do not overlap."""
    starts = [time.start for time in times]
    rows: list[Row] = []
    for sentence in document.content:
        digits = _DIGIT.search(document.clean, sentence.start, sentence.end)
        if not digits and not any(token.lower in _WORDS or token.pos == "NUM" for token in sentence.tokens):
            continue
        near = times[max(0, bisect_right(starts, sentence.start) - 1) : bisect_right(starts, sentence.end)]
        found = _Reader(document.clean, sentence, near, dollar).read()
        changes.link(found, near)
        rows.extend(_row(document, quantity) for quantity in found)
    return rows


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


def _mark(places: bytearray, start: int, end: int) -> None:
    """Mark the characters start..end, as far as they lie in the sentence."""
    start, end = max(0, start), min(len(places), end)
    if start < end:
        places[start:end] = b"\x01" * (end - start)


def _singular(unit: str) -> str:
    return unit.strip(" -").lower().rstrip("s")


class _Reader:
    """Reads one sentence."""

    def __init__(self, clean: str, sentence: Sentence, times: Sequence[Timex], dollar: str) -> None:
        self.clean, self.sentence, self.dollar = clean, sentence, dollar
        self.starts = [token.start for token in sentence.tokens]
        self.found: list[Quantity] = []
        self.taken = bytearray(sentence.end - sentence.start)
        self.dated = bytearray(sentence.end - sentence.start)
        self.clocks = [(time.start, time.end) for time in times if time.clock]
        for time in times:
            _mark(self.dated, time.start - sentence.start, time.end - sentence.start)

    def read(self) -> list[Quantity]:
        """The patterns in the order of their certainty; a later one reads only what is left."""
        for pattern, build in (
            (patterns.MONEY, self.money),
            (patterns.ONE, self.one),
            (patterns.AGE, self.age),
            (patterns.TWICE, self.twice),
            (patterns.RATIO, self.ratio),
            (patterns.VAGUE, self.vague),
            (patterns.FRACTION, self.fraction),
            (patterns.GENERAL, self.general),
            (patterns.ORDINAL, self.ordinal),
        ):
            at = self.sentence.start
            while match := pattern.search(self.clean, at, self.sentence.end):
                start = self.sentence.start
                read = build(match) if not any(self.taken[match.start() - start : match.end() - start]) else []
                for item in read:
                    self.found.append(item)
                    _mark(self.taken, item.start - start, item.end - start)
                # What was refused as a whole may hold another quantity.
                at = match.end() if read else max(match.start() + 1, match.end(patterns.FIRST[pattern]))
        self.found = [item for item in self.found if plain(item.value) is not None]
        self.found.sort(key=lambda item: item.start)
        for item in self.found:
            item.noun = item.noun or self.noun(item)
        changes.share_nouns(self.found, self.sentence.tokens)
        return self.found

    def tokens(self, start: int, end: int) -> tuple[int, int]:
        """Positions in the sentence of the first token and of the last token of a span."""
        first = max(0, bisect_right(self.starts, start) - 1)
        return first, max(first, bisect_right(self.starts, end - 1) - 1)

    def noun(self, item: Quantity) -> tuple[int, int] | None:
        tokens = self.sentence.tokens
        first, last = self.tokens(item.start, item.end)
        if self.clean[item.start : item.end].lower() in TIMES:
            return None
        if item.kind == "money" and item.unit is None and tokens[last].pos in ("NOUN", "PROPN"):
            return tokens[last].start, tokens[last].end
        if item.kind in ("measure", "duration", "money", "percent"):
            return nouns.of_unit(tokens[first], tokens[last], tokens)
        return nouns.counted(tokens[first], tokens[last], tokens)

    def in_date(self, start: int, end: int) -> bool:
        """Whether the span touches a date, a time of day or a set."""
        return any(self.dated[start - self.sentence.start : end - self.sentence.start])

    def build(self, match: re.Match[str], kind: str, value: Fraction, unit: str | None = None) -> Quantity:
        """The quantity of a match with what the phrases around it say of it."""
        groups = match.groupdict()
        before = vocabulary.comparator("before", groups.get("less"))
        after = vocabulary.comparator("after", groups.get("more"))
        chosen = after or before
        comparator = chosen.comparator if chosen else "="
        return Quantity(match.start(), match.end(), self.sentence, kind, value, comparator=comparator, unit=unit)

    def money(self, match: re.Match[str]) -> list[Quantity]:
        """$5 million; US$ 12 million; £10-15m; from $4 to $6."""
        text = match["n"]
        value = value_of(text) or value_of(text.split()[-1])
        if value is None:
            return []
        unit = currency_of(match["currency"], self.dollar)
        value *= SUFFIXES.get(match["suffix"] or "", 1)
        sign = -1 if match["sign"] or match["sign2"] else 1
        return self.ranged(match, unit, value * sign, match["suffix2"])

    def general(self, match: re.Match[str]) -> list[Quantity]:
        """A number with its unit, or a plain count."""
        value = value_of(match["n"])
        if value is None:
            return []
        value *= SUFFIXES.get(match["suffix"] or "", 1)
        if match["sign"] and (match["sign"].strip() not in ("–", "-", "−") or match["n"][0].isdigit()):
            value = -value
        unit = unit_of(match["unit"], self.dollar) if match["unit"] else None
        timed = unit is not None and unit.kind == "duration"
        timed = timed and not any(start < match.end() and match.start() < end for start, end in self.clocks)
        if not timed and self.in_date(match.start("n"), match.end("n2" if match["n2"] else "n")):
            return []
        if unit is None and match["n2"] is None and not self.counts(match):
            return []
        if unit is None and match["n2"] is None and self.is_age(match, value):
            unit = Unit("duration", "a")
        return self.ranged(match, unit, value, match["suffix2"])

    def is_age(self, match: re.Match[str], value: Fraction) -> bool:
        """She will be 40: a bare number that is said of a person."""
        _, last = self.tokens(match.start("n"), match.end("n"))
        token = self.sentence.tokens[last]
        if token.dep not in ("attr", "acomp") or token.head.lemma.lower() not in ("be", "turn") or not 0 < value <= 110:
            return False
        who = token.head.dependent("nsubj")
        return (
            who is not None and (who.ent == "PERSON" or who.lower in ("he", "she", "i", "who")) and not token.children
        )

    def ranged(self, match: re.Match[str], unit: Unit | None, value: Fraction, suffix: str | None) -> list[Quantity]:
        """One row for a single value or a range; two for 'from A to B' and for 'A and B'."""
        kind, code, factor = (unit.kind, unit.code, unit.factor) if unit else ("count", None, 1)
        if match["n2"] is None:
            return [self.build(match, kind, value * factor, code)]
        high = value_of(match["n2"])
        if high is None:
            return []
        high *= SUFFIXES.get(suffix or "", 1)
        if match.groupdict().get("sign2") and unit and unit.kind != "money":
            high = -high
        word = match["to"].strip().lower()
        own = unit_of(match["unit1"], self.dollar) if match.groupdict().get("unit1") else None
        apart = own is not None and (unit is None or _singular(match["unit1"]) != _singular(match["unit"]))
        if not apart:
            value *= self.shared_scale(match, value, high, suffix)
        if apart or (word == "to" and self.is_change(match.start())) or (word == "and" and not match["between"]):
            return self.pair(match, own or unit, unit, value, high)
        if value >= high and word in ("-", "–", "—"):
            return []
        if word in ("-", "–", "—") and unit is None and not self.counts(match):
            return []
        low, high = sorted((value * factor, high * factor))
        item = self.build(match, kind, low, code)
        item.upper = high
        return [item]

    def shared_scale(self, match: re.Match[str], value: Fraction, high: Fraction, suffix: str | None) -> int:
        """In '10 to 15 million' both are millions."""
        scaled = re.search(rf"({patterns.SCALES})$", match["n2"], re.IGNORECASE)
        if suffix:
            return 1 if match["suffix"] else SUFFIXES[suffix]
        if scaled is None or re.search(rf"({patterns.SCALES})$", match["n"], re.IGNORECASE):
            return 1
        size = SCALES[scaled[1].lower()]
        return size if value * size <= high * 10 else 1

    def is_change(self, start: int) -> bool:
        """Whether 'from' or a verb of change stands before: two quantities, no range."""
        first, _ = self.tokens(start, start + 1)
        before = self.sentence.tokens[first - 1] if first else None
        return before is not None and (before.lower == "from" or before.lemma.lower() in vocabulary.CHANGE)

    def pair(
        self, match: re.Match[str], unit: Unit | None, unit2: Unit | None, value: Fraction, high: Fraction
    ) -> list[Quantity]:
        """Two rows; the only unit that is said belongs to both."""
        groups = match.groupdict()
        end = match.end("unit1") if groups.get("unit1") else match.end("suffix" if match["suffix"] else "n")
        start2 = match.start("currency2") if groups.get("currency2") else match.start("n2")
        first, second = (
            Quantity(
                *span,
                self.sentence,
                own.kind if own else "count",
                size * (own.factor if own else 1),
                unit=own.code if own else None,
            )
            for span, own, size in (((match.start(), end), unit, value), ((start2, match.end()), unit2, high))
        )
        if compare := vocabulary.comparator("before", match["less"]):
            first.comparator = compare.comparator
        if compare := vocabulary.comparator("after", match["more"]):
            second.comparator = compare.comparator
        if unit is None and unit2 is None:
            second.noun = first.noun = self.noun(second)
        return [item for item in (first, second) if item.kind != "count" or self.plain_count(item.start, item.end)]

    def counts(self, match: re.Match[str]) -> bool:
        """Whether a bare number is a quantity, not part of a name and no idiom."""
        if (slash := _SLASH.fullmatch(match["n"])) and (
            int(slash["top"]) >= int(slash["bottom"]) or slash["bottom"] not in _PARTED
        ):
            return False
        return self.plain_count(match.start("n"), match.end("n"))

    def plain_count(self, start: int, end: int) -> bool:
        first, last = self.tokens(start, end)
        tokens = self.sentence.tokens
        if names.is_name(tokens, first, last):
            return False
        return self.clean[start:end].lower() != "one" or self.is_one(first)

    def is_one(self, at: int) -> bool:
        """Whether 'one' counts: before its noun, or 'one of'; not 'no one', 'one day', 'one … another'."""
        tokens = self.sentence.tokens
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if following is None or (at and tokens[at - 1].lower in ("no", "any", "every", "each", "the", "this")):
            return False
        if following.lower == "of":
            return True
        if token.dep != "nummod" or token.head.i <= token.i or token.head.lemma.lower() in _IDIOMS:
            return False
        return at > 0 or not any(other.lower == "another" for other in tokens[at + 1 :])

    def ratio(self, match: re.Match[str]) -> list[Quantity]:
        """Nine of 10; one in five; two out of every three."""
        part, whole = value_of(match["n"]), value_of(match["n2"])
        if part is None or not whole or part >= whole or self.in_date(match.start(), match.end()):
            return []
        words = match[0].lower().split()
        if "in" in words and "every" not in words and (part > 10 or whole > 1000):
            return []
        return [self.build(match, "fraction", part / whole)]

    def one(self, match: re.Match[str]) -> list[Quantity]:
        """Less than a month; half an hour: one of the unit."""
        unit = TIME_UNITS[match["unit"].lower().rstrip(".")]
        if not unit.ucum or (not match["half"] and match["unit"].lower() in vocabulary.PLURAL):
            return []
        value = Fraction(unit.factor, 2 if match["half"] else 1)
        return [self.build(match, "duration", value, unit.ucum)]

    def age(self, match: re.Match[str]) -> list[Quantity]:
        """The 61 of 'Smith, 61, said': a number of years."""
        first, _ = self.tokens(match.start(), match.end())
        name = self.sentence.tokens[first - 2] if first > 1 else None
        if match["n"] and (name is None or name.pos != "PROPN" or name.ent in ("DATE", "TIME")):
            return []
        if self.in_date(match.start(), match.end()):
            return []
        return [Quantity(match.start(), match.end(), self.sentence, "duration", Fraction(int(match[0])), unit="a")]

    def twice(self, match: re.Match[str]) -> list[Quantity]:
        """Twice: two times."""
        return [Quantity(match.start(), match.end(), self.sentence, "count", Fraction(TIMES[match["n"].lower()]))]

    def fraction(self, match: re.Match[str]) -> list[Quantity]:
        """Two-thirds of; a quarter of; half the."""
        value, words = value_of(match["n"]), match["n"].lower().replace("-", " ").split()
        if value is None or self.in_date(match.start(), match.end()):
            return []
        first, last = self.tokens(match.start("n"), match.end("n"))
        tokens = self.sentence.tokens
        following = tokens[last + 1].lower if last + 1 < len(tokens) else ""
        before = tokens[first - 1] if first else None
        if words == ["half"]:
            if following not in ("of", "the", "a", "an", "its", "their", "his", "her", "that", "as", "were", "are"):
                return []
            if before is not None and (before.pos == "ADJ" or before.lower in ("in", "and", "other", "a")):
                return []
        elif (words[0] in ("a", "an") or words[-1] in ORDINALS) and following not in ("", "of"):
            # A third man is an ordinal, one third is not.
            return (
                [self.build(match, "fraction", value)] if tokens[last + 1].pos == "PUNCT" or words[0] == "one" else []
            )
        return [self.build(match, "fraction", value)]

    def vague(self, match: re.Match[str]) -> list[Quantity]:
        """Dozens; hundreds of thousands; several hundred: at least one of the scale."""
        text = match["scale"] or match["n"]
        value = value_of(text)
        if value is None or (self.in_date(match.start(), match.end("n")) and not match["unit"]):
            return []
        first, last = self.tokens(match.start("n"), match.end("n"))
        tokens = self.sentence.tokens
        if match["n"].lower() in ("scores", "tens") and [token.lower for token in tokens[last + 1 : last + 2]] != [
            "of"
        ]:
            return []
        if names.is_name(tokens, first, last):
            return []
        unit = unit_of(match["unit"], self.dollar) if match["unit"] else None
        item = self.build(match, unit.kind if unit else "count", value * (unit.factor if unit else 1))
        item.unit = unit.code if unit else None
        item.comparator = item.comparator if match["less"] else ">="
        return [item]

    def ordinal(self, match: re.Match[str]) -> list[Quantity]:
        """The second time; 12th minute: an ordinal that orders a noun."""
        value = ordinal_of(match["n"])
        first, last = self.tokens(match.start(), match.end())
        tokens = self.sentence.tokens
        token = tokens[last]
        if value is None or self.in_date(match.start(), match.end()) or names.is_name(tokens, first, last):
            return []
        if token.lower == "first" and [part.lower for part in tokens[first - 2 : first + 2]] == _FIRST_PLACE:
            return []
        if token.pos in ("ADV", "VERB") or token.dep in ("advmod", "npadvmod"):
            return []
        noun = nouns.counted(tokens[first], token, tokens)
        if noun is None or (token.pos == "NOUN" and token.dep not in ("amod", "nummod", "compound")):
            return []
        return [Quantity(match.start(), match.end(), self.sentence, "ordinal", Fraction(value), noun=noun)]
