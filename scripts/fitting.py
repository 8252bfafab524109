"""Fitting probabilities: a ridge-penalised logistic regression and a rising curve through what it says of examples held apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
_RIDGE = 2.0
_ROUNDS = 60
_FEW = 40.0                        # weight of examples a point of the curve stands for, at least
_SURE, _NEARLY = 0.98, 0.9795
_STEP = 0.001                      # of score between the two
_MOST_WRONG = 1 / 300              # of what is called sure; less than is promised, for other makers' papers are other papers


@dataclass(frozen=True, slots=True)
class Example:
    """One value that was read: its clues, whether it is right, the layout it stood on, and how much it counts."""

    clues: Mapping[str, float]
    right: bool
    group: str
    weight: float = 1.0


def names_of(examples: Sequence[Example]) -> list[str]:
    """All clues that ever say something."""
    return sorted({name for e in examples for name, value in e.clues.items() if value})


def logistic(examples: Sequence[Example], names: Sequence[str]) -> Vector:
    """Weights by name: Newton's method on the ridge-penalised likelihood; the constant "one" is not penalised."""
    return _logistic(*_arrays(examples, names), _penalties(names))


def scores_held_apart(examples: Sequence[Example], names: Sequence[str], folds: int = 6) -> Vector:
    """Scores of each example by weights that were fitted without its layout."""
    x, right, weight = _arrays(examples, names)
    groups = sorted({e.group for e in examples})
    fold_of = {group: n % folds for n, group in enumerate(groups)}
    fold = np.array([fold_of[e.group] for e in examples])
    out = np.zeros(len(examples))
    for held in (fold == n for n in range(min(folds, len(groups)))):
        out[held] = x[held] @ _logistic(x[~held], right[~held], weight[~held], _penalties(names))
    return out


def _logistic(x: Vector, right: Vector, weight: Vector, penalties: Vector) -> Vector:
    weights = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (weight * (chance - right)) + penalties * weights
        curve = (x * (weight * chance * (1 - chance))[:, None]).T @ x + np.diag(penalties)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-4:
            break
    return weights


def _penalties(names: Sequence[str]) -> Vector:
    return np.array([1e-3 if name == "one" else _RIDGE for name in names])


def rising_curve(score: Vector, examples: Sequence[Example]) -> list[tuple[float, float]]:
    """Score → share of right ones, never falling, for `Family.curve`.

    Only scores from which on hardly any were wrong on layouts held apart are called sure; what the curve says is as likely, but
    stands below them, is said to be nearly sure.
    """
    order = np.argsort(score, kind="stable")
    score, right = score[order], np.array([float(examples[n].right) for n in order])
    weight = np.array([examples[n].weight for n in order])
    sure_from = _sure_from(score, right, weight)
    below, above = score < sure_from, score >= sure_from
    base = float((weight * right).sum() / weight.sum())
    points = [(s, min(p, _NEARLY)) for s, p in _pooled(score[below], right[below], weight[below], base)
              if s < sure_from - _STEP]
    if above.any():
        points += [(sure_from - _STEP, _NEARLY), (sure_from, _SURE)]
        points += [(s, max(p, _SURE)) for s, p in _pooled(score[above], right[above], weight[above], base) if s > sure_from]
    return [(round(float(s), 4), round(float(p), 5)) for s, p in points]


def _pooled(score: Vector, right: Vector, weight: Vector, base: float) -> list[tuple[float, float]]:
    """Mean score and share right of runs of rising scores, adjacent violators pooled; two examples of the `base` share temper
    each."""
    blocks: list[list[float]] = []                       # weight, right weight, weighted sum of scores
    for s, r, w in zip(score, right, weight, strict=True):
        blocks.append([w, w * r, w * s])
        while len(blocks) > 1 and (blocks[-2][1] / blocks[-2][0] >= blocks[-1][1] / blocks[-1][0] or blocks[-2][0] < _FEW):
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    points: list[tuple[float, float]] = []
    for w, hits, total in blocks:
        chance = max((hits + 2 * base) / (w + 2), points[-1][1] if points else 0.0)
        if not points or total / w > points[-1][0]:
            points.append((total / w, chance))
    return points


def _sure_from(score: Vector, right: Vector, weight: Vector) -> float:
    """The lowest score from which on hardly any were wrong, each counting by its weight and each counting as one, and would not
    have been with one more of them wrong."""
    allowed = np.ones(len(score), dtype=bool)
    for counted in (weight, np.ones(len(score))):
        wrong = np.cumsum((counted * (1 - right))[::-1])[::-1]
        allowed &= wrong + 1 <= _MOST_WRONG * np.cumsum(counted[::-1])[::-1]
    at = np.flatnonzero(allowed)
    return float(score[at[0]]) if len(at) else float("inf")


def _arrays(examples: Sequence[Example], names: Sequence[str]) -> tuple[Vector, Vector, Vector]:
    x = np.array([[e.clues.get(name, 0.0) for name in names] for e in examples], dtype=float).reshape(len(examples), len(names))
    return x, np.array([float(e.right) for e in examples]), np.array([e.weight for e in examples])
