"""Reading order comes from where words stand, never from the order they were drawn in."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from extraction.formats.lines import join_spaced, join_touching, reading_order
from models.domain.pages import Word


def _word(text: str, left: float, top: float = 0, *, width: float | None = None, size: float = 10) -> Word:
    wide = width if width is not None else 0.5 * size * len(text)
    return Word(text, 0, (left, top, left + wide, top + size), size=size)


@given(st.permutations([(row, column) for row in range(5) for column in range(4)]), st.floats(-3, 3))
def test_lines_are_found_whatever_the_drawing_order(order: list[tuple[int, int]], wobble: float) -> None:
    words = [_word(f"{r}{c}", 100.0 * c, 14.0 * r + (wobble if c % 2 else 0)) for r, c in order]
    lines = [[w.text for w in line] for line in reading_order(words)]
    assert lines == [[f"{r}{c}" for c in range(4)] for r in range(5)]


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 700), st.floats(2, 40)), max_size=40))
def test_no_word_is_lost_or_doubled(places: list[tuple[float, float, float]]) -> None:
    words = [_word(f"w{n}", x, y, size=s) for n, (x, y, s) in enumerate(places)]
    assert sorted(w.text for line in reading_order(words) for w in line) == sorted(w.text for w in words)


def test_pieces_of_a_number_drawn_apart_become_one_word() -> None:
    line = [_word("16608", 0, width=25), _word(".", 25.1, width=2.5), _word("25", 27.8, width=10), _word("EUR", 42)]
    joined = join_touching(line)
    assert [w.text for w in joined] == ["16608.25", "EUR"]
    assert joined[0].box == (0, 0, 37.8, 10)


def test_words_of_other_sizes_or_with_a_space_between_stay_apart() -> None:
    assert len(join_touching([_word("12", 0, width=10), _word("2", 10.1, size=5, width=3)])) == 2
    assert len(join_touching([_word("12", 0, width=10), _word("34", 12.5, width=10)])) == 2


def test_letter_spaced_words_are_joined_and_parted_at_the_wide_gap() -> None:
    letters = "PURCHASE ORDER"
    spaced = [_word(c, 12.0 * n) for n, c in enumerate(letters) if c != " "]
    assert [w.text for w in join_spaced(spaced)] == ["PURCHASE", "ORDER"]


def test_columns_of_single_letters_and_digits_are_no_letter_spacing() -> None:
    far = [_word(c, 90.0 * n) for n, c in enumerate("ABCDE")]
    assert join_spaced(far) == far
    digits = [_word(c, 12.0 * n) for n, c in enumerate("12345")]
    assert join_spaced(digits) == digits


@given(st.text("AB1 .", max_size=12))
def test_joining_keeps_every_character(text: str) -> None:
    words = [_word(c, 9.0 * n) for n, c in enumerate(text) if c != " "]
    assert "".join(w.text for w in join_spaced(join_touching(words))) == text.replace(" ", "")


def test_flagged_and_plain_words_are_not_glued() -> None:
    from models.domain.pages import WordFlag

    shown, hidden = _word("12", 0, width=10), replace(_word("00", 10.1, width=10), flags=frozenset({WordFlag.HIDDEN}))
    assert len(join_touching([shown, hidden])) == 2
