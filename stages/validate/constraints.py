"""Types and constraints of a Table Schema over Arrow columns: Frictionless' verdict without its cost for each cell.

Each field is compiled to screens, vectorised tests that let no faulty cell pass but may doubt a sound one. Cells in
doubt are few, and Frictionless' own reader of the field judges them, so verdict and words are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import frictionless
import pyarrow as pa
import pyarrow.compute as pc
from frictionless import errors

from stages.core.schema import Field, Schema
from stages.validate.faults import Fault

Screen = Callable[[Any], Any]
"""The mask of the cells in doubt, of a column of the field's type."""

_BOUNDS = {
    "minimum": pc.greater_equal,
    "maximum": pc.less_equal,
    "exclusiveMinimum": pc.greater,
    "exclusiveMaximum": pc.less,
}

_PLAIN = {
    "integer": r"^-?[0-9]{1,18}$",
    "number": r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$",
    "boolean": r"^(true|false)$",
    "date": r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$",
}
"""Cells that Arrow and Frictionless read alike; others, such as +5 or 1e3, are in doubt."""

_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""From 0001-01-01 to 9999-12-31, in days of Arrow's date32."""


class Doubt(NamedTuple):
    """A cell that Frictionless has to judge."""

    row: int
    field: int
    cell: str
    """As it stands in the CSV; '' where it is empty."""


class Constraints:
    """The types and constraints of the columns of a table.

    Raises:
        ValueError: where the schema has a constraint that is not known here.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._screens = [_screens(field) for field in schema.fields]

    @cached_property
    def _readers(self) -> list[Callable[[str], tuple[Any, dict[str, str] | None]]]:
        """Frictionless' readers of the fields; they are costly to make, and seldom needed."""
        fields = frictionless.Schema.from_descriptor(self._schema.table_schema()).fields
        return [field.create_cell_reader() for field in fields]

    def doubts(self, table: pa.Table, first: int) -> Iterator[Doubt]:
        """The cells in doubt of typed rows, of which the first has the number `first`."""
        for number, field in enumerate(self._schema.fields):
            column = table[field.name]
            for at in _indices(_doubted(column, self._screens[number])):
                yield Doubt(first + at, number, column[at].cast(pa.string()).as_py() or "")

    def judge(self, doubt: Doubt) -> tuple[Any, list[Fault]]:
        """What Frictionless reads from a cell, and what it finds wrong with it."""
        field = self._schema.fields[doubt.field]
        value, notes = self._readers[doubt.field](doubt.cell)
        faults = []
        for kind, note in (notes or {}).items():
            error = (errors.TypeError if kind == "type" else errors.ConstraintError)(
                note=note,
                cells=[],
                row_number=doubt.row + 1,
                cell=doubt.cell,
                field_name=field.name,
                field_number=doubt.field + 1,
            )
            faults.append(Fault(self._schema.name, doubt.row, field.name, " ".join(error.message.split())))
        return value, faults

    def cells(self, table: pa.Table, first: int) -> tuple[pa.Table, list[Fault]]:
        """Judge the cells of a CSV file, given as text.

        Returns:
            The columns of text and integers, of which keys are made, without the cells of another type; the faults.
        """
        columns: dict[str, Any] = {}
        faults: list[Fault] = []
        for number, field in enumerate(self._schema.fields):
            texts = table[field.name].combine_chunks()
            typed, odd = _typed(texts, field.type)
            read = {}
            for at in _indices(pc.or_(odd, _doubted(typed, self._screens[number]))):
                read[at], found = self.judge(Doubt(first + at, number, texts[at].as_py() or ""))
                faults += found
            if field.type == "integer" and read:
                values = typed.to_pylist()
                for at, value in read.items():
                    values[at] = value if value is not None and abs(value) < 1 << 63 else None
                typed = pa.array(values, pa.int64())
            if field.type in ("string", "integer"):
                columns[field.name] = typed
        return pa.table(columns), faults


def _typed(texts: Any, kind: str) -> tuple[Any, Any]:
    """The cells of a column that are plainly of its type, and the mask of those that are not."""
    if kind == "string":
        return texts, pa.repeat(False, len(texts))
    arrow = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}[kind]
    plain = pc.match_substring_regex(texts, _PLAIN[kind])
    try:
        typed = pc.if_else(plain, texts, pa.scalar(None, pa.string())).cast(arrow)
    except pa.ArrowInvalid:  # such as 2023-02-30
        return pa.nulls(len(texts), arrow), pc.is_valid(texts)
    return typed, pc.invert(plain).fill_null(False)


def _doubted(column: Any, screens: list[Screen]) -> Any:
    mask = None
    for screen in screens:
        found = screen(column).fill_null(False)
        mask = found if mask is None else pc.or_(mask, found)
    return pa.repeat(False, len(column)) if mask is None else mask


def _indices(mask: Any) -> list[int]:
    found: list[int] = pc.indices_nonzero(mask).to_pylist() if pc.any(mask).as_py() else []
    return found


def _screens(field: Field) -> list[Screen]:
    screens = [screen for name, value in field.constraints.items() for screen in _compiled(field, name, value)]
    if field.type == "date":
        screens.append(lambda column: _outside(column.cast(pa.int32()), _FIRST_DAY, _LAST_DAY))
    return screens


def _outside(numbers: Any, first: int, last: int) -> Any:
    return pc.or_(pc.less(numbers, first), pc.greater(numbers, last))


def _compiled(field: Field, name: str, value: Any) -> list[Screen]:
    text = field.type == "string"
    if name == "required":
        # Frictionless takes "" for nothing.
        return [pc.is_null, *([lambda column: pc.equal(pc.binary_length(column), 0)] if text else [])] if value else []
    if name == "minLength":
        return [lambda column: pc.less(pc.utf8_length(column), value)] if value > 1 else []
    if name == "maxLength":
        return [lambda column: pc.greater(pc.utf8_length(column), value)]
    if name == "enum" and text:
        allowed = pa.array([*value, None], pa.string())
        return [lambda column: pc.invert(pc.is_in(column, value_set=allowed))]
    if name == "pattern":
        return [_pattern(value)]
    if name in _BOUNDS and field.type in ("integer", "number"):
        holds = _BOUNDS[name]
        return [lambda column: pc.invert(holds(column, value))]
    raise ValueError(f"{field.name}: the constraint {name} of a {field.type} is not known")


def _pattern(pattern: str) -> Screen:
    """Cells that do not match as Frictionless matches; every cell where Arrow's regular expressions lack something."""
    anchored = f"^(?:^{pattern}$)"
    try:
        pc.match_substring_regex(pa.array([""]), anchored)
    except pa.ArrowInvalid:
        return lambda column: pc.is_valid(column)
    return lambda column: pc.invert(pc.match_substring_regex(column, anchored))
