"""What a cell's words say as a number: one number, however it is set, and never two made one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extraction.fields.numbers import ENGLISH
from extraction.layout.geometry import Token
from extraction.lines.values import number_of, price_of
from models.domain.pages import Word


def cell(*words: tuple[str, float]) -> list[Token]:
    """Words of a cell, each with the ems of white before it; a sign is half an em wide."""
    tokens, at = [], 0.0
    for text, white in words:
        left = at + white
        at = left + len(text) / 2
        tokens.append(Token(text, left, 0.0, at, 1.0, Word(text, 0, (left, 0.0, at, 1.0))))
    return tokens


@pytest.mark.parametrize(("words", "value"), [
    ([("1", 0), ("250", 0.3)], "1250"), ([("12", 0), (".50", 0.3)], "12.50"), ([("EUR", 0), ("12.50", 4)], "12.50"),
])
def test_words_of_one_number_are_joined(words: list[tuple[str, float]], value: str) -> None:
    amount = number_of(cell(*words), ENGLISH)
    assert amount is not None
    assert amount.value == Decimal(value)


@pytest.mark.parametrize("words", [
    [("30", 0), ("10", 0.3)], [("30", 0), ("100", 8)], [("100", 0), ("33", 8), ("34", 8)], [("24", 0), ("1.5", 0.3)],
])
def test_numbers_side_by_side_are_not_one(words: list[tuple[str, float]]) -> None:
    assert number_of(cell(*words), ENGLISH) is None


@pytest.mark.parametrize(("words", "base", "unit"), [
    (("64.80", "€", "la", "rame"), None, "rame"), (("48.00", "€", "les", "100"), Decimal(100), None),
    (("3.10", "lata"), None, "lata"), (("9.20", "zak"), None, "zak"), (("1.50", "per100"), Decimal(100), None),
])
def test_a_price_names_what_it_is_for_behind_an_article(words: tuple[str, ...], base: Decimal | None, unit: str | None) -> None:
    price = price_of(cell(*((word, 0.3) for word in words)), ENGLISH)
    assert price is not None and (price.base, price.unit) == (base, unit)
