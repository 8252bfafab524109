"""Master data goes in whole, twice without harm, and leaves bad rows outside with a reason."""

from decimal import Decimal

from sqlalchemy import func, select

from bench import importing
from matching import masterdata
from models.domain.partners import AddressKind
from models.tables.items import CustomerPartNumberRow, ItemRow, ItemUnitRow, PriceRow
from models.tables.partners import AddressRow, CustomerEmailRow, CustomerRow
from runtime.db import Database
from runtime.imports import Watch

ITEM = {
    "sku": "KX-4", "gtin": "4006381333931", "mpn": "AB 12", "brand": "Kessel", "description": "Hinge brass 40 x 30",
    "base_uom": "pcs", "uom": "", "factor": "", "uom_gtin": "", "list_price": "1.10", "currency": "EUR", "status": "",
}
BOX = ITEM | {"uom": "XBX", "factor": "24", "list_price": ""}
CUSTOMER = {
    "customer_no": "C1", "name": "Muster Works", "vat_id": "DE 123456789", "email_domain": "@muster.example",
    "emails": "A@muster.example", "language": "de", "currency": "EUR", "payment_terms": "30 days", "date_order": "dmy",
    "address_code": "1", "address_kind": "ship_to", "address_name": "Muster Works", "street": "Long Road 1",
    "postcode": "12345", "city": "Sampleton", "region": "", "country": "de", "ship_to_default": "yes",
}


def test_items_units_and_list_prices_go_in_and_change(database: Database) -> None:
    assert (r := masterdata.import_items(database, [ITEM, BOX])).added == 1 and not r.refused
    again = masterdata.import_items(database, [ITEM, BOX])
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    changed = masterdata.import_items(database, [ITEM | {"list_price": "1,20"}, BOX | {"factor": "25"}])
    assert changed.changed == 1
    with database.read() as db:
        item = db.execute(select(ItemRow)).scalar_one()
        assert (item.sku_folded, item.mpn_folded, item.base_uom) == ("KX4", "A812", "H87")
        units = {u.uom: (u.factor, u.gtin) for u in db.execute(select(ItemUnitRow)).scalars()}
        assert units == {"H87": (Decimal(1), "4006381333931"), "XBX": (Decimal(25), None)}
        price = db.execute(select(PriceRow)).scalar_one()
        assert (price.price, price.currency, price.customer_id, price.uom) == (Decimal("1.2"), "EUR", None, "H87")


def test_bad_item_rows_stay_outside_and_the_rest_goes_in(database: Database) -> None:
    report = masterdata.import_items(database, [
        ITEM | {"sku": ""}, dict.fromkeys(ITEM, ""), ITEM | {"gtin": "4006381333930"}, BOX | {"factor": "0"},
        ITEM | {"status": "gone"}, ITEM | {"base_uom": "?!"}, ITEM | {"list_price": "1", "currency": ""},
        ITEM, BOX, BOX | {"factor": "30"},
    ])
    assert report.added == 1
    assert [(r.line, r.code) for r in report.refused] == [
        (2, "missing_value"), (4, "bad_gtin"), (5, "bad_factor"), (6, "unknown_value"), (7, "unknown_unit"),
        (8, "missing_value"), (11, "contradiction"),
    ]
    assert all(r.sentence.startswith(f"Line {r.line}: ") and r.sentence.endswith(".") for r in report.refused)


def test_customers_addresses_and_senders(database: Database) -> None:
    second = CUSTOMER | {"address_code": "2", "ship_to_default": "", "emails": "b@muster.example"}
    bill = CUSTOMER | {"address_kind": "bill_to"}
    assert masterdata.import_customers(database, [CUSTOMER, second, bill]).added == 1
    assert masterdata.import_customers(database, [CUSTOMER, second, bill]).unchanged == 1
    assert masterdata.import_customers(database, [CUSTOMER | {"street": "New Street 2"}]).changed == 1
    thief = CUSTOMER | {"customer_no": "C2", "name": "Other", "address_code": "", "street": "", "city": ""}
    report = masterdata.import_customers(database, [thief, CUSTOMER | {"emails": "no address"}])
    assert [r.code for r in report.refused] == ["email_taken", "bad_email"]
    with database.read() as db:
        row = db.execute(select(CustomerRow).where(CustomerRow.customer_no == "C1")).scalar_one()
        assert (row.vat_id, row.email_domain) == ("DE123456789", "muster.example")
        assert set(db.execute(select(CustomerEmailRow.email)).scalars()) == {"a@muster.example", "b@muster.example"}
        addresses = {(a.kind, a.code): (a.street, a.is_default, a.country) for a in db.execute(select(AddressRow)).scalars()}
        assert addresses[AddressKind.SHIP_TO, "1"] == ("New Street 2", True, "DE") and len(addresses) == 3


def test_prices_and_part_numbers_name_what_exists(database: Database) -> None:
    masterdata.import_items(database, [ITEM, BOX])
    masterdata.import_customers(database, [CUSTOMER])
    price = {"customer_no": "C1", "sku": "KX-4", "uom": "pcs", "price": "99", "currency": "eur", "price_unit": "100",
             "min_quantity": "50", "valid_from": "2031-01-01", "valid_to": ""}
    report = masterdata.import_prices(database, [
        price, price | {"customer_no": ""}, price | {"sku": "NO"}, price | {"customer_no": "C9"},
        price | {"valid_to": "2030-01-01"}, price | {"price_unit": "0"}])
    assert (report.added, [r.code for r in report.refused]) == (
        2, ["unknown_item", "unknown_customer", "out_of_range", "out_of_range"])
    assert masterdata.import_prices(database, [price, price | {"customer_no": ""}]).unchanged == 2
    assert masterdata.import_prices(database, [price | {"price": "98"}]).changed == 1

    part = {"customer_no": "C1", "part_number": "77-O1", "sku": "KX-4"}
    report = masterdata.import_part_numbers(database, [part, part | {"sku": "NO"}, part | {"part_number": "--"}])
    assert (report.added, [r.code for r in report.refused]) == (1, ["unknown_item", "bad_code"])
    assert masterdata.import_part_numbers(database, [part | {"part_number": "77-01"}]).changed == 1
    with database.read() as db:
        assert db.execute(select(CustomerPartNumberRow.part_number)).scalars().all() == ["77-01"]
        assert db.execute(select(func.count()).select_from(PriceRow)).scalar_one() == 3


def test_progress_is_told_up_to_the_last_row(sqlite_database: Database) -> None:
    rows = [ITEM | {"sku": f"S{n}", "gtin": ""} for n in range(2_000)]
    told: list[int] = []
    assert masterdata.import_items(sqlite_database, rows, Watch(progress=told.append)).added == 2_000
    assert sum(told) == 2_000


def test_the_benchmark_of_importing_measures_the_importer() -> None:
    figures = {row.case: row for row in importing.run(items=300, seed=3)}
    assert figures["items a second"].value > 50 and figures["import of 300 items"].baseline
