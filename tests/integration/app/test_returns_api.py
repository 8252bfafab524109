"""Returns and money through the REST API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from runtime import accounts
from runtime.clock import now
from runtime.settings import Settings
from tests.support.shipments import sell, send

SCOPES = ("returns:read", "returns:write", "billing:read", "billing:write", "metrics:read")


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    made = Rooms(Settings(data=tmp_path, _env_file=None))
    schema.upgrade(made.db)
    yield made
    made.close()


@pytest.fixture
def client(rooms: Rooms) -> TestClient:
    with rooms.db.write() as db:
        sold = sell(db, tax="5.00")
        send(db, sold, [10])
        secret = accounts.create_token(db, name="shop", scopes=SCOPES, at=now())
    return TestClient(
        create_app(rooms), base_url="http://test/api/v1", headers={"Authorization": f"Bearer {secret}"},
        raise_server_exceptions=False)


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def billed(client: TestClient) -> dict[str, object]:
    answer = client.post("/invoices", json={"shipment": "SH-000001"})
    assert answer.status_code == 201
    return dict(answer.json())


def order_no(client: TestClient) -> str:
    return str(billed(client)["order_no"])


def test_a_shipment_is_billed_paid_credited_and_refunded(client: TestClient) -> None:
    first = billed(client)
    assert billed(client) == first
    assert (first["total"], first["open"], first["supported_actions"]) == ("30", "30", ["pay", "credit"])
    for _ in range(2):
        paid = client.post("/invoices/IN-000001/payments", json={"amount": "30.00"}, headers=keyed("bank-1")).json()
    assert (paid["state"], paid["open"]) == ("paid", "0")
    wanted = {"invoice": "IN-000001", "reason": "Broken.", "lines": [{"position": 1, "quantity": "4"}]}
    memos = [client.post("/credit-memos", json=wanted, headers=keyed("c")).json() for _ in range(2)]
    assert memos[0] == memos[1] and memos[0]["total"] == "12"
    refund = client.post(
        "/refunds", json={"invoice": "IN-000001", "amount": "12", "credit_memo": memos[0]["number"]}, headers=keyed("r"))
    assert refund.status_code == 201 and refund.json()["supported_states"] == ["failed", "submitted"]
    for state in ("submitted", "succeeded"):
        moved = client.post(f"/refunds/{refund.json()['id']}/state", json={"state": state}).json()
    assert moved["state"] == "succeeded"
    above = client.post("/refunds", json={"invoice": "IN-000001", "amount": "18.01"}, headers=keyed("r2"))
    assert (above.status_code, above.json()["code"]) == (422, "above_limit")
    assert client.get("/refunds?invoice=IN-000001").json()[0]["amount"] == "12"


def test_money_is_not_moved_without_a_key(client: TestClient) -> None:
    billed(client)
    assert client.post("/invoices/IN-000001/payments", json={"amount": "30.00"}).status_code == 422


def test_papers_are_pdf(client: TestClient) -> None:
    billed(client)
    client.post("/credit-memos", headers=keyed("c"), json={
        "invoice": "IN-000001", "reason": "x", "lines": [{"position": 1, "quantity": "1"}]})
    for path in ("/invoices/IN-000001/pdf", "/credit-memos/CM-000001/pdf"):
        answer = client.get(path)
        assert answer.headers["content-type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert client.get("/invoices/IN-999/pdf").status_code == 404


def test_a_return_goes_its_way(client: TestClient) -> None:
    wanted = {"order_no": order_no(client), "reason": "Too many.", "lines": [{"position": 1, "quantity": "3"}]}
    made = [client.post("/returns", json=wanted, headers=keyed("k")).json() for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0]["number"], made[0]["supported_actions"]) == ("RMA-000001", ["approve", "decline", "cancel"])
    line = made[0]["lines"][0]["id"]
    for path, body in (
        ("approve", {"fee": "1"}), ("send", {}), ("receive", {"lines": [{"line_id": line, "quantity": "3"}]}),
        ("inspections", {"line_id": line, "quantity": "2", "grade": "new"}),
        ("inspections", {"line_id": line, "quantity": "1", "grade": "damaged", "note": "Dropped."}),
    ):
        answer = client.post(f"/returns/RMA-000001/{path}", json=body)
        assert answer.status_code in {200, 201}, answer.text
    damaged = answer.json()["lines"][0]["inspections"][1]
    assert (damaged["disposition"], damaged["outcome"]) == ("scrap", "reject")
    client.delete(f"/returns/RMA-000001/inspections/{damaged['id']}")
    early = client.post("/returns/RMA-000001/close")
    assert (early.status_code, early.json()["code"]) == (409, "return_refused")
    client.post("/returns/RMA-000001/inspections", json={"line_id": line, "quantity": "1", "grade": "opened"})
    closed = [client.post("/returns/RMA-000001/close").json() for _ in range(2)]
    assert closed[0] == closed[1] and closed[0]["state"] == "closed" and closed[0]["credit_memos"] == ["CM-000001"]
    assert client.get("/credit-memos/CM-000001").json()["total"] == "8"
    assert [r["number"] for r in client.get("/returns?state=closed").json()] == ["RMA-000001"]
    assert client.get("/returns?state=requested").json() == []


def test_goods_received_and_judged_twice_under_one_key_count_once(client: TestClient) -> None:
    wanted = {"order_no": order_no(client), "reason": "Too many.", "lines": [{"position": 1, "quantity": "3"}]}
    line = client.post("/returns", json=wanted).json()["lines"][0]["id"]
    client.post("/returns/RMA-000001/approve", json={})
    for path, body in (
        ("receive", {"lines": [{"line_id": line, "quantity": "1"}]}),
        ("inspections", {"line_id": line, "quantity": "1", "grade": "new"}),
    ):
        answers = [client.post(f"/returns/RMA-000001/{path}", json=body, headers=keyed(path)) for _ in range(2)]
        assert answers[0].status_code in {200, 201} and answers[0].json() == answers[1].json()
        other = client.post(f"/returns/RMA-000001/{path}", json=wider(body), headers=keyed(path))
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    (shown,) = client.get("/returns/RMA-000001").json()["lines"]
    assert (shown["received"], len(shown["inspections"])) == ("1", 1)


def wider(body: dict[str, object]) -> dict[str, object]:
    """The same request about two units."""
    lines = body.get("lines")
    return body | ({"lines": [{**x, "quantity": "2"} for x in lines]} if isinstance(lines, list) else {"quantity": "2"})


def test_several_returns_are_approved_and_received_at_once_and_each_that_is_not_is_named(client: TestClient) -> None:
    wanted = {"order_no": order_no(client), "reason": "Too many.", "lines": [{"position": 1, "quantity": "3"}]}
    numbers = [client.post("/returns", json=wanted).json()["number"] for _ in range(2)]
    asked = {"numbers": [*numbers, numbers[0], "RMA-999999"]}
    approved = [client.post("/returns/all/approve", json=asked, headers=keyed("m")).json() for _ in range(2)]
    assert approved[0] == approved[1]
    assert approved[0]["done"] == numbers
    assert [(x["name"], x["code"]) for x in approved[0]["refused"]] == [("RMA-999999", "not_found")]
    again = client.post("/returns/all/approve", json={"numbers": numbers}).json()
    assert (again["done"], {x["code"] for x in again["refused"]}) == ([], {"return_refused"})
    other = client.post("/returns/all/receive", json={"numbers": numbers}, headers=keyed("m"))
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert client.post("/returns/all/receive", json={"numbers": numbers}).json() == {"done": numbers, "refused": []}
    assert {x["state"] for x in client.get("/returns?state=received").json()} == {"received"}


def test_a_part_of_a_line_that_is_no_kit_cannot_come_back(client: TestClient) -> None:
    line = {"position": 1, "sku": "WID-1", "quantity": "1"}
    wanted = {"order_no": order_no(client), "reason": "x", "lines": [line]}
    assert client.post("/returns", json=wanted).status_code == 201
    unknown = client.post("/returns", json=wanted | {"lines": [line | {"sku": "NOPE"}]})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


def test_a_blind_return_is_matched(client: TestClient) -> None:
    order = order_no(client)
    wanted = {"customer_no": "C-1", "reason": "No paper.", "lines": [{"sku": "WID-1", "quantity": "2"}]}
    made = client.post("/returns", json=wanted).json()
    assert made["order_no"] is None and "match" in made["supported_actions"]
    assert client.post(f"/returns/{made['number']}/match", json={"order_no": order}).json()["order_no"] == order


@pytest.mark.parametrize(("wanted", "status", "code"), [
    ({"reason": "x", "lines": [{"quantity": "1"}]}, 422, "bad_request"),
    ({"order_no": "SO-0", "reason": "x", "lines": [{"position": 1, "quantity": "1"}]}, 404, "not_found"),
    ({"customer_no": "C-9", "reason": "x", "lines": [{"sku": "WID-1", "quantity": "1"}]}, 404, "not_found"),
    ({"customer_no": "C-1", "reason": "x", "lines": [{"sku": "NOPE", "quantity": "1"}]}, 404, "not_found"),
    ({"customer_no": "C-1", "reason": "x", "lines": [{"sku": "WID-1", "quantity": "0"}]}, 422, "bad_request"),
])
def test_requests_that_cannot_be_are_refused(client: TestClient, wanted: dict[str, object], status: int, code: str) -> None:
    answer = client.post("/returns", json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_metrics_and_the_outlook_of_an_item(client: TestClient) -> None:
    figures = client.get("/metrics?days=1096").json()
    assert (figures["new"], figures["open"], figures["fill_rate"]) == (1, 1, 1.0)
    assert figures["popular"][0]["sku"] == "WID-1"
    assert client.get("/metrics/outlook/WID-1").json()["restock"]["position"] == "0"
    assert client.get("/metrics/outlook/NOPE").status_code == 404
