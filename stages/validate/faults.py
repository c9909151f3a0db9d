"""What is wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, a row (counted from 1, without the header) or a whole table."""

    table: str
    row: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.table}{row}{column}: {self.reason}"


def show(value: object) -> str:
    """A value as messages show it: on one line, not too long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
