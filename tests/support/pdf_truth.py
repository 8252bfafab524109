"""PDFs made for tests of what their text layer says beside what they show."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from extraction.formats.mupdf import pymupdf
from extraction.formats.pdf_fonts import mapped

FONT = "Sample"            # an embedded typeface

pdfmetrics.registerFont(TTFont(FONT, str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")))


def drawn(draw: Callable[[Canvas], None]) -> bytes:
    """One page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def lying(content: bytes, *, says: str = "9", shows: str = "1") -> bytes:
    """The PDF with its fonts' maps to Unicode changed: the glyph of `shows` is said to be `says`, and the other way round."""
    with pymupdf.open(stream=content, filetype="pdf") as document:
        for xref in range(1, document.xref_length()):
            kind, value = document.xref_get_key(xref, "ToUnicode")
            if kind == "xref":
                stream = int(value.split()[0])
                entries = mapped(document.xref_stream(stream))
                swap = {says: shows, shows: says}
                pairs = b"".join(
                    b"<%02X> <%04X>\n" % (code, ord(swap.get(text, text))) for code, text in entries if len(text) == 1)
                document.update_stream(stream, b"1 begincodespacerange <00> <FF> endcodespacerange\n%d beginbfchar\n%sendbfchar"
                                       % (len(entries), pairs))
        return bytes(document.tobytes())


def text_picture(lines: int = 5, width: int = 900) -> Image.Image:
    """A picture of a table."""
    picture = Image.new("L", (width, 60 * lines + 40), 255)
    pen = ImageDraw.Draw(picture)
    for n in range(lines):
        row = f"{n + 1}  WIDGET-{n}7  Sample part  {n + 3}2  45.90"
        pen.text((30, 30 + 60 * n), row, font=ImageFont.load_default(34), fill=0)
    return picture
