"""When a document that OCR read is worth reading again, every word twice. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.ocr.policy import WITNESSED
from extraction.unread import CODE as NOT_UNDERSTOOD
from models.domain.pages import Parsed
from models.domain.reading import Reading

_CONTRADICTIONS = frozenset({"amount_mismatch", "total_mismatch"})


_HOPELESS = 10**6              # more faults than any reading has


def wants_second_look(parsed: Parsed, readings: Sequence[Reading]) -> bool:
    """True when something contradicts itself and the reader of its pages can do more than it did."""
    return 0 < faults(readings) < _HOPELESS and any(page.read_by == WITNESSED for page in parsed.pages)


def faults(readings: Sequence[Reading]) -> int:
    """How much of what was read contradicts itself: lines and sums that do not work out, lines without a quantity. Pages
    that were not understood are worse than any of these."""
    if any(problem.code == NOT_UNDERSTOOD for reading in readings for problem in reading.problems):
        return _HOPELESS
    contradictions = sum(problem.code in _CONTRADICTIONS for reading in readings for problem in reading.problems)
    return contradictions + sum(line.quantity is None for reading in readings for line in reading.lines)
