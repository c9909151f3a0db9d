"""One row per source text that could be read, per zone of it, and per input that could not be read.

Decodes the inputs of a corpus, cuts each text into zones, and reads the day of publication from the metadata of its
source or from a dateline. It never guesses one.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from pydantic import Field

from stages.core.corpus import Fault, Item
from stages.core.params import Block
from stages.core.parse import Row, Tables
from stages.documents import datelines, zones
from stages.documents.datelines import DayOrder

READS = ()
WRITES = ("documents", "segments", "rejects")

_META = ("language", "publisher", "url", "licence")


class Params(Block):
    """Params of the stage."""

    max_characters: int = Field(5_000_000, gt=0, description="Longer texts are rejected.")
    day_order: DayOrder = Field(
        "unknown", description="Order of day and month in 04/07/2020, where nothing decides it."
    )


def extract(item: Item, params: Params) -> Tables:
    """The document and its segments, or the reject, of one input; `_notes` says what was left out, for the person."""
    try:
        text, encoding = _decode(item, params)
    except _RejectError as error:
        return {"rejects": [{"path": item.place, "reason": error.fault.reason, "detail": error.fault.detail}]}
    found = zones.cut(text, params.day_order)
    notes: list[Row] = []
    stated = datelines.published(zone.dateline for zone in found if zone.dateline)
    given = _published(item, notes)
    title = next((zone for zone in found if zone.kind == "title"), None)
    byline = next((zone for zone in found if zone.kind == "byline"), None)
    raw = item.content if isinstance(item.content, bytes) else item.content.encode()
    document = {
        "doc_id": item.doc_id,
        "path": item.path,
        "encoding": encoding,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "characters": len(text),
        "title": _cell(item, "title") or (text[title.start : title.end] if title else None),
        "byline": _cell(item, "byline") or (_author(text[byline.start : byline.end]) if byline else None),
        "published": given or stated,
        "published_from": "sources" if given else "stated" if stated else None,
        "text": text,
        **{name: _cell(item, name) for name in _META},
    }
    segments = [
        {
            "segment_id": f"{item.doc_id}:{zone.start}-{zone.end}",
            "doc_id": item.doc_id,
            "start": zone.start,
            "end": zone.end,
            "text": text[zone.start : zone.end],
            "kind": zone.kind,
            "content": zone.kind in zones.CONTENT,
        }
        for zone in found
    ]
    return {"documents": [document], "segments": segments, "_notes": notes}


def resolve(tables: Tables, params: Params) -> Tables:
    """Label exact duplicates: the first document by id is the one that the others repeat."""
    first: dict[str, str] = {}
    for row in sorted(tables["documents"], key=lambda row: str(row["doc_id"])):
        key = hashlib.sha256(" ".join(row["text"].casefold().split()).encode()).hexdigest()
        row["duplicate_of"] = first.get(key)
        first.setdefault(key, row["doc_id"])
    return {name: tables[name] for name in WRITES}


class _RejectError(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.fault = Fault(reason, detail)


def _decode(item: Item, params: Params) -> tuple[str, str]:
    """The text and its encoding."""
    if item.fault:
        raise _RejectError(item.fault.reason, item.fault.detail)
    if isinstance(item.content, bytes):
        try:
            text = item.content.decode()
        except UnicodeDecodeError as error:
            detail = f"byte {error.start} ({error.object[error.start]:#04x}) is not UTF-8"
            raise _RejectError("undecodable", detail) from error
    else:
        text = item.content
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise _RejectError("undecodable", f"character {error.start} is half of a surrogate pair") from error
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise _RejectError("empty", f"{len(text)} characters, all of them white space" if text else "no characters")
    if len(text) > params.max_characters:
        detail = f"{len(text)} characters; documents.max_characters is {params.max_characters}"
        raise _RejectError("too_large", detail)
    return text, "utf-8"


def _cell(item: Item, name: str) -> str | None:
    value = item.meta.get(name)
    return str(value).strip() or None if value is not None else None


def _author(text: str) -> str:
    head, _, rest = text.partition(" ")
    return (rest if head.lower() == "by" and rest else text).strip().rstrip(":")


def _published(item: Item, notes: list[Row]) -> date | None:
    """The day of publication by the source's metadata."""
    value = item.meta.get("published")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    cell = _cell(item, "published")
    if cell is None:
        return None
    try:
        return datetime.fromisoformat(cell).date()
    except ValueError:
        notes.append({"path": item.place, "detail": f"published is {cell!r}, which is no ISO 8601 date: left empty"})
        return None
