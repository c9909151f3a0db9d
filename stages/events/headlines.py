"""Headlines in capitals, of which the parser often takes the verb for a name: "Ruritania Warns Zenda".

Where the parse gives a title no event, its words are read in their order: somebody, a verb of the lexicon in the third
person, and somebody or something. Only verbs without further words, and conditions on the object, can be read so.
"""

from __future__ import annotations

from collections.abc import Iterator

from stages.core.parse import Sentence, Token
from stages.events import conditions, lexicon
from stages.events.lexicon import Rule
from stages.events.participants import Participant, Participants
from stages.events.triggers import Trigger

_NAMES = frozenset({"NNP", "NNPS", "NN", "NNS"})
_TITLES = frozenset({"title", "heading"})
_SHARE = 0.6
"""From which share of capitalised words on a title is one in capitals."""
_OBJECT = 5
"""How many words behind the verb its object may stand."""


def find(
    sentence: Sentence, participants: Participants
) -> Iterator[tuple[Trigger, list[Participant], list[Participant]]]:
    """The first verb that can be read, with those before and behind it."""
    if sentence.segment.kind not in _TITLES or not _capitalised(sentence):
        return
    tokens = sentence.tokens
    for i, token in enumerate(tokens[1:-1], 1):
        if token.tag in _NAMES and token.text[0].isupper() and not participants.mentions(token):
            behind = tokens[i + 1 : i + 1 + _OBJECT]
            rule = next((one for one in _rules(token) if _fits(one, behind, participants)), None)
            before = _nearest(list(reversed(tokens[:i])), participants)
            after = _nearest(behind, participants)
            if rule is not None and before and (after or rule.conditions) and behind[0].pos not in ("ADP", "VERB"):
                yield Trigger(token, rule, [token]), before, after
                return


def _capitalised(sentence: Sentence) -> bool:
    words = [token for token in sentence.tokens if token.text.isalpha() and len(token.text) > 3]
    return len(words) > 2 and sum(token.text[0].isupper() for token in words) >= _SHARE * len(words)


def _rules(token: Token) -> list[Rule]:
    """The rules of the verb whose third person the word may be."""
    word = token.lower
    forms = [word[:-1], word[:-2] if word.endswith("es") else "", word[:-3] + "y" if word.endswith("ies") else ""]
    found = [rule for form in forms if word.endswith("s") for rule in lexicon.rules().get(form, ())]
    return [rule for rule in found if rule.part == "verb" and not rule.others]


def _fits(rule: Rule, behind: list[Token], participants: Participants) -> bool:
    """Whether the words behind the verb meet the conditions of a rule; none may ask for something elsewhere."""
    return all(
        any(conditions.named(token, condition.words, participants) for token in behind) == condition.wanted
        if condition.place == "object"
        else not condition.wanted
        for condition in rule.conditions
    )


def _nearest(tokens: list[Token], participants: Participants) -> list[Participant]:
    """Those whom the first word names that names anybody."""
    for token in tokens:
        if found := participants.of(token):
            return found
    return []
