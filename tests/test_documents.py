"""documents: decoding, zones, datelines, rejects, duplicates."""

from __future__ import annotations

import csv
import gzip
import json
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import resolve
from hypothesis import given
from hypothesis import strategies as st

from stages import documents
from stages.core import corpus
from stages.core.corpus import CorpusError, Item
from stages.core.parse import CONTENT, Row, Tables, normalise
from stages.documents import datelines, zones

ROOT = Path(__file__).parent.parent


def extract(content: bytes | str, **meta: object) -> Tables:
    return documents.extract(Item("a.txt", "a.txt", "a", content, meta=meta), documents.Params())


def kinds(text: str) -> list[tuple[str, str]]:
    return [(zone.kind, text[zone.start : zone.end]) for zone in zones.cut(text, "unknown")]


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.txt")), ids=lambda path: path.stem)
def test_zones_of_the_seeds_are_those_of_the_gold(path: Path) -> None:
    text = path.read_bytes().decode()
    with (ROOT / "tests/gold" / path.stem / "segments.csv").open(encoding="utf-8", newline="") as file:
        gold = [(int(row["start"]), int(row["end"]), row["kind"]) for row in csv.DictReader(file)]
    assert [(zone.start, zone.end, zone.kind) for zone in zones.cut(text, "unknown")] == gold


BODY = "The council of ministers met on Tuesday and agreed on nothing at all."
MORE = "Its members will meet again in the spring, the chairwoman told reporters."


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Share this article with your friends", "boilerplate"),
        ("Advertisement", "boilerplate"),
        ("3 of 12", "boilerplate"),
        ("***", "boilerplate"),
        ("What the ministers want", "heading"),
        ("Also on example.org Ministers fight over bread", "related_link"),
        ("[Read: How the council was founded]", "related_link"),
        ("By Ada Lovelace and Mary Somerville", "byline"),
        ("Updated: April 7, 2020 03:49 pm IST", "dateline"),
    ],
)
def test_lines_around_the_body(line: str, kind: str) -> None:
    text = f"{BODY}\n{line}\n{MORE}"
    assert kinds(text) == [("paragraph", BODY), (kind, line), ("paragraph", MORE)]


HEADLINE = "Ministers of the council agree on nothing"
LAST = "The chairwoman said that she would ask the ministers again, and again after that."


def kind_in(line: str, *, above: tuple[str, ...] = (), head: tuple[str, ...] = (), below: tuple[str, ...] = ()) -> str:
    """The kind of a line of a page: between headline and body with `above` or `head`, else between paragraphs."""
    if above or head:
        lines = [HEADLINE, *above, line, *head, BODY, MORE, LAST]
    else:
        lines = [HEADLINE, BODY, MORE, line, *below, LAST]
    return next(kind for kind, text in kinds("\n".join(lines)) if text == line)


@pytest.mark.parametrize(
    "line",
    [
        # share and follow lines, amounts, players
        *(
            "Copy link",
            "12 comments",
            "1.2K shares",
            "4 min read",
            "Listen · 3:51",
            "+7",
            "Ministers leave the hall 02:14",
        ),
        # prompts
        "Sign up for our newsletter and get the news in your inbox",
        "Download the Example News app to read all our articles",
        "To read more, subscribe now to our digital edition.",
        "Please turn on JavaScript in your browser to use this site",
        "This website uses cookies to make it work.",
        # credits and captions
        "The chairwoman before the meeting on Monday. Photograph: Ada Lovelace/EPA",
        "The chairwoman before the meeting on Monday (Ada Lovelace/AFP)",
        "The chairwoman in May [File: Ada Lovelace/Reuters]",
        "The town hall after the meeting. (AP Photo/Ada Lovelace, File)",
        "Ministers leave the town hall. Ada Lovelace/AP hide caption",
        "FILE PHOTO: Ministers leave the town hall, May 3, 2019. REUTERS/Ada Lovelace",
        "[1/3]Ministers leave the town hall on Tuesday.",
        # corrections, contacts, addresses, references, trails
        "This article was amended on 5 May to correct the name of the chairwoman.",
        "Correction: An earlier version of this article gave a wrong number of ministers.",
        "Contact Ada Lovelace at ada@example.com",
        "https://example.com/2020/05/03/ministers",
        "^ Lovelace, A. (1999). Ministers. Example Press. p. 44.",
        "News > World > Europe",
        # time stamps of a live blog
        *("16:12", "16.20 GMT", "2 hours ago", "3 Feb 2020 16.12 GMT"),
    ],
)
def test_furniture(line: str) -> None:
    assert kind_in(line) == "boilerplate"


@pytest.mark.parametrize(
    "line",
    [
        "He said that 10 000 people had fled the town.",
        "The party asked its members to share the cost, (Reuters) reported on Monday.",
        "The council will sign the treaty in May, the agency said. (AFP)",
        "Nobody in the council reads the papers, or the comments below them.",
        "Cases were reported from all provinces, and troops were posted in the north.",
        "More on that will be known when the ministers meet in the spring.",
        '"Read more books," she told the ministers, and went home.',
        "She pledged to cut the cost of the council to $200 or less.",
        "No.",
        "- The ministers want the chairwoman to go",
    ],
)
def test_paragraphs_that_look_like_furniture(line: str) -> None:
    assert kind_in(line) == "paragraph"


@pytest.mark.parametrize(
    "line", ["'Worst in decades'", "Background", "Aftermath[edit]", "5 things to know now", "2009"]
)
def test_headings_of_all_forms(line: str) -> None:
    assert kind_in(line) == "heading"


@pytest.mark.parametrize(
    ("line", "below"),
    [
        ("MORE: Ministers fight over bread", ()),
        ("Also read: Who are the ministers?", ()),
        ("Ministers fight over bread for a second day", ("Read more",)),
        ("MINISTERS FIGHT OVER BREAD FOR DAYS", ()),
        ("list 2 of 3 Ministers fight over bread", ()),
    ],
)
def test_related_links(line: str, below: tuple[str, ...]) -> None:
    assert kind_in(line, below=below) == "related_link"


def test_a_list_of_related_links_goes_on_to_the_next_paragraph() -> None:
    links = "More on this story\nMinisters fight over bread\n2 January 2016\nWho are they?"
    text = f"{HEADLINE}\n{BODY}\n{MORE}\n{links}\n{LAST}"
    assert [kind for kind, _ in kinds(text)[3:]] == [
        *("boilerplate", "related_link", "boilerplate", "related_link", "paragraph"),
    ]
    assert published(text) == (None, None)


def test_comments_below_an_article_are_no_body_text() -> None:
    comment = "You have no idea what you are talking about, the council does agree."
    comments = f"2 comments:\nAnonymous said...\n{comment}\nMay 4, 2011 at 8:02 AM\n{comment}"
    text = f"{HEADLINE}\n{BODY}\n{MORE}\n{LAST}\n{comments}"
    assert [kind for kind, _ in kinds(text)] == ["title", *["paragraph"] * 3, *["boilerplate"] * 5]
    assert published(text) == (None, None)


def test_what_stands_below_the_end_of_an_article() -> None:
    below = "Most read\nFlood in the valley kills two\nA flood has killed two people.\nSport"
    text = f"{HEADLINE}\n{BODY}\n{MORE}\n{LAST}\n{below}"
    assert [kind for kind, _ in kinds(text)[4:]] == ["boilerplate", "related_link", "boilerplate", "boilerplate"]


def test_tags_after_the_word_for_them() -> None:
    text = f"{HEADLINE}\n{BODY}\n{MORE}\n{LAST}\nRelated Topics\nNorland\nPension reform\nThe town hall"
    assert {kind for kind, _ in kinds(text)[4:]} == {"boilerplate"}


@pytest.mark.parametrize(
    ("line", "above", "head", "kind"),
    [
        ("By Ada Lovelace and Mary Somerville, CNN", (), ("5 May 2020",), "byline"),
        ("Ada Lovelace in Paris", (), ("@ada", "5 May 2020"), "byline"),
        ("Political correspondent, Paris", ("By Ada Lovelace",), ("5 May 2020",), "byline"),
        ("Agence France-Presse", (), ("5 May 2020",), "byline"),
        ("(CNN)", ("5 May 2020",), (), "byline"),
        ("Updated an hour ago", ("5 May 2020",), (), "dateline"),
        ("A day of talks has ended without a result.", (), ("By Ada Lovelace", "5 May 2020"), "heading"),
        ("Talks end without a result after a day", (), ("By Ada Lovelace",), "heading"),
        ("Key points", ("5 May 2020",), ("The ministers met for a day", "They will meet again"), "heading"),
        ("The ministers met for a day", ("Key points",), ("They will meet again",), "paragraph"),
        ("The ministers met for a day", (), ("They will meet again", "By Ada Lovelace", "5 May 2020"), "paragraph"),
        ("Ada Lovelace has covered the council since 2009.", ("By Ada Lovelace",), ("5 May 2020",), "boilerplate"),
        ("Ministers before the town hall", ("5 May 2020", "Image caption"), (), "boilerplate"),
        ("The ministers outside the town hall on Monday", ("Share",), ("Ada Lovelace/AP",), "boilerplate"),
    ],
)
def test_lines_between_headline_and_body(line: str, above: tuple[str, ...], head: tuple[str, ...], kind: str) -> None:
    assert kind_in(line, above=above, head=head) == kind


@pytest.mark.parametrize(
    "above",
    [
        ("Example News Sport Weather",),
        ("Africa", "Cookies on this site"),
        ("Home > News > Europe",),
        ("The Northern Observer",),
    ],
)
def test_the_headline_is_the_line_that_shares_its_words_with_the_body(above: tuple[str, ...]) -> None:
    found = kinds("\n".join([*above, HEADLINE, "5 May 2020", BODY, MORE, LAST]))
    assert [text for kind, text in found if kind == "title"] == [HEADLINE]
    assert {kind for kind, _ in found[: len(above)]} == {"boilerplate"}


def test_a_trail_of_links_may_cut_the_headline_short() -> None:
    found = kinds(f"News\nMinisters of the council agree\n{HEADLINE}\n{BODY}\n{MORE}")
    assert [kind for kind, _ in found] == ["boilerplate", "repeated_title", "title", "paragraph", "paragraph"]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("By Ada Lovelace | 5 May 2020", [("byline", "By Ada Lovelace |"), ("dateline", "5 May 2020")]),
        (
            "Ada Lovelace / EXN / Updated: May 5, 2020, 09:27 IST",
            [("byline", "Ada Lovelace / EXN /"), ("dateline", "Updated: May 5, 2020, 09:27 IST")],
        ),
        ("Posted on May 5, 2020 by admin", [("dateline", "Posted on May 5, 2020"), ("byline", "by admin")]),
        (
            "By Ada Lovelace May 5, 2020 at 3:57 PM Follow @ada",
            [("byline", "By Ada Lovelace"), ("dateline", "May 5, 2020 at 3:57 PM"), ("boilerplate", "Follow @ada")],
        ),
        (
            "Source: Example | 2020-05-05 02:10:17 | Editor: Li",
            [("boilerplate", "Source: Example |"), ("dateline", "2020-05-05 02:10:17"), ("byline", "| Editor: Li")],
        ),
    ],
)
def test_a_line_of_credits_is_cut(line: str, parts: list[tuple[str, str]]) -> None:
    text = f"{HEADLINE}\n{line}\n{BODY}\n{MORE}"
    assert kinds(text)[1:-2] == parts
    assert published(text) == (date(2020, 5, 5), "stated")


def test_posts_of_other_forms() -> None:
    post = "Ada L.\n@ada\nThe ministers agree on nothing, again.\n9:14 AM · Feb 4, 2021"
    shared = "View this post on Instagram\nA post shared by Ada L. (@ada) on Feb 3, 2021 at 6:12am PST"
    text = f"{HEADLINE}\n{BODY}\n{post}\n{MORE}\n{shared}\n{LAST}"
    assert [part for part in kinds(text) if part[0] == "embed"] == [("embed", post), ("embed", shared)]
    assert published(text) == (None, None)


def test_a_statement_after_said_is_a_block_quote() -> None:
    statement = "The council is a friend of ours, and we will say so again."
    text = f"{HEADLINE}\n{BODY}\nThe chairwoman said:\n{statement}\n{MORE}"
    assert ("block_quote", statement) in kinds(text)
    assert ("paragraph", f'"{statement}"') in kinds(text.replace(statement, f'"{statement}"'))


def test_a_quotation_of_several_paragraphs_is_one_block_quote_each() -> None:
    resolution = f'The resolution reads as follows:\n"The council,\n"Notes that {MORE}\n"Decides that {LAST}"'
    text = f"{HEADLINE}\n{BODY}\n{resolution}\n{MORE}"
    assert [kind for kind, _ in kinds(text)] == ["title", "paragraph", "paragraph", *["block_quote"] * 3, "paragraph"]


def test_a_headline_and_its_repetitions() -> None:
    text = f"Ministers agree on nothing: council to meet again\n\nCouncil to meet again\n{BODY}\n{MORE}"
    assert [kind for kind, _ in kinds(text)] == ["title", "repeated_title", "paragraph", "paragraph"]


def test_a_single_line_is_a_paragraph_whatever_its_form() -> None:
    assert kinds("Ministers agree on nothing") == [("paragraph", "Ministers agree on nothing")]


def test_a_related_link_glued_to_a_paragraph_is_cut_off() -> None:
    text = f"{BODY}\nAlso on example.org Ministers near the borders{MORE}"
    assert kinds(text)[1:] == [("related_link", "Also on example.org Ministers near the borders"), ("paragraph", MORE)]


def test_an_inline_byline_is_cut_off() -> None:
    assert kinds(f"By Ada Lovelace: {BODY}\n{MORE}")[0] == ("byline", "By Ada Lovelace:")


def test_a_pull_quote_repeats_the_body() -> None:
    quotation = '"We have never seen so many ministers agree on so very little in one day," she said.'
    text = f"{quotation}\n{BODY}\nThe chairwoman shook her head at the end. {quotation} {MORE}"
    assert kinds(text)[0] == ("pull_quote", quotation)


def test_a_block_quote_follows_the_line_that_introduces_it() -> None:
    quoted = "Nobody in the room could say what the vote was about."
    text = f"{BODY}\nThe Daily Example writes the following:\n{quoted}\n{MORE}"
    assert [kind for kind, _ in kinds(text)] == ["paragraph", "paragraph", "block_quote", "paragraph"]


def test_a_post_is_one_zone() -> None:
    post = "The ministers agree on nothing. https://t.co/abc\n— Ada L. (@ada) October 18, 2022"
    assert kinds(f"{BODY}\n{post}\n{MORE}")[1] == ("embed", post)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("14 Jul 2024", date(2024, 7, 14)),
        ("Fri, 10/21/2022 – 15:25", date(2022, 10, 21)),
        ("Published August 14, 2010", date(2010, 8, 14)),
        ("JAN. 13, 2017", date(2017, 1, 13)),
        ("2020-04-07T09:57+05:30", date(2020, 4, 7)),
        ("Updated 8:30 PM EST, Thu December 8, 2022", date(2022, 12, 8)),
        ("Sunday 3rd of May 2015", date(2015, 5, 3)),
        ("Mon 04/07/2022", date(2022, 7, 4)),
        ("04/07/2022", None),
        ("March 18 at 3:57 PM", None),
        ("Posted: Jul 12, 2024 / 05:01 PM CDT", date(2024, 7, 12)),
        ("2024/07/12", date(2024, 7, 12)),
        ("25/7/24", date(2024, 7, 25)),
        ("Jul 12, '24", date(2024, 7, 12)),
        ("PARIS, March 3, 2022 (Reuters) -", date(2022, 3, 3)),
        ("NAIROBI, Kenya (AP) --", None),
        ("Published Feb. 5, 2021 Updated Feb. 7, 2021", date(2021, 2, 5)),
        ("Updated: 1 Feb 2020 First published: 31 Jan 2020", date(2020, 1, 31)),
        ("August 22, 2019 10:45 pm | Updated August 23, 2019 07:31 am IST - NEW DELHI", date(2019, 8, 22)),
        ("November 13, 201911:24 AM ET", date(2019, 11, 13)),
        ("March 3, 2019 / 7:14 AM / 2 years ago", date(2019, 3, 3)),
        ("04/07/2023 07:00 PM EDT", date(2023, 4, 7)),
        ("04/07/2023 19:00 BST", date(2023, 7, 4)),
        ("04.07.2023", date(2023, 7, 4)),
        ("2020-04-07T23:30-05:00", date(2020, 4, 7)),
        ("MANAMA/LONDON, July 18, 2024 (Reuters) -", date(2024, 7, 18)),
        ("BELMAR, June 21, 2022. /TASS/.", date(2022, 6, 21)),
        ("Geneva, 31 January 2020 –", date(2020, 1, 31)),
        ("Updated an hour ago", None),
    ],
)
def test_datelines(line: str, day: date | None) -> None:
    parsed = datelines.parse(line, "unknown")
    assert parsed is not None
    assert parsed.day == day


@pytest.mark.parametrize(
    "line",
    [
        *("In March 2020 the war began", "Middle East", "May", "12", "The 14 Jul 2024 meeting"),
        *("Background:", "Analysis:", "Live Updates:", "However -", "Today", "10-12", "30/02/20201", "2020年1月31日"),
        *("John Roe, U.S. Senator (R-Texas)", "May 3, 2020 June 4, 2021"),
    ],
)
def test_no_datelines(line: str) -> None:
    assert datelines.parse(line, "unknown") is None


def test_a_param_decides_the_order_of_day_and_month_where_nothing_else_does() -> None:
    def day(line: str, order: datelines.DayOrder) -> date | None:
        item = Item("a.txt", "a.txt", "a", f"{line}\n{BODY}\n{MORE}")
        (row,) = documents.extract(item, documents.Params(day_order=order))["documents"]
        published: date | None = row["published"]
        return published

    assert day("04/07/2022", "day-month") == date(2022, 7, 4)
    assert day("04/07/2022", "month-day") == date(2022, 4, 7)
    assert day("04/07/2022 7:00 PM EDT", "day-month") == date(2022, 4, 7)
    assert day("04.07.2022", "month-day") == date(2022, 7, 4)
    assert day("Mon 04/07/2022", "month-day") == date(2022, 7, 4)


def published(content: str, **meta: object) -> tuple[date | None, str | None]:
    (row,) = extract(content, **meta)["documents"]
    return row["published"], row["published_from"]


def test_the_day_of_publication() -> None:
    updated, stated = "Updated: 3 May 2021", "Published: 1 May 2021"
    assert published(f"{BODY}\n{MORE}") == (None, None)
    assert published(f"{updated}\n{stated}\n{BODY}\n{MORE}") == (date(2021, 5, 1), "stated")
    assert published(f"{updated}\n{BODY}\n{MORE}") == (date(2021, 5, 3), "stated")
    assert published(f"{stated}\n{BODY}", published="2021-04-30T10:00:00Z") == (date(2021, 4, 30), "sources")


def test_a_dateline_without_a_year_takes_it_from_the_same_day_in_the_text() -> None:
    line = "By Ada Lovelace March 18 at 3:57 PM"
    assert published(f"{line}\n{BODY}\n{MORE}") == (None, None)
    assert published(f"{line}\n{BODY}\nThe museum was closed on March 18, 2015.") == (date(2015, 3, 18), "stated")
    both = "It closed on March 18, 2015, and on March 18, 2014."
    assert published(f"{line}\n{BODY}\n{both}") == (None, None)


def test_an_opening_dateline_is_cut_off() -> None:
    opening = "PARIS, March 3, 2022 (Reuters) -"
    text = f"{opening} {BODY}\n{MORE}"
    assert kinds(text) == [("dateline", opening), ("paragraph", BODY), ("paragraph", MORE)]
    assert published(text) == (date(2022, 3, 3), "stated")


def test_a_bare_date_that_opens_the_body_is_cut_off_and_a_chronology_is_not() -> None:
    text = f"{HEADLINE}\n\nMarch 3, 2022 - {BODY}\n{MORE}"
    assert kinds(text)[1:3] == [("dateline", "March 3, 2022 -"), ("paragraph", BODY)]
    assert published(text) == (date(2022, 3, 3), "stated")
    assert published(f"{HEADLINE}\nMarch 3, 2022 - {BODY}\nMay 4, 2022 - {MORE}") == (None, None)
    assert published(f"{HEADLINE}\n{BODY}\nMarch 3, 2022 - {MORE}") == (None, None)


NOTE = "An earlier version of this report said that the council had met on Monday."


@pytest.mark.parametrize("label", ["Correction:", "Clarification:", "Corrections:", "Update:", "Editor's note:"])
def test_a_headline_that_says_it_is_a_correction_is_the_title(label: str) -> None:
    found = kinds(f"{label} Council meeting\n\nMarch 3, 2022 -\n{BODY}\n{MORE}")
    assert found[0] == ("title", f"{label} Council meeting")
    assert [kind for kind, _ in found[1:]] == ["dateline", "paragraph", "paragraph"]


def test_the_body_of_a_correction_is_content_and_a_note_below_an_article_is_not() -> None:
    assert kinds(f"Correction: Council meeting\n\nMarch 3, 2022 - {BODY}\n{NOTE}")[-1] == ("paragraph", NOTE)
    assert kinds(f"Correction: Council meeting\n\n{NOTE}")[-1] == ("paragraph", NOTE)
    assert kinds(f"{HEADLINE}\n{BODY}\n{MORE}\nCorrection: {NOTE}")[-1] == ("boilerplate", f"Correction: {NOTE}")
    assert kinds(f"{HEADLINE}\n{BODY}\n{MORE}\nCorrection: Council meeting")[-1][0] == "boilerplate"


def test_no_phrase_takes_all_of_a_text() -> None:
    only = "Send us more soldiers, the general told his ministers in the capital on Tuesday."
    assert kinds("Source: The general told his ministers of a plan.") == [
        ("paragraph", "Source: The general told his ministers of a plan.")
    ]
    assert kinds(f"{HEADLINE}\n{BODY}\n{only}")[-1][0] == "boilerplate"
    assert kinds("Sign in to read the rest of this article on our site.")[0][0] == "boilerplate"
    head = kinds(f"Copyright council of ministers agrees\n{BODY}\n{MORE}")
    assert head[0] == ("title", "Copyright council of ministers agrees")


@pytest.mark.parametrize(
    "below",
    [
        "The council of ministers met on Tuesday and spoke of bread with the\nbakers, who agreed on nothing at all.",
        f"Council of ministers agreed on nothing on Tuesday\n5 May 2020\n{BODY}",
    ],
    ids=["a broken line", "a second headline"],
)
def test_the_first_line_of_a_plain_text_is_its_headline(below: str) -> None:
    assert kinds(f"Bakers defy the ministers\n\n{below}\n{MORE}")[0] == ("title", "Bakers defy the ministers")


def test_bare_dates_between_paragraphs_do_not_date_the_document() -> None:
    timeline = f"How the war began\n{BODY}\nFebruary 24, 2014\n{MORE}\nMarch 1, 2014\n{BODY}"
    assert published(timeline) == (None, None)
    assert ("heading", "February 24, 2014") in kinds(timeline)
    assert published(f"{BODY}\n{MORE}\nPublished: 14 Jul 2024\n{BODY}") == (date(2024, 7, 14), "stated")
    assert published(f"{BODY}\n{MORE}\n14 Jul 2024") == (date(2024, 7, 14), "stated")


def test_the_dates_of_pictures_posts_and_links_do_not_date_the_document() -> None:
    for lines in (
        "Image caption\nThe town hall, 3 May 2019",
        "The town hall on May 3, 2019. (AP Photo/Ada Lovelace)",
        "The ministers agree.\n— Ada L. (@ada) May 3, 2019",
        "Also read: Ministers fight over bread\nMore on this story\nMinisters fight over bread\n3 May 2019",
    ):
        assert published(f"{HEADLINE}\n{BODY}\n{MORE}\n{lines}\n{LAST}") == (None, None)
        assert published(f"{HEADLINE}\n{BODY}\n{MORE}\n{LAST}\n{lines}") == (None, None)


@pytest.mark.parametrize("value", ["0001-01-01", "2020-W05", "1589000000", ["2020-01-01"], 20200101.5, "\ud800"])
def test_an_unusable_day_of_publication_of_any_kind(value: object) -> None:
    found = extract(BODY, published=value)
    assert found["documents"][0]["published"] is None
    assert "no day in ISO 8601" in found["_notes"][0]["detail"]


def test_metadata_that_is_no_text_is_left_out() -> None:
    (row,) = extract(BODY, title="x\ud800", publisher=["a"], url=7)["documents"]
    assert (row["title"], row["publisher"], row["url"]) == (None, None, "7")


def test_an_id_that_is_no_text_is_rejected() -> None:
    found = documents.extract(Item("a\udce9.txt", "a\udce9.txt", "a\udce9", BODY.encode()), documents.Params())
    assert found["rejects"] == [
        {"path": r"a\udce9.txt", "reason": "undecodable", "detail": "the id or the path is no Unicode text"}
    ]


def test_an_unusable_day_of_publication_is_noted_and_left_out() -> None:
    found = extract(BODY, published="last week")
    assert found["documents"][0]["published"] is None
    assert "last week" in found["_notes"][0]["detail"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x00\x01\x02\x03" * 50, "binary"),
        (b"\x00" * 500, "binary"),
        ("half \ud800", "undecodable"),
        ("x" * 5_000_001, "too_large"),
    ],
)
def test_rejects(content: bytes | str, reason: str) -> None:
    (row,) = extract(content)["rejects"]
    assert row["reason"] == reason
    assert row["detail"]


def test_offsets_count_after_a_byte_order_mark() -> None:
    (row,) = extract("\ufeffRéunion.".encode())["documents"]
    assert (row["text"], row["characters"]) == ("Réunion.", 8)


def duplicates_of(texts: dict[str, str]) -> dict[str, str]:
    found: Tables = defaultdict(list)
    for doc_id, text in texts.items():
        for name, rows in documents.extract(Item(doc_id, doc_id, doc_id, text), documents.Params()).items():
            found[name] += rows
    rows = resolve(documents, found, documents.Params())["documents"]
    return {row["doc_id"]: row["duplicate_of"] for row in rows if row.get("duplicate_of")}


def test_exact_duplicates_point_to_the_first_by_id() -> None:
    texts = {"b": "One  text.\n", "a": "one text.", "c": "Another text.", "d": "One text."}
    assert duplicates_of(texts) == {"b": "a", "d": "a"}


def test_near_duplicates_point_to_the_first_whatever_the_order() -> None:
    words = [f"word{number}" for number in range(300)]
    same, other = [*words[:150], "inserted", *words[150:]], words[::-1]
    texts = {"c": " ".join(words), "a": " ".join(same), "b": " ".join(other), "d": " ".join(words[:100])}
    assert duplicates_of(texts) == duplicates_of(dict(sorted(texts.items()))) == {"c": "a"}


@pytest.mark.parametrize(
    ("codec", "named"),
    [("cp1252", "cp1252"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-8-sig", "utf-8")],
)
def test_other_encodings_are_found_and_named(codec: str, named: str) -> None:
    text = "The café in Zürich was full, and the naïve minister said: “It’s a cliché, señor.” " * 5
    (row,) = extract(text.encode(codec))["documents"]
    assert (row["text"], row["encoding"]) == (text, named)


@pytest.mark.parametrize(
    ("declared", "codec"), [("iso-8859-1", "cp1252"), ("iso-8859-1", "utf-8"), ("undefined", "utf-8"), ("x", "utf-8")]
)
def test_the_encoding_of_a_page(declared: str, codec: str) -> None:
    page = PAGE.replace("<head>", f'<head><meta charset="{declared}">').replace("nothing", "a “café”")
    found = documents.extract(Item("a.html", "a.html", "a", page.encode(codec), "html"), documents.Params())
    assert "a “café”" in found["documents"][0]["text"]


def test_texts_in_other_languages_are_rejected_where_that_is_sure() -> None:
    german = "Die Armee hat am Montag die Stadt verlassen, sagte der Minister in einer langen Rede vor dem Rat. "
    (row,) = extract(german * 4)["rejects"]
    assert row["reason"] == "not_english"
    assert "documents" in extract(german)
    assert extract(f"{BODY} {MORE} " * 4)["documents"][0]["language"] == "en"


PAGE = f"""<html lang="en"><head><title>Ministers agree</title>
<meta property="og:title" content="Ministers agree">
<meta name="author" content="Ada Lovelace">
<meta property="article:published_time" content="2021-05-01T10:00:00Z"></head>
<body><nav><a href="/">Home</a></nav>
<article><h1>Ministers agree</h1><p>{BODY}</p><p>{MORE}</p></article></body></html>"""


def test_the_article_of_a_page() -> None:
    (row,) = documents.extract(Item("a.html", "a.html", "a", PAGE.encode(), "html"), documents.Params())["documents"]
    assert (row["format"], row["title"], row["byline"]) == ("html", "Ministers agree", "Ada Lovelace")
    assert (row["published"], row["published_from"]) == (date(2021, 5, 1), "sources")
    assert BODY in row["text"]
    assert "Home" not in row["text"]
    empty = documents.extract(Item("a.html", "a.html", "a", b"<html></html>", "html"), documents.Params())
    assert empty["rejects"][0]["reason"] == "no_text"


def test_an_undecided_dateline_is_noted_with_both_readings() -> None:
    found = extract(f"04/07/2022\n{BODY}\n{MORE}")
    assert found["documents"][0]["published"] is None
    assert "2022-04-07 or 2022-07-04" in found["_notes"][0]["detail"]


@pytest.mark.parametrize(
    ("content", "language", "day"),
    [
        (f"04/07/2022\n{BODY}\nThe last council met on 23/06/2022 in the town hall.", None, date(2022, 7, 4)),
        (f"04/07/2022\n{BODY}\n{MORE}", "en-US", date(2022, 4, 7)),
        (f"04/07/2022\n{BODY}\n{MORE}", "en-GB", date(2022, 7, 4)),
        (f"04/07/2022\n{BODY}\nThe neighbouring states criticised its behaviour.", None, date(2022, 7, 4)),
        (f"04/07/2022\n{BODY}\nThe neighboring states liked the color of the harbor.", None, date(2022, 4, 7)),
        (f"04/07/2022\n{BODY}\nThe neighbouring states liked the color of the harbor.", None, None),
    ],
)
def test_the_text_or_its_language_decides_the_order_of_day_and_month(
    content: str, language: str | None, day: date
) -> None:
    assert extract(content, language=language)["documents"][0]["published"] == day


RECORDS: list[Row] = [
    {"id": "x", "text": "One text.", "published": "2020-01-02", "publisher": "The Example"},
    {"id": 7, "text": "Another text."},
]


def write_records(folder: Path, suffix: str) -> Path:
    path = folder / f"corpus{suffix}"
    lines = "".join(json.dumps(row) + "\n" for row in RECORDS).encode()
    if suffix == ".jsonl":
        path.write_bytes(b"\xef\xbb\xbf" + lines + b"\n")
    elif suffix == ".jsonl.gz":
        path.write_bytes(gzip.compress(lines))
    elif suffix == ".jsonl.zst":
        with pa.CompressedOutputStream(str(path), "zstd") as stream:
            stream.write(lines)
    elif suffix == ".csv":
        path.write_text("id,text,published,publisher\nx,One text.,2020-01-02,The Example\n7,Another text.,,\n")
    else:
        pq.write_table(pa.Table.from_pylist([{**row, "id": str(row["id"])} for row in RECORDS]), path)
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".parquet"])
def test_records(suffix: str, tmp_path: Path) -> None:
    items = list(corpus.read(write_records(tmp_path, suffix)))
    assert [(item.doc_id, item.content, item.fault) for item in items] == [
        ("x", "One text.", None),
        ("7", "Another text.", None),
    ]
    assert items[0].meta == {"published": "2020-01-02", "publisher": "The Example"}


def test_columns_can_have_other_names(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("key,body\nx,One text.\n")
    (item,) = corpus.read(tmp_path / "c.csv", {**corpus.COLUMNS, "id": "key", "text": "body"})
    assert (item.doc_id, item.content) == ("x", "One text.")


def test_broken_records_are_rejected_with_their_row(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "text": "Yes."}',
        "{",
        '{"text": "No id."}',
        '{"id": "b"}',
        "[]",
        '{"id": "a", "text": "Again."}',
    ]
    (tmp_path / "c.jsonl").write_text("\n".join(lines))
    found = [(item.place, item.fault.reason) for item in corpus.read(tmp_path) if item.fault]
    assert found == [
        ("c.jsonl:2", "broken_record"),
        ("c.jsonl:3", "no_id"),
        ("c.jsonl:4", "no_text"),
        ("c.jsonl:5", "broken_record"),
        ("c.jsonl:6", "duplicate_id"),
    ]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_a_missing_column_is_named_with_those_there_are(suffix: str, tmp_path: Path) -> None:
    rows: list[Row] = [{"Id": "x", "TEXT": "One text."}, {"Id": "y", "TEXT": "Another."}]
    path = tmp_path / f"c{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif suffix == ".csv":
        path.write_text("Id,TEXT\nx,One text.\ny,Another.\n")
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    faults = [item.fault for item in corpus.read(path)]
    told = "say in documents.columns of params.yaml what yours is called"
    assert faults == [corpus.Fault("no_id", f"no column 'id', but 'Id', 'TEXT': {told}")] * 2
    faults = [item.fault for item in corpus.read(path, {**corpus.COLUMNS, "id": "Id"})]
    assert faults == [corpus.Fault("no_text", f"no column 'text', but 'Id', 'TEXT': {told}")] * 2


def test_cells_that_are_separated_by_semicolons_are_told(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id;text\nx;One text.\n")
    (item,) = corpus.read(tmp_path)
    assert item.fault == corpus.Fault("no_id", "no column 'id', but 'id;text': separate the cells by commas")


def test_an_input_that_is_rejected_takes_no_id(tmp_path: Path) -> None:
    for name in ("a.html", "a.md", "a.txt"):
        (tmp_path / name).write_text("A text.")
    found = {item.place: item.holder for item in corpus.read(tmp_path)}
    assert found == {"a.html": "", "a.md": "a.html", "a.txt": "a.html"}
    found = {item.place: item.holder for item in corpus.read(tmp_path, rejected={"a.html"})}
    assert found == {"a.html": "", "a.md": "", "a.txt": "a.md"}


@pytest.mark.parametrize("tag", ["de", "de-AT", "ger", "German", "fr_FR"])
def test_a_text_whose_source_says_it_is_not_english_is_rejected(tag: str) -> None:
    (found,) = extract(BODY, language=tag)["rejects"]
    assert (found["reason"], found["detail"]) == ("not_english", f"language {tag!r}, by the metadata of its source")


@pytest.mark.parametrize("tag", ["en", "en-GB", "EN_us", "English", "eng", "und", "", None])
def test_a_text_whose_source_says_it_is_english_or_nothing_is_read(tag: str | None) -> None:
    assert [row["language"] for row in extract(BODY, language=tag)["documents"]] == [tag or None]


def test_a_folder_is_read_recursively_with_what_sources_says(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/b.txt").write_text("B.")
    (tmp_path / "a.txt").write_text("A.")
    (tmp_path / "notes.doc").write_text("No text of the corpus.")
    (tmp_path / "sources.csv").write_text("path,title,published\nsub/b.txt,The B,2020-01-02\n")
    items = list(corpus.read(tmp_path))
    assert [(item.doc_id, dict(item.meta)) for item in items] == [
        ("a", {}),
        ("sub/b", {"title": "The B", "published": "2020-01-02"}),
    ]


def test_a_cut_off_archive_keeps_what_can_be_read(tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"id": str(n), "text": f"Text {n * 7919 % 1000}."}) + "\n" for n in range(20_000)
    ).encode()
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(lines)[:-2000])
    items = list(corpus.read(tmp_path))
    assert len(items) > 15_000
    assert [item.fault.reason for item in items if item.fault] == ["broken_record"]


@pytest.mark.parametrize("name", ["c.parquet", "c.jsonl.gz", "c.csv"])
def test_a_broken_archive_does_not_stop_the_others(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b'id,text\n"broken \x00\xff')
    (tmp_path / "d.txt").write_text("A text.")
    items = list(corpus.read(tmp_path))
    assert [item.doc_id for item in items if not item.fault] == ["d"]
    assert [item.fault.reason for item in items if item.fault] == ["broken_record"]


def test_an_archive_without_records_is_a_reject(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("")
    (item,) = corpus.read(tmp_path)
    assert item.fault is not None
    assert item.fault.reason == "empty"


def test_suffixes_in_any_case_are_read_and_other_files_are_named(tmp_path: Path) -> None:
    for name in ("A.TXT", "b.Html", "c.doc", "._d.txt"):
        (tmp_path / name).write_text("A text.")
    assert [item.doc_id for item in corpus.read(tmp_path)] == ["A", "b"]
    assert corpus.left_out(tmp_path) == ["._d.txt", "c.doc"]


@pytest.mark.parametrize(
    ("sources", "complaint"),
    [
        ("path,tilte\n", "tilte"),
        ("title\n", "path"),
        ("path\nmissing.txt\n", "missing.txt"),
        ("path,title\na.txt,The A, with comma\n", "line 2: not as many cells"),
        ("path\na.txt\na.txt\n", "described twice"),
    ],
)
def test_an_unusable_sources_file_is_an_error(sources: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A.")
    (tmp_path / "sources.csv").write_text(sources)
    with pytest.raises(CorpusError, match=complaint):
        list(corpus.read(tmp_path))


def test_a_missing_or_empty_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no such file"):
        list(corpus.read(tmp_path / "none"))
    with pytest.raises(CorpusError, match="no text"):
        list(corpus.read(tmp_path))


LINES = st.lists(
    st.sampled_from(
        [
            *(
                BODY,
                MORE,
                "Share",
                "By Ada Lovelace",
                "14 Jul 2024",
                "*",
                "What now",
                '"Yes," he said.',
                "@ada",
                "16:12",
            ),
            *(
                "Ministers agree on nothing",
                "More on this story",
                "2 comments:",
                "Key points",
                "Most read",
                "Ada Roe/AP",
            ),
            *("9:14 AM · Feb 4, 2021", "By Ada Lovelace | 5 May 2020", "He said:", "Photo: Ada Roe", "A. (@ada) 1 May"),
        ]
    )
)


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="aB \n\"'()[]@|/:.-–12\u2028\x85\ufeff"),
        LINES.map("\n".join),
        LINES.map("\r\n".join),
    )
)
def test_zones_cover_every_text_and_never_overlap(text: str) -> None:
    at = 0
    for zone in zones.cut(text, "unknown"):
        assert zone.kind
        assert at <= zone.start < zone.end
        assert not normalise(text[at : zone.start]).strip()
        at = zone.end
    assert not normalise(text[at:]).strip()


@pytest.mark.parametrize(
    "line",
    [
        "word",
        "Word",
        '"',
        "[read",
        "14 Jul 2024",
        "By Ada Lovelace May 5 at 3:57 PM Follow @ada",
        "May 5 at 3 PM",
        "Aa, ",
        BODY,
    ],
)
def test_twice_the_text_takes_about_twice_the_time(line: str) -> None:
    def seconds(lines: int) -> float:
        text = f"{line}\n" * lines
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            documents.extract(Item("a.txt", "a.txt", "a", text), documents.Params(language_characters=10**9))
            best = min(best, time.process_time() - start)
        return best

    # A square would be 64 times as long.
    assert seconds(8_000) < 24 * seconds(1_000) + 0.1


def test_the_page_on_zones_has_every_kind() -> None:
    page = (ROOT / "docs/zones.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].strip(" `") for line in page.splitlines() if line.startswith("| `")]
    schema = json.loads((ROOT / "stages/schemas/segments.json").read_text(encoding="utf-8"))
    (kind,) = (field for field in schema["fields"] if field["name"] == "kind")
    assert rows == kind["constraints"]["enum"]


def test_a_headline_alone_is_content() -> None:
    (zone,) = zones.cut("SENATE REJECTS BUDGET BILL AGAIN", "unknown")
    assert zone.kind in CONTENT
