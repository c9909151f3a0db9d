"""The stage entities: names, titles, metonyms, links and entities across texts, each by small texts of its own."""

from __future__ import annotations

import random
from typing import Any

import pytest
from conftest import parse, resolve
from hypothesis import given
from hypothesis import strategies as st

from stages import entities
from stages.core.lexicon import load, words
from stages.core.parse import Row, Tables
from stages.core.schema import schema
from stages.entities.knowledge import knowledge, slug
from stages.entities.persons import same_person, spelling
from stages.entities.places import place

PARAMS = entities.Params()


def build(*texts: str, attributions: tuple[dict[str, Any], ...] = ()) -> Tables:
    """The tables of texts, each a document of its own: text-0, text-1 and so on."""
    gathered: Tables = {"mentions": [], "sources": [], "_candidates": []}
    for number, text in enumerate(texts):
        document = parse(text, rows={"attributions": list(attributions)})
        document.doc_id = f"text-{number}"
        for name, rows in entities.extract(document, PARAMS).items():
            gathered[name].extend(rows)
    return resolve(entities, gathered, PARAMS)


def mention(tables: Tables, text: str, form: str = "NAM", at: int = 0) -> Row:
    """The mention with these words; the one at a position among several."""
    found = [row for row in tables["mentions"] if row["text"] == text and row["form"] == form]
    assert found, f"no {form} {text!r} in {[(row['text'], row['form']) for row in tables['mentions']]}"
    return found[at]


def entity(tables: Tables, entity_id: str) -> Row:
    return next(row for row in tables["entities"] if row["entity_id"] == entity_id)


@pytest.mark.parametrize(
    ("text", "name", "label", "entity_id"),
    [
        ("Officials in Kiev met a Ukrainian delegation.", "Kiev", "GPE", "kyiv"),
        ("Officials in Kiev met a Ukrainian delegation.", "Ukrainian", "NORP", "ukraine"),
        ("The U.S. sent a ship.", "U.S.", "GPE", "united-states"),
        ("The Soviet Union fell apart in 1991.", "Soviet Union", "GPE", "soviet-union"),
        ("Western diplomats left early.", "Western", "NORP", "west"),
        ("The UN Security Council met on Tuesday.", "UN Security Council", "ORG", "united-nations-security-council"),
        ("He spoke to the Frankfurter Allgemeine Zeitung.", "Frankfurter Allgemeine Zeitung", "ORG", None),
        ("The Swedish Defence Ministry denied it.", "Swedish Defence Ministry", "ORG", "swedish-ministry-of-defense"),
        ("The NATO-Russia Council has not met.", "NATO-Russia Council", "ORG", "nato-russia-council"),
        ("They voted in the 2019 Danish general election.", "2019 Danish general election", "EVENT", None),
    ],
)
def test_name(text: str, name: str, label: str, entity_id: str | None) -> None:
    found = mention(build(text), name)
    assert found["label"] == label
    assert entity_id is None or found["entity_id"] == entity_id


def test_names_leave_out_titles_articles_and_possessives() -> None:
    tables = build("The Kremlin's envoy met President Emmanuel Macron and Mr Scholz on Friday.")
    texts = [row["text"] for row in tables["mentions"] if row["form"] == "NAM"]
    assert texts == ["Kremlin", "Emmanuel Macron", "Scholz"]


def test_prefixes_stay_outside() -> None:
    assert mention(build("It was a post-Cold War treaty."), "Cold War")["label"] == "EVENT"


def test_capitals_of_a_headline_make_no_names() -> None:
    tables = build("Finland Rejects Export Of Key Drug\n\nFinland rejected the request on Monday.")
    assert {row["text"] for row in tables["mentions"] if row["form"] == "NAM"} == {"Finland"}


def test_surname_stays_the_person() -> None:
    tables = build("Defense Secretary Lloyd Austin spoke. Austin said the talks went well.")
    assert mention(tables, "Austin")["label"] == "PERSON"
    assert mention(tables, "Austin")["entity_id"] == mention(tables, "Lloyd Austin")["entity_id"] == "lloyd-austin"


def test_acronym_with_its_definition() -> None:
    tables = build("The Nordic Council of Medical Research (NCMR) warned of it. The NCMR met on Monday.")
    assert mention(tables, "NCMR", at=1)["entity_id"] == "nordic-council-of-medical-research"


def test_title_before_a_name() -> None:
    tables = build("Norwegian Defense Minister Kari Nordmann arrived.")
    row = mention(tables, "Kari Nordmann")
    assert (row["title"], row["former"]) == ("Norwegian Defense Minister", False)
    assert (row["title_start"], row["title_end"]) == (0, 26)
    person = entity(tables, "kari-nordmann")
    assert (person["country"], person["sector"]) == ("NOR", "GOV")


def test_former_title_gives_no_sector() -> None:
    tables = build("Kari Nordmann, the former prime minister of Norway, spoke first.")
    row = mention(tables, "Kari Nordmann")
    assert row["title"] == "the former prime minister of Norway"
    assert row["former"] is True
    assert entity(tables, "kari-nordmann")["sector"] is None


def test_honorific_is_no_title() -> None:
    assert mention(build("Mr Nordmann arrived late."), "Nordmann")["title"] is None


@pytest.mark.parametrize(
    ("text", "name", "entity_id", "literal"),
    [
        ("Moscow said it would respond.", "Moscow", "russia", "moscow"),
        ("The talks with Ankara failed.", "Ankara", "turkey", "ankara"),
        ("The offer was rejected by Tehran.", "Tehran", "iran", "tehran"),
        ("The Kremlin spokesman denied it.", "Kremlin", "russia", "kremlin"),
        ("Washington has accused Beijing of spying.", "Beijing", "china", "beijing"),
        ("The Pentagon declined to comment.", "Pentagon", "united-states-department-of-defense", "pentagon"),
        ("She told diplomats in Moscow about it.", "Moscow", "moscow", None),
        ("The minister flew to Brussels on Monday.", "Brussels", "brussels", None),
        ("He was born near Tehran.", "Tehran", "tehran", None),
        ("He lives in Ankara, Turkey.", "Ankara", "ankara", None),
    ],
)
def test_metonym(text: str, name: str, entity_id: str, literal: str | None) -> None:
    row = mention(build(text), name)
    assert (row["entity_id"], row["literal_entity_id"]) == (entity_id, literal)


@pytest.mark.parametrize(
    ("text", "phrase", "form", "entity_id"),
    [
        ("NATO met on Monday. The alliance agreed on a plan.", "The alliance", "NOM", "nato"),
        ("Poland closed the border. The country is worried.", "The country", "NOM", "poland"),
        ("The Danish government resigned.", "The Danish government", "NOM", "denmark"),
        ("Anna Berg, the foreign minister of Sweden, agreed.", "the foreign minister", "NOM", "anna-berg"),
        (
            "Foreign Minister Anna Berg came. Later the foreign minister left.",
            "the foreign minister",
            "NOM",
            "anna-berg",
        ),
        ("Anna Berg met reporters. She was tired.", "She", "PRO", "anna-berg"),
        ("Poland closed its border.", "its", "PRO", "poland"),
        ("Germany said it would help.", "it", "PRO", "germany"),
    ],
)
def test_link(text: str, phrase: str, form: str, entity_id: str) -> None:
    assert mention(build(text), phrase, form)["entity_id"] == entity_id


@pytest.mark.parametrize(
    "text", ["It is obvious that Poland will vote.", "Poland knows that it rains.", "The country was quiet."]
)
def test_no_link_is_better_than_a_wrong_one(text: str) -> None:
    assert [row["text"] for row in build(text)["mentions"] if row["form"] != "NAM"] == []


def test_gender_agrees() -> None:
    tables = build("Anna Berg met John Miller. He smiled.")
    assert mention(tables, "He", "PRO")["entity_id"] == "john-miller"


def test_pair_has_one_row_for_each() -> None:
    tables = build("Relations between Poland and Hungary are tense. The two countries broke off the talks.")
    rows = [row for row in tables["mentions"] if row["text"] == "The two countries"]
    assert {row["entity_id"] for row in rows} == {"poland", "hungary"}
    assert {row["mention_id"].partition("#")[2] for row in rows} == {"", "2"}


QUOTED = 'Norwegian Foreign Minister Kari Nordmann spoke to reporters. "I hope we can agree," she said.'


def quotation(text: str, content: str, source: str) -> dict[str, Any]:
    start, at = text.index(content), text.rindex(source)
    return {
        "attribution_id": f"a:{start}",
        "sentence_id": None,
        "start": start,
        "end": start + len(content),
        "source_start": at,
        "source_end": at + len(source),
        "kind": "direct",
    }


def test_speaker_and_side_in_a_quotation() -> None:
    tables = build(QUOTED, attributions=(quotation(QUOTED, "I hope we can agree,", "she"),))
    assert mention(tables, "I", "PRO")["entity_id"] == "kari-nordmann"
    assert mention(tables, "we", "PRO")["entity_id"] == "norway"
    (source,) = tables["sources"]
    assert source["entity_id"] == "kari-nordmann"
    assert source["mention_id"] == mention(tables, "she", "PRO")["mention_id"]


def test_source_with_its_title() -> None:
    row = quotation(QUOTED, "I hope we can agree,", "Norwegian Foreign Minister Kari Nordmann")
    (source,) = build(QUOTED, attributions=(row,))["sources"]
    assert source["entity_id"] == "kari-nordmann"


def test_spellings_and_nicknames_are_one_person() -> None:
    assert spelling("Sergey") == spelling("Sergei")
    assert same_person(["Bill", "Gates"], ["William", "Gates"])
    assert same_person(["J.", "Miller"], ["John", "Miller"])
    assert not same_person(["George", "W.", "Bush"], ["George", "H.", "Bush"])
    assert not same_person(["Jane", "Miller"], ["John", "Miller"])


def test_one_person_across_texts() -> None:
    tables = build("Minister Sergei Ivanov came.", "Minister Sergey Ivanov left.", "President Ivanov slept.")
    ids = {row["entity_id"] for row in tables["mentions"] if row["label"] == "PERSON"}
    assert ids == {"sergei-ivanov"}
    assert (entity(tables, "sergei-ivanov")["mentions"], entity(tables, "sergei-ivanov")["documents"]) == (3, 3)


def test_two_people_of_one_surname_stay_apart() -> None:
    tables = build("Senator John Miller came.", "Senator Jane Miller left.", "Mr Miller slept.")
    assert {row["entity_id"] for row in tables["mentions"]} >= {"john-miller", "jane-miller", "miller"}


def test_a_text_without_new_names_leaves_ids() -> None:
    texts = ["Minister Sergei Ivanov met Anna Berg in Warsaw.", "Anna Berg flew to Oslo with the Peoples Party."]
    before = {row["entity_id"] for row in build(*texts)["entities"]}
    after = {row["entity_id"] for row in build(*texts, "Anna Berg thanked Sergei Ivanov.")["entities"]}
    assert before == after


@pytest.fixture(scope="module")
def extracted() -> Tables:
    texts = (
        "President Anna Berg met John Miller of the Nordic Fund (NF) in Kyiv.",
        "Berg said Moscow would reply. Ann Miller and J. Miller wrote to the NF.",
        "George W. Bush and George H. Bush spoke; Bush laughed.",
        "Dmitri Kosak flew to Berlin. Minister Dmitry Kozak said so.",
    )
    gathered: Tables = {"mentions": [], "sources": [], "_candidates": []}
    for number, text in enumerate(texts):
        document = parse(text)
        document.doc_id = f"text-{number}"
        for name, rows in entities.extract(document, PARAMS).items():
            gathered[name].extend(rows)
    return gathered


@given(seed=st.integers(0, 10_000))
def test_order_of_documents_does_not_matter(extracted: Tables, seed: int) -> None:
    shuffled = {name: random.Random(seed).sample(rows, len(rows)) for name, rows in extracted.items()}

    def in_order(tables: Tables) -> dict[str, list[str]]:
        return {name: sorted(repr(sorted(row.items())) for row in rows) for name, rows in tables.items()}

    assert in_order(resolve(entities, shuffled, PARAMS)) == in_order(resolve(entities, extracted, PARAMS))


def test_places_have_coordinates_only_without_doubt() -> None:
    tables = build("She flew from Warsaw to Eastern Europe and Springfield.")
    warsaw = entity(tables, "warsaw")
    assert round(warsaw["latitude"]) == 52
    assert (warsaw["country"], warsaw["geoname_id"]) == ("POL", "756135")
    assert entity(tables, "eastern-europe")["latitude"] is None
    assert place("Springfield", "GPE", None) is None


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "💥 US 💥", "(((", "NATO NATO NATO", "'s", "a\r\rb", "UN" * 500, "مرحبا Kyiv"]
)
def test_any_text(text: str) -> None:
    tables = build(f"x {text}")
    known = {row["entity_id"] for row in tables["entities"]}
    for row in tables["mentions"]:
        assert row["entity_id"] in known
        assert row["literal_entity_id"] in known | {None}
    assert len({row["mention_id"] for row in tables["mentions"]}) == len(tables["mentions"])


def test_rows_have_the_fields_of_the_schema() -> None:
    tables = build("Moscow said Sergei Ivanov, its envoy, would visit Poland.")
    for name in entities.WRITES:
        for row in tables[name]:
            assert set(row) <= set(schema(name).names)
            assert "" not in row.values()


def test_no_alias_stands_for_two() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for table in ("countries", "places", "organisations", "media", "institutions", "groups", "things", "seats"):
        for row in load(f"entities_{table}"):
            cells = (row.get(column, "") for column in ("aliases", "adjectives", "demonyms", "people"))
            for alias in (row["name"], *(word for cell in cells for word in words(cell))):
                assert seen.setdefault(alias, (table, row["name"])) == (table, row["name"]), alias


def test_lexicons_agree() -> None:
    """Every seat stands for something known, every kind names a known body."""
    known = knowledge()
    assert {alias.seat_of.entity_id for row in known.aliases.values() for alias in row if alias.seat_of} <= set(
        known.entities
    )
    assert slug("Jens Plötner") == "jens-plotner"
