"""Does the promised error rate hold when the world drifts? Streams of orders, approved and reviewed as the house would, day
by day.

Each stream has errors of its own: a base rate, errors that follow the score, whole orders misread at any score, and a drift
of all three (a slow walk, a step, or a season). Scores are miscalibrated, and drift too. Nothing here looks at the truth
but the reviewers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sin

import numpy as np

from bench.rows import Row
from matching.history import Flags, Floats, History, Numbers
from matching.promise import promise

WINDOW = 20_000
SHARE = 0.05
ORDERS = 150             # a day, of 4 lines on average
TARGETS = (0.01, 0.005, 0.002)
_BASELINE = "lowest score whose observed rate is the target"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one stream: lines, those approved unseen, wrong ones among them, alarms."""

    lines: int
    unseen: int
    wrong: int
    alarms: int

    @property
    def rate(self) -> float:
        """The realised error rate of lines approved unseen; 0.0 when none was."""
        return self.wrong / self.unseen if self.unseen else 0.0


def run(*, streams: int, days: int, seed: int) -> list[Row]:
    """For each target: the share of streams that kept it, the share of lines approved unseen, and the same for a
    threshold without bound."""
    rows = []
    for target in TARGETS:
        ours = [stream(seed * 1_000 + n, target, days=days) for n in range(streams)]
        plain = [stream(seed * 1_000 + n, target, days=days, is_plain=True) for n in range(streams)]
        name = f"target {target:g}"
        rows += [
            Row(f"{name}: streams that kept it", _kept(ours, target), "share", _kept(plain, target), _BASELINE),
            Row(f"{name}: realised error rate", _rate(ours), "share", _rate(plain), _BASELINE),
            Row(f"{name}: lines approved unseen", _touchless(ours), "share", _touchless(plain), _BASELINE),
            Row(f"{name}: alarms a stream", sum(k.alarms for k in ours) / streams, "count"),
        ]
    return rows


def _kept(streams: list[Kept], target: float) -> float:
    return sum(k.rate <= target for k in streams) / len(streams)


def _rate(streams: list[Kept]) -> float:
    return sum(k.wrong for k in streams) / max(sum(k.unseen for k in streams), 1)


def _touchless(streams: list[Kept]) -> float:
    return sum(k.unseen for k in streams) / sum(k.lines for k in streams)


def stream(seed: int, target: float, *, days: int, is_plain: bool = False) -> Kept:
    """Run one stream: each day's orders meet the threshold of the evening before."""
    rng = np.random.default_rng(seed)
    world = _World(rng, days)
    known = History.of(())
    threshold: float | None = None
    unseen = wrong = lines = alarms = 0
    for day in range(days):
        order, score, bad = world.day(day)
        passes = score >= (2.0 if threshold is None else threshold)
        drawn = rng.random(int(order[-1] - order[0]) + 1)[order - order[0]] < SHARE
        gone = passes & ~drawn
        unseen, wrong, lines = unseen + int(gone.sum()), wrong + int((gone & bad).sum()), lines + len(order)
        known = _longer(known, order, score, bad, ~gone, passes & drawn)
        if is_plain:
            threshold = _plain(known, target)
        else:
            state = promise(known, target)
            threshold, alarms = state.threshold, max(alarms, state.alarms)
    return Kept(lines, unseen, wrong, alarms)


def _plain(known: History, target: float) -> float | None:
    """What one would do without a bound: the lowest score above which no more than the target was seen to be wrong."""
    ranked = np.argsort(-known.score, kind="stable")
    rates = np.cumsum(known.wrong[ranked]) / np.arange(1, len(ranked) + 1)
    fine = np.flatnonzero(rates <= target)
    return float(known.score[ranked[fine[-1]]]) if len(fine) else None


def _longer(known: History, order: Numbers, score: Floats, bad: Flags, seen: Flags, blind: Flags) -> History:
    none = np.zeros(int(seen.sum()), dtype=np.bool_)
    share = np.where(blind[seen], SHARE, 1.0)
    columns = zip(
        (known.order, known.score, known.wrong, known.blind, known.reported, known.share),
        (order[seen], score[seen], bad[seen], blind[seen], none, share), strict=True)
    return History(*(np.concatenate(pair)[-WINDOW:] for pair in columns))


class _World:
    """What arrives, and what is wrong with it."""

    def __init__(self, rng: np.random.Generator, days: int) -> None:
        self._rng = rng
        self._next = 0
        self._level = rng.uniform(-0.3, 0.3)                  # errors are rarer or more frequent than the scores say
        self._slope = rng.uniform(0.8, 1.25)                  # scores are over- or underconfident
        self._shock = rng.choice([0.0, 1e-4, 3e-4])           # whole orders misread, whatever their score
        kind = rng.choice(["walk", "step", "season", "none"])
        steps = np.arange(days)
        self._drift = {
            "walk": np.cumsum(rng.normal(0, 0.04, days)),
            "step": np.where(steps > rng.integers(days // 3, days), rng.uniform(0.3, 1.2), 0.0),
            "season": 0.5 * np.array([sin(2 * pi * (s / days * 2 + rng.random() * 0.01)) for s in steps]),
            "none": np.zeros(days)}[str(kind)]

    def day(self, day: int) -> tuple[Numbers, Floats, Flags]:
        """Orders, scores (of an order: that of its least sure line) and errors of the lines of one day."""
        rng = self._rng
        sizes = 1 + rng.poisson(3, ORDERS)
        order = np.repeat(np.arange(self._next, self._next + ORDERS), sizes)
        self._next += ORDERS
        hard = np.repeat(rng.normal(0, 1, ORDERS), sizes)          # forms differ
        truth = np.clip(6.8 + 1.4 * rng.normal(0, 1, len(order)) + 1.0 * hard, -2, 11)
        stated = truth * self._slope + rng.normal(0, 0.3, len(order))
        odds = truth - self._level - self._drift[day]
        bad = rng.random(len(order)) > 1 / (1 + np.exp(-odds))
        bad |= np.repeat(rng.random(ORDERS) < self._shock * exp(self._drift[day]), sizes)
        least = np.full(ORDERS, np.inf)
        np.minimum.at(least, order - order[0], 1 / (1 + np.exp(-stated)))
        return order, least[order - order[0]], bad
