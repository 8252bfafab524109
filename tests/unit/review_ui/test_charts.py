"""Charts: round axes, bars and lines inside their frame, gaps that stay gaps, the same figures as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_ui.charts import over_time, percent, plain, ranked_bars, reliability, round_ticks

figures = st.floats(min_value=0, max_value=1e9, allow_nan=False)


@pytest.mark.parametrize(("most", "ticks"), [
    (0, (0, 1)), (1, (0, 0.5, 1)), (7, (0, 2, 4, 6, 8)), (100, (0, 50, 100)), (0.03, (0, 0.01, 0.02, 0.03))])
def test_ticks_are_round_and_reach_the_most(most: float, ticks: tuple[float, ...]) -> None:
    assert round_ticks(most) == ticks


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_ticks_cover_any_figure_with_few_steps(most: float) -> None:
    ticks = round_ticks(most)
    assert ticks[-1] >= most * (1 - 1e-6) and 2 <= len(ticks) <= 6


@given(st.lists(st.tuples(st.text(max_size=60), figures), max_size=12))
def test_bars_stay_in_the_frame_and_keep_their_order(rows: list[tuple[str, float]]) -> None:
    chart = ranked_bars(rows)
    assert [row[0] for row in chart.rows] == [label for label, _ in rows]
    for bar in chart.bars:
        assert bar.width >= 0 and bar.x + bar.width <= chart.right + 0.1 and bar.y + bar.height <= chart.bottom


@given(st.lists(st.one_of(st.none(), figures), min_size=1, max_size=40))
def test_a_line_has_a_dot_for_each_figure_and_none_for_a_gap(values: list[float | None]) -> None:
    chart = over_time([str(n) for n in range(len(values))], [("a", values)])
    (line,) = chart.lines
    assert len(line.dots) == sum(v is not None for v in values)
    assert all(chart.top - 0.1 <= dot.y <= chart.bottom and chart.left <= dot.x <= chart.right for dot in line.dots)


def test_a_gap_breaks_the_line() -> None:
    (line,) = over_time(["a", "b", "c", "d"], [("x", [1, None, 2, 3])]).lines
    assert line.path.count("M") == 2 and line.path.count("L") == 1


def test_the_table_says_what_the_lines_show() -> None:
    chart = over_time(["May", "June"], [("touchless", [0.5, None]), ("held", [0.25, 1.0])], word=percent, most=1)
    assert chart.rows == (("May", "50%", "25%"), ("June", "–", "100%")) and chart.names == ("touchless", "held")


def test_more_series_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="told apart"):
        over_time(["a"], [(str(n), [1]) for n in range(5)])


def test_perfect_probabilities_lie_on_the_diagonal() -> None:
    chart = reliability([(0.0, 0.0, 3), (1.0, 1.0, 9)])
    assert chart.diagonal == chart.lines[0].path and chart.rows[1] == ("100%", "100%", "9")


@pytest.mark.parametrize(("value", "word"), [(0, "0"), (1234, "1,234"), (2.5, "2.5"), (0.1234567, "0.1235"), (12.004, "12")])
def test_figures_are_written_as_people_read_them(value: float, word: str) -> None:
    assert plain(value) == word
