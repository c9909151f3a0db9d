"""Corrections: cells that somebody changed by hand, from a CSV file that says who, when and why.

A correction is applied to the finished row of its table, before that is written or read by a later stage. What was read
from the text cannot be corrected, and a correction whose row is gone is an error: nothing is changed silently.
"""

from __future__ import annotations

import csv
import io
import math
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa

from stages.core import tables
from stages.core.parse import Row
from stages.core.schema import Field, Schema, schema, schemas

TABLE = "corrections"
"""The table that publishes them."""
COLUMNS = ("table", "key", "column", "value", "reason", "who", "when")
MARK = " + correction of "
"""Stands in `rule` between the rule that made a row and the columns that were corrected."""
SEPARATOR = " | "
"""Joins the cells of a key of several columns."""

JOINED = "events_flat"
"""The table that only joins others of its stage, once these have been corrected."""

_NOT_CORRECTED = {
    "corrections": "it lists the corrections themselves",
    "event_types": "it is made of lexicons/events_types.csv",
    JOINED: "it only joins other tables; correct those",
    "rejects": "it says what could not be read",
}
_READ = {"doc_id", "start", "end", "text", "sentence_id", "segment_id", "rule"}
"""Columns that say where a row was read, or what made it."""
_READ_IN = {
    "documents": {"path", "format", "encoding", "sha256", "characters"},
    "contradictions": {"event_id", "other_event_id"},
}


class CorrectionError(ValueError):
    """A correction that cannot be applied; the message names the file, the line, the table and the key."""


@dataclass(frozen=True)
class Correction:
    """One corrected cell."""

    table: str
    key: str
    column: str
    value: Any
    """As a value of the type of the column; None for an empty cell."""
    doc_id: str | None
    """The document of the row; None in tables of no document."""
    place: str
    """File and line, for messages."""
    row: Mapping[str, Any]
    """The line as it is published."""

    def error(self, reason: str) -> CorrectionError:
        """What is wrong with it."""
        return CorrectionError(f"{self.place}: {self.table}, {self.key}: {reason}")

    @property
    def refers_to(self) -> tuple[str, str] | None:
        """Table and column that the value must stand in."""
        if self.value is None:
            return None
        keys = schema(self.table).foreign_keys
        return next(((key.table, key.key) for key in keys if key.field == self.column), None)


def _doc_id(one: Correction) -> str:
    return one.doc_id or ""


class Corrections:
    """All corrections of a corpus, in the order of the file."""

    def __init__(self, found: Iterable[Correction] = ()) -> None:
        self._all = tuple(found)
        self._elsewhere = [one for one in self._all if one.doc_id is None]
        self._by_document = sorted((one for one in self._all if one.doc_id is not None), key=_doc_id)
        self.doc_ids = frozenset(map(_doc_id, self._by_document))
        """The documents that have some."""

    def of(self, names: Collection[str]) -> tuple[Correction, ...]:
        """Those of tables of no document."""
        return tuple(one for one in self._elsewhere if one.table in names)

    def between(self, first: str, last: str) -> Sequence[Correction]:
        """Those of the documents from `first` to `last`, of all tables."""
        start = bisect_left(self._by_document, first, key=_doc_id)
        return self._by_document[start : bisect_right(self._by_document, last, lo=start, key=_doc_id)]

    def rows(self) -> list[Row]:
        """The rows of the table corrections."""
        return [dict(one.row) for one in self._all]

    def check_references(self, name: str, keys: Collection[str]) -> None:
        """See that the rows of a table are there which corrections refer to.

        Raises:
            CorrectionError: names the first that refers to none of these keys.
        """
        for one in self._all:
            target = one.refers_to
            if target and target[0] == name and one.value not in keys:
                raise one.error(f"{one.column}: {one.value!r} is no {target[1]} of {name}")

    def check_documents(self, doc_ids: Collection[str]) -> None:
        """See that the documents of all corrections are there.

        Raises:
            CorrectionError: names the first whose document is not.
        """
        for one in self._all:
            if one.doc_id is not None and one.doc_id not in doc_ids:
                raise one.error(f"the corpus has no document {one.doc_id!r}")


def correct(
    name: str, rows: list[Row], given: Sequence[Correction], others: Mapping[str, Collection[str]] | None = None
) -> list[Row]:
    """Rows of a table with their corrections; a row with a rule says in it which columns were corrected.

    Args:
        name: the table.
        rows: its rows: of the documents of a partition, or all.
        given: corrections of the same documents, also of other tables.
        others: by table of the same documents: the keys that a value may refer to.

    Raises:
        CorrectionError: where a correction has no row, or refers to a row that is not there.
    """
    wanted: dict[str, list[Correction]] = defaultdict(list)
    for one in given:
        if one.table == name:
            wanted[one.key].append(one)
    if not wanted:
        return rows
    known = schema(name)
    corrected: list[Row] = []
    keys: set[str] = set()
    for row in rows:
        key = key_of(known, row)
        keys.add(key)
        corrected.append(_corrected(known, row, wanted[key]) if key in wanted else row)
    for one in given:
        if one.table != name:
            continue
        if one.key not in keys:
            raise one.error("there is no such row; remove the line, or give the key that the row has now")
        target = one.refers_to
        if target and _of_documents(schema(target[0])):
            there = keys if target[0] == name else (others or {}).get(target[0], ())
            if one.value not in there:
                raise one.error(f"{one.column}: {one.value!r} is no {target[1]} of {target[0]}")
    return corrected


def correct_table(name: str, table: pa.Table, given: Sequence[Correction]) -> pa.Table:
    """An Arrow table with its corrections; see `correct`."""
    if not any(one.table == name for one in given):
        return table
    return tables.from_rows(correct(name, tables.to_rows(table), given), schema(name))


def key_of(known: Schema, row: Row) -> str:
    """The key of a row, as a correction names it."""
    return SEPARATOR.join(str(row[column]) for column in known.primary_key)


def _corrected(known: Schema, row: Row, given: Sequence[Correction]) -> Row:
    cells = {one.column: one.value for one in given}
    if "rule" in row:
        columns = ", ".join(column for column in known.names if column in cells)
        cells["rule"] = f"{row['rule']}{MARK}{columns}"
    return {**row, **cells}


def _of_documents(known: Schema) -> bool:
    """Whether a table's rows stand in a document, so that only the same document refers to them."""
    return "doc_id" in known.names and known.primary_key != ("doc_id",)


def fixed(known: Schema) -> set[str]:
    """The columns of a table that nobody may correct: its keys, and what was read from the text as it stands."""
    offsets = {name for name in known.names if name.endswith(("_start", "_end"))}
    verbatim = {field.name for field in known.fields if field.verbatim}
    unfit = {*known.primary_key, *_READ, *offsets, *verbatim, *_READ_IN.get(known.name, ())}
    return unfit & set(known.names)


def load(path: Path) -> Corrections:
    """Read a file of corrections.

    Raises:
        CorrectionError: names the line that cannot be applied to any corpus.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CorrectionError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CorrectionError(f"{path}: is not in UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    found: dict[tuple[str, str, str], Correction] = {}
    try:
        if sorted(reader.fieldnames or ()) != sorted(COLUMNS):
            raise CorrectionError(f"{path}: the first line has to name the columns {','.join(COLUMNS)}")
        for cells in reader:
            place = f"{path.name}, line {reader.line_num}"
            if None in cells or None in cells.values():
                raise CorrectionError(f"{place}: not as many cells as the header has")
            one = _read(cells, place)
            before = found.setdefault((one.table, one.key, one.column), one)
            if before is not one:
                raise one.error(f"{one.column} is corrected already: {before.place}")
    except csv.Error as error:
        raise CorrectionError(f"{path.name}, line {reader.reader.line_num}: {error}") from error
    return Corrections(found.values())


def _read(cells: Mapping[str, str], place: str) -> Correction:
    name, key, column = cells["table"], cells["key"], cells["column"]

    def fault(reason: str) -> CorrectionError:
        return CorrectionError(f"{place}: {name}, {key}: {reason}")

    known = schemas().get(name)
    if known is None or not known.published:
        raise fault(f"there is no table {name!r}")
    if name in _NOT_CORRECTED:
        raise fault(f"{name} cannot be corrected: {_NOT_CORRECTED[name]}")
    field = next((field for field in known.fields if field.name == column), None)
    if field is None:
        raise fault(f"{name} has no column {column!r}")
    if column in fixed(known):
        raise fault(f"{column} cannot be corrected: it is the row's key, or says where and how the row was read")
    for stated in ("key", "reason", "who"):
        if not cells[stated].strip():
            raise fault(f"{stated} is empty")
    try:
        when = parsed(_WHEN, cells["when"])
    except ValueError:
        raise fault(f"when: {cells['when']!r} is no day such as 2026-01-31") from None
    try:
        value = parsed(field, cells["value"])
    except ValueError as error:
        raise fault(f"{column}: {error}") from None
    one = Correction(
        name,
        key,
        column,
        value,
        document_of(known, key),
        place,
        {**cells, "value": cells["value"].strip() or None, "when": when},
    )
    target = one.refers_to
    if target and _of_documents(schema(target[0])) and tables.natural(str(value))[0] != one.doc_id:
        raise one.error(f"{column}: {value!r} is no {target[1]} of the same document")
    return one


def document_of(known: Schema, key: str) -> str | None:
    """The document of a row, by its key as a correction names it; none in tables of no document."""
    if known.primary_key == ("doc_id",):
        return key
    owners = [schema(own.table) for own in known.foreign_keys if own.field == known.primary_key[0]]
    if "doc_id" not in known.names and not any(map(_of_documents, owners)):
        return None
    # The first cell of the key; a doc_id may itself have the separator.
    prefixes = accumulate(key.split(SEPARATOR), lambda left, right: f"{left}{SEPARATOR}{right}")
    first = next((prefix for prefix in prefixes if tables.natural(prefix)[1] >= 0), key)
    return tables.natural(first)[0]


_WHEN = Field("when", "date", "The day of a correction.", {"required": True}, None)

_PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "string": (str, ""),
    "integer": (int, r"-?\d+"),
    "number": (float, r"-?\d+(\.\d+)?([eE][+-]?\d+)?"),
    "boolean": (lambda text: text == "true", r"true|false"),
    "date": (date.fromisoformat, r"\d{4}-\d{2}-\d{2}"),
}


def parsed(field: Field, text: str) -> Any:
    """A cell as a value of a field; empty is null.

    Raises:
        ValueError: where the text is no value of the field.
    """
    limits = field.constraints
    if not text.strip():
        if field.required:
            raise ValueError("must not be empty")
        return None
    parse, form = _PARSERS[field.type]
    try:
        if form and not re.fullmatch(form, text, re.ASCII):
            raise ValueError
        value = parse(text)
    except ValueError:
        raise ValueError(f"{text!r} is no {field.type}") from None
    if (field.type == "number" and not math.isfinite(value)) or (field.type == "integer" and abs(value) >= 1 << 63):
        raise ValueError(f"{text!r} is no {field.type}")
    if "enum" in limits and value not in limits["enum"]:
        raise ValueError(f"{text!r} is none of {', '.join(limits['enum'])}")
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        raise ValueError(f"{text!r} does not match {limits['pattern']}")
    if "minimum" in limits and value < limits["minimum"]:
        raise ValueError(f"{text} is less than {limits['minimum']}")
    if "maximum" in limits and value > limits["maximum"]:
        raise ValueError(f"{text} is more than {limits['maximum']}")
    return value
