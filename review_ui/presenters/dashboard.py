"""The dashboard: what a supervisor asks about a period, as charts and as a table to take along."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from openpyxl import Workbook
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from matching.flow import CaseFlow, Waiting, load_waiting
from matching.flow_figures import load_figures
from matching.promises import WINDOW
from models.tables.decisions import LineOutcomeRow
from models.tables.learned import LearnedFactRow, LearnedUseRow
from models.tables.partners import CustomerRow
from review_ui.charts import Chart, over_time, percent, ranked_bars, reliability
from review_ui.language import N_
from review_ui.presenters.doubt_words import DOUBT_WORDS, FIELD_WORDS
from runtime.exports import safe_cell
from runtime.zone import day_at, local, moment_of

PERIODS = (7, 30, 90, 365)
BINS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.000001)
COLUMNS = (
    "case", "customer", "po_number", "state", "received_at", "decided_at", "through_unseen", "drawn", "lines", "reasons",
    "fields_corrected", "keys", "active_seconds")


@dataclass(frozen=True, slots=True)
class Learning:
    """What corrections taught in the period, and how often that was used and contradicted."""

    facts: int
    uses: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The whole page. Shares are None where nothing was decided."""

    orders: int
    touchless: float | None
    waiting: Waiting
    learning: Learning
    rate: Chart
    held: Chart
    fields: Chart
    time: Chart
    keys: Chart
    age: Chart
    calibration: Chart


def begin_of(at: datetime, days: int) -> datetime:
    """When the period of so many days began of which the last is running at that moment."""
    return moment_of(day_at(at) - timedelta(days=days - 1))


def load_dashboard(db: Session, at: datetime, days: int, customer_no: str | None) -> Dashboard:
    """Everything about the last so many days, today among them, of one customer if asked."""
    since = begin_of(at, days)
    figures = load_figures(db, since, at, customer_no)
    waiting = load_waiting(db, at, customer_no)
    points = figures.spans
    labels = [day_at(p.begins).isoformat() for p in points]
    return Dashboard(
        figures.orders, figures.touchless, waiting, _learning(db, since, customer_no),
        rate=over_time(labels, [(N_("touchless"), [p.touchless for p in points]), (N_("asked"), [p.asked for p in points])],
                       word=percent, most=1.0),
        held=ranked_bars([(DOUBT_WORDS[code], n) for code, n in figures.reasons]),
        fields=ranked_bars([(FIELD_WORDS[name], share) for name, share in figures.accuracy], word=percent),
        time=over_time(labels, [(N_("median"), [p.seconds for p in points])]),
        keys=over_time(labels, [(N_("median"), [p.keys for p in points])]),
        age=ranked_bars([(f"< {most} h" if most else "72 h +", n) for most, n in waiting.by_age]),
        calibration=reliability(_bins(db, since, customer_no)))


def _of_customer(column: Any, customer_no: str) -> ColumnElement[bool]:
    owner = select(CustomerRow.id).where(CustomerRow.customer_no == customer_no).scalar_subquery()
    is_theirs: ColumnElement[bool] = column == owner
    return is_theirs


def _learning(db: Session, since: datetime, customer_no: str | None) -> Learning:
    facts = select(func.count()).select_from(LearnedFactRow).where(LearnedFactRow.made_at >= since)
    uses = (
        select(func.count(), func.sum(case((LearnedUseRow.is_conflict, 1), else_=0)))
        .join(LearnedFactRow, LearnedFactRow.id == LearnedUseRow.fact_id).where(LearnedUseRow.at >= since))
    if customer_no:
        facts = facts.where(_of_customer(LearnedFactRow.customer_id, customer_no))
        uses = uses.where(_of_customer(LearnedFactRow.customer_id, customer_no))
    used, conflicts = db.execute(uses).one()
    return Learning(db.execute(facts).scalar_one(), used, conflicts or 0)


def _bins(db: Session, since: datetime, customer_no: str | None) -> list[tuple[float, float, int]]:
    """Reviewed lines by how sure they were, the newest WINDOW of the period: (mean probability, share that was right, how many),
    each weighed by how rarely its like is looked at, so that the drawn sample counts for all it stands for."""
    newest = (
        select(LineOutcomeRow.score, LineOutcomeRow.share, LineOutcomeRow.is_wrong)
        .where(LineOutcomeRow.at >= since).order_by(LineOutcomeRow.id.desc()).limit(WINDOW))
    if customer_no:
        newest = newest.where(_of_customer(LineOutcomeRow.customer_id, customer_no))
    line = newest.subquery().c
    weight = 1 / line.share
    number = case(*((line.score < most, n) for n, most in enumerate(BINS))).label("number")
    seen = (
        select(func.sum(line.score * weight), func.sum(case((line.is_wrong, 0.0), else_=weight)), func.sum(weight), func.count())
        .group_by(number).order_by(number))
    return [(score / weight, right / weight, count) for score, right, weight, count in db.execute(seen)]


def table_rows(flow: Sequence[CaseFlow]) -> Iterator[tuple[object, ...]]:
    """One row a case under COLUMNS; no cell is a formula anywhere."""
    for c in flow:
        row = (
            c.case_id, c.customer, c.po_number, c.state.value, local(c.received_at).isoformat(timespec="seconds"),
            local(c.decided_at).isoformat(timespec="seconds"), _yes(c.is_approved), _yes(c.is_sampled), c.lines,
            " ".join(c.reasons), " ".join(sorted(c.fields)), c.keys, round(c.seconds, 1) if c.seconds is not None else None)
        yield tuple(safe_cell(cell) for cell in row)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def as_csv(flow: Sequence[CaseFlow]) -> bytes:
    """The table as CSV in UTF-8 with a byte order mark, which spreadsheets need."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(table_rows(flow))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(flow: Sequence[CaseFlow]) -> bytes:
    """The table as a workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    sheet.append(COLUMNS)
    for row in table_rows(flow):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
