"""What the parts of one run share: params, memo, engine, the tables being written, and what it all cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa
from pydantic import Field

from stages.core import engine, memo, partitions, tables
from stages.core.corrections import Corrections
from stages.core.fingerprint import fingerprint
from stages.core.params import Block
from stages.core.parse import Row
from stages.core.rows import Rows
from stages.core.schema import schema
from stages.tasks import Result, module


class Work:
    """A piece of finished work, for those who show progress."""

    def __init__(self, texts: int, remembered: bool) -> None:
        self.texts = texts
        self.remembered = remembered


Progress = Callable[[Iterable[Work], int | None, str], Iterable[Work]]
"""Wraps the work as it is finished: the pieces, how many texts there are if that is known, what is done."""


class PipelineError(RuntimeError):
    """A build that has to stop; the message says what happened, where, and what to do."""


class UsageError(ValueError):
    """Arguments that cannot be used together."""


class Layout(Block):
    """How tables lie on disk."""

    rows_per_file: int = Field(5_000_000, ge=1, description="A table with more rows is a folder of parts.")


@dataclass
class Tally:
    """What a stage cost."""

    texts: int = 0
    remembered: int = 0
    seconds: float = 0.0
    peak: int = 0

    def add(self, result: Result, texts: int) -> None:
        """Count work that was done."""
        self.texts += texts
        self.seconds += result.seconds
        self.peak = max(self.peak, result.peak)


@dataclass
class Context:
    """One run of one or more stages."""

    folder: Path
    """Where published tables are read and written."""
    internal: Path | None
    """Where the others are; without it they are kept in the memo only."""
    params: Mapping[str, Block]
    """Those of all stages."""
    progress: Progress
    memo: memo.Memo
    corrections: Corrections = field(default_factory=Corrections)
    """Of cells of any table."""
    notes: list[str] = field(default_factory=list)
    """What the person should know of the inputs."""
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    _writers: dict[str, tables.Writer] = field(default_factory=dict)
    _fingerprints: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        params = self.params["engine"]
        assert isinstance(params, engine.Params)
        self.engine = engine.Engine(params)
        """Where the work is done."""

    @property
    def partitions(self) -> partitions.Params:
        """How the work is cut."""
        params = self.params["partitions"]
        assert isinstance(params, partitions.Params)
        return params

    def fingerprint(self, stage: str) -> str:
        """The hash of everything but the texts that a stage depends on."""
        if stage not in self._fingerprints:
            self._fingerprints[stage] = fingerprint(*subject(stage, self.params))
        return self._fingerprints[stage]

    def path(self, name: str) -> Path:
        """The Parquet file of a table, or the folder of its parts."""
        folder = self.folder if schema(name).published else self.internal
        if folder is None:
            raise tables.TableError(f"{name}: has not been built")
        return folder / f"{name}.parquet"

    def open(self, names: Iterable[str]) -> None:
        """Begin to write tables."""
        layout = self.params["tables"]
        assert isinstance(layout, Layout)
        for name in names:
            known = schema(name)
            if known.published:
                self._writers[name] = tables.Writer(self.folder, known, rows_per_file=layout.rows_per_file)
            elif self.internal is not None:
                self._writers[name] = tables.Writer(self.internal, known, ["parquet"], layout.rows_per_file)

    def writes(self, name: str) -> bool:
        """Whether a table is being written; those that nobody reads are not."""
        return name in self._writers

    def write(self, name: str, table: pa.Table) -> None:
        """Append rows to a table, in the order of its primary key."""
        self._writers[name].write(table)

    def close(self, names: Iterable[str]) -> dict[str, int]:
        """Put finished tables in their place; returns the number of rows of each."""
        rows: dict[str, int] = {}
        for name in names:
            if writer := self._writers.pop(name, None):
                writer.close()
                rows[name] = writer.rows
        return rows


def subject(stage: str, params: Mapping[str, Block]) -> tuple[list[str], set[str], Block, list[str]]:
    """What the fingerprint of a stage is taken of: its modules, tables, params and further packages."""
    code = module(stage)
    names = {*code.READS, *code.WRITES, *getattr(code, "FINISHES", ())}
    extra = [params[stage].model] if stage == "sentences" else []  # type: ignore[attr-defined]
    return [f"stages.{stage}", "stages.tasks"], names, params[stage], extra


def sorted_table(name: str, rows: Iterable[Row]) -> pa.Table:
    """Rows as a table, in the order of its primary key."""
    known = schema(name)
    return tables.from_rows(sorted(rows, key=tables.order(known)), known)


def reduce(stage: str, entries: Iterable[memo.Entry], params: Block) -> tuple[dict[str, pa.Table], dict[str, Row]]:
    """What a stage finds across documents: its tables, and links by key.

    Args:
        stage: its name.
        entries: what `extract` made of each partition; they are read as often as the stage asks.
        params: the block of the stage.
    """
    code, held = module(stage), list(entries)

    def piece(entry: memo.Entry, name: str) -> pa.Table:
        try:
            return entry.table(name)
        except memo.DamagedError as error:
            raise PipelineError(f"{error}: run again to make it anew") from error

    rows = {
        name: Rows([partial(piece, entry, name) for entry in held if name in entry.places and entry.rows(name)])
        for name in code.REDUCES
    }
    found: dict[str, list[pa.Table]] = {name: [] for name in getattr(code, "REDUCED", ())}
    links: dict[str, Row] = {}
    for reduced in code.reduce(rows, params):
        for name, made in reduced.tables.items():
            found[name].append(tables.from_rows(made, schema(name)))
        links.update(reduced.links)
    return {name: tables.ordered(pieces, schema(name)) for name, pieces in found.items()}, links
