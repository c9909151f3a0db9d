"""The stage events: triggers, participants, factuality, dates, places, numbers, incidents; sentences made up for it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import built
from event_texts import coded, document, extract, joined, names

from stages.core.parse import Document


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
        "Freedonia executed a plan to build a port.",
        "The missile test demonstrated the range of Freedonia.",
        "Anna Holt beat Boris Kern in the final.",
        "Anna Holt stormed out of the room.",
        "Boris Kern turned on the lights in Zenda.",
        "The vote crushed the hopes of Sylvania.",
        "Freedonia pushed back the deadline for Sylvania.",
        "The scandal poisoned relations with Sylvania.",
        "Crews battled a blaze in Zenda.",
        "Anna Holt was bombarded with questions.",
        "Freedonia won the war on drugs.",
        "Anna Holt called Boris Kern a friend on Friday.",
    ],
)
def test_other_senses_are_no_request_and_no_attack(text: str) -> None:
    assert not {row["type"] for row in extract(document(text))["events"]} & {"ASSAULT", "REQUEST", "CONCEDE", "PROTEST"}


@pytest.mark.parametrize(
    "text",
    [
        "Freedonia met the deadline of the League of Plains.",
        "Freedonia warned residents of floods.",
        "Freedonia charged a fee to visitors from Sylvania.",
        "Freedonia supported itself with loans.",
        "Anna Holt hails from Sylvania.",
        "Freedonia released a report on Sylvania.",
        "Freedonia seized the opportunity to prosper.",
    ],
)
def test_other_senses_are_no_event_at_all(text: str) -> None:
    assert extract(document(text))["events"] == []


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


@pytest.mark.parametrize(
    ("text", "counted", "expected"),
    [
        ("Freedonia deployed 3,000 troops and 40 tanks.", {"3,000": "troops", "40": "tanks"}, ["troops", "weapons"]),
        ("Leaders from 14 countries met in Zenda.", {"14": "countries"}, ["attendees"]),
        ("Gunmen killed three nurses and abducted two men.", {"three": "nurses", "two": "men"}, ["killed", "detained"]),
        ("A Freedonian raid left nine people dead.", {"nine": "people"}, ["killed"]),
        ("Freedonia gave Sylvania 30 ambulances.", {"30": "ambulances"}, ["other"]),
        (
            "Freedonia bombed Zenda, killing three men and wounding nine.",
            {"three": "men", "nine": "men"},
            ["killed", "wounded"],
        ),
        ("Two nurses were killed and 14 wounded in Zenda.", {"Two": "nurses", "14": "nurses"}, ["killed", "wounded"]),
        ("A Freedonian raid left three dead and nine injured.", {"three": None, "nine": None}, ["killed", "wounded"]),
        ("In Zenda, 12 were detained and 5 injured.", {"12": None, "5": None}, ["detained", "wounded"]),
    ],
)
def test_what_the_numbers_of_an_event_count(text: str, counted: dict[str, str | None], expected: list[str]) -> None:
    rows = extract(document(text, counted={word: (1.0, noun) for word, noun in counted.items()}))["event_numbers"]
    assert [row["role"] for row in rows] == expected


@pytest.mark.parametrize(
    ("text", "reason", "predicate"),
    [
        ("Freedonia attacked Sylvania.", None, None),
        ("The weather was mild.", "plain_statement", None),
        ("Freedonia has two rivers and thinks of more.", "plain_statement", None),
        ("Freedonia painted its ports.", "no_trigger", "paint"),
        ("Anna Holt took the road that leads home.", "no_trigger", "take road"),
        ("Freedonia said that it had rearranged its flags.", "no_trigger", "rearrange"),
        ("The wind rose when Freedonia painted its ports.", "no_trigger", "paint"),
        ("The attack was long.", "no_participant", None),
        ("Freedonia won the strike of luck.", "filtered_sense", None),
    ],
)
def test_the_ledger_says_why_a_sentence_has_no_event(text: str, reason: str | None, predicate: str | None) -> None:
    (row,) = extract(document(text))["coverage"]
    assert (row["events"], row["reason"], row["predicate"]) == (reason is None, reason, predicate)


@pytest.mark.parametrize(
    ("text", "contexts"),
    [
        ("Freedonia praised Sylvania.", None),
        ("Freedonia accused Sylvania of violations of human rights.", "human_rights"),
        ("Freedonia urged Sylvania to hold elections.", "election"),
        ("Freedonia deployed troops on the Sylvanian border.", "military"),
        ("Freedonia expelled the Sylvanian ambassador over the tariffs.", "economic | diplomatic"),
        # the sector of a participant
        ("Freedonia criticised Clara Voss.", "legislative"),
        # the mode alone
        ("Freedonia hacked Sylvania.", "cyber"),
        # what other clauses and names are about is another matter
        ("Anna Holt, who lost the election, met Boris Kern.", None),
        ("Freedonia condemned Sylvania, and Ruritania held elections.", None),
        # politics as such only where nothing narrower is said
        ("Freedonia praised the ruling party of Sylvania.", "political"),
        ("Freedonia praised the ruling party of Sylvania for the election.", "election"),
    ],
)
def test_what_an_act_is_about(text: str, contexts: str | None) -> None:
    found = document(text)
    for row in found.rows["entities"]:
        row["sector"] = "LEG" if row["name"] == "Clara Voss" else "GOV"
    assert extract(found)["events"][0]["context"] == contexts


def test_a_definite_noun_takes_up_the_event_before() -> None:
    tables = extract(document("Anna Holt phoned Boris Kern. The call was short."))
    assert coded(tables)[1] == ("CONSULT", {"anna-holt", "boris-kern"}, set())


def test_the_flat_table_joins_names_countries_and_source() -> None:
    text = "Anna Holt said that Sylvania attacked Ruritania and Freedonia."
    found = document(text, said=[("Sylvania attacked Ruritania and Freedonia", "indirect", "Anna Holt")])
    (row,) = joined([found])["events_flat"]
    assert (row["actors"], row["recipients"], row["recipient_countries"], row["source"]) == (
        "Sylvania",
        "Ruritania | Freedonia",
        "CCC | AAA",
        "Anna Holt",
    )
    assert row["sentence"] == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # below the trigger, where no place of the rule is filled
        (
            "Freedonia opened an inquiry into the debts of the League of Plains.",
            ("ACCUSE", "freedonia", "league-of-plains"),
        ),
        ("Freedonia was ready to open its border to traders from Sylvania.", ("AGREE", "freedonia", "sylvania")),
        # a body that is named for its members stands for the other member
        (
            "Sylvania is near. Freedonia refused to work in the Freedonia-Sylvania Council.",
            ("REJECT", "freedonia", "sylvania"),
        ),
        # groups of a region act for themselves, those of a country for it
        ("Freedonia warned Northern diplomats of war.", ("THREATEN", "freedonia", "Northern diplomats")),
        ("Freedonia warned Sylvanian diplomats of war.", ("THREATEN", "freedonia", "sylvania")),
        # hyphens, apposition, datelines, stranded subjects
        ("Freedonia-Sylvania talks began.", ("CONSULT", "freedonia|sylvania", "")),
        ("ZENDA (XY) - Anna Holt on Monday criticised Boris Kern.", ("ACCUSE", "anna-holt", "boris-kern")),
        ("Exercises led by Freedonian troops began.", ("MOBILIZE", "freedonia", "")),
        # control, raising, clauses
        ("Freedonia seems to have expelled two Sylvanian diplomats.", ("SANCTION", "freedonia", "sylvania")),
        ("Freedonia helped Sylvania build a port.", ("AID", "freedonia", "sylvania")),
        ("Sylvania was given 20 trucks by Freedonia.", ("AID", "freedonia", "sylvania")),
        ("Freedonia will cooperate with Sylvania.", ("AGREE", "freedonia", "sylvania")),
        ("Freedonia tried to hold talks with Sylvania.", ("REQUEST", "freedonia", "sylvania")),
        ("Freedonia will attack if Sylvania votes.", ("THREATEN", "freedonia", "sylvania")),
        # participles and coordination
        ("Freedonian troops seized and killed hostages.", ("ASSAULT", "freedonia", "hostages")),
        ("Freedonia released the envoy it had arrested.", ("RETREAT", "freedonia", "envoy")),
        ("Freedonia praised Anna Holt, as well as Boris Kern.", ("SUPPORT", "freedonia", "anna-holt|boris-kern")),
        # whose, "by" behind a gerund, what is aimed at somebody
        ("Freedonia, whose troops invaded Ruritania, is small.", ("ASSAULT", "freedonia", "ruritania")),
        ("Sylvania was accused of spying by Freedonia.", ("ACCUSE", "freedonia", "sylvania")),
        ("Freedonia stopped bombing Sylvania.", ("RETREAT", "freedonia", "sylvania")),
        ("Freedonia donated a shipment of tents to assist Sylvania.", ("AID", "freedonia", "sylvania")),
        ("The alleged attack by Freedonia on Sylvania came late.", ("ASSAULT", "freedonia", "sylvania")),
        # what an act is of undergoes it
        ("The annexation of Sylvania by Freedonia is old.", ("COERCE", "freedonia", "sylvania")),
        ("Anna Holt's condemnation of Sylvania is old.", ("ACCUSE", "anna-holt", "sylvania")),
        ("Police fired tear gas at protesters.", ("ASSAULT", "Police", "protesters")),
        # sides of what failed, was exchanged, or was travelled for
        ("Talks between Freedonia and Sylvania collapsed.", ("SANCTION", "freedonia|sylvania", "")),
        ("Freedonia and Sylvania failed to reach agreement.", ("REJECT", "freedonia|sylvania", "")),
        ("Freedonia and Sylvania exchanged prisoners.", ("RETREAT", "freedonia|sylvania", "")),
        ("Anna Holt flew to Zenda for talks with Boris Kern.", ("CONSULT", "anna-holt|boris-kern", "")),
        ("Sylvania received weapons from Freedonia.", ("AID", "freedonia", "sylvania")),
        ("Freedonia stands accused of spying on Sylvania.", ("COERCE", "freedonia", "sylvania")),
        # what the parser hangs on a name, and whose border it is behind coordinated forces
        ("The attack on Sylvania by Freedonia was long.", ("ASSAULT", "freedonia", "sylvania")),
        ("Freedonia deployed troops and tanks on the Sylvanian border.", ("MOBILIZE", "freedonia", "sylvania")),
        ("The expulsion of the Sylvanian ambassador by Freedonia is old.", ("SANCTION", "freedonia", "sylvania")),
        ("Support from Freedonia for Sylvania has grown.", ("SUPPORT", "freedonia", "sylvania")),
        # acts on each other; a refused joint act has two sides
        ("Freedonia and Sylvania recognised each other.", ("SUPPORT", "freedonia|sylvania", "")),
        ("Anna Holt and Boris Kern discussed trade.", ("CONSULT", "anna-holt|boris-kern", "")),
        ("Freedonia will not negotiate with Sylvania.", ("REJECT", "freedonia", "sylvania")),
        # who is to do what a refusal waits for
        ("Freedonia will not lift the embargo until Sylvania apologises.", ("REJECT", "freedonia", "sylvania")),
        ("A court found Boris Kern guilty of fraud.", ("ACCUSE", "court", "boris-kern")),
        ("Freedonia offered criticism of Sylvania.", ("ACCUSE", "freedonia", "sylvania")),
        ("Freedonia returned a painting to Sylvania.", ("RETREAT", "freedonia", "sylvania")),
        # a place is no participant
        ("Freedonia bombed a factory in Zenda.", ("ASSAULT", "freedonia", "factory")),
        ("Threats and warnings from Freedonia followed.", ("THREATEN", "freedonia", "")),
    ],
)
def test_participants_beyond_the_places_of_the_rule(text: str, expected: tuple[str, str, str]) -> None:
    type_, actors, recipients = expected
    found = coded(extract(document(text)))
    assert (type_, set(filter(None, actors.split("|"))), set(filter(None, recipients.split("|")))) in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the other side, once named, goes without saying
        ("Freedonia criticised Sylvania. Freedonia is ready for talks.", ("AGREE", "freedonia", "sylvania")),
        ("Sylvania offered Freedonia talks. Freedonia rejected the offer.", ("REJECT", "freedonia", "sylvania")),
        # wars are completed from the whole text, in both directions
        ("The war in Sylvania goes on. Freedonia's invasion of Sylvania began.", ("ASSAULT", "freedonia|sylvania", "")),
        ("The war on Sylvania began. Freedonia's invasion of Sylvania goes on.", ("ASSAULT", "freedonia", "sylvania")),
        # pronouns and nouns that take up groups without a name
        ("Freedonian police arrested two students and beat them.", ("ASSAULT", "freedonia", "students")),
        ("Gunmen stormed a hotel. They kidnapped guests.", ("ASSAULT", "Gunmen", "guests")),
        ("Gunmen stormed a hotel. The attackers kidnapped guests.", ("ASSAULT", "Gunmen", "guests")),
        ("Militants killed officers in an attack.", ("ASSAULT", "Militants", "officers")),
        # what was given is used by its receiver
        ("Freedonia fired Sylvanian-supplied missiles at Ruritania.", ("AID", "sylvania", "freedonia")),
        # what is done to the same thing
        ("Freedonia deployed missiles. The missiles were deployed quickly.", ("MOBILIZE", "freedonia", "")),
        # whoever is accused of an act does it
        ("Freedonia accused Sylvania of intimidation.", ("COERCE", "sylvania", "")),
        (
            "Freedonia mediated an end to the war between Sylvania and Ruritania.",
            ("CONSULT", "freedonia", "sylvania|ruritania"),
        ),
        ("Anna Holt met Boris Kern after a call on Friday.", ("CONSULT", "anna-holt|boris-kern", "")),
    ],
)  # fmt: skip
def test_participants_that_the_text_named_before(text: str, expected: tuple[str, str, str]) -> None:
    type_, actors, recipients = expected
    found = coded(extract(document(text)))
    assert (type_, set(filter(None, actors.split("|"))), set(filter(None, recipients.split("|")))) in found


@pytest.mark.parametrize(
    ("text", "type_", "factuality", "flags"),
    [
        ("Freedonia denied attacking Sylvania.", "ASSAULT", "Uu", "negated"),
        ("There was no attack on Sylvania by Freedonia.", "ASSAULT", "CT-", "negated"),
        ("There may be an attack on Sylvania by Freedonia.", "ASSAULT", "PS+", "hypothetical"),
        ("It was an attack on Sylvania by Freedonia.", "ASSAULT", "CT+", ""),
        ("Freedonia almost attacked Sylvania.", "ASSAULT", "CT-", "negated"),
        ("Freedonia forgot to invite Sylvania.", "REQUEST", "CT-", "negated"),
        ("Freedonia hesitated to condemn Sylvania.", "ACCUSE", "Uu", ""),
        ("Freedonia persuaded Sylvania to apologise to Ruritania.", "CONCEDE", "CT+", ""),
        ("Freedonia launched an offensive to retake Zenda.", "ASSAULT", "CT+", ""),
        ("No Freedonian soldier attacked Sylvania.", "ASSAULT", "CT-", "negated"),
        ("Freedonia to lift sanctions on Sylvania", "CONCEDE", "Uu", "future"),
        ("Freedonia has already attacked Sylvania.", "ASSAULT", "CT+", "historical"),
        ("Freedonia would never recognise Sylvania.", "REJECT", "CT+", ""),
        ("Freedonia allegedly attacked Sylvania.", "ASSAULT", "Uu", ""),
        ("Freedonia seems to have attacked Sylvania.", "ASSAULT", "PR+", ""),
        ("Freedonia was prevented from attacking Sylvania.", "ASSAULT", "CT-", "negated"),
        ("It is not true that Freedonia attacked Sylvania.", "ASSAULT", "CT-", "negated"),
        ("It is likely that Freedonia attacked Sylvania.", "ASSAULT", "PR+", ""),
        ("Had Freedonia attacked Sylvania, Ruritania would have answered.", "ASSAULT", "Uu", "hypothetical"),
        ("Freedonia is accused of attacking Sylvania.", "ASSAULT", "Uu", ""),
        ("Freedonia stopped short of attacking Sylvania.", "ASSAULT", "CT-", "negated"),
        ("Freedonia came close to attacking Sylvania.", "ASSAULT", "CT-", "negated"),
        ("Freedonia moved troops close to Sylvania.", "MOBILIZE", "CT+", ""),
        ("Neither Freedonia nor Sylvania signed the treaty.", "SUPPORT", "CT-", "negated"),
        ("Freedonia has yet to ratify the treaty.", "SUPPORT", "CT-", "negated"),
        ("Freedonia can no longer support Sylvania.", "REJECT", "CT+", ""),
        ("Far from attacking Sylvania, Freedonia slept.", "ASSAULT", "CT-", "negated"),
        ("Instead of attacking Sylvania, Freedonia slept.", "ASSAULT", "CT-", "negated"),
        ("Freedonia was on the verge of attacking Sylvania.", "ASSAULT", "PS+", "hypothetical"),
        ("Freedonia is believed to have attacked Sylvania.", "ASSAULT", "PR+", ""),
        ("Freedonia is said to have attacked Sylvania.", "ASSAULT", "Uu", ""),
        ("Freedonia is considering sanctions against Sylvania.", "SANCTION", "PS+", "hypothetical"),
        # a refusal in so many words is one; what denies it denies the refusal
        ("Freedonia showed no willingness to meet Sylvania.", "REJECT", "CT+", ""),
        # what must be, might have been or is asked is no promise and no threat
        ("Freedonia must apologise to Sylvania.", "CONCEDE", "Uu", "hypothetical"),
        ("Freedonia would have helped Sylvania.", "AID", "Uu", "hypothetical"),
        ("Will Freedonia invade Sylvania?", "ASSAULT", "Uu", "future"),
        ("Freedonia is unlikely to attack Sylvania.", "ASSAULT", "PR-", "negated"),
        ("Freedonia has no plans to attack Sylvania.", "ASSAULT", "Uu", "future negated"),
        ("Freedonia decided against attacking Sylvania.", "ASSAULT", "Uu", "future negated"),
        ("Freedonia is not willing to meet Sylvania.", "REJECT", "CT+", ""),
        ("Freedonia pledged not to attack Sylvania.", "AGREE", "CT+", ""),
        # a condition whose "if" the parser hangs on the main verb
        ("If Freedonia bombs Zenda, many will flee.", "ASSAULT", "Uu", "hypothetical"),
        # what somebody should end goes on
        ("Ruritania urged Freedonia to end its occupation of Sylvania.", "COERCE", "CT+", ""),
    ],
)
def test_whether_it_happened_by_other_cues(text: str, type_: str, factuality: str, flags: str) -> None:
    row = next(row for row in extract(document(text))["events"] if row["type"] == type_)
    found = {flag for flag in ("historical", "future", "hypothetical", "negated") if row[flag]}
    assert (row["factuality"], found) == (factuality, set(flags.split()))


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Freedonia denies that it attacked Sylvania.", "CT-"),
        ("Freedonia doubts that it attacked Sylvania.", "PR-"),
        ("Freedonia admits that it attacked Sylvania.", "CT+"),
    ],
)
def test_what_a_source_denies_is_open_for_the_author_and_denied_by_the_source(text: str, claim: str) -> None:
    rows = extract(document(text, said=[("it attacked Sylvania", "indirect", "Freedonia")]))["events"]
    assert [(row["type"], row["factuality"], row["claim"]) for row in rows if row["type"] == "ASSAULT"] == [
        ("ASSAULT", "Uu", claim)
    ]


def test_what_somebody_denies_having_been_charged_with_was_charged() -> None:
    text = "Anna Holt, accused by Freedonia, denied the allegations."
    rows = extract(document(text, said=[("the allegations", "indirect", "Anna Holt")]))["events"]
    assert not any(row["negated"] for row in rows)


def test_who_threatens_in_a_quotation_is_its_source() -> None:
    text = '"There may be retaliation if Sylvania leaves," Anna Holt said.'
    tables = extract(document(text, said=[("There may be retaliation if Sylvania leaves,", "direct", "Anna Holt")]))
    assert coded(tables) == [("THREATEN", {"anna-holt"}, {"sylvania"})]


def test_what_a_participle_presupposes_is_not_part_of_the_claim() -> None:
    text = "Anna Holt said that the grain donated by Freedonia would be sold."
    said = [("the grain donated by Freedonia would be sold", "indirect", "Anna Holt")]
    (row,) = extract(document(text, said=said))["events"]
    assert (row["type"], row["factuality"], row["attribution_id"]) == ("AID", "CT+", None)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("Freedonia threatened war if Sylvania rejected the treaty.", ["THREATEN"]),
        ("Freedonia offered to send troops to help Sylvania.", ["AGREE"]),
        ("Freedonia blocked efforts at talks with Sylvania.", ["REJECT"]),
        ("Freedonia stepped up its support for Sylvania.", ["AID"]),
        ("The assault threatened to upset Sylvania.", []),
        ("Freedonia was asked to act, with Sylvania calling on Freedonia to meet.", ["REQUEST", "REQUEST"]),
        ("Freedonia imposed its will.", []),
        ("A storm struck Sylvania, and a landslide killed nine people.", []),
        ("Freedonian forces bombed Zenda.", ["ASSAULT"]),
        ("Freedonia summoned the Sylvanian ambassador to protest against the raid.", ["ACCUSE"]),
        ("Sylvania was hit by Freedonian sanctions.", ["SANCTION"]),
        ("Freedonia test-fired a missile near Sylvania.", ["MOBILIZE"]),
        ("Freedonia and Sylvania held a joint exercise.", ["COOPERATE"]),
        ("Freedonia gave Sylvania until Friday to withdraw.", ["THREATEN"]),
        ("Freedonia called the claims of Sylvania baseless.", ["REJECT"]),
        ("Workers blocked the road to Zenda.", ["PROTEST"]),
        ("Freedonia remained opened by its ports.", []),
        ("Anna Holt called President Boris Kern on Saturday to congratulate him.", ["CONSULT", "SUPPORT"]),
    ],
)
def test_contents_conditions_and_carriers_are_no_events_of_their_own(text: str, types: list[str]) -> None:
    day = date(2021, 3, 6)
    dates = {word: ("2021-03-06", day, day) for word in ("Friday", "Saturday") if word in text}
    assert [row["type"] for row in extract(document(text, dates=dates))["events"]] == types


@pytest.mark.parametrize(
    ("text", "index", "place"),
    [
        ("At a summit in Zenda, Anna Holt praised Sylvania.", 0, "zenda"),
        ("Freedonian police in Zenda arrested Boris Kern.", 0, "zenda"),
        ("Workers protested outside the Sylvanian embassy in Zenda.", 0, "zenda"),
        ("Freedonia bombed a factory in Zenda.", 0, "zenda"),
        ("Anna Holt held talks with her Sylvanian counterpart in Zenda.", 0, "zenda"),
        ("Freedonia called on Zenda to act.", 0, None),
        ("Anna Holt said in Zenda that Freedonia attacked Sylvania.", 0, None),
        ("Freedonia sent Sylvania food from Zenda.", 0, None),
    ],
)
def test_the_place_is_where_the_act_took_place(text: str, index: int, place: str | None) -> None:
    assert extract(document(text))["events"][index]["location_id"] == place


@pytest.mark.parametrize(
    "text",
    [
        "At a summit in Zenda on Friday, Anna Holt praised Sylvania.",
        "In a statement on Friday, Anna Holt praised Sylvania.",
        "Freedonia, meeting Sylvania on Friday, praised Anna Holt.",
        "Anna Holt praised Sylvania when Freedonia attacked on Friday.",
        "On Friday, Anna Holt criticised and Boris Kern praised Sylvania.",
    ],
)
def test_the_date_of_the_occasion_and_the_clause_is_that_of_the_act(text: str) -> None:
    day = date(2021, 3, 5)
    rows = extract(document(text, dates={"Friday": ("2021-03-05", day, day)}))["events"]
    assert any(row["lower"] == day for row in rows)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Freedonia Threatens Tariffs On Sylvania", [("THREATEN", {"freedonia"}, {"sylvania"})]),
        ("Freedonia Condemns Boris Kern In Zenda", [("ACCUSE", {"freedonia"}, {"boris-kern"})]),
        ("Anna Holt Phones Boris Kern Before Summit", [("CONSULT", {"anna-holt", "boris-kern"}, set())]),
        ("Freedonia Unveils Flags Of Sylvania", []),
        ("Freedonia Talks Collapse In Zenda", []),
    ],
)
def test_a_headline_in_capitals_is_read_in_the_order_of_its_words(
    title: str, expected: list[tuple[str, set[str], set[str]]]
) -> None:
    found = document(title)
    for segment in found.segments:
        segment.kind = "title"
    assert coded(extract(found)) == expected


TRAPS = Path(__file__).parent / "gold" / "traps.csv"
UNREACHED = {
    ("000", "split_quote_part2 + deictic_they"): "the pronoun refers to nobody in the tables",
    ("000", "future_announced"): "two coordinated verbs are two events",
    ("001", "cardinal_not_quantity"): "nobody is named in the sentence: exercises follow each other",
    ("001", "change_from_to + free_indirect"): "the number of flights names no one who flies",
    ("001", "conflicting_claim"): "the offer is consumed by its rejection",
    ("002", "headline"): "the parser takes the verb of the headline for a noun",
    ("002", "modal"): "the warning stands in a claim by the attributions",
    ("003", "headline_ordinal"): "the parser takes the verb of the headline for a name",
    ("003", "attribution_document"): "the call only says what kind of readout it is",
    ("003", "planned"): "nobody is named who plans",
    ("003", "attempted + loaded_term"): "a war in reported speech is taken for granted",
    ("003", "attempted"): "an effort is no act of its own",
}


def traps() -> list[Any]:
    """The traps that say something about events: those with events in the gold, or that there is none."""
    found = []
    with TRAPS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        doc_id = row["file"].removesuffix(".txt")
        wanted = _within(TRAPS.parent / doc_id / "events.csv", int(row["start"]), int(row["end"]), None)
        if wanted or "no event" in row["expectation"] or "not coded" in row["expectation"]:
            key = (doc_id[:3], row["trap"])
            marks = [pytest.mark.xfail(reason=UNREACHED[key], strict=True)] if key in UNREACHED else []
            name = f"{doc_id[:3]}-{row['start']}-{row['trap'].replace(' ', '')}"
            found.append(pytest.param(doc_id, int(row["start"]), int(row["end"]), wanted, marks=marks, id=name))
    return found


def _within(path: Path, start: int, end: int, doc_id: str | None) -> list[tuple[str, str]]:
    """Type and factuality of the events that start in start..end."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if doc_id is None or row["doc_id"] == doc_id]
    return sorted((row["type"], row["factuality"]) for row in rows if start <= int(row["start"]) < end)


@pytest.mark.parametrize(("doc_id", "start", "end", "wanted"), traps())
def test_the_traps_of_the_seeds(doc_id: str, start: int, end: int, wanted: list[tuple[str, str]]) -> None:
    assert _within(built() / "events.csv", start, end, doc_id) == wanted


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


def _facts(found: Document) -> list[tuple[str, str, str | None, str, str]]:
    tables = extract(found)
    return [
        (
            row["type"], row["factuality"], row["claim"],
            "|".join(sorted(names(tables, row, "actor"))), "|".join(sorted(names(tables, row, "recipient"))),
        )
        for row in tables["events"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Freedonia feared being attacked by Sylvania.", [("ASSAULT", "Uu", None, "sylvania", "freedonia")]),
        ("Freedonian troops practised attacking Zenda.", [("ASSAULT", "Uu", None, "freedonia", "zenda")]),
        ("A game in which Freedonia attacks Sylvania was sold.", [("ASSAULT", "CT+", None, "freedonia", "sylvania")]),
        ("A film in which Freedonia attacks Sylvania was shown.", [("ASSAULT", "Uu", None, "freedonia", "sylvania")]),
        ("Sylvania was invaded by nobody.", [("ASSAULT", "CT-", None, "", "sylvania")]),
        ("Sylvania was invaded by no one.", [("ASSAULT", "CT-", None, "", "sylvania")]),
        (
            "Freedonia pretended to withdraw its troops from Sylvania.",
            [("RETREAT", "CT-", None, "freedonia", "sylvania")],
        ),
        ("Freedonia ruled out sending troops to Sylvania.", [("REJECT", "CT+", None, "freedonia", "sylvania")]),
    ],
)
def test_what_is_feared_practised_told_or_ruled_out_did_not_happen(
    text: str, expected: list[tuple[str, str, str | None, str, str]]
) -> None:
    assert _facts(document(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The truce between Freedonia and Sylvania collapsed.", [("SANCTION", "freedonia|sylvania", "")]),
        ("Sylvania was hit with tariffs by Freedonia.", [("COERCE", "freedonia", "sylvania")]),
        ("Anna Holt called for Boris Kern to resign.", [("REQUEST", "anna-holt", "boris-kern")]),
        ("Anna Holt was struck by the courage of Boris Kern.", []),
        ("Anna Holt killed the amendment.", []),
        ("Nine people were killed in a train crash.", []),
        ("Aid convoys failed to reach Zenda.", []),
        ("Anna Holt was accused by Boris Kern of bombing Zenda.",
         [("ACCUSE", "boris-kern", "anna-holt"), ("ASSAULT", "anna-holt", "zenda")]),
        ("In Zenda, 12 were detained.", [("COERCE", "", "12")]),
    ],
)  # fmt: skip
def test_senses_and_participants_of_classes(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(row[0], row[3], row[4]) for row in _facts(document(text))] == expected


@pytest.mark.parametrize(
    ("text", "content", "expected"),
    [
        ("Freedonia denied that it had targeted civilians.", "it had targeted civilians", ("Uu", "CT-")),
        ("Freedonia neither confirmed nor denied that it had bombed Zenda.", "it had bombed Zenda", ("Uu", "Uu")),
        ("Freedonia did not deny that it had bombed Zenda.", "it had bombed Zenda", ("Uu", "Uu")),
    ],
)
def test_what_a_source_neither_says_nor_denies_is_open(text: str, content: str, expected: tuple[str, str]) -> None:
    row = next(one for one in _facts(document(text, said=[(content, "indirect", "Freedonia")])) if one[0] == "ASSAULT")
    assert row[1:3] == expected


def test_a_denial_by_somebody_else_says_nothing_of_the_claim_before() -> None:
    text = "Freedonia bombed Zenda, according to Anna Holt; Boris Kern denied it."
    row = _facts(document(text, said=[("Freedonia bombed Zenda", "indirect", "Anna Holt")]))[0]
    assert row[:3] == ("ASSAULT", "Uu", "CT+")


def test_a_town_that_is_attacked_is_the_place_and_so_it_is_of_the_outcome() -> None:
    for text, wanted in (
        ("Freedonia bombed Zenda.", ["zenda"]),
        ("Freedonia bombed Zenda, killing nine nurses.", ["zenda", "zenda"]),
        ("Freedonia bombed Zenda and killed nine nurses.", ["zenda", "zenda"]),
        ("Freedonia bombed Zenda, killing nine nurses and wounding two.", ["zenda", "zenda", "zenda"]),
        ("Nine nurses were killed when Freedonia bombed Zenda.", ["zenda", "zenda"]),
        ("Freedonia seized the town of Zenda.", ["zenda"]),
        ("Sylvania, which was bombed, responded with air strikes on Zenda.", ["zenda"]),
        ("Freedonia bombed Sylvania.", [None]),
    ):
        found = document(text)
        found.rows["entities"] = [
            {**row, "latitude": 1.0 if row["entity_id"] == "zenda" else None} for row in found.rows["entities"]
        ]
        assert [row["location_id"] for row in extract(found)["events"]][-len(wanted) :] == wanted, text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Freedonia seized the town of Zenda.", [("ASSAULT", "freedonia", "zenda")]),
        ("Freedonia promised to send nurses.", [("AGREE", "freedonia", "")]),
        ("Freedonia refused to withdraw troops.", [("REJECT", "freedonia", "")]),
        ("Freedonia refused to release prisoners.", [("REJECT", "freedonia", "prisoners")]),
        ("Between 1991 and 1995 Freedonia attacked Sylvania.", [("ASSAULT", "freedonia", "sylvania")]),
        ("Freedonia and, according to one witness, Sylvania attacked Zenda.",
         [("ASSAULT", "freedonia|sylvania", "zenda")]),
        ("Freedonia's killing of a Sylvanian general angered Anna Holt.", [("ASSAULT", "freedonia", "sylvania")]),
        ("Freedonia destroyed the refinery.", [("ASSAULT", "freedonia", "refinery")]),
        ("Freedonian judges dismissed the lawsuit against Boris Kern.", [("CONCEDE", "freedonia", "boris-kern")]),
        ("Freedonian police failed to arrest his deputy.", [("COERCE", "freedonia", "deputy")]),
    ],
)  # fmt: skip
def test_participants_behind_dates_things_and_insertions(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(row[0], row[3], row[4]) for row in _facts(document(text))] == expected


def test_a_date_of_what_comes_before_or_after_is_not_that_of_the_act() -> None:
    text = "Freedonia attacked Sylvania on the eve of the vote on May 3."
    tables = extract(document(text, dates={"May 3": ("2021-05-03", date(2021, 5, 3), date(2021, 5, 3))}))
    assert [row["date_id"] for row in tables["events"]] == [None]
