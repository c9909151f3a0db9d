"""Versions of a table on disk: with its rows (`Values`), or only their hashes, as a release keeps them (`Record`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stages.core.tables import TableError
from stages.releases import cells
from stages.releases.cells import Hashes
from stages.releases.compare import Cell, Places, Side
from stages.releases.contract import Contract

ROW = "row_hash"
"""The column with the hash of the row; that of a cell is <column>_hash."""
_BATCH = 16_384


class _Files:
    """Parquet files one after the other, read by row group."""

    def __init__(self, table: str, paths: Sequence[Path]) -> None:
        self.table = table
        self._files = [self._opened(path) for path in paths]
        self._groups = [(file, at) for file in self._files for at in range(file.num_row_groups)]
        sizes = [file.metadata.row_group(at).num_rows for file, at in self._groups]
        self._ends = np.cumsum(sizes) if sizes else np.zeros(0, dtype=np.int64)
        self.rows = int(self._ends[-1]) if sizes else 0
        self._last: tuple[int, tuple[str, ...], pa.Table] | None = None

    @property
    def arrow(self) -> pa.Schema:
        return self._files[0].schema_arrow

    def _opened(self, path: Path) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise TableError(f"{self.table}: {path} is no readable Parquet file") from error

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for file in self._files:
            try:
                yield from file.iter_batches(_BATCH, columns=list(columns))
            except (pa.ArrowException, OSError) as error:
                raise TableError(f"{self.table}: a Parquet file is damaged: {error}") from error

    def take(self, places: Places, columns: Sequence[str]) -> pa.Table:
        """Some rows, in the order they are named."""
        groups = np.searchsorted(self._ends, places, side="right")
        found, order = [], []
        for group in np.unique(groups).tolist():
            here = np.flatnonzero(groups == group)
            start = int(self._ends[group - 1]) if group else 0
            found.append(self._group(group, tuple(columns)).take(pa.array(places[here] - start)))
            order.append(here)
        back = np.argsort(np.concatenate(order), kind="stable")
        return pa.concat_tables(found).take(pa.array(back))

    def _group(self, group: int, columns: tuple[str, ...]) -> pa.Table:
        """The row group, kept for the next call: rows are mostly asked for in their order."""
        if self._last is None or self._last[:2] != (group, columns):
            file, at = self._groups[group]
            try:
                self._last = group, columns, file.read_row_group(at, columns=list(columns))
            except (pa.ArrowException, OSError) as error:
                raise TableError(f"{self.table}: a Parquet file is damaged: {error}") from error
        return self._last[2]


class Values:
    """A table with its rows.

    Args:
        table: its name.
        paths: the Parquet files.
        contract: of the table, from its columns.
        digest: of the files.
    """

    def __init__(
        self, table: str, paths: Sequence[Path], contract: Callable[[pa.Schema], Contract], digest: str
    ) -> None:
        self._files = _Files(table, paths)
        self.contract = contract(self._files.arrow)
        missing = [name for name in self.contract.names if name not in self._files.arrow.names]
        if missing:
            raise TableError(f"{table}: {paths[0]} has no column {', '.join(missing)}")
        self.digest = digest

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self._files.rows

    def pieces(self, columns: Sequence[str]) -> Iterator[tuple[pa.Array, Hashes]]:
        """The keys of all rows, with the hash of each row by some columns."""
        for keys, hashes, _ in self.batches(columns):
            yield keys, cells.row_hashes(hashes, len(keys))

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[pa.Array, dict[str, Hashes], pa.RecordBatch]]:
        """The keys of all rows, the hashes of some of their cells, and the batch of the file."""
        read = list(dict.fromkeys([*self.contract.primary_key, *columns]))
        for batch in self._files.batches(read):
            keys = cells.keys([batch.column(name) for name in self.contract.primary_key])
            yield keys, {name: cells.hashes(cells.texts(batch.column(name))) for name in columns}, batch

    def take(self, places: Places, columns: Sequence[str]) -> tuple[dict[str, Hashes], dict[str, list[Cell]]]:
        """Of some rows the hashes and the texts of cells."""
        found = self._files.take(places, columns)
        texts = {name: cells.texts(found[name]) for name in columns}
        return (
            {name: cells.hashes(text) for name, text in texts.items()},
            {name: [(value, True) for value in text.to_pylist()] for name, text in texts.items()},
        )


class Record:
    """A table of which a release keeps the keys and the hashes of all cells.

    Some cells can be read from their hashes: those that are null, keys of other tables, codes, yes and no.

    Args:
        path: the file of the keys.
        contract: of the table.
        digest: of the files of the table, as it was published.
        others: the files of the keys of the other tables.
    """

    def __init__(self, path: Path, contract: Contract, digest: str, others: Mapping[str, Path]) -> None:
        self._files = _Files(contract.table, [path])
        self.contract, self.digest, self._others = contract, digest, others
        self._words: dict[str, dict[int, str]] = {}

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self._files.rows

    @cached_property
    def _columns(self) -> dict[str, Any]:
        return {column.name: column for column in self.contract.columns}

    def pieces(self, columns: Sequence[str]) -> Iterator[tuple[pa.Array, Hashes]]:
        """The keys of all rows, with the hash of each row by some columns."""
        key = self.contract.primary_key
        whole = {f"{name}_hash" for name in columns} == {*self._files.arrow.names} - {*key, ROW}
        read = [ROW] if whole else [f"{name}_hash" for name in columns]
        for batch in self._files.batches([*key, *read]):
            keys = cells.keys([batch.column(name) for name in key])
            found = {name: batch.column(name).to_numpy(zero_copy_only=False) for name in read}
            # In the order of the names of the columns, whatever the suffix does to it.
            parts = {name.removesuffix("_hash"): hashes for name, hashes in found.items()}
            yield keys, found[ROW] if whole else cells.row_hashes(parts, len(keys))

    def take(self, places: Places, columns: Sequence[str]) -> tuple[dict[str, Hashes], dict[str, list[Cell]]]:
        """Of some rows the hashes of cells, and the texts of those that these give away."""
        key = [name for name in columns if name in self.contract.primary_key]
        found = self._files.take(places, [*(f"{name}_hash" for name in columns), *key])
        hashes = {name: found[f"{name}_hash"].to_numpy() for name in columns}
        texts: dict[str, list[Cell]] = {}
        for name in columns:
            if name in key:
                texts[name] = [(text, True) for text in cells.texts(found[name]).to_pylist()]
            else:
                words = self._vocabulary(name)
                texts[name] = [
                    (None, True) if cell == 0 else (words.get(cell), cell in words) for cell in hashes[name].tolist()
                ]
        return hashes, texts

    def _vocabulary(self, name: str) -> dict[int, str]:
        """The texts that cells of a column can have, by their hash, where these are few or keys of another table."""
        if name not in self._words:
            column = self._columns[name]
            words = list(column.constraints.get("enum", ()))
            if column.type == "boolean":
                words = ["true", "false"]
            table, key = self.contract.references.get(name, ("", ""))
            if table in self._others and key:
                file = pq.ParquetFile(self._others[table])
                if key in file.schema_arrow.names:
                    words += file.read(columns=[key])[key].to_pylist()
            self._words[name] = {cells.hash_of(str(word)): str(word) for word in words}
        return self._words[name]


def names(side: Side | None) -> set[str]:
    """The names of entities, where their table has its rows."""
    if not isinstance(side, Values) or "name" not in side.contract.names:
        return set()
    return {name for _, _, batch in side.batches(["name"]) for name in batch.column("name").to_pylist() if name}


def record(side: Values) -> Iterator[pa.Table]:
    """The keys of a table with the hashes of its rows and cells, as a release keeps them."""
    contract = side.contract
    for keys, hashes, batch in side.batches(contract.names):
        columns = {name: batch.column(name) for name in contract.primary_key}
        columns[ROW] = pa.array(cells.row_hashes(hashes, len(keys)), pa.uint64())
        columns |= {f"{name}_hash": pa.array(hashes[name], pa.uint64()) for name in contract.names}
        yield pa.table(columns)
