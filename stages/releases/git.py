"""What the project's git repository says: revisions, files of them, and whether the work tree is clean."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from stages.releases import RefusedError


def run(root: Path, *arguments: str) -> bytes | None:
    """The output of a git command; none where it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except OSError as error:
        raise RefusedError(f"git cannot be run: {error.strerror}") from error
    return done.stdout if done.returncode == 0 else None


def commit(root: Path, name: str) -> str | None:
    """The commit that a tag, branch or hash names."""
    if name.startswith("-"):
        return None
    found = run(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return found.decode().strip() if found else None


def show(root: Path, revision: str, path: str) -> bytes | None:
    """A file of the project as it is in a revision."""
    return run(root, "show", f"{revision}:./{path}")


def extract(root: Path, revision: str, path: str, to: Path) -> bool:
    """Write a folder of a revision below another folder; returns whether the revision has it."""
    found = run(root, "archive", "--format=tar", revision, "--", path)
    if not found:
        return False
    with tarfile.open(fileobj=io.BytesIO(found)) as archive:
        archive.extractall(to, filter="data")
    return True


def faults(root: Path) -> list[str]:
    """Why the work tree is not one that a release can be made of."""
    listed = run(root, "status", "--porcelain", "--untracked-files=all", "--", ".")
    if listed is None:
        return [f"{root.resolve()}: no git repository"]
    changed = listed.decode(errors="replace").splitlines()
    if not changed:
        return []
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    names = ", ".join(line[3:] for line in changed[:3])
    return [f"the work tree is not clean: {names}{more}; commit or stash first"]


def tags(root: Path) -> list[str]:
    """The tags of the repository."""
    return (run(root, "tag", "--list", "v*") or b"").decode().split()
