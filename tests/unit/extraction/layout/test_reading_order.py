"""What stands in a column at a page's side is no part of the lines of the table beside it."""

from __future__ import annotations

import pytest

from extraction.assemble import assemble
from extraction.layout.reading_order import document_lines
from models.domain.pages import Page
from models.domain.reading import Context
from tests.support.papers import paper, parsed

GOODS = [(f"QX-{n}04", f"Widget {'abcdefg'[n]} plated", str(n + 2), f"{n}.50") for n in range(1, 7)]
FACTS = ["ORDER NUMBER", "TR-20817", "", "ORDER DATE", "5 March 2031", "", "TERMS", "Net 40", "", "BUYER", "Ann Example"]


def page(*, side: float, table: float) -> Page:
    """A table with a column of facts beside it, whose lines are set a little closer."""
    titles = ("Item", "Description", "Qty", "Price")
    goods = [(100 + 22.0 * n, row) for n, row in enumerate([titles, *GOODS])]
    facts = [(104 + 12.0 * n, [(side, text)]) for n, text in enumerate(FACTS) if text]
    rows = [(top, list(zip((table, table + 60, table + 250, table + 300), row, strict=True))) for top, row in goods]
    return paper((30, [(table, "Quillfeather Pumps Ltd")]), (60, [(table, "Purchase Order")]), *sorted([*rows, *facts]))


@pytest.mark.parametrize(("side", "table"), [(20.0, 160.0), (460.0, 20.0)], ids=["left", "right"])
def test_facts_beside_a_table_are_read_and_so_is_the_table(side: float, table: float) -> None:
    (reading,) = assemble(parsed(page(side=side, table=table)), Context())
    header = reading.header
    assert header.po_number and header.po_number.value == "TR-20817"
    assert header.order_date and header.order_date.value.isoformat() == "2031-03-05"
    assert header.payment_terms and header.payment_terms.value == "Net 40"
    said = [line.description.value for line in reading.lines if line.description]
    assert said == [text for _, text, _, _ in GOODS]


def test_a_paper_without_such_a_column_is_read_line_by_line() -> None:
    lines = document_lines([page(side=20.0, table=160.0), paper((10, [(20, "Terms"), (200, "Net 40")]))])
    assert [line.index for line in lines] == list(range(len(lines)))
    assert lines[-1].text == "Terms Net 40" and lines[-1].page == lines[0].page
