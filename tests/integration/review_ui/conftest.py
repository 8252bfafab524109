"""The review UI over each kind of database, and visitors of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runtime.db import Database
from tests.support.desk import Desk, make_desk, session_of
from tests.support.desk_cases import add_master_data, add_pdf_case
from tests.support.desk_documents import ROWS

ADDRESS = "http://desk.test"
Visit = Callable[[str], TestClient]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """An empty house with a user of every role."""
    return make_desk(tmp_path, db=database)


@pytest.fixture
def case_id(desk: Desk) -> int:
    """A case in review: PO-4711, whose second line has a price off the contract."""
    with desk.db.write() as db:
        desk.ids |= add_master_data(db)
    return add_pdf_case(desk, "PO-4711", ROWS[:2])


@pytest.fixture
def visitor(desk: Desk) -> TestClient:
    """A browser that nobody has signed in with."""
    return TestClient(desk.app, base_url=ADDRESS, follow_redirects=False)


@pytest.fixture
def visit(desk: Desk) -> Visit:
    """Come in with somebody's session."""
    return partial(come_in, desk)


def come_in(desk: Desk, login: str) -> TestClient:
    """A browser with somebody's session; every POST carries its CSRF token, as the pages do."""
    client = TestClient(desk.app, base_url=ADDRESS, follow_redirects=False)
    client.cookies.set("ordermill_session", session_of(desk, login))
    client.headers["X-CSRF-Token"] = token_of(client)
    return client


def token_of(client: TestClient) -> str:
    """The CSRF token the pages carry."""
    page = client.get("/").text
    return page.split('<meta name="csrf" content="')[1].split('"')[0]
