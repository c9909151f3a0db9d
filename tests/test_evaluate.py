"""Quality figures: small cases by hand for each measure, and the real gold against tables made from it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stages import evaluate
from stages.core.parse import Row, Tables
from stages.core.schema import schema
from stages.evaluate.events import b_cubed

GOLD = Path(__file__).parent / "gold"
PARAMS = evaluate.Params()

Layers = Mapping[str, Sequence[Mapping[str, str]]]


def annotation() -> dict[str, dict[str, list[dict[str, str]]]]:
    """The gold annotation of the seeds."""

    def rows(path: Path) -> list[dict[str, str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    folders = sorted(path.parent for path in GOLD.glob("*/segments.csv"))
    return {folder.name: {layer: rows(folder / f"{layer}.csv") for layer in evaluate.LAYERS} for folder in folders}


def perfect(gold: Mapping[str, Layers]) -> Tables:
    """The tables that say just what the gold says, with the gold's names as entity_id."""
    tables: Tables = {name: [] for name in evaluate.READS}
    for doc_id, layers in gold.items():
        tables["documents"].append({"doc_id": doc_id})
        for name, rows in _perfect_text(doc_id, layers).items():
            tables[name].extend(rows)
    return tables


def _perfect_text(doc_id: str, layers: Layers) -> Tables:
    def span(row: Mapping[str, str]) -> Row:
        return {"doc_id": doc_id, "start": int(row["start"]), "end": int(row["end"]), "text": row["text"]}

    def identifier(row: Mapping[str, str]) -> str:
        return f"{doc_id}:{row['start']}-{row['end']}"

    def names(cell: str) -> list[str]:
        return [name.strip() for name in cell.split("|") if name.strip()]

    def number(cell: str) -> float | None:
        return float(cell) if cell else None

    def offset(cell: str) -> int | None:
        return int(cell) if cell else None

    def day(cell: str) -> date | None:
        return date.fromisoformat(cell) if cell else None

    tables: Tables = {name: [] for name in (*evaluate.LAYERS, "sources", "participants")}
    for row in layers.get("segments", ()):
        tables["segments"].append({"segment_id": identifier(row), **span(row), "kind": row["kind"]})
    for row in layers.get("mentions", ()):
        for place, name in enumerate(names(row["entity"]), 1):
            tables["mentions"].append(
                {
                    "mention_id": identifier(row) + (f"#{place}" if place > 1 else ""),
                    **span(row),
                    "form": row["form"],
                    "label": row["label"],
                    "entity_id": name,
                    "literal_entity_id": row["literal"] or None,
                }
            )
    for row in layers.get("dates", ()):
        kept = {name: row[name] or None for name in ("type", "value", "mod")}
        bounds = {name: day(row[name]) for name in ("lower", "upper")}
        tables["dates"].append({"date_id": identifier(row), **span(row), **kept, **bounds})
    for row in layers.get("numbers", ()):
        kept = {name: row[name] or None for name in ("kind", "comparator", "unit", "noun", "role")}
        values = {name: number(row[name]) for name in ("value", "upper")}
        tables["numbers"].append({"number_id": identifier(row), **span(row), **kept, **values})
    starts = {row["start"]: identifier(row) for row in layers.get("attributions", ())}
    for row in layers.get("attributions", ()):
        parts = [f"{part}_{edge}" for part in ("source", "cue") for edge in ("start", "end")]
        tables["attributions"].append(
            {
                "attribution_id": identifier(row),
                **span(row),
                "kind": row["kind"],
                "source": row["source"] or None,
                **{part: offset(row[part]) for part in parts},
                "parent_id": starts[row["parent"]] if row["parent"] else None,
            }
        )
        tables["sources"] += [
            {"attribution_id": identifier(row), "mention_id": name, "entity_id": name} for name in names(row["source"])
        ]
    for row in layers.get("events", ()):
        # Continued attributions are not scored; so each event can have one of its own that names its source.
        if row["source"]:
            claim = {"attribution_id": f"{identifier(row)} source", "kind": "continued", "source": row["source"]}
            tables["attributions"].append({**span(row), **claim})
        tables["events"].append(
            {
                "event_id": identifier(row),
                **span(row),
                "type": row["type"],
                "mode": row["mode"] or None,
                "lower": day(row["lower"]),
                "upper": day(row["upper"]),
                "location_id": row["location"] or None,
                "factuality": row["factuality"],
                "historical": "historical" in row["aux"],
                "future": "future" in row["aux"],
                "hypothetical": "hypothetical" in row["aux"],
                "negated": "negation" in row["aux"],
                "attribution_id": f"{identifier(row)} source" if row["source"] else None,
                "incident_id": row["same_as"] or identifier(row),
                "rule": row["type"].lower(),
            }
        )
        for role, column in (("actor", "actors"), ("recipient", "recipients")):
            for position, name in enumerate(names(row[column]), 1):
                where = {"event_id": identifier(row), "role": role, "position": position}
                tables["participants"].append({**where, **span(row), "text": name, "entity_id": name})
    return tables


def figures(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The figures with their dotted names."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from figures(inner, f"{path}.{name}" if path else name)
    else:
        yield path, value


def scored(gold: Layers, tables: Tables) -> dict[str, Any]:
    """The figures of one text, "a", for the layers and tables given."""
    rows = {name: [{"doc_id": "a", **row} for row in tables.get(name, [])] for name in evaluate.READS}
    return evaluate.score({**rows, "documents": [{"doc_id": "a"}]}, {"a": {"segments": [], **gold}}, PARAMS)


def at(start: int, end: int, **cells: Any) -> Row:
    """A row of a table."""
    return {"start": start, "end": end, **cells}


def gold_at(start: int, end: int, **cells: str) -> dict[str, str]:
    """A row of gold annotation."""
    return {"start": str(start), "end": str(end), **cells}


def mention(start: int, end: int, entity: str, form: str = "NAM", **cells: str) -> Row:
    return at(start, end, form=form, label="PERSON", entity_id=entity, **cells)


def gold_mention(start: int, end: int, entity: str, form: str = "NAM", literal: str = "") -> dict[str, str]:
    return gold_at(start, end, form=form, label="PERSON", entity=entity, literal=literal)


def claim(start: int, end: int, **cells: Any) -> Row:
    return at(start, end, attribution_id=f"a:{start}-{end}", kind="direct", **cells)


def gold_claim(start: int, end: int, source: str = "", **cells: str) -> dict[str, str]:
    return gold_at(start, end, **{"kind": "direct", "source": source, "parent": "", **cells})


def event(start: int, end: int, type_: str = "AGREE", **cells: Any) -> Row:
    row = at(start, end, event_id=f"a:{start}-{end}", type=type_, factuality="CT+", incident_id=f"i{start}", rule="r")
    return row | cells


def gold_event(start: int, end: int, type_: str = "AGREE", **cells: str) -> dict[str, str]:
    return gold_at(start, end, **{"type": type_, "factuality": "CT+", **cells})


def f1(figures: Mapping[str, Any]) -> tuple[float | None, float | None, float | None]:
    return figures["f1"], figures["precision"], figures["recall"]


# The real gold


def test_tables_that_say_what_the_gold_says_are_perfect() -> None:
    gold = annotation()
    result = evaluate.score(perfect(gold), gold, PARAMS)
    assert (result["sample"], result["texts"]) == ("development", 4)
    names = ("f1", "precision", "recall", "share")
    wrong = {name: figure for name, figure in figures(result) if name.endswith(names) and figure != 1.0}
    assert wrong == {"events.dated_among_undated.share": 0.0}
    for layer, figure in {"segments": "span", "dates": "span", "attributions": "content", "events": "trigger"}.items():
        rows = sum(len(layers[layer]) for layers in gold.values())
        assert result[layer][figure]["gold"] == result[layer][figure]["predicted"] == rows > 0


def test_no_figure_of_shifted_spans_is_right() -> None:
    gold = annotation()
    tables = perfect(gold)
    for name in ("segments", "mentions", "dates", "numbers"):
        tables[name] = [{**row, "end": row["end"] + 1000} for row in tables[name]]
    result = evaluate.score(tables, gold, PARAMS)
    assert {result[layer]["span"]["f1"] for layer in ("segments", "dates", "numbers")} == {0.0}
    assert {result["mentions"][form]["span_entity"]["f1"] for form in ("nam", "nom", "pro")} == {0.0}


def test_rows_left_out_cost_recall_alone() -> None:
    gold = annotation()
    tables = perfect(gold)
    tables["events"] = tables["events"][::2]
    figures = evaluate.score(tables, gold, PARAMS)["events"]["trigger_type"]
    rows = sum(len(layers["events"]) for layers in gold.values())
    assert figures["precision"] == 1.0
    assert figures["recall"] == round(len(tables["events"]) / rows, 4)


def test_figures_do_not_depend_on_the_order_of_texts() -> None:
    gold = annotation()
    tables = perfect(gold)
    turned = {name: sorted(rows, key=lambda row: str(row.get("doc_id")), reverse=True) for name, rows in tables.items()}
    there = evaluate.score(tables, gold, PARAMS)
    back = evaluate.score(turned, dict(reversed(gold.items())), PARAMS)
    assert json.dumps(there) == json.dumps(back)


# Which texts count


def test_gold_of_texts_that_are_not_in_the_corpus_is_skipped() -> None:
    gold = annotation()
    kept = dict(list(gold.items())[:1])
    tables = perfect(kept)
    assert evaluate.score(tables, gold, PARAMS) == evaluate.score(tables, kept, PARAMS)
    assert evaluate.score(tables, gold, PARAMS)["texts"] == 1


def test_texts_without_gold_are_not_scored() -> None:
    gold = annotation()
    some = dict(list(gold.items())[:1])
    tables = perfect(gold)
    assert evaluate.score(tables, some, PARAMS) == evaluate.score(perfect(some), some, PARAMS)


def test_a_corpus_without_annotated_texts_has_no_figures() -> None:
    tables: Tables = {**perfect({}), "documents": [{"doc_id": "b"}]}
    params = evaluate.Params(sample="held out")
    assert evaluate.score(tables, annotation(), params) == {"sample": "held out", "texts": 0}
    assert evaluate.score(tables, {}, params) == {"sample": "held out", "texts": 0}
    assert evaluate.score(tables, {"b": {"dates": []}}, params) == {"sample": "held out", "texts": 0}


def test_empty_tables_find_nothing_and_divide_by_nothing() -> None:
    gold = annotation()
    tables: Tables = {**perfect({}), "documents": [{"doc_id": doc_id} for doc_id in gold]}
    result = evaluate.score(tables, gold, PARAMS)
    assert f1(result["events"]["trigger"]) == (0.0, None, 0.0)
    assert result["dates"]["value_given_span"] == {"share": None, "of": 0}
    assert result["events"]["by_rule"] == {}
    assert result["same_event"] == {"f1": None, "precision": None, "recall": None, "events": 0}
    json.dumps(result, allow_nan=False)


def test_an_annotated_text_with_nothing_in_it_has_the_same_figures_all_null() -> None:
    result = scored({}, {})
    assert {figure for name, figure in figures(result) if name.endswith(("f1", "share"))} == {None}
    full = evaluate.score(perfect(annotation()), annotation(), PARAMS)
    full["events"]["by_rule"] = {}
    assert [name for name, _ in figures(result)] == [name for name, _ in figures(full)]


# Spans with columns


def test_a_span_is_right_where_both_ends_are() -> None:
    gold = {"segments": [gold_at(0, 9, kind="title"), gold_at(10, 20, kind="paragraph"), gold_at(21, 30, kind="embed")]}
    result = scored(gold, {"segments": [at(0, 9, kind="title"), at(10, 20, kind="heading"), at(21, 29, kind="embed")]})
    assert f1(result["segments"]["span"]) == (0.6667, 0.6667, 0.6667)
    assert result["segments"]["kind_given_span"] == {"share": 0.5, "of": 2}


def test_f1_is_the_harmonic_mean() -> None:
    gold = {"segments": [gold_at(n, n + 1) for n in range(4)]}
    result = scored(gold, {"segments": [at(0, 1)]})
    assert result["segments"]["span"] == {"f1": 0.4, "precision": 1.0, "recall": 0.25, "predicted": 1, "gold": 4}


def test_columns_that_the_gold_does_not_have_are_not_scored() -> None:
    result = scored({"segments": [gold_at(0, 9)]}, {"segments": [at(0, 9, kind="title")]})
    assert result["segments"]["kind_given_span"] == {"share": None, "of": 0}


@pytest.mark.parametrize(
    ("layer", "column", "predicted", "gold", "right"),
    [
        ("dates", "value", "2022-10-21", "2022-10-21", True),
        ("dates", "value", "2022-10", "2022-10-21", False),
        ("dates", "lower", date(2022, 10, 21), "2022-10-21", True),
        ("dates", "lower", date(2022, 10, 20), "2022-10-21", False),
        ("dates", "lower", None, "", True),
        ("dates", "mod", None, "APPROX", False),
        ("numbers", "value", 19.0, "19", True),
        ("numbers", "value", 1e6, "1000000", True),
        ("numbers", "value", 0.1 + 0.2, "0.3", True),
        ("numbers", "value", 19.5, "19", False),
        ("numbers", "upper", None, "", True),
        ("numbers", "upper", 20.0, "", False),
        ("numbers", "unit", "mo", "mo", True),
        ("numbers", "noun", "NATO countries", "nato Countries", True),
        ("numbers", "unit", "USD", "usd", False),
    ],
)
def test_cells_are_compared_by_their_value(layer: str, column: str, predicted: Any, gold: str, right: bool) -> None:
    result = scored({layer: [gold_at(3, 9, **{column: gold})]}, {layer: [at(3, 9, **{column: predicted})]})
    assert result[layer][f"{column}_given_span"] == {"share": float(right), "of": 1}


# Mentions


def test_another_spelling_of_an_entity_costs_nothing() -> None:
    gold = {"mentions": [gold_mention(0, 3, "Ann Lee"), gold_mention(9, 12, "Ann Lee", "PRO")]}
    result = scored(gold, {"mentions": [mention(0, 3, "Q1"), mention(9, 12, "Q1", "PRO")]})
    assert result["mentions"]["nam"]["span_entity"]["f1"] == 1.0
    assert result["mentions"]["pro"]["span_entity"]["f1"] == 1.0


def test_a_merged_entity_is_right_where_most_of_it_is() -> None:
    gold = {"mentions": [gold_mention(0, 3, "Ann"), gold_mention(9, 12, "Ann"), gold_mention(20, 23, "Bob")]}
    result = scored(gold, {"mentions": [mention(0, 3, "e"), mention(9, 12, "e"), mention(20, 23, "e")]})
    assert result["mentions"]["nam"]["span"]["f1"] == 1.0
    assert f1(result["mentions"]["nam"]["span_entity"]) == (0.6667, 0.6667, 0.6667)


def test_a_split_entity_is_right_in_one_part() -> None:
    gold = {"mentions": [gold_mention(0, 3, "Ann"), gold_mention(9, 12, "Ann"), gold_mention(20, 23, "Ann")]}
    result = scored(gold, {"mentions": [mention(0, 3, "e"), mention(9, 12, "f"), mention(20, 23, "f")]})
    assert result["mentions"]["nam"]["span_entity"]["recall"] == 0.6667


def test_a_mention_of_several_entities_needs_all_of_them() -> None:
    names = [gold_mention(0, 3, "Ann"), gold_mention(9, 12, "Bob")]
    found = [mention(0, 3, "e"), mention(9, 12, "f")]
    gold = {"mentions": [*names, gold_mention(20, 24, "Bob | Ann", "PRO")]}
    both = scored(gold, {"mentions": [*found, mention(20, 24, "e", "PRO"), mention(20, 24, "f", "PRO")]})
    one = scored(gold, {"mentions": [*found, mention(20, 24, "e", "PRO")]})
    assert both["mentions"]["pro"]["span"]["predicted"] == 1
    assert f1(both["mentions"]["pro"]["span_entity"]) == (1.0, 1.0, 1.0)
    assert f1(one["mentions"]["pro"]["span"]) == (1.0, 1.0, 1.0)
    assert f1(one["mentions"]["pro"]["span_entity"]) == (0.0, 0.0, 0.0)


def test_form_and_label_belong_to_a_name() -> None:
    gold = {"mentions": [gold_mention(0, 3, "Ann"), gold_mention(9, 12, "Bob")]}
    found = [mention(0, 3, "Ann", "NOM"), {**mention(9, 12, "Bob"), "label": "GPE"}]
    result = scored(gold, {"mentions": found})["mentions"]
    assert f1(result["nam"]["span"]) == (0.6667, 1.0, 0.5)
    assert f1(result["nam"]["span_label"]) == (0.0, 0.0, 0.0)
    assert result["nom"]["span"]["predicted"] == 1


def test_metonyms_are_counted_among_the_names_found() -> None:
    gold = {
        "mentions": [
            gold_mention(0, 3, "Peru", literal="Lima"),
            gold_mention(9, 12, "Peru", literal="Lima"),
            gold_mention(20, 23, "Peru"),
            gold_mention(30, 33, "Peru", literal="Lima"),
        ]
    }
    found = [
        mention(0, 3, "PER", literal_entity_id="lima"),
        mention(9, 12, "PER"),
        mention(20, 23, "PER", literal_entity_id="lima"),
        mention(31, 33, "PER", literal_entity_id="lima"),
    ]
    figures = scored(gold, {"mentions": found})["mentions"]["nam"]["metonym_given_span"]
    assert figures == {"f1": 0.5, "precision": 0.5, "recall": 0.5, "predicted": 2, "gold": 2}


# Attributions


@pytest.mark.parametrize(
    ("start", "end", "pairs", "exact"),
    [(0, 100, 1, True), (0, 50, 1, False), (0, 49, 0, False), (50, 150, 0, False), (0, 200, 1, False)],
)
def test_contents_pair_where_they_share_half_of_both(start: int, end: int, pairs: int, exact: bool) -> None:
    result = scored({"attributions": [gold_claim(0, 100)]}, {"attributions": [claim(start, end)]})["attributions"]
    assert result["content"]["f1"] == pairs
    assert result["exact_given_content"] == {"share": float(exact) if pairs else None, "of": pairs}


def test_contents_pair_one_to_one_the_most_alike_first() -> None:
    gold = {"attributions": [gold_claim(0, 100, kind="direct"), gold_claim(10, 90, kind="mixed")]}
    result = scored(gold, {"attributions": [claim(0, 90), {**claim(10, 90), "kind": "mixed"}]})["attributions"]
    assert f1(result["content"]) == (1.0, 1.0, 1.0)
    assert result["kind_given_content"] == {"share": 1.0, "of": 2}


def test_continued_and_repeated_attributions_are_not_scored() -> None:
    found = [claim(0, 10), {**claim(20, 30), "kind": "continued"}, claim(40, 50, duplicate_of="a:0-10")]
    result = scored({"attributions": [gold_claim(0, 10)]}, {"attributions": found})["attributions"]
    assert result["content"] == {"f1": 1.0, "precision": 1.0, "recall": 1.0, "predicted": 1, "gold": 1}


def test_a_source_is_right_by_its_place_or_by_its_entity() -> None:
    gold = {
        "mentions": [gold_mention(0, 3, "Ann")],
        "attributions": [
            gold_claim(10, 20, "Ann", source_start="0", source_end="3"),
            gold_claim(30, 40, "Bob | Ann"),
            gold_claim(50, 60, "Ann", source_start="0", source_end="3"),
            gold_claim(70, 80, "a neighbour"),
        ],
    }
    tables: Tables = {
        "mentions": [mention(0, 3, "e")],
        "attributions": [
            claim(10, 20, source_start=2, source_end=9),
            claim(30, 40),
            claim(50, 60, source_start=3, source_end=9),
            claim(70, 80, source="a neighbour"),
        ],
        "sources": [
            {"attribution_id": "a:30-40", "mention_id": "a:0-3", "entity_id": "e"},
            {"attribution_id": "a:50-60", "mention_id": "a:3-9", "entity_id": "f"},
        ],
    }
    result = scored(gold, tables)["attributions"]
    assert result["source_given_content"] == {"share": 0.5, "of": 4}
    assert f1(result["content_source"]) == (0.5, 0.5, 0.5)


def test_a_cue_is_right_where_it_overlaps_or_both_have_none() -> None:
    gold = [
        gold_claim(0, 9, cue_start="10", cue_end="14"),
        gold_claim(20, 29),
        gold_claim(40, 49, cue_start="50", cue_end="54"),
    ]
    found = [claim(0, 9, cue_start=12, cue_end=17), claim(20, 29), claim(40, 49)]
    result = scored({"attributions": gold}, {"attributions": found})["attributions"]
    assert result["cue_given_content"] == {"share": 0.6667, "of": 3}


@pytest.mark.parametrize(
    ("parent", "parent_id", "right"),
    [
        ("0", "a:0-90", 1.0),
        ("2", "a:0-90", 1.0),
        ("3", "a:0-90", 0.0),
        ("0", None, 0.0),
        ("", "a:0-90", 0.0),
        ("", None, 1.0),
        ("", "a:100-110", 1.0),
    ],
)
def test_a_parent_is_the_scored_attribution_around(parent: str, parent_id: str | None, right: float) -> None:
    outer, continued = claim(0, 90), {**claim(100, 110), "kind": "continued"}
    gold = {"attributions": [gold_claim(20, 40, parent=parent)]}
    result = scored(gold, {"attributions": [outer, claim(20, 40, parent_id=parent_id), continued]})
    assert result["attributions"]["parent_given_content"] == {"share": right, "of": 1}


# Events


def test_triggers_pair_by_type_then_overlap_then_start() -> None:
    gold = [gold_event(0, 10, "AGREE"), gold_event(20, 30, "AID"), gold_event(40, 50, "AID")]
    by_type = [event(0, 10, "CONSULT"), event(8, 14, "AGREE"), event(29, 33, "AID"), event(22, 28, "AID")]
    result = scored({"events": gold}, {"events": by_type})["events"]
    assert f1(result["trigger"]) == f1(result["trigger_type"]) == (0.5714, 0.5, 0.6667)
    assert result["mode_given_type"]["of"] == 2
    nearest = [event(39, 45, "AID", rule="near"), event(38, 45, "AID", rule="far")]
    assert scored({"events": gold}, {"events": nearest})["events"]["by_rule"] == {
        "far": {"right": 0, "predicted": 1},
        "near": {"right": 1, "predicted": 1},
    }


def test_a_trigger_of_another_type_counts_as_a_trigger_alone() -> None:
    result = scored({"events": [gold_event(0, 5, "AID")]}, {"events": [event(0, 5, "SANCTION")]})
    assert result["events"]["trigger"]["f1"] == 1.0
    assert result["events"]["trigger_type"]["f1"] == 0.0
    assert result["events"]["factuality_given_type"] == {"share": None, "of": 0}
    assert result["events"]["by_rule"] == {"r": {"right": 0, "predicted": 1}}
    assert result["same_event"]["events"] == 0


def test_participants_are_sets_of_entities_or_of_words() -> None:
    gold = {
        "mentions": [gold_mention(30, 33, "Ann"), gold_mention(40, 43, "Bob")],
        "events": [gold_event(0, 5, actors="Ann | western partners", recipients="Bob")],
    }
    who = [("actor", "she", "e"), ("actor", "Ann", "e"), ("actor", "Western partners", None), ("actor", "them", None)]
    tables: Tables = {
        "mentions": [mention(30, 33, "e"), mention(40, 43, "f")],
        "events": [event(0, 5)],
        "participants": [
            at(0, 5, event_id="a:0-5", role=role, text=text, entity_id=entity) for role, text, entity in who
        ],
    }
    result = scored(gold, tables)["events"]
    assert result["actors_given_type"] == {"f1": 0.8, "precision": 0.6667, "recall": 1.0, "predicted": 3, "gold": 2}
    assert f1(result["recipients_given_type"]) == (0.0, None, 0.0)


@pytest.mark.parametrize(
    ("predicted", "gold", "factuality", "polarity", "asserted"),
    [("CT+", "CT+", 1, 1, 1), ("PR+", "CT+", 0, 1, 0), ("CT-", "CT+", 0, 0, 1), ("Uu", "PS+", 0, 1, 1)],
)
def test_factuality_in_three_degrees(predicted: str, gold: str, factuality: int, polarity: int, asserted: int) -> None:
    result = scored({"events": [gold_event(0, 5, factuality=gold)]}, {"events": [event(0, 5, factuality=predicted)]})
    names = ("factuality", "polarity", "asserted")
    assert [result["events"][f"{name}_given_type"]["share"] for name in names] == [factuality, polarity, asserted]


def test_auxiliary_modes_are_right_together() -> None:
    gold = [gold_event(0, 5, aux="negation | historical"), gold_event(10, 15, aux="future"), gold_event(20, 25)]
    found = [event(0, 5, historical=True, negated=True, future=False), event(10, 15, future=True, hypothetical=True)]
    result = scored({"events": gold}, {"events": [*found, event(20, 25, future=False, mode="meet")]})["events"]
    assert result["auxiliary_modes_given_type"] == {"share": 0.6667, "of": 3}
    assert result["mode_given_type"] == {"share": 0.6667, "of": 3}


def test_the_source_of_an_event_is_that_of_its_attribution() -> None:
    gold = {
        "mentions": [gold_mention(90, 93, "Ann")],
        "events": [gold_event(0, 5, source="Ann"), gold_event(10, 15, source="A neighbour"), gold_event(20, 25)],
    }
    tables: Tables = {
        "mentions": [mention(90, 93, "e")],
        "attributions": [{**claim(0, 9), "kind": "continued"}, claim(10, 19, source="a neighbour"), claim(20, 29)],
        "sources": [{"attribution_id": "a:0-9", "mention_id": "a:90-93", "entity_id": "e"}],
        "events": [
            event(0, 5, attribution_id="a:0-9"),
            event(10, 15, attribution_id="a:10-19"),
            event(20, 25, attribution_id="a:10-19"),
        ],
    }
    assert scored(gold, tables)["events"]["source_given_type"] == {"share": 0.6667, "of": 3}


def test_dates_and_places_are_scored_where_they_are_filled() -> None:
    gold = {
        "mentions": [gold_mention(90, 94, "Lima")],
        "events": [
            gold_event(0, 5, lower="2022-10-21", upper="2022-10-21", location="Lima"),
            gold_event(10, 15, lower="2022-10-01", upper="2022-10-31", location="Lima"),
            gold_event(20, 25),
            gold_event(30, 35),
        ],
    }
    day = date(2022, 10, 21)
    tables: Tables = {
        "mentions": [mention(90, 94, "e")],
        "events": [
            event(0, 5, lower=day, upper=day, location_id="e"),
            event(10, 15, lower=day, upper=day, location_id="elsewhere"),
            event(20, 25, lower=day, upper=day, location_id="e"),
            event(30, 35),
        ],
    }
    result = scored(gold, tables)["events"]
    right = {"f1": 0.4, "precision": 0.3333, "recall": 0.5, "predicted": 3, "gold": 2}
    assert result["dated_given_type"] == result["placed_given_type"] == right
    assert result["dated_among_undated"] == {"share": 0.5, "of": 2}


def test_b_cubed_by_hand() -> None:
    # Predicted x holds two mentions of p and one of q: precision (2/3 + 2/3 + 1/3 + 1) / 4 = 2/3.
    # Both p are together, the two q are not: recall (1 + 1 + 1/2 + 1/2) / 4 = 3/4.
    figures = b_cubed([("p", "x"), ("p", "x"), ("q", "x"), ("q", "y")])
    assert figures == {"f1": 0.7059, "precision": 0.6667, "recall": 0.75, "events": 4}


def test_b_cubed_counts_an_event_without_identity_as_its_own() -> None:
    assert f1(b_cubed([("", "x"), ("", "y")])) == (1.0, 1.0, 1.0)
    assert f1(b_cubed([("", "x"), ("", "x")])) == (0.6667, 0.5, 1.0)
    assert f1(b_cubed([("p", ""), ("p", "")])) == (0.6667, 1.0, 0.5)


def test_identity_is_scored_over_the_pairs_of_the_same_type() -> None:
    gold = [gold_event(0, 5, same_as="p"), gold_event(10, 15, same_as="p"), gold_event(20, 25, "AID", same_as="p")]
    found = [event(0, 5, incident_id="x"), event(10, 15, incident_id="x"), event(20, 25, incident_id="y")]
    result = scored({"events": gold}, {"events": found})
    assert result["same_event"] == {"f1": 1.0, "precision": 1.0, "recall": 1.0, "events": 2}


# The contract


def test_the_stage_reads_known_tables_and_writes_none() -> None:
    assert [schema(name).name for name in evaluate.READS] == list(evaluate.READS)
    assert set(evaluate.LAYERS) <= set(evaluate.READS)
    assert evaluate.WRITES == ()
    assert (PARAMS.gold, PARAMS.sample) == ("tests/gold", "development")
