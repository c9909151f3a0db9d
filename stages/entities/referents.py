"""Entities within one text: which names of the text go together, and what is known of each.

Known names lead to their entity. People go together by surname, bodies by name and by the acronym that the text
defines, ministries and forces by their country. What crosses texts is left to `resolution`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from stages.core.parse import Document, Row
from stages.entities.homonyms import elsewhere
from stages.entities.knowledge import Entity, fold, knowledge, slug
from stages.entities.metonyms import stands_for_institution
from stages.entities.persons import gender_of, is_surname, same_person, surname_key
from stages.entities.spans import Name, preceding
from stages.entities.titles import Title, after, before

_LETTERS = re.compile(r"[A-Za-z]")
_DEFINES = frozenset({"(", "'s (", "('", '("', "or", ", or", "-", "–"})
_SMALL = frozenset({"of", "the", "for", "and", "in", "on", "to", "de", "la", "del", "und", "et"})


@dataclass(slots=True, eq=False)
class Referent:
    """What names of one text refer to; across texts it may prove to be the same as others."""

    key: str
    kind: str
    """known, person, name."""
    label: str
    name: str
    country: str | None = None
    sector: str | None = None
    forms: set[str] = field(default_factory=set)
    sectors: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    acts: bool = False
    side: Entity | None = None
    """The state or body that a person speaks for, by the title."""
    counterpart: Referent | None = None
    offices: list[frozenset[str]] = field(default_factory=list)

    def row(self, doc_id: str) -> Row:
        """The row of the private table that `reduce` reads."""
        return {
            "doc_id": doc_id,
            "key": self.key,
            "kind": self.kind,
            "label": self.label,
            "name": self.name,
            "country": self.country or _most(self.countries),
            "sector": self.sector or _most(self.sectors),
            "forms": "|".join(sorted(self.forms)),
            "acts": self.acts,
        }


def _most(counted: Counter[str]) -> str | None:
    return min(counted, key=lambda one: (-counted[one], one), default=None)


@dataclass(slots=True, eq=False)
class Mention:
    """A name with what it refers to."""

    name: Name
    referent: Referent
    literal: Referent | None = None
    title: Title | None = None


class Referents:
    """The referents of a text by key."""

    def __init__(self, document: Document, names: list[Name]) -> None:
        self.document = document
        self.names = names
        self.by_token = {i: name for name in names for i in range(name.first.i, name.last.i + 1)}
        self.all: dict[str, Referent] = {}
        self.mention_of: dict[int, Mention] = {}
        self.starts: dict[int, list[Referent]] = {}
        self.people: list[Referent] = []
        self.holders: dict[str, list[Referent]] = {}
        """People by each word of their offices."""
        self.genders: dict[str, str] = {}
        """m or f by the key of a person."""
        self.titles: dict[str, list[tuple[int, int]]] = {}
        self._full: dict[str, list[int]] = {}
        self._places: dict[tuple[str, ...], list[tuple[int, str]]] = {}
        self._persons: dict[str, list[Referent]] = {}
        self._first_names: dict[str, list[Referent]] = {}
        self._places_elsewhere: dict[str, Referent] = {}
        self._acronyms = self._defined_acronyms()
        self._countries = Counter(
            name.alias.entity.country
            for name in names
            if name.alias
            and name.alias.entity.country
            and name.alias.kind in ("country", "adjective", "capital", "people")
        )

    def mentions(self) -> list[Mention]:
        """One mention for each name, in the order of the text."""
        found: dict[int, Mention] = {}
        people = [(at, name) for at, name in enumerate(self.names) if name.label == "PERSON"]
        alone = {at for at, name in people if is_surname(name.written(self.document).split())}
        for at, name in people:
            if at not in alone:
                found[at] = self._person(name)
        for at, name in people:
            if at in alone:
                found[at] = self._person(name)
        for at, name in enumerate(self.names):
            if at not in found:
                found[at] = self._other(name)
            if name.head.dep in ("nsubj", "agent") and found[at].literal is None and name.label in ("GPE", "NORP"):
                found[at].referent.acts = True
        ordered = [found[at] for at in range(len(self.names))]
        for mention in ordered:
            self.starts.setdefault(mention.name.start, []).append(mention.referent)
            self.mention_of.update((token.i, mention) for token in mention.name.tokens)
        return ordered

    def known(self, entity: Entity) -> Referent:
        """The referent of a known entity."""
        made = self.all.get(entity.entity_id)
        if made is None:
            sector = None if entity.label == "GPE" else entity.sector
            made = Referent(entity.entity_id, "known", entity.label, entity.name, entity.country, sector)
            self.all[entity.entity_id] = made
        return made

    def _other(self, name: Name) -> Mention:
        if name.team:
            return self._team(name)
        alias = name.alias
        other_place = self._elsewhere(name) if name.label == "GPE" else None
        if other_place is not None:
            return Mention(name, other_place)
        if alias is not None and alias.kind != "institution":
            literal = self.known(alias.entity)
            if alias.seat_of is not None and stands_for_institution(name):
                meant = self.known(alias.seat_of)
                meant.acts = True
                return Mention(name, meant, literal)
            return Mention(name, literal)
        institution = self._institution(name)
        if institution is not None:
            return Mention(name, institution)
        return Mention(name, self._by_name(name))

    def _team(self, name: Name) -> Mention:
        """The team of a town, with the town as its literal reading."""
        town = self.known(name.alias.entity) if name.alias else self._by_name(name)
        name.label = "ORG"
        # The town is no short form of its team.
        key, full = slug(f"{town.name} team"), f"{town.name} (team)"
        return Mention(name, self.all.setdefault(key, Referent(key, "name", "ORG", full, forms={full})), town)

    def _elsewhere(self, name: Name) -> Referent | None:
        """A place that is not the one its name usually means; once the text says so, the name alone means it too."""
        text = name.written(self.document)
        found = elsewhere(self.document, name, self.by_token)
        if found is None:
            return self._places_elsewhere.get(text)
        where, country = found
        key = slug(f"{text} {where}")
        made = self.all.setdefault(key, Referent(key, "name", "GPE", text, country, forms={f"{text}, {where}"}))
        if text != "Georgia":
            self._places_elsewhere.setdefault(text, made)
        return made

    def _by_name(self, name: Name) -> Referent:
        text = name.written(self.document)
        text = self._acronyms.get(text, text)
        key = slug(text)
        entity = knowledge().entities.get(key)
        if entity is not None and entity.label == name.label:
            return self.known(entity)
        made = self.all.get(key)
        if made is None:
            made = Referent(key, "name", name.label, " ".join(text.split()))
            made.sector = knowledge().heads.get(text.split()[-1], ("", None))[1]
            made.country = self._country_within(name)
            self.all[key] = made
        made.forms.add(" ".join(name.written(self.document).split()))
        return made

    def _country_within(self, name: Name) -> str | None:
        """The country that a name of a body holds: Diplomatic Academy of Vietnam."""
        if name.label not in ("ORG", "FAC"):
            return None
        words, aliases = name.tokens, knowledge().aliases
        found = {
            alias.entity.country
            for token in words
            for alias in aliases.get(token.text, ())
            if alias.text == token.text and alias.kind in ("country", "adjective", "capital") and alias.entity.country
        }
        return found.pop() if len(found) == 1 else None

    def _institution(self, name: Name) -> Referent | None:
        """A ministry, force or parliament of a country, which is in the name, beside it or in the text."""
        if name.label != "ORG":
            return None
        text = name.written(self.document)
        alias, country = name.alias, None
        if alias is None:
            first = name.first
            inner = knowledge().aliases.get(first.text, ())
            nation = next(
                (one for one in inner if one.text == first.text and one.kind in ("country", "adjective")), None
            )
            rest = text[len(first.text) :].strip(" -'s") if nation else text
            of = rest.rpartition(" of ")
            base = _institution_name(rest)
            if base is None and of[0]:
                base, tail = _institution_name(of[0]), of[2].removeprefix("the ")
                nation = nation or next(
                    (
                        one
                        for one in knowledge().aliases.get(tail.split()[0] if tail.split() else "", ())
                        if one.text == tail
                    ),
                    None,
                )
            if base is None or nation is None:
                return None
            country = nation.entity.country
        else:
            base = alias.entity.name
            country = self._country_near(name)
        sector = knowledge().institutions[base]
        if country is None:
            return None if alias is None else self._by_name_of_institution(base, sector)
        return self._of_country(base, sector, country)

    def _of_country(self, base: str, sector: str | None, country: str) -> Referent:
        adjective = knowledge().adjective_of.get(country)
        nation = (
            knowledge().entities[knowledge().country_of[country]].name if country in knowledge().country_of else None
        )
        if country in ("USA", "GBR"):
            adjective = nation
        name = f"{adjective or nation or ''} {base}".strip()
        key = slug(name)
        special = knowledge().entities.get(key)
        if special is not None:
            return self.known(special)
        made = self.all.get(key)
        if made is None:
            made = self.all[key] = Referent(key, "known", "ORG", name, country, sector)
        return made

    def _by_name_of_institution(self, base: str, sector: str | None) -> Referent:
        key = slug(base)
        made = self.all.get(key)
        if made is None:
            made = self.all[key] = Referent(key, "known", "ORG", base, None, sector)
        return made

    def _country_near(self, name: Name) -> str | None:
        """Russia's Foreign Ministry; the Ministry of Defense in Moscow; else the country of the text."""
        head = name.head
        for child in head.children:
            near = self.by_token.get(child.i)
            if (
                child.dep in ("poss", "amod", "compound", "nmod")
                and near is not name
                and near
                and near.alias
                and near.alias.entity.country
            ):
                return near.alias.entity.country
        tokens, offset = name.sentence.tokens, name.sentence.tokens[0].i
        at = name.last.i + 1 - offset
        placed = at < len(tokens) and tokens[at].lower in ("in", "of")
        while at < len(tokens) and tokens[at].lower in ("in", "of", "the"):
            at += 1
        near = self.by_token.get(tokens[at].i) if at < len(tokens) and placed else None
        if near and near.alias and near.alias.entity.country:
            return near.alias.entity.country
        before_it = self.by_token.get(name.first.i - 1)
        possessive = preceding(name.first)
        if possessive is not None and possessive.tag == "POS":
            before_it = self.by_token.get(possessive.i - 1)
        if (
            before_it
            and before_it is not name
            and before_it.alias
            and before_it.alias.entity.country
            and before_it.sentence is name.sentence
        ):
            return before_it.alias.entity.country
        ranked = self._countries.most_common(2)
        if ranked and (len(ranked) == 1 or ranked[0][1] >= 2 * ranked[1][1]):
            return ranked[0][0]
        return None

    def _person(self, name: Name) -> Mention:
        text = " ".join(name.written(self.document).split())
        words = text.split()
        surname = surname_key(words)
        referent = None
        title = before(self.document, name, self.by_token)
        if title is not None:
            self.titles.setdefault(name.sentence.sentence_id, []).append((title.start, title.end))
        title = title or after(self.document, name, self.by_token)
        gender = gender_of(title.office) if title else ""
        if is_surname(words):
            candidates = self._persons.get(surname, []) or self._first_names.get(fold(words[0]), [])
            candidates = [one for one in candidates if not gender or self.genders.get(one.key, gender) == gender]
            referent = candidates[0] if len({one.key for one in candidates}) == 1 else self._nearest(candidates, name)
        else:
            for one in self._persons.get(surname, []):
                if same_person(words, one.name.split()):
                    referent = one
                    break
        if referent is None:
            key = f"{self.document.doc_id}/{slug(text)}"
            key = f"{key}/{gender}" if key in self.all else key
            referent = self.all.get(key) or Referent(key, "person", "PERSON", text)
            self.all[referent.key] = referent
            self.people.append(referent)
            self._persons.setdefault(surname, []).append(referent)
            if not is_surname(words):
                self._first_names.setdefault(fold(words[0]), []).append(referent)
        referent.forms.add(text)
        if not is_surname(words):
            self._full.setdefault(referent.key, []).append(name.start)
        gender = gender or (knowledge().genders.get(words[0], "") if not is_surname(words) else "")
        if gender:
            self.genders.setdefault(referent.key, gender)
        if title is not None:
            referent.side = referent.side or title.side
            office = frozenset(title.office.split())
            if office not in referent.offices:
                referent.offices.append(office)
                for word in sorted(office):
                    holders = self.holders.setdefault(word, [])
                    holders.append(referent)
            referent.sectors.update([title.sector] if title.sector else [])
            referent.countries.update([title.country] if title.country else [])
        return Mention(name, referent, None, title)

    def _nearest(self, candidates: list[Referent], name: Name) -> Referent | None:
        """The one of several people of a surname: whom the text mostly names, else whom it last named in full."""
        full = sorted(candidates, key=lambda one: (-len(self._full.get(one.key, ())), one.key))
        counts = [len(self._full.get(one.key, ())) for one in full]
        if len(counts) > 1 and counts[0] >= max(2 * counts[1], 3):
            return full[0]
        keys = tuple(one.key for one in candidates)
        if keys not in self._places:
            self._places[keys] = sorted((start, key) for key in keys for start in self._full.get(key, ()))
        places = self._places[keys]
        at = bisect_left(places, (name.start, ""))
        return self.all[places[at - 1][1]] if at else (candidates[0] if candidates else None)

    def _defined_acronyms(self) -> dict[str, str]:
        """Long form by acronym, where the text defines it in brackets."""
        found: dict[str, str] = {}
        for long, short in zip(self.names, self.names[1:], strict=False):
            between = self.document.clean[long.end : short.start]
            written = short.written(self.document)
            if between.strip() in _DEFINES and sum(map(str.isupper, written)) > 1 and " " not in written:
                full = " ".join(long.written(self.document).split())
                if initials_fit(written, full):
                    found.setdefault(written, full)
        return found


def initials_fit(acronym: str, full: str) -> bool:
    """Whether an acronym's letters start the words of a name, in order; small words may be left out."""
    letters = [c.lower() for c in acronym if c.isupper()]
    starts = [w[0].lower() for w in re.split(r"[\s\-]+", full) if w and w.lower() not in _SMALL]
    it = iter(starts)
    matched = sum(any(letter == start for start in it) for letter in letters)
    return bool(letters) and matched >= max(2, len(letters) - 1)


def _institution_name(text: str) -> str | None:
    text = " ".join(text.split())
    for alias in knowledge().aliases.get(text.split()[0] if text else "", ()):
        if alias.text == text and alias.kind == "institution":
            return alias.entity.name
    return None
