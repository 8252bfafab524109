"""Cell styles of an XLSX workbook → looks. ECMA-376 Part 1, 18.8; colours 18.8.3, 18.8.27 and 20.1.6.2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from lxml import etree

from extraction.formats.sheet_cells import CellLook, Colour, look_flags
from extraction.formats.sheet_numbers import BUILT_IN, number_format

T = TypeVar("T")
Font = tuple[Colour, float | None, bool]         # ink, points, struck through

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
_MOST_STYLES = 100_000
_FIRST = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF "
PALETTE = (_FIRST * 2 + (                       # the colours workbooks name by number
    "800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF "
    "000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 "
    "3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333 "
    "000000 FFFFFF")).split()                    # 64 and 65: the window's text and ground
"""Colours by number, as hexadecimal."""
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
_USUAL_THEME = ("FFFFFF", "000000", "E7E6E6", "44546A")


def looks_of(styles: etree._Element | None, theme: etree._Element | None) -> tuple[CellLook, ...]:
    """The look of each cell format by its number; empty when the workbook has no styles."""
    if styles is None:
        return ()
    colours = theme_colours(theme)
    codes = {_index(e, "numFmtId"): e.get("formatCode") or "" for e in styles.iterfind("{*}numFmts/{*}numFmt")}
    fonts = [_font(e, colours) for e in styles.iterfind("{*}fonts/{*}font")]
    fills = [_fill(e, colours) for e in styles.iterfind("{*}fills/{*}fill")]
    return tuple(_looks(styles, codes, fonts, fills))


def _looks(styles: etree._Element, codes: dict[int, str], fonts: Sequence[Font], fills: Sequence[Colour]) -> Iterator[CellLook]:
    for number, xf in enumerate(styles.iterfind("{*}cellXfs/{*}xf")):
        if number >= _MOST_STYLES:
            return
        format_id = _index(xf, "numFmtId")
        ink, points, is_struck = at(fonts, _index(xf, "fontId"), (BLACK, None, False))
        paper = at(fills, _index(xf, "fillId"), WHITE)
        code = codes.get(format_id) or BUILT_IN.get(format_id, "General")
        yield CellLook(number_format(code), look_flags(ink, paper, points, is_struck=is_struck))


def _index(element: etree._Element, name: str) -> int:
    text = element.get(name, "0")
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0


def at(things: Sequence[T], index: int, default: T) -> T:
    """The thing at an index that a file gave; the default where there is none."""
    return things[index] if index < len(things) else default


def _font(font: etree._Element, theme: Sequence[str]) -> Font:
    size, ink = font.find("{*}sz"), font.find("{*}color")
    points = _number(size.get("val")) if size is not None else None
    return _colour(ink, theme) or BLACK, points, is_on(font.find("{*}strike"))


def _fill(fill: etree._Element, theme: Sequence[str]) -> Colour:
    """The ground of a cell. Patterns and gradients have two colours: their front one counts, which is that of a solid fill."""
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        return _colour(fill.find(".//{*}color"), theme) or WHITE
    if pattern.get("patternType", "none") == "none":
        return WHITE
    return _colour(pattern.find("{*}fgColor"), theme) or WHITE


def is_on(element: etree._Element | None) -> bool:
    """A switch that is on by standing there, unless its value says no."""
    return element is not None and element.get("val", "1") not in {"0", "false", "off"}


def _colour(element: etree._Element | None, theme: Sequence[str]) -> Colour | None:
    """The colour an element names directly, by palette or by theme; None for an automatic one."""
    if element is None or element.get("auto") in {"1", "true"}:
        return None
    rgb = element.get("rgb") or ""
    if re.fullmatch(r"[0-9A-Fa-f]{6,8}", rgb):
        base = rgb[-6:]
    elif element.get("theme") is not None:
        base = at(theme, _index(element, "theme"), "808080")
    else:
        base = at(PALETTE, _index(element, "indexed"), "808080") if element.get("indexed") else ""
    return tinted(base, _number(element.get("tint")) or 0.0) if base else None


def tinted(base: str, tint: float) -> Colour:
    """Lighter for a tint above 0, up to white at 1; darker below, down to black at -1."""
    def channel(value: int) -> int:
        return round(value + (255 - value) * min(tint, 1.0)) if tint > 0 else round(value * (1 + max(tint, -1.0)))

    return channel(int(base[0:2], 16)), channel(int(base[2:4], 16)), channel(int(base[4:6], 16))


def _number(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"-?\d{1,9}(\.\d*)?(E-?\d{1,3})?", text) else None


def theme_colours(theme: etree._Element | None) -> list[str]:
    """The colours of the workbook's theme as hexadecimal, in the order in which styles number them."""
    scheme = theme.find(".//{*}clrScheme") if theme is not None else None
    colours = list(_USUAL_THEME)
    if scheme is None:
        return colours
    found = {etree.QName(e).localname: e[0].get("lastClr") or e[0].get("val") or "" for e in scheme if len(e)}
    return [c if re.fullmatch(r"[0-9A-Fa-f]{6}", c := found.get(name, "")) else "808080" for name in _THEME_ORDER]
