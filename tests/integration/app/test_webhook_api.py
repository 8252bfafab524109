"""Webhooks over HTTP: made once for a key, the secret shown once, switched, replayed, removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from app.rounds import ROUNDS
from models.tables.intake import IdempotencyKeyRow
from runtime import accounts
from runtime.audit import record
from runtime.clock import now
from runtime.settings import Settings

WANTED = {"url": "https://receiver.example/in", "events": ["order.*"], "description": "ERP"}


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    made = Rooms(Settings(data=tmp_path, _env_file=None))
    schema.upgrade(made.db)
    yield made
    made.close()


def client(rooms: Rooms, *scopes: str) -> TestClient:
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name=" ".join(scopes), scopes=scopes, at=now())
    return TestClient(create_app(rooms), headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)


def test_a_webhook_is_made_once_and_its_secret_is_not_shown_again(rooms: Rooms) -> None:
    api = client(rooms, "webhooks:read", "webhooks:write")
    made = [api.post("/api/v1/webhooks", json=WANTED, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    first, again = (answer.json() for answer in made)
    assert made[0].status_code == 201 and first["secret"].startswith("whsec_") and again == first | {"secret": None}
    with rooms.db.read() as db:
        assert "whsec_" not in " ".join(db.execute(select(IdempotencyKeyRow.answer)).scalars())
    (listed,) = api.get("/api/v1/webhooks").json()
    assert listed["url"] == WANTED["url"] and "secret" not in listed
    assert listed["supported_actions"] == ["switch_off", "test", "replay", "remove"]


def test_what_happens_is_listed_as_a_delivery_and_can_be_replayed(rooms: Rooms) -> None:
    api = client(rooms, "webhooks:read", "webhooks:write")
    hook = api.post("/api/v1/webhooks", json=WANTED).json()["id"]
    (events,) = [r for r in ROUNDS if r.name == "events"]
    events.run(rooms)
    with rooms.db.write() as db:
        record(db, actor="Ann", action="order.accepted", subject="order:SO-000001")
    events.run(rooms)
    (delivery,) = api.get(f"/api/v1/webhooks/{hook}/deliveries").json()
    assert (delivery["type"], delivery["state"]) == ("order.accepted", "pending")
    replayed = api.post(f"/api/v1/webhooks/{hook}/replays", json={"since": "2020-01-01T00:00:00Z"})
    assert replayed.json() == {"events": 1}
    keyed = [api.post(
        f"/api/v1/webhooks/{hook}/replays", json={"since": "2020-01-01T00:00:00Z"}, headers={"Idempotency-Key": "r"}).json()
        for _ in range(2)]
    assert keyed == [{"events": 1}] * 2
    both = api.get(f"/api/v1/webhooks/{hook}/deliveries").json()
    assert len(both) == 3 and len({d["event_id"] for d in both}) == 1


def test_a_webhook_that_is_off_or_gone_says_so(rooms: Rooms) -> None:
    api = client(rooms, "webhooks:read", "webhooks:write")
    hook = api.post("/api/v1/webhooks", json=WANTED).json()["id"]
    assert api.post(f"/api/v1/webhooks/{hook}/switch_off").json()["supported_actions"] == ["switch_on", "remove"]
    refused = api.post(f"/api/v1/webhooks/{hook}/replays", json={"since": "2020-01-01T00:00:00Z"})
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_off")
    assert api.delete(f"/api/v1/webhooks/{hook}").status_code == 204
    assert api.get(f"/api/v1/webhooks/{hook}/deliveries").status_code == 404
    assert api.get("/api/v1/webhooks").json() == []


@pytest.mark.parametrize("wanted", [
    {**WANTED, "url": "http://receiver.example/in"}, {**WANTED, "events": []}, {**WANTED, "events": ["user.set"]}, {}])
def test_what_cannot_be_used_is_refused_as_a_problem(rooms: Rooms, wanted: dict[str, object]) -> None:
    answer = client(rooms, "webhooks:write").post("/api/v1/webhooks", json=wanted)
    assert answer.status_code == 422 and answer.json()["detail"]


def test_without_the_scope_nothing_is_told(rooms: Rooms) -> None:
    assert client(rooms, "orders:read").get("/api/v1/webhooks").status_code == 403
