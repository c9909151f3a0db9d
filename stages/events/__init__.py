"""One row per mention of a political interaction: who did what to whom, where, when, and whether it happened.

Events are coded with PLOVER from the lexicons events_*: a trigger word or pattern, the places around it where actor and
recipient stand, and conditions on its sense (`lexicon`, `triggers`, `arguments`). `participants` resolves them to
entities, `factuality` gives FactBank's values from what stands around and above the trigger, `time_and_place` and
`numbers` add what belongs to the event. `resolve` brings mentions of one event together (`incidents`), lists where they
differ (`contradictions`), and joins everything in events_flat (`flat`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict

from pydantic import Field

from stages.core.params import Block
from stages.core.parse import Document, Row, Tables
from stages.events import contradictions, flat, incidents, lexicon, numbers
from stages.events.coding import Coder
from stages.events.event import Event
from stages.events.participants import Participant

READS = (
    "documents",
    "segments",
    "sentences",
    "tokens",
    "dates",
    "numbers",
    "attributions",
    "mentions",
    "entities",
    "sources",
)
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


class Params(Block):
    """Params of the stage."""

    same_event_days: int = Field(0, ge=0, description="How many days apart dated mentions of one event may lie.")


def extract(document: Document, params: Params) -> Tables:
    """The events of one text with what belongs to them; incidents are left to `resolve`."""
    tables: Tables = {"events": [], "participants": [], "event_numbers": [], "coverage": []}
    for sentence, events, reason in Coder(document).events():
        tables["coverage"].append({"sentence_id": sentence.sentence_id, "events": len(events), "reason": reason})
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
                {"event_id": event_id, "number_id": row["number_id"], "role": numbers.role(row, event.trigger.token)}
                for row in event.numbers
            )
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
        "quad": lexicon.types()[event.type].quad,
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


def resolve(tables: Tables, params: Params) -> Tables:
    """Incidents, contradictions and the joined table, over all texts."""
    events, found = incidents.join(tables, params.same_event_days)
    resolved: Tables = {
        **{name: tables.get(name, []) for name in ("participants", "event_numbers", "coverage")},
        "events": events,
        "incidents": found,
        "event_types": [{**asdict(row), "modes": row.modes or None} for row in lexicon.types().values()],
    }
    resolved["contradictions"] = contradictions.find({**tables, **resolved})
    resolved["events_flat"] = flat.rows({**tables, **resolved})
    return resolved
