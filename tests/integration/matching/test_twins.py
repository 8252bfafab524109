"""An order that is here already is told by its content: a rescan, a revision, the same goods under another number."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, insert, update

from matching.cases import Cases
from matching.twins import load_twins
from models.domain.doubt import DoubtCode
from models.domain.reading import DocumentType
from models.domain.states import CaseState, SalesOrderState
from models.tables.cases import CaseRow
from models.tables.orders import SalesOrderRow
from runtime.clock import now
from tests.integration.matching.desk import BOLTS, DUE, GLOVES, Desk, changed, line, reading, sold


def asked(desk: Desk, case_id: int) -> list[tuple[DoubtCode, str]]:
    about = {DoubtCode.DUPLICATE_PO, DoubtCode.REVISED_ORDER, DoubtCode.SAME_GOODS_AGAIN, DoubtCode.CHANGE_OF_ORDER}
    return [(d.code, d.sentence) for d in desk.doubts(case_id) if d.code in about]


def test_a_rescan_with_other_letters_in_its_texts_is_the_same_order(desk: Desk) -> None:
    odd = line(description="special anchor plate after drawing", quantity=2, unit_price="9000")
    desk.case(reading(BOLTS, odd, po="PO-1"))
    again = desk.case(reading(
        changed(BOLTS, description="Hex b0lt M8x4O DIN 933"), changed(odd, description="speciaI anchor p1ate after drawlng"),
        po="po 1"))
    assert desk.row(again).state is CaseState.DUPLICATE
    other = desk.case(reading(changed(BOLTS, quantity=101, amount="45.45"), odd, po="PO-1"))
    assert desk.row(other).state is CaseState.NEEDS_REVIEW
    assert [code for code, _ in asked(desk, other)] == [DoubtCode.REVISED_ORDER]


def test_a_corrected_order_is_still_told_from_its_first_reading(lite: Desk) -> None:
    first = lite.case(reading(changed(BOLTS, unit_price="0.50", amount="50"), po="PO-2"))
    lite.review.correct(first, 1, "lines.1.unit_price", "0.45", lite.ann)
    again = lite.case(reading(changed(BOLTS, unit_price="0.50", amount="50"), po="PO-2"))
    assert lite.row(again).state is CaseState.DUPLICATE


def test_the_same_goods_under_another_number_are_asked_about_for_a_week(lite: Desk) -> None:
    first = lite.case(reading(po="PO-3", requested_date=DUE))
    second = lite.case(reading(po="PO-4", requested_date=DUE))
    assert asked(lite, lite.case(reading(po="PO-8"))) == []
    assert asked(lite, second) == [(
        DoubtCode.SAME_GOODS_AGAIN,
        f"The same goods came today as case {first} under PO PO-3. Ask the customer whether both are meant.")]
    other = reading(changed(BOLTS, quantity=101, amount="45.45"), GLOVES, po="PO-5", requested_date=DUE)
    assert asked(lite, lite.case(other)) == []
    with lite.db.write() as db:
        db.execute(update(CaseRow).values(received_at=now() - timedelta(days=9)))
    assert asked(lite, lite.case(reading(po="PO-6", requested_date=DUE))) == []


def test_a_standing_order_is_not_asked_about(lite: Desk) -> None:
    number = sold(lite, "W1", (1, 100, 0), days_ago=6)
    again = asked(lite, lite.case(reading(BOLTS, po="W2", requested_date=DUE)))
    assert [code for code, sentence in again if number in sentence] == [DoubtCode.SAME_GOODS_AGAIN]
    for week in (2, 3, 4):
        sold(lite, f"W-{week}", (1, 100, 0), days_ago=7 * week)
    assert asked(lite, lite.case(reading(BOLTS, po="W9", requested_date=DUE))) == []


@pytest.mark.parametrize(("kind", "said"), [
    (DocumentType.ORDER_CHANGE, "line 1 (HB-0840): quantity 120 pieces → 100 pieces. It comes too late for line 1: 110 of 120 "
     "have left. Agree with the customer what is to be done, correct the lines, then approve."),
    (DocumentType.CANCELLATION, "It comes too late for line 1: 110 of 120 have left. Agree with the customer what is to be done, "
     "correct the lines, then approve."),
])
def test_a_change_is_held_against_the_order_as_it_stands(lite: Desk, kind: DocumentType, said: str) -> None:
    number = sold(lite, "PO-7", (1, 120, 110), (3, 5, 0))
    case_id = lite.case(reading(BOLTS, po="PO-7", kind=kind))
    (sentence,) = [d.sentence for d in lite.doubts(case_id) if d.code in {DoubtCode.CHANGE_OF_ORDER, DoubtCode.CANCELLATION}]
    assert f"order {number} (PO PO-7)" in sentence and sentence.endswith(said)


def test_twins_are_found_by_index_among_very_many_orders(lite: Desk) -> None:
    case_id = lite.case(reading(po="PO-77777"))
    with lite.db.write() as db:
        db.execute(insert(SalesOrderRow), [{
            "order_no": f"N-{n}", "customer_id": 1, "po_number": f"PO-{n}", "currency": "EUR", "total": Decimal(1),
            "approved_by": "x", "created_at": now(), "state": SalesOrderState.CLOSED} for n in range(70_000, 80_000)])
    with lite.db.read() as db:
        draft, asked_for = Cases(db).draft(case_id), []
        event.listen(db.get_bind(), "before_cursor_execute", lambda *call: asked_for.append(call[2:4]))
        twins = load_twins(db, case_id, draft)
        plans = [db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).all() for sql, given in asked_for[:2]]
    assert [t.label for t in twins] == ["order N-77777"]
    assert all("SEARCH" in str(plan[0][3]) for plan in plans)
