"""Orders and exceptions over REST: found, changed, held, released, cancelled; repeats are harmless."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, select

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from matching.agreement import agree
from models.domain.order_work import ExceptionKind
from models.domain.scopes import SCOPES
from models.domain.states import Role
from models.tables.intake import IdempotencyKeyRow
from models.tables.items import ItemRow, PriceRow
from oms.exceptions import open_exception
from oms.inventory.reconcile import reconcile
from oms.orders.service import accept_order
from runtime import accounts
from runtime.clock import now
from runtime.settings import Settings
from tests.support.orders import draft, open_case, open_shop

ORDER = "/api/v1/orders/SO-000001"


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    made = Rooms(Settings(data=tmp_path, _env_file=None))
    schema.upgrade(made.db)
    with made.db.write() as db:
        shop = open_shop(db, [[20], [20]])
        for lines in ([(0, 10), (1, 4)], [(1, 2)]):
            accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, lines), approved_by="Ann")
    yield made
    with made.db.read() as db:
        assert reconcile(db) == []
    made.close()


@pytest.fixture
def client(rooms: Rooms) -> TestClient:
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name="shop", scopes=SCOPES, at=now())
    return TestClient(create_app(rooms), headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)


def test_orders_are_listed_newest_first_filtered_and_paged(client: TestClient) -> None:
    def numbers(**params: object) -> list[str]:
        answer = client.get("/api/v1/orders", params=params)      # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        return [o["order_no"] for o in answer.json()]

    both = ["SO-000002", "SO-000001"]
    assert numbers() == numbers(text="4711") == numbers(customer="C-1", state="accepted", held=False) == both
    assert numbers(limit=1) == both[:1] and numbers(before=2) == both[1:]
    assert numbers(text="so-000001") == numbers(text="SO-1") == both[1:]
    assert numbers(held=True) == numbers(state="draft") == numbers(text="100%") == numbers(customer="C-9") == []
    client.put(f"{ORDER}/tags/Rush")
    assert numbers(tag="rush") == both[1:]


def test_who_approved_an_order_is_told_with_the_reason_of_an_override(rooms: Rooms, client: TestClient) -> None:
    assert client.get(f"{ORDER}/agreements").json() == []
    with rooms.db.write() as db:
        user = accounts.create_user(db, login="ann", name="Ann", password="a long password", role=Role.APPROVER)
        agree(db, 1, 1, user, "management", now())
    (told,) = client.get(f"{ORDER}/agreements").json()
    assert (told["name"], told["reason"], told["version"]) == ("Ann", "management", 1)
    assert client.get("/api/v1/orders/SO-000009/agreements").status_code == 404


def test_a_change_answers_the_order_as_it_is_and_a_repeat_changes_nothing(client: TestClient) -> None:
    wanted = {"reason": "The buyer called.", "revision": 1, "header": {"ship_to_text": "Gate 4", "ship_to": None}, "lines": [
        {"action": "edit", "position": 1, "quantity": "12", "requested_date": "2031-04-01"},
        {"action": "cancel", "position": 2, "quantity": "1"},
        {"action": "add", "sku": "WID-2", "quantity": "2", "uom": "PCE", "unit_price": "1.5"}]}
    first = client.post(f"{ORDER}/changes", json=wanted, headers={"Idempotency-Key": "a"})
    again = client.post(f"{ORDER}/changes", json=wanted, headers={"Idempotency-Key": "a"})
    assert first.status_code == 200 and first.json() == again.json()
    order = first.json()
    assert [(x["quantity"], x["cancelled"], x["short"]) for x in order["lines"]] == [
        ("12", "0", "0"), ("4", "1", "0"), ("2", "0", "0")]
    assert (order["summary"]["revision"], order["ship_to"], order["summary"]["total"]) == (2, "Gate 4", "40.5")
    assert [c["reason"] for c in order["changes"]] == ["The buyer called."]
    late = client.post(f"{ORDER}/changes", json=wanted)
    assert (late.status_code, late.json()["code"]) == (409, "revision_moved")


@pytest.mark.parametrize(("line", "code"), [
    ({"action": "edit", "position": 9, "quantity": "1"}, "change_refused"),
    ({"action": "add", "sku": "NONE", "quantity": "1", "unit_price": "1"}, "unknown_item"),
    ({"action": "add", "sku": "WID-1", "quantity": "1", "unit_price": "1", "uom": "KGM"}, "unknown_unit"),
    ({"action": "add", "sku": "WID-1"}, "change_refused"),
    ({"action": "add", "sku": "WID-1", "quantity": "1"}, "price_missing"),
    ({"action": "remove", "position": 1}, "change_refused"),
    ({"action": "cancel"}, "change_refused"),
    ({"action": "edit", "position": 1, "quantity": "-1"}, "change_refused"),
    ({"action": "edit", "position": 1, "quantity": "NaN"}, "bad_request"),
    ({"action": "burn"}, "bad_request"),
])
def test_refusals_of_changes_have_codes(client: TestClient, line: dict[str, object], code: str) -> None:
    answer = client.post(f"{ORDER}/changes", json={"reason": "x", "lines": [line]})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_an_order_is_held_released_and_cancelled_as_its_actions_say(client: TestClient) -> None:
    held = client.post(f"{ORDER}/holds", json={"kind": "credit", "reason": "The limit is used up."}).json()
    assert held["supported_actions"] == ["change", "cancel", "hold", "release_hold"]
    refused = client.post(f"{ORDER}/release")
    assert (refused.status_code, refused.json()["code"]) == (409, "order_held")
    assert "The limit is used up." in refused.json()["detail"]
    hold = held["holds"][0]["id"]
    assert client.post(f"/api/v1/orders/SO-000002/holds/{hold}/release", json={"reason": "x"}).status_code == 404
    assert client.post(f"{ORDER}/holds/{hold}/release", json={"reason": "Paid."}).status_code == 200
    released = client.post(f"{ORDER}/release").json()
    assert released["summary"]["state"] == "released"
    done = client.post(f"{ORDER}/cancel", json={"reason": "Not wanted."}).json()
    assert (done["summary"]["state"], done["supported_actions"]) == ("cancelled", [])
    assert client.post(f"{ORDER}/cancel", json={"reason": "Not wanted."}).status_code == 409


def test_an_order_given_twice_with_one_key_is_one_order_even_when_the_answer_was_lost(client: TestClient, rooms: Rooms) -> None:
    wanted = {"customer": "C-1", "po_number": "PO 77", "lines": [
        {"sku": "WID-1", "quantity": "3", "unit_price": "2"}, {"sku": "WID-2", "quantity": "1", "uom": "CT", "unit_price": "30"}],
        "charges": [{"kind": "charge", "name": "Freight", "amount": "4.50"}]}
    key = {"Idempotency-Key": "web-1"}
    first = client.post("/api/v1/orders", json=wanted, headers=key)
    assert first.status_code == 201, first.text
    order = first.json()
    assert (order["summary"]["state"], order["summary"]["source"], order["summary"]["approved_by"]) == (
        "accepted", "api", "token:shop")
    assert (order["summary"]["total"], order["payable"], order["lines"][1]["base_quantity"]) == ("36", "40.5", "12")
    assert "1 Stripe Street" in order["ship_to"] and [m["kind"] for m in order["messages"]] == ["sales_order.created"]
    with rooms.db.write() as db:                            # as after a crash between the order and the stored answer
        db.execute(delete(IdempotencyKeyRow))
    assert client.post("/api/v1/orders", json=wanted, headers=key).json() == order
    assert len(client.get("/api/v1/orders", params={"source": "api"}).json()) == 1
    other = client.post("/api/v1/orders", json=wanted | {"po_number": "PO 78"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_a_quote_goes_its_way_over_the_api_as_its_actions_say(client: TestClient) -> None:
    wanted = {"customer": "C-1", "state": "draft", "lines": [{"sku": "WID-1", "quantity": "3", "unit_price": "2"}]}
    draft_order = client.post("/api/v1/orders", json=wanted).json()
    one = f"/api/v1/orders/{draft_order['summary']['order_no']}"
    assert draft_order["supported_actions"] == ["change", "cancel", "hold", "quote", "accept"]
    assert client.post(f"{one}/quote", json={"valid_until": "2001-01-01"}).json()["code"] == "offer_incomplete"
    quoted = client.post(f"{one}/quote", json={"valid_until": "2999-01-01"}).json()
    assert (quoted["supported_actions"], quoted["valid_until"]) == (["cancel", "hold", "revise", "accept"], "2999-01-01")
    assert client.post(f"{one}/accept", json={}).json()["code"] == "offer_incomplete"
    accepted = client.post(f"{one}/accept", json={"po_number": "PO 5"}).json()
    assert (accepted["summary"]["state"], accepted["summary"]["po_number"]) == ("accepted", "PO 5")
    assert client.post(f"{one}/accept", json={"po_number": "PO 5"}).status_code == 409
    assert client.post("/api/v1/orders", json=wanted | {"state": "quoted"}).json()["code"] == "validity_missing"


def test_a_line_without_a_price_gets_ours(client: TestClient, rooms: Rooms) -> None:
    with rooms.db.write() as db:
        item = db.execute(select(ItemRow.id).where(ItemRow.sku == "WID-1")).scalar_one()
        db.add(PriceRow(item_id=item, uom="PCE", price=Decimal("2.40"), currency="EUR"))
    wanted = {"customer": "C-1", "state": "draft", "lines": [{"sku": "WID-1", "quantity": "2", "uom": "CT"}]}
    made = client.post("/api/v1/orders", json=wanted).json()
    assert [(x["unit_price"], x["amount"]) for x in made["lines"]] == [("28.8", "57.6")]
    added = {"action": "add", "sku": "WID-1", "quantity": "5", "discount": "10"}
    change = {"lines": [added, {"action": "remove", "position": 1}]}
    changed = client.post(f"/api/v1/orders/{made['summary']['order_no']}/changes", json=change).json()
    assert [(x["position"], x["unit_price"], x["amount"]) for x in changed["lines"]] == [(2, "2.4", "10.8")]


def test_orders_are_merged_split_and_parted_as_their_actions_say(client: TestClient) -> None:
    assert {"merge", "split"} <= set(client.get(ORDER).json()["supported_actions"])
    merged = client.post(f"{ORDER}/merge", json={"orders": ["SO-000002"], "reason": "One delivery."}).json()
    assert [x["origin"] for x in merged["lines"]] == [None, None, "SO-000002"] and "give_back" in merged["supported_actions"]
    assert client.get("/api/v1/orders/SO-000002").json()["summary"]["state"] == "merged"
    assert len(client.post(f"{ORDER}/give-back", json={"order": "SO-000002", "reason": "x"}).json()["lines"]) == 2
    asked = {"lines": [{"position": 1, "quantity": "4"}], "reason": "Later."}
    for _ in range(2):
        split = client.post(f"{ORDER}/split", json=asked, headers={"Idempotency-Key": "s"}).json()
    assert [x["quantity"] for x in split["lines"]] == ["6", "4"] and len(client.get("/api/v1/orders").json()) == 3
    refused = client.post(f"{ORDER}/split", json={"lines": [{"position": 9}], "reason": "x"}).json()
    assert refused["code"] == "regroup_refused"


def test_exchange_rates_are_kept_and_told(client: TestClient) -> None:
    wanted = {"currency": "USD", "day": "2031-03-01", "rate": "0.92", "source": "Central bank"}
    kept = client.put("/api/v1/exchange-rates", json=wanted).json()
    assert kept == client.get("/api/v1/exchange-rates").json()
    assert [wanted | {"company_currency": "EUR", "made_by": "token:shop", "made_at": rate["made_at"]} for rate in kept] == kept
    assert client.put("/api/v1/exchange-rates", json=wanted | {"currency": "EUR"}).json()["code"] == "bad_rate"
    assert client.get(ORDER).json()["company_money"] is None


def test_hold_rules_are_read_and_set_and_hold_orders(client: TestClient) -> None:
    rule = {"kind": "payment", "is_on": True, "words": ["vorkasse"], "released_by": "admin"}
    saved = client.put("/api/v1/hold-rules", json=[rule])
    assert saved.status_code == 200 and saved.json() == client.get("/api/v1/hold-rules").json()
    wanted = {"customer": "C-1", "po_number": "PO 1", "payment_terms": "Vorkasse", "lines": [
        {"sku": "WID-1", "quantity": "1", "unit_price": "2"}]}
    made = client.post("/api/v1/orders", json=wanted).json()
    (hold,) = made["holds"]
    assert (hold["kind"], hold["placed_by"]) == ("payment", "ordermill") and "release" not in made["supported_actions"]
    path = f"/api/v1/orders/{made['summary']['order_no']}/holds/{hold['id']}/release"
    assert client.post(path, json={"reason": "Paid."}).status_code == 403
    assert client.put("/api/v1/hold-rules", json=[{"kind": "manual", "is_on": True}]).json()["code"] == "bad_rule"


def test_notes_and_priority(client: TestClient) -> None:
    assert client.post(f"{ORDER}/notes", json={"text": "Rings before."}).json()["remarks"][0]["author"] == "token:shop"
    assert client.put(f"{ORDER}/priority", json={"priority": 7}).json()["summary"]["priority"] == 7
    assert client.put(f"{ORDER}/priority", json={"priority": 10}).status_code == 422
    assert client.get("/api/v1/orders/SO-9").status_code == 404
    assert client.delete(f"{ORDER}/tags/none").status_code == 200


def test_several_exceptions_are_seen_to_at_once_and_each_that_is_not_is_named(client: TestClient, rooms: Rooms) -> None:
    with rooms.db.write() as db:
        ids = [
            open_exception(db, kind=ExceptionKind.CREDIT, key=f"credit:{n}", code="over_limit", sentence="Over the limit.")
            for n in range(2)]
    key = {"Idempotency-Key": "many"}
    asked = {"ids": [*ids, 4711], "reason": "Paid."}
    told = [client.post("/api/v1/exceptions/all/resolve", json=asked, headers=key).json() for _ in range(2)]
    assert told[0] == told[1]
    assert (told[0]["done"], [x["code"] for x in told[0]["refused"]]) == ([str(i) for i in ids], ["not_found"])
    assert client.post("/api/v1/exceptions/all/waive", json=asked, headers=key).status_code == 409
    assert client.post("/api/v1/exceptions/all/reopen", json={"ids": ids}).json()["refused"] == []
    (refused, *_) = client.post("/api/v1/exceptions/all/waive", json={"ids": ids}).json()["refused"]
    assert refused["code"] == "reason_missing"
    assert client.post("/api/v1/exceptions/all/assign", json={"ids": ids, "team": "Credit"}).json()["refused"] == []
    assert [x["team"] for x in client.get("/api/v1/exceptions").json()] == ["Credit", "Credit"]


def test_exceptions_are_seen_to_and_rules_route_them(client: TestClient, rooms: Rooms) -> None:
    rule = {"is_blocking": True, "due_hours": 4, "team": "Credit", "assignee": None, "escalate_to": "Management"}
    assert client.put("/api/v1/exception-rules/credit", json=rule).json() == rule
    assert client.get("/api/v1/exception-rules/credit").json() == rule
    assert client.put("/api/v1/exception-rules/price", json=rule).json() == rule
    assert [client.delete("/api/v1/exception-rules/price").status_code for _ in range(2)] == [204, 204]
    assert client.get("/api/v1/exception-rules/price").json()["team"] is None
    with rooms.db.write() as db:
        accounts.create_user(db, login="ann", name="Ann", role=Role.CLERK, password="correct horse")
        found = open_exception(
            db, kind=ExceptionKind.CREDIT, key="credit:1", code="over_limit", sentence="Over the limit.", order_id=1)
    (listed,) = client.get("/api/v1/exceptions", params={"team": "Credit", "order_no": "SO-000001"}).json()
    assert (listed["id"], listed["is_blocking"], listed["supported_actions"]) == (found, True, ["assign", "resolve", "waive"])
    one = f"/api/v1/exceptions/{found}"
    assert client.post(f"{one}/assign", json={"assignee": "ann"}).json()["assignee"] == "Ann"
    assert client.post(f"{one}/assign", json={"assignee": "bob"}).status_code == 404
    assert client.post(f"{one}/waive", json={}).json()["code"] == "reason_missing"
    assert client.post(f"{one}/resolve", json={"reason": "Paid."}).json()["supported_actions"] == ["reopen"]
    assert client.post(f"{one}/resolve", json={"reason": "Paid."}).status_code == 409
    assert client.get("/api/v1/exceptions").json() == []
    assert client.post(f"{one}/reopen", json={}).json()["state"] == "open"
