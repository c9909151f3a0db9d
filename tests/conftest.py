"""What tests share: the parsed form of a text, with the real language model loaded once; the tables of the seeds."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType
from typing import TYPE_CHECKING

import duckdb
import pytest

from stages import documents, pipeline, sentences
from stages.core import params
from stages.core.corpus import Item
from stages.core.params import Block
from stages.core.parse import PARSE, Columns, Document, Row, Tables, rebuild
from stages.core.rows import Rows

if TYPE_CHECKING:
    from spacy.language import Language


ROOT = Path(__file__).parent.parent


def build(source: Path, out: Path, cache: Path | None = None) -> Path:
    """All tables of a corpus, with the params of the project; with a memo of its own unless one is named."""
    given = params.load(ROOT / "params.yaml", pipeline.blocks())
    cache = Path(mkdtemp(prefix="standoff-")) if cache is None else cache
    for _ in pipeline.build(source, out, given, lambda things, total, stage: things, cache):
        pass
    return out


@cache
def built() -> Path:
    """The tables of the seeds, built once; not to be changed."""
    return build(ROOT / "seeds", Path(mkdtemp(prefix="standoff-")))


def contents(folder: Path) -> dict[str, bytes]:
    """The files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def checkout(folder: Path) -> Path:
    """What a clean clone would hold if the work tree were committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def page(name: str, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    return found


def flat_by_joins(folder: Path) -> tuple[list[Row], list[Row]]:
    """The rows of events_flat, and what the SQL of docs/loading.md makes of the other tables."""
    (joins,) = page("docs/loading.md", "sql")
    found = []
    with duckdb.connect() as base:
        for name in (path.stem for path in sorted(folder.glob("*.parquet"))):
            base.execute(f"CREATE VIEW {name} AS FROM '{folder}/{name}.parquet'")
        for query in ('FROM events_flat ORDER BY doc_id, start, "end", event_id', joins):
            result = base.sql(query)
            found.append([dict(zip(result.columns, row, strict=True)) for row in result.fetchall()])
    return found[0], found[1]


@pytest.fixture(scope="session", autouse=True)
def _clean_up() -> Iterator[None]:
    yield
    if built.cache_info().currsize:
        shutil.rmtree(built())


@cache
def language_model() -> Language:
    return sentences.load(sentences.Params())


def parse(text: str, published: date | None = None, rows: Mapping[str, Sequence[Row]] | None = None) -> Document:
    """A text as the stages get it, with the day of publication and rows of earlier stages as given."""
    meta = {} if published is None else {"published": published}
    read = documents.extract(Item("text.txt", "text.txt", "text", text, meta=meta), documents.Params())
    (document,) = read["documents"]
    segments = read["segments"]
    parsed = sentences.extract([(document, segments)], language_model(), sentences.Params())
    return rebuild(document, segments, rows_of(parsed["sentences"]), parsed["tokens"], rows)


def resolve(code: ModuleType, tables: Tables, params: Block) -> Tables:
    """The final tables of a stage from what it extracted from all texts."""
    known, links = {**tables}, dict[str, Row]()
    for reduced in code.reduce({name: Rows.of(tables.get(name, [])) for name in code.REDUCES}, params):
        for name, rows in reduced.tables.items():
            known[name] = [*known.get(name, []), *rows]
        links.update(reduced.links)
    finished: Tables = code.finish(known, links, params)
    if hasattr(code, "join"):
        finished |= code.join({**known, **finished})
    return {name: rows for name, rows in {**known, **finished}.items() if not name.startswith("_")}


def columns_of(tokens: Sequence[Row]) -> Columns:
    """Rows of tokens as the columns that a document is rebuilt from."""
    return {name: [row.get(name) for row in tokens] for name in PARSE["tokens"]}


def rows_of(columns: Columns) -> list[Row]:
    """Columns as rows."""
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
