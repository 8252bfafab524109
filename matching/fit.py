"""Learning the scorer's weights from decisions about (line, item) pairs. Pure numbers, the same result for the same input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.features import FEATURES
from matching.model import Model

Array = NDArray[np.float64]
_STEPS = 600
_RATE = 0.15
_RIVALS = 14         # undecided candidates of a line that are looked at: the likeliest; the others' share is nothing


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of one line: features by row, and a label for each: 1 right, 0 wrong, None not decided."""

    features: Sequence[Sequence[float]]
    labels: Sequence[int | None]


def fit(lines: Sequence[Judged], start: Model, pull: float = 1.0) -> Model:
    """Weights that make the decided pairs likely (log loss), pulled towards `start`, which counts like `pull` decisions.

    Undecided candidates still compete. The veto stays unless right pairs were often in conflict.
    """
    origin = np.array([*(start.weights.get(name, 0.0) for name in FEATURES), start.competition])
    features, labels, known, present = _tensors([_shortened(line, origin[:-1]) for line in lines])
    found = _descend(origin, pull, features, labels, known, present)
    weights = dict(zip(FEATURES, (float(w) for w in found[:-1]), strict=True))
    return Model(weights, float(found[-1]), start.veto and not _conflicts_are_harmless(features, labels, known))


def _shortened(line: Judged, weights: Array) -> Judged:
    """The line with its decided right candidates and the likeliest of the others."""
    scores = np.asarray(line.features, dtype=float).reshape(len(line.features), len(FEATURES)) @ weights
    order = sorted(range(len(scores)), key=lambda i: (line.labels[i] != 1, -scores[i], i))
    decided = sum(label == 1 for label in line.labels)
    wrong = (i for i in order if line.labels[i] == 0 and _few(line))
    kept = sorted({*order[:decided + _RIVALS], *wrong})
    return Judged([line.features[i] for i in kept], [line.labels[i] for i in kept])


def _few(line: Judged) -> bool:
    """True when people decided on some candidates only; then each decision counts."""
    return any(label is None for label in line.labels)


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


def _descend(origin: Array, pull: float, features: Array, labels: Array, known: Array, present: Array) -> Array:
    """Adam on the whole batch; the competition stays within 0 and 1."""
    at, mean, square = origin.copy(), np.zeros_like(origin), np.zeros_like(origin)
    count = max(known.sum(), 1.0)
    for step in range(1, _STEPS + 1):
        slope = _slope(at, features, labels, known, present) / count + pull / count * (at - origin)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        at = at - _RATE * (1 - step / (_STEPS + 1)) * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
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
