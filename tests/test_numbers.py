"""The stage numbers: temporal expressions, quantities, and when an undated text can have been published."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from conftest import columns_of, parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stages import numbers
from stages.core.parse import Document, rebuild
from stages.core.schema import schema
from stages.numbers import spans, timex, words
from stages.numbers.spans import Span

FRIDAY = date(2022, 10, 21)
Row = dict[str, Any]


def extract(text: str, published: date | None = FRIDAY, **params: Any) -> dict[str, list[Row]]:
    return numbers.extract(parse(text, published=published), numbers.Params(**params))


def dates(text: str, published: date | None = FRIDAY, **params: Any) -> dict[str, str]:
    return {row["text"]: row["value"] for row in extract(text, published, **params)["dates"]}


def quantities(text: str) -> dict[str, Row]:
    return {row["text"]: row for row in extract(text)["numbers"]}


def bare(text: str, published: date = FRIDAY) -> Document:
    """A document of one sentence without tokens that mean anything: what the patterns alone read."""
    meta = {"doc_id": "text", "text": text, "published": published}
    span = {"start": 0, "end": len(text), "segment_id": "text:0", "sentence_id": "text:0"}
    token = {"sentence_id": "text:0", "start": 0, "end": len(text), "lemma": text, "upos": "X", "xpos": None}
    token |= {"feats": None, "head": 0, "deprel": "ROOT", "entity": None}
    return rebuild(meta, [{**span, "kind": "paragraph", "content": True}], [span], columns_of([token]))


@pytest.mark.parametrize(
    ("text", "expression", "value"),
    [
        ("The treaty was signed on March 3, 2014 in Minsk.", "March 3, 2014", "2014-03-03"),
        ("The treaty was signed on 3 March 2014 in Minsk.", "3 March 2014", "2014-03-03"),
        ("The treaty was signed on 2014-03-03 in Minsk.", "2014-03-03", "2014-03-03"),
        ("They met in September 2019.", "September 2019", "2019-09"),
        ("They met in early May 2019.", "early May 2019", "2019-05"),
        ("The army grew in the 1980s.", "the 1980s", "198"),
        ("The border was drawn in the 19th century.", "the 19th century", "18"),
        ("Exports fell in the third quarter of 2015.", "the third quarter of 2015", "2015-Q3"),
        ("Sales rose in the first half of 2015.", "the first half of 2015", "2015-H1"),
        ("The flood came in the summer of 2013.", "the summer of 2013", "2013-SU"),
        ("The war lasted from 1998 to 2000.", "1998", "1998"),
        ("The shelling began at 0430 GMT on 5 June 2021.", "0430 GMT on 5 June 2021", "2021-06-05T04:30Z"),
    ],
)
def test_absolute(text: str, expression: str, value: str) -> None:
    assert dates(text)[expression] == value
    assert dates(text, None)[expression] == value


@pytest.mark.parametrize(
    ("text", "expression", "value"),
    [
        ("The minister resigned on Friday.", "Friday", "2022-10-21"),
        ("The minister resigned on Monday.", "Monday", "2022-10-17"),
        ("The parliament will vote on Monday.", "Monday", "2022-10-24"),
        ("The parliament will vote on Friday.", "Friday", "2022-10-21"),
        ("Troops are to leave on Tuesday.", "Tuesday", "2022-10-25"),
        ("They will meet again next Friday.", "next Friday", "2022-10-28"),
        ("The bridge was hit last Friday.", "last Friday", "2022-10-14"),
        ("The bridge was hit on Sunday evening.", "Sunday evening", "2022-10-16TEV"),
        ("The bridge was hit yesterday.", "yesterday", "2022-10-20"),
        ("The bridge was hit last week.", "last week", "2022-W41"),
        ("The election will be held next month.", "next month", "2022-11"),
        ("The election was held in March.", "March", "2022-03"),
        ("The election will be held in March.", "March", "2023-03"),
        ("The law took effect on December 5.", "December 5", "2021-12-05"),
        ("The law was passed two years ago.", "two years ago", "2020"),
        ("The law was passed ten days ago.", "ten days ago", "2022-10-11"),
        ("The law was passed at the end of last year.", "the end of last year", "2021"),
        ("The camp was closed last winter.", "last winter", "2021-WI"),
        ("The camp was closed on Christmas Eve.", "Christmas Eve", "2021-12-24"),
        ("The camp was closed in October of last year.", "October of last year", "2021-10"),
    ],
)
def test_relative_to_publication(text: str, expression: str, value: str) -> None:
    (row,) = extract(text)["dates"]
    assert (row["text"], row["value"], row["anchor"]) == (expression, value, "published")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The minister resigned in April.", "XXXX-04"),
        ("The minister resigned on April 5.", "XXXX-04-05"),
        ("The minister resigned on Monday.", "XXXX-WXX-1"),
        ("The minister resigned last week.", "XXXX-WXX"),
        ("The minister resigned yesterday.", "XXXX-XX-XX"),
        ("The minister resigned 30 years ago.", "XXXX"),
    ],
)
def test_nothing_is_guessed_without_publication(text: str, value: str) -> None:
    (row,) = extract(text, None)["dates"]
    assert (row["value"], row["lower"], row["upper"], row["anchor"]) == (value, None, None, None)


@pytest.mark.parametrize(
    ("text", "expression", "kind", "value", "mod"),
    [
        ("He waited 19 months.", "19 months", "DURATION", "P19M", None),
        ("He waited more than two years.", "more than two years", "DURATION", "P2Y", "MORE_THAN"),
        ("The six-month mission failed.", "six-month", "DURATION", "P6M", None),
        ("He waited three years or more.", "three years or more", "DURATION", "P3Y", "EQUAL_OR_MORE"),
        ("It rained for half an hour.", "half an hour", "DURATION", "PT0.5H", None),
        ("He lived there for decades.", "decades", "DURATION", "PXY", None),
        ("Prices rose over the past three years.", "the past three years", "DURATION", "P3Y", None),
        ("The fleet sails every year.", "every year", "SET", "P1Y", None),
        ("The fleet sails every two weeks.", "every two weeks", "SET", "P2W", None),
        ("They meet every Monday.", "every Monday", "SET", "XXXX-WXX-1", None),
        ("Talks have stalled recently.", "recently", "DATE", "PAST_REF", None),
        ("The fleet is now at sea.", "now", "DATE", "PRESENT_REF", None),
        ("Talks will resume soon.", "soon", "DATE", "FUTURE_REF", None),
        ("Talks began in late 2019.", "late 2019", "DATE", "2019", "END"),
        ("He left over a year ago.", "over a year ago", "DATE", "2021", "BEFORE"),
    ],
)
def test_types_and_modifiers(text: str, expression: str, kind: str, value: str, mod: str | None) -> None:
    (row,) = extract(text)["dates"]
    assert (row["text"], row["type"], row["value"], row["mod"]) == (expression, kind, value, mod)


def test_bounds_are_the_days_meant() -> None:
    (row,) = extract("The camp was closed last winter.")["dates"]
    assert (row["lower"], row["upper"]) == (date(2021, 12, 1), date(2022, 2, 28))
    (row,) = extract("He left over a year ago.")["dates"]
    assert (row["lower"], row["upper"]) == (None, date(2021, 12, 31))


def test_counts_from_the_date_last_spoken_of() -> None:
    first, second, third = extract("The pact dates from 2002. It was drafted five years prior. The same year he left.")[
        "dates"
    ]
    assert (second["text"], second["value"], second["anchor"]) == ("five years prior", "1997", first["date_id"])
    assert (third["value"], third["anchor"]) == ("1997", second["date_id"])


def test_a_range_shares_its_year() -> None:
    assert dates("He served from January to March 2009.") == {"January": "2009-01", "March 2009": "2009-03"}


def test_order_of_day_and_month() -> None:
    text = "The invoice is dated 04/07/2020 and the answer 25/07/2020."
    assert dates(text) == {"04/07/2020": "2020-XX-XX", "25/07/2020": "2020-07-25"}
    assert dates(text, day_order="month-day")["04/07/2020"] == "2020-04-07"


def test_the_dateline_is_a_row_without_sentence() -> None:
    rows = extract("Talks resume in Vienna\n\n14 July 2024\n\nDiplomats met for talks in Vienna.", None)["dates"]
    assert [(row["text"], row["value"], row["sentence_id"]) for row in rows] == [("14 July 2024", "2024-07-14", None)]


@pytest.mark.parametrize(
    "text",
    [
        "Theresa May spoke to reporters.",
        "You may march to the sea.",
        "The minutes of the court were lost in the fall of the city.",
    ],
)
def test_words_that_are_no_dates(text: str) -> None:
    assert not [row for row in extract(text)["dates"] if row["type"] == "DATE"]


@pytest.mark.parametrize(
    ("text", "span", "kind", "value", "unit", "noun"),
    [
        ("The army sent 13,000 soldiers.", "13,000", "count", 13000, None, "soldiers"),
        ("The army sent 14 NATO officers.", "14", "count", 14, None, "NATO officers"),
        ("The army sent twenty-five tanks.", "twenty-five", "count", 25, None, "tanks"),
        ("The army lost 30 planes and helicopters.", "30", "count", 30, None, "planes and helicopters"),
        ("Three and a half million people fled.", "Three and a half million", "count", 3.5e6, None, "people"),
        ("The state paid a $1.5 billion loan.", "$1.5 billion", "money", 1.5e9, "USD", "loan"),
        ("The state paid €20m in fines.", "€20m", "money", 2e7, "EUR", None),
        ("The state paid 300 Swiss francs.", "300 Swiss francs", "money", 300, "CHF", None),
        ("The turnout was 54.5 percent.", "54.5 percent", "percent", 54.5, "%", None),
        ("The missile flew 450 kilometers.", "450 kilometers", "measure", 450, "km", None),
        ("The car reached 80 miles per hour.", "80 miles per hour", "measure", 80, "[mi_i]/h", None),
        ("The siege lasted nineteen months.", "nineteen months", "duration", 19, "mo", "siege"),
        ("They held a two-day meeting.", "two-day", "duration", 2, "d", "meeting"),
        ("It was the second attack.", "second", "ordinal", 2, None, "attack"),
        ("Two-thirds of the members agreed.", "Two-thirds", "fraction", 2 / 3, None, "members"),
        ("Nine of 10 voters agreed.", "Nine of 10", "fraction", 0.9, None, "voters"),
    ],
)
def test_quantities(text: str, span: str, kind: str, value: float, unit: str | None, noun: str | None) -> None:
    row = quantities(text)[span]
    assert (row["kind"], row["value"], row["unit"], row["noun"]) == (kind, pytest.approx(value), unit, noun)
    assert noun is None or text[row["noun_start"] : row["noun_end"]] == noun


@pytest.mark.parametrize(
    ("text", "span", "value", "upper", "comparator"),
    [
        ("More than 100 people died.", "More than 100", 100, None, ">"),
        ("At least 23 people died.", "At least 23", 23, None, ">="),
        ("Nearly 200 people died.", "Nearly 200", 200, None, "<"),
        ("About 70 people died.", "About 70", 70, None, "~"),
        ("Up to 50 people died.", "Up to 50", 50, None, "<="),
        ("Between 10 and 20 people died.", "Between 10 and 20", 10, 20, "="),
        ("Some 10-15 million people fled.", "Some 10-15 million", 1e7, 1.5e7, "~"),
        ("Hundreds of people died.", "Hundreds", 100, None, ">="),
        ("Tens of thousands of people fled.", "Tens of thousands", 10000, None, ">="),
        ("He spent less than a month there.", "less than a month", 1, None, "<"),
    ],
)
def test_comparators_and_ranges(text: str, span: str, value: float, upper: float | None, comparator: str) -> None:
    row = quantities(text)[span]
    assert (row["value"], row["upper"], row["comparator"]) == (value, upper, comparator)


def test_changes_are_linked() -> None:
    rows = quantities("The number of military flights rose from 436 to 710.")
    assert [(row["role"], row["noun"], row["change_id"]) for row in rows.values()] == [
        ("from", "military flights", rows["436"]["number_id"]),
        ("to", "military flights", rows["436"]["number_id"]),
    ]
    rows = quantities("Output fell by 12 percent to 5 million tonnes.")
    assert [row["role"] for row in rows.values()] == ["by", "to"]
    assert {row["change_id"] for row in rows.values()} == {rows["12 percent"]["number_id"]}


def test_rates() -> None:
    assert quantities("The base trains 30 pilots a year.")["30"]["role"] == "per"
    assert quantities("Every year, the army holds 30 major exercises.")["30"]["role"] == "per"


@pytest.mark.parametrize(
    "text",
    [
        "The F-35 and the Boeing 777 landed.",
        "The ministers of the G-7 invoked Article 5.",
        "One exercise follows another.",
        "No one came.",
        "The clash began at 10:30 on 5 May 2021.",
        "Call 212-555-0199 for details.",
        "After 9/11 the law changed.",
    ],
)
def test_what_is_no_quantity(text: str) -> None:
    assert quantities(text) == {}


def test_document_dates_are_a_range_with_evidence() -> None:
    text = "The pact was signed in 2019. The next summit will be held in June 2024."
    found = extract(text, None)
    first, second = found["dates"]
    assert found["document_dates"] == [
        {
            "doc_id": "text",
            "lower": date(2019, 1, 1),
            "upper": date(2024, 6, 30),
            "evidence": f"{first['date_id']} | {second['date_id']}",
        }
    ]
    assert extract(text)["document_dates"] == []


def test_rows_have_the_fields_of_their_schemas() -> None:
    found = extract("In 2019 alone, more than 30 planes flew 20 km on Monday.")
    for name in numbers.WRITES:
        known = {field.name for field in schema(name).fields}
        assert all(set(row) <= known for row in found[name])


@settings(max_examples=200, deadline=None)
@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["{d:%B} {d.day}, {d.year}", "{d.day} {d:%B} {d.year}", "{d}"]),
)
def test_a_written_day_reads_back(day: date, form: str) -> None:
    text = form.format(d=day)
    ((found, _),) = timex.read(bare(text), "unknown")
    assert (found.start, found.end, found.value) == (0, len(text), day.isoformat())
    assert found.lower == found.upper == day


@given(st.integers(0, 10**15), st.sampled_from(["{:d}", "{:,}"]))
def test_a_written_number_reads_back(number: int, form: str) -> None:
    assert words.value_of(form.format(number)) == number


@given(st.integers(1, 999), st.sampled_from([("thousand", 10**3), ("million", 10**6), ("billion", 10**9)]))
def test_number_words_read_back(number: int, scale: tuple[str, int]) -> None:
    assert words.value_of(f"{_spelled(number)} {scale[0]}") == number * scale[1]


def _spelled(number: int) -> str:
    """A number below a thousand in words."""
    by_value = {value: word for word, value in reversed(list(words.SMALL.items()))}
    if number >= 100:
        rest = f" and {_spelled(number % 100)}" if number % 100 else ""
        return f"{by_value[number // 100]} hundred{rest}"
    if number > 20 and number % 10:
        return f"{by_value[number // 10 * 10]}-{by_value[number % 10]}"
    return by_value[number]


@given(st.dates(), st.sampled_from(sorted(spans.UNKNOWN)), st.integers(-(10**6), 10**6))
def test_spans_hold_their_day_and_never_raise(day: date, grain: str, count: int) -> None:
    span = Span(grain, day)
    assert span.value
    assert span.lower <= span.upper
    assert grain == "WE" or span.lower <= day <= span.upper
    shifted = span.shift(count)
    assert shifted is None or shifted.lower <= shifted.upper


@pytest.mark.parametrize(
    "text",
    [
        "9" * 6000,
        "1,000" * 2000,
        "100 " * 3000,
        "1 to 2 or 3 and " * 500,
        "half hour later, minute earlier ",
        "in May " * 800,
    ],
)
def test_long_runs(text: str) -> None:
    numbers.extract(bare(text), numbers.Params())


def test_shifting_a_month_stays_in_the_calendar() -> None:
    assert Span("D", date(2024, 2, 29)).shift(1, "Y") == Span("D", date(2025, 2, 28))
    assert Span("W", date(2022, 10, 21)).shift(-1) == Span("W", date(2022, 10, 21) - timedelta(days=7))


_WORDS = """12 3,4 $5 1/0 2:61 99 th May of to - – and a hundred million dozen half year s ago last next Monday 2010
9e999 € . , ( ) % percent between from over 32 th Feb 30 2/30/2020 ½ × 10 −8 o'clock p.m. GMT quarter the end '
😀 ⁄"""
_MORE = "later prior hour decade before earlier then same every each January winter Christmas Easter Q3"
_PIECES = st.lists(st.sampled_from([*_WORDS.split(), *_MORE.split(), "\n", "\u2028"]), max_size=25)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_PIECES.map(" ".join) | _PIECES.map("".join) | st.text(max_size=80), st.just(FRIDAY) | st.dates())
def test_no_text_raises_and_no_rows_overlap(text: str, published: date) -> None:
    document = bare(text or " ", published)
    found = numbers.extract(document, numbers.Params())
    for name in ("dates", "numbers"):
        rows = sorted((row["start"], row["end"]) for row in found[name])
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(rows))
        assert all(document.text[row["start"] : row["end"]] == row["text"] for row in found[name])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_PIECES.map(" ".join))
def test_no_parsed_text_raises(text: str) -> None:
    extract(f"Officials said {text} on the border.")
