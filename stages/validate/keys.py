"""Primary keys, foreign keys and the order of rows, range by range.

Within a range keys are compared by place. What a range cannot settle, a key that names no document of the range or a
reference into another range, is kept and looked up at the end. So memory holds the keys of the tables that belong to
no document, such as entities, and of what is in doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stages.core.schema import ForeignKey, Schema
from stages.core.tables import place
from stages.validate.faults import Fault
from stages.validate.ranges import NOTHING, UNKNOWN, Mask, Numbers, Range, Rows, Scan, of_documents

Order = tuple[Any, ...]


class Keys:
    """The keys of all tables that can be read.

    Args:
        scans: the tables that can be read.
        known: all schemas.
        judged: tables whose keys are checked, and the foreign keys into them; of others only the order is.
    """

    def __init__(self, scans: Mapping[str, Scan], known: Mapping[str, Schema], judged: Collection[str]) -> None:
        self.faults: list[Fault] = []
        self.elsewhere: list[Fault] = []
        """References between rows of documents that lead into another document."""
        self.unordered: set[str] = set()
        """Tables whose rows are not in the order of their primary key."""
        self._scans, self._known, self._judged = scans, known, judged
        self._of_documents = set(of_documents(known))
        self._places: dict[str, dict[str | None, int]] = {}
        self._last: dict[str, Order] = {}
        self._doubted: dict[str, set[str | None]] = defaultdict(set)
        self._unknown: dict[tuple[str, str], list[tuple[str, int, str, str]]] = defaultdict(list)
        for name, schema in known.items():
            if name in scans and name not in self._of_documents:
                self._read_whole(schema)

    def read(self, found: Range) -> None:
        """Check a range, and enter into it where its references lead."""
        homes: dict[str, Mask] = {}
        for name, rows in found.rows.items():
            schema = rows.schema
            for key in schema.foreign_keys:
                if key.table in self._places:
                    found.places[name, key.field] = self._places_of(rows, key)
                elif key.table in found.rows:
                    found.places[name, key.field] = _index_in(rows.array(key.field), found.rows[key.table], key.key)
                self._keep_unknown(found, rows, key)
            found.documents[name] = self._documents(found, schema)
            self._stay(found, rows)
            homes[name] = self._order(found, rows, homes)

    def close(self) -> None:
        """Look up what the ranges could not settle."""
        for name, values in self._doubted.items():
            self.faults += _repeated(self._known[name], self._scans[name], values)
        for (table, column), unknown in self._unknown.items():
            wanted = pa.array(sorted({value for *_, value in unknown}), pa.string())
            there: set[str] = set()
            for piece in self._scans[table]([column]):
                mask = pc.is_in(piece[column], value_set=wanted)
                there.update(piece[column].filter(mask).to_pylist())
            for name, row, field, value in unknown:
                if value not in there:
                    self._not_found(name, row, ForeignKey(field, table, column), value)
                elif {name, table} <= self._of_documents and table != "documents":
                    self._lead_elsewhere(name, row, field, value)

    def _read_whole(self, schema: Schema) -> None:
        """A table that belongs to no document."""
        places: dict[str | None, int] = {}
        referred = any(key.table == schema.name for other in self._known.values() for key in other.foreign_keys)
        first = 1
        for table in self._scans[schema.name](None):
            rows = Rows(schema, table, first)
            self._order_exactly(rows)
            for key in schema.foreign_keys:
                if key.table in self._places:
                    places_of = self._places_of(rows, key)
                    for at in np.flatnonzero(places_of == UNKNOWN).tolist():
                        self._not_found(schema.name, first + at, key, rows.values(key.field)[at])
                elif key.table in self._scans:
                    pairs = enumerate(rows.values(key.field), start=first)
                    self._unknown[key.table, key.key] += [(schema.name, at, key.field, v) for at, v in pairs if v]
            if referred:
                for place, value in enumerate(rows.values(schema.primary_key[0]), start=first - 1):
                    places.setdefault(value, place)
            first += rows.number
        if referred:
            self._places[schema.name] = places

    def _places_of(self, rows: Rows, key: ForeignKey) -> Numbers:
        places = self._places[key.table]
        encoded = rows.array(key.field).dictionary_encode()
        found = [places.get(value, UNKNOWN) for value in encoded.dictionary.to_pylist()]
        places_of: Numbers = np.array([*found, NOTHING], np.int64)[encoded.indices.fill_null(len(found)).to_numpy()]
        return places_of

    def _keep_unknown(self, found: Range, rows: Rows, key: ForeignKey) -> None:
        name = rows.schema.name
        places = found.places.get((name, key.field))
        if places is None:
            return
        for at in np.flatnonzero(places == UNKNOWN).tolist():
            value = rows.values(key.field)[at]
            if key.table in self._places:
                self._not_found(name, rows.first + at, key, value)
            else:
                self._unknown[key.table, key.key].append((name, rows.first + at, key.field, value))

    def _not_found(self, name: str, row: int, key: ForeignKey, value: str) -> None:
        if name in self._judged or key.table in self._judged:
            into = "" if key.table == name else key.table
            reason = (
                f'Row at position "{row + 1}" violates the foreign key: for "{key.field}": values "{value}" not found'
                f' in the lookup table "{into}" as "{key.key}"'
            )
            self.faults.append(Fault(name, row, key.field, " ".join(reason.split())))

    def _documents(self, found: Range, schema: Schema) -> Numbers:
        """The place of each row's document: of itself, by doc_id, or that of the row its first key refers to."""
        rows = found.rows[schema.name]
        if schema.name == "documents":
            return np.arange(rows.number)
        if "doc_id" in schema.names:
            return found.places[schema.name, "doc_id"]
        key = next(key for key in schema.foreign_keys if key.field == schema.primary_key[0])
        places = found.places.get((schema.name, key.field), np.full(rows.number, UNKNOWN))
        documents: Numbers = _follow(found.documents.get(key.table), places)
        return documents

    def _stay(self, found: Range, rows: Rows) -> None:
        """References between rows of documents stay in their document; others lead nowhere, in whatever range."""
        name = rows.schema.name
        own = found.documents[name]
        for key in rows.schema.foreign_keys:
            if key.table not in self._of_documents or key.table == "documents" or key.table not in found.rows:
                continue
            places = found.places[name, key.field]
            target = _follow(found.documents[key.table], places)
            for at in np.flatnonzero((target >= 0) & (own >= 0) & (target != own)).tolist():
                self._lead_elsewhere(name, rows.first + at, key.field, rows.values(key.field)[at])
                places[at] = UNKNOWN

    def _lead_elsewhere(self, name: str, row: int, column: str, value: str) -> None:
        self.elsewhere.append(Fault(name, row, column, f"{value} is of another document"))

    def _order(self, found: Range, rows: Rows, homes: Mapping[str, Mask]) -> Mask:
        """Check order and primary key; returns which rows can have no twin in another range."""
        name = rows.schema.name
        if not rows.number:
            return np.ones(0, np.bool_)
        columns, home = _columns(found, rows, homes)
        same, falls = _compare(columns) if columns else (None, True)
        if same is None or falls:
            home = home & self._order_exactly(rows)
        else:
            first, last = (_natural(rows, at) for at in (0, rows.number - 1))
            if first < self._last.get(name, first):
                self.unordered.add(name)
                home = np.zeros(rows.number, np.bool_)
            self._last[name] = last
            self._doubt(rows, np.flatnonzero(same) + 1)
        self._doubt(rows, np.flatnonzero(~home))
        return home

    def _order_exactly(self, rows: Rows) -> bool:
        """Compare rows by their keys themselves; whether each comes after all before it."""
        name = rows.schema.name
        last = self._last.get(name)
        strict = not any(rows.array(column).null_count for column in rows.schema.primary_key)
        for key in zip(
            *([_place(column, cell) for cell in rows.values(column)] for column in rows.schema.primary_key), strict=True
        ):
            if last is None or key > last:
                last = key
            else:
                strict = False
                if key < last:
                    self.unordered.add(name)
        if last is not None:
            self._last[name] = last
        if not strict:
            self._doubt(rows, range(rows.number))
        return strict

    def _doubt(self, rows: Rows, places: Iterable[int]) -> None:
        if rows.schema.name in self._judged:
            ids = rows.array(rows.schema.primary_key[0])
            self._doubted[rows.schema.name].update(ids[int(at)].as_py() for at in places)


def _index_in(values: Any, target: Rows, key: str) -> Numbers:
    """Where values stand in a column."""
    places: Numbers = pc.index_in(values, value_set=target.array(key)).cast(pa.int64()).fill_null(UNKNOWN).to_numpy()
    return np.where(values.is_null().to_numpy(zero_copy_only=False), NOTHING, places)


def _follow(values: Any, places: Numbers) -> Any:
    """The values at these places; UNKNOWN where there is no place."""
    if values is None or not len(values):
        return np.full(len(places), UNKNOWN)
    return np.where(places >= 0, values[np.maximum(places, 0)], UNKNOWN)


def _natural(rows: Rows, at: int) -> Order:
    """What a row is sorted by."""
    return tuple(_place(name, rows.array(name)[at].as_py()) for name in rows.schema.primary_key)


def _place(column: str, value: str | int | None) -> Order:
    """What rows are sorted by in a column of the primary key; null comes first."""
    if value is None:
        return ("",)
    found = place(column, value)
    return found if isinstance(found, tuple) else ("", found)


def _columns(found: Range, rows: Rows, homes: Mapping[str, Mask]) -> tuple[list[Numbers] | None, Mask]:
    """The primary key as columns of integers of the same order, if there are such; which rows are of the range.

    A row is of the range if its id names a document of the range, or a row that is.
    """
    schema = rows.schema
    keys = {key.field: key for key in schema.foreign_keys}
    columns: list[Numbers] = []
    home: Mask = np.ones(rows.number, np.bool_)
    known = True
    if len(schema.primary_key) == 1 and schema.primary_key[0] not in keys and {"doc_id", "start"} <= set(schema.names):
        named, repeats = rows.spans
        documents = found.documents[schema.name]
        home = named & (_follow(homes["documents"], documents) == 1)
        return ([documents, rows.numbers("start"), rows.numbers("end"), repeats] if home.all() else None), home
    for at, name in enumerate(schema.primary_key):
        if name in keys and keys[name].table in homes:
            places = found.places[schema.name, name]
            settled = _follow(homes[keys[name].table], places) == 1
            home = settled if at == 0 else home
            known = known and bool(settled.all())
            columns.append(places)
        elif pa.types.is_integer(rows.array(name).type):
            known = known and not rows.array(name).null_count
            columns.append(rows.numbers(name))
        elif at and (ranks := _ranks(name, rows.array(name))) is not None:
            columns.append(ranks)
        else:
            known = False
            home = home if schema.name == "documents" else np.zeros(rows.number, np.bool_)
    return (columns if known else None), home


def _ranks(column: str, values: Any) -> Numbers | None:
    """A column of a few words as their places in order; None where there are many, or nulls."""
    encoded = values.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    if values.null_count or len(words) > 100:
        return None
    order = {word: at for at, word in enumerate(sorted(words, key=lambda word: place(column, word)))}
    ranks: Numbers = np.array([order[word] for word in words], np.int64)[encoded.indices.to_numpy()]
    return ranks


def _compare(columns: Iterable[Numbers]) -> tuple[Mask, bool]:
    """Of each row after the first whether it is like the one before; whether any is less."""
    same: Any = True
    falls = False
    for column in columns:
        steps = np.diff(column)
        falls = falls or bool((same & (steps < 0)).any())
        same = same & (steps == 0)
    return np.asarray(same), falls


def _repeated(schema: Schema, scan: Scan, doubted: Collection[str | None]) -> Iterator[Fault]:
    """Rows whose primary key an earlier row has, among those whose first key is in doubt."""
    wanted = pa.array(sorted(value for value in doubted if value is not None), pa.string())
    column = schema.primary_key[0] if len(schema.primary_key) == 1 else None
    seen: dict[Order, int] = {}
    first = 1
    for table in scan(schema.primary_key):
        ids = table[schema.primary_key[0]]
        mask = pc.is_in(ids, value_set=wanted)
        if None in doubted:
            mask = pc.or_(mask, pc.is_null(ids))
        chosen = pc.indices_nonzero(mask)
        found = table.take(chosen)
        keys = zip(*(found[name].to_pylist() for name in schema.primary_key), strict=True)
        for at, key in zip(chosen.to_pylist(), keys, strict=True):
            note = None
            if set(key) == {None}:
                note = 'cells composing the primary keys are all "None"'
            elif key in seen:
                note = f"the same as in the row at position {seen[key] + 1}"
            if note:
                reason = f'Row at position "{first + at + 1}" violates the primary key: {note}'
                yield Fault(schema.name, first + at, column, reason)
            seen[key] = first + at
        first += table.num_rows
