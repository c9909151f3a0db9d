"""What the rules know of names before they read a text: the lexicons, indexed by first word.

An alias is matched on the normalised text, from a token's start to a token's end, longest first. Case counts, but
for names written all in capitals, as in headlines and datelines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from stages.core.lexicon import load, words

_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[A-Z]{2,5}")
"""What is written with full stops too: W.H.O."""
_SHOUTED = frozenset({"country", "adjective", "people", "capital", "place", "seat", "group"})
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity that is known without any text."""

    entity_id: str
    name: str
    label: str
    country: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """One way to write a known name."""

    text: str
    label: str
    """OntoNotes label of the name in its literal reading."""
    entity: Entity
    """What the name refers to, literally."""
    kind: str
    """country, adjective, people, capital, seat, place, organisation, institution, group, thing."""
    seat_of: Entity | None = None
    """What the place stands for where it acts."""
    always: bool = False
    """Whether it is read as the institution unless a preposition of place governs it."""


@dataclass(slots=True)
class Knowledge:
    """All lexicons of the stage, indexed."""

    aliases: dict[str, list[Alias]] = field(default_factory=dict)
    """By first word, longest alias first."""
    entities: dict[str, Entity] = field(default_factory=dict)
    country_of: dict[str, str] = field(default_factory=dict)
    """Entity id of a country by ISO 3166-1 alpha-3."""
    adjective_of: dict[str, str] = field(default_factory=dict)
    """The first adjective of a country by its code."""
    capital_of: dict[str, str] = field(default_factory=dict)
    """The country's code by the entity id of its capital."""
    heads: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """Label and sector that the head word of a name gives."""
    titles: dict[str, tuple[str, str | None, str | None]] = field(default_factory=dict)
    """Kind, sector and country of an office, by its lower-case words."""
    prefixes: dict[str, str] = field(default_factory=dict)
    """Label that the first word of a name gives: Mount, USS, Operation."""
    surnames: frozenset[str] = frozenset()
    """Surnames that are hardly ever anything else."""
    genders: dict[str, str] = field(default_factory=dict)
    """m, f or '' by given name."""
    spellings: dict[str, str] = field(default_factory=dict)
    """The usual spelling of a transliterated name, by its others."""
    nicknames: dict[str, str] = field(default_factory=dict)
    institutions: dict[str, str | None] = field(default_factory=dict)
    """Sector by the name of an institution that each country has."""


def fold(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


@lru_cache(maxsize=1 << 16)
def slug(name: str) -> str:
    """The readable identifier that a name gives; code points for what has no Latin letters."""
    plain = _NOT_SLUG.sub(
        "-", fold(name).replace("'", "").replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    ).strip("-")
    return plain or "-".join(f"u{ord(c):x}" for c in name if not c.isspace()) or "unnamed"


def _plurals(adjective: str) -> tuple[str, ...]:
    """The people that an adjective gives: Russian, Russians; not Chinese, Danish."""
    return (f"{adjective}s",) if adjective[-1] in "nitckro" and not adjective.endswith(("ish", "ch")) else ()


@cache
def knowledge() -> Knowledge:
    """The lexicons, read once."""
    known = Knowledge()
    found: dict[str, Alias] = {}

    def entity(name: str, label: str, country: str | None, sector: str | None) -> Entity:
        made = Entity(slug(name), name, label, country or None, sector or None)
        return known.entities.setdefault(made.entity_id, made)

    def add(
        texts: Iterable[str], label: str, of: Entity, kind: str, seat: Entity | None = None, always: bool = False
    ) -> None:
        for text in texts:
            text = text.replace("’", "'")
            found.setdefault(text, Alias(text, label, of, kind, seat, always))

    for row in load("entities_countries"):
        country = entity(row["name"], "GPE", row["iso3"], "GOV")
        known.country_of[row["iso3"]] = country.entity_id
        add((row["name"], *words(row["aliases"])), "GPE", country, "country")
        adjectives = words(row["adjectives"])
        if adjectives:
            known.adjective_of[row["iso3"]] = adjectives[0]
        add(adjectives, "NORP", country, "adjective")
        plurals = words(row["demonyms"]) or tuple(plural for one in adjectives for plural in _plurals(one))
        add(plurals, "NORP", country, "people")
        for spellings in words(row["capitals"]):
            written = [spelling.strip() for spelling in spellings.split("/")]
            place = entity(written[0], "GPE", row["iso3"], None)
            known.capital_of[place.entity_id] = row["iso3"]
            add(written, "GPE", place, "capital", country)
    for row in load("entities_places"):
        place = entity(row["name"], row["label"], row["country"], None)
        add((row["name"], *words(row["aliases"])), row["label"], place, "place")
        add(words(row["adjectives"]), "NORP", place, "adjective")
        plurals = words(row["people"]) or tuple(plural for one in words(row["adjectives"]) for plural in _plurals(one))
        add(plurals, "NORP", place, "people")
    for table in ("entities_organisations", "entities_media"):
        for row in load(table):
            body = entity(row["name"], row["label"], row["country"], row["sector"])
            add((row["name"], *words(row["aliases"])), row["label"], body, "organisation")
    for row in load("entities_institutions"):
        known.institutions[row["name"]] = row["sector"] or None
        body = entity(row["name"], "ORG", None, row["sector"])
        add((row["name"], *words(row["aliases"])), "ORG", body, "institution")
    for row in load("entities_groups"):
        group = entity(row["name"], "NORP", None, None)
        add((row["name"], *words(row["aliases"])), "NORP", group, "group")
    for row in load("entities_things"):
        thing = entity(row["name"], row["label"], None, None)
        add((row["name"], *words(row["aliases"])), row["label"], thing, "thing")
    for row in load("entities_seats"):
        institution = known.entities.get(slug(row["stands_for"]))
        institution = institution or entity(row["stands_for"], "ORG", None, "GOV")
        place = entity(row["name"], row["label"], institution.country, None)
        add((row["name"], *words(row["aliases"])), row["label"], place, "seat", institution, row["always"] == "yes")
    for alias in list(found.values()):
        # One word in capitals may be an acronym or a plain word of a headline, but for the names of places and peoples.
        if len(alias.text) > 3 and (" " in alias.text or alias.kind in _SHOUTED):
            found.setdefault(alias.text.upper(), alias)
    for alias in list(found.values()):
        if alias.kind in ("organisation", "country") and _LETTERS.fullmatch(alias.text):
            found.setdefault(".".join(alias.text) + ".", alias)
    for text, alias in found.items():
        match = _WORD.search(text)
        if match:
            known.aliases.setdefault(match[0], []).append(
                Alias(text, alias.label, alias.entity, alias.kind, alias.seat_of, alias.always)
            )
    for same_word in known.aliases.values():
        same_word.sort(key=lambda alias: (-len(alias.text), alias.text))
    known.heads = {row["word"]: (row["label"], row["sector"] or None) for row in load("entities_heads")}
    known.prefixes = {row["word"]: row["label"] for row in load("entities_prefixes")}
    known.surnames = frozenset(row["name"] for row in load("entities_surnames"))
    known.titles = {
        row["word"]: (row["kind"], row["sector"] or None, row["country"] or None) for row in load("entities_titles")
    }
    known.titles |= {word.replace(".", ""): title for word, title in known.titles.items()}
    known.genders = {row["name"]: row["gender"] for row in load("entities_given_names")}
    known.spellings = {fold(row["variant"]): fold(row["name"]) for row in load("entities_spellings")}
    known.nicknames = {fold(row["nickname"]): fold(row["name"]) for row in load("entities_nicknames")}
    return known


def match(clean: str, start: int, word: str) -> Iterable[Alias]:
    """The aliases that the text has at a place, longest first; their ends may lie inside a token."""
    first = _WORD.match(word)
    if not first:
        return ()
    return [alias for alias in knowledge().aliases.get(first[0], ()) if clean.startswith(alias.text, start)]
