"""Master data by hand: the importers' refusals, all or nothing, and a history of every value."""

from __future__ import annotations

from pathlib import Path

import pytest

from matching.catalog_index import CatalogIndex
from matching.items_sql import refresh_index
from matching.masterdata.edit import (
    edit_customer,
    edit_item,
    edit_part_number,
    edit_price,
    edit_units,
    remove_contact,
    remove_part_number,
)
from matching.masterdata.lists import find_items, list_customers, list_items, list_part_numbers, list_prices
from matching.masterdata.records import history, load_customer, load_item
from models.errors import ConflictError, InputError, NotFound
from runtime.db import Database

ANN = "Ann"


@pytest.fixture
def house(database: Database) -> Database:
    """Two customers and three items."""
    edit_customer(database, "C-1", {"name": "Zebra Widgets", "email_domain": "zebra.example"}, actor=ANN, is_new=True)
    edit_customer(database, "C-2", {"name": "Okapi Hospital"}, actor=ANN, is_new=True)
    for sku, description in (("A-1", "Hinge, steel"), ("A-2", "Hinge, brass"), ("B-1", "Bolt M8")):
        edit_item(database, sku, {"description": description, "base_uom": "H87"}, actor=ANN, is_new=True)
    return database


def test_a_change_is_made_and_remembered_value_by_value(house: Database) -> None:
    with house.read() as db:
        seen = load_customer(db, "C-1").seen
    edit_customer(house, "C-1", {"credit_limit": "900", "cut_off": "9:30", "over_tolerance": "5"}, actor="Bea", seen=seen)
    with house.read() as db:
        record, (newest, first) = load_customer(db, "C-1"), history(db, "customer:C-1")
    assert (record.values["credit_limit"], record.values["cut_off"], record.values["name"]) == ("900", "09:30", "Zebra Widgets")
    assert newest.actor == "Bea"
    assert {(c.field, c.before, c.after) for c in newest.changes} == {
        ("credit_limit", "", "900"), ("cut_off", "", "09:30"), ("over_tolerance", "0", "5")}
    assert [(c.outcome, c.key) for c in first.changes] == [("added", "C-1")]


def test_what_another_person_changed_meanwhile_is_not_overwritten(house: Database) -> None:
    with house.read() as db:
        seen, item = load_customer(db, "C-1").seen, load_item(db, "A-1").seen
    edit_customer(house, "C-1", {"language": "de"}, actor="Bea", seen=seen)
    edit_units(house, "A-1", [{"uom": "XBX", "factor": "10"}], actor="Bea", seen=item)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        edit_customer(house, "C-1", {"language": "fr"}, actor=ANN, seen=seen)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        edit_item(house, "A-1", {"brand": "Zeb"}, actor=ANN, seen=item)
    with house.read() as db:
        assert load_customer(db, "C-1").values["language"] == "de"


@pytest.mark.parametrize(("columns", "code"), [
    ({"credit_limit": "much"}, "not_a_number"), ({"cut_off": "25:00"}, "not_a_time"), ({"name": ""}, "missing_value"),
    ({"language": "german"}, "unknown_value"), ({"secret": "x"}, "unknown_field"),
    ({"contact_email": "no address"}, "bad_email"), ({"address_code": "X", "city": "Linz"}, "missing_value"),
])
def test_what_an_import_refuses_is_refused_here_and_nothing_is_half_done(
    house: Database, columns: dict[str, str], code: str
) -> None:
    with house.read() as db:
        before, edits = load_customer(db, "C-1"), history(db, "customer:C-1")
    with pytest.raises(InputError) as refusal:
        edit_customer(house, "C-1", {"language": "de"} | columns, actor=ANN)
    assert refusal.value.code == code and "Line" not in refusal.value.sentence
    with house.read() as db:
        assert (load_customer(db, "C-1"), history(db, "customer:C-1")) == (before, edits)


def test_a_contact_belongs_to_one_customer_and_can_be_removed(house: Database) -> None:
    edit_customer(house, "C-1", {"contact_email": "Jo@zebra.example", "contact_name": "Jo"}, actor=ANN)
    with pytest.raises(InputError) as refusal:                     # a table would take the rest; a form is taken whole
        edit_customer(house, "C-2", {"contact_email": "jo@zebra.example", "language": "de"}, actor=ANN)
    assert refusal.value.code == "email_taken"
    with house.read() as db:
        assert load_customer(db, "C-2").values["language"] == ""
        assert [(c.email, c.name) for c in load_customer(db, "C-1").contacts] == [("jo@zebra.example", "Jo")]
    with house.write() as db:
        remove_contact(db, "C-1", "jo@zebra.example", actor=ANN)
    with house.write() as db, pytest.raises(NotFound):
        remove_contact(db, "C-1", "jo@zebra.example", actor=ANN)
    with house.read() as db:
        assert load_customer(db, "C-1").contacts == ()


def test_units_are_what_the_form_says_and_the_base_unit_stays(house: Database) -> None:
    box = {"uom": "XBX", "factor": "10", "uom_gtin": "4006381333931"}
    edit_units(house, "A-1", [box, {"uom": "XPX", "factor": "400"}], actor=ANN)
    edit_units(house, "A-1", [box | {"factor": "12"}], actor=ANN)
    with house.read() as db:
        units = load_item(db, "A-1").units
    assert [(u.uom, str(u.factor), u.gtin) for u in units] == [("H87", "1", None), ("XBX", "12", "4006381333931")]


def test_an_item_has_its_successor_prices_and_part_numbers(house: Database) -> None:
    edit_item(house, "A-1", {"superseded_by": "A-2", "weight": "0.25", "available_from": "2031-05-01"}, actor=ANN)
    price = {"sku": "A-1", "uom": "H87", "price": "2.50", "currency": "EUR", "customer_no": "C-1"}
    for last_day in ("", "2031-12-31"):
        edit_price(house, price | {"valid_to": last_day}, actor=ANN)
    edit_part_number(house, "C-1", "Z-77", "A-1", actor=ANN)
    with house.read() as db:
        item, edits = load_item(db, "A-1"), history(db, "item:A-1")
    assert (item.values["superseded_by"], item.values["weight"], item.values["available_from"]) == ("A-2", "0.25", "2031-05-01")
    assert [(p.kind, p.customer_no, str(p.price), str(p.valid_to)) for p in item.prices] == [
        ("contract", "C-1", "2.5", "2031-12-31")]
    assert [(n.customer_no, n.part_number) for n in item.part_numbers] == [("C-1", "Z-77")]
    assert len(edits) == 5
    with house.write() as db:
        remove_part_number(db, "C-1", "z 77", actor=ANN)
    with house.read() as db:
        assert list_part_numbers(db) == [] and history(db, "item:A-1")[0].changes[0].outcome == "removed"


def test_a_number_that_is_taken_is_not_made_anew(house: Database) -> None:
    for make in (
        lambda: edit_customer(house, "C-1", {"name": "Other"}, actor=ANN, is_new=True),
        lambda: edit_item(house, "A-1", {"description": "Other", "base_uom": "H87"}, actor=ANN, is_new=True),
    ):
        with pytest.raises(ConflictError, match="already"):
            make()
    with pytest.raises(NotFound):
        edit_item(house, "nothing", {"brand": "x"}, actor=ANN)


def test_lists_go_on_where_they_ended_and_search_finds(house: Database, tmp_path: Path) -> None:
    edit_customer(house, "C-2", {"contact_email": "till@okapi.example"}, actor=ANN)
    for customer in ("C-1", "C-2"):
        for number in ("N-1", "N-2"):
            edit_part_number(house, customer, number, "B-1", actor=ANN)
    edit_price(house, {"sku": "B-1", "uom": "H87", "price": "1", "currency": "EUR"}, actor=ANN)
    edit_price(house, {"sku": "B-1", "uom": "H87", "price": "1", "currency": "EUR", "group": "G"}, actor=ANN)
    index = CatalogIndex(tmp_path / "index")
    with house.read() as db:
        refresh_index(db, index)
        assert [i.sku for i in list_items(db, limit=2)] == ["A-1", "A-2"]
        assert [i.sku for i in list_items(db, after="A-2", limit=2)] == ["B-1"]
        assert {i.sku for i in find_items(db, index, "hinge")} == {"A-1", "A-2"}
        assert find_items(db, index, " b1 ")[0].sku == "B-1"
        assert [c.customer_no for c in list_customers(db, text="okapi")] == ["C-2"]
        assert [c.customer_no for c in list_customers(db, text="TILL@")] == ["C-2"]
        assert [c.customer_no for c in list_customers(db, after="C-1")] == ["C-2"]
        first = list_part_numbers(db, limit=3)
        assert [(n.customer_no, n.part_number) for n in first] == [("C-1", "N-1"), ("C-1", "N-2"), ("C-2", "N-1")]
        rest = list_part_numbers(db, after=(first[-1].customer_no, first[-1].part_number))
        assert [(n.customer_no, n.part_number) for n in rest] == [("C-2", "N-2")]
        assert len(list_part_numbers(db, customer_no="C-1")) == 2 and len(list_part_numbers(db, text="n1")) == 2
        general, group = list_prices(db, sku="B-1")
        assert (general.kind, group.kind) == ("list", "group")
        assert list_prices(db, group="G") == [group] and list_prices(db, after=general.id) == [group]
