"""Figures of how orders flow, from the facts of `matching.flow`. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from matching.flow import SETTLED, CaseFlow
from models.domain.doubt import DoubtCode

ORDER_FIELDS = ("customer", "po_number", "ship_to", "order_date", "requested_date", "currency", "total")
LINE_FIELDS = ("item", "quantity", "uom", "unit_price", "requested_date")
MOST_POINTS = 14


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of the period: its first day, and what was decided in it. Shares are None where there was nothing."""

    begins: datetime
    orders: int
    touchless: float | None
    asked: float | None
    seconds: float | None      # median of orders that somebody had open
    keys: float | None


def spans(flow: Sequence[CaseFlow], since: datetime, until: datetime) -> tuple[Span, ...]:
    """The period in at most MOST_POINTS equal stretches of whole days, the last one ending with `until`."""
    days = max(1, round((until - since) / timedelta(days=1)))
    length = timedelta(days=-(-days // MOST_POINTS))
    count = max(1, -(-(until - since) // length))
    begins = [until - length * n for n in range(count, 0, -1)]
    return tuple(_span(begin, [c for c in flow if begin <= c.decided_at < begin + length]) for begin in begins)


def _span(begins: datetime, cases: Sequence[CaseFlow]) -> Span:
    seconds = [c.seconds for c in cases if c.seconds is not None]
    keys = [c.keys for c in cases if c.keys is not None]
    return Span(
        begins, len(cases), touchless(cases), 1 - sum(c.is_approved for c in cases) / len(cases) if cases else None,
        median(seconds) if seconds else None, float(median(keys)) if keys else None)


def touchless(flow: Sequence[CaseFlow]) -> float | None:
    """The share of decided orders that nobody had to look at."""
    return sum(c.is_touchless for c in flow) / len(flow) if flow else None


def reasons(flow: Sequence[CaseFlow], most: int = 12) -> tuple[tuple[DoubtCode, int], ...]:
    """Why orders were held, by how many orders; an order counts once a reason."""
    counted = Counter(code for c in flow for code in c.reasons)
    return tuple(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))[:most])


def accuracy(flow: Sequence[CaseFlow]) -> tuple[tuple[str, float], ...]:
    """Of settled orders, the share of fields that nobody changed, the worst first. "line quantity" is counted over lines.

    What nobody looked at counts as right here: the blind sample tells how often that is wrong.
    """
    settled = [c for c in flow if c.state in SETTLED]
    lines = sum(c.lines for c in settled)
    shares = [(name, 1 - sum(name in c.fields for c in settled) / len(settled)) for name in ORDER_FIELDS if settled]
    for name in LINE_FIELDS if lines else ():
        wrong = sum(_is_line_field(path, name) for c in settled for path in c.fields)
        shares.append((f"line {name}", max(0.0, 1 - wrong / lines)))
    return tuple(sorted(shares, key=lambda entry: entry[1]))


def _is_line_field(path: str, name: str) -> bool:
    parts = path.split(".")
    return len(parts) == 3 and parts[0] == "lines" and parts[2] == name
