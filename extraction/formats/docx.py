"""DOCX → one TEXT page, headers above and footers below, and a page for each large picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from lxml import etree

from extraction.formats.docx_inserted import inserted_lines
from extraction.formats.docx_styles import Styles, numbering_of
from extraction.formats.docx_text import Writer
from extraction.formats.office_pictures import EMU_PER_INCH, is_large, with_pictures
from extraction.formats.office_zip import OfficeZip, open_office
from extraction.formats.options import ParseOptions, Portion
from extraction.formats.text_flow import FlowLine
from extraction.formats.text_page import text_page
from models.domain.pages import Parsed, Problem, SourceFormat

_COMMENTS = Problem("comments_not_read", "The document carries comments in its margin, which were not read. Look at them.", 0)
_NOT_INSERTED = Problem(
    "part_not_read",
    "A part of the document is a file of another kind, which was not read. Look at the document, or ask for a PDF.", 0)
_MACROS = Problem("macros_ignored", "The document carries macros. They were not run.", 0)


@dataclass(slots=True)
class _Text:
    """Lines from top to bottom, and the parts of the pictures met on the way."""

    lines: list[FlowLine] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_cut: bool = False


def parse_docx(content: bytes, options: ParseOptions) -> Portion:
    """The text as page 0, large pictures behind it.

    Raises InputError: damaged_document, doctype_refused, too_large, too_many_rows, too_many_words, empty_document.
    """
    with open_office(content) as package:
        text = _read(package)
        page, problems = text_page(text.lines, options, is_cut=text.is_cut, may_be_blank=bool(text.pictures))
        parsed = Parsed(SourceFormat.DOCX, (page,), (), (*problems, *text.problems))
        return with_pictures(parsed, [partial(package.bytes_of, part) for part in text.pictures], options)


def docx_picture(content: bytes, page: int) -> bytes:
    """The picture file behind page 1, 2, … of a document. Raises IndexError, and InputError as `parse_docx` does."""
    with open_office(content) as package:
        return package.bytes_of(_read(package).pictures[page - 1])


def _read(package: OfficeZip) -> _Text:
    main = package.main_part("word/document.xml")
    root = package.root(main)
    if root is None:
        raise KeyError(main)
    relations = {r.id: r for r in package.relations(main)}
    parts = {r.kind: r.target for r in relations.values()}
    styles = Styles(package.root(parts.get("styles", "")))
    writer = Writer(styles, numbering_of(package.root(parts.get("numbering", ""))))
    text = _Text()
    heads, feet = ([relations[i].target for i in _references(root, f"{side}Reference") if i in relations]
                   for side in ("header", "footer"))
    notes = [parts[kind] for kind in ("footnotes", "endnotes") if kind in parts]
    for part in dict.fromkeys((*heads, main, *notes, *feet)):
        body = package.root(part)
        if body is None:
            continue
        writer.pictures = []
        targets = {r.id: r.target for r in package.relations(part)}
        writer.inserted = partial(_inserted, package, targets, text)
        for block in _bodies(body):
            text.lines += writer.lines(block)
        text.pictures += [
            targets[i] for i, wide, high in writer.pictures
            if is_large(wide / EMU_PER_INCH, high / EMU_PER_INCH) and targets.get(i) in package.names]
    text.pictures = list(dict.fromkeys(text.pictures))
    text.is_cut = writer.is_cut
    if writer.has_comments:
        text.problems.append(_COMMENTS)
    if any(name.endswith("vbaProject.bin") for name in package.names):
        text.problems.append(_MACROS)
    return text


def _inserted(package: OfficeZip, targets: Mapping[str, str], text: _Text, relation: str) -> list[FlowLine]:
    target = targets.get(relation, "")
    lines = inserted_lines(package.bytes_of(target)) if target in package.names else None
    if lines is None and _NOT_INSERTED not in text.problems:
        text.problems.append(_NOT_INSERTED)
    return lines or []


def _references(root: etree._Element, name: str) -> Iterator[str]:
    """Relation ids of the headers or footers, each once, in the order of the sections."""
    for element in root.iter(f"{{*}}{name}"):
        yield from (str(v) for k, v in element.attrib.items() if str(k).endswith("}id"))


def _bodies(root: etree._Element) -> list[etree._Element]:
    """What holds the blocks of a part: the body, each note but the lines drawn between them, or the part itself."""
    body = root.find("{*}body")
    if body is not None:
        return [body]
    notes = [*root.iterfind("{*}footnote"), *root.iterfind("{*}endnote")]
    drawn = {"separator", "continuationSeparator", "continuationNotice"}
    kept = [n for n in notes if not any(str(k).endswith("}type") and v in drawn for k, v in n.attrib.items())]
    return kept if notes else [root]
