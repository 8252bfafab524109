"""Change orders and cancellations of customers, applied to the order they name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from app.amending import apply_case_change, is_amending
from models.domain.doubt import DoubtCode
from models.domain.draft import Draft
from models.domain.reading import DocumentType
from models.domain.states import SalesOrderState
from models.tables.cases import CaseRow, DoubtRow, DraftRow
from models.tables.orders import OrderChangeRow, OrderLineRow, OrderNoteRow, SalesOrderRow
from oms.inventory.reconcile import reconcile
from oms.orders.assemble import OrderIncomplete
from oms.orders.changes.plan import ChangeRefused
from oms.orders.service import accept_order
from runtime.db import Database
from tests.support.orders import AT, Shop, draft, draft_line, found, open_case, open_shop, reserved

CHANGE, CANCEL = DocumentType.ORDER_CHANGE, DocumentType.CANCELLATION
D = Decimal


@pytest.fixture
def shop(database: Database) -> Shop:
    with database.write() as db:
        made = open_shop(db, [[50], [50], [50]])
        accept_order(
            db, case_id=open_case(db), case_version=1, draft=draft(made, [(0, 10), (1, 4)]), approved_by="Ann")
        db.execute(update(SalesOrderRow).values(case_id=None, case_version=None))      # as if imported
    return made


def asks(shop: Shop, *lines: Any, kind: DocumentType = CHANGE, **changes: Any) -> Draft:
    return replace(draft(shop, ()), doc_type=kind, lines=tuple(lines), **changes)


def line(shop: Shop, n: int, quantity: int, key: str, **changes: Any) -> Any:
    return draft_line(shop.item_ids[n], quantity, key=key, **changes)


def new_case(database: Database, *, hours: int = 1) -> int:
    with database.write() as db:
        case_id = open_case(db)
        db.execute(update(CaseRow).where(CaseRow.id == case_id).values(received_at=AT + timedelta(hours=hours)))
    return case_id


def apply(database: Database, case_id: int, wanted: Draft) -> None:
    with database.write() as db:
        apply_case_change(db, case_id=case_id, draft=wanted, approved_by="Ann")


def stands(database: Database) -> list[tuple[int, Decimal, Decimal, Decimal]]:
    with database.read() as db:
        assert reconcile(db) == []
        x = OrderLineRow
        return [tuple(row) for row in db.execute(  # type: ignore[misc]
            select(x.position, x.quantity, x.unit_price, x.cancelled).order_by(x.position))]


def test_lines_named_change_others_stay_and_new_ones_come(database: Database, shop: Shop) -> None:
    wanted = asks(shop, line(shop, 0, 6, "1", price="2.25"), line(shop, 2, 3, "9"))
    case_id = new_case(database)
    for _ in range(3):
        apply(database, case_id, wanted)
    assert stands(database) == [(1, 6, D("2.25"), 0), (2, 4, D("2.5"), 0), (3, 3, D("2.5"), 0)]
    with database.read() as db:
        changes = db.execute(select(OrderChangeRow.revision, OrderChangeRow.case_id)).all()
        assert (changes, reserved(db)) == ([(2, case_id)], 13)


def test_other_goods_in_a_lines_place_cancel_it_and_come_as_a_line_of_their_own(database: Database, shop: Shop) -> None:
    apply(database, new_case(database), asks(shop, line(shop, 2, 4, "2")))
    assert stands(database) == [(1, 10, D("2.5"), 0), (2, 4, D("2.5"), 4), (3, 4, D("2.5"), 0)]


def test_another_unit_is_counted_in_the_lines_own(database: Database, shop: Shop) -> None:
    cartons = line(shop, 0, 2, "1", uom=found("CT"), base_quantity=D(24), unit_price=found(D(24)))
    apply(database, new_case(database), asks(shop, cartons))
    assert stands(database)[0] == (1, 24, D(2), 0)


def asked_about(database: Database, case_id: int) -> None:
    with database.write() as db:
        db.add(DraftRow(case_id=case_id, version=1, content="{}", made_by="ordermill", made_at=AT))
        db.flush()
        db.add(DoubtRow(
            case_id=case_id, version=1, position=1, code=DoubtCode.REVISED_ORDER, sentence="It is here already.", content="{}"))


def is_change(database: Database, case_id: int, wanted: Draft) -> bool:
    with database.read() as db:
        return is_amending(db, case_id, wanted)


def test_a_revised_order_changes_the_order_and_what_it_names_no_more_is_cancelled(database: Database, shop: Shop) -> None:
    wanted = draft(shop, [(0, 12), (2, 3)])
    case_id = new_case(database)
    assert not is_change(database, case_id, wanted)
    asked_about(database, case_id)
    assert is_change(database, case_id, wanted)
    for _ in range(2):
        apply(database, case_id, wanted)
    assert sorted(q for _, q, _, cancelled in stands(database) if not cancelled) == [3, 12]
    with database.read() as db:
        assert (len(db.execute(select(SalesOrderRow.id)).all()), reserved(db)) == (1, 15)
        change = db.execute(select(OrderChangeRow)).scalar_one()
        assert (change.case_id, change.reason) == (case_id, "The customer sent the order anew, with other content.")


def test_under_another_number_or_when_the_order_is_at_its_end_it_is_an_order_of_its_own(database: Database, shop: Shop) -> None:
    case_id = new_case(database)
    asked_about(database, case_id)
    assert not is_change(database, case_id, draft(shop, [(0, 12)], po_number=found("PO 4712")))
    with database.write() as db:
        db.execute(update(SalesOrderRow).values(state=SalesOrderState.CANCELLED))
    assert not is_change(database, case_id, draft(shop, [(0, 12)]))


def test_a_cancellation_cancels_what_it_names_or_everything(database: Database, shop: Shop) -> None:
    apply(database, new_case(database), asks(shop, line(shop, 1, 4, "2"), kind=CANCEL))
    assert [x[3] for x in stands(database)] == [0, 4]
    apply(database, new_case(database, hours=2), asks(shop, kind=CANCEL))
    assert [x[3] for x in stands(database)] == [10, 4]
    with database.read() as db:
        assert db.execute(select(SalesOrderRow.state)).scalar_one() is SalesOrderState.CANCELLED


def test_what_came_earlier_does_not_undo_what_came_later(database: Database, shop: Shop) -> None:
    earlier, later = new_case(database, hours=1), new_case(database, hours=2)
    apply(database, later, asks(shop, line(shop, 0, 7, "1")))
    apply(database, earlier, asks(shop, line(shop, 0, 20, "1")))
    assert stands(database)[0][1] == 7
    with database.read() as db:
        note = db.execute(select(OrderNoteRow.text)).scalar_one()
        assert note == f"Case {earlier} came before case {later}, which was applied already; it changes nothing."


def test_what_has_left_or_is_with_a_warehouse_comes_too_late(database: Database, shop: Shop) -> None:
    with database.write() as db:
        db.execute(update(OrderLineRow).where(OrderLineRow.position == 1).values(allocated=D(10)))
        db.execute(update(OrderLineRow).where(OrderLineRow.position == 2).values(allocated=D(4), shipped=D(3)))
    with pytest.raises(ChangeRefused, match=r"line 1 \(WID-1\): 10 are with a warehouse"):
        apply(database, new_case(database), asks(shop, line(shop, 0, 10, "1"), kind=CANCEL))
    with pytest.raises(ChangeRefused, match=r"too late for line 2 \(WID-2\): 3 of 4 have left"):
        apply(database, new_case(database), asks(shop, line(shop, 1, 2, "2")))


def test_without_an_order_the_case_waits(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        made = open_shop(db)
    with pytest.raises(OrderIncomplete, match="no sales order with the PO number PO 4711"):
        apply(sqlite_database, new_case(sqlite_database), asks(made, kind=CANCEL))


def test_asking_for_what_stands_already_is_noted(database: Database, shop: Shop) -> None:
    apply(database, new_case(database), asks(shop, line(shop, 0, 10, "1"), line(shop, 1, 4, "2")))
    with database.read() as db:
        assert db.execute(select(OrderChangeRow)).first() is None
        assert "says already" in db.execute(select(OrderNoteRow.text)).scalar_one()
