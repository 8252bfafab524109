"""Webhooks to a real receiver over loopback: signed, told once for each event, told again after failures, never where they must
not go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook

from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.tables.erp import WebhookRow
from models.tables.outbox import OutboxRow
from oms.events.follow import follow
from oms.outbox import Dispatcher
from oms.webhooks import fan_out, service
from oms.webhooks.fan_out import WebhookFollower
from oms.webhooks.sender import WebhookSender
from runtime.audit import record
from runtime.clock import now
from runtime.db import Database
from runtime.seal import Seal


class Receiver:
    """A web server that keeps what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=b"
        Thread(target=self.server.serve_forever, daemon=True).start()


class House:
    """A database, a seal, and a clock that can be moved on."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db, self.seal, self.ahead = db, Seal(folder), timedelta(0)
        follow(db, WebhookFollower())                  # begins here

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def add(self, url: str, events: str = "*") -> tuple[int, str]:
        with self.db.write() as db:
            return service.add_webhook(
                db, self.seal, url=url, events=events, description="", actor="Ann", allow_private=True)

    def happen(self, action: str, subject: str) -> None:
        with self.db.write() as db:
            record(db, actor="Ann", action=action, subject=subject, content={"reason": "ä"})

    def send(self, *, allow_private: bool = True) -> list[OutboxRow]:
        while follow(self.db, WebhookFollower()):
            pass
        sender = WebhookSender(self.db, self.seal, allow_private=allow_private, clock=self.clock)
        Dispatcher(self.db, {Channel.WEBHOOK: sender}, "worker-1", clock=self.clock).drain()
        with self.db.read() as db:
            rows = list(db.execute(select(OutboxRow).order_by(OutboxRow.id)).scalars())
            db.expunge_all()
        return rows


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return House(database, tmp_path)


def test_an_event_arrives_once_and_its_signature_proves_who_sent_it(house: House, receiver: Receiver) -> None:
    _, secret = house.add(receiver.url, "shipment.shipped order.*")
    for action, subject in (("shipment.shipped", "shipment:SH-1"), ("order.accepted", "order:SO-1"), ("case.opened", "case:1"),
                            ("user.set", "user:ann"), ("shipment.packed", "shipment:SH-1")):
        house.happen(action, subject)
    house.send()
    rows = house.send()
    assert [(r.kind, r.state) for r in rows] == [("shipment.shipped", OutboxState.SENT), ("order.accepted", OutboxState.SENT)]
    headers, body = receiver.got[0]
    told = Webhook(secret).verify(body, headers)
    assert (told["type"], told["data"]["id"], told["data"]["reason"]) == ("shipment.shipped", "SH-1", "ä")
    assert [json.loads(b)["type"] for _, b in receiver.got] == ["shipment.shipped", "order.accepted"]


def test_a_receiver_that_fails_is_told_again_under_the_same_id(house: House, receiver: Receiver) -> None:
    house.add(receiver.url)
    house.happen("order.accepted", "order:SO-1")
    receiver.answers = [500, 302]
    (row,) = house.send()
    assert (row.state, row.code) == (OutboxState.PENDING, "webhook_refused")
    for _ in range(2):
        house.ahead += timedelta(minutes=20)
        (row,) = house.send()
    assert row.state is OutboxState.SENT and row.tries == 3
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1 and len(receiver.got) == 3


def test_after_three_days_it_is_given_up_and_can_be_replayed(house: House, receiver: Receiver) -> None:
    hook, _ = house.add(receiver.url)
    house.happen("order.accepted", "order:SO-1")
    receiver.answers = [503]
    house.send()
    house.ahead = timedelta(days=3, minutes=1)
    (row,) = house.send()
    assert (row.state, row.code) == (OutboxState.FAILED, "webhook_given_up")
    with house.db.write() as db:
        assert service.again(db, hook, since=now() - timedelta(hours=1), actor="Ann") == 1
    house.ahead = timedelta(0)
    house.send()
    assert receiver.got[0][1] == receiver.got[1][1]
    assert receiver.got[0][0]["webhook-id"] == receiver.got[1][0]["webhook-id"]


def test_what_a_webhook_does_not_want_does_not_use_up_its_replay(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "MOST_REPLAYED", 2)
    monkeypatch.setattr(fan_out, "_AT_ONCE", 3)
    hook, _ = house.add(receiver.url, "order.*")
    for n in range(5):
        house.happen("stock.counted", f"item:{n}")
    for n in range(3):
        house.happen("order.accepted", f"order:SO-{n}")
    with house.db.write() as db:
        assert service.again(db, hook, since=now() - timedelta(hours=1), actor="Ann") == 2


def test_a_receiver_that_is_gone_switches_its_webhook_off(house: House, receiver: Receiver) -> None:
    hook, _ = house.add(receiver.url)
    house.happen("order.accepted", "order:SO-1")
    receiver.answers = [410]
    (row,) = house.send()
    assert (row.state, row.code) == (OutboxState.FAILED, "webhook_off")
    with house.db.read() as db:
        found = service.find(db, hook)
        assert not found.is_active and "gone for good" in (found.sentence or "")


def test_an_address_in_our_own_network_gets_nothing(house: House, receiver: Receiver) -> None:
    house.add(receiver.url)
    house.happen("order.accepted", "order:SO-1")
    (row,) = house.send(allow_private=False)
    assert (row.state, row.code) == (OutboxState.FAILED, "address_forbidden")
    assert receiver.got == []


@pytest.mark.parametrize(("url", "events"), [
    ("http://example.com/x", "*"), ("https://user:pw@example.com/", "*"), ("ftp://example.com", "*"), ("https://", "*"),
    ("https://example.com", ""), ("https://example.com", "user.set"), ("https://example.com/" + "x" * 2_000, "*")])
def test_an_address_or_a_list_that_cannot_be_used_is_refused(database: Database, tmp_path: Path, url: str, events: str) -> None:
    with database.write() as db, pytest.raises(service.BadWebhook):
        service.add_webhook(db, Seal(tmp_path), url=url, events=events, description="", actor="Ann")


def test_a_removed_webhook_is_forgotten_and_what_waited_is_not_sent(house: House, receiver: Receiver) -> None:
    hook, _ = house.add(receiver.url)
    house.happen("order.accepted", "order:SO-1")
    follow(house.db, WebhookFollower())
    with house.db.write() as db:
        service.remove(db, hook, actor="Ann")
    rows = house.send()
    assert [r.code for r in rows] == ["webhook_off"] and receiver.got == []
    with house.db.read() as db:
        row = db.execute(select(WebhookRow)).scalar_one()
        assert (row.url, row.sealed_secret) == ("", "")


def test_a_crash_after_the_post_repeats_it_under_the_same_id(house: House, receiver: Receiver) -> None:
    house.add(receiver.url)
    house.happen("order.accepted", "order:SO-1")
    (row,) = house.send()
    with house.db.write() as db:                       # as if the answer had never been noted
        db.execute(update(OutboxRow).where(OutboxRow.id == row.id).values(
            state=OutboxState.UNKNOWN, next_at=now() - timedelta(seconds=1), holder=None, lease_until=None))
    (row,) = house.send()
    assert row.state is OutboxState.SENT and len({h["webhook-id"] for h, _ in receiver.got}) == 1 and len(receiver.got) == 2
