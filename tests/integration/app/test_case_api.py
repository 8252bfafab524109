"""The order desk over the API: a program holds the lease, corrects, answers, approves and rejects by the rules of the screens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from matching.case_view import EDITS
from matching.comments import Comments
from models.tables.intake import DocumentRow
from models.tables.people import UserRow
from runtime import accounts
from runtime.clock import now
from runtime.settings import Settings
from tests.integration.matching.desk import BOLTS, Desk, line, reading

PLACE = {"page": 0, "box": [10, 20, 30.5, 40], "kind": "text"}
ODD = line(description="marble statue of a horse", quantity=2, unit_price="9000")
SCOPES = ("cases:read", "cases:write", "cases:approve")


class House:
    """A desk and a program at it."""

    def __init__(self, folder: Path) -> None:
        self.rooms = Rooms(Settings(data=folder, target_error_rate=None, _env_file=None))
        schema.upgrade(self.rooms.db)
        self.desk = Desk(self.rooms.db, folder)
        self.client = TestClient(create_app(self.rooms), raise_server_exceptions=False)
        self.login("robot", *SCOPES)

    def login(self, name: str, *scopes: str) -> None:
        with self.rooms.db.write() as db:
            secret = accounts.create_token(db, name=name, scopes=scopes, at=now())
        self.client.headers["Authorization"] = f"Bearer {secret}"

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(f"/api/v1/{path}", params=query)
        return answer.json() if answer.status_code == 200 else (answer.status_code, answer.json()["code"])

    def post(self, to: str, /, key: str | None = None, **body: Any) -> Any:
        answer = self.client.post(f"/api/v1/cases/{to}", json=body, headers={"Idempotency-Key": key} if key else {})
        return answer.json() if answer.is_success else (answer.status_code, answer.json()["code"])


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.rooms.close()


def test_a_case_is_found_answered_and_approved(house: House) -> None:
    case_id = house.desk.case(reading(BOLTS, ODD, po="PO-77"))
    page = house.get("queue", text="PO-77")
    assert (page["total"], [c["id"] for c in page["cases"]]) == (1, [case_id])
    told = house.get(f"cases/{case_id}")
    assert [d["code"] for d in told["doubts"]] == ["unknown_item"]
    assert told["draft"]["lines"][0]["item"]["value"]["sku"] == "HB-0840"
    assert told["draft"]["lines"][0]["quantity"]["evidence"]["places"][0]["page"] == 0
    assert set(told["supported_actions"]) >= set(EDITS)
    told = house.post(f"{case_id}/doubts/0/answer", version=1, value="GL-M")
    assert told["summary"]["version"] == 2 and told["corrections"][0]["user"] == "robot"
    assert told["summary"]["holder"] == "robot"
    told = house.post(f"{case_id}/corrections", version=2, path="lines.2.unit_price", value="6.20")
    assert house.post(f"{case_id}/corrections", version=2, path="notes", value="x") == (409, "version_changed")
    told = house.post(f"{case_id}/approve", version=3)
    assert (told["summary"]["state"], told["approvals"][0]["name"]) == ("approved", "robot")
    assert "approve" not in told["supported_actions"] and "reopen" in told["supported_actions"]


def test_rows_are_changed_undone_and_reverted(house: House) -> None:
    case_id = house.desk.case(reading(BOLTS, ODD))
    told = house.post(f"{case_id}/rows", version=1, change={"kind": "remove", "keys": ["2"]})
    assert [x["state"] for x in told["draft"]["lines"]] == ["confirmed", "rejected"]
    told = house.post(f"{case_id}/undo", version=2)
    assert told["draft"]["lines"][1]["state"] != "rejected"
    told = house.post(f"{case_id}/corrections", version=3, path="lines.1.quantity", value="7")
    told = house.post(f"{case_id}/revert", version=4, made=4, path="lines.1.quantity")
    assert told["draft"]["lines"][0]["quantity"]["value"] == "100"
    assert house.post(f"{case_id}/rows", version=5, change={"kind": "sing"})[0] == 422


def test_a_part_is_approved_and_the_lease_of_a_person_is_respected(house: House) -> None:
    case_id = house.desk.case(reading(BOLTS, ODD))
    house.desk.review.claim(case_id, house.desk.ann)
    assert house.post(f"{case_id}/claim") == (409, "held")
    assert house.post(f"{case_id}/approve", version=1, ahead=["1"]) == (409, "held")
    house.desk.review.release(case_id, house.desk.ann)
    told = house.post(f"{case_id}/approve", version=1, ahead=["1"])
    assert told["summary"]["code"] == "partly_released"
    assert [x["state"] for x in told["draft"]["lines"]] == ["confirmed", "waiting"]


def test_a_request_that_comes_again_is_done_once(house: House) -> None:
    case_id = house.desk.case(reading(ODD))
    first = house.post(f"{case_id}/comments", key="k1", text="Is this ours, @ann?", path="lines.1.item")
    assert house.post(f"{case_id}/comments", key="k1", text="Is this ours, @ann?", path="lines.1.item") == first
    assert [c["text"] for c in house.get(f"cases/{case_id}")["comments"]] == ["Is this ours, @ann?"]
    assert house.post(f"{case_id}/comments", key="k1", text="another") == (409, "idempotency_key_reused")


def test_a_comment_is_pinned_to_a_place_and_a_program_reads_what_it_is_told(house: House) -> None:
    case_id = house.desk.case(reading(ODD))
    with house.rooms.db.write() as db:
        document = db.execute(select(DocumentRow)).scalars().one()
        document.page_count, pin = 1, {"document_id": document.id, "place": PLACE}
        robot = db.execute(select(UserRow.login).where(UserRow.name == "robot")).scalar_one()
    told = house.post(f"{case_id}/comments", key="k", text="Is this ours?", pin=pin)
    assert told["comments"][0]["pin"] == pin
    for wrong in (pin | {"document_id": 99}, pin | {"place": PLACE | {"page": 1}}):
        assert house.post(f"{case_id}/comments", text="Is this ours?", pin=wrong) == (422, "unknown_place")
    with house.rooms.db.write() as db:
        newest = Comments(db).add(case_id, house.desk.ann, f"Yes, @{robot}")
    page = house.get("mentions")
    assert (page["total"], [(m["case_id"], m["comment"]["id"]) for m in page["mentions"]]) == (1, [(case_id, newest)])
    read = house.client.post("/api/v1/mentions/read", json={"newest": newest})
    assert read.json() == {"total": 0, "mentions": []} == house.get("mentions")


def test_verdicts_set_aside_and_back(house: House) -> None:
    one, two = house.desk.case(reading(ODD)), house.desk.case(reading(ODD))
    assert house.post(f"{one}/reject", version=1, reason="cancelled by phone")["summary"]["state"] == "rejected"
    assert house.post(f"{one}/reopen")["summary"]["state"] == "needs_review"
    assert house.post(f"{one}/not-an-order", version=1)["summary"]["state"] == "not_an_order"
    told = house.post(f"{two}/duplicate", version=1, of=one)["summary"]
    assert (told["state"], told["related_case_id"]) == ("duplicate", one)


@pytest.mark.parametrize(("path", "body", "refusal"), [
    ("1/doubts/9/answer", {"version": 1, "value": "x"}, (422, "unknown_doubt")),
    ("1/doubts/0/answer", {"version": 1, "choice": 99}, (422, "unknown_choice")),
    ("1/doubts/0/answer", {"version": 1}, (422, "no_answer")),
    ("1/corrections", {"version": 1, "path": "colour", "value": "x"}, (422, "unknown_path")),
    ("1/approve", {"version": 1, "reason": "because"}, (422, "order_incomplete")),
    ("1/snooze", {"until": "2031-05-06T08:00:00"}, (422, "zone_missing")),
    ("99/claim", {}, (404, "not_found")),
])
def test_what_cannot_be_says_why(house: House, path: str, body: dict[str, Any], refusal: tuple[int, str]) -> None:
    house.desk.case(reading(ODD))
    assert house.post(path, **body) == refusal


def test_scopes_part_reading_editing_and_deciding(house: House) -> None:
    case_id = house.desk.case(reading(ODD))
    house.login("looker", "cases:read")
    assert house.get(f"cases/{case_id}")["summary"]["id"] == case_id
    assert house.post(f"{case_id}/claim") == (403, "forbidden")
    house.login("clerk", "cases:write")
    assert house.post(f"{case_id}/claim")["summary"]["state"] == "in_review"
    assert house.post(f"{case_id}/reject", version=1, reason="no") == (403, "forbidden")
    assert house.get("queue", view="nowhere") == (403, "forbidden")
