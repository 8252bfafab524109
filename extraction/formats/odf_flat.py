"""OpenDocument in one XML file (.fods, .fodt; OpenDocument 1.3, part 3, 3.1.2) → the package it would be, read like any."""

from __future__ import annotations

import base64
import binascii
import zipfile
from io import BytesIO

from lxml import etree

from extraction.formats.office_zip import parse_xml

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"


def as_package(content: bytes) -> bytes:
    """A ZIP whose content and styles are the document, its pictures files beside it. Raises InputError: doctype_refused,
    damaged_document."""
    root = parse_xml(content, "The document")
    pictures: dict[str, bytes] = {}
    for data in root.iter(f"{_OFFICE}binary-data"):
        if (image := data.getparent()) is not None and (picture := _decoded(data.text or "")):
            name = f"Pictures/{len(pictures)}"
            pictures[name] = picture
            image.set(_HREF, name)
            data.text = None
    body = etree.tostring(root, encoding="UTF-8") if pictures else content
    package = BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name, part in {"content.xml": body, "styles.xml": body, **pictures}.items():
            archive.writestr(name, part)
    return package.getvalue()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return b""
