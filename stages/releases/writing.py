"""Writing the record of a release, as `record` reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from stages import pipeline
from stages.core import tables
from stages.core.schema import schema
from stages.pipeline import Project
from stages.publish import File, Package
from stages.releases import record, report
from stages.releases.differences import Diff
from stages.releases.identities import Succession
from stages.releases.record import Release
from stages.releases.sides import Values
from stages.releases.sides import record as hashed
from stages.releases.snapshots import Snapshot
from stages.releases.versions import Version


@dataclass(frozen=True)
class Written:
    """A release that is being written.

    Attributes:
        project: whose tables are released.
        version: of the release.
        date: of the release, where it is to have one.
        previous: the release before it.
        new: what is released.
        diff: between the two; none for the first release.
    """

    project: Project
    version: Version
    date: str | None
    previous: Release | None
    new: Snapshot
    diff: Diff | None

    def write(self, folder: Path, merged: Sequence[Succession], package: Package) -> None:
        """Complete the record in a folder that has the table of changes.

        Args:
            folder: where the record is written.
            merged: what became of entities.
            package: what the package says of itself, with the version of the release.
        """
        (folder / "keys").mkdir()
        for name, side in self.new.sides.items():
            assert isinstance(side, Values)
            _write_keys(folder / "keys" / f"{name}.parquet", side)
        _write_entities(folder / "entities.csv", merged)
        own = [self._changes(folder / f"changes.{suffix}") for suffix in pipeline.FORMATS]
        text = pipeline.descriptor(self.project, package, own)
        (folder / "datapackage.json").write_text(text, encoding="utf-8", newline="\n")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        digests = {path.relative_to(folder).as_posix(): record.digest(path) for path in files}
        text = json.dumps({**self._content(), "files": digests}, indent=2, ensure_ascii=False) + "\n"
        (folder / "release.json").write_text(text, encoding="utf-8", newline="\n")

    def _content(self) -> dict[str, Any]:
        """release.json, but for the digests of the other files."""
        before, diff = self.previous, self.diff
        return {
            "version": str(self.version),
            "date": self.date,
            "previous": before
            and {"version": str(before.version), "sha256": record.digest(before.folder / "release.json")},
            "bump": diff and diff.due.name,
            "reasons": [f"{level.name}: {reason}" for level, reason in diff.reasons] if diff else [],
            "documents": self.new.sides["documents"].rows,
            "tables": {name: self._table(name, side.rows) for name, side in self.new.sides.items()},
            "fingerprints": self.new.inputs,
            "metrics": self.new.metrics,
            "changes": _changed(diff) if diff else {},
            "causes": diff
            and {
                "documents": _documents(diff),
                "inputs": report.inputs(diff),
                "corrections": report.corrections(diff),
            },
        }

    def _table(self, name: str, rows: int) -> dict[str, Any]:
        root = self.project.root
        files = [path for suffix in pipeline.FORMATS for path in tables.parts(self.project.tables / f"{name}.{suffix}")]
        return {
            "rows": rows,
            "files": [
                {
                    "path": path.relative_to(root).as_posix(),
                    "bytes": path.stat().st_size,
                    "sha256": record.digest(path),
                    "md5": record.digest(path, "md5"),  # the name that DVC's cache has for it
                }
                for path in files
            ],
        }

    def _changes(self, path: Path) -> File:
        rows = tables.count(path.with_suffix(".parquet"), schema("changes"))
        place = f"{record.FOLDER}/{self.version}/{path.name}"
        return File(place, path.suffix[1:], path.stat().st_size, record.digest(path), rows)


def _changed(diff: Diff) -> dict[str, Any]:
    """How much changed in each table that is not as it was."""
    return {name: report.counts(table) for name, table in diff.tables.items() if table.touched or table.note}


def _documents(diff: Diff) -> dict[str, int]:
    found = diff.documents
    return {"added": len(found.added), "removed": len(found.removed), "changed": len(found.changed)}


def _write_entities(path: Path, merged: Sequence[Succession]) -> None:
    types = {"old": pa.string(), "new": pa.string(), "kind": pa.string(), "mentions": pa.int64()}
    columns = {name: pa.array([getattr(line, name) for line in merged], kind) for name, kind in types.items()}
    pa_csv.write_csv(pa.table(columns), path)


def _write_keys(path: Path, side: Values) -> None:
    writer = None
    for table in hashed(side):
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=3)
        writer.write_table(table)
    if writer is None:
        fields = [("row_hash", pa.uint64()), *((f"{name}_hash", pa.uint64()) for name in side.contract.names)]
        keys = [(name, pa.string()) for name in side.contract.primary_key]
        writer = pq.ParquetWriter(path, pa.schema([*keys, *fields]), compression="zstd", compression_level=3)
    writer.close()
