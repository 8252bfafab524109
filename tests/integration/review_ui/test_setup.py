"""The first administrator, and the company as it was said on screen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from models.tables.people import UserRow
from runtime import first_run, house
from runtime.db import Database
from runtime.settings import Settings
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk, make_desk
from tests.support.desk_cases import add_message

FORM = {"login": "ada", "password": "a-long-enough-password", "name": "Ada"}


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """One kind of database is enough to know who may come in."""
    return make_desk(tmp_path, db=sqlite_database)


def test_the_first_administrator_needs_the_code_and_there_is_only_one(desk: Desk, visitor: TestClient) -> None:
    with desk.db.write() as db:
        db.execute(delete(UserRow))
    assert visitor.get("/sign-in").headers["location"] == "/setup/start"
    code = first_run.setup_code(desk.services.settings.data)
    wrong = visitor.post("/setup/start", data=FORM | {"code": "guess"})
    assert (wrong.status_code, wrong.headers["X-Code"]) == (403, "wrong_setup_code")
    weak = visitor.post("/setup/start", data=FORM | {"code": code, "password": "short"})
    assert weak.headers["X-Code"] == "weak_password"
    foreign = visitor.post("/setup/start", data=FORM | {"code": code}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert visitor.post("/setup/start", data=FORM | {"code": code}).headers["location"] == "/setup"
    assert visitor.get("/setup").status_code == 200
    again = visitor.post("/setup/start", data=FORM | {"code": code, "login": "eve"})
    assert (again.status_code, again.headers["X-Code"]) == (409, "setup_done")
    with desk.db.read() as db:
        assert db.execute(select(UserRow.login)).scalars().all() == ["ada"]


def test_where_there_is_an_administrator_nobody_can_found(visitor: TestClient) -> None:
    assert visitor.get("/setup/start").headers["location"] == "/sign-in"


def test_the_company_is_called_as_it_was_said(desk: Desk, visit: Visit) -> None:
    adam = visit("adam")
    said = {"company_name": "Okapi Supply", "company_aliases": "Okapi; Okapi Ltd ", "company_vat_id": "DE1"}
    assert adam.post("/setup/company", data=said).status_code == 303
    assert "Okapi Supply" in adam.get("/setup").text
    other = Settings(_env_file=None, data=desk.services.settings.data)
    with desk.db.read() as db:
        assert house.adopt(db, other) and not house.adopt(db, other)
    assert (other.company_name, other.own_names) == ("Okapi Supply", ("Okapi Supply", "Okapi", "Okapi Ltd"))
    assert "missing_value" in adam.post("/setup/company", data={"company_name": " "}, headers={"HX-Request": "true"}).text


def test_the_time_zone_said_on_screen_is_the_one_of_every_page(desk: Desk, visit: Visit) -> None:
    adam = visit("adam")
    refused = adam.post("/setup/company", data={"company_name": "Okapi", "time_zone": "Berlin"}, headers={"HX-Request": "true"})
    assert "no_time_zone" in refused.text
    assert adam.post("/setup/company", data={"company_name": "Okapi", "time_zone": "Asia/Tokyo"}).status_code == 303
    assert 'value="Asia/Tokyo"' in adam.get("/setup").text
    with desk.db.write() as db:
        add_message(desk, db, subject="Order", received_at=datetime(2031, 5, 1, 20, 30, tzinfo=UTC))
    assert "2031-05-02 05:30 JST" in adam.get("/messages").text
