"""Fit extraction/ocr/weights.json on generated training pages: `python -m scripts.fit_ocr`; about 5 CPU seconds a page.

For each word an engine read, and each text a vote may choose, the features and whether it is what truly stands there; then
a logistic regression with a little ridge. What speaks for a text may not lower its probability, what speaks against it not
raise it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import typer
from numpy.typing import NDArray

from bench.ocr_pages import TruthPage, pages
from bench.ocr_score import one_look, right_words
from extraction.ocr.alone import Alone
from extraction.ocr.calibrate import Features, evidence, page_quality, word_features
from extraction.ocr.engine import PictureText
from extraction.ocr.rapid import Rapid
from extraction.ocr.tesseract import Tesseract
from extraction.ocr.vote import candidates, habits_of
from extraction.ocr.witness import Witnessed
from models.domain.pages import Rival, Word

OUT = Path(__file__).parent.parent / "extraction" / "ocr" / "weights.json"
Example = tuple[Features, bool]
_RIDGE = 1.0
_ROUNDS = 100


def main(
    count: Annotated[int, typer.Option(help="Pages of each grade.")] = 12,
    seed: Annotated[int, typer.Option(help="Seed of the generated pages.")] = 1,
) -> None:
    """Read the training pages and write the weights."""
    rapid, tesseract = Rapid(), Alone(Tesseract())
    witnessed = Witnessed(rapid, Tesseract(mounted=True))
    examples: dict[str, list[Example]] = {"rapid": [], "tesseract": [], "vote": []}
    for page in pages(count=count, seed=seed, part="train"):
        text, claims = witnessed.readings(page.image)
        examples["rapid"] += _alone(page, text.words)
        examples["tesseract"] += _voted(page, *tesseract.readings(page.image))
        examples["vote"] += _voted(page, text, claims)
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode({name: fit(found) for name, found in examples.items()})) + b"\n")


def _voted(page: TruthPage, read: PictureText, claims: Sequence[Sequence[Rival]]) -> list[Example]:
    habits = habits_of(read.words, claims, page.image.dpi)
    return [
        (features, one_look(text) == truth)
        for word, said, truth in zip(read.words, claims, right_words(page.words, read.words), strict=True)
        for text, features in candidates(word, said, habits)]


def _alone(page: TruthPage, words: Sequence[Word]) -> list[Example]:
    quality = page_quality(words)
    return [
        ({**word_features(word, quality, page.image.dpi), "own": evidence(word.confidence)}, one_look(word.text) == truth)
        for word, truth in zip(words, right_words(page.words, words), strict=True)]


def fit(examples: Sequence[Example]) -> dict[str, float]:
    """Weights by feature: Newton's method on the ridge-penalised likelihood, weights of the wrong sign held at zero."""
    names = sorted({name for features, _ in examples for name in features})
    x = np.array([[features.get(name, 0.0) for name in names] for features, _ in examples])
    right = np.array([float(r) for _, r in examples])
    least = np.array([0.0 if n == "seen" or n.endswith(("_for", "own")) else -np.inf for n in names])
    most = np.array([0.0 if n.endswith("_against") else np.inf for n in names])
    weights = np.zeros(len(names))
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (chance - right) + _RIDGE * weights
        free = ~(((weights <= least) & (slope > 0)) | ((weights >= most) & (slope < 0)))
        moved = np.clip(weights - _step(x, chance, slope, free), least, most)
        if np.abs(moved - weights).max() < 1e-6:
            break
        weights = moved
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


def _step(
    x: NDArray[np.float64], chance: NDArray[np.float64], slope: NDArray[np.float64], free: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Newton's step in the weights that may move."""
    step = np.zeros(len(slope))
    kept = x[:, free]
    curve = (kept * (chance * (1 - chance))[:, None]).T @ kept + _RIDGE * np.eye(kept.shape[1])
    step[free] = np.linalg.solve(curve, slope[free])
    return step


if __name__ == "__main__":
    typer.run(main)
