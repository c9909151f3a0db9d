"""What the rows of each stage depend on besides the texts: of this work tree, or of a revision by its dvc.lock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement

from stages.context import subject
from stages.core import fingerprint
from stages.core.memo import hexdigest
from stages.core.params import Block
from stages.pipeline import BUILDING
from stages.releases import git
from stages.releases.causes import Inputs


def of_tree(params: Mapping[str, Block]) -> Inputs:
    """What the code that runs here makes rows with."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for stage in BUILDING:
        parts = fingerprint.parts(*subject(stage, params))
        found[stage] = {
            "code": parts.code,
            "lexicons": parts.lexicons,
            "schemas": parts.schemas,
            "params": flat(json.loads(parts.params)),
            "packages": parts.packages,
            "model": parts.model,
            "platform": parts.platform,
        }
    return found


def flat(values: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Params by their dotted names, each value as JSON."""
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found |= flat(value, f"{above}{name}.")
        else:
            found[f"{above}{name}"] = json.dumps(value, ensure_ascii=False)
    return found


def of_revision(root: Path, revision: str, like: Inputs) -> Inputs | None:
    """What the dependencies that dvc.lock names were in a revision; none where it has no dvc.lock.

    Args:
        root: of the project.
        revision: a commit.
        like: the inputs of the work tree. A revision says nothing of the platform, and what it says of packages is its
            lock file; both are compared as far as they are known.
    """
    lock = git.show(root, revision, "dvc.lock")
    if lock is None:
        return None
    stages = yaml.safe_load(lock)["stages"]
    idle = {*_paths("stages.pipeline")} - {*_paths("stages.tasks")}
    pinned = _pinned(git.show(root, revision, "requirements.lock") or b"")
    hashes: dict[str, str] = {}
    found: dict[str, dict[str, dict[str, str]]] = {}
    for stage in (stage for stage in BUILDING if stage in stages):
        here = {kind: dict(values) for kind, values in like[stage].items()}
        own = {*_paths(f"stages.{stage}")}
        groups: dict[str, dict[str, str]] = {"code": {}, "lexicons": {}, "schemas": {}}
        for path in (dep["path"] for dep in stages[stage].get("deps", [])):
            kind = _kind(path)
            if kind is None or (path in idle and path not in own):
                continue
            if path not in hashes:
                hashes[path] = hexdigest(git.show(root, revision, path) or b"")
            groups[kind][path] = hashes[path]
        params = flat(stages[stage].get("params", {}).get("params.yaml", {}).get(stage) or {})
        found[stage] = {
            **groups,
            "params": {**here["params"], **params},  # a param that dvc.lock does not have had its default
            "packages": {name: pinned.get(name, version) for name, version in here["packages"].items()},
            "model": {name: pinned.get(name, version) for name, version in here["model"].items()},
            "platform": here["platform"],
        }
    return found


def _paths(module: str) -> list[str]:
    return [path.relative_to(fingerprint.ROOT).as_posix() for path in fingerprint.code((module,))]


def _kind(path: str) -> str | None:
    if path.startswith("stages/lexicons/"):
        return "lexicons"
    if path.startswith("stages/schemas/"):
        return "schemas"
    return "code" if path.startswith("stages/") and path.endswith(".py") else None


def _pinned(lock: bytes) -> dict[str, str]:
    """The versions that a requirements file pins for the Python that runs here."""
    found: dict[str, str] = {}
    for line in lock.decode(errors="replace").splitlines():
        if line[:1].isalnum() and "==" in line:
            pinned = Requirement(line.rstrip(" \\"))
            if pinned.marker is None or pinned.marker.evaluate():
                found[pinned.name.lower()] = str(pinned.specifier).removeprefix("==")
    return found
