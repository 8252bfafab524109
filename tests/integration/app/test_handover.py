"""Orders that go ahead in parts: what was agreed is handed over once, the rest comes back, what has gone is not touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.handover import hand_over_case
from matching.cases import Cases
from matching.partly import LineReleased
from matching.regroup import Regroup
from matching.row_change import Remove
from models.domain.states import CaseState, LineState, SalesOrderState
from models.errors import InputError
from models.tables.cases import CaseRow
from models.tables.orders import OrderChangeRow, OrderChargeRow, OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import CustomerRow
from oms.inventory.reconcile import reconcile
from oms.orders.repository import Orders
from runtime.db import Database
from tests.integration.matching.desk import BOLTS, GLOVES, Desk, changed, line, reading

ODD = line(description="marble statue of a horse", quantity=2, unit_price="9000")


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path)


def hand_over(desk: Desk, case_id: int) -> None:
    """Three times, as a workflow that was interrupted would."""
    version = desk.row(case_id).version
    for _ in range(3):
        with desk.db.write() as db:
            hand_over_case(db, case_id, version)


def ordered(desk: Desk) -> list[list[tuple[int, Decimal]]]:
    """Position and quantity of the lines of every order."""
    with desk.db.read() as db:
        assert reconcile(db) == []
        orders = db.execute(select(SalesOrderRow.id).order_by(SalesOrderRow.id)).scalars().all()
        return [
            [tuple(row) for row in db.execute(  # type: ignore[misc]
                select(OrderLineRow.position, OrderLineRow.quantity).where(OrderLineRow.order_id == order_id)
                .order_by(OrderLineRow.position))] for order_id in orders]


def states(desk: Desk, case_id: int) -> list[LineState]:
    return [x.state for x in desk.draft(case_id).lines]


def released_case(desk: Desk) -> int:
    """A case of which the first line went ahead, and the second is in question."""
    case_id = desk.case(reading(BOLTS, ODD))
    assert desk.review.approve(case_id, 1, desk.ann, ahead=["1"])
    hand_over(desk, case_id)
    return case_id


def test_clean_lines_go_ahead_and_the_rest_is_added_to_their_order_later(desk: Desk) -> None:
    case_id = desk.case(reading(BOLTS, ODD))
    assert desk.review.approve(case_id, 1, desk.ann, ahead=["1"])
    assert desk.row(case_id).state is CaseState.APPROVED
    hand_over(desk, case_id)
    assert ordered(desk) == [[(1, 100)]]
    row = desk.row(case_id)
    assert (row.state, row.code, row.sentence) == (
        CaseState.NEEDS_REVIEW, "partly_released", "1 line goes ahead; 1 line waits for review.")
    assert states(desk, case_id) == [LineState.RELEASED, LineState.PROPOSED]
    assert {d.path for d in desk.doubts(case_id)} == {"lines.2.item"}
    version = desk.review.correct(case_id, row.version, "lines.2.item", "GL-M", desk.bob)
    version = desk.review.correct(case_id, version, "lines.2.unit_price", "6.20", desk.bob)
    assert desk.doubts(case_id) == []
    assert desk.review.approve(case_id, version, desk.bob)
    hand_over(desk, case_id)
    assert desk.row(case_id).state is CaseState.HANDED_OVER
    assert ordered(desk) == [[(1, 100), (2, 2)]]
    with desk.db.read() as db:
        change = db.execute(select(OrderChangeRow)).scalar_one()
        assert (change.case_id, change.actor, change.revision) == (case_id, "Bob Burr", 2)
        assert len(db.execute(select(OutboxRow.id).where(OutboxRow.channel == "erp")).all()) == 2


def test_what_has_gone_ahead_is_not_changed_on_the_case_any_more(desk: Desk) -> None:
    case_id = released_case(desk)
    version = desk.row(case_id).version
    attempts: list[Callable[[], Any]] = [
        lambda: desk.review.correct(case_id, version, "lines.1.quantity", "7", desk.ann),
        lambda: desk.review.correct(case_id, version, "lines.1.state", "rejected", desk.ann),
        lambda: desk.review.correct(case_id, version, "customer", "C200", desk.ann),
        lambda: desk.review.correct(case_id, version, "po_number", "PO-2", desk.ann),
        lambda: desk.review.change_rows(case_id, version, Remove(("1",)), desk.ann),
        lambda: desk.review.undo(case_id, version, desk.ann),
        lambda: desk.review.revert(case_id, version, 2, "lines.1.state", desk.ann),
        lambda: Regroup(desk.review).split(case_id, version, 1, desk.ann),
    ]
    for attempt in attempts:
        with pytest.raises(InputError) as refused:
            attempt()
        assert refused.value.code in {"line_released", "nothing_changes"}
    assert (desk.row(case_id).version, ordered(desk)) == (version, [[(1, 100)]])


def test_matching_again_leaves_what_has_gone_ahead(desk: Desk) -> None:
    case_id = released_case(desk)
    before = desk.draft(case_id).lines[0]
    desk.review.match_again(case_id, desk.ann)
    desk.matcher.match_case(case_id)
    assert desk.draft(case_id).lines[0] == before
    assert desk.row(case_id).state is CaseState.NEEDS_REVIEW


def test_when_the_order_has_ended_meanwhile_the_rest_is_an_order_of_its_own(desk: Desk) -> None:
    case_id = released_case(desk)
    with desk.db.write() as db:
        db.execute(update(SalesOrderRow).values(state=SalesOrderState.CLOSED))
    version = desk.review.correct(case_id, desk.row(case_id).version, "lines.2.item", "GL-M", desk.ann)
    assert desk.review.approve(case_id, version, desk.ann)
    hand_over(desk, case_id)
    assert ordered(desk) == [[(1, 100)], [(1, 2)]]


def test_when_the_rest_is_left_out_the_order_stays_as_it_is(desk: Desk) -> None:
    case_id = released_case(desk)
    version = desk.review.correct(case_id, desk.row(case_id).version, "lines.2.state", "rejected", desk.ann)
    assert desk.review.approve(case_id, version, desk.ann)
    hand_over(desk, case_id)
    assert (desk.row(case_id).state, ordered(desk)) == (CaseState.HANDED_OVER, [[(1, 100)]])


def test_a_part_can_be_taken_back_before_it_is_handed_over(desk: Desk) -> None:
    case_id = desk.case(reading(BOLTS, ODD, GLOVES))
    assert desk.review.approve(case_id, 1, desk.ann, ahead=["1", "3"])
    desk.review.reopen(case_id, desk.ann)
    assert states(desk, case_id)[1] is LineState.WAITING
    version = desk.review.undo(case_id, desk.row(case_id).version, desk.ann)
    assert LineState.WAITING not in states(desk, case_id)
    with pytest.raises(InputError, match="Line 2 has no item"):
        desk.review.approve(case_id, version, desk.ann)
    assert ordered(desk) == []


@pytest.mark.parametrize(("ahead", "code"), [
    ([], "no_lines_chosen"), (["1", "2"], "nothing_waits"), (["9"], "unknown_line"), (["2"], "order_incomplete")])
def test_a_part_must_leave_something_and_be_whole(desk: Desk, ahead: list[str], code: str) -> None:
    case_id = desk.case(reading(BOLTS, ODD))
    with pytest.raises(InputError) as refused:
        desk.review.approve(case_id, 1, desk.ann, ahead=ahead)
    assert refused.value.code == code
    assert desk.row(case_id).version == 1


def test_a_customers_rule_lets_clean_lines_go_without_anybody(desk: Desk) -> None:
    with desk.db.write() as db:
        db.execute(update(CustomerRow).where(CustomerRow.customer_no == "C100").values(partial_release=True))
    case_id = desk.case(reading(BOLTS, ODD))
    row = desk.row(case_id)
    assert (row.state, row.code) == (CaseState.APPROVED, "partly_released")
    hand_over(desk, case_id)
    assert (desk.row(case_id).state, ordered(desk)) == (CaseState.NEEDS_REVIEW, [[(1, 100)]])
    with desk.db.read() as db:
        assert db.execute(select(SalesOrderRow.approved_by)).scalar_one() == "ordermill"
        assert Cases(db).corrections(case_id) == []
    with pytest.raises(LineReleased):
        desk.review.correct(case_id, row.version + 1, "lines.1.quantity", "7", desk.ann)


def test_nothing_of_an_order_goes_ahead_that_everybody_or_two_people_look_at(desk: Desk) -> None:
    with desk.db.write() as db:
        db.execute(update(CustomerRow).values(partial_release=True, approval="review_all"))
    case_id = desk.case(reading(changed(BOLTS, quantity=200, amount=90), ODD))
    assert desk.row(case_id).state is CaseState.NEEDS_REVIEW
    assert LineState.WAITING not in states(desk, case_id)
    with desk.db.read() as db:
        assert db.execute(select(CaseRow.code).where(CaseRow.id == case_id)).scalar_one() != "partly_released"


def test_printed_charges_reach_the_order_the_erp_and_the_customer_once(desk: Desk) -> None:
    case_id = desk.case(reading(BOLTS, ODD, charges=Decimal("12.50"), tax=Decimal(7)))
    assert desk.review.approve(case_id, 1, desk.ann, ahead=["1"])
    hand_over(desk, case_id)
    with desk.db.write() as db:
        order = Orders(db).detail("SO-000001")
        assert [(c.kind, c.amount) for c in order.charges] == [("charge", Decimal("12.5")), ("tax", 7)]
        assert order.payable == order.summary.total + Decimal("19.5")
        told = [json.loads(c) for c in db.execute(select(OutboxRow.payload).where(OutboxRow.channel == "erp")).scalars()]
        assert [(c["kind"], c["amount"]) for c in told[0]["charges"]] == [("charge", "12.50"), ("tax", "7.00")]
        assert told[0]["evidence"]["charges.1.amount"]["origin"] == "read"
        db.execute(update(SalesOrderRow).values(state=SalesOrderState.CLOSED))
    version = desk.review.correct(case_id, desk.row(case_id).version, "lines.2.item", "GL-M", desk.ann)
    assert desk.review.approve(case_id, version, desk.ann)
    hand_over(desk, case_id)
    with desk.db.read() as db:
        assert set(db.execute(select(OrderChargeRow.order_id)).scalars()) == {1}
