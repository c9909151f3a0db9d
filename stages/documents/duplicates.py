"""Duplicates: texts that are the same, and texts that are nearly the same.

Exact duplicates are the same apart from white space, letter case and the form of quotation marks. Near duplicates share
most of their runs of five words: MinHash (Broder 1997) estimates the Jaccard index of the two sets, and a
locality-sensitive index keeps the cost from growing with the square of the corpus.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable

import numpy as np
from datasketch import LeanMinHash, MinHash, MinHashLSH

from stages.core.parse import Row, normalise

_PERMUTATIONS = 64
_SHINGLE = 5
_SEED = 1


def signature(doc_id: str, text: str) -> Row:
    """What two texts are compared by: a hash of the normalised text, and its MinHash in hexadecimal digits."""
    words = normalise(text).casefold().split()
    runs = {" ".join(words[at : at + _SHINGLE]).encode() for at in range(len(words) - _SHINGLE + 1)}
    sketch = None
    if runs:
        minhash = MinHash(num_perm=_PERMUTATIONS, seed=_SEED, hashfunc=zlib.crc32)
        minhash.update_batch(runs)
        sketch = minhash.hashvalues.astype("<u4").tobytes().hex()
    return {"doc_id": doc_id, "exact": hashlib.sha256(" ".join(words).encode()).hexdigest(), "sketch": sketch}


def first_of(signatures: Iterable[Row], threshold: float) -> dict[str, str]:
    """The documents that repeat another, each with the first by id among those it is connected with.

    Args:
        signatures: of `signature`, in any order.
        threshold: Jaccard index from which two texts count as the same; 1 finds exact duplicates only.
    """
    rows = sorted(signatures, key=lambda row: str(row["doc_id"]))
    root = {row["doc_id"]: row["doc_id"] for row in rows}

    def find(doc_id: str) -> str:
        while root[doc_id] != doc_id:
            root[doc_id] = root[root[doc_id]]
            doc_id = root[doc_id]
        return doc_id

    def join(a: str, b: str) -> None:
        first, second = sorted((find(a), find(b)))
        root[second] = first

    exact: dict[str, str] = {}
    for row in rows:
        join(row["doc_id"], exact.setdefault(row["exact"], row["doc_id"]))
    if threshold < 1:
        index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
        sketches: dict[str, LeanMinHash] = {}
        for row in rows:
            if row["sketch"] is None or exact[row["exact"]] != row["doc_id"]:
                continue
            values = np.frombuffer(bytes.fromhex(row["sketch"]), dtype="<u4").astype(np.uint64)
            sketch = LeanMinHash(seed=_SEED, hashvalues=values)
            same = [other for other in sorted(index.query(sketch)) if sketch.jaccard(sketches[other]) >= threshold]
            for other in same:
                join(row["doc_id"], other)
            if not same:
                # One text stands for all that repeat it, or a wire story in n papers would cost n times n comparisons.
                index.insert(row["doc_id"], sketch)
                sketches[row["doc_id"]] = sketch
    return {doc_id: first for doc_id in root if (first := find(doc_id)) != doc_id}
