"""Signs that Tesseract's networks do not know."""

from __future__ import annotations

import pytest

from extraction.ocr.tessdata import spelled


@pytest.mark.parametrize(("read", "meant"), [
    ("mm?", "mm²"), ("MM?", "MM²"), ("2.5mm*", "2.5mm²"), ("m?", "m²"),
    (" 12 ", "12"), ("wann?", "wann?"), ("am?", "am?"), ("5?", "5?")])
def test_an_area_gets_its_sign_and_a_question_keeps_its_mark(read: str, meant: str) -> None:
    assert spelled(read) == meant
