"""HTML → one TEXT page as a person would see it: tables laid out in columns two blanks apart, hidden text flagged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree, html

from extraction.formats.encoding import decode_text
from extraction.formats.html_style import Look, StyleSheet
from extraction.formats.html_tables import styled_tables
from extraction.formats.options import ParseOptions, Portion
from extraction.formats.text_flow import Flow, FlowLine, Piece, TableCell, line_end, table_lines
from extraction.formats.text_page import text_page
from models.domain.pages import Parsed, SourceFormat, WordFlag
from models.errors import InputError

_SILENT = {"script", "style", "head", "title", "template", "noscript", "object", "iframe", "svg", "datalist", "option"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th",
    "tr", "ul",
}
_BLOCK_DISPLAYS = {"block", "flex", "grid", "list-item", "table", "table-row", "flow-root"}
_APART = {"inline-block", "inline-flex", "table-cell"}          # on the line of their neighbours, but words of their own
_ROW_GROUPS = {"tbody", "thead", "tfoot"}
_SHOWN_INPUTS = {"", "text", "number", "date", "email", "tel", "search", "url", "submit", "button"}
_ALONE = re.compile(r"(?<!\S)[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]+(?!\S)")
_DEEPEST = 200
_MOST_SPAN = 100
_TAB = 8


@dataclass(slots=True)
class _Flow(Flow):
    """A flow that keeps blanks where they are kept."""

    kept_column: int = 0               # where preformatted text goes on

    def write_kept(self, text: str, flags: frozenset[WordFlag]) -> None:
        """Preformatted text: every line break and every column as it is."""
        for n, line in enumerate(text.split("\n")):
            if n:
                self.break_line()
                self.kept_column = 0
            line = line.expandtabs(_TAB)
            for token in re.finditer(r"\S+", line):
                self._keep(self.kept_column + token.start(), token[0], flags)
            self.kept_column += len(line)

    def _keep(self, column: int, text: str, flags: frozenset[WordFlag]) -> None:
        """A word at its column, or more of the one that ends there."""
        line = self.lines[-1]
        if line and column == line[-1].column + len(line[-1].text) and line[-1].flags == flags:
            line[-1] = replace(line[-1], text=line[-1].text + text)
        else:
            line.append(Piece(column, text, flags))


@dataclass(slots=True)
class _Reader:
    """One document being walked."""

    styles: StyleSheet
    is_cut: bool = False
    numbers: dict[html.HtmlElement, int] = field(default_factory=dict)     # of the last item of each numbered list
    outer_tables: set[html.HtmlElement] = field(default_factory=set)       # those with tables in them
    roles: Mapping[html.HtmlElement, str] = field(default_factory=dict)    # tags that styles lend: see `styled_tables`

    def walk(self, element: html.HtmlElement, flow: _Flow, above: Look, flags: frozenset[WordFlag], depth: int) -> None:
        tag = self._tag(element)
        if not tag or tag in _SILENT:
            return
        if depth > _DEEPEST:
            self.is_cut = True
            return
        look = self.styles.look(element, above)
        flags = _flags(look, tag, flags)
        if tag == "br":
            flow.break_line()
            return
        if tag == "table" and self._is_data(element):
            flow.add(self._table(element, look, flags, depth))
            return
        is_block = tag in _BLOCKS or look.display in _BLOCK_DISPLAYS
        if is_block:
            flow.break_line()
            flow.kept_column = 0
        elif look.display in _APART:
            flow.write(" ", flags)
        self._inside(element, tag, flow, look, flags, depth)
        if is_block:
            flow.break_line()
        elif look.display in _APART:
            flow.write(" ", flags)

    def _tag(self, element: html.HtmlElement) -> str:
        return self.roles.get(element) or (element.tag if isinstance(element.tag, str) else "")

    def _inside(
        self, element: html.HtmlElement, tag: str, flow: _Flow, look: Look, flags: frozenset[WordFlag], depth: int
    ) -> None:
        if tag == "select":
            chosen = element.xpath(".//option[@selected]") or element.xpath(".//option")[:1]
            flow.write(f" {' '.join(option.text_content() for option in chosen)} ", flags)
        elif tag == "input":
            flow.write(f" {_input_value(element)} ", flags)
        else:
            if tag == "li" and (number := self._list_number(element)):
                flow.write(f"{number} ", flags)
            self.content(element, flow, look, flags, depth, is_kept=tag in ("pre", "textarea"))

    def content(
        self, element: html.HtmlElement, flow: _Flow, look: Look, flags: frozenset[WordFlag], depth: int, *, is_kept: bool = False
    ) -> None:
        """The text of an element and what is in it."""
        kept = replace(look, is_kept=True) if is_kept and not look.is_kept else look
        if kept.is_kept and flow.lines[-1]:
            flow.kept_column = max(flow.kept_column, line_end(flow.lines[-1]) + (kept is not look))
        write = flow.write_kept if kept.is_kept else flow.write
        write(_shown(element.text), flags)
        for child in element:
            self.walk(child, flow, kept, flags, depth + 1)
            write(_shown(child.tail), flags)

    def _list_number(self, item: html.HtmlElement) -> str | None:
        """The number in front of an item of a numbered list, as it is shown; letters for lists of letters."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol":
            return None
        number = _integer(item.get("value"), self.numbers.get(parent, _integer(parent.get("start"), 1) - 1) + 1)
        self.numbers[parent] = number
        kind = parent.get("type") or "1"
        return f"{chr(ord(kind) + number - 1)}." if kind in ("a", "A") and 1 <= number <= 26 else f"{number}."

    def _is_data(self, table: html.HtmlElement) -> bool:
        """True for a table whose rows mean something: without tables in it, or with three full rows of three cells."""
        if table not in self.outer_tables:
            return True
        full = [row for row in self._rows(table) if sum(bool(cell.text_content().strip()) for cell in self._cells(row)) >= 3]
        return len(full) >= 3

    def _table(self, table: html.HtmlElement, look: Look, flags: frozenset[WordFlag], depth: int) -> Iterator[FlowLine]:
        laid_out: list[list[TableCell]] = []
        below: dict[int, int] = {}                 # rows that a cell from above still fills, by column
        for row in self._rows(table):
            row_look = self.styles.look(row, look)
            row_flags = _flags(row_look, "tr", flags)
            cells, column = [], 0
            for element in self._cells(row):
                while below.get(column, 0) > 0:
                    column += 1
                flow = _Flow()
                cell_look = self.styles.look(element, row_look)
                self.content(element, flow, cell_look, _flags(cell_look, "td", row_flags), depth + 1)
                span, rows = _span(element, "colspan"), _span(element, "rowspan")
                cells.append(TableCell(column, span, flow.written()))
                for covered in range(column, column + span):
                    below[covered] = max(below.get(covered, 0), rows)
                column += span
            below = {c: left - 1 for c, left in below.items() if left > 1}
            laid_out.append(cells)
        return table_lines(laid_out)

    def _rows(self, table: html.HtmlElement) -> Iterator[html.HtmlElement]:
        """The rows of a table itself, not of tables in it."""
        for child in table:
            if self._tag(child) == "tr":
                yield child
            elif self._tag(child) in _ROW_GROUPS:
                yield from (row for row in child if self._tag(row) == "tr")

    def _cells(self, row: html.HtmlElement) -> list[html.HtmlElement]:
        return [cell for cell in row if self._tag(cell) in ("td", "th")]


def parse_html(content: bytes, options: ParseOptions) -> Portion:
    """One TEXT page. Raises InputError: empty_document, too_many_rows, too_many_words."""
    text, problems = decode_text(content)
    lines, is_cut = html_lines(text)
    page, noticed = text_page(lines, options, is_cut=is_cut, may_be_blank=True)
    return Portion(Parsed(SourceFormat.HTML, (page,), (), problems + noticed))


def html_lines(text: str) -> tuple[list[FlowLine], bool]:
    """The lines of a document, and whether something was nested too deeply to be read. Raises InputError empty_document."""
    root = _root(text)
    styles = StyleSheet.of(root)
    reader = _Reader(styles, roles=styled_tables(root, styles) if "table-cell" in text else {})
    for table in root.iter("table"):
        outer = next(table.iterancestors("table"), None)
        if outer is not None:
            reader.outer_tables.add(outer)
    flow = _Flow()
    reader.walk(root, flow, Look(), frozenset(), 0)
    return flow.written(), reader.is_cut


def _root(text: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        return html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as e:
        raise InputError("The HTML is empty or damaged. Ask the sender for another copy.", code="empty_document") from e


def _flags(look: Look, tag: str, above: frozenset[WordFlag]) -> frozenset[WordFlag]:
    flags = above - {WordFlag.HIDDEN}
    if look.is_hidden:
        flags |= {WordFlag.HIDDEN}
    if look.is_struck or tag in {"s", "del", "strike"}:
        flags |= {WordFlag.STRUCK}
    if tag == "blockquote":
        flags |= {WordFlag.QUOTED}
    return frozenset(flags)


def _shown(text: str | None) -> str:
    """The text without signs of no width that stand alone: newsletters fill the preview of a mail with them."""
    return _ALONE.sub(" ", text) if text else ""


def _span(element: html.HtmlElement, name: str) -> int:
    given = (element.get(name) or "1").strip()
    return min(int(given), _MOST_SPAN) if given.isascii() and given.isdigit() and given.strip("0") and len(given) < 9 else 1


def _input_value(element: html.HtmlElement) -> str:
    """What a form field shows."""
    kind = (element.get("type") or "").lower()
    if kind in ("checkbox", "radio"):
        return "☒" if element.get("checked") is not None else "☐"
    return element.get("value") or "" if kind in _SHOWN_INPUTS else ""


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text.strip()) else otherwise
