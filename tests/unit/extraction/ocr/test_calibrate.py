"""Confidences as probabilities, and the fit that makes them so."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.calibration import calibration_error
from extraction.ocr.calibrate import Calibrated, evidence, probability, weights_of
from extraction.ocr.engine import PictureText
from models.domain.pages import PageImage, Word
from scripts.fit_ocr import fit

IMAGE = PageImage(0, 10, 10, 200.0, b"\xff" * 100)
WORDS = st.lists(st.builds(
    lambda text, sure: Word(text, 0, (0.0, 0.0, 30.0, 10.0), sure),
    st.text(min_size=1, max_size=30), st.floats(0, 1) | st.none()), max_size=5)


class Given:
    """An engine that reads what it was given."""

    name = "rapid"

    def __init__(self, words: list[Word]) -> None:
        self.words = words

    def read(self, image: PageImage) -> PictureText:
        return PictureText(tuple(self.words), read_by=self.name)


@settings(max_examples=30)
@given(WORDS)
def test_every_word_stays_and_is_neither_certain_nor_impossible(words: list[Word]) -> None:
    read = Calibrated(Given(words)).read(IMAGE)
    assert read.read_by == "rapid"
    assert [(w.text, w.box) for w in read.words] == [(w.text, w.box) for w in words]
    assert all(w.confidence is not None and 0 < w.confidence < 1 for w in read.words)


@pytest.mark.parametrize(("engine", "own"), [("rapid", "own"), ("tesseract", "own_for"), ("vote", "own_for")])
def test_a_surer_engine_is_likelier_right(engine: str, own: str) -> None:
    weights = weights_of(engine)
    sure = (0.1, 0.5, 0.8, 0.95, 0.99, 0.9999)
    chances = [probability({"one": 1.0, "quality": 3.0, own: evidence(c)}, weights) for c in sure]
    assert chances == sorted(chances)
    assert chances[-1] > 0.9 > chances[0]


def test_the_fit_finds_what_speaks_for_and_against_and_states_honest_chances() -> None:
    rng = random.Random(5)
    examples = []
    for _ in range(3000):
        features = {"one": 1.0, "own_for": rng.uniform(0, 6), "own_against": rng.uniform(0, 3), "length": rng.random()}
        right = rng.random() < probability(features, {"one": -1.0, "own_for": 0.9, "own_against": -1.2})
        examples.append((features, right))
    weights = fit(examples)
    assert weights["own_for"] == pytest.approx(0.9, abs=0.1)
    assert weights["own_against"] == pytest.approx(-1.2, abs=0.15)
    assert calibration_error([(probability(f, weights), r) for f, r in examples]) < 0.03


def test_agreement_is_never_fitted_to_speak_against_a_text() -> None:
    examples = [({"one": 1.0, "second_for": float(n % 2), "second_against": float(n % 3 == 0)}, n % 2 == 0) for n in range(600)]
    weights = fit(examples)
    assert weights["second_for"] == 0
    assert weights["second_against"] <= 0
