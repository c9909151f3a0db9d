"""What `make bench` measures: CPU seconds of each stage on copies of the seeds, beside the bare parse of their zones.

Times are printed and never asserted. The corpus is the texts of seeds/, repeated: COPIES=25 by default. Before that, a
JSON Lines file of MEGABYTES=20 is read, zoned and thrown away, with the peak of memory after each tenth.
"""

from __future__ import annotations

import json
import math
import os
import platform
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from stages import documents, entities, pipeline, sentences
from stages.core import params
from stages.core.corpus import read
from stages.core.parse import Row, normalise

ROOT = Path(__file__).parent.parent


def main() -> None:
    texts = [path.read_bytes().decode() for path in sorted((ROOT / "seeds").glob("*.txt"))]
    entities_growth()
    reading(texts, int(os.environ.get("MEGABYTES", "20")))
    stages(texts, int(os.environ.get("COPIES", "25")))


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


def entities_growth() -> None:
    """CPU seconds of the part of `entities` that works across documents, on 1,000 to 100,000 mentions."""
    block = entities.Params()
    for size in (1_000, 10_000, 100_000):
        mentions: list[Row] = []
        candidates: list[Row] = []
        for i in range(size):
            # Each given name meets each of many surnames: as the corpus grows, so do the people, but slower.
            doc_id, person = f"{i // 20:06}", i % 2 == 0
            given, surname = "ABCDEFGHIJKLMNOPQRST"[i % 20] + "na", f"Sur{'aeiou'[i % 5]}{(i * 7919) % (size // 4)}"
            name = f"{given} {surname}" if i % 3 else surname
            key = f"{doc_id}/{name.lower().replace(' ', '-')}" if person else f"body-{surname.lower()}"
            row = {"label": "PERSON" if person else "ORG", "country": None, "sector": None}
            mentions.append({**row, "doc_id": doc_id, "entity_id": key, "literal_entity_id": None})
            kind = {"key": key, "kind": "person" if person else "name", "name": name, "forms": name, "acts": False}
            candidates.append({**row, **kind, "doc_id": doc_id})
        start = time.process_time()
        found = entities.resolve({"mentions": mentions, "sources": [], "_candidates": candidates}, block)
        taken = time.process_time() - start
        per = taken / (size * math.log(size)) * 1e6
        made = len(found["entities"])
        print(f"entities across {size:7,} mentions: {taken:6.2f} s, {made:6,} entities, {per:.2f} us/(n log n)")


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
