"""A corpus of any size for measurements: the sentences of seeds/ recombined, with other names, numbers and dates.

The same number of texts gives the same bytes: every choice is a hash of what it is for.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parent.parent
WORDS = 500
T = TypeVar("T")

_GIVEN = "Anna Boris Clara David Elena Farid Grace Henrik Irina Jonas Karim Laura Marek Nadia Omar Petra".split()
_FAMILY = "Holt Kern Voss Lind Novak Haddad Silva Berg Costa Dahl Ivanov Meyer Ortiz Popov Reed Sato Weber".split()
_COUNTRIES = "Austria Brazil Canada Denmark Egypt Finland Greece Hungary India Jordan Kenya Norway Peru Serbia".split()
_MONTHS = "January February March April May June July August September October November December".split()
_PERSON = re.compile(
    r"\b(?:Lavrov|Stoltenberg|Austin|Shoigu|Zelensky\w*|Putin|Biden|Scholz|Peskov|Kosak|Kozak|Macron)\b"
)
_COUNTRY = re.compile(r"\b(?:Russia|Ukraine|Germany|France|Poland|Belarus|Turkey|China)\b")
_NUMBER = re.compile(r"(?<![\w.,-])\d{2,3}(?![\w.,-])")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b")
_SENTENCE = re.compile(r"[A-Z“\"][^.!?\n]{40,400}[.!?][”\"]?(?=\s|$)")


def _number(*what: object) -> int:
    return int.from_bytes(hashlib.blake2b(repr(what).encode(), digest_size=8).digest())


def _choice(among: Sequence[T], *what: object) -> T:
    return among[_number(*what) % len(among)]


def sentences() -> list[str]:
    """The sentences of the seeds, roughly."""
    texts = [path.read_bytes().decode() for path in sorted((ROOT / "seeds").glob("*.txt"))]
    return [match[0] for text in texts for match in _SENTENCE.finditer(text)]


def text(number: int, version: int, known: Sequence[str]) -> str:
    """One text of about 500 words; another version of it differs in some sentences."""
    country = _choice(_COUNTRIES, number, "country")
    day = (
        f"{_number(number, 'day') % 28 + 1} {_choice(_MONTHS, number, 'month')[:3]} {2000 + _number(number, 'y') % 25}"
    )
    lines = [f"{country} and {_choice(_COUNTRIES, number, 'other')} hold talks on security", day]
    words, place = 0, 0
    while words < WORDS:
        paragraph: list[str] = []
        for _ in range(3):
            place += 1
            drawn = version if place % 7 == 0 else 0
            sentence = _choice(known, number, place, drawn)
            sentence = _PERSON.sub(lambda match, at=place: _choice(_FAMILY, number, match[0], at % 5), sentence)
            sentence = _COUNTRY.sub(lambda match: _choice(_COUNTRIES, number, match[0]), sentence)
            sentence = _NUMBER.sub(lambda match, at=place: str(_number(number, match[0], at) % 900 + 10), sentence)
            sentence = _YEAR.sub(lambda match, at=place: str(1990 + _number(number, match[0], at) % 35), sentence)
            sentence = _MONTH.sub(lambda match, at=place: _choice(_MONTHS, number, match[0], at), sentence)
            paragraph.append(sentence)
            words += sentence.count(" ") + 1
        if place % 4 == 0:
            name = f"{_choice(_GIVEN, number, place)} {_choice(_FAMILY, number, place)}"
            paragraph.append(f"“We will not accept this,” said {name}, a minister of {country}.")
        lines.append(" ".join(paragraph))
    return "\n".join(lines)


def records(size: int, changed: int | None = None, removed: int | None = None) -> Iterator[dict[str, str]]:
    """The records of a corpus.

    Args:
        size: how many texts.
        changed: the number of a text that is another version of itself.
        removed: the number of a text that is left out.
    """
    known = sentences()
    for number in range(size):
        if number != removed:
            yield {"id": f"text-{number:07}", "text": text(number, int(number == changed), known)}


def write(path: Path, size: int, changed: int | None = None, removed: int | None = None) -> Path:
    """A corpus as JSON Lines."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for record in records(size, changed, removed):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path
