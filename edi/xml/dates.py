"""When a delivery is wanted. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from models.domain.evidence import Candidate, Found

_WITHIN_PERIOD = 0.8                       # confidence that the last day of a period is the day the goods are wanted


def latest(first: Found[date] | None, last: Found[date] | None) -> Found[date] | None:
    """The latest day of the period asked for; less sure when the period has several days."""
    if first is None or last is None or first.value == last.value:
        return last or first
    other = Candidate(first.value, 1 - _WITHIN_PERIOD, first.evidence)
    return replace(last, confidence=_WITHIN_PERIOD, candidates=(other,))
