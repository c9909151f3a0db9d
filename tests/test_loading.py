"""Loading: what pandas, Polars, DuckDB and Arrow make of every table, and what events_flat joins."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, built, flat_by_joins, page

from stages import publish
from stages.core import tables
from stages.core.parse import Row
from stages.core.schema import Field, Schema, schemas

PUBLISHED = {name: table for name, table in schemas().items() if table.published}
ROWS = 7
PER_FILE = {"one file": 0, "parts": 3}
TEXTS = [
    "NA",
    "None",
    'a "quoted", text\r\nof two lines',
    "null",
    "true",
    "nan",
    "\r",
    " ",
    "2021-01-01",
    "-",
    "é\U0001f600",
]
VALUES: dict[str, list[Any]] = {
    "integer": [0, 2**53 + 1, -1],
    "number": [0.1, -1.5e300, 3.0],
    "boolean": [True, False],
    "date": [date(1822, 2, 28), date(2024, 2, 29)],
}


def cell(field: Field, at: int) -> Any:
    """A value of a column in a row, null every third time where it may be."""
    if not field.required and at % 3 == 1:
        return None
    values = field.constraints.get("enum") or VALUES.get(field.type, TEXTS)
    return values[at % len(values)]


def rows(table: Schema) -> list[Row]:
    """Rows whose cells are as awkward as their types allow; each of a document of its own."""
    found = [{field.name: cell(field, at) for field in table.fields} for at in range(ROWS)]
    first = "doc_id" if "doc_id" in table.names else table.primary_key[0]
    return [{**row, first: f"NA-{at}"} for at, row in enumerate(found)]


@pytest.fixture(scope="module", params=PER_FILE.values(), ids=PER_FILE)
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with such rows in every table, each in one file or in parts, and its datapackage.json."""
    folder = tmp_path_factory.mktemp("package")
    files: dict[str, list[publish.File]] = {}
    for name, table in PUBLISHED.items():
        writer = tables.Writer(folder / "tables", table, rows_per_file=request.param)
        for row in rows(table):
            writer.write(tables.from_rows([row], table))
        writer.close()
        files[name] = [
            publish.File(path.relative_to(folder).as_posix(), suffix, path.stat().st_size, "0" * 64, ROWS)
            for suffix in ("csv", "parquet")
            for path in tables.parts(folder / f"tables/{name}.{suffix}")
        ]
        assert (len(files[name]) > 2) == bool(request.param)
    text = publish.descriptor(publish.Package(), files, list(PUBLISHED.values()), [], {}, "seeds")
    (folder / "datapackage.json").write_text(text, encoding="utf-8")
    return folder


def parquet(package: Path, name: str) -> Path:
    return package / f"tables/{name}.parquet"


def same(found: list[Row], name: str) -> None:
    """Whether rows are those that were written, nulls as None, and each value of the very type."""
    expected = rows(PUBLISHED[name])
    assert found == expected
    for row, wanted in zip(found, expected, strict=True):
        assert {column: type(value) for column, value in row.items()} == {
            column: type(value) for column, value in wanted.items()
        }


def plain(frame: pd.DataFrame) -> list[Row]:
    """A pandas table as rows of Python values."""
    columns = {name: [None if pd.isna(value) else value for value in frame[name]] for name in frame.columns}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


PANDAS = {"string": "str", "integer": "Int64", "number": "Float64", "boolean": "boolean", "date": "object"}
POLARS = {"string": pl.String, "integer": pl.Int64, "number": pl.Float64, "boolean": pl.Boolean, "date": pl.Date}
DUCKDB = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}

every_table = pytest.mark.parametrize("name", PUBLISHED)


def of_types(name: str, types: dict[str, Any]) -> dict[str, Any]:
    return {field.name: types[field.type] for field in PUBLISHED[name].fields}


def typed_like_python(frame: pd.DataFrame, name: str) -> list[Row]:
    """Rows of a pandas table; numpy's numbers as those of Python."""
    kinds = {"integer": int, "number": float, "boolean": bool}
    fields = {field.name: field for field in PUBLISHED[name].fields}
    return [
        {
            column: kinds[fields[column].type](value) if value is not None and fields[column].type in kinds else value
            for column, value in row.items()
        }
        for row in plain(frame)
    ]


@every_table
def test_parquet_in_pandas(package: Path, name: str) -> None:
    frame = pd.read_parquet(parquet(package, name))
    assert {column: str(kind) for column, kind in frame.dtypes.items()} == of_types(name, PANDAS)
    same(typed_like_python(frame, name), name)


@every_table
def test_parquet_in_polars(package: Path, name: str) -> None:
    frame = pl.read_parquet(parquet(package, name))
    assert dict(frame.schema) == of_types(name, POLARS)
    same(frame.to_dicts(), name)


@every_table
def test_parquet_in_duckdb(package: Path, name: str) -> None:
    path = parquet(package, name)
    found = duckdb.sql(f"SELECT * FROM '{path}/*.parquet'" if path.is_dir() else f"SELECT * FROM '{path}'")
    assert {column: str(kind) for column, kind in zip(found.columns, found.types, strict=True)} == of_types(
        name, DUCKDB
    )
    same([dict(zip(found.columns, row, strict=True)) for row in found.fetchall()], name)


@every_table
def test_parquet_in_arrow(package: Path, name: str) -> None:
    table = pq.read_table(parquet(package, name))
    assert table.schema.equals(PUBLISHED[name].arrow())
    same(table.to_pylist(), name)


def loader(package: Path, tool: str) -> Callable[[str], Any]:
    """The function of docs/loading.md for a tool."""
    blocks = page("docs/loading.md", "python")
    (block,) = [block for block in blocks if re.search(rf"^(import|from) {tool}", block, re.MULTILINE)]
    names: dict[str, Any] = {}
    exec(blocks[0], names)
    exec(block, names)
    found: Callable[[str], Any] = names["load"]
    return found


@pytest.fixture
def inside(package: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(package)
    return package


@every_table
def test_csv_in_pandas(inside: Path, name: str) -> None:
    frame = loader(inside, "pandas")(name)
    kinds = {column: str(kind) for column, kind in frame.dtypes.items()}
    days = {field.name for field in PUBLISHED[name].fields if field.type == "date"}
    assert all(kinds[column].startswith("datetime64") for column in days)
    assert {column: kind for column, kind in kinds.items() if column not in days} == {
        column: kind for column, kind in of_types(name, PANDAS).items() if column not in days
    }
    for column in days:
        frame[column] = frame[column].dt.date
    same(typed_like_python(frame, name), name)


@every_table
def test_csv_in_polars(inside: Path, name: str) -> None:
    frame = loader(inside, "polars")(name)
    assert dict(frame.schema) == of_types(name, POLARS)
    same(frame.to_dicts(), name)


@every_table
def test_csv_in_duckdb(inside: Path, name: str) -> None:
    found = loader(inside, "duckdb")(name)
    assert {column: str(kind) for column, kind in zip(found.columns, found.types, strict=True)} == of_types(
        name, DUCKDB
    )
    same([dict(zip(found.columns, row, strict=True)) for row in found.fetchall()], name)


@every_table
def test_csv_in_arrow(inside: Path, name: str) -> None:
    table = loader(inside, "pyarrow")(name)
    assert table.schema.types == PUBLISHED[name].arrow().types
    same(table.to_pylist(), name)


@every_table
def test_csv_in_frictionless(inside: Path, name: str) -> None:
    resource = frictionless.Package("datapackage.json").get_resource(name)
    with resource:
        found = [row.to_dict() for row in resource.row_stream]
    numbers = [field.name for field in PUBLISHED[name].fields if field.type == "number"]
    for row in found:
        row.update({column: float(row[column]) for column in numbers if row[column] is not None})
    same(found, name)


def test_frictionless_for_r_can_read_every_table(inside: Path) -> None:
    """It reads only resources that say version 1's name of a table, with a schema whose fields all have a type."""
    resources = frictionless.Package("datapackage.json").to_descriptor()["resources"]
    of_csv = [one for one in resources if one["format"] == "csv"]
    assert [one["name"] for one in of_csv] == list(PUBLISHED)
    for one in of_csv:
        assert one["profile"] == "tabular-data-resource"
        assert {field["type"] for field in one["schema"]["fields"]} <= VALUES.keys() | {"string"}


def test_events_flat_is_what_its_tables_say() -> None:
    flat, joined = flat_by_joins(built())
    assert len(flat) > 50
    assert {name for name in flat[0] if any(row[name] is not None for row in flat)} >= {"actors", "source", "location"}
    assert joined == flat


def test_the_readme_shows_how_to_load_with_every_tool() -> None:
    shown = "".join(page("README.md", "python")) + "".join(page("README.md", "r"))
    for way in (
        "pd.read_parquet(",
        "pl.read_parquet(",
        "duckdb.sql(",
        "pq.read_table(",
        "arrow::read_parquet(",
        "frictionless::read_package(",
        "keep_default_na=False",
    ):
        assert way in shown, way


@pytest.mark.parametrize("snippet", page("README.md", "python"))
def test_the_python_of_the_readme_works_on_the_seeds(
    snippet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tables").symlink_to(built())
    monkeypatch.chdir(tmp_path)
    exec(snippet, {})
    assert capsys.readouterr().out.strip()


def test_the_page_on_loading_is_linked() -> None:
    assert "docs/loading.md" in (ROOT / "README.md").read_text(encoding="utf-8")
