"""A person's own keys: shown, kept, refused, and on every page from then on."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from runtime.db import Database
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk, make_desk


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """One kind of database is enough for a page of settings."""
    return make_desk(tmp_path, db=sqlite_database)


def keys_of(page: str) -> dict[str, list[str]]:
    """The table as a page's scripts read it."""
    found = re.search(r"<meta name=\"keys\" content='([^']*)'", page)
    assert found
    return {row["name"]: row["keys"] for row in json.loads(html.unescape(found[1]))}


def test_moved_keys_are_kept_for_the_person_and_are_on_every_page(visit: Visit) -> None:
    client = visit("vera")
    assert keys_of(client.get("/").text)["approve"] == ["a", "ctrl+Enter"]
    saved = client.post("/account/keys", data={"approve": "q"})
    assert (saved.status_code, saved.headers["location"]) == (303, "/account/keys?saved=true")
    assert keys_of(client.get("/orders").text)["approve"] == ["q", "ctrl+Enter"]
    assert keys_of(visit("carl").get("/").text)["approve"] == ["a", "ctrl+Enter"]
    client.post("/account/keys", data={"approve": "q", "reset": "yes"})
    assert keys_of(client.get("/").text)["approve"] == ["a", "ctrl+Enter"]


def test_a_conflict_is_refused_and_what_was_typed_stays(visit: Visit) -> None:
    client = visit("vera")
    answer = client.post("/account/keys", data={"approve": "z", "history": "w"})
    assert answer.status_code == 422 and "bad_key" in answer.text
    assert "would be the key of “Approve and open the next case” and of “Undo the last correction”" in answer.text
    assert re.search(r'name="history" value="w"', answer.text)
    assert keys_of(client.get("/").text)["history"] == ["h"]
