"""corrections: cells changed by hand, the same in every kind of build, and never what was read from the text."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, contents, flat_by_joins

from stages import pipeline, validate
from stages.__main__ import main
from stages.context import Context, Tally
from stages.core import corrections, memo, params, tables
from stages.core.corrections import COLUMNS, Correction, CorrectionError, Corrections
from stages.core.parse import Row
from stages.core.schema import Schema, schema, schemas
from stages.evaluate import events as evaluate_events
from stages.passes import Passes
from stages.reading import documents
from stages.tasks import Step, delivers, makes, reads

TEXTS = {
    f"story-{number}": f"{a} met {b} in {city} on {day} May 2022.\n"
    f"The army of {country} attacked a village and killed {number + 2} people on {day} May 2022, {a} said. "
    f"He said {country} will not withdraw its troops."
    for number, (a, b, city, day, country) in enumerate(
        (a, b, city, day, country)
        for a, country in (("Erik Dahl", "Norway"), ("Milan Horvat", "Serbia"))
        for b in ("Ines Prado", "Petra Novak", "Tomas Ruiz")
        for city, day in (("Lima", 4), ("Oslo", 9))
    )
}
SMALL = {"mean": 3, "minimum": 1, "maximum": 5, "characters": 100_000}
SHOWN = {"reason": "the text means another one", "who": "A. Reader", "when": "2024-02-29"}


def listed_in(path: Path) -> list[Correction]:
    """All corrections of a file."""
    found = corrections.load(path)
    return [*found.between("", "~"), *found.of(set(schemas()))]


def build(folder: Path, cache: Path, given: Corrections, **blocks: dict[str, Any]) -> dict[str, Tally]:
    """Build TEXTS in one process tree; returns what each stage did."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "corpus.jsonl"
    source.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in TEXTS.items()))
    known = pipeline.blocks()
    changed = {"partitions": SMALL, "engine": {"workers": 1}, **blocks}
    block = params.defaults(known) | {name: known[name](**values) for name, values in changed.items()}
    context = Context(folder / "out", None, block, lambda pieces, total, label: pieces, memo.Memo(cache), given)
    with closing(context.engine):
        documents(context, source)
        Passes(context).run(pipeline.BUILDING[1:])
    return context.tallies


def read(folder: Path, name: str) -> list[Row]:
    return tables.to_rows(tables.read_parquet(folder / f"{name}.parquet", schema(name)))


def write(path: Path, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({**SHOWN, **row} for row in rows)
    return path


def line(table: str, key: str, column: str, value: str) -> Row:
    return {"table": table, "key": key, "column": column, "value": value}


def key(known: Schema, row: Row) -> str:
    return " | ".join(str(row[name]) for name in known.primary_key)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build without corrections, with its memo beside it; not to be changed."""
    folder = tmp_path_factory.mktemp("plain")
    build(folder, folder / "cache", Corrections())
    return folder


EVERYWHERE = (
    ("documents", "publisher", "The Invented Post"),
    ("segments", "kind", "block_quote"),
    ("dates", "mod", "APPROX"),
    ("numbers", "value", "12.5"),
    ("attributions", "kind", "mixed"),
    ("mentions", "label", "ORG"),
    ("mentions", "literal_entity_id", "lima"),
    ("entities", "name", "The Capital"),
    ("entities", "country", ""),
    ("sources", "entity_id", "lima"),
    ("events", "factuality", "PS+"),
    ("events", "mode", ""),
    ("events", "lower", "2022-05-01"),
    ("events", "location_id", "lima"),
    ("participants", "entity_id", "oslo"),
    ("event_numbers", "role", "wounded"),
    ("coverage", "events", "1"),
    ("incidents", "status", "contested"),
)
"""A correction of every table that can have one."""


def everywhere(folder: Path) -> list[Row]:
    """Corrections of cells that hold something else; those of one table mostly in one row."""
    found = []
    for name, column, value in EVERYWHERE:
        rows = [row for row in read(folder, name) if name != "events" or row["mode"]]
        row = next(row for row in rows if str(row[column] if row[column] is not None else "") != value)
        found.append(line(name, key(schema(name), row), column, value))
    event = read(folder, "events")[-1]
    return [*found, line("events", event["event_id"], "factuality", "PS-")]


@pytest.fixture(scope="module")
def corrected(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A cold build with corrections, and their file."""
    folder = tmp_path_factory.mktemp("corrected")
    path = write(folder / "corrections.csv", everywhere(plain / "out"))
    build(folder, folder / "cache", corrections.load(path))
    return folder / "out", path


def test_a_corrected_cell_stands_in_its_table_and_nothing_else_of_the_row_changes(
    plain: Path, corrected: tuple[Path, Path]
) -> None:
    out, path = corrected
    for one in listed_in(path):
        known = schema(one.table)
        (before,) = [row for row in read(plain / "out", one.table) if key(known, row) == one.key]
        (after,) = [row for row in read(out, one.table) if key(known, row) == one.key]
        given = {
            row["column"] for row in read(out, "corrections") if (row["table"], row["key"]) == (one.table, one.key)
        }
        assert after[one.column] == one.value != before[one.column]
        # Later stages read corrected cells of others: the rows here are those of the table's own stage.
        others = set(known.names) - given - {"rule"}
        assert {name for name in others if before[name] != after[name]} <= {"lower", "upper", "entity_id"}, one


def test_the_rule_of_a_row_and_the_published_table_say_what_was_corrected(corrected: tuple[Path, Path]) -> None:
    out, path = corrected
    rows = read(out, "events")
    marked = {row["event_id"]: row["rule"].partition(" + ")[2] for row in rows if " + " in row["rule"]}
    given = list(csv.DictReader(path.open(encoding="utf-8")))
    of_events = {row["key"] for row in given if row["table"] == "events"}
    assert set(marked) == of_events and len(of_events) == 2
    assert "correction of mode, lower, location_id, factuality" in marked.values()
    assert "correction of factuality" in marked.values()
    published = read(out, "corrections")
    assert len(published) == len(given)
    assert {(row["table"], row["key"], row["column"], row["value"] or "") for row in published} == {
        (row["table"], row["key"], row["column"], row["value"]) for row in given
    }
    assert {(row["reason"], row["who"], row["when"].isoformat()) for row in published} == {tuple(SHOWN.values())}


def test_what_is_joined_and_what_comes_later_has_the_corrected_cell(corrected: tuple[Path, Path]) -> None:
    out, _ = corrected
    events = {row["event_id"]: row for row in read(out, "events")}
    names = {row["entity_id"]: row["name"] for row in read(out, "entities")}
    people = {(row["event_id"], row["role"], row["position"]): row["entity_id"] for row in read(out, "participants")}
    flat = {row["event_id"]: row for row in read(out, "events_flat")}
    assert all(
        flat[name][column] == row[column]
        for name, row in events.items()
        for column in ("factuality", "rule", "mode", "lower")
    )
    (moved,) = [name for name, row in events.items() if "location_id" in row["rule"]]
    assert flat[moved]["location"] == names["lima"]
    (at,) = [at for at, entity in people.items() if entity == "oslo" and at[2] == 1][:1]
    assert names["oslo"] in (flat[at[0]]["actors"] or "") + (flat[at[0]]["recipients"] or "")


def test_events_flat_is_what_the_corrected_tables_say(corrected: tuple[Path, Path]) -> None:
    flat, joined = flat_by_joins(corrected[0])
    assert joined == flat


def test_validate_compares_the_published_corrections_with_the_cells(
    corrected: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(corrected[0], out)

    def faults() -> list[str]:
        return [str(fault) for fault in validate.check(out)[1] if fault.table == "corrections"]

    assert faults() == []
    known = schema("corrections")
    stated = read(out, "corrections")
    at = next(at for at, row in enumerate(stated) if (row["table"], row["column"]) == ("numbers", "value"))
    numbers = stated[at]
    numbers["value"] = "13.5"
    named = stated[at + 1]
    assert named["table"] != "numbers"
    named["column"] = "zeal"
    last = stated[-1]
    last["key"] += "0"
    changed = tables.from_rows(stated, known)
    for suffix in tables.FORMATS:
        tables.write(changed, out, "corrections", [suffix])
    assert sorted(faults()) == sorted(
        [
            f"corrections, row {at + 1}, column value: is 13.5, and numbers.value of {numbers['key']} is 12.5",
            f"corrections, row {at + 2}, column column: {named['table']} has no column 'zeal'",
            f"corrections, row {len(stated)}, column key: {last['table']} has no row {last['key']!r}",
        ]
    )


def in_stages(folder: Path, path: Path) -> Path:
    """Build TEXTS as `dvc repro` does: one stage after the other, from what lies on disk."""
    (folder / "seeds").mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / f"seeds/{name}.txt").write_text(text)
    (folder / "corrections.csv").write_bytes(path.read_bytes())
    block = params.defaults(pipeline.blocks())
    for stage in pipeline.BUILDING:
        for _ in pipeline.run_project(stage, pipeline.Project(folder), block, lambda pieces, total, label: pieces):
            pass
    return folder / "tables"


def test_stage_by_stage_gives_the_same_bytes_as_all_in_one(corrected: tuple[Path, Path], tmp_path: Path) -> None:
    _, path = corrected
    staged = in_stages(tmp_path / "staged", path)
    out = tmp_path / "out"
    source = tmp_path / "staged/seeds"
    assert (
        main(["build", str(source), "--out", str(out), "--cache", str(tmp_path / "cache"), "--corrections", str(path)])
        == 0
    )
    assert contents(out) == contents(staged)


ENGINES = [
    pytest.param({"engine": {"workers": 2}}, marks=pytest.mark.slow, id="workers"),
    pytest.param({"engine": {"kind": "dask", "workers": 2}}, marks=pytest.mark.slow, id="dask"),
]


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param({"partitions": {"mean": 1, "minimum": 1, "maximum": 1}}, id="one text each"),
        pytest.param({"partitions": {"mean": 100, "minimum": 50, "maximum": 200}}, id="all texts"),
        *ENGINES,
    ],
)
def test_partitions_and_workers_change_no_byte(
    blocks: dict[str, dict[str, Any]], corrected: tuple[Path, Path], plain: Path, tmp_path: Path
) -> None:
    out, path = corrected
    # With the memo of the build without corrections: nobody has to load the language model.
    shutil.copytree(plain / "cache", tmp_path / "cache")
    build(tmp_path, tmp_path / "cache", corrections.load(path), **blocks)
    assert contents(tmp_path / "out") == contents(out)


def test_a_correction_costs_the_partition_of_its_document(plain: Path, tmp_path: Path) -> None:
    row = next(row for row in read(plain / "out", "events") if row["doc_id"] == "story-3")
    path = write(tmp_path / "c.csv", [line("events", row["event_id"], "factuality", "PS-")])
    first = build(tmp_path, plain / "cache", corrections.load(path))
    assert {stage: tally.texts - tally.remembered for stage, tally in first.items()} == dict.fromkeys(first, 0)
    assert first["events"].seconds > 0  # finished anew, of what was extracted before
    again = build(tmp_path, plain / "cache", corrections.load(path))
    assert again["events"].seconds == 0
    row = next(row for row in read(plain / "out", "dates") if row["doc_id"] == "story-3")
    write(path, [line("dates", row["date_id"], "mod", "APPROX")])
    third = build(tmp_path, plain / "cache", corrections.load(path))
    done = {stage: tally.texts - tally.remembered for stage, tally in third.items()}
    assert {stage: number for stage, number in done.items() if number} == {
        "numbers": done["numbers"],
        "events": done["events"],
    }
    assert done["numbers"] == done["events"] <= SMALL["maximum"] < len(TEXTS)
    other = write(path, [{**line("dates", row["date_id"], "mod", "APPROX"), "reason": "another", "when": "2025-01-01"}])
    fourth = build(tmp_path, plain / "cache", corrections.load(other))
    assert not any(tally.texts - tally.remembered for tally in fourth.values())


def test_sound_corrections_pass_validation(plain: Path, tmp_path: Path) -> None:
    """Among them a mention of another place than was thought, with the numbers of mentions that go with it."""
    out = plain / "out"
    event = next(row for row in read(out, "events") if row["mode"])
    mention = next(row for row in read(out, "mentions") if row["text"] == "Lima")
    counts = {row["entity_id"]: row for row in read(out, "entities")}
    moved = [
        line("entities", place, column, str(counts[place][column] + change))
        for place, change in (("lima", -1), ("oslo", 1))
        for column in ("mentions", "documents")
    ]
    path = write(
        tmp_path / "c.csv",
        [
            line("events", event["event_id"], "factuality", "PR+"),
            line("entities", "lima", "sector", ""),
            line("mentions", mention["mention_id"], "entity_id", "oslo"),
        ],
    )
    build(tmp_path, plain / "cache", corrections.load(path))
    faults = validate.check(tmp_path / "out")[1]
    assert {(fault.table, fault.column) for fault in faults} == {("entities", "mentions"), ("entities", "documents")}
    given = [line("mentions", mention["mention_id"], "entity_id", "oslo"), *moved]
    build(tmp_path, plain / "cache", corrections.load(write(path, given)))
    assert validate.check(tmp_path / "out")[1] == []
    flat = [row for row in read(tmp_path / "out", "events_flat") if row["doc_id"] == mention["doc_id"]]
    assert {row["location"] for row in flat} - {None} == {"Oslo"}


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (line("event", "a:1-2", "type", "AID"), "there is no table 'event'"),
        (line("tokens", "a:1-2", "lemma", "be"), "there is no table 'tokens'"),
        (line("events_flat", "a:1-2", "type", "AID"), "it only joins other tables"),
        (line("events", "a:1-2", "kind", "AID"), "events has no column 'kind'"),
        (line("events", "a:1-2", "type", "HELP"), "type: 'HELP' is none of AGREE, CONSULT"),
        (line("events", "a:1-2", "type", ""), "type: must not be empty"),
        (line("events", "a:1-2", "future", "yes"), "future: 'yes' is no boolean"),
        (line("events", "a:1-2", "lower", "2022-02-30"), "lower: '2022-02-30' is no date"),
        (line("numbers", "a:1-2", "value", "12,5"), "value: '12,5' is no number"),
        (line("numbers", "a:1-2", "value", "1e999"), "value: '1e999' is no number"),
        (line("incidents", "a:1-2", "events", "-1"), "events: -1 is less than 1"),
        (line("incidents", "a:1-2", "events", "1.5"), "events: '1.5' is no integer"),
        (line("entities", "lima", "latitude", "91"), "latitude: 91 is more than 90"),
        (line("entities", "lima", "country", "Peru"), "country: 'Peru' does not match"),
        (line("events", "a:1-2", "date_id", "b:3-4"), "date_id: 'b:3-4' is no date_id of the same document"),
        (line("events", "", "type", "AID"), "key is empty"),
        ({**line("events", "a:1-2", "type", "AID"), "who": " "}, "who is empty"),
        ({**line("events", "a:1-2", "type", "AID"), "when": "yesterday"}, "when: 'yesterday' is no day"),
    ],
)
def test_a_line_that_cannot_be_applied_is_named(given: Row, complaint: str, tmp_path: Path) -> None:
    sound = line("events", "a:1-2", "factuality", "CT+")
    path = write(tmp_path / "c.csv", [sound, given])
    with pytest.raises(CorrectionError) as caught:
        corrections.load(path)
    message = str(caught.value)
    assert message.startswith(f"c.csv, line 3: {given['table']}, {given['key']}: ")
    assert complaint in message and "\n" not in message


@pytest.mark.parametrize(
    "table", [table for table in schemas().values() if table.published], ids=lambda table: table.name
)
def test_nothing_that_was_read_from_the_text_can_be_corrected(table: Schema, tmp_path: Path) -> None:
    for field in table.fields:
        read_there = field.name in (*table.primary_key, "doc_id", "start", "end", "text", "sentence_id", "rule")
        offset = field.name.endswith(("_start", "_end")) or f"{field.name}_start" in table.names
        if read_there or offset:
            path = write(tmp_path / "c.csv", [line(table.name, "a:1-2", field.name, "1")])
            with pytest.raises(CorrectionError, match="cannot be corrected"):
                corrections.load(path)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "the first line has to name the columns table,key,"),
        ("table;key;column\n", "the first line has to name the columns"),
        ("table,key,column,value,reason,who,when\nevents,a:1-2\n", "line 2: not as many cells"),
        ('table,key,column,value,reason,who,when\nevents,"a\n', "line 2: unexpected end of data"),
        (b"\xff\xfe", "is not in UTF-8"),
    ],
)
def test_a_file_that_is_no_table_of_corrections_is_named(content: str | bytes, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CorrectionError, match=r"c\.csv") as caught:
        corrections.load(path)
    assert complaint in str(caught.value)


def test_a_cell_is_corrected_once(tmp_path: Path) -> None:
    one = line("events", "a:1-2", "type", "AID")
    with pytest.raises(CorrectionError, match=r"line 3: events, a:1-2: type is corrected already: c\.csv, line 2"):
        corrections.load(write(tmp_path / "c.csv", [one, one]))


def test_a_byte_order_mark_and_another_order_of_columns_are_read(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes("\ufeffwhen,who,reason,value,column,key,table\n2024-01-01,A,B,AID,type,a:1-2,events\n".encode())
    (row,) = corrections.load(path).rows()
    assert (row["table"], row["value"], row["who"]) == ("events", "AID", "A")


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (line("events", "story-99:1-2", "type", "AID"), "the corpus has no document 'story-99'"),
        (line("documents", "story-99", "publisher", "A"), "the corpus has no document 'story-99'"),
        (line("events", "story-3:0-1", "type", "AID"), "there is no such row"),
        (line("segments", "story-3:0-1", "kind", "heading"), "there is no such row"),
        (line("dates", "story-3:0-1", "mod", "APPROX"), "there is no such row"),
        (line("participants", "story-3:0-1 | actor | 1", "entity_id", "lima"), "there is no such row"),
        (line("entities", "atlantis", "name", "Atlantis"), "there is no such row"),
        (line("incidents", "story-3:0-1", "type", "AID"), "there is no such row"),
        (line("documents", "story-3", "duplicate_of", "story-98"), "'story-98' is no doc_id of documents"),
        (("mentions", "entity_id", "atlantis"), "'atlantis' is no entity_id of entities"),
        (("participants", "entity_id", "atlantis"), "'atlantis' is no entity_id of entities"),
        (("events", "location_id", "atlantis"), "'atlantis' is no entity_id of entities"),
        (("events", "incident_id", "story-3:0-1"), "'story-3:0-1' is no incident_id of incidents"),
        (("events", "date_id", ":0-1"), "is no date_id of dates"),
        (("events", "attribution_id", ":0-1"), "is no attribution_id of attributions"),
        (("events", "location_mention_id", ":0-1"), "is no mention_id of mentions"),
        (("participants", "mention_id", ":0-1"), "is no mention_id of mentions"),
        (("attributions", "parent_id", ":0-1"), "is no attribution_id of attributions"),
        (("numbers", "change_id", ":0-1"), "is no number_id of numbers"),
    ],
)
def test_a_row_that_is_gone_and_a_key_that_dangles_stop_the_build(
    given: Row | tuple[str, str, str], complaint: str, plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if isinstance(given, tuple):
        name, column, value = given
        row = read(plain / "out", name)[0]
        doc_id = row.get("doc_id") or row["event_id"].partition(":")[0]
        given = line(name, key(schema(name), row), column, f"{doc_id}{value}" if value.startswith(":") else value)
    path = write(tmp_path / "c.csv", [given])
    source, out, cache = plain / "corpus.jsonl", tmp_path / "out", plain / "cache"
    command = ["build", str(source), "--out", str(out), "--cache", str(cache), "--corrections", str(path)]
    assert main(command) == 2
    printed = capsys.readouterr().err
    assert printed.startswith(f"c.csv, line 2: {given['table']}, {given['key']}: ")
    assert complaint in printed and printed.count("\n") == 1
    assert not out.exists()


@pytest.mark.slow
def test_a_worker_says_what_is_wrong(plain: Path, tmp_path: Path) -> None:
    shutil.copytree(plain / "cache", tmp_path / "cache")
    given = [line("dates", f"{name}:0-1", "mod", "APPROX") for name in TEXTS]
    path = write(tmp_path / "c.csv", given)
    with pytest.raises(CorrectionError, match=r"^c\.csv, line \d+: dates, story-\d+:0-1: there is no such row;"):
        build(tmp_path, tmp_path / "cache", corrections.load(path), engine={"workers": 2})
    assert not (tmp_path / "out/dates.parquet").exists()


def test_what_a_corrected_key_refers_to_is_at_hand_where_it_is_checked() -> None:
    """Where a row is finished, or as a table of no document, whose keys are checked as soon as it is made."""
    for stage in pipeline.BUILDING[1:]:
        phases = [Step(stage, "extract")]
        if hasattr(pipeline.module(stage), "REDUCES"):
            phases.append(Step(stage, "finish"))
        for step in phases:
            for name in delivers(step):
                if name.startswith("_") or name not in schemas():
                    continue
                known = schema(name)
                for foreign in known.foreign_keys:
                    if foreign.field in corrections.fixed(known) or "doc_id" not in schema(foreign.table).names:
                        continue
                    given = {name: reads(step).get(name, ()) for name in reads(step)}
                    own = foreign.table in makes(step) or foreign.table in makes(phases[0])
                    assert own or foreign.key in given.get(foreign.table, ()), (name, foreign)


def test_a_document_whose_name_looks_like_a_key(tmp_path: Path) -> None:
    rows = [
        line("documents", "a:1-2", "publisher", "T"),
        line("sources", "a | b:1-2 | a | b:3-4#2", "entity_id", "x"),
        line("participants", "a | b:1-2 | actor | 1", "entity_id", "x"),
        line("dates", "c:d:1-2#2", "mod", "APPROX"),
        line("entities", "x", "name", "X"),
        line("coverage", "e:0-9", "events", "1"),
    ]
    found = {one.key: one.doc_id for one in listed_in(write(tmp_path / "c.csv", rows))}
    assert [found[row["key"]] for row in rows] == ["a:1-2", "a | b", "a | b", "c:d", None, "e"]


def test_no_rule_takes_credit_for_a_corrected_event() -> None:
    assert evaluate_events._rule({"rule": "attack.verb + correction of type"}) == "correction"
    assert evaluate_events._rule({"rule": "attack.verb"}) == "attack.verb"


def test_the_project_has_a_file_of_corrections_and_its_stages_depend_on_it() -> None:
    assert corrections.load(ROOT / "corrections.csv").rows() == []
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert {stage for stage, given in stages.items() if "corrections.csv" in given["deps"]} == set(pipeline.BUILDING)
