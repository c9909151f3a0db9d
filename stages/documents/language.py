"""The language of a text, by an offline identifier (Lui & Baldwin 2012)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_ENGLISH = ("en", "eng", "english")
_UNDECIDED = ("und", "mul", "mis", "unknown")
_CHARACTERS = 1000
"""More of a text tells nothing more."""


def can_be_english(stated: str) -> bool:
    """Whether a language tag (BCP 47, such as en-GB) or name is that of English, or of none in particular."""
    return re.split(r"[^a-z]", stated.lower(), maxsplit=1)[0] in (*_ENGLISH, *_UNDECIDED)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # half a second, once

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify(text: str) -> tuple[str, float]:
    """ISO 639-1 code of the language of a text, read in its middle, and the probability of it."""
    start = max(0, (len(text) - _CHARACTERS) // 2)
    code, probability = _identifier().classify(" ".join(text[start : start + _CHARACTERS].split()))
    return str(code), float(probability)
