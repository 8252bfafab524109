"""Returns from the request to the close: stock and money move once, and never more than was shipped."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from models.domain.returns import Disposition, Grade, ReturnOutcome, ReturnState
from models.errors import InputError
from models.tables.audit import AuditEntryRow
from models.tables.returns import InspectionRow, ReturnLineRow, ReturnRow
from oms.returns.inspection import MoreThanExpected, inspect, receive_return, withdraw_inspection
from oms.returns.requests import (
    Wanted,
    approve_return,
    cancel_return,
    decline_return,
    match_return,
    open_blind_return,
    request_return,
    send_return,
)
from oms.returns.rows import MoreThanShipped, ReturnRefused, returnable
from runtime.db import Database
from tests.support.shipments import Sold, sell, send

FIVE = Decimal(5)


def sold(database: Database, shipped: int = 10) -> Sold:
    with database.write() as db:
        order = sell(db)
        send(db, order, [shipped])
    return order


def asked(database: Database, order: Sold, quantity: int = 5) -> int:
    with database.write() as db:
        return request_return(
            db, order_id=order.order_id, lines=[Wanted(Decimal(quantity), order.line_ids[0])], reason="Too many.", actor="Ann")


def line_of(database: Database, return_id: int) -> int:
    with database.read() as db:
        return db.execute(select(ReturnLineRow.id).where(ReturnLineRow.return_id == return_id)).scalar_one()


def came(database: Database, order: Sold, quantity: int = 5) -> int:
    """An approved return whose goods are here."""
    return_id = asked(database, order, quantity)
    with database.write() as db:
        approve_return(db, return_id, actor="Ann")
        receive_return(db, return_id, quantities={line_of(database, return_id): Decimal(quantity)}, actor="Ann")
    return return_id


def state(database: Database, return_id: int) -> ReturnState:
    with database.read() as db:
        return db.get_one(ReturnRow, return_id).state


def test_no_more_can_be_asked_back_than_was_shipped_and_is_not_asked_already(database: Database) -> None:
    order = sold(database, shipped=8)
    first = asked(database, order, 5)
    with pytest.raises(MoreThanShipped, match="line 1: 4 asked, 3 left"):
        asked(database, order, 4)
    with database.write() as db:
        decline_return(db, first, actor="Ann", answer="The box was opened.")
    with database.read() as db:
        assert returnable(db, order.order_id) == {order.line_ids[0]: 8}


def test_the_way_of_a_return_is_told_move_by_move(database: Database) -> None:
    return_id = asked(database, sold(database))
    line = line_of(database, return_id)
    with database.write() as db:
        approve_return(db, return_id, actor="Ann", fee=Decimal("2.50"))
        send_return(db, return_id, actor="Ann")
        receive_return(db, return_id, quantities={line: Decimal(2)}, actor="Ann")
        receive_return(db, return_id, quantities={line: Decimal(3)}, actor="Ann")
        inspect(db, return_id, line_id=line, quantity=FIVE, grade=Grade.NEW, actor="Ann")
    with database.read() as db:
        row = db.get_one(ReturnRow, return_id)
        assert (row.number, row.state, row.fee) == (f"RMA-{return_id:06d}", ReturnState.INSPECTED, Decimal("2.5"))
        told = db.execute(select(AuditEntryRow.action).where(AuditEntryRow.subject == f"return:{row.number}"))
        assert told.scalars().all() == [
            "return.requested", "return.approved", "return.sent", "return.received", "return.received_more", "return.inspected"]


def test_what_is_not_its_turn_is_refused_with_what_is(sqlite_database: Database) -> None:
    return_id = asked(sqlite_database, sold(sqlite_database))
    line = line_of(sqlite_database, return_id)
    with sqlite_database.write() as db:
        with pytest.raises(ReturnRefused, match="is requested; this can be done while it is approved or in transit or received"):
            receive_return(db, return_id, quantities={line: FIVE}, actor="Ann")
        with pytest.raises(InputError, match="Say why"):
            decline_return(db, return_id, actor="Ann", answer=" ")
        cancel_return(db, return_id, actor="Ann")
        with pytest.raises(ReturnRefused):
            approve_return(db, return_id, actor="Ann")


def test_no_more_is_received_or_judged_than_there_is(database: Database) -> None:
    return_id = came(database, sold(database), 5)
    line = line_of(database, return_id)
    with database.write() as db:
        with pytest.raises(ReturnRefused, match="is here whole"):
            receive_return(db, return_id, quantities={line: Decimal(1)}, actor="Ann")
        inspect(db, return_id, line_id=line, quantity=Decimal(3), grade=Grade.NEW, actor="Ann")
        with pytest.raises(MoreThanExpected, match="2 units of this line wait"):
            inspect(db, return_id, line_id=line, quantity=Decimal(3), grade=Grade.DAMAGED, actor="Ann")


@pytest.mark.parametrize(("grade", "disposition", "outcome"), [
    (Grade.NEW, Disposition.RESTOCK, ReturnOutcome.CREDIT), (Grade.DAMAGED, Disposition.SCRAP, ReturnOutcome.REJECT),
    (Grade.DEFECTIVE, Disposition.QUARANTINE, ReturnOutcome.EXCHANGE)])
def test_the_grade_says_what_is_usual(
    sqlite_database: Database, grade: Grade, disposition: Disposition, outcome: ReturnOutcome
) -> None:
    return_id = came(sqlite_database, sold(sqlite_database))
    with sqlite_database.write() as db:
        found = db.get_one(InspectionRow, inspect(
            db, return_id, line_id=line_of(sqlite_database, return_id), quantity=FIVE, grade=grade, actor="Ann"))
        assert (found.disposition, found.outcome) == (disposition, outcome)


def test_a_judgement_can_be_taken_back_until_the_close(database: Database) -> None:
    return_id = came(database, sold(database))
    line = line_of(database, return_id)
    with database.write() as db:
        inspection = inspect(db, return_id, line_id=line, quantity=FIVE, grade=Grade.DAMAGED, actor="Ann")
    assert state(database, return_id) is ReturnState.INSPECTED
    for _ in range(2):
        with database.write() as db:
            withdraw_inspection(db, return_id, inspection, actor="Ann")
    assert state(database, return_id) is ReturnState.RECEIVED
    with database.read() as db:
        assert db.get_one(ReturnLineRow, line).inspected == 0


def test_a_blind_return_finds_its_order_later(database: Database) -> None:
    order = sold(database, shipped=6)
    item = order.shop.item_ids[0]
    with database.write() as db:
        blind = open_blind_return(
            db, customer_no="C-1", lines=[Wanted(Decimal(4), item_id=item)], reason="No paper in the box.", actor="Ann")
        other = sell(db, [("1", "1.00")], shop=order.shop)
        with pytest.raises(InputError, match="did not ship every item"):
            match_return(db, blind, other.order_id, actor="Ann")
        for _ in range(2):
            match_return(db, blind, order.order_id, actor="Ann")
    with database.read() as db:
        assert db.get_one(ReturnLineRow, line_of(database, blind)).order_line_id == order.line_ids[0]
        assert returnable(db, order.order_id) == {order.line_ids[0]: 2}


def test_a_blind_return_that_is_more_than_the_order_shipped_stays_blind(sqlite_database: Database) -> None:
    order = sold(sqlite_database, shipped=3)
    with sqlite_database.write() as db:
        blind = open_blind_return(
            db, customer_no="C-1", lines=[Wanted(Decimal(4), item_id=order.shop.item_ids[0])], reason="?", actor="Ann")
        with pytest.raises(MoreThanShipped):
            match_return(db, blind, order.order_id, actor="Ann")
        assert db.get_one(ReturnRow, blind).order_id is None
