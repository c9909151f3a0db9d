"""The stage entities: names, titles, metonyms, links and entities across texts, each by small texts of its own."""

from __future__ import annotations

import random
from itertools import takewhile
from pathlib import Path
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
from stages.entities.resolution import merge

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
        # Units, forces, ships, operations
        ("Fighters of the 2nd Mountain Brigade left.", "2nd Mountain Brigade", "ORG", "2nd-mountain-brigade"),
        ("The 82nd Airborne Division and Task Force 77 came.", "Task Force 77", "ORG", None),
        ("They were flown to Camp Bondi.", "Camp Bondi", "FAC", None),
        ("USS Harrow sailed into the Strait of Hormuz.", "USS Harrow", "PRODUCT", None),
        ("They called it Operation Silver Gate.", "Operation Silver Gate", "EVENT", None),
        ("Boko Haram militants killed 12 soldiers.", "Boko Haram", "ORG", "boko-haram"),
        ("ISIS fighters fled to Deir ez-Zor.", "ISIS", "ORG", "islamic-state"),
        ("The Ministry of Oil in Baghdad said so.", "Ministry of Oil", "ORG", "iraqi-ministry-of-oil"),
        # Places by their first word, by prepositions and by verbs
        ("Aircraft struck a convoy near Ras Qadim.", "Ras Qadim", "GPE", None),
        ("Near Tell Amrin, one strike destroyed a bridge.", "Tell Amrin", "GPE", None),
        ("The rebels hold towns in Southern Chad.", "Southern Chad", "LOC", None),
        ("The rebels hold towns in southern Chad.", "Chad", "GPE", "chad"),
        ("Orhan Aksoy moved to Izmir.", "Izmir", "GPE", "izmir"),
        ("The U.N. said its staff had left Goma.", "Goma", "GPE", "goma"),
        ("Amara, a small town in the south, was calm.", "Amara", "GPE", None),
        ("British-provided rifles were found near Kharkiv.", "Kharkiv", "GPE", None),
        ("British-provided rifles were found near Kharkiv.", "British", "NORP", "united-kingdom"),
        ("The Washington-based institute closed.", "Washington", "GPE", "washington"),
        # Bodies
        ("The Archdiocese of Lima sold its land.", "Archdiocese of Lima", "ORG", None),
        ("Queen's University signed a deal.", "Queen's University", "ORG", None),
        ("The Lakeland Workers' Party won.", "Lakeland Workers' Party", "ORG", None),
        ("The Bank of Japan and the Bank of England met.", "Bank of Japan", "ORG", "bank-of-japan"),
        ("Delegates of the W.T.O. attended.", "W.T.O.", "ORG", "world-trade-organization"),
        ("Nordlys, a conservative party, lost three seats.", "Nordlys", "ORG", None),
        ("The Board of Directors of the Lakeside Foundation met.", "Lakeside Foundation", "ORG", None),
        # Events and treaties
        ("The Treaty of Lausanne is taught there.", "Treaty of Lausanne", "LAW", None),
        ("They wrote of the Battle of Verdun.", "Battle of Verdun", "EVENT", None),
        ("Hurricane Olga hit the coast.", "Hurricane Olga", "EVENT", None),
        (
            "The 2010 United States Senate election in Nevada was close.",
            "2010 United States Senate election in Nevada",
            "EVENT",
            None,
        ),
        ("The Khalid crossing was shut.", "Khalid", "GPE", None),
        ("Fires burned in Lund, Hoor and Tomelilla.", "Tomelilla", "GPE", None),
        ("He told the daily Vestnik Morya that it was late.", "Vestnik Morya", "ORG", None),
        ("Sailors of CTF 151 boarded the tanker Mera.", "CTF 151", "ORG", None),
        ("Sailors of CTF 151 boarded the tanker Mera.", "Mera", "PRODUCT", None),
        ("Gunmen of Liwa al-Badr left the town.", "Liwa al-Badr", "ORG", None),
        ("The fire spread in Diyala and in KwaZulu-Natal.", "Diyala", "GPE", "diyala"),
        ("The fire spread in Diyala and in KwaZulu-Natal.", "KwaZulu-Natal", "GPE", "kwazulu-natal"),
        ("She moved to Kansas City in May.", "Kansas City", "GPE", None),
        ("The Maritime and Fishing Crimes Commission arrested him.", "Fishing Crimes Commission", "ORG", None),
        # Works and sport
        ('His film "A Winter of Crows" opens in May.', "Winter of Crows", "WORK_OF_ART", None),
        ("Her novel Winter Letters was praised.", "Winter Letters", "WORK_OF_ART", None),
        ("Leeds beat Bradford 3-1 on Sunday.", "Bradford", "ORG", "bradford-team"),
        ("Seattle 4 Denver 2", "Denver", "ORG", "denver-team"),
        ("Norway beat Chile 3-1 on Sunday.", "Norway", "GPE", "norway"),
        ("Lyon coach Bernard Petit praised his striker.", "Lyon", "ORG", "lyon-team"),
        ("The Jets won by two touchdowns.", "Jets", "ORG", None),
        ("He left Lyon after the riots.", "Lyon", "GPE", "lyon"),
        ("The court in Lyon beat the deadline.", "Lyon", "GPE", "lyon"),
        ("The leaders are Miguel Soto (Spain) and Per Lund (Sweden).", "Per Lund", "PERSON", None),
        # People
        ("Xi Jinping flew home.", "Xi Jinping", "PERSON", None),
        ("Judge Maria Lopez of the Supreme Court sentenced him.", "Maria Lopez", "PERSON", None),
        ("J. R. Whitfield met Thomas A. Reed III.", "J. R. Whitfield", "PERSON", None),
        ("J. R. Whitfield met Thomas A. Reed III.", "Thomas A. Reed III", "PERSON", None),
        ("Orhan Aksoy[2] moved to Izmir.", "Orhan Aksoy", "PERSON", None),
        ("Darwish was a colonel in the army.", "Darwish", "PERSON", None),
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


@pytest.mark.parametrize(
    ("headline", "names"),
    [
        ("Prime Minister Visits Delhi As Tensions With Islamabad Rise", {"Delhi", "Islamabad"}),
        ("Rescuers Search For Survivors After Quake Hits Central Turkey", {"Turkey"}),
        ("MERKEL AND MACRON MEET IN BERLIN", {"MERKEL", "MACRON", "BERLIN"}),
        ("UKRAINE SAYS RUSSIA SHELLED ODESA", {"UKRAINE", "RUSSIA", "ODESA"}),
        ("SECURITY COUNCIL TO MEET ON KURDS IN NEW ZEALAND", {"SECURITY COUNCIL", "KURDS", "NEW ZEALAND"}),
        ("Wildfire Near Athens Forces Thousands to Flee Homes", {"Athens"}),
        ("Merkel and Macron Seek Deal With Turkey", {"Merkel", "Macron", "Turkey"}),
    ],
)
def test_headline(headline: str, names: set[str]) -> None:
    found = [row for row in build(f"{headline}\n\nThe reports were not confirmed.")["mentions"] if row["form"] == "NAM"]
    assert {row["text"] for row in found} == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The truck carried an IED and a UAV.", set()),
        ("They sold it to the Nordic Party of Finland Anna Salo wrote of.", {"Nordic Party of Finland", "Anna Salo"}),
        ("Sen. John Harlan (R-Ohio) sponsored the Clean Water Act.", {"John Harlan", "Ohio", "Clean Water Act"}),
    ],
)
def test_no_names_too_many(text: str, names: set[str]) -> None:
    assert {row["text"] for row in build(text)["mentions"] if row["form"] == "NAM"} == names


def test_a_town_is_not_its_team() -> None:
    tables = build("Leeds beat Bradford 3-1.", "She lives in Leeds.")
    assert [row["entity_id"] for row in tables["mentions"] if row["text"] == "Leeds"] == ["leeds-team", "leeds"]
    assert (entity(tables, "leeds")["label"], entity(tables, "leeds-team")["label"]) == ("GPE", "ORG")


@pytest.mark.parametrize("headline", ["Brazil Names New Environment Minister", "Freed Hostages Thank President"])
def test_a_headline_may_end_in_a_title(headline: str) -> None:
    assert not [row for row in build(headline)["mentions"] if row["label"] == "PERSON"]


def test_one_label_over_a_document() -> None:
    tables = build("Rebel commander Yusuf Darwish was hurt. Darwish is a former officer. They praised Darwish.")
    assert {(row["label"], row["entity_id"]) for row in tables["mentions"] if row["text"] == "Darwish"} == {
        ("PERSON", "yusuf-darwish")
    }
    tables = build("HMS Falmouth and USS Corvin left Gibraltar. The Corvin returned.")
    assert mention(tables, "Corvin")["label"] == "PRODUCT"


def test_short_form_without_its_long_name_is_a_name() -> None:
    assert mention(build("On Monday Coalition aircraft struck a depot."), "Coalition")["label"] == "ORG"
    tables = build("The Lakeside Coalition met. Later the Coalition voted.")
    assert [row["text"] for row in tables["mentions"] if row["form"] == "NAM"] == ["Lakeside Coalition"]


def test_surname_stays_the_person() -> None:
    tables = build("Defense Secretary Lloyd Austin spoke. Austin said the talks went well.")
    assert mention(tables, "Austin")["label"] == "PERSON"
    assert mention(tables, "Austin")["entity_id"] == mention(tables, "Lloyd Austin")["entity_id"] == "lloyd-austin"


def test_acronym_with_its_definition() -> None:
    tables = build("The Nordic Council of Medical Research (NCMR) warned of it. The NCMR met on Monday.")
    assert mention(tables, "NCMR", at=1)["entity_id"] == "nordic-council-of-medical-research"


@pytest.mark.parametrize(
    ("text", "acronym", "entity_id"),
    [
        ("The African Mining Bank (AfMB) lent $4 million.", "AfMB", "african-mining-bank"),
        (
            "The Movement for Justice and Unity (MJU) left. The MJU was tired.",
            "MJU",
            "movement-for-justice-and-unity",
        ),
        ("The Kurdistan Workers' Party, or PKK, claimed it.", "PKK", "kurdistan-workers-party"),
    ],
)
def test_acronym_in_brackets(text: str, acronym: str, entity_id: str) -> None:
    assert {row["entity_id"] for row in build(text)["mentions"] if row["text"] == acronym} == {entity_id}


@pytest.mark.parametrize(
    ("text", "name", "title", "former"),
    [
        ("Lt. Gen. Robert Hale briefed reporters.", "Robert Hale", "Lt. Gen.", False),
        ("Chief Petty Officer Anna Hale was honoured.", "Anna Hale", "Chief Petty Officer", False),
        ("The governor met Ex-president Carlos Vega.", "Carlos Vega", "Ex-president", True),
        ("Then-president Omar Diallo fled.", "Omar Diallo", "Then-president", True),
        ("Retired General Mark Dunn wrote it.", "Mark Dunn", "Retired General", True),
        ("He saw Anna Kral, now a judge of the court.", "Anna Kral", "a judge of the court", False),
        ("Ann Low, a former U.S. senator, spoke.", "Ann Low", "a former U.S. senator", True),
    ],
)
def test_title(text: str, name: str, title: str, former: bool) -> None:
    tables = build(text)
    row = mention(tables, name)
    assert (row["title"], row["former"]) == (title, former)
    assert (entity(tables, row["entity_id"])["sector"] is None) is former


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
        ("Berlin's decision surprised Warsaw.", "Warsaw", "poland", "warsaw"),
        ("Berlin's decision surprised Warsaw.", "Berlin", "germany", "berlin"),
        ("Beijing-backed lawmakers quit.", "Beijing", "china", "beijing"),
        ("Kremlin-backed fighters were seen.", "Kremlin", "russia", "kremlin"),
        ("The Paris-born writer left.", "Paris", "paris", None),
        ("The delegation visited the Kremlin.", "Kremlin", "kremlin", None),
        ("They met in the White House garden.", "White House", "white-house", None),
        ("Talks between Addis Ababa and Asmara stalled.", "Asmara", "eritrea", "asmara"),
        ("Officials in Jakarta told Canberra that the deal was off.", "Canberra", "australia", "canberra"),
        ("Officials in Jakarta told Canberra that the deal was off.", "Jakarta", "jakarta", None),
        ("Protesters marched through London for hours.", "London", "london", None),
        ("The army shelled Damascus overnight.", "Damascus", "damascus", None),
        ("A court in Ankara jailed him.", "Ankara", "ankara", None),
        ("The train from Vienna to Prague was late.", "Prague", "prague", None),
        ("Damascus residents fled.", "Damascus", "damascus", None),
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
        ("Hungary was warned that it would lose the funds.", "it", "PRO", "hungary"),
        ("Moscow will send fuel, giving Tehran time as it struggles.", "it", "PRO", "iran"),
        ("Greece accused Turkey of violating its airspace.", "its", "PRO", "greece"),
        ("Chad called on Egypt to open its border.", "its", "PRO", "egypt"),
        ("Lufthansa cut 90 jobs. The company is making losses.", "The company", "NOM", "lufthansa"),
        ("Anna Berg met John Miller. His lawyer, Petra Babic, agreed.", "His lawyer", "NOM", "petra-babic"),
        ("Sudan, a poor country, asked for help.", "a poor country", "NOM", "sudan"),
        ("Halden Steel, the oldest company there, closed.", "the oldest company", "NOM", "halden-steel"),
        ("Joe Biden met Anna Berg. Biden said he was glad.", "he", "PRO", "joe-biden"),
        ("He saw Anna Kral, now a judge of the court.", "a judge", "NOM", "anna-kral"),
    ],
)
def test_link(text: str, phrase: str, form: str, entity_id: str) -> None:
    assert mention(build(text), phrase, form)["entity_id"] == entity_id


@pytest.mark.parametrize(
    "text",
    [
        "It is obvious that Poland will vote.",
        "Poland knows that it rains.",
        "The country was quiet.",
        "The prime minister told Mario Conti that he was tired.",
        "Sweden has sanctions against it.",
        "Norway has a ship. The general said it would be provided in June.",
        "Norway said the missile flew far. It fell into the sea.",
        "Lufthansa met Ryanair. The company is making losses.",
        "France and Britain sent ships. It was a large force.",
    ],
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


def test_pair_in_apposition() -> None:
    tables = build("The two ministers, Ali Demir and Yannis Pappas, shook hands. Both men smiled.")
    for phrase in ("The two ministers", "Both men"):
        rows = [row for row in tables["mentions"] if row["text"] == phrase]
        assert {row["entity_id"] for row in rows} == {"ali-demir", "yannis-pappas"}


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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sergei Ivanov", "Sergey Ivanov"),
        ("Dmitri Kosak", "Dmitry Kozak"),
        ("Muammar Gaddafi", "Moammar Gadhafi"),
        ("Alexander Lukashenko", "Aleksandr Lukashenka"),
        ("Benjamin Netanyahu", "Binyamin Netanyahu"),
        ("Mohammed Morsi", "Mohamed Mursi"),
        ("Joseph R. Biden Jr.", "Joe Biden"),
        ("Lloyd J. Austin III", "Lloyd Austin"),
    ],
)
def test_two_spellings_are_one_entity(one: str, other: str) -> None:
    tables = build(f"Minister {one} spoke.", f"Minister {other} spoke.")
    assert len({row["entity_id"] for row in tables["mentions"] if row["label"] == "PERSON"}) == 1


def test_full_name_of_a_person_is_the_person_in_every_text() -> None:
    rows = [
        {"doc_id": "a", "key": "a/ann-low", "kind": "person", "name": "Ann Low", "forms": "Ann Low", "label": "PERSON"},
        {"doc_id": "b", "key": "ann-low", "kind": "name", "name": "Ann Low", "forms": "Ann Low", "label": "ORG"},
    ]
    ids, _ = merge([{**row, "sector": None, "country": None} for row in rows])
    assert ids == {"a/ann-low": "ann-low", "ann-low": "ann-low"}


def test_one_person_across_texts() -> None:
    tables = build("Minister Sergei Ivanov came.", "Minister Sergey Ivanov left.", "President Ivanov slept.")
    ids = {row["entity_id"] for row in tables["mentions"] if row["label"] == "PERSON"}
    assert ids == {"sergei-ivanov"}
    assert (entity(tables, "sergei-ivanov")["mentions"], entity(tables, "sergei-ivanov")["documents"]) == (3, 3)


def test_two_people_of_one_surname_stay_apart() -> None:
    tables = build("Senator John Miller came.", "Senator Jane Miller left.", "Mr Miller slept.")
    assert {row["entity_id"] for row in tables["mentions"]} >= {"john-miller", "jane-miller", "miller"}


TEXTS = (
    "President Anna Berg met John Miller of the Nordic Fund (NF) in Kyiv.",
    "Berg said Moscow would reply. Ann Miller and J. Miller wrote to the NF.",
    "George W. Bush and George H. Bush spoke; Bush laughed.",
    "Dmitri Kosak flew to Berlin. Minister Dmitry Kozak said so.",
    "She moved to Paris, Texas. Senator John Miller saw Berg in Paris.",
)


@pytest.mark.parametrize("again", range(len(TEXTS)))
def test_a_text_without_new_names_leaves_ids(again: int) -> None:
    def ids(tables: Tables) -> dict[str, str]:
        return {f"{row['doc_id']} {row['mention_id']}": row["entity_id"] for row in tables["mentions"]}

    before, after = ids(build(*TEXTS)), ids(build(*TEXTS, TEXTS[again]))
    assert {key: after[key] for key in before} == before
    assert set(after.values()) == set(before.values())


@pytest.fixture(scope="module")
def extracted() -> Tables:
    texts = TEXTS
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
    ("text", "name", "entity_id", "country"),
    [
        ("She moved to Paris, Texas.", "Paris", "paris-texas", "USA"),
        ("She studied in Cambridge, England.", "Cambridge", "cambridge-england", "GBR"),
        ("She lives in Cambridge, Massachusetts.", "Cambridge", "cambridge-massachusetts", "USA"),
        ("Atlanta, Georgia, is hot.", "Georgia", "georgia-u-s-state", "USA"),
        ("He was born in Tbilisi, Georgia.", "Georgia", "georgia", "GEO"),
        ("After talks in Paris, Russia agreed.", "Paris", "paris", "FRA"),
        ("He lives in Birmingham.", "Birmingham", "birmingham", None),
    ],
)
def test_places_that_share_a_name(text: str, name: str, entity_id: str, country: str | None) -> None:
    tables = build(text)
    assert mention(tables, name)["entity_id"] == entity_id
    assert entity(tables, entity_id)["country"] == country


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


PAGE = Path(__file__).parents[1] / "docs/entities.md"


def page(*header: str) -> list[list[str]]:
    """The rows of the table of docs/entities.md that has a header."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    at = lines.index(f"| {' | '.join(header)} |") + 2
    rows = takewhile(lambda line: line.startswith("|"), lines[at:])
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize(
    ("text", "name", "label", "entity_id", "literal"), page("sentence", "mention", "label", "entity", "literal")
)
def test_the_page_says_what_a_mention_is(text: str, name: str, label: str, entity_id: str, literal: str) -> None:
    row = mention(build(text), name)
    assert (row["label"], row["entity_id"], row["literal_entity_id"]) == (label, entity_id, literal or None)


@pytest.mark.parametrize(("one", "other", "people"), page("one text", "another text", "people"))
def test_the_page_says_who_is_one_person(one: str, other: str, people: str) -> None:
    found = {row["entity_id"] for row in build(one, other)["mentions"] if row["label"] == "PERSON"}
    assert sorted(found) == people.split(", ")


def test_the_page_names_every_lexicon() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for path in (PAGE.parents[1] / "stages/lexicons").glob("entities_*.csv"):
        assert f"`{path.name}`" in text, path.name


def test_lexicons_agree() -> None:
    """Every seat stands for something known, every kind names a known body."""
    known = knowledge()
    assert {alias.seat_of.entity_id for row in known.aliases.values() for alias in row if alias.seat_of} <= set(
        known.entities
    )
    assert slug("Jens Plötner") == "jens-plotner"


def test_a_headline_that_ends_in_a_title_of_several_words() -> None:
    text = "Holt Named Chief Petty Officer\n\nAnna Holt was sworn in on Monday. Holt thanked her crew."
    assert "Anna Holt" in {row["text"] for row in build(text)["mentions"]}
