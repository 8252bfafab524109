"""One corrected line through the whole house: uploaded, read, reviewed on the page, handed over; then the next order needs
nobody, another customer is asked as ever, and what is taken back over the API is as if it had never been."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app import schema
from app.bootstrap import Rooms
from app.drain import drain
from app.importing import Kind
from app.importing import run as import_table
from app.main import create_app
from matching.cases import Cases
from models.domain.draft import Draft
from models.domain.states import Role
from models.tables.cases import CaseRow
from runtime import accounts
from runtime.clock import now
from runtime.imports import Watch
from runtime.settings import Settings
from runtime.tabular import open_table
from tests import factories
from tests.factories import Line

pytestmark = pytest.mark.slow
PASSWORD = "a-long-test-password"
ODD = Line("TP-77", "the usual blue ones", 3, "7.90")
PLAIN = factories.line("BW-10040", 100)
SCOPES = ("intake:write", "intake:read", "cases:read", "orders:read", "learned:read", "learned:write")


class House:
    """The application over rooms whose workers run when they are told to."""

    def __init__(self, rooms: Rooms, folder: Path) -> None:
        self.rooms = rooms
        for kind, path in factories.write_master_data(folder).items():
            import_table(rooms, Kind(kind), open_table(path).rows, Watch())
        with rooms.db.write() as db:
            anna = accounts.create_user(db, login="anna", name="Anna Example", role=Role.APPROVER, password=PASSWORD)
            self.token = accounts.create_token(db, name="shop", scopes=SCOPES, at=now())
            session = accounts.open_session(db, anna, now())
        app = create_app(rooms)
        self.api = TestClient(app, headers={"Authorization": f"Bearer {self.token}"})
        self.page = TestClient(app, base_url="http://house.test", follow_redirects=False)
        self.page.cookies.set("ordermill_session", session)
        self.page.headers["X-CSRF-Token"] = self.page.get("/").text.split('<meta name="csrf" content="')[1].split('"')[0]

    def order(self, number: str, *lines: Line, of: int = 0) -> dict[str, Any]:
        """Upload an order of one of the customers and let the house work; what the API says of its case."""
        pdf = factories.order_pdf(number, lines, customer=factories.CUSTOMERS[of])
        answer = self.api.post("/api/v1/messages", files={"file": (f"{number}.pdf", pdf)})
        assert answer.status_code == 201
        self.work()
        (case_id,) = self.api.get(f"/api/v1/messages/{answer.json()['message_id']}").json()["case_ids"]
        return next(case for case in self.api.get("/api/v1/cases", params={"limit": 500}).json() if case["id"] == case_id)

    def work(self) -> None:
        with ThreadPoolExecutor(1) as pool:        # a browser test before this one leaves an event loop in the main thread
            pool.submit(drain, self.rooms).result()

    def set(self, case_id: int, path: str, value: str) -> None:
        data = {"version": self.version(case_id), "path": path, "value": value}
        assert self.page.post(f"/cases/{case_id}/corrections", data=data).status_code == 200

    def approve(self, case_id: int) -> None:
        assert self.page.post(f"/cases/{case_id}/approve", data={"version": self.version(case_id)}).status_code == 204
        self.work()

    def version(self, case_id: int) -> int:
        with self.rooms.db.read() as db:
            return db.execute(select(CaseRow.version).where(CaseRow.id == case_id)).scalar_one()

    def draft(self, case_id: int) -> Draft:
        with self.rooms.db.read() as db:
            return Cases(db).draft(case_id)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    url = request.getfixturevalue("postgres").create_database() if request.param == "postgres" else None
    rooms = Rooms(Settings(data=tmp_path / "data", database_url=url, own_names=(factories.SELLER,), _env_file=None))
    schema.upgrade(rooms.db)
    yield House(rooms, tmp_path)
    rooms.close()


def seen(draft: Draft) -> list[tuple[Any, ...]]:
    """What a draft takes its lines for, and how surely."""
    return [
        (line.item_candidates, line.item and line.item.confidence, line.uom and (line.uom.value, line.uom.confidence),
         line.base_quantity, line.state) for line in draft.lines]


def test_one_corrected_line_then_never_again(house: House) -> None:
    never = house.order("TF-1", PLAIN, ODD)
    assert [d["path"] for d in never["doubts"]] == ["lines.2.item"]
    before = seen(house.draft(never["id"]))
    house.set(never["id"], "lines.2.item", "BW-20310")
    house.approve(never["id"])
    (fact, *form) = sorted(
        house.api.get("/api/v1/learned", params={"customer": "C-1001"}).json(), key=lambda x: x["origin"] == "approved")
    assert {x["origin"] for x in form} == {"approved"}, "what was let stand teaches the form"
    assert (fact["kind"], fact["value"], fact["case_id"], fact["taught_by"]) == ("item", "BW-20310", never["id"], "Anna Example")

    second = house.order("TF-2", ODD, PLAIN)
    assert (second["state"], second["doubts"]) == ("handed_over", [])
    lamp = f'href="/learned?fact={fact["id"]}#fact-{fact["id"]}"'
    assert lamp in house.page.get(f"/cases/{second['id']}").text
    assert next(x for x in house.api.get("/api/v1/learned").json() if x["id"] == fact["id"])["uses"] == 1

    theirs = house.order("OA-1", ODD, of=1)
    assert (theirs["customer_no"], [d["path"] for d in theirs["doubts"]]) == ("C-1002", ["lines.1.item"])

    undone = house.api.post(f"/api/v1/learned/{fact['id']}/undo").json()
    assert (undone["state"], undone["in_force"]) == ("undone", False)
    for taught in form:
        house.api.post(f"/api/v1/learned/{taught['id']}/undo")
    third = house.order("TF-3", PLAIN, ODD)
    assert third["state"] == "needs_review" and seen(house.draft(third["id"])) == before
    assert house.api.post(f"/api/v1/learned/{fact['id']}/redo").json()["in_force"] is True
    assert house.api.post("/api/v1/learned/999/undo").status_code == 404
