"""Exact confidence bounds for a share: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the
case of the binomial", Biometrika 26 (1934). Counts may be fractions, as the effective counts of clustered or weighted
samples are (Korn and Graubard, "Confidence intervals for proportions with small expected number of positive counts
estimated from survey data", Survey Methodology 24, 1998). Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log, log1p

_TINY = 1e-300
_STEPS = 400


def tail(wrong: float, tried: float, rate: float) -> float:
    """The probability of at most `wrong` failures in `tried` trials that fail at `rate` (0.0–1.0)."""
    if wrong >= tried:
        return 1.0
    return _beta_share(tried - wrong, wrong + 1, 1 - rate)


def upper(wrong: float, tried: float, level: float = 0.95) -> float:
    """The greatest rate that so few failures are still compatible with, at a one-sided confidence `level`; 1.0 without
    trials."""
    if tried <= 0 or wrong >= tried:
        return 1.0
    return _bisect(lambda rate: tail(wrong, tried, rate) > 1 - level)


def lower(wrong: float, tried: float, level: float = 0.95) -> float:
    """The least rate that so many failures are still compatible with, at a one-sided confidence `level`; 0.0 without
    failures."""
    if wrong <= 0 or tried <= 0:
        return 0.0
    # At least `wrong` failures: the share of the beta distribution with wrong and tried - wrong + 1.
    return _bisect(lambda rate: _beta_share(wrong, tried - wrong + 1, rate) < 1 - level)


def _bisect(is_below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return high


def _beta_share(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):                       # the fraction converges fast on the other side only
        return 1 - _beta_share(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return min(front * _fraction(a, b, x), 1.0)


def _fraction(a: float, b: float, x: float) -> float:
    """1 / (1 + d1 / (1 + d2 / …)), evaluated from the left by the ratios of neighbouring convergents."""
    above, below = 1.0, 0.0
    value = 1.0
    for step in range(_STEPS):
        m = step // 2
        if step == 0:
            term = 1.0
        elif step % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        below = 1 / ((1 + term * below) or _TINY)
        above = (1 + term / above) or _TINY
        value *= above * below
        if step and abs(above * below - 1) < 1e-14:
            break
    return value - 1
