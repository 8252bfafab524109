"""Claims about the header and about single order lines to suggestions with proof. Pure.

A suggestion is a value of ours, read from words of the page that no other value rests on; a claim that is not there makes none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from extraction.fields.names import is_company
from extraction.layout.evidence import found
from extraction.layout.geometry import Line, Token
from extraction.lines.units import is_unit
from extraction.lines.values import is_code, is_gtin
from extraction.llm import ground
from extraction.llm.answer import LineClaims, said
from extraction.llm.paper import Paper, Place
from models.domain.characters import oddities
from models.domain.codes import clean_code
from models.domain.evidence import Found, Origin

SUGGESTED = 0.5
"""Confidence of a suggestion that nothing but the page vouches for."""

BACKED = 0.6
"""The most a suggestion is ever worth: arithmetic agrees with it."""

NOTE = "named by a language model"
_LARGEST = Decimal(10) ** 12
_LONGEST_NUMBER = 30         # characters of a PO number
_LONGEST_TEXT = 60           # words

T = TypeVar("T")
_Fit = tuple[Any, tuple[Token, ...]]


class Words:
    """The printed words that values already rest on; each proves one number, date or code only."""

    def __init__(self, taken: set[Place]) -> None:
        self._taken = taken

    def free(self, tokens: Sequence[Token]) -> bool:
        """True when no other value rests on any of them."""
        return not any((t.word.page, t.word.box) in self._taken for t in tokens)

    def take(self, tokens: Sequence[Token]) -> None:
        """From now on they prove a value."""
        self._taken |= {(t.word.page, t.word.box) for t in tokens}


def header_value(name: str, claim: str, lines: Sequence[Line], paper: Paper, words: Words) -> Found[Any] | None:
    """What stands on these lines for a claim about a header field; None when it does not, or cannot be one."""
    exclusive = name in {"po_number", "order_date", "requested_date", "total"}
    for value, tokens in _FITS[name](lines, claim, paper) if claim else ():
        if not exclusive or words.free(tokens):
            if exclusive:
                words.take(tokens)
            return suggestion(value, tokens)
    return None


def line_values(claims: LineClaims, lines: Sequence[Line], paper: Paper, words: Words) -> dict[str, Found[Any]]:
    """What stands on a line's own rows for the claims about it, by field of `ReadingLine`. No word is used twice."""
    out: dict[str, Found[Any]] = {}
    for name, claim, fits in _line_fits(claims):
        texts = said(claim)
        for value, tokens in fits(lines, texts, paper) if texts else ():
            if words.free(tokens):
                words.take(tokens)
                out[name] = suggestion(value, tokens)
                break
    return out


def suggestion(value: T, tokens: Sequence[Token], sure: float = SUGGESTED) -> Found[T]:
    """A value read from these words because a model named it."""
    plain = found(value, tokens, sure)
    return Found(value, min(plain.confidence, sure), replace(plain.evidence, origin=Origin.SUGGESTED, note=NOTE))


def _line_fits(claims: LineClaims) -> Iterator[tuple[str, Any, Callable[[Sequence[Line], str, Paper], Iterator[_Fit]]]]:
    # Numbers first: a description may hold a number, but a quantity's word is no part of a description.
    yield "quantity", claims.quantity, _positive
    yield "unit_price", claims.unit_price, _money
    yield "amount", claims.amount, _money
    yield "gtin", claims.gtin, _text_that(is_gtin)
    yield "buyer_sku", claims.item_code, _text_that(is_code)
    yield "uom", claims.unit, _text_that(is_unit)
    yield "requested_date", claims.requested_date, _date
    yield "description", claims.description, _text_that(_is_text)


def _number(lines: Sequence[Line], claim: str, paper: Paper) -> Iterator[_Fit]:
    return ground.numbers(lines, claim, paper.numbers)


def _positive(lines: Sequence[Line], claim: str, paper: Paper) -> Iterator[_Fit]:
    return (fit for fit in _number(lines, claim, paper) if 0 < fit[0] < _LARGEST)


def _money(lines: Sequence[Line], claim: str, paper: Paper) -> Iterator[_Fit]:
    return (fit for fit in _number(lines, claim, paper) if 0 <= fit[0] < _LARGEST)


def _date(lines: Sequence[Line], claim: str, paper: Paper) -> Iterator[_Fit]:
    return ground.dates(lines, claim, paper.dates)


def _currency(lines: Sequence[Line], claim: str, paper: Paper) -> Iterator[_Fit]:
    return ground.currencies(lines, claim)


def _text_that(is_fit: Callable[[str], bool]) -> Callable[[Sequence[Line], str, Paper], Iterator[_Fit]]:
    def fits(lines: Sequence[Line], claim: str, paper: Paper) -> Iterator[_Fit]:
        for tokens in ground.texts(lines, claim):
            text = ground.spoken(tokens, claim)
            if is_fit(text):
                yield text, tokens
    return fits


def _address(lines: Sequence[Line], claim: str, paper: Paper) -> Iterator[_Fit]:
    """An address has a few words, and a number of a house or a town among them."""
    for tokens in ground.texts(lines, claim):
        if 2 < len(tokens) <= _LONGEST_TEXT and any(c.isdigit() for t in tokens for c in t.text):
            yield ground.by_line(tokens), tokens


def _is_text(text: str) -> bool:
    return len(text.split()) <= _LONGEST_TEXT and any(c.isalpha() for c in text)


def _is_name(text: str) -> bool:
    """True for what may be a company's name: a legal form, or a few capitalised words."""
    words = text.split()
    return is_company(text) or (1 < len(words) < 8 and all(w[0].isupper() or len(w) < 4 for w in words))


def _is_terms(text: str) -> bool:
    return _is_text(text) and len(text.split()) > 1


def _is_number(text: str) -> bool:
    """True for what may number an order: a word or three with a digit, nothing in it that a person does not see."""
    bare = clean_code(text)
    return 2 <= len(bare) <= _LONGEST_NUMBER and any(c.isdigit() for c in bare) and len(text.split()) <= 3 and not oddities(text)


_FITS: dict[str, Callable[[Sequence[Line], str, Paper], Iterator[_Fit]]] = {
    "po_number": _text_that(_is_number),
    "order_date": _date,
    "requested_date": _date,
    "currency": _currency,
    "buyer_name": _text_that(_is_name),
    "ship_to": _address,
    "bill_to": _address,
    "payment_terms": _text_that(_is_terms),
    "total": _money,
}
