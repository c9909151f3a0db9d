"""validate: breaking anything in the built tables is found and named. publish: the descriptor matches the files."""

from __future__ import annotations

import csv
import hashlib
import json
import platform
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, built

from stages import validate
from stages.core import tables
from stages.core.parse import Row
from stages.core.schema import Field, Schema, schema, schemas
from stages.publish import PROFILE
from stages.validate import ranges
from stages.validate.constraints import Constraints


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tables of the seeds, to break."""
    shutil.copytree(built(), tmp_path / "tables")
    return tmp_path / "tables"


SMALL = validate.Params(frictionless_rows=1 << 62)
LARGE = validate.Params(frictionless_rows=0)


def reasons(folder: Path, params: validate.Params = SMALL) -> list[str]:
    return [str(fault) for fault in validate.check(folder, params)[1]]


def write(folder: Path, table: Schema, content: pa.Table, rows: int = 0) -> None:
    writer = tables.Writer(folder, table, rows_per_file=rows)
    writer.write(content)
    writer.close()


def cut(folder: Path, rows: int) -> None:
    """Write every table as parts of so many rows."""
    for table in (table for table in schemas().values() if table.published):
        write(folder, table, tables.read_parquet(folder / f"{table.name}.parquet", table), rows)


@pytest.fixture(params=["whole", "parts"])
def either(folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tables as files, walked at once, and as parts, walked document by document."""
    if request.param == "parts":
        cut(folder, 40)
        monkeypatch.setattr(ranges, "_DOCUMENTS", 1)
    return folder


def change(folder: Path, name: str, mend: Callable[[list[Row]], object]) -> None:
    """Change rows of a table in both files, which stay consistent with each other."""
    known = schema(name)
    rows = tables.to_rows(tables.read_parquet(folder / f"{name}.parquet", known))
    mend(rows)
    in_parts = (folder / f"{name}.parquet").is_dir()
    write(folder, known, tables.from_rows(rows, known), 40 if in_parts else 0)


def test_the_tables_of_the_seeds_are_sound(folder: Path) -> None:
    counts, faults = validate.check(folder)
    assert faults == []
    assert counts["rows"]["documents"] == 4
    assert counts["spans"] > 500


def test_a_changed_cell_of_a_csv_file_is_named(folder: Path) -> None:
    path = folder / "segments.csv"
    path.write_text(path.read_text(encoding="utf-8").replace('"paragraph",true', '"heading",true', 1), encoding="utf-8")
    assert reasons(folder) == ["segments, row 1, column kind: Parquet has 'paragraph', CSV has 'heading'"]


def test_a_value_outside_its_enum_is_named(folder: Path) -> None:
    path = folder / "segments.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"paragraph",true', '"paragraf",true', 1), encoding="utf-8"
    )
    assert any(r.startswith("segments, row 1, column kind") and "constraint" in r for r in reasons(folder))


def test_a_moved_offset_is_named(folder: Path) -> None:
    change(folder, "numbers", lambda rows: rows[0].update(start=rows[0]["start"] + 1))
    found = reasons(folder)
    assert any(r.startswith("numbers, row 1, column text: source[") for r in found)
    assert any(r.startswith("numbers, row 1, column number_id") for r in found)


def test_a_span_outside_its_sentence_is_named(folder: Path) -> None:
    other = tables.read_parquet(folder / "sentences.parquet", schema("sentences"))["sentence_id"][5].as_py()
    change(folder, "mentions", lambda rows: rows[0].update(sentence_id=other))
    assert any(r.startswith("mentions, row 1, column sentence_id") and "outside" in r for r in reasons(folder))


def test_a_broken_foreign_key_is_named(folder: Path) -> None:
    change(folder, "mentions", lambda rows: rows[2].update(entity_id="nobody-at-all"))
    assert any(r.startswith("mentions, row 3") and "nobody-at-all" in r for r in reasons(folder))


def test_a_repeated_key_is_named(folder: Path) -> None:
    change(folder, "entities", lambda rows: rows.append(dict(rows[-1])))
    assert any(r.startswith("entities, row") and "primary" in r.lower() for r in reasons(folder))


def put(at: int, **cells: object) -> Callable[[list[Row]], object]:
    return lambda rows: rows[at].update(cells)


@pytest.mark.parametrize(
    ("name", "mend", "reason"),
    [
        ("segments", lambda rows: rows.pop(1), "no zone covers"),
        ("segments", lambda rows: rows.pop(), "no segment covers"),
        ("segments", put(0, content=False), "the kind is paragraph"),
        ("coverage", lambda rows: rows.pop(3), "is missing"),
        ("coverage", lambda rows: rows.clear(), "is missing"),
        ("coverage", put(0, events=99), "is 99, events has"),
        ("coverage", put(0, events=0, reason=None), "either events or a reason"),
        ("documents", put(0, characters=1), "is 1, the text has"),
        ("documents", put(2, published_from=None), "go together"),
        ("documents", put(1, duplicate_of="001_60ab58f1df9c12fe"), "no duplicate of itself"),
        ("dates", put(6, upper=date(1066, 1, 1)), "lies before lower"),
        ("dates", put(0, anchor="nowhere"), "neither a date_id nor published"),
        ("document_dates", put(0, evidence="nowhere"), "is no date_id"),
        ("participants", put(0, entity_id="nato", mention_id=None), "tables it joins say"),
        ("entities", put(0, mentions=99), "is 99, mentions has"),
        ("incidents", put(0, events=99), "is 99, events has"),
        ("events_flat", lambda rows: rows.pop(), "is missing"),
        ("events_flat", put(0, type="ASSAULT"), "tables it joins say"),
        ("events_flat", put(0, actors="Nobody"), "tables it joins say"),
    ],
)
def test_what_tables_say_of_each_other_holds(
    either: Path, name: str, mend: Callable[[list[Row]], object], reason: str
) -> None:
    change(either, name, mend)
    found = reasons(either, LARGE)
    assert any(reason in text for text in found), found


def test_the_bytes_and_the_order_of_a_csv_file_are_fixed(folder: Path) -> None:
    path = folder / "dates.csv"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\n", b"\r\n"))
    assert reasons(folder) == ["dates: dates.csv is not byte for byte what its rows encode to"]
    path.write_bytes(content)
    known = schema("dates")
    rows = tables.to_rows(tables.read_parquet(folder / "dates.parquet", known))
    tables.write(tables.from_rows(rows[::-1], known), folder, "dates")
    assert reasons(folder) == ["dates: the rows are not in the order of the primary key"]


@pytest.mark.parametrize("at", [100, -100, 2000])
def test_a_flipped_bit_of_a_parquet_file_is_found(folder: Path, at: int) -> None:
    path = folder / "sentences.parquet"
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    assert any(r.startswith("sentences") for r in reasons(folder))


def test_another_encoding_of_the_same_rows_is_found(folder: Path) -> None:
    path = folder / "sentences.parquet"
    pq.write_table(tables.read_parquet(path, schema("sentences")), path, compression="none")
    assert reasons(folder) == ["sentences: sentences.parquet is not byte for byte what its rows encode to"]


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "events.csv").unlink()
    assert any(r.startswith("events: ") and "missing" in r for r in reasons(folder))


def test_parts_and_ranges_do_not_change_the_verdict(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = validate.check(folder)
    assert validate.check(folder, LARGE) == sound
    change(folder, "dates", lambda rows: rows[5].update(start=rows[5]["start"] + 1))
    change(folder, "mentions", lambda rows: rows[200].update(sentence_id=rows[0]["sentence_id"]))
    change(folder, "sources", lambda rows: rows[-1].update(mention_id=rows[0]["mention_id"]))
    change(folder, "entities", lambda rows: rows[3].update(mentions=99, country="Utopia"))
    change(folder, "events", lambda rows: rows.insert(90, dict(rows[90])))
    found = validate.check(folder, LARGE)
    assert len(found[1]) > 8
    cut(folder, 25)
    monkeypatch.setattr(ranges, "_DOCUMENTS", 1)
    assert validate.check(folder, LARGE) == found


def test_a_reference_into_another_document_is_named(either: Path) -> None:
    other = tables.read_parquet(either / "dates.parquet", schema("dates"))["date_id"][-1].as_py()
    change(either, "events", lambda rows: rows[0].update(date_id=other))
    assert f"events, row 1, column date_id: {other} is of another document" in reasons(either, LARGE)


def test_a_key_repeated_in_another_document_is_named(either: Path) -> None:
    change(either, "numbers", lambda rows: rows[-1].update(number_id=rows[0]["number_id"]))
    assert any(r.startswith("numbers, row 23, column number_id: Row at") for r in reasons(either, LARGE))


def test_an_empty_text_is_named(either: Path) -> None:
    change(either, "entities", lambda rows: rows[0].update(country=""))
    assert "entities, row 1, column country: the text is empty and not null" in reasons(either, LARGE)


def test_rows_out_of_order_are_found_in_any_range(either: Path) -> None:
    change(either, "dates", lambda rows: rows.reverse())
    assert "dates: the rows are not in the order of the primary key" in reasons(either, LARGE)


def test_parts_that_miss_their_twin_are_found(folder: Path) -> None:
    cut(folder, 40)
    next(iter(sorted((folder / "mentions.csv").iterdir()))).unlink()
    found = reasons(folder, LARGE)
    assert any(r.startswith("mentions: Parquet has") and "files, CSV has" in r for r in found)


def test_documents_may_have_ids_like_those_of_spans(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are sorted by their numbers, and their rows are not."""
    monkeypatch.setattr(ranges, "_DOCUMENTS", 1)
    old = tables.read_parquet(folder / "documents.parquet", schema("documents"))["doc_id"].to_pylist()
    new = dict(zip(old, ["a:10-2", "a:9-3", "a-b", "a"], strict=True))

    def renamed(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = value.split(" | ")
        return " | ".join(
            f"{new[doc]}{part[len(doc) :]}" if (doc := part.partition(":")[0]) in new else part for part in parts
        )

    for table in (table for table in schemas().values() if table.published):
        ids = [n for n in table.names if n.endswith("_id") or n in {"anchor", "evidence", "duplicate_of"}]
        rows = tables.to_rows(tables.read_parquet(folder / f"{table.name}.parquet", table))
        rows = [row | {name: renamed(row[name]) for name in ids} for row in rows]
        write(folder, table, tables.from_rows(sorted(rows, key=tables.order(table)), table))
    assert reasons(folder, LARGE) == []


def field(kind: str, **constraints: object) -> Schema:
    """A table of one column."""
    column = {"name": "cell", "type": kind, "description": "A cell.", "constraints": constraints}
    content = {"$schema": schema("events").json["$schema"], "fields": [column], "primaryKey": ["cell"]}
    return Schema("one", "", "", True, "", "", (Field("cell", kind, "", constraints),), ("cell",), (), content)


@pytest.mark.parametrize(
    ("table", "sound", "faulty"),
    [
        (field("string", pattern="a|b"), ["a", "ax", "b"], ["xb"]),
        (field("string", pattern="(?!no).*"), ["yes", "on"], ["no", "nothing"]),
        (field("string", pattern="[a-z]+"), ["a", "a\n"], ["A", "a\n\n"]),
        (field("string", minLength=2, maxLength=3), ["ab", "éé", "abc"], ["é", "abcd"]),
        (field("number", exclusiveMinimum=0, exclusiveMaximum=1), ["0.5", "1e-3"], ["0", "1", "1.0", "1e3", "NaN"]),
        (field("integer", minimum=-3), ["-3", "0"], ["-4", "x"]),
    ],
)
def test_constraints_that_no_table_has_yet_are_judged_as_frictionless_does(
    table: Schema, sound: list[str], faulty: list[str]
) -> None:
    cells = pa.table({"cell": [*sound, *faulty]})
    found = Constraints(table).cells(cells, 1)[1]
    assert sorted({fault.row or 0 for fault in found}) == list(range(len(sound) + 1, cells.num_rows + 1))


def test_a_constraint_that_nothing_checks_is_refused() -> None:
    with pytest.raises(ValueError, match="unique"):
        Constraints(field("string", unique=True))


# Frictionless and the vectorised checks: the same verdict on the same tables.


class Cells:
    """The cells of the CSV files of a table, as they stand there, to change and write back."""

    def __init__(self, folder: Path, table: Schema) -> None:
        self.table = table
        self.parts: list[tuple[Path, list[list[str]]]] = []
        for path in tables.parts(folder / f"{table.name}.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                self.parts.append((path, list(csv.reader(file))))
        self.rows = [row for _, rows in self.parts for row in rows[1:]]

    def write(self) -> None:
        text = [field.type == "string" for field in self.table.fields]
        for path, rows in self.parts:
            lines = [",".join(f'"{cell}"' for cell in rows[0])]
            for row in rows[1:]:
                cells = (
                    (cell, cell and (is_text or set(cell) & set(',"\n')))
                    for cell, is_text in zip(row, text, strict=True)
                )
                lines.append(
                    ",".join('"' + cell.replace('"', '""') + '"' if quoted else cell for cell, quoted in cells)
                )
            path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


Change = tuple[str, str, str]
"""A table, a column, and the kind of fault that is put there."""

_ILL_TYPED = {
    "integer": ["x", "1.5", "1e3", "0x1F", "--1", "12a", "1,000"],
    "number": ["x", "1.5.1", "12,5", "0x1F", "1e", "- 1"],
    "boolean": ["yes", "tRUE", "2", " true"],
    "date": ["2023-02-30", "20230101", "0000-01-01", "2023-13-01", "12 May 2023", "12023-01-01"],
}
_ODD = {
    "integer": [" 7", "+5", "007", "1_000", "99999999999999999999", "\u0663"],
    "number": ["1E2", " 2.50 ", "1_0", "-0", "90.00000000000000001", "NaN", "-Infinity", "123456789012345678.5"],
    "boolean": ["TRUE", "False", "1", "0"],
    "date": ["0066-01-01", "2023-1-5", "9999-12-31"],
    "string": ["a\nb", " ", "None", "é\u0301", "\u202etext", "x" * 3000],
}
"""Cells at the edges of what a type allows."""


def changes() -> list[Change]:
    """Every way in which a cell of the tables can break its schema, and odd cells that may."""
    found: list[Change] = []
    for table in (table for table in schemas().values() if table.published):
        references = {key.field for key in table.foreign_keys}
        for field in table.fields:
            kinds = [
                kind for kind in ("required", "enum", "pattern", "minimum", "maximum") if kind in field.constraints
            ]
            kinds += ["type", "type"] if field.type in _ILL_TYPED else []
            kinds += ["odd"]
            kinds += ["primary key"] * 3 if field.name == table.primary_key[-1] else []
            kinds += ["foreign key"] * 2 if field.name in references else []
            found += [(table.name, field.name, kind) for kind in kinds]
    return found


def broken(
    chosen: random.Random, cells: Cells, column: str, kind: str, used: set[int]
) -> tuple[int, str | None] | None:
    """Put a fault into a row without one; returns the row and the column that must be named, if any need be."""
    free = [at for at in range(1, len(cells.rows)) if at not in used]
    if not free:
        return None
    at = chosen.choice(free)
    used.add(at)
    if kind == "primary key":
        twins = [place for place in range(len(cells.rows)) if place not in used]
        if not twins:
            return None
        twin = chosen.choice(twins)
        used.add(twin)
        for name in cells.table.primary_key:
            place = cells.table.names.index(name)
            cells.rows[at][place] = cells.rows[twin][place]
        return max(at, twin) + 1, column if len(cells.table.primary_key) == 1 else None
    row, field = cells.rows[at], next(field for field in cells.table.fields if field.name == column)
    place = cells.table.names.index(column)
    values = {
        "required": [""],
        "enum": ["nothing of the kind", "Ct+", f"{row[place]} "],
        "pattern": ["-", "a--b!", "USAX", f"{row[place]}\n\n"],
        "foreign key": ["nowhere", "nowhere:1-2", f"{row[place]}0"],
        "minimum": [str(field.constraints.get("minimum", 0) - 1)],
        "maximum": [str(field.constraints.get("maximum", 0) + 1)],
        "type": _ILL_TYPED.get(field.type),
        "odd": _ODD[field.type],
    }[kind]
    assert values is not None
    row[place] = chosen.choice(values)
    return None if kind == "odd" else (at + 1, column)


def test_frictionless_and_the_vectorised_checks_name_the_same_cells(either: Path) -> None:
    assert validate.check(either, LARGE) == validate.check(either, SMALL)
    chosen = random.Random(4)
    in_parts = (either / "mentions.csv").is_dir()
    todo = changes()
    chosen.shuffle(todo)
    if in_parts:
        todo = todo[::4]
    put, sound = 0, {path: path.read_bytes() for path in sorted(either.rglob("*.csv")) if path.is_file()}
    for start in range(0, len(todo), 90):
        opened: dict[str, Cells] = {}
        used: dict[str, set[int]] = defaultdict(set)
        expected: set[tuple[str, int, str | None]] = set()
        for name, column, kind in todo[start : start + 90]:
            cells = opened.setdefault(name, Cells(either, schema(name)))
            if place := broken(chosen, cells, column, kind, used[name]):
                expected.add((name, *place))
        for cells in opened.values():
            cells.write()
        small, large = (set(validate.check(either, params)[1]) for params in (SMALL, LARGE))
        assert sorted(map(str, small - large)) == sorted(map(str, large - small))
        assert expected <= {(fault.table, fault.row, fault.column) for fault in large}
        put += len(expected)
        for path, content in sound.items():
            path.write_bytes(content)
    assert put > (80 if in_parts else 350)


def test_both_name_the_same_cells_where_csv_and_parquet_agree(either: Path) -> None:
    chosen = random.Random(5)
    expected: set[tuple[str, int, str]] = set()
    for table in (table for table in schemas().values() if table.published and table.name != "documents"):
        rows = tables.to_rows(tables.read_parquet(either / f"{table.name}.parquet", table))
        free = list(range(len(rows)))
        chosen.shuffle(free)
        references = {key.field for key in table.foreign_keys}
        for field in table.fields:
            limits = field.constraints
            values: list[Any] = ["nowhere:0-1"] if field.name in references else []
            values += ["no word of the list"] if "enum" in limits else []
            values += ["No such pattern!"] if "pattern" in limits else []
            values += [limits[name] + step for name, step in (("minimum", -1), ("maximum", 1)) if name in limits]
            for value in values:
                if free:
                    at = free.pop()
                    rows[at][field.name] = float(value) if field.type == "number" else value
                    expected.add((table.name, at + 1, field.name))
        write(either, table, tables.from_rows(rows, table), 40 if (either / "mentions.csv").is_dir() else 0)
    small, large = (validate.check(either, params) for params in (SMALL, LARGE))
    assert small == large
    assert expected <= {(fault.table, fault.row, fault.column) for fault in large[1]}
    assert len(expected) > 100


def test_the_command_fails_with_the_place(tmp_path: Path) -> None:
    shutil.copytree(built(), tmp_path / "tables")
    change(tmp_path / "tables", "dates", lambda rows: rows[0].update(text="yesterday"))
    run = subprocess.run(
        [sys.executable, "-m", "stages", "validate", "--params", str(ROOT / "params.yaml")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "dates, row 1, column text" in run.stderr
    assert not (tmp_path / "validation.json").exists()


def descriptor() -> Row:
    content: Row = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.skipif(
    descriptor()["platform"] != f"{platform.system()} {platform.machine()}",
    reason="bytes are promised on the platform of the committed build",
)
def test_the_descriptor_matches_the_files() -> None:
    """Of a build of the same texts with the code as it is now."""
    resources = {resource["path"]: resource for resource in descriptor()["resources"]}
    assert len(resources) == 2 * sum(table.published for table in schemas().values())
    for path, resource in resources.items():
        content = (built() / Path(path).name).read_bytes()
        assert resource["bytes"] == len(content), path
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", path
        if resource.get("type") == "table":
            rows = tables.read_csv(built() / f"{resource['name']}.csv", schema(resource["name"])).num_rows
            assert resource["rows"] == rows


def test_the_descriptor_is_valid_against_the_profile() -> None:
    import dplib

    profile = json.loads((Path(dplib.__file__).parent / "profiles/2.0/datapackage.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(profile).validate(descriptor())
    assert descriptor()["$schema"] == PROFILE
    assert len(descriptor()["sources"]) == 4


def test_the_reference_has_every_table_and_field() -> None:
    page = (ROOT / "docs/tables.md").read_text(encoding="utf-8")
    for table in schemas().values():
        shown = table.published or table.name == "changes"  # which comes with a release
        assert (f"\n## {table.name}\n" in page) == shown
        if shown:
            assert table.grain in page
            assert all(f"| `{field.name}` |" in page for field in table.fields)
