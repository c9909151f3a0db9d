"""One row per mention of a political interaction: who did what to whom, where, when, and whether it happened.

Events are coded with PLOVER from the lexicons events_*: a trigger word or pattern, the places around it where actor and
recipient stand, and conditions on its sense (`lexicon`, `triggers`, `arguments`). `participants` resolves them to
entities, `factuality` gives FactBank's values from what stands around and above the trigger, `time_and_place` and
`numbers` add what belongs to the event. `reduce` brings mentions of one event together (`incidents`) and lists where
they differ (`contradictions`); `finish` completes the events, and `join` everything in events_flat (`flat`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from pydantic import Field

from stages.core.params import Block
from stages.core.parse import ALL, PARSE, Document, Reduced, Row, Tables
from stages.core.rows import Rows
from stages.events import contradictions, flat, incidents, numbers, ontology
from stages.events.coding import Coder
from stages.events.event import Event
from stages.events.participants import Participant
from stages.events.reports import Reports

READS = {
    **PARSE,
    "dates": ALL,
    "numbers": ALL,
    "attributions": ALL,
    "mentions": ALL,
    "entities": ("entity_id", "name", "label", "country", "sector", "latitude"),
    "sources": ALL,
}
WRITES = (
    "events",
    "participants",
    "event_numbers",
    "coverage",
    "incidents",
    "contradictions",
    "event_types",
    "events_flat",
)
REDUCES = {"_reports": "event_id"}
REDUCED = ("incidents", "contradictions", "event_types")
FINISHED = ("events", "events_flat")
FINISHES = {
    "documents": ("doc_id", "published", "title", "url"),
    "sentences": ("sentence_id", "doc_id", "start", "end", "text"),
    "dates": ("date_id", "doc_id", "text"),
    "attributions": ("attribution_id", "doc_id", "source"),
    "sources": ("attribution_id", "mention_id", "entity_id"),
    "mentions": ("mention_id", "doc_id", "entity_id", "literal_entity_id"),
    "participants": ("event_id", "doc_id", "role", "position", "text", "entity_id"),
    "entities": ("entity_id", "name", "country", "sector", "latitude", "longitude"),
}


class Params(Block):
    """Params of the stage."""

    same_event_days: int = Field(
        0,
        ge=0,
        le=7,
        description="How many days apart the dates of one event may lie in two texts; both dates span as many days.",
    )


def extract(document: Document, params: Params) -> Tables:
    """The events of one text with what belongs to them; incidents are left to `reduce`."""
    tables: Tables = {"events": [], "participants": [], "event_numbers": [], "coverage": []}
    for sentence, events, reason, predicate in Coder(document).events():
        ledger = {"sentence_id": sentence.sentence_id, "events": len(events), "reason": reason, "predicate": predicate}
        tables["coverage"].append(ledger)
        seen: dict[str, int] = defaultdict(int)
        for event in events:
            event_id = document.identifier(event.trigger.start, event.trigger.end)
            seen[event_id] += 1
            if seen[event_id] > 1:
                event_id += f"#{seen[event_id]}"
            tables["events"].append(_row(document, event_id, event, sentence.sentence_id))
            for role, found in (("actor", event.actors), ("recipient", event.recipients)):
                tables["participants"].extend(_participants(document, event_id, role, found))
            tables["event_numbers"].extend(
                {"event_id": event_id, "number_id": row["number_id"], "role": numbers.role(row, event.trigger)}
                for row in event.numbers
            )
    tables["_reports"] = Reports(document).rows(tables["events"], tables["participants"], tables["event_numbers"])
    return tables


def _row(document: Document, event_id: str, event: Event, sentence_id: str) -> Row:
    status, day, place, claimed = event.status, event.date, event.place, event.attribution
    value = status.value
    return {
        "event_id": event_id,
        **document.span(event.trigger.start, event.trigger.end),
        "sentence_id": sentence_id,
        "type": event.type,
        "mode": event.mode,
        "quad": ontology.types()[event.type].quad,
        "context": " | ".join(event.contexts) or None,
        "date_id": day["date_id"] if day else None,
        "lower": day["lower"] if day else None,
        "upper": day["upper"] if day else None,
        "location_id": (place["literal_entity_id"] or place["entity_id"]) if place else None,
        "location_mention_id": place["mention_id"] if place else None,
        "factuality": "Uu" if status.contested or (claimed and not status.fact) else value,
        "claim": value if claimed else None,
        "historical": status.historical,
        "future": status.future,
        "hypothetical": status.hypothetical,
        "negated": status.negated,
        "attribution_id": claimed["attribution_id"] if claimed else None,
        "rule": event.trigger.rule.rule,
    }


def _participants(document: Document, event_id: str, role: str, found: list[Participant]) -> list[Row]:
    return [
        {
            "event_id": event_id,
            "role": role,
            "position": position,
            **document.span(one.start, one.end),
            "mention_id": one.mention_id,
            "entity_id": one.entity_id,
        }
        for position, one in enumerate(found, 1)
    ]


def reduce(rows: Mapping[str, Rows], params: Params) -> Iterator[Reduced]:
    """The event types; incidents and contradictions, over all texts, of one type of events after the other."""
    yield Reduced({"event_types": [asdict(code) for code in ontology.codes().values()]}, {})
    for reports in rows["_reports"].groups("type"):
        found = incidents.join(reports, params.same_event_days)
        tables = {
            "incidents": [incidents.row(one) for one in found],
            "contradictions": [row for one in found for row in contradictions.find(one)],
        }
        yield Reduced(tables, incidents.links(found))


def finish(tables: Tables, links: Mapping[str, Row], params: Params) -> Tables:
    """The events of some texts with their incidents."""
    linked = [{**row, "incident_id": row["event_id"], **links.get(row["event_id"], {})} for row in tables["events"]]
    return {"events": linked}


def join(tables: Tables) -> Tables:
    """Everything joined, of events that are finished."""
    return {"events_flat": flat.rows(tables)}
