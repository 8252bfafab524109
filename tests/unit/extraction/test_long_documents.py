"""Orders of very many lines: understanding them costs as much for each line as for the one before."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from extraction.assemble import assemble
from models.domain.pages import Page
from models.domain.reading import Context, Reading
from tests.support.papers import body, paper, parsed, sheet

FEW, MANY = 30, 120
MORE = 1.1               # calls for each line of the long one, beside those for each line of the short one
A_PAGE = 40

Rows = list[tuple[str, ...]]
TITLES = ("Item", "Description", "Qty", "Unit", "Price", "Amount")


def rows(count: int) -> Rows:
    return [
        (f"KX-{n:05}", f"Hinge no. {n}, brass", str(n % 90 + 1), "pcs", "1.25", f"{(n % 90 + 1) * 1.25:.2f}")
        for n in range(1, count + 1)]


def as_sheet(goods: Rows) -> tuple[Page, ...]:
    return (sheet(("PURCHASE ORDER",), ("PO Number", "PO-88213"), TITLES, *goods),)


def as_pages(goods: Rows) -> tuple[Page, ...]:
    places = (20.0, 80.0, 300.0, 360.0, 420.0, 480.0)
    starts = range(0, len(goods), A_PAGE)
    return tuple(
        paper(*(
            (40 + 14.0 * n, list(zip(places, row, strict=True)))
            for n, row in enumerate([TITLES, *goods[start : start + A_PAGE]])), number=number)
        for number, start in enumerate(starts))


def as_mail(goods: Rows) -> tuple[Page, ...]:
    orders = [f"{quantity} {unit} {code} {text} at {price}" for code, text, quantity, unit, price, _ in goods]
    return (body("\n".join(("Dear all,", "please send:", "", *orders, "", "Regards, Ann"))),)


def counted(pages: tuple[Page, ...]) -> tuple[tuple[Reading, ...], int]:
    """The readings, and how many Python functions were called for them."""
    calls = 0

    def count(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        return assemble(parsed(*pages), Context()), calls
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("typed", [as_sheet, as_pages, as_mail])
def test_four_times_the_lines_are_four_times_the_work(typed: Callable[[Rows], tuple[Page, ...]]) -> None:
    (short,), few = counted(typed(rows(FEW)))
    (long,), many = counted(typed(rows(MANY)))
    assert (len(short.lines), len(long.lines)) == (FEW, MANY)
    assert many / MANY < MORE * few / FEW
