"""The project under DVC: what runs, what comes back from a remote, and the commands of the README."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import checkout, page

from stages import linting

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
DATED = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
SOMEBODY = {f"GIT_{who}_{what}": "nobody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def sh(command: str, cwd: Path, **environment: str) -> str:
    """Run a shell command with the packages of this environment; returns what it printed."""
    given = {**os.environ, **DATED, **SOMEBODY, "PATH": f"{BIN}:{os.environ['PATH']}", **environment}
    given |= {"DVC_SITE_CACHE_DIR": str(cwd / ".dvc/tmp/site"), "PYTHONPATH": str(cwd)}
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=cwd, env=given, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
    return run.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built and committed clone."""
    folder = checkout(tmp_path_factory.mktemp("project"))
    sh("git init -q -b main && git add -A && git commit -qm first", folder)
    sh("dvc repro && git add -A && git commit -qm built --allow-empty", folder)
    return folder


def test_a_second_run_runs_nothing(project: Path) -> None:
    printed = sh("dvc repro", project)
    assert "Running stage" not in printed
    assert sh("git status --porcelain", project) == ""


def test_the_commands_of_the_readme(project: Path, tmp_path: Path) -> None:
    """In their order; what make does is left to CI, which calls it."""
    commands = "".join(page("README.md", "sh"))
    assert "make test" in commands
    lines = [line for line in commands.splitlines() if line and not line.startswith("make")]
    store = tmp_path / "store"
    store.mkdir()
    script = "\n".join(lines)
    assert "dvc push" in script
    # An address, not a path: DVC clones it, and has neither its cache nor its local configuration.
    sh(script, project, STORE=str(store), REPOSITORY=f"file://{project}", VERSION="9.0.0")
    pulled = (project / "build/events_flat.parquet").read_bytes()
    assert pulled == (project / "tables/events_flat.parquet").read_bytes()
    described = (project / "datapackage.json").read_bytes()
    assert (project / "releases/9.0.0/datapackage.json").read_bytes() == described
    assert b"releases/9.0.0/changes.csv" in described
    assert sh("git status --porcelain", project) == ""
    assert "9.0.0 may stand after 9.0.0" in sh("python -m stages release --check", project)


def test_a_clone_pulls_what_another_pushed(project: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    sh(f"dvc remote add --force --default --local store '{store}' && dvc push", project)
    sh(f"git clone -q '{project}' clone", tmp_path)
    clone = tmp_path / "clone"
    sh(f"dvc remote add --default --local store '{store}' && dvc pull", clone)
    assert (clone / "tables/events.csv").read_bytes() == (project / "tables/events.csv").read_bytes()
    assert "Running stage" not in sh("dvc repro", clone)
    assert sh("git status --porcelain", clone) == ""


def test_a_changed_rule_runs_only_what_reads_it(project: Path) -> None:
    listed = yaml.safe_load((project / "dvc.yaml").read_text(encoding="utf-8"))["stages"]["events"]["deps"]
    path = project / next(dep for dep in listed if "lexicons/events_" in dep and "triggers" in dep)
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text("\n".join(before.splitlines()[:-1]) + "\n", encoding="utf-8")
        printed = sh("dvc repro --dry", project)
    finally:
        path.write_text(before, encoding="utf-8")
    assert "Running stage 'events'" in printed
    assert "Running stage 'sentences'" not in printed


def test_descriptor_and_reference_are_those_of_the_schemas(project: Path) -> None:
    assert linting.check(project) == []
