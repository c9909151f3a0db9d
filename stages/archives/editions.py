"""The edition without texts: tables with the words of the texts taken out, and put back.

What is taken out of a table is what its schema marks by `source` (`core.schema`): fields that are all words of the
source leave the table; names, and what may quote a text, stay in theirs but for long runs that stand so in a text.
Opens no file.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import pyarrow as pa

from stages.archives.words import Words, cut, mend, shared, values
from stages.core.parse import Row
from stages.core.schema import Field, Schema
from stages.core.tables import TableError

Names = Mapping[str, Sequence[Words]]
"""The names of entities and what may quote a text, each with the words in it that stand so in a text."""


class Texts(Protocol):
    """Texts by document, with what the metadata of their sources says."""

    def text(self, doc_id: str) -> str: ...

    def meta(self, doc_id: str, name: str) -> str | None: ...


def digest(words: str) -> str:
    """The hash that words are checked by."""
    return hashlib.sha256(words.encode()).hexdigest()


def stripped(known: Schema) -> Schema:
    """The schema of a table in the edition without texts."""
    return replace(known, fields=tuple(field for field in known.fields if not field.verbatim))


def withhold(table: pa.Table, known: Schema, texts: Texts, names: Names, first: int) -> tuple[pa.Table, list[Row]]:
    """Take the words of the texts out of some rows of a table.

    Args:
        table: the rows.
        known: the schema of the table.
        texts: those of the package.
        names: the names of entities, and what may quote a text.
        first: which row of the table the first one is, from 1.

    Returns:
        The rows without the words, and the rows of `withheld` that say where they stand.

    Raises:
        TableError: where words do not stand where the schema says, so that they could not be put back.
    """
    found: list[Row] = []
    for position, field in enumerate(known.fields):
        if field.source is None:
            continue
        cells: list[str | None] = table[field.name].to_pylist()
        if isinstance(field.source, tuple):
            _same(cells, _slices(table, field.source, texts), known, field, first)
            continue
        owner = next((name for name in ("doc_id", "document") if name in known.names), None)
        owners = table[owner].to_pylist() if owner else [None] * len(cells)
        for row, (cell, doc_id) in enumerate(zip(cells, owners, strict=True)):
            if cell is None:
                continue
            if not field.verbatim:
                quoted = field.source == "quotes"
                runs = list(names.get(cell, ())) if quoted else list(_unnamed(cell, doc_id, texts, names))
                cells[row] = cut(cell, runs)
            else:
                runs = [_whole(cell, doc_id, texts)]
                if runs[0].start is None and field.source == "text":
                    raise TableError(f"{known.name}.{field.name}: the words of row {first + row} are not in the text")
            found += [_row(known.name, first + row, field.name, words, cell, texts) for words in runs]
        if not field.verbatim:
            table = table.set_column(position, table.schema.field(position), pa.array(cells, pa.string()))
    order = {field.name: at for at, field in enumerate(known.fields)}
    found.sort(key=lambda row: (row["row"], order[row["field"]], row["at"]))
    kept = [field.name for field in known.fields if not field.verbatim]
    return table.select(kept), found


def _slices(table: pa.Table, columns: tuple[str, str], texts: Texts) -> list[str | None]:
    """What stands between two columns of offsets."""
    places = zip(*(table[name].to_pylist() for name in ("doc_id", *columns)), strict=True)
    return [None if start is None else texts.text(doc_id)[start:end] for doc_id, start, end in places]


def _same(cells: list[str | None], slices: list[str | None], known: Schema, field: Field, first: int) -> None:
    for row, (cell, words) in enumerate(zip(cells, slices, strict=True)):
        if cell != words:
            raise TableError(f"{known.name}.{field.name}: row {first + row} is not what its offsets give")


def _whole(cell: str, doc_id: str, texts: Texts) -> Words:
    """A cell that is all words of the source: its place in the text, none where only the metadata has it."""
    start = texts.text(doc_id).find(cell)
    return Words(0, len(cell), doc_id, start if start >= 0 else None)


def _unnamed(cell: str, doc_id: str | None, texts: Texts, names: Names) -> Iterable[Words]:
    """What of joined names is words of a text and no name."""
    for at, value in values(cell):
        if value in names:
            runs = list(names[value])
        elif doc_id is None or not value:
            runs = []
        else:
            start = texts.text(doc_id).find(value)
            whole = [Words(0, len(value), doc_id, start)]
            runs = whole if start >= 0 else list(shared(value, doc_id, texts.text(doc_id)))
        for words in runs:
            yield Words(at + words.at, words.length, words.doc_id, words.start)


def _row(table: str, row: int, field: str, words: Words, cell: str, texts: Texts) -> Row:
    """The row of `withheld` for some words; with a hash where the copies of others may have something else there."""
    taken = cell[words.at : words.at + words.length]
    place = {"start": None, "end": None} if words.start is None else _place(words)
    checked = words.start is None or words.length == len(texts.text(words.doc_id))
    sha256 = digest(taken) if checked else None
    return {
        "table": table,
        "row": row,
        "field": field,
        "at": words.at,
        "doc_id": words.doc_id,
        **place,
        "sha256": sha256,
    }


def _place(words: Words) -> dict[str, int | None]:
    assert words.start is not None
    return {"start": words.start, "end": words.start + words.length}


def restore(table: pa.Table, known: Schema, texts: Texts, withheld: Iterable[Row], first: int) -> pa.Table:
    """Put the words back into some rows of a table.

    Args:
        table: the rows without the words.
        known: the schema of the whole table.
        texts: those that the words are taken from.
        withheld: the rows of `withheld` for these rows, in their order.
        first: which row of the table the first one is, from 1.
    """
    taken: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for one in withheld:
        taken[one["field"]][one["row"] - first].append(one)
    columns = []
    for field, arrow in zip(known.fields, known.arrow(), strict=True):
        if field.source is None:
            columns.append(table[field.name])
            continue
        if isinstance(field.source, tuple):
            cells = _slices(table, field.source, texts)
        else:
            cells = [None] * table.num_rows if field.verbatim else table[field.name].to_pylist()
            for row, pieces in taken[field.name].items():
                words = [(one["at"], words_of(one, field, texts) or "") for one in pieces]
                cells[row] = words[0][1] if field.verbatim else mend(cells[row] or "", words)
        columns.append(pa.array(cells, arrow.type))
    return pa.Table.from_arrays(columns, schema=known.arrow())


def words_of(row: Row, field: Field, texts: Texts) -> str | None:
    """The words that a row of `withheld` stands for; none where the metadata of a copy does not have them."""
    if row["start"] is None:
        assert isinstance(field.source, str)
        return texts.meta(row["doc_id"], field.source)
    return texts.text(row["doc_id"])[row["start"] : row["end"]]
