"""What understanding costs: CPU from bytes to readings of a one-page order and of an order of a hundred lines, beside the time
that pdfplumber takes only to read their words, in the same run."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable, Iterable, Sequence

import pymupdf

from bench.rows import Row
from extraction.assemble import assemble
from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from extraction.layout.geometry import document_lines
from extraction.model.synth import make_company
from extraction.model.synth.generate import make_document
from extraction.model.synth.layouts import layouts
from extraction.model.synth.orders import Wishes, draw_order
from extraction.model.tagger import tag
from models.domain.reading import Context

MANY_LINES = 100


def run(*, count: int, seed: int) -> list[Row]:
    """Measure `count` orders of one page and a few of a hundred lines, on check layouts."""
    rng = random.Random(f"understanding/{seed}")
    short = orders(rng, seed, count, lines=3, one_page=True)
    long = orders(rng, seed, max(2, count // 5), lines=MANY_LINES)
    return [*_rows("one-page native order", short), *_rows(f"native order of {MANY_LINES} lines", long)]


def orders(rng: random.Random, seed: int, count: int, *, lines: int, one_page: bool = False) -> list[bytes]:
    """PDFs of purchase orders with so many lines."""
    company, allowed = make_company(seed), layouts("check")
    found: list[bytes] = []
    while len(found) < count:
        order = draw_order(rng, company, Wishes(doc_type="purchase_order", line_count=lines))
        content = make_document(rng, "pdf", company, order, allowed).content
        if not one_page or len(pymupdf.open("pdf", content)) == 1:
            found.append(content)
    return found


def _rows(name: str, files: Sequence[bytes]) -> Iterable[Row]:
    plumber = _ms(files, _plumber)
    yield Row(f"{name}, bytes to readings", _ms(files, _read), "ms CPU", plumber, "pdfplumber words")
    yield Row(f"{name}, bytes to words", _ms(files, _words), "ms CPU", plumber, "pdfplumber words")
    yield Row(f"{name}, tagging alone", _ms(files, _tagged) - _ms(files, _lines), "ms CPU", plumber, "pdfplumber words")


def _ms(files: Sequence[bytes], work: Callable[[bytes], object], *, rounds: int = 3) -> float:
    """CPU milliseconds a file, warm, the best of some rounds: others' load only adds."""
    work(files[0])
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        for data in files:
            work(data)
        best = min(best, time.process_time() - begun)
    return best * 1000 / len(files)


def _words(data: bytes) -> object:
    return parse_document(data, ParseOptions())


def _read(data: bytes) -> object:
    return assemble(parse_document(data, ParseOptions()).parsed, Context())


def _lines(data: bytes) -> object:
    return document_lines(parse_document(data, ParseOptions()).parsed.pages)


def _tagged(data: bytes) -> object:
    return tag(document_lines(parse_document(data, ParseOptions()).parsed.pages))


def _plumber(data: bytes) -> object:
    import pdfplumber

    return [page.extract_words() for page in pdfplumber.open(io.BytesIO(data)).pages]
