"""Retention over HTTP: rules are tried before they hold, and a message can be held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from models.domain.messages import Source
from models.domain.states import MessageState
from models.tables.intake import MessageRow
from runtime import accounts
from runtime.clock import now
from runtime.settings import Settings


@pytest.fixture
def api(tmp_path: Path) -> Iterator[TestClient]:
    rooms = Rooms(Settings(data=tmp_path, _env_file=None))
    schema.upgrade(rooms.db)
    with rooms.db.write() as db:
        db.add(MessageRow(
            source=Source.UPLOAD, sha256="0" * 64, size=1, received_at=now() - timedelta(days=40), state=MessageState.READ,
            subject="Nothing in it"))
        secret = accounts.create_token(db, name="keeper", scopes=("retention:read", "retention:write"), at=now())
    yield TestClient(create_app(rooms), base_url="http://test/api/v1", headers={"Authorization": f"Bearer {secret}"})
    rooms.close()


def test_rules_are_tried_saved_and_held_against(api: TestClient) -> None:
    assert api.get("/retention").json() == {
        "rules": {"order": None, "other": None}, "counts": {"order": 0, "other": 0}, "due": []}
    tried = api.post("/retention/preview", json={"other": 30}).json()
    assert (tried["counts"]["other"], tried["due"][0]["subject"]) == (1, "Nothing in it")
    assert api.get("/retention").json()["rules"]["other"] is None
    assert api.put("/retention", json={"other": 3}).status_code == 422
    assert api.put("/retention", json={"other": 30}).json()["counts"]["other"] == 1
    assert api.put("/messages/1/hold", json={"reason": "Claim 7"}).status_code == 204
    assert api.get("/retention").json()["counts"]["other"] == 0
    assert [(h["message_id"], h["reason"]) for h in api.get("/retention/holds").json()] == [(1, "Claim 7")]
    assert [api.delete("/messages/1/hold").status_code for _ in range(2)] == [204, 404]
    assert api.put("/messages/9/hold", json={"reason": "x"}).status_code == 404
