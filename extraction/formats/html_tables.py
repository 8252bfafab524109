"""Tables that an HTML document makes of other elements by its styles ("display: table-cell"). Pure."""

from __future__ import annotations

from lxml import html

from extraction.formats.html_style import Look, StyleSheet

_GROUPS = {"table-row-group", "table-header-group", "table-footer-group"}
_LEAST = 2                     # cells of a row


def styled_tables(root: html.HtmlElement, styles: StyleSheet) -> dict[html.HtmlElement, str]:
    """Element → the tag it stands for: "td", "tr", "tbody" or "table". Only what a table holds and nothing beside it becomes
    one, so that no text is lost."""
    displays = {e: shown for e in root.iter() if isinstance(e.tag, str) and (shown := styles.look(e, Look()).display)}
    rows = {e for e, shown in displays.items() if shown == "table-row" and _is_row(e, displays)}
    groups = {e for e, shown in displays.items() if shown in _GROUPS and _holds(e, rows)}
    tables = {parent for e in rows | groups if (parent := e.getparent()) is not None and parent not in groups}
    roles: dict[html.HtmlElement, str] = {}
    for table in tables:
        if table.tag not in {"table", "tbody", "thead", "tfoot", "tr", "body", "html"} and _holds(table, rows | groups):
            roles[table] = "table"
            inside = [e for child in table for e in ((child, *child) if child in groups else (child,))]
            roles |= {e: "tbody" if e in groups else "tr" for e in inside}
            roles |= {cell: "td" for row in inside if row in rows for cell in row}
    return roles


def _is_row(element: html.HtmlElement, displays: dict[html.HtmlElement, str]) -> bool:
    return len(element) >= _LEAST and all(displays.get(cell) == "table-cell" for cell in element) and not _has_own_text(element)


def _holds(element: html.HtmlElement, parts: set[html.HtmlElement]) -> bool:
    return len(element) > 0 and all(child in parts for child in element) and not _has_own_text(element)


def _has_own_text(element: html.HtmlElement) -> bool:
    return any((text or "").strip() for text in (element.text, *(child.tail for child in element)))
