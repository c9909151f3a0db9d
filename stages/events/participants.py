"""From the head word of a phrase to who takes part: mentions and their entities, or the phrase of an unnamed group."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from stages.core.parse import Document, Row, Token
from stages.events import lexicon, syntax
from stages.events.claims import Claims

_ACTING = frozenset({"PERSON", "NORP", "ORG", "GPE", "LOC", "LAW"})
"""Labels of what can take part; a treaty can be withdrawn from. Buildings and works cannot."""
_FIRST = frozenset({"i", "we", "us", "me", "our", "my"})
_THIRD = frozenset({"it", "they", "them", "he", "him", "she", "its", "their", "his", "her"})
_MODIFIERS = ("compound", "amod", "nmod", "poss")
_OWNING = frozenset({"GPE", "NORP", "ORG", "LOC", "PERSON"})
_LOOSE = frozenset({"several", "other", "own", "many", "few", "such", "same", "certain", "more", "various"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "ADJ", "NUM", "DET", "X", "VERB"})
_MEMBERS = ("of", "from", "in", "among")
_DEPTH = 3
_HYPHENS = re.compile("[-\u2013]")


@dataclass(frozen=True, slots=True)
class Participant:
    """Who takes part: offsets of the phrase, the mention that proves it and the entity, both null for a group."""

    start: int
    end: int
    mention_id: str | None
    entity_id: str | None
    text: str
    """The phrase in lower case."""

    @property
    def identity(self) -> str:
        """What makes two of them the same."""
        return self.entity_id or self.text


class Participants:
    """The participants that the phrases of one document name."""

    def __init__(self, document: Document, claims: Claims) -> None:
        self._document = document
        self._by_head: dict[int, list[Row]] = {}
        self._inside: dict[int, list[Row]] = {}
        self._by_id = {row["mention_id"]: row for row in document.rows.get("mentions", ())}
        self._named_by = {row["text"]: row for row in self._by_id.values() if row["form"] == "NAM"}
        self._acted_last: list[Participant] = []
        self._assailants: list[Participant] = []
        self._starts = [token.start for token in document.tokens]
        for row in document.rows.get("mentions", ()):
            covered = self._tokens(row["start"], row["end"])
            if covered:
                _put(self._by_head, _head(covered).i, row)
                for token in covered:
                    _put(self._inside, token.i, row)
        self._countries = {row["entity_id"]: row["country"] for row in document.rows.get("entities", ())}
        self._labels = {row["entity_id"]: row["label"] for row in document.rows.get("entities", ())}
        self._sectors = {row["entity_id"]: row["sector"] for row in document.rows.get("entities", ())}
        self._points = {row["entity_id"]: row["latitude"] for row in document.rows.get("entities", ())}
        self._claims = claims

    def _tokens(self, start: int, end: int) -> list[Token]:
        tokens = self._document.tokens
        first = last = bisect_left(self._starts, start)
        while last < len(tokens) and tokens[last].start < end:
            last += 1
        return tokens[first:last]

    def mentions(self, token: Token) -> list[Row]:
        """The mention whose head is the token, one row for each entity."""
        return self._by_head.get(token.i, [])

    def labels(self, token: Token) -> set[str]:
        """Labels of the mention that the token heads."""
        return {row["label"] for row in self.mentions(token)}

    def side(self, one: Participant) -> str:
        """The country of a participant, else who it is."""
        return self._countries.get(one.entity_id or "") or one.identity

    def sector(self, one: Participant) -> str | None:
        """The PLOVER sector of a participant, where it is known."""
        return self._sectors.get(one.entity_id or "")

    def of(self, head: Token, owners: Sequence[str] = ()) -> list[Participant]:
        """Those whom a phrase names, each member of a coordination.

        Args:
            head: the head word of the phrase.
            owners: where the owner of a thing is looked for, who is meant by it: "criticised Turkey's decision".
        """
        found: list[Participant] = []
        for token in syntax.coordinated(head):
            if token.pos in _NOMINAL:
                joined = [row for part in syntax.hyphenated(token) for row in self._by_head.get(part.i, ())]
                found += [*self._named(joined), *self._one(token, owners, 0)]
        return list(dict.fromkeys(found))

    def across(self, found: Sequence[Participant], acting: Sequence[Participant]) -> list[Participant]:
        """The same, where a body named for its members stands for those that do not act: "Iran left the EU-Iran talks
        forum"."""
        known = {self.side(one) for one in acting}
        several: list[Participant] = []
        for one in found:
            members = self._members_by_name(one)
            others = [member for member in members if self.side(member) not in known]
            several += others if len(others) < len(members) else [one]
        return several

    def not_of(self, found: Sequence[Participant], acting: Sequence[Participant]) -> list[Participant]:
        """Those but for the country that an acting person is of: "the minister rejected claims about his country"."""
        known = {self.side(one) for one in acting if self.is_person(one)}
        return [one for one in found if self.side(one) not in known or self.is_person(one) or not one.entity_id]

    def is_person(self, one: Participant) -> bool:
        """Whether a participant is a named person."""
        return self._labels.get(one.entity_id or "") == "PERSON"

    def is_town(self, mention: Row) -> bool:
        """Whether a mention names a town and no country, which has no point."""
        return self._points.get(mention["literal_entity_id"] or mention["entity_id"]) is not None

    def joint(self, head: Token) -> list[Participant]:
        """The members of a body that is named for them: "the NATO-Ruritania Council was founded"."""
        return [member for one in self.of(head) for member in self._members_by_name(one)]

    def _members_by_name(self, one: Participant) -> list[Participant]:
        parts = _HYPHENS.split(self._document.clean[one.start : one.end].split()[0]) if one.entity_id else []
        rows = [row for part in parts if len(parts) > 1 and (row := self._named_by.get(part))]
        return [_participant(row) for row in rows] if len(rows) == len(parts) else []

    def _one(self, token: Token, owners: Sequence[str], depth: int) -> list[Participant]:
        rows = self._by_head.get(token.i) or (self._inside.get(token.i) if token.pos == "PROPN" else None)
        if rows:
            return self._named(rows if rows[0]["form"] != "PRO" else self._naming(rows, token))
        if token.lower in _FIRST or token.lower in _THIRD:
            return self._speaker(token) or self._bound(token, depth)
        if syntax.is_nobody(token) and token.lower in ("nobody", "none", "one"):
            return []
        kind = lexicon.groups().get(syntax.lemma(token))
        if token.pos in ("PRON", "DET", "VERB", "NUM") and kind != "part" and token.pos != "NUM":
            return []
        if apposed := self._apposed(token):
            return apposed
        if kind == "part" or token.pos == "NUM":
            inner = [
                obj for child in token.dependents("prep") if child.lower in _MEMBERS for obj in child.dependents("pobj")
            ]
            if inner and depth < _DEPTH:
                return [
                    one
                    for obj in inner
                    for part in syntax.coordinated(obj)
                    for one in self._one(part, owners, depth + 1)
                ]
            return [self._phrase(token)] if token.pos == "NOUN" or syntax.counts_people(token) else []
        if kind in ("organ", "people") and depth < _DEPTH and (owner := syntax.whose(token)):
            return self._one(owner, (), depth + 1)
        if kind == "organ":
            return self._organ(token) or [self._phrase(token)]
        if self._assailants and token.lemma.lower() in lexicon.members("assailant") and _definite(token):
            return self._assailants
        if kind == "people" or (token.pos == "PROPN" and _may_be_a_name(token)):
            return [self._phrase(token)]
        return self._owner(token, owners, depth)

    def thing(self, head: Token) -> list[Participant]:
        """The phrase of a thing that is acted upon: a base, a decision."""
        return [self._phrase(head)] if head.pos in ("NOUN", "PROPN") else []

    @staticmethod
    def _named(rows: list[Row]) -> list[Participant]:
        return [_participant(row) for row in rows if row["label"] in _ACTING]

    def _naming(self, rows: list[Row], token: Token) -> list[Row]:
        """The mentions in the sentence, before the pronoun, that name whom it refers to; else the pronoun itself."""
        wanted = {row["entity_id"] for row in rows}
        found: dict[str, Row] = {}
        for other in token.sentence.tokens[: token.i - token.sentence.tokens[0].i]:
            for row in self._by_head.get(other.i, ()):
                if row["entity_id"] in wanted and row["form"] == "NAM":
                    found[row["entity_id"]] = row
        return list(found.values()) if len(found) == len(wanted) else rows

    def _speaker(self, token: Token) -> list[Participant]:
        """Whom "I" and "we" stand for, and in reported speech "he" or "it": the source of the content around."""
        row = self._claims.around(token)
        if row is None or row["source_start"] is None:
            return []
        if token.lower in _THIRD and (row["kind"] != "indirect" or token.dep not in ("nsubj", "poss")):
            return []
        if source := self._claims.source(row):
            return [Participant(token.start, token.end, source["mention_id"], source["entity_id"], token.lower)]
        heads = [one for one in token.sentence.tokens if row["source_start"] <= one.start < row["source_end"]]
        return self._one(_head(heads), (), _DEPTH) if heads and _head(heads).pos != "PRON" else []

    def source(self, attribution: Row) -> list[Participant]:
        """The source of an attribution, where it is resolved."""
        row = self._claims.source(attribution)
        return [_participant(self._by_id[row["mention_id"]])] if row else []

    def _bound(self, token: Token, depth: int) -> list[Participant]:
        """Whom a pronoun takes up that refers to nobody named: a noun of the clauses above, else who acted last."""
        noun = syntax.bound(token)
        if noun is not None and depth < _DEPTH and lexicon.groups().get(syntax.lemma(noun)) and noun.pos == "NOUN":
            return self._one(noun, (), depth + 1)
        if noun is None and token.dep in ("nsubj", "nsubjpass") and token.lower in ("he", "she", "they"):
            found = [one for one in self._acted_last if syntax.agrees(token, self._last_word(one))]
            return found if len(found) == 1 or token.lower == "they" else []
        return []

    def _last_word(self, one: Participant) -> Token:
        return self._document.tokens[bisect_left(self._starts, one.end) - 1]

    def acted(self, acting: Sequence[Participant], attacking: bool) -> None:
        """Take in who acts in the last event, for pronouns and "the attackers" to come: whoever has no name."""
        self._acted_last = [one for one in acting if not self._by_name(one)]
        unnamed = [one for one in acting if one.mention_id is None]
        if attacking and unnamed:
            self._assailants = unnamed

    def _by_name(self, one: Participant) -> bool:
        row = self._by_id.get(one.mention_id or "")
        return row is not None and (row["start"], row["end"]) == (one.start, one.end)

    def _apposed(self, token: Token) -> list[Participant]:
        for child in token.dependents("appos"):
            if rows := self._by_head.get(child.i):
                return self._named(rows)
        return []

    def _organ(self, token: Token, depth: int = 0) -> list[Participant]:
        """An organ acts for the state or body that is named with it: "Russian troops", "ministers of NATO"."""
        named = token.dependents(*_MODIFIERS)
        named += [
            obj
            for child in token.dependents("prep")
            if child.lower in ("of", "from", "for")
            for obj in child.dependents("pobj")
        ]
        for child in named:
            for part in syntax.coordinated(child):
                rows = [row for row in self._by_head.get(part.i, ()) if self._owning(row)]
                inner = [] if rows else self._members(part, depth + 1)
                if rows or inner:
                    return self._acting(token, child, rows) if rows else inner
        return []

    def _owning(self, row: Row) -> bool:
        """Whether a mention can name whose organ it is; those of a region ("Western envoys") act for themselves."""
        return row["label"] in _OWNING and self._labels.get(row["entity_id"]) != "LOC"

    def _members(self, token: Token, depth: int) -> list[Participant]:
        """Of "soldiers from NATO countries" NATO."""
        known = depth < _DEPTH and lexicon.groups().get(syntax.lemma(token)) == "organ"
        return self._organ(token, depth) if known else []

    def _acting(self, token: Token, named: Token, rows: list[Row]) -> list[Participant]:
        """The phrase of an organ; where its state is named after it or there are several, the names of these."""
        coordinated = [row for part in syntax.coordinated(named) for row in self._by_head.get(part.i, ())]
        several = [row for row in coordinated if self._owning(row)]
        if named.i > token.i or len(several) > 1:
            return [_participant(row) for row in several or rows]
        start, end = self._extent(token)
        text = self._document.clean[start:end].lower()
        return [Participant(start, end, row["mention_id"], row["entity_id"], text) for row in rows]

    def _owner(self, token: Token, places: Sequence[str], depth: int) -> list[Participant]:
        """Who is named with a thing or an act: its possessor, a modifier, or after one of the prepositions."""
        if "modifier" in places:
            for child in token.dependents(*_MODIFIERS):
                if (rows := self._by_head.get(child.i)) and (found := self._named(rows)):
                    return found
            for child in token.dependents("poss"):
                if child.pos in ("NOUN", "PROPN") and depth < _DEPTH and (found := self._one(child, places, depth + 1)):
                    return found
        for word in places:
            for obj in self._linked(token, word) if depth < _DEPTH else ():
                parts = [self._one(part, places, depth + 1) for part in syntax.coordinated(obj)]
                if found := [one for part in parts for one in part]:
                    return found
        return []

    @staticmethod
    def _linked(token: Token, place: str) -> list[Token]:
        """The words in one place around a thing: after a preposition, or the one by whom or of whom it is said."""
        if place == "clause":
            clauses = [child for child in token.children if child.dep in ("acl", "ccomp", "relcl")]
            return [
                one for clause in clauses for one in clause.dependents("nsubj") if one.pos != "PRON" or one.tag == "PRP"
            ]
        if place == "by":
            participles = [child for child in token.dependents("acl", "relcl") if child.tag == "VBN"]
            agents = [one for node in (token, *participles) for one in syntax.agents(node)]
            return agents or syntax.behind_name(token, place)
        return [one for child in token.dependents("prep") if child.lower == place for one in child.dependents("pobj")]

    def _phrase(self, token: Token) -> Participant:
        start, end = self._extent(token)
        return Participant(start, end, None, None, " ".join(self._document.clean[start:end].lower().split()))

    def _extent(self, token: Token) -> tuple[int, int]:
        """Offsets of the noun with its modifiers before it, without article, possessive pronoun and number."""
        start = token.start
        for child in reversed([child for child in token.children if child.i < token.i]):
            if syntax.finite_before_object(child):
                break
            if child.dep in _MODIFIERS and child.pos != "PRON" and child.lower not in _LOOSE:
                start = min(inner.start for inner in child.subtree() if inner.dep not in ("det", "nummod"))
            elif child.dep not in ("punct", "case"):
                break
        return min(start, token.start), token.end


def _may_be_a_name(token: Token) -> bool:
    """Whether a word that looks like a name stands for somebody: no modifier, no word of the lexicon in capitals."""
    return not token.ent and token.dep not in ("compound", "amod") and syntax.lemma(token) not in lexicon.rules()


def _definite(token: Token) -> bool:
    return any(child.lower in ("the", "these", "those") for child in token.dependents("det"))


def _put(index: dict[int, list[Row]], i: int, row: Row) -> None:
    """The longest mention wins; rows of one span, those of several entities, stay together."""
    kept = index.get(i)
    if kept is None or row["end"] - row["start"] > kept[0]["end"] - kept[0]["start"]:
        index[i] = [row]
    elif (kept[0]["start"], kept[0]["end"]) == (row["start"], row["end"]):
        kept.append(row)


def _head(tokens: list[Token]) -> Token:
    """The word of a mention on which the others depend."""
    inside = {token.i for token in tokens}
    tops = [token for token in tokens if token.head is token or token.head.i not in inside]
    nominal = [token for token in tops if token.pos in ("NOUN", "PROPN", "PRON", "ADJ")]
    return (nominal or tops or tokens)[-1]


def _participant(row: Row) -> Participant:
    return Participant(row["start"], row["end"], row["mention_id"], row["entity_id"], row["text"].lower())
