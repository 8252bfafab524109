"""Run by `tests.support.tryton` in a process of its own: sets up the company Kestrel Supplies in a fresh Tryton database.

Usage: python tryton_company.py DATABASE CONFIG_FILE
"""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

from proteus import Model, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.account_invoice.tests.tools import create_payment_term, set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company


def main(database: str, config_file: str) -> None:
    """Company, accounts, fiscal year, units, products, a customer with two addresses and a price list, stock."""
    config.set_trytond(database=database, config_file=config_file, user="admin")
    seller = Model.get("party.party")(name="Kestrel Supplies Ltd")
    seller.save()
    create_company(party=seller, currency="EUR")
    company = get_company()
    set_fiscalyear_invoice_sequences(create_fiscalyear(company)).click("create_period")
    create_chart(company)
    bracket, valve = _goods(get_accounts(company))
    _customer(_price_list(company, bracket))
    _stock({bracket: 500, valve: 80})


def _goods(accounts: dict[str, Any]) -> tuple[Any, Any]:
    uoms = Model.get("product.uom")
    (unit,) = uoms.find([("name", "=", "Unit")])
    box = uoms(name="Box of 10", symbol="XBX", category=unit.category, factor=10.0, rate=0.1, rounding=1.0, digits=0)
    box.save()
    category = Model.get("product.category")(
        name="Goods", accounting=True, account_expense=accounts["expense"], account_revenue=accounts["revenue"])
    category.save()
    return (
        _product("BRK-100", "Steel bracket 100 mm", "4.50", unit, unit, category),
        _product("VLV-20", "Ball valve DN20 brass", "18.90", unit, box, category))


def _product(code: str, name: str, price: str, unit: Any, sale_unit: Any, category: Any) -> Any:
    template = Model.get("product.template")(
        name=name, default_uom=unit, type="goods", salable=True, list_price=Decimal(price), account_category=category)
    template.sale_uom = sale_unit
    template.products[0].suffix_code = code
    template.save()
    return template.products[0]


def _price_list(company: Any, bracket: Any) -> Any:
    prices = Model.get("product.price_list")(
        name="Contract Nordwind", company=company, price="list_price", unit="product_default")
    prices.lines.new(product=bracket, quantity=100.0, formula="3.90")
    prices.lines.new(product=bracket, formula="4.10")
    prices.lines.new(formula="unit_price * 0.9")
    prices.save()
    return prices


def _customer(prices: Any) -> None:
    germany = Model.get("country.country")(name="Germany", code="DE")
    germany.save()
    term = create_payment_term()
    term.name = "30 days net"
    term.save()
    customer = Model.get("party.party")(
        name="Nordwind Anlagenbau GmbH", code="C-1001", customer_payment_term=term, sale_price_list=prices)
    customer.addresses.pop()
    for name, street, postcode in (("", "Hafenweg 3", "20457"), ("Nordwind Werk 2", "Werkstrasse 9", "21079")):
        customer.addresses.new(
            party_name=name, street=street, postal_code=postcode, city="Hamburg", country=germany,
            invoice=not name, delivery=True)
    customer.contact_mechanisms.new(type="email", value="einkauf@nordwind.example")
    customer.save()


def _stock(on_hand: dict[Any, int]) -> None:
    (storage,) = Model.get("stock.location").find([("code", "=", "STO")])
    count = Model.get("stock.inventory")(location=storage)
    count.save()
    for product, quantity in on_hand.items():
        line = count.lines.new()
        line.product = product
        line.quantity = float(quantity)
    count.save()
    count.click("confirm")


if __name__ == "__main__":
    main(*sys.argv[1:])
