"""Incidents and contradictions: which mentions of events mean the same, and where they differ."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from event_texts import coded, document, extract, joined

from stages import events


def test_mentions_of_one_event_are_one_incident_and_other_people_are_another() -> None:
    day = date(2021, 3, 5)
    text = "Anna Holt phoned Boris Kern on Friday. The call was short. Anna Holt phoned Clara Voss on Friday."
    found = document(text, dates={"Friday": ("2021-03-05", day, day)})
    rows = joined([found])["events"]
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
    tables = joined(documents)
    assert [(row["events"], row["documents"], row["status"]) for row in tables["incidents"]] == [
        (2, 2, "asserted"),
        (1, 1, "asserted"),
        (1, 1, "asserted"),
    ]
    for seed in range(3):
        random.Random(seed).shuffle(documents)
        shuffled = joined(documents)
        for name in ("events", "incidents"):
            assert sorted(shuffled[name], key=str) == sorted(tables[name], key=str)


@pytest.mark.parametrize(
    ("one", "other", "incidents"),
    [
        ("Freedonia expelled Sylvanian diplomats", "Sylvania expelled Freedonian diplomats", 2),
        ("Freedonia expelled Sylvanian diplomats", "Sylvanian diplomats were expelled by Freedonia", 1),
        ("Freedonia sanctioned Sylvania", "Sylvania sanctioned Freedonia", 2),
        ("Freedonia shelled Sylvania", "Sylvania shelled Freedonia", 2),
        ("Freedonia threatened Sylvania", "Sylvania threatened Freedonia", 2),
        ("Freedonia praised Sylvania", "Sylvania praised Freedonia", 2),
        ("Boris Kern accused Clara Voss", "Clara Voss accused Boris Kern", 2),
        ("Anna Holt phoned Boris Kern", "Anna Holt phoned Clara Voss", 2),
        ("Anna Holt met Boris Kern", "Boris Kern met Anna Holt", 1),
        ("Kern Steel sued Freedonia", "Voss Motors sued Freedonia", 2),
        ("Kern Steel sued Freedonia", "Freedonia was sued by Kern Steel", 1),
        ("Freedonia attacked Sylvania at the Grand Museum", "Freedonia attacked Sylvania at the Old Palace", 2),
        ("Freedonia attacked Sylvania at the Grand Museum", "Freedonia attacked Sylvania", 1),
        ("Freedonia bombed Sylvania in Ruritania", "Freedonia bombed Sylvania in Sylvania", 2),
        ("Freedonia bombed Sylvania", "Freedonia shelled Sylvania", 2),
    ],
)
def test_what_must_not_be_one_incident(one: str, other: str, incidents: int) -> None:
    day = date(2021, 3, 5)
    dates = {"Friday": ("2021-03-05", day, day)}
    told = [document(f"{text} on Friday.", dates=dates, doc_id=key) for key, text in (("a", one), ("b", other))]
    assert len(joined(told)["incidents"]) == incidents


@pytest.mark.parametrize(("days", "distance", "incidents"), [(0, 1, 2), (1, 1, 1), (1, 2, 2), (2, 2, 1), (2, -2, 1)])
def test_dates_of_one_event_may_lie_apart(days: int, distance: int, incidents: int) -> None:
    told = []
    for key, day in (("a", date(2021, 3, 5)), ("b", date(2021, 3, 5) + timedelta(days=distance))):
        dates = {"that day": (str(day), day, day)}
        told.append(document("Freedonia attacked Sylvania that day.", dates=dates, doc_id=key))
    found = joined(told, events.Params(same_event_days=days))
    assert len(found["incidents"]) == incidents


def test_opposite_statements_about_one_incident_contradict_each_other() -> None:
    day = date(2021, 3, 5)
    dates = {"Friday": ("2021-03-05", day, day)}
    tables = joined(
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
    tables = joined(
        [
            document(text.format("twelve"), dates=dates, counted={"twelve": (12.0, "civilians")}, doc_id="a"),
            document(text.format(15), dates=dates, counted={"15": (15.0, "civilians")}, doc_id="b"),
        ]
    )
    assert [(row["differs"], row["value"]) for row in tables["contradictions"]] == [("number", "12")]


def test_one_attack_by_nameless_attackers_is_one_incident_with_its_date_and_most_precise_place() -> None:
    day = date(2021, 3, 5)
    text = (
        "Gunmen opened fire in Ruritania on Friday. The attackers stormed the Grand Museum, killing visitors. "
        "Two guards were killed. Freedonian police arrested students."
    )
    tables = joined([document(text, dates={"Friday": ("2021-03-05", day, day)})])
    attack = [row for row in tables["events"] if row["type"] == "ASSAULT"]
    assert len(attack) == 4 and len({row["incident_id"] for row in attack}) == 1
    assert {(row["lower"], row["location_id"]) for row in attack} == {(day, "grand-museum")}
    assert [row["lower"] for row in tables["events"] if row["type"] == "COERCE"] == [None]


def test_talks_that_were_tried_or_are_background_are_no_mention_of_the_call() -> None:
    day = date(2021, 3, 5)
    text = (
        "Anna Holt phoned Boris Kern on Friday. Sylvania had held talks with Freedonia in 1998. "
        "Freedonia did not continue talks with Sylvania."
    )
    dates = {"Friday": ("2021-03-05", day, day), "1998": ("1998", date(1998, 1, 1), date(1998, 12, 31))}
    rows = joined([document(text, published=day, dates=dates)])["events"]
    assert len({row["incident_id"] for row in rows}) == len(rows) == 3


def test_an_act_on_somebody_else_is_another_act() -> None:
    tables = extract(document("Freedonia attacked Sylvania. The attack on Ruritania by Zenda followed."))
    assert coded(tables)[-1] == ("ASSAULT", {"zenda"}, {"ruritania"})
    tables = extract(document("Freedonia attacked Sylvania. The attack on Ruritania followed."))
    assert ("ASSAULT", {"freedonia"}, {"sylvania"}) not in coded(tables)[1:]


def test_what_is_said_of_two_towns_is_no_contradiction() -> None:
    friday = date(2021, 5, 7)
    texts = [
        ("one", "Freedonia bombed Zenda on Friday, killing five guards."),
        ("two", "Freedonian jets struck Zenda on Friday and killed seven guards."),
        ("three", "Freedonia bombed Strelsau on Friday, killing nine guards."),
        ("four", "Freedonia did not bomb Zenda on Friday."),
    ]
    documents = []
    for doc_id, text in texts:
        number = next((word for word in ("five", "seven", "nine") if word in text), None)
        counted = {number: (float(len(number) + ord(number[0])), "guards")} if number else {}
        found = document(
            text, published=friday, dates={"Friday": ("2021-05-07", friday, friday)}, counted=counted, doc_id=doc_id
        )
        for row in found.rows["entities"]:
            row["latitude"] = 1.0 if row["entity_id"] in ("zenda", "strelsau") else None
        documents.append(found)
    pairs = {
        (row["event_id"].split(":")[0], row["other_event_id"].split(":")[0], row["differs"])
        for row in joined(documents)["contradictions"]
    }
    assert pairs == {("one", "two", "number"), ("four", "one", "factuality")}
