"""The documents speed is measured on: generated, one set for a seed."""

from __future__ import annotations

import io
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from docx import Document

from extraction.model.synth import generate, make_company

_HEAD = ("Item", "Description", "Qty", "Unit", "Price", "Amount")


@dataclass(frozen=True, slots=True)
class SpeedFiles:
    """Contents of files; `pdfs` and `mails` are several, the rest one each."""

    pdfs: tuple[bytes, ...]
    mails: tuple[bytes, ...]
    docx: bytes
    short_sheet: bytes
    long_sheet: bytes
    long_rows: int


def speed_files(seed: int, count: int, long_rows: int) -> SpeedFiles:
    """`count` orders as native PDF and as HTML mail of the held-back layouts; one order as DOCX and as
    sheets of 200 and of `long_rows` rows."""
    company = make_company(seed)
    with tempfile.TemporaryDirectory() as name:
        made = {kind: _contents(Path(name) / kind, seed, count, kind, company) for kind in ("pdf", "html_mail")}
    short, long = _xlsx(_rows(seed, 200)), _xlsx(_rows(seed, long_rows))
    return SpeedFiles(made["pdf"], made["html_mail"], _docx(_rows(seed, 40)), short, long, long_rows)


def _contents(folder: Path, seed: int, count: int, kind: str, company: Any) -> tuple[bytes, ...]:
    generate(folder, seed=seed, count=count, part="check", kinds=[kind], company=company)
    return tuple(path.read_bytes() for path in sorted((folder / "documents").iterdir()))


def _rows(seed: int, count: int) -> list[tuple[str, str, int, str, float, float]]:
    rng = random.Random(seed)
    drawn = ((n, rng.randrange(1, 500), rng.randrange(5, 90_000) / 100) for n in range(count))
    return [(f"KX-{n:05}", f"Hinge no. {n}, brass, {40 + n % 60} mm", q, "pcs", p, round(q * p, 2)) for n, q, p in drawn]


def _xlsx(rows: list[tuple[str, str, int, str, float, float]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Order")
    for row in (("PURCHASE ORDER",), ("PO Number", "PO-88213"), (), _HEAD, *rows):
        sheet.append(row)
    return _saved(book)


def _docx(rows: list[tuple[str, str, int, str, float, float]]) -> bytes:
    paper = Document()
    paper.add_heading("PURCHASE ORDER", 0)
    paper.add_paragraph("PO Number: PO-88213")
    grid = paper.add_table(rows=0, cols=len(_HEAD))
    for row in (_HEAD, *rows):
        for cell, value in zip(grid.add_row().cells, row, strict=True):
            cell.text = str(value)
    return _saved(paper)


def _saved(file: Any) -> bytes:
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()
