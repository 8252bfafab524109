"""Pages that were read but not understood are an order to be typed, never a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from extraction.service import Reader
from extraction.unread import CODE, not_understood
from models.domain.evidence import PageKind
from models.domain.pages import Page, Parsed, Problem, SourceFormat, Word
from models.domain.reading import Context, Reading
from runtime.sandbox import SandboxFailure

PAPER = Parsed(SourceFormat.PDF, (Page(0, PageKind.PAPER, 595, 842, (), read_by="accurate"),), (), (Problem("note", "A note."),))


class Pages:
    """Pages that can be read; understanding them fails."""

    tries = 0

    def read(self, content: bytes, **_: Any) -> Parsed:
        return PAPER

    def understand(self, parsed: Parsed, context: Context) -> tuple[Reading, ...]:
        self.tries += 1
        raise SandboxFailure("The program failed.", code="parser_error")


def test_the_order_is_empty_and_says_why_and_the_pages_stay() -> None:
    pages = Pages()
    result = Reader(pages).read(b"", Context())  # type: ignore[arg-type]
    (reading,) = result.readings
    assert result.parsed is PAPER and pages.tries == 1
    assert reading.doc_type.value.opens_case and reading.doc_type.confidence == 0 and not reading.lines
    assert [p.code for p in reading.problems] == [CODE, "note"] and reading.pages == (0,)
    assert "Type the order from the page" in reading.problems[0].message


@pytest.mark.parametrize(("code", "setting"), [
    ("parser_timeout", "ORDERMILL_SANDBOX_CPU_S"), ("parser_memory", "ORDERMILL_SANDBOX_MEMORY_MB"),
    ("parser_output_too_large", "ORDERMILL_SANDBOX_OUTPUT_MB")])
@pytest.mark.parametrize(("rows", "part"), [(50_000, 10_000), (2_000, 1_000)])
def test_an_order_beyond_a_limit_says_how_long_it_is_which_setting_and_how_to_part_it(
    code: str, setting: str, rows: int, part: int,
) -> None:
    words = tuple(Word("5", 0, (float(c), float(r), c + 1.0, r + 1.0)) for r in range(rows) for c in range(2))
    sheet = Parsed(SourceFormat.XLSX, (Page(0, PageKind.SHEET, 2, rows, words),), (), ())
    sentence = not_understood(sheet, code=code).problems[0].message
    assert f"{rows} rows with {2 * rows} words" in sentence and setting in sentence
    assert f"parts of at most {part} rows" in sentence and "type the order from the page" in sentence
