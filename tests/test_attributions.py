"""attributions: quotation marks, cues, sources, nesting."""

from __future__ import annotations

import pytest
from conftest import parse
from hypothesis import given
from hypothesis import strategies as st

from stages import attributions
from stages.attributions import quotes
from stages.core import lexicon
from stages.core.parse import Row


def found(text: str) -> list[Row]:
    return attributions.extract(parse(text), attributions.Params())["attributions"]


def triples(text: str) -> list[tuple[str, str | None, str | None, str]]:
    """Kind, source, cue, content."""
    return [(row["kind"], row.get("source"), row.get("cue"), row["text"]) for row in found(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "“We will leave the city tomorrow,” the general said.",
            ("direct", "the general", "said", "We will leave the city tomorrow,"),
        ),
        (
            'Merkel said: "The talks were long. They were good."',
            ("direct", "Merkel", "said", "The talks were long. They were good."),
        ),
        (
            "The minister said that the army would leave the city.",
            ("indirect", "The minister", "said", "the army would leave the city"),
        ),
        (
            "The army will leave the city, officials said.",
            ("indirect", "officials", "said", "The army will leave the city"),
        ),
        (
            "The minister said the plan was “a very bad idea” for the country.",
            ("mixed", "The minister", "said", "the plan was “a very bad idea” for the country"),
        ),
        (
            "According to the ministry, the army left the city.",
            ("indirect", "the ministry", "According to", "the army left the city"),
        ),
        (
            "The army left the city, according to a spokeswoman for the ministry.",
            ("indirect", "a spokeswoman for the ministry", "according to", "The army left the city"),
        ),
        (
            "Merkel urged the president to open the border.",
            ("indirect", "Merkel", "urged", "to open the border"),
        ),
        (
            "Poland accused Belarus of sending migrants over the border.",
            ("indirect", "Poland", "accused", "sending migrants over the border"),
        ),
        (
            "The foreign minister rejected claims that his country had attacked the ship.",
            ("indirect", "The foreign minister", "rejected claims", "his country had attacked the ship"),
        ),
        (
            "The president, who said that the war was over, left the room.",
            ("indirect", "The president", "said", "the war was over"),
        ),
    ],
)
def test_source_cue_and_content(text: str, expected: tuple[str, str, str, str]) -> None:
    assert expected in triples(text)


def test_titles_stand_outside_the_source() -> None:
    rows = found("Defence Minister Annegret Kramp-Karrenbauer said that the army was ready.")
    assert rows[0]["source"] in ("Annegret Kramp-Karrenbauer", "Kramp-Karrenbauer")


def test_a_quotation_broken_by_its_cue_is_two_linked_rows() -> None:
    rows = found("“The talks were very long,” Merkel said. “They will go on for another week at least, I believe.”")
    direct = [row for row in rows if row["kind"] == "direct"]
    assert [row["text"][:9] for row in direct] == ["The talks", "They will"]
    assert direct[1]["source"] == "Merkel"
    assert direct[1]["continues_id"] == direct[0]["attribution_id"]


def test_chains_have_parents_and_depths() -> None:
    rows = found("The spokesman said that the minister believed that the war was over.")
    outer, inner = rows
    assert (outer["source"], outer["depth"], outer["parent_id"]) == ("The spokesman", 0, None)
    assert (inner["source"], inner["depth"], inner["parent_id"]) == ("the minister", 1, outer["attribution_id"])


def test_a_pull_quote_duplicates_the_body() -> None:
    quotation = "“We have never seen so many ministers agree on so very little,” the chairwoman said."
    body = "The council met on Tuesday and it agreed on nothing at all. "
    rows = found(f"{quotation}\n{body}\n{body}{quotation}")
    pulled, original = rows[0], rows[-1]
    assert pulled["duplicate_of"] == original["attribution_id"]
    assert original["duplicate_of"] is None


def test_a_quoted_word_in_the_authors_claim_is_a_scare_quote() -> None:
    assert ("scare", "The company", None, "irreversible") in triples("The company offered an “irreversible” path.")


def test_the_author_has_no_row() -> None:
    assert found("The army left the city on Monday.") == []


def test_a_statement_of_the_speaker_on_himself_has_no_row_of_its_own() -> None:
    rows = found("“I think we will win this war,” the president said.")
    assert [row["source"] for row in rows] == ["the president"]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("He said “yes” and “no”.", ["yes", "no"]),
        ('He said "yes" and "no".', ["yes", "no"]),
        ("She called it a ‘great success’ for the ministers’ plan.", ["great success"]),
        ("The ministers' plan isn't the kings' plan.", []),
        ("``It was a bomb,'' he said.", ["It was a bomb,"]),
        ("“He told me ‘no’ twice,” she said.", ["He told me ‘no’ twice,"]),
        ("“An opening mark alone runs to the end.", ["An opening mark alone runs to the end."]),
        ("It was 6'3\" tall and nobody said a word.", []),
    ],
)
def test_quotation_marks(text: str, inside: list[str]) -> None:
    document = parse(text)
    assert [text[q.start : q.end] for zone in document.segments for q in quotes.find(document, zone)] == inside


@given(
    st.lists(st.sampled_from(["“", "”", '"', "‘", "’", "'", "``", "''", "word", " ", ",", "he said", ". "])).map(
        "".join
    )
)
def test_marks_pair_without_overlap_and_never_leave_their_zone(text: str) -> None:
    document = parse(f"It began. {text}")
    for zone in document.segments:
        at = zone.start
        for quote in quotes.find(document, zone):
            assert at <= quote.outer_start < quote.start <= quote.end <= quote.outer_end <= zone.end
            at = quote.outer_end


def test_every_cue_has_known_frames() -> None:
    known = {"that", "quote", "inf", "obj_inf", "obj", "oprd", "claim", "fact", "as"}
    rows = lexicon.load("attributions_cues")
    assert len({(row["lemma"], row["pos"]) for row in rows}) == len(rows) > 200
    for row in rows:
        frames = lexicon.words(row["frames"])
        assert frames
        assert all(frame in known or frame.startswith("prep:") for frame in frames), row
        assert row["hedge"] in ("yes", "no")
