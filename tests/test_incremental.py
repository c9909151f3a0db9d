"""What a change costs, and that partitions, workers, memo and engine change no byte."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from conftest import ROOT, checkout
from hypothesis import given, settings
from hypothesis import strategies as st

from stages import pipeline
from stages.__main__ import main
from stages.context import Context, Tally
from stages.core import engine, fingerprint, memo, partitions
from stages.core.params import Block, ParamsError, load
from stages.passes import Passes
from stages.reading import documents

TEXTS = {
    f"text-{number:02}": f"{a} met {b} in {city} on {day} March 2021.\nThe army of {country} attacked a town, {a} said."
    for number, (a, b, city, day, country) in enumerate(
        (a, b, city, day, country)
        for a, country in (("Anna Berg", "Norway"), ("Boris Kern", "Serbia"), ("Clara Voss", "Peru"))
        for b in ("Jonas Lind", "Petra Novak")
        for city, day in (("Oslo", 3), ("Lima", 4))
    )
}
SMALL = {"mean": 3, "minimum": 1, "maximum": 5, "characters": 100_000}


def corpus(path: Path, texts: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items()))
    return path


def params(**blocks: dict[str, Any]) -> dict[str, Block]:
    known = pipeline.blocks()
    given = load(ROOT / "params.yaml", known)
    changed = {"partitions": SMALL, "engine": {"workers": 1}, **blocks}
    return {**given, **{name: known[name](**values) for name, values in changed.items()}}


def run(source: Path, out: Path, cache: Path, **blocks: dict[str, Any]) -> dict[str, Tally]:
    """Build a corpus; returns what each stage did."""
    context = Context(out, None, params(**blocks), lambda pieces, total, label: pieces, memo.Memo(cache))
    with closing(context.engine):
        documents(context, source)
        Passes(context).run(pipeline.BUILDING[1:])
    return context.tallies


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """A finished build of TEXTS: its memo, which is not to be changed, and its tables."""
    folder = tmp_path_factory.mktemp("cold")
    run(corpus(folder / "corpus.jsonl", TEXTS), folder / "out", folder / "cache")
    return folder / "cache", contents(folder / "out")


# Partitions


class Piece:
    def __init__(self, doc_id: str) -> None:
        self.doc_id, self.characters = doc_id, 1


def cut(ids: list[str], **sizes: int) -> list[list[str]]:
    block = partitions.Params(**{"mean": 8, "minimum": 2, "maximum": 30, "characters": 1000, **sizes})
    return [[piece.doc_id for piece in part] for part in partitions.cut(map(Piece, ids), block)]


@given(st.lists(st.text(max_size=8), unique=True, max_size=200), st.text(max_size=8))
def test_partitions_hold_everything_in_order_and_within_their_sizes(ids: list[str], other: str) -> None:
    ordered = sorted(ids)
    parts = cut(ordered)
    assert [one for part in parts for one in part] == ordered
    assert all(2 <= len(part) <= 30 for part in parts[:-1])
    assert all(len(part) <= 30 for part in parts)


def test_a_document_more_or_less_disturbs_its_own_partition() -> None:
    ids = [f"document-{number:05}" for number in range(0, 4000, 2)]
    before = {tuple(part) for part in cut(ids, maximum=60)}
    disturbed = []
    for number in range(1, 400, 8):
        added = {tuple(part) for part in cut(sorted([*ids, f"document-{number:05}"]), maximum=60)}
        disturbed.append(len(before - added))
    assert sum(one == 1 for one in disturbed) >= 0.8 * len(disturbed)
    assert max(disturbed) <= 4
    assert 6 <= len(ids) / len(before) <= 10


# The memo


CELLS = st.one_of(
    st.tuples(st.just(pa.string()), st.lists(st.one_of(st.none(), st.text(max_size=3)))),
    st.tuples(st.just(pa.int64()), st.lists(st.one_of(st.none(), st.integers(-9, 9)))),
    st.tuples(st.just(pa.float64()), st.lists(st.one_of(st.none(), st.floats(allow_nan=False)))),
    st.tuples(st.just(pa.bool_()), st.lists(st.one_of(st.none(), st.booleans()))),
    st.tuples(st.just(pa.date32()), st.lists(st.one_of(st.none(), st.dates()))),
)


@given(CELLS, st.data())
def test_a_digest_depends_on_the_cells_alone(typed: tuple[pa.DataType, list[Any]], data: st.DataObject) -> None:
    kind, cells = typed
    whole = pa.chunked_array([pa.array(cells, kind)], kind)
    at = data.draw(st.integers(0, len(cells)))
    padded = pa.array([None, *cells, None], kind)
    pieces = pa.chunked_array([padded.slice(1, at), padded.slice(1 + at, len(cells) - at)], kind)
    assert memo.column_digest(pieces) == memo.column_digest(whole)
    for other in ([*cells, None], cells[1:], [None, *cells[1:]]):
        same = str(other) == str(cells)
        assert (
            memo.column_digest(pa.chunked_array([pa.array(other, kind)], kind)) == memo.column_digest(whole)
        ) == same


def test_an_empty_text_is_no_missing_one() -> None:
    def digest(cells: list[str | None]) -> str:
        return memo.column_digest(pa.chunked_array([pa.array(cells, pa.string())]))

    assert len({digest(cells) for cells in (["", "ab"], [None, "ab"], ["a", "b"], ["ab", ""])}) == 4


# What a change costs


def again(cold: tuple[Path, dict[str, bytes]], folder: Path, texts: dict[str, str]) -> dict[str, Tally]:
    """Build other texts with the memo of the cold build, and see that a cold build gives the same."""
    cache, _ = cold
    tallies = run(corpus(folder / "corpus.jsonl", texts), folder / "out", cache)
    run(folder / "corpus.jsonl", folder / "fresh", folder / "cache")
    assert contents(folder / "out") == contents(folder / "fresh")
    return tallies


def done(tally: Tally) -> int:
    return tally.texts - tally.remembered


def test_no_change_costs_nothing(cold: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    cache, before = cold
    tallies = run(corpus(tmp_path / "corpus.jsonl", TEXTS), tmp_path / "out", cache)
    assert {stage: done(tally) for stage, tally in tallies.items()} == dict.fromkeys(pipeline.BUILDING, 0)
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("change", ["changed", "added", "removed"])
def test_a_text_costs_its_own_partition(change: str, cold: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    texts = dict(TEXTS)
    if change == "removed":
        del texts["text-05"]
    else:
        texts["text-05" if change == "changed" else "text-05b"] = "The army of Serbia attacked a town on 4 March 2021."
    tallies = again(cold, tmp_path, dict(sorted(texts.items())))
    for stage in ("documents", "sentences", "numbers", "attributions", "entities", "events"):
        assert done(tallies[stage]) <= 2 * SMALL["maximum"] < len(texts), stage


@pytest.mark.slow
def test_an_event_rule_costs_events_alone(tmp_path: Path) -> None:
    clone = checkout(tmp_path / "clone")
    corpus(clone / "corpus.jsonl", dict(list(TEXTS.items())[:4]))

    def built() -> dict[str, str]:
        """The share from the memo by stage."""
        command = [sys.executable, "-m", "stages", "build", "corpus.jsonl", "--out", "out"]
        environment = {**os.environ, "PYTHONPATH": str(clone)}
        run = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=True)
        rows = [line.split() for line in run.stdout.splitlines()]
        return {cells[0]: cells[2] for cells in rows if len(cells) == 5 and cells[0] in pipeline.BUILDING}

    assert built() == dict.fromkeys(pipeline.BUILDING, "0%")
    lexicon = clone / "stages/lexicons/events_triggers.csv"
    lexicon.write_text("\n".join(lexicon.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    assert built() == {**dict.fromkeys(pipeline.BUILDING, "100%"), "events": "0%"}


def test_what_the_fingerprint_of_a_stage_covers_is_in_its_deps() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    for stage in pipeline.BUILDING:
        files = fingerprint.code((f"stages.{stage}", "stages.tasks"))
        covered = {path.relative_to(ROOT).as_posix() for path in (*files, *fingerprint.lexicons(files))}
        assert covered <= set(stages[stage]["deps"]), stage
        assert f"stages/{stage}.py" in covered or f"stages/{stage}/__init__.py" in covered
        assert all(path in covered for path in stages[stage]["deps"] if path.startswith(f"stages/lexicons/{stage}_"))


def test_the_versions_of_what_a_package_needs_count() -> None:
    listed = {line.split()[0] for line in fingerprint.versions(("spacy",))}
    assert {"spacy", "thinc", "numpy"} <= listed


# What changes no byte


@given(
    st.integers(1, 6), st.integers(0, 5), st.integers(0, 8), st.sampled_from([150, 300, 100_000]), st.integers(1, 20)
)
@settings(max_examples=8, deadline=None, derandomize=True)
def test_sizes_of_partitions_and_batches_change_no_byte(
    cold: tuple[Path, dict[str, bytes]], minimum: int, more: int, most: int, characters: int, batch_size: int
) -> None:
    sizes = {"minimum": minimum, "mean": minimum + more, "maximum": minimum + more + most, "characters": characters}
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = corpus(folder / "corpus.jsonl", TEXTS)
        run(source, folder / "out", folder / "cache", partitions=sizes, sentences={"batch_size": batch_size})
        assert contents(folder / "out") == cold[1]


@pytest.mark.slow
def test_the_number_of_workers_changes_no_byte(cold: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    run(corpus(tmp_path / "corpus.jsonl", TEXTS), tmp_path / "out", tmp_path / "cache", engine={"workers": 2})
    assert contents(tmp_path / "out") == cold[1]


@pytest.mark.slow
def test_a_dask_cluster_changes_no_byte(cold: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    on_dask = {"kind": "dask", "workers": 2}
    run(corpus(tmp_path / "corpus.jsonl", TEXTS), tmp_path / "out", tmp_path / "cache", engine=on_dask)
    assert contents(tmp_path / "out") == cold[1]


def test_a_damaged_entry_is_made_anew(cold: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    source = corpus(tmp_path / "corpus.jsonl", TEXTS)
    run(source, tmp_path / "out", cache)
    damaged = 0
    for number, path in enumerate(sorted(path for path in cache.rglob("*") if path.is_file())):
        content = bytearray(path.read_bytes())
        if number % 3 == 0:
            content[len(content) * (number % 7) // 7] ^= 1
        elif number % 3 == 1:
            del content[len(content) // 2 :]
        else:
            continue
        path.write_bytes(content)
        damaged += 1
    tallies = run(source, tmp_path / "again", cache)
    assert sum(done(tally) for tally in tallies.values()) > 0
    assert damaged > 10
    assert contents(tmp_path / "again") == cold[1]
    tallies = run(source, tmp_path / "third", cache)
    assert sum(done(tally) for tally in tallies.values()) == 0


def test_the_memo_is_pruned_to_its_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = memo.Memo(tmp_path / "cache")
    for number in range(5):
        content = memo.encode({"numbers": pa.table({"cell": [str(number) * 300_000]})})
        entry = kept.keep("numbers", f"{number:032}", content)
        os.utime(entry.path, (number, number))
    kept.find("numbers", f"{0:032}")  # used just now
    size = sum(stat.st_size for _, _, stat in kept.files())
    assert kept.prune(-(-size // 1_000_000)) == (0, 0)
    assert main(["cache", "--cache", str(tmp_path / "cache"), "--prune", "0"]) == 0
    assert "removed 5 entries" in capsys.readouterr().out
    assert not list(kept.files())


# Engines


def double(number: int) -> int:
    return 2 * number


def die_once(path: str) -> str:
    """Kill the worker the first time the file is seen."""
    if path.endswith("victim") and not Path(path).exists():
        Path(path).write_text("dead")
        os.kill(os.getpid(), signal.SIGKILL)
    return path


def die(path: str) -> str:
    if path.endswith("victim"):
        os.kill(os.getpid(), signal.SIGKILL)
    return path


LOCAL = engine.Params(workers=2)
DASK = engine.Params(kind="dask", workers=2)


def tasks(arguments: list[Any]) -> Iterator[engine.Task[Any]]:
    return (engine.Task(f"task {at}", argument) for at, argument in enumerate(arguments))


@pytest.mark.slow
@pytest.mark.parametrize("block", [engine.Params(workers=1), LOCAL, DASK], ids=["one", "local", "dask"])
def test_results_come_back_in_order(block: engine.Params) -> None:
    arguments = [None, *range(30), None, 7, None]
    expected = [None if number is None else 2 * number for number in arguments]
    assert list(engine.run(block, double, tasks(arguments))) == expected
    assert list(engine.run(block, double, tasks([]))) == []


def test_tasks_are_read_as_workers_become_free() -> None:
    read = []

    def endless() -> Iterator[engine.Task[int]]:
        for number in range(10_000_000):
            read.append(number)
            yield engine.Task(str(number), number)

    results = engine.run(LOCAL, double, endless())
    assert [next(results) for _ in range(10)] == list(range(0, 20, 2))
    assert len(read) < 30
    results.close()  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("block", [LOCAL, DASK], ids=["local", "dask"])
def test_a_worker_that_dies_is_replaced(block: engine.Params, tmp_path: Path) -> None:
    arguments = [str(tmp_path / name) for name in ("a", "b", "victim", "c", "d", "e", "f")]
    assert list(engine.run(block, die_once, tasks(arguments))) == arguments


@pytest.mark.slow
@pytest.mark.parametrize("block", [LOCAL, DASK], ids=["local", "dask"])
def test_a_partition_that_kills_its_workers_is_named(block: engine.Params, tmp_path: Path) -> None:
    arguments = [str(tmp_path / name) for name in ("a", "b", "victim", "c", "d")]
    finished = engine.run(block, die, tasks(arguments))
    with pytest.raises(engine.EngineError, match=r"task 2: the worker died 3 times.*run again"):
        list(finished)


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    block = engine.Params(kind="dask", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(ParamsError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        list(engine.run(block, double, tasks([1])))


@pytest.mark.slow
def test_a_build_goes_on_from_what_was_finished(
    cold: tuple[Path, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, cache = corpus(tmp_path / "corpus.jsonl", TEXTS), tmp_path / "cache"
    real = Context.write
    calls = 0

    def stops(self: Context, name: str, table: pa.Table) -> None:
        nonlocal calls
        calls += name == "numbers"
        if calls == 3:
            raise EngineStoppedError
        real(self, name, table)

    monkeypatch.setattr(Context, "write", stops)
    with pytest.raises(EngineStoppedError):
        run(source, tmp_path / "out", cache)
    monkeypatch.undo()
    tallies = run(source, tmp_path / "out", cache)
    assert 0 < tallies["sentences"].remembered < len(TEXTS)
    assert contents(tmp_path / "out") == cold[1]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["local", "dask"])
def test_a_build_whose_worker_is_killed_half_way_changes_no_byte(
    kind: str, cold: tuple[Path, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Context.write
    calls = 0
    killed: list[int] = []

    def kills(self: Context, name: str, table: pa.Table) -> None:
        nonlocal calls
        calls += name == "numbers"
        if calls == 3 and not killed:
            workers = sorted(process.pid or 0 for process in multiprocessing.active_children())
            killed.append(workers[0])
            os.kill(workers[0], signal.SIGKILL)
        real(self, name, table)

    monkeypatch.setattr(Context, "write", kills)
    ones = {"mean": 1, "minimum": 1, "maximum": 1}
    source = corpus(tmp_path / "corpus.jsonl", TEXTS)
    run(source, tmp_path / "out", tmp_path / "cache", partitions=ones, engine={"kind": kind, "workers": 2})
    assert killed
    assert contents(tmp_path / "out") == cold[1]


class EngineStoppedError(RuntimeError):
    """A build that breaks off."""


def test_a_long_table_is_written_in_parts(cold: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    run(corpus(tmp_path / "corpus.jsonl", TEXTS), tmp_path / "out", cold[0], tables={"rows_per_file": 10})
    parts = sorted((tmp_path / "out/events.parquet").iterdir())
    assert len(parts) > 1
    frame = pd.read_parquet(tmp_path / "out/events.parquet")
    single = pd.read_parquet(io.BytesIO(cold[1]["events.parquet"]))
    pd.testing.assert_frame_equal(frame, single)
    found = duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/out/events.parquet/*.parquet'").fetchall()
    assert found == [(len(single),)]
    assert len({name for part in parts for name in set(pd.read_parquet(part).doc_id)}) == sum(
        len(set(pd.read_parquet(part).doc_id)) for part in parts
    )
