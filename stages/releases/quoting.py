"""Which cells the table of changes may repeat.

A text that a release changed or removed is nobody's any more who only has the new one. So words of texts are not
repeated, in no edition of the package: the new ones stand in their tables, the old ones in those of the release before.
"""

from __future__ import annotations

from collections.abc import Collection

from stages.archives.words import JOIN, RUN
from stages.core.schema import schemas
from stages.releases.compare import Cell


class Quoting:
    """Lets cells pass that hold no words of a text, or only names of entities.

    Args:
        old: the names that entities had, where they are known.
        new: the names that they have.
    """

    def __init__(self, old: Collection[str], new: Collection[str]) -> None:
        self._old, self._new = old, new
        self._sources = {
            (name, field.name): field.source for name, known in schemas().items() for field in known.fields
        }

    def allowed(self, table: str, column: str | None, cell: Cell) -> Cell:
        """A cell, or that it is not known here."""
        source = self._sources.get((table, column or ""))
        if cell[0] is None or source is None or (source == "names" and all(map(self._named, cell[0].split(JOIN)))):
            return cell
        return None, False

    def _named(self, value: str) -> bool:
        # A long name may be a whole headline; that of an entity which is there is withheld with that of the entity.
        return not value or value in self._new or (value in self._old and len(value) < RUN)
