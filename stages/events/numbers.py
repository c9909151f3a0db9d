"""Which quantities belong to an event, and what they count: killed, wounded, troops, weapons, money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from stages.core.parse import Document, Row, Sentence, Token
from stages.events import lexicon, syntax
from stages.events.triggers import Trigger

_KINDS = frozenset({"count", "money", "measure"})
_VICTIMS = frozenset({"killed", "wounded", "detained"})
"""Roles of those whom the act befell."""
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
                top = _top(row, sentence)
                if top is not None:
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


def _top(row: Row, sentence: Sentence) -> Token | None:
    """The word on which a quantity and its noun depend; a noun before it is that of another: "shot two men and beat
    five"."""
    own = row["noun_start"] is not None and row["noun_start"] >= row["start"]
    start, end = row["start"], row["noun_end"] if own else row["end"]
    covered = [token for token in sentence.tokens if token.start < end and token.end > start]
    inside = {token.i for token in covered}
    tops = [token for token in covered if token.head.i not in inside or token.head is token]
    return next(iter(tops or covered[-1:]), None)


def _owner(top: Token, triggers: Mapping[int, Token]) -> Token | None:
    """The nearest trigger above a quantity, in the same clause."""
    for node in (top, *islice(top.ancestors(), _STEPS)):
        if node.i in triggers:
            return triggers[node.i]
        if node.dep in _STOP and node.pos in ("VERB", "AUX") and not _one_toll(node):
            return None
    return None


def _one_toll(verb: Token) -> bool:
    """Whether a verb goes on counting victims where the one before it began: "killed two and wounded five"."""
    toll = {lexicon.roles().get(syntax.lemma(one)) for one in (verb, verb.head)}
    return verb.dep == "conj" and toll <= _VICTIMS


def _nearest(row: Row, trigger: Token) -> str | None:
    """What befell those that are counted, by the words between them and the trigger: "two dead and five hurt"."""
    top = _top(row, trigger.sentence)
    if top is None:
        return None
    said = [token for token in top.sentence.tokens if token.i == top.i + 1 and top.pos == "NUM" and token.tag == "VBN"]
    above = [node for node in islice(top.ancestors(), _STEPS) if trigger.i <= node.i]
    for node in (*said, *above):
        if node.pos in ("VERB", "ADJ") and (found := lexicon.roles().get(syntax.lemma(node))) in _VICTIMS:
            return found
    return None


def role(row: Row, trigger: Trigger) -> str:
    """What a quantity counts: money by its unit, else by the noun it counts, else by the trigger."""
    if row["kind"] == "money":
        return "money"
    words = (trigger.token.lemma.lower(), *trigger.rule.others)  # "left nine people dead"
    act = next((lexicon.roles()[word] for word in words if word in lexicon.roles()), None)
    if act in _VICTIMS:
        return _nearest(row, trigger.token) or act
    noun = (row["noun"] or "").lower().split()
    for word in reversed(noun):
        for form in (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"):
            if form in lexicon.roles():
                return lexicon.roles()[form]
    return "other"
