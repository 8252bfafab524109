"""Documents for the review UI's tests: orders we draw ourselves, and their pages of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import pymupdf

from models.domain.evidence import Evidence, Origin, PageKind, Place
from models.domain.pages import Page, Word, WordFlag

ROWS = (
    ("10", "AC-4471", "Nitrile gloves size M", "12", "BX", "7.90"),
    ("20", "AC-9082", "Hex bolt M8x40 zn", "500", "C62", "0.1240"),
    ("30", "", "Packing tape clear 48mm", "36", "RO", "1.35"),
)


def make_pdf(po_number: str, rows: Sequence[Sequence[str]] = ROWS, *, pages: int = 1) -> tuple[bytes, tuple[Page, ...]]:
    """A purchase order as PDF, and its pages of words."""
    document = pymupdf.open()
    for number in range(pages):
        page = document.new_page(width=595, height=842)
        page.insert_text((56, 70), "PURCHASE ORDER", fontsize=20, fontname="hebo")
        page.insert_text((56, 110), "Ashcroft Dental Care", fontsize=11, fontname="hebo")
        page.insert_text((56, 126), "12 Harbour Row, 4020 Linford", fontsize=10)
        page.insert_text((360, 110), f"PO number: {po_number}", fontsize=11)
        page.insert_text((360, 126), "Date: 2026-11-20", fontsize=10)
        page.insert_text((360, 142), f"Page {number + 1} of {pages}", fontsize=10)
        _draw_rows(page, rows if number == 0 else ())
    content: bytes = document.tobytes()
    found = tuple(_words(page) for page in document)
    document.close()
    return content, found


def _draw_rows(page: pymupdf.Page, rows: Sequence[Sequence[str]]) -> None:
    columns = (56, 90, 160, 360, 410, 460, 515)
    step = min(22.0, 560 / max(len(rows), 1))
    for x, head in zip(columns, ("Pos", "Your no.", "Description", "Qty", "Unit", "Price", "Amount"), strict=True):
        page.insert_text((x, 200), head, fontsize=9, fontname="hebo")
    page.draw_line((56, 206), (540, 206))
    for n, row in enumerate(rows):
        amount = f"{Decimal(row[3]) * Decimal(row[5]):.2f}"
        for x, text in zip(columns, (*row, amount), strict=True):
            page.insert_text((x, 224 + step * n), text, fontsize=min(10, step - 1))
    if rows:
        bottom, total = 226 + step * len(rows), sum((Decimal(r[3]) * Decimal(r[5]) for r in rows), Decimal(0))
        page.draw_line((400, bottom), (540, bottom))
        page.insert_text((410, bottom + 18), f"Total EUR {total:.2f}", fontsize=11, fontname="hebo")


def _words(page: pymupdf.Page) -> Page:
    words = tuple(Word(w[4], page.number, (w[0], w[1], w[2], w[3])) for w in page.get_text("words"))
    return Page(page.number, PageKind.PAPER, 595.0, 842.0, words)


def text_page(text: str) -> Page:
    """A mail's text as a page of words."""
    lines = text.split("\n")
    words = []
    for n, line in enumerate(lines):
        start = 0
        for part in line.split():
            left = line.index(part, start)
            start = left + len(part)
            words.append(
                Word(
                    part, 0, (left, n, start, n + 1), flags=frozenset({WordFlag.QUOTED}) if line.startswith(">") else frozenset()
                )
            )
    return Page(0, PageKind.TEXT, max(map(len, lines)), len(lines), tuple(words))


def sheet_page(rows: Sequence[Sequence[str]]) -> Page:
    """A spreadsheet's sheet as a page of cells."""
    words = tuple(Word(text, 0, (c, r, c + 1, r + 1)) for r, row in enumerate(rows) for c, text in enumerate(row) if text)
    return Page(0, PageKind.SHEET, max(map(len, rows)), len(rows), words, name="Order")


def find(text: str, pages: Sequence[Page], *, nth: int = 0) -> Evidence:
    """Proof that `text` stands on the pages, as one word or several, at its nth occurrence."""
    runs = [run for page in pages for run in _runs(page, text)]
    if len(runs) <= nth:
        raise AssertionError(f"{text!r} does not stand on the pages")
    return Evidence(Origin.READ, text, runs[nth])


def _runs(page: Page, text: str) -> Iterator[tuple[Place, ...]]:
    longest = len(text.split())
    for start in range(len(page.words)):
        for count in range(1, longest + 1):
            run = page.words[start : start + count]
            if " ".join(w.text for w in run) == text:
                yield tuple(Place(page.number, w.box, page.kind) for w in run)
