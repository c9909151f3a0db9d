"""From bytes to text: encodings, and the article of an HTML page."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Any

from charset_normalizer import from_bytes

from stages.core.corpus import Fault, Item

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,40})", re.IGNORECASE)
_CONTROL = bytes(sorted(set(range(32)) - set(b"\t\n\v\f\r\x1b")))
_HEAD = 8192
_LATIN = frozenset(
    {"cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "latin_1", "iso8859_2", "iso8859_9", "iso8859_13", "iso8859_15"}
)


class RejectError(Exception):
    """An input that cannot be read."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.fault = Fault(reason, detail)


@dataclass(frozen=True)
class Text:
    """A decoded text, without a byte order mark, with what an HTML page says of itself."""

    text: str
    encoding: str
    meta: dict[str, Any]


def decode(item: Item) -> Text:
    """The text of an input: UTF-8 first, with or without a byte order mark; else what charset-normalizer finds.

    Raises:
        RejectError: for bytes that are no text, and pages without an article.
    """
    if isinstance(item.content, str):
        try:
            item.content.encode()
        except UnicodeEncodeError as error:
            raise RejectError("undecodable", f"character {error.start} is no Unicode character") from error
        return Text(item.content.removeprefix("\ufeff"), "utf-8", {})
    text, encoding = _decode(item.content, page=item.format == "html")
    return _article(text, encoding) if item.format == "html" else Text(text, encoding, {})


def _decode(content: bytes, *, page: bool) -> tuple[str, str]:
    head = content[:_HEAD]
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    # Half of the bytes of English in UTF-16 are NUL, and a mark is often missing.
    wide = _unmarked_utf16(head)
    if not marked and not wide and len(head) - len(head.translate(None, _CONTROL)) > len(head) * 0.02:
        raise RejectError("binary", f"more than 2% of the first {len(head)} bytes are control characters")
    named = _META_CHARSET.search(head) if page else None
    for name in (marked, wide, "utf-8", _declared(named[1]) if named else None):
        try:
            if name:
                return content.decode(name).removeprefix("\ufeff"), codecs.lookup(name).name
        except UnicodeDecodeError:
            continue
    best = from_bytes(content).best()
    if best is None:
        raise RejectError("undecodable", "not UTF-8, and no other encoding fits")
    if best.encoding in _LATIN:
        # Relatives of Windows-1252, which differ in a few letters that English hardly has.
        try:
            return content.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            pass
    return str(best).removeprefix("\ufeff"), codecs.lookup(best.encoding).name


def _unmarked_utf16(head: bytes) -> str | None:
    """The codec, where nearly all bytes at every second place are NUL, and hardly any at the others."""
    half = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    if half < 2 or max(even, odd) < half * 0.7 or min(even, odd) > half * 0.1:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _declared(name: bytes) -> str | None:
    """The codec of a declared charset, as browsers read it (WHATWG Encoding): Latin-1 means Windows-1252."""
    try:
        codec = codecs.lookup(name.decode("ascii"))
    except (LookupError, UnicodeError):
        return None
    if codec.name in ("iso8859-1", "ascii"):
        return "cp1252"
    return codec.name if codec.name.startswith(("cp", "iso8859", "koi8", "mac", "utf-")) else None


def _article(page: str, encoding: str) -> Text:
    """The article of a page, and its metadata; dates only where the page states them, whatever today is."""
    import trafilatura  # only corpora with pages pay for it

    found: Any = trafilatura.bare_extraction(
        page,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"extensive_search": False, "original_date": True, "max_date": "2999-12-31"},
    )
    if found is None or not (found.text or "").strip():
        raise RejectError("no_text", "no article found in the page")
    names = {"title": "title", "byline": "author", "published": "date", "language": "language"}
    names |= {"publisher": "sitename", "url": "url", "licence": "license"}
    meta = {name: value for name, attribute in names.items() if (value := getattr(found, attribute))}
    return Text(found.text, encoding, meta)
