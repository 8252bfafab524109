"""Holds, and everything else that stands between an order and its release; notes, tags, priority."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.domain.moves import RefusedMove
from models.domain.order_work import ExceptionKind, ExceptionState, HoldKind
from models.domain.states import SalesOrderState
from models.errors import ConflictError, InputError, NotFound
from models.tables.audit import AuditEntryRow
from models.tables.exceptions import ExceptionRow
from models.tables.orders import OrderNoteRow, SalesOrderRow
from oms.exceptions import close_exception, open_exception
from oms.exceptions.service import reopen, resolve, waive
from oms.orders.cancel import cancel_order
from oms.orders.decide import OrderAction, OrderFacts, supported_actions
from oms.orders.desk import add_note, set_priority, tag, tags_of, untag
from oms.orders.holds import OrderHeld, place_hold, release_hold, standing
from oms.orders.service import accept_order, release_order
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop


@pytest.fixture
def order_id(database: Database) -> int:
    with database.write() as db:
        return accept_order(
            db, case_id=open_case(db), case_version=1, draft=draft(open_shop(db), [(0, 5)]), approved_by="Ann")


def test_an_order_is_released_when_nothing_stands_in_its_way(database: Database, order_id: int) -> None:
    with database.write() as db:
        credit = place_hold(db, order_id, kind=HoldKind.CREDIT, sentence="The limit is used up.", by="Ann", owner="Credit")
        assert place_hold(db, order_id, kind=HoldKind.CREDIT, sentence="Again.", by="Ann") == credit
        by_hand = [place_hold(db, order_id, kind=HoldKind.MANUAL, sentence=s, by="Ann") for s in ("One.", "Two.")]
        open_exception(
            db, kind=ExceptionKind.COMPLIANCE, key=f"sanctions:{order_id}", code="listed", sentence="The name is listed.",
            order_id=order_id)
    with pytest.raises(OrderHeld, match=r"The limit is used up\..*One\..*Two\..*The name is listed"), database.write() as db:
        release_order(db, order_id, user="Ann")
    with database.write() as db:
        for hold in (credit, *by_hand):
            release_hold(db, hold, by="Ann", reason="Settled.", is_admin=False)
        close_exception(db, key=f"sanctions:{order_id}", by="Ann", resolution="Somebody else.")
        release_order(db, order_id, user="Ann")
    with pytest.raises(ConflictError, match="released already"), database.write() as db:
        release_hold(db, credit, by="Bob", reason="Settled.", is_admin=False)
    with database.read() as db:
        assert standing(db, order_id) == []
        assert db.execute(select(SalesOrderRow.state)).scalar_one() is SalesOrderState.RELEASED
        actions = db.execute(select(AuditEntryRow.action).order_by(AuditEntryRow.seq)).scalars().all()
        assert actions == ["order.accepted", *["order.held"] * 3, *["order.hold_released"] * 3, "order.released"]


def exceptions(database: Database) -> list[tuple[ExceptionKind, ExceptionState, str | None]]:
    with database.read() as db:
        return [(x.kind, x.state, x.resolution) for x in db.execute(select(ExceptionRow).order_by(ExceptionRow.id)).scalars()]


def test_a_hold_is_an_exception_that_closes_with_it_and_not_before(database: Database, order_id: int) -> None:
    with database.write() as db:
        hold = place_hold(db, order_id, kind=HoldKind.PRICE, sentence="Line 1 is cheap.", by="ordermill", owner="Sales")
        place_hold(db, order_id, kind=HoldKind.MANUAL, sentence="I ask first.", by="Ann")
        found = db.execute(select(ExceptionRow)).scalar_one()
        assert (found.kind, found.sentence, found.is_blocking) == (ExceptionKind.PRICE, "Line 1 is cheap.", False)
        assert found.due_at is not None
    with pytest.raises(ConflictError, match="release the hold"), database.write() as db:
        resolve(db, found.id, user="Ann", resolution="It looks right.")
    with pytest.raises(ConflictError, match="release the hold"), database.write() as db:
        waive(db, found.id, user="Ann", reason="It looks right.")
    with database.write() as db:
        release_hold(db, hold, by="Bob", reason="Agreed by phone.", is_admin=False)
    assert exceptions(database) == [(ExceptionKind.PRICE, ExceptionState.RESOLVED, "Agreed by phone.")]
    with database.write() as db:
        reopen(db, found.id, user="Ann")
        resolve(db, found.id, user="Ann", resolution="It was nothing.")


@pytest.mark.parametrize(("hold", "kind"), [
    (HoldKind.CREDIT, ExceptionKind.CREDIT), (HoldKind.PAYMENT, ExceptionKind.CREDIT), (HoldKind.ADDRESS, ExceptionKind.ADDRESS),
    (HoldKind.COMPLIANCE, ExceptionKind.COMPLIANCE), (HoldKind.FRAUD, ExceptionKind.COMPLIANCE),
    (HoldKind.STOCK, ExceptionKind.SHORT_STOCK)])
def test_the_exception_of_a_hold_ends_with_its_order(
    database: Database, order_id: int, hold: HoldKind, kind: ExceptionKind,
) -> None:
    with database.write() as db:
        place_hold(db, order_id, kind=hold, sentence="Look at it.", by="ordermill")
    assert exceptions(database) == [(kind, ExceptionState.OPEN, None)]
    with database.write() as db:
        cancel_order(db, order_id, user="Ann", reason="gone")
    assert [state for _, state, _ in exceptions(database)] == [ExceptionState.RESOLVED]


def test_refusals_of_holds(database: Database, order_id: int) -> None:
    with pytest.raises(InputError, match="why the order is held"), database.write() as db:
        place_hold(db, order_id, kind=HoldKind.MANUAL, sentence=" ", by="Ann")
    with pytest.raises(NotFound), database.write() as db:
        release_hold(db, 99, by="Ann", reason="x", is_admin=False)
    with database.write() as db:
        cancel_order(db, order_id, user="Ann", reason="gone")
    with pytest.raises(ConflictError, match="nothing left to hold"), database.write() as db:
        place_hold(db, order_id, kind=HoldKind.MANUAL, sentence="x", by="Ann")
    with pytest.raises(RefusedMove), database.write() as db:
        release_order(db, order_id, user="Ann")


def test_notes_tags_and_priority(database: Database, order_id: int) -> None:
    with database.write() as db:
        add_note(db, order_id, text=" Rings before delivery. ", author="Ann")
        for word in ("Rush  order", "rush order", "key account"):
            tag(db, order_id, word)
        set_priority(db, order_id, 5, user="Ann")
    with database.write() as db:
        assert tags_of(db, order_id) == ["key account", "rush order"]
        assert untag(db, order_id, "Rush order") and not untag(db, order_id, "rush order")
        assert db.execute(select(OrderNoteRow.text)).scalar_one() == "Rings before delivery."
        assert db.execute(select(SalesOrderRow.priority)).scalar_one() == 5
    for bad in ("", "x" * 65):
        with pytest.raises(InputError), database.write() as db:
            tag(db, order_id, bad)
    with pytest.raises(InputError), database.write() as db:
        set_priority(db, order_id, 10, user="Ann")


@pytest.mark.parametrize(("facts", "can"), [
    (OrderFacts(SalesOrderState.ACCEPTED, 0, 0, True, False, True, False, False, False), {"change", "cancel", "hold", "release"}),
    (OrderFacts(SalesOrderState.ACCEPTED, 2, 0, True, False, True, False, False, False),
     {"change", "cancel", "hold", "release_hold"}),
    (OrderFacts(SalesOrderState.ACCEPTED, 0, 1, True, False, True, False, False, False), {"change", "cancel", "hold"}),
    (OrderFacts(SalesOrderState.RELEASED, 0, 0, True, True, True, False, False, False), {"change", "hold"}),
    (OrderFacts(SalesOrderState.RELEASED, 0, 0, True, False, True, False, True, True),
     {"change", "cancel", "hold", "merge", "split", "give_back"}),
    (OrderFacts(SalesOrderState.CLOSED, 0, 0, False, False, True, False, False, False), set()),
    (OrderFacts(SalesOrderState.DRAFT, 0, 0, True, False, True, False, False, False),
     {"change", "cancel", "hold", "quote", "accept"}),
    (OrderFacts(SalesOrderState.DRAFT, 0, 0, False, False, False, False, False, False), {"change", "cancel", "hold"}),
    (OrderFacts(SalesOrderState.QUOTED, 0, 0, True, False, True, True, False, False), {"cancel", "hold", "revise"}),
])
def test_what_can_be_done_is_told(facts: OrderFacts, can: set[str]) -> None:
    assert set(supported_actions(facts)) == {OrderAction(name) for name in can}
