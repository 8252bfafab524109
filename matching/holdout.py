"""Choosing how far to follow a company's decisions: by what each way of learning is worth on decisions it has not seen. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from matching.fit import Judged, fit
from matching.model import Model
from matching.score import probability_of

_FOLDS = 4
_PULLS = (1.0, 10.0, 100.0)
"""How many decisions' worth the weights we start from count: little, much, very much."""
_CERTAIN = 1e-4


@dataclass(frozen=True, slots=True)
class Learned:
    """The model to use, and the mean log loss of held-out decisions before and after learning (the same when nothing was
    learned, because no way of learning was better on them)."""

    model: Model
    before: float
    after: float
    decisions: int

    @property
    def is_better(self) -> bool:
        """True when learning was worth it."""
        return self.after < self.before


def learn(lines: Sequence[Judged], start: Model) -> Learned:
    """The best of several fits, judged in four parts by what the others teach; `start` itself when none is surely better."""
    decided = sum(label is not None for line in lines for label in line.labels)
    before = [_loss(line, start) for line in lines]
    best, gain = None, 0.0
    if len(lines) >= _FOLDS:
        for pull in _PULLS:
            after = _held_out(lines, start, pull)
            gains = [b - a for b, a in zip(before, after, strict=True)]
            sure = fmean(gains) - stdev(gains) / math.sqrt(len(gains))
            if sure > gain:
                best, gain, kept = pull, sure, after
    if best is None:
        return Learned(start, fmean(before or [0.0]), fmean(before or [0.0]), decided)
    return Learned(fit(lines, start, best), fmean(before), fmean(kept), decided)


def _held_out(lines: Sequence[Judged], start: Model, pull: float) -> list[float]:
    """Each line's loss by a model that was fitted without it."""
    models = [fit([line for i, line in enumerate(lines) if i % _FOLDS != part], start, pull) for part in range(_FOLDS)]
    return [_loss(line, models[i % _FOLDS]) for i, line in enumerate(lines)]


def _loss(line: Judged, model: Model) -> float:
    """Log loss of the line's decisions, in all."""
    loss = 0.0
    for label, p in zip(line.labels, probability_of(line.features, model), strict=True):
        if label is not None:
            p = min(max(p, _CERTAIN), 1 - _CERTAIN)
            loss -= math.log(p if label else 1 - p)
    return loss
