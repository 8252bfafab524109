"""Master data over HTTP: one thing at a time, with the refusals of an import, and never over what another one changed."""

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

NEW = {"sku": "A/1", "columns": {"description": "Hinge", "base_uom": "H87"}}


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[TestClient]:
    rooms = Rooms(Settings(data=tmp_path, _env_file=None))
    schema.upgrade(rooms.db)
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name="erp", scopes=("masterdata:write", "masterdata:read"), at=now())
    yield TestClient(create_app(rooms), base_url="http://test/api/v1", headers={"Authorization": f"Bearer {secret}"})
    rooms.close()


def test_an_item_is_made_once_changed_and_found(erp: TestClient) -> None:
    made = [erp.post("/items", json=NEW, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert erp.post("/items", json=NEW).json()["code"] == "number_taken"
    seen = made[0].json()["seen"]
    changed = erp.put("/items/A/1", json={"brand": "Zeb"}, headers={"If-Match": seen})
    assert changed.json()["values"]["brand"] == "Zeb"
    late = erp.put("/items/A/1", json={"brand": "Late"}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert erp.put("/item-units/A/1", json=[{"uom": "XBX", "factor": "10"}]).json()["units"][1]["uom"] == "XBX"
    assert erp.put("/items/A/1", json={"weight": "heavy"}).json()["code"] == "not_a_number"
    assert erp.put("/items/none", json={}).status_code == 404
    assert [i["sku"] for i in erp.get("/items").json()] == ["A/1"]
    assert [e["changes"][0]["outcome"] for e in erp.get("/master-data/edits?about=item:A/1").json()] == [
        "added", "changed", "added"][::-1]


def test_a_customer_has_contacts_prices_and_part_numbers(erp: TestClient) -> None:
    erp.post("/items", json=NEW)
    columns = {"name": "Zebra", "contact_email": "jo@zebra.example"}
    record = erp.post("/customers", json={"customer_no": "C-1", "columns": columns}).json()
    assert record["contacts"] == [{"email": "jo@zebra.example", "name": None, "phone": None}]
    price = {"sku": "A/1", "uom": "H87", "price": "2.5", "currency": "EUR", "customer_no": "C-1"}
    assert erp.put("/prices", json=price).status_code == 204
    assert erp.put("/prices", json=price | {"customer_no": "C-9"}).json()["code"] == "unknown_customer"
    (listed,) = erp.get("/prices?customer_no=C-1").json()
    assert (listed["kind"], listed["price"]) == ("contract", "2.5")
    number = {"customer_no": "C-1", "part_number": "Z-1", "sku": "A/1"}
    assert erp.put("/part-numbers", json=number).status_code == 204
    assert [n["part_number"] for n in erp.get("/part-numbers?sku=A/1").json()] == ["Z-1"]
    gone = [erp.delete("/part-numbers", params={"customer_no": "C-1", "part_number": "z1"}).status_code for _ in range(2)]
    assert gone == [204, 404]
    assert erp.get("/customers/C-1").json()["prices"] == 1
