"""Blocks of words that the tagger sees as one field."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from extraction.fields.tagged import spans
from extraction.fields.view import View
from extraction.layout.reading_order import document_lines
from tests.support.papers import paper


def test_words_said_again_below_are_no_second_line_of_a_block() -> None:
    lines = document_lines([paper(
        (40, [(20, "30 days net")]), (51, [(20, "30 days net")]), (90, [(20, "9 Weir Road")]), (101, [(20, "Lowfield")]))])
    sure: Any = SimpleNamespace(any_of=lambda tokens, field: True, of=lambda token: {"payment_terms": 0.9})
    view = cast(View, SimpleNamespace(all_lines=lines, tags=sure))
    texts = [" ".join(t.text for t in span.tokens) for span in spans(view, "payment_terms")]
    assert texts == ["30 days net", "30 days net", "9 Weir Road Lowfield"]
