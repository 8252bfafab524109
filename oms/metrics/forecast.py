"""What will be wanted week by week, and when to order again. Pure; statsmodels is loaded when the first forecast needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from math import sqrt
from statistics import fmean, pstdev

SHORTEST, LONG, TWO_YEARS, YEAR = 10, 26, 104, 52
WORKING_DAYS = 5
SURE = 1.645
"""Standard deviations above the mean that demand stays below 19 times of 20 (one side of the normal distribution)."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Weekly demand to come, in base units, none below zero. Nine weeks of ten lie between `low` and `high`."""

    method: str                    # "mean", "smoothing", "trend", "season"
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    deviation: float               # of one week around the forecast


@dataclass(frozen=True, slots=True)
class Restock:
    """When to order again, in base units. `order` is what to order now; 0 while the position is above the point."""

    point: Decimal
    position: Decimal
    order: Decimal


def forecast(history: Sequence[float], weeks: int) -> Forecast:
    """Demand of the coming weeks from that of the past ones, the oldest first.

    By the length of the history: its mean under 10 weeks (or where it never changes), simple exponential smoothing, a damped
    trend from 26 weeks, and a yearly season from two years on (Holt-Winters; Hyndman and Athanasopoulos, "Forecasting", ch. 8).
    """
    if len(history) < SHORTEST or len(set(history)) < 2:
        mean, spread = (fmean(history), pstdev(history)) if history else (0.0, 0.0)
        return _bounded("mean", [mean] * weeks, spread, growing=False)
    method, fitted, deviation = _fit(history, weeks)
    return _bounded(method, fitted, deviation, growing=True)


def _fit(history: Sequence[float], weeks: int) -> tuple[str, list[float], float]:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing, SimpleExpSmoothing

    if len(history) < LONG:
        method, fit = "smoothing", SimpleExpSmoothing(list(history), initialization_method="heuristic").fit()
    elif len(history) < TWO_YEARS:
        model = ExponentialSmoothing(list(history), trend="add", damped_trend=True, initialization_method="heuristic")
        method, fit = "trend", model.fit()
    else:
        model = ExponentialSmoothing(list(history), seasonal="add", seasonal_periods=YEAR, initialization_method="heuristic")
        method, fit = "season", model.fit()
    return method, [float(x) for x in fit.forecast(weeks)], float(pstdev([float(r) for r in fit.resid]))


def _bounded(method: str, mean: Sequence[float], deviation: float, *, growing: bool) -> Forecast:
    """The interval widens with the root of the distance where the level itself is uncertain."""
    widths = [SURE * deviation * (sqrt(n) if growing else 1.0) for n in range(1, len(mean) + 1)]
    return Forecast(
        method, tuple(max(m, 0.0) for m in mean), tuple(max(m - w, 0.0) for m, w in zip(mean, widths, strict=True)),
        tuple(max(m + w, 0.0) for m, w in zip(mean, widths, strict=True)), deviation)


def plan_restock(
    wanted: Forecast, *, lead_days: int, position: Decimal, multiple: Decimal | None = None, cover_weeks: int = 4
) -> Restock:
    """Order when on hand + incoming − promised falls to the demand of the lead time (working days) plus a safety for its spread;
    then as much as also covers `cover_weeks`, in whole multiples."""
    weeks = lead_days / WORKING_DAYS
    weekly = fmean(wanted.mean) if wanted.mean else 0.0
    point = _units(weekly * weeks + SURE * wanted.deviation * sqrt(weeks))
    if position > point or not weekly:
        return Restock(point, position, Decimal(0))
    missing = max(point + _units(weekly * cover_weeks) - position, Decimal(0))
    step = multiple or Decimal(1)
    return Restock(point, position, (missing / step).to_integral_value(rounding=ROUND_CEILING) * step)


def _units(value: float) -> Decimal:
    return Decimal(str(round(value, 6))).to_integral_value(rounding=ROUND_CEILING)
