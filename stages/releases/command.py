"""The commands `diff` and `release`: arguments, and what is said to the person."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stages import pipeline
from stages.core.params import Block, defaults, load
from stages.pipeline import Project
from stages.releases import ArgumentError, check, making, report
from stages.releases.differences import Comparison
from stages.releases.snapshots import opened

PROJECT = Project(Path())
_PARAMS = Path("params.yaml")


def add(commands: Any) -> None:
    """Add the commands to the parser of the command line."""
    diff = commands.add_parser("diff", help="What changed between two versions of the data, by how much, and why.")
    named = "a folder of tables, a .zip archive, the version of a release, or a tag, branch or commit"
    diff.add_argument("old", metavar="OLD", help=named)
    diff.add_argument("new", metavar="NEW", help="the same")
    diff.add_argument("--json", type=Path, metavar="FILE", help="write the diff for programs")
    diff.add_argument("--markdown", type=Path, metavar="FILE", help="write the page to a file instead of printing it")
    diff.add_argument("--examples", type=int, default=3, metavar="N", help="rows to show of each kind; default: 3")
    diff.add_argument("--params", type=Path, default=_PARAMS, help="of the work tree; default: params.yaml")
    diff.set_defaults(run=_guarded(_diff))
    release = commands.add_parser("release", help="Make a release of what is built, or check that its version is due.")
    release.add_argument("--version", metavar="X", help="of the data; default: the smallest that is due")
    release.add_argument("--date", metavar="YYYY-MM-DD", help="of the release; without it the release has none")
    release.add_argument("--notes", metavar="TEXT", help="what the changelog says first")
    release.add_argument("--check", action="store_true", help="only check; fails where a larger version is due")
    release.set_defaults(run=_guarded(_release))


def _guarded(run: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    def guarded(given: argparse.Namespace) -> int:
        try:
            run(given)
        except ArgumentError as error:
            print(error, file=sys.stderr)
            return 2
        return 0

    return guarded


def _diff(given: argparse.Namespace) -> None:
    if given.examples < 0:
        raise ArgumentError("--examples: less than none")
    for path in (given.json, given.markdown):
        if path is not None and not path.absolute().parent.is_dir():
            raise ArgumentError(f"{path}: {path.parent} is no folder")
    params = load(given.params, pipeline.blocks()) if given.params.exists() else defaults(pipeline.blocks())
    with opened(given.old, PROJECT, params) as old, opened(given.new, PROJECT, params) as new:
        diff = Comparison(old, new, given.examples).finish()
    page = report.markdown(diff)
    if given.json:
        text = json.dumps(report.as_json(diff), indent=2, ensure_ascii=False) + "\n"
        given.json.write_text(text, encoding="utf-8", newline="\n")
    if given.markdown:
        given.markdown.write_text(page, encoding="utf-8", newline="\n")
    else:
        print(page, end="")


def _release(given: argparse.Namespace) -> None:
    params: dict[str, Block] = load(_PARAMS, pipeline.blocks())
    if given.check:
        if given.version or given.date or given.notes:
            raise ArgumentError("--check only checks: leave --version, --date and --notes out")
        lines = check.check(PROJECT, params)
    else:
        lines = making.make(PROJECT, params, given.version, given.date, given.notes)
    for line in lines:
        print(line)
