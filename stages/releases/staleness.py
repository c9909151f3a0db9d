"""Whether the tables are those that the texts, the code and the params of the work tree give, by dvc.lock.

Nothing is run, and DVC is not asked: what dvc.lock names is compared with the files that are there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from stages.core.schema import schemas
from stages.pipeline import Project
from stages.releases.record import FOLDER, digest

_MEND = "run dvc repro, and commit what it changes"
_IGNORED = {".DS_Store", "Thumbs.db", "desktop.ini"}


def faults(project: Project) -> list[str]:
    """Why the built package is not that of the work tree; empty where it is."""
    root = project.root
    try:
        lock = yaml.safe_load((root / "dvc.lock").read_text(encoding="utf-8"))["stages"]
        stages = yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
        params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8")) or {}
        descriptor = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    except OSError as error:
        return [f"{error.filename} is missing: nothing has been built; {_MEND}"]
    except (ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        return [f"dvc.lock, dvc.yaml, params.yaml or datapackage.json cannot be read: {error}"]
    found = [f"the stage {name} has not been built; {_MEND}" for name in stages if name not in lock]
    for name, stage in lock.items():
        if name in stages:
            found += [f"{path} is not what {name} was run with; {_MEND}" for path in _stale(root, stage)]
            found += [f"{key} of params.yaml is not what {name} was run with; {_MEND}" for key in _other(stage, params)]
    found += list(_files(root, descriptor))
    return list(dict.fromkeys(found))


def _stale(root: Path, stage: Mapping[str, Any]) -> Iterator[str]:
    """Dependencies and outputs of a stage that are not what they were when it ran."""
    for item in [*stage.get("deps", []), *stage.get("outs", [])]:
        path = root / item["path"]
        internal = item["path"].startswith("build/")  # what stays inside the project may have been tidied away
        if item["path"] == FOLDER or (internal and not path.exists()):
            continue
        if not path.exists() or (item["md5"] != (of_folder(path) if path.is_dir() else digest(path, "md5"))):
            yield item["path"]


def of_folder(folder: Path) -> str:
    """The digest that DVC gives a folder."""
    files = sorted(
        (path.relative_to(folder).as_posix(), path)
        for path in folder.rglob("*")
        if path.is_file() and path.name not in _IGNORED and not path.name.endswith(("~", ".swp"))
    )
    listed = [{"md5": digest(path, "md5"), "relpath": name} for name, path in files if "__pycache__" not in name]
    return hashlib.md5(json.dumps(listed).encode(), usedforsecurity=False).hexdigest() + ".dir"


def _other(stage: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[str]:
    """Params of a stage that are not what they were; the version of the package is what a release changes."""
    for key, value in stage.get("params", {}).get("params.yaml", {}).items():
        given: Any = params
        for name in key.split("."):
            given = given.get(name) if isinstance(given, dict) else None
        if key == "package.version":
            continue
        if key == "package" and isinstance(given, dict) and isinstance(value, dict):
            given, value = ({k: v for k, v in block.items() if k != "version"} for block in (given, value))
        if given != value:
            yield key


def _files(root: Path, descriptor: Mapping[str, Any]) -> Iterator[str]:
    """Tables that are missing, or not those that datapackage.json describes."""
    resources = {resource["name"]: resource for resource in descriptor.get("resources", [])}
    for table in (known.name for known in schemas().values() if known.published):
        for name in (table, f"{table}-parquet"):
            resource = resources.get(name)
            if resource is None:
                yield f"datapackage.json does not describe {table}; {_MEND}"
                continue
            for part in resource.get("parts", [resource]):
                path = root / part["path"]
                if not path.is_file():
                    yield f"{part['path']} is missing; run dvc pull or dvc repro"
                elif f"sha256:{digest(path)}" != part["hash"]:
                    yield f"{part['path']} is not the file that datapackage.json describes: its digest differs"
