"""The stock pages: what is where, booking once, undo by another entry, refusals in words."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from matching.masterdata.edit import edit_substitutes
from models.domain.fulfilment import FulfilmentState
from models.domain.sourcing import Criterion
from models.domain.stock import LocationKind
from models.tables.fulfilment import FulfilmentOrderRow
from models.tables.inventory import LocationRow
from models.tables.items import ItemRow
from oms.allocation.rules import sourcing_rules
from oms.allocation.service import allocate_order
from oms.inventory.kit_contents import edit_kit
from oms.inventory.ledger import receive
from oms.inventory.reconcile import reconcile
from oms.inventory.supplies import expect
from oms.orders.service import accept_order, release_order
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.orders import draft, open_case, open_shop


@pytest.fixture
def shop(desk: Desk) -> None:
    with desk.db.write() as db:
        made = open_shop(db, [[10, 4], [0, 0]])
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(made, [(0, 6)]), approved_by="Ann")
        expect(
            db, item_id=made.item_ids[0], location_id=made.location_ids[0], quantity=Decimal(30),
            expected_on=date(2131, 5, 1), reference="PO-77")


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.usefixtures("shop")
def test_the_list_finds_items_and_says_where_they_are_free(visit: Visit) -> None:
    page = visit("vera").get("/stock").text
    assert "LOC0 4, LOC1 4" in text_of(page)
    found = visit("vera").get("/stock/rows", params={"text": "wid-1"}).text
    assert found.index("WID-1") < found.index("WID-2")
    assert "Nothing fits" in visit("vera").get("/stock/rows", params={"text": "zzz"}).text


@pytest.mark.usefixtures("shop")
def test_an_item_shows_its_promises_supply_and_ledger(visit: Visit) -> None:
    page = visit("vera").get("/stock/item", params={"sku": "WID-1"}).text
    assert "8 available to promise" in page and "SO-000001" in page and "PO-77" in page
    assert "<svg" in page and "/stock/book" not in page
    assert visit("vera").get("/stock/item", params={"sku": "NOPE"}).status_code == 404


@pytest.mark.usefixtures("shop")
def test_what_orders_want_of_a_supply_and_what_is_set_aside_stand_beside_it(visit: Visit, desk: Desk) -> None:
    with desk.db.write() as db:
        kept = LocationRow(code="QUA", name="Quarantine", kind=LocationKind.QUARANTINE)
        db.add(kept)
        db.flush()
        item = db.execute(select(ItemRow.id).where(ItemRow.sku == "WID-2")).scalar_one()
        receive(db, item_id=item, location_id=kept.id, quantity=Decimal(4), reference="PO-0", actor="Ann")
        expect(
            db, item_id=item, location_id=kept.id, quantity=Decimal(9), expected_on=date(2131, 5, 2), reference="PO-78")
    page = text_of(visit("vera").get("/stock/item", params={"sku": "WID-2"}).text)
    assert "PO-78 QUA not for sale 9 0 0" in page and "Wanted by orders" in page
    assert re.search(r"\b4 [\w.]+ lie where nothing is sold from", page)


@pytest.mark.usefixtures("shop")
def test_a_booking_pressed_twice_is_booked_once_and_taken_back_by_another(visit: Visit, desk: Desk) -> None:
    carl = visit("carl")
    form = {"sku": "WID-1", "kind": "receipt", "location": "LOC1", "quantity": "5", "reference": "D-1", "key": "abc"}
    pages = [carl.post("/stock/book", data=form) for _ in range(2)]
    assert [p.status_code for p in pages] == [200, 200] and "13 available to promise" in pages[1].text
    entry = re.findall(r"/stock/entries/(\d+)/reverse", pages[1].text)[0]
    undone = carl.post(f"/stock/entries/{entry}/reverse", data={"sku": "WID-1"}).text
    assert "8 available to promise" in undone and "taken back" in undone
    with desk.db.read() as db:
        assert reconcile(db) == []


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(("changes", "sentence"), [
    ({"quantity": "many"}, "is no number"), ({"kind": "scrap", "quantity": "9"}, "less than orders were promised"),
    ({"kind": "transfer"}, "needs two locations"), ({"location": "MOON"}, "There is no location MOON"),
])
def test_what_cannot_be_booked_is_refused_in_words(visit: Visit, changes: dict[str, str], sentence: str) -> None:
    form = {"sku": "WID-1", "kind": "count", "location": "LOC0", "quantity": "5", "reference": "D-1", "key": "abc"} | changes
    answer = visit("carl").post("/stock/book", data=form)
    assert answer.status_code in (404, 409, 422) and sentence in answer.text


def test_a_search_asks_the_catalogue_and_shows_what_a_location_has_the_likeliest_first(visit: Visit, desk: Desk) -> None:
    with desk.db.write() as db:
        open_shop(db, [[10, 0], [0, 4], [3, 0]])
        db.execute(update(ItemRow).where(ItemRow.sku == "WID-2").values(description="Brass hinge, left"))
        db.execute(update(ItemRow).where(ItemRow.sku == "WID-3").values(description="Hinge of brass, left, wide"))
    vera = visit("vera")
    page = vera.get("/stock/rows?text=brass+hinge+left").text
    assert page.index("WID-2") < page.index("WID-3") and "WID-1" not in page
    assert "WID-2" not in vera.get("/stock/rows?text=brass+hinge&location=LOC0").text
    assert "WID-1" in vera.get("/stock?text=wid1").text


def test_what_is_in_a_kit_is_shown_on_the_order_with_what_is_held_of_it(visit: Visit, desk: Desk) -> None:
    with desk.db.write() as db:
        made = open_shop(db, [[30], [3], [0]])
        edit_kit(db, "WID-3", {"WID-1": Decimal(2), "WID-2": Decimal(1)}, actor="Ann")
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(made, [(2, 3)]), approved_by="Ann")
    page = text_of(visit("vera").get("/orders/SO-000001").text)
    assert "WID-1 Widget no. 1 2 PCE 6 6 –" in page and "WID-2 Widget no. 2 1 PCE 3 3 –" in page


def test_what_a_line_is_short_of_is_decided_on_the_order_and_the_rest_is_planned_by_hand(visit: Visit, desk: Desk) -> None:
    with desk.db.write() as db:
        made = open_shop(db, [[3, 0], [60, 60]])
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(made, [(0, 10)]), approved_by="Ann")
        release_order(db, order, user="Ann")
    ann = visit("anna")
    page = ann.get("/orders/SO-000001").text
    assert "/orders/SO-000001/shortage" in page and "/orders/SO-000001/allocate" in page
    assert "/shortage" not in visit("vera").get("/orders/SO-000001").text
    ann.post("/orders/SO-000001/allocate")
    refused = ann.post("/orders/SO-000001/shortage", data={"position": 1, "choice": "replace", "reason": "agreed"})
    assert refused.status_code == 422 and "which item" in refused.text
    with desk.db.write() as db:
        edit_substitutes(db, "WID-1", ["WID-2"], actor="Ann")
    assert "Send WID-2 instead, 120 PCE available" in ann.get("/orders/SO-000001").text
    done = ann.post("/orders/SO-000001/shortage", data={"position": 1, "choice": "replace", "sku": "WID-2", "reason": "agreed"})
    assert done.status_code == 200 and "instead of line 1" in done.text and "line 2 goes instead" in done.text
    assert "available</button>" not in done.text
    assert ann.post("/orders/SO-000001/reallocate", data={"reason": "in one parcel"}).status_code == 200
    with desk.db.read() as db:
        assert reconcile(db) == []
        live = db.execute(select(FulfilmentOrderRow.state)).scalars().all()
        assert live == [FulfilmentState.CANCELLED, FulfilmentState.OPEN]


def test_a_sourcing_rule_is_tried_on_open_orders_before_it_holds(visit: Visit, desk: Desk) -> None:
    with desk.db.write() as db:
        made = open_shop(db, [[9, 9]])
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(made, [(0, 5)]), approved_by="Ann")
        release_order(db, order, user="Ann")
        allocate_order(db, order)
        db.execute(update(LocationRow).where(LocationRow.code == "LOC0").values(cost_per_order=Decimal(9)))
    page = visit("adam").get("/stock/rules").text
    assert "No rule yet" in page and "hx-post=\"/stock/rules\"" not in visit("vera").get("/stock/rules").text
    form = {"position": "10", "name": "Cheapest", "prefer": ["cost", "distance", ""], "km": "900", "active": "true"}
    tried = text_of(visit("adam").post("/stock/rules", data=form | {"tries": "true"}).text)
    assert "1 open orders that nobody works on" in tried and "SO-000001 LOC0 LOC1" in tried
    with desk.db.read() as db:
        assert sourcing_rules(db) == [] and reconcile(db) == []
        assert db.execute(select(FulfilmentOrderRow.state)).scalars().all() == [FulfilmentState.OPEN]
    assert "Saved" in visit("adam").post("/stock/rules", data=form).text
    twice = visit("adam").post("/stock/rules", data=form | {"position": "20"})
    assert (twice.status_code, "rule_exists" in twice.text) == (409, True)
    with desk.db.read() as db:
        (kept,) = sourcing_rules(db)
    assert (kept.rule.prefer, kept.rule.max_km) == ((Criterion.COST, Criterion.DISTANCE), 900)
    assert visit("adam").post("/stock/rules", data=form | {"km": "0"}).status_code == 422
    assert visit("adam").post("/stock/rules", data=form | {"countries": "Germany"}).status_code == 422
    assert "No rule yet" in visit("adam").post("/stock/rules/10/drop").text
