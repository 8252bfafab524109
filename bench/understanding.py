"""What understanding costs: CPU from bytes to readings of a one-page order and of an order of a hundred lines, beside the time
that pdfplumber takes only to read their words, in the same run."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import pymupdf

from bench.rows import Row
from bench.timing import cpu_ms, plumber_words, to_readings, to_words
from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from extraction.layout.reading_order import document_lines
from extraction.model.synth import make_company
from extraction.model.synth.generate import make_document
from extraction.model.synth.layouts import layouts
from extraction.model.synth.orders import Wishes, draw_order
from extraction.model.tagger import tag

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
    words, readings, lines, tagged, plumber = (
        cpu_ms(files, read) / len(files) for read in (to_words, to_readings, _lines, _tagged, plumber_words))
    for what, value in (("bytes to readings", readings), ("bytes to words", words), ("tagging alone", tagged - lines)):
        yield Row(f"{name}, {what}", value, "ms CPU", plumber, "pdfplumber words")


def _lines(data: bytes) -> object:
    return document_lines(parse_document(data, ParseOptions()).parsed.pages)


def _tagged(data: bytes) -> object:
    return tag(document_lines(parse_document(data, ParseOptions()).parsed.pages))
