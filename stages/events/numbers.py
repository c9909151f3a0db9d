"""Which quantities belong to an event, and what they count: killed, wounded, troops, weapons, money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from stages.core.parse import Document, Row, Token
from stages.events import lexicon, syntax
from stages.events.triggers import Trigger

_KINDS = frozenset({"count", "money", "measure"})
_STEPS = 40
_STOP = frozenset({"relcl", "advcl", "ccomp", "conj", "parataxis"})


class Numbers:
    """The quantities of one document by the word they hang on."""

    def __init__(self, document: Document) -> None:
        self._by_sentence: dict[str, list[tuple[Row, Token]]] = {}
        rows: dict[str, list[Row]] = {}
        for row in document.rows.get("numbers", ()):
            if row["kind"] in _KINDS:
                rows.setdefault(row["sentence_id"], []).append(row)
        for sentence in document.sentences:
            for row in rows.get(sentence.sentence_id, ()):
                end = row["noun_end"] or row["end"]
                start = row["noun_start"] if row["noun_start"] is not None else row["start"]
                covered = [token for token in sentence.tokens if token.start < end and token.end > start]
                if covered:
                    inside = {token.i for token in covered}
                    top = next(
                        (token for token in covered if token.head.i not in inside or token.head is token), covered[-1]
                    )
                    self._by_sentence.setdefault(sentence.sentence_id, []).append((row, top))

    def of(self, triggers: Iterable[Token]) -> Mapping[int, list[Row]]:
        """For each trigger of a sentence, by its position, the quantities that belong to it, each to one event."""
        by_word = {token.i: token for token in triggers}
        found: dict[int, list[Row]] = {}
        for token in by_word.values():
            carrier = syntax.light_verb(token) if not syntax.is_verb(token) else None
            if carrier is not None:
                by_word = {**by_word, carrier.i: token} if carrier.i not in by_word else by_word
        sentences = {token.sentence.sentence_id for token in by_word.values()}
        for sentence_id in sorted(sentences):
            for row, top in self._by_sentence.get(sentence_id, ()):
                owner = _owner(top, by_word)
                if owner is not None:
                    found.setdefault(owner.i, []).append(row)
        return found


def _owner(top: Token, triggers: Mapping[int, Token]) -> Token | None:
    """The nearest trigger above a quantity, in the same clause."""
    for node in (top, *islice(top.ancestors(), _STEPS)):
        if node.i in triggers:
            return triggers[node.i]
        if node.dep in _STOP and node.pos in ("VERB", "AUX"):
            return None
    return None


def role(row: Row, trigger: Trigger) -> str:
    """What a quantity counts: money by its unit, else by the noun it counts, else by the trigger."""
    if row["kind"] == "money":
        return "money"
    words = (trigger.token.lemma.lower(), *trigger.rule.others)  # "left nine people dead"
    act = next((lexicon.roles()[word] for word in words if word in lexicon.roles()), None)
    if act in ("killed", "wounded", "detained"):
        return act
    noun = (row["noun"] or "").lower().split()
    for word in reversed(noun):
        for form in (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"):
            if form in lexicon.roles():
                return lexicon.roles()[form]
    return "other"
