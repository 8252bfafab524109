"""Retention: what is over goes, what is open, held or shared stays, and everybody can see why something is gone."""

from __future__ import annotations

import os
import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from intake.retention.plan import Kept, Rules
from intake.retention.repository import count_due, due, load_rules, place_hold, release_hold, save_rules
from intake.retention.service import erase_due
from models.domain.states import CaseState, SalesOrderState
from models.errors import ConflictError
from models.tables.cases import CaseRow
from models.tables.desk import CaseWordRow
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from models.tables.orders import SalesOrderRow
from runtime import audit
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.desk_cases import add_master_data, add_pdf_case
from tests.support.desk_documents import ROWS

HTMX = {"HX-Request": "true"}
RULES = Rules(order=365, other=30)


@pytest.fixture
def house(desk: Desk) -> Desk:
    """An order that is over, one whose goods are still to leave, a rejected one, one in review, and one that is held."""
    with desk.db.write() as db:
        desk.ids |= add_master_data(db)
    for name, state in (
            ("over", CaseState.HANDED_OVER), ("going", CaseState.HANDED_OVER), ("rejected", CaseState.REJECTED),
            ("review", CaseState.NEEDS_REVIEW), ("held", CaseState.HANDED_OVER)):
        desk.ids[name] = add_pdf_case(desk, f"PO-{name}", ROWS[:1], state=state)
    with desk.db.write() as db:
        for name, row in {c.po_number or "": c for c in db.execute(select(CaseRow)).scalars()}.items():
            desk.ids[f"m-{name.removeprefix('PO-')}"] = row.message_id
        for name, order_state in (("over", SalesOrderState.CLOSED), ("going", SalesOrderState.RELEASED)):
            db.add(SalesOrderRow(
                order_no=f"SO-{name}", case_id=desk.ids[name], case_version=1, customer_id=desk.ids["C-1001"], po_number=name,
                order_date=date(2026, 11, 20), currency="EUR", ship_to_id=desk.ids["MAIN"], total=Decimal(1), state=order_state,
                approved_by="Anna", created_at=desk.now()))
        save_rules(db, RULES, actor="Adam")
        place_hold(db, desk.ids["m-held"], "Claim 7", actor="Adam")
    long_ago = time.time() - 86_400
    for digest in desk.services.blobs.digests():
        os.utime(desk.services.blobs.path(digest), (long_ago, long_ago))
    return desk


def names_due(house: Desk, days: int) -> set[str]:
    with house.db.read() as db:
        found = {d.message_id for d in due(db, load_rules(db), house.now() + timedelta(days=days))}
    return {name.removeprefix("m-") for name, id_ in house.ids.items() if name.startswith("m-") and id_ in found}


def test_only_what_is_over_is_due_and_each_kind_at_its_time(house: Desk) -> None:
    assert names_due(house, 29) == set()
    assert names_due(house, 31) == {"rejected"}
    assert names_due(house, 366) == {"rejected", "over"}
    with house.db.read() as db:
        assert count_due(db, RULES, house.now() + timedelta(days=366)) == {Kept.ORDER: 1, Kept.OTHER: 1}
        assert due(db, Rules(), house.now() + timedelta(days=9_999)) == []
    with house.db.write() as db:
        release_hold(db, house.ids["m-held"], actor="Adam")
        db.execute(update(SalesOrderRow).values(state=SalesOrderState.CANCELLED))
    assert names_due(house, 366) == {"rejected", "over", "going", "held"}


def test_what_is_due_goes_for_good_and_the_rest_stays_whole(house: Desk, visit: Visit) -> None:
    blobs, at = house.services.blobs, house.now() + timedelta(days=366)
    with house.db.read() as db:
        row = db.execute(select(DocumentRow).where(
            DocumentRow.message_id == house.ids["m-over"], DocumentRow.position == 1)).scalar_one()
        pdf, pages, document_id = row.sha256, row.pages_sha256, row.id
        body = db.execute(select(DocumentRow.sha256).where(
            DocumentRow.message_id == house.ids["m-over"], DocumentRow.is_body)).scalar_one()
    assert erase_due(house.db, blobs, at) == 2 and erase_due(house.db, blobs, at) == 0
    assert not blobs.path(pdf).exists() and not blobs.path(str(pages)).exists()
    assert blobs.path(body).exists()                              # the same words stand in mails that are kept
    with house.db.read() as db:
        message = db.get(MessageRow, house.ids["m-over"])
        assert message is not None
        assert (message.subject, message.sender_name, message.sender_address, message.name) == (None, None, None, None)
        readings = db.execute(select(ReadingRow.content).where(ReadingRow.document_id == document_id)).scalars().all()
        assert len(readings) == 1 and "PO-over" not in readings[0]
        assert db.execute(select(CaseWordRow.word).where(CaseWordRow.case_id == house.ids["over"])).all() == []
        assert list(audit.verify(db)) == []
        kept = db.execute(select(DocumentRow.sha256).where(DocumentRow.message_id == house.ids["m-held"])).scalars().all()
    assert all(blobs.is_intact(digest) for digest in kept)
    vera = visit("vera")
    assert vera.get(f"/cases/{house.ids['over']}").status_code == 200
    for path in (f"/documents/{document_id}/original", f"/messages/{house.ids['m-over']}/raw"):
        gone = vera.get(path)
        assert gone.status_code == 404 and "retention took" in gone.text, path
    assert "retention took" in vera.get(f"/documents/{document_id}/pages/0").text
    with house.db.write() as db, pytest.raises(ConflictError):
        place_hold(db, house.ids["m-over"], "too late", actor="Adam")


def test_bytes_that_came_of_late_are_not_taken_from_whoever_brought_them(house: Desk) -> None:
    blobs = house.services.blobs
    digest = blobs.put(b"the same order again")
    assert not blobs.remove(digest) and blobs.is_intact(digest)
    os.utime(blobs.path(digest), (1, 1))
    assert blobs.remove(digest) and not blobs.remove(digest)


def test_what_would_go_is_seen_before_a_rule_is_saved(house: Desk, visit: Visit) -> None:
    adam = visit("adam")
    house.hands.at = house.now() + timedelta(days=40)
    adam = visit("adam")
    seen = adam.post("/admin/retention/preview", data={"order": "9", "other": ""}, headers=HTMX).text
    assert "1 orders and 0 other messages" in seen and "Order PO-over" in seen and "Order PO-held" not in seen
    with house.db.read() as db:
        assert load_rules(db) == RULES
    adam.post("/admin/retention", data={"order": "", "other": "60"}, headers=HTMX)
    with house.db.read() as db:
        assert load_rules(db) == Rules(None, 60)
    assert "bad_retention" in adam.post("/admin/retention/preview", data={"order": "1"}, headers=HTMX).text
    held = {"message": str(house.ids["m-over"]), "reason": "Audit 2031"}
    assert adam.post("/admin/retention/holds", data=held, headers=HTMX).status_code == 200
    assert "Audit 2031" in adam.get("/admin/retention").text
    adam.post(f"/admin/retention/holds/{house.ids['m-over']}/release", headers=HTMX)
    assert "Audit 2031" not in adam.get("/admin/retention").text
