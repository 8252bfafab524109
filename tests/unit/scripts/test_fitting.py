"""Fitted probabilities come true on examples drawn by a known law, and the curve promises no more than was seen."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from extraction.model.calibrate import Family
from scripts.fitting import Example, logistic, names_of, rising_curve, scores_held_apart


def drawn(count: int, seed: int = 1) -> list[Example]:
    """Right with odds of e^(2·good − 1), on twelve layouts."""
    rng = random.Random(seed)
    out = []
    for n in range(count):
        good = rng.uniform(-2, 6)
        right = rng.random() < 1 / (1 + np.exp(1 - 2 * good))
        out.append(Example({"one": 1.0, "good": good, "noise": rng.random()}, right, f"layout-{n % 12}"))
    return out


def test_the_weights_find_the_law() -> None:
    found = drawn(3_000)
    names = names_of(found)
    weights = dict(zip(names, logistic(found, names), strict=True))
    assert weights["good"] == pytest.approx(2.0, abs=0.3)
    assert weights["one"] == pytest.approx(-1.0, abs=0.35)
    assert abs(weights["noise"]) < 0.35


def test_a_weight_of_nothing_changes_nothing() -> None:
    found = drawn(300)
    misled = [*found, *(Example({**e.clues}, not e.right, e.group, 0.0) for e in found)]
    names = names_of(found)
    assert logistic(misled, names) == pytest.approx(logistic(found, names))


def test_what_is_held_apart_is_scored_without_its_layout() -> None:
    found = [*drawn(600), *(Example({"one": 1.0, "good": 0.0, "odd": 1.0}, True, "odd layout") for _ in range(100))]
    names = names_of(found)
    apart = scores_held_apart(found, names)
    with_it = logistic(found, names)[names.index("odd")]
    assert with_it > 1 and apart[-1] < 1          # the clue that only the odd layout has says nothing without it


def test_the_curve_rises_comes_true_and_is_sure_only_where_hardly_anything_was_wrong() -> None:
    found = drawn(4_000)
    score = np.array([2 * e.clues["good"] - 1 for e in found])
    family = Family({"good": 2.0, "one": -1.0}, tuple(rising_curve(score, found)))
    chances = [p for _, p in family.curve]
    assert all(a <= b for a, b in pairwise(chances)) and all(a[0] < b[0] for a, b in pairwise(family.curve))
    assert family.probability(0.0) == pytest.approx(0.5, abs=0.08)
    fresh = drawn(4_000, seed=2)
    sure = [e.right for e in fresh if family.probability(family.score(e.clues)) >= 0.98]
    assert sure and sum(sure) / len(sure) > 0.99


def test_nothing_is_sure_where_sure_things_were_wrong() -> None:
    found = [Example({"one": 1.0}, n % 50 != 0, f"layout-{n % 5}") for n in range(2_000)]
    curve = rising_curve(np.linspace(0, 5, len(found)), found)
    assert max(p for _, p in curve) < 0.98


def test_a_few_wrong_ones_among_many_right_stay_unlikely() -> None:
    found = [Example({"one": 1.0}, n > 40, f"layout-{n % 5}") for n in range(3_000)]
    family = Family({}, tuple(rising_curve(np.linspace(0, 6, len(found)), found)))
    assert family.probability(0.03) < 0.5 and family.probability(5.0) > 0.99
