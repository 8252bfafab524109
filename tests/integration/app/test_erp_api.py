"""The connection to the ERP through the REST API and on its page."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.bootstrap import Rooms
from app.main import create_app
from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.tables.outbox import OutboxRow
from oms.erp.adapters.file import FileErp
from oms.erp.port import Noun
from oms.exceptions.sweep import sweep_exceptions
from oms.orders.service import accept_order
from oms.outbox.sender import ReceiverWarns, Warned
from oms.outbox.warnings import confirmed_of, note_warning
from runtime import accounts
from runtime.clock import now
from runtime.db import Database
from runtime.settings import Settings
from tests.integration.review_ui.conftest import come_in
from tests.support.desk import make_desk
from tests.support.orders import draft, open_case, open_shop

TRYTON = {"erp_adapter": "tryton", "erp_url": "http://127.0.0.1:9", "erp_database": "kestrel", "erp_user": "ordermill"}


@pytest.fixture
def rooms(database: Database, tmp_path: Path) -> Rooms:
    here = Rooms(Settings(_env_file=None, data=tmp_path, **TRYTON))
    here.__dict__["db"] = database
    with database.write() as db:
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(open_shop(db)), approved_by="Ann")
    return here


@pytest.fixture
def client(rooms: Rooms) -> TestClient:
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name="desk", scopes=("erp:read", "erp:write"), at=now())
    return TestClient(
        create_app(rooms), base_url="http://test/api/v1/erp", headers={"Authorization": f"Bearer {secret}"},
        raise_server_exceptions=False)


def refuse(database: Database, code: str = "erp_refused") -> None:
    with database.write() as db:
        row = db.query(OutboxRow).filter_by(channel=Channel.ERP).one()
        row.state, row.code, row.sentence = OutboxState.FAILED, code, "Tryton refuses: no such party."


def test_how_the_connection_is_and_what_can_be_done(client: TestClient, rooms: Rooms) -> None:
    shown = client.get("").json()
    assert (shown["system"], shown["queue"]["waiting"], shown["queue"]["needs_person"]) == ("tryton", 1, 0)
    assert [(p["noun"], p["health"]) for p in shown["pulls"]] == [
        (noun, "never_pulled") for noun in ("customers", "items", "prices", "shipments", "invoices", "stock", "sales")]
    assert shown["supported_actions"] == ["pull", "compare", "check"]
    refuse(rooms.db)
    assert client.get("").json()["supported_actions"] == ["pull", "compare", "check", "resend"]
    assert client.post("/resends").json() == {"messages": 1}
    assert client.get("").json()["queue"] | {"oldest_waiting_at": None} == {
        "waiting": 1, "in_flight": 0, "needs_person": 0, "oldest_waiting_at": None, "last_sent_at": None}


def test_what_the_erp_asks_is_confirmed_by_the_words_that_were_shown_and_once(client: TestClient, rooms: Rooms) -> None:
    refuse(rooms.db, ReceiverWarns.code)
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name="chief", scopes=("exceptions:read", "exceptions:write"), at=now())
        message_id = db.query(OutboxRow.id).filter_by(channel=Channel.ERP).scalar()
        for words in ("It is late.", "It is too much."):
            note_warning(db, message_id, Warned("7.sale", words))
    sweep_exceptions(rooms.db)
    client.headers["Authorization"], client.base_url = f"Bearer {secret}", "http://test/api/v1/exceptions"
    (shown,) = client.get("").json()
    assert (shown["warning"], shown["supported_actions"]) == ("It is too much.", ["confirm", "assign", "resolve", "waive"])
    for warning_id in (None, shown["warning_id"] - 1, shown["warning_id"] + 1):            # the older question does not stand
        answer = client.post(f"/{shown['id']}/confirm", json={"warning_id": warning_id})
        assert (answer.status_code, answer.json()["code"]) == (409, "warning_gone")
    answer = client.post(f"/{shown['id']}/confirm", json={"warning_id": shown["warning_id"]}).json()
    assert (answer["warning"], "confirm" in answer["supported_actions"]) == (None, False)
    with rooms.db.write() as db:
        assert db.query(OutboxRow).filter_by(channel=Channel.ERP).one().state is OutboxState.PENDING
        assert confirmed_of(db, message_id) == (Warned("7.sale", "It is too much."),)
    assert client.post(f"/{shown['id']}/confirm", json={"warning_id": shown["warning_id"]}).status_code == 409


def test_a_message_given_up_is_not_tried_again(client: TestClient, rooms: Rooms) -> None:
    refuse(rooms.db, "given_up")
    assert client.post("/resends").json() == {"messages": 0}


def test_pulls_and_comparisons_are_asked_for(client: TestClient) -> None:
    asked = client.post("/pulls", json={"nouns": ["items"], "full": True})
    assert asked.status_code == 202
    assert [p["health"] for p in asked.json()["pulls"]].count("wanted") == 1
    assert [p["health"] for p in client.post("/pulls", json={}).json()["pulls"]].count("wanted") == len(Noun)
    assert client.post("/comparisons").json()["pulls"][-1]["health"] == "wanted"


def test_an_erp_that_is_away_is_said_with_what_to_do(client: TestClient) -> None:
    answer = client.post("/checks")
    assert (answer.status_code, answer.json()["code"]) == (503, "erp_away")


def test_an_adapter_without_pulls_says_so(client: TestClient, rooms: Rooms) -> None:
    rooms.__dict__["erp"] = FileErp(rooms.settings.data / "erp.jsonl")
    for path in ("/pulls", "/comparisons"):
        assert (client.post(path, json={}).status_code, client.get("").json()["pulls"]) == (404, [])
    (told,) = client.get("/dry-runs/SO-000001").json()
    assert rooms.identity in told and "SO-000001" in told
    assert client.get("/dry-runs/SO-000009").status_code == 404


def test_the_page_shows_the_connection_and_asks_for_pulls(sqlite_database: Database, tmp_path: Path) -> None:
    desk = make_desk(tmp_path, db=sqlite_database, settings=Settings(_env_file=None, data=tmp_path, **TRYTON))
    with sqlite_database.write() as db:
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(open_shop(db)), approved_by="Ann")
    refuse(sqlite_database)
    admin, viewer = come_in(desk, "adam"), come_in(desk, "vera")
    assert "notice good" not in admin.get("/erp").text, "nothing was asked yet, so nothing is told"
    assert "Pull now" in admin.get("/erp").text and "Pull now" not in viewer.get("/erp").text
    assert "Begins soon" in admin.post("/erp/pull", data={"noun": "items"}).text
    assert "Begins soon" in admin.post("/erp/compare").text
    assert "Try all refused again" not in admin.post("/erp/resend").text
    assert "SO-000001" not in admin.post("/erp/check").text


def test_the_button_that_confirms_is_for_those_who_approve(sqlite_database: Database, tmp_path: Path) -> None:
    desk = make_desk(tmp_path, db=sqlite_database, settings=Settings(_env_file=None, data=tmp_path, **TRYTON))
    with sqlite_database.write() as db:
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(open_shop(db)), approved_by="Ann")
    refuse(sqlite_database, ReceiverWarns.code)
    with sqlite_database.write() as db:
        note_warning(db, db.query(OutboxRow.id).filter_by(channel=Channel.ERP).scalar(), Warned("7.sale", "It is late."))
    sweep_exceptions(sqlite_database)
    approver, clerk = come_in(desk, "anna"), come_in(desk, "carl")
    assert "Confirm the warning" in approver.get("/exceptions").text
    assert "Confirm it, or see" in approver.get("/orders/SO-000001").text
    assert "Confirm the warning" not in clerk.get("/exceptions").text
    assert "Confirm the warning" not in approver.post("/exceptions/1/confirm", data={"warning": 1}).text
