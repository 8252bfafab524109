"""CPU time of reading files, and the ways of reading that several measurements share."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence

from extraction.assemble import assemble
from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from models.domain.reading import Context

Read = Callable[[bytes], object]


def cpu_ms(files: Sequence[bytes], read: Read, *, rounds: int = 3) -> float:
    """CPU milliseconds for all files, the best of some rounds; with more than one, after one file to warm up."""
    if rounds > 1:
        read(files[0])
    return min(_once(files, read) for _ in range(rounds))


def _once(files: Sequence[bytes], read: Read) -> float:
    begun = time.process_time()
    for data in files:
        read(data)
    return (time.process_time() - begun) * 1000


def to_words(data: bytes) -> object:
    """Our pages of words."""
    return parse_document(data, ParseOptions())


def to_readings(data: bytes) -> object:
    """Our readings."""
    return assemble(parse_document(data, ParseOptions()).parsed, Context())


def plumber_words(data: bytes) -> object:
    """The words of a PDF by pdfplumber."""
    import pdfplumber

    return [page.extract_words() for page in pdfplumber.open(io.BytesIO(data)).pages]
