"""Codes made comparable: those inside a text, and the trigrams of a code. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from models.domain.codes import clean_code, fold_code

_CODE = re.compile(r"(?=\S*\d)[A-Za-z0-9][A-Za-z0-9./_-]{2,}[A-Za-z0-9]")


def codes_in(text: str) -> tuple[str, ...]:
    """Words of a text that look like codes: four signs or more, a digit among them."""
    return tuple(dict.fromkeys(clean_code(found) for found in _CODE.findall(text)))


@lru_cache(maxsize=20_000)
def code_grams(code: str) -> frozenset[str]:
    """Trigrams of a folded code, its ends marked."""
    folded = fold_code(code)
    return frozenset(_trigrams(f"_{folded}_")) if len(folded) > 1 else frozenset()


def _trigrams(text: str) -> tuple[str, ...]:
    return tuple([text[i:i + 3] for i in range(len(text) - 2)])
