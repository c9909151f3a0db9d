"""Noun phrases and pronouns: which named entity they refer to, by simple, precise rules.

A text is read from left to right with what was named last in view: the sentence itself and the few before it. Subjects
come before other words of their sentence. Inside quotations "I" is the speaker and "we" the speaker's side. Where no
rule is sure, there is no link: a wrong one costs more.
"""

from __future__ import annotations

from stages.core.parse import Document, Sentence
from stages.entities import nominals, phrases, pronouns
from stages.entities.reading import WE, Link, Reader, Seen, is_joined, is_subject
from stages.entities.referents import Mention, Referent, Referents


def links(document: Document, referents: Referents, named: list[Mention]) -> list[Link]:
    """The linked noun phrases and pronouns of a text, in the order of the text.

    The text is read twice: who speaks is often known only after the quotation ("We are ready," he said).
    """
    first = _read(document, referents, named, {})
    known = {link.start: link.referents[0] for link in first if len(link.referents) == 1}
    return _read(document, referents, named, known) if referents.people and document.rows.get("attributions") else first


def _read(document: Document, referents: Referents, named: list[Mention], earlier: dict[int, Referent]) -> list[Link]:
    reader = Reader(document, referents, genders=dict(referents.genders), earlier=earlier)
    reader.speakers = sorted(
        (
            (row["start"], row["end"], row["source_start"])
            for row in document.rows.get("attributions", ())
            if row["source_start"] is not None and row["kind"] in ("direct", "mixed", "continued")
        ),
        key=lambda one: (one[0], -one[1]),
    )
    by_sentence: dict[str, list[Mention]] = {}
    for mention in named:
        by_sentence.setdefault(mention.name.sentence.sentence_id, []).append(mention)
    for sentence in document.content:
        reader.here = sentence.index
        _sentence(reader, sentence, by_sentence.get(sentence.sentence_id, []))
    return sorted(reader.links, key=lambda link: (link.start, link.end))


def _sentence(reader: Reader, sentence: Sentence, mentions: list[Mention]) -> None:
    named = {token.i for mention in mentions for token in mention.name.tokens}
    heads = {mention.name.last.i: mention for mention in mentions}
    for token in sentence.tokens:
        mention = heads.get(token.i)
        if mention is not None:
            head = mention.name.head
            weak = mention.name.label == "NORP" or head.dep in ("compound", "amod", "nmod")
            reader.seen.append(Seen(token.i, reader.here, (mention.referent,), is_subject(head), weak, is_joined(head)))
            reader.by_head.update((one.i, (mention.referent,)) for one in mention.name.tokens)
        if token.i in named:
            continue
        if token.pos == "PRON":
            if token.lower in pronouns.FIRST_PERSON or (token.lower in WE and token.text != "US"):
                pronouns.first_person(reader, token)
            else:
                pronouns.third_person(reader, token)
        elif token.pos in ("NOUN", "PROPN"):
            phrase = phrases.read(token, reader.referents)
            if phrase is not None:
                reader.add(token, phrase.start, phrase.end, "NOM", nominals.resolve(reader, phrase))
