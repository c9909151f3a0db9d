"""docs/tutorial.md: its commands, one after the other, in a copy of the project, and what it says of them."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, checkout
from test_dvc import sh

pytestmark = pytest.mark.slow


def blocks() -> list[tuple[str, str]]:
    """The blocks of the page with their language; `make` without the set-up, which is that of this environment."""
    page = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    found: list[tuple[str, str]] = re.findall(r"^```(sh|python)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [(kind, re.sub(r"^make$", "dvc repro", text, flags=re.MULTILINE)) for kind, text in found]


def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    project = checkout(tmp_path / "project")
    said: dict[str, list[str]] = {"sh": [], "python": []}
    for kind, text in blocks():
        (tmp_path / "block.py").write_text(text, encoding="utf-8")
        said[kind].append(sh(text if kind == "sh" else f"python '{tmp_path}/block.py'", project))
    assert "offer" in said["python"][0] and "needled" not in said["python"][0]
    events = pd.read_parquet(project / "tables/events_flat.parquet").set_index("event_id")
    (needled,) = events[events.text == "needled"].to_dict("records")
    assert (needled["actors"], needled["type"], needled["recipients"]) == ("Denmark", "ACCUSE", "Sweden")
    assert needled["rule"] == "needle-verb"
    assert events.loc["island:84-89", "factuality"] == "Uu"
    assert events.loc["island:84-89", "rule"].endswith("correction of factuality")

    log = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    assert log.index("## 0.2.0 (2026-03-12)") < log.index("## 0.1.0 (2026-03-10)")
    assert "- **texts**: 1 added (talks); 1 changed (ferry)" in log
    diff = json.loads((project / "build/diff.json").read_text(encoding="utf-8"))
    assert diff["due"] == "MINOR"
    assert {cause for table in diff["tables"].values() for cause in table["causes"]} == {"texts"}
    assert "Due by the version recipe: **MINOR**" in (project / "build/diff.md").read_text(encoding="utf-8")
    changes = pd.read_parquet(project / "releases/0.2.0/changes.parquet")
    figure = changes[(changes.table == "numbers") & (changes.column == "value")]
    assert figure[["old", "new", "cause"]].to_numpy().tolist() == [["1200", "1300", "texts"]]
    assert said["python"][-1].splitlines()[-1].split()[-3:] == ["1200", "1300", "texts"]

    archives = {path.name for path in (project / "dist").iterdir()}
    assert archives == {"cod-war-0.1.0.zip", "cod-war-0.1.0-withheld.zip", "cod-war-0.2.0.zip"}
    with zipfile.ZipFile(project / "dist/cod-war-0.2.0.zip") as archive:
        assert "releases/0.2.0/changes.csv" in archive.namelist()
    assert sh("git status --porcelain", project) == ""
