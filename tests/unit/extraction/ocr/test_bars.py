"""A ruling line beside a word is none of its letters."""

from __future__ import annotations

import pytest

from extraction.ocr.bars import without_bars
from models.domain.evidence import Box
from models.domain.pages import Word

RIGHT, LEFT = (141.0, 90.0, 142.0, 200.0), (98.0, 90.0, 99.0, 200.0)
BELOW, LYING = (141.0, 300.0, 142.0, 400.0), (90.0, 105.0, 200.0, 106.0)


@pytest.mark.parametrize(("text", "rules", "kept"), [
    ("1177.56|", [RIGHT], "1177.56"), ("|12", [LEFT], "12"), ("|12|", [LEFT, RIGHT], "12"), ("A|B", [LEFT, RIGHT], "A|B"),
    ("1177.56|", [LEFT], "1177.56|"), ("1177.56|", [BELOW], "1177.56|"), ("1177.56|", [LYING], "1177.56|"), ("|", [LEFT], "|")])
def test_a_bar_is_dropped_where_a_ruling_line_stands(text: str, rules: list[Box], kept: str) -> None:
    assert without_bars(Word(text, 0, (100.0, 100.0, 140.0, 110.0), 0.9), rules).text == kept
