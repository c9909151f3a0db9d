"""attributions: quotation marks, cues, sources, nesting."""

from __future__ import annotations

import re
import time

import pytest
from conftest import ROOT, columns_of, parse
from hypothesis import given
from hypothesis import strategies as st

from stages import attributions
from stages.attributions import headlines, quotes
from stages.core import lexicon
from stages.core.parse import Document, Row, rebuild


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
        (
            "The harbour, the mayor said, will open again in May.",
            ("indirect", "the mayor", "said", "The harbour, the mayor said, will open again in May"),
        ),
        (
            "The minister said the bridge was safe, which surprised the engineers.",
            ("indirect", "The minister", "said", "the bridge was safe"),
        ),
        (
            "The committee condemned the arrest of two fishermen.",
            ("indirect", "The committee", "condemned", "the arrest of two fishermen"),
        ),
        (
            "The deputies described the vote as a farce.",
            ("indirect", "The deputies", "described", "the vote as a farce"),
        ),
        (
            "The union asked the mayor to close the port.",
            ("indirect", "The union", "asked", "to close the port"),
        ),
        (
            "It was announced by the ministry that the border would close.",
            ("indirect", "the ministry", "announced", "the border would close"),
        ),
        (
            "The villagers chanted “No more!” outside the town hall.",
            ("direct", "The villagers", "chanted", "No more!"),
        ),
        (
            "“The harvest was poor. The winter will be hard,” said Anna Berger, a farmer.",
            ("direct", "Anna Berger", "said", "The harvest was poor. The winter will be hard,"),
        ),
        (
            "“We heard the bell and ran to the shore.” ― Anna Berger",
            ("direct", "Anna Berger", "―", "We heard the bell and ran to the shore."),
        ),
        (
            "BERGER: We will see what the winter brings to us.",
            ("direct", "BERGER", ":", "We will see what the winter brings to us."),
        ),
        (
            "In the words of one neighbour, the party was a disaster from the start.",
            ("indirect", "one neighbour", "In the words of", "the party was a disaster from the start"),
        ),
        (
            "The party was, in the words of the host, “a complete disaster”.",
            ("direct", "the host", "in the words of", "a complete disaster"),
        ),
        (
            "In her opinion, the law is unfair.",
            ("indirect", "her", "opinion", "the law is unfair"),
        ),
        (
            "Output rose by 3 percent last year, per the central bank.",
            ("indirect", "the central bank", "per", "Output rose by 3 percent last year"),
        ),
        (
            "As the chancellor put it, the party is over.",
            ("indirect", "the chancellor", "put it", "the party is over"),
        ),
        (
            "The bridge, according to the engineers, will hold.",
            ("indirect", "the engineers", "according to", "The bridge, according to the engineers, will hold"),
        ),
        (
            "The plan – the minister insists – will cost nothing.",
            ("indirect", "the minister", "insists", "The plan – the minister insists – will cost nothing"),
        ),
        (
            "The suspect is said to be hiding in the mountains.",
            ("indirect", None, "said", "The suspect is said to be hiding in the mountains"),
        ),
        (
            "It is believed that the fire started in the kitchen.",
            ("indirect", None, "believed", "the fire started in the kitchen"),
        ),
        (
            "There are reports that the dam has cracked.",
            ("indirect", None, "reports", "the dam has cracked"),
        ),
        (
            "The allegations were denied by the minister.",
            ("indirect", "the minister", "denied", "The allegations"),
        ),
        (
            "He denied having met the banker.",
            ("indirect", "He", "denied", "having met the banker"),
        ),
        (
            "The general's warning that supplies were running out came too late.",
            ("indirect", "The general's", "warning", "supplies were running out"),
        ),
        (
            "His promise to lower the rents was not kept.",
            ("indirect", "His", "promise", "to lower the rents"),
        ),
        (
            "The mayor is convinced that the bridge will be ready in May.",
            ("indirect", "The mayor", "convinced", "the bridge will be ready in May"),
        ),
        (
            "The paper called for the minister to go.",
            ("indirect", "The paper", "called for", "the minister to go"),
        ),
        (
            "The guide warned the farmers of a hard winter.",
            ("indirect", "The guide", "warned", "a hard winter"),
        ),
        (
            "Rebels vowed on Sunday to fight on.",
            ("indirect", "Rebels", "vowed", "to fight on"),
        ),
        (
            "“The ship is in port,” the spokesman went on.",
            ("direct", "the spokesman", "went on", "The ship is in port,"),
        ),
        (
            "His answer was short: “No.”",
            ("direct", "His", "answer", "No."),
        ),
        (
            "“Nobody told us anything,” complained one passenger.",
            ("direct", "one passenger", "complained", "Nobody told us anything,"),
        ),
        (
            "She spoke of what she called “a long and bitter fight”.",
            ("direct", "she", "called", "a long and bitter fight"),
        ),
        (
            "The mayor said that “a fire” had broken out in the old harbour.",
            ("mixed", "The mayor", "said", "“a fire” had broken out in the old harbour"),
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


def test_a_colon_hands_the_next_paragraph_to_its_source() -> None:
    text = "The meeting ended late on Monday.\nThe mayor said:\n“We will open the harbour again in the spring.”"
    assert ("direct", "The mayor", "said", "We will open the harbour again in the spring.") in triples(text)


def test_a_quotation_over_paragraphs_with_opening_marks_alone() -> None:
    first = "The mayor said: “We will open the harbour again in the spring."
    rows = [row for row in found(f"{first}\n“Then the boats will come back.”") if row["kind"] == "direct"]
    assert [row["source"] for row in rows] == ["The mayor", "The mayor"]
    assert rows[1]["continues_id"] == rows[0]["attribution_id"]


def test_a_quotation_over_paragraphs_whose_cue_comes_last() -> None:
    text = "“We have waited for years.\n“The old bridge shook in the wind.\n“Nobody will miss it,” the mayor said."
    rows = found(text)
    assert [(row["kind"], row["source"]) for row in rows] == [("direct", "the mayor")] * 3
    identifiers = [row["attribution_id"] for row in rows]
    assert [row["continues_id"] for row in rows] == [None, *identifiers[:2]]


def test_who_adds_something_has_said_what_stands_before() -> None:
    first, second = found("“The bridge is safe.” The official added: “We check it twice a year.”")
    assert (first["source"], first["text"]) == ("The official", "The bridge is safe.")
    assert second["continues_id"] == first["attribution_id"]


def test_a_short_sentence_of_the_same_speaker_goes_on() -> None:
    first, second = found("“It was a foul,” the keeper said. “Everybody saw it.”")
    assert (second["source"], second["continues_id"]) == ("the keeper", first["attribution_id"])


@pytest.mark.parametrize(
    ("text", "outer", "inner", "content"),
    [
        (
            "According to Reuters, citing two officials, the talks have failed.",
            ("Reuters", "According to"),
            ("two officials", "citing"),
            "the talks have failed",
        ),
        (
            "The agency reported, citing the defence ministry, that two ships had left the harbour.",
            ("The agency", "reported"),
            ("the defence ministry", "citing"),
            "two ships had left the harbour",
        ),
        (
            "The talks will go on, the agency said, citing a diplomat.",
            ("the agency", "said"),
            ("a diplomat", "citing"),
            "The talks will go on",
        ),
        (
            "The website Gazeta, quoting unnamed officers, writes that the army is ready.",
            ("Gazeta", "writes"),
            ("unnamed officers", "quoting"),
            "the army is ready",
        ),
        (
            "“The army is ready,” Reuters quoted the general as saying.",
            ("Reuters", "quoted"),
            ("the general", "saying"),
            "The army is ready,",
        ),
    ],
)
def test_who_is_cited_stands_under_who_cites(
    text: str, outer: tuple[str, str], inner: tuple[str, str], content: str
) -> None:
    above, below = found(text)
    assert (above["source"], above["cue"], above["text"]) == (*outer, content)
    assert (below["source"], below["cue"], below["text"]) == (*inner, content)
    assert (below["parent_id"], below["depth"]) == (above["attribution_id"], 1)


@pytest.mark.parametrize(
    "text",
    [
        "The minister said that the army could warn the villages.",
        "The minister said that people think the bridge is old.",
        "The minister said that the deputy had not denied the report.",
        "The minister said that the council had rejected the offer.",
    ],
)
def test_what_a_statement_only_mentions_has_no_row_of_its_own(text: str) -> None:
    assert [row["cue"] for row in found(text)] == ["said"]


def test_a_second_verb_of_the_same_source_ends_the_content() -> None:
    rows = found("The minister ordered the army to leave the city and promised an inquiry.")
    assert [(row["source"], row["cue"], row["text"]) for row in rows] == [
        ("The minister", "ordered", "to leave the city"),
        ("The minister", "promised", "an inquiry"),
    ]


def test_how_long_somebody_argues_is_not_what_for() -> None:
    assert found("The deputies argued for two hours.") == []


def test_somebody_elses_statement_beside_it_ends_the_content() -> None:
    rows = found("The minister said that the dam was old, and engineers warned that it could break.")
    assert ("The minister", "the dam was old") in [(row["source"], row["text"]) for row in rows]
    assert all(row["depth"] == 0 for row in rows)


def test_a_cue_between_subject_and_verb() -> None:
    text = "The difference now, he told the deputies, is that the dam is old."
    assert ("indirect", "he", "told", text[:-1]) in triples(text)


def test_the_name_of_a_programme_is_no_quotation() -> None:
    rows = found("On the programme “Morning With Friends,” the mayor said that the dam was old.")
    assert [row["text"] for row in rows] == ["the dam was old"]


def test_who_is_told_is_not_what_is_told() -> None:
    assert all(row["text"] != "farmers" for row in found("He told a meeting of farmers that the dam was old."))


def test_who_is_asked_does_not_ask() -> None:
    assert [(row["source"], row["cue"]) for row in found("Asked about the plan, he said: “No comment.”")] == [
        ("he", "said")
    ]


def test_titles_of_works_are_no_scare_quotes() -> None:
    assert found("Her novel “The Long Winter” won the prize on Monday.") == []


def test_the_source_of_a_scare_quote_stands_outside_it() -> None:
    assert all(row["source"] != "I" for row in found("The poster of “I was here” hung in the hall."))


def test_a_paragraph_that_a_line_announces_word_for_word() -> None:
    statement = "The government regrets the loss of life. It will support the families in every way it can."
    assert ("direct", "The ministry", "issued", statement) in triples(
        f"The ministry issued the following statement:\n{statement}"
    )
    assert found("The following roads are closed:\nThe coast road between the harbour and the mill.") == []


def test_a_name_inside_the_marks_of_a_transcript() -> None:
    text = "The talk went on.\n“BERGER: We will see what the winter brings to us."
    assert [(row["source"], row["text"]) for row in found(text)] == [
        ("BERGER", "We will see what the winter brings to us.")
    ]


def test_what_nobody_says_has_no_row() -> None:
    assert found("No group said that it had set the fire.") == []
    assert found("Nobody said that the bridge was safe.") == []


def test_a_plan_inside_a_statement_is_no_row_of_its_own() -> None:
    rows = found("The minister said that Sweden plans to close the port.")
    assert [row["cue"] for row in rows] == ["said"]


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
        ("“What he calls “peace” is war,” she said.", ["What he calls “peace” is war,"]),
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
    attributions.extract(document, attributions.Params())
    for zone in document.segments:
        at = zone.start
        for quote in quotes.find(document, zone):
            assert at <= quote.outer_start < quote.start <= quote.end <= quote.outer_end <= zone.end
            at = quote.outer_end


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "“",
        "said",
        "According to",
        '"" "" ""',
        ":",
        "― ―",
        "“…”",
        "A:\n“",
        "citing",
        "As he",
        "per",
        "“““”",
        ": – ",
    ],
)
def test_no_text_raises(text: str) -> None:
    document = parse(text)
    for row in attributions.extract(document, attributions.Params())["attributions"]:
        assert document.text[row["start"] : row["end"]] == row["text"]


def test_a_quotation_that_its_cue_breaks_goes_on() -> None:
    text = "“We will leave,” the minister said, “before the winter comes.” “Nobody knows why,” Holt said."
    first, second, other = found(text)
    assert (second["continues_id"], first["continues_id"], other["continues_id"]) == (
        first["attribution_id"],
        None,
        None,
    )


def test_a_text_without_sentences_has_no_rows() -> None:
    document = rebuild({"doc_id": "d", "text": "…", "published": None}, [], [], columns_of([]))
    assert attributions.extract(document, attributions.Params()) == {"attributions": []}


def test_unbalanced_marks_swallow_nothing() -> None:
    text = 'The mayor of the " old town met the governor. They talked about the harbour. "We agreed," the mayor said.'
    contents = [row["text"] for row in found(text) if row["kind"] == "direct"]
    assert all("governor" not in content for content in contents)


@pytest.mark.parametrize("unit", ['"', "“", '"a" ', "'x' ", "he said ", '"Word," he said. '])
def test_the_cost_is_linear(unit: str) -> None:
    times = []
    for characters in (50_000, 200_000):
        document = flat(unit * (characters // len(unit)))
        before = time.process_time()
        attributions.extract(document, attributions.Params())
        times.append(time.process_time() - before)
    assert times[1] < 12 * times[0] + 0.5


def flat(text: str) -> Document:
    """A document of one zone and one sentence, without a language model: each word hangs on the one before."""
    tokens: list[Row] = []
    for at, word in enumerate(re.finditer(r"\w+|[^\w\s]", text)):
        verb = word[0] == "said"
        tokens.append(
            {
                "sentence_id": "d:0",
                "start": word.start(),
                "end": word.end(),
                "lemma": "say" if verb else word[0],
                "upos": "VERB" if verb else "PRON" if word[0].isalnum() else "PUNCT",
                "xpos": "VBD" if verb else None,
                "feats": None,
                "head": at,
                "deprel": "ROOT" if at == 0 else "ccomp" if verb else "nsubj",
                "entity": None,
            }
        )
    span = {"segment_id": "d:0", "start": 0, "end": len(text)}
    return rebuild(
        {"doc_id": "d", "text": text, "published": None},
        [{**span, "kind": "paragraph", "content": True}],
        [{**span, "sentence_id": "d:0"}],
        columns_of(tokens),
    )


def test_every_cue_has_known_frames() -> None:
    known = {"that", "quote", "inf", "obj_inf", "obj", "oprd", "claim", "fact", "as", "ger", "raise", "unnamed"}
    rows = lexicon.load("attributions_cues")
    assert len({(row["lemma"], row["pos"]) for row in rows}) == len(rows) > 200
    for row in rows:
        frames = lexicon.words(row["frames"])
        assert frames
        assert all(frame in known or frame.startswith("prep:") for frame in frames), row
        assert row["hedge"] in ("yes", "no")


def test_every_cue_has_a_known_class() -> None:
    known = {"neutral", "factive", "counterfactive", "directive", "commissive", "volitive", "verdict", "warning"}
    assert {row["class"] for row in lexicon.load("attributions_cues")} <= known


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Norway: Berger: The harbour must open again", None),
        ("Police report: The harbour was closed all night", ("Police report", "The harbour was closed all night")),
        ("Harbour to open again in May: officials", ("officials", "Harbour to open again in May")),
        ("Harbour to open again in May – officials", ("officials", "Harbour to open again in May")),
        ("Thousands of jobs at risk, warn unions", ("unions", "Thousands of jobs at risk")),
        ("Two ships lost in storm, citing officials", None),
    ],
)
def test_headlines_with_a_colon(title: str, expected: tuple[str, str] | None) -> None:
    document = parse(title)
    document.segments[0].kind = "title"
    rows = [row for segment in document.segments for row in headlines.found(segment)]
    spans = [(row.source, row.content) for row in rows if row.source]
    assert [(title[s.start : s.end], title[c.start : c.end]) for s, c in spans] == ([expected] if expected else [])


def _examples() -> list[tuple[str, tuple[str, str | None, str | None, str]]]:
    """The rows of the table of the reference page: a sentence, and its kind, source, cue and content."""
    page = (ROOT / "docs/attributions.md").read_text(encoding="utf-8")
    table = page.split("| what | for example |")[1].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return [(text, (kind, source or None, cue or None, content)) for _, text, kind, source, cue, content in cells]


@pytest.mark.parametrize(("text", "expected"), _examples())
def test_the_examples_of_the_reference_page(text: str, expected: tuple[str, str | None, str | None, str]) -> None:
    assert expected in triples(text)


def test_the_reference_page_explains_every_frame_and_class() -> None:
    page = (ROOT / "docs/attributions.md").read_text(encoding="utf-8")
    for row in lexicon.load("attributions_cues"):
        assert f"`{row['class']}`" in page
        for frame in lexicon.words(row["frames"]):
            assert f"`{frame}`" in page or frame.startswith("prep:")
