"""Which characters are underlined where two readings differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.evidence import SAME_INK, Candidate, Evidence, Found, Origin, PageKind, Place
from models.domain.pages import Page, Rival, Word
from review_ui.presenters.documents import show_page
from review_ui.presenters.ink import doubtful_pieces
from review_ui.presenters.values import show

READ = Evidence(Origin.READ, "36", (Place(0, (1.0, 2.0, 3.0, 4.0)),), document_id=1)


@pytest.mark.parametrize(("text", "others", "marked"), [
    ("36", ["86"], "[3]6"), ("AC-4471", ["AC-4477", "AG-4471"], "A[C]-447[1]"), ("12", ["112"], "[1]2"), ("120", ["12"], "12[0]"),
    ("36", ["36"], ""), ("36", [], ""), ("x" * 300, ["y"], "")])
def test_what_another_reading_has_otherwise_is_marked(text: str, others: list[str], marked: str) -> None:
    assert "".join(f"[{piece}]" if odd else piece for piece, odd in doubtful_pieces(text, others)) == marked


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=3))
def test_the_pieces_are_the_text(text: str, others: list[str]) -> None:
    pieces = doubtful_pieces(text, others)
    assert not pieces or "".join(piece for piece, _ in pieces) == text


def test_only_readings_of_the_same_ink_count_and_a_typed_value_has_none() -> None:
    ink, guess = Candidate("86", 0.3, Evidence(Origin.READ, note=SAME_INK)), Candidate("99", 0.3, Evidence(Origin.READ))
    shown = show(Found("36", 0.6, READ, (ink, guess)), "quantity", "Quantity", 0.9)
    assert shown.others == ("86",) and shown.pieces == (("3", True), ("6", False))
    typed = Evidence(Origin.TYPED, "36", person="Ann Ames")
    assert show(Found("36", 1.0, typed, (ink,)), "quantity", "Quantity", 0.9).others == ()


def test_a_word_of_the_page_says_what_else_was_read_there() -> None:
    words = (Word("12", 0, (1.0, 2.0, 3.0, 4.0), rivals=(Rival("72", 0.3, "tesseract"), Rival("1Z", 0.01, "closer"))),
             Word("pcs", 0, (5.0, 2.0, 8.0, 4.0)))
    shown = show_page(Page(0, PageKind.PAPER, 100.0, 100.0, words)).words
    assert [(w.classes, w.note) for w in shown] == [("doubtful", "another reading: “72”"), ("", "")]
