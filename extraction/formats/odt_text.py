"""The text of an ODT document as a person reads it: paragraphs, lists, tables in tables, text boxes, tracked changes.

OpenDocument 1.3, part 3, 5 and 6. Deleted text is STRUCK; hidden text and text in the colour of its ground is HIDDEN.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from extraction.formats.docx_styles import written_number
from extraction.formats.odf import OFFICE, STYLE, TABLE, TEXT, Look, Styles, over, points_of
from extraction.formats.office_zip import local_name
from extraction.formats.sheet_cells import Colour, look_flags
from extraction.formats.sheet_xlsx_styles import BLACK, WHITE
from extraction.formats.text_flow import Flow, FlowLine, TableCell, table_lines
from models.domain.pages import WordFlag

Flags = frozenset[WordFlag]

_DEEPEST = 40
_XLINK = "{http://www.w3.org/1999/xlink}href"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_HIDDEN = frozenset({WordFlag.HIDDEN})
_STRUCK = frozenset({WordFlag.STRUCK})
_GROUPS = {"section", "index-body", "table-of-content", "alphabetical-index", "user-index", "g", "numbered-paragraph"}
_ROW_GROUPS = {"table-header-rows", "table-rows", "table-row-group"}


@dataclass(frozen=True, slots=True)
class ListLevel:
    """How items of one level of a list are marked; `form` "" for a bullet."""

    form: str
    prefix: str = ""
    suffix: str = "."
    start: int = 1


@dataclass(slots=True)
class Writer:
    """Walks a part of the document. `pictures` are the parts of the pictures met, with width and height in inches."""

    styles: Styles
    lists: Mapping[tuple[str, int], ListLevel] = field(default_factory=dict)
    deleted: Mapping[str, etree._Element] = field(default_factory=dict)       # by the id of the change
    pictures: list[tuple[str, float, float]] = field(default_factory=list)
    is_cut: bool = False
    has_comments: bool = False

    def lines(self, root: etree._Element) -> list[FlowLine]:
        """The lines of a body, a header or a footer."""
        flow = Flow()
        self._blocks(root, flow, frozenset(), Look(), 0)
        return flow.written()

    def _blocks(self, parent: etree._Element, flow: Flow, flags: Flags, ground: Look, depth: int) -> None:
        if depth > _DEEPEST:
            self.is_cut = True
            return
        for element in parent:
            name = local_name(element)
            if name in {"p", "h"}:
                self._paragraph(element, flow, flags, ground, depth)
            elif name == "list":
                self._list(element, flow, flags, ground, (depth, 1, ""))
            elif name == "table":
                flow.add(table_lines(list(self._rows(element, flags, depth))))
            elif name in _GROUPS:
                unseen = _HIDDEN if element.get(f"{TEXT}display") == "none" else frozenset()
                self._blocks(element, flow, flags | unseen, ground, depth + 1)
            elif name == "change":
                self._deletion(element, flow, flags)
            elif name in {"frame", "custom-shape"}:
                self._frame(element, flow, flags, depth)

    def _list(self, element: etree._Element, flow: Flow, flags: Flags, ground: Look, at: tuple[int, int, str]) -> None:
        """`at`: how deep in the document, which level of the list (from 1), the style of the list around it."""
        depth, level, above = at
        style = element.get(f"{TEXT}style-name") or above
        marks = self.lists.get((style, level), ListLevel(""))
        number = marks.start - 1
        for item in element:
            if local_name(item) not in {"list-item", "list-header"}:
                continue
            label = ""
            if local_name(item) == "list-item":
                number += 1
                label = f"{marks.prefix}{written_number(number, marks.form)}{marks.suffix}" if marks.form else "•"
            for part in item:
                if local_name(part) == "list" and depth < _DEEPEST:
                    self._list(part, flow, flags, ground, (depth + 1, level + 1, style))
                elif local_name(part) in {"p", "h"}:
                    self._paragraph(part, flow, flags, ground, depth, label)
                    label = ""

    def _rows(self, table: etree._Element, flags: Flags, depth: int) -> Iterator[list[TableCell]]:
        for row in _table_rows(table):
            column, cells = 0, []
            for cell in row:
                count = _number(cell, "number-columns-repeated")
                inside = Flow()
                if local_name(cell) == "table-cell":
                    self._blocks(cell, inside, flags, self.styles.of("table-cell", cell.get(f"{TABLE}style-name")), depth + 1)
                if local_name(cell) in {"table-cell", "covered-table-cell"}:
                    cells.append(TableCell(column, _number(cell, "number-columns-spanned"), inside.written()))
                    column += count
            yield cells

    def _paragraph(
        self, element: etree._Element, flow: Flow, flags: Flags, ground: Look, depth: int, label: str = "",
    ) -> None:
        flow.break_line()
        look = over(Look(paper=ground.paper), self.styles.of("paragraph", element.get(f"{TEXT}style-name")))
        if label:
            flow.write(label + " ", flags)
        boxes: list[etree._Element] = []
        self._inline(element, flow, flags, look, boxes)
        flow.break_line()
        for box in boxes:
            self._frame(box, flow, flags, depth + 1)

    def _inline(self, element: etree._Element, flow: Flow, flags: Flags, look: Look, boxes: list[etree._Element]) -> None:
        shown = flags | _flags(look)
        flow.write(element.text or "", shown)
        for child in element:
            name = local_name(child)
            if name == "tab":
                flow.tab()
            elif name == "line-break":
                flow.break_line()
            elif name == "s":
                flow.write(" ", shown)
            elif name in {"frame", "custom-shape"}:
                boxes.append(child)
            elif name == "annotation":
                self.has_comments = True
            elif name == "change":
                self._deletion(child, flow, flags)
            elif name in {"hidden-text", "hidden-paragraph"}:
                flow.write(child.text or "", shown | _HIDDEN)
            elif name == "span":
                self._inline(child, flow, flags, over(look, self.styles.of("text", child.get(f"{TEXT}style-name"))), boxes)
            elif name not in {"annotation-end", "soft-page-break"}:
                self._inline(child, flow, flags, look, boxes)
            flow.write(child.tail or "", shown)

    def _deletion(self, mark: etree._Element, flow: Flow, flags: Flags) -> None:
        """Deleted text is kept apart; a mark says where it stood."""
        removed = self.deleted.get(mark.get(f"{TEXT}change-id") or "")
        for paragraph in removed if removed is not None else ():
            self._inline(paragraph, flow, flags | _STRUCK, Look(), [])

    def _frame(self, frame: etree._Element, flow: Flow, flags: Flags, depth: int) -> None:
        if depth > _DEEPEST:
            self.is_cut = True
            return
        wide, high = ((points_of(frame.get(f"{_SVG}{side}")) or 0.0) / 72 for side in ("width", "height"))
        texts = [e for e in frame if local_name(e) == "text-box"]
        if local_name(frame) == "custom-shape":
            texts = [frame]
        for text in texts:
            self._blocks(text, flow, flags, Look(), depth + 1)
        if not texts:
            images = [e.get(_XLINK) or "" for e in frame if local_name(e) == "image"]
            self.pictures += [(part.removeprefix("./"), wide, high) for part in images[:1]]


def _flags(look: Look) -> Flags:
    ink: Colour = look.ink or BLACK
    flags = look_flags(ink, look.paper or WHITE, look.points, is_struck=bool(look.is_struck))
    return flags | _HIDDEN if look.is_hidden else flags


def _table_rows(table: etree._Element) -> Iterator[etree._Element]:
    for element in table:
        if local_name(element) == "table-row":
            yield element
        elif local_name(element) in _ROW_GROUPS:
            yield from _table_rows(element)


def _number(element: etree._Element, name: str) -> int:
    text = element.get(f"{TABLE}{name}") or "1"
    return min(int(text), 100) if re.fullmatch(r"[1-9]\d{0,5}", text) else 1


def list_levels(root: etree._Element) -> Iterator[tuple[tuple[str, int], ListLevel]]:
    """The list styles of a part: (name, level from 1) and how its items are marked."""
    for style in root.iter(f"{TEXT}list-style"):
        name = style.get(f"{STYLE}name") or ""
        for level in style:
            depth, form = level.get(f"{TEXT}level") or "", level.get(f"{STYLE}num-format") or ""
            if depth.isdecimal():
                start = level.get(f"{TEXT}start-value") or "1"
                known = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
                yield (name, int(depth)), ListLevel(
                    known.get(form, ""), level.get(f"{STYLE}num-prefix") or "", level.get(f"{STYLE}num-suffix") or "",
                    int(start) if start.isdecimal() else 1)


def deletions(root: etree._Element) -> dict[str, etree._Element]:
    """The deleted paragraphs of each tracked change."""
    found = {}
    for region in root.iter(f"{TEXT}changed-region"):
        removed = region.find(f"{TEXT}deletion")
        if removed is not None:
            for info in removed.findall(f"{OFFICE}change-info"):
                removed.remove(info)
            found[region.get(f"{TEXT}id") or next((v for k, v in region.attrib.items() if str(k).endswith("}id")), "")] = removed
    return found
