"""The text of a DOCX document as a person reads it: paragraphs, lists, tables in tables, text boxes, tracked changes.

Text that was inserted is read, deleted text is STRUCK; hidden text and text in the colour of its ground is HIDDEN.
ECMA-376 Part 1, 17.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from extraction.formats.docx_styles import ListPlace, Numbering, RunLook, Styles, over, run_look, shading, value_of
from extraction.formats.office_zip import local_name
from extraction.formats.sheet_cells import Colour
from extraction.formats.text_flow import Flow, FlowLine, TableCell, table_lines
from models.domain.pages import WordFlag

Flags = frozenset[WordFlag]

_DEEPEST = 40                 # tables in tables, text boxes in text boxes
_WRAPPERS = {
    "sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo", "AlternateContent",
}
_DELETIONS = {"del", "moveFrom"}
_STRUCK = frozenset({WordFlag.STRUCK})
_NONE: Flags = frozenset()


@dataclass(slots=True)
class Writer:
    """Walks a part of the document. `pictures` are the relation ids of the pictures met, with their size in EMU; `inserted`
    gives the lines of a document of another kind that stands in this one, by its relation id.
    """

    styles: Styles
    numbering: Numbering
    inserted: Callable[[str], list[FlowLine]] = lambda _: []
    pictures: list[tuple[str, int, int]] = field(default_factory=list)
    is_cut: bool = False       # something was nested too deeply to be read
    has_comments: bool = False

    def lines(self, root: etree._Element) -> list[FlowLine]:
        """The lines of a body, a header or a footer."""
        flow = Flow()
        self._blocks(root, flow, _NONE, None, 0)
        return flow.written()

    def _blocks(self, parent: etree._Element, flow: Flow, flags: Flags, ground: Colour | None, depth: int) -> None:
        if depth > _DEEPEST:
            self.is_cut = True
            return
        for element, more in _children(parent, flags):
            name = local_name(element)
            if name == "p":
                self._paragraph(element, flow, more, ground, depth)
            elif name == "tbl":
                flow.add(table_lines(list(self._rows(element, more, depth))))
            elif name == "altChunk":
                flow.add(self.inserted(next((str(v) for k, v in element.attrib.items() if str(k).endswith("}id")), "")))

    def _rows(self, table: etree._Element, flags: Flags, depth: int) -> Iterator[list[TableCell]]:
        for row, more in _children(table, flags):
            if local_name(row) != "tr":
                continue
            properties = row.find("{*}trPr")
            if properties is not None and properties.find("{*}del") is not None:
                more = more | _STRUCK
            if properties is not None and properties.find("{*}hidden") is not None:
                more = more | {WordFlag.HIDDEN}
            column = _count(properties, "gridBefore", 0)
            cells = []
            for cell, inner in _children(row, more):
                if local_name(cell) != "tc":
                    continue
                layout = cell.find("{*}tcPr")
                span = _count(layout, "gridSpan", 1)
                merge = layout.find("{*}vMerge") if layout is not None else None
                inside = Flow()
                if merge is None or value_of(merge) == "restart":
                    self._blocks(cell, inside, inner, shading(layout), depth + 1)
                cells.append(TableCell(column, span, inside.written()))
                column += span
            yield cells

    def _paragraph(self, element: etree._Element, flow: Flow, flags: Flags, ground: Colour | None, depth: int) -> None:
        flow.break_line()
        properties = element.find("{*}pPr")
        style = value_of(properties.find("{*}pStyle")) if properties is not None else ""
        usual = over(RunLook(paper=ground), over(RunLook(paper=shading(properties)), self.styles.paragraph(style)))
        place = self._list_place(properties, style)
        if place is not None and (label := self.numbering.label(place)):
            flow.write(label + " ", flags)
        stops = _tab_stops(properties)
        boxes: list[etree._Element] = []
        for run, more in _runs(element, flags):
            self._run(run, flow, more, usual, stops, boxes)
        flow.break_line()
        for box in boxes:
            self._blocks(box, flow, flags, None, depth + 1)
            flow.break_line()

    def _list_place(self, properties: etree._Element | None, style: str) -> ListPlace | None:
        own = properties.find("{*}numPr") if properties is not None else None
        found = own if own is not None else self.styles.list_of(style)
        if found is None:
            return None
        level = value_of(found.find("{*}ilvl")) or "0"
        number = value_of(found.find("{*}numId"))
        return ListPlace(number, int(level) if level.isdecimal() else 0) if number and number != "0" else None

    def _run(self, run: etree._Element, flow: Flow, flags: Flags, usual: RunLook, stops: list[int],
             boxes: list[etree._Element]) -> None:
        properties = run.find("{*}rPr")
        style = value_of(properties.find("{*}rStyle")) if properties is not None else ""
        look = over(over(usual, self.styles.look(style)) if style else usual, run_look(properties))
        flags = flags | look.flags()
        for element in run:
            name = local_name(element)
            if name in {"t", "delText"}:
                flow.write(element.text or "", flags | _STRUCK if name == "delText" else flags)
            elif name in {"tab", "ptab"}:
                flow.tab(stops)
            elif name in {"br", "cr"}:
                flow.break_line()
            elif name == "noBreakHyphen":
                flow.write("-", flags)
            elif name == "commentReference":
                self.has_comments = True
            elif name in {"drawing", "pict", "object", "AlternateContent"}:
                self._graphic(_chosen(element), boxes)

    def _graphic(self, element: etree._Element, boxes: list[etree._Element]) -> None:
        """Text boxes are read after their paragraph; of pictures only what leads to them is kept."""
        found = list(_outer_boxes(element))
        boxes += found
        if found:
            return
        wide, high = next(((_size(e, "cx"), _size(e, "cy")) for e in element.iter("{*}extent")), (0, 0))
        for part in element.iter("{*}blip", "{*}imagedata"):
            relation = next((v for k, v in part.attrib.items() if str(k).endswith(("}embed", "}id"))), "")
            if relation:
                self.pictures.append((relation, wide, high))


def _children(parent: etree._Element, flags: Flags) -> Iterator[tuple[etree._Element, Flags]]:
    """Blocks, rows or cells, with the flags of the tracked changes around them; wrappers are looked into."""
    for child in parent:
        name = local_name(child)
        if name in _DELETIONS:
            yield from _children(child, flags | _STRUCK)
        elif name in _WRAPPERS:
            yield from _children(_chosen(child), flags)
        else:
            yield child, flags


def _runs(paragraph: etree._Element, flags: Flags) -> Iterator[tuple[etree._Element, Flags]]:
    return ((element, more) for element, more in _children(paragraph, flags) if local_name(element) == "r")


def _chosen(element: etree._Element) -> etree._Element:
    """Of alternatives that say the same the first one; other elements as they are."""
    return element[0] if local_name(element) == "AlternateContent" and len(element) else element


def _outer_boxes(element: etree._Element) -> Iterator[etree._Element]:
    """Text boxes, but not those inside them, which are found when they are read."""
    for child in _chosen(element):
        if local_name(child) == "txbxContent":
            yield child
        else:
            yield from _outer_boxes(child)


def _size(element: etree._Element, name: str) -> int:
    text = element.get(name) or ""
    return int(text) if re.fullmatch(r"\d{1,12}", text) else 0


def _count(properties: etree._Element | None, name: str, usual: int) -> int:
    text = value_of(properties.find(f"{{*}}{name}")) if properties is not None else ""
    return min(int(text), 100) if re.fullmatch(r"[1-9]\d{0,5}", text) else usual


def _tab_stops(properties: etree._Element | None) -> list[int]:
    """The paragraph's own tab stops in twips, ascending."""
    found = properties.iterfind("{*}tabs/{*}tab") if properties is not None else ()
    texts = (next((v for k, v in e.attrib.items() if str(k).endswith("}pos")), "") for e in found if value_of(e) != "clear")
    return sorted(int(t) for t in texts if re.fullmatch(r"\d{1,5}", t))
