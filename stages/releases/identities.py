"""What became of entities: which were merged, split or renamed, from the mentions that both versions have."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple


class Succession(NamedTuple):
    """An entity of the earlier version and one that has mentions of it now."""

    old: str
    new: str | None
    kind: str
    mentions: int


def successions(
    moves: Mapping[tuple[str, str], int], gone: Collection[str], fresh: Collection[str]
) -> list[Succession]:
    """The entities whose id does not mean what it meant, and whose mentions have them now.

    A mention that was merely given to another entity, where both were there before and still are, is no succession: it
    is a corrected cell.

    Args:
        moves: mentions that have another entity than before, by the two.
        gone: entities that only the earlier version has.
        fresh: entities that only the later one has.
    """
    kept = Counter({pair: number for pair, number in moves.items() if pair[0] in gone or pair[1] in fresh})
    heirs: dict[str, set[str]] = defaultdict(set)
    parents: dict[str, set[str]] = defaultdict(set)
    for old, new in kept:
        heirs[old].add(new)
        parents[new].add(old)
    found = []
    for (old, new), number in kept.items():
        kinds = set()
        if old not in gone or len(heirs[old]) > 1:
            kinds.add("split")
        if new not in fresh or len(parents[new]) > 1:
            kinds.add("merged")
        found.append(Succession(old, new, " | ".join(sorted(kinds)) or "renamed", number))
    found += [Succession(old, None, "removed", 0) for old in gone if old not in heirs]
    return sorted(found, key=lambda line: (line.old, line.new or ""))
