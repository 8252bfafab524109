"""Other orders of a customer that one may repeat, revise or amend: found through indexes, whatever the number of orders."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Select, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from matching.cases import REVIEWABLE
from matching.ordered import OrderedLine, folded, lines_of
from matching.records import Twin
from matching.same_order import is_telling
from models.domain.codes import clean_code, fold_code
from models.domain.draft import Draft
from models.domain.reading import DocumentType
from models.domain.states import CaseState, LineState, SalesOrderState
from models.tables.cases import CaseReadingRow, CaseRow, DraftRow
from models.tables.intake import DocumentRow, ReadingRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from runtime.codec import from_json
from runtime.zone import day_at, moment_of

SAME_GOODS_DAYS = 7
MOST = 20
"""How many other orders are looked at, the newest ones: a PO number such as "verbal" may stand on hundreds."""
_MOST_FILES = 200
_MOST_SIGNS = 10
"""So many blanks, dashes and dots a number may be written with."""
_USUAL = timedelta(days=100)
_STANDING = 3
"""Goods ordered so often under other numbers within _USUAL are a standing order: no question."""
_NOT_TWINS = (CaseState.REJECTED, CaseState.DUPLICATE, CaseState.NOT_AN_ORDER, CaseState.MERGED, CaseState.FAILED)
_OPEN = (*REVIEWABLE, CaseState.APPROVED)


def _same_file_query() -> Select[Any]:
    """Built once: it is asked for every order."""
    cases, fed, readings, documents = (row.__table__ for row in (CaseRow, CaseReadingRow, ReadingRow, DocumentRow))
    my_fed, mine, my_document = fed.alias(), readings.alias(), documents.alias()
    return (
        select(fed.c.case_id, cases.c.po_number)
        .select_from(my_fed).join(mine, mine.c.id == my_fed.c.reading_id)
        .join(my_document, my_document.c.id == mine.c.document_id)
        .join(documents, documents.c.sha256 == my_document.c.sha256).join(readings, readings.c.document_id == documents.c.id)
        .join(fed, fed.c.reading_id == readings.c.id).join(cases, cases.c.id == fed.c.case_id)
        .where(my_fed.c.case_id == bindparam("case"), fed.c.case_id != bindparam("case"))
        .where(readings.c.position == mine.c.position, documents.c.message_id != my_document.c.message_id)
        .where(cases.c.customer_id == bindparam("customer"), cases.c.version > 0, cases.c.state.not_in(_NOT_TWINS))
        .distinct().order_by(fed.c.case_id.desc()).limit(_MOST_FILES))


_SAME_FILE = _same_file_query()


def load_twins(db: Session, case_id: int, draft: Draft, same_goods_days: int = SAME_GOODS_DAYS) -> tuple[Twin, ...]:
    """Other cases and sales orders of the same customer, oldest first: those with the same PO number, those made of the same
    file, and, within so many days, those with the same goods."""
    if draft.customer is None:
        return ()
    customer_id = draft.customer.value.customer_id
    number = clean_code(draft.po_number.value) if draft.po_number else ""
    twins = _same_number(db, case_id, customer_id, number) if number else []
    same_file = _same_file(db, case_id, customer_id, number)
    twins += _of_cases(db, same_file - {t.case_id for t in twins}, {})
    twins = [replace(t, has_same_file=t.case_id in same_file) for t in twins]
    known = {t.label for t in twins}
    if draft.doc_type is not DocumentType.PURCHASE_ORDER:
        return tuple(twins)
    return (*twins, *(t for t in _same_goods(db, case_id, customer_id, draft, same_goods_days) if t.label not in known))


def _same_number(db: Session, case_id: int, customer_id: int, number: str) -> list[Twin]:
    o = SalesOrderRow
    named = db.execute(
        select(o.id, o.po_number).where(o.customer_id == customer_id, _may_be(db, o.po_number, number)).order_by(o.id.desc()))
    wanted = [row.id for row in named if clean_code(row.po_number) == number][:MOST]
    orders = db.execute(select(o.__table__).where(o.id.in_(wanted))).all()
    cases = [
        row.id for row in db.execute(
            select(CaseRow.id, CaseRow.po_number)
            .where(CaseRow.customer_id == customer_id, _may_be(db, CaseRow.po_number, number))
            .where(CaseRow.id != case_id, CaseRow.version > 0, CaseRow.state.not_in(_NOT_TWINS)).order_by(CaseRow.id.desc()))
        if clean_code(row.po_number or "") == number][:MOST]
    of_case = {row.case_id: row for row in orders if row.case_id is not None}
    return [*_of_cases(db, cases, of_case), *_of_orders(db, [row for row in orders if row.case_id is None])]


def _may_be(db: Session, column: Any, number: str) -> ColumnElement[bool]:
    """A coarse test that the database can make on its index: the signs of the number in their order, or letters that are not
    plain ones, which may be theirs in disguise."""
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    length = func.length(cast(column, LargeBinary)) if is_sqlite else func.octet_length(column)
    disguised = length != func.length(column)
    if not number.isascii():
        return disguised
    plain = and_(func.length(column) <= len(number) + _MOST_SIGNS, func.upper(column).like("%" + "%".join(number) + "%"))
    return or_(plain, disguised)


def _of_cases(db: Session, ids: Collection[int], orders: Mapping[int, Any]) -> list[Twin]:
    """Twins of cases, oldest first, with their current draft and the one first made; `orders` by case id."""
    if not ids:
        return []
    rows = db.execute(
        select(CaseRow.id, CaseRow.po_number, CaseRow.received_at, DraftRow.content)
        .join(DraftRow, DraftRow.case_id == CaseRow.id)
        .where(CaseRow.id.in_(ids), or_(DraftRow.version == 1, DraftRow.version == CaseRow.version))
        .order_by(CaseRow.id, DraftRow.version.desc()))
    found: dict[int, Twin] = {}
    for row in rows:
        draft = from_json(Draft, row.content)
        if row.id in found:
            found[row.id] = replace(found[row.id], drafts=(*found[row.id].drafts, draft))
        else:
            order = orders.get(row.id)
            found[row.id] = Twin(
                f"order {order.order_no}" if order else f"case {row.id}", row.id, row.po_number, (draft,), lines_of(draft),
                order_no=order.order_no if order else None, seen_on=day_at(row.received_at),
                requested_date=draft.requested_date.value if draft.requested_date else None)
    lines = _order_lines(db, [order.id for case, order in orders.items() if case in found])
    return [
        replace(twin, lines=lines.get(orders[case].id, twin.lines)) if case in orders else twin for case, twin in found.items()]


def _of_orders(db: Session, rows: Sequence[Any]) -> list[Twin]:
    lines = _order_lines(db, [row.id for row in rows])
    return [
        Twin(f"order {row.order_no}", row.case_id, row.po_number, (), lines.get(row.id, ()), order_no=row.order_no,
             seen_on=day_at(row.created_at), requested_date=row.requested_date)
        for row in sorted(rows, key=lambda row: row.id)]


def _order_lines(db: Session, order_ids: Collection[int]) -> dict[int, tuple[OrderedLine, ...]]:
    found: dict[int, list[OrderedLine]] = {}
    if not order_ids:
        return {}
    x = OrderLineRow
    stmt = select(x.__table__, ItemRow.sku).join(ItemRow, ItemRow.id == x.item_id).where(x.order_id.in_(order_ids))
    stmt = stmt.where(x.cancelled < x.base_quantity)
    for r in db.execute(stmt.order_by(x.order_id, x.position)):
        found.setdefault(r.order_id, []).append(OrderedLine(
            r.customer_line_no or str(r.position), r.item_id, r.sku, folded(r.customer_part_number, r.sku),
            fold_code(r.description[:200]), r.quantity - r.quantity * r.cancelled / r.base_quantity, r.uom,
            r.base_quantity - r.cancelled, r.unit_price, r.requested_date, r.shipped, r.position))
    return {order_id: tuple(lines) for order_id, lines in found.items()}


def _same_file(db: Session, case_id: int, customer_id: int, number: str) -> set[int]:
    """Cases of the customer with the same PO number, or none, made of the same file that came in another message, at the same
    place of it."""
    rows = db.execute(_SAME_FILE, {"case": case_id, "customer": customer_id})
    return set([row.case_id for row in rows if clean_code(row.po_number or "") == number][:MOST])


def _same_goods(db: Session, case_id: int, customer_id: int, draft: Draft, days: int) -> list[Twin]:
    """Orders and open cases of the last days that hold a line of this one; none where the customer orders so again and again."""
    lines = [line for line in draft.lines if line.state is not LineState.REJECTED]
    if days <= 0 or not is_telling(draft) or any(line.item is None or line.base_quantity is None for line in lines):
        return []
    first = lines[0]
    assert first.item is not None
    at = db.execute(select(CaseRow.received_at).where(CaseRow.id == case_id)).scalar_one()
    since = moment_of(day_at(at) - timedelta(days=days))
    o, x = SalesOrderRow, OrderLineRow
    rows = db.execute(
        select(o.__table__).join(x, x.order_id == o.id)
        .where(o.customer_id == customer_id, o.created_at >= at - _USUAL, o.state != SalesOrderState.CANCELLED)
        .where(x.item_id == first.item.value.item_id, x.base_quantity == first.base_quantity)
        .where(or_(o.case_id.is_(None), o.case_id != case_id)).order_by(o.id.desc()).limit(MOST)).all()
    if len({clean_code(row.po_number) for row in rows}) >= _STANDING:
        return []
    recent = [row for row in rows if row.created_at >= since]
    waiting = db.execute(
        select(CaseRow.id).where(CaseRow.customer_id == customer_id, CaseRow.state.in_(_OPEN), CaseRow.id != case_id)
        .where(CaseRow.received_at >= since, CaseRow.version > 0).order_by(CaseRow.id.desc()).limit(MOST)).scalars().all()
    return [*_of_cases(db, waiting, {}), *_of_orders(db, recent)]
