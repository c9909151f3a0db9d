"""What an act is about: PLOVER's contexts, from the words of its clause, the sectors of who takes part, and its mode.

One line of events_contexts.csv says all that gives a context. Words are lemmas, several in order for a phrase ("human
right"); words inside names count for nothing, nor do those of clauses beside the act: precise before broad.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice

from stages.core import lexicon as lexicons
from stages.core.parse import Token
from stages.core.schema import schema
from stages.events import ontology, syntax

_BESIDE = frozenset({"relcl", "advcl", "parataxis"})
"""Clauses that tell of something else; so do coordinated verbs."""
_STEPS = 12
"""How far above a noun its verb is looked for."""


@dataclass(frozen=True, slots=True)
class _Signs:
    """What gives contexts: phrases by their first word, sectors, and types or modes, each with a context."""

    phrases: dict[str, list[tuple[tuple[str, ...], str]]]
    sectors: dict[str, list[str]]
    codes: dict[str, list[str]]
    residual: frozenset[str]
    """Contexts that are given only where there is no other."""


@cache
def _signs() -> _Signs:
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    sectors: dict[str, list[str]] = {}
    codes: dict[str, list[str]] = {}
    residual: set[str] = set()
    known = next(field.constraints["enum"] for field in schema("entities").fields if field.name == "sector")
    lines = lexicons.unique(lexicons.load("events_contexts"), "context")
    for (context,), row in lines.items():
        row.check("context", context, ontology.contexts())
        for phrase in lexicons.unique_words([row], "words"):
            first, *others = phrase.split()
            phrases.setdefault(first, []).append(((first, *others), context))
        for sector in row.some_of("sectors", known):
            sectors.setdefault(sector, []).append(context)
        for code in row.some_of("codes", ontology.codes()):
            codes.setdefault(code, []).append(context)
        if row.one_of("residual", ("yes", "")) == "yes":
            residual.add(context)
    return _Signs(phrases, sectors, codes, frozenset(residual))


def of(trigger: Token, type_: str, mode: str | None, sectors: Iterable[str]) -> list[str]:
    """The contexts of an act, in the order of the ontology.

    Args:
        trigger: the word that names the act.
        type_: its PLOVER type.
        mode: its mode.
        sectors: the sectors of those who take part.
    """
    signs = _signs()
    found = {context for sector in sectors for context in signs.sectors.get(sector, ())}
    for code in (type_, f"{type_} {mode}"):
        found.update(signs.codes.get(code, ()))
    clause = _clause(trigger)
    lemmas = [syntax.lemma(token) for token in clause]
    for at, lemma in enumerate(lemmas):
        for phrase, context in signs.phrases.get(lemma, ()):
            if tuple(lemmas[at : at + len(phrase)]) == phrase:
                found.add(context)
    narrow = found - signs.residual or found
    return [context for context in ontology.contexts() if context in narrow]


def _clause(trigger: Token) -> list[Token]:
    """The words of the clause that tells of the act and of its content, in order, without names."""
    top = trigger
    if not syntax.is_verb(top):
        above = islice(top.ancestors(), _STEPS)
        top = next((token for token in above if syntax.is_verb(token)), trigger)
    found: list[Token] = []
    todo = [top]
    while todo:
        token = todo.pop()
        if not token.ent or token.ent == "NORP":
            found.append(token)
        todo += [child for child in token.children if not (_beside(child) and not _holds(child, trigger))]
    return sorted(found, key=lambda token: token.i)


def _beside(token: Token) -> bool:
    return token.dep in _BESIDE or (token.dep == "conj" and syntax.is_verb(token))


def _holds(clause: Token, trigger: Token) -> bool:
    return clause is trigger or any(token is clause for token in islice(trigger.ancestors(), _STEPS))
