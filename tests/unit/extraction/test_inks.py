"""Ink on a page: what is print after all, what is a signature, where it lies once the page was turned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.inks import judged, with_seen
from models.domain.evidence import Box, PageKind
from models.domain.pages import Ink, InkKind, Page, PageImage, Word

NOTE: Box = (300.0, 200.0, 400.0, 230.0)
FOOT: Box = (300.0, 700.0, 400.0, 740.0)


def _page(*inks: Ink, words: tuple[Word, ...] = ()) -> Page:
    return Page(1, PageKind.PAPER, 600, 840, words, inks=inks)


def _word(text: str, *box: float, confidence: float | None = 0.95) -> Word:
    return Word(text, 1, (box[0], box[1], box[2], box[3]), confidence)


def _codes(page: Page) -> list[tuple[str, Box | None]]:
    return [(p.code, p.box) for p in judged(page)[1]]


def test_handwriting_and_stamps_are_told_with_page_and_place() -> None:
    page = _page(Ink(InkKind.HANDWRITING, NOTE), Ink(InkKind.STAMP, FOOT))
    kept, problems = judged(page)
    assert kept.inks == page.inks
    assert [(p.code, p.page, p.box, p.message) for p in problems] == [
        ("handwriting", 1, NOTE, "Page 2 bears handwriting that was not read; look at it."),
        ("stamp", 1, FOOT, "Page 2 bears a stamp that was not read; look at it.")]


def test_several_notes_are_one_problem_that_points_to_the_largest() -> None:
    small: Box = (50.0, 100.0, 70.0, 112.0)
    (problem,) = judged(_page(Ink(InkKind.HANDWRITING, small), Ink(InkKind.HANDWRITING, NOTE)))[1]
    assert problem.box == NOTE
    assert "2 places" in problem.message


def test_print_in_unknown_letters_is_told_though_its_figures_were_read() -> None:
    page = _page(Ink(InkKind.UNKNOWN_PRINT, NOTE), Ink(InkKind.UNKNOWN_PRINT, FOOT), words=(_word("4711", *NOTE),))
    kept, (problem,) = judged(page)
    assert kept.inks == page.inks
    assert (problem.code, problem.page) == ("unknown_print", 1)
    assert problem.message.startswith("Much of the print on page 2 could not be read")


def test_ink_that_was_read_is_print() -> None:
    title = _word("Bestellung", 302, 203, 398, 228)
    kept, problems = judged(_page(Ink(InkKind.HANDWRITING, NOTE), words=(title,)))
    assert (kept.inks, problems) == ((), ())


@pytest.mark.parametrize("word", [
    _word("B3ste1lung", 302, 203, 398, 228, confidence=0.3),         # nobody could read it
    _word("12", 302, 203, 320, 228),                                 # a word beside it explains only part
    _word("small print crossed out by a pen", 300, 212, 400, 221),   # lies under it
])
def test_ink_that_words_do_not_explain_stays(word: Word) -> None:
    assert _codes(_page(Ink(InkKind.HANDWRITING, NOTE), words=(word,))) == [("handwriting", NOTE)]


def test_below_the_last_figures_a_hand_signs() -> None:
    assert _codes(_page(Ink(InkKind.HANDWRITING, FOOT), words=(_word("Total 12.50", 300, 500, 400, 510),))) == [
        ("signature", FOOT)]


def test_a_note_beside_figures_is_no_signature() -> None:
    assert _codes(_page(Ink(InkKind.HANDWRITING, FOOT), words=(_word("17", 100, 715, 120, 725),))) == [("handwriting", FOOT)]


def test_a_note_over_words_is_no_signature() -> None:
    assert _codes(_page(Ink(InkKind.HANDWRITING, FOOT), words=(_word("deliver", 310, 710, 350, 718),))) == [("handwriting", FOOT)]


@pytest.mark.parametrize("asks", ["Unterschrift:", "SIGNATURE", "(signed)"])
def test_beside_words_that_ask_for_one_it_is_a_signature_anywhere(asks: str) -> None:
    words = (_word(asks, 300, 235, 380, 245), _word("Total 12.50", 300, 600, 400, 610))
    assert _codes(_page(Ink(InkKind.HANDWRITING, NOTE), words=words)) == [("signature", NOTE)]


def test_a_stamp_at_the_foot_stays_a_stamp() -> None:
    assert _codes(_page(Ink(InkKind.STAMP, FOOT))) == [("stamp", FOOT)]


@pytest.mark.parametrize(("turn", "box"), [
    (0, (10.0, 20.0, 40.0, 30.0)), (90, (170.0, 10.0, 180.0, 40.0)), (180, (60.0, 170.0, 90.0, 180.0)),
    (270, (20.0, 60.0, 30.0, 90.0))])
def test_ink_turns_with_its_page(turn: int, box: Box) -> None:
    image = PageImage(1, 100, 200, 72.0, b"", inks=(Ink(InkKind.STAMP, (10.0, 20.0, 40.0, 30.0)),))
    assert [ink.box for ink in with_seen(_page(), image, turn).inks] == [box]


def test_ink_on_a_part_of_a_page_lies_where_the_part_lies() -> None:
    image = PageImage(1, 100, 200, 72.0, b"", inks=(Ink(InkKind.STAMP, (10.0, 20.0, 40.0, 30.0)),))
    (ink,) = with_seen(_page(), replace(image, box=(100.0, 300.0, 200.0, 500.0)), 0).inks
    assert ink.box == (110.0, 320.0, 140.0, 330.0)
