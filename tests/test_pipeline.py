"""The whole pipeline: the same bytes whatever the order, and sound tables for any text."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import spacy
from conftest import ROOT, build, built, checkout
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stages import pipeline, sentences, validate
from stages.__main__ import main
from stages.core import params, tables
from stages.core.parse import Row
from stages.core.schema import schema


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run_stages(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stages", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(cwd), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_clean_clones_give_the_same_bytes(tmp_path: Path) -> None:
    """Two clones, each with its own code, another seed of Python's hashes, and the project's own build."""
    for name, seed in (("one", "1"), ("two", "4242")):
        clone = checkout(tmp_path / name)
        run = run_stages("build", "seeds", "--out", "out", "--params", "params.yaml", cwd=clone, PYTHONHASHSEED=seed)
        assert run.returncode == 0, run.stderr
    assert contents(tmp_path / "one/out") == contents(tmp_path / "two/out") == contents(built())


def test_the_order_of_records_does_not_matter(tmp_path: Path) -> None:
    texts = sorted((ROOT / "seeds").glob("*.txt"))
    for name, paths in (("one", texts), ("two", [texts[i] for i in (2, 0, 3, 1)])):
        (tmp_path / name).mkdir()
        lines = [json.dumps({"id": path.stem, "text": path.read_bytes().decode()}) for path in paths]
        (tmp_path / name / "corpus.jsonl").write_text("\n".join(lines))
        build(tmp_path / name / "corpus.jsonl", tmp_path / name / "out")
    assert contents(tmp_path / "one/out") == contents(tmp_path / "two/out")


def rows(folder: Path, name: str) -> list[Row]:
    return tables.to_rows(tables.read_parquet(folder / f"{name}.parquet", schema(name)))


def test_every_content_sentence_is_in_the_ledger() -> None:
    content = {row["segment_id"] for row in rows(built(), "segments") if row["content"]}
    expected = [row["sentence_id"] for row in rows(built(), "sentences") if row["segment_id"] in content]
    ledger = rows(built(), "coverage")
    assert [row["sentence_id"] for row in ledger] == expected
    coded = Counter(row["sentence_id"] for row in rows(built(), "events"))
    assert all(row["events"] == coded[row["sentence_id"]] for row in ledger)
    assert all((row["reason"] is None) == (row["events"] > 0) for row in ledger)


def test_no_date_is_the_day_of_publication_by_default() -> None:
    """Texts without a stated day of publication have no date that depends on it."""
    undated = {row["doc_id"] for row in rows(built(), "documents") if row["published"] is None}
    assert len(undated) == 2
    assert not [row for row in rows(built(), "dates") if row["doc_id"] in undated and row["anchor"] == "published"]


AWKWARD = st.sampled_from(
    [
        *("\r\n", "\r", "\n", "\t", "\u00a0", "\u2028", "\x00", "\ufeff", "\u200f", "\U0001f600", "e\u0301", " "),
        *("\u05e9\u05dc\u05d5\u05dd", "\u0627\u0644\u0633\u0644\u0627\u0645", "NA", "None", "#", "|", ":", ",", "—"),
        *("“", "”", "‘", "’", '"', "'", "By Ada Lovelace: ", "14 Jul 2024"),
        "“We will not attack Ukraine,” said Putin on Friday. ",
        "Russia's army killed 30 people in Kyiv, according to TASS.",
        "He met 14 ministers; they agreed to more than $3 billion in 2020.",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.one_of(AWKWARD, st.text(max_size=5)), max_size=25).map("".join))


@given(st.lists(TEXTS, min_size=1, max_size=4))
@example(["x" * 5000, "“" * 300, "\x00\r\n\x00", "\ufeff\ufeff1", f"{'x' * 281}\n\ufeffA.\ufeff"])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_text_gives_sound_tables(tmp_path: Path, texts: list[str]) -> None:
    corpus, out = tmp_path / "corpus.jsonl", tmp_path / "out"
    corpus.write_text("".join(json.dumps({"id": f"t{i}", "text": text}) + "\n" for i, text in enumerate(texts)))
    build(corpus, out)
    counts, faults = validate.check(out)
    assert faults == []
    assert counts["documents"] + counts["rejects"] == len(texts)


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["word ", "x", "“No,” he said. ", "“", "He met 3 men in \U0001f600 Kyiv on Monday; "])
def test_a_megabyte_in_one_line(unit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in that only splits sentences: the parse itself would take minutes."""
    standin = spacy.blank("en")
    standin.add_pipe("sentencizer")
    monkeypatch.setattr(sentences, "load", lambda params: standin)
    (tmp_path / "long.txt").write_text(unit * (1_000_000 // len(unit)) + "end", encoding="utf-8")
    build(tmp_path / "long.txt", tmp_path / "out")
    assert {row["doc_id"] for row in rows(tmp_path / "out", "segments")} == {"long"}
    assert all(
        row["text"] == document["text"][row["start"] : row["end"]]
        for document in rows(tmp_path / "out", "documents")
        for name in ("segments", "sentences", "dates", "numbers", "attributions", "mentions", "events")
        for row in rows(tmp_path / "out", name)
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["build", "missing", "--out", "out"], "missing: no such file or folder"),
        (["build", "notes.doc", "--out", "out"], "notes.doc: not a folder"),
        (["build", "a.txt", "--out", "notes.doc"], "notes.doc: is not a folder"),
        (["build", ".", "--out", "out"], "out: lies inside ."),
        (["build", "a.txt", "--out", "out", "--params", "bad.yaml"], "bad.yaml: sentences.modell: unknown key"),
        (["build", "a.txt", "--out", "out", "--params", "none.yaml"], "none.yaml: cannot be read"),
        (["build", "a.txt", "--out", "out", "--params", "other.yaml"], "en_core_web_none cannot be loaded"),
        (["build", "a.txt", "--out", "notes.doc/out"], "notes.doc"),
    ],
)
def test_unusable_arguments(
    arguments: list[str],
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("A text.")
    Path("notes.doc").write_text("Notes.")
    Path("bad.yaml").write_text("sentences:\n  modell: x\n")
    Path("other.yaml").write_text("sentences:\n  model: en_core_web_none\n")
    assert main(arguments) == 2
    assert complaint in capsys.readouterr().err
    assert not list(Path().glob("out/*"))


def test_a_build_never_overwrites_its_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "documents.csv"
    source.write_text("id,text\n1,Russia attacked Ukraine.\n")
    assert main(["build", str(source), "--out", str(tmp_path)]) == 2
    assert "would overwrite" in capsys.readouterr().err
    assert source.read_text().startswith("id,text")


def test_a_build_that_fails_leaves_an_earlier_one_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("Russia attacked Ukraine.")
    (tmp_path / "b.txt").write_text("Poland praised Lithuania.")
    build(tmp_path / "a.txt", tmp_path / "out")
    before = contents(tmp_path / "out")
    monkeypatch.setattr(pipeline.module("events"), "reduce", lambda rows, params: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build(tmp_path / "b.txt", tmp_path / "out")
    assert contents(tmp_path / "out") == before


def test_build_says_what_it_made_and_what_it_could_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/good.txt").write_text("Russia attacked Ukraine.")
    (tmp_path / "texts/empty.txt").write_text("")
    assert main(["build", str(tmp_path / "texts"), "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert "documents: 1 documents, 1 segments, 1 rejects" in printed
    assert "1 input could not be read, see the table rejects: empty 1" in printed


def test_an_id_goes_to_the_first_input_that_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for name, content in {
        "foo.html": "<html><body></body></html>",
        "foo.md": "",
        "foo.txt": "Russia attacked Ukraine.",
        "same.md": "Poland praised Lithuania.",
        "same.txt": "Poland praised Latvia.",
    }.items():
        (texts / name).write_text(content)
    assert main(["build", str(texts), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "memo")]) == 0
    with (tmp_path / "out/documents.csv").open(newline="") as file:
        assert [row["path"] for row in csv.DictReader(file)] == ["foo.txt", "same.md"]
    with (tmp_path / "out/rejects.csv").open(newline="") as file:
        found = [(row["path"], row["reason"]) for row in csv.DictReader(file)]
    assert found == [("foo.html", "no_text"), ("foo.md", "empty"), ("same.txt", "duplicate_id")]
    assert "3 inputs could not be read" in capsys.readouterr().out


def test_build_says_what_has_no_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text("Russia attacked Ukraine.")
    (texts / "b.txt").write_text("Share\nAdvertisement")
    (texts / "c.txt").write_text("Comments")
    assert main(["build", str(texts), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "memo")]) == 0
    printed = capsys.readouterr().out
    assert "2 texts have no sentence of content, see the table segments: for example b" in printed
    assert "no text could be read" not in printed


def test_a_build_without_a_text_that_can_be_read_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.csv").write_text("Id;TEXT\nx;One text.\n")
    arguments = ["build", str(tmp_path / "c.csv"), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "memo")]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "no text could be read: the tables are empty; the first input, c.csv:1: no_id, no column 'id'" in printed


@pytest.mark.slow
def test_the_command_works_in_any_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Russia attacked Ukraine on Monday.")
    run = subprocess.run(
        [sys.executable, "-m", "stages", "build", "a.txt", "--out", "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out/events_flat.parquet").exists()
    helped = subprocess.run(
        [sys.executable, "-m", "stages", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    for stage in pipeline.STAGES:
        assert f"\n    {stage}" in helped.stdout


def test_documents_whose_ids_look_like_those_of_spans(tmp_path: Path) -> None:
    source = tmp_path / "corpus.jsonl"
    records = [{"id": f"wire:2021-{number}", "text": "Norway attacked Peru. Peru left."} for number in range(1, 31)]
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    given = params.load(ROOT / "params.yaml", pipeline.blocks())
    given["partitions"] = pipeline.blocks()["partitions"](mean=3, minimum=1, maximum=5)
    out = tmp_path / "out"
    list(pipeline.build(source, out, given, lambda work, total, what: work, tmp_path / "cache"))
    for name in ("documents", "sentences", "events", "coverage"):
        frame = pd.read_parquet(out / f"{name}.parquet")
        ids = frame["doc_id"] if "doc_id" in frame else frame["sentence_id"].str.rsplit(":", n=1).str[0]
        assert set(ids) == {record["id"] for record in records}, name
    assert pipeline.module("validate").check(out)[1] == []
    assert pipeline.module("validate").check(out, pipeline.module("validate").Params(frictionless_rows=0))[1] == []


def _ends(group: int) -> bool:
    """Whether no process of a group is left; the one that watches over shared memory ends a moment after the others."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


INTERRUPTED = "stopped; what was finished is kept: run again to go on"


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_stops_a_build_at_once_and_the_next_one_goes_on(workers: int, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(8):
        (texts / f"{number}.txt").write_text(f"Soldiers attacked {number + 2} villages on Monday. " * 400)
    given = f"engine: {{workers: {workers}}}\npartitions: {{mean: 1, minimum: 1, maximum: 1}}\n"
    (tmp_path / "params.yaml").write_text(given)
    command = [sys.executable, "-m", "stages", "build", str(texts), "--out", str(tmp_path / "out")]
    command += ["--cache", str(tmp_path / "memo"), "--params", str(tmp_path / "params.yaml")]
    # As a terminal does, the signal goes to the workers too.
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        while not list((tmp_path / "memo/sentences").glob("??/*")) and run.poll() is None:
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGINT)
        sent = time.monotonic()
        _, told = run.communicate(timeout=60)
        assert time.monotonic() - sent < 10
    assert (run.returncode, told) == (130, f"{INTERRUPTED}\n")
    assert _ends(run.pid)
    assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    kept = {path.name for path in (tmp_path / "memo/sentences").glob("??/*")}
    assert 0 < len(kept) < len(list(texts.iterdir()))
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert kept < {path.name for path in (tmp_path / "memo/sentences").glob("??/*")}


@pytest.mark.parametrize("workers", [0, -2])
def test_a_number_of_workers_that_do_nothing_is_an_error_of_params(
    workers: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("Russia attacked Ukraine.")
    (tmp_path / "params.yaml").write_text(f"engine: {{workers: {workers}}}\n")
    arguments = ["build", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out")]
    assert main([*arguments, "--params", str(tmp_path / "params.yaml")]) == 2
    assert f"engine.workers: Value error, {workers} workers do nothing" in capsys.readouterr().err


def test_an_unusable_size_or_folder_of_the_memo_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = tmp_path / "events/ab/entry"
    entry.parent.mkdir(parents=True)
    entry.write_bytes(b"x")
    assert main(["cache", "--cache", str(tmp_path), "--prune", "-5"]) == 2
    assert "--prune -5: a size in MB" in capsys.readouterr().err
    assert entry.exists()
    assert main(["cache", "--cache", str(tmp_path / "none")]) == 2
    assert "none: no such folder" in capsys.readouterr().err
