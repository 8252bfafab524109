"""ODT → one TEXT page, headers above and footers below, and a page for each large picture."""

from __future__ import annotations

from functools import partial

from lxml import etree

from extraction.formats.odf import OFFICE, STYLE, Styles, open_odf
from extraction.formats.odt_text import Writer, deletions, list_levels
from extraction.formats.office_pictures import is_large, with_pictures
from extraction.formats.office_zip import OfficeZip, local_name
from extraction.formats.options import ParseOptions, Portion
from extraction.formats.text_flow import FlowLine
from extraction.formats.text_page import text_page
from models.domain.pages import Parsed, Problem, SourceFormat

_COMMENTS = Problem("comments_not_read", "The document carries comments in its margin, which were not read. Look at them.", 0)


def parse_odt(content: bytes, options: ParseOptions) -> Portion:
    """The text as page 0, large pictures behind it.

    Raises InputError: damaged_document, encrypted_document, doctype_refused, too_large, too_many_rows, too_many_words,
    empty_document.
    """
    with open_odf(content) as package:
        lines, writer = _read(package)
        pictures = _pictures(package, writer)
        page, problems = text_page(lines, options, is_cut=writer.is_cut, may_be_blank=bool(pictures))
        parsed = Parsed(SourceFormat.ODT, (page,), (), problems + ((_COMMENTS,) if writer.has_comments else ()))
        return with_pictures(parsed, [partial(package.bytes_of, part) for part in pictures], options)


def odt_picture(content: bytes, page: int) -> bytes:
    """The picture file behind page 1, 2, … of a document. Raises IndexError, and InputError as `parse_odt` does."""
    with open_odf(content) as package:
        return package.bytes_of(_pictures(package, _read(package)[1])[page - 1])


def _pictures(package: OfficeZip, writer: Writer) -> list[str]:
    return list(dict.fromkeys(p for p, wide, high in writer.pictures if p in package.names and is_large(wide, high)))


def _read(package: OfficeZip) -> tuple[list[FlowLine], Writer]:
    content, usual = package.root("content.xml"), package.root("styles.xml")
    if content is None:
        raise KeyError("content.xml")
    styles = Styles()
    for root in (usual, content):
        for style in root.iter(f"{STYLE}style", f"{STYLE}default-style") if root is not None else ():
            styles.add(style)
    lists = {key: level for root in (usual, content) if root is not None for key, level in list_levels(root)}
    writer = Writer(styles, lists, deletions(content))
    body = content.find(f"{OFFICE}body/{OFFICE}text")
    parts = [*_margins(usual, "header"), *([body] if body is not None else []), *_margins(usual, "footer")]
    return [line for part in parts for line in writer.lines(part)], writer


def _margins(styles: etree._Element | None, side: str) -> list[etree._Element]:
    """The headers or footers of the master pages, each text once."""
    found: dict[str, etree._Element] = {}
    for page in styles.iter(f"{STYLE}master-page") if styles is not None else ():
        for part in page:
            if local_name(part).startswith(side) and part.get(f"{STYLE}display") != "false":
                found.setdefault("".join(str(text) for text in part.itertext()).strip(), part)
    return list(found.values())
