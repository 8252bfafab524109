"""Approval over the API: how it stands, what other rules would have done, who may ask."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from runtime import accounts
from runtime.clock import now
from runtime.settings import Settings
from tests.integration.matching.desk import BOLTS, Desk, changed, reading


@pytest.fixture
def client(tmp_path: Path):
    rooms = Rooms(Settings(data=tmp_path, target_error_rate=None, _env_file=None))
    schema.upgrade(rooms.db)
    desk = Desk(rooms.db, tmp_path)
    desk.case(reading())
    desk.case(reading(changed(BOLTS, unit_price="0.46", amount="46")))
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name="dashboard", scopes=("policy:read",), at=now())
        accounts.create_token(db, name="shop", scopes=("cases:read",), at=now())
    yield TestClient(create_app(rooms), headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)
    rooms.close()


def test_the_state_of_approval_and_a_replay(client: TestClient) -> None:
    told = client.get("/api/v1/approval").json()
    assert told["sentence"] == "Orders go through when every value is at least 90% sure. No error rate is promised."
    assert (told["decided"]["orders"], told["touchless"], told["promise"]) == (2, 0.5, None)
    assert told["rules"]["approval"] == "confident" and told["escaped"]["looked_at"] == 0
    assert client.get("/api/v1/approval", params={"customer": "C100"}).json()["decided"]["orders"] == 2
    assert client.get("/api/v1/approval", params={"customer": "X"}).status_code == 404
    played = client.post("/api/v1/policy/replay", json={"settings": {"price_tolerance": "3"}}).json()
    assert (played["before"], played["after"]) == (
        {"approved": 1, "sampled": 0, "asked": 1}, {"approved": 2, "sampled": 0, "asked": 0})
    assert [(c["before"], c["after"]) for c in played["changes"]] == [("asked", "approved")]


@pytest.mark.parametrize(("body", "code"), [
    ({"settings": {"colour": "red"}}, "unknown_setting"), ({"settings": {"target_error_rate": "2"}}, "bad_value"),
    ({"aliases": {"X": "NO-SUCH"}}, "unknown_item"), ({"customer_no": "X"}, "unknown_customer"),
])
def test_a_change_that_cannot_be_is_a_problem_with_a_code(client: TestClient, body: dict[str, object], code: str) -> None:
    answer = client.post("/api/v1/policy/replay", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_strangers_learn_nothing(client: TestClient) -> None:
    for answer in (
        client.get("/api/v1/approval", headers={"Authorization": ""}),
        client.post("/api/v1/policy/replay", json={}, headers={"Authorization": ""}),
    ):
        assert answer.status_code == 401
