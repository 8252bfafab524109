"""A small invented company and the orders its customers send, for tests that go through several rooms."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

SELLER = "Brackwater Supply Ltd"
ORDERS_ADDRESS = "orders@brackwater.example"

CUSTOMERS = [
    {
        "customer_no": "C-1001",
        "name": "Tinfield Pumps Ltd",
        "vat_id": "",
        "email_domain": "tinfield-pumps.example",
        "emails": "buying@tinfield-pumps.example",
        "language": "en",
        "currency": "EUR",
        "payment_terms": "30 days net",
        "date_order": "dmy",
        "address_code": "MAIN",
        "address_kind": "ship_to",
        "address_name": "Tinfield Pumps Ltd",
        "street": "14 Quarry Lane",
        "postcode": "LS9 7QX",
        "city": "Leeds",
        "region": "",
        "country": "GB",
        "ship_to_default": "1",
    },
    {
        "customer_no": "C-1002",
        "name": "Ostwald Apparatebau GmbH",
        "vat_id": "",
        "email_domain": "ostwald-apparate.example",
        "emails": "einkauf@ostwald-apparate.example",
        "language": "de",
        "currency": "EUR",
        "payment_terms": "14 Tage netto",
        "date_order": "dmy",
        "address_code": "WERK",
        "address_kind": "ship_to",
        "address_name": "Ostwald Apparatebau GmbH",
        "street": "Ziegelweg 3",
        "postcode": "70499",
        "city": "Stuttgart",
        "region": "",
        "country": "DE",
        "ship_to_default": "1",
    },
]

ITEMS = [
    ("BW-10040", "4006381333931", "Hex bolt M8 x 40 zinc plated", "C62", "0.42"),
    ("BW-10055", "4006381333948", "Hex bolt M10 x 55 zinc plated", "C62", "0.61"),
    ("BW-20310", "4006381333955", "Nitrile glove blue size L, box of 100", "C62", "7.90"),
    ("BW-20311", "4006381333962", "Nitrile glove blue size M, box of 100", "C62", "7.90"),
    ("BW-30717", "4006381333979", "Ball valve 1/2 inch brass", "C62", "11.90"),
    ("BW-40222", "4006381333986", "Cable tie 200 x 4.8 mm black", "C62", "0.08"),
]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order on paper."""

    sku: str
    description: str
    quantity: int
    price: str

    @property
    def amount(self) -> str:
        """Quantity × price, two decimals."""
        return f"{self.quantity * float(self.price):.2f}"


def line(sku: str, quantity: int, *, price: str | None = None) -> Line:
    """A line for one of ITEMS at our price, or at another."""
    found = next(item for item in ITEMS if item[0] == sku)
    return Line(sku, found[2], quantity, price or found[4])


def write_master_data(folder: Path, *, stock: int = 100_000) -> Mapping[str, Path]:
    """The files `ordermill import` reads, by kind."""
    items = [
        {
            "sku": sku,
            "gtin": "",
            "mpn": "",
            "brand": "Brackwater",
            "description": text,
            "base_uom": uom,
            "uom": uom,
            "factor": "1",
            "uom_gtin": "",
            "list_price": price,
            "currency": "EUR",
            "status": "active",
        }
        for sku, _gtin, text, uom, price in ITEMS
    ]
    levels = [{"location": "LEEDS", "sku": sku, "on_hand": str(stock), "safety": "0"} for sku, *_ in ITEMS]
    return {
        "customers": _csv(folder / "customers.csv", CUSTOMERS),
        "items": _csv(folder / "items.csv", items),
        "stock": _csv(folder / "stock.csv", levels),
    }


def _csv(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    rows = list(rows)
    with path.open("w", newline="", encoding="utf-8") as f:
        writer = csv.DictWriter(f, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def order_pdf(
    po_number: str, lines: Sequence[Line], *, date: str = "14.03.2031", customer: Mapping[str, str] = CUSTOMERS[0]
) -> bytes:
    """A native one-page purchase order of Tinfield Pumps, or of another of CUSTOMERS."""
    name, street, city, country = (customer[key] for key in ("name", "street", "city", "country"))
    town = f"{customer['postcode']} {city}"
    out = io.BytesIO()
    page = Canvas(out, pagesize=A4, invariant=True)
    height = A4[1]

    def put(x: float, y: float, text: str, size: float = 9.5, bold: bool = False) -> None:
        page.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        page.drawString(x, height - y, text)

    def put_right(x: float, y: float, text: str, bold: bool = False) -> None:
        page.setFont("Helvetica-Bold" if bold else "Helvetica", 9.5)
        page.drawRightString(x, height - y, text)

    put(50, 60, name, 15, bold=True)
    put(50, 76, f"{street}, {town}, {country}")
    put(400, 60, "PURCHASE ORDER", 14, bold=True)
    for offset, (label, value) in enumerate((("PO Number:", po_number), ("Order Date:", date), ("Currency:", "EUR"))):
        put(400, 84 + 14 * offset, label, bold=True)
        put(470, 84 + 14 * offset, value)
    put(50, 140, "Supplier", bold=True)
    put(50, 154, SELLER)
    put(50, 168, "9 Harbour Road, HU1 2AB Hull, GB")
    put(300, 140, "Ship To", bold=True)
    for offset, text in enumerate((name, street, town, country)):
        put(300, 154 + 14 * offset, text)
    top = 240
    page.line(50, height - top + 12, 550, height - top + 12)
    for x, title in ((50, "Pos"), (85, "Your Part No."), (170, "Description")):
        put(x, top, title, bold=True)
    for x, title in ((420, "Qty"), (490, "Unit Price"), (550, "Amount")):
        put_right(x, top, title, bold=True)
    put(432, top, "UOM", bold=True)
    page.line(50, height - top - 4, 550, height - top - 4)
    for row, item in enumerate(lines, 1):
        y = top + 18 * row
        put(50, y, str(row))
        put(85, y, item.sku)
        put(170, y, item.description)
        put_right(420, y, str(item.quantity))
        put(432, y, "PCS")
        put_right(490, y, item.price)
        put_right(550, y, item.amount)
    total = sum(float(item.amount) for item in lines)
    put(420, top + 18 * (len(lines) + 2), "Total", bold=True)
    put_right(550, top + 18 * (len(lines) + 2), f"{total:.2f}", bold=True)
    page.showPage()
    page.save()
    return out.getvalue()


def order_mail(
    po_number: str,
    pdf: bytes | None,
    *,
    sender: str = "Ada Buyer <buying@tinfield-pumps.example>",
    text: str | None = None,
) -> bytes:
    """The mail a customer sends an order with."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = ORDERS_ADDRESS
    mail["Subject"] = f"Purchase order {po_number}"
    mail["Date"] = "Fri, 14 Mar 2031 09:12:00 +0000"
    mail["Message-ID"] = f"<{po_number.lower()}@{sender.rpartition('@')[2].rstrip('>')}>"
    mail.set_content(text or f"Hello,\n\nplease find our order {po_number} attached.\n\nKind regards\nAda Buyer\n")
    if pdf is not None:
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{po_number}.pdf")
    return mail.as_bytes()
