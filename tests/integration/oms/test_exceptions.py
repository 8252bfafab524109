"""Exceptions: one of a key, seen to by people, opened and escalated by the sweep."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.domain.order_work import ExceptionKind, ExceptionState
from models.domain.outbox import Channel
from models.domain.states import OutboxState, RefusedMove, Role
from models.errors import ConflictError, InputError, NotFound
from models.tables.audit import AuditEntryRow
from models.tables.exceptions import ExceptionRow, ExceptionRuleRow
from models.tables.outbox import OutboxRow
from oms.exceptions import close_exception, open_exception
from oms.exceptions.service import assign, blocking, reopen, resolve, waive
from oms.exceptions.sweep import sweep_exceptions, sync_key
from oms.orders.service import accept_order
from oms.outbox import Outbox
from runtime.accounts import create_user
from runtime.clock import now
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop


def opened(database: Database, sentence: str = "Line 1 is short by 3.", **more: object) -> int:
    with database.write() as db:
        values = {"kind": ExceptionKind.SHORT_STOCK, "key": "short:line:1", "code": "short_stock"} | more
        return open_exception(db, sentence=sentence, **values)  # type: ignore[arg-type]


def row(database: Database, exception_id: int) -> ExceptionRow:
    with database.read() as db:
        return db.execute(select(ExceptionRow).where(ExceptionRow.id == exception_id)).scalar_one()


def test_of_one_key_one_is_open_and_says_the_newest(database: Database) -> None:
    first = opened(database)
    assert opened(database, "Line 1 is short by 2.") == first
    assert row(database, first).sentence == "Line 1 is short by 2."
    with database.write() as db:
        assert close_exception(db, key="short:line:1", by="ordermill", resolution="Stock came.")
        assert not close_exception(db, key="short:line:1", by="ordermill", resolution="Stock came.")
    assert opened(database) != first


def test_what_a_person_waived_stays_waived_until_it_is_something_else(database: Database) -> None:
    first = opened(database)
    with database.write() as db:
        waive(db, first, user="Ann", reason="The customer knows.")
    assert opened(database) == first
    assert row(database, first).state is ExceptionState.WAIVED
    assert opened(database, "Line 1 is short by 9.") != first


def test_people_assign_resolve_and_reopen_and_every_step_is_audited(database: Database) -> None:
    found = opened(database)
    with database.write() as db:
        ann = create_user(db, login="ann", name="Ann", role=Role.CLERK, password="correct horse")
        assign(db, found, user="Bob", assignee_id=ann, team="Stock")
        assert (row_of := db.get(ExceptionRow, found)) is not None and row_of.state is ExceptionState.ASSIGNED
        resolve(db, found, user="Ann", resolution="Found on the shelf.")
    with pytest.raises(RefusedMove), database.write() as db:
        resolve(db, found, user="Ann", resolution="again")
    with pytest.raises(RefusedMove), database.write() as db:
        assign(db, found, user="Ann", assignee_id=ann)
    with database.write() as db:
        reopen(db, found, user="Ann")
    after = row(database, found)
    assert (after.state, after.closed_at, after.assignee_id) == (ExceptionState.OPEN, None, None)
    with database.read() as db:
        assert db.execute(select(AuditEntryRow.action).order_by(AuditEntryRow.seq)).scalars().all() == [
            "exception.assigned", "exception.resolved", "exception.reopened"]


def test_a_closed_one_is_not_reopened_beside_a_newer_one(sqlite_database: Database) -> None:
    first = opened(sqlite_database)
    with sqlite_database.write() as db:
        resolve(db, first, user="Ann", resolution="Stock came.")
    opened(sqlite_database)
    with pytest.raises(ConflictError, match="open already"), sqlite_database.write() as db:
        reopen(db, first, user="Ann")


def test_refusals_say_what_to_do(sqlite_database: Database) -> None:
    found = opened(sqlite_database)
    with pytest.raises(InputError, match="Say"), sqlite_database.write() as db:
        waive(db, found, user="Ann", reason=" ")
    with pytest.raises(NotFound), sqlite_database.write() as db:
        resolve(db, 999, user="Ann", resolution="x")
    with pytest.raises(NotFound), sqlite_database.write() as db:
        assign(db, found, user="Ann", assignee_id=999)


def test_a_rule_routes_and_the_overdue_escalate_once(database: Database) -> None:
    with database.write() as db:
        db.add(ExceptionRuleRow(
            kind=ExceptionKind.CREDIT, team="Credit", is_blocking=True, due_hours=4, escalate_to="Management"))
    found = opened(database, "The limit is used up.", kind=ExceptionKind.CREDIT, key="credit:1")
    assert (row(database, found).team, row(database, found).is_blocking) == ("Credit", True)
    assert sweep_exceptions(database) == 0
    later = now() + timedelta(hours=5)
    assert sweep_exceptions(database, clock=lambda: later) == 1
    assert sweep_exceptions(database, clock=lambda: later) == 0
    assert (row(database, found).team, row(database, found).escalated_at) == ("Management", later)


def test_a_message_the_erp_refused_opens_one_until_it_is_through(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db)
        order_id = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 5)]), approved_by="Ann")
        refused = (OutboxRow.channel == Channel.ERP, OutboxRow.order_id == order_id)
        db.execute(update(OutboxRow).where(*refused).values(
            state=OutboxState.FAILED, code="unknown_party", sentence="The ERP knows no party C-1."))
        message_id = db.execute(select(OutboxRow.id).where(*refused)).scalar_one()
    assert sweep_exceptions(database) == 1
    assert sweep_exceptions(database) == 0
    with database.read() as db:
        found = db.execute(select(ExceptionRow)).scalar_one()
        assert (found.key, found.code, found.sentence) == (sync_key(message_id), "unknown_party", "The ERP knows no party C-1.")
        assert blocking(db, order_id) == []
    with database.write() as db:
        Outbox(db).give_up(message_id, "Ann")
    assert sweep_exceptions(database) == 1
    assert row(database, found.id).state is ExceptionState.RESOLVED


@pytest.mark.parametrize(("code", "kind"), [
    ("erp_unknown_item", ExceptionKind.UNKNOWN_ITEM), ("erp_unknown_address", ExceptionKind.ADDRESS),
    ("erp_total_differs", ExceptionKind.PRICE), ("erp_refused", ExceptionKind.SYNC_FAILURE)])
def test_what_the_erp_refused_is_told_as_what_it_is(sqlite_database: Database, code: str, kind: ExceptionKind) -> None:
    with sqlite_database.write() as db:
        shop = open_shop(db)
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 5)]), approved_by="Ann")
        db.execute(update(OutboxRow).where(OutboxRow.channel == Channel.ERP).values(
            state=OutboxState.FAILED, code=code, sentence="The ERP does not take it."))
    assert sweep_exceptions(sqlite_database) == 1
    with sqlite_database.write() as db:
        assert db.execute(select(ExceptionRow.kind)).scalar_one() is kind
        db.execute(update(OutboxRow).where(OutboxRow.channel == Channel.ERP).values(state=OutboxState.SENT))
    assert sweep_exceptions(sqlite_database) == 1
    with sqlite_database.read() as db:
        assert db.execute(select(ExceptionRow.state)).scalar_one() is ExceptionState.RESOLVED
