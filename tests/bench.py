"""What `make bench` measures, in one run on one machine. Times are printed and never asserted.

The corpus has SCALE=1000 texts of about 500 words (see bench_corpus). CPU seconds are those of a process and all that
it started. MEGABYTES=20 of JSON Lines are read and zoned, with the peak of memory after each tenth.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import bench_corpus
import yaml
from bench_growth import entities_growth, incidents_growth
from bench_overhead import overhead

from stages import documents, pipeline, sentences
from stages.core import params, tables
from stages.core.corpus import read
from stages.core.parse import normalise
from stages.core.schema import schema

ROOT = Path(__file__).parent.parent


def main() -> None:
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    with TemporaryDirectory() as name:
        folder = Path(name)
        reading(folder, int(os.environ.get("MEGABYTES", "20")))
        entities_growth()
        incidents_growth()
        builds(folder, int(os.environ.get("SCALE", "1000")))
        validation(folder / "one")
        no_op(folder)
    hooks()


def reading(folder: Path, megabytes: int) -> None:
    """Documents per second of reading and zoning, and whether memory stays flat."""
    known = bench_corpus.sentences()
    texts = [bench_corpus.text(number, 0, known) for number in range(50)]
    lines = [json.dumps({"id": "{}", "text": text}) + "\n" for text in texts]
    number = megabytes * 1_000_000 // (sum(map(len, lines)) // len(lines))
    corpus = folder / "reading.jsonl"
    with corpus.open("w", encoding="utf-8") as file:
        for i in range(number):
            file.write(lines[i % len(lines)].replace('"{}"', f'"{i}"', 1))
    start, peaks = time.process_time(), []
    for i, item in enumerate(read(corpus), start=1):
        documents.extract(item, documents.Params())
        if i % (number // 10) == 0:
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    taken = time.process_time() - start
    print(f"reading and zoning {megabytes} MB of JSON Lines: {number / taken:,.0f} texts/s")
    print(f"peak of memory after each tenth, MB: {' '.join(map(str, peaks))}\n")


@dataclass(frozen=True)
class Cost:
    """Of a command with all that it started."""

    cpu: float
    wall: float
    lines: list[str]


def measured(command: list[str], cwd: Path = ROOT) -> Cost:
    """Run a command to its end."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(cwd)}
    run = subprocess.run(command, cwd=cwd, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, time.monotonic() - start, run.stdout.splitlines())


class Builder:
    """Builds with a memo of its own for each engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, corpus: Path, out: str, cache: str, cwd: Path = ROOT, **engine: object) -> Cost:
        given = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
        given["engine"] = {"kind": "local", **engine}
        block = self.folder / "params.yaml"
        block.write_text(yaml.safe_dump(given), encoding="utf-8")
        places = ["--out", str(self.folder / out), "--cache", str(self.folder / cache), "--params", str(block)]
        return measured([sys.executable, "-m", "stages", "build", str(corpus), *places], cwd)


def builds(folder: Path, scale: int) -> None:
    """The whole build beside the bare parse; what changes cost; workers."""
    build = Builder(folder)
    corpus = bench_corpus.write(folder / "corpus.jsonl", scale)
    one = build(corpus, "one", "memo", workers=1)
    words, bare = bare_parse(folder / "one")
    print(f"\n{scale} texts, {words:,} words")
    print("\n".join(one.lines[-8:]))
    print(f"\n{'':34}{'CPU s':>9}{'wall s':>9}{'of bare parse':>15}")
    row("bare parse, one process", Cost(bare, bare, []), bare)
    row("cold, 1 worker", one, bare)
    two = build(corpus, "two", "memo-two", workers=2)
    row("cold, 2 workers", two, bare)
    dask = build(corpus, "dask", "memo-dask", kind="dask", workers=2)
    row("cold, Dask with 2 workers", dask, bare)
    row("no change", build(corpus, "one", "memo", workers=2), bare)
    place = scale // 2
    for change, other in (
        ("one text changed", bench_corpus.write(_named(folder / "changed"), scale, changed=place)),
        ("one text removed", bench_corpus.write(_named(folder / "removed"), scale, removed=place)),
        ("one text added", bench_corpus.write(_named(folder / "added"), scale + 1)),
    ):
        row(change, build(other, "again", "memo", workers=2), bare)
    print("beside the parse and the rules, cold, one process:")
    overhead(corpus, folder, ROOT, bare)
    row("an event rule edited", build(corpus, "edited", "memo", edited_clone(folder), workers=2), bare)
    print(f"\n2 workers over 1: {one.wall / two.wall:.2f} times as fast; Dask: {two.wall / dask.wall:.2f} of local")
    for name in ("two", "dask"):
        same = all(path.read_bytes() == (folder / "one" / path.name).read_bytes() for path in (folder / name).iterdir())
        print(f"{name}: {'the same bytes' if same else 'OTHER BYTES'} as one worker")


def _named(folder: Path) -> Path:
    """A corpus of the same name in another folder: the name is a cell of its documents."""
    folder.mkdir()
    return folder / "corpus.jsonl"


def row(name: str, cost: Cost, bare: float) -> None:
    print(f"{name:34}{cost.cpu:9.1f}{cost.wall:9.1f}{cost.cpu / bare:15.3f}", flush=True)


def bare_parse(out: Path) -> tuple[int, float]:
    """Words and CPU seconds of nlp.pipe over the zones that the build parsed."""
    block = params.load(ROOT / "params.yaml", pipeline.blocks())["sentences"]
    assert isinstance(block, sentences.Params)
    nlp = sentences.load(block)
    segments = tables.to_rows(tables.read_parquet(out / "segments.parquet", schema("segments")))
    zones = [normalise(row["text"]) for row in segments if row["content"] or row["kind"] == "pull_quote"]
    start = time.process_time()
    for _ in nlp.pipe(zones, batch_size=block.batch_size):
        pass
    return sum(len(zone.split()) for zone in zones), time.process_time() - start


def edited_clone(folder: Path) -> Path:
    """The code with one line of an event lexicon less."""
    clone = folder / "clone"
    shutil.copytree(ROOT / "stages", clone / "stages", ignore=shutil.ignore_patterns("__pycache__"))
    lexicon = clone / "stages/lexicons/events_triggers.csv"
    lexicon.write_text("\n".join(lexicon.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    return clone


def validation(out: Path) -> None:
    """Rows per second of all checks."""
    module = pipeline.module("validate")
    for name, most in (("small tables by Frictionless", module.Params().frictionless_rows), ("vectorised", 0)):
        start = time.process_time()
        counts, faults = module.check(out, module.Params(frictionless_rows=most))
        taken = time.process_time() - start
        rows = sum(counts["rows"].values())
        print(f"validation, {name}: {rows:,} rows, {rows / taken:,.0f} rows/s, {len(faults)} faults")


def no_op(folder: Path) -> None:
    """`dvc repro` with nothing to do, beside the same graph with empty commands."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    clone = folder / "project"
    for name in filter(None, listed.split("\0")):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, clone / name)
    subprocess.run(["git", "init", "-q"], cwd=clone, check=True)
    measured(["dvc", "repro", "--quiet"], clone)
    real = sorted(times(clone))
    graph = yaml.safe_load((clone / "dvc.yaml").read_text(encoding="utf-8"))
    for stage in graph["stages"].values():
        stage["cmd"] = "true"
    (clone / "dvc.yaml").write_text(yaml.safe_dump(graph, sort_keys=False), encoding="utf-8")
    measured(["dvc", "commit", "--force", "--quiet"], clone)
    empty = sorted(times(clone))
    middle = len(real) // 2
    ratio = real[middle] / empty[middle]
    print(
        f"no-op dvc repro: {real[middle]:.2f} s; the same graph of empty commands: {empty[middle]:.2f} s ({ratio:.2f})"
    )


def hooks() -> None:
    """The hooks before a commit, on all files of the project."""
    known = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    sources = [str(path) for name in ("stages", "tests") for path in sorted((ROOT / name).rglob("*.py"))]
    taken = sum(
        measured([*hook["entry"].split(), *(sources if hook.get("pass_filenames", True) else [])]).wall
        for hook in known
    )
    print(f"hooks before a commit: {taken:.2f} s")


def times(clone: Path, runs: int = 5) -> Iterator[float]:
    for _ in range(runs):
        yield measured(["dvc", "repro", "--quiet"], clone).wall


if __name__ == "__main__":
    main()
