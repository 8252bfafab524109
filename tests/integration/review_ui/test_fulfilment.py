"""The screens of fulfilment: what must leave first, picking with a scanner, packing, shipping, printing."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from decimal import Decimal
from urllib.parse import quote

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from models.domain.stock import Tracking
from models.tables.fulfilment import FulfilmentOrderRow, ParcelRow, ShipmentLineRow, ShipmentRow
from models.tables.inventory import LotLevelRow, LotRow
from models.tables.items import ItemRow, ItemUnitRow
from models.tables.orders import OrderLineRow
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.fulfilment import fulfilment_orders, packed

FO = "/fulfilment/FO-000001"
SH = "/shipments/SH-000001"
PART = {"HX-Request": "true"}


@pytest.fixture
def clerk(desk: Desk, visit: Visit) -> TestClient:
    """A clerk before an order of ten and five; a carton of the first is twelve and has a GTIN."""
    fulfilment_orders(desk.db, stock=((60,), (5,)), lines=((0, 10), (1, 5)))
    with desk.db.write() as db:
        db.execute(update(ItemUnitRow).where(ItemUnitRow.uom == "PCE", ItemUnitRow.item_id == 2).values(gtin="4006381333931"))
    return visit("carl")


def scan(client: TestClient, code: str) -> str:
    return client.post(f"{FO}/scan", data={"code": code}, headers=PART).text


def picked(desk: Desk) -> list[tuple[int, Decimal]]:
    with desk.db.read() as db:
        rows = db.execute(select(ShipmentLineRow.fulfilment_line_id, ShipmentLineRow.quantity).order_by(ShipmentLineRow.id))
        return [tuple(row) for row in rows]


def test_scans_pick_and_the_last_one_leads_to_packing_and_out_of_the_door(desk: Desk, clerk: TestClient) -> None:
    assert "FO-000001" in clerk.get("/fulfilment").text
    assert "9 more to take" in scan(clerk, "wid-1")
    assert "This line is complete" in scan(clerk, "9*WID-1")
    assert "Everything is picked" in scan(clerk, "(01)04006381333931(30)5")
    assert picked(desk) == [(1, Decimal(10)), (2, Decimal(5))]
    onward = clerk.post(f"{FO}/scan", data={"code": ""}, headers=PART)
    assert onward.headers["HX-Redirect"] == SH
    page = clerk.post(f"{SH}/pack", data={"line": [1, 2], "quantity": ["10", "0"], "weight": "2,5"}, headers=PART).text
    assert "2.5 kg" in page and "Confirm that it has left" not in page
    page = clerk.post(f"{SH}/pack", data={"line": [2], "quantity": ["5"]}, headers=PART).text
    assert "Confirm that it has left" in page
    form = {"carrier": "Heron Parcel", "tracking_number": "HP1"}
    assert "It has arrived" in clerk.post(f"{SH}/do/ship", data=form, headers=PART).text
    assert "Delivered" in clerk.post(f"{SH}/do/deliver", headers=PART).text
    with desk.db.read() as db:
        assert [x.shipped for x in db.execute(select(OrderLineRow).order_by(OrderLineRow.id)).scalars()] == [10, 5]


def test_carrier_and_tracking_number_are_corrected_after_it_has_left_and_taken_back(desk: Desk, clerk: TestClient) -> None:
    with desk.db.write() as db:
        packed(db, 1, 10, 5)
    form = {"carrier": "Heron Parcel", "service": "", "tracking_number": "HP1"}
    assert clerk.post(f"{SH}/do/correct", data=form, headers=PART).status_code == 409
    assert "Take it back" not in clerk.post(f"{SH}/do/ship", data=form, headers=PART).text
    page = clerk.post(f"{SH}/do/correct", data=form | {"tracking_number": "HP <2>"}, headers=PART).text
    assert "HP1 → HP &lt;2&gt;" in page and "Take it back" in page and "Carrier: Heron" not in page
    clerk.post(f"{SH}/do/deliver", headers=PART)
    page = clerk.post(f"{SH}/do/correct", data={"carrier": "Kite", "tracking_number": "K9"}, headers=PART).text
    (former,) = re.findall(r'hx-post="/shipments/SH-000001/do/correct" hx-vals="([^"]+)"', page)
    assert json.loads(html.unescape(former)) == form | {"tracking_number": "HP <2>"}
    page = clerk.post(f"{SH}/do/correct", data=json.loads(html.unescape(former)), headers=PART).text
    assert "K9 → HP &lt;2&gt;" in page
    with desk.db.read() as db:
        shipment = db.get_one(ShipmentRow, 1)
        assert (shipment.carrier, shipment.tracking_number, shipment.state) == ("Heron Parcel", "HP <2>", "delivered")


@pytest.mark.parametrize(("code", "sentence"), [
    ("NO-SUCH", "is not on this fulfilment order"), ("99*WID-1", "At most 10 more of WID-1"),
    ("0*WID-1", "Nothing was to be taken"),
])
def test_a_scan_that_does_not_fit_takes_nothing_and_says_why(desk: Desk, clerk: TestClient, code: str, sentence: str) -> None:
    answer = clerk.post(f"{FO}/scan", data={"code": code}, headers=PART)
    assert answer.status_code == 422 and sentence in answer.text and picked(desk) == []


def test_a_serial_number_is_its_own_scan(desk: Desk, clerk: TestClient) -> None:
    with desk.db.write() as db:
        db.execute(update(ItemRow).where(ItemRow.id == 2).values(tracking=Tracking.SERIAL))
        lot = LotRow(item_id=2, code="SN-7", is_serial=True)
        db.add(lot)
        db.flush()
        db.add(LotLevelRow(lot_id=lot.id, location_id=1, on_hand=Decimal(1)))
    assert "4 more to take" in scan(clerk, "SN-7")
    assert "not that much of the lot left" in scan(clerk, "SN-7") and picked(desk) == [(2, Decimal(1))]


def test_holds_and_cancelling_ask_why(desk: Desk, clerk: TestClient) -> None:
    assert clerk.post(f"{FO}/do/hold", data={"note": ""}, headers=PART).status_code == 422
    page = clerk.post(f"{FO}/do/hold", data={"note": "Wrong <label>"}, headers=PART).text
    assert "Wrong &lt;label&gt;" in page and "Release" in page and "data-scan" not in page
    assert "data-scan" in clerk.post(f"{FO}/do/release_hold", data={"hold_id": 1}, headers=PART).text
    assert "Cancelled" in clerk.post(f"{FO}/do/cancel", data={"note": "Not needed."}, headers=PART).text


def test_while_goods_are_in_hand_no_empty_list_of_actions_is_shown(clerk: TestClient) -> None:
    assert ">Actions<" in clerk.get(FO).text
    assert ">Actions<" not in scan(clerk, "WID-1")


def test_several_go_into_a_wave_and_leave_together(desk: Desk, clerk: TestClient) -> None:
    assert "WA-000001" in clerk.post("/fulfilment/wave", data={"number": ["FO-000001"]}, headers=PART).text
    refused = clerk.post("/fulfilment/ship", data={"number": ["FO-000001"]}, headers=PART)
    assert refused.status_code == 422 and "have no packed shipment" in refused.text
    with desk.db.write() as db:
        packed(db, 1, 10, 5)
    assert "stock has moved" in clerk.post("/fulfilment/ship", data={"number": ["FO-000001"]}, headers=PART).text
    with desk.db.read() as db:
        assert db.get_one(ShipmentRow, 1).state == "shipped"


def test_the_list_is_filtered_and_what_is_late_is_marked(desk: Desk, clerk: TestClient) -> None:
    with desk.db.write() as db:
        db.execute(update(FulfilmentOrderRow).values(ship_by=date(2020, 1, 2)))
    assert 'class="short"' in clerk.get("/fulfilment/rows", params={"location": "LOC0", "text": "zebra"}).text
    for nothing in ({"location": "ELSEWHERE"}, {"text": "nobody"}, {"state": "closed"}):
        assert "Nothing fits these filters" in clerk.get("/fulfilment/rows", params=nothing).text


@pytest.mark.parametrize("kind", ["packing_slip", "label", "delivery_note"])
def test_papers_are_saved_and_never_opened_in_our_origin(desk: Desk, clerk: TestClient, kind: str) -> None:
    with desk.db.write() as db:
        packed(db, 1, 10, 5)
    answer = clerk.get(f"/fulfilment/papers/{kind}", params={"number": "SH-000001"})
    assert answer.content.startswith(b"%PDF") and answer.headers["content-disposition"].startswith("attachment")
    assert quote(kind.replace("_", "-")) in answer.headers["content-disposition"]


def test_who_may_only_look_is_offered_nothing_to_do(clerk: TestClient, visit: Visit) -> None:
    page = visit("vera").get(FO).text
    assert "FO-000001" in page and "hx-post" not in page


def test_parcels_are_stacked_onto_a_pallet_that_has_an_sscc_of_its_own(desk: Desk, clerk: TestClient) -> None:
    scan(clerk, "10*WID-1")
    scan(clerk, "5*WID-2")
    clerk.post(f"{FO}/scan", data={"code": ""}, headers=PART)
    for line in (1, 2):
        page = clerk.post(f"{SH}/pack", data={"line": [line], "quantity": ["5"]}, headers=PART).text
    assert page.count('name="parcel"') == 2
    nothing = clerk.post(f"{SH}/stack", headers=PART)
    assert (nothing.status_code, "not_loose" in nothing.text) == (422, True)
    page = clerk.post(f"{SH}/stack", data={"parcel": [1, 2]}, headers=PART).text
    assert page.count("Pallet 3") == 2 and 'name="parcel"' not in page
    with desk.db.read() as db:
        assert len(set(db.execute(select(ParcelRow.sscc)).scalars())) == 3


def test_labels_slips_and_notes_of_the_chosen_are_one_file(desk: Desk, clerk: TestClient) -> None:
    with desk.db.write() as db:
        packed(db, 1, 10, 5)
    listed = clerk.get("/fulfilment").text
    for kind in ("packing_slip", "label", "delivery_note"):
        assert f'formaction="/fulfilment/papers/{kind}"' in listed
        assert clerk.get(f"/fulfilment/papers/{kind}", params={"number": "FO-000001"}).content.startswith(b"%PDF")
