"""HTML → one TEXT page as a person would see it: tables laid out in columns two blanks apart, hidden text flagged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree, html

from extraction.formats.encoding import decode_text
from extraction.formats.options import ParseOptions, Portion
from extraction.formats.text_flow import Flow, TableCell, flow_page, table_lines
from models.domain.pages import Parsed, Problem, SourceFormat, Word, WordFlag
from models.errors import InputError

_SILENT = {"script", "style", "head", "title", "template", "noscript", "object", "iframe", "svg", "option"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "ul",
}
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0*)?\s*(?:;|$)|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em)?\s*(?:;|$)"
    r"|text-indent\s*:\s*-\d{3,}|left\s*:\s*-\d{4,}|(?:max-)?height\s*:\s*0(?:px)?\s*(?:;|$)", re.IGNORECASE)
_WHITE = re.compile(
    r"(?:^|[;\s])color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)|transparent\b)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color|-image)?\s*:", re.IGNORECASE)
_DEEPEST = 200
_TOO_DEEP = (Problem("nested_too_deep", f"The HTML is nested over {_DEEPEST} levels deep; what lies deeper was not read.", 0),)


@dataclass(slots=True)
class _Flow(Flow):
    """A flow that knows whether something was left out."""

    is_cut: bool = False               # something was nested too deeply to be walked


def parse_html(content: bytes, options: ParseOptions) -> Portion:
    """One TEXT page. Raises InputError: empty_document, too_many_rows."""
    text, problems = decode_text(content)
    root = _root(text)
    flow = _Flow()
    _walk(root, flow, frozenset(), 0)
    lines = flow.written()
    if len(lines) > options.max_rows:
        raise InputError(f"The HTML has {len(lines)} lines; at most {options.max_rows} are read.", code="too_many_rows")
    page = flow_page(lines)
    problems += _hidden_problem(page.words) + (_TOO_DEEP if flow.is_cut else ())
    return Portion(Parsed(SourceFormat.HTML, (page,), (), problems))


def _root(text: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        return html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as e:
        raise InputError("The HTML is empty or damaged. Ask the sender for another copy.", code="empty_document") from e


def _hidden_problem(words: Iterable[Word]) -> tuple[Problem, ...]:
    unseen = [w.text for w in words if not w.seen]
    if not unseen:
        return ()
    sample = " ".join(unseen)[:80]
    sentence = f"The text holds {len(unseen)} words a person cannot see (“{sample}”); they were not read as values."
    return (Problem("hidden_text", sentence, 0),)


def _walk(element: html.HtmlElement, flow: _Flow, flags: frozenset[WordFlag], depth: int) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or tag in _SILENT:
        return
    if depth > _DEEPEST:
        flow.is_cut = True
        return
    flags = flags | _own_flags(element, tag)
    if tag == "br":
        flow.break_line()
        return
    if tag == "table" and not element.xpath(".//table"):
        flow.add(table_lines([list(_cells(row, flags | _own_flags(row, "tr"), depth)) for row in element.iter("tr")]))
        return
    is_block = tag in _BLOCKS or tag in {"tr", "td", "th", "table"}
    if is_block:
        flow.break_line()
    _content(element, flow, flags, depth)
    if is_block:
        flow.break_line()


def _content(element: html.HtmlElement, flow: _Flow, flags: frozenset[WordFlag], depth: int) -> None:
    flow.write(element.text or "", flags)
    for child in element:
        _walk(child, flow, flags, depth + 1)
        flow.write(child.tail or "", flags)


def _own_flags(element: html.HtmlElement, tag: str) -> set[WordFlag]:
    style = element.get("style") or ""
    flags: set[WordFlag] = set()
    if element.get("hidden") is not None or _UNSEEN.search(style) or (_WHITE.search(style) and not _has_background(element)):
        flags.add(WordFlag.HIDDEN)
    if tag in {"s", "del", "strike"} or "line-through" in style:
        flags.add(WordFlag.STRUCK)
    if tag == "blockquote":
        flags.add(WordFlag.QUOTED)
    return flags


def _has_background(element: html.HtmlElement) -> bool:
    """White text may stand on a coloured cell."""
    return any(
        _BACKGROUND.search(e.get("style") or "") or e.get("bgcolor") or e.get("background")
        for e in (element, *element.iterancestors()))


def _cells(row: html.HtmlElement, flags: frozenset[WordFlag], depth: int) -> Iterator[TableCell]:
    column = 0
    for element in row:
        if element.tag in {"td", "th"}:
            flow = _Flow()
            _content(element, flow, flags | _own_flags(element, "td"), depth + 1)
            span = _span(element)
            yield TableCell(column, span, flow.written())
            column += span


def _span(element: html.HtmlElement) -> int:
    given = element.get("colspan") or "1"
    return min(int(given), 100) if given.isdigit() and given != "0" else 1
