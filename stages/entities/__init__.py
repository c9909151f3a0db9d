"""One row per mention of an entity, per entity of the corpus, and per source of an attribution that is resolved.

Names come from the language model and are corrected by lexicons, by patterns and over the document (`names`).
Titles give sector and country (`titles`); capitals and seats of power may stand for institutions (`metonyms`); noun
phrases and pronouns are linked where simple, precise rules hold (`coreference`). `reduce` makes one entity of the
referents of all texts. Labels are those of OntoNotes 5, sectors those of PLOVER, countries ISO 3166-1 alpha-3.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from stages.core.params import Block
from stages.core.parse import ALL, PARSE, Document, Reduced, Row, Tables
from stages.core.rows import Rows
from stages.entities import names, resolution, sources
from stages.entities.coreference import links
from stages.entities.reading import Link
from stages.entities.referents import Mention, Referents

READS = {
    **PARSE,
    "attributions": ALL,
}
WRITES = ("mentions", "entities", "sources")
REDUCES = {"_candidates": "key"}
FINISHES: dict[str, tuple[str, ...]] = {}
REDUCED = ("entities",)
FINISHED = ("mentions", "sources")


class Params(Block):
    """Params of the stage.

    coreference: whether noun phrases and pronouns are linked, or names only.
    """

    coreference: bool = True


def extract(document: Document, params: Params) -> Tables:
    """The mentions of one text, with provisional entities that `finish` makes final."""
    referents = Referents(document, names.find(document))
    named = referents.mentions()
    linked = links(document, referents, named) if params.coreference else []
    rows = [_named(document, mention) for mention in named]
    rows.extend(row for link in linked for row in _linked(document, link))
    rows = _numbered(sorted(rows, key=lambda row: (row["start"], row["end"])))
    counted = Counter(row["entity_id"] for row in rows)
    literal = {row["literal_entity_id"] for row in rows}
    return {
        "mentions": rows,
        "sources": sources.resolved(document, rows),
        "_candidates": [
            {**referents.all[key].row(document.doc_id), "mentions": counted[key], "literal": key in literal}
            for key in sorted(referents.all)
        ],
    }


def _named(document: Document, mention: Mention) -> Row:
    name = mention.name
    title = mention.title if mention.title and not mention.title.honorific else None
    return {
        "mention_id": document.identifier(name.start, name.end),
        **document.span(name.start, name.end),
        "sentence_id": name.sentence.sentence_id,
        "form": "NAM",
        "label": name.label,
        "entity_id": mention.referent.key,
        "literal_entity_id": mention.literal.key if mention.literal else None,
        "title": document.text[title.start : title.end] if title else None,
        "title_start": title.start if title else None,
        "title_end": title.end if title else None,
        "former": title.former if title else None,
    }


def _linked(document: Document, link: Link) -> list[Row]:
    return [
        {
            "mention_id": document.identifier(link.start, link.end),
            **document.span(link.start, link.end),
            "sentence_id": link.sentence.sentence_id,
            "form": link.form,
            "label": link.referents[0].label,
            "entity_id": referent.key,
            "literal_entity_id": None,
        }
        for referent in link.referents
    ]


def _numbered(rows: list[Row]) -> list[Row]:
    """Rows with unique ids: the second entity of one mention has #2."""
    seen: dict[str, int] = defaultdict(int)
    for row in rows:
        seen[row["mention_id"]] += 1
        if seen[row["mention_id"]] > 1:
            row["mention_id"] += f"#{seen[row['mention_id']]}"
    return rows


def reduce(rows: Mapping[str, Rows], params: Params) -> Iterator[Reduced]:
    """One entity across texts; see `resolution`."""
    candidates = rows["_candidates"]
    ids, canonical = resolution.merge(candidates)
    people = {ids[row["key"]] for row in candidates if row["kind"] == "person"}
    # As many referents have one entity, they share what is said of it.
    link_of = {entity_id: {"entity_id": entity_id, "person": entity_id in people} for entity_id in ids.values()}
    links = {key: link_of[entity_id] for key, entity_id in ids.items()}
    yield Reduced({"entities": resolution.entities(candidates, ids, canonical)}, links)


def finish(tables: Tables, links: Mapping[str, Row], params: Params) -> Tables:
    """Mentions and sources with their entities."""
    mentions = [
        {
            **row,
            "label": "PERSON" if links[row["entity_id"]]["person"] else row["label"],
            "entity_id": links[row["entity_id"]]["entity_id"],
            "literal_entity_id": links[row["literal_entity_id"]]["entity_id"] if row["literal_entity_id"] else None,
        }
        for row in tables["mentions"]
    ]
    resolved = [{**row, "entity_id": links[row["entity_id"]]["entity_id"]} for row in tables["sources"]]
    return {"mentions": mentions, "sources": resolved}
