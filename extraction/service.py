"""Bytes to readings: pages of words, then one assembly for everything a person can look at and a codec for each EDI format.

All of it happens in sandboxed children: what this process handles is bytes and answers that fit their types.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from edi.read import PARSERS
from extraction.pages import PageReader
from models.domain.pages import Parsed
from models.domain.reading import Context, Reading


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """What one document says; `seconds` is wall time from bytes to readings."""

    parsed: Parsed
    readings: tuple[Reading, ...]
    seconds: float


class Reader:
    """Reads one document at a time. Safe to share between threads, as its page reader is."""

    def __init__(self, pages: PageReader) -> None:
        self.pages = pages

    def read(self, content: bytes, context: Context) -> DocumentResult:
        """The readings of one document. Raises InputError for bytes that cannot be read, with a code and a sentence."""
        begun = time.perf_counter()
        parsed = self.pages.read(content, file_name=context.file_name)
        is_coded = parsed.format in PARSERS
        readings = self.pages.decode(content, parsed.format) if is_coded else self.pages.understand(parsed, context)
        return DocumentResult(parsed, readings, time.perf_counter() - begun)
