"""Fonts for any script: FiraGO (Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Devanagari, Georgian …) is embedded; Chinese,
Japanese and Korean use the fonts every PDF viewer has."""

from __future__ import annotations

import io
from functools import cache
from importlib import import_module
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from models.domain.characters import visible

REGULAR, BOLD = "FiraGO", "FiraGO-Bold"
_CHINESE, _JAPANESE, _KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
_KANA, _HANGUL = (("\u3040", "\u30ff"),), (("\uac00", "\ud7af"), ("\u1100", "\u11ff"))


@cache
def register() -> frozenset[int]:
    """Make the fonts known, once; returns the code points that FiraGO has."""
    for name, module in ((REGULAR, "FiraGO_Regular"), (BOLD, "FiraGO_Bold")):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(import_module(f"pymupdf_fonts.{module}").fontbuffer)))
    for name in (_CHINESE, _JAPANESE, _KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    regular: Any = pdfmetrics.getFont(REGULAR)
    return frozenset(regular.face.charToGlyph)


def runs(text: str) -> list[tuple[str | None, str]]:
    """The text in pieces of one font: its name, or None for the paper's own. Marks without room are written out."""
    has, shown = register(), visible(text)
    other = _JAPANESE if _any_in(shown, _KANA) else _KOREAN if _any_in(shown, _HANGUL) else _CHINESE
    pieces = groupby(shown, key=lambda c: None if ord(c) in has or c.isspace() or ord(c) > 0xFFFF else other)
    return [(font, "".join(characters)) for font, characters in pieces]


def markup(text: str) -> str:
    """The text for a reportlab Paragraph: escaped, pieces the paper's font lacks in one that has them, line ends kept."""
    pieces = (
        f'<font name="{font}">{escape(piece)}</font>' if font else escape(piece) for font, piece in runs(text))
    return "".join(pieces).replace("\n", "<br/>")


def _any_in(text: str, blocks: tuple[tuple[str, str], ...]) -> bool:
    return any(first <= c <= last for c in text for first, last in blocks)
