"""What a build costs beside the parse and the rules: reading, rebuilding documents, memo, tables, writing."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from stages import pipeline
from stages.context import Context
from stages.core import cursor, memo, params, parse, tables

_TIMED: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("rebuilding documents", parse, ("rebuild",)),
    ("rows to tables and back", tables, ("from_rows", "to_rows", "from_columns", "to_columns", "ordered")),
    ("memo", memo, ("encode", "stream", "unstream", "digests")),
    ("memo", memo.Memo, ("find", "keep", "sound", "prune")),
    ("partitions", cursor, ("ranges",)),
    ("partitions", cursor.Cursor, ("until",)),
    ("writing", Context, ("open", "write", "close")),
)


class Stopwatch:
    """CPU seconds by kind of work; work that is done for other work counts as that."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._busy = False

    def timed(self, kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            if self._busy:
                return function(*args, **kwargs)
            self._busy = True
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self._busy = False
                self.seconds[kind] += time.process_time() - start

        return run


def overhead(corpus: Path, folder: Path, root: Path, bare: float) -> None:
    """Print what one process spends beside the parse and the rules.

    Args:
        corpus: to be built.
        folder: for what is built.
        root: of the project, for its params.
        bare: CPU seconds of the bare parse of that corpus.
    """
    watch = Stopwatch()
    kept = [(owner, name, getattr(owner, name)) for _, owner, names in _TIMED for name in names]
    given = params.load(root / "params.yaml", pipeline.blocks())
    given["engine"] = pipeline.blocks()["engine"](workers=1)
    for kind, owner, names in _TIMED:
        for name in names:
            setattr(owner, name, watch.timed(kind, getattr(owner, name)))
    try:
        lines = list(pipeline.build(corpus, folder / "timed", given, lambda work, total, what: work, folder / "memo-t"))
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)
    reading = next(float(line.split()[3]) for line in lines if line.startswith("documents "))
    watch.seconds["reading and zoning"] = reading
    for kind, seconds in sorted(watch.seconds.items()):
        print(f"  {kind:32}{seconds:9.1f}{'':9}{seconds / bare:15.3f}")
    total = sum(watch.seconds.values())
    print(f"  {'together':32}{total:9.1f}{'':9}{total / bare:15.3f}")
