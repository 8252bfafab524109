"""Pages that were read but not understood are an order to be typed, never a refusal."""

from __future__ import annotations

from typing import Any

from extraction.service import Reader
from extraction.unread import CODE
from models.domain.evidence import PageKind
from models.domain.pages import Page, Parsed, Problem, SourceFormat
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
