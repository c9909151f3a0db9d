"""Archives: the same bytes every time, readable without this code, and complete again after the texts are put back."""

from __future__ import annotations

import io
import json
import logging
import re
import shutil
import threading
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from types import SimpleNamespace
from typing import Any

import dplib
import frictionless
import jsonschema
import mlcroissant
import pandas as pd
import pyarrow.parquet as pq
import pytest
import requests
import test_releases
import yaml
from conftest import ROOT, build, built, checkout
from frictionless.platform import platform
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_pipeline import TEXTS, run_stages

from stages import pipeline, publish
from stages.__main__ import main
from stages.archives import archive, editions, names, words
from stages.archives.rehydrate import rehydrate
from stages.context import PipelineError
from stages.core import corrections, params, tables
from stages.core.schema import schemas
from stages.core.tables import TableError
from stages.documents import Columns
from stages.documents.decoding import Text

PARAMS = params.load(ROOT / "params.yaml", pipeline.blocks())
PACKAGE = PARAMS["package"]
assert isinstance(PACKAGE, publish.Package)
NAME = f"{PACKAGE.name}-{PACKAGE.version}"
COLUMNS = Columns().model_dump()


def project(folder: Path, tables: Path, seeds: Path) -> Path:
    """A project whose tables are built and published."""
    shutil.copytree(tables, folder / "tables")
    if seeds.is_dir():
        shutil.copytree(seeds, folder / "seeds")
    else:
        (folder / "seeds").mkdir()
        shutil.copyfile(seeds, folder / "seeds" / seeds.name)
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    shutil.copyfile(ROOT / "params.yaml", folder / "params.yaml")
    (folder / "validation.json").write_text("{}")
    list(pipeline.run_project("publish", pipeline.Project(folder), PARAMS, lambda things, total, stage: things))
    return folder


@cache
def seeds() -> Path:
    """The project with the seeds; not to be changed."""
    return project(Path(mkdtemp(prefix="standoff-")), built(), ROOT / "seeds")


@cache
def made(edition: archive.Edition) -> Path:
    """An archive of the seeds."""
    return zipped(seeds(), edition)


@pytest.fixture(scope="module", autouse=True)
def _clean_up() -> Iterator[None]:
    yield
    if seeds.cache_info().currsize:
        shutil.rmtree(seeds())


def zipped(folder: Path, edition: archive.Edition) -> Path:
    list(archive.make(folder, PACKAGE, edition, None))
    return folder / "dist" / f"{NAME}{'-withheld' if edition == 'withheld' else ''}.zip"


def unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as opened:
        opened.extractall(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def restored(folder: Path, source: Path, scratch: Path) -> Path:
    list(rehydrate(zipped(folder, "withheld"), str(source), scratch / "out", COLUMNS))
    return scratch / "out"


# The archive


def test_the_same_bytes_twice_and_from_a_clean_clone(tmp_path: Path) -> None:
    clone = checkout(tmp_path / "clone")
    for name in ("tables", "datapackage.json"):
        copy = shutil.copytree if (seeds() / name).is_dir() else shutil.copyfile
        shutil.rmtree(clone / name) if (clone / name).is_dir() else (clone / name).unlink(missing_ok=True)
        copy(seeds() / name, clone / name)
    arguments = ["archive", "--texts", "withheld", "--out", "other.zip"]
    run = run_stages(*arguments, cwd=clone, PYTHONHASHSEED="4242", TZ="Asia/Kathmandu")
    assert run.returncode == 0, run.stderr
    assert (clone / "other.zip").read_bytes() == made("withheld").read_bytes()
    assert zipped(clone, "included").read_bytes() == made("included").read_bytes()
    before = made("included").read_bytes()
    assert zipped(seeds(), "included").read_bytes() == before


def test_what_is_in_it() -> None:
    with zipfile.ZipFile(made("included")) as opened:
        infos = opened.infolist()
        described = json.loads(opened.read("datapackage.json"))
        assert opened.read("datapackage.json") == (seeds() / "datapackage.json").read_bytes()
        assert opened.read("LICENSE") == (ROOT / "LICENSE").read_bytes()
        assert json.loads(opened.read("schemas/events.json")) == schemas()["events"].table_schema()
    names = {info.filename for info in infos}
    published = [name for name, table in schemas().items() if table.published]
    expected = {f"tables/{name}.{suffix}" for name in published for suffix in ("parquet", "csv")}
    expected |= {f"schemas/{name}.json" for name in published}
    assert names == expected | {"datapackage.json", "README.md", "LICENSE", "CITATION.cff", "croissant.json"}
    assert {resource["path"] for resource in described["resources"]} <= names
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.external_attr for info in infos} == {0o100644 << 16}


def test_frictionless_reads_and_accepts_both_editions() -> None:
    for edition in ("included", "withheld"):
        package = frictionless.Package(str(made(edition)))
        assert package.version == PACKAGE.version
        report = package.validate()
        assert report.valid, report.flatten(["name", "type", "note"])
        rows = package.get_resource("events").read_rows()
        assert len(rows) == pq.read_metadata(built() / "events.parquet").num_rows


def test_pandas_reads_it_unpacked_or_not(tmp_path: Path) -> None:
    expected = pd.read_parquet(built() / "events_flat.parquet")
    folder = unpacked(made("included"), tmp_path)
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "tables/events_flat.parquet"), expected)
    with zipfile.ZipFile(made("included")) as opened, opened.open("tables/events_flat.parquet") as file:
        pd.testing.assert_frame_equal(pd.read_parquet(file), expected)


def run_snippets(page: str) -> None:
    """The Python of a README: every reader finds all events."""
    snippets = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(snippets) == 4
    events = len(pd.read_parquet("tables/events_flat.parquet"))
    for snippet in snippets:
        held: dict[str, Any] = {}
        exec(snippet, held)
        found = held["events"]
        assert (found["events"].sum() if "events" in found else len(found)) == events > 1


def test_the_readme_of_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(unpacked(made("included"), tmp_path))
    page = Path("README.md").read_text(encoding="utf-8")
    for name, table in schemas().items():
        if table.published:
            assert f"| `{name}` | {pq.read_metadata(f'tables/{name}.parquet').num_rows} | {table.grain}" in page
    run_snippets(page)
    assert "no texts" not in page
    with zipfile.ZipFile(made("withheld")) as opened:
        assert "**This edition has no texts.**" in opened.read("README.md").decode()


def test_croissant_loads_and_gives_the_rows_of_every_table(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = unpacked(made("included"), tmp_path)
    with caplog.at_level(logging.ERROR):
        dataset = mlcroissant.Dataset(jsonld=folder / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    assert {"datePublished" in warning for warning in dataset.metadata.ctx.issues.warnings} <= {True}
    for one in dataset.metadata.record_sets:
        table = pq.read_table(folder / "tables" / f"{one.name}.parquet")
        text = {field.name for field in schemas()[one.name].fields if field.type == "string"}
        found = [
            {name: value.decode() if name in text and value is not None else value for name, value in cells(record)}
            for record in dataset.records(one.name)
        ]
        expected = table.to_pylist()
        assert len(found) == len(expected)
        for name in set(table.column_names) - {
            field.name for field in schemas()[one.name].fields if field.type == "date"
        }:
            assert [row[name] for row in found] == [row[name] for row in expected], name


def cells(record: dict[str, object]) -> list[tuple[str, object]]:
    return [(name.rpartition("/")[2], value) for name, value in record.items()]


def test_croissant_describes_the_edition_without_texts(tmp_path: Path) -> None:
    folder = unpacked(made("withheld"), tmp_path)
    dataset = mlcroissant.Dataset(jsonld=folder / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    rows = list(dataset.records("withheld"))
    assert len(rows) == pq.read_metadata(folder / "tables/withheld.parquet").num_rows
    assert "sentences/text" not in {field.id for one in dataset.metadata.record_sets for field in one.fields}


def test_croissant_is_a_schema_org_dataset_with_what_is_known() -> None:
    released = PACKAGE.model_copy(update={"doi": "10.1234/abc", "released": date(2026, 1, 31)})
    described = json.loads(publish.descriptor(released, {}, [], [], {}, "seeds"))
    content = json.loads(archive.croissant(described | {"resources": []}))
    assert content["@type"] == "sc:Dataset"
    assert content["@context"]["sc"] == "https://schema.org/"
    assert content["datePublished"] == "2026-01-31"
    assert content["url"] == content["sameAs"] == "https://doi.org/10.1234/abc"
    assert content["license"] == ["https://spdx.org/licenses/MIT"]
    assert "10.1234/abc" in content["citeAs"]


def test_the_citation_is_that_of_the_params() -> None:
    described = json.loads((seeds() / "datapackage.json").read_text(encoding="utf-8"))
    text = publish.citation(described)
    assert (ROOT / "CITATION.cff").read_text(encoding="utf-8") == text == (seeds() / "CITATION.cff").read_text()
    cited = yaml.safe_load(text)
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "dataset"
    assert {"message", "title", "authors"} <= cited.keys()
    assert cited["version"] == PACKAGE.version
    assert cited["authors"] == [{"name": one.title} for one in PACKAGE.contributors]


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda root: (root / "tables/events.csv").write_text("other"), "events.csv: its SHA-256 is not that in"),
        (lambda root: (root / "tables/events.parquet").unlink(), "events.parquet is missing"),
        (lambda root: (root / "datapackage.json").unlink(), "datapackage.json is missing"),
        (lambda root: (root / "datapackage.json").write_text("[]"), "is no descriptor of a package"),
        (lambda root: (root / "LICENSE").unlink(), "LICENSE is missing"),
        (lambda root: (root / "params.yaml").write_text("package: {version: 9.0.0}"), "the params of standoff 9.0.0"),
    ],
)
def test_what_is_not_as_published_is_refused(
    damage: object, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(seeds(), folder, ignore=shutil.ignore_patterns("dist"))
    damage(folder)
    monkeypatch.chdir(folder)
    assert main(["archive"]) == 1
    printed = capsys.readouterr().err
    assert complaint in printed
    assert printed.count("\n") == 1
    assert not (folder / "dist").exists()


def test_where_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(seeds())
    assert main(["archive", "--out", str(tmp_path)]) == 0
    assert (tmp_path / f"{NAME}.zip").exists()
    assert main(["archive", "--texts", "withheld", "--out", str(tmp_path / "new/one.zip")]) == 0
    assert (tmp_path / "new/one.zip").read_bytes() == made("withheld").read_bytes()
    given = (seeds() / "params.yaml").read_text(encoding="utf-8").replace("texts: included", "texts: withheld")
    (tmp_path / "params.yaml").write_text(given, encoding="utf-8")
    assert main(["archive", "--params", str(tmp_path / "params.yaml"), "--out", str(tmp_path / "new")]) == 0
    assert (tmp_path / f"new/{NAME}-withheld.zip").read_bytes() == made("withheld").read_bytes()
    assert main(["archive", "--out", str(tmp_path / "one.tar")]) == 2
    assert "does not end in .zip" in capsys.readouterr().err


# The edition without texts


def test_withheld_and_rehydrated_is_included(tmp_path: Path) -> None:
    found = contents(restored(seeds(), ROOT / "seeds", tmp_path))
    assert found == contents(unpacked(made("included"), tmp_path / "included"))


TEXT = (
    "Minister Says Fishing Will Resume After Long Dispute\n\nBy Ada Example\n\nOSLO (14 March 2021) — The Ministry of "
    "Coastal Affairs and Inland Waterways of Norway on Friday criticised Denmark.\r\n\r\n“NA is not an answer,” said "
    "Kari Nordmann, a senior official who was not allowed to speak about it in public. \U0001f600 Sweden rejected the "
    "plan of the Ministry of Coastal Affairs and Inland Waterways on 2 March 2021."
)
RECORDS = [
    {"id": "one", "text": "\ufeff" + TEXT, "title": "A headline that stands nowhere in the text of the record"},
    {"id": "two", "text": "Poland praised Lithuania on Monday.\rFrance met Germany.", "published": "2021-05-06"},
    {
        "id": "three",
        "text": TEXT,
        "byline": "Somebody with a very long name indeed who wrote it",
        "url": "https://a.example",
    },
    {
        "id": "four",
        "text": "Russia criticised the United Nations Educational, Scientific and Cultural Organization. NA",
    },
    {"id": "five", "text": ""},
]


def corpus(folder: Path, records: Sequence[object]) -> Path:
    path = folder / "corpus.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a file of records."""
    folder = tmp_path_factory.mktemp("records")
    source = corpus(folder, RECORDS)
    return project(folder / "project", build(source, folder / "tables"), source)


def test_records_with_titles_of_their_own(records: Path, tmp_path: Path) -> None:
    """In whatever order they are in the copies."""
    included = contents(unpacked(zipped(records, "included"), tmp_path / "included"))
    assert contents(restored(records, corpus(tmp_path, RECORDS[::-1]), tmp_path)) == included


def test_pages_and_other_encodings(tmp_path: Path) -> None:
    source = tmp_path / "texts"
    source.mkdir()
    body = "".join(f"<p>{line}</p>" for line in TEXT.split("\n") if line)
    page = f"<html><head><title>A title of the page</title></head><body><article>{body}</article></body></html>"
    (source / "page.html").write_text(page, encoding="utf-8")
    (source / "wide.txt").write_bytes(TEXT.encode("utf-16"))
    (source / "old.txt").write_bytes(("“" + TEXT).replace("\U0001f600", "é").encode("cp1252"))
    (source / "sources.csv").write_text("path,title\nwide.txt,A title that only the metadata have\n")
    folder = project(tmp_path / "project", build(source, tmp_path / "tables"), source)
    included = contents(unpacked(zipped(folder, "included"), tmp_path / "included"))
    described = json.loads(included["datapackage.json"])
    assert "A title that only the metadata have" in {one["title"] for one in described["sources"]}
    assert contents(restored(folder, source, tmp_path)) == included


def test_tables_of_parts(records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {**PARAMS, "tables": pipeline.blocks()["tables"].model_validate({"rows_per_file": 3})}
    source = records / "seeds/corpus.jsonl"
    out = tmp_path / "tables"
    list(pipeline.build(source, out, given, lambda things, total, stage: things, tmp_path / "cache"))
    assert (out / "sentences.parquet/part-00001.parquet").exists()
    folder = project(tmp_path / "project", out, source)
    path = zipped(folder, "included")
    included = unpacked(path, tmp_path / "included")
    assert frictionless.Package(str(path)).validate().valid
    assert (included / "tables/events_flat.csv/part-00001.csv").exists()
    monkeypatch.chdir(included)
    run_snippets(Path("README.md").read_text(encoding="utf-8"))
    frame = pd.read_parquet(included / "tables/sentences.parquet")
    dataset = mlcroissant.Dataset(jsonld=included / "croissant.json")
    texts = [record["sentences/text"].decode() for record in dataset.records("sentences")]
    assert texts == frame["text"].tolist() == pd.read_parquet(records / "tables/sentences.parquet")["text"].tolist()
    assert contents(restored(folder, source, tmp_path)) == contents(included)


def cells_of(name: str, content: bytes) -> str:
    if not name.endswith(".parquet"):
        return content.decode()
    return "\ue000".join(
        str(value) for column in pq.read_table(io.BytesIO(content)).columns for value in column.to_pylist() if value
    )


def leaks(path: Path, folder: Path, length: int = words.RUN) -> set[str]:
    """The runs of characters of the texts and sentences of a package that stand in an archive."""
    sentences = pq.read_table(folder / "tables/sentences.parquet")["text"].to_pylist()
    texts = pq.read_table(folder / "tables/documents.parquet")["text"].to_pylist()
    runs = {text[at : at + length] for text in (*sentences, *texts) for at in range(len(text) - length + 1)}
    with zipfile.ZipFile(path) as opened:
        found = [cells_of(name, opened.read(name)) for name in opened.namelist()]
    return {text[at : at + length] for text in found for at in range(len(text) - length + 1)} & runs


def test_no_words_of_a_sentence_are_left(records: Path) -> None:
    assert leaks(made("included"), seeds())
    assert leaks(made("withheld"), seeds()) == set()
    path = zipped(records, "withheld")
    assert leaks(path, records) == set()
    with zipfile.ZipFile(path) as opened:
        found = "".join(cells_of(name, opened.read(name)) for name in opened.namelist())
        entities = pq.read_table(io.BytesIO(opened.read("tables/entities.parquet")))
    assert "Norway" in found
    for record in RECORDS:
        for name in ("title", "byline"):
            assert record.get(name, "\0") not in found
    assert any(words.MARK in name for name in entities["name"].to_pylist())  # a long name that a text has so
    assert {"text", "title", "byline"} & set(pq.read_table(records / "tables/documents.parquet").column_names)


def test_the_descriptors_follow_the_standard() -> None:
    profile = json.loads((Path(dplib.__file__).parent / "profiles/2.0/datapackage.json").read_text(encoding="utf-8"))
    for edition in ("included", "withheld"):
        with zipfile.ZipFile(made(edition)) as opened:
            jsonschema.Draft7Validator(profile).validate(json.loads(opened.read("datapackage.json")))
    told = {"doi": "10.1234/abc", "released": date(2026, 1, 31), "homepage": "https://a.example"}
    text = publish.descriptor(PACKAGE.model_copy(update=told), {}, [], [], {}, "seeds")
    described = json.loads(text) | {"resources": [{"name": "one", "path": "one.csv"}]}
    jsonschema.Draft7Validator(profile, format_checker=jsonschema.FormatChecker()).validate(described)


def test_the_descriptor_without_texts_says_what_is_withheld() -> None:
    with zipfile.ZipFile(made("withheld")) as opened:
        described = json.loads(opened.read("datapackage.json"))
    assert described["texts"] == "withheld"
    resources = {one["name"]: one for one in described["resources"]}
    fields = {field["name"] for field in resources["events_flat"]["schema"]["fields"]}
    assert not fields & {"text", "sentence", "date_text", "document_title"}
    assert {"actors", "source", "start", "end", "sentence_start"} <= fields
    assert [one["field"]["name"] for one in resources["sentences"]["schema"]["withheld"]] == ["text"]
    assert "included" in resources["events-parquet"]
    assert "included" not in resources["coverage"]
    assert {one["title"] for one in described["sources"]} <= {
        name for one in described["sources"] for name in (one["path"], one["path"].partition("/")[2])
    }


@given(
    st.lists(st.tuples(TEXTS, st.one_of(st.none(), TEXTS), st.one_of(st.none(), TEXTS)), min_size=1, max_size=4),
)
@example(
    [("\ufeff\ufeffNA | None\r\U0001f600 said Putin.", "NA", "…"), ("Russia … attacked Ukraine | Poland.", "| ", " ")]
)
@example([(f"{TEXT}\n{TEXT}", TEXT, TEXT)])
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_text_comes_back(tmp_path: Path, rows: list[tuple[str, str | None, str | None]]) -> None:
    scratch = Path(mkdtemp(dir=tmp_path))
    names = ("text", "title", "byline")
    found = [{"id": f"t{at}", **dict(zip(names, row, strict=True))} for at, row in enumerate(rows)]
    source = corpus(scratch, found)
    folder = project(scratch / "project", build(source, scratch / "tables", tmp_path / "cache"), source)
    included = contents(unpacked(zipped(folder, "included"), scratch / "included"))
    assert contents(restored(folder, source, scratch)) == included
    assert not [run for run in leaks(zipped(folder, "withheld"), folder) if " " in run]  # without: an id may be one


# Copies that do not fit


def test_copies_that_are_missing_or_differ_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    copies = tmp_path / "copies"
    shutil.copytree(ROOT / "seeds", copies)
    first, second, *others = sorted(copies.glob("*.txt"))
    first.write_bytes(first.read_bytes() + b" ")
    second.unlink()
    (others[0]).rename(copies / "renamed.txt")
    assert main(["rehydrate", str(made("withheld")), str(copies), "--out", "out"]) == 1
    printed = capsys.readouterr().err
    assert "2 of 4 texts cannot be put back: 1 differs, 1 missing; nothing was written" in printed
    assert f"  {first.stem}: the text with its id has another SHA-256 (differs)" in printed
    assert f"  {second.stem}: no text with its SHA-256, and none with its id (missing)" in printed
    assert others[0].stem not in printed  # under another name, it has the right bytes
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copies"]


def test_metadata_that_differs_is_named(records: Path, tmp_path: Path) -> None:
    other = [{**record, "title": "Another headline"} if record["id"] == "one" else record for record in RECORDS]
    with pytest.raises(PipelineError, match=r"(?s)1 other title.*one: not what the metadata of the copy says"):
        restored(records, corpus(tmp_path, other), tmp_path)
    assert not (tmp_path / "out").exists()


def test_text_that_is_decoded_otherwise_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an article may be, that another version takes from a page."""
    monkeypatch.setattr("stages.archives.texts.decode", lambda item: Text(f"!{item.content.decode()}", "utf-8", {}))
    with pytest.raises(PipelineError, match="decoded to another text here"):
        restored(seeds(), ROOT / "seeds", tmp_path)


def test_other_bytes_of_parquet_are_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of pyarrow writes other bytes; that the rows are the same is seen from the CSV files."""
    path = made("withheld")
    monkeypatch.setattr(tables, "ROWS_PER_GROUP", 7)
    printed = list(rehydrate(path, str(ROOT / "seeds"), tmp_path / "out", COLUMNS))
    assert any("as their CSV shows, but other bytes" in line for line in printed)
    archive.check(tmp_path / "out", archive.load(tmp_path / "out/datapackage.json"))


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["missing.zip", "texts"], 2, "missing.zip: no such file or folder"),
        (["included.zip", "texts"], 1, "is no edition without texts"),
        (["broken.zip", "texts"], 1, "broken.zip: is no zip archive"),
        (["withheld.zip", "none"], 2, "none: no such file or folder"),
        (["withheld.zip", "texts", "--out", "texts"], 2, "texts: is there already"),
        (["damaged", "texts", "--out", "out"], 1, "coverage.csv: its SHA-256 is not that in"),
        (["escaping", "texts", "--out", "out"], 1, "which lies outside the package"),
        (["named", "texts", "--out", "out"], 1, "names ../../escaped, which lies outside the package"),
    ],
)
def test_unusable_arguments(
    arguments: list[str],
    code: int,
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(made("included"), "included.zip")
    shutil.copyfile(made("withheld"), "withheld.zip")
    Path("broken.zip").write_text("no zip")
    (unpacked(made("withheld"), Path("damaged")) / "tables/coverage.csv").write_text("other")
    described = unpacked(made("withheld"), Path("escaping")) / "datapackage.json"
    described.write_text(
        described.read_text(encoding="utf-8").replace("tables/coverage", "../coverage"), encoding="utf-8"
    )
    named = unpacked(made("withheld"), Path("named")) / "datapackage.json"
    named.write_text(
        named.read_text(encoding="utf-8").replace('"name": "coverage",', '"name": "../../escaped",'), encoding="utf-8"
    )
    shutil.copytree(ROOT / "seeds", "texts")
    before = sorted(path.name for path in tmp_path.iterdir())
    assert main(["rehydrate", *arguments]) == code
    printed = capsys.readouterr().err
    assert complaint in printed
    assert printed.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_command_names_the_folder_after_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        main(["rehydrate", str(unpacked(made("withheld"), tmp_path / "held")), str(ROOT / "seeds"), "--out", "a"]) == 0
    )
    assert main(["rehydrate", str(made("withheld")), str(ROOT / "seeds")]) == 0
    assert contents(tmp_path / NAME) == contents(tmp_path / "a")
    archive.check(tmp_path / NAME, archive.load(tmp_path / NAME / "datapackage.json"))


# What the schemas say


def test_every_field_with_offsets_of_its_own_is_marked() -> None:
    for table in schemas().values():
        for field in table.fields:
            own = (f"{field.name}_start", f"{field.name}_end")
            if own[0] in table.names:
                assert field.source == own
            if field.name == "text" and table.name != "documents":
                assert field.source == ("start", "end")
            assert isinstance(field.source, tuple) or field.source in (
                None,
                "text",
                "title",
                "byline",
                "names",
                "quotes",
            )


def test_words_that_could_not_be_put_back_are_refused() -> None:
    class Other:
        def text(self, doc_id: str) -> str:
            return "nothing of it"

        def meta(self, doc_id: str, name: str) -> str | None:
            return None

    table = tables.read_parquet(built() / "sentences.parquet", schemas()["sentences"])
    with pytest.raises(TableError, match=r"sentences\.text: row 1 is not what its offsets give"):
        editions.withhold(table, schemas()["sentences"], Other(), {}, 1)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("x" * 29, "x" * 100),
        ("Ministry of Roads, Rails and Harbours", "the Ministry of Roads, Rails and Harbours said"),
        ("a Ministry of Roads, Rails and Harbours b", "the Ministry of Roads, Rails and Harbours said"),
        (
            "one long run of words that is there / two long run of words that is there",
            "run of words that is there, two long",
        ),
    ],
)
def test_runs_of_a_cell_that_stand_in_a_text(cell: str, text: str) -> None:
    found = list(words.shared(cell, "d", text))
    kept = words.cut(cell, found)
    assert all(run.length >= words.RUN and run.start is not None for run in found)
    pieces = [(run.at, text[run.start : (run.start or 0) + run.length]) for run in found]
    assert words.mend(kept, pieces) == cell
    assert not any(kept[at : at + words.RUN] in text for at in range(len(kept) - words.RUN + 1))


OLD_WORDS = "the harbour of Larvik had been closed for a whole week without any reason"
STORIES = {
    "one.txt": "OSLO (14 March 2021) — Norway condemned Denmark on Friday, because "
    + OLD_WORDS
    + ". A senior official "
    "who was not allowed to speak about it in public accused Sweden.",
    "two.txt": "Poland praised Lithuania on Monday. The Regional Ministry of Roads, Rails and Harbours of Norway "
    "rejected the plan, and the Prime Minister of Poland met the President of Lithuania in Gdynia.",
}
NEW_STORY = STORIES["one.txt"]
for _before, _after in {
    "Norway": "Sweden",
    "Friday": "Monday",
    "harbour of Larvik": "airport of Tromso",
    "whole week": "third week",
    "reason": "notice",
    "senior official": "junior minister",
}.items():  # of the same length, so that the rows stay and their words change
    NEW_STORY = NEW_STORY.replace(_before, _after)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose second release changed a text, has its words in a reason, and corrects a name."""
    root = tmp_path_factory.mktemp("changed") / "project"
    (root / "tables").mkdir(parents=True)
    for name in ("params.yaml", "dvc.yaml", "metrics.json", "requirements.lock", ".gitignore", "LICENSE"):
        shutil.copyfile(ROOT / name, root / name)
    shutil.copyfile(ROOT / "tables/.gitignore", root / "tables/.gitignore")
    (root / "seeds").mkdir()
    for name, text in STORIES.items():
        (root / "seeds" / name).write_text(text, encoding="utf-8")
    test_releases.git(root, "init", "--quiet", "--initial-branch", "main")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        release(root)
        zipped(root, "included")  # old cells come from it
        (root / "seeds/one.txt").write_text(NEW_STORY, encoding="utf-8")
        quoted = STORIES["two.txt"][:60]
        lines = (
            f"entities,poland,name,Republic of Poland,It calls itself so; see {quoted},A. Reader,2026-01-31",
            "documents,one,publisher,The Larvik Gazette,It says so.,A. Reader,2026-01-31",
        )
        text = "\n".join([",".join(corrections.COLUMNS), *lines])
        (root / "corrections.csv").write_text(text + "\n", encoding="utf-8")
        release(root)
    return root


def release(root: Path) -> None:
    """Build and release what lies in a project."""
    given = root / "corrections.csv"
    with TemporaryDirectory() as scratch:
        for _ in pipeline.build(
            root / "seeds",
            Path(scratch) / "tables",
            PARAMS,
            lambda things, total, stage: things,
            Path(scratch) / "memo",
            given if given.exists() else None,
        ):
            pass
        for path in (Path(scratch) / "tables").iterdir():
            shutil.copyfile(path, root / "tables" / path.name)
    test_releases.publish(root)
    assert main(["release"]) == 0
    test_releases.publish(root)


def packed(folder: Path, edition: str, out: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The archive that the command makes of a project as its params have it."""
    monkeypatch.chdir(folder)
    assert main(["archive", "--texts", edition, "--out", str(out)]) == 0
    return out


def test_a_release_with_a_changed_text_has_an_edition_without_texts(
    changed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No run of a text, also of the old one, in the table of changes or a reason; and everything comes back."""
    (version,) = {path.name for path in (changed / "releases").iterdir()} - {PACKAGE.version}
    path = f"releases/{version}/changes.csv"
    included = contents(unpacked(packed(changed, "included", tmp_path / "a.zip", monkeypatch), tmp_path / "included"))
    held = packed(changed, "withheld", tmp_path / "b.zip", monkeypatch)
    found = contents(unpacked(held, tmp_path / "held"))
    assert STORIES["two.txt"][:60] in included["tables/corrections.csv"].decode()
    assert f"see {words.MARK}" in found["tables/corrections.csv"].decode()
    texts = [*STORIES.values(), NEW_STORY]
    runs = {text[at : at + words.RUN] for text in texts for at in range(len(text) - words.RUN + 1)}
    for name, content in found.items():
        text = cells_of(name, content)
        assert not {text[at : at + words.RUN] for at in range(len(text) - words.RUN + 1)} & runs, name
    # The words that are gone are in no edition; names are in both, and so are cells that are no words.
    for archived in (included, found):
        changes = pd.read_csv(io.BytesIO(archived[path]), keep_default_na=False, na_values=[""])
        verbatim = {(name, field.name) for name, known in schemas().items() for field in known.fields if field.verbatim}
        words_of = changes[[pair in verbatim for pair in zip(changes.table, changes.column, strict=True)]]
        assert len(words_of) > 3
        assert words_of[["old", "new"]].isna().all(axis=None)
        assert not words_of.old_known.any()
        by_cell = changes[changes.column.notna()].set_index(["table", "key", "column"])
        of_poland = by_cell.loc[("entities", "poland", "name")]
        assert of_poland[["old", "new", "cause"]].tolist() == ["Poland", "Republic of Poland", "corrections"]
        of_one = by_cell.loc[("documents", "one", "publisher")]
        assert of_one[["new", "cause"]].tolist() == ["The Larvik Gazette", "corrections"]
        assert {"Norway", "Sweden"} <= {*by_cell.old, *by_cell.new}
        assert "official" not in archived[path].decode()  # somebody without a name
    list(rehydrate(held, str(changed / "seeds"), tmp_path / "out", COLUMNS))
    assert contents(tmp_path / "out") == included


def test_long_names_are_looked_for_in_every_text() -> None:
    """Also pieces of them, wherever they begin."""
    name = "Regional Ministry of Roads, Rails, Harbours and Whatever Else"
    for shift in range(40):
        for size in (words.RUN, words.RUN + 7):
            found = names.Names([name, "Norway"])
            found.look("one", "x" * 300)
            found.look("two", "-" * shift + name[5 : 5 + size] + "-" * 9)
            assert found.found == {name: [words.Words(5, size, "two", shift)], "Norway": []}


def test_a_project_without_texts_publishes_none(tmp_path: Path) -> None:
    """The committed descriptor and reference page, too, hold no headline and no example from a text."""
    folder = tmp_path / "project"
    shutil.copytree(seeds(), folder, ignore=shutil.ignore_patterns("dist"))
    package = PACKAGE.model_copy(update={"texts": "withheld"})
    given = {**PARAMS, "package": package}
    list(pipeline.run_project("publish", pipeline.Project(folder), given, lambda things, total, stage: things))
    titles = [row for row in pq.read_table(folder / "tables/documents.parquet")["title"].to_pylist() if row]
    for name in ("datapackage.json", "docs/tables.md"):
        page = (folder / name).read_text(encoding="utf-8")
        assert not any(title in page for title in titles)
        assert any(title in (seeds() / name).read_text(encoding="utf-8") for title in titles)
    included = contents(unpacked(zipped(folder, "included"), tmp_path / "included"))
    assert contents(restored(folder, ROOT / "seeds", tmp_path)) == included


# Portals


class Portal(BaseHTTPRequestHandler):
    """Stands in for Zenodo and CKAN: takes whatever comes, and keeps it."""

    seen: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.command, self.path.partition("?")[0], content))
        answer = json.dumps({"id": 7, "success": True, "result": {"id": "abc", "name": "standoff"}}).encode()
        self.send_response(201 if "/deposit/" in self.path and self.command == "POST" else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_PUT = do_POST  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Portal]]:
    """A portal, with what the page asks to be set, and the packages it asks to be installed."""
    monkeypatch.setattr(Portal, "seen", [], raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    told = {"ZENODO_ACCESS_TOKEN": "token", "ZENODO_URL": f"{address}/api", "ARCHIVE": made("included").name}
    told |= {"CKAN_API_KEY": "key", "CKAN_URL": address, "CKAN_ORGANISATION": "newsroom"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(made("included").parent)
    for name, module in CLIENTS.items():
        monkeypatch.setitem(platform.__dict__, name, module)
    yield Portal
    server.shutdown()
    thread.join()
    server.server_close()


def create(token: str, base_url: str) -> int:
    found: int = requests.post(f"{base_url}/deposit/depositions", params={"access_token": token}, json={}).json()["id"]
    return found


def upload_meta(token: str, metafn: str, depid: int) -> None:
    url = f"{CLIENTS['pyzenodo3_upload'].BASE_URL}/deposit/depositions/{depid}"
    requests.put(url, params={"access_token": token}, data=Path(metafn).read_bytes()).raise_for_status()


def upload_data(token: str, datafn: Path, depid: int, base_url: str) -> None:
    url = f"{base_url}/deposit/depositions/{depid}/files"
    with datafn.open("rb") as file:
        requests.post(url, params={"access_token": token}, files={"file": file}).raise_for_status()


CLIENTS = {
    "pyzenodo3_upload": SimpleNamespace(create=create, upload_meta=upload_meta, upload_data=upload_data),
    "frictionless_ckan_mapper_ckan_to_frictionless": SimpleNamespace(),
    "frictionless_ckan_mapper_frictionless_to_ckan": SimpleNamespace(
        package=dict, resource=lambda one: {"url" if key == "path" else key: value for key, value in one.items()}
    ),
}
"""What Frictionless needs of the packages that the page asks for, which are not among those of the tests."""


def snippet(about: str) -> str:
    page = (ROOT / "docs/publishing.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```python\n(.*?)```", page.partition(f"\n## {about}\n")[2].partition("\n## ")[0], re.DOTALL)
    return str(found)


def test_the_steps_for_zenodo(portal: type[Portal], capsys: pytest.CaptureFixture[str]) -> None:
    exec(snippet("Zenodo"), {})
    assert capsys.readouterr().out.endswith("7\n")
    (_, where, _), (method, depositions, about), (*_, described), (*_, uploaded) = portal.seen
    assert (method, where, depositions) == ("PUT", "/api/deposit/depositions", "/api/deposit/depositions/7")
    told = json.loads(about)["metadata"]
    assert told["title"].endswith(PACKAGE.version)
    assert told["license"] == "MIT"
    assert told["creators"] == [{"name": one.title} for one in PACKAGE.contributors]
    assert f'"path": "{NAME}.zip"'.encode() in described
    assert f'filename="{NAME}.zip"'.encode() in uploaded
    assert made("included").read_bytes() in uploaded


def test_the_steps_for_ckan(portal: type[Portal], capsys: pytest.CaptureFixture[str]) -> None:
    exec(snippet("CKAN"), {})
    assert "/dataset/standoff" in capsys.readouterr().out
    (_, first, dataset), *resources, (*_, last) = portal.seen
    assert first == "/api/action/package_create"
    assert json.loads(dataset)["owner_org"] == "newsroom"
    assert {where for _, where, _ in resources} == {"/api/action/resource_create"}
    published = [name for name, table in schemas().items() if table.published]
    assert len(resources) == 2 * len(published)
    for name in published:
        for suffix in ("csv", "parquet"):
            content = (built() / f"{name}.{suffix}").read_bytes()
            assert sum(content in one and f'filename="{name}.{suffix}"'.encode() in one for *_, one in resources) == 1
    assert b'filename="datapackage.json"' in last
