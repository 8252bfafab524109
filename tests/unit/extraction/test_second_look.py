"""When pictures are read again, and which reading stays."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from extraction.second_look import faults, wants_second_look
from extraction.service import Reader
from models.domain.evidence import Evidence, Found, Origin, PageKind
from models.domain.pages import Page, Parsed, Problem, SourceFormat
from models.domain.reading import Context, DocumentType, Reading, ReadingLine

PROOF = Evidence(Origin.READ, "12")


def reading(*problems: str, quantities: tuple[int | None, ...] = (12,)) -> Reading:
    lines = tuple(ReadingLine(quantity=Found(Decimal(q), 0.9, PROOF) if q else None) for q in quantities)
    told = tuple(Problem(code, "Look at it.") for code in problems)
    return Reading(Found(DocumentType.PURCHASE_ORDER, 0.9, PROOF), lines=lines, problems=told)


def paper(read_by: str = "accurate") -> Parsed:
    return Parsed(SourceFormat.IMAGE, (Page(0, PageKind.PAPER, 595, 842, (), read_by=read_by),))


@pytest.mark.parametrize(("readings", "count"), [
    ([], 0), ([reading()], 0), ([reading("page_missing")], 0), ([reading("amount_mismatch", "amount_mismatch")], 2),
    ([reading("total_mismatch"), reading(quantities=(1, None, 3))], 2),
])
def test_contradictions_and_missing_quantities_are_faults(readings: list[Reading], count: int) -> None:
    assert faults(readings) == count
    assert wants_second_look(paper(), readings) is (count > 0)


@pytest.mark.parametrize("read_by", ["text", "tesseract", "rapid"])
def test_a_reader_that_can_do_no_more_is_not_asked_again(read_by: str) -> None:
    assert not wants_second_look(paper(read_by), [reading("total_mismatch")])


class Pages:
    """Pages whose first and thorough readings are given."""

    def __init__(self, first: Reading, second: Reading) -> None:
        self.first, self.second = first, second
        self.asked: list[bool] = []

    def read(self, content: bytes, *, thorough: bool, **_: Any) -> Parsed:
        self.asked.append(thorough)
        return replace(paper(), problems=(Problem("pass", str(thorough)),))

    def understand(self, parsed: Parsed, context: Context) -> tuple[Reading, ...]:
        return (self.second if self.asked[-1] else self.first,)


@pytest.mark.parametrize(("first", "second", "passes", "kept"), [
    (reading(), reading(), [False], "first"),
    (reading("amount_mismatch"), reading(), [False, True], "second"),
    (reading("amount_mismatch"), reading("amount_mismatch", "total_mismatch"), [False, True], "first"),
    (reading("amount_mismatch"), reading("total_mismatch"), [False, True], "first"),
])
def test_the_reading_that_contradicts_itself_less_is_kept_after_one_more_pass(
    first: Reading, second: Reading, passes: list[bool], kept: str,
) -> None:
    pages = Pages(first, second)
    result = Reader(pages).read(b"", Context())  # type: ignore[arg-type]
    assert pages.asked == passes
    assert result.readings == ((first if kept == "first" else second),)
    assert result.parsed.problems[0].message == str(kept == "second")
