"""validate: breaking anything in the built tables is found and named. publish: the descriptor matches the files."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import jsonschema
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, built

from stages import validate
from stages.core import tables
from stages.core.parse import Row
from stages.core.schema import schema, schemas
from stages.publish import PROFILE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tables of the seeds, to break."""
    shutil.copytree(built(), tmp_path / "tables")
    return tmp_path / "tables"


def reasons(folder: Path) -> list[str]:
    return [str(fault) for fault in validate.check(folder)[1]]


def change(folder: Path, name: str, mend: Callable[[list[Row]], object]) -> None:
    """Change rows of a table in both files, which stay consistent with each other."""
    known = schema(name)
    rows = tables.to_rows(tables.read_parquet(folder / f"{name}.parquet", known))
    mend(rows)
    tables.write(tables.from_rows(rows, known), folder, name)


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
    other = tables.read_parquet(folder / "sentences.parquet", schema("sentences"))["sentence_id"][-1].as_py()
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
    folder: Path, name: str, mend: Callable[[list[Row]], object], reason: str
) -> None:
    change(folder, name, mend)
    assert any(reason in found for found in reasons(folder)), reasons(folder)


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
        assert (f"\n## {table.name}\n" in page) == table.published
        if table.published:
            assert table.grain in page
            assert all(f"| `{field.name}` |" in page for field in table.fields)
