"""Asking the customer from the case page: what is drafted, changed, sent and shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from models.domain.states import CaseState
from models.tables.cases import CaseRow
from models.tables.desk import CaseQuestionRow
from models.tables.outbox import OutboxRow
from runtime.db import Database
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk, make_desk

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """What follows from an answer is proved over both kinds of database elsewhere; here it is the page."""
    return make_desk(tmp_path, db=sqlite_database)


def state_of(desk: Desk, case_id: int) -> CaseState:
    with desk.db.read() as db:
        return db.execute(select(CaseRow.state).where(CaseRow.id == case_id)).scalar_one()


def test_the_mail_is_drafted_changed_and_sent(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("carl")
    assert 'data-do="ask"' in client.get(f"/cases/{case_id}").text
    dialog = client.get(f"/cases/{case_id}/question", headers=FRAGMENT).text
    assert "orders@ashcroft-dental.example" in dialog and "which price shall we enter?" in dialog
    assert "No mail server is set up" in dialog and re.search(r"<li>a\) 0\.115\d* EUR, our price</li>", dialog)
    answer = client.post(f"/cases/{case_id}/question", headers=FRAGMENT, data={
        "version": 1, "subject": "Your order", "opening": "Dear Ashcroft", "closing": "Bye", "ask": [1], "number": [1],
        "sentence": ["Is the price of the bolts right?"]})
    assert answer.status_code == 204 and answer.headers["HX-Redirect"] == f"/?after={case_id}"
    assert state_of(desk, case_id) is CaseState.WAITING_FOR_CUSTOMER and desk.hands.nudges == 1
    with desk.db.read() as db:
        sent = db.execute(select(OutboxRow.payload)).scalar_one()
    assert "Is the price of the bolts right?" in sent and "Dear Ashcroft" in sent
    page = client.get(f"/cases/{case_id}").text
    assert "orders@ashcroft-dental.example was asked by Carl Clerk" in page and "Is the price of the bolts right?" in page


def test_a_mail_without_a_question_is_not_sent(desk: Desk, case_id: int, visit: Visit) -> None:
    answer = visit("carl").post(
        f"/cases/{case_id}/question", headers=FRAGMENT, data={"version": 1, "number": [1], "sentence": ["x"]})
    assert answer.status_code == 422 and "nothing_to_ask" in answer.text
    with desk.db.read() as db:
        assert db.execute(select(CaseQuestionRow.id)).first() is None
    assert state_of(desk, case_id) is CaseState.NEEDS_REVIEW


def test_a_case_that_somebody_else_has_is_not_asked_about(case_id: int, visit: Visit) -> None:
    visit("anna").post(f"/cases/{case_id}/claim")
    answer = visit("carl").post(
        f"/cases/{case_id}/question", headers=FRAGMENT, data={"version": 1, "ask": [1], "number": [1], "sentence": ["x"]})
    assert answer.status_code == 409 and "Anna Approver" in answer.text
