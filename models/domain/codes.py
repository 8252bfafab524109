"""Folding of codes: part numbers, SKUs and PO numbers compared without what typing and OCR change."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from models.domain.characters import as_latin, without_marks

_LOOK_ALIKE = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "|": "1", "S": "5", "B": "8", "Z": "2", "G": "6"})


@lru_cache(maxsize=16_384)
def clean_code(code: str) -> str:
    """Upper case, letters and digits only, without accents; compatibility forms (NFKC), look-alike letters of other alphabets
    and digits of other scripts as the plain ones. Safe for equality of typed codes.

    Raised digits and fractions stay what they are: "4711²" is not 47112.
    """
    if not code.isascii():
        apart = "".join(c if unicodedata.category(c) == "No" else unicodedata.normalize("NFKD", c) for c in without_marks(code))
        code = as_latin(as_latin(apart).upper())
    return "".join(filter(str.isalnum, code.upper()))


def fold_code(code: str) -> str:
    """`clean_code` with look-alikes made equal (O→0, I/L→1, S→5, B→8, Z→2, G→6) and raised digits as digits. Two codes that
    fold alike may be the same code misread; they need not be."""
    clean = clean_code(code)
    if not clean.isascii():
        clean = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", clean)))
    return clean.translate(_LOOK_ALIKE)


def gtin_is_valid(gtin: str) -> bool:
    """True for 8, 12, 13 or 14 digits with a right check digit (GS1 General Specifications, 7.9)."""
    if len(gtin) not in {8, 12, 13, 14} or not gtin.isascii() or not gtin.isdigit():
        return False
    return (sum(map(int, gtin[-1::-2])) + 3 * sum(map(int, gtin[-2::-2]))) % 10 == 0
