"""Putting the words of the texts back into the edition without them, from somebody's own copies of the texts."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from stages.archives import descriptor, editions
from stages.archives.archive import Twins, check, documents, load, tables_of
from stages.archives.descriptor import Digest, Json
from stages.archives.texts import Texts
from stages.context import PipelineError
from stages.core import tables
from stages.core.parse import Row
from stages.core.schema import Schema

_SHOWN = 50
_FAULTS = {
    "missing": "no text with its SHA-256, and none with its id",
    "differs": "the text with its id has another SHA-256",
    "other text": "its bytes are the same, and are decoded to another text here: see the versions of the packages",
}
_OTHER = "not what the metadata of the copy says"


def rehydrate(archive: Path, source: str, out: Path, columns: Mapping[str, str]) -> Iterator[str]:
    """Write the package with its texts, as the archive with texts holds it, into a folder; yields lines for the person.

    Args:
        archive: the archive without texts, or the folder it was unpacked into.
        source: the copies: any corpus.
        out: the folder, which must not be there yet.
        columns: what the columns of records are called in the copies.

    Raises:
        CorpusError: where the copies cannot be read.
        PipelineError: where the archive is damaged, or copies are missing or differ; nothing is written then.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".rehydrate-", dir=out.parent) as scratch, Texts() as texts:
        held, made = _unpack(archive, Path(scratch) / "archive"), Path(scratch) / "package"
        described = load(held / "datapackage.json")
        if described.get("texts") != "withheld":
            raise PipelineError(f"{archive}: is no edition without texts; there is nothing to put back")
        check(held, described)
        withheld = _Withheld(held, described)
        found, titles = _match(held, described, withheld, texts, source, columns)
        yield f"rehydrate: {found} texts found, each with the SHA-256 of the one that was read"
        files: dict[str, Digest] = {}
        whole_tables = tables_of(descriptor.whole_tables(described))
        for (table, parts), (whole, _) in zip(tables_of(described), whole_tables, strict=True):
            if any(field.source for field in whole.fields):
                files |= _restore(held, made, table, whole, parts, withheld, texts)
        yield from _compare(described, files)
        package = descriptor.whole(described, files, titles)
        kept = [entry["path"] for entry in descriptor.entries(package) if entry["path"] not in files]
        for path in (*kept, "LICENSE"):
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(held / path, made / path)
        for name, content in documents(package).items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_text(content, encoding="utf-8", newline="\n")
        made.replace(out)
    yield f"{out}: the package with its texts, as the archive with texts has it"


def _unpack(archive: Path, folder: Path) -> Path:
    """The folder with the files of an archive: itself, where it is unpacked already."""
    if archive.is_dir():
        return archive
    try:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
    except zipfile.BadZipFile as error:
        raise PipelineError(f"{archive}: is no zip archive: {error}") from error
    return folder


class _Withheld:
    """The table withheld."""

    def __init__(self, held: Path, described: Json) -> None:
        resource: Json = next((one for one in described["resources"] if one["name"] == "withheld"), {})
        known = descriptor.table_of(resource)
        if known is None:
            raise PipelineError("rehydrate: the archive has no table withheld, which says where the words stood")
        self._path, self._known = held / "tables/withheld.parquet", known

    def of(self, table: str) -> _Cursor:
        """The rows about a table."""
        groups = tables.scan(self._path, self._known)
        return _Cursor(row for group in groups for row in tables.to_rows(group) if row["table"] == table)


class _Cursor:
    """Reads rows about the rows of a table, in their order."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def until(self, row: int) -> list[Row]:
        """The next ones, up to those about some row."""
        found: list[Row] = []
        while self._next is not None and self._next["row"] <= row:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found


def _match(
    held: Path, described: Json, withheld: _Withheld, texts: Texts, source: str, columns: Mapping[str, str]
) -> tuple[int, dict[str, str]]:
    """Find the copy of every text; returns how many there are, and the titles of files by path.

    Raises:
        PipelineError: says which are missing or differ.
    """
    (known, parts), (whole, _) = (
        next(one for one in tables_of(form) if one[0].name == "documents")
        for form in (described, descriptor.whole_tables(described))
    )
    rows = [
        row
        for path, _ in parts
        for group in tables.scan(held / path, known, ["doc_id", "path", "format", "sha256"])
        for row in tables.to_rows(group)
    ]
    ids = texts.read_copies(source, columns, frozenset(row["sha256"] for row in rows))
    fields = {field.name: field for field in whole.fields}
    about = withheld.of("documents")
    faults: list[tuple[str, str]] = []
    titles: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        doc_id, pieces = row["doc_id"], about.until(number)
        if not texts.assign(doc_id, row["sha256"]):
            faults.append((doc_id, "differs" if doc_id in ids else "missing"))
            continue
        for piece in pieces:
            words = editions.words_of(piece, fields[piece["field"]], texts)
            if piece["sha256"] and (words is None or editions.digest(words) != piece["sha256"]):
                faults.append((doc_id, f"other {piece['field']}"))
            elif piece["field"] == "title" and row["format"] != "record" and words is not None:
                titles[row["path"]] = words
    if faults:
        raise PipelineError(_told(faults, len(rows)))
    return len(rows), titles


def _told(faults: Sequence[tuple[str, str]], texts: int) -> str:
    """Which copies are missing or differ, in lines."""
    counted = ", ".join(f"{number} {what}" for what, number in sorted(Counter(what for _, what in faults).items()))
    of = len({doc_id for doc_id, _ in faults})
    listed = [f"  {doc_id}: {_FAULTS.get(what, _OTHER)} ({what})" for doc_id, what in faults[:_SHOWN]]
    more = [f"  ... and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
    head = f"rehydrate: {of} of {texts} texts cannot be put back: {counted}; nothing was written"
    return "\n".join([head, *listed, *more])


def _restore(
    held: Path,
    made: Path,
    table: Schema,
    whole: Schema,
    parts: Iterable[tuple[str, str]],
    withheld: _Withheld,
    texts: Texts,
) -> dict[str, Digest]:
    """Write the files of a table with its words; returns what they are, by path."""
    files: dict[str, Digest] = {}
    about, first = withheld.of(table.name), 1
    for parquet, csv in parts:
        twins = Twins(made, (parquet, csv), whole)
        for group in tables.scan(held / parquet, table):
            pieces = about.until(first + group.num_rows - 1)
            twins.write(editions.restore(group, whole, texts, pieces, first))
            first += group.num_rows
        files |= twins.close()
    return files


def _compare(described: Json, files: Mapping[str, Digest]) -> Iterator[str]:
    """See that the files are those of the edition with texts; yields what the person should know.

    Raises:
        PipelineError: where one has other rows.
    """
    others = [
        entry["path"]
        for entry in descriptor.entries(described)
        if "included" in entry and f"sha256:{files[entry['path']].sha256}" != entry["included"]["hash"]
    ]
    if wrong := [path for path in others if path.endswith(".csv")]:
        raise PipelineError(f"rehydrate: {wrong[0]} is not that of the edition with texts; nothing was written")
    if others:
        yield (
            f"{len(others)} Parquet files have the rows of the edition with texts, as their CSV shows, but other bytes:"
            f" those are of another version than pyarrow {pa.__version__}"
        )
