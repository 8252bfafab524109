"""Codes of parcels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from oms.fulfilment.sscc import SerialsUsedUp, is_sscc, make_sscc


def test_the_example_of_the_standard() -> None:
    # GS1 General Specifications, figure 7.9-1: 37610425002123456 has the check digit 9
    assert is_sscc("376104250021234569") and not is_sscc("376104250021234568")


@given(st.from_regex(r"[0-9]{4,12}", fullmatch=True), st.integers(1, 9_999))
def test_a_code_has_eighteen_digits_and_a_check_digit_that_others_compute_alike(prefix: str, serial: int) -> None:
    code = make_sscc(prefix, serial)
    assert len(code) == 18 and code[1:1 + len(prefix)] == prefix and is_sscc(code)
    assert ean.calc_check_digit(code[:-1]) == code[-1]


@given(st.from_regex(r"[1-9][0-9]{6}", fullmatch=True), st.sets(st.integers(1, 10**9 - 1), min_size=2))
def test_no_two_parcels_share_a_code(prefix: str, serials: set[int]) -> None:
    assert len({make_sscc(prefix, serial) for serial in serials}) == len(serials)


def test_a_prefix_without_room_is_told_not_cut() -> None:
    with pytest.raises(SerialsUsedUp, match="Ask GS1 for another prefix"):
        make_sscc("123456789012", 10_000)
