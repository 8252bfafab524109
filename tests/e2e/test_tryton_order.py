"""A purchase order mailed as PDF becomes a confirmed sale in a real Tryton; its shipment and its invoice come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.clock import now
from tests import factories
from tests.support.dovecot import PrivateDovecot
from tests.support.installation import Installation, mail_settings
from tests.support.smtp import Mailserver
from tests.support.tryton import PASSWORD, PrivateTryton

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]
BUYER = {
    "name": "Nordwind Anlagenbau GmbH", "street": "Hafenweg 3", "postcode": "20457", "city": "Hamburg", "country": "DE"}
LINES = [
    factories.Line("BRK-100", "Steel bracket 100 mm", 100, "3.90"),
    factories.Line("VLV-20", "Ball valve DN20 brass", 20, "17.01")]


def test_from_the_mailed_order_to_the_confirmed_sale_and_back(
    tmp_path: Path, mailbox: PrivateDovecot, outgoing: Mailserver, tryton: PrivateTryton
) -> None:
    house = Installation(tmp_path, {
        **mail_settings(mailbox, outgoing), "ORDERMILL_ERP_ADAPTER": "tryton", "ORDERMILL_ERP_URL": tryton.url,
        "ORDERMILL_ERP_DATABASE": tryton.database, "ORDERMILL_ERP_USER": "admin", "ORDERMILL_ERP_PASSWORD": PASSWORD})
    house.run("db", "upgrade")
    assert "Kestrel Supplies Ltd" in house.run("erp", "check").stdout
    pulled = {report["noun"]: report for report in house.json("erp", "pull")}
    assert [pulled[noun]["code"] for noun in ("customers", "items", "prices", "stock")] == [None] * 4

    pdf = factories.order_pdf("NW-7001", LINES, customer=BUYER)
    mailbox.deliver(factories.order_mail("NW-7001", pdf, sender="Nils Nord <einkauf@nordwind.example>"))
    house.run("poll", "--once")
    house.run("sweep")
    (order,) = house.json("orders")
    assert (order["po_number"], order["customer_no"], order["total"]) == ("NW-7001", "C-1001", "730.20")
    fields = ["number", "state", "untaxed_amount", "shipments", "invoices", "description"]
    ours = [["reference", "=", order["order_no"]], ["description", "=", "PO NW-7001"]]
    (sale,) = tryton.call("model.sale.sale.search_read", ours, 0, None, None, fields)
    assert (sale["state"], f"{sale['untaxed_amount']:f}") == ("processing", "730.20")
    assert [mail.message["To"] for mail in outgoing.received] == ["einkauf@nordwind.example"]

    for button in ("assign_force", "pick", "pack", "do"):
        tryton.call(f"model.stock.shipment.out.{button}", sale["shipments"])
    tryton.call("model.account.invoice.write", sale["invoices"], {"invoice_date": now().date()})
    tryton.call("model.account.invoice.post", sale["invoices"])
    back = {report["noun"]: report for report in house.json("erp", "pull", "shipments", "invoices")}
    assert (back["shipments"]["added"], back["invoices"]["added"]) == (1, 1)
    assert back["shipments"]["refused"] == 0, house.json("orders")
    assert house.json("orders")[0]["state"] == "closed"
    house.run("sweep")
    shipped = outgoing.received[-1].message
    assert (len(outgoing.received), shipped["X-Ordermill"]) == (2, "shipment")
    assert "BRK-100" in shipped.get_body(("plain",)).get_content() and "NW-7001" in shipped["Subject"]
    again = {report["noun"]: report for report in house.json("erp", "pull", "shipments", "invoices")}
    assert (again["shipments"]["added"], again["invoices"]["added"]) == (0, 0)
    differing = house.run("erp", "reconcile", "--json", check=False).stdout
    assert order["order_no"] not in differing
