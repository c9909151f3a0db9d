"""The lexicon and the ontology of events: what is checked on load, and that docs/events.md says what the rules do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from event_texts import document, extract, joined, told

from stages import events
from stages.core.lexicon import LexiconError, load, read
from stages.events import contexts, factuality, lexicon, ontology


def test_the_lexicon_is_broad_and_every_type_has_triggers() -> None:
    triggers = load("events_triggers")
    counts = Counter(row["type"] for row in triggers)
    assert set(counts) == set(ontology.types()) and len(counts) == 16
    assert min(counts.values()) > 40 and len(triggers) > 1900


FIRST = "shun-verb,shun,verb,REJECT,meet,object=any,subject,object,,"
GOOD = "snub-verb,snub,verb,REJECT,meet,object=any,subject,object,,"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (GOOD.replace("REJECT", "REJEKT"), "'REJEKT' is no type; known: ACCUSE, AGREE"),
        (GOOD.replace("meet", "meat"), "'meat' is no mode of REJECT; known: assist, change, meet, yield"),
        (GOOD.replace("verb,R", "werb,R"), "'werb' is no pos; known: adjective, noun, verb"),
        (GOOD.replace("subject", "subjekt"), "'subjekt' is no actor; known: about,"),
        (GOOD.replace(",object,", ",objects,"), "'objects' is no recipient; known: about,"),
        (GOOD.replace("object=any", "objekt=any"), "'objekt' is no place of a condition; known: about,"),
        (GOOD.replace("object=any", "object"), "'object' is no condition"),
        (GOOD.replace("object=any", "object=!"), "'object=!' is no condition"),
        (GOOD.replace("object=any", "object=any+aid"), "'object=any+aid' is no condition"),
        (GOOD.replace("object=any", "object=aid++"), "'object=aid++' is no condition"),
        (GOOD.replace("object=any", "object=PERSONS"), "'PERSONS' is no label or kind of group; known: CARDINAL,"),
        (GOOD.replace(",,", ",maybe,"), "'maybe' is no reciprocal; known: , yes"),
        (GOOD.replace("snub,verb", ",verb"), "no pattern"),
        (GOOD[:-1], "not as many cells as the header has: rule, pattern"),
        (FIRST, "the same as line 2"),
        (FIRST.replace("meet", "assist"), "'shun-verb' stands on line 2 already"),
        (FIRST.replace("shun-verb", "shun-verb-2"), "'shun verb object=any' stands on line 2 already"),
        ("," + GOOD.partition(",")[2], "no rule"),
    ],
)
def test_a_line_that_cannot_be_right_is_named_with_what_is_allowed(line: str, problem: str) -> None:
    header = "rule,pattern,pos,type,mode,when,actor,recipient,reciprocal,standing"
    assert lexicon.by_head(read("events_triggers", f"{header}\n{FIRST}\n{GOOD}\n"))["snub"][0].mode == "meet"
    with pytest.raises(LexiconError) as raised:
        lexicon.by_head(read("events_triggers", f"{header}\n{FIRST}\n{line}\n"))
    assert str(raised.value).startswith(f"lexicons/events_triggers.csv, line 3: {problem}")


@pytest.mark.parametrize(
    ("name", "line", "problem", "loaded"),
    [
        ("events_types", "EXTRA,tipe,,,,,More.", "'tipe' is no kind", ontology.codes),
        ("events_types", "AGREE,type,AGREE,,,03,Again.", "'AGREE' stands on line", ontology.codes),
        ("events_factuality", "hardly ever,adverb,falls", "'falls' is no effect", lexicon.effects),
        ("events_factuality", "ever,adwerb,fails", "'adwerb' is no pos", lexicon.effects),
        ("events_factuality", "will,modal,fails", "'will modal' stands on line", lexicon.effects),
        ("events_groups", "organs,knight", "'organs' is no kind", lexicon.groups),
        ("events_groups", "organ,farmer", "'farmer' stands on line", lexicon.groups),
        ("events_light_verbs", "deal,objekt", "'objekt' is no places", lexicon.light_verbs),
        ("events_number_roles", "dead,corpse", "'dead' is no role", lexicon.roles),
        ("events_classes", "aid,help", "'aid' stands on line", lambda: lexicon._classes()),
        ("events_contexts", "sports,ball,,,", "'sports' is no context", lambda: contexts._signs()),
        ("events_contexts", "military,ball,,,", "'military' stands on line", lambda: contexts._signs()),
    ],
)
def test_every_lexicon_of_events_is_checked(
    name: str, line: str, problem: str, loaded: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(events.__file__).parents[1] / "lexicons" / f"{name}.csv"
    wrong = read(name, path.read_text(encoding="utf-8") + line + "\n")
    monkeypatch.setattr("stages.core.lexicon.load", lambda asked: wrong if asked == name else load(asked))
    _forget()
    try:
        with pytest.raises(LexiconError, match=f"lexicons/{name}.csv, line {wrong[-1].line}: {problem}"):
            loaded()
    finally:
        monkeypatch.undo()
        _forget()


@pytest.mark.parametrize(
    "path", sorted((Path(events.__file__).parents[1] / "lexicons").glob("*.csv")), ids=lambda path: path.stem
)
def test_every_lexicon_can_be_read_and_a_line_twice_is_an_error(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    *_, last = read(path.stem, content)
    with pytest.raises(LexiconError, match=f"lexicons/{path.name}, line {last.line + 1}: the same as line {last.line}"):
        read(path.stem, content + content.splitlines()[-1] + "\n")


def _forget() -> None:
    """Empty the caches of what was read from lexicons."""
    for module in (lexicon, ontology, contexts):
        for function in vars(module).values():
            if hasattr(function, "cache_clear"):
                function.cache_clear()


def test_the_ontology_has_types_modes_quads_contexts_and_auxiliary_modes() -> None:
    kinds = Counter(code.kind for code in ontology.codes().values())
    assert (kinds["type"], kinds["quad"], kinds["auxiliary"]) == (16, 4, 4) and kinds["context"] > 30
    for code in ontology.codes().values():
        assert code.description.endswith("."), code
        if code.kind == "mode":
            assert (
                code.type and code.code == f"{code.type} {code.mode}" and code.quad == ontology.types()[code.type].quad
            )
        if code.kind in ("context", "auxiliary"):
            assert code.type is code.mode is code.quad is None
    assert {row["code"] for row in joined([document("Freedonia attacked Sylvania.")])["event_types"]} == {
        *ontology.codes()
    }


def test_each_event_names_the_line_of_the_lexicon_that_coded_it() -> None:
    (row,) = extract(document("Freedonia condemned Sylvania."))["events"]
    assert row["rule"] in {line["rule"] for line in load("events_triggers")}


def test_every_effect_of_the_lexicon_has_a_meaning() -> None:
    changed = {effect for effect in lexicon.EFFECTS if _applied(effect) != factuality.Status()}
    assert changed == lexicon.EFFECTS - {"asserts", "happens"}


def _applied(effect: str) -> factuality.Status:
    status = factuality.Status()
    status.apply(effect)
    return status


PAGE = Path(__file__).parents[1] / "docs" / "events.md"


def page(*header: str) -> list[list[str]]:
    """The rows of all tables of docs/events.md that have a header."""
    found: list[list[str]] = []
    inside = False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            inside = False
        elif cells == list(header):
            inside = True
        elif inside and set(cells[0]) != {"-"}:
            found.append(cells)
    assert found, header
    return found


@pytest.mark.parametrize(("text", "expected"), page("sentence", "coded as"))
def test_the_page_codes_as_the_rules_do(text: str, expected: str) -> None:
    assert told(extract(document(text))) == expected


@pytest.mark.parametrize(("text", "author", "source"), page("sentence", "factuality", "claim"))
def test_the_page_says_what_a_claim_is(text: str, author: str, source: str) -> None:
    content = re.search(r"\*(.+)\*", text)
    plain = text.replace("*", "")
    speaker = next(name for name in ("Anna Holt", "Freedonia") if plain.startswith(name))
    said = [(content.group(1), "indirect", speaker)] if content else ()
    row = next(row for row in extract(document(plain, said=said))["events"] if row["type"] in ("ASSAULT", "AID"))
    assert (row["factuality"], row["claim"]) == (author, source or None)


@pytest.mark.parametrize(("text", "expected"), page("sentence", "context"))
def test_the_page_says_what_acts_are_about(text: str, expected: str) -> None:
    row = extract(document(text))["events"][0]
    assert (row["context"] or "").split(" | ") == expected.split(", ")


@pytest.mark.parametrize(("text", "reason", "predicate"), page("sentence", "reason", "predicate"))
def test_the_page_says_why_there_is_no_event(text: str, reason: str, predicate: str) -> None:
    (row,) = extract(document(text))["coverage"]
    assert (row["reason"], row["predicate"]) == (reason, predicate or None)


@pytest.mark.parametrize(("condition", "meets", "fails"), page("condition", "meets it", "does not"))
def test_the_page_says_what_conditions_ask(
    condition: str, meets: str, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = "rule,pattern,pos,type,mode,when,actor,recipient,reciprocal,standing"
    line = f"greet-verb,greet,verb,SUPPORT,,{condition.strip('`')},subject,object,,"
    rules = lexicon.by_head(read("events_triggers", f"{header}\n{line}\n"))
    monkeypatch.setattr(lexicon, "rules", lambda: rules)
    assert [row["rule"] for row in extract(document(meets))["events"]] == ["greet-verb"]
    assert extract(document(fails))["events"] == []


@pytest.mark.parametrize(
    ("texts", "count", "status", "contradiction"), page("texts", "incidents", "status", "contradiction")
)
def test_the_page_says_what_an_incident_is(texts: str, count: str, status: str, contradiction: str) -> None:
    days = {"Friday": date(2021, 3, 5), "Saturday": date(2021, 3, 6)}
    tables = joined(
        document(text, dates={word: (str(day), day, day) for word, day in days.items() if word in text}, doc_id=doc_id)
        for text, doc_id in zip(texts.split(" / "), "ab", strict=True)
    )
    assert len(tables["incidents"]) == int(count)
    assert [row["status"] for row in tables["incidents"]] == status.split(", ")
    assert [row["differs"] for row in tables["contradictions"]] == list(filter(None, [contradiction]))


def test_the_page_names_every_column_and_place_of_the_lexicon() -> None:
    text = PAGE.read_text(encoding="utf-8")
    columns = set(load("events_triggers")[0])
    for word in columns | (lexicon.CONDITION_PLACES - lexicon.PREPOSITIONS):
        assert f"`{word}`" in text, word
    for name in (path.name for path in (PAGE.parents[1] / "stages/lexicons").glob("events_*.csv")):
        assert name in text, name
