"""Places that share a name: Paris, Texas; Atlanta, Georgia; Cambridge, England."""

from __future__ import annotations

from collections.abc import Mapping

from stages.core.parse import Document
from stages.entities.places import countries_with, place
from stages.entities.spans import Name, following, preceding

_CLOSING = frozenset({",", ".", ";", ")", "-", "–", "—", "--", "'s", ":"})
"""What ends the apposition of a state: in "in Paris, Russia said" it is a subject."""


def elsewhere(document: Document, name: Name, names: Mapping[int, Name]) -> tuple[str, str] | None:
    """The state or country written after a place, with its ISO alpha-3 code; None where the usual place is meant.

    Args:
        names: the name that a token is part of, by the token's position in the document.
    """
    text = name.written(document)
    before_it, after_it = _beside(name, names, -1), _beside(name, names, 1)
    if text == "Georgia" and before_it is not None:
        # The one country that is also a state: it is the state after a city that only the United States have.
        countries = countries_with(before_it.written(document))
        return ("U.S. state", "USA") if "USA" in countries and "GEO" not in countries else None
    if after_it is None or after_it.alias is None or after_it.alias.kind not in ("country", "place"):
        return None
    closing = following(after_it.last)
    country = after_it.alias.entity.country
    if (closing is not None and closing.text not in _CLOSING) or not country or country not in countries_with(text):
        return None
    found = place(text, "GPE", None)
    usual = name.alias.entity.country if name.alias else (found.country if found else None)
    return None if usual == country else (after_it.written(document), country)


def _beside(name: Name, names: Mapping[int, Name], step: int) -> Name | None:
    """The place named before or after a comma."""
    comma = preceding(name.first) if step < 0 else following(name.last)
    other = names.get(comma.i + step) if comma is not None and comma.text == "," else None
    return other if other is not None and other.label == "GPE" and other.sentence is name.sentence else None
