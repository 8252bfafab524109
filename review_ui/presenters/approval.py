"""The approval page: figures in words, and the drawn bound against the threshold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10

from matching.approval import Approval
from matching.promise import LEAST_SCORE, Promise, Step
from matching.promise_words import one_in
from matching.replay_diff import CaseChange, Fate
from review_ui.language import N_

WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 12, 34
_SCORES = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
_RATES = (0.0001, 0.001, 0.01, 0.1, 1.0)
_MOST_SURE = 0.9995
_WORDS = {Fate.APPROVED: "goes through", Fate.SAMPLED: "is drawn to be looked at", Fate.ASKED: "is asked about"}


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, in units of the picture, and what it says."""

    at: float
    word: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One threshold on the curve, with its evidence in words."""

    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The upper bound of the error rate by threshold, and the share that was wrong. Sure lines stand at the right; both axes are
    logarithmic. `target` and `threshold` are lines across and down; None where there is none."""

    bound: str
    seen: str
    dots: tuple[Dot, ...]
    scores: tuple[Tick, ...]
    rates: tuple[Tick, ...]
    target: float
    threshold: float | None
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(state: Approval) -> Chart | None:
    """The picture of what reviewed lines can answer for; None without a target or without lines."""
    if state.promise is None or not state.curve:
        return None
    steps = sorted(state.curve, key=lambda s: s.threshold)
    return Chart(
        bound=_path((_x(s.threshold), _y(s.bound)) for s in steps),
        seen=_path((_x(s.threshold), _y(s.wrong / s.reviewed)) for s in steps),
        dots=tuple(Dot(_x(s.threshold), _y(s.bound), _evidence(s)) for s in steps),
        scores=tuple(Tick(_x(s), f"{s * 100:g}%") for s in _SCORES), rates=tuple(Tick(_y(r), f"{r * 100:g}%") for r in _RATES),
        target=_y(state.promise.target), threshold=_x(state.promise.threshold) if state.promise.threshold is not None else None)


def _x(score: float) -> float:
    """From LEAST_SCORE at the left to nearly 1 at the right, by how rarely a line of that score is wrong."""
    doubt = 1 - min(max(score, LEAST_SCORE), _MOST_SURE)
    least, most = -log10(1 - LEAST_SCORE), -log10(1 - _MOST_SURE)
    return round(_LEFT + (-log10(doubt) - least) / (most - least) * (WIDTH - _LEFT - _RIGHT), 1)


def _y(rate: float) -> float:
    kept = min(max(rate, _RATES[0]), _RATES[-1])
    share = (log10(kept) - log10(_RATES[0])) / (log10(_RATES[-1]) - log10(_RATES[0]))
    return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)


def _path(points: Iterator[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _evidence(step: Step) -> str:
    return (
        f"At least {step.threshold:.1%} sure: {step.wrong:,} of {step.reviewed:,} reviewed lines were wrong; at most "
        f"{step.bound:.2%} are, with 95% confidence.")


def figures(state: Approval) -> tuple[tuple[str, str], ...]:
    """(what, how much) for the head of the page."""
    tally, told, promise = state.tally, state.escaped, state.promise
    return (
        (N_("Target"), one_in(promise.target) if promise else "none is set"),
        (N_("Threshold in force"), _threshold(promise)),
        (N_("Reviewed lines that count"), f"{state.reviewed:,}"),
        (N_("Orders in 90 days"), f"{tally.orders:,}"),
        (N_("Of these through unseen"), f"{tally.orders_unseen:,} ({tally.touchless:.0%})" if tally.orders else "none yet"),
        (N_("Drawn to be looked at"), f"{tally.sampled:,}"),
        (N_("Escaped errors"), _escape(told.rate, told.least, told.most) if told.looked_at else "not known yet"),
        (N_("From blind lines"), f"{told.wrong:,} wrong of {told.looked_at:,}"),
        (N_("Reported later"), f"{told.reported:,}"),
    )


def _threshold(promise: Promise | None) -> str:
    if promise is None or promise.threshold is None:
        return "none"
    return f"{promise.threshold:.1%} sure"


def _escape(rate: float, least: float, most: float) -> str:
    return f"{rate:.2%} ({least:.2%} to {most:.2%})"


def outcome(change: CaseChange) -> str:
    """How a case ends otherwise, in words: "is asked about → goes through"; "is asked about, otherwise"."""
    if change.before is change.after:
        return f"{_WORDS[change.after]}, but otherwise"
    return f"{_WORDS[change.before]} → {_WORDS[change.after]}"


def most_telling(changes: Sequence[CaseChange], limit: int) -> list[CaseChange]:
    """The changes to show first: what would go through that was asked, then what would be asked, then the rest."""
    order = {(Fate.ASKED, Fate.APPROVED): 0, (Fate.APPROVED, Fate.ASKED): 1}
    return sorted(changes, key=lambda c: (order.get((c.before, c.after), 2), -c.case_id))[:limit]
