"""Charts as plain geometry, drawn by `templates/_charts.html`: axes with round ticks, units, and the same figures as a table.

Pure: numbers in, places out. Words around a chart (title, unit, names of columns) are given where it is shown, in the reader's
language; labels of the data travel with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH = 720
_HEIGHT = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 14, 30
_BAR_LEFT, _BAR_RIGHT, _BAR_ROW = 210, 64, 26
_LONGEST_LABEL = 34
_MOST_LABELS = 8
_NOTHING = 1e-9
STYLES = 4
"""Series are told apart by colour and by dash; a chart with more of them cannot be read."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, in units of the picture, and what it says."""

    at: float
    word: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `label` says what it is of, `word` stands beside it."""

    x: float
    y: float
    width: float
    height: float
    label: str
    word: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One figure on a line, with what it says beside the line's name."""

    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series; `style` is 0 to STYLES - 1. A gap in the figures is a gap in the line."""

    name: str
    path: str
    dots: tuple[Dot, ...]
    style: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What the macro draws. `rows` are the same figures as text, a label first; `names` head the columns behind the label.

    `diagonal` is a path to compare with, or "".
    """

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    y_ticks: tuple[Tick, ...] = ()
    x_ticks: tuple[Tick, ...] = ()
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    diagonal: str = ""
    names: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def plain(value: float) -> str:
    """A figure with grouping and at most three significant digits behind the point, none where they are zeros."""
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.{2 if abs(value) >= 1 else 4}f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """A share of 1 as percent: 0.125 → "12.5%"."""
    return f"{plain(round(share * 100, 2))}%"


def round_ticks(most: float, *, about: int = 4) -> tuple[float, ...]:
    """Ticks from 0 to at least `most` in steps of 1, 2 or 5 times a power of ten; (0, 1) where nothing was counted."""
    if most < _NOTHING:
        return (0.0, 1.0)
    rough = most / about
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return tuple(round(n * step, 10) for n in range(ceil(most / step - 1e-9) + 1))


def ranked_bars(rows: Sequence[tuple[str, float]], *, word: Callable[[float], str] = plain) -> Chart:
    """Horizontal bars in the order given, the label at the left and the figure behind the bar. Figures are not negative."""
    ticks = round_ticks(max((value for _, value in rows), default=0))
    bottom = _TOP + _BAR_ROW * max(len(rows), 1)
    right = WIDTH - _BAR_RIGHT
    scale = (right - _BAR_LEFT) / ticks[-1]
    bars = tuple(
        Bar(_BAR_LEFT, _TOP + n * _BAR_ROW + 4, round(value * scale, 1), _BAR_ROW - 8, label, word(value))
        for n, (label, value) in enumerate(rows))
    return Chart(
        WIDTH, bottom + _BOTTOM, _BAR_LEFT, right, _TOP, bottom, bars=bars,
        x_ticks=tuple(Tick(round(_BAR_LEFT + tick * scale, 1), word(tick)) for tick in ticks),
        rows=tuple((label, word(value)) for label, value in rows))


def over_time(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], *, word: Callable[[float], str] = plain,
    most: float | None = None,
) -> Chart:
    """One line a series (at most STYLES) over equally spaced labels. None is a gap; figures are not negative.

    `most` fixes the top of the axis, as 1 for shares. Without any figure there are no rows, and nothing is drawn.
    """
    if len(series) > STYLES:
        raise ValueError(f"at most {STYLES} series can be told apart")
    found = [value for _, values in series for value in values if value is not None]
    ticks = round_ticks(max([*found, most or 0]) if most is None else most)
    right, bottom = WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    xs = _spread(len(labels), right)

    def y(value: float) -> float:
        return round(bottom - min(value, ticks[-1]) / ticks[-1] * (bottom - _TOP), 1)

    every = max(1, ceil(len(labels) / _MOST_LABELS))
    return Chart(
        WIDTH, _HEIGHT, _LEFT, right, _TOP, bottom,
        y_ticks=tuple(Tick(y(tick), word(tick)) for tick in ticks),
        x_ticks=tuple(Tick(x, label) for n, (x, label) in enumerate(zip(xs, labels, strict=True)) if n % every == 0),
        lines=tuple(
            Line(name, _path([(x, y(v)) if v is not None else None for x, v in zip(xs, values, strict=True)]),
                 tuple(Dot(x, y(v), f"{label}: {word(v)}") for x, v, label in zip(xs, values, labels, strict=True)
                       if v is not None), style)
            for style, (name, values) in enumerate(series)),
        names=tuple(name for name, _ in series),
        rows=tuple(
            (label, *("–" if values[n] is None else word(values[n] or 0) for _, values in series))
            for n, label in enumerate(labels)) if found else ())


def reliability(points: Sequence[tuple[float, float, int]]) -> Chart:
    """What probabilities are worth: (mean probability, share that was right, how many) against the diagonal; all from 0 to 1."""
    size, left = 320, _LEFT
    right, bottom = left + size - _LEFT, size - _BOTTOM

    def x(share: float) -> float:
        return round(left + share * (right - left), 1)

    def y(share: float) -> float:
        return round(bottom - share * (bottom - _TOP), 1)

    marks = (0.0, 0.25, 0.5, 0.75, 1.0)
    dots = tuple(Dot(x(p), y(share), f"{percent(p)} → {percent(share)} ({n:,})") for p, share, n in points)
    return Chart(
        right + _RIGHT, size, left, right, _TOP, bottom,
        y_ticks=tuple(Tick(y(m), percent(m)) for m in marks), x_ticks=tuple(Tick(x(m), percent(m)) for m in marks),
        lines=(Line("", _path([(dot.x, dot.y) for dot in dots]), dots, 0),), diagonal=f"M{x(0.0)} {y(0.0)}L{x(1.0)} {y(1.0)}",
        rows=tuple((percent(p), percent(share), f"{n:,}") for p, share, n in points))


def short_label(label: str) -> str:
    """A label as far as there is room for it beside a bar."""
    return label if len(label) <= _LONGEST_LABEL else f"{label[:_LONGEST_LABEL - 1]}…"


def _spread(count: int, right: int) -> list[float]:
    if count == 1:
        return [(_LEFT + right) / 2]
    return [round(_LEFT + 8 + n * (right - _LEFT - 16) / (count - 1), 1) for n in range(count)]


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    def moves() -> Iterator[str]:
        is_down = False
        for point in points:
            if point is not None:
                yield f"{'L' if is_down else 'M'}{point[0]} {point[1]}"
            is_down = point is not None

    return "".join(moves())
