"""Numbers: every way of writing one gives the same Decimal, and the document settles what a mark means."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.fields.numbers import CONTINENTAL, ENGLISH, NumberStyle, currency_in, parse_number, settle_style

MONEY = st.decimals(min_value=0, max_value=10**9, places=2)


def written(value: Decimal, group: str, decimal: str) -> str:
    return f"{value:,.2f}".replace(",", "G").replace(".", decimal).replace("G", group)


@given(MONEY)
def test_an_amount_reads_back_in_every_grouping(value: Decimal) -> None:
    for group, decimal, style in (
        (",", ".", ENGLISH),
        (".", ",", CONTINENTAL),
        (" ", ",", CONTINENTAL),
        ("\u202f", ",", CONTINENTAL),
        ("'", ".", ENGLISH),
        ("", ".", ENGLISH),
        ("", ",", CONTINENTAL),
    ):
        assert parse_number(written(value, group, decimal), style) == value


@given(MONEY, st.sampled_from(["$", "EUR ", "£", "US$"]))
def test_signs_before_and_minus_around_an_amount_are_understood(value: Decimal, sign: str) -> None:
    text = written(value, ",", ".")
    assert parse_number(f"{sign}{text}") == value
    assert parse_number(f"-{text}") == parse_number(f"{text}-") == parse_number(f"({text})") == -value


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("24.000", ENGLISH, "24"),
        ("24.000", CONTINENTAL, "24000"),
        ("1.234,-", CONTINENTAL, "1234"),
        (",50", CONTINENTAL, "0.50"),
        ("12,34,567.00", ENGLISH, "1234567"),
        ("1.234.567", ENGLISH, "1234567"),
        ("1.234,50", ENGLISH, "1234.50"),
    ],
)
def test_a_form_is_read_as_its_style_says_unless_it_proves_another(text: str, style: NumberStyle, value: str) -> None:
    assert parse_number(text, style) == Decimal(value)


@pytest.mark.parametrize("text", ["30.09.2031", "12:30", "M8x30", "KX-4", "5 %", "", "-", "1.23.4"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) is None


def test_the_page_decides_by_what_it_proves_and_else_by_its_language() -> None:
    assert settle_style(["1.234", "12,50", "7"], "en") == NumberStyle(",")
    assert settle_style(["1,234", "12.50"], "de") == NumberStyle(".")
    assert settle_style(["1.234"], "de") == NumberStyle(",", sure=False)


def test_currencies_are_named_by_code_or_sign() -> None:
    assert [currency_in(t) for t in ("$4.00", "12,50 EUR", "zł", "Fr. 3", "FT", "KX-4")] == [
        "USD",
        "EUR",
        "PLN",
        None,
        None,
        None,
    ]


def test_sizes_in_the_names_of_goods_do_not_settle_how_numbers_are_written() -> None:
    goods = ["2.500", "Stk", "Schraube", "M16", "8.8", "und", "50", "m", "Leitung", "1.5", "mm²", "oder", "0.75", "mm²"]
    assert settle_style(goods, "de") == NumberStyle(",", sure=False)
    assert settle_style([*goods, "12,50"], "de") == NumberStyle(",")
    assert settle_style([*goods, "12.50", "€"], "de") == NumberStyle(".")
    assert settle_style(["1.5"], None) == NumberStyle(".")
