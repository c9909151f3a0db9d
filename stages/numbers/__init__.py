"""One row per temporal expression, per quantity, and per undated document that hints at its day.

Dates, times, durations and sets follow TIMEX3 (ISO-TimeML). Relative ones are resolved against the day of publication,
or the date last spoken of; without either they stay open. Quantities have UCUM units and ISO 4217 currencies.
"""

from __future__ import annotations

from pydantic import Field

from stages.core.params import Block
from stages.core.parse import PARSE, Document, Tables
from stages.numbers import published, quantities, timex
from stages.numbers.expression import DayOrder

READS = PARSE
WRITES = ("dates", "numbers", "document_dates")


class Params(Block):
    """Params of the stage."""

    day_order: DayOrder = Field(
        "unknown", description="Order of day and month in 04/07/2020, where nothing decides it."
    )
    dollar: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code of a dollar that is not named further.")


def extract(document: Document, params: Params) -> Tables:
    """The dates and numbers of a document, and when an undated one can have been published."""
    found = timex.read(document, params.day_order)
    dates = [
        {
            "date_id": document.identifier(item.start, item.end),
            **document.span(item.start, item.end),
            "sentence_id": sentence_id,
            "type": item.type,
            "value": item.value,
            "mod": item.mod,
            "lower": item.lower,
            "upper": item.upper,
            "anchor": item.anchor,
        }
        for item, sentence_id in found
    ]
    times = [item for item, _ in found]
    return {
        "dates": dates,
        "numbers": quantities.read(document, times, params.dollar),
        "document_dates": published.read(document, times, params.day_order),
    }
