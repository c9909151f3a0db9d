"""The schemas themselves, and tables on disk: what is written comes back, in the same bytes each time."""

from __future__ import annotations

import json
import random
import re
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stages.core import tables
from stages.core.parse import Row
from stages.core.schema import STAGES, Field, Schema, schemas

FOLDER = Path(__file__).parent.parent / "stages" / "schemas"
TYPES = {"string", "integer", "number", "boolean", "date"}
CONSTRAINTS = {
    "required": TYPES,
    "minLength": {"string"},
    "pattern": {"string"},
    "enum": {"string"},
    "minimum": {"integer", "number"},
    "maximum": {"integer", "number"},
}
"""The constraints in use, and the types of field they may stand on."""
SPAN = ("doc_id", "start", "end", "text")
FOREIGN = {"geoname_id"}
"""Identifiers that others gave: they are what they are there."""
HOMONYMS = {"value", "upper"}
"""Names that mean different things: a TIMEX3 value and a quantity, the last day and the upper end of a range."""

every_table = pytest.mark.parametrize("table", schemas().values(), ids=lambda table: table.name)


# The schemas


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_every_file_is_a_table_schema(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["name"] == path.stem
    assert content["$schema"] == "https://datapackage.org/profiles/2.0/tableschema.json"
    assert path.read_text(encoding="utf-8") == json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    plain = schemas()[path.stem].table_schema()
    assert frictionless.Schema.from_descriptor(plain).to_descriptor() == plain


@every_table
def test_every_table_says_what_it_is(table: Schema) -> None:
    assert re.fullmatch(r"[A-Z][a-z]+[a-z, ]*", table.title)
    assert re.fullmatch(r"One row per .+\.", table.grain)
    assert re.fullmatch(r"[A-Z].+\.", table.description)
    assert table.stage in STAGES


@every_table
def test_every_field_is_described(table: Schema) -> None:
    assert len(set(table.names)) == len(table.names)
    for field in table.fields:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", field.name)
        assert field.type in TYPES
        assert re.fullmatch(r"\S.*\.", field.description), field.name


@every_table
def test_constraints_fit_the_type(table: Schema) -> None:
    for field in table.fields:
        for constraint in field.constraints:
            assert field.type in CONSTRAINTS[constraint], (field.name, constraint)
        if field.type == "string":
            # Null is the only empty cell, so a string has characters.
            assert {"minLength", "enum", "pattern"} & field.constraints.keys(), field.name
            assert "" not in field.constraints.get("enum", [])
            re.compile(field.constraints.get("pattern", ""))


def test_a_name_means_the_same_in_every_table() -> None:
    types: dict[str, set[str]] = {}
    for table in schemas().values():
        for field in table.fields:
            types.setdefault(field.name, set()).add(field.type)
    assert {name for name, found in types.items() if len(found) > 1} == HOMONYMS
    for name, found in types.items():
        if name.endswith("_id") and name not in FOREIGN:
            assert found == {"string"}, name
        if name.endswith(("_start", "_end")) or name in ("start", "end"):
            assert found == {"integer"}, name


def test_the_span_of_a_row_is_the_same_four_fields() -> None:
    spans = [table for table in schemas().values() if "start" in table.names]
    assert len(spans) > 5
    first = {field.name: field for field in spans[0].fields if field.name in SPAN}
    for table in spans:
        at = table.names.index("doc_id")
        assert tuple(table.names[at : at + 4]) == SPAN, table.name
        assert {field.name: field for field in table.fields if field.name in SPAN} == first, table.name
        assert all(field.required for field in first.values())


def test_a_document_is_referred_to_in_the_same_words() -> None:
    fields = [f for t in schemas().values() if t.name != "documents" for f in t.fields if f.name == "doc_id"]
    assert len({field.description for field in fields}) == 1


@every_table
def test_offsets_inside_a_row_come_in_pairs(table: Schema) -> None:
    starts = {name.removesuffix("start") for name in table.names if re.search(r"(^|_)start$", name)}
    ends = {name.removesuffix("end") for name in table.names if re.search(r"(^|_)end$", name)}
    assert starts == ends


@every_table
def test_keys_are_required(table: Schema) -> None:
    required = {field.name for field in table.fields if field.required}
    assert table.primary_key
    assert set(table.primary_key) <= required


@every_table
def test_foreign_keys_point_to_keys_of_tables_that_are_there(table: Schema) -> None:
    types = {field.name: field.type for field in table.fields}
    for key in table.foreign_keys:
        target = schemas()[key.table]
        assert target.primary_key == (key.key,), key
        assert types[key.field] == next(field.type for field in target.fields if field.name == key.key), key
        assert STAGES.index(target.stage) <= STAGES.index(table.stage), key
        assert target.published or not table.published, key


@every_table
def test_a_foreign_key_lists_one_field(table: Schema) -> None:
    for key in table.json.get("foreignKeys", []):
        assert len(key["fields"]) == len(key["reference"]["fields"]) == 1
    assert table.json.get("foreignKeys") != []


def test_tables_hang_together() -> None:
    alone = {table.name for table in schemas().values() if not table.foreign_keys}
    assert alone == {"corrections", "rejects", "entities", "event_types", "changes"}


@every_table
def test_identifiers_of_other_tables_are_foreign_keys(table: Schema) -> None:
    keys = {key.field for key in table.foreign_keys}
    owners = {other.primary_key[0] for other in schemas().values() if len(other.primary_key) == 1}
    owners = {name for name in owners if name.endswith("_id")}
    for field in table.fields:
        if field.name in owners and table.primary_key != (field.name,):
            assert field.name in keys, field.name


def test_tables_come_in_the_order_they_are_built() -> None:
    seen: set[str] = set()
    for table in schemas().values():
        assert {key.table for key in table.foreign_keys} <= seen | {table.name}
        seen.add(table.name)
    stages = [STAGES.index(table.stage) for table in schemas().values()]
    assert stages == sorted(stages)


# Tables on disk

CELLS = Schema(
    name="cells",
    title="Cells",
    stage="documents",
    published=True,
    grain="One row per key.",
    description="A table with a field of every type.",
    fields=(
        Field("key", "integer", "A number.", {"required": True}),
        Field("string", "string", "A text.", {}),
        Field("integer", "integer", "A whole number.", {}),
        Field("number", "number", "A number.", {}),
        Field("boolean", "boolean", "Yes or no.", {}),
        Field("date", "date", "A day.", {}),
        Field("last", "string", "A text.", {"required": True}),
    ),
    primary_key=("key",),
    foreign_keys=(),
    json={},
)

TRAPS = [
    *("NA", "None", "null", "nan", "NaN", "NULL", "N/A", "#N/A", "true", "1", "-", "2022-10-21", "007", "1e5", "=1+1"),
    *(
        " leading",
        "trailing ",
        " ",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\n\r",
        "a\rb",
        "a\r\nb",
        "a\nb",
        "\n\n",
        "\x00",
        "a\x00b",
    ),
    *('"', '""', '"a"', 'a"b', ",", "a,b", '","', '"\n"', "'", "\\", "\\n", ";", "|", "#", "# a", "\ufeff", "\ufeffa"),
    *("\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1a", "\xa0", "\u200b", "\u202e", "\uffff", "\U0010ffff"),
    *("e\u0301", "é", "👩‍👩‍👧‍👦", "🇺🇦", "Київ", "北京", "שלום", "ﷺ", "a" * 100_000),
]
INTEGERS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(codec="utf-8")) | st.sampled_from(TRAPS)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXTS,
    "integer": INTEGERS,
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "date": st.dates(),
}
ROWS = st.lists(
    st.fixed_dictionaries(
        {field.name: VALUES[field.type] for field in CELLS.fields if field.required},
        optional={field.name: st.none() | VALUES[field.type] for field in CELLS.fields if not field.required},
    ),
    max_size=12,
)
quick = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def full(row: Row, table: Schema = CELLS) -> Row:
    """The row with its nulls."""
    return {name: row.get(name) for name in table.names}


@quick
@given(rows=ROWS)
def test_rows_come_back_from_arrow_parquet_and_csv(rows: list[Row], tmp_path: Path) -> None:
    table = tables.from_rows(rows, CELLS)
    tables.write(table, tmp_path, "cells")
    from_parquet = tables.read_parquet(tmp_path / "cells.parquet", CELLS)
    from_csv = tables.read_csv(tmp_path / "cells.csv", CELLS)
    assert tables.to_rows(table) == [full(row) for row in rows]
    assert from_parquet.equals(table)
    assert from_csv.equals(table)
    # As text, since 0.0 equals -0.0.
    assert str(tables.to_rows(from_parquet)) == str(tables.to_rows(from_csv)) == str([full(row) for row in rows])


@pytest.mark.parametrize("text", TRAPS, ids=lambda text: ascii(text)[:20])
def test_awkward_texts_come_back(text: str, tmp_path: Path) -> None:
    rows = [{"key": 1, "string": text, "last": text}, {"key": 2, "last": text}, {"key": 3, "string": "", "last": "x"}]
    table = tables.from_rows(rows, CELLS)
    tables.write(table, tmp_path, "cells")
    assert tables.to_rows(tables.read_parquet(tmp_path / "cells.parquet", CELLS)) == [full(row) for row in rows]
    assert tables.to_rows(tables.read_csv(tmp_path / "cells.csv", CELLS)) == [full(row) for row in rows]


@quick
@given(rows=ROWS)
def test_the_same_rows_give_the_same_bytes(rows: list[Row]) -> None:
    table = tables.from_rows(rows, CELLS)
    again = tables.from_rows((dict(reversed(full(row).items())) for row in rows), CELLS)
    pieces = pa.concat_tables([tables.from_rows([row], CELLS) for row in rows] or [table])
    for other in (again, pieces, tables.from_rows(tables.to_rows(table), CELLS)):
        assert tables.encode(other, "parquet") == tables.encode(table, "parquet")
        assert tables.encode(other, "csv") == tables.encode(table, "csv")


def test_bytes_do_not_depend_on_how_rows_came_together() -> None:
    count = tables.ROWS_PER_GROUP + 1_000
    numbers = random.Random(1)
    rows = [{"key": at, "last": str(numbers.random()), "number": numbers.random()} for at in range(count)]
    whole = tables.from_rows(rows, CELLS)
    cuts = [0, 10, count // 3, count - 1, count]
    pieces = pa.concat_tables([tables.from_rows(rows[start:end], CELLS) for start, end in pairwise(cuts)])
    assert tables.encode(pieces, "parquet") == tables.encode(whole, "parquet")
    assert tables.encode(pieces, "csv") == tables.encode(whole, "csv")


@every_table
def test_an_empty_table_has_its_columns(table: Schema, tmp_path: Path) -> None:
    empty = tables.from_rows([], table)
    tables.write(empty, tmp_path, table.name)
    assert tables.read_parquet(tmp_path / f"{table.name}.parquet", table).equals(empty)
    assert tables.read_csv(tmp_path / f"{table.name}.csv", table).equals(empty)
    assert (tmp_path / f"{table.name}.csv").read_text() == ",".join(f'"{name}"' for name in table.names) + "\n"


def test_csv_is_what_the_design_says() -> None:
    row = {"key": 1, "string": 'say "a,b"', "number": 19.0, "boolean": True, "date": date(2022, 10, 21), "last": "x"}
    lines = tables.encode(tables.from_rows([row, {"key": 2, "number": 0.1, "last": "a\rb"}], CELLS), "csv").split(b"\n")
    assert lines == [
        b'"key","string","integer","number","boolean","date","last"',
        b'1,"say ""a,b""",,19,true,2022-10-21,"x"',
        b'2,,,0.1,,,"a\rb"',
        b"",
    ]


def test_pandas_gets_whole_numbers_and_booleans_back(tmp_path: Path) -> None:
    tables.write(tables.from_rows([{"key": 1, "last": "x"}], CELLS), tmp_path, "cells")
    frame = tables.read_parquet(tmp_path / "cells.parquet", CELLS).to_pandas()
    types = {name: str(frame[name].dtype) for name in ("key", "integer", "number", "boolean")}
    assert types == {"key": "Int64", "integer": "Int64", "number": "Float64", "boolean": "boolean"}


# Rows and files that do not fit


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(tables.TableError, match=r"^cells: unknown field colour$"):
        tables.from_rows([{"key": 1, "last": "x", "colour": "red"}], CELLS)


@pytest.mark.parametrize("row", [{"key": 1}, {"key": 1, "last": None}])
def test_null_in_a_required_field_is_named(row: Row) -> None:
    with pytest.raises(tables.TableError, match=r"^cells\.last: null in row 2"):
        tables.from_rows([{"key": 1, "last": "x"}, row], CELLS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("string", 1),
        ("string", 1.5),
        ("string", True),
        ("string", date(2022, 10, 21)),
        ("string", ["a"]),
        ("string", "\ud800"),
        ("integer", "1"),
        ("integer", True),
        ("integer", date(2022, 10, 21)),
        ("integer", float("nan")),
        ("number", "1"),
        ("number", 2**53 + 1),
        ("boolean", 1),
        ("boolean", "true"),
        ("date", "2022-10-21"),
        ("date", True),
    ],
)
def test_a_value_of_another_type_is_named(field: str, value: Any) -> None:
    with pytest.raises(tables.TableError, match=rf"^cells\.{field}: "):
        tables.from_rows([{"key": 1, "last": "x"}, {"key": 2, "last": "x", field: value}], CELLS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("string", b"a"),
        ("integer", 1.5),
        ("integer", Decimal("1.5")),
        ("integer", 2**63),
        ("number", True),
        ("number", float("nan")),
        ("date", 1),
        ("date", 1.5),
        ("date", float("inf")),
        ("date", datetime(2022, 10, 21, 23, 59)),
    ],
)
def test_a_value_that_would_be_changed_is_named(field: str, value: Any) -> None:
    test_a_value_of_another_type_is_named(field, value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(tables.TableError, match=r"cells: .*cells\.parquet is missing"):
        tables.read_parquet(tmp_path / "cells.parquet", CELLS)
    with pytest.raises(tables.TableError, match=r"cells: .*cells\.csv is missing"):
        tables.read_csv(tmp_path / "cells.csv", CELLS)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    tables.write(tables.from_rows([{"key": 1, "last": "x"}], CELLS), tmp_path, "cells")
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(tables.TableError, match=r"cells: .*cells\.parquet"):
        tables.read_parquet(tmp_path / "cells.parquet", CELLS)
    with pytest.raises(tables.TableError, match=r"cells: .*cells\.csv"):
        tables.read_csv(tmp_path / "cells.csv", CELLS)


def test_a_file_with_other_columns_is_named(tmp_path: Path) -> None:
    other = schemas()["rejects"]
    tables.write(tables.from_rows([], other), tmp_path, "cells")
    with pytest.raises(tables.TableError, match=r"cells: the columns or types of .*cells\.parquet"):
        tables.read_parquet(tmp_path / "cells.parquet", CELLS)
    with pytest.raises(tables.TableError, match=r"cells: the columns of .*cells\.csv"):
        tables.read_csv(tmp_path / "cells.csv", CELLS)


@pytest.mark.parametrize(
    ("field", "cell"),
    [("integer", "1.5"), ("number", "a"), ("boolean", "yes"), ("boolean", "1"), ("date", "21.10.2022")],
)
def test_a_csv_cell_of_another_type_is_named(field: str, cell: str, tmp_path: Path) -> None:
    header = ",".join(CELLS.names)
    cells = ",".join({"key": "1", "last": "x", field: cell}.get(name, "") for name in CELLS.names)
    (tmp_path / "cells.csv").write_text(f"{header}\n{cells}\n", encoding="utf-8")
    with pytest.raises(tables.TableError, match=rf"cells: .*cells\.csv cannot be read: .*{re.escape(cell)}"):
        tables.read_csv(tmp_path / "cells.csv", CELLS)


# Tables that are written as they come


def test_a_table_written_in_pieces_has_the_bytes_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROWS_PER_GROUP", 7)
    whole = tables.from_rows([{"key": number, "last": "x" * (number % 5 + 1)} for number in range(40)], CELLS)
    for sizes in ([40], [1] * 40, [3, 7, 7, 14, 9], [0, 39, 1]):
        writer = tables.Writer(tmp_path, CELLS)
        at = 0
        for size in sizes:
            writer.write(whole.slice(at, size))
            at += size
        writer.close()
        assert (tmp_path / "cells.parquet").read_bytes() == tables.encode(whole, "parquet")
        assert (tmp_path / "cells.csv").read_bytes() == tables.encode(whole, "csv")


@pytest.mark.parametrize("sizes", [[30], [10, 15, 5], [4, 6, 20]])
def test_a_long_table_is_a_folder_of_parts_cut_between_documents(sizes: list[int], tmp_path: Path) -> None:
    known = schemas()["coverage"]
    documents = ["a"] * 4 + ["b"] * 6 + ["c"] * 15 + ["d"] * 5
    rows = [{"sentence_id": f"{document}:{place}-{place + 1}", "events": 1} for place, document in enumerate(documents)]
    whole = tables.from_rows(rows, known)
    writer = tables.Writer(tmp_path, known, rows_per_file=10)
    at = 0
    for size in sizes:
        writer.write(whole.slice(at, size))
        at += size
    writer.close()
    found = tables.parts(tmp_path / "coverage.parquet")
    assert [pq.read_table(part).num_rows for part in found] == [10, 15, 5]
    assert tables.read_parquet(tmp_path / "coverage.parquet", known).equals(whole)
    assert tables.read_csv(tmp_path / "coverage.csv", known).equals(whole.cast(pa.schema(list(whole.schema))))
    assert pd.read_parquet(tmp_path / "coverage.parquet").shape == (30, len(known.names))
    tables.Writer(tmp_path, known).close()
    assert tables.parts(tmp_path / "coverage.parquet") == [tmp_path / "coverage.parquet"]
