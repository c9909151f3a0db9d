"""One entity across texts: the referents of all texts merged, named and counted.

Known names are merged by their entity, other names by their words, people within blocks of one surname. Blocks keep
the cost near linear in the number of referents; nothing depends on the order of the texts, and an id follows from
the set of names alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from stages.core.parse import Row
from stages.entities.knowledge import knowledge, slug
from stages.entities.persons import given_key, is_surname, spelling, surname_key
from stages.entities.places import Place, is_city, place


def merge(candidates: Iterable[Row]) -> tuple[dict[str, str], dict[str, str]]:
    """Entity id by the key of each referent, and canonical name by entity id.

    Args:
        candidates: the referents of all texts, in any order; they are read several times.
    """
    people: dict[str, frozenset[str]] = {}
    roles: dict[str, tuple[str | None, str | None]] = {}
    # Names repeat all over a corpus: one object for each.
    shared: dict[Any, Any] = {}
    ids: dict[str, str] = {}
    written: dict[str, set[str]] = defaultdict(set)
    for row in candidates:
        if row["kind"] == "person":
            forms = frozenset(shared.setdefault(form, form) for form in row["forms"].split("|"))
            people[row["key"]] = shared.setdefault(forms, forms)
            role = (row["sector"], row["country"])
            roles[row["key"]] = shared.setdefault(role, role)
        else:
            ids[row["key"]] = row["key"]
            written[row["key"]].add(row["name"])
    names = {key: min(forms) for key, forms in written.items()}
    ids.update(_acronyms(candidates, ids))
    people_names = _people(people, roles)
    absorbed = _absorbed(candidates, people_names)
    taken = {ids[key] for key in ids if key not in absorbed} | set(knowledge().entities)
    id_of = {name: f"{slug(name)}-person" if slug(name) in taken else slug(name) for name in people_names.values()}
    names.update({made: name for name, made in sorted(id_of.items(), reverse=True)})
    ids.update({key: id_of[name] for key, name in [*people_names.items(), *absorbed.items()]})
    return ids, names


def _absorbed(candidates: Iterable[Row], people: Mapping[str, str]) -> dict[str, str]:
    """What one text took for a place or a body, and what is the name or the surname of one person of the corpus.

    Returns:
        The person's canonical name by the key of such a referent.
    """
    whose: dict[str, set[str]] = defaultdict(set)
    for row in candidates:
        if row["kind"] == "person":
            name = people[row["key"]]
            forms = {form for form in row["forms"].split("|") if not is_surname(form.split())}
            for form in forms | ({name.split()[-1]} if not is_surname(name.split()) else set()):
                whose[form].add(name)
    others = (row for row in candidates if row["kind"] == "name" and row["label"] in ("GPE", "LOC", "ORG"))
    return {
        row["key"]: min(whose[row["name"]])
        for row in others
        if len(whose.get(row["name"], ())) == 1 and not is_city(row["name"])
    }


def _acronyms(candidates: Iterable[Row], ids: Mapping[str, str]) -> dict[str, str]:
    """A short name leads to the one long name that some text defines it for."""
    long_by_short: dict[str, set[str]] = defaultdict(set)
    for row in candidates:
        if row["kind"] == "name":
            for form in row["forms"].split("|"):
                if slug(form) != row["key"]:
                    long_by_short[slug(form)].add(row["key"])
    return {short: min(long) for short, long in long_by_short.items() if len(long) == 1 and short in ids}


def _people(forms: Mapping[str, frozenset[str]], roles: Mapping[str, tuple[str | None, str | None]]) -> dict[str, str]:
    """The canonical name of each person, by the key of the referent in its text."""
    blocks: dict[str, list[str]] = defaultdict(list)
    by_first: dict[str, set[str]] = defaultdict(set)
    longest = {key: max(names, key=lambda name: (len(name.split()), len(name), name)) for key, names in forms.items()}
    for key in sorted(longest):
        words = longest[key].split()
        blocks[surname_key(words)].append(key)
        if len(words) > 1:
            by_first[spelling(words[0])].add(surname_key(words))
    names: dict[str, str] = {}
    for block in sorted(blocks):
        names.update(_block(blocks[block], longest, forms, roles))
    canonical = {block: sorted({names[key] for key in keys if " " in longest[key]}) for block, keys in blocks.items()}
    for key in sorted(longest):
        # A name in the order of East Asia is taken up by its first word.
        if " " not in longest[key] and not canonical[spelling(longest[key])]:
            other = [name for block in sorted(by_first.get(spelling(longest[key]), ())) for name in canonical[block]]
            whole = [name for name in other if spelling(name.split()[0]) == spelling(longest[key])]
            if len(whole) == 1 and longest[key] not in knowledge().genders:
                names[key] = whole[0]
    return names


def _block(
    keys: list[str],
    longest: Mapping[str, str],
    forms: Mapping[str, frozenset[str]],
    roles: Mapping[str, tuple[str | None, str | None]],
) -> dict[str, str]:
    """People of one surname: by given name, then by middle names where those differ."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    initials: dict[str, list[str]] = defaultdict(list)
    single: list[str] = []
    for key in keys:
        words = longest[key].split()
        if is_surname(words):
            single.append(key)
        elif len(words[0].rstrip(".")) == 1:
            initials[words[0][0].lower()].append(key)
        else:
            groups[given_key(words[0]), _middle(words)].append(key)
    middles: dict[str, list[str]] = defaultdict(list)
    for given, middle in sorted(groups):
        middles[given].extend([middle] if middle else [])
    for given in sorted(middles):
        if len(middles[given]) == 1 and (given, "") in groups:
            groups[given, middles[given][0]].extend(groups.pop((given, "")))
    by_initial: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for group in sorted(groups):
        by_initial[group[0][:1]].append(group)
    for initial in sorted(initials):
        fits = by_initial[initial]
        groups[fits[0] if len(fits) == 1 else (initial, "")].extend(initials[initial])
    named_in_full = sorted(groups)
    in_role: dict[tuple[str | None, str | None], set[tuple[str, str]]] = defaultdict(set)
    for group in named_in_full:
        for key in groups[group]:
            in_role[roles[key]].add(group)
    for key in single:
        # A surname alone leads to the only person of that name, or to the only one in that role.
        whom: Collection[tuple[str, str]] = named_in_full
        if len(named_in_full) > 1:
            whom = in_role[roles[key]] if roles[key][0] else ()
        groups[next(iter(whom)) if len(whom) == 1 else ("", "")].append(key)
    named: dict[str, str] = {}
    for members in groups.values():
        written = sorted({form for key in members for form in forms[key]})
        full = [form for form in written if not is_surname(form.split())] or written
        name = min(
            full, key=lambda form: (any(len(w.rstrip(".")) == 1 for w in form.split()[:1]), len(form.split()), form)
        )
        named.update(dict.fromkeys(members, name))
    return named


def _middle(words: list[str]) -> str:
    return "".join(word[0].lower() for word in words[1:-1] if word[0].isupper())


def entities(candidates: Iterable[Row], ids: Mapping[str, str], names: Mapping[str, str]) -> list[Row]:
    """The rows of the table entities.

    Args:
        candidates: the referents of all texts, each with the number of its mentions and whether one means it literally.
        ids: entity id by key.
        names: canonical name by entity id.
    """
    count: Counter[str] = Counter()
    texts: dict[str, set[str]] = defaultdict(set)
    literal: set[str] = set()
    for row in candidates:
        if row["mentions"]:
            count[ids[row["key"]]] += row["mentions"]
            texts[ids[row["key"]]].add(row["doc_id"])
        if row["literal"]:
            literal.add(ids[row["key"]])
    people: set[str] = set()
    votes: dict[str, dict[str, Counter[str]]] = {}
    for row in candidates:
        vote = votes.setdefault(ids[row["key"]], {name: Counter() for name in ("label", "country", "sector")})
        for column in ("label", "country", "sector"):
            if row[column]:
                vote[column][row[column]] += 1
        if row["acts"] and row["country"] and knowledge().country_of.get(row["country"]) == ids[row["key"]]:
            vote["sector"]["GOV"] += 1
        if row["kind"] == "person":
            people.add(ids[row["key"]])
    rows: list[Row] = []
    for entity_id in sorted(votes):
        if entity_id not in count and entity_id not in literal:
            continue
        most = {
            column: min(vote, key=lambda one: (-vote[one], one), default=None)
            for column, vote in votes[entity_id].items()
        }
        most["label"] = "PERSON" if entity_id in people else most["label"]
        where: Place | None = place(names[entity_id], most["label"] or "", most["country"])
        rows.append(
            {
                "entity_id": entity_id,
                "name": names[entity_id],
                "label": most["label"],
                "country": most["country"] or (where.country if where else None),
                "sector": most["sector"],
                "latitude": where.latitude if where else None,
                "longitude": where.longitude if where else None,
                "geoname_id": str(where.geoname_id) if where else None,
                "mentions": count[entity_id],
                "documents": len(texts[entity_id]),
            }
        )
    return rows
