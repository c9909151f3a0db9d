"""One row per source text that could be read, per zone of it, and per input that could not be read.

Decodes the inputs of a corpus, cuts each text into zones, labels duplicates, and reads the day of publication from the
metadata of the source or from a dateline. It never guesses one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from pydantic import Field

from stages.core.corpus import COLUMNS, Item
from stages.core.params import Block
from stages.core.parse import CONTENT, Reduced, Row, Tables
from stages.core.rows import Rows
from stages.documents import datelines, duplicates, language, zones
from stages.documents.datelines import DayOrder
from stages.documents.decoding import RejectError, Text, decode

READS: dict[str, tuple[str, ...]] = {}
WRITES = ("documents", "segments", "rejects", "corrections")
REDUCES = {"_signatures": "doc_id"}
FINISHES: dict[str, tuple[str, ...]] = {}
FINISHED = ("documents",)

_META = ("publisher", "url", "licence")
_BY = re.compile(r"^(?:[A-Z][a-z]+ )?[Bb][Yy]:?\s*(?=[A-Z@])")
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{8}(?!\d)")


class Columns(Block):
    """What the columns of records are called."""

    id: str = COLUMNS["id"]
    text: str = COLUMNS["text"]
    title: str = COLUMNS["title"]
    byline: str = COLUMNS["byline"]
    published: str = COLUMNS["published"]
    publisher: str = COLUMNS["publisher"]
    url: str = COLUMNS["url"]
    licence: str = COLUMNS["licence"]
    language: str = COLUMNS["language"]


class Params(Block):
    """Params of the stage."""

    columns: Columns = Field(default_factory=Columns, description="What the columns of records are called.")
    max_characters: int = Field(default=5_000_000, gt=0, description="Longer texts are rejected.")
    day_order: DayOrder = Field(
        default="unknown", description="Of day and month in 04/07/2020, where nothing decides it."
    )
    language_characters: int = Field(default=200, ge=0, description="Shorter texts are taken for English.")
    language_confidence: float = Field(default=0.95, ge=0, le=1, description="Below it, a text is taken for English.")
    duplicate_similarity: float = Field(default=0.8, gt=0, le=1, description="Of near duplicates; 1: exact ones only.")


def extract(item: Item, params: Params) -> Tables:
    """The document and its segments, or the reject, of one input.

    `_signatures` is what duplicates are found by, `_notes` what the person should know of the input.
    """
    try:
        if item.fault:
            raise RejectError(item.fault.reason, item.fault.detail)
        if not _is_text(item.doc_id) or not _is_text(item.path):
            raise RejectError("undecodable", "the id or the path is no Unicode text")
        decoded = decode(item)
        spoken = _check(decoded.text, cell_of(item.meta, "language"), params)
    except RejectError as error:
        fault = {"path": item.place, "reason": error.fault.reason, "detail": error.fault.detail}
        return {"rejects": [{name: _printable(cell) for name, cell in fault.items()}]}
    text, meta = decoded.text, {**decoded.meta, **item.meta}
    variant = cell_of(meta, "language") or spoken
    found = zones.cut(text, datelines.order_of(text, variant))
    notes: list[Row] = []
    document = _document(item, decoded, meta, found, notes, params)
    document["language"] = variant
    segments = [
        {
            "segment_id": f"{item.doc_id}:{zone.start}-{zone.end}",
            "doc_id": item.doc_id,
            "start": zone.start,
            "end": zone.end,
            "text": text[zone.start : zone.end],
            "kind": zone.kind,
            "content": zone.kind in CONTENT,
        }
        for zone in found
    ]
    return {
        "documents": [document],
        "segments": segments,
        "_signatures": [duplicates.signature(item.doc_id, text)],
        "_notes": notes,
    }


def reduce(rows: Mapping[str, Rows], params: Params) -> Iterator[Reduced]:
    """Find duplicates: the first document by id is the one that the others repeat."""
    first = duplicates.first_of(rows["_signatures"], params.duplicate_similarity)
    yield Reduced({}, {doc_id: {"duplicate_of": other} for doc_id, other in first.items()})


def finish(tables: Tables, links: Mapping[str, Row], params: Params) -> Tables:
    """Label duplicates."""
    return {"documents": [{**row, **links.get(row["doc_id"], {})} for row in tables["documents"]]}


def _check(text: str, stated: str | None, params: Params) -> str | None:
    """The language of a text that can be used, null where it is too short to tell.

    Raises:
        RejectError: for texts that are empty, too long, or not English, surely or by what their source states.
    """
    if not text.strip():
        raise RejectError("empty", f"{len(text)} characters, all of them white space" if text else "no characters")
    if len(text) > params.max_characters:
        raise RejectError("too_large", f"{len(text)} characters; documents.max_characters is {params.max_characters}")
    if stated and not language.can_be_english(stated):
        raise RejectError("not_english", f"language {stated!r}, by the metadata of its source")
    if len(text.strip()) < params.language_characters:
        return None
    code, probability = language.identify(text)
    if probability < params.language_confidence:
        return None
    if code != "en":
        raise RejectError("not_english", f"language {code}, probability {probability:.3f}")
    return code


def _document(item: Item, decoded: Text, meta: Row, found: list[zones.Zone], notes: list[Row], params: Params) -> Row:
    text = decoded.text
    title = next((zone for zone in found if zone.kind == "title"), None)
    byline = next((zone for zone in found if zone.kind == "byline" and zone.text.lower() != "by"), None)
    lines = [zone.dateline for zone in found if zone.dateline]
    stated, given = datelines.published(lines, text, params.day_order), _published(item.place, meta, notes)
    if stated is None and given is None:
        for readings in dict.fromkeys(line.readings for line in lines if len(line.readings) > 1):
            detail = f"a dateline can mean {' or '.join(map(str, readings))}: left empty, see documents.day_order"
            notes.append({"path": item.place, "detail": detail})
    raw = item.content if isinstance(item.content, bytes) else item.content.encode()
    return {
        "doc_id": item.doc_id,
        "path": item.path,
        "format": item.format,
        "encoding": decoded.encoding,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "characters": len(text),
        "title": cell_of(meta, "title") or (text[title.start : title.end] if title else None),
        "byline": cell_of(meta, "byline") or (_author(text[byline.start : byline.end]) if byline else None),
        "published": given or stated,
        "published_from": "sources" if given else "stated" if stated else None,
        "text": text,
        **{name: cell_of(meta, name) for name in _META},
    }


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printable(value: str) -> str:
    """With what is no Unicode character as an escape."""
    return value.encode(errors="backslashreplace").decode()


def cell_of(meta: Mapping[str, Any], name: str) -> str | None:
    """A text or whole number of the metadata; lists, floats and what is no text are no title or publisher."""
    value = meta.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    cell = str(value).strip()
    return cell if cell and _is_text(cell) else None


def _author(text: str) -> str:
    return _BY.sub("", text).strip().rstrip(":/| ")


_YEARS = range(1800, 2200)
"""Other years are placeholders: 0001-01-01, 9999-12-31."""


def _published(place: str, meta: Row, notes: list[Row]) -> date | None:
    """The day of publication by the source's metadata."""
    value = meta.get("published")
    if value is None or value == "":
        return None
    day: date | None = None
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
    elif isinstance(value, str) and _DAY.match(value.strip()):
        try:
            day = datetime.fromisoformat(value.strip()).date()
        except ValueError:
            day = None
    if day is None or day.year not in _YEARS:
        detail = f"published is {_printable(str(value))!r}, which is no day in ISO 8601: left empty"
        notes.append({"path": _printable(place), "detail": detail})
        return None
    return day
