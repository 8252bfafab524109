"""Figures of how orders flow, counted by the database: a period may hold tens of thousands of orders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, select, tuple_
from sqlalchemy.orm import Session

from matching.flow import SETTLED, first_decided
from models.domain.doubt import DoubtCode
from models.tables.cases import CaseRow, CorrectionRow, DoubtRow
from models.tables.decisions import CaseDecisionRow
from models.tables.desk import CaseVisitRow
from runtime.zone import day_at, moment_of

ORDER_FIELDS = ("customer", "po_number", "ship_to", "order_date", "requested_date", "currency", "total")
LINE_FIELDS = ("item", "quantity", "uom", "unit_price", "requested_date")
MOST_POINTS = 14
MOST_REASONS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of the period: its first day, and what was decided in it. Shares are None where there was nothing."""

    begins: datetime
    orders: int
    touchless: float | None
    asked: float | None
    seconds: float | None      # median of orders that somebody had open
    keys: float | None


@dataclass(frozen=True, slots=True)
class FlowFigures:
    """What became of the orders first decided in a period.

    `touchless`: the share that nobody had to look at and nobody changed; None without orders. `reasons`: why orders were held, by
    how many orders, most first. `accuracy`: of settled orders the share of fields that nobody changed, the worst first, "line
    quantity" counted over lines; what nobody looked at counts as right, and the blind sample tells how often that is wrong.
    """

    orders: int
    touchless: float | None
    spans: tuple[Span, ...]
    reasons: tuple[tuple[DoubtCode, int], ...]
    accuracy: tuple[tuple[str, float], ...]


def load_figures(db: Session, since: datetime, until: datetime, customer_no: str | None = None) -> FlowFigures:
    """The figures of a period, in at most MOST_POINTS equal stretches of whole days; the last ends with the day of `until`."""
    begins = _begins(since, until)
    counted = _counted(db, begins, since, customer_no)
    medians = _medians(db, begins, since, customer_no)
    orders, untouched = sum(c.orders for c in counted.values()), sum(c.untouched for c in counted.values())
    points = (_span(begin, counted.get(n), medians.get(n)) for n, begin in enumerate(begins))
    return FlowFigures(
        orders, untouched / orders if orders else None, tuple(points), _reasons(db, since, customer_no),
        _accuracy(db, since, customer_no, sum(c.settled for c in counted.values()),
                  sum(c.settled_lines for c in counted.values())))


def _begins(since: datetime, until: datetime) -> list[datetime]:
    last = day_at(until)
    days = (last - day_at(since)).days + 1
    length = -(-days // MOST_POINTS)
    return [moment_of(last - timedelta(days=length * n - 1)) for n in range(-(-days // length), 0, -1)]


def _number(begins: Sequence[datetime], at: ColumnElement[datetime]) -> ColumnElement[int]:
    """The number of the stretch a moment lies in."""
    return case(*((at >= begin, n) for n, begin in reversed(list(enumerate(begins)))), else_=0)


def _span(begins: datetime, counted: Row[Any] | None, medians: tuple[float, float] | None) -> Span:
    orders = counted.orders if counted else 0
    seconds, keys = medians or (None, None)
    return Span(
        begins, orders, counted.untouched / orders if counted else None, 1 - counted.approved / orders if counted else None,
        seconds, keys)


def _counted(db: Session, begins: Sequence[datetime], since: datetime, customer_no: str | None) -> dict[int, Row[Any]]:
    decided = first_decided(since, customer_no).subquery()
    changed = exists().where(CorrectionRow.case_id == decided.c.case_id)
    is_settled = CaseRow.state.in_(SETTLED)
    number = _number(begins, decided.c.at).label("number")
    rows = db.execute(
        select(number, func.count().label("orders"), func.sum(case((decided.c.is_approved, 1), else_=0)).label("approved"),
               func.sum(case((and_(decided.c.is_approved, ~changed), 1), else_=0)).label("untouched"),
               func.sum(case((is_settled, 1), else_=0)).label("settled"),
               func.sum(case((is_settled, decided.c.lines), else_=0)).label("settled_lines"))
        .join(CaseRow, CaseRow.id == decided.c.case_id).group_by(number))
    return {row.number: row for row in rows}


def _medians(
    db: Session, begins: Sequence[datetime], since: datetime, customer_no: str | None,
) -> dict[int, tuple[float, float]]:
    """Of each stretch the active seconds and the keys of a case; worked out here: SQLite's windows take twice as long."""
    decided = first_decided(since, customer_no).subquery()
    opened: dict[int, list[tuple[float, float]]] = defaultdict(list)
    visits = (
        select(_number(begins, decided.c.at), func.sum(CaseVisitRow.active_seconds), func.sum(CaseVisitRow.keys))
        .join(CaseVisitRow, CaseVisitRow.case_id == decided.c.case_id).group_by(decided.c.case_id, decided.c.at))
    for number, seconds, keystrokes in db.connection().execute(visits):          # plain rows: thousands
        opened[number].append((seconds, keystrokes))
    return {number: (float(median(s for s, _ in found)), float(median(k for _, k in found))) for number, found in opened.items()}


def _reasons(db: Session, since: datetime, customer_no: str | None) -> tuple[tuple[DoubtCode, int], ...]:
    first = first_decided(since, customer_no).with_only_columns(CaseDecisionRow.case_id, CaseDecisionRow.version)
    asked = (                                        # by pairs: else SQLite walks all doubts there are
        select(DoubtRow.case_id, DoubtRow.code).distinct()
        .where(tuple_(DoubtRow.case_id, DoubtRow.version).in_(first)).subquery())
    orders = func.count()
    rows = db.execute(
        select(asked.c.code, orders).group_by(asked.c.code).order_by(orders.desc(), asked.c.code).limit(MOST_REASONS))
    return tuple((code, count) for code, count in rows)


def _accuracy(
    db: Session, since: datetime, customer_no: str | None, orders: int, lines: int,
) -> tuple[tuple[str, float], ...]:
    """Of so many settled orders and lines."""
    settled = first_decided(since, customer_no, SETTLED).subquery()
    changed: Counter[str] = Counter()
    for path, count in db.execute(
            select(CorrectionRow.path, func.count(CorrectionRow.case_id.distinct()))
            .join(settled, settled.c.case_id == CorrectionRow.case_id).group_by(CorrectionRow.path)):
        changed[_name(path)] += count
    shares = [(name, 1 - changed[name] / orders) for name in ORDER_FIELDS if orders]
    shares += [(f"line {name}", max(0.0, 1 - changed[f"line {name}"] / lines)) for name in LINE_FIELDS if lines]
    return tuple(sorted(shares, key=lambda entry: entry[1]))


def _name(path: str) -> str:
    """"po_number" for a value of the order, "line quantity" for "lines.3.quantity"."""
    parts = path.split(".")
    return f"line {parts[2]}" if len(parts) == 3 and parts[0] == "lines" else path
