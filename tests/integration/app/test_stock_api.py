"""Stock over HTTP: booked once, taken back, explained; and forty at once for ten on a real server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from models.tables.inventory import StockLevelRow
from oms.inventory.booking import Booking, Movement, book
from oms.inventory.reconcile import reconcile
from oms.orders.service import accept_order, release_order
from runtime import accounts
from runtime.clock import now
from runtime.settings import Settings
from tests.support.orders import draft, open_case, open_shop
from tests.support.postgres import PrivatePostgres


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def rooms(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rooms]:
    url = None
    if request.param == "postgres":
        server: PrivatePostgres = request.getfixturevalue("postgres")
        url = server.create_database()
    made = Rooms(Settings(data=tmp_path, database_url=url, _env_file=None))
    schema.upgrade(made.db)
    with made.db.write() as db:
        shop = open_shop(db, [[10, 4]])
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 12)]), approved_by="Ann")
        release_order(db, order, user="Ann")
    yield made
    made.close()


def headers(rooms: Rooms, *scopes: str) -> dict[str, str]:
    with rooms.db.write() as db:
        return {"Authorization": f"Bearer {accounts.create_token(db, name='-'.join(scopes), scopes=scopes, at=now())}"}


@pytest.fixture
def api(rooms: Rooms) -> TestClient:
    auth = headers(rooms, "stock:read", "stock:write")
    return TestClient(create_app(rooms), headers=auth, raise_server_exceptions=False)


def movement(**changes: Any) -> dict[str, Any]:
    return {"kind": "adjustment", "sku": "WID-1", "location": "LOC1", "quantity": "5", "reference": "found", **changes}


def test_stock_is_booked_once_and_taken_back_once(api: TestClient, rooms: Rooms) -> None:
    key = {"Idempotency-Key": "k-1"}
    first, again = (api.post("/api/v1/stock/entries", json=movement(), headers=key) for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    assert api.post("/api/v1/stock/entries", json=movement(quantity="6"), headers=key).json()["code"] == "key_reused"
    entry = first.json()["entry_id"]
    (shown,) = [e for e in api.get("/api/v1/stock/entries", params={"sku": "WID-1"}).json() if e["id"] == entry]
    assert (shown["from_location"], shown["to_location"], shown["supported_actions"]) == ("@adjustment", "LOC1", ["reverse"])
    taken = [api.post(f"/api/v1/stock/entries/{entry}/reverse").json()["entry_id"] for _ in range(2)]
    assert taken[0] == taken[1] != entry
    (item,) = api.get("/api/v1/stock", params={"search": "widget", "location": "LOC1"}).json()
    assert (item["on_hand"], item["reserved"], item["available"]) == ("14", "12", "2")
    assert api.get("/api/v1/stock", params={"search": "widget", "after": "WID-9"}).json() == []
    assert api.get("/api/v1/stock", params={"search": "wid1", "location": "NONE"}).json() == []
    with rooms.db.read() as db:
        assert reconcile(db) == []


@pytest.mark.parametrize(("changes", "status", "code"), [
    ({"sku": "NOPE"}, 404, "not_found"),
    ({"location": "@customer"}, 404, "not_found"),
    ({"quantity": "0"}, 422, "quantity_missing"),
    ({"quantity": "-3"}, 409, "below_reserved"),
    ({"quantity": "1e30"}, 422, "bad_request"),
    ({"lot": "A"}, 422, "lot_not_wanted"),
    ({"kind": "transfer"}, 422, "same_location"),
    ({"kind": "transfer", "to": "LOC1", "quantity": "1"}, 422, "same_location"),
    ({"kind": "scrap", "location": "LOC0", "quantity": "1"}, 409, "below_reserved"),
    ({"reference": " "}, 422, "reference_missing"),
])
def test_what_cannot_be_booked_is_refused_with_a_code(api: TestClient, changes: dict[str, Any], status: int, code: str) -> None:
    answer = api.post("/api/v1/stock/entries", json=movement(**changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_what_is_to_come_is_seen_in_the_timeline_and_lowered_by_its_receipt(api: TestClient) -> None:
    supply = {"reference": "PO-9", "sku": "WID-1", "location": "LOC0", "quantity": "30", "expected_on": "2131-05-01"}
    first, again = (api.put("/api/v1/stock/supplies", json=supply).json() for _ in range(2))
    assert first == again
    line = api.get("/api/v1/stock/timeline", params={"sku": "WID-1", "quantity": "20"}).json()
    assert ([p["promisable"] for p in line["points"]], line["first_day"]) == (["2", "32"], "2131-05-01")
    assert (line["coming"], line["set_aside"]) == ([{
        "reference": "PO-9", "location": "LOC0", "day": "2131-05-01", "quantity": "30", "promised": "0", "is_sellable": True,
    }], "0")
    api.post("/api/v1/stock/entries", json=movement(kind="receipt", location="LOC0", quantity="30", reference="PO-9"))
    assert api.get("/api/v1/stock/supplies").json() == []


def test_an_order_is_allocated_by_the_rules_and_says_why(api: TestClient) -> None:
    rule = {"name": "one part", "max_locations": 1}
    made = api.put("/api/v1/stock/sourcing-rules/1", json=rule | {"max_km": 400}).json()
    assert (made["prefer"], made["max_km"]) == (["fewest_locations", "priority"], 400)
    assert api.put("/api/v1/stock/sourcing-rules/1", json=rule).json()["max_km"] is None
    done = api.post("/api/v1/orders/SO-000001/allocate").json()
    assert done["why"] == [
        "LOC0 sends line 1: alone it covers as much as any choice, and is first by the fewest parts and its rank."]
    assert done["why_short"] == ["Line 1: 2 of WID-1 are short; no location that may send has them free (at most 1 may send)."]
    assert [r["quantity"] for r in api.get("/api/v1/stock/reservations").json()] == ["10"]
    assert api.delete("/api/v1/stock/sourcing-rules/1").status_code == 204
    assert api.get("/api/v1/stock/sourcing-rules").json() == []
    assert len(api.post("/api/v1/orders/SO-000001/allocate").json()["why"]) == 1
    assert api.post("/api/v1/orders/SO-9/allocate").status_code == 404


def test_tokens_that_only_look_change_nothing(rooms: Rooms) -> None:
    only = TestClient(create_app(rooms), headers=headers(rooms, "stock:read"))
    assert only.post("/api/v1/stock/entries", json=movement()).status_code == 403
    assert only.get("/api/v1/stock").status_code == 200


@contextmanager
def served(rooms: Rooms, *scopes: str) -> Iterator[httpx.Client]:
    """A client of a real server."""
    auth = headers(rooms, *scopes)
    server = uvicorn.Server(uvicorn.Config(create_app(rooms), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", headers=auth, timeout=240) as http:
            yield http
    finally:
        server.should_exit = True
        thread.join(30)


def test_forty_requests_at_once_for_ten_units_get_exactly_ten(rooms: Rooms) -> None:
    with served(rooms, "stock:write") as http:
        more = http.post("/stock/entries", json=movement(location="LOC1", quantity="8"))            # 12 of 22 are promised
        assert more.status_code == 201
        scrap = movement(kind="scrap", location="LOC1", quantity="1")
        with ThreadPoolExecutor(40) as clients:
            answers = list(clients.map(lambda n: http.post("/stock/entries", json={**scrap, "reference": f"{n}"}), range(40)))
    codes = sorted(a.status_code for a in answers)
    assert codes == [201] * 10 + [409] * 30
    with rooms.db.read() as db:
        assert reconcile(db) == []
        assert db.execute(select(StockLevelRow.on_hand, StockLevelRow.reserved).order_by(StockLevelRow.location_id)).all() == [
            (10, 10), (2, 2)]


def test_forty_orders_at_once_for_ten_units_are_promised_exactly_ten(rooms: Rooms) -> None:
    line = {"sku": "WID-1", "quantity": "1", "unit_price": "2.50"}
    with served(rooms, "stock:write", "orders:write", "orders:read") as http:
        assert http.post("/stock/entries", json=movement(location="LOC1", quantity="8")).status_code == 201
        with ThreadPoolExecutor(40) as clients:
            answers = list(clients.map(
                lambda n: http.post("/orders", json={"customer": "C-1", "po_number": f"PO {n}", "lines": [line]}), range(40)))
    assert [a.status_code for a in answers] == [201] * 40, [a.text for a in answers if a.status_code != 201]
    assert sorted(sum(Decimal(x["quantity"]) for x in a.json()["lines"][0]["reserved"]) for a in answers) == [0] * 30 + [1] * 10
    with rooms.db.read() as db:
        assert reconcile(db) == []
        assert db.execute(select(func.sum(StockLevelRow.on_hand), func.sum(StockLevelRow.reserved))).one() == (22, 22)


def test_a_change_that_comes_several_times_at_once_with_one_key_is_made_once(rooms: Rooms) -> None:
    with served(rooms, "orders:write", "orders:read") as http:
        line = {"sku": "WID-1", "quantity": "1", "unit_price": "2.50"}
        order = http.post("/orders", json={"customer": "C-1", "po_number": "PO 9", "lines": [line]}).json()
        path = f"/orders/{order['summary']['order_no']}"
        more = {"reason": "One more.", "lines": [{"action": "add", **line}]}
        with ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(
                lambda _: http.post(f"{path}/changes", json=more, headers={"Idempotency-Key": "twice"}), range(8)))
        told = {(a.status_code, a.json().get("code")) for a in answers}
        assert (200, None) in told and told <= {(200, None), (409, "idempotency_key_under_way")}, told
        assert len(http.get(path).json()["lines"]) == 2
        again = http.post(f"{path}/changes", json=more, headers={"Idempotency-Key": "twice"})
        assert again.status_code == 200 and len(again.json()["lines"]) == 2


def test_what_a_line_is_short_of_is_decided_and_the_order_planned_again(rooms: Rooms) -> None:
    api = TestClient(create_app(rooms), headers=headers(rooms, "stock:write", "orders:write"), raise_server_exceptions=False)
    with rooms.db.write() as db:
        book(db, Booking(Movement.COUNT, "WID-1", "LOC1", Decimal(0), "broken"), actor="Ann")
    assert api.post("/api/v1/orders/SO-000001/allocate").json()["why_short"]
    again = api.post("/api/v1/orders/SO-000001/reallocate", json={"reason": "another rule"})
    assert again.status_code == 200 and again.json()["why"]
    where = "/api/v1/orders/SO-000001/lines/1/shortage"
    refused = api.post(where, json={"choice": "replace", "reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (422, "substitute_missing")
    assert api.post(where, json={"choice": "cancel", "reason": "not needed"}).status_code == 204
    assert api.post(where, json={"choice": "cancel", "reason": "not needed"}).json()["code"] == "not_short"
    assert api.post("/api/v1/orders/SO-000001/lines/7/shortage", json={"choice": "wait", "reason": "x"}).status_code == 404


def test_locations_and_tracking_are_kept_by_api(api: TestClient) -> None:
    made = api.put("/api/v1/stock/locations/SOUTH", json={"kind": "third_party", "latitude": 48.1, "longitude": 11.6})
    assert (made.status_code, made.json()["name"], made.json()["kind"]) == (200, "SOUTH", "third_party")
    assert api.put("/api/v1/stock/locations/SOUTH", json={"capacity_per_day": 5}).json()["latitude"] == 48.1
    assert [x["code"] for x in api.get("/api/v1/stock/locations").json()] == ["LOC0", "LOC1", "SOUTH"]
    assert api.put("/api/v1/stock/locations/SOUTH", json={"latitude": 1}).json()["code"] == "half_coordinates"
    refused = api.put("/api/v1/stock/tracking", json={"sku": "WID-1", "tracking": "lot"})
    assert (refused.status_code, refused.json()["code"]) == (409, "has_stock")
