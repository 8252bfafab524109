"""When a document that OCR read is worth reading again, every word twice. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.ocr.policy import WITNESSED
from models.domain.pages import Parsed
from models.domain.reading import Reading

_CONTRADICTIONS = frozenset({"amount_mismatch", "total_mismatch"})


def wants_second_look(parsed: Parsed, readings: Sequence[Reading]) -> bool:
    """True when something contradicts itself and the reader of its pages can do more than it did."""
    return faults(readings) > 0 and any(page.read_by == WITNESSED for page in parsed.pages)


def faults(readings: Sequence[Reading]) -> int:
    """How much of what was read contradicts itself: lines and sums that do not work out, lines without a quantity."""
    contradictions = sum(problem.code in _CONTRADICTIONS for reading in readings for problem in reading.problems)
    return contradictions + sum(line.quantity is None for reading in readings for line in reading.lines)
