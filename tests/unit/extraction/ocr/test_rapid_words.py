"""Cutting a recognised run into words: by spaces, by white paper, with edges where the ink is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.ocr.rapid_nets import wanted
from extraction.ocr.rapid_words import Letter, cut_words, inked_columns, spelled, widest_white

HEIGHT, PITCH = 40, 20


def _run(text: str, *, underlined: bool = False) -> tuple[list[Letter], np.ndarray]:
    """A picture with a bar of ink for every letter, 20 pixels apart; a blank or "_" leaves a place white, "_" unseen."""
    pixels = np.full((HEIGHT, PITCH * len(text) + 20), 255, np.uint8)
    letters = []
    for n, letter in enumerate(text):
        left = 10 + n * PITCH
        if letter not in " _":
            pixels[8:32, left : left + 14] = 0
        if letter != "_":
            letters.append(Letter(letter, 0.9, left + 7))
    if underlined:
        pixels[36:38] = 0
    return letters, pixels


@pytest.mark.parametrize(("text", "words"), [
    ("ABC", ["ABC"]), ("AB CD", ["AB", "CD"]), ("AB_CD", ["AB", "CD"]), ("A B_C", ["A", "B", "C"]), (" AB ", ["AB"]), ("", [])])
@pytest.mark.parametrize("underlined", [False, True])
def test_words_end_at_spaces_and_at_white_paper(text: str, words: list[str], underlined: bool) -> None:
    assert [p.text for p in cut_words(*_run(text, underlined=underlined))] == words


def test_edges_are_those_of_the_ink() -> None:
    first, second = cut_words(*_run("AB CD"))
    assert (first.left, first.right, second.left, second.right) == (10, 44, 70, 104)


def test_a_word_is_as_sure_as_its_least_sure_letter() -> None:
    letters, pixels = _run("ABC")
    letters[1] = Letter("B", 0.3, letters[1].at)
    assert [p.confidence for p in cut_words(letters, pixels)] == [0.3]


@given(st.text("AB _", max_size=30))
def test_no_letter_is_lost_and_words_stand_in_order(text: str) -> None:
    pieces = cut_words(*_run(text))
    assert "".join(p.text for p in pieces) == text.replace(" ", "").replace("_", "")
    assert all(p.left < p.right for p in pieces)
    assert all(a.right <= b.left for a, b in pairwise(pieces))


def test_equal_answers_are_one_letter_unless_a_pause_parts_them() -> None:
    answers = np.zeros((7, 3), np.float32)
    for step, letter in enumerate((1, 1, 0, 1, 2, 2, 0)):
        answers[step, letter] = 0.5 + step / 20
    found = spelled(answers, ("", "l", "o"), 70.0)
    assert [(x.text, round(x.certainty, 2), x.at) for x in found] == [("l", 0.55, 10.0), ("l", 0.65, 35.0), ("o", 0.75, 50.0)]


def test_the_widest_white_is_found_or_the_middle() -> None:
    ink = np.array([1, 1, 0, 1, 0, 0, 0, 1, 1], bool)
    assert widest_white(ink, 0, 8) == (4, 7)
    assert widest_white(ink, 0, 1) == (0.5, 0.5)


def test_specks_are_no_ink() -> None:
    pixels = np.full((HEIGHT, 30), 255, np.uint8)
    pixels[10:30, 12:16] = 0
    pixels[5, 3] = 0
    assert np.flatnonzero(inked_columns(pixels)).tolist() == [12, 13, 14, 15]


def test_only_letters_of_europe_and_signs_of_orders_are_kept() -> None:
    letters = ["", "A", "ß", "ł", "Ω", "€", "5", "一", "Ａ", "²", "½", "の", " "]
    assert [letters[n] for n in wanted(letters)] == ["", "A", "ß", "ł", "Ω", "€", "5", "²", "½", " "]
