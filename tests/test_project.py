"""The shape of the project: what depends on what, and what no tracked file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from stages import pipeline
from stages.core import fingerprint, params
from stages.core.schema import STAGES, schemas

ROOT = Path(__file__).parent.parent
DVC = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


def imports(path: Path) -> set[str]:
    """The modules of this project that a file imports."""
    return {name for name in fingerprint.imports(path) if name.partition(".")[0] == "stages"}


def closure(module: str) -> set[Path]:
    """The files that running a module reads."""
    return set(fingerprint.code((module,)))


def lexicons(paths: set[Path]) -> set[Path]:
    """The lexicon files whose names stand in the code."""
    return set(fingerprint.lexicons(tuple(sorted(paths))))


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_stage_runs_and_reads_is_in_its_deps(stage: str) -> None:
    code = closure(f"stages.{stage}") | closure("stages.pipeline")
    module = pipeline.module(stage)
    read = {*module.READS, *getattr(module, "FINISHES", ())}
    tables = {*read, *module.WRITES}
    needed = code | lexicons(code) | {ROOT / f"stages/schemas/{name}.json" for name in tables}
    needed |= {
        ROOT / ("tables" if schemas()[name].published else "build") / f"{name}.parquet"
        for name in read - {*module.WRITES}
    }
    listed = {ROOT / dep for dep in DVC[stage]["deps"]}
    assert sorted(needed - listed) == []
    assert ROOT / "requirements.lock" in listed


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_stage_writes_is_in_its_outs(stage: str) -> None:
    written = {
        f"tables/{name}.{suffix}" if schemas()[name].published else f"build/{name}.parquet"
        for name in pipeline.module(stage).WRITES
        for suffix in ("parquet", "csv")
    }
    outs = {out if isinstance(out, str) else next(iter(out)) for out in DVC[stage].get("outs", [])}
    assert written <= outs
    assert DVC[stage]["cmd"] == f"python -m stages {stage}"
    assert DVC[stage]["desc"]
    assert stage in DVC[stage]["params"]


def test_every_lexicon_and_every_schema_belongs_to_a_stage() -> None:
    for path in (ROOT / "stages/lexicons").glob("*.csv"):
        assert path.stem.partition("_")[0] in STAGES
    assert {schema.stage for schema in schemas().values()} <= set(STAGES)
    for stage in pipeline.BUILDING:
        assert set(pipeline.module(stage).WRITES) == {name for name, table in schemas().items() if table.stage == stage}


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another(stage: str) -> None:
    others = {f"stages.{other}" for other in STAGES if other != stage} | {"stages.pipeline", "stages.__main__"}
    for path in closure(f"stages.{stage}"):
        assert not imports(path) & others, path


def test_core_imports_no_stage() -> None:
    for path in (ROOT / "stages/core").glob("*.py"):
        assert all(name == "stages" or name.startswith("stages.core") for name in imports(path)), path


def test_only_sentences_loads_the_language_model() -> None:
    for path in (ROOT / "stages").rglob("*.py"):
        if path.name != "sentences.py":
            assert not re.search(r"^\s*(import|from) spacy", path.read_text(encoding="utf-8"), re.MULTILINE), path


CALLS = {"open", "print", "hash", "input"}
METHODS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "now", "today", "utcnow"}
MODULES = {"time", "random", "secrets", "uuid", "os", "socket"}


def impure(path: Path) -> list[str]:
    """What a module does that the rows of one document do not decide."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "") in CALLS or getattr(node.func, "attr", "") in METHODS
            found += [ast.unparse(node)] if name else []
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name in MODULES]
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            found.append(node.module)
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_stages_open_no_file_and_read_no_clock(stage: str) -> None:
    for path in closure(f"stages.{stage}"):
        if "core" not in path.parts:
            assert impure(path) == [], path


def test_params_are_the_defaults_of_the_code() -> None:
    """So that `build` without a params file gives what the project gives; what the package says of itself apart."""
    given = params.load(ROOT / "params.yaml", pipeline.blocks())
    default = params.defaults(pipeline.blocks())
    assert {name: block for name, block in given.items() if name != "package"} == {
        name: block for name, block in default.items() if name != "package"
    }
    assert set(yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))) == set(pipeline.blocks())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("sentences:\n  modell: x\n", r"sentences\.modell: unknown key"),
        ("sentences:\n  batch_size: many\n", r"sentences\.batch_size: .*integer"),
        ("sentence:\n  model: x\n", r"sentence: unknown key"),
        ("sentences: [\n", "not YAML"),
    ],
)
def test_unusable_params_name_the_key(text: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(params.ParamsError, match=complaint):
        params.load(path, pipeline.blocks())


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_package_index_or_a_path_of_a_machine() -> None:
    index = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host|files\.pythonhosted|pypi\.org/simple")
    path_of_a_machine = re.compile(r"(?<![\w.>/-])/(home|Users|root|tmp|opt|mnt|srv|work)/\w")
    for path in tracked():
        if path.name in {"test_project.py"} or path.is_relative_to(ROOT / "seeds"):
            continue
        text = path.read_text(encoding="utf-8")
        assert not index.search(text), path
        assert not path_of_a_machine.search(text), path


def test_the_lock_pins_and_hashes_every_package() -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip())
    assert len(blocks) > 100
    for block in blocks:
        assert re.match(r"[a-z0-9-]+==\S+", block), block
        assert "--hash=sha256:" in block, block
