"""Terms of trade come in: kinds of prices, successors, substitutes, rules, minimums, closed days; each with what changed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from matching import masterdata
from matching.masterdata.records import load_customer
from models.domain.items import ItemStatus, PriceKind
from models.domain.partners import CodeKind, PackRule
from models.errors import InputError
from models.tables.audit import AuditEntryRow
from models.tables.inventory import LocationRow, StockLevelRow
from models.tables.items import ItemRow, ItemSubstituteRow, ItemUnitRow, PriceRow
from models.tables.partners import AddressRow, ClosedDayRow, CustomerEmailRow, CustomerMinimumRow, CustomerRow
from runtime.db import Database
from runtime.imports import Change, ImportReport, Outcome, Watch


def item(sku: str, **cells: str) -> dict[str, str]:
    return {"sku": sku, "description": f"Thing {sku}", "base_uom": "H87"} | cells


def unit(sku: str, uom: str = "", factor: str = "", *, gtin: str = "", uom_gtin: str = "", brand: str = "") -> dict[str, str]:
    return item(sku, uom=uom, factor=factor, gtin=gtin, uom_gtin=uom_gtin, brand=brand)


def customer(number: str, **cells: str) -> dict[str, str]:
    return {"customer_no": number, "name": f"Company {number}"} | cells


def codes(report: ImportReport) -> list[tuple[int, str]]:
    return [(r.line, r.code) for r in report.refused]


def successors(db: Database) -> dict[str, str]:
    with db.read() as session:
        rows = session.execute(select(ItemRow.id, ItemRow.sku, ItemRow.superseded_by_id)).all()
    names = {row.id: row.sku for row in rows}
    return {row.sku: names[row.superseded_by_id] for row in rows if row.superseded_by_id}


def units(db: Database) -> dict[tuple[str, str], tuple[Decimal, str | None]]:
    with db.read() as session:
        rows = session.execute(select(ItemRow.sku, ItemUnitRow).join(ItemUnitRow, ItemUnitRow.item_id == ItemRow.id)).all()
    return {(sku, unit.uom): (unit.factor, unit.gtin) for sku, unit in rows}


def test_an_item_has_all_its_terms(database: Database) -> None:
    row = item("A", status="discontinued", manufacturer="Maker", product_line="Hinges", order_multiple="10", order_minimum="20",
               lead_time_days="5", catch_weight="2,5", catch_weight_uom="kg", catch_weight_tolerance="8",
               attributes="thread: M8", attr_surface_finish="zinc; blue")
    assert masterdata.import_items(database, [row]).added == 1
    assert masterdata.import_items(database, [row]).unchanged == 1
    with database.read() as db:
        a = db.execute(select(ItemRow)).scalar_one()
    assert (a.status, a.manufacturer, a.product_line, a.lead_time_days) == (ItemStatus.DISCONTINUED, "Maker", "Hinges", 5)
    assert (a.order_multiple, a.order_minimum) == (10, 20)
    assert (a.catch_weight_uom, a.catch_weight, a.catch_weight_tolerance) == ("KGM", Decimal("2.5"), 8)
    assert a.attributes == "thread: M8; surface finish: zinc, blue"


def test_a_missing_column_leaves_what_is_stored_and_an_empty_cell_empties_it(database: Database) -> None:
    masterdata.import_items(database, [item("A", brand="Kessel", manufacturer="Maker", status="blocked")])
    assert masterdata.import_items(database, [item("A")]).unchanged == 1
    seen: list[Change] = []
    assert masterdata.import_items(database, [item("A", brand="", status="")], Watch(changed=seen.append)).fields == {
        "brand": 1, "status": 1}
    assert seen == [
        Change(Outcome.CHANGED, "A", "brand", "Kessel", ""), Change(Outcome.CHANGED, "A", "status", "blocked", "active")]
    with database.read() as db:
        a = db.execute(select(ItemRow)).scalar_one()
    assert (a.brand, a.manufacturer, a.status) == (None, "Maker", ItemStatus.ACTIVE)


def test_successors_may_come_later_in_the_file_and_never_make_a_ring(database: Database) -> None:
    rows = [item("A", superseded_by="B"), item("B", superseded_by="C"), item("C", superseded_by="A"),
            item("D", superseded_by="D"), item("E", superseded_by="NO"), item("F", superseded_by="")]
    report = masterdata.import_items(database, rows)
    assert codes(report) == [(4, "successor_ring"), (5, "successor_ring"), (6, "unknown_item")]
    assert "C → A → B → C" in report.refused[0].sentence
    assert successors(database) == {"A": "B", "B": "C"}
    again = masterdata.import_items(database, [*rows[:2], item("F", superseded_by="A")])
    assert (again.changed, again.unchanged, again.fields) == (1, 2, {"superseded_by": 1})
    turned = masterdata.import_items(
        database, [item("A", superseded_by=""), item("B", superseded_by=""), item("C", superseded_by="A")])
    assert turned.changed == 3 and successors(database) == {"C": "A", "F": "A"}


@pytest.mark.parametrize("size", [1, 2, 100])
def test_rows_of_an_item_may_stand_apart(database: Database, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("runtime.imports.in_batches.__defaults__", (size,))
    box, old = unit("A", "XBX", "24"), unit("A", "XPK", "6")
    masterdata.import_items(database, [unit("A"), box, old])
    rows = [unit("A"), unit("B"), unit("C"), box]
    first, again = masterdata.import_items(database, rows), masterdata.import_items(database, rows)
    assert (first.added, first.changed, again.unchanged, again.changed) == (2, 1, 3, 0)
    assert units(database).keys() == {("A", "H87"), ("A", "XBX"), ("B", "H87"), ("C", "H87")}
    spoiled = masterdata.import_items(database, [unit("A"), unit("B"), box | {"factor": "zero"}])
    assert (spoiled.unchanged, codes(spoiled)) == (2, [(4, "not_a_number")])
    assert ("A", "XBX") in units(database)
    contradicted = masterdata.import_items(database, [
        unit("A", brand="X"), box | {"brand": ""}, box | {"factor": "25"}, unit("A", brand="Y")])
    assert codes(contradicted) == [(4, "contradiction"), (5, "contradiction")]
    assert units(database)["A", "XBX"] == (24, None)


def test_a_gtin_names_one_thing(database: Database) -> None:
    gtin = "4006381333931"
    report = masterdata.import_items(database, [
        unit("A", gtin=gtin), unit("B", gtin=gtin), unit("C", "XBX", "4", uom_gtin=gtin)])
    assert (report.added, codes(report)) == (3, [(3, "gtin_taken"), (4, "gtin_taken")])
    assert [key for key, (_, held) in units(database).items() if held == gtin] == [("A", "H87")]
    assert codes(masterdata.import_items(database, [item("B", gtin=gtin)])) == [(2, "gtin_taken")]
    assert masterdata.import_items(database, [item("A")]).unchanged == 1           # no column, nothing said
    masterdata.import_items(database, [item("A", gtin="")])
    assert masterdata.import_items(database, [item("B", gtin=gtin)]).changed == 1


def test_a_base_unit_in_use_stays(database: Database) -> None:
    masterdata.import_items(database, [item("A"), item("B")])
    with database.write() as db:
        place = LocationRow(code="L", name="L", priority=0)
        db.add(place)
        db.flush()
        used = db.execute(select(ItemRow.id).where(ItemRow.sku == "A")).scalar_one()
        db.add(StockLevelRow(item_id=used, location_id=place.id, on_hand=Decimal(1), reserved=Decimal(0), safety=Decimal(0)))
    report = masterdata.import_items(database, [item("A", base_uom="MTR"), item("B", base_uom="MTR")])
    assert (report.changed, codes(report)) == (1, [(2, "base_unit_in_use")])


def price(**cells: str) -> dict[str, str]:
    return {"sku": "A", "uom": "H87", "price": "10", "currency": "EUR", "kind": "", "customer_no": "", "group": "",
            "reference": "", "valid_from": "", "valid_to": ""} | cells


def test_prices_of_all_kinds_live_beside_each_other(database: Database) -> None:
    masterdata.import_items(database, [item("A")])
    masterdata.import_customers(database, [customer("C1", group="SCHOOLS")])
    rows = [price(), price(kind="customer", customer_no="C1"), price(customer_no="C1", reference="K-7"), price(group="SCHOOLS"),
            price(kind="promotion", reference="Spring", valid_from="2031-03-01", valid_to="2031-03-31 00:00:00"),
            price(kind="promotion", group="SCHOOLS"),
            # overlapping days of one kind: both are kept, and whoever orders then is asked about
            price(valid_from="2031-01-01", price="11"), price(valid_from="2031-06-01", price="12")]
    bad = [price(kind="contract"), price(kind="group"), price(customer_no="C1", group="SCHOOLS"),
           price(kind="list", customer_no="C1"), price(kind="gift"), price(price="11")]
    report = masterdata.import_prices(database, rows + bad)
    assert (report.added, [code for _, code in codes(report)]) == (
        8, ["missing_value", "missing_value", "two_owners", "two_owners", "unknown_value", "contradiction"])
    seen: list[Change] = []
    assert masterdata.import_prices(database, rows).unchanged == 8
    masterdata.import_prices(database, [price(customer_no="C1", reference="K-7", price="9.5")], Watch(changed=seen.append))
    assert seen == [Change(Outcome.CHANGED, "A contract C1 K-7 H87 EUR", "price", "10", "9.5")]
    with database.read() as db:
        kinds = [(p.kind, p.group_code, p.reference) for p in db.execute(select(PriceRow).order_by(PriceRow.id)).scalars()]
    assert kinds[:4] == [(PriceKind.LIST, None, None), (PriceKind.CUSTOMER, None, None), (PriceKind.CONTRACT, None, "K-7"),
                         (PriceKind.GROUP, "SCHOOLS", None)]


def test_a_customer_has_rules_contacts_and_places(database: Database) -> None:
    row = customer("C1", gln="4006381333931", group="SCHOOLS", delivery_terms="DAP", credit_limit="5000", overdue="1.5",
                   pack_rule="round_up", ship_complete="yes", partial_release="no", code_preference="gtin",
                   target_error_rate="0.001", price_tolerance="", active="yes", contact_email="Ann@c1.example",
                   contact_name="Ann Sample", contact_phone="+49 1 23", address_code="1", street="Long Road 1", city="Sampleton",
                   country="DE", address_gln="4006381333931", transit_days="2", latitude="-33,865", longitude="151.21")
    second = customer("C1", contact_email="bob@c1.example", contact_name="Bob Sample")
    blank = dict.fromkeys(row, "")
    assert masterdata.import_customers(database, [row, blank | second]).added == 1
    assert masterdata.import_customers(database, [row, blank | second]).unchanged == 1
    with database.read() as db:
        c = db.execute(select(CustomerRow)).scalar_one()
        people = {e.email: (e.name, e.phone) for e in db.execute(select(CustomerEmailRow)).scalars()}
        place = db.execute(select(AddressRow)).scalar_one()
    assert (c.gln, c.group_code, c.credit_limit, c.overdue, c.price_tolerance) == (
        "4006381333931", "SCHOOLS", 5000, Decimal("1.5"), 2)
    assert (c.pack_rule, c.ship_complete, c.partial_release, c.code_preference, c.target_error_rate) == (
        PackRule.ROUND_UP, True, False, CodeKind.GTIN, Decimal("0.001"))
    assert people == {"ann@c1.example": ("Ann Sample", "+49 1 23"), "bob@c1.example": ("Bob Sample", None)}
    assert (place.name, place.gln, place.transit_days) == ("Company C1", "4006381333931", 2)
    assert (place.latitude, place.longitude) == (-33.865, 151.21)
    report = masterdata.import_customers(database, [row | {"credit_limit": "6000"}, row | {"name": "Other"}])
    assert (report.changed, report.fields, codes(report)) == (1, {"credit_limit": 1}, [(3, "contradiction")])


@pytest.mark.parametrize(("cells", "code"), [
    ({"gln": "4006381333930"}, "bad_gln"), ({"target_error_rate": "1"}, "out_of_range"),
    ({"ship_complete": "perhaps"}, "unknown_value"),
    ({"email_domain": "no domain"}, "bad_domain"), ({"credit_limit": "-1"}, "out_of_range"),
    ({"emails": "a@b.example>"}, "bad_email"),
    ({"customer_no": "С1"}, "odd_characters"), ({"address_code": "1", "city": "X", "country": ""}, "missing_value"),
])
def test_a_bad_cell_of_a_customer_is_named(sqlite_database: Database, cells: dict[str, str], code: str) -> None:
    assert codes(masterdata.import_customers(sqlite_database, [customer("C1") | cells])) == [(2, code)]


def test_small_tables_are_the_whole_truth_about_what_they_name(database: Database) -> None:
    masterdata.import_items(database, [item(sku) for sku in "ABC"])
    masterdata.import_customers(database, [customer("C1"), customer("C2")])
    cases: list[tuple[Any, list[dict[str, str]], dict[str, str], type[Any]]] = [
        (masterdata.import_substitutes, [{"sku": "A", "substitute": other, "rank": ""} for other in "BC"],
         {"rank": "7"}, ItemSubstituteRow),
        (masterdata.import_minimums,
         [{"customer_no": "C1", "product_line": line, "amount": "50"} for line in ("Hinges", "Bolts")],
         {"amount": "60"}, CustomerMinimumRow),
        (masterdata.import_closed_days, [{"day": "2031-12-25", "name": "Feast"}, {"day": "2031-05-01", "name": ""}],
         {"name": "Other"}, ClosedDayRow),
    ]
    for run, rows, change, table in cases:
        first, again = run(database, rows), run(database, rows)
        assert (first.added, again.unchanged, again.added) == (2, 2, 0)
        less = run(database, [rows[0] | change])
        assert (less.changed, less.removed) == (1, 1)
        kept = run(database, [dict.fromkeys(rows[0], "!"), rows[0]])
        assert (kept.refused_count, kept.changed, kept.removed) == (1, 1, 0)
        with database.read() as db:
            assert len(db.execute(select(table)).all()) == 1
    assert codes(masterdata.import_substitutes(database, [{"sku": "A", "substitute": "A", "rank": ""}])) == [(2, "same_item")]
    other_year = masterdata.import_closed_days(database, [{"day": date(2032, 1, 1).isoformat(), "name": ""}])
    assert (other_year.added, other_year.removed) == (1, 0)


def test_a_rehearsal_tells_everything_and_writes_nothing(database: Database) -> None:
    masterdata.import_items(database, [item("A")])
    with database.rehearsal() as trial:
        report = masterdata.import_items(trial, [item("A", brand="New"), item("B", brand="")])
    assert (report.added, report.changed) == (1, 1)
    with database.read() as db:
        assert db.execute(select(ItemRow.sku, ItemRow.brand)).all() == [("A", None)]
        assert len(db.execute(select(AuditEntryRow)).all()) == 1


def test_on_sqlite_nobody_waits_for_a_rehearsal(sqlite_database: Database) -> None:
    with sqlite_database.rehearsal() as trial:
        masterdata.import_items(trial, [item("A")])
        masterdata.import_items(sqlite_database, [item("B")])
    with sqlite_database.read() as db:
        assert db.execute(select(ItemRow.sku)).scalars().all() == ["B"]


def test_a_table_of_another_kind_is_refused_before_anything_is_written(sqlite_database: Database) -> None:
    with pytest.raises(InputError, match="no column sku, description, base_uom") as refusal:
        masterdata.import_items(sqlite_database, [{"number^text": "1"}])
    assert refusal.value.code == "missing_column" and "delimiter" in refusal.value.sentence


def test_rows_with_columns_that_the_first_one_lacks_are_refused(sqlite_database: Database) -> None:
    with pytest.raises(InputError) as refusal:
        masterdata.import_items(sqlite_database, [item("A"), item("B", brand="Lost")])
    assert refusal.value.code == "uneven_rows" and "brand" in refusal.value.sentence
    assert masterdata.import_items(sqlite_database, [item("A")]).added == 1


def test_coordinates_of_an_address_are_given_and_taken_away_together(database: Database) -> None:
    row = customer("C1", address_code="1", city="Sampleton", country="DE")
    wrong = [{"latitude": "52"}, {"latitude": ""}, {"latitude": "52", "longitude": ""}, {"latitude": "95", "longitude": "13"},
             {"latitude": "52° N", "longitude": "13"}]
    found = [codes(masterdata.import_customers(database, [row | said])) for said in wrong]
    assert [code for [(_, code)] in found] == [
        "half_coordinates", "half_coordinates", "half_coordinates", "out_of_range", "not_a_number"]
    masterdata.import_customers(database, [row | {"latitude": "52.52", "longitude": "−13.4"}])
    with database.read() as db:
        values = load_customer(db, "C1").addresses[0].values
    assert (values["latitude"], values["longitude"]) == ("52.52", "-13.4")
    assert masterdata.import_customers(database, [row | values]).unchanged == 1                 # what is shown can be typed
    assert masterdata.import_customers(database, [row]).unchanged == 1                          # a file without the columns
    masterdata.import_customers(database, [row | {"latitude": "", "longitude": ""}])
    with database.read() as db:
        assert db.execute(select(AddressRow.latitude, AddressRow.longitude)).one() == (None, None)
