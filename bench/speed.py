"""How fast reading is, and how much memory it takes: each format beside the bare library that reads it, in the same run."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable, Iterable, Sequence

import pymupdf

from bench.memory import ocr_peak_mb, parse_and_weigh
from bench.rows import Row
from bench.speed_files import SpeedFiles, speed_files
from bench.timing import cpu_ms, plumber_words, to_readings, to_words
from extraction.formats.options import ParseOptions
from models.domain.pages import PageImage
from runtime.codec import pack
from runtime.sandbox import Sandbox

_PRELOAD = ("extraction.formats.worker", "bench.memory")
_SCANS = {"clean scan": "s200", "standard fax": "fax_std"}


def run(*, count: int, ocr_pages: int, seed: int, long_sheet: int = 20_000) -> list[Row]:
    """Measure `count` native PDFs and HTML mails, a sheet of 200 rows and a long one, a DOCX; and OCR on `ocr_pages` pages of two
    grades of paper (0: none)."""
    files = speed_files(seed, count, long_sheet)
    rows = [*_pdf(files.pdfs), *_sheets(files), *_texts(files), *_walls(files)]
    return [*rows, *_ocr(ocr_pages, seed)] if ocr_pages else rows


def _pdf(pdfs: Sequence[bytes]) -> Iterable[Row]:
    """CPU a page: to words and to readings, beside the words alone of two libraries."""
    pages = sum(len(pymupdf.open("pdf", data)) for data in pdfs)
    words, whole, bare, plumber = (cpu_ms(pdfs, read) / pages for read in (to_words, to_readings, _bare_pdf, plumber_words))
    for name, value in (("native PDF to words", words), ("native PDF to readings", whole)):
        yield Row(name, value, "ms/page", bare, "PyMuPDF words")
        yield Row(name, value, "ms/page", plumber, "pdfplumber words")
    yield Row("native PDF to readings", 1000 / whole, "pages/s")


def _sheets(files: SpeedFiles) -> Iterable[Row]:
    for rows, data, rounds in ((200, files.short_sheet, 3), (files.long_rows, files.long_sheet, 1)):
        name = f"sheet of {rows:,} rows"
        ours = cpu_ms([data], to_words, rounds=rounds)
        for library, read in (("openpyxl", _openpyxl), ("calamine", _calamine)):
            yield Row(f"{name} to words", ours, "ms", cpu_ms([data], read, rounds=rounds), library)
        yield Row(f"{name} to readings", cpu_ms([data], to_readings, rounds=1), "ms")


def _texts(files: SpeedFiles) -> Iterable[Row]:
    ours, bare = (cpu_ms([files.docx], read) for read in (to_words, _python_docx))
    yield Row("DOCX of 40 lines to words", ours, "ms", bare, "python-docx")
    mails = [_html_of(mail) for mail in files.mails]
    ours = cpu_ms(mails, to_words) / len(mails)
    yield Row("HTML mail to words", ours, "ms", cpu_ms(mails, _selectolax) / len(mails), "selectolax text")


def _walls(files: SpeedFiles) -> Iterable[Row]:
    """What a document's own child costs, by wall clock, and the peak of its memory."""
    kinds = {"PDF": files.pdfs[0], "sheet of 200 rows": files.short_sheet, f"sheet of {files.long_rows:,} rows": files.long_sheet,
             "DOCX": files.docx, "HTML": _html_of(files.mails[0])}
    walls = Sandbox(preload=_PRELOAD)
    try:
        for name, data in kinds.items():
            peak = json.loads(walls.run(f"{parse_and_weigh.__module__}:{parse_and_weigh.__name__}", data))
            yield Row(f"memory of the child that parses: {name}", peak / 1024, "MB")
        page, options = kinds["PDF"], pack(ParseOptions())
        inside = _wall_ms(lambda: walls.run("extraction.formats.worker:parse", page, options))
        yield Row("sandbox, a document", inside - _wall_ms(lambda: pack(to_words(page))), "ms")
    finally:
        walls.close()


def _ocr(count: int, seed: int) -> Iterable[Row]:
    """CPU a page of our readers beside the bare ones; what a second process gains; memory with both readers warm."""
    from bench.ocr import READERS, measure
    from bench.ocr_pages import pages

    drawn = list(pages(count=count, seed=seed, part="check", grades=tuple(_SCANS.values())))
    spent = {name: measure(make(), drawn) for name, make in READERS.items()}
    for scan, grade in _SCANS.items():
        a_page = {name: tallies[grade].seconds / max(tallies[grade].pages, 1) for name, tallies in spent.items()}
        for profile, ours, bare in (("accurate", "accurate", "bare rapidocr"), ("light", "tesseract", "bare tesseract")):
            yield Row(f"{scan}, {profile}", a_page[ours], "s/page", a_page[bare], bare)
    yield from _both_cores([page.image for page in drawn])
    for engine in ("accurate", "tesseract"):
        yield Row(f"memory of the OCR process: {engine}", ocr_peak_mb(engine, drawn[0].image), "MB")


def _both_cores(images: Sequence[PageImage]) -> Iterable[Row]:
    """Wall seconds of one document of all these pages, with an OCR process for each core and with one."""
    from extraction.ocr.pool import OcrPool

    seconds = {}
    for workers in (1, os.cpu_count() or 1):
        pool = OcrPool("accurate", workers)
        try:
            pool.read([images[0]] * workers)           # start every process
            begun = time.perf_counter()
            pool.read(images)
            seconds[workers] = time.perf_counter() - begun
        finally:
            pool.close()
    yield Row(f"OCR of {len(images)} pages, {max(seconds)} processes", seconds[max(seconds)], "s wall", seconds[1], "one process")


def _wall_ms(work: Callable[[], object], *, rounds: int = 25) -> float:
    """Milliseconds by the clock, the best of some rounds: others' load only adds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return min(times)


def _html_of(mail: bytes) -> bytes:
    import email
    from email import policy

    body = email.message_from_bytes(mail, policy=policy.default).get_body(("html",))
    return body.get_content().encode() if body else b""


# --- bare libraries ---------------------------------------------------------------------------------------------------


def _bare_pdf(data: bytes) -> object:
    return [page.get_text("words") for page in pymupdf.open("pdf", data).pages()]


def _openpyxl(data: bytes) -> object:
    import openpyxl

    return [list(sheet.values) for sheet in openpyxl.load_workbook(io.BytesIO(data), data_only=True)]


def _calamine(data: bytes) -> object:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def _python_docx(data: bytes) -> object:
    from docx import Document

    paper = Document(io.BytesIO(data))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return [*(p.text for p in paper.paragraphs), *cells]


def _selectolax(data: bytes) -> object:
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(data).text()
