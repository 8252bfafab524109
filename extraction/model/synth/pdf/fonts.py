"""Typefaces for native PDFs: the fourteen of PDF itself for Western languages, embedded ones from wheels for all."""

from __future__ import annotations

import io
import random
from functools import cache

import pymupdf_fonts  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

BASE = (("Helvetica", "Helvetica-Bold"), ("Times-Roman", "Times-Bold"), ("Courier", "Courier-Bold"))
EMBEDDED = (("notos", "notosbo"), ("figo", "figbo"), ("ubuntu", "ubuntubo"), ("cascadia", "cascadiab"), ("ubuntm", "ubuntmbo"))
MONO = frozenset({"Courier", "cascadia", "ubuntm"})


def draw_face(rng: random.Random, language: str, *, mono: bool) -> tuple[str, str]:
    """Regular and bold font names, registered with reportlab; every letter of the language is in them."""
    faces = EMBEDDED if language == "pl" else BASE * 2 + EMBEDDED
    fitting = [face for face in faces if (face[0] in MONO) == mono or (not mono and rng.random() < 0.15)]
    face = rng.choice(fitting)
    for name in face:
        register(name)
    return face


@cache
def register(name: str) -> None:
    """Make an embedded font known to reportlab once; the base fonts are known."""
    if any(name in pair for pair in EMBEDDED):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(pymupdf_fonts.myfont(name))))


def width(text: str, font: str, size: float) -> float:
    """Printed width in points."""
    return float(pdfmetrics.stringWidth(text, font, size))
