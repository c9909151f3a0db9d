"""Quotations and their cues: whose words stand between the marks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from stages.attributions import chains, cues, headlines, kinds, paragraphs, quotes, sources, syntax
from stages.attributions.cues import Found, Span
from stages.attributions.quotes import Quote
from stages.core.parse import Document, Segment, Sentence, Token

_AFTER = 14
"""Tokens after the closing mark in which a cue may stand: "…," the former minister of defence said."""
_BEFORE = 30
"""Tokens before the opening mark in which a cue may stand, where a colon or comma introduces the quotation."""
_BESIDE = 3
_QUOTED = frozenset({"direct", "mixed"})
_SCARE_WORDS = 7
_QUOTE_WORDS = 3
_SHORT_WORD = 3
"""Letters of the words that a title need not write with a capital."""
_TEXTS = frozenset(
    {"statement", "letter", "message", "email", "e-mail", "text", "declaration", "communique", "transcript"}
)
"""Nouns for what a colon and a new paragraph reproduce word for word."""
_ADDING = frozenset({"add", "continue"})
_ABOVE = 12
"""Heads above a scare quote among which the subject is looked for."""


def combine(document: Document) -> list[Found]:
    """All attributions of a document: those of syntax, with their kind, and quotations that only their marks show."""
    found: list[Found] = []
    last_of_zone: dict[str, Found] = {}
    before: Segment | None = None
    opened: list[Quote] = []
    zones = list(quotes.zones(document))
    for zone, following in zip(zones, [*zones[1:], None], strict=False):
        marks = quotes.find(document, zone, following)
        shown = [f for sentence in zone.sentences for f in syntax.attributions(sentence)]
        here = kinds.decide(document, [*shown, *headlines.found(zone, opens=zone is zones[0])], marks)
        reading = _Reading(document, zone, marks, here)
        previous = last_of_zone.get(before.segment_id) if before else None
        for quote in marks:
            if reading.is_taken(quote):
                continue
            row = reading.quotation(quote)
            if row is None and before:
                row = _from_above(document, quote, before, previous)
            if row is None and reading.is_sentence(quote):
                reading.orphans.append(quote)
            elif row := row or reading.scare(quote):
                reading.add(row)
        reading.adopt()
        here = _broken(sorted([*here, *reading.added], key=lambda f: (f.content.start, -f.content.end)))
        here, opened = paragraphs.joined(marks, here, opened)
        if here:
            last_of_zone[zone.segment_id] = max(here, key=lambda f: f.content.end)
        before = zone
        found += chains.cited(zone.sentences, here)
    return found + _block_quotes(document, last_of_zone)


def _broken(here: Sequence[Found]) -> list[Found]:
    """Link the second part of a quotation that its cue breaks to the first: "We left," he said, "and came back."."""
    first: dict[Span, Found] = {}
    linked: dict[int, Found] = {}
    rows: list[Found] = []
    for row in here:
        made = row
        if row.continues is not None:
            made = replace(row, continues=linked.get(id(row.continues), row.continues))
        elif row.cue is not None and row.kind in _QUOTED:
            if row.content.end <= row.cue.start:
                first.setdefault(row.cue, row)
            elif row.cue in first and row.content.start >= row.cue.end:
                made = replace(row, continues=first[row.cue])
        linked[id(row)] = made
        rows.append(made)
    return rows


class _Reading:
    """The quotations of a zone, read from left to right beside what syntax found. Linear in the zone."""

    def __init__(self, document: Document, zone: Segment, marks: Sequence[Quote], here: Sequence[Found]) -> None:
        self.document = document
        self.zone = zone
        self.marks = [quote for quote in marks if not quote.single]
        self.outside = [t for s in zone.sentences for t in s.tokens if not self.is_quoted(t)]
        self.starts = [token.start for token in self.outside]
        self.direct = {f.content for f in here if f.kind == "direct"}
        self.turns = [f for f in here if f.kind == "direct" and f.cue and document.clean[f.cue.start] == ":"][:1]
        """What somebody says in a transcript, whose name may stand inside the marks."""
        self.mixed = _Cover(f.content for f in here if f.kind == "mixed")
        self.all = _Cover(f.content for f in here)
        said = (f for f in here if f.kind in ("direct", "mixed"))
        self.coming_all = list(here)
        self.coming = sorted(said, key=lambda f: (f.content.end, f.content.start), reverse=True)
        self.latest: Found | None = None
        self.added: list[Found] = []
        self.orphans: list[Quote] = []
        """Whole sentences between marks of which nothing before them tells who says them."""

    def add(self, row: Found) -> None:
        self.added.append(row)
        if row.kind == "direct":
            self.latest = row

    def is_taken(self, quote: Quote) -> bool:
        """Whether the words are the content of an attribution already, or quoted inside one."""
        while self.coming and self.coming[-1].content.end <= quote.start:
            self.latest = self.coming.pop()
        span = Span(quote.start, quote.end)
        turn = any(quote.start < f.content.start < quote.end and f.content.end >= quote.end for f in self.turns)
        return turn or span in self.direct or self.mixed.holds(span)

    def is_quoted(self, token: Token) -> bool:
        at = bisect_left(self.marks, token.end, key=lambda quote: quote.start)
        return any(q.start <= token.start < q.end for q in self.marks[max(0, at - 1) : at + 1])

    def quotation(self, quote: Quote) -> Found | None:
        """A quotation with its cue outside the syntax: before a colon or comma, or after the closing mark."""
        clean = self.document.clean
        span = Span(quote.start, quote.end)
        words = clean[quote.start : quote.end].split(maxsplit=_SCARE_WORDS + 1)
        behind = bisect_left(self.starts, quote.outer_end)
        after = self.outside[behind : behind + _AFTER]
        ahead = bisect_left(self.starts, quote.outer_start)
        introduction = before = self.outside[max(0, ahead - _BEFORE) : ahead]
        closing = _sentence_at(self.zone, quote.end - 1)
        if closing and (signed := headlines.behind_dash(clean, quote.outer_end, quote.zone.end)):
            return Found(span, "direct", *signed, closing)
        title = self.zone.kind not in headlines.HEADLINES and _is_title(words)
        if title and introduction and introduction[-1].pos != "PUNCT":
            # "on “The Morning Show,” the mayor said"
            return None
        if len(words) < _QUOTE_WORDS:
            # One or two words are a quotation right beside a verb that quotes alone: they cried, "No!"
            after, before = after[:_BESIDE], before[-_BESIDE:]
        opening = clean[max(quote.zone.start, quote.outer_start - 3) : quote.outer_start].rstrip()[-1:]
        last = clean[quote.end - 1 : quote.end]
        comma = clean[quote.outer_end : quote.outer_end + 2].strip()[:1] == ","
        if comma or (last in ",.!?-" and opening != ":"):
            for token in after:
                if token.lower == "according" or token.text in ".;" or (last == "." and token.sentence is not closing):
                    break
                if row := self.quoting(token, span):
                    return row
        for token in reversed(before if opening in (":", ",") else before[-1:]):
            if opening != ":" and token.text in ".;":
                break
            if row := self.quoting(token, span):
                return row
        if opening == ":" and introduction and (row := self.answering(introduction, span)):
            return row
        # A quotation that goes on after its cue or after a first quotation of the same paragraph.
        long = len(words) > _SCARE_WORDS or self.is_sentence(quote)
        return _continued(span, self.latest) if self.latest and long else None

    def is_sentence(self, quote: Quote) -> bool:
        """Whether the marks hold a sentence of their own, and not words of the sentence around them."""
        clean = self.document.clean
        inside = clean[quote.start : quote.end].strip()
        before = clean[max(quote.zone.start, quote.outer_start - 3) : quote.outer_start].rstrip()[-1:]
        whole = inside[:1].isupper() and (inside[-1:] in ".!?" or not quote.closed) and len(inside.split()) > 1
        return whole and (not before or before in '.!?"')

    def answering(self, before: Sequence[Token], span: Span) -> Found | None:
        """'His answer was short: "No."', 'Orr, in a letter: "No."': the owner of a noun of saying, or a name alone."""
        colon = before[-1]
        way = [t for t in before if t.sentence is colon.sentence and t is not colon]
        name = way[: next((at for at, t in enumerate(way) if t.text == ","), len(way))]
        alone = len(way) == colon.i - colon.sentence.tokens[0].i and not any(t.pos in ("VERB", "AUX") for t in way)
        if alone and name and headlines.names_a_source(name):
            source = Span(name[0].start, name[-1].end)
            return Found(span, "direct", Span(colon.start, colon.end), source, colon.sentence)
        for token in reversed(before):
            if token.text == ".":
                return None
            cue, owner = cues.cue_of(token), token.dependent("poss")
            if cue and cue.pos == "NOUN" and "quote" in cue.frames and owner and not self.is_quoted(owner):
                source = sources.source_span(owner)
                return Found(span, "direct", Span(token.start, token.end), source, token.sentence)
        return None

    def adopt(self) -> None:
        """'"It is safe." The official added: "We check it."': who adds something has said what stands before."""
        rows = sorted((f for f in [*self.coming_all, *self.added] if f.kind == "direct" and f.cue), key=_start)
        for quote in self.orphans:
            at = bisect_left(rows, quote.outer_end, key=_start)
            row = rows[at] if at < len(rows) else None
            if row is None or row.cue is None or not quote.outer_end <= row.cue.start < row.content.start:
                continue
            ahead = bisect_left(self.starts, row.cue.start)
            first = bisect_left(self.starts, quote.outer_end)
            if ahead - first <= _AFTER and self.outside[ahead].lemma in _ADDING:
                self.added.append(replace(row, content=Span(quote.start, quote.end), continues=None))

    def quoting(self, token: Token, span: Span) -> Found | None:
        """The attribution of a quotation to the source of a verb that quotes."""
        cue = cues.cue_of(token)
        if cue is None or cue.pos != "VERB" or "quote" not in cue.frames:
            return None
        named = (sources.source_of(token), *sources.beside(token))
        source = next((s for s in named if s and not self.is_quoted(s)), None)
        if source is None:
            return None
        return Found(span, "direct", Span(token.start, token.end), sources.source_span(source), token.sentence)

    def scare(self, quote: Quote) -> Found | None:
        """A few quoted words in the author's own claim; the source is the subject of the verb above them, if any."""
        span = Span(quote.start, quote.end)
        words = self.document.clean[quote.start : quote.end].split(maxsplit=_SCARE_WORDS + 1)
        sentence = _sentence_at(self.zone, quote.start)
        if sentence is None or len(words) > _SCARE_WORDS or self.all.holds(span) or not words[0][:1].isalpha():
            return None
        if self.zone.kind not in headlines.HEADLINES and _is_title(words):
            return None
        at = bisect_left(sentence.tokens, quote.start, key=lambda token: token.start)
        source: Token | None = None
        token = sentence.tokens[min(at, len(sentence.tokens) - 1)]
        for _ in range(_ABOVE):
            if token.head is token or source is not None:
                break
            token = token.head
            subject = token.dependent("nsubj") if token.pos == "VERB" else None
            outside = subject is not None and not quote.start <= subject.start < quote.end
            source = subject if subject and outside and not self.is_quoted(subject) else None
        return Found(span, "scare", None, sources.source_span(source) if source else None, sentence)


def _start(row: Found) -> int:
    return row.content.start


def _is_title(words: Sequence[str]) -> bool:
    """The name of a book or a ship, and no scare quote: "The Long Winter"."""
    long = [word for word in words if len(word) > _SHORT_WORD]
    return len(words) > 1 and len(long) > 1 and all(word[:1].isupper() for word in long)


class _Cover:
    """Which spans lie within one of many, each asked in logarithmic time."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans, key=lambda span: span.start)
        self.starts = [span.start for span in ordered]
        self.ends = list(accumulate((span.end for span in ordered), max))

    def holds(self, span: Span) -> bool:
        at = bisect_right(self.starts, span.start)
        return at > 0 and self.ends[at - 1] >= span.end


def _sentence_at(zone: Segment, offset: int) -> Sentence | None:
    """The sentence at an offset, or the last before it."""
    at = bisect_right(zone.sentences, offset, key=lambda sentence: sentence.start)
    return zone.sentences[max(0, at - 1)] if zone.sentences else None


def _from_above(document: Document, quote: Quote, before: Segment, previous: Found | None) -> Found | None:
    """A quotation that opens its paragraph, after one that ended in a colon or in an unclosed quotation."""
    if document.clean[quote.zone.start : quote.outer_start].strip() or before.kind == "pull_quote":
        return None
    span = Span(quote.start, quote.end)
    if previous and previous.kind == "direct" and previous.content.end == before.end:
        return _continued(span, previous)
    if document.clean[before.start : before.end].rstrip().endswith(":") and (said := _introduction(before, previous)):
        return Found(span, "direct", said.cue, said.source, said.sentence)
    return None


def _continued(span: Span, previous: Found) -> Found:
    return Found(span, "direct", previous.cue, previous.source, previous.sentence, continues=previous)


def _block_quotes(document: Document, last: dict[str, Found]) -> list[Found]:
    """Zones quoted from another publication go back to the source that the line before them names."""
    found: list[Found] = []
    zones = document.segments
    for at, zone in enumerate(zones):
        if at == 0 or zones[at - 1].kind == "block_quote":
            continue
        if zone.kind != "block_quote" and not _is_announced(document, zone, zones[at - 1]):
            continue
        end = at
        while end + 1 < len(zones) and zones[end + 1].kind == "block_quote":
            end += 1
        introduction = _introduction(zones[at - 1], last.get(zones[at - 1].segment_id))
        if introduction is not None:
            span = Span(zone.start, zones[end].end)
            found.append(Found(span, "direct", introduction.cue, introduction.source, introduction.sentence))
    return found


def _is_announced(document: Document, zone: Segment, before: Segment) -> bool:
    """Whether a paragraph without marks is the text that the line before it announces: "issued this statement:"."""
    if zone.kind != "paragraph" or before.kind != "paragraph" or not before.sentences:
        return False
    if document.clean[before.start : before.end].rstrip()[-1:] != ":" or quotes.opens_with_mark(document, zone):
        return False
    return any(t.lemma.lower() in _TEXTS for t in before.sentences[-1].tokens)


def _introduction(zone: Segment, last: Found | None) -> Found | None:
    """The attribution of an introducing line: its 'according to', else its last cue with a source."""
    for sentence in reversed(zone.sentences):
        for token in sentence.tokens:
            if token.lower != "according":
                continue
            to = token.dependent("prep")
            whom = to.dependent("pobj") if to else None
            if to and whom:
                return Found(Span(0, 1), "", Span(token.start, to.end), sources.source_span(whom), sentence)
        for token in reversed(sentence.tokens):
            verb = token.head if token.dep == "dobj" and token.lemma.lower() in _TEXTS else token
            if (verb is not token or cues.cue_of(token)) and (source := sources.source_of(verb)) is not None:
                return Found(Span(0, 1), "", Span(verb.start, verb.end), sources.source_span(source), sentence)
    return last
