"""What a word, and a run of words, look like by themselves: the part of the tagger's features that needs no page around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache

from extraction import lexicon
from extraction.fields.dates import DateOrder, DateStyle, find_dates
from extraction.fields.names import HOUSE, NO_ADDRESS, POSTAL, STREET, is_company, is_country, is_title, names_person
from extraction.fields.numbers import NumberStyle, currency_in, parse_number
from extraction.layout.blocks import ATTENTION
from extraction.layout.labels import fold, heard
from models.domain.codes import gtin_is_valid

ANY_DATE = DateStyle(DateOrder.DAY, near=date(2030, 6, 1))
"""Only for telling that a text is a date; the value means nothing."""

_LONG = 24
_RUN = re.compile(r"9+|A+|a+")
_STYLES = (NumberStyle("."), NumberStyle(","))
_COMMON = (
    "and und et y e i a to of for von de la le del di da z do na an the per pro par por te op al con mit avec ou or oder dal "
    "attn att attention fao hd tav phone tel telefon fax mail email www page seite pagina strona no nr n number nummer numero "
    "please bitte veuillez por favor prego prosimy deliver delivery deliveries ship send order confirm net netto days tage "
    "jours dias giorni dni dagen skonto due street road building dock gate zona zi polig lot"
)
"""Small words, and those around terms and persons."""


@cache
def _vocabulary() -> frozenset[str]:
    """The words that papers share: those of labels, titles and units, and small words. Names and goods are not among them."""
    told = {word for key in lexicon.fields() for wording in lexicon.labels(key) for word in fold(wording)}
    units = {word for spellings in lexicon.units().values() for spelling in spellings for word in fold(spelling)}
    return frozenset(w for w in told | units | HOUSE | set(fold(_COMMON)) if not w.isdigit())


@cache
def _units() -> frozenset[tuple[str, ...]]:
    return frozenset(fold(s) for spellings in lexicon.units().values() for s in spellings if not s[0].isdigit())


@lru_cache(maxsize=32_768)
def shape_of(text: str) -> str:
    """Digits as 9, capitals as A, small letters as a, other signs themselves; longer runs as two, and at most ten signs."""
    plain = "".join("9" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c for c in text[:24])
    return _RUN.sub(lambda m: m[0][:2], plain)[:10]


@lru_cache(maxsize=32_768)
def values_of(text: str) -> tuple[float, ...]:
    """The numbers a word may be: one, or two where nothing tells which mark parts the decimals; none for other words."""
    if not any(c.isdigit() for c in text) or len(text) > 20:
        return ()
    numbers = (parse_number(text.rstrip(".;:"), style) for style in _STYLES)
    return tuple(dict.fromkeys(float(n) for n in numbers if n is not None))


@lru_cache(maxsize=32_768)
def word_looks(text: str) -> tuple[str, ...]:
    """Features of a word by itself: its shape, its kind, and the word where it is one that papers share."""
    words = fold(text)
    digits = sum(c.isdigit() for c in text)
    letters = sum(c.isalpha() for c in text)
    looks = [f"s={shape_of(text)}", f"n={min(len(text), 9)}"]
    if 0 < len(words) < 4:
        known = [w for w in words if w in _vocabulary()]
        looks += [f"w={w}" for w in known]
        if len(known) < len(words) and not digits:
            looks.append("w?")
    if len(text) > _LONG:
        looks.append("long")
    if digits:
        looks += [f"d={min(digits, 9)}", "mixed" if letters else "digits"]
        looks += _number_looks(text, digits, letters)
    elif letters:
        looks.append("upper" if text.isupper() else "title" if text[:1].isupper() else "lower")
    if words in _units():
        looks.append("unit")
    if currency_in(text) and len(text) < 16:
        looks.append("coin" if not digits else "coin9")
    looks += [f"has{c}" for c in "@/-.,:%#()&" if c in text]
    return tuple(looks)


def _number_looks(text: str, digits: int, letters: int) -> list[str]:
    looks = []
    values = values_of(text)
    if values:
        body = text.strip("$€£ ")
        cents = len(body) > 3 and body[-3] in ".," and body[-2:].isdigit()
        looks += ["number", "cents" if cents else "whole" if body.isdigit() else "decimals"]
        looks.append(f"size={min(len(str(int(abs(values[0])))), 7)}")
        looks += ["one"] if values[0] == 1 else ["zero"] if values[0] == 0 else []
    elif letters and digits > 1:
        looks.append("code")
    if digits == len(text) and gtin_is_valid(text):
        looks.append(f"gtin{len(text)}")
    return looks


@lru_cache(maxsize=16_384)
def run_looks(text: str) -> tuple[str, ...]:
    """Features that all words of a run share: a company's name, an address, a title, a telephone number, a sentence."""
    count = text.count(" ") + 1
    looks = [f"r{min(count, 6)}"]
    if is_company(text):
        looks.append("company")
    if NO_ADDRESS.search(text):
        looks.append("reach")
    if any(c.isdigit() for c in text):
        if POSTAL.search(text):
            looks.append("postal")
        if count > 1 and not any(c.isalpha() for c in text):
            looks.append("numbers")
    if STREET.search(text):
        looks.append("street")
    if count < 4 and is_country(text):
        looks.append("country")
    if ATTENTION.match(text):
        looks.append("person" if names_person(text) else "attention")
    if is_title(text):
        looks.append("titled")
    if count > 6 and text.rstrip().endswith((".", ";", "!")):
        looks.append("sentence")
    return tuple(looks)


@cache
def _titles() -> dict[tuple[str, ...], str]:
    return {fold(wording): key for key in lexicon.fields() if key.startswith("doc_type.") for wording in lexicon.labels(key)}


@lru_cache(maxsize=16_384)
def titled_as(text: str) -> str:
    """The key of the lexicon for the kind of paper that a run of words is the title of; "" when it is none."""
    words = fold(text)
    found = next(heard(words, _titles()), None) if words and "titled" in run_looks(text) else None
    return _titles()[found] if found else ""


@lru_cache(maxsize=16_384)
def dated(texts: tuple[str, ...]) -> frozenset[int]:
    """The numbers of the words that stand in a date."""
    text = " ".join(texts)
    if not any(c.isdigit() for c in text) or len(text) > 200:
        return frozenset()
    spans = [(m.start, m.end) for m in find_dates(text, ANY_DATE)]
    return frozenset(n for n, (start, end) in enumerate(_spans(texts)) if any(start < b and end > a for a, b in spans))


def _spans(texts: Sequence[str]) -> list[tuple[int, int]]:
    spans, at = [], 0
    for text in texts:
        spans.append((at, at + len(text)))
        at += len(text) + 1
    return spans
