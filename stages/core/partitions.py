"""Partitions: runs of documents in the order of their ids, cut where the ids themselves say so.

Content-defined chunking (Muthitacharoen, Chen, Mazières 2001): an id ends a partition when its hash hits, so a document
that comes or goes moves no border but those of its own partition. What a partition holds depends on nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from pydantic import Field

from stages.core.params import Block


class Params(Block):
    """How documents are cut into the pieces that work and memo go by. No table depends on it."""

    mean: int = Field(32, ge=1, description="Documents of a partition on average.")
    minimum: int = Field(8, ge=1, description="Fewest documents of a partition, but for the last one.")
    maximum: int = Field(128, ge=1, description="Most documents of a partition.")
    characters: int = Field(2_000_000, ge=1, description="A partition ends when its texts are longer than this.")


class Piece(Protocol):
    """What can be cut: something with an id and a size in characters."""

    @property
    def doc_id(self) -> str: ...
    @property
    def characters(self) -> int: ...


P = TypeVar("P", bound=Piece)


def cut(pieces: Iterable[P], params: Params) -> Iterator[list[P]]:
    """The partitions of a sequence, in its order."""
    # The minimum is added to the run that the hash ends, so the mean is that of the params.
    one_in = max(1, params.mean - params.minimum + 1)
    held: list[P] = []
    characters = 0
    for piece in pieces:
        held.append(piece)
        characters += piece.characters
        hit = len(held) >= params.minimum and _hash(piece.doc_id) % one_in == 0
        if hit or len(held) >= params.maximum or characters >= params.characters:
            yield held
            held, characters = [], 0
    if held:
        yield held


def _hash(doc_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(doc_id.encode("utf-8", "surrogatepass"), digest_size=8).digest())
