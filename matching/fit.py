"""Learning the scorer's weights from decisions about (line, item) pairs. Pure numbers, the same result for the same input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.model import Model
from matching.score import FEATURES

Array = NDArray[np.float64]
_STEPS = 400
_RATE = 0.05
_PULL = 1.0          # how many decisions' worth the weights we start from count


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of one line: features by row, and a label for each: 1 right, 0 wrong, None not decided."""

    features: Sequence[Sequence[float]]
    labels: Sequence[int | None]


def fit(lines: Sequence[Judged], start: Model) -> Model:
    """Weights that make the decided pairs likely (log loss), pulled towards `start` as far as decisions are few.

    Undecided candidates still compete. The veto stays unless right pairs were often in conflict.
    """
    features, labels, known, present = _tensors(lines)
    origin = np.array([*(start.weights.get(name, 0.0) for name in FEATURES), start.competition])
    found = _descend(origin, features, labels, known, present)
    weights = dict(zip(FEATURES, (float(w) for w in found[:-1]), strict=True))
    return Model(weights, float(found[-1]), start.veto and not _conflicts_are_harmless(features, labels, known))


def _tensors(lines: Sequence[Judged]) -> tuple[Array, Array, Array, Array]:
    """Features (line, candidate, feature), labels, and masks of what was decided and what is there, padded with zeros."""
    most = max((len(line.features) for line in lines), default=1)
    shape = (len(lines), most)
    features = np.zeros((*shape, len(FEATURES)))
    labels, known, present = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for row, line in enumerate(lines):
        count = len(line.features)
        if count:
            features[row, :count] = line.features
        present[row, :count] = 1
        for place, label in enumerate(line.labels):
            if label is not None:
                labels[row, place], known[row, place] = label, 1
    return features, labels, known, present


def _descend(origin: Array, features: Array, labels: Array, known: Array, present: Array) -> Array:
    """Adam on the whole batch; the competition stays within 0 and 1."""
    at, mean, square = origin.copy(), np.zeros_like(origin), np.zeros_like(origin)
    count = max(known.sum(), 1.0)
    for step in range(1, _STEPS + 1):
        slope = _slope(at, features, labels, known, present) / count + _PULL / count * (at - origin)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        at = at - _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        at[-1] = min(max(at[-1], 0.0), 1.0)
    return at


def _slope(at: Array, features: Array, labels: Array, known: Array, present: Array) -> Array:
    """Gradient of the log loss of p_i = σ(s_i − c·L_i), L_i = ln(1 + Σ_{j≠i} e^{s_j})."""
    weights, competition = at[:-1], at[-1]
    scores = np.where(present > 0, features @ weights, -50.0).clip(-50, 50)
    powers = np.exp(scores) * present
    others = 1 + powers.sum(axis=1, keepdims=True) - powers
    others = np.maximum(others, 1.0)
    rest = np.log(others)
    error = (1 / (1 + np.exp(-(scores - competition * rest))) - labels) * known
    pressed = error / others                                    # ∂L_i/∂s_j = e^{s_j} / (1 + Σ_{k≠i} e^{s_k})
    by_score = error - competition * powers * (pressed.sum(axis=1, keepdims=True) - pressed)
    by_weight = np.einsum("lk,lkf->f", by_score, features)
    by_competition = -(error * rest).sum()
    slope: Array = np.append(by_weight, by_competition)
    return slope


def _conflicts_are_harmless(features: Array, labels: Array, known: Array) -> bool:
    """True when pairs in conflict were right so often that the veto would cost more than it saves."""
    conflict = (features[:, :, FEATURES.index("conflict")] > 0) & (known > 0)
    right = labels[conflict].sum()
    return bool(right >= 3 and right / max(labels[known > 0].sum(), 1) > 0.05)
