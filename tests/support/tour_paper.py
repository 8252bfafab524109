"""The order of the formats tour on paper: native, with form fields, locked, scanned, faxed, photographed."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pillow_heif
import pymupdf
from PIL import Image
from reportlab.lib import pdfencrypt
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

TITLE = "PURCHASE ORDER"
PO_NUMBER = "PO-88213"
PO_DATE = "2031-05-06"
BUYER = "Thistlemere Pumps Ltd"
SUPPLIER = "Cogsworth Supply GmbH"
HEAD = ("Item", "Description", "Qty", "Unit", "Price", "Amount")
LINES = (
    ("KX-4471", "Hinge brass 40 mm", "24", "pcs", "1.10", "26.40"),
    ("KX-4472", "Hinge steel 40 mm", "100", "pcs", "0.90", "90.00"),
    ("GL-2001", "Nitrile gloves large", "12", "box", "7.85", "94.20"),
    ("TP-0483", "Packing tape clear", "36", "roll", "1.35", "48.60"),
    ("LM-2305", "Work lamp 230 V", "5", "pcs", "48.25", "241.25"),
    ("BT-0840", "Hexagon bolt M8 x 40", "750", "pcs", "0.12", "90.00"),
)
TOTAL = "590.45"
PASSWORD = "harbour-6"

_LEFTS = (60, 130, 320, 370, 430, 500)
_RIGHT_ALIGNED = frozenset({2, 4, 5})
_HEIGHT = int(A4[1])


def native_pdf() -> bytes:
    """One page with a text layer."""
    return _pdf([LINES])


def encrypted_pdf() -> bytes:
    """The page behind PASSWORD."""
    return _pdf([LINES], lock=pdfencrypt.StandardEncryption(PASSWORD, strength=128))


def form_pdf() -> bytes:
    """The page with the order's number, date and quantities in form fields."""
    return _pdf([LINES], fields=True)


def scanned_pdf() -> bytes:
    """The page as a picture."""
    return _as_pictures(native_pdf(), 0)


def mixed_pdf() -> bytes:
    """Two pages, the second of them a picture."""
    return _as_pictures(_pdf([LINES[:3], LINES[3:]]), 1)


def tiff() -> bytes:
    """Two pages in one bit, Group 4."""
    first, *more = (page.convert("1") for page in _pictures(_pdf([LINES[:3], LINES[3:]]), 300, 300))
    return _saved(first, "TIFF", compression="group4", dpi=(300, 300), save_all=True, append_images=more)


def fax() -> bytes:
    """A standard Group 3 fax: pixels twice as high as wide."""
    (page,) = _pictures(native_pdf(), 204, 98)
    return _saved(page.point(lambda grey: 255 * (grey > 160)).convert("1"), "TIFF", compression="group3", dpi=(204, 98))


def png() -> bytes:
    """A screenshot, so to speak."""
    return _saved(_page(), "PNG", dpi=(200, 200))


def turned_jpeg() -> bytes:
    """A photo that lies on its side and says so (EXIF orientation 6)."""
    picture = _page().rotate(90, expand=True)
    exif = picture.getexif()
    exif[0x0112] = 6
    return _saved(picture, "JPEG", quality=88, exif=exif, dpi=(200, 200))


def heic() -> bytes:
    """A photo of a telephone."""
    pillow_heif.register_heif_opener()
    return _saved(_page().convert("RGB"), "HEIF", quality=80)


def webp() -> bytes:
    """A picture as web pages have them."""
    return _saved(_page(), "WEBP", quality=85)


def gif() -> bytes:
    """A picture as web pages had them."""
    return _saved(_page(), "GIF")


def _pdf(
    pages: Sequence[Sequence[Sequence[str]]], *, fields: bool = False, lock: pdfencrypt.StandardEncryption | None = None
) -> bytes:
    out = io.BytesIO()
    pen = canvas.Canvas(out, pagesize=A4, encrypt=lock, invariant=1)
    for number, lines in enumerate(pages, start=1):
        _head(pen, fields=fields and number == 1)
        at = _table(pen, lines, fields=fields)
        if number == len(pages):
            pen.setFont("Helvetica-Bold", 11)
            pen.drawString(_LEFTS[4] - 40, _HEIGHT - at - 20, "Total")
            pen.drawRightString(_LEFTS[5] + 50, _HEIGHT - at - 20, TOTAL)
        pen.setFont("Helvetica", 9)
        pen.drawString(60, 40, f"Page {number} of {len(pages)}")
        pen.showPage()
    pen.save()
    return out.getvalue()


def _head(pen: canvas.Canvas, *, fields: bool) -> None:
    pen.setFont("Helvetica-Bold", 18)
    pen.drawString(60, _HEIGHT - 70, TITLE)
    pen.setFont("Helvetica", 11)
    for top, (label, value) in enumerate((("PO Number:", PO_NUMBER), ("Order Date:", PO_DATE), ("Customer:", BUYER))):
        y = _HEIGHT - 100 - 20 * top
        pen.drawString(60, y, label)
        if fields and top < 2:
            pen.acroForm.textfield(
                name=f"head{top}", x=150, y=y - 4, width=150, height=16, value=value, fontSize=11, borderWidth=0)
        else:
            pen.drawString(150, y, value)


def _table(pen: canvas.Canvas, lines: Sequence[Sequence[str]], *, fields: bool) -> int:
    """Draw the table; returns how far down it reaches."""
    at = 190
    for n, row in enumerate([HEAD, *lines]):
        pen.setFont("Helvetica-Bold" if n == 0 else "Helvetica", 11)
        for c, value in enumerate(row):
            if fields and n and c == 2:
                pen.acroForm.textfield(
                    name=f"qty{n}", x=_LEFTS[c], y=_HEIGHT - at - 4, width=40, height=16, value=value, fontSize=11, borderWidth=0)
            elif c in _RIGHT_ALIGNED:
                pen.drawRightString(_LEFTS[c] + (50 if c == 5 else 35), _HEIGHT - at, value)
            else:
                pen.drawString(_LEFTS[c], _HEIGHT - at, value)
        at += 22
    return at


def _pictures(pdf: bytes, across: int, down: int) -> list[Image.Image]:
    """Each page in grey, at these dots an inch."""
    scale = pymupdf.Matrix(across / 72, down / 72)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        drawn = [page.get_pixmap(matrix=scale, colorspace=pymupdf.csGRAY) for page in document]
    return [Image.frombytes("L", (p.width, p.height), p.samples) for p in drawn]


def _page() -> Image.Image:
    return _pictures(native_pdf(), 200, 200)[0]


def _as_pictures(pdf: bytes, first: int) -> bytes:
    """The pages from `first` on as pictures, as a scanner packs them."""
    pictures = _pictures(pdf, 200, 200)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        document.delete_pages(range(first, len(pictures)))
        for picture in pictures[first:]:
            page = document.new_page(width=A4[0], height=A4[1])
            page.insert_image(page.rect, stream=_saved(picture, "JPEG", quality=85))
        return bytes(document.tobytes())


def _saved(picture: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()
