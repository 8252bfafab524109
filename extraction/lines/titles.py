"""What the title of a column means: read by the words that carry the meaning, whatever stands around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from extraction.fields.numbers import currency_in
from extraction.layout.geometry import Token
from extraction.layout.labels import COLUMN, fields_of, fold, labels_in
from extraction.lines.units import is_unit
from models.domain.pages import Word

_NUMBERED = re.compile(r"^\(?\d{1,2}[.)]\s+(?=\S)")              # "12. QTY": the boxes of a form are counted
_FIGURES = re.compile(r"[\d.,-]+$")                              # a value; "1000" alone is a title too, for prices per so many
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_PER = re.compile(r"\s*/\s*|\s+(?:per|pro|par|por|je|na|za)\s+", re.IGNORECASE)
_NUMBER = re.compile(r"\b(?:number|nummer|num[ée]ro|nbr|num)\b\.?", re.IGNORECASE)
_ASIDE = frozenset({
    "excl", "excluding", "exclusive", "ex", "incl", "including", "inkl", "zzgl", "exkl", "w", "o", "without", "before", "after",
    "vat", "btw", "mwst", "ust", "tva", "iva", "gst", "hst", "tax", "taxes", "ht", "ttc", "hors", "taxe", "bez", "z",
    "net", "netto", "nett", "neto",
    "gross", "brutto", "eur", "euro", "usd", "gbp", "chf", "pln", "cad", "aud", "us", "in", "of", "the", "direct", "est",
})
"""Words that say how a sum is meant, not what it is."""


def bare_title(text: str) -> str:
    """The title without the number of its box."""
    return _NUMBERED.sub("", text)


def kinds_of(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Line fields (without prefix) that a title may mean, likeliest first; ("other",) for a field of the order as a whole."""
    return _kinds(bare_title(" ".join([t.text for t in tokens])))


_COIN = 3                      # letters of a currency


@lru_cache(maxsize=4096)
def _kinds(text: str) -> tuple[str, ...]:
    if _FIGURES.match(text) and not fields_of(text, columns=True):
        return ()
    for wording in _wordings(text):
        if fields := fields_of(wording, columns=True):
            return tuple(f.removeprefix(COLUMN) for f in fields)
        if wording == text and fields_of(text):
            return ("other",)
    head = _PER.split(text)[0]
    if head != text and currency_in(head) and len(head) <= 4:
        return ("unit_price",)                                     # "€/kg"
    if currency_in(text) and len(text) <= _COIN:
        return "unit_price", "amount"                              # "EUR" over prices, or amounts behind a price
    return _by_parts(text) or (("quantity", "uom") if is_unit(text) else ())


def _wordings(text: str) -> list[str]:
    """The title as it stands, without asides, and up to "per"."""
    plain = _without_asides(_BRACKETS.sub(" ", text))
    head = _PER.split(plain)[0]
    short = _NUMBER.sub("No.", plain)
    return [text, *(w for w in (plain, short, _without_asides(head)) if w and w != text)]


def _without_asides(text: str) -> str:
    return " ".join(w for w in text.split() if not (words := fold(w)) or not set(words) <= _ASIDE).strip(" ,.-")


def _by_parts(text: str) -> tuple[str, ...]:
    """By the wordings inside: what names the text of a row counts most, for codes stand there too ("Part No. / Description");
    else the only one, where no more than one other word, or as many as it has itself, stands beside it."""
    words = _without_asides(_BRACKETS.sub(" ", text.replace("/", " / "))).split()
    labels = labels_in([_token(w) for w in words if w != "/"], columns=True)
    if not labels:
        return ()
    every = {f for label in labels for f in label.fields[:1]}
    others = sum(w != "/" for w in words) - sum(label.end - label.start for label in labels)
    if COLUMN + "description" in every and len(every) > 1 and others <= 1:
        return ("description", *(f.removeprefix(COLUMN) for f in every if f != COLUMN + "description"))
    if len(every) == 1 and others <= max(1, labels[0].end - labels[0].start):
        return tuple(f.removeprefix(COLUMN) for f in labels[0].fields)
    return ()


def _token(text: str) -> Token:
    return Token(text, 0.0, 0.0, 0.0, 0.0, Word(text, 0, (0.0, 0.0, 0.0, 0.0)))
