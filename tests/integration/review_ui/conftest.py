"""The review UI over each kind of database, and visitors of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runtime.db import Database
from tests.support.desk import PASSWORD, Desk, make_desk

ADDRESS = "http://desk.test"
Visit = Callable[[str], TestClient]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """An empty house with a user of every role."""
    return make_desk(tmp_path, db=database)


@pytest.fixture
def visitor(desk: Desk) -> TestClient:
    """A browser that nobody has signed in with."""
    return TestClient(desk.app, base_url=ADDRESS, follow_redirects=False)


@pytest.fixture
def visit(desk: Desk) -> Visit:
    """Sign in as a person; every POST then carries the session's CSRF token, as the pages do."""

    def signed_in(login: str) -> TestClient:
        client = TestClient(desk.app, base_url=ADDRESS, follow_redirects=False)
        assert client.post("/sign-in", data={"login": login, "password": PASSWORD}).status_code == 303
        client.headers["X-CSRF-Token"] = token_of(client)
        return client

    return signed_in


def token_of(client: TestClient) -> str:
    """The CSRF token the pages carry."""
    page = client.get("/").text
    return page.split('<meta name="csrf" content="')[1].split('"')[0]
