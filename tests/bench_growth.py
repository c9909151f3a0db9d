"""How the work across documents grows: entities with their mentions, incidents with their events."""

from __future__ import annotations

import math
import time
from datetime import date, timedelta

from stages import entities, events
from stages.core.parse import Row
from stages.core.rows import Rows


def entities_growth(sizes: tuple[int, ...] = (1_000, 10_000, 100_000)) -> None:
    """CPU seconds of `entities.reduce`; the last column stays flat where it grows as n log n."""
    for size in sizes:
        candidates: list[Row] = []
        for i in range(size):
            # Each given name meets each of many surnames: as the corpus grows, so do the people, but slower.
            doc_id, person = f"{i // 20:06}", i % 2 == 0
            given, surname = "ABCDEFGHIJKLMNOPQRST"[i % 20] + "na", f"Sur{'aeiou'[i % 5]}{(i * 7919) % (size // 4)}"
            name = f"{given} {surname}" if i % 3 else surname
            key = f"{doc_id}/{name.lower().replace(' ', '-')}" if person else f"body-{surname.lower()}"
            kind = {"kind": "person" if person else "name", "label": "PERSON" if person else "ORG"}
            known = {"country": None, "sector": None, "acts": False, "mentions": 1, "literal": False}
            candidates.append({**kind, **known, "key": key, "name": name, "forms": name, "doc_id": doc_id})
        start = time.process_time()
        found = next(entities.reduce({"_candidates": Rows.of(candidates)}, entities.Params())).tables["entities"]
        taken = time.process_time() - start
        per = taken / (size * math.log(size)) * 1e6
        print(f"entities across {size:9,} mentions: {taken:6.2f} s, {len(found):7,} entities, {per:.2f} us/(n log n)")


def incidents_growth(sizes: tuple[int, ...] = (1_000, 10_000, 100_000)) -> None:
    """CPU seconds of `events.reduce`."""
    kinds = (("ASSAULT", "attack-verb-5"), ("CONSULT", "meet-verb"), ("ACCUSE", "accuse-verb"), ("AGREE", "agree-verb"))
    rules = {row.rule for row in events.lexicon.by_name().values()}
    known = [(kind, rule) for kind, rule in kinds if rule in rules]
    for size in sizes:
        reports = [_report(i, *known[i % len(known)]) for i in range(size)]
        start = time.process_time()
        parts = events.reduce({"_reports": Rows.of(reports)}, events.Params())
        found = [row for part in parts for row in part.tables.get("incidents", ())]
        taken = time.process_time() - start
        per = taken / (size * math.log(size)) * 1e6
        print(f"incidents of    {size:9,} events:   {taken:6.2f} s, {len(found):7,} incidents, {per:.2f} us/(n log n)")


def _report(i: int, kind: str, rule: str) -> Row:
    day = date(2020, 1, 1) + timedelta(days=i * 7919 % 1461) if i % 3 else None
    doc_id, start = f"{i // 10:07}", i % 10 * 20
    actor, recipient = f"country-{i * 31 % 97}", f"country-{i * 17 % 89}"
    return {
        "event_id": f"{doc_id}:{start}-{start + 6}", "doc_id": doc_id, "start": start, "end": start + 6, "type": kind,
        "mode": None, "rule": rule, "lower": day, "upper": day, "date_id": None, "location_id": None,
        "location_mention_id": None, "historical": False, "future": False, "hypothetical": False,
        "factuality": "CT+", "claim": None, "title": False, "actors": [actor], "recipients": [recipient], "people": [],
        "bodies": [], "actor_sides": [actor], "recipient_sides": [recipient], "place_country": None,
        "precision": 0, "unnamed": False, "negated": False, "source": f"document {doc_id}", "amounts": [],
    }  # fmt: skip


if __name__ == "__main__":
    entities_growth()
    incidents_growth()
