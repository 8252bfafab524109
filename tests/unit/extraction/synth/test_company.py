"""The sample company is whole, repeatable, and can be imported."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.model.synth.catalogue import check_digit
from extraction.model.synth.company import Company, list_price, make_company
from extraction.model.synth.import_files import write_import_files


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(4)


def test_same_seed_gives_the_same_company(company: Company) -> None:
    make_company.cache_clear()
    assert make_company(4) == company
    assert make_company(5) != company


def test_it_has_the_promised_size(company: Company) -> None:
    assert len(company.items) >= 2_000
    assert len(company.customers) == 25
    assert len(company.locations) == 3
    assert {c.language for c in company.customers} == {"en", "de", "fr", "es", "nl", "it", "pl"}
    assert all(1 <= len(c.ship_tos) <= 4 and c.ship_tos[0].default for c in company.customers)


def test_keys_are_unique(company: Company) -> None:
    assert len({item.sku for item in company.items}) == len(company.items)
    assert len({item.description for item in company.items}) == len(company.items)
    assert len({c.customer_no for c in company.customers}) == len({c.email_domain for c in company.customers}) == 25
    gtins = [unit.gtin for item in company.items for unit in item.units]
    assert len(set(gtins)) == len(gtins)


def test_gtins_have_valid_check_digits_in_the_example_range(company: Company) -> None:
    for item in company.items:
        for unit in item.units:
            assert unit.gtin and len(unit.gtin) == 13 and unit.gtin.startswith("952")
            weighted = sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(unit.gtin))
            assert weighted % 10 == 0


@given(st.text("0123456789", min_size=7, max_size=13))
def test_a_changed_digit_never_keeps_its_check_digit(digits: str) -> None:
    changed = f"{(int(digits[0]) + 1) % 10}{digits[1:]}"
    assert check_digit(digits) != check_digit(changed)


def test_every_domain_is_reserved_for_examples(company: Company) -> None:
    domains = [company.email_domain, *(c.email_domain for c in company.customers)]
    assert all(domain.endswith(".example") for domain in domains)
    assert all(contact.email.endswith(f"@{c.email_domain}") for c in company.customers for contact in c.contacts)


def test_contract_prices_lie_under_list_and_breaks_go_down(company: Company) -> None:
    by_sku = {item.sku: item for item in company.items}
    for customer in company.customers:
        for sku, prices in customer.prices.items():
            for price in prices:
                listed, per = list_price(by_sku[sku], price.uom, customer.currency)
                assert Decimal(0) < price.price <= max(listed, Decimal("0.01"))
                assert price.price_unit == per
                first = next(p for p in prices if p.uom == price.uom)
                assert price.price <= first.price


def test_the_price_asked_for_honours_the_quantity_break(company: Company) -> None:
    customer, prices = next(
        (c, p)
        for c in company.customers
        for p in c.prices.values()
        if len(p) > 1 and p[0].uom == p[1].uom and p[1].price < p[0].price
    )
    item = next(i for i in company.items if i.sku == prices[0].sku)
    least = prices[1].min_quantity
    assert company.price(customer, item, prices[0].uom, least) == (prices[1].price, prices[1].price_unit)
    assert company.price(customer, item, prices[0].uom, least - 1) == (prices[0].price, prices[0].price_unit)


def test_stock_never_has_more_safety_than_stock(company: Company) -> None:
    assert len(company.stock) == 3 * len(company.items)
    assert all(Decimal(0) <= s.safety <= s.on_hand for s in company.stock)


def test_import_files_hold_every_row(company: Company, tmp_path: Path) -> None:
    paths = write_import_files(company, tmp_path)
    rows = {path.name: list(csv.DictReader(path.open(encoding="utf-8"))) for path in paths}
    assert set(rows) == {"customers.csv", "items.csv", "prices.csv", "part-numbers.csv", "stock.csv"}
    assert len(rows["customers.csv"]) == sum(len(c.addresses) for c in company.customers)
    assert sum(row["ship_to_default"] == "yes" for row in rows["customers.csv"]) == 25
    assert len(rows["items.csv"]) == sum(len(i.units) for i in company.items)
    assert len(rows["part-numbers.csv"]) == sum(len(c.part_numbers) for c in company.customers)
    base = next(row for row in rows["items.csv"] if row["factor"] == "1")
    item = next(i for i in company.items if i.sku == base["sku"])
    assert Decimal(base["list_price"]) * item.price_unit == item.list_price
