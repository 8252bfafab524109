"""One invented order, plainly laid out, written in every format an order desk receives."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from html import escape
from typing import Any

import openpyxl
import py7zr
import pymupdf
import xlwt
from docx import Document
from odf import opendocument, table, text

from tests.support.outlook import msg_file, tnef_file
from tests.support.tour_paper import (
    BUYER,
    HEAD,
    LINES,
    PASSWORD,
    PO_DATE,
    PO_NUMBER,
    SUPPLIER,
    TITLE,
    TOTAL,
    encrypted_pdf,
    fax,
    form_pdf,
    gif,
    heic,
    mixed_pdf,
    native_pdf,
    png,
    scanned_pdf,
    tiff,
    turned_jpeg,
    webp,
)
from tests.support.tour_xml import order_x
from tests.support.xlsb import xlsb_file

__all__ = ["FORMATS", "LINES", "PASSWORD", "PO_NUMBER", "SCANNED", "SUPPLIER"]

Row = list[str | float | None]


def rows() -> list[Row]:
    """The order as rows of a sheet: titles and their values, the table, the total."""
    lines: list[Row] = [[code, what, float(n), unit, float(price), float(amount)] for code, what, n, unit, price, amount in LINES]
    return [
        [TITLE], ["PO Number", PO_NUMBER], ["Order Date", PO_DATE], ["Customer", BUYER], [], list(HEAD), *lines, [],
        [None, None, None, None, "Total", float(TOTAL)]]


def texts() -> list[list[str]]:
    """The same rows as printed."""
    head = [[TITLE], ["PO Number", PO_NUMBER], ["Order Date", PO_DATE], ["Customer", BUYER], [], list(HEAD)]
    return [*head, *map(list, LINES), [], ["", "", "", "", "Total", TOTAL]]


def _saved(save: Callable[[io.BytesIO], Any]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


# --- sheets -----------------------------------------------------------------------------------------------------------


def xlsx() -> bytes:
    """A workbook as openpyxl writes it."""
    book = openpyxl.Workbook()
    for row in rows():
        book.active.append(row)          # type: ignore[union-attr]
    return _saved(book.save)


def xlsm() -> bytes:
    """The workbook with a macro store in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx())) as plain, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in plain.namelist():
            content = plain.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"spreadsheetml.sheet.main+xml", b"spreadsheetml.sheet.macroEnabled.main+xml").replace(
                    b"openxmlformats-officedocument.spreadsheetml.sheet.macroEnabled", b"ms-excel.sheet.macroEnabled")
            package.writestr(name, content)
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    return out.getvalue()


def xls() -> bytes:
    """The old binary workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Order")
    for r, row in enumerate(rows()):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(r, c, value)
    return _saved(book.save)


def xlsb() -> bytes:
    """The new binary workbook."""
    return xlsb_file(rows())


def ods() -> bytes:
    """A workbook of the OpenDocument kind."""
    book = opendocument.OpenDocumentSpreadsheet()
    sheet = table.Table(name="Order")
    for row in rows():
        line = table.TableRow()
        for value in row:
            kind = {"valuetype": "float", "value": value} if isinstance(value, float) else {"valuetype": "string"}
            cell = table.TableCell(**(kind if value is not None else {}))
            if value is not None:
                cell.addElement(text.P(text=str(value)))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    return _saved(book.save)


def separated(delimiter: str) -> bytes:
    """Values with a delimiter between them."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(texts())
    return out.getvalue().encode()


# --- texts ------------------------------------------------------------------------------------------------------------


def docx() -> bytes:
    """A letter with a table in it."""
    paper = Document()
    paper.add_heading(TITLE, 0)
    for label, value in (("PO Number", PO_NUMBER), ("Order Date", PO_DATE), ("Customer", BUYER)):
        paper.add_paragraph(f"{label}: {value}")
    grid = paper.add_table(rows=1 + len(LINES), cols=len(HEAD))
    for r, row in enumerate([HEAD, *LINES]):
        for c, value in enumerate(row):
            grid.cell(r, c).text = value
    paper.add_paragraph(f"Total: {TOTAL}")
    return _saved(paper.save)


def odt() -> bytes:
    """The letter of the OpenDocument kind."""
    paper = opendocument.OpenDocumentText()
    paper.text.addElement(text.H(outlinelevel=1, text=TITLE))
    for label, value in (("PO Number", PO_NUMBER), ("Order Date", PO_DATE), ("Customer", BUYER)):
        paper.text.addElement(text.P(text=f"{label}: {value}"))
    grid = table.Table(name="Lines")
    for row in [HEAD, *LINES]:
        line = table.TableRow()
        for value in row:
            cell = table.TableCell(valuetype="string")
            cell.addElement(text.P(text=value))
            line.addElement(cell)
        grid.addElement(line)
    paper.text.addElement(grid)
    paper.text.addElement(text.P(text=f"Total: {TOTAL}"))
    return _saved(paper.save)


def rtf() -> bytes:
    """The letter as rich text."""
    edges = "".join(f"\\cellx{1600 * n}" for n in range(1, len(HEAD) + 1))
    lines = "".join(
        "\\trowd" + edges + "".join(f"\\pard\\intbl {value}\\cell" for value in row) + "\\row\n" for row in [HEAD, *LINES])
    heads = "".join(f"{label}: {value}\\par\n" for label, value in (
        ("PO Number", PO_NUMBER), ("Order Date", PO_DATE), ("Customer", BUYER)))
    return (f"{{\\rtf1\\ansi\\deff0{{\\fonttbl{{\\f0 Arial;}}}}\\b {TITLE}\\b0\\par\n{heads}{lines}"
            f"\\pard Total: {TOTAL}\\par}}").encode("ascii")


def html() -> bytes:
    """The letter as a web page."""
    cells = "".join("<tr>" + "".join(f"<td>{escape(v)}</td>" for v in row) + "</tr>" for row in LINES)
    return (
        f"<!DOCTYPE html><html><head><title>Order</title></head><body><h1>{TITLE}</h1><p>PO Number: {PO_NUMBER}<br>"
        f"Order Date: {PO_DATE}<br>Customer: {BUYER}</p><table><tr>{''.join(f'<th>{h}</th>' for h in HEAD)}</tr>{cells}</table>"
        f"<p>Total: {TOTAL}</p></body></html>").encode()


def txt() -> bytes:
    """The letter typed on a grid."""
    widths = (10, 26, 8, 8, 10, 12)
    body = "\n".join("".join(v.ljust(w) for v, w in zip(row, widths, strict=True)).rstrip() for row in [HEAD, *LINES])
    return f"{TITLE}\n\nPO Number: {PO_NUMBER}\nOrder Date: {PO_DATE}\nCustomer: {BUYER}\n\n{body}\n\nTotal: {TOTAL}\n".encode()


# --- mails and containers ---------------------------------------------------------------------------------------------


def eml() -> bytes:
    """A mail that is the order."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ann Example <orders@thistlemere.example>", "desk@cogsworth.example"
    mail["Subject"] = f"Purchase order {PO_NUMBER}"
    mail.set_content(txt().decode())
    mail.add_alternative(html().decode(), subtype="html")
    return mail.as_bytes()


def msg() -> bytes:
    """A mail saved by Outlook, the order attached."""
    return msg_file(
        subject="Our order", sender="orders@thistlemere.example", body="Dear all,\n\nplease see the attached order.\n\nAnn",
        attachments=(("order.pdf", native_pdf()),))


def winmail() -> bytes:
    """What Outlook sends to those who have no Outlook."""
    return tnef_file((("order.xlsx", xlsx()),))


def zipped() -> bytes:
    """An archive with the order in a folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders/order.pdf", native_pdf())
    return out.getvalue()


def seven_zip() -> bytes:
    """Another archive."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(separated(","), "order.csv")
    return out.getvalue()


def order_x_pdf() -> bytes:
    """The printed order with the same as XML inside (Order-X)."""
    with pymupdf.open(stream=native_pdf(), filetype="pdf") as document:
        document.embfile_add("order-x.xml", order_x(), filename="order-x.xml", desc="Order-X")
        return bytes(document.tobytes())


FORMATS: dict[str, Callable[[], bytes]] = {
    "native.pdf": native_pdf, "form.pdf": form_pdf, "encrypted.pdf": encrypted_pdf, "order-x.pdf": order_x_pdf,
    "order.xlsx": xlsx, "order.xlsm": xlsm, "order.xls": xls, "order.xlsb": xlsb, "order.ods": ods,
    "order.csv": lambda: separated(","), "order.tsv": lambda: separated("\t"), "order.docx": docx, "order.odt": odt,
    "order.rtf": rtf, "order.html": html, "order.txt": txt, "order.eml": eml, "order.msg": msg, "winmail.dat": winmail,
    "order.zip": zipped, "order.7z": seven_zip,
}
"""File name to the function that writes it; the name is not what it is known by."""

SCANNED: dict[str, Callable[[], bytes]] = {
    "scanned.pdf": scanned_pdf, "mixed.pdf": mixed_pdf, "order.tif": tiff, "fax.tif": fax, "order.png": png,
    "photo.jpg": turned_jpeg, "order.heic": heic, "order.webp": webp, "order.gif": gif,
}
"""The same for what has to be read by OCR."""
