"""Words of two readings, put side by side."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.ocr.align import align
from models.domain.pages import Word


def word(text: str, left: float, top: float, right: float, bottom: float) -> Word:
    return Word(text, 0, (left, top, right, bottom), 0.9)


@st.composite
def words(draw: st.DrawFn) -> list[Word]:
    edge = st.integers(0, 60)
    return [
        word(draw(st.text("abc123.,", min_size=1, max_size=5)), x, y, x + draw(st.integers(0, 30)), y + draw(st.integers(0, 12)))
        for x, y in draw(st.lists(st.tuples(edge, edge), max_size=8))]


@settings(max_examples=60)
@given(words(), words())
def test_no_word_is_lost_and_none_doubled(ours: list[Word], others: list[Word]) -> None:
    groups, left_over = align(ours, others)
    assert len(groups) == len(ours)
    assert Counter(id(w) for group in groups for w in group) + Counter(map(id, left_over)) == Counter(map(id, others))


@settings(max_examples=60)
@given(words())
def test_words_apart_from_all_others_are_left_over(others: list[Word]) -> None:
    groups, left_over = align([word("far", 1000, 1000, 1010, 1010)], others)
    assert groups == [()]
    assert list(left_over) == others


def test_pieces_of_a_word_come_in_printed_order() -> None:
    groups, left_over = align([word("1.250,00", 10, 0, 60, 10)], [word(",00", 45, 0, 60, 10), word("1.250", 10, 1, 44, 11)])
    assert [w.text for w in groups[0]] == ["1.250", ",00"]
    assert not left_over


def test_a_neighbour_that_only_touches_is_not_taken() -> None:
    groups, left_over = align([word("12", 10, 0, 30, 10)], [word("pcs", 28, 0, 48, 10)])
    assert groups == [()]
    assert [w.text for w in left_over] == ["pcs"]


def test_among_words_in_one_place_the_one_most_like_it_is_meant() -> None:
    groups, _ = align([word("24", 0, 0, 20, 10), word("87,93", 0, 0, 20, 10)], [word("87.93", 0, 0, 20, 10)])
    assert groups[0] == ()
    assert [w.text for w in groups[1]] == ["87.93"]
