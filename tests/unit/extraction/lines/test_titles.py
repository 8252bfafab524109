"""What the title of a column means."""

from __future__ import annotations

import pytest

from extraction.layout.reading_order import document_lines
from extraction.lines.titles import kinds_of
from tests.support.papers import table


@pytest.mark.parametrize(("title", "kind"), [
    ("Catalog Number", "supplier_sku"), ("Stock Number", "buyer_sku")])
def test_number_written_out_means_what_its_short_form_does(title: str, kind: str) -> None:
    (line,) = document_lines([table(100, title)])
    assert kinds_of(line.tokens)[0] == kind
