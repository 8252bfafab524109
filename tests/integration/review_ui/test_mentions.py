"""Comments pinned to a place, and who was told of them, over each kind of database."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from models.tables.people import UserRow
from review_ui.events import unread
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.desk_cases import add_pdf_case
from tests.support.desk_documents import ROWS

FRAGMENT = {"HX-Request": "true"}


def say(client: TestClient, case_id: int, text: str, **about: str) -> str:
    answer = client.post(f"/cases/{case_id}/comments", data={"text": text, **about}, headers=FRAGMENT)
    assert answer.status_code == 200, answer.text
    return answer.text


def counted(client: TestClient, path: str = "/orders") -> int:
    """The number beside the mentions in the bar; 0 when it is hidden."""
    badge = re.search(r'id="unread-mentions"( hidden)?>(\d+)<', client.get(path).text)
    assert badge is not None and bool(badge[1]) == (badge[2] == "0")
    return int(badge[2])


def test_a_mention_is_read_while_the_case_is_open(desk: Desk, case_id: int, visit: Visit) -> None:
    carl, vera = visit("carl"), visit("vera")
    say(carl, case_id, "Look, @vera", path="lines.2.unit_price")
    listed = vera.get(f"/cases/{case_id}/comments", headers=FRAGMENT).text
    assert "data-new" in listed and "Line 20 · Price" in re.sub(r"\s+", " ", listed) and "unit_price</" not in listed
    assert vera.post(f"/cases/{case_id}/comments/read", headers=FRAGMENT).text == "0"
    assert "data-new" not in vera.get(f"/cases/{case_id}/comments", headers=FRAGMENT).text and counted(vera) == 0


def document_of(client: TestClient, case_id: int) -> int:
    return int(re.findall(r'data-doc="(\d+)"', client.get(f"/cases/{case_id}").text)[0])


def test_who_is_mentioned_reads_it_by_opening_the_case(desk: Desk, case_id: int, visit: Visit) -> None:
    carl, anna, adam = visit("carl"), visit("anna"), visit("adam")
    said = say(carl, case_id, "<b>Is it</b> agreed, @anna and @carl? @nobody", path="lines.2.unit_price")
    assert "For you" not in said
    assert (counted(anna), counted(carl), counted(adam)) == (1, 0, 0)
    inbox = anna.get("/mentions").text
    assert "&lt;b&gt;Is it" in inbox and "<b>Is it" not in inbox and "Carl Clerk" in inbox and "PO-4711" in inbox
    link = re.findall(rf'href="(/cases/{case_id}\?comment=\d+)"', inbox)[0]
    assert "For you" in anna.get(link, headers={"X-Background": "1"}).text and counted(anna) == 1
    assert "For you" in anna.get(f"/cases/{case_id}/comments", headers=FRAGMENT).text and counted(anna) == 1
    page = anna.get(link).text
    assert "For you" in page and 'id="unread-mentions" hidden' in page
    assert "For you" not in anna.get(link).text and "Nobody is waiting for you" in anna.get("/mentions").text


def test_all_are_marked_read_but_not_what_came_after_one_looked(desk: Desk, case_id: int, visit: Visit) -> None:
    carl, anna, adam = visit("carl"), visit("anna"), visit("adam")
    other = add_pdf_case(desk, "PO-4712", ROWS[:2])
    say(carl, case_id, "@anna @adam harbour")
    say(carl, other, "@anna lighthouse")
    newest = re.findall(r'name="newest" value="(\d+)"', anna.get("/mentions").text)[0]
    say(carl, other, "@anna seagull")
    assert anna.post("/mentions/read", data={"newest": newest}).status_code == 303
    inbox = anna.get("/mentions").text
    assert "seagull" in inbox and "lighthouse" not in inbox and counted(anna) == 1
    assert counted(adam) == 1
    anna.get(f"/cases/{case_id}")
    assert counted(anna) == 1


def test_an_open_page_is_told_how_many_wait(desk: Desk, case_id: int, visit: Visit) -> None:
    with desk.db.read() as db:
        people = dict(db.execute(select(UserRow.login, UserRow.id)).all())
    say(visit("carl"), case_id, "@anna look")
    assert (unread(desk.db, people["anna"]), unread(desk.db, people["carl"])) == (1, 0)


def test_a_comment_keeps_its_place_on_the_page(case_id: int, visit: Visit) -> None:
    carl = visit("carl")
    document = document_of(carl, case_id)
    said = say(carl, case_id, "What does this say?", place=f"{document} 0 10.5 20 60 32.25")
    assert f'data-at="{document} 0 10.5 20.0 60.0 32.25" data-on-page' in said and "Page 1" in said
    assert f'data-at="{document} 0 10.5' in carl.get(f"/cases/{case_id}").text


@pytest.mark.parametrize("place", [
    "{doc} 7 1 1 2 2", "{doc} 0 5 1 2 2", "{doc} 0 1 1 1 2", "999 0 1 1 2 2", "{other} 0 1 1 2 2", "<script>",
    "{doc} 0 1 1 nan 2", "{doc} 0 1 1 inf 2", "{doc} -1 1 1 2 2", "{doc} 0 1 1", "99999999999999999999 0 1 1 2 2", "-1 0 1 1 2 2",
])
def test_a_place_that_is_none_of_the_case_is_refused(desk: Desk, case_id: int, visit: Visit, place: str) -> None:
    carl = visit("carl")
    other = document_of(carl, add_pdf_case(desk, "PO-4712", ROWS[:2])) if "other" in place else 0
    sent = {"text": "here", "place": place.format(doc=document_of(carl, case_id), other=other)}
    answer = carl.post(f"/cases/{case_id}/comments", data=sent, headers=FRAGMENT)
    assert answer.status_code == 422 and ("unknown_place" in answer.text or "bad_places" in answer.text)
    assert "Nobody has said anything yet." in carl.get(f"/cases/{case_id}/comments", headers=FRAGMENT).text
