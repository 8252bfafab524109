"""Fulfilment over HTTP: given out, picked, packed, shipped once for a key, printed; refused with a code and a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from runtime import accounts
from runtime.clock import now
from runtime.settings import Settings
from tests.support.fulfilment import released_order

GIVEN = "/api/v1/fulfilment-orders"
SENT = "/api/v1/shipments"


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    made = Rooms(Settings(data=tmp_path, gs1_company_prefix="4012345", _env_file=None))
    schema.upgrade(made.db)
    yield made
    made.close()


@pytest.fixture
def client(rooms: Rooms) -> TestClient:
    """A program that may fulfil; an order of two items is released."""
    released_order(rooms.db, stock=((60,), (5,)), lines=((0, 10), (1, 5)))
    return come(rooms, "fulfilment:read", "fulfilment:write")


def come(rooms: Rooms, *scopes: str) -> TestClient:
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name="-".join(scopes), scopes=scopes, at=now())
    return TestClient(create_app(rooms), headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)


def post(client: TestClient, path: str, key: str | None = None, **body: Any) -> Any:
    answer = client.post(path, json=body, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def test_from_a_released_order_to_the_customer(client: TestClient) -> None:
    (fo,) = post(client, GIVEN, "A", order_no="SO-000001")
    assert post(client, GIVEN, "A", order_no="SO-000001") == [fo] and post(client, GIVEN, order_no="SO-000001") == [fo]
    assert (fo["number"], fo["state"]) == ("FO-000001", "open") and "pick" in fo["supported_actions"]
    whole = client.get(f"{GIVEN}/FO-000001").json()
    first = whole["lines"][0]
    body = {"lines": [{"line_id": first["id"], "quantity": "4"}]}
    shipment = post(client, f"{GIVEN}/FO-000001/shipments", "B", **body)
    assert post(client, f"{GIVEN}/FO-000001/shipments", "B", **body) == shipment
    assert [(x["sku"], x["quantity"]) for x in shipment["lines"]] == [("WID-1", "4")]
    post(client, f"{SENT}/SH-000001/lines", line_id=whole["lines"][1]["id"], quantity="5")
    post(client, f"{SENT}/SH-000001/actions/finish_picking")
    packed = post(client, f"{SENT}/SH-000001/parcels", weight="2.5")
    assert packed["state"] == "packed" and packed["parcels"][0]["sscc"].startswith("04012345")
    for _ in range(2):
        gone = post(client, f"{SENT}/SH-000001/actions/ship", "C", carrier="Heron Parcel", tracking_number="HP1")
        assert (gone["state"], gone["tracking_number"], gone["supported_actions"]) == ("shipped", "HP1", ["deliver", "correct"])
    assert client.get(GIVEN, params={"state": "in_progress"}).json()[0]["number"] == "FO-000001"
    rest = post(client, f"{GIVEN}/FO-000001/shipments")
    assert [(x["sku"], x["quantity"]) for x in rest["lines"]] == [("WID-1", "6")]
    assert [s["number"] for s in client.get(SENT, params={"state": "draft"}).json()] == ["SH-000002"]
    back = client.delete(f"{SENT}/SH-000002/lines/{rest['lines'][0]['id']}").json()
    assert back["lines"] == [] and back["supported_actions"] == ["pick", "void"]


def test_papers_are_pdf(client: TestClient) -> None:
    post(client, GIVEN, order_no="SO-000001")
    wave = post(client, "/api/v1/waves", fulfilment_orders=["FO-000001"])["number"]
    post(client, f"{GIVEN}/FO-000001/shipments")
    post(client, f"{SENT}/SH-000001/actions/finish_picking")
    post(client, f"{SENT}/SH-000001/actions/pack")
    for kind, numbers in (("pick_list", [wave]), ("label", ["SH-000001"]), ("delivery_note", ["SH-000001", "SH-000001"])):
        answer = client.post("/api/v1/papers", json={"kind": kind, "numbers": numbers})
        assert answer.headers["content-type"] == "application/pdf" and answer.content.startswith(b"%PDF"), kind
    assert client.get(f"{SENT}/SH-000001/papers/packing_slip").content.startswith(b"%PDF")
    lacking = client.get(f"{SENT}/SH-000001/papers/customs_declaration")
    assert (lacking.status_code, lacking.json()["code"]) == (422, "customs_incomplete")


@pytest.mark.parametrize(("path", "body", "status", "code"), [
    (f"{GIVEN}/FO-000001/actions/accept", {}, 409, "fulfilment_refused"),
    (f"{GIVEN}/FO-000001/actions/hold", {"note": " "}, 422, "incomplete_action"),
    (f"{GIVEN}/FO-000001/actions/schedule", {}, 422, "incomplete_action"),
    (f"{GIVEN}/FO-000001/actions/release_hold", {"hold_id": 7}, 422, "incomplete_action"),
    (f"{GIVEN}/FO-000001/actions/dance", {}, 422, "bad_request"),
    (f"{GIVEN}/FO-000009/actions/start", {}, 404, "not_found"),
    (f"{GIVEN}/FO-000001/shipments", {"lines": [{"line_id": 1, "quantity": "11"}]}, 422, "too_much"),
    (f"{GIVEN}/FO-000001/shipments", {"lines": [{"line_id": 1, "quantity": "1", "lot": "L"}]}, 422, "unknown_lot"),
    (f"{GIVEN}/FO-000001/shipments", {"lines": [{"line_id": 1, "quantity": "-1"}]}, 422, "bad_request"),
    (GIVEN, {"order_no": "SO-9"}, 404, "not_found"),
    ("/api/v1/waves", {"fulfilment_orders": ["FO-000009"]}, 404, "not_found"),
    (f"{SENT}/SH-000009/actions/ship", {}, 404, "not_found"),
])
def test_a_refusal_has_a_code(client: TestClient, path: str, body: dict[str, Any], status: int, code: str) -> None:
    post(client, GIVEN, order_no="SO-000001")
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_who_may_only_look_changes_nothing(rooms: Rooms, client: TestClient) -> None:
    post(client, GIVEN, order_no="SO-000001")
    looker = come(rooms, "fulfilment:read")
    assert looker.get(GIVEN).status_code == 200
    assert looker.post(f"{GIVEN}/FO-000001/actions/start", json={}).status_code == 403
    assert come(rooms, "orders:read").get(GIVEN).status_code == 403
