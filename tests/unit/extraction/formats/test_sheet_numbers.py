"""Number formats: the text a person sees where the format changes it, the exact number everywhere else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.fields.numbers import CONTINENTAL, ENGLISH, currency_in, parse_number
from extraction.formats.sheet_numbers import iso_moment, number_format, plain_number, serial_day

ACCOUNTING = '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-'


@pytest.mark.parametrize(("code", "value", "text"), [
    ("General", 4012345678901.0, "4012345678901"), ("", 12.5, "12.5"), ("0.00E+00", 4012345678901.0, "4012345678901"),
    ("0", 340123450000000018, "340123450000000018"), ("General", 0.1 + 0.2, "0.3"), ("General", -0.0, "0"),
    ("General", 1e-7, "0.0000001"), ("#,##0.00", 1234567.5, "1234567.5"), ("0.00", 12.0, "12"), ("# ?/?", 0.5, "0.5"),
    ("00000", 456, "00456"), ("00000", 123456, "123456"), ("00000", 4.5, "4.5"), ("00-000", 1, "00-001"),
    ("000-00-0000", 123456789, "123-45-6789"), ("[<=9999999]###-####;(###) ###-####", 5551234, "555-1234"),
    ('"PO-"00000', 77, "PO-00077"), ('0" pcs"', 5, "5 pcs"), ("0,000", 1250, "1250"),
    ("0%", 0.07, "7%"), ("0.0%", 0.125, "12.5%"), ("0.00%", 0.19, "19%"),
    ("#,##0.00\\ [$€-407]", 1234.5, "1234.5€"), (ACCOUNTING, -12.5, "-12.5€"), ("$#,##0.00", 99, "$99"),
    ('#,##0.00 "EUR"', 3.5, "3.5EUR"), ("[$-409]0.00", 3.5, "3.5"), ("_(* 0.00_);_(* (0.00)", -7, "-7"), ("[Red]0.00", 7, "7"),
    ("dd.mm.yyyy", 47823, "2030-12-06"), ("d-mmm-yy", 47823.75, "2030-12-06"), ("m/d/yy h:mm", 47823.5, "2030-12-06 12:00"),
    ("h:mm AM/PM", 0.75, "18:00"), ("hh:mm:ss", 0.5 + 5 / 86_400, "12:00:05"), ("[h]:mm", 1.5, "36:00"),
    ('"Datum "yyyy', 47823, "2030-12-06"), ("yyyy-mm-dd", -3, "-3"), ("yyyy-mm-dd", 9_000_000, "9000000"),
    ("General", 1.234, "1.2340"), ("General", 1234.567, "1234.567"), ("General", 0.125, "0.125"),
])
def test_a_number_is_shown_as_people_see_it_but_in_full(code: str, value: float, text: str) -> None:
    assert number_format(code).show(value) == text


@pytest.mark.parametrize(("code", "value"), [(";;;", 5), ("0;;;@", -5), ("0;-0;;@", 0)])
def test_a_format_may_show_nothing(code: str, value: float) -> None:
    assert number_format(code).show(value) is None
    assert number_format(";;;").hides_text
    assert not number_format("0;;;@").hides_text


@pytest.mark.parametrize(("days", "in_1900", "in_1904"), [
    (1, "1900-01-01", "1904-01-02"), (59, "1900-02-28", "1904-02-29"), (60, "1900-02-29", "1904-03-01"),
    (61, "1900-03-01", "1904-03-02"), (46361, "2026-12-05", "2030-12-06")])
def test_both_calendars_count_days_their_way(days: int, in_1900: str, in_1904: str) -> None:
    assert (serial_day(days), serial_day(days, is_1904=True)) == (in_1900, in_1904)
    assert number_format("yyyy-mm-dd").show(days) == in_1900


_MONEY = st.sampled_from(["General", "0.00", "#,##0.00", "#,##0.00 [$€-407]", "$#,##0.00", '#,##0 "EUR"', ACCOUNTING])


@given(st.integers(-10**13, 10**13), st.integers(0, 4), _MONEY)
def test_the_number_reader_takes_every_shown_amount_exactly(digits: int, places: int, code: str) -> None:
    number = Decimal(digits).scaleb(-places)
    shown = number_format(code).show(float(number))
    assert shown is not None
    assert [parse_number(shown, style) for style in (ENGLISH, CONTINENTAL)] == [number, number]
    if "€" in code or "EUR" in code:
        assert currency_in(shown) == "EUR"


@given(st.text(max_size=40), st.floats(allow_nan=False))
def test_no_format_and_no_number_breaks_it(code: str, value: float) -> None:
    assert isinstance(number_format(code).show(value), str | None)


def test_what_is_no_number_is_an_error_text() -> None:
    assert {plain_number(v) for v in (float("nan"), float("inf"), float("-inf"))} == {"#NUM!"}


@pytest.mark.parametrize(("stored", "text"), [
    ("2031-06-09", "2031-06-09"), ("2031-06-09T00:00:00", "2031-06-09"), ("2031-06-09T12:30:00Z", "2031-06-09 12:30"),
    ("soon", None)])
def test_stored_moments_are_shown_alike(stored: str, text: str | None) -> None:
    assert iso_moment(stored) == text
