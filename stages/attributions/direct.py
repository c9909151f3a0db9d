"""Quotations and their cues: whose words stand between the marks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from stages.attributions import cues, quotes
from stages.attributions.cues import Found, Span
from stages.attributions.quotes import Quote
from stages.core.parse import Document, Segment, Sentence, Token

_AFTER = 14
"""Tokens after the closing mark in which a cue may stand: "…," the former minister of defence said."""
_BEFORE = 30
"""Tokens before the opening mark in which a cue may stand, where a colon or comma introduces the quotation."""
_SCARE_WORDS = 7
_QUOTE_WORDS = 3


def combine(document: Document) -> list[Found]:
    """All attributions of a document: those of syntax, with their kind, and quotations that only their marks show."""
    found: list[Found] = []
    last_of_zone: dict[str, Found] = {}
    before: Segment | None = None
    for zone in quotes.zones(document):
        marks = quotes.find(document, zone)
        syntax = [f for sentence in zone.sentences for f in cues.attributions(sentence)]
        here = _syntactic(document, syntax, marks)
        claimed = [f.content for f in here if f.kind == "direct"]
        for quote in marks:
            span = Span(quote.start, quote.end)
            if any(span.start == c.start and span.end == c.end for c in claimed):
                continue
            if any(f.kind == "mixed" and f.content.holds(span) for f in here):
                continue
            row = _quotation(document, quote, marks, here)
            if row is None and before is not None and _goes_on(document, quote, before, last_of_zone):
                row = _continued(span, last_of_zone[before.segment_id])
            if row is None:
                row = _scare(document, quote, here)
            if row is not None:
                here.append(row)
        here.sort(key=lambda f: (f.content.start, -f.content.end))
        if here:
            last_of_zone[zone.segment_id] = max(here, key=lambda f: f.content.end)
        before = zone
        found += here
    return found + _block_quotes(document, last_of_zone)


def _syntactic(document: Document, syntax: Sequence[Found], marks: Sequence[Quote]) -> list[Found]:
    """Decide the kind of what syntax found: direct inside marks, mixed with marks in it, else indirect."""
    decided: list[Found] = []
    for found in syntax:
        content, cue = found.content, found.cue
        around = [q for q in marks if not q.single and q.outer_start <= content.start and q.start < content.end]
        quote = next((q for q in around if content.start < q.end and not (cue and q.start <= cue.start < q.end)), None)
        reached = [q for q in marks if content.start <= q.outer_start < content.end]
        whole = next((q for q in reached if q.outer_end - q.outer_start >= content.length - 2), None)
        if quote := quote or whole:
            decided.append(cues.with_kind(found, "direct", Span(quote.start, quote.end)))
        elif reached:
            # The words of somebody run on to the closing mark, over the end of the sentence if need be.
            end = max(content.end, *(q.outer_end for q in reached))
            decided.append(cues.with_kind(found, "mixed", Span(content.start, end)))
        elif opened := [q for q in marks if q.start <= content.start < q.end and cue and q.outer_start < cue.start]:
            # A cue inside the marks: its content ends with them at the latest.
            span = Span(content.start, min([content.end, *(q.end for q in opened)]))
            decided.append(cues.with_kind(found, "indirect", span))
        elif closed := [q for q in marks if q.start <= cue.start < q.end] if cue else []:
            decided.append(cues.with_kind(found, "indirect", Span(content.start, min(content.end, closed[0].end))))
        else:
            decided.append(cues.with_kind(found, "indirect"))
    return _distinct(decided)


def _distinct(found: list[Found]) -> list[Found]:
    """One attribution for each quotation."""
    seen: set[Span] = set()
    kept: list[Found] = []
    for row in found:
        if row.kind != "direct" or row.content not in seen:
            kept.append(row)
        seen.add(row.content)
    return [row for row in kept if row.content.length > 0]


def _quotation(document: Document, quote: Quote, marks: Sequence[Quote], here: Sequence[Found]) -> Found | None:
    """A quotation with its cue outside the syntax: before a colon or comma, or after the closing mark."""
    span = Span(quote.start, quote.end)
    words = document.clean[quote.start : quote.end].split()
    if len(words) < _QUOTE_WORDS:
        return None
    outside = [t for s in quote.zone.sentences for t in s.tokens if not _quoted(t, marks)]
    starts = [t.start for t in outside]
    at = bisect_left(starts, quote.end)
    sentence = _sentence_at(quote.zone, quote.start)
    before = document.clean[max(quote.zone.start, quote.outer_start - 3) : quote.outer_start].rstrip()
    ends = document.clean[quote.end - 1 : quote.end]
    after = document.clean[quote.outer_end : quote.outer_end + 2].strip()
    closing = _sentence_at(quote.zone, quote.end - 1)
    if (ends and ends in ",.!?-" and not before.endswith(":")) or after.startswith(","):
        for token in outside[at : at + _AFTER]:
            if token.lower == "according" or token.text in ".;" or (ends == "." and token.sentence is not closing):
                break
            if _is_quoting(token) and (source := cues.source_of(token)) is not None and not _quoted(source, marks):
                cue = Span(token.start, token.end)
                return Found(span, "direct", cue, cues.source_span(source), token.sentence)
    if before.endswith((":", ",")) or not before:
        for token in reversed(outside[max(0, at - _BEFORE) : at]):
            if not before.endswith(":") and token.text in ".;":
                break
            if _is_quoting(token) and (source := cues.source_of(token)) is not None and not _quoted(source, marks):
                cue = Span(token.start, token.end)
                return Found(span, "direct", cue, cues.source_span(source), token.sentence)
    # A quotation that goes on after its cue or after a first quotation of the same paragraph.
    earlier = [f for f in here if f.kind in ("direct", "mixed") and f.content.end <= quote.start]
    if earlier and len(words) > _SCARE_WORDS and sentence is not None:
        return _continued(span, max(earlier, key=lambda f: f.content.end))
    return None


def _is_quoting(token: Token) -> bool:
    cue = cues.cue_of(token)
    return cue is not None and cue.pos == "VERB" and "quote" in cue.frames


def _quoted(token: Token, marks: Sequence[Quote]) -> bool:
    at = bisect_left(marks, token.end, key=lambda quote: quote.start)
    return any(not q.single and q.start <= token.start < q.end for q in marks[max(0, at - 1) : at + 1])


def _sentence_at(zone: Segment, offset: int) -> Sentence | None:
    return next(
        (s for s in zone.sentences if s.start <= offset < s.end), zone.sentences[-1] if zone.sentences else None
    )


def _goes_on(document: Document, quote: Quote, before: Segment, last: dict[str, Found]) -> bool:
    """The paragraph opens with the quotation, and the one before it ended in a colon or in an unclosed quotation."""
    previous = last.get(before.segment_id)
    opens = not document.clean[quote.zone.start : quote.outer_start].strip()
    if not opens or previous is None or before.kind == "pull_quote":
        return False
    unclosed = previous.kind == "direct" and previous.content.end == before.end
    return unclosed or document.clean[: before.end].endswith(":")


def _continued(span: Span, previous: Found) -> Found:
    return Found(span, "direct", previous.cue, previous.source, previous.sentence, continues=previous)


def _scare(document: Document, quote: Quote, here: Sequence[Found]) -> Found | None:
    """A few quoted words in the author's own claim; the source is the subject of the verb above them, where it acts."""
    span = Span(quote.start, quote.end)
    words = document.clean[quote.start : quote.end].split()
    sentence = _sentence_at(quote.zone, quote.start)
    if sentence is None or len(words) > _SCARE_WORDS or any(f.content.holds(span) for f in here):
        return None
    first = next((t for t in sentence.tokens if t.start >= quote.start), None)
    if first is None or not words[0][:1].isalpha():
        return None
    source = next((s for v in first.ancestors() if v.pos == "VERB" and (s := v.dependent("nsubj"))), None)
    return Found(span, "scare", None, cues.source_span(source) if source else None, sentence)


def _block_quotes(document: Document, last: dict[str, Found]) -> list[Found]:
    """Zones quoted from another publication go back to the source that the line before them names."""
    found: list[Found] = []
    zones = document.segments
    for at, zone in enumerate(zones):
        if zone.kind != "block_quote" or (at and zones[at - 1].kind == "block_quote") or at == 0:
            continue
        end = at
        while end + 1 < len(zones) and zones[end + 1].kind == "block_quote":
            end += 1
        introduction = _introduction(zones[at - 1], last)
        if introduction is not None:
            span = Span(zone.start, zones[end].end)
            found.append(Found(span, "direct", introduction.cue, introduction.source, introduction.sentence))
    return found


def _introduction(zone: Segment, last: dict[str, Found]) -> Found | None:
    """The attribution of an introducing line: its 'according to', else its last cue with a source."""
    for sentence in reversed(zone.sentences):
        for token in sentence.tokens:
            if token.lower != "according":
                continue
            to = token.dependent("prep")
            whom = to.dependent("pobj") if to else None
            if to and whom:
                return Found(Span(0, 1), "", Span(token.start, to.end), cues.source_span(whom), sentence)
        for token in reversed(sentence.tokens):
            if cues.cue_of(token) and (source := cues.source_of(token)) is not None:
                return Found(Span(0, 1), "", Span(token.start, token.end), cues.source_span(source), sentence)
    return last.get(zone.segment_id)
