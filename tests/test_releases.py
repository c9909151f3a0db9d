"""Releases: what a diff says, what a release writes and refuses, what CI is told. No test here parses a text."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from conftest import ROOT, built

from stages import pipeline, validate
from stages.__main__ import main
from stages.core import params, tables
from stages.core.parse import Row
from stages.core.schema import schema
from stages.releases import RefusedError, inputs, record, staleness
from stages.releases.making import with_version
from stages.releases.versions import Version

# A project of its own, with a first release


def git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody"]
    run = subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return run.stdout


def lock(root: Path) -> None:
    """dvc.lock as DVC would leave it after a run."""

    def item(path: str) -> dict[str, str]:
        place = root / path
        return {"path": path, "md5": staleness.of_folder(place) if place.is_dir() else record.digest(place, "md5")}

    def param(name: str) -> Any:
        value = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
        for key in name.split("."):
            value = value[key]
        return value

    found = {}
    for name, stage in yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"].items():
        outs = [o if isinstance(o, str) else next(iter(o)) for o in [*stage.get("outs", []), *stage.get("metrics", [])]]
        found[name] = {
            "cmd": stage["cmd"],
            "deps": [item(dep) for dep in stage["deps"] if (root / dep).exists()],
            "params": {"params.yaml": {key: param(key) for key in stage["params"]}},
            "outs": [item(out) for out in outs if (root / out).exists()],
        }
    text = yaml.safe_dump({"schema": "2.0", "stages": found}, sort_keys=False)
    (root / "dvc.lock").write_text(text, encoding="utf-8")


def publish(root: Path) -> None:
    """What `dvc repro` does once the tables are there, but for the tests' patience without validate; committed."""
    given = params.load(root / "params.yaml", pipeline.blocks())
    (root / "validation.json").write_text("{}\n", encoding="utf-8")
    for _ in pipeline.run_project("publish", pipeline.Project(root), given, lambda things, total, stage: things):
        pass
    lock(root)
    git(root, "add", "--all", ".")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "built")


@pytest.fixture(scope="module")
def built_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built and committed project without a release."""
    root = tmp_path_factory.mktemp("built")
    for name in ("params.yaml", "dvc.yaml", "metrics.json", "requirements.lock", ".gitignore", "tables/.gitignore"):
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    # Of a version and a platform that are always the same here, whatever the project's are.
    text = (root / "params.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^  version: \S+", "  version: 0.1.0", text, count=1, flags=re.MULTILINE)
    here = f"{platform.system()} {platform.machine()}"
    text = re.sub(r"^  platform: [^#\n]*", f"  platform: {here} ", text, count=1, flags=re.MULTILINE)
    (root / "params.yaml").write_text(text, encoding="utf-8")
    (root / "CHANGELOG.md").write_text("# Changelog\n\nOf the data.\n", encoding="utf-8")
    shutil.copytree(ROOT / "seeds", root / "seeds")
    for path in built().iterdir():
        shutil.copyfile(path, root / "tables" / path.name)
    git(root, "init", "--quiet", "--initial-branch", "main")
    publish(root)
    return root


@pytest.fixture(scope="module")
def released(built_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with release 0.1.0, committed and tagged."""
    root = tmp_path_factory.mktemp("released") / "project"
    shutil.copytree(built_project, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["release"]) == 0
    publish(root)
    git(root, "tag", "v0.1.0")
    return root


@pytest.fixture
def unreleased(built_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return moved_to(built_project, tmp_path / "project", monkeypatch)


@pytest.fixture
def project(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return moved_to(released, tmp_path / "project", monkeypatch)


def moved_to(source: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(source, target)
    monkeypatch.chdir(target)
    return target


def change(folder: Path, name: str, mend: Callable[[list[Row]], object]) -> None:
    """Change rows of a table in both files."""
    known = schema(name)
    rows = tables.to_rows(tables.read_parquet(folder / f"{name}.parquet", known))
    mend(rows)
    tables.write(tables.from_rows(sorted(rows, key=tables.order(known)), known), folder, name)


def rows(folder: Path, name: str) -> list[Row]:
    return tables.to_rows(tables.read_parquet(folder / f"{name}.parquet", schema(name)))


def put(at: int, **values: object) -> Callable[[list[Row]], object]:
    return lambda rows: rows[at].update(values)


def contents(root: Path) -> dict[str, bytes]:
    """All files but those of git."""
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def changes(root: Path, version: str) -> pd.DataFrame:
    return pd.read_parquet(root / f"releases/{version}/changes.parquet")


def said(capsys: pytest.CaptureFixture[str]) -> str:
    found = capsys.readouterr()
    return found.out + found.err


# Diff


def test_a_folder_does_not_differ_from_itself_in_other_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Parts, row groups and compression are not what is compared."""
    for path in built().glob("*.parquet"):
        target = tmp_path / "out" / path.name
        target.mkdir(parents=True)
        whole = pq.read_table(path)
        half = whole.num_rows // 2
        pq.write_table(whole.slice(0, half), target / "part-00000.parquet", compression="none", row_group_size=7)
        pq.write_table(whole.slice(half), target / "part-00001.parquet")
    assert main(["diff", str(built()), str(tmp_path / "out")]) == 0
    assert "Nothing changed." in capsys.readouterr().out


def test_a_diff_says_what_changed_with_examples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(built(), tmp_path / "new")
    event = rows(built(), "events")[0]
    change(tmp_path / "new", "events", put(0, mode="a new | mode", text="x"))
    change(
        tmp_path / "new", "rejects", lambda rows: rows.append({"path": "x.txt", "reason": "empty", "detail": "no text"})
    )
    change(tmp_path / "new", "numbers", lambda rows: rows.pop())
    arguments = ["diff", str(built()), str(tmp_path / "new"), "--json", str(tmp_path / "diff.json")]
    assert main(arguments) == 0
    page = capsys.readouterr().out
    assert "Due by the version recipe: **MINOR**" in page
    assert "| rejects | 0 → 1 | 1 | 0 | 0 |" in page
    assert "mode null → `a new | mode`" in page or "→ `a new | mode`" in page
    content = json.loads((tmp_path / "diff.json").read_text(encoding="utf-8"))
    assert content["due"] == "MINOR"
    assert content["tables"]["events"]["columns"] == {"mode": 1, "text": 1}
    assert content["tables"]["numbers"]["removed"] == 1
    (shown,) = content["tables"]["events"]["examples"]["changed"]
    assert shown["cells"]["text"] == {"old": {"value": event["text"]}, "new": {"value": "x"}}
    assert content["inputs"] is None
    assert content["tables"]["events"]["causes"] == {"unknown": 1}
    assert main(["diff", str(tmp_path / "new"), str(built()), "--json", str(tmp_path / "back.json")]) == 0
    back = json.loads((tmp_path / "back.json").read_text(encoding="utf-8"))["tables"]
    for name, table in content["tables"].items():
        assert (table["added"], table["removed"]) == (back[name]["removed"], back[name]["added"])
        assert (table["changed"], table["columns"]) == (back[name]["changed"], back[name]["columns"])
    capsys.readouterr()
    assert main([*arguments, "--markdown", str(tmp_path / "diff.md"), "--examples", "0"]) == 0
    assert capsys.readouterr().out == ""
    assert "`a new | mode`" not in (tmp_path / "diff.md").read_text(encoding="utf-8")


def test_a_changed_text_is_a_cause_without_any_record(tmp_path: Path) -> None:
    shutil.copytree(built(), tmp_path / "new")
    doc_id = "000_c46fa471f472b659"
    change(tmp_path / "new", "documents", put(0, sha256="0" * 64))
    change(tmp_path / "new", "numbers", lambda rows: [row.update(noun="x") for row in rows])
    assert main(["diff", str(built()), str(tmp_path / "new"), "--json", str(tmp_path / "diff.json")]) == 0
    content = json.loads((tmp_path / "diff.json").read_text(encoding="utf-8"))
    assert content["documents"]["changed"] == [doc_id]
    own = sum(
        row["doc_id"] == doc_id
        for row in tables.to_rows(tables.read_parquet(built() / "numbers.parquet", schema("numbers")))
    )
    told = content["tables"]["numbers"]["causes"]
    assert told["texts"] == own
    assert told["unknown"] == content["tables"]["numbers"]["new_rows"] - own


def test_a_release_is_compared_without_its_tables(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By hashes; what keys of other tables and codes were is known all the same."""
    old = rows(project / "tables", "events")[0]
    new = {"type": "YIELD" if old["type"] != "YIELD" else "AID", "negated": not old["negated"]}
    change(project / "tables", "events", lambda found: (put(0, **new)(found), put(1, text="x")(found)))
    assert main(["diff", "0.1.0", "tables"]) == 0
    page = capsys.readouterr().out
    assert f"negated `{str(old['negated']).lower()}` → `{str(new['negated']).lower()}`" in page
    assert f"type `{old['type']}` → `{new['type']}`" in page
    assert "text (not at hand) → `x`" in page
    shutil.rmtree(project / "tables")
    assert main(["diff", "v0.1.0", "0.1.0"]) == 0
    assert "Nothing changed." in capsys.readouterr().out


def test_an_archive_and_a_tag_can_be_compared(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(project, "tag", "first", "HEAD~1")  # before the release: only DVC's cache could have the tables
    with zipfile.ZipFile(project / "data.zip", "w") as archive:
        archive.write("datapackage.json", "standoff/datapackage.json")
        for path in sorted((project / "tables").glob("*.parquet")):
            archive.write(path, f"standoff/tables/{path.name}")
    assert main(["diff", "data.zip", "HEAD"]) == 0
    assert "Nothing changed." in capsys.readouterr().out
    assert main(["diff", "first", "data.zip"]) == 1
    assert "is not in DVC's cache; fetch it: dvc fetch --all-tags" in said(capsys)
    cached(project)
    assert main(["diff", "first", "data.zip"]) == 0
    assert "Nothing changed." in capsys.readouterr().out
    md5 = record.digest(project / "tables/events.parquet", "md5")
    (project / ".dvc/cache/files/md5" / md5[:2] / md5[2:]).write_bytes(b"damaged")
    assert main(["diff", "first", "data.zip"]) == 1
    assert "in DVC's cache is damaged: its digest differs" in said(capsys)
    assert main(["diff", "releases/0.1.0", "0.1.0"]) == 0  # of a release, the cache is only asked for values


def cached(root: Path) -> None:
    """The tables in DVC's cache."""
    for path in (root / "tables").glob("*.parquet"):
        md5 = record.digest(path, "md5")
        target = root / ".dvc/cache/files/md5" / md5[:2] / md5[2:]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


@pytest.mark.parametrize(
    ("arguments", "line", "code"),
    [
        (["diff", "9.9.9", "tables"], "9.9.9: no folder, archive, release (0.1.0) or revision of git", 2),
        (["diff", "v9.9.9", "tables"], "v9.9.9: no folder, archive, release (0.1.0) or revision of git", 2),
        (["diff", "--examples", "-1", "tables", "tables"], "--examples: less than none", 2),
        (["diff", "seeds", "tables"], "seeds: holds no tables", 2),
        (["diff", "CHANGELOG.md", "tables"], "CHANGELOG.md: no zip archive", 2),
        (["diff", "tables", "tables", "--json", "none/x.json"], "none/x.json: none is no folder", 2),
        (["release", "--version", "1.2"], "--version 1.2: no version; write MAJOR.MINOR.PATCH", 2),
        (["release", "--date", "3 May"], "--date 3 May: no day; write YYYY-MM-DD", 2),
        (["release", "--date", "20260503"], "--date 20260503: no day; write YYYY-MM-DD", 2),
        (["release", "--check", "--version", "1.2.3"], "--check only checks", 2),
        (["release", "--version", "0.1.0"], "release: release 0.1.0 exists, and a release is never changed", 1),
        (["release", "--version", "0.0.9"], "release: 0.0.9 is smaller than the latest release, 0.1.0", 1),
        (["release"], "release: nothing has changed since 0.1.0", 1),
    ],
)
def test_what_cannot_be_done_is_one_line(
    project: Path, arguments: list[str], line: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(project)
    assert main(arguments) == code
    told = said(capsys)
    assert told.startswith(line)
    assert told.count("\n") == 1
    assert contents(project) == before


def test_a_table_that_is_not_the_described_one_is_not_compared(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(project / "tables", "numbers", put(0, noun="x"))
    assert main(["diff", "0.1.0", "."]) == 1
    told = said(capsys)
    assert "tables/numbers.parquet is not the file that datapackage.json describes: its digest differs" in told


def test_a_table_whose_key_is_not_known_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, values in (("a", ["x"]), ("b", ["x", "y"])):
        (tmp_path / name).mkdir()
        pq.write_table(pa.table({"a": values}), tmp_path / name / "other.parquet")
    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    assert "rows not compared: the primary key is not known" in capsys.readouterr().out


# Release


def test_the_first_release(unreleased: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(unreleased)
    assert main(["release", "--date", "2026-01-02", "--notes", "It begins."]) == 0
    told = capsys.readouterr().out
    assert "git tag v0.1.0" in told and "dvc push" in told and "dvc repro" in told
    after = contents(unreleased)
    assert {name for name in after if after[name] != before.get(name) and not name.startswith("releases/0.1.0/")} == {
        "CHANGELOG.md"
    }
    release = record.load(unreleased / "releases/0.1.0")
    assert release.faults() == []
    assert release.content["date"] == "2026-01-02"
    assert release.content["previous"] is None
    assert release.content["tables"]["documents"]["rows"] == 4
    assert release.content["fingerprints"]["numbers"]["lexicons"]
    assert len(changes(unreleased, "0.1.0")) == 0
    assert "## 0.1.0 (2026-01-02)\n\nIt begins.\n" in after["CHANGELOG.md"].decode()
    assert not [path for path in unreleased.iterdir() if path.name.startswith(".release")]


def test_the_descriptor_of_a_release_is_that_of_the_next_build(project: Path) -> None:
    published = (project / "datapackage.json").read_bytes()
    assert (project / "releases/0.1.0/datapackage.json").read_bytes() == published
    names = [resource["name"] for resource in json.loads(published)["resources"]]
    assert names[-2:] == ["changes", "changes-parquet"]
    report = frictionless.Package(str(project / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "message"])


def release_of(root: Path, *arguments: str) -> dict[str, Any]:
    """Publish what changed in the tables, and release it."""
    publish(root)
    assert main(["release", *arguments]) == 0
    version = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))["package"]["version"]
    found: dict[str, Any] = json.loads((root / f"releases/{version}/release.json").read_text(encoding="utf-8"))
    return found


def test_a_corrected_cell_is_a_patch(project: Path) -> None:
    cached(project)
    at, old = next((at, row) for at, row in enumerate(rows(project / "tables", "numbers")) if row["noun"])
    comments = (project / "params.yaml").read_text(encoding="utf-8")
    change(project / "tables", "numbers", put(at, noun="fox", value=0.25))
    told = release_of(project)
    assert (told["version"], told["bump"], told["previous"]["version"]) == ("0.1.1", "PATCH", "0.1.0")
    found = changes(project, "0.1.1")
    assert found["table"].unique().tolist() == ["numbers"]
    by_column = found.set_index("column")
    assert by_column.loc["value", "new"] == "0.25"
    assert float(by_column.loc["value", "old"]) == old["value"]
    assert by_column["old_known"].to_dict() == {"value": True, "noun": False}  # words of a text are not repeated
    assert by_column.loc["noun", ["old", "new"]].isna().all()
    assert found["key"].unique().tolist() == [old["number_id"]]
    assert found["document"].unique().tolist() == [old["doc_id"]]
    text = (project / "params.yaml").read_text(encoding="utf-8")
    assert text == comments.replace("version: 0.1.0 #", "version: 0.1.1 #")
    log = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    assert log.index("## 0.1.1\n") < log.index("## 0.1.0")
    assert f"| numbers | {len(rows(project / 'tables', 'numbers'))} | 0 | 0 | 1 |" in log
    assert validate.changes(project / "releases/0.1.1") == (len(found), [])
    publish(project)
    assert frictionless.Package(str(project / "datapackage.json")).validate().valid
    assert (project / "releases/0.1.1/datapackage.json").read_bytes() == (project / "datapackage.json").read_bytes()


def test_a_copy_of_the_project_says_what_it_was_made_with(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its record, as long as its tables are those of the release."""
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    assert main(["diff", str(copy), "."]) == 0
    assert "not known of both" not in capsys.readouterr().out
    change(copy / "tables", "numbers", put(0, noun="fox"))
    publish(copy)
    assert main(["diff", str(copy), "."]) == 0
    page = capsys.readouterr().out
    assert "not known of both" in page
    assert "| 0 | 0 | 1 | noun 1 | unknown 1 |" in page


def test_old_cells_come_from_an_archive(project: Path) -> None:
    (project / "dist").mkdir()
    with zipfile.ZipFile(project / "dist/standoff-0.1.0.zip", "w") as archive:
        archive.write("tables/numbers.parquet", "tables/numbers.parquet")
    change(project / "tables", "numbers", put(0, unit="changed"))
    change(project / "tables", "dates", put(0, value="changed"))
    release_of(project)
    known = changes(project, "0.1.1").set_index("table")["old_known"]
    assert known["numbers"] and not known["dates"]


def test_added_rows_are_minor_and_a_removed_document_is_major(project: Path) -> None:
    change(
        project / "tables",
        "rejects",
        lambda rows: rows.append({"path": "x.txt", "reason": "empty", "detail": "no text"}),
    )
    assert release_of(project)["version"] == "0.2.0"
    publish(project)
    change(project / "tables", "documents", lambda rows: rows.pop())
    told = release_of(project)
    assert (told["version"], told["bump"]) == ("1.0.0", "MAJOR")
    assert told["reasons"][0] == "MAJOR: documents: 1 document removed"
    assert told["causes"]["documents"] == {"added": 0, "removed": 1, "changed": 0}
    assert changes(project, "1.0.0")["cause"].unique().tolist() == ["texts"]


def test_a_version_may_be_larger_than_due_and_not_smaller(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(
        project / "tables",
        "rejects",
        lambda rows: rows.append({"path": "x.txt", "reason": "empty", "detail": "no text"}),
    )
    publish(project)
    before = contents(project)
    capsys.readouterr()
    assert main(["release", "--version", "0.1.7"]) == 1
    told = said(capsys)
    assert told == (
        "release: 0.1.7 is too small: what changed since 0.1.0 is due MINOR, at least 0.2.0\n  rejects: 1 row added\n"
    )
    assert contents(project) == before
    assert main(["release", "--version", "0.5.0"]) == 0
    assert (project / "releases/0.5.0").is_dir()


def test_a_lexicon_that_moved_is_the_cause(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = inputs.of_tree(params.load(project / "params.yaml", pipeline.blocks()))
    name = "stages/lexicons/numbers_units.csv"
    other = {stage: {kind: dict(values) for kind, values in kinds.items()} for stage, kinds in made.items()}
    other["numbers"]["lexicons"][name] = "otherwise"
    other["numbers"]["params"]["dollar"] = '"CAD"'
    monkeypatch.setattr(inputs, "of_tree", lambda given: other)
    change(project / "tables", "numbers", put(0, noun="fox"))
    change(project / "tables", "documents", put(0, sha256="0" * 64))
    told = release_of(project, "--notes", "A unit was missing.")
    by_table = changes(project, "0.1.1").set_index("table")["cause"]
    assert by_table["documents"] == "texts"
    assert by_table["numbers"] == "texts | lexicons | params"
    assert told["causes"]["inputs"]["numbers"]["params"] == [{"name": "dollar", "old": '"USD"', "new": '"CAD"'}]
    log = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"- **lexicons**: `{name}`" in log
    assert '- **params**: `dollar` "USD" → "CAD" (of numbers)' in log


def line(table: str, key: str, column: str, value: str | None, reason: str) -> Row:
    given = {"table": table, "key": key, "column": column, "value": value, "reason": reason}
    return {**given, "who": "A. Reader", "when": date(2026, 1, 31)}


def test_a_correction_is_a_cause_and_has_a_line_in_the_changelog(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Added, changed and taken back; where what was published of it before is at hand, and where it is not."""
    event = next(row for row in rows(project / "tables", "events") if row["factuality"] == "CT+")
    key, number = event["event_id"], rows(project / "tables", "numbers")[0]["number_id"]

    def correct(value: str) -> Callable[[list[Row]], object]:
        return lambda found: next(row for row in found if row["event_id"] == key).update(
            factuality=value, rule=f"{event['rule']} + correction of factuality"
        )

    first = line("events", key, "factuality", "PS+", "The author only\nthinks so.")
    change(project / "tables", "corrections", lambda found: found.append(first))
    for name in ("events", "events_flat"):
        change(project / "tables", name, correct("PS+"))
    change(project / "tables", "numbers", put(0, value=0.25))
    told = release_of(project)  # values corrected, though the table of corrections has a row more
    assert told["version"] == "0.1.1"
    found = changes(project, "0.1.1").set_index(["table", "column"])["cause"]
    assert set(found.drop("numbers", level="table")) == {"corrections"}
    assert len(found) == 6
    assert found["numbers"].tolist() == ["unknown"]  # whoever changed it by hand
    (said_of,) = told["causes"]["corrections"]
    assert (said_of["key"], said_of["change"], said_of["value"]) == (key, "added", {"value": "PS+"})
    log = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "- **corrections**: 1 cell\n" in log
    assert f"  - factuality of `{key}` in events is `PS+`: The author only thinks so.\n" in log
    publish(project)

    second = line("numbers", number, "noun", None, "No noun.")
    change(project / "tables", "corrections", put(0, value="PS-", reason="Not even that."))
    change(project / "tables", "corrections", lambda found: found.append(second))
    change(project / "tables", "numbers", put(0, noun=None))
    change(project / "tables", "events", correct("PS-"))
    release_of(project)
    log = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"  - factuality of `{key}` in events is now `PS-`: Not even that.\n" in log
    assert f"  - noun of `{number}` in numbers is emptied: No noun.\n" in log
    assert set(changes(project, "0.1.2")["cause"]) == {"corrections"}
    publish(project)

    change(project / "tables", "corrections", lambda found: found.clear())
    change(project / "tables", "events", correct("CT+"))
    publish(project)
    capsys.readouterr()
    assert main(["diff", "0.1.2", "."]) == 0
    page = capsys.readouterr().out
    assert f"  - factuality of `{key}` in events: no longer corrected\n" in page
    assert main(["diff", "0.1.1", "0.1.2"]) == 0  # both without their tables
    assert f"  - factuality of `{key}` in events is now (not at hand)\n" in capsys.readouterr().out


def test_a_merged_entity_leads_to_its_heir(project: Path) -> None:
    entities = rows(project / "tables", "entities")
    gone, heir = (row["entity_id"] for row in sorted(entities, key=lambda row: -row["mentions"])[:2])

    def merge(found: list[Row]) -> None:
        for row in found:
            row["entity_id"] = heir if row["entity_id"] == gone else row["entity_id"]

    change(project / "tables", "mentions", merge)
    change(project / "tables", "entities", lambda found: found.remove(next(r for r in found if r["entity_id"] == gone)))
    release_of(project)
    merged = pd.read_csv(project / "releases/0.2.0/entities.csv")
    assert merged[["old", "new", "kind"]].to_numpy().tolist() == [[gone, heir, "merged"]]
    assert "Entities whose id changed: 1" in (project / "CHANGELOG.md").read_text(encoding="utf-8")


def dirty(root: Path) -> None:
    (root / "note.txt").write_text("x", encoding="utf-8")


def other_table(root: Path) -> None:
    change(root / "tables", "numbers", put(0, noun="fox"))


def other_param(root: Path) -> None:
    path = root / "params.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("dollar: USD", "dollar: CAD"), encoding="utf-8")
    git(root, "commit", "--quiet", "--all", "--message", "another dollar")


def other_seed(root: Path) -> None:
    (root / "seeds/more.txt").write_text("A text.", encoding="utf-8")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "more")


def no_lock(root: Path) -> None:
    git(root, "rm", "--quiet", "dvc.lock")
    git(root, "commit", "--quiet", "--message", "no lock")


def no_table(root: Path) -> None:
    (root / "tables/events.csv").unlink()


def no_release(root: Path) -> None:
    git(root, "rm", "--quiet", "-r", "releases")
    git(root, "commit", "--quiet", "--message", "no release")


def other_release(root: Path) -> None:
    path = root / "releases/0.1.0/changes.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    git(root, "commit", "--quiet", "--all", "--message", "mended")


def broken_release(root: Path) -> None:
    (root / "releases/0.1.0/release.json").write_text("[", encoding="utf-8")
    git(root, "commit", "--quiet", "--all", "--message", "broken")


def no_git(root: Path) -> None:
    shutil.rmtree(root / ".git")


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (dirty, "release: the work tree is not clean: note.txt; commit or stash first"),
        (other_table, "release: tables/numbers.parquet is not what numbers was run with; run dvc repro"),
        (
            other_table,
            "release: tables/numbers.csv is not the file that datapackage.json describes: its digest differs",
        ),
        (other_param, "release: numbers of params.yaml is not what numbers was run with; run dvc repro"),
        (other_seed, "release: seeds is not what documents was run with; run dvc repro"),
        (no_lock, "release: dvc.lock is missing: nothing has been built; run dvc repro"),
        (no_table, "release: tables/events.csv is missing; run dvc pull or dvc repro"),
        (no_release, "release: releases/0.1.0 is missing, which v0.1.0 has: git checkout v0.1.0 -- releases/0.1.0"),
        (other_release, "release: releases/0.1.0/changes.csv is not what was released: a release is never changed"),
        (broken_release, "release: releases/0.1.0/release.json: no JSON"),
        (no_git, "no git repository"),
    ],
)
def test_a_release_is_refused(
    project: Path, spoil: Callable[[Path], None], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(project)
    before = contents(project)
    assert main(["release", "--version", "0.2.0"]) == 1
    assert any(line in told for told in said(capsys).splitlines())
    assert contents(project) == before


def test_a_release_without_the_one_it_follows_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other_table(project)
    release_of(project)
    publish(project)
    git(project, "tag", "--delete", "v0.1.0")
    no = project / "releases/0.1.0"
    shutil.rmtree(no)
    git(project, "commit", "--quiet", "--all", "--message", "gone")
    capsys.readouterr()
    assert main(["release", "--version", "0.2.0"]) == 1
    assert said(capsys) == "release: release 0.1.1 follows 0.1.0, but releases/0.1.0 is missing\n"


def test_what_cannot_be_put_in_place_leaves_nothing(
    unreleased: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, replace = contents(unreleased), Path.replace

    def fails(self: Path, target: Path) -> Path:
        if self.name == "CHANGELOG.md":
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    assert main(["release", "--version", "0.3.0"]) == 1
    assert said(capsys) == "release: cannot be written: No space left on device\n"
    assert contents(unreleased) == before


@pytest.mark.parametrize(
    "text",
    [
        "package:\n  name: a\n  version: '0.1.0' # of the data\n\nengine: {}\n",
        "# one\npackage: # of all\n  # a comment\n  name: a\n\n  version: 0.1.0\n",
        "package:\n  name: a\n",
        "engine: {}\n",
    ],
)
def test_the_version_is_written_and_nothing_else(text: str, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text, encoding="utf-8")
    after = with_version(path, Version(1, 2, 3))
    assert yaml.safe_load(after)["package"]["version"] == "1.2.3"
    assert [line for line in text.splitlines() if "version" not in line] == [
        line for line in after.splitlines() if "version" not in line and (line in text.splitlines())
    ]
    assert after.count("#") == text.count("#")


def test_params_in_one_line_are_left_to_the_person(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("package: {name: a, version: 0.1.0}\n", encoding="utf-8")
    with pytest.raises(RefusedError, match=r"set package\.version to 1\.2\.3 by hand"):
        with_version(tmp_path / "params.yaml", Version(1, 2, 3))


# The check of CI


def checked(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["release", "--check"])
    return code, said(capsys)


def test_without_a_release_there_is_nothing_to_check(unreleased: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(capsys) == (0, "release: none yet, nothing to compare with\n")


def test_what_is_released_may_stand(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = checked(capsys)
    assert code == 0
    assert told.startswith("release: 0.1.0 may stand after 0.1.0: the same data")


def bump(root: Path, version: str) -> None:
    path = root / "params.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("version: 0.1.0", f"version: {version}"), encoding="utf-8")


def test_a_released_table_does_not_change_without_a_bump(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other_table(project)
    publish(project)
    code, told = checked(capsys)
    assert (code, told) == (
        1,
        (
            "release: package.version is 0.1.0, but what changed since 0.1.0 is due PATCH, at least 0.1.1\n"
            "  numbers: 1 row changed\n"
        ),
    )
    bump(project, "0.1.1")
    publish(project)
    assert checked(capsys)[0] == 0
    assert "changes" not in json.dumps(
        [r["name"] for r in json.loads(Path("datapackage.json").read_text())["resources"]]
    )


def test_a_schema_does_not_change_without_a_major_step(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The released contract has a column less than the built one."""
    folder = project / "releases/0.1.0"
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    numbers = next(resource for resource in descriptor["resources"] if resource["name"] == "numbers")
    numbers["schema"]["fields"] = [field for field in numbers["schema"]["fields"] if field["name"] != "comparator"]
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    content = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    content["files"]["datapackage.json"] = record.digest(folder / "datapackage.json")
    (folder / "release.json").write_text(json.dumps(content), encoding="utf-8")
    git(project, "tag", "--delete", "v0.1.0")
    code, told = checked(capsys)
    assert code == 1
    assert "is due MAJOR, at least 1.0.0\n  numbers.comparator: field added\n" in told
    assert main(["diff", "0.1.0", "."]) == 0
    page = capsys.readouterr().out
    assert "| `numbers.comparator`: field added | MAJOR | readers by position" in page
    assert "No row changed." in page


def test_a_changed_release_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other_release(project)
    code, told = checked(capsys)
    assert code == 1
    assert told.startswith("release: releases/0.1.0/changes.csv is not what was released")
    (project / "releases/0.1.0/more.txt").write_text("x", encoding="utf-8")
    assert "releases/0.1.0/more.txt is no part of the release" in checked(capsys)[1]


def test_a_release_that_was_rewritten_with_its_digests_is_found_by_its_tag(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "releases/0.1.0/release.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"date": null', '"date": "2020-01-01"'), encoding="utf-8")
    code, told = checked(capsys)
    assert (code, told) == (
        1,
        "release: releases/0.1.0/release.json is not that of v0.1.0: git checkout v0.1.0 -- releases/0.1.0\n",
    )


def test_on_another_platform_rows_may_differ(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other_table(project)
    publish(project)
    monkeypatch.setattr("platform.machine", lambda: "another")
    code, told = checked(capsys)
    assert code == 0
    assert "rows are not compared" in told


# The table of changes


def test_the_changes_of_a_release_are_checked(tmp_path: Path) -> None:
    known = schema("changes")
    row = {"table": "events", "key": "a:1-2", "change": "changed", "old_known": True, "cause": "texts"}
    good = [{**row, "number": 1, "column": "text", "new": "x"}, {**row, "number": 2, "change": "added"}]
    tables.write(tables.from_rows(good, known), tmp_path, "changes")
    assert validate.changes(tmp_path) == (2, [])
    bad = [
        {**row, "number": 1},
        {**row, "number": 3, "change": "added", "column": "text"},
        {**row, "number": 3, "change": "gone"},
    ]
    tables.write(tables.from_rows(bad, known), tmp_path, "changes")
    for rows in (0, 1000):
        faults = sorted(map(str, validate.changes(tmp_path, validate.Params(frictionless_rows=rows))[1]))
        told = "\n".join(faults)
        assert "changes, row 1, column column: a changed cell names its column" in told
        assert "changes, row 2, column number: is 3; the rows are not numbered from 1" in told
        assert "changes, row 3, column change" in told


def test_validate_reads_the_changes_of_the_release(project: Path) -> None:
    given = params.load(project / "params.yaml", pipeline.blocks())
    run = pipeline.run_project("validate", pipeline.Project(project), given, lambda things, total, stage: things)
    assert list(run)
    assert json.loads((project / "validation.json").read_text(encoding="utf-8"))["rows"]["changes"] == 0


@pytest.mark.parametrize("name", ["datapackage.json", "metrics.json", "release.json"])
def test_a_folder_with_a_damaged_file_is_one_line(
    name: str, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(project / "tables", other / "tables")
    shutil.copyfile(project / "datapackage.json", other / "datapackage.json")
    (other / name).write_text("{damaged", encoding="utf-8")
    assert main(["diff", str(other), "."]) == 1
    printed = capsys.readouterr().err
    assert printed.startswith(f"{other / name}: ") and printed.count("\n") == 1
