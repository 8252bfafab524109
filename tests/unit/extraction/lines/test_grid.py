"""Tables whose cells are wrapped and centred: the lines of one cell match no line of its neighbours."""

from __future__ import annotations

from dataclasses import replace

from extraction.assemble import assemble
from models.domain.evidence import PageKind
from models.domain.pages import Page, Word
from models.domain.reading import Context
from tests.support.papers import parsed

Cell = tuple[float, float, str]
LINE = 10.0
HEAD: list[Cell] = [(20, 0, "Item"), (80, 0, "Description"), (230, 0, "Qty"), (265, 0, "Unit"), (300, 0, "Price"),
                    (345, 0, "Amount")]


def page(rows: list[list[Cell]], pitch: float, *, rules: bool) -> Page:
    """Each row `pitch` points high; a cell is its left edge, how many points below the row's top it stands, and its line."""
    words = []
    for n, row in enumerate([HEAD, *rows]):
        for left, down, text in row:
            at, top = left, 100 + n * pitch + down
            for word in text.split():
                words.append(Word(word, 0, (at, top, at + 5.0 * len(word), top + LINE)))
                at += 5.0 * len(word) + 2.5
    made = Page(0, PageKind.PAPER, 595.0, 842.0, tuple(words))
    edges = [100 + n * pitch - 2 for n in range(len(rows) + 2)]
    return replace(made, rules=tuple((18.0, y, 385.0, y + 0.5) for y in edges)) if rules else made


ROWS: list[list[Cell]] = [
    [(20, 5, "KX-4471"), (80, 0, "Hinge brass, left,"), (80, 10, "with four screws"), (235, 5, "24"), (265, 5, "pcs"),
     (305, 5, "1.10"), (345, 5, "26.40")],
    [(20, 0, "KX-"), (20, 10, "55/B"), (80, 5, "Door closer"), (235, 5, "2"), (265, 5, "pcs"), (300, 5, "10.00"),
     (345, 5, "20.00")],
    [(20, 5, "KX-9"), (80, 0, "Lock case with key,"), (80, 10, "nickel"), (230, 5, "100"), (265, 5, "pcs"), (305, 5, "3.00"),
     (345, 5, "300.00")],
]


def read(made: Page) -> list[tuple[str, ...]]:
    (reading,) = assemble(parsed(made), Context())
    return [
        tuple(str(value.value) if value else "" for value in (x.buyer_sku, x.description, x.quantity, x.unit_price, x.amount))
        for x in reading.lines]


WANTED = [
    ("KX-4471", "Hinge brass, left, with four screws", "24", "1.10", "26.40"),
    ("KX-55/B", "Door closer", "2", "10.00", "20.00"),
    ("KX-9", "Lock case with key, nickel", "100", "3.00", "300.00")]


def test_rows_between_rules() -> None:
    assert read(page(ROWS, 24, rules=True)) == WANTED


def test_rows_between_bands_of_white() -> None:
    assert read(page(ROWS, 28, rules=False)) == WANTED
