"""What `make bench` measures: CPU seconds of each stage on copies of the seeds, beside the bare parse of their zones.

Times are printed and never asserted. The corpus is the texts of seeds/, repeated: COPIES=25 by default. Before that, a
JSON Lines file of MEGABYTES=20 is read, zoned and thrown away, with the peak of memory after each tenth.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from stages import documents, pipeline, sentences
from stages.core import params
from stages.core.corpus import read
from stages.core.parse import normalise

ROOT = Path(__file__).parent.parent


def main() -> None:
    texts = [path.read_bytes().decode() for path in sorted((ROOT / "seeds").glob("*.txt"))]
    reading(texts, int(os.environ.get("MEGABYTES", "20")))
    stages(texts, int(os.environ.get("COPIES", "25")))
    incidents_growth()


def reading(texts: list[str], megabytes: int) -> None:
    """Documents per second of reading and zoning, and whether memory stays flat."""
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        lines = [json.dumps({"id": "{}", "text": text}) + "\n" for text in texts]
        number = megabytes * 1_000_000 // (sum(map(len, lines)) // len(lines))
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


def incidents_growth(largest: int = 100_000) -> None:
    """CPU seconds of joining events to incidents: twice as many events should take about twice as long."""
    from datetime import date, timedelta

    from stages.events import incidents

    kinds = (("ASSAULT", "attack-verb-5"), ("CONSULT", "meet-verb"), ("ACCUSE", "accuse-verb"), ("AGREE", "agree-verb"))
    start_day = date(2020, 1, 1)
    for number in (largest // 4, largest // 2, largest):
        events, participants = [], []
        for i in range(number):
            kind, rule = kinds[i % len(kinds)]
            day = start_day + timedelta(days=i * 7919 % 1461) if i % 3 else None
            event_id = f"{i // 10:06}:{i % 10 * 20}-{i % 10 * 20 + 6}"
            events.append(
                {
                    "event_id": event_id, "doc_id": f"{i // 10:06}", "start": i % 10 * 20, "end": i % 10 * 20 + 6,
                    "sentence_id": event_id, "type": kind, "mode": None, "rule": rule, "lower": day, "upper": day,
                    "date_id": None, "location_id": None, "location_mention_id": None, "historical": False,
                    "future": False, "hypothetical": False, "negated": False, "factuality": "CT+", "claim": None,
                    "attribution_id": None,
                }
            )  # fmt: skip
            for role, entity in (("actor", i * 31 % 97), ("recipient", i * 17 % 89)):
                name = f"country-{entity}"
                participants.append({"event_id": event_id, "role": role, "entity_id": name, "text": name})
        start = time.process_time()
        _, found = incidents.join({"events": events, "participants": participants}, 0)
        taken = time.process_time() - start
        print(
            f"incidents of {number:,} events: {taken:.2f} s, {taken / number * 1e6:.1f} us each, {len(found):,} found"
        )
    print()


def stages(texts: list[str], copies: int) -> None:
    """CPU seconds of each stage beside the bare parse."""
    given = params.load(ROOT / "params.yaml", pipeline.blocks())
    block = given["sentences"]
    assert isinstance(block, sentences.Params)
    nlp = sentences.load(block)
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        records = ({"id": f"{i:05}", "text": text} for i, text in enumerate(texts * copies))
        corpus.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        store = pipeline.Store(Path(folder) / "out", None, keep=True)
        seconds: dict[str, float] = {}
        words = 0
        for stage in pipeline.BUILDING:
            start = time.process_time()
            counts = pipeline.run(stage, corpus, store, given, lambda things, total, name: things)
            seconds[stage] = time.process_time() - start
            words = counts.get("tokens", words)
        zones = [
            normalise(row["text"]) for row in store.read("segments") if row["content"] or row["kind"] == "pull_quote"
        ]
        start = time.process_time()
        for _ in nlp.pipe(zones, batch_size=block.batch_size):
            pass
        bare = time.process_time() - start
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"{len(texts) * copies} texts, {words} tokens\n")
    print(f"{'':14}{'CPU s':>8}{'tokens/s':>11}{'of the bare parse':>19}")
    for name, taken in [("bare parse", bare), *seconds.items(), ("all stages", sum(seconds.values()))]:
        print(f"{name:14}{taken:8.2f}{words / taken:11,.0f}{taken / bare:19.2f}")


if __name__ == "__main__":
    main()
