"""A QR code as one SVG path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

QUIET = 4
"""Modules of white that readers need around the code (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class Qr:
    """`path` draws the dark modules, one unit each, in a square of `size` units with the quiet zone."""

    size: int
    path: str


def qr_of(text: str) -> Qr:
    """The smallest code that holds the text and bears 15% damage."""
    code: Any = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    count: int = code.getModuleCount()
    dark = (f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y in range(count) for x in range(count) if code.isDark(y, x))
    return Qr(count + 2 * QUIET, "".join(dark))
