"""What floats over the cells of an OpenDocument sheet: text boxes and pictures (OpenDocument 1.3, part 3, 10)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from extraction.formats.odf import TEXT, points_of, text_parts
from extraction.formats.office_pictures import is_large
from extraction.formats.office_zip import local_name

SHAPES = ("frame", "custom-shape")
"""Local names of the elements that are drawn by themselves."""

_HREF = "{http://www.w3.org/1999/xlink}href"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"


def lines_of(shape: etree._Element) -> Iterator[str]:
    """The lines of its text."""
    for paragraph in shape.iter(f"{TEXT}p", f"{TEXT}h"):
        text = "".join(part for part, _ in text_parts(paragraph))
        yield from (line for line in text.split("\n") if line.strip())


def large_pictures(shape: etree._Element) -> Iterator[str]:
    """The part of its picture, if that may hold part of the order; the picture of a chart or another object is none."""
    kinds = {local_name(child) for child in shape}
    wide, high = ((points_of(shape.get(f"{_SVG}{side}")) or 0.0) / 72 for side in ("width", "height"))
    if not kinds & {"object", "object-ole", "text-box"} and is_large(wide, high):
        images = (child.get(_HREF) or "" for child in shape if local_name(child) == "image")
        yield from (part.removeprefix("./") for part in list(images)[:1])
