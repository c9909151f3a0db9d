"""What users run before a commit and in CI: the check of the schemas, the hooks, the report on a pull request."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import ROOT

from stages import linting, publish
from stages.__main__ import main
from stages.core.schema import schema, schemas

BIN = Path(sys.executable).parent
FILES = {path.name: path.read_bytes() for path in sorted((ROOT / "stages/schemas").glob("*.json"))}
Schema = dict[str, Any]


# The check of the schemas


def test_the_schemas_of_the_project_are_sound() -> None:
    assert linting.faults(FILES) == []


def test_what_the_check_accepts_the_standard_accepts() -> None:
    import dplib

    profile = json.loads((Path(dplib.__file__).parent / "profiles/2.0/tableschema.json").read_text(encoding="utf-8"))
    for table in schemas().values():
        jsonschema.Draft7Validator(profile).validate(table.table_schema())


def broken(change: Callable[[Schema], Any], name: str = "events") -> list[str]:
    """The faults after a change of one schema."""
    content = json.loads(FILES[f"{name}.json"])
    change(content)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    return linting.faults({**FILES, f"{name}.json": text.encode()})


def field(schema: Schema, name: str) -> Schema:
    found: Schema = next(one for one in schema["fields"] if one["name"] == name)
    return found


def key(schema: Schema, name: str) -> Schema:
    found: Schema = next(one for one in schema["foreignKeys"] if one["fields"] == [name])
    return found


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda s: s.pop("grain"), "grain: is missing"),
        (lambda s: s.update(grain="Rows."), "grain: has to say what one row is"),
        (lambda s: s.update(published="yes"), "published: is of another type than bool"),
        (lambda s: s.update(colour="red"), "colour: is no property that the project knows"),
        (lambda s: s.update(name="event"), "name: is 'event', and the file events.json"),
        (lambda s: s.update(stage="reports"), "stage: 'reports' is none of documents, "),
        (lambda s: s.update({"$schema": "https://example.org"}), "$schema: is not https://datapackage.org/"),
        (lambda s: s.update(title=" "), "title: is empty"),
        (lambda s: s["fields"].clear(), "fields: there are none"),
        (lambda s: s["fields"].append("rule"), "is no JSON object"),
        (lambda s: s["fields"].append(field(s, "rule")), "field rule: is there twice"),
        (lambda s: field(s, "rule").pop("description"), "field rule: description: is missing"),
        (lambda s: field(s, "rule").update(description="a rule"), "field rule: description: has to be a sentence"),
        (lambda s: field(s, "mode").update(name="eventMode"), "field eventMode: the name is not in snake_case"),
        (lambda s: field(s, "rule").update(type="text"), "field rule: type: 'text' is none of string, "),
        (lambda s: field(s, "rule").update(format="uri"), "field rule: format: is no property that the project knows"),
        (lambda s: field(s, "rule").update(constraints={}), "field rule: constraints: a text needs minLength"),
        (
            lambda s: field(s, "lower").update(constraints={"minimum": 1}),
            "field lower: constraints.minimum: does not fit",
        ),
        (lambda s: field(s, "rule")["constraints"].update(unique=True), "field rule: constraints.unique: is none of"),
        (lambda s: field(s, "rule")["constraints"].update(minLength="1"), "constraints.minLength: is of another type"),
        (lambda s: field(s, "rule")["constraints"].update(required=1), "constraints.required: is of another type"),
        (lambda s: field(s, "rule")["constraints"].update(pattern="("), "field rule: constraints.pattern: '(' is no"),
        (lambda s: field(s, "type")["constraints"].update(enum=[]), "field type: constraints.enum: has to list texts"),
        (lambda s: field(s, "type")["constraints"].update(enum=["A", "A"]), "constraints.enum: lists a value twice"),
        (lambda s: field(s, "text").update(source=1), "field text: source: is of another type than str or list"),
        (lambda s: field(s, "text").update(source="words"), "field text: source: 'words' is none of text, title, "),
        (lambda s: field(s, "text").update(source=["start"]), 'field text: source: ["start"] does not name two fields'),
        (lambda s: field(s, "text").update(source=["start", "rule"]), "does not name two fields of offsets"),
        (lambda s: s.update(primaryKey=[]), "primaryKey: is empty"),
        (lambda s: s.update(primaryKey=["id"]), "primaryKey: there is no field 'id'"),
        (
            lambda s: field(s, "event_id")["constraints"].pop("required"),
            "field event_id: is in the primary key and not",
        ),
        (lambda s: key(s, "date_id").update(fields=["day_id"]), "foreignKeys: there is no field 'day_id'"),
        (lambda s: key(s, "date_id").update(fields=["date_id", "doc_id"]), "has to refer from one field to one field"),
        (lambda s: key(s, "date_id").pop("reference"), "has to refer from one field to one field"),
        (
            lambda s: key(s, "date_id")["reference"].update(resource="days"),
            "field date_id: refers to 'days', which is no",
        ),
        (
            lambda s: key(s, "date_id")["reference"].update(fields=["text"]),
            "field date_id: refers to 'text', which is not",
        ),
        (lambda s: key(s, "date_id").update(fields=["lower"]), "field lower: has another type than dates.date_id"),
    ],
)
def test_a_broken_schema_is_named_with_its_field(change: Callable[[Schema], Any], fault: str) -> None:
    found = broken(change)
    assert any(line.startswith("stages/schemas/events.json: ") and fault in line for line in found), found
    assert all("\n" not in line for line in found)


def test_keys_across_stages_and_in_circles_are_named() -> None:
    def to(table: str, name: str) -> Callable[[Schema], Any]:
        reference = {"fields": [name], "reference": {"resource": table, "fields": [name]}}
        added = {"name": name, "type": "string", "description": "A key.", "constraints": {"minLength": 1}}
        return lambda s: (s["fields"].append(added), s.setdefault("foreignKeys", []).append(reference))

    assert broken(to("events", "event_id"), "dates") == [
        "stages/schemas/dates.json: field event_id: refers to events, which a later stage writes",
        "stages/schemas/dates.json: foreignKeys: refer back to this table in a circle",
        "stages/schemas/events.json: foreignKeys: refer back to this table in a circle",
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"{", "events.json: is no JSON: Expecting"),
        (b"\xff", "events.json: is no JSON: 'utf-8'"),
        (b"[]", "events.json: is no JSON object"),
        (FILES["events.json"].replace(b"  ", b" "), "events.json: is not indented by two spaces"),
    ],
)
def test_a_file_that_is_no_schema_is_named(content: bytes, fault: str) -> None:
    (found,) = linting.faults({**FILES, "events.json": content})
    assert fault in found


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The schemas with a descriptor and a reference that were made from them."""
    shutil.copytree(ROOT / "stages/schemas", tmp_path / "stages/schemas")
    (tmp_path / "docs").mkdir()
    known = [table for table in schemas().values() if table.published]
    described = [*known, schema("changes")]
    examples = {table.name: {"text": "# An example\n\n## of a text"} for table in known}
    (tmp_path / "docs/tables.md").write_text(publish.reference(described, examples), encoding="utf-8")
    file = publish.File("tables/a.csv", "csv", 1, "0" * 64, 1)
    text = publish.descriptor(publish.Package(), {table.name: [file] for table in known}, known, [], {}, "seeds")
    (tmp_path / "datapackage.json").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_passes_on_what_was_made_from_the_schemas(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schemas"]) == 0
    assert re.fullmatch(r"schemas: \d\d published tables and \d internal, no fault\n", capsys.readouterr().out)


def test_a_descriptor_and_a_reference_that_are_behind_are_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = json.loads((project / "datapackage.json").read_text(encoding="utf-8"))
    tables = {one["name"]: one for one in package["resources"]}
    field(tables["events"]["schema"], "rule")["type"] = "integer"
    tables["dates"]["schema"]["primaryKey"] = ["doc_id"]
    tables["numbers"]["title"] = "Figures"
    package["resources"].remove(tables["entities"])
    (project / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    page = project / "docs/tables.md"
    text = page.read_text(encoding="utf-8")
    text = text.replace("| `rule` | string", "| `rule` | text", 1) + "\n## gone\n\nA table.\n"
    page.write_text(text, encoding="utf-8")
    assert main(["schemas"]) == 1
    make = "run make, and commit what it changes"
    assert sorted(capsys.readouterr().out.splitlines()) == [
        f"datapackage.json: dates: differs from its schema in its keys or the order of its fields; {make}",
        f"datapackage.json: entities: is missing; {make}",
        f"datapackage.json: events: differs from its schema in rule; {make}",
        f"datapackage.json: numbers: has another title or description than its schema; {make}",
        f"docs/tables.md: events: is not that of the schemas; {make}",
        f"docs/tables.md: gone: is not that of the schemas; {make}",
    ]


def test_outside_a_project_and_before_a_build_the_command_says_so(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "datapackage.json").unlink()
    (project / "docs/tables.md").unlink()
    assert main(["schemas"]) == 0
    monkeypatch.chdir(project / "docs")
    assert main(["schemas"]) == 1
    assert "run this in the folder of the project" in capsys.readouterr().out


# The hooks


def hooks() -> list[dict[str, Any]]:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    return [hook for repository in config["repos"] for hook in repository["hooks"]]


def test_the_hooks_pass() -> None:
    """On all files of the project; how long they take is measured in make bench."""
    sources = [str(path) for path in sorted(ROOT.glob("stages/**/*.py")) + sorted(ROOT.glob("tests/*.py"))]
    assert [hook["id"] for hook in hooks()] == ["ruff-format", "ruff-check", "schemas"]
    for hook in hooks():
        command = shlex.split(hook["entry"].replace(".venv/bin/", f"{BIN}/"))
        command += ["--check"] if hook["id"] == "ruff-format" else []
        command += sources if hook.get("pass_filenames", True) else []
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


def test_the_hook_of_the_schemas_runs_where_it_has_to() -> None:
    pattern = re.compile(next(hook["files"] for hook in hooks() if hook["id"] == "schemas"))
    assert all(map(pattern.search, ("stages/schemas/events.json", "datapackage.json", "docs/tables.md")))
    assert not any(map(pattern.search, ("seeds/a.txt", "README.md", "tests/test_ci.py")))


# Continuous integration

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def load(path: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_may_only_read_and_pin_their_actions(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/checkout@v4"))
            # What a pull request can name stands in variables of the environment, never in the text of a script.
            assert "${{" not in step.get("run", "")


def test_the_job_that_may_comment_runs_no_code_of_the_pull_request() -> None:
    job = load(ROOT / ".github/workflows/data.yml")["jobs"]["comment"]
    assert job["permissions"] == {"pull-requests": "write"}
    assert [step["uses"] for step in job["steps"] if "uses" in step] == ["actions/download-artifact@v4"]
    assert "head.repo.full_name == github.repository" in job["if"]


def scripts() -> dict[str, str]:
    """Every shell script of CI."""
    found = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / ".ci").iterdir())}
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            found[f"{path.stem}, {name}"] = "\n".join(step["run"] for step in job["steps"] if "run" in step)
    for name, job in load(ROOT / "docs/examples/gitlab-ci.yml").items():
        if isinstance(job, dict) and "script" in job:
            found[f"gitlab, {name}"] = "\n".join(job["script"])
    return found


@pytest.mark.parametrize("name", scripts())
def test_the_scripts_are_shell(name: str) -> None:
    subprocess.run(["bash", "-n"], input=scripts()[name], text=True, check=True)


def test_the_example_for_gitlab_runs_what_github_runs() -> None:
    example = load(ROOT / "docs/examples/gitlab-ci.yml")
    github = load(ROOT / ".github/workflows/data.yml")["jobs"]["report"]["steps"]
    for command in ("make .venv/ready", "bash .ci/report "):
        assert any(command in step.get("run", "") for step in github)
        assert any(command in line for line in example["report"]["script"])
    assert example["check"]["script"] == ["bash .ci/run"]
    assert example["report"]["stage"] in example["stages"]


def tool(folder: Path, name: str, script: str) -> None:
    """A stand-in for a command, which also writes down how it was called."""
    path = folder / name
    path.write_text(f'#!/bin/bash\necho "{name} $*" >> "{folder}/calls"\n{script}\n')
    path.chmod(0o755)


@pytest.fixture
def stand_ins(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "calls").touch()
    return folder


def bash(
    script: str, cwd: Path, stand_ins: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "PATH": f"{stand_ins}:{os.environ['PATH']}", **environment}
    command = ["bash", "-e", "-c", script, "bash", *arguments]
    return subprocess.run(command, cwd=cwd, env=given, capture_output=True, text=True, check=False, timeout=60)


def report(tmp_path: Path, stand_ins: Path, python: str, dvc: str = "") -> tuple[int, str, str]:
    """Make the report of a project; returns the exit code, the page, and what was called."""
    shutil.copytree(ROOT / ".ci", tmp_path / "project/.ci")
    git = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], cwd=tmp_path / "project", check=True)
    tool(stand_ins, "python", python)
    tool(stand_ins, "dvc", dvc)
    run = bash("bash .ci/report HEAD", tmp_path / "project", stand_ins)
    page = (tmp_path / "project/build/report.md").read_text(encoding="utf-8")
    return run.returncode, page, (stand_ins / "calls").read_text()


def test_the_report_has_everything_that_a_reviewer_needs(tmp_path: Path, stand_ins: Path) -> None:
    python = 'case "$*" in *diff*) echo "| table | added |";; *schemas*) echo "schemas: no fault";; esac'
    code, page, calls = report(tmp_path, stand_ins, python, 'case "$*" in "metrics diff"*) echo "| metric |";; esac')
    assert code == 0
    assert re.findall(r"^## (.*)", page, re.MULTILINE) == [
        "✓ Schemas",
        "✓ Build",
        "✓ Committed build",
        "Quality",
        "Data",
    ]
    assert "schemas: no fault" in page and "The build is the committed one." in page
    assert "| metric |" in page and "| table | added |" in page
    assert "dvc metrics diff --md HEAD\n" in calls
    assert "python -m stages diff HEAD .\n" in calls


def test_a_report_of_what_fails_is_written_and_fails(tmp_path: Path, stand_ins: Path) -> None:
    python = 'case "$*" in *schemas*) echo "events.json: field rule: is there twice"; exit 1;; *diff*) exit 2;; esac'
    code, page, calls = report(tmp_path, stand_ins, python, '[ "$1" != pull ] && [ "$1" != checkout ]')
    assert code == 1
    assert "## ✗ Schemas\n\n```\nevents.json: field rule: is there twice\n```" in page
    assert "## Quality\n\nNo change." in page
    assert "## Data\n\nThere is none:" in page
    # The tables of the base are neither in the cache nor in a remote, so they are built.
    assert re.search(r"dvc checkout --quiet\ndvc pull --quiet\ndvc repro --quiet\n", calls)
    assert re.search(r"python -m stages diff HEAD \.\npython -m stages diff \S+/project/tables tables\n", calls)


COMMENT = next(
    step["run"]
    for step in load(ROOT / ".github/workflows/data.yml")["jobs"]["comment"]["steps"]
    if step.get("name") == "Comment"
)
GITHUB = {"GH_REPO": "somebody/something", "NUMBER": "7", "RUN": "https://example.org/run/1"}


@pytest.mark.parametrize("before", ["", "41"], ids=["first", "again"])
def test_a_comment_is_written_once_and_then_updated(before: str, tmp_path: Path, stand_ins: Path) -> None:
    (tmp_path / "report.md").write_text("# What this change does\n", encoding="utf-8")
    tool(stand_ins, "gh", f'case "$*" in *--jq*) echo "{before}";; esac')
    run = bash(COMMENT, tmp_path, stand_ins, **GITHUB)
    assert run.returncode == 0, run.stderr
    asked, *wrote = (stand_ins / "calls").read_text().splitlines()
    assert asked.startswith("gh api --paginate repos/somebody/something/issues/7/comments")
    assert 'startswith("<!-- report on the data -->")' in asked
    if before:
        assert wrote == [
            "gh api --silent --method PATCH repos/somebody/something/issues/comments/41 --field body=@comment.md"
        ]
    else:
        assert wrote == ["gh pr comment 7 --body-file comment.md"]
    assert (tmp_path / "comment.md").read_text().startswith("<!-- report on the data -->\n# What this change does")


def test_a_comment_is_no_longer_than_github_allows(tmp_path: Path, stand_ins: Path) -> None:
    (tmp_path / "report.md").write_text("é" * 50_000, encoding="utf-8")
    tool(stand_ins, "gh", "")
    assert bash(COMMENT, tmp_path, stand_ins, **GITHUB).returncode == 0
    comment = (tmp_path / "comment.md").read_text(encoding="utf-8")
    assert 30_000 < len(comment) < 65_536
    assert comment.endswith("the whole report is an artifact of [the run](https://example.org/run/1).\n")


@pytest.mark.parametrize("before", [[], [41, 42]], ids=["first", "again"])
def test_a_note_of_gitlab_is_written_once_and_then_updated(before: list[int], tmp_path: Path, stand_ins: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build/report.md").write_text("# What this change does\n", encoding="utf-8")
    (script,) = load(ROOT / "docs/examples/gitlab-ci.yml")["note"]["script"]
    listed = [{"id": 1, "body": "Hello"}, *({"id": one, "body": "<!-- report on the data -->\n#"} for one in before)]
    tool(stand_ins, "curl", f"case \"$*\" in *per_page*) echo '{json.dumps(listed)}';; esac")
    given = {"CI_API_V4_URL": "https://example.org/api/v4", "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "9"}
    run = bash(script, tmp_path, stand_ins, REPORT_TOKEN="a token", **given)
    assert run.returncode == 0, run.stderr
    *_, wrote = (stand_ins / "calls").read_text().splitlines()
    notes = "https://example.org/api/v4/projects/3/merge_requests/9/notes"
    expected = f"--request PUT {notes}/41" if before else f"--request POST {notes}"
    assert f"{expected} --data-urlencode body@note.md" in wrote
