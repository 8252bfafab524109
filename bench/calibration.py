"""How believable confidences are: calibration error, what is sure and wrong, how much could pass at a precision. Pure."""

from __future__ import annotations

from collections.abc import Sequence

Judged = Sequence[tuple[float, bool]]
"""(confidence, right) of each value."""

BINS = 10
SURE = 0.98
PASSING = 0.995


def bins(judged: Judged) -> list[tuple[float, float, int]]:
    """Ten equally wide bins of confidence, those that hold anything: mean confidence, share right, count."""
    held: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in judged:
        held.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    return [(sum(c for c, _ in b) / len(b), sum(r for _, r in b) / len(b), len(b)) for _, b in sorted(held.items())]


def calibration_error(judged: Judged) -> float:
    """Expected calibration error: the mean distance between stated confidence and share right by bin, weighted by count."""
    return sum(abs(stated - right) * count for stated, right, count in bins(judged)) / max(len(judged), 1)


def sure_and_wrong(judged: Judged) -> float:
    """The share of wrong ones among those stated to be at least 0.98 sure."""
    sure = [right for confidence, right in judged if confidence >= SURE]
    return 1 - sum(sure) / len(sure) if sure else 0.0


def coverage(judged: Judged, precision: float = PASSING) -> float:
    """The largest share that could pass unseen, the surest first, with at least this precision among them."""
    best = right = 0
    ranked = sorted(judged, key=lambda j: -j[0])
    for n, (confidence, is_right) in enumerate(ranked, 1):
        right += is_right
        is_last_of_its_kind = n == len(ranked) or ranked[n][0] < confidence
        if is_last_of_its_kind and right >= precision * n:
            best = n
    return best / max(len(judged), 1)
