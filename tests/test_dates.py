"""Temporal expressions of the stage numbers: histories, news, eras, spans, and that what is written reads back."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from conftest import columns_of, parse
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from stages import numbers
from stages.core.parse import Document, rebuild
from stages.numbers import gates, timex
from stages.numbers.spans import Span

THURSDAY = date(1998, 11, 5)
Row = dict[str, Any]


def rows(text: str, published: date | None = THURSDAY) -> list[Row]:
    return numbers.extract(parse(text, published=published), numbers.Params())["dates"]


def values(text: str, published: date | None = THURSDAY) -> list[tuple[str, str]]:
    return [(row["text"], row["value"]) for row in rows(text, published)]


def bare(text: str, published: date = THURSDAY) -> Document:
    """A document of one sentence with one token that means nothing: what the patterns alone read."""
    meta = {"doc_id": "text", "text": text, "published": published}
    span = {"start": 0, "end": len(text), "segment_id": "text:0", "sentence_id": "text:0"}
    token = {"sentence_id": "text:0", "start": 0, "end": len(text), "lemma": text, "upos": "X", "xpos": None}
    token |= {"feats": None, "head": 0, "deprel": "ROOT", "entity": None}
    return rebuild(meta, [{**span, "kind": "paragraph", "content": True}], [span], columns_of([token]))


WAR = (
    "The Varn War was fought from March 1861 to May 1865. In April 1861 the militia of Orden seized the fort at Kell. "
    "In July the first battle took place. {} The peace of 1865 held until 1871."
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("By August the town had fallen.", [("August", "1861-08")]),
        ("In January the army went into winter quarters.", [("January", "1862-01")]),
        ("In June they had been promised help.", [("June", "1861-06")]),
        ("The following spring the general marched.", [("The following spring", "1862-SP")]),
        ("That winter thousands starved.", [("That winter", "1861-WI")]),
        ("On May 14 they met; two days later he fell.", [("May 14", "1861-05-14"), ("two days later", "1861-05-16")]),
        ("At dawn on 14 September the guns opened fire.", [("dawn on 14 September", "1861-09-14TMO")]),
        ("On the night of 3 October the garrison left.", [("the night of 3 October", "1861-10-03TNI")]),
        ("On 3 October he came, and on the 9th he left.", [("3 October", "1861-10-03"), ("the 9th", "1861-10-09")]),
        ("On 3 May he came. In the morning it rained.", [("3 May", "1861-05-03"), ("the morning", "1861-05-03TMO")]),
        ("Bresk was taken in the autumn of that year.", [("the autumn of that year", "1861-FA")]),
        ("He died on 29 July of the following year.", [("29 July of the following year", "1862-07-29")]),
        ("By the end of the year it was over.", [("the end of the year", "1861")]),
        ("The next year he was dead.", [("The next year", "1862")]),
        ("Haldane (1820) took command in September.", [("1820", "1820"), ("September", "1861-09")]),
        ("Moss (4 May 1810 – 9 June 1883) led them in August.", [("4 May 1810", "1810-05-04"), ("August", "1861-08")]),
        ("They met (8 May 1862). In August he left.", [("8 May 1862", "1862-05-08"), ("August", "1862-08")]),
        ("On 3 May he came. By late afternoon he won.", [("3 May", "1861-05-03"), ("late afternoon", "1861-05-03TAF")]),
        ("He fell in 1862. Ten years on, the fort was sold.", [("1862", "1862"), ("Ten years on", "1872")]),
        ("In the last year alone thousands died.", [("the last year", "XXXX")]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("published", [None, date(2015, 6, 2)])
def test_a_history_goes_on_from_the_date_last_spoken_of(
    sentence: str, expected: list[tuple[str, str]], published: date | None
) -> None:
    found = values(WAR.format(sentence), published)
    assert [pair for pair in found if pair in expected] == expected


@pytest.mark.parametrize(
    "opening",
    [
        "The Siege of Orm (3 May 1838 – 11 August 1839) was long.",
        "It lasted from 3 May 1838 to 11 August 1839.",
        "It began in 1838 and ended in 1839.",
    ],
)
def test_a_history_begins_where_its_war_begins(opening: str) -> None:
    text = (
        f"{opening} On 9 June the town was cut off. In 1848 a stone was raised. Today the fort is a museum, now closed."
    )
    assert dict(values(text, date(2021, 5, 4)))["9 June"] == "1838-06-09"


def test_what_a_wider_date_leaves_behind() -> None:
    text = WAR.format("On 4 May they met. In September he fled; a week later he was caught. On 4 May 1862 he died.")
    assert dict(values(text, None))["a week later"] == "XXXX-WXX"


def test_a_history_of_years_near_publication() -> None:
    text = (
        "The war began on 20 March 2003. By 9 April the capital had fallen. In December 2003 the ruler was captured. "
        "Rebels attacked in March 2004, and again in November. Elections were held on 30 January 2005."
    )
    found = dict(values(text, date(2009, 12, 10)))
    assert (found["9 April"], found["November"]) == ("2003-04-09", "2004-11")


def test_news_with_a_past_counts_from_publication() -> None:
    text = (
        "The firm was founded in 1961, sold in 1975, split in 1983 and merged in 1990. "
        "On Monday it named a new head. In October it had dismissed the last one."
    )
    assert dict(values(text))["October"] == "1998-10"


def test_anchors_are_rows() -> None:
    text = WAR.format(
        "At 6 a.m. on 9 October it began. The next day it was over. In the evening of 12 October he left."
    )
    found = rows(text, None)
    ids = {row["date_id"] for row in found} | {None, "published"}
    assert {row["anchor"] for row in found} <= ids


def test_nothing_counts_from_a_date_before_one_that_stays_open() -> None:
    found = dict(values("The pact was signed on 4 May 1810. He came on 12 August and left the same month.", None))
    assert found["the same month"] == "XXXX-XX"


@pytest.mark.parametrize(
    ("text", "expression", "value", "lower"),
    [
        ("He crossed the river in 49 BC.", "49 BC", "BC0049", None),
        ("He won on 9 August 48 BC.", "9 August 48 BC", "BC0048-08-09", None),
        ("He landed in the spring of 48 B.C. with an army.", "the spring of 48 B.C.", "BC0048-SP", None),
        ("The war of 58–50 BC was long.", "58–50 BC", "BC0058/BC0050", None),
        ("The city grew in the 3rd century BC.", "the 3rd century BC", "BC02", None),
        ("The emperor died in AD 14.", "AD 14", "0014", date(14, 1, 1)),
        ("The legions were lost in September 9 CE.", "September 9 CE", "0009-09", date(9, 9, 1)),
        ("Pirates returned in the 60s BC.", "the 60s BC", "BC006", None),
        ("The last emperor fell in the year 476.", "the year 476", "0476", date(476, 1, 1)),
        ("The castle was built c. 1250 by the duke.", "c. 1250", "1250", date(1250, 1, 1)),
        ("The post-1959 politics split them.", "post-1959", "1959", date(1959, 1, 1)),
        ("It began early in the 20th century.", "early in the 20th century", "19", date(1900, 1, 1)),
        ("It began by the middle of the 18th century.", "the middle of the 18th century", "17", date(1700, 1, 1)),
        ("It fell at the end of the 1990s.", "the end of the 1990s", "199", date(1990, 1, 1)),
    ],
)
def test_years_and_eras(text: str, expression: str, value: str, lower: date | None) -> None:
    (row,) = rows(text)
    assert (row["text"], row["value"], row["lower"]) == (expression, value, lower)


def test_a_history_before_christ() -> None:
    text = (
        "The war was fought from 264 to 241 BC. In 260 BC a fleet was built. In the same year they won. "
        "The following spring it was lost. Two years later, in 258, on 2 August, they met again."
    )
    assert values(text) == [
        ("264", "BC0264"),
        ("241 BC", "BC0241"),
        ("260 BC", "BC0260"),
        ("the same year", "BC0260"),
        ("The following spring", "BC0259-SP"),
        ("Two years later", "BC0258"),
        ("258", "BC0258"),
        ("2 August", "BC0258-08-02"),
    ]


def test_a_year_of_an_era_that_was_named() -> None:
    assert values("They fought in 218 BC. In 216 he won.", None) == [("218 BC", "BC0218"), ("216", "BC0216")]
    assert values("They fought at 218 Kell Street. In 216 cases he won.", None) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The summit is on April 24 and 25.", [("April 24", "1999-04-24"), ("25", "1999-04-25")]),
        ("They fought from 3 to 9 June 1944.", [("3", "1944-06-03"), ("9 June 1944", "1944-06-09")]),
        ("They fought on 5–8 June 1944.", [("5–8 June 1944", "1944-06-05/1944-06-08")]),
        ("In the summer and autumn of 1943 it fell.", [("the summer", "1943-SU"), ("autumn of 1943", "1943-FA")]),
        ("The board meets Wednesday.", [("Wednesday", "1998-11-11")]),
        ("The vote is on Monday.", [("Monday", "1998-11-09")]),
        ("He is the winner of Monday's race.", [("Monday", "1998-11-02")]),
        ("The ministers are to meet on Monday.", [("Monday", "1998-11-09")]),
        ("The first allies to join on Monday were two islands.", [("Monday", "1998-11-02")]),
        ("He said in January that he would sell.", [("January", "1998-01")]),
        ("Until September he was free.", [("September", "1998-09")]),
        ("The deadline was extended until Tuesday.", [("Tuesday", "1998-11-10")]),
        ("He will work Monday through Friday.", [("Monday", "1998-11-09"), ("Friday", "1998-11-13")]),
        ("He said that Friday was too late.", [("Friday", "1998-10-30")]),
        ("He said on Monday that she left on Wednesday.", [("Monday", "1998-11-02"), ("Wednesday", "1998-10-28")]),
        (
            "The bridge fell on Thursday night, police said on Monday.",
            [("Thursday night", "1998-10-29TNI"), ("Monday", "1998-11-02")],
        ),
        ("He said on Monday that she left on Sunday.", [("Monday", "1998-11-02"), ("Sunday", "1998-11-01")]),
        ("He said on Monday that she left on Monday.", [("Monday", "1998-11-02"), ("Monday", "1998-11-02")]),
        (
            "He said on Monday that she would leave on Wednesday.",
            [("Monday", "1998-11-02"), ("Wednesday", "1998-11-11")],
        ),
        ("He spoke on Monday and she left on Wednesday.", [("Monday", "1998-11-02"), ("Wednesday", "1998-11-04")]),
        ("Following Monday's debate, he left.", [("Monday", "1998-11-02")]),
        ("It snowed in Easter week 1997.", [("Easter week 1997", "1997-W13")]),
        ("He fled over Labor Day weekend.", [("Labor Day weekend", "1998-W36-WE")]),
        ("He left the following Monday.", [("the following Monday", "1998-11-09")]),
        ("Her rehearsal is expected to last 40 minutes.", [("40 minutes", "PT40M")]),
        ("They had waited for the past 20-plus months.", [("the past 20-plus months", "P20M")]),
        ("The fair was held on the weekend of October 24.", [("the weekend of October 24", "1998-W43-WE")]),
        ("It rained in the last week of September.", [("the last week of September", "1998-W39")]),
        ("They met at 3:15 on Sunday morning.", [("3:15 on Sunday morning", "1998-11-01T03:15")]),
        ("They met at nine o'clock at night.", [("nine o'clock at night", "1998-11-05T21:00")]),
        ("The plant will close by year-end.", [("year-end", "1998")]),
        ("The year-ago results were weak.", [("year-ago", "1997")]),
        (
            "It lost $3 in early 1995, and $8 for the entire year.",
            [("early 1995", "1995"), ("the entire year", "1995")],
        ),
        ("The talks will resume later in the week.", [("later in the week", "1998-W45")]),
        ("He is the man of the year.", []),
        ("He died in 1995; the war of 9/11 came later.", [("1995", "1995"), ("9/11", "2001-09-11")]),
        ("Last quarter they lost money.", [("Last quarter", "1998-Q3")]),
        ("Prices doubled over the last year.", [("the last year", "P1Y")]),
        ("Prices doubled last year.", [("last year", "1997")]),
        ("Output fell for two consecutive quarters.", [("two consecutive quarters", "P2Q")]),
        ("It took two and a half hours.", [("two and a half hours", "PT2H30M")]),
        ("It happens every now and then.", []),
        ("The Seven Years' War ruined them.", []),
        ("Shops open early on Black Friday.", []),
        (
            "He died on 9 May, and his wife five days after that.",
            [("9 May", "1998-05-09"), ("five days after that", "1998-05-14")],
        ),
        ("Ten years ago today the wall fell.", [("Ten years ago today", "1988-11-05")]),
        ("He was hired two years ago this month.", [("two years ago this month", "1996-11")]),
        ("He left a quarter of a century ago.", [("a quarter of a century ago", "1973")]),
        ("It took three-quarters of an hour.", [("three-quarters of an hour", "PT45M")]),
        ("Three-quarters of it was lost, and three quarters of the fleet.", []),
        ("Five quarters of growth followed.", [("Five quarters", "P5Q")]),
        ("The bison died out 8,200 years ago.", [("8,200 years ago", "BC6203")]),
        ("The rock formed 40 million years ago.", [("40 million years ago", "PAST_REF")]),
        ("The rocks are 40 million years old, and 90 light years away.", []),
        ("It rained in the second half of September.", [("the second half of September", "1998-09")]),
        ("It was built at the turn of the 20th century.", [("the turn of the 20th century", "19")]),
        ("He was born at the turn of the century.", [("the turn of the century", "20")]),
        ("A fair is held each August.", [("each August", "XXXX-08")]),
        ("He was away throughout the summer.", [("the summer", "1998-SU")]),
        ("We will see in the coming years.", [("the coming years", "PXY")]),
        ('He said so on "90 Minutes" and left.', []),
        ("The notes and minutes were lost.", []),
        ("Every day life is hard.", []),
        ("They pay $43 more a year.", [("a year", "P1Y")]),
        ("The hearing was adjourned to Monday.", [("Monday", "1998-11-09")]),
        ("The team has won twice and plays again on Saturday.", [("Saturday", "1998-11-07")]),
        (
            "He left on Monday, and was home by 3 the next morning.",
            [("Monday", "1998-11-02"), ("3 the next morning", "1998-11-03T03:00")],
        ),
        ("She lost on Election Day.", [("Election Day", "1998-11-03")]),
        ("The shop was shut on Memorial Day.", [("Memorial Day", "1998-05-25")]),
        ('They saw "High Noon" and joined the "March of the Drums".', []),
        ("The mine will open in the new year.", [("the new year", "1999")]),
        ("The fair opens on the first Saturday in May.", [("the first Saturday in May", "1999-05-01")]),
        ("It was the last Friday of May 1997.", [("the last Friday of May 1997", "1997-05-30")]),
        ("It meets on the second Tuesday of each month.", [("the second Tuesday of each month", "XXXX-WXX-2")]),
        ("It hit in the small hours of Monday.", [("the small hours of Monday", "1998-11-02TMO")]),
        ("The years 1976 and 1977 were good.", [("1976", "1976"), ("1977", "1977")]),
        ("Rain is likely Saturday into Sunday.", [("Saturday", "1998-11-07"), ("Sunday", "1998-11-08")]),
        ("Highs are in the 60s; she is in her late 70s.", []),
        ("Prices are higher than a year ago.", [("a year ago", "1997")]),
        ("It fell at about 4:30 in the afternoon.", [("4:30 in the afternoon", "1998-11-05T16:30")]),
        ("He left at 5:15 on Monday evening.", [("5:15 on Monday evening", "1998-11-02T17:15")]),
        ("It is open from 10 to 2 p.m.", [("10", "1998-11-05T10:00"), ("2 p.m", "1998-11-05T14:00")]),
        ("They meet every Monday and Friday.", [("every Monday", "XXXX-WXX-1"), ("Friday", "XXXX-WXX-5")]),
        ("He met them on the morning of the 2nd.", [("the morning of the 2nd", "1998-11-02TMO")]),
        (
            "They sold more in May than in the same month of 1996.",
            [("May", "1998-05"), ("the same month of 1996", "1996-05")],
        ),
        ("They left at first light on Monday.", [("first light on Monday", "1998-11-02TMO")]),
        ("He left on the last day of August.", [("the last day of August", "1998-08-31")]),
        ("It fell on the Fourth of July.", [("the Fourth of July", "1998-07-04")]),
        ("He came on the twenty-first of June 1941.", [("the twenty-first of June 1941", "1941-06-21")]),
        ("He will come on June the fifth.", [("June the fifth", "1999-06-05")]),
        ("He leaves on Tuesday of next week.", [("Tuesday of next week", "1998-11-10")]),
        ("He left on Wednesday last week.", [("Wednesday last week", "1998-10-28")]),
        ("He will leave a week from Monday.", [("a week from Monday", "1998-11-16")]),
        ("The week before last was cold.", [("The week before last", "1998-W43")]),
        ("He will be back in two weeks' time.", [("two weeks' time", "1998-W47")]),
        ("It rained in the last couple of days.", [("the last couple of days", "PXD")]),
        ("It grew in the 18th and 19th centuries.", [("the 18th", "17"), ("19th centuries", "18")]),
        ("It was built in the mid-1600s, and sold in the 2000s.", [("the mid-1600s", "16"), ("the 2000s", "200")]),
        ("One day he left.", []),
        ("Sales rose in H1 2020 and in FY2021.", [("H1 2020", "2020-H1"), ("FY2021", "2021")]),
        ("He left at half past three.", [("half past three", "1998-11-05T03:30")]),
        ("It is shut on weekends.", [("weekends", "XXXX-WXX-WE")]),
        ("A decades-old feud ended.", [("decades-old", "PXY")]),
        ("A 12-year-old boy and a 42-year-old lawyer met.", []),
        ("It was shut from March-May.", [("March", "1998-03"), ("May", "1998-05")]),
        (
            "A fair this Saturday afternoon, Sunday at the latest.",
            [("this Saturday afternoon", "1998-11-07TAF"), ("Sunday", "1998-11-01")],
        ),
    ],
)
def test_news(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(("published", "value"), [(THURSDAY, "1998-09-11"), (date(2006, 3, 1), "2001-09-11")])
def test_a_day_that_names_an_event(published: date, value: str) -> None:
    assert values("Her son was killed in the Sept. 11 attacks.", published) == [("Sept. 11", value)]


DAYS = st.dates(date(1600, 1, 1), date(2099, 12, 31))


@settings(max_examples=300, deadline=None)
@given(
    DAYS,
    st.sampled_from(
        [
            "{d:%B} {d.day}, {d.year}",
            "{d:%B} {d.day} {d.year}",
            "{d:%b}. {d.day}, {d.year}",
            "{d.day} {d:%B} {d.year}",
            "{d.day} {d:%B}, {d.year}",
            "the {d.day}{th} of {d:%B} {d.year}",
            "{d:%B} {d.day}{th}, {d.year}",
            "{d:%A}, {d:%B} {d.day}, {d.year}",
            "{d:%A} {d.day} {d:%B} {d.year}",
            "{d.day}-{d:%b}-{d.year}",
            "{d:%d} {d:%b} {d.year}",
            "{d}",
            "{d:%A}, {d}",
        ]
    ),
)
def test_a_written_day_reads_back(day: date, form: str) -> None:
    th = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 if day.day not in (11, 12, 13) else 0, "th")
    text = form.format(d=day, th=th)
    ((found, _),) = timex.read(bare(text), "unknown")
    assert (found.start, found.end, found.value) == (0, len(text), day.isoformat())
    assert found.lower == found.upper == day


@settings(max_examples=200, deadline=None)
@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["day-month", "month-day"]), st.sampled_from("/.-")
)
def test_a_day_in_digits_reads_back_in_its_order(day: date, order: Any, mark: str) -> None:
    first, second = (day.day, day.month) if order == "day-month" else (day.month, day.day)
    text = f"{first:02d}{mark}{second:02d}{mark}{day.year}"
    ((found, _),) = timex.read(bare(text), order)
    assert (found.end, found.value) == (len(text), day.isoformat())


@settings(max_examples=200, deadline=None)
@given(
    DAYS,
    st.sampled_from(
        [
            ("M", "{d:%B} {d.year}"),
            ("M", "{d:%B} of {d.year}"),
            ("M", "early {d:%B} {d.year}"),
            ("Y", "the year {d.year}"),
            ("Y", "mid-{d.year}"),
            ("E", "the {decade}0s"),
            ("E", "the early {decade}0s"),
            ("Q", "the {nth} quarter of {d.year}"),
            ("Q", "Q{q} {d.year}"),
            ("S", "the {season} of {winter}"),
            ("S", "{season} {winter}"),
            ("C", "the {century}th century"),
        ]
    ),
)
def test_a_written_span_reads_back(day: date, form: tuple[str, str]) -> None:
    assume(form[0] != "E" or day.year // 10 % 10 or day.year >= 2000)  # The 1800s are a century.
    span = Span(form[0], day)
    name = {"SP": "spring", "SU": "summer", "FA": "autumn", "WI": "winter"}[Span("S", day).value[5:]]
    quarter = (day.month + 2) // 3
    text = form[1].format(
        d=day,
        decade=day.year // 10,
        nth=("first", "second", "third", "fourth")[quarter - 1],
        q=quarter,
        season=name,
        winter=Span("S", day).lower.year,
        century=day.year // 100 + 1,
    )
    ((found, _),) = timex.read(bare(text), "unknown")
    assert (found.start, found.end, found.value) == (0, len(text), span.value)
    assert (found.lower, found.upper) == (span.lower, span.upper)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["{h:02d}:{m:02d}", "{c}:{m:02d} {half}.m", "{c}:{m:02d}{half}m"]),
)
def test_a_written_time_reads_back(hour: int, minute: int, form: str) -> None:
    text = form.format(h=hour, m=minute, c=(hour - 1) % 12 + 1, half="a" if hour < 12 else "p")
    ((found, _),) = timex.read(bare(f"{text} on May 3, 2014"), "unknown")
    assert found.value == f"2014-05-03T{hour:02d}:{minute:02d}"


@given(st.integers(1, 9999), st.sampled_from(["BC", "BCE", "B.C."]))
def test_a_year_before_christ_reads_back(year: int, era: str) -> None:
    ((found, _),) = timex.read(bare(f"{year} {era}"), "unknown")
    assert (found.value, found.lower, found.upper) == (f"BC{year:04d}", None, None)


_WORDS = (
    "12 3,4 th May March 5 1914 1944-06-05 of to - – and a the half year years days ago later earlier last next that"
)
_MORE = (
    "same following previous Monday Sunday through BC AD B.C. century 3rd 14th night morning o'clock hours noon p.m. :"
)
_REST = (
    "5:30 GMT winter 1941–42 weekend week end beginning quarter Q3 first second decade 1990s '80s the of early mid- c."
)
_LAST = (
    "late circa post- every other Easter Christmas now recently 44 0 31 32 30 February 2,000 ' ( ) , . / 99 in on until"
)
_PIECES = st.sampled_from(f"{_WORDS} {_MORE} {_REST} {_LAST}".split())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PIECES, max_size=30).map(" ".join) | st.lists(_PIECES, max_size=12).map("".join))
def test_gates_hide_no_match_nothing_raises_and_nothing_overlaps(text: str) -> None:
    text = text or "."
    both = f"{text}\n{text.lower()}"
    for rule in timex.RULES:
        assert gates.is_open(rule.needs, both) or rule.pattern.search(text) is None
    found = [(item.start, item.end) for item, _ in timex.read(bare(text), "unknown")]
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(found))
    assert all(0 <= start < end <= len(text) for start, end in found)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PIECES, max_size=20).map(" ".join), st.none() | st.dates())
def test_no_parsed_text_raises(text: str, published: date | None) -> None:
    found = rows(f"In 1914, 1915 and 1916 the army fought {text} on the border.", published)
    assert all(row["lower"] is None or row["upper"] is None or row["lower"] <= row["upper"] for row in found)
