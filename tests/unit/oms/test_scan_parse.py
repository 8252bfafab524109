"""What scanners send and hands type."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.fulfilment.parse import NotUnderstood, Scan, parse_scan

D = Decimal


@pytest.mark.parametrize(("text", "scan"), [
    ("WID-1", Scan("WID-1")),
    (" 12*WID-1\n", Scan("WID-1", count=D(12))),
    ("2,5 x CABLE", Scan("CABLE", count=D("2.5"))),
    ("2X4-BOARD", Scan("2X4-BOARD")),
    ("4006381333931", Scan("4006381333931")),
    ("(01)04006381333931(10)L-7(30)6", Scan("(01)04006381333931(10)L-7(30)6", "04006381333931", "L-7", None, D(6))),
    ("]C10104006381333931" + "10L-7\x1d3706", Scan("]C1010400638133393110L-7\x1d3706", "04006381333931", "L-7", None, D(6))),
    ("010400638133393121SN-9", Scan("010400638133393121SN-9", "04006381333931", "SN-9")),
    ("00040123450000000016", Scan("00040123450000000016", sscc="040123450000000016")),
    ("]C100040123450000000016", Scan("]C100040123450000000016", sscc="040123450000000016")),
    ("040123450000000016", Scan("040123450000000016", sscc="040123450000000016")),
    ("3*(01)04006381333931", Scan("(01)04006381333931", "04006381333931", count=D(3))),
])
def test_a_scan_is_understood(text: str, scan: Scan) -> None:
    assert parse_scan(text) == scan


@pytest.mark.parametrize("text", ["", "  \t", "0*WID-1"])
def test_nothing_is_said_to_be_nothing(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_scan(text)


@given(st.text(max_size=60))
def test_any_text_ends_as_a_scan_or_a_sentence(text: str) -> None:
    try:
        assert parse_scan(text).code
    except NotUnderstood as e:
        assert str(e).endswith(".")
