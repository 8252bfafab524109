"""When a UBL delivery is wanted. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from edi.ubl.document import Document, Node
from models.domain.evidence import Candidate, Found

_WITHIN_PERIOD = 0.8                       # confidence that the last day of a period is the day the goods are wanted


def wanted_date(document: Document, delivery: Node | None) -> Found[date] | None:
    """The latest day of the period asked for; less sure when the period has several days."""
    first = document.day(delivery, "RequestedDeliveryPeriod/StartDate")
    last = document.day(delivery, "RequestedDeliveryPeriod/EndDate") or document.day(delivery, "LatestDeliveryDate")
    if first is None or last is None or first.value == last.value:
        return last or first
    other = Candidate(first.value, 1 - _WITHIN_PERIOD, first.evidence)
    return replace(last, confidence=_WITHIN_PERIOD, candidates=(other,))
