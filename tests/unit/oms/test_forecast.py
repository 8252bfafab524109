"""Forecasts by the length of the history, and when to order again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.metrics.forecast import Forecast, forecast, plan_restock


@pytest.mark.parametrize(("history", "method"), [
    ([], "mean"), ([5.0], "mean"), ([4.0] * 60, "mean"), ([4.0, 6.0] * 8, "smoothing"), ([4.0, 6.0, 5.0] * 12, "trend"),
    ([float(10 + 5 * (n % 52 > 26)) for n in range(110)], "season"),
])
def test_the_method_follows_from_the_history(history: list[float], method: str) -> None:
    made = forecast(history, 8)
    assert made.method == method and len(made.mean) == len(made.low) == len(made.high) == 8


def test_a_season_comes_back() -> None:
    made = forecast([float(100 if n % 52 == 10 else 10) for n in range(52 * 2 + 8)], 8)
    assert max(made.mean) == made.mean[2] > 50


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 1_000).map(float), max_size=40))
def test_no_forecast_is_below_zero_or_outside_its_bounds(history: list[float]) -> None:
    made = forecast(history, 6)
    assert all(0 <= low <= mean <= high for low, mean, high in zip(made.low, made.mean, made.high, strict=True))


def test_nothing_is_ordered_above_the_point_and_whole_multiples_below() -> None:
    steady = Forecast("mean", (10.0,) * 4, (10.0,) * 4, (10.0,) * 4, 0.0)
    assert plan_restock(steady, lead_days=10, position=Decimal(21)).order == 0
    short = plan_restock(steady, lead_days=10, position=Decimal(15), multiple=Decimal(12))
    assert (short.point, short.order) == (20, 48)
    assert plan_restock(Forecast("mean", (), (), (), 0.0), lead_days=10, position=Decimal(0)).order == 0
