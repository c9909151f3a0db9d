"""The stage events: triggers, participants, factuality, dates, places, numbers, incidents; sentences made up for it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from conftest import parse

from stages import events
from stages.core.lexicon import load, words
from stages.core.parse import Document, Row, Tables

NAMES = {
    "Freedonia": ("GPE", "AAA"),
    "Sylvania": ("GPE", "BBB"),
    "Ruritania": ("GPE", "CCC"),
    "Freedonian": ("NORP", "AAA"),
    "Sylvanian": ("NORP", "BBB"),
    "Zenda": ("GPE", "CCC"),
    "Anna Holt": ("PERSON", "AAA"),
    "Boris Kern": ("PERSON", "BBB"),
    "Clara Voss": ("PERSON", "BBB"),
    "League of Plains": ("ORG", None),
}
SAME = {"Freedonian": "Freedonia", "Sylvanian": "Sylvania"}


def slug(name: str) -> str:
    return SAME.get(name, name).lower().replace(" ", "-")


def document(
    text: str,
    published: date | None = None,
    dates: Mapping[str, tuple[str, date | None, date | None]] | None = None,
    said: Sequence[tuple[str, str, str]] = (),
    counted: Mapping[str, tuple[float, str]] | None = None,
    doc_id: str | None = None,
) -> Document:
    """A parsed text with the rows of earlier stages: the names of NAMES, and what is given.

    Args:
        text: the text.
        published: its day of publication.
        dates: words to value, first and last day.
        said: content, kind and source of attributions.
        counted: words to value and noun.
        doc_id: another id than that of the text.
    """
    found = parse(text, published)
    if doc_id:
        for sentence in found.sentences:
            sentence.sentence_id = sentence.sentence_id.replace(found.doc_id, doc_id)
        found.doc_id = doc_id

    def sentence_id(start: int) -> str:
        return next(one.sentence_id for one in found.sentences if one.start <= start < one.end)

    def row(key: str, start: int, end: int, **cells: Any) -> Row:
        place = {key: found.identifier(start, end), **found.span(start, end), "sentence_id": sentence_id(start)}
        return {**place, **cells}

    mentions = [
        row("mention_id", *match.span(), form="NAM", label=label, entity_id=slug(name), literal_entity_id=None)
        for name, (label, _) in NAMES.items()
        for match in re.finditer(rf"\b{name}\b", text)
    ]
    mentions.sort(key=lambda one: (one["start"], one["end"]))
    timed = [
        row("date_id", *_span(text, part), type="DATE", value=value, mod=None, lower=lower, upper=upper)
        for part, (value, lower, upper) in (dates or {}).items()
    ]
    attributions = []
    sources = []
    for content, kind, source in said:
        start, end = _span(text, content)
        source_start, source_end = _span(text, source)
        claim = row("attribution_id", start, end, kind=kind, source=source, source_start=source_start)
        attributions.append({**claim, "source_end": source_end, "duplicate_of": None})
        name = next((one for one in mentions if one["start"] == source_start), None)
        if name:
            key = claim["attribution_id"]
            sources.append({"attribution_id": key, "mention_id": name["mention_id"], "entity_id": name["entity_id"]})
    numbers = [
        row(
            "number_id", *_span(text, part), kind="count", value=value, upper=None, comparator="=", unit=None,
            noun=noun, noun_start=None, noun_end=None,
        )
        for part, (value, noun) in (counted or {}).items()
    ]  # fmt: skip
    entities = [
        {
            "entity_id": slug(name), "name": SAME.get(name, name), "label": label, "country": country,
            "sector": "GOV", "latitude": None, "longitude": None,
        }
        for name, (label, country) in NAMES.items() if name not in SAME
    ]  # fmt: skip
    found.rows = {
        "mentions": mentions, "dates": timed, "attributions": attributions, "sources": sources, "numbers": numbers,
        "entities": entities,
    }  # fmt: skip
    return found


def _span(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


def extract(found: Document) -> Tables:
    return events.extract(found, events.Params())


def coded(tables: Tables) -> list[tuple[str, set[str], set[str]]]:
    """Type, actors and recipients of each event."""
    return [(row["type"], names(tables, row, "actor"), names(tables, row, "recipient")) for row in tables["events"]]


def names(tables: Tables, event: Row, role: str) -> set[str]:
    rows = [row for row in tables["participants"] if (row["event_id"], row["role"]) == (event["event_id"], role)]
    return {row["entity_id"] or row["text"] for row in rows}


def resolve(documents: Iterable[Document]) -> Tables:
    """The final tables of some documents."""
    tables: Tables = {}
    for found in documents:
        sentences = [
            {
                "sentence_id": one.sentence_id, "start": one.start, "end": one.end,
                "text": found.text[one.start : one.end], "segment_id": one.segment.segment_id,
            }
            for one in found.sentences
        ]  # fmt: skip
        segments = [{"segment_id": one.segment_id, "kind": one.kind} for one in found.segments]
        parts: Tables = {
            **{name: list(rows) for name, rows in found.rows.items()}, **extract(found), "sentences": sentences,
            "segments": segments, "documents": [{**found.meta, "doc_id": found.doc_id, "url": None}],
        }  # fmt: skip
        for name, rows in parts.items():
            if name == "entities":
                tables[name] = rows
            else:
                tables.setdefault(name, []).extend(rows)
    return events.resolve(tables, events.Params())


@pytest.mark.parametrize(
    ("text", "type_", "actors", "recipients"),
    [
        ("Freedonia agreed to help Sylvania.", "AGREE", "freedonia", "sylvania"),
        ("Anna Holt held talks with Boris Kern.", "CONSULT", "anna-holt|boris-kern", ""),
        ("Anna Holt praised Sylvania.", "SUPPORT", "anna-holt", "sylvania"),
        ("Freedonia apologised to Sylvania.", "CONCEDE", "freedonia", "sylvania"),
        ("Freedonia cooperated with Sylvania.", "COOPERATE", "freedonia|sylvania", ""),
        ("Freedonia sent food aid to Sylvania.", "AID", "freedonia", "sylvania"),
        ("Freedonia withdrew its troops from Sylvania.", "RETREAT", "freedonia", "sylvania"),
        ("Freedonia urged Sylvania to open the border.", "REQUEST", "freedonia", "sylvania"),
        ("Freedonia accused Sylvania of spying.", "ACCUSE", "freedonia", "sylvania"),
        ("Freedonia rejected an offer by Sylvania.", "REJECT", "freedonia", "sylvania"),
        ("Freedonia threatened Sylvania with war.", "THREATEN", "freedonia", "sylvania"),
        ("Students protested against Anna Holt.", "PROTEST", "Students", "anna-holt"),
        ("Freedonia suspended aid to Sylvania.", "SANCTION", "freedonia", "sylvania"),
        ("Freedonia mobilised its army against Sylvania.", "MOBILIZE", "freedonia", "sylvania"),
        ("Freedonian police arrested Boris Kern.", "COERCE", "freedonia", "boris-kern"),
        ("Freedonian troops attacked Sylvania.", "ASSAULT", "freedonia", "sylvania"),
    ],
)
def test_every_type_with_actor_and_recipient(text: str, type_: str, actors: str, recipients: str) -> None:
    assert coded(extract(document(text)))[0] == (
        type_,
        set(actors.split("|")),
        set(recipients.split("|")) if recipients else set(),
    )


@pytest.mark.parametrize(
    ("text", "actors", "recipients"),
    [
        ("Sylvania was attacked by Freedonia.", "freedonia", "sylvania"),
        ("Freedonia and Ruritania attacked Sylvania.", "freedonia|ruritania", "sylvania"),
        ("Freedonia, which attacked Sylvania, is small.", "freedonia", "sylvania"),
        ("Freedonia began to attack Sylvania.", "freedonia", "sylvania"),
        ("Freedonia's invasion of Sylvania was long.", "freedonia", "sylvania"),
        ("The Freedonian invasion of Sylvania was long.", "freedonia", "sylvania"),
        ("Freedonia launched an attack on Sylvania.", "freedonia", "sylvania"),
        ("Sylvania, attacked by Freedonia, fell.", "freedonia", "sylvania"),
        ("The army of Freedonia attacked Sylvania.", "freedonia", "sylvania"),
        ("Militants attacked Sylvania.", "Militants", "sylvania"),
    ],
)
def test_participants_by_syntax(text: str, actors: str, recipients: str) -> None:
    tables = extract(document(text))
    assert coded(tables) == [("ASSAULT", set(actors.split("|")), {recipients})]
    for row in tables["participants"]:
        assert text[row["start"] : row["end"]] == row["text"]


def test_a_meeting_has_all_sides_as_actors_and_a_place_is_none() -> None:
    tables = extract(document("Anna Holt met Boris Kern in Zenda."))
    assert coded(tables) == [("CONSULT", {"anna-holt", "boris-kern"}, set())]
    assert tables["events"][0]["location_id"] == "zenda"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Freedonia massed troops on the Sylvanian border.", ("MOBILIZE", {"freedonia"}, {"sylvania"})),
        ("Anna Holt criticised the threats made by Sylvania.", ("ACCUSE", {"anna-holt"}, {"sylvania"})),
        ("Freedonia threatened consequences if Sylvania voted.", ("THREATEN", {"freedonia"}, {"sylvania"})),
        ("Freedonia demanded that Sylvania leave.", ("REQUEST", {"freedonia"}, {"sylvania"})),
        ("The killing of Boris Kern by militants was long ago.", ("ASSAULT", {"militants"}, {"boris-kern"})),
        ("Freedonia suspended talks with Sylvania.", ("SANCTION", {"freedonia"}, {"sylvania"})),
        ("Freedonia and Sylvania signed a treaty.", ("SUPPORT", {"freedonia", "sylvania"}, set())),
    ],
)
def test_other_places_of_participants(text: str, expected: tuple[str, set[str], set[str]]) -> None:
    assert coded(extract(document(text)))[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "The attack helicopters of Freedonia are old.",
        "Anna Holt gave in 1990 a speech.",
        "Anna Holt called Boris Kern a friend on Friday.",
    ],
)
def test_other_senses_are_no_request_and_no_attack(text: str) -> None:
    assert not {row["type"] for row in extract(document(text))["events"]} & {"ASSAULT", "REQUEST", "CONCEDE"}


def test_what_is_requested_or_refused_is_no_event_of_its_own() -> None:
    tables = extract(document("Freedonia refused to meet Boris Kern."))
    assert [(row["type"], row["mode"]) for row in tables["events"]] == [("REJECT", "meet")]
    assert len(extract(document("Freedonia urged Sylvania to sign the treaty."))["events"]) == 1


@pytest.mark.parametrize(
    ("text", "type_", "factuality", "flags"),
    [
        ("Freedonia attacked Sylvania.", "ASSAULT", "CT+", ""),
        ("Freedonia did not attack Sylvania.", "ASSAULT", "CT-", "negated"),
        ("Freedonia never attacked Sylvania.", "ASSAULT", "CT-", "negated"),
        ("Freedonia failed to attack Sylvania.", "ASSAULT", "CT-", "negated"),
        ("Freedonia tried unsuccessfully to attack Sylvania.", "ASSAULT", "CT-", "negated"),
        ("Freedonia may have attacked Sylvania.", "ASSAULT", "PS+", "hypothetical"),
        ("Freedonia probably attacked Sylvania.", "ASSAULT", "PR+", ""),
        ("Freedonia had attacked Sylvania.", "ASSAULT", "CT+", "historical"),
        ("If Freedonia attacked Sylvania, many would flee.", "ASSAULT", "Uu", "hypothetical"),
        ("Freedonia tried to arrest Boris Kern.", "COERCE", "Uu", ""),
        ("Freedonia managed to arrest Boris Kern.", "COERCE", "CT+", ""),
        ("Did Freedonia attack Sylvania?", "ASSAULT", "Uu", ""),
        ("Anna Holt will meet Boris Kern.", "AGREE", "Uu", ""),
        ("Freedonia will not release the prisoners.", "REJECT", "CT+", ""),
        ("Freedonia will deploy missiles in Sylvania.", "MOBILIZE", "Uu", "future"),
        ("Freedonia will boycott the summit.", "THREATEN", "Uu", ""),
    ],
)
def test_whether_it_happened(text: str, type_: str, factuality: str, flags: str) -> None:
    row = extract(document(text))["events"][0]
    found = {flag for flag in ("historical", "future", "hypothetical", "negated") if row[flag]}
    assert (row["type"], row["factuality"], found) == (type_, factuality, set(flags.split()))


def test_a_claim_is_open_for_the_author_and_certain_for_its_source() -> None:
    text = "Anna Holt said that Sylvania attacked Ruritania."
    row = extract(document(text, said=[("Sylvania attacked Ruritania", "indirect", "Anna Holt")]))["events"][0]
    assert (row["factuality"], row["claim"]) == ("Uu", "CT+")
    assert row["attribution_id"] == "text:20-47"


def test_i_and_we_in_a_quotation_are_its_source() -> None:
    text = '"We attacked Sylvania," Anna Holt said.'
    tables = extract(document(text, said=[("We attacked Sylvania,", "direct", "Anna Holt")]))
    assert coded(tables) == [("ASSAULT", {"anna-holt"}, {"sylvania"})]


def test_what_a_noun_presupposes_in_reported_speech_is_not_part_of_the_claim() -> None:
    text = "Anna Holt said that the war against Sylvania was costly. Freedonia started the war against Sylvania."
    tables = extract(document(text, said=[("the war against Sylvania was costly", "indirect", "Anna Holt")]))
    assert [row["factuality"] for row in tables["events"]] == ["CT+", "CT+"]
    assert coded(tables)[0] == ("ASSAULT", {"freedonia"}, {"sylvania"}), "the text tells later who fights it"


def test_the_date_is_what_the_sentence_says_and_never_the_publication() -> None:
    day = date(2021, 3, 5)
    text = "Freedonia attacked Sylvania on Friday. Freedonia attacked Ruritania."
    found = document(text, published=day, dates={"Friday": ("2021-03-05", day, day)})
    rows = extract(found)["events"]
    assert [(row["date_id"], row["lower"]) for row in rows] == [("text:31-37", day), (None, None)]


def test_a_date_of_the_saying_is_not_that_of_the_act() -> None:
    day = date(2021, 3, 5)
    text = "Anna Holt said on Friday that Freedonia attacked Sylvania."
    (row,) = extract(document(text, dates={"Friday": ("2021-03-05", day, day)}))["events"]
    assert row["date_id"] is None


def test_an_earlier_year_is_background() -> None:
    text = "In 1998, Freedonia invaded Sylvania."
    dates = {"1998": ("1998", date(1998, 1, 1), date(1998, 12, 31))}
    (row,) = extract(document(text, published=date(2021, 3, 5), dates=dates))["events"]
    assert row["historical"] and row["lower"] == date(1998, 1, 1)


def test_numbers_belong_to_their_event() -> None:
    text = "Freedonia killed 12 civilians. The year brought 30 festivals."
    tables = extract(document(text, counted={"12": (12.0, "civilians"), "30": (30.0, "festivals")}))
    assert [(row["number_id"], row["role"]) for row in tables["event_numbers"]] == [("text:17-19", "killed")]


def test_the_ledger_says_why_a_sentence_has_no_event() -> None:
    text = "The weather was mild. The attack was long. Freedonia won the strike of luck. Freedonia attacked Sylvania."
    rows = extract(document(text))["coverage"]
    assert [row["events"] for row in rows] == [0, 0, 0, 1]
    assert [row["reason"] for row in rows] == ["no_trigger", "no_participant", "filtered_sense", None]


def test_a_definite_noun_takes_up_the_event_before() -> None:
    tables = extract(document("Anna Holt phoned Boris Kern. The call was short."))
    assert coded(tables)[1] == ("CONSULT", {"anna-holt", "boris-kern"}, set())


def test_mentions_of_one_event_are_one_incident_and_other_people_are_another() -> None:
    day = date(2021, 3, 5)
    text = "Anna Holt phoned Boris Kern on Friday. The call was short. Anna Holt phoned Clara Voss on Friday."
    found = document(text, dates={"Friday": ("2021-03-05", day, day)})
    rows = resolve([found])["events"]
    first, again, other = (row["incident_id"] for row in rows)
    assert first == again != other
    assert rows[1]["lower"] == day, "a mention without a date takes that of its incident"


def test_texts_meet_on_the_same_day_only() -> None:
    day, later = date(2021, 3, 5), date(2021, 3, 9)
    told = document("Anna Holt met Boris Kern on Friday.", dates={"Friday": ("2021-03-05", day, day)}, doc_id="a")
    again = document("Boris Kern met Anna Holt on Friday.", dates={"Friday": ("2021-03-05", day, day)}, doc_id="b")
    next_one = document(
        "Boris Kern met Anna Holt on Tuesday.", dates={"Tuesday": ("2021-03-09", later, later)}, doc_id="c"
    )
    undated = document("Boris Kern met Anna Holt.", doc_id="d")
    documents = [told, again, next_one, undated]
    tables = resolve(documents)
    assert [(row["events"], row["documents"], row["status"]) for row in tables["incidents"]] == [
        (2, 2, "asserted"),
        (1, 1, "asserted"),
        (1, 1, "asserted"),
    ]
    for seed in range(3):
        random.Random(seed).shuffle(documents)
        shuffled = resolve(documents)
        for name in ("events", "incidents"):
            assert sorted(shuffled[name], key=str) == sorted(tables[name], key=str)


def test_opposite_statements_about_one_incident_contradict_each_other() -> None:
    day = date(2021, 3, 5)
    dates = {"Friday": ("2021-03-05", day, day)}
    tables = resolve(
        [
            document("Freedonia attacked Sylvania on Friday.", dates=dates, doc_id="a"),
            document("Freedonia did not attack Sylvania on Friday.", dates=dates, doc_id="b"),
        ]
    )
    assert [row["status"] for row in tables["incidents"]] == ["contested"]
    (row,) = tables["contradictions"]
    assert (row["differs"], row["value"], row["other_value"]) == ("factuality", "CT+", "CT-")


def test_different_numbers_of_one_incident_contradict_each_other() -> None:
    day = date(2021, 3, 5)
    dates = {"Friday": ("2021-03-05", day, day)}
    text = "Freedonia killed {} civilians in Sylvania on Friday."
    tables = resolve(
        [
            document(text.format(12), dates=dates, counted={"12": (12.0, "civilians")}, doc_id="a"),
            document(text.format(15), dates=dates, counted={"15": (15.0, "civilians")}, doc_id="b"),
        ]
    )
    assert [(row["differs"], row["value"]) for row in tables["contradictions"]] == [("number", "12")]


def test_the_flat_table_joins_names_countries_and_source() -> None:
    text = "Anna Holt said that Sylvania attacked Ruritania and Freedonia."
    found = document(text, said=[("Sylvania attacked Ruritania and Freedonia", "indirect", "Anna Holt")])
    (row,) = resolve([found])["events_flat"]
    assert (row["actors"], row["recipients"], row["recipient_countries"], row["source"]) == (
        "Sylvania",
        "Ruritania | Freedonia",
        "CCC | AAA",
        "Anna Holt",
    )
    assert row["sentence"] == text


@pytest.mark.parametrize(
    "text",
    [
        "attack " * 400,
        "Freedonia attacked " + "Sylvania and " * 300 + "Ruritania.",
        "\u202eattack\u0000 😀 war\r\nwar\rwar\ttalks",
        "?!" * 50,
        "to be attacked by by by of of",
    ],
)
def test_no_text_raises(text: str) -> None:
    found = document(text)
    for name in ("events", "participants"):
        for row in extract(found)[name]:
            assert found.text[row["start"] : row["end"]] == row["text"]


PLACES = {
    "subject", "object", "dative", "clause", "complement", "owner", "carrier", "infinitive", "modifier", "adverb",
    "determiner", "head", "that", "modal", "condition", "adjective", "border",
}  # fmt: skip
PREPOSITION = re.compile(r"[a-z]+")


def test_the_lexicon_is_sound() -> None:
    types = {row["type"]: words(row["modes"]) for row in load("events_types")}
    rules = load("events_triggers")
    assert len(types) == 16 and {row["type"] for row in rules} == set(types)
    assert len({row["rule"] for row in rules}) == len(rules) > 1000
    for row in rules:
        assert not row["mode"] or row["mode"] in types[row["type"]], row
        assert row["pos"] in ("verb", "noun", "adjective"), row
        for place in words(row["actor"]) + words(row["recipient"]):
            assert place in PLACES or PREPOSITION.fullmatch(place), row
        for condition in words(row["when"]):
            assert re.fullmatch(r"[a-z]+=!?[\w+-]+", condition), row


def test_each_event_names_the_line_of_the_lexicon_that_coded_it() -> None:
    (row,) = extract(document("Freedonia condemned Sylvania."))["events"]
    assert row["rule"] in {line["rule"] for line in load("events_triggers")}
