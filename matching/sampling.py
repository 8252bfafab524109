"""Which orders that would go through are looked at all the same, and what that tells about those that did. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from matching.binomial import lower, upper
from matching.history import History
from matching.promise import design_effect

_DRAW = "ordermill blind review"


@dataclass(frozen=True, slots=True)
class Escaped:
    """The estimated error rate of lines approved unseen, with a two-sided interval of 90 %, from `looked_at` blind lines of
    which `wrong` were wrong. `lines` were approved unseen in the same time; so many times the rate are wrong among them.
    `reported`: errors that people told of later; a count without its like that was right."""

    rate: float
    least: float
    most: float
    looked_at: int
    wrong: int
    lines: int
    reported: int = 0


def is_drawn(case_id: int, share: float) -> bool:
    """True for about a `share` (0.0–1.0) of all cases. The same case always gives the same answer, and whoever is drawn at a
    small share is drawn at a greater one."""
    digest = sha256(f"{_DRAW}:{case_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def escaped(history: History, lines: int) -> Escaped:
    """What the blind lines of `history` say about the `lines` that nobody saw: each stands for 1 / share of its like
    (Horvitz and Thompson, "A generalization of sampling without replacement from a finite universe", Journal of the
    American Statistical Association 47, 1952); the interval is that of Clopper and Pearson for as many lines as they are
    worth together."""
    blind, reported = history.at(history.blind), int(history.reported.sum())
    if not len(blind):
        return Escaped(0.0, 0.0, 1.0, 0, 0, lines, reported)
    weight = 1 / blind.share
    rate = float((weight * blind.wrong).sum() / weight.sum())
    worth = float(weight.sum() ** 2 / (weight**2).sum()) / design_effect(blind)
    return Escaped(
        rate, lower(rate * worth, worth), upper(rate * worth, worth), len(blind), int(blind.wrong.sum()), lines,
        reported)
