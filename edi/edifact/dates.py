"""DTM segments as dates, each in its own format. Numbers in brackets are UN/EDIFACT data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from edi.build import INDIRECT, OrderBuilder, less_sure
from edi.segments import Segment
from models.domain.evidence import Found

_DIRECT = ("2", "69", "63")                                # [2005] delivery requested, promised, latest
_HINTS = ("64", "10", "200", "17", "11")                   # earliest delivery, shipment requested, pick-up, estimated, despatch
_DIGITS = {                                                # [2379] formats that begin with a day → digits of that day
    **dict.fromkeys(("", "102", "203", "204", "205", "303", "711", "718", "719"), 8),        # CCYYMMDD
    **dict.fromkeys(("101", "201", "202", "301", "713", "717"), 6),                          # YYMMDD
}


def wanted_date(builder: OrderBuilder, segments: Sequence[Segment]) -> Found[date] | None:
    """The date the goods are wanted; less sure when only a date that hints at it is there."""
    return best_date(builder, segments, _DIRECT) or less_sure(best_date(builder, segments, _HINTS), INDIRECT)


def best_date(builder: OrderBuilder, segments: Sequence[Segment], codes: Sequence[str]) -> Found[date] | None:
    """The date whose qualifier comes first in `codes`."""
    dates = {segment.get(1): segment for segment in reversed(segments) if segment.tag == "DTM"}
    return next((dtm_date(builder, dates[code]) for code in codes if code in dates), None)


def dtm_date(builder: OrderBuilder, segment: Segment) -> Found[date] | None:
    """The day of a DTM segment; of a period its first. Weeks, months and unknown formats are noted, not guessed."""
    form, text = segment.get(1, 2), segment.get(1, 1)
    if form in _DIGITS:
        return builder.day(segment, 1, 1, digits=6 if not form and len(text) < 8 else _DIGITS[form])
    builder.note("bad_date", f"“{text[:40]}” in segment {segment.index + 1} (format {form}) is no day; ask which day is meant.")
    return None
