"""The stage numbers, class by class of quantities: what is read, with which unit, of what, and what is no quantity."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from conftest import columns_of, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from stages import numbers
from stages.core import lexicon
from stages.core.parse import Document, rebuild
from stages.numbers import words

Row = dict[str, Any]


def read(text: str, **params: Any) -> dict[str, Row]:
    rows = numbers.extract(parse(text, published=date(2022, 10, 21)), numbers.Params(**params))["numbers"]
    return {row["text"]: row for row in rows}


def bare(text: str) -> Document:
    """A document of one sentence and one token: what the patterns alone read."""
    span = {"start": 0, "end": len(text), "segment_id": "text:0", "sentence_id": "text:0"}
    token = {"sentence_id": "text:0", "start": 0, "end": len(text), "lemma": text, "upos": "X", "xpos": None}
    token |= {"feats": None, "head": 0, "deprel": "ROOT", "entity": None}
    meta = {"doc_id": "text", "text": text, "published": None}
    return rebuild(meta, [{**span, "kind": "paragraph", "content": True}], [span], columns_of([token]))


@pytest.mark.parametrize(
    ("text", "span", "value", "unit"),
    [
        ("The grant was worth 40 million Canadian dollars.", "40 million Canadian dollars", 4e7, "CAD"),
        ("The mine cost C$3.5 billion.", "C$3.5 billion", 3.5e9, "CAD"),
        ("He won HK$4.2 million.", "HK$4.2 million", 4.2e6, "HKD"),
        ("The jackpot is $16 million Canadian.", "$16 million Canadian", 1.6e7, "CAD"),
        ("The fare was 2,500 Colombian pesos.", "2,500 Colombian pesos", 2500, "COP"),
        ("The clinic cost 300 Congolese francs.", "300 Congolese francs", 300, "CDF"),
        ("Officials offered 10 lakh rupees.", "10 lakh rupees", 1e6, "INR"),
        ("The tax is Rs 40 crore.", "Rs 40 crore", 4e8, "INR"),
        ("The bank fined him R500,000.", "R500,000", 5e5, "ZAR"),
        ("The deal is worth £5 bn.", "£5 bn", 5e9, "GBP"),
        ("He paid 5 million pounds for the house.", "5 million pounds", 5e6, "GBP"),
        ("He owed 3 dollars and 20 cents.", "3 dollars and 20 cents", 3.2, "USD"),
        ("A $5 million grant was made.", "$5 million", 5e6, "USD"),
        ("A ticket costs 45 cents.", "45 cents", 45, None),
        ("Tens of millions of dollars were stolen.", "Tens of millions of dollars", 1e7, "USD"),
        ("The coat was zł45 and the hat Kč900.", "zł45", 45, "PLN"),
        ("The fine is 3m rupiah.", "3m rupiah", 3e6, "IDR"),
        ("The hat was Kč900, 1,200 baht more.", "1,200 baht", 1200, "THB"),
    ],
)
def test_money(text: str, span: str, value: float, unit: str | None) -> None:
    row = read(text)[span]
    assert (row["kind"], row["value"], row["unit"]) == ("money", pytest.approx(value), unit)


@pytest.mark.parametrize(
    ("text", "span", "value", "unit"),
    [
        ("It was 35 degrees Celsius in the shade.", "35 degrees Celsius", 35, "Cel"),
        ("Highs of 90 F are expected.", "90 F", 90, "[degF]"),
        ("The fibre is 15 µm thick.", "15 µm", 15, "um"),
        ("The coil has a resistance of 40 Ω.", "40 Ω", 40, "Ohm"),
        ("The plant produces 500 kilowatt hours of power.", "500 kilowatt hours", 500, "kW.h"),
        ("The plant produces 30 GWh a year.", "30 GWh a year", 30, "GW.h/a"),
        ("The farm yields 6 tonnes per hectare.", "6 tonnes per hectare", 6, "t/har"),
        ("The drug is given at 5 mg per kilogram.", "5 mg per kilogram", 5, "mg/kg"),
        ("The pump moves 40 litres a second.", "40 litres a second", 40, "L/s"),
        ("The current is 1.3 A/cm2.", "1.3 A/cm2", 1.3, "A/cm2"),
        ("The field pumps 250,000 bpd.", "250,000 bpd", 250000, "[bbl_us]/d"),
        ("The galaxy is 2.5 million light-years away.", "2.5 million light-years", 2.5e6, "[ly]"),
        ("The cube measures 4 km cubed.", "4 km cubed", 4, "km3"),
        ("He is 5 feet 3 inches tall.", "5 feet 3 inches", 5.25, "[ft_i]"),
        ("He is six foot two.", "six foot two", 74 / 12, "[ft_i]"),
        ("She stands 6'2\" without shoes.", "6'2\"", 74 / 12, "[ft_i]"),
        ("The neck of the lute is 25.5″ long.", "25.5″", 25.5, "[in_i]"),
        ("The fish weighed 5 pounds 6 ounces.", "5 pounds 6 ounces", 5.375, "[lb_av]"),
        ("A million pounds of beef was recalled.", "A million pounds", 1e6, "[lb_av]"),
        ("The plot measures 30 by 50 metres.", "30", 30, "m"),
        ("The keep stands 30 m (98 ft) tall.", "30 m", 30, "m"),
        ("The ship is 300 m long and 40 m wide.", "40 m", 40, "m"),
        ("The star has a mass of 2 × 10^30 kg.", "2 × 10^30 kg", 2e30, "kg"),
        ("About a mile away a barn burned.", "About a mile", 1, "[mi_i]"),
        ("He walked three-quarters of a mile.", "three-quarters of a mile", 0.75, "[mi_i]"),
        ("Makers plan sub-7 nanometer chips.", "sub-7 nanometer", 7, "nm"),
        ("It was minus 20 degrees outside.", "minus 20 degrees", -20, "deg"),
        ("It will drop to minus 5 C overnight.", "minus 5 C", -5, "Cel"),
        ("The oven reached 1,200 K in an hour.", "1,200 K", 1200, "K"),
        ("It comes with a 5 W lamp.", "5 W", 5, "W"),
        ("The lake holds 300 acre-feet of water.", "300 acre-feet", 300, "[acr_us].[ft_us]"),
        ("The reef formed 66 Ma ago.", "66 Ma", 66, "Ma"),
        ("The planet is 2.5 au away.", "2.5 au", 2.5, "AU"),
        ("The river was nine-tenths of a foot below.", "nine-tenths of a foot", 0.9, "[ft_i]"),
    ],
)
def test_measures(text: str, span: str, value: float, unit: str) -> None:
    row = read(text)[span]
    assert (row["kind"], row["value"], row["unit"]) == ("measure", pytest.approx(value), unit)


@pytest.mark.parametrize(
    ("text", "span", "value", "comparator"),
    [
        ("She turned 40.", "40", 40, "="),
        ("A boy of 12 drowned.", "12", 12, "="),
        ("They polled men between the ages of 17 and 20.", "17", 17, "="),
        ("Clubs sign up people under 30.", "under 30", 30, "<"),
        ("Children under 5 are at risk.", "under 5", 5, "<"),
        ("The under-21 team lost.", "under-21", 21, "<"),
        ("He died at 84.", "84", 84, "="),
        ("Life expectancy is around 73.", "around 73", 73, "~"),
        ("The trial lasted 2 hours 30 minutes.", "2 hours 30 minutes", 2.5, "="),
        ("The film lasted a quarter of an hour.", "a quarter of an hour", 0.25, "="),
        ("The ruin stood for hundreds of years.", "hundreds of years", 100, ">="),
        ("Her now-18 month-old daughter is well.", "18 month-old", 18, "="),
        ("Entry is free for those 65 and over.", "65 and over", 65, ">="),
        ("Adults 21 or older can vote.", "21 or older", 21, ">="),
        ("She turns 30 next week.", "30", 30, "="),
        ("He left the club and turned 80 last July.", "80", 80, "="),
        ("He was held for three more weeks.", "three more weeks", 3, "="),
        ("It lasted more than an hour and a half.", "more than an hour and a half", 1.5, ">"),
    ],
)
def test_ages_and_durations(text: str, span: str, value: float, comparator: str) -> None:
    row = read(text)[span]
    assert (row["kind"], row["value"], row["comparator"]) == ("duration", value, comparator)


def test_an_age_can_be_a_range() -> None:
    row = read("The study covered 1,000 adults aged 18 to 65.")["18 to 65"]
    assert (row["kind"], row["value"], row["upper"], row["unit"]) == ("duration", 18, 65, "a")


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("Three-quarters of the fleet was sunk.", "Three-quarters", 0.75),
        ("They were backed by 2/3 of members.", "2/3", 2 / 3),
        ("About 1 in 10,000 babies are affected.", "About 1 in 10,000", 1e-4),
        ("The ratio of men to women was 3 to 1.", "3 to 1", 3),
        ("Output fell by half.", "half", 0.5),
        ("Sales fell by a third, the firm said.", "a third", 1 / 3),
        ("Between a quarter and a third of voters stayed home.", "a quarter", 0.25),
        ("Nine of 10 voters agreed.", "Nine of 10", 0.9),
        ("The chance is one in a million.", "one in a million", 1e-6),
    ],
)
def test_fractions_and_ratios(text: str, span: str, value: float) -> None:
    row = read(text)[span]
    assert (row["kind"], row["value"]) == ("fraction", pytest.approx(value))


@pytest.mark.parametrize(
    ("text", "span", "value", "comparator", "noun"),
    [
        ("Half a dozen men waited.", "Half a dozen", 6, "=", "men"),
        ("A quarter-million people came.", "A quarter-million", 250000, "=", "people"),
        ("A couple of soldiers deserted.", "A couple", 2, "~", "soldiers"),
        ("He had 20-odd followers.", "20-odd", 20, "~", "followers"),
        ("The group had 100+ members.", "100+", 100, ">=", "members"),
        ("The 1,500-strong force withdrew.", "1,500", 1500, "=", "force"),
        ("A few thousand troops left.", "A few thousand", 1000, ">=", "troops"),
        ("They sold 4 million digital and printed copies.", "4 million", 4e6, "=", "digital and printed copies"),
        ("The first two rounds were lost.", "two", 2, "=", "rounds"),
        ("They killed 12 soldiers and wounded 30.", "30", 30, "=", "soldiers"),
        ("Of the 40 passengers, 12 died.", "12", 12, "=", "passengers"),
        ("Police held 14 people, including three boys, and 25 were hurt.", "25", 25, "=", "people"),
        ("The boat was driven by two 1,200 hp engines.", "two", 2, "=", "engines"),
        ("There are 600 people who waited two years and 950 who left.", "950", 950, "=", "people"),
        ("The index lost 62.3 points to close at 7,425.81.", "7,425.81", 7425.81, "=", "points"),
        ("The party won 112 seats, 14 more than in 2011.", "14", 14, "=", "seats"),
        ("It has 1.2bn users, 40m of them at home.", "40m", 4e7, "=", "users"),
        ("They lost money in each of the last five quarters.", "five", 5, "=", "quarters"),
    ],
)
def test_counts(text: str, span: str, value: float, comparator: str, noun: str) -> None:
    row = read(text)[span]
    assert (row["kind"], row["value"], row["comparator"], row["noun"]) == ("count", value, comparator, noun)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("The toll rose by 14 to 230.", {"14": "by", "230": "to"}),
        ("Exports fell to $3.4 billion from $3.9 billion.", {"$3.4 billion": "to", "$3.9 billion": "from"}),
        ("Output fell by 200,000 barrels a day to 9.5 million.", {"200,000 barrels a day": "by", "9.5 million": "to"}),
        ("The fee rose from 24.2 to 30 billion euros.", {"24.2": "from", "30 billion euros": "to"}),
        ("The yield rose to 2.95 percent from 2.91.", {"2.95 percent": "to", "2.91": "from"}),
    ],
)
def test_changes_are_linked(text: str, roles: dict[str, str]) -> None:
    rows = read(text)
    assert {span: row["role"] for span, row in rows.items()} == roles
    assert len({row["change_id"] for row in rows.values()}) == 1


def test_the_start_of_a_change_has_the_unit_of_its_end() -> None:
    row = read("The fee rose from 24.2 to 30 billion euros.")["24.2"]
    assert (row["kind"], row["value"], row["unit"]) == ("money", 24.2e9, "EUR")
    row = read("The yield rose to 2.95 percent from 2.91.")["2.91"]
    assert (row["kind"], row["value"], row["unit"]) == ("percent", 2.91, "%")
    row = read("Sales were $5.2 billion, up from 4.8.")["4.8"]
    assert (row["kind"], row["value"], row["unit"]) == ("money", 4.8e9, "USD")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Prices rose 5 to 7 percent.", {"5 to 7 percent": (5, 7)}),
        ("The error is plus or minus 3.5 percent.", {"plus or minus 3.5 percent": (3.5, None)}),
        ("Two men were hurt; a third, unharmed, fled.", {"Two": (2, None)}),
        ("He polled 55 percent to 45 percent.", {"55 percent": (55, None), "45 percent": (45, None)}),
        ("The court decided by a vote of 9 to 4.", {"9": (9, None), "4": (4, None)}),
        ("It costs €5 or $6.", {"€5": (5, None), "$6": (6, None)}),
        ("They paid $50 and 20 guests stayed.", {"$50": (50, None), "20": (20, None)}),
        ("It fell from -3 to -5 degrees.", {"-3": (-3, None), "-5 degrees": (-5, None)}),
    ],
)
def test_ranges_and_pairs(text: str, spans: dict[str, tuple[float, float | None]]) -> None:
    assert {span: (row["value"], row["upper"]) for span, row in read(text).items()} == spans


def test_what_is_changed_is_the_object_of_the_verb() -> None:
    row = read("The bank raised its key rate by half a percentage point to 3.75%.")["3.75%"]
    assert (row["role"], row["noun"]) == ("to", "key rate")


@pytest.mark.parametrize("text", ["Gold sold at $1,950 an ounce.", "A $5 million-a-year contract was signed."])
def test_prices_are_rates(text: str) -> None:
    ((_, row),) = read(text).items()
    assert row["role"] == "per"


@pytest.mark.parametrize(
    "text",
    [
        "Call +44 20 7946 0958 for help.",
        "She lives at 14 Rose Street.",
        "He was seen on Downing Street near 1600 Pennsylvania Avenue.",
        "The FTSE 100 and the Stoxx 50 closed.",
        "1. Wash your hands.",
        "(2) The minister resigned.",
        "Room 101 is on floor 3.",
        "Psalm 23 was read.",
        "The 7th Fleet and the 82nd Airborne Division arrived.",
        "First-team players trained.",
        "The PS5 and the K9 unit are here.",
        "He went 3 for 4.",
        "The hill fort fell in the spring.[2][3]",
        "Chapter two was lost.",
        "The trial reached Day 3.",
        "The frigate Otter (L 12) sailed.",
        'The post has tweet_id="778257943577919488" in it.',
        "They won 3-2.",
        "Police came to the 1400 block of Elm Street.",
        "The pressure was 120/80 mmHg.",
        "He shot 10-of-17, and the Group of 20 met.",
        'He said so on "60 Minutes" and left.',
    ],
)
def test_what_is_no_quantity(text: str) -> None:
    assert read(text) == {}


def test_a_part_of_a_known_number_is_two_counts() -> None:
    rows = read("In all 10 of 12 victims died.")
    assert [(row["value"], row["noun"]) for row in rows.values()] == [(10, "victims"), (12, "victims")]


def test_a_type_is_no_second_count() -> None:
    assert list(read("The airline grounded two 737 Max jets.")) == ["two"]


def test_a_verb_is_no_unit() -> None:
    row = read("Of the runners, only 300 won prizes.")["300"]
    assert (row["kind"], row["unit"]) == ("count", None)


def test_no_noun_holds_a_quantity_or_a_unit() -> None:
    rows = read("The cake needs 2½ cups of flour and ¾ teaspoon of salt.")
    assert [row["noun"] for row in rows.values()] == ["flour", "salt"]
    assert read("The sea was 18 degrees Celsius (64 °F) warm.")["64 °F"]["noun"] is None


_FORMS = [
    (form, row["place"], row.get("ucum") or row.get("code") or None)
    for name in ("numbers_measures", "numbers_currencies")
    for row in lexicon.load(name)
    for form in lexicon.words(row["form"])
    if form not in "′″"
]


def test_every_unit_reads_back_as_its_code() -> None:
    wrong = []
    for form, place, code in _FORMS:
        text = f"{form}120,000" if place in ("before", "scaled") else f"120 {form}"
        rows = numbers.extract(bare(text), numbers.Params())["numbers"]
        named = code or ("USD" if form in ("dollar", "dollars", "bucks") else None)
        if [(row["text"], row["unit"]) for row in rows] != [(text, named)]:
            wrong.append(text)
    assert wrong == []


_INTEGERS = st.integers(0, 10**15)


def _grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


def _spelled(number: int) -> str:
    """A whole number below a quadrillion in words."""
    by_value = {value: word for word, value in reversed(list(words.SMALL.items()))}
    for size, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if number >= size:
            rest = number % size
            joint = f" {'and ' if rest < 100 else ''}{_spelled(rest)}" if rest else ""
            return f"{_spelled(number // size)} {name}{joint}"
    if number >= 100:
        rest = f" and {_spelled(number % 100)}" if number % 100 else ""
        return f"{by_value[number // 100]} hundred{rest}"
    if number > 20 and number % 10:
        return f"{by_value[number // 10 * 10]}-{by_value[number % 10]}"
    return by_value[number]


def one(text: str) -> Row:
    """The only quantity of a text, which is the whole text."""
    (row,) = numbers.extract(bare(text), numbers.Params())["numbers"]
    assert row["text"] == text
    return row


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 10**15 - 1))
def test_a_number_in_words_reads_back(number: int) -> None:
    assert words.value_of(_spelled(number)) == number
    assert one(f"{_spelled(number)} tonnes")["value"] == number


@settings(max_examples=200, deadline=None)
@given(_INTEGERS, st.sampled_from([",", "'", ""]), st.integers(0, 999))
def test_digits_in_groups_read_back(number: int, mark: str, decimals: int) -> None:
    assert one(f"{_grouped(number, mark)}.{decimals:03d} kg")["value"] == float(f"{number}.{decimals:03d}")


@given(st.integers(10**6, 10**15), st.sampled_from([" ", "."]))
def test_groups_that_need_three_read_back(number: int, mark: str) -> None:
    assert words.value_of(_grouped(number, mark)) == number


_SIGNS = [("${}", "USD"), ("US${}", "USD"), ("€{}", "EUR"), ("£{}", "GBP"), ("{} euros", "EUR"), ("{} yen", "JPY")]
_SCALES = [("", 1), (" thousand", 10**3), (" million", 10**6), (" billion", 10**9), (" trillion", 10**12)]


@settings(max_examples=200, deadline=None)
@given(st.decimals(0, 999, places=2), st.sampled_from(_SCALES), st.sampled_from(_SIGNS))
def test_an_amount_reads_back(number: Any, scale: tuple[str, int], sign: tuple[str, str]) -> None:
    row = one(sign[0].format(f"{number}{scale[0]}"))
    assert (row["kind"], row["unit"]) == ("money", sign[1])
    assert row["value"] == float(number * scale[1])


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(1, 10**6), st.sampled_from(["{}-{} km", "{} to {} km", "between {} and {} km"])
)
def test_a_range_reads_back(low: int, more: int, form: str) -> None:
    row = one(form.format(f"{low:,}", f"{low + more:,}"))
    assert (row["value"], row["upper"], row["unit"]) == (low, low + more, "km")


@given(st.integers(1, 99), st.integers(2, 16))
def test_a_mixed_number_reads_back(whole: int, bottom: int) -> None:
    assert words.value_of(f"{whole} 1/{bottom}") == whole + words.value_of(f"1/{bottom}")  # type: ignore[operator]


@given(st.decimals(-1000, 1000, places=1), st.sampled_from(["{}%", "{} percent", "{} per cent"]))
def test_a_percentage_reads_back(number: Any, form: str) -> None:
    row = one(form.format(number))
    assert (row["kind"], row["value"], row["unit"]) == ("percent", float(number), "%")
