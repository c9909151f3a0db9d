"""The language of a text, by an offline identifier (Lui & Baldwin 2012)."""

from __future__ import annotations

from functools import cache
from typing import Any

_CHARACTERS = 1000
"""More of a text tells nothing more."""


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # half a second, once

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify(text: str) -> tuple[str, float]:
    """ISO 639-1 code of the language of a text, read in its middle, and the probability of it."""
    start = max(0, (len(text) - _CHARACTERS) // 2)
    code, probability = _identifier().classify(" ".join(text[start : start + _CHARACTERS].split()))
    return str(code), float(probability)
