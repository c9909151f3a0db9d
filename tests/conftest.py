"""What tests share: the parsed form of a text, with the real language model loaded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from stages import documents, sentences
from stages.core.corpus import Item
from stages.core.parse import Document, Row, rebuild

if TYPE_CHECKING:
    from spacy.language import Language


@cache
def language_model() -> Language:
    return sentences.load(sentences.Params())


def parse(text: str, published: date | None = None, rows: Mapping[str, Sequence[Row]] | None = None) -> Document:
    """A text as the stages get it, with the day of publication and rows of earlier stages as given."""
    meta = {} if published is None else {"published": published}
    read = documents.extract(Item("text.txt", "text.txt", "text", text.encode(), meta), documents.Params())
    resolved = documents.resolve({name: read.get(name, []) for name in documents.WRITES}, documents.Params())
    (document,) = resolved["documents"]
    segments = resolved["segments"]
    parsed = sentences.extract([(document, segments)], language_model(), sentences.Params())
    return rebuild(document, segments, parsed["sentences"], parsed["tokens"], rows)
