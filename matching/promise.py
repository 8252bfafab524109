"""From reviewed lines to the threshold above which a promised error rate holds, and when to stop trusting it. Pure.

The promise: of the lines approved unseen at most `target` are wrong. The threshold is the lowest score for which the hypothesis
"more than `target` of the lines above it are wrong" is rejected, with the exact binomial test of Clopper and Pearson (see
`binomial`). Choosing among many thresholds must not cheat: they are tested from the safest downwards in an order that
depends on the scores alone, and only as long as each is rejected, so that the chance of choosing any bad one stays below 1
- level (fixed sequence testing, Angelopoulos, Bates, Candès, Jordan and Lei, "Learn then Test", 2021; for the share that is
wrong, which needs no test but a monotone loss, see Angelopoulos, Bates, Fisch, Lei and Schuster, "Conformal risk control",
2022). One early mistake must not end the sequence for ever, so a part of the error budget is kept for later starts (the
fallback procedure: Wiens, "A fixed sequence Bonferroni procedure for testing multiple endpoints", Pharmaceutical Statistics
2, 2003).

The bound holds for lines like those of the history. Three things make up for a house that changes: a part of the target is held
back (`_headroom`), the target shrinks as errors among lines that people see become more frequent (`trend`), and blind samples
that err more often than promised end it all until there is new history (`alarm_positions`). The budget is divided by how
often new history is looked at (_LOOKS).

Lines of one order go wrong together; the counts are divided by Kish's design effect (Korn and Graubard 1998, see `binomial`).
Given its score, whether a line was looked at does not depend on whether it is right: orders below the threshold are all
looked at, above it the draw is blind. So reviewed lines count alike in the threshold; they are weighed by 1 / share where
the question is how many errors escaped (see `sampling`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

import numpy as np

from matching.binomial import tail, upper
from matching.history import Floats, History

LEVEL = 0.95
"""Confidence of the bound behind a threshold."""
LEAST_SCORE = 0.5
"""No line less likely to be right than wrong is approved, whatever the target."""
_STARTS = {0: 0.5, 3: 0.25, 8: 0.25}
"""Position in the sequence of tests: share of the error budget kept for it."""
_LOOKS = 5               # the house looks every day; so often the reviewed lines are others by then, and luck has a new chance
_BINS = 20
_CALM = 10.0             # errors that a trend must overcome: a handful proves none
_GROWTH = 1.25           # each test takes in so many times the lines of the one before
_FEW_ERRORS = 20
_ASSUMED = 0.2           # correlation of errors within an order, until there are errors to measure it by
_WORSE = 8.0             # times the target: the rate that the alarm listens for
_LOUD = log(30.0)        # evidence for it, as the logarithm of a likelihood ratio, at which it rings


@dataclass(frozen=True, slots=True)
class Step:
    """One threshold with its evidence: reviewed lines at or above it, wrong ones among them, upper bound of their error
    rate."""

    threshold: float
    reviewed: int
    wrong: int
    bound: float


@dataclass(frozen=True, slots=True)
class Promise:
    """What can be promised. Without a `threshold` nothing is approved unseen: `needed` more lines must be reviewed first
    (0: enough were, but too many of them were wrong). `evidence` is that of the threshold in force, or of the safest one
    there is. `alarms`: how often blind samples have shown more errors than promised; only what was reviewed since the last
    one counts.
    """

    target: float
    threshold: float | None
    needed: int
    evidence: Step
    alarms: int = 0

    @property
    def is_kept(self) -> bool:
        """True when orders may go through unseen."""
        return self.threshold is not None


def promise(history: History, target: float, level: float = LEVEL) -> Promise:
    """The lowest threshold that `history` can answer for at `target` (0.0–1.0, exclusive)."""
    alarms = alarm_positions(history, target)
    since = history.at(slice(alarms[-1] + 1, None)) if alarms else history
    spread = design_effect(since)
    ranked = _ranked(since)
    asked = _headroom(target) * target / trend(since)
    budget_all = (1 - level) / _LOOKS
    sizes = _sizes(ranked, asked, budget_all, spread)
    chosen, budget = 0, 0.0
    for position, size in enumerate(sizes):
        budget += _STARTS.get(position, 0.0) * budget_all
        if budget and tail(ranked.wrong[:size].sum() / spread, size / spread, asked) <= budget:
            chosen = size
        else:
            budget = 0.0
    first = _first_size(asked, budget_all, spread)
    needed = 0 if sizes else max(first - len(ranked), 1)
    shown = chosen or min(first, len(ranked))
    step = _step(ranked, shown, spread, level)
    return Promise(target, step.threshold if chosen else None, needed, step, len(alarms))


def curve(history: History, target: float, level: float = LEVEL, points: int = 40) -> tuple[Step, ...]:
    """Bounds at `points` thresholds, the safest first: what a person wants to see beside the target."""
    alarms = alarm_positions(history, target)
    since = history.at(slice(alarms[-1] + 1, None)) if alarms else history
    ranked, spread = _ranked(since), design_effect(since)
    sizes = sorted({_tied(ranked.score, round(len(ranked) * (n + 1) / points)) for n in range(points)} - {0})
    return tuple(_step(ranked, size, spread, level) for size in sizes)


def design_effect(history: History) -> float:
    """By what factor lines that share orders tell less than lines of orders of their own (Kish): 1 + (m - 1) · correlation,
    where m is the size of orders as a line meets it and the correlation is that of errors within an order (analysis of
    variance)."""
    if not len(history):
        return 1.0
    _, place, sizes = np.unique(history.order, return_inverse=True, return_counts=True)
    lines, orders = len(history), len(sizes)
    met = float((sizes**2).sum() / lines)
    if history.wrong.sum() < _FEW_ERRORS or orders < 2 or lines == orders:
        return 1 + (met - 1) * _ASSUMED
    wrong = history.wrong.astype(np.float64)
    means = np.bincount(place, weights=wrong) / sizes
    between = float((sizes * (means - wrong.mean()) ** 2).sum()) / (orders - 1)
    within = float(((wrong - means[place]) ** 2).sum()) / (lines - orders)
    usual = (lines - met) / (orders - 1)
    correlation = (between - within) / (between + (usual - 1) * within) if between else 0.0
    return 1 + (met - 1) * min(max(correlation, 0.0), 1.0)


def alarm_positions(history: History, target: float) -> tuple[int, ...]:
    """Where blind samples showed clearly more errors than the target, as positions in `history`.

    A running sum of evidence that the rate is several times the target, never below 0 (Page, "Continuous inspection schemes",
    Biometrika 41, 1954); it starts anew after an alarm. An error that was reported of an order approved unseen counts as
    one found.
    """
    worse = min(_WORSE * target, (1 + target) / 2)
    error, fine = log(worse / target), log((1 - worse) / (1 - target))
    spread = design_effect(history)
    rung, evidence = [], 0.0
    for position in np.flatnonzero(history.blind | history.reported):
        evidence = max(evidence + (error if history.wrong[position] else fine) / spread, 0.0)
        if evidence >= _LOUD:
            rung.append(int(position))
            evidence = 0.0
    return tuple(rung)


def _ranked(history: History) -> History:
    """What counts for the threshold, the surest first. What was reported later has no right ones beside it."""
    kept = history.at((history.score >= LEAST_SCORE) & ~history.reported)
    return kept.at(np.argsort(-kept.score, kind="stable"))


def trend(history: History) -> float:
    """How much more often, 1.0 or more, the newest quarter of the lines was wrong than older lines of like score.

    Most lines that people look at score below the threshold. Their errors are frequent and show a change long before the few
    errors above it do.
    """
    kept = history.at(~history.reported)
    split = len(kept) * 3 // 4
    old, new = kept.at(slice(None, split)), kept.at(slice(split, None))
    if len(old) < _BINS * 10:
        return 1.0
    edges = np.quantile(old.score, np.linspace(0, 1, _BINS + 1)[1:-1])
    of_old, of_new = np.searchsorted(edges, old.score), np.searchsorted(edges, new.score)
    counts = np.bincount(of_old, minlength=_BINS)
    rates = np.bincount(of_old, weights=old.wrong, minlength=_BINS) / np.maximum(counts, 1)
    due = float(rates[of_new].sum())
    return max((float(new.wrong.sum()) + _CALM) / (due + _CALM), 1.0)


def _headroom(target: float) -> float:
    """The part of the target that history must answer for; the rest is for what changes until the history shows it. Where fewer
    than 1 in 200 may be wrong a handful of errors decides, one misread order breaks the promise, and more is held back."""
    return 0.8 if target >= 0.005 else 0.6


def _first_size(target: float, budget: float, spread: float) -> int:
    """The least number of lines that can answer for the target, if all of them are right."""
    return ceil(log(_STARTS[0] * budget) / log(1 - target) * spread)


def _sizes(ranked: History, target: float, budget: float, spread: float) -> list[int]:
    """How many of the surest lines each test takes in; chosen by looking at scores only. Lines of equal score stay together."""
    sizes, size = [], float(_first_size(target, budget, spread))
    while size <= len(ranked):
        sizes.append(_tied(ranked.score, ceil(size)))
        size = max(size * _GROWTH, sizes[-1] + 1)
    if sizes and sizes[-1] < len(ranked):
        sizes.append(len(ranked))
    return sizes


def _tied(scores: Floats, size: int) -> int:
    """At least `size` lines, with all those that score as much as the last of them."""
    if size <= 0 or not len(scores):
        return 0
    return int(np.searchsorted(-scores, -scores[min(size, len(scores)) - 1], side="right"))


def _step(ranked: History, size: int, spread: float, level: float) -> Step:
    wrong = int(ranked.wrong[:size].sum())
    threshold = float(ranked.score[size - 1]) if size else 1.0
    return Step(threshold, size, wrong, upper(wrong / spread, size / spread, level))
