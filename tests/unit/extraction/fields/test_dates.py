"""Dates: all printed forms give the same day; day and month are settled once, by evidence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.fields.dates import DateOrder, DateStyle, exact_date, find_dates, next_weekday, parse_date, settle_order

DAY = DateStyle(DateOrder.DAY, near=date(2031, 5, 1))
MONTH = DateStyle(DateOrder.MONTH, near=date(2031, 5, 1))
DAYS = st.dates(date(2020, 1, 1), date(2039, 12, 31))


@given(DAYS)
def test_a_date_reads_back_in_every_form_that_names_its_order(day: date) -> None:
    for text in (f"{day:%Y-%m-%d}", f"{day:%d.%m.%Y}", f"{day:%d %b %Y}", f"{day:%B %d, %Y}", f"{day:%d-%b-%y}", f"{day:%Y%m%d}"):
        assert [m.value for m in find_dates(text, MONTH)] == [day], text


@given(DAYS)
def test_slashes_follow_the_settled_order(day: date) -> None:
    assert parse_date(f"{day:%d/%m/%Y}", DAY).value == day  # type: ignore[union-attr]
    assert parse_date(f"{day:%m/%d/%Y}", MONTH).value == day  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3.März 2024", date(2024, 3, 3)),
        ("1er mars 2031", date(2031, 3, 1)),
        ("15 de mayo de 2031", date(2031, 5, 15)),
        ("5 maja 2031", date(2031, 5, 5)),
        ("KW 23/24", date(2024, 6, 3)),
        ("24W23", date(2024, 6, 3)),
        ("by 3/9", date(2031, 9, 3)),
        ("2031-6-9','", date(2031, 6, 9)),
        ("31/03/2031 12:32", date(2031, 3, 31)),
    ],
)
def test_forms_of_the_trade(text: str, day: date) -> None:
    assert parse_date(text, DAY).value == day  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["M8x30", "5/8-11", "PO-2031-00077", "July 2031", "32.01.2031", "0999 5550463", "12:30"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert find_dates(text, DAY) == ()


def test_a_number_above_twelve_settles_the_whole_page() -> None:
    assert settle_order(["03/04/2031", "25/04/2031"], "en", "USD", None).order is DateOrder.DAY
    assert settle_order(["03/04/2031", "04/25/2031"], "de", "EUR", None).order is DateOrder.MONTH


def test_without_proof_the_country_decides_and_the_date_stays_open() -> None:
    style = settle_order(["03/04/2031"], "en", "GBP", None)
    assert style == DateStyle(DateOrder.DAY, sure=False)
    assert find_dates("03/04/2031", style)[0].open


def test_a_week_without_year_is_the_one_nearest_to_the_order() -> None:
    december = DateStyle(DateOrder.DAY, near=date(2030, 12, 9))
    assert [m.value for m in find_dates("week 4", december)] == [date(2031, 1, 20)]
    assert [m.value for m in find_dates("KW 50", december)] == [date(2030, 12, 9)]


def test_a_letter_and_a_number_are_a_week_only_where_nothing_else_stands() -> None:
    style = DateStyle(DateOrder.DAY, near=date(2031, 1, 20))
    assert [m.value for m in find_dates("S6", style)] == [date(2031, 2, 3)]
    assert [m.value for m in find_dates("T7/31", style)] == [date(2031, 2, 10)]
    assert not find_dates("Seal S6 black", style)
    assert not find_dates("T55", style)


def test_a_day_and_a_month_with_points_are_a_date_only_where_nothing_else_stands() -> None:
    style = DateStyle(DateOrder.DAY, near=date(2031, 7, 1))
    assert [m.value for m in find_dates("11.8.", style)] == [date(2031, 8, 11)]
    assert not find_dates("The price is 11.8.", style)


def test_where_months_come_first_a_pair_of_numbers_that_is_no_date_so_is_a_size() -> None:
    style = DateStyle(DateOrder.MONTH, near=date(2031, 7, 1))
    assert not find_dates("Cable 16/4 grey", style)
    assert [m.value for m in find_dates("by 7/16", style)] == [date(2031, 7, 16)]


@pytest.mark.parametrize(
    "text",
    ["please ship by Friday", "bitte bis Freitag liefern", "livrer avant vendredi", "entro venerdì", "vóór vrijdag", "do piątku"])
def test_a_weekday_is_the_next_of_its_name(text: str) -> None:
    assert next_weekday(text, date(2031, 5, 1)).value == date(2031, 5, 2)  # type: ignore[union-attr]
    assert next_weekday(text, date(2031, 5, 2)).value == date(2031, 5, 9)  # type: ignore[union-attr]


def test_a_word_that_is_no_weekday_gives_no_day() -> None:
    assert next_weekday("ship by train on Freitagstraße", date(2031, 5, 1)) is None


def test_a_day_named_behind_its_week_is_meant() -> None:
    assert exact_date("week 19, no later than 09-05-2031", DAY).value == date(2031, 5, 9)  # type: ignore[union-attr]
    assert exact_date("week 19, confirm until 20-06-2031", DAY).value == date(2031, 5, 5)  # type: ignore[union-attr]
