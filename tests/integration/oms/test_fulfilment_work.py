"""The handshake with a warehouse, holds, cancelling: what is given back stays promised to the order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import update

from models.domain.fulfilment import FulfilmentAction as A
from models.domain.stock import LocationKind
from models.tables.fulfilment import FulfilmentOrderRow
from models.tables.inventory import LocationRow
from oms.fulfilment.create import create_fulfilment_orders
from oms.fulfilment.lines import unassigned
from oms.fulfilment.work import FulfilmentRefused, act, actions_of, hold, release_hold, schedule, withdraw
from runtime.db import Database
from tests.support.fulfilment import fulfilment_orders, given, state_of
from tests.support.orders import reserved

D = Decimal


def third_party(database: Database) -> int:
    """A fulfilment order at a warehouse that is not ours."""
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        db.execute(update(LocationRow).values(kind=LocationKind.THIRD_PARTY))
    return fo


def test_a_warehouse_is_asked_and_accepts_then_agrees_to_stop(database: Database) -> None:
    fo = third_party(database)
    with database.write() as db:
        act(db, fo, A.SUBMIT, actor="anna")
        assert state_of(db, fo) == ("open", "submitted")
        act(db, fo, A.ACCEPT, actor="warehouse")
        assert state_of(db, fo) == ("in_progress", "accepted")
        act(db, fo, A.REQUEST_CANCELLATION, actor="anna", note="The customer called.")
        act(db, fo, A.ACCEPT_CANCELLATION, actor="warehouse")
        assert state_of(db, fo) == ("cancelled", "cancellation_accepted")
        assert db.get_one(FulfilmentOrderRow, fo).request_note == "The customer called."
        assert given(db, 1) == [(D(0), D(0), D(0))] and reserved(db) == D(10) and unassigned(db, 1) == {(1, 1, 1): D(10)}


def test_a_rejected_request_can_be_made_again_and_a_refused_cancellation_means_work(database: Database) -> None:
    fo = third_party(database)
    with database.write() as db:
        act(db, fo, A.SUBMIT, actor="anna")
        act(db, fo, A.REJECT, actor="warehouse", note="We are full.")
        assert state_of(db, fo) == ("open", "rejected")
        act(db, fo, A.SUBMIT, actor="anna")
        act(db, fo, A.REQUEST_CANCELLATION, actor="anna", note="Changed our mind.")
        act(db, fo, A.REJECT_CANCELLATION, actor="warehouse", note="It is on the lorry.")
        assert state_of(db, fo) == ("in_progress", "cancellation_rejected")


def test_a_warehouse_of_others_is_not_started_by_us(database: Database) -> None:
    fo = third_party(database)
    with pytest.raises(FulfilmentRefused, match="submit it"), database.write() as db:
        act(db, fo, A.START, actor="anna")


def test_several_holds_stand_at_once_and_the_last_release_opens(database: Database) -> None:
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        first, second = hold(db, fo, "Address?", actor="anna"), hold(db, fo, "Label?", actor="carl")
        release_hold(db, first, actor="anna")
        assert state_of(db, fo)[0] == "on_hold" and A.START not in actions_of(db, fo)
        release_hold(db, second, actor="anna")
        assert state_of(db, fo)[0] == "open"
    with pytest.raises(FulfilmentRefused, match="released already"), database.write() as db:
        release_hold(db, second, actor="anna")


def test_what_is_put_off_waits_for_its_day(database: Database) -> None:
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        schedule(db, fo, date(2031, 5, 2), actor="anna")
        assert db.get_one(FulfilmentOrderRow, fo).ship_by == date(2031, 5, 2) and state_of(db, fo)[0] == "scheduled"
        act(db, fo, A.OPEN, actor="anna")
        assert state_of(db, fo)[0] == "open"


def test_cancelling_only_lowers_what_is_allocated_and_the_order_can_be_given_out_again(database: Database) -> None:
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        act(db, fo, A.CANCEL, actor="anna", note="Wrong shelf.")
        assert given(db, 1) == [(D(0), D(0), D(0))] and reserved(db) == D(10)
        (again,) = create_fulfilment_orders(db, 1)
        assert again != fo and given(db, 1) == [(D(10), D(0), D(0))]
    with pytest.raises(FulfilmentRefused), database.write() as db:
        act(db, fo, A.CANCEL, actor="anna")


def test_an_order_is_taken_back_from_all_its_locations(database: Database) -> None:
    fulfilment_orders(database, stock=((6, 60), (0, 60)), lines=((0, 5), (1, 2)))
    with database.write() as db:
        assert withdraw(db, 1, actor="anna", reason="Order cancelled.") == 2
        assert withdraw(db, 1, actor="anna", reason="Order cancelled.") == 0
        assert given(db, 1) == [(D(0), D(0), D(0))] * 2
