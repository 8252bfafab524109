"""What floats over the cells of a sheet: text boxes and pictures. ECMA-376 Part 1, 20.5 (SpreadsheetDrawing)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from extraction.formats.office_pictures import EMU_PER_INCH, is_large
from extraction.formats.office_zip import OfficeZip, local_name

_ANCHORS = {"twoCellAnchor", "oneCellAnchor", "absoluteAnchor"}
_DEEPEST = 20                 # groups in groups


@dataclass(frozen=True, slots=True)
class Drawings:
    """The lines of the text boxes and the parts of the large pictures, from the top of the sheet down."""

    lines: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


def drawings_of(package: OfficeZip, sheet: str) -> Drawings:
    """The drawings that the part `sheet` leads to; what is marked hidden is left out. Raises InputError as `OfficeZip` does."""
    lines: list[str] = []
    pictures: list[str] = []
    for relation in package.relations(sheet):
        root = package.root(relation.target) if relation.kind == "drawing" else None
        if root is None:
            continue
        targets = {r.id: r.target for r in package.relations(relation.target)}
        for anchor in sorted((e for e in root if local_name(e) in _ANCHORS), key=_place):
            for shape in _shapes(anchor, 0):
                lines += _lines(shape)
                pictures += (targets[i] for i in _large_pictures(shape, anchor) if targets.get(i) in package.names)
    return Drawings(tuple(lines), tuple(dict.fromkeys(pictures)))


def _place(anchor: etree._Element) -> tuple[int, int]:
    found = (anchor.findtext(f"{{*}}from/{{*}}{name}") or "" for name in ("row", "col"))
    row, column = (int(text) if text.isdecimal() else 0 for text in found)
    return row, column


def _shapes(parent: etree._Element, depth: int) -> Iterator[etree._Element]:
    """The shapes and pictures that are shown, those of groups too; of alternatives the first."""
    for child in parent:
        name = local_name(child)
        if name in {"grpSp", "AlternateContent", "Choice"} and depth < _DEEPEST:
            yield from _shapes(child, depth + 1)
        elif name in {"sp", "pic"} and not any(e.get("hidden") in {"1", "true"} for e in child.iterfind("*/{*}cNvPr")):
            yield child


def _lines(shape: etree._Element) -> Iterator[str]:
    for paragraph in shape.iterfind("{*}txBody/{*}p"):
        text = "".join("\n" if local_name(e) == "br" else e.text or "" for e in paragraph.iter("{*}t", "{*}br"))
        yield from (line for line in text.split("\n") if line.strip())


def _large_pictures(shape: etree._Element, anchor: etree._Element) -> Iterator[str]:
    """The relation ids of the pictures that may hold part of the order."""
    own = shape.find("{*}spPr/{*}xfrm/{*}ext")
    size = anchor.find("{*}ext") if own is None else own
    wide, high = (_emu(size, name) / EMU_PER_INCH for name in ("cx", "cy"))
    if is_large(wide, high):
        for blip in shape.iterfind("{*}blipFill/{*}blip"):
            yield from (str(v) for k, v in blip.attrib.items() if str(k).endswith("}embed"))


def _emu(size: etree._Element | None, name: str) -> int:
    text = size.get(name) or "" if size is not None else ""
    return int(text) if text.isdecimal() and len(text) < 13 else 0
