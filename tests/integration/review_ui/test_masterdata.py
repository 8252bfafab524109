"""Master data on screen: lists, forms with history, and files that are tried before they are taken."""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select
from starlette.testclient import TestClient

from models.tables.items import ItemRow
from runtime.db import Database
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk, make_desk
from tests.support.desk_cases import add_master_data, add_pdf_case
from tests.support.desk_documents import ROWS

HTMX = {"HX-Request": "true"}
TABLE = "sku;description;base_uom\nNEW-1;Hinge;H87\nGLV-100-M;Gloves, other words;BX\n;No number;H87\n"


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """A house with a customer and a few items; the SQL is tested on each kind of database beside its module."""
    made = make_desk(tmp_path, db=sqlite_database)
    with made.db.write() as db:
        made.ids |= add_master_data(db)
    return made


def seen_in(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_a_customer_is_found_changed_and_the_change_is_told(visit: Visit) -> None:
    adam, vera = visit("adam"), visit("vera")
    assert "Ashcroft Dental Care" in vera.get("/masterdata/customers/rows?text=dental").text
    assert "Nothing fits" in vera.get("/masterdata/customers/rows?text=zebra").text
    page = vera.get("/masterdata/customer?no=C-1001").text
    assert "12 Harbour Row" in page and "<fieldset class=\"rules plain\" disabled>" in page and ">Save<" not in page
    form = {"no": "C-1001", "seen": seen_in(adam.get("/masterdata/customer?no=C-1001").text), "credit_limit": "5000"}
    assert adam.post("/masterdata/customer", data=form, headers=HTMX).headers["HX-Redirect"] == "/masterdata/customer?no=C-1001"
    late = adam.post("/masterdata/customer", data=form | {"credit_limit": "1"}, headers=HTMX)
    assert (late.status_code, "changed_meanwhile" in late.text) == (409, True)
    told = adam.get("/masterdata/customer?no=C-1001").text
    assert "Credit limit: – → 5000" in told and "Adam Admin" in told
    bad = adam.post("/masterdata/customer/contact", data={"no": "C-1001", "contact_email": "nobody"}, headers=HTMX)
    assert bad.status_code == 422 and "bad_email" in bad.text


def test_an_item_has_a_picture_that_is_shown_where_it_is_chosen(desk: Desk, visit: Visit) -> None:
    adam, vera = visit("adam"), visit("vera")
    case_id = add_pdf_case(desk, "PO-4711", ROWS[:2])
    drawn = BytesIO()
    Image.new("RGB", (900, 300), "teal").save(drawn, "JPEG", comment=b"a remark")
    stored = adam.post("/masterdata/item/picture?sku=GLV-100-M", content=drawn.getvalue(), headers=HTMX)
    assert (stored.status_code, stored.headers["Location"]) == (201, "/masterdata/item?sku=GLV-100-M")
    shown = vera.get("/masterdata/item/picture.png?sku=GLV-100-M")
    assert shown.headers["content-type"] == "image/png" and "sandbox" in shown.headers["Content-Security-Policy"]
    assert Image.open(BytesIO(shown.content)).size == (240, 80) and b"a remark" not in shown.content

    found = vera.get(f"/cases/{case_id}/choices", params={"path": "lines.1.item", "text": "gloves size"}).text
    assert found.count('class="looks"') >= 2 and found.count("<img ") == 1 and "picture.png?sku=GLV-100-M&amp;mark=" in found
    assert 'class="looks"' not in vera.get(f"/cases/{case_id}/choices", params={"path": "customer", "text": "ash"}).text

    bad = adam.post("/masterdata/item/picture?sku=GLV-100-L", content=b"<svg onload=alert(1)>", headers=HTMX)
    assert bad.status_code == 422 and vera.get("/masterdata/item/picture.png?sku=GLV-100-L").status_code == 404
    assert adam.post("/masterdata/item/picture?sku=NONE", content=drawn.getvalue(), headers=HTMX).status_code == 404
    adam.post("/masterdata/item/picture/remove", data={"sku": "GLV-100-M"}, headers=HTMX)
    assert vera.get("/masterdata/item/picture.png?sku=GLV-100-M").status_code == 404
    assert adam.get("/masterdata/item?sku=GLV-100-M").text.count("Picture: ") == 2


def test_rules_of_a_customer_are_tried_on_past_orders_before_they_are_saved(desk: Desk, visit: Visit) -> None:
    adam = visit("adam")
    add_pdf_case(desk, "PO-4711", ROWS[:2])                         # its second line is off the contract price
    form = {"no": "C-1001", "approval": "confident", "price_tolerance": "90", "target_error_rate": ""}
    tried = adam.post("/masterdata/customer/try", data=form, headers=HTMX).text
    assert "1 case in" in tried and "PO-4711" in tried and "Save these rules" not in tried
    assert "No outcome changes" in adam.post(
        "/masterdata/customer/try", data=form | {"price_tolerance": "2"}, headers=HTMX).text
    assert "bad_value" in adam.post("/masterdata/customer/try", data=form | {"price_tolerance": "x"}, headers=HTMX).text
    assert 'name="price_tolerance" value="2"' in adam.get("/masterdata/customer?no=C-1001").text


def test_an_item_has_units_prices_and_a_successor(visit: Visit) -> None:
    adam = visit("adam")
    assert adam.post("/masterdata/item", data={"sku": "N/1", "description": "Hinge", "base_uom": "H87"}, headers=HTMX).headers[
        "HX-Redirect"] == "/masterdata/item?sku=N%2F1"
    units = {"sku": "N/1", "uom": ["H87", "XBX", ""], "factor": ["1", "10", ""], "uom_gtin": ["", "", ""]}
    assert adam.post("/masterdata/item/units", data=units, headers=HTMX).status_code == 200
    price = {"sku": "N/1", "uom": "XBX", "price": "25", "currency": "EUR"}
    assert adam.post("/masterdata/item/price", data=price, headers=HTMX).status_code == 200
    page = adam.get("/masterdata/item?sku=N%2F1").text
    assert 'value="XBX"' in page and "25.00 EUR" in page and "Added: N/1" in page
    assert "N/1" in adam.get("/masterdata/prices/rows?sku=N/1").text
    assert "GLV-100-M" in adam.get("/masterdata/items").text
    assert "Packing tape" in adam.get("/masterdata/items/rows?text=tape").text


def test_numbers_of_master_data_are_shown_and_typed_as_the_person_writes_them(visit: Visit) -> None:
    adam, german = visit("adam"), {**HTMX, "accept-language": "de"}
    item = {"sku": "N/2", "description": "Hinge", "base_uom": "H87", "weight": "1.234,5"}
    assert adam.post("/masterdata/item", data=item, headers=german).status_code == 200
    units = {"sku": "N/2", "uom": ["H87", "XBX"], "factor": ["1", "1.000"], "uom_gtin": ["", ""]}
    assert adam.post("/masterdata/item/units", data=units, headers=german).status_code == 200
    price = {"sku": "N/2", "uom": "XBX", "price": "2.500,25", "currency": "EUR"}
    assert adam.post("/masterdata/item/price", data=price, headers=german).status_code == 200
    assert 'name="weight" value="1234,5"' in adam.get("/masterdata/item?sku=N%2F2", headers=german).text
    page = adam.get("/masterdata/item?sku=N%2F2").text
    assert 'name="weight" value="1234.5"' in page and 'value="1000"' in page and "2,500.25 EUR" in page


def test_what_is_in_a_kit_and_what_is_offered_instead_are_edited_and_told(visit: Visit) -> None:
    adam = visit("adam")
    for sku in ("KIT-1", "KIT-2"):
        adam.post("/masterdata/item", data={"sku": sku, "description": "First aid", "base_uom": "H87"}, headers=HTMX)
    parts = {"sku": "KIT-1", "part": ["TAPE-48", "GLV-100-M", ""], "quantity": ["2", "1,5", ""]}
    assert adam.post("/masterdata/item/parts", data=parts, headers=HTMX).status_code == 200
    page = adam.get("/masterdata/item?sku=KIT-1").text
    assert 'value="TAPE-48"' in page and 'value="1.5"' in page and "Base units in one kit: – → 1.5" in page
    refused = adam.post("/masterdata/item/parts", data={"sku": "KIT-2", "part": ["KIT-1"], "quantity": ["1"]}, headers=HTMX)
    assert refused.status_code == 422 and "is a kit itself" in refused.text
    offered = {"sku": "TAPE-48", "other": ["KIT-2", "GLV-100-M", "", "KIT-2"]}
    assert adam.post("/masterdata/item/substitutes", data=offered, headers=HTMX).status_code == 200
    page = adam.get("/masterdata/item?sku=TAPE-48").text
    assert page.index('name="other" value="KIT-2"') < page.index('name="other" value="GLV-100-M"')
    assert "Offered instead: – → KIT-2, GLV-100-M" in page
    for other, code in (("TAPE-48", "same_item"), ("NONE", "unknown_item")):
        refused = adam.post("/masterdata/item/substitutes", data={"sku": "TAPE-48", "other": [other]}, headers=HTMX)
        assert refused.status_code == 422 and code in refused.text
    assert adam.post("/masterdata/item/substitutes", data={"sku": "TAPE-48"}, headers=HTMX).status_code == 200
    assert 'name="other" value=' not in adam.get("/masterdata/item?sku=TAPE-48").text
    nothing = {"sku": "KIT-1", "part": [""], "quantity": [""]}
    assert adam.post("/masterdata/item/parts", data=nothing, headers=HTMX).status_code == 200
    assert 'name="part" value=' not in adam.get("/masterdata/item?sku=KIT-1").text


def test_a_part_number_is_added_and_removed(visit: Visit) -> None:
    adam = visit("adam")
    number = {"customer_no": "C-1001", "part_number": "AC-1", "sku": "TAPE-48"}
    assert "AC-1" in adam.post("/masterdata/part-number", data=number, headers=HTMX).text
    assert "AC-1" not in adam.post("/masterdata/part-number/remove", data=number, headers=HTMX).text
    assert "unknown_item" in adam.post("/masterdata/part-number", data=number | {"sku": "NONE"}, headers=HTMX).text


def test_a_file_is_tried_shown_and_then_taken(desk: Desk, visit: Visit) -> None:
    adam = visit("adam")
    answer = adam.post("/masterdata/imports?kind=items&name=new%20items.csv", content=TABLE.encode(), headers=HTMX)
    job = answer.headers["Location"]
    settled(adam, job)
    tried = adam.get(job).text
    assert "1 added, 1 changed, 0 removed, 0 unchanged, 1 refused" in tried and "Nothing was written yet" in tried
    assert "missing_value" in tried and "Gloves, other words" in tried
    assert items(desk) == 7
    adam.post(f"{job}/run", headers=HTMX)
    settled(adam, job)
    assert "Imported" in adam.get(f"{job}/state").text and items(desk) == 8
    assert "import_started" in adam.post(f"{job}/run", headers=HTMX).text
    assert adam.get(f"{job}/refused.csv").text.splitlines()[1].startswith("4,missing_value")
    assert "GLV-100-M,description" in adam.get(f"{job}/changes.csv").text
    assert adam.get(f"{job}/table.csv").status_code == 404


def test_what_is_no_table_is_refused_with_its_reason(desk: Desk, visit: Visit) -> None:
    adam = visit("adam")
    job = adam.post("/masterdata/imports?kind=items&name=x.csv", content=b"colour\nred\n", headers=HTMX).headers["Location"]
    settled(adam, job)
    page = adam.get(job).text
    assert "missing_column" in page and "Import it" not in page
    assert adam.post("/masterdata/imports?kind=secrets", content=b"x", headers=HTMX).status_code == 422
    assert adam.get("/masterdata/imports/../../x").status_code == 404 and adam.get("/masterdata/imports/none").status_code == 404


def settled(client: TestClient, job: str) -> None:
    """Wait until the import does not refresh itself any more."""
    until = time.monotonic() + 240
    while "hx-get" in client.get(f"{job}/state").text and time.monotonic() < until:
        time.sleep(0.05)


def items(desk: Desk) -> int:
    with desk.db.read() as db:
        return db.execute(select(func.count()).select_from(ItemRow)).scalar_one()
