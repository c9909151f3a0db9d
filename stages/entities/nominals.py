"""Noun phrases: which named entity they take up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from stages.entities import phrases
from stages.entities.phrases import Phrase
from stages.entities.reading import FARTHEST, WE, Reader, Seen, is_state, side
from stages.entities.referents import Referent

_WINDOW = 3
"""Sentences that a definite noun phrase looks back."""


def resolve(reader: Reader, phrase: Phrase) -> Sequence[Referent]:
    """What a noun phrase refers to."""
    if phrase.named is not None:
        return (phrase.named,)
    if phrase.person is not None:
        if phrase.possessive is not None and "counterpart" in phrase.noun:
            owner = reader.by_head.get(phrase.possessive.i, ())
            phrase.person.counterpart = owner[0] if len(owner) == 1 else None
        return _apposed_pair(reader, phrase) or (phrase.person,)
    if phrase.possessive is not None:
        owner = reader.by_head.get(phrase.possessive.i, ())
        if len(owner) != 1:
            return ()
        state = owner[0] if phrase.possessive.lower in WE else side(reader, owner[0])
        return (state,) if state is not None and is_state(state) else ()
    if phrase.owner is not None and phrase.kind in ("government", "camp", "state"):
        return (phrase.owner,)
    if not phrase.definite:
        return ()
    if phrase.kind == "country":
        return _one(reader.recent(is_state, phrase.head.i, _WINDOW, weak=True))
    if phrase.kind == "government":
        return _one(reader.recent(is_state, phrase.head.i, _WINDOW + 2, weak=True)) if phrase.plain else ()
    if phrase.kind == "region":
        return _one(reader.recent(lambda one: one.label == "LOC", phrase.head.i, _WINDOW, weak=True))
    if phrase.kind == "city":
        return _one(reader.recent(lambda one: one.label == "GPE" and not is_state(one), phrase.head.i, _WINDOW))
    if phrase.kind == "pair":
        return _last_two(reader, phrase, lambda one: is_state(one) or (one.label == "ORG" and one.sector == "IGO"))
    if phrase.kind == "people":
        return _last_two(reader, phrase, lambda one: one.label == "PERSON" and _agrees(reader, one, phrase))
    office = _holder(reader, phrase)
    if office is not None:
        return (office,)
    if phrase.kind == "person" and phrase.plain:
        people = reader.recent(lambda one: one.label == "PERSON" and _agrees(reader, one, phrase), phrase.head.i, 4)
        return _one(people) if len({one.referents[0].key for one in people}) == 1 else ()
    if phrase.kind in ("body", "known"):
        return _body(reader, phrase)
    return ()


def _apposed_pair(reader: Reader, phrase: Phrase) -> tuple[Referent, ...]:
    """The two ministers, A and B."""
    if phrase.kind != "people":
        return ()
    named = reader.referents.mention_of
    found = {
        named[token.i].referent.key: named[token.i].referent
        for child in phrase.head.dependents("appos")
        for token in child.conjuncts()
        if token.i in named
    }
    return tuple(found.values())


def _agrees(reader: Reader, referent: Referent, phrase: Phrase) -> bool:
    return not phrase.gender or reader.genders.get(referent.key, phrase.gender) == phrase.gender


def _one(found: list[Seen]) -> tuple[Referent, ...]:
    return found[0].referents if found else ()


def _last_two(reader: Reader, phrase: Phrase, fits: Callable[[Referent], bool]) -> tuple[Referent, ...]:
    """The two that were named last, together where a phrase joins them, for "both sides", "the two ministers"."""
    if not phrase.two:
        return ()
    keys: dict[str, Referent] = {}
    for one in islice(reversed(reader.seen), FARTHEST):
        if one.sentence < reader.here - _WINDOW:
            break
        if one.at >= phrase.head.i or not all(fits(referent) for referent in one.referents):
            continue
        joined = [*one.referents, *_joined(reader, one)]
        pair = {referent.key: referent for referent in joined if fits(referent)}
        if len(pair) == 2:
            return tuple(pair[key] for key in sorted(pair))
        for referent in one.referents:
            if len(keys) < 2 and one.sentence >= reader.here - 2:
                keys.setdefault(referent.key, referent)
    return tuple(keys[key] for key in sorted(keys)) if len(keys) == 2 else ()


def _joined(reader: Reader, one: Seen) -> list[Referent]:
    """What "and" joins to a mention; the counterpart of a person."""
    token = reader.document.tokens[one.at]
    found = [] if one.referents[0].counterpart is None else [one.referents[0].counterpart]
    if token.dep == "conj" and len(reader.by_head.get(token.head.i, ())) == 1:
        found.append(reader.by_head[token.head.i][0])
    return found


def _holder(reader: Reader, phrase: Phrase) -> Referent | None:
    """The person of the text who holds an office: the foreign minister, the NATO Secretary General."""
    if not phrase.office:
        return None
    wanted = frozenset(phrase.office)
    holders = {
        one.key: one
        for one in reader.referents.holders.get(phrase.head.lower, ())
        if any(wanted <= office for office in one.offices)
        and (phrase.owner is None or one.side is None or phrase.owner.key == one.side.entity_id)
        and _agrees(reader, one, phrase)
    }
    if len(holders) == 1:
        (holder,) = holders.values()
        return holder
    found = reader.recent(lambda one: one.key in holders, phrase.head.i, _WINDOW)
    return found[0].referents[0] if found else None


def _body(reader: Reader, phrase: Phrase) -> Sequence[Referent]:
    """The body whose name or kind a noun repeats: the ministry, the bloc, the museum."""
    kinds = phrases.kinds()
    noun = phrase.noun

    def fits(referent: Referent) -> bool:
        if referent.label not in ("ORG", "FAC", "LAW"):
            return False
        return noun in referent.name.lower().split() or referent.name in kinds.get(noun, ())

    found = reader.recent(fits, phrase.head.i, 30, weak=True)
    if found:
        return found[0].referents
    wanted = phrases.sectors().get(noun, frozenset())
    if wanted and phrase.plain:
        # A body of which nothing else is known may be a company.
        fitting = wanted | {None} if "BUS" in wanted else wanted
        alike = reader.recent(lambda one: one.label == "ORG" and one.sector in fitting, phrase.head.i, 2)
        return _one(alike) if len({one.referents[0].key for one in alike}) == 1 else ()
    if noun == "building" and phrase.plain:
        return _one(reader.recent(lambda one: one.label == "FAC", phrase.head.i, 2))
    if noun in ("body", "organization", "organisation", "institution") and phrase.plain:
        return _one(reader.recent(lambda one: one.label == "ORG", phrase.head.i, 1))
    return ()
