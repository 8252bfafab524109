"""Tryton warns before it goes on: a person confirms its words in Ordermill, and only what was confirmed is passed on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.domain.states import OutboxState
from models.errors import ConflictError
from models.tables.audit import AuditEntryRow
from models.tables.outbox import OutboxWarningRow
from oms.exceptions.listing import ListedException, WantedExceptions, find_exceptions
from oms.exceptions.service import confirm_warning
from oms.exceptions.sweep import sweep_exceptions
from oms.outbox import Outbox
from oms.outbox.warnings import confirmed_of
from tests.support.tryton_house import House

pytestmark = pytest.mark.slow


def dated_ahead(house: House) -> str:
    """A sale whose shipment Tryton's warehouse dated a week ahead: doing it today makes Tryton warn. The key of our shipment."""
    house.add()
    house.drain()
    (shipment,) = house.tryton.sale(house.identity, "shipments")["shipments"]
    ahead = house.at.date() + timedelta(days=7)
    house.tryton.call("model.stock.shipment.out.write", [shipment], {"effective_date": ahead})
    return house.add(
        key="shipment:SH-000001", kind="shipment.shipped", shipment_no="SH-000001", tracking_number=None,
        lines=[{"sku": "BRK-100", "quantity": "60"}])


def the_exception(house: House) -> ListedException:
    sweep_exceptions(house.db)
    with house.db.read() as db:
        (found,) = find_exceptions(db, WantedExceptions())
        return found


def test_a_warning_is_shown_in_trytons_words_and_confirmed_by_a_person_once(house: House) -> None:
    key = dated_ahead(house)
    house.drain()
    row, found = house.row(key), the_exception(house)
    assert (row.state, row.code) == (OutboxState.FAILED, "erp_warning")
    assert found.warning and "future" in found.warning and found.warning in str(row.sentence)
    assert "confirm" in found.supported_actions and found.warning_id
    with house.db.write() as db:
        confirm_warning(db, found.id, found.warning_id, user="Ann")
    with pytest.raises(ConflictError) as refused, house.db.write() as db:
        confirm_warning(db, found.id, found.warning_id, user="Bob")
    assert refused.value.code == "warning_gone"
    house.drain()
    again = the_exception(house)                                  # the shelf was answered; now it asks about the door
    assert again.warning_id and again.warning_id != found.warning_id, again
    with house.db.write() as db:
        confirm_warning(db, again.id, again.warning_id, user="Ann")
    house.drain()
    assert house.row(key).state is OutboxState.SENT, house.row(key).sentence
    shipments = house.tryton.sale(house.identity, "shipments")["shipments"]
    states = house.tryton.call("model.stock.shipment.out.read", shipments, ["state"])
    assert sorted(x["state"] for x in states) == ["done", "waiting"]
    with house.db.read() as db:
        kept = db.execute(select(OutboxWarningRow.confirmed_by)).scalars().all()
        told = db.execute(select(AuditEntryRow.actor, AuditEntryRow.action)).all()
    assert kept == ["Ann", "Ann"]
    assert told.count(("Ann", "erp.warning_confirmed")) == 2
    sweep_exceptions(house.db)
    with house.db.read() as db:
        assert find_exceptions(db, WantedExceptions()) == []
    assert house.tryton.call("model.res.user.warning.search", []) == []          # nothing stays confirmed over there


def test_without_a_person_it_is_never_confirmed_and_an_answer_is_for_those_words_only(house: House) -> None:
    key = dated_ahead(house)
    for _ in range(2):
        house.drain()
        with house.db.write() as db:
            Outbox(db).resend(house.row(key).id, "Ann")           # trying again is no answer
    house.drain()
    row, found = house.row(key), the_exception(house)
    assert (row.state, row.code, row.tries) == (OutboxState.FAILED, "erp_warning", 3)
    with house.db.write() as db:
        assert confirmed_of(db, row.id) == ()
        db.execute(OutboxWarningRow.__table__.update().values(words="It asked something else then."))
    assert found.warning_id
    with house.db.write() as db:
        confirm_warning(db, found.id, found.warning_id, user="Ann")
    house.drain()
    assert house.row(key).code == "erp_warning"
    now_asked = the_exception(house)
    assert now_asked.warning == found.warning and now_asked.warning_id != found.warning_id
