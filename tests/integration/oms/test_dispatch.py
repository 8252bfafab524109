"""The outbox: nothing lost, nothing sent twice, whoever dies when."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select

from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.errors import ConflictError, InputError, NotFound, TransientError
from models.tables.audit import AuditEntryRow
from models.tables.outbox import OutboxRow
from oms.orders.cancel import cancel_order
from oms.orders.service import accept_order
from oms.outbox import Delivered, Dispatcher, Outbox, OutcomeUnknown, Outgoing
from oms.outbox.dispatch import LONGEST_WAIT, MAX_TRIES
from runtime.clock import now
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop


class Receiver:
    """A sender that keeps what arrived by key, counts every delivery and fails as told, one failure a try."""

    blocked: str | None = None

    def __init__(self, *, can_ask: bool) -> None:
        self.can_ask = can_ask
        self.arrived: list[str] = []
        self.asked: list[str] = []
        self.before: list[Exception] = []       # raised before anything leaves
        self.lost: list[Exception] = []         # raised after it arrived
        self.ask_fails: list[Exception] = []

    def send(self, message: Outgoing, about_to_send: Callable[[], None]) -> Delivered:
        if self.before:
            raise self.before.pop(0)
        about_to_send()
        self.arrived.append(message.key)
        if self.lost:
            raise self.lost.pop(0)
        return Delivered(f"id-{message.key}")

    def find(self, key: str) -> Delivered | None:
        self.asked.append(key)
        if self.ask_fails:
            raise self.ask_fails.pop(0)
        return Delivered(f"id-{key}") if key in self.arrived else None


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it."""


class Clock:
    """Time that only moves when told."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at

    def later(self, wait: timedelta = LONGEST_WAIT) -> None:
        self.at += wait


class House:
    """A database with messages, an ERP that can be asked and a mail server that cannot."""

    def __init__(self, db: Database) -> None:
        self.db, self.clock = db, Clock()
        self.erp, self.mail, self.webhook = Receiver(can_ask=True), Receiver(can_ask=False), Receiver(can_ask=True)
        self.receivers = {Channel.ERP: self.erp, Channel.MAIL: self.mail, Channel.WEBHOOK: self.webhook}
        self.dispatcher = self.worker("worker-1")

    def worker(self, name: str) -> Dispatcher:
        return Dispatcher(self.db, self.receivers, name, clock=self.clock)

    def add(self, channel: Channel, *keys: str) -> None:
        with self.db.write() as db:
            for key in keys:
                Outbox(db).add(channel, "test", key, {"key": key})
        self.clock.at = max(self.clock.at, now())

    def row(self, key: str) -> OutboxRow:
        with self.db.read() as db:
            row = db.execute(select(OutboxRow).where(OutboxRow.key == key)).scalar_one()
            db.expunge(row)
            return row


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def test_what_is_due_is_sent_once_and_noted(house: House) -> None:
    house.add(Channel.ERP, "a", "b")
    house.add(Channel.MAIL, "c")
    assert house.dispatcher.drain() == 3
    assert house.dispatcher.drain() == 0
    assert (sorted(house.erp.arrived), house.mail.arrived) == (["a", "b"], ["c"])
    row = house.row("a")
    assert (row.state, row.external_id, row.tries, row.holder, row.lease_until) == (OutboxState.SENT, "id-a", 1, None, None)


def test_what_fails_for_now_waits_and_what_is_refused_stops(house: House) -> None:
    house.add(Channel.MAIL, "a", "b")
    house.mail.before = [TransientError("Busy.", code="busy"), InputError("No such user.", code="refused")]
    house.dispatcher.drain()
    first, second = house.row("a"), house.row("b")
    assert (first.state, first.code, first.sentence) == (OutboxState.PENDING, "busy", "Busy.")
    assert house.clock.at < first.next_at <= house.clock.at + timedelta(seconds=5)
    assert (second.state, second.code, second.sentence) == (OutboxState.FAILED, "refused", "No such user.")
    assert house.dispatcher.drain() == 0
    house.clock.later()
    assert house.dispatcher.drain() == 1
    assert house.mail.arrived == ["a"]


def test_an_unknown_outcome_is_asked_for_before_a_retry(house: House) -> None:
    house.add(Channel.ERP, "a")
    house.erp.lost = [OutcomeUnknown("The line broke.")]
    house.erp.ask_fails = [TransientError("Away.", code="away")]
    house.dispatcher.drain()
    assert house.row("a").state is OutboxState.UNKNOWN
    for code in ("away", None):
        house.clock.later()
        house.dispatcher.drain()
        assert house.row("a").code == code
    assert (house.row("a").state, house.row("a").external_id) == (OutboxState.SENT, "id-a")
    assert (house.erp.arrived, house.erp.asked) == (["a"], ["a", "a"])


def test_a_mail_that_may_have_arrived_is_shown_and_never_resent_by_itself(house: House) -> None:
    house.add(Channel.MAIL, "a")
    house.mail.lost = [OutcomeUnknown("No answer.")]
    house.dispatcher.drain()
    for _ in range(3):
        house.clock.later()
        assert house.dispatcher.drain() == 0
    row = house.row("a")
    assert (row.state, row.code, house.mail.arrived) == (OutboxState.UNKNOWN, "maybe_sent", ["a"])
    assert "resend" in str(row.sentence)


@pytest.mark.parametrize("channel", list(Channel))
def test_a_worker_killed_before_anything_left_is_followed_by_another(house: House, channel: Channel) -> None:
    house.add(channel, "a")
    receiver = house.receivers[channel]
    receiver.before = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        house.dispatcher.drain()
    other = house.worker("worker-2")
    assert other.drain() == 0                   # the lease is alive: its holder may be only slow
    house.clock.later()
    assert other.drain() == 1
    assert (receiver.arrived, house.row("a").state) == (["a"], OutboxState.SENT)


def test_a_worker_killed_after_the_erp_has_it_does_not_make_it_twice(house: House) -> None:
    house.add(Channel.ERP, "a")
    house.erp.lost = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        house.dispatcher.drain()
    other = house.worker("worker-2")
    assert other.drain() == 0
    assert other.take_over("worker-1") == 1     # its heartbeat stopped: no need to wait
    assert other.drain() == 1
    assert (house.erp.arrived, house.row("a").state) == (["a"], OutboxState.SENT)


def test_a_worker_killed_after_the_mail_left_leaves_it_maybe_sent(house: House) -> None:
    house.add(Channel.MAIL, "a")
    house.mail.lost = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        house.dispatcher.drain()
    house.clock.later()
    assert house.worker("worker-2").drain() == 0
    assert (house.row("a").state, house.row("a").code, house.mail.arrived) == (OutboxState.UNKNOWN, "maybe_sent", ["a"])


def test_a_frozen_worker_that_wakes_late_sends_nothing(house: House) -> None:
    house.add(Channel.MAIL, "a")
    frozen = house.mail.send

    def freeze(message: Outgoing, about_to_send: Callable[[], None]) -> Delivered:
        house.mail.send = frozen  # type: ignore[method-assign]
        house.clock.later()
        assert house.worker("worker-2").drain() == 1
        return frozen(message, about_to_send)

    house.mail.send = freeze  # type: ignore[method-assign]
    house.dispatcher.drain()
    assert (house.mail.arrived, house.row("a").state, house.row("a").external_id) == (["a"], OutboxState.SENT, "id-a")


def test_an_unexpected_failure_after_leaving_counts_as_unknown_and_before_as_not_sent(house: House) -> None:
    house.add(Channel.MAIL, "a", "b")
    house.mail.before = [RuntimeError("bug")]
    house.mail.lost = [RuntimeError("bug")]
    house.dispatcher.drain()
    assert [house.row(key).state for key in "ab"] == [OutboxState.PENDING, OutboxState.UNKNOWN]


def test_tried_too_often_becomes_a_failure_a_person_can_resend(house: House) -> None:
    house.add(Channel.MAIL, "a")
    house.mail.before = [TransientError("Busy.")]
    with house.db.write() as db:
        db.execute(OutboxRow.__table__.update().values(tries=MAX_TRIES - 1))  # type: ignore[attr-defined]
    house.dispatcher.drain()
    assert (house.row("a").state, house.row("a").code) == (OutboxState.FAILED, "tried_too_often")
    with house.db.write() as db:
        Outbox(db).resend(house.row("a").id, "Ann")
    house.clock.later()
    house.dispatcher.drain()
    assert house.row("a").state is OutboxState.SENT


def test_a_person_resends_or_gives_up_what_rests_with_their_name_in_the_audit(house: House) -> None:
    house.add(Channel.MAIL, "a", "b", "c")
    house.mail.lost = [OutcomeUnknown("No answer."), OutcomeUnknown("No answer.")]
    house.dispatcher.drain()
    with house.db.write() as db:
        Outbox(db).resend(house.row("a").id, "Ann")
        Outbox(db).give_up(house.row("b").id, "Ann")
    with pytest.raises(ConflictError), house.db.write() as db:
        Outbox(db).resend(house.row("c").id, "Ann")
    with pytest.raises(NotFound), house.db.write() as db:
        Outbox(db).give_up(999, "Ann")
    house.clock.later()
    house.dispatcher.drain()
    assert sorted(house.mail.arrived) == ["a", "a", "b", "c"]
    assert [(house.row(key).state, house.row(key).code) for key in "abc"] == [
        (OutboxState.SENT, None), (OutboxState.FAILED, "given_up"), (OutboxState.SENT, None)]
    with house.db.read() as db:
        told = db.execute(select(AuditEntryRow.actor, AuditEntryRow.action).order_by(AuditEntryRow.seq)).all()
        assert told == [("Ann", "outbox.resend"), ("Ann", "outbox.give_up")]


def test_what_is_being_sent_cannot_be_resent(house: House) -> None:
    house.add(Channel.MAIL, "a")
    house.mail.lost = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        house.dispatcher.drain()
    with pytest.raises(ConflictError), house.db.write() as db:
        Outbox(db).resend(house.row("a").id, "Ann")


def test_a_missing_setting_is_named_and_nothing_is_tried(house: House) -> None:
    house.mail.blocked = "Set ORDERMILL_SMTP_HOST."
    house.add(Channel.MAIL, "a")
    assert house.dispatcher.drain() == 0
    row = house.row("a")
    assert (row.state, row.code, row.sentence, row.tries) == (
        OutboxState.PENDING, "not_configured", "Set ORDERMILL_SMTP_HOST.", 0)
    house.mail.blocked = None
    assert house.dispatcher.drain() == 1
    assert (house.row("a").state, house.row("a").code, house.row("a").sentence) == (OutboxState.SENT, None, None)


def test_the_erp_hears_of_a_cancellation_only_after_the_order(house: House) -> None:
    with house.db.write() as db:
        shop = open_shop(db)
        case = open_case(db, kind=None)
        order = accept_order(db, case_id=case, case_version=1, draft=draft(shop), approved_by="Ann")
    with house.db.write() as db:
        cancel_order(db, order, user="Ann", reason="test")
    house.clock.later()
    house.erp.before = [TransientError("Away.")]
    assert house.dispatcher.drain() == 1
    assert house.erp.arrived == []
    house.clock.later()
    assert house.dispatcher.drain() == 2
    assert house.erp.arrived == [f"so:{case}:1", f"so-cancel:{order}"]


def test_many_workers_deliver_each_message_once(house: House) -> None:
    keys = [f"k{n}" for n in range(40)]
    house.add(Channel.ERP, *keys)
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(house.worker(f"worker-{n}").drain) for n in range(4)]:
            done.result()
    assert sorted(house.erp.arrived) == sorted(keys)


def test_run_sends_until_told_to_stop(house: House) -> None:
    arrived, stop = Event(), Event()
    send = house.erp.send

    def tell(message: Outgoing, about_to_send: Callable[[], None]) -> Delivered:
        delivered = send(message, about_to_send)
        arrived.set()
        return delivered

    house.erp.send = tell  # type: ignore[method-assign]
    house.add(Channel.ERP, "a")
    thread = Thread(target=house.dispatcher.run, args=(stop,))
    thread.start()
    assert arrived.wait(240)
    stop.set()
    thread.join(240)
    assert not thread.is_alive()
    assert house.row("a").state is OutboxState.SENT
