"""Texts made comparable: words, codes inside text, trigrams of codes. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from models.domain.codes import clean_code, fold_code

_TIMES = re.compile(r"(?<=\d)\s*[x×*]\s*(?=\d)")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_QUANTITY = re.compile(
    r"(?<![a-z0-9.])(\d+(?:[./]\d+)?)\s+(mm2|mm|cm|km|m|um|in|inch|zoll|ft|kg|g|mg|lb|oz|l|ml|cl|v|kv|mv|a|ma|w|kw|hz|k|bar|n|nm|db|gb|tb|mb|"
    r"pcs|stk|pk|ga|awg)\b")
_WORD = re.compile(r"[a-z]*\d+(?:[./]\d+)+[a-z0-9]*|[a-z0-9]+|[^\W_]+")
_CODE = re.compile(r"(?=\S*\d)[A-Za-z0-9][A-Za-z0-9./_-]{2,}[A-Za-z0-9]")


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[str, ...]:
    """Lower-case words without accents; "M8×40" and "M8 x 40" alike, "230 V" as one word, decimal points kept."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("²", "2"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.replace("ø", "").replace('"', " in ").replace("″", " in ")
    plain = _QUANTITY.sub(r"\1\2", _COMMA.sub(".", _TIMES.sub(" x ", plain)))
    return tuple(_WORD.findall(plain))


def codes_in(text: str) -> tuple[str, ...]:
    """Words of a text that look like codes: four signs or more, a digit among them."""
    return tuple(dict.fromkeys(clean_code(found) for found in _CODE.findall(text)))


@lru_cache(maxsize=20_000)
def code_grams(code: str) -> frozenset[str]:
    """Trigrams of a folded code, its ends marked."""
    folded = fold_code(code)
    return frozenset(_trigrams(f"_{folded}_")) if len(folded) > 1 else frozenset()


def _trigrams(text: str) -> tuple[str, ...]:
    return tuple(text[i:i + 3] for i in range(len(text) - 2))
