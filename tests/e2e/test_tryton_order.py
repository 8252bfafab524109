"""A purchase order mailed as PDF becomes a confirmed sale in a real Tryton; two shipments, their invoices and a return follow.

The test does what `docs/howto/tryton-walk-through.md` says, and between its commands what a customer and Tryton's users do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from models.domain.states import SalesOrderState
from models.tables.erp import InstallationRow
from models.tables.orders import SalesOrderRow
from runtime.db import Database
from tests import factories
from tests.support.dovecot import PrivateDovecot
from tests.support.installation import Installation, mail_settings
from tests.support.smtp import Mailserver
from tests.support.tryton import PASSWORD, PrivateTryton
from tests.support.walk import Walk

pytestmark = [pytest.mark.dovecot, pytest.mark.slow, pytest.mark.timeout(900)]
BUYER = {
    "name": "Nordwind Anlagenbau GmbH", "street": "Hafenweg 3", "postcode": "20457", "city": "Hamburg", "country": "DE"}
LINES = [
    factories.Line("BRK-100", "Steel bracket 100 mm", 100, "3.90"),
    factories.Line("VLV-20", "Ball valve DN20 brass", 20, "17.01")]


@pytest.fixture
def billing_what_was_sent(tryton: PrivateTryton) -> Iterator[PrivateTryton]:
    tryton.invoice_by("fulfillment")
    yield tryton
    tryton.invoice_by("order")


def stored(house: Installation, column: InstrumentedAttribute[Any]) -> Any:
    """The one value of a column in the installation's database."""
    db = Database(f"sqlite:///{house.data / 'ordermill.db'}")
    with db.read() as session:
        found = session.execute(select(column)).scalar_one()
    db.close()
    return found


def letters(outgoing: Mailserver) -> list[str]:
    return [str(mail.message["X-Ordermill"]) for mail in outgoing.received]


def test_from_the_mailed_order_to_the_credit_memo(
    tmp_path: Path, mailbox: PrivateDovecot, outgoing: Mailserver, billing_what_was_sent: PrivateTryton
) -> None:
    tryton = billing_what_was_sent
    house = Installation(tmp_path, {
        **mail_settings(mailbox, outgoing), "ORDERMILL_ERP_ADAPTER": "tryton", "ORDERMILL_ERP_URL": tryton.url,
        "ORDERMILL_ERP_DATABASE": tryton.database, "ORDERMILL_ERP_USER": "admin", "ORDERMILL_ERP_PASSWORD": PASSWORD})
    walk = Walk("tryton-walk-through.md", house)
    walk.section("Connect")
    assert "Kestrel Supplies Ltd" in walk.said["erp check"]

    pdf = factories.order_pdf("NW-7001", LINES, customer=BUYER)
    mailbox.deliver(factories.order_mail("NW-7001", pdf, sender="Nils Nord <einkauf@nordwind.example>"))
    walk.section("The order arrives")
    (order,) = json.loads(walk.said["orders --json"])
    assert (order["order_no"], order["po_number"], order["customer_no"], order["total"]) == (
        "SO-000001", "NW-7001", "C-1001", "730.20")
    us = stored(house, InstallationRow.identity)
    sale = tryton.sale(us, "untaxed_amount", "reference", "description")
    assert (sale["state"], f"{sale['untaxed_amount']:f}", sale["reference"]) == ("processing", "730.20", "SO-000001")
    assert us in walk.said["erp dry-run SO-000001"]
    assert [mail.message["To"] for mail in outgoing.received] == ["einkauf@nordwind.example"]

    tryton.ship(us, only={"BRK-100": 60.0})
    tryton.post_invoices(us)
    walk.section("A part leaves")
    assert stored(house, SalesOrderRow.state) is SalesOrderState.RELEASED
    assert letters(outgoing)[1:] == ["shipment", "invoice"], walk.said
    shipment, invoice = (mail.message for mail in outgoing.received[1:])
    assert "BRK-100" in shipment.get_body(("plain",)).get_content() and "NW-7001" in shipment["Subject"]
    number = tryton.call("model.account.invoice.read", tryton.sale(us, "invoices")["invoices"], ["number"])[0]["number"]
    assert [part.get_content_type() for part in invoice.iter_attachments()] == ["application/pdf"]
    assert f"{number}" in invoice["Subject"] and "574.20" in invoice.get_body(("plain",)).get_content()

    tryton.ship(us)
    tryton.post_invoices(us)
    walk.section("The rest leaves")
    assert stored(house, SalesOrderRow.state) is SalesOrderState.CLOSED
    assert letters(outgoing)[3:] == ["shipment", "invoice"]
    assert "agree" in walk.said["erp reconcile"]

    walk.section("Five brackets come back")
    assert walk.answers[-1]["state"] == "closed" and walk.answers[-1]["credit_memos"] == ["CM-000001"]
    assert letters(outgoing)[-1] == "credit_memo"
    assert "19.50" in outgoing.received[-1].message.get_body(("plain",)).get_content()
    ours = [["comment", "like", f"%[{us}/credit:%"]]
    (note,) = tryton.call("model.account.invoice.search_read", ours, 0, None, None, ["state", "reference", "total_amount"])
    assert (note["state"], note["reference"], f"{note['total_amount']:f}") == ("posted", "CM-000001", "-19.50")
