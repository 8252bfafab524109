"""Which of several readings of a word is taken, and how sure it then is."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extraction.ocr.calibrate import weights_of
from extraction.ocr.vote import CLOSER, Habits, decimal_mark, habits_of, in_style, vote
from models.domain.pages import Rival, Word

WEIGHTS = weights_of("vote")
FIRST = "rapid"
TEXTS = st.text("0158OISB.,-AM", min_size=1, max_size=8)
CHANCES = st.floats(0, 1)
OTHERS = st.sampled_from([CLOSER, "tesseract"])


def word(text: str, confidence: float) -> Word:
    return Word(text, 0, (100.0, 100.0, 140.0, 110.0), confidence)


def habits(mark: str = ".", lead: float = 0.0, *sure: str, quality: float = 4.0) -> Habits:
    return Habits(mark, lead, Counter(sure), quality, 204.0)


HABITS = st.builds(habits, st.sampled_from(".,"), CHANCES, TEXTS, quality=st.floats(0, 9))


@settings(max_examples=60)
@given(TEXTS, CHANCES, OTHERS, CHANCES, HABITS)
def test_agreement_never_lowers_confidence(text: str, sure: float, who: str, also: float, page: Habits) -> None:
    alone = vote(word(text, sure), [], page, WEIGHTS, FIRST)
    agreed = vote(word(text, sure), [Rival(text, also, who)], page, WEIGHTS, FIRST)
    assert agreed.text == alone.text or agreed.text == text
    assert agreed.confidence is not None and alone.confidence is not None
    if agreed.text == alone.text == text:   # else the page's habits made another number of it than the readers agree on
        assert agreed.confidence >= alone.confidence
    assert all(rival.text != agreed.text for rival in agreed.rivals)


@settings(max_examples=60)
@given(TEXTS, CHANCES, TEXTS, OTHERS, CHANCES, HABITS)
def test_disagreement_never_raises_the_first_readings_chance(
    text: str, sure: float, other: str, who: str, also: float, page: Habits,
) -> None:
    alone = vote(word(text, sure), [], page, WEIGHTS, FIRST)
    assume(text != other and alone.text == text)
    voted = vote(word(text, sure), [Rival(other, also, who)], page, WEIGHTS, FIRST)
    chance = voted.confidence if voted.text == text else next(r.confidence for r in voted.rivals if r.text == text)
    assert chance is not None and alone.confidence is not None
    assert chance <= alone.confidence


@settings(max_examples=60)
@given(TEXTS, CHANCES, st.lists(st.builds(Rival, TEXTS, CHANCES, OTHERS), max_size=3), HABITS)
def test_every_reading_is_kept_once(text: str, sure: float, claims: list[Rival], page: Habits) -> None:
    voted = vote(word(text, sure), claims, page, WEIGHTS, FIRST)
    kept = [voted.text, *(r.text for r in voted.rivals)]
    assert len(kept) == len(set(kept))
    assert set(kept) >= {text, *(c.text for c in claims)}
    assert voted.box == word(text, sure).box
    assert voted.confidence is not None and 0 < voted.confidence < 1
    assert all(0 <= r.confidence <= 1 for r in voted.rivals)


def test_a_second_reader_that_is_sure_outvotes_a_first_that_is_not() -> None:
    voted = vote(word("B01", 0.35), [Rival("801", 0.999, CLOSER), Rival("801", 0.95, "tesseract")], habits(), WEIGHTS, FIRST)
    assert voted.text == "801"
    assert [(r.text, r.read_by) for r in voted.rivals] == [("B01", FIRST)]


def test_a_first_reader_that_is_sure_is_not_outvoted_by_a_guess() -> None:
    voted = vote(word("4711", 0.9999), [Rival("47l1", 0.5, "tesseract")], habits(), WEIGHTS, FIRST)
    assert voted.text == "4711"
    assert [r.text for r in voted.rivals] == ["47l1"]


def test_a_doubtful_amount_gets_the_decimal_mark_of_its_page() -> None:
    page = habits(",", 0.95)
    assert vote(word("87.93", 0.6), [], page, WEIGHTS, FIRST).text == "87,93"
    assert vote(word("1,475,00", 0.6), [], page, WEIGHTS, FIRST).text == "1.475,00"
    assert vote(word("87.93", 0.6), [], page, WEIGHTS, FIRST).rivals[0].text == "87.93"


def test_a_page_shows_its_decimal_mark_in_all_readings_together() -> None:
    shown = [word(t, 0.99) for t in ("12,50", "1.250,00", "14.03.2031", "7.301", "M8")]
    assert habits_of(shown, [[] for _ in shown], 204).mark == ","
    claims = [[Rival("12,50", 0.99, "tesseract")], [Rival("14,10", 0.99, "tesseract")], [Rival("9,30", 0.99, "tesseract")]]
    assert habits_of([word("12.50", 0.6), word("14.10", 0.6), word("9.30", 0.6)], claims, 204).mark == ","


@pytest.mark.parametrize(("text", "mark"), [
    ("12,50", ","), ("1.250,00", ","), ("1,250.0000", "."), ("1250.75", "."), ("1.250", None), ("14.03.2031", None),
    ("9,341,47", None), ("M8.50", None), ("12", None),
])
def test_only_an_amount_has_a_decimal_mark(text: str, mark: str | None) -> None:
    assert decimal_mark(text) == mark


@pytest.mark.parametrize(("text", "comma", "point"), [
    ("9,341,47", "9.341,47", "9,341.47"), ("87.93", "87,93", "87.93"), ("1.250", "1.250", "1.250"), ("22.10.2030", "22.10.2030",
                                                                                                     "22.10.2030"),
])
def test_style_changes_marks_of_amounts_alone(text: str, comma: str, point: str) -> None:
    assert in_style(text, ",") == comma
    assert in_style(text, ".") == point
