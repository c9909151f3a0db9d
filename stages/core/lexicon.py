"""Lexicons: the words that rules know, as CSV files that a reader can correct.

A line that cannot be right is an error that names the file, the line, and what may stand there: whoever corrects a
coding is not left with a rule that silently never fires.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib import resources


class LexiconError(ValueError):
    """A lexicon that cannot be used; the message names the file and the line."""


class Entry(dict[str, str]):
    """One line of a lexicon: column name to cell, white space stripped, '' for an empty cell."""

    __slots__ = ("line", "name")

    def __init__(self, name: str, line: int, cells: Iterable[tuple[str, str]]) -> None:
        super().__init__(cells)
        self.name = name
        self.line = line

    def __missing__(self, column: str) -> str:
        raise self.fault(f"no column {column}; there are: {', '.join(self)}")

    def fault(self, problem: str) -> LexiconError:
        """The error to raise for this line."""
        return LexiconError(f"lexicons/{self.name}.csv, line {self.line}: {problem}")

    def check(self, column: str, value: str, allowed: Collection[str]) -> str:
        """The value, where it is one of those allowed in a column.

        Raises:
            LexiconError: names what is allowed.
        """
        if value not in allowed:
            raise self.fault(f"{value!r} is no {column}; known: {', '.join(sorted(allowed))}")
        return value

    def one_of(self, column: str, allowed: Collection[str]) -> str:
        """The cell of a column, which must be one of the values allowed."""
        return self.check(column, self[column], allowed)

    def some_of(self, column: str, allowed: Collection[str]) -> tuple[str, ...]:
        """The values of a cell, all of which must be allowed."""
        return tuple(self.check(column, value, allowed) for value in words(self[column]))


@cache
def load(name: str) -> tuple[Entry, ...]:
    """The lines of lexicons/<name>.csv.

    Raises:
        LexiconError: the file is not in UTF-8, or a line does not fit the header, has no first cell, or stands there
            already.
    """
    content = (resources.files("stages") / "lexicons" / f"{name}.csv").read_bytes()
    try:
        return read(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Entry(name, line, ()).fault("not in UTF-8; save it as CSV in UTF-8") from error


def read(name: str, content: str) -> tuple[Entry, ...]:
    """The lines of a lexicon with the given content; see `load`."""
    reader = csv.DictReader(io.StringIO(content, newline=""), strict=True)
    rows: list[Entry] = []
    seen: dict[tuple[str, ...], int] = {}
    try:
        header = list(reader.fieldnames or ())
        if len(set(header)) < len(header):
            raise Entry(name, 1, ()).fault(f"a column stands twice: {', '.join(header)}")
        for row in reader:
            if None in row or None in row.values():
                problem = f"not as many cells as the header has: {', '.join(reader.fieldnames or ())}"
                raise Entry(name, reader.line_num, ()).fault(problem)
            entry = Entry(name, reader.line_num, ((column, cell.strip()) for column, cell in row.items()))
            if not next(iter(entry.values())):
                raise entry.fault(f"no {next(iter(entry))}")
            earlier = seen.setdefault(tuple(entry.values()), entry.line)
            if earlier != entry.line:
                raise entry.fault(f"the same as line {earlier}")
            rows.append(entry)
    except csv.Error as error:
        raise Entry(name, reader.line_num, ()).fault(str(error)) from error
    return tuple(rows)


def unique(entries: Iterable[Entry], *columns: str) -> dict[tuple[str, ...], Entry]:
    """The entries by the cells of some columns, of which no two may be alike.

    Raises:
        LexiconError: names both lines.
    """
    found: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        key = tuple(entry[column] for column in columns)
        earlier = found.setdefault(key, entry)
        if earlier is not entry:
            raise entry.fault(f"{' '.join(key)!r} stands on line {earlier.line} already")
    return found


def unique_words(entries: Iterable[Entry], column: str) -> Mapping[str, Entry]:
    """The entries by each word of a cell, of which none may stand in two lines, or twice in one.

    Raises:
        LexiconError: names the word and both lines.
    """
    found: dict[str, Entry] = {}
    for entry in entries:
        for word in words(entry[column]):
            if word in found:
                raise entry.fault(f"{word!r} stands on line {found[word].line} already")
            found[word] = entry
    return found


def words(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several values, joined by |."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())
