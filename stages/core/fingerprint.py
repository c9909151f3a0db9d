"""Fingerprints: the hash of everything but the texts that the rows of a stage depend on.

Its code and that of the modules it imports, the lexicons that these name, the schemas of its tables, its params, and
the versions of the packages that the code imports, with those that these need.
"""

from __future__ import annotations

import ast
import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from stages.core.memo import hexdigest
from stages.core.params import Block

ROOT = Path(__file__).resolve().parent.parent.parent
"""The folder that holds the package `stages`."""


@dataclass(frozen=True)
class Parts:
    """What a fingerprint is the hash of, part by part: files by their path, each with its hash."""

    code: dict[str, str]
    lexicons: dict[str, str]
    schemas: dict[str, str]
    params: str
    """As JSON."""
    packages: dict[str, str]
    """Versions of the packages that the code imports, and of all that these need."""
    model: dict[str, str]
    """Versions of the further packages: that of the language model."""
    platform: dict[str, str]


def parts(modules: Iterable[str], tables: Iterable[str], params: Block, extra: Iterable[str] = ()) -> Parts:
    """Everything but the texts that the rows of a stage depend on; the arguments are those of `fingerprint`."""
    files, named = code(tuple(modules)), tuple(map(_canonical, extra))
    known = dict(line.split(" ") for line in versions(tuple(sorted({*_packages(files), *named}))))
    return Parts(
        code=_hashes(files),
        lexicons=_hashes(lexicons(files)),
        schemas=_hashes(ROOT / f"stages/schemas/{name}.json" for name in sorted(tables)),
        params=params.model_dump_json(),
        packages={name: version for name, version in known.items() if name not in named},
        model={name: version for name, version in known.items() if name in named},
        platform={"machine": platform.machine(), "python": platform.python_version()},
    )


def fingerprint(modules: Iterable[str], tables: Iterable[str], params: Block, extra: Iterable[str] = ()) -> str:
    """The hash of code, lexicons, schemas, params and package versions.

    Args:
        modules: dotted names of the modules that run.
        tables: the tables that are read and written.
        params: the block of the stage.
        extra: names of further packages that the result depends on: that of the language model.
    """
    found = parts(modules, tables, params, extra)
    lines = [
        f"{path} {digest}" for part in (found.code, found.lexicons, found.schemas) for path, digest in part.items()
    ]
    lines += [found.params, *found.platform.values()]
    lines += [f"{name} {version}" for name, version in sorted({**found.packages, **found.model}.items())]
    return hexdigest(*(line.encode() for line in lines))


def _hashes(files: Iterable[Path]) -> dict[str, str]:
    return {path.relative_to(ROOT).as_posix(): hexdigest(path.read_bytes()) for path in files if path.exists()}


def _file(module: str) -> Path | None:
    base = ROOT.joinpath(*module.split("."))
    return next((path for path in (base / "__init__.py", base.with_suffix(".py")) if path.exists()), None)


@cache
def imports(path: Path) -> frozenset[str]:
    """The dotted names of the modules that a file imports, each with the packages it lies in."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            found.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return frozenset(found)


@cache
def code(modules: tuple[str, ...]) -> tuple[Path, ...]:
    """The files of this package that running some modules runs, by path."""
    seen: set[Path] = set()
    todo = list(modules)
    while todo:
        path = _file(todo.pop())
        if path and path not in seen:
            seen.add(path)
            todo.extend(name for name in imports(path) if name.partition(".")[0] == "stages")
    return tuple(sorted(seen))


@cache
def lexicons(files: tuple[Path, ...]) -> tuple[Path, ...]:
    """The lexicon files whose names stand as strings in the code."""
    strings = {
        node.value
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return tuple(path for path in sorted((ROOT / "stages/lexicons").glob("*.csv")) if path.stem in strings)


@cache
def _packages(files: tuple[Path, ...]) -> frozenset[str]:
    """The installed packages that some files import."""
    known = _distributions()
    tops = {name.partition(".")[0] for path in files for name in imports(path)}
    return frozenset(package for top in tops for package in known.get(top, ()))


@cache
def _distributions() -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(set(found))) for name, found in metadata.packages_distributions().items()}


@cache
def versions(packages: tuple[str, ...]) -> tuple[str, ...]:
    """Name and version of packages and of all that they need, where these are installed."""
    found: dict[str, str] = {}
    todo = [_canonical(name) for name in packages]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        found[name] = package.version
        for line in package.requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                todo.append(_canonical(needed.name))
    return tuple(f"{name} {version}" for name, version in sorted(found.items()) if name != "standoff")


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
