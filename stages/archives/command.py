"""The commands about archives."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stages import pipeline
from stages.context import UsageError
from stages.core.corpus import RECORDS, TEXTS
from stages.core.params import Block, defaults, load


def add(commands: Any, say: Callable[[str], None]) -> None:
    """Add the commands to those of the command line.

    Args:
        commands: the subparsers.
        say: speaks to the person.
    """
    made = commands.add_parser("archive", help="The package in one file, with or without the texts it was read from.")
    made.add_argument("--out", type=Path, metavar="FILE", help="default: dist/<name>-<version>.zip; or a folder for it")
    made.add_argument("--texts", choices=("included", "withheld"), help="default: package.texts of the params")
    made.add_argument("--params", type=Path, default=Path("params.yaml"), help="default: params.yaml")
    made.set_defaults(run=lambda given: _archive(given, say))
    back = commands.add_parser("rehydrate", help="Put the words of the texts back into an archive without them.")
    back.add_argument("archive", type=Path, metavar="ARCHIVE", help="the .zip, or the folder it was unpacked into")
    back.add_argument(
        "texts",
        metavar="TEXTS",
        help=f"your copies: a folder, or a file: {', '.join((*TEXTS, *RECORDS))}; also as a URL",
    )
    back.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where the package is written; default: <name>-<version>"
    )
    back.add_argument(
        "--params", type=Path, metavar="FILE", help="a params.yaml that says what your columns are called"
    )
    back.set_defaults(run=lambda given: _rehydrate(given, say))


def _archive(given: argparse.Namespace, say: Callable[[str], None]) -> int:
    """The archive of the project in the current folder."""
    from stages.archives import archive  # only here: it imports a stage, which no other command should wait for

    package = load(given.params, pipeline.blocks())["package"]
    out: Path | None = given.out
    if out is not None and out.suffix != ".zip" and not out.is_dir():
        raise UsageError(f"{out}: is no folder and does not end in .zip, by which readers know an archive")
    texts = given.texts or package.texts  # type: ignore[attr-defined]
    for line in archive.make(pipeline.Project(Path()).root, package, texts, out):  # type: ignore[arg-type]
        say(line)
    return 0


def _rehydrate(given: argparse.Namespace, say: Callable[[str], None]) -> int:
    """A package with its texts, from an archive without them."""
    from stages.archives import rehydrate

    params = _params(given.params)
    if not given.archive.exists():
        raise UsageError(f"{given.archive}: no such file or folder")
    out: Path = given.out or Path(given.archive.name.removesuffix(".zip").removesuffix("-withheld"))
    if out.exists():
        raise UsageError(f"{out}: is there already; name a folder that is not: --out FOLDER")
    columns = params["documents"].columns.model_dump()  # type: ignore[attr-defined]
    for line in rehydrate.rehydrate(given.archive, given.texts, out, columns):
        say(line)
    return 0


def _params(path: Path | None) -> dict[str, Block]:
    blocks = pipeline.blocks()
    return load(path, blocks) if path else defaults(blocks)
