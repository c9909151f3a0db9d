"""sentences: boundaries, offsets, and the parsed document rebuilt from its rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import language_model, parse, rows_of

from stages import sentences
from stages.core.parse import normalise, rebuild

ROOT = Path(__file__).parent.parent
SEEDS = [path.read_bytes().decode() for path in sorted((ROOT / "seeds").glob("*.txt"))]


def texts(text: str) -> list[str]:
    document = parse(text)
    return [document.text[sentence.start : sentence.end] for sentence in document.sentences]


@pytest.mark.parametrize(
    "text",
    [
        "In May, General Tod D. Wolters spoke to the press.",
        "He met Sen. John McCain and Lt. Gen. Mary B. Smith in the afternoon.",
        "Washington D.C. officials and U.S. Steel signed the contract.",
        "The minister of Mt. Example answered at 3 p.m. on Friday.",
    ],
)
def test_initials_and_abbreviations_do_not_split(text: str) -> None:
    assert texts(text) == [text]


def test_sentences_end_at_full_stops_and_zones() -> None:
    assert texts("The army left. It came back\nin the night.") == ["The army left.", "It came back", "in the night."]


def test_normalising_moves_no_character() -> None:
    text = "“Ça va”\u00a0‘so’\u2009\U0001f600\r\n\t`x´"
    assert normalise(text) == "\"Ça va\" 'so' \U0001f600   'x'"
    assert len(normalise(text)) == len(text)


def test_tokens_slice_to_the_source() -> None:
    text = "“Nous\u00a0allons”, said  the 😀 minister.\r\nThe army’s e\u0301lan faded."
    document = parse(text)
    assert all(token.text == normalise(text[token.start : token.end]) for token in document.tokens)
    assert "  " not in {token.text for token in document.tokens}


@pytest.mark.parametrize("text", SEEDS)
def test_the_rebuilt_document_equals_the_parsed_one(text: str) -> None:
    """In every attribute of a Token; names and noun phrases follow from them."""
    document = parse(text)
    parsed = [
        (zone, token)
        for zone in document.segments
        if zone.content or zone.kind == "pull_quote"
        for token in language_model()(normalise(text[zone.start : zone.end]))
        if not token.is_space
    ]
    assert len(parsed) == len(document.tokens)
    for (zone, expected), token in zip(parsed, document.tokens, strict=True):
        assert (token.start, token.text, token.lower) == (zone.start + expected.idx, expected.text, expected.lower_)
        assert (token.lemma, token.pos, token.tag) == (expected.lemma_, expected.pos_, expected.tag_)
        assert (token.dep, token.feats, token.ent) == (expected.dep_, str(expected.morph), expected.ent_type_)
        assert token.ent_start == (expected.ent_iob_ == "B")
        assert token.head.start == zone.start + expected.head.idx
        assert [child.start for child in token.children] == [
            zone.start + child.idx for child in expected.children if not child.is_space
        ]
        assert token.sentence.tokens[0].start <= token.start < token.sentence.end


def test_a_long_zone_is_parsed_in_pieces() -> None:
    words = "word " * 500
    segment = {"segment_id": "a:0-2499", "doc_id": "a", "start": 0, "end": 2499, "text": words[:2499]}
    segment |= {"kind": "paragraph", "content": True}
    params = sentences.Params(max_characters=1000)
    document = {"doc_id": "a", "text": words, "published": None}
    found = sentences.extract([(document, [segment])], language_model(), params)
    rebuilt = rebuild(document, [segment], rows_of(found["sentences"]), found["tokens"])
    assert [token.text for token in rebuilt.tokens] == ["word"] * 500
    assert len(found["sentences"]["text"]) >= 3


def test_a_text_without_white_space_is_parsed_in_pieces() -> None:
    text = "x" * 2500
    segment = {"segment_id": "a:0-2500", "doc_id": "a", "start": 0, "end": 2500, "text": text}
    segment |= {"kind": "paragraph", "content": True}
    document = {"doc_id": "a", "text": text, "published": None}
    found = sentences.extract([(document, [segment])], language_model(), sentences.Params(max_characters=1000))
    assert "".join(found["tokens"]["text"]) == text


@pytest.mark.parametrize(
    ("form", "lemma"), [("hoped", "hope"), ("staged", "stage"), ("fined", "fine"), ("seized", "seize")]
)
def test_verbs_have_their_own_lemma(form: str, lemma: str) -> None:
    assert parse(f"The government has {form} the company.").tokens[3].lemma == lemma
