"""Confidence as a probability: a logistic model over a few features, its weights fitted on generated training pages.

`scripts/fit_ocr.py` fits them and writes weights.json; nothing here learns while reading.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

import msgspec

from extraction.ocr.engine import OcrEngine, PictureText
from models.domain.pages import PageImage, Word

Features = dict[str, float]
Weights = Mapping[str, float]
_MOST_EVIDENCE = 9.0               # an engine is never believed to be wrong less often than once in 8,000
_MOST_LENGTH = 20
_LEAST, _MOST = 0.001, 0.9995      # no word is certain
_LINE_HEIGHT = 24.0                # dots; a usual word at 200 dpi


@cache
def weights_of(model: str) -> Weights:
    """The weights of "rapid", "tesseract" or "vote" by feature. Raises KeyError for another model."""
    stored: dict[str, dict[str, float]] = msgspec.json.decode(
        (files("extraction.ocr") / "weights.json").read_bytes(), type=dict[str, dict[str, float]])
    return stored[model]


def probability(features: Features, weights: Weights) -> float:
    """The logistic function of the weighted features, never quite 0 or 1."""
    total = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return round(min(_MOST, max(_LEAST, 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))))), 4)


def evidence(confidence: float | None) -> float:
    """An engine's own confidence on an open scale: 0 for 0.0, about 5 for 0.993, at most 9."""
    return min(_MOST_EVIDENCE, -math.log(max(1e-9, 1.0 - (confidence or 0.0))))


def word_features(word: Word, quality: float, dpi: float) -> Features:
    """What is known of a word whoever read it. `quality` is `page_quality` of its page."""
    text = word.text
    digits = sum(c.isdigit() for c in text)
    return {
        "one": 1.0,
        "quality": quality,
        "short": float(len(text) <= 2),
        "length": min(len(text), _MOST_LENGTH) / 10,
        "digits": float(digits > 0),
        "mixed": float(digits > 0 and any(c.isalpha() for c in text)),
        "signs": float(not any(c.isalnum() for c in text)),
        "small": max(0.0, 1 - (word.box[3] - word.box[1]) * dpi / 72 / _LINE_HEIGHT),
    }


def page_quality(words: Sequence[Word]) -> float:
    """How sure the engine was of the page as a whole: its mean evidence by word, 0 for an empty page."""
    return sum(evidence(w.confidence) for w in words) / len(words) if words else 0.0


def calibrated(text: PictureText, dpi: float, weights: Weights) -> PictureText:
    """The text with the probability of each word instead of the engine's own confidence."""
    quality = page_quality(text.words)
    return replace(text, words=tuple(
        replace(w, confidence=probability({**word_features(w, quality, dpi), "own": evidence(w.confidence)}, weights))
        for w in text.words))


class Calibrated:
    """An engine whose confidences are probabilities."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self.name = engine.name
        self._weights = weights_of(engine.name)

    def read(self, image: PageImage) -> PictureText:
        """What the engine reads, each word with the probability that it is exactly right."""
        return calibrated(self._engine.read(image), image.dpi, self._weights)
