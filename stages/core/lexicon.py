"""Lexicons: the words that rules know, as CSV files that a reader can correct."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources


class LexiconError(ValueError):
    """A lexicon file that cannot be read as a table."""


@cache
def load(name: str) -> tuple[dict[str, str], ...]:
    """The rows of lexicons/<name>.csv: column name to cell, white space stripped, '' for an empty cell.

    Raises:
        LexiconError: names the file and the line where a row does not fit the header.
    """
    content = (resources.files("stages") / "lexicons" / f"{name}.csv").read_text(encoding="utf-8")
    reader = csv.DictReader(io.StringIO(content, newline=""), strict=True)
    rows: list[dict[str, str]] = []
    for row in reader:
        if None in row or None in row.values():
            raise LexiconError(f"lexicons/{name}.csv, line {reader.line_num}: not as many cells as the header has")
        rows.append({column: cell.strip() for column, cell in row.items()})
    return tuple(rows)


def words(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several values, joined by |."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())
