"""What OpenDocument spreadsheets and texts share: styles with their parents, running text, whether a document is protected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from lxml import etree

from extraction.formats.odf_flat import as_package
from extraction.formats.office_zip import OfficeZip, local_name, open_office
from extraction.formats.sheet_cells import Colour
from models.errors import InputError

STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_MOST_PARENTS = 20
_MOST_BLANKS = 1_000
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "px": 0.75, "pc": 12.0}


@dataclass(frozen=True, slots=True)
class Look:
    """What of a style changes what a person reads; None where the style does not say. Lengths in points."""

    ink: Colour | None = None
    paper: Colour | None = None
    points: float | None = None
    is_struck: bool | None = None
    is_hidden: bool | None = None      # text:display none; a table that is not displayed; a row or column of no size
    parent: str = ""


class Styles:
    """Styles by family and name; each has what its parents say and it does not."""

    def __init__(self) -> None:
        self._looks: dict[tuple[str, str], Look] = {}
        self._known: dict[tuple[str, str], Look] = {}

    def add(self, style: etree._Element) -> None:
        """A `style:style` element."""
        family, name = style.get(f"{STYLE}family") or "", style.get(f"{STYLE}name") or ""
        self._looks[family, name] = _look(style)

    def of(self, family: str, name: str | None) -> Look:
        """The look of a style; nothing is said by one that does not exist."""
        key = family, name or ""
        if key not in self._known:
            self._known[key] = self._resolved(*key)
        return self._known[key]

    def _resolved(self, family: str, name: str) -> Look:
        look, seen = self._looks.get((family, name), Look()), 0
        parent = look.parent
        while parent and seen < _MOST_PARENTS:
            above = self._looks.get((family, parent), Look())
            look = over(above, look)
            parent, seen = above.parent, seen + 1
        return look


def over(below: Look, top: Look) -> Look:
    """The look of `top` where it says something, else that of `below`."""
    return replace(
        top, ink=top.ink or below.ink, paper=top.paper or below.paper, points=below.points if top.points is None else top.points,
        is_struck=below.is_struck if top.is_struck is None else top.is_struck,
        is_hidden=below.is_hidden if top.is_hidden is None else top.is_hidden)


def _look(style: etree._Element) -> Look:
    found: dict[str, str] = {}
    for properties in style:
        found |= {str(k).rpartition("}")[2]: v for k, v in properties.attrib.items()}
    struck = found.get("text-line-through-style") or found.get("text-line-through-type")
    sizes = [points_of(found[k]) for k in ("column-width", "row-height") if k in found]
    is_hidden = found.get("display") in {"none", "false"} or any(size is not None and size < 1.5 for size in sizes)
    return Look(
        colour_of(found.get("color")), colour_of(found.get("background-color")), points_of(found.get("font-size")),
        struck != "none" if struck else None, is_hidden or None, style.get(f"{STYLE}parent-style-name") or "")


def colour_of(text: str | None) -> Colour | None:
    """"#RRGGBB" → a colour; None for "transparent" and anything else."""
    if not text or not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        return None
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def points_of(length: str | None) -> float | None:
    """"2.5cm" → points; None for percentages and anything else."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,9})?)(pt|in|cm|mm|px|pc)", length or "")
    return float(match[1]) * _POINTS[match[2]] if match else None


def text_parts(element: etree._Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The running text of a paragraph with the text styles around each piece; notes and comments are left out."""
    return _parts(element, ())


def _parts(element: etree._Element, styles: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if element.text:
        yield element.text, styles
    for child in element:
        name = local_name(child)
        if name == "s":
            count = child.get(f"{TEXT}c") or "1"
            yield " " * min(int(count) if count.isdecimal() else 1, _MOST_BLANKS), styles
        elif name in {"tab", "line-break"}:
            yield "\t" if name == "tab" else "\n", styles
        elif name not in {"annotation", "note", "frame", "tracked-changes", "change", "custom-shape"}:
            inner = (*styles, child.get(f"{TEXT}style-name") or "") if name == "span" and len(styles) < _MOST_PARENTS else styles
            yield from _parts(child, inner)
        if child.tail:
            yield child.tail, styles


@contextmanager
def open_odf(content: bytes) -> Iterator[OfficeZip]:
    """The document's parts, of one in a single XML file too. Raises InputError as `open_office` does, and encrypted_document when
    the parts are encrypted; no library here opens them."""
    with open_office(content if content.startswith(b"PK") else as_package(content)) as package:
        manifest = package.root("META-INF/manifest.xml")
        if manifest is not None and manifest.find(".//{*}encryption-data") is not None:
            raise InputError(
                "The document is protected by a password, which cannot be opened in this format. Ask for an open copy.",
                code="encrypted_document")
        yield package
