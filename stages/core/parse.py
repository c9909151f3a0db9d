"""Parsed documents: tokens with their syntax, rebuilt from the rows of documents, segments, sentences and tokens.

The rules read these objects and not spaCy's. Only the stage sentences needs the language model, the
objects are cheap to build and to read, and they are typed. Offsets are those of the source text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Row = dict[str, Any]
"""One row of a table: a value for each field of its schema; a field left out is null."""

Tables = dict[str, list[Row]]
"""Rows by table name."""

Columns = Mapping[str, Sequence[Any]]
"""Cells by column: what long tables come in."""

CONTENT = frozenset({"title", "heading", "paragraph", "block_quote"})
"""Kinds of segments that later stages read."""


@dataclass(frozen=True)
class Reduced:
    """What a stage finds across documents, or a part of it."""

    tables: Tables
    """The tables that no single document has."""
    links: Mapping[str, Row]
    """By the key of the rows that were read: what `finish` needs of it; what it needs of none is left out."""


_SPACES = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`"
_DOUBLE = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_CLEAN = str.maketrans(_SPACES + _SINGLE + _DOUBLE, " " * len(_SPACES) + "'" * len(_SINGLE) + '"' * len(_DOUBLE))


def normalise(text: str) -> str:
    """Plain white space and straight quotation marks, one character for one: offsets stay what they are."""
    return text.translate(_CLEAN)


@dataclass(slots=True, eq=False, repr=False)
class Token:
    """A token with its syntax. Parts of speech and relations are those of the language model's scheme."""

    i: int
    """Position in the document."""
    start: int
    end: int
    text: str
    """Normalised; the source's own characters are document.text[start:end]."""
    lower: str
    lemma: str
    pos: str
    """Universal part of speech."""
    tag: str
    """Penn Treebank tag, or ''."""
    feats: str
    dep: str
    ent: str
    """OntoNotes label of the name the token is part of, by the language model; '' outside names."""
    ent_start: bool
    """Whether the token is the first of its name."""
    sentence: Sentence
    head: Token = field(init=False)
    """The syntactic head; the token itself at the root."""
    children: list[Token] = field(init=False, default_factory=list)
    """The syntactic dependents, in the order of the text."""

    def __repr__(self) -> str:
        return f"Token({self.text!r}, {self.pos}, {self.dep})"

    def subtree(self) -> list[Token]:
        """The token and all that depends on it, in the order of the text."""
        found, todo = [self], list(self.children)
        while todo:
            token = todo.pop()
            found.append(token)
            todo.extend(token.children)
        return sorted(found, key=lambda token: token.i)

    def ancestors(self) -> Iterator[Token]:
        """The heads above the token, nearest first."""
        token = self
        while token.head is not token:
            token = token.head
            yield token

    def dependents(self, *relations: str) -> list[Token]:
        """The children that stand in one of the relations."""
        return [child for child in self.children if child.dep in relations]

    def dependent(self, *relations: str) -> Token | None:
        """The first child that stands in one of the relations."""
        return next((child for child in self.children if child.dep in relations), None)

    def conjuncts(self) -> list[Token]:
        """The token and those coordinated with it below, in the order of the text."""
        found = [self]
        for child in self.children:
            if child.dep == "conj":
                found.extend(child.conjuncts())
        return found


@dataclass(slots=True, eq=False, repr=False)
class Sentence:
    """A sentence and its tokens."""

    sentence_id: str
    index: int
    """Position among the sentences of the document."""
    start: int
    end: int
    segment: Segment
    tokens: list[Token] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"Sentence({self.sentence_id!r})"

    @property
    def root(self) -> Token:
        """The first token that has no head but itself."""
        return next(token for token in self.tokens if token.head is token)

    def names(self) -> list[tuple[Token, Token]]:
        """First and last token of each name that the language model found."""
        found: list[tuple[Token, Token]] = []
        for token in self.tokens:
            if token.ent and token.ent_start:
                found.append((token, token))
            elif token.ent and found:
                found[-1] = (found[-1][0], token)
        return found


@dataclass(slots=True, eq=False, repr=False)
class Segment:
    """A zone of the document and the sentences in it."""

    segment_id: str
    start: int
    end: int
    kind: str
    content: bool
    sentences: list[Sentence] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"Segment({self.segment_id!r}, {self.kind})"


@dataclass(slots=True, eq=False, repr=False)
class Document:
    """A parsed document, with the rows that earlier stages found in it."""

    doc_id: str
    text: str
    """The source text, untouched."""
    clean: str
    """The source text normalised one to one: the text that rules match."""
    published: date | None
    segments: list[Segment]
    sentences: list[Sentence]
    """All parsed sentences, those of pull quotes among them, in the order of the text."""
    tokens: list[Token]
    rows: Mapping[str, Sequence[Row]]
    """Rows of this document by table: those that the stage reads from earlier stages."""

    def __repr__(self) -> str:
        return f"Document({self.doc_id!r})"

    @property
    def content(self) -> Iterator[Sentence]:
        """The sentences of content zones: what every stage reads unless it says otherwise."""
        return (sentence for sentence in self.sentences if sentence.segment.content)

    def identifier(self, start: int, end: int) -> str:
        """The readable, stable id of a span."""
        return f"{self.doc_id}:{start}-{end}"

    def span(self, start: int, end: int) -> Row:
        """The cells doc_id, start, end, text of a row that was read from start..end.

        Raises:
            ValueError: where start..end is no span of the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"{self.doc_id}: {start}..{end} is no span of a text of {len(self.text)} characters")
        return {"doc_id": self.doc_id, "start": start, "end": end, "text": self.text[start:end]}


ALL = ("*",)
"""All columns of a table."""

PARSE: dict[str, tuple[str, ...]] = {
    "documents": ("doc_id", "text", "published"),
    "segments": ("segment_id", "doc_id", "start", "end", "kind", "content"),
    "sentences": ("sentence_id", "doc_id", "start", "end", "segment_id"),
    "tokens": (
        "sentence_id", "doc_id", "start", "end", "lemma", "upos", "xpos", "feats", "head", "deprel", "entity",
    ),
}  # fmt: skip
"""The tables and columns that a parsed document is rebuilt from."""


def rebuild(
    meta: Row,
    segments: Iterable[Row],
    sentences: Iterable[Row],
    tokens: Columns,
    rows: Mapping[str, Sequence[Row]] | None = None,
) -> Document:
    """The parsed document from its rows, each table in the order of the text; of tokens the columns."""
    text: str = meta["text"]
    clean = normalise(text)
    zones = {
        row["segment_id"]: Segment(row["segment_id"], row["start"], row["end"], row["kind"], row["content"])
        for row in segments
    }
    parsed: dict[str, Sentence] = {}
    for index, row in enumerate(sentences):
        zone = zones[row["segment_id"]]
        sentence = Sentence(row["sentence_id"], index, row["start"], row["end"], zone)
        zone.sentences.append(sentence)
        parsed[row["sentence_id"]] = sentence
    flat: list[Token] = []
    heads: Sequence[int] = tokens["head"]
    columns = [tokens[name] for name in _TOKEN]
    for i, (sentence_id, start, end, lemma, pos, tag, feats, dep, entity) in enumerate(zip(*columns, strict=True)):
        sentence = parsed[sentence_id]
        word = clean[start:end]
        name = entity or ""
        token = Token(
            i, start, end, word, word.lower(), lemma, pos, tag or "", feats or "", dep, name[2:], name[:1] == "B",
            sentence,
        )  # fmt: skip
        sentence.tokens.append(token)
        flat.append(token)
    for token, head in zip(flat, heads, strict=True):
        if head:
            token.head = token.sentence.tokens[head - 1]
            token.head.children.append(token)
        else:
            token.head = token
    return Document(
        meta["doc_id"],
        text,
        clean,
        meta["published"],
        list(zones.values()),
        list(parsed.values()),
        flat,
        rows or {},
    )


_TOKEN = ("sentence_id", "start", "end", "lemma", "upos", "xpos", "feats", "deprel", "entity")
