"""HTML as a person sees it: whatever styles hide is known, tables of goods stay tables, lists and forms keep what they show."""

from __future__ import annotations

import time

import pytest

from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from models.domain.pages import Parsed, WordFlag


def parsed(body: str, style: str = "") -> Parsed:
    head = f"<head><style>{style}</style></head>" if style else ""
    return parse_document(f"<html>{head}<body>{body}</body></html>".encode(), ParseOptions(is_body=True)).parsed


def shown(body: str, style: str = "") -> list[str]:
    lines: dict[float, str] = {}
    for word in parsed(body, style).pages[0].words:
        if word.seen:
            lines[word.box[1]] = lines.get(word.box[1], "").ljust(int(word.box[0])) + word.text
    return list(lines.values())


HIDING = [
    ".x{display:none}", "#x{display:none}", "p.x{visibility:hidden}", ".a .x{opacity:0}", "div > p.x{opacity:.01}",
    ".x{font-size:0}", ".x{font-size:1px}", ".x{color:#fff}", ".x{color:rgb(250,250,250)}", ".x{color:transparent}",
    ".x{background:#123456;color:#123456}", ".x{background-color:black}", ".x{position:absolute;left:-9999px}",
    ".x{position:fixed;top:-100em}", ".x{text-indent:-9999px}", ".x{max-height:0;overflow:hidden}",
    ".x{height:0px;overflow:hidden}", ".x{width:0;overflow:hidden}", ".x{mso-hide:all}",
    ".x{position:absolute;clip:rect(0 0 0 0)}", ".x{clip-path:inset(50%)}", ".x{margin-left:-5000px}", "p{display:none}",
    ".x{color:white} .x{background:white}", "/* .y{} */ .x { display : none !important }", "@media screen { .x{display:none} }",
    "@import url(x.css); .x{display:none}", ".q,.x{display:none}", ".x{DISPLAY:NONE}", "<!-- .x{display:none} -->",
    ".x{display:none",
]


@pytest.mark.parametrize("style", HIDING)
def test_text_hidden_by_a_style_sheet_is_flagged_and_reported(style: str) -> None:
    body = "<div class=a>honest<p class='x b' id=x>TRAP <b>DOUBLE</b></p></div>"
    found = parsed(body, style)
    assert {w.text for w in found.pages[0].words if WordFlag.HIDDEN in w.flags} == {"TRAP", "DOUBLE"}
    assert [p.code for p in found.problems] == ["hidden_text"]
    assert "TRAP" in found.problems[0].message


SHOWING = [
    "@media print { .x{display:none} }",
    "@media only screen and (max-width:600px) { .x{display:none} .y{x:y} } .z{display:none}", ".x:hover{display:none}",
    ".b.c{display:none}", ".x .x{display:none}", "div.x{display:none}", ".x{display:none} p.x{display:block}",
    ".x{color:#fff;background:navy}", ".x{color:white;background:url(a.png)}", ".x{color:orange}", ".x{background:orange}",
    ".x{height:0}", ".x{max-height:none;overflow:hidden}", ".x{left:-9999px}", ".x{opacity:0.9}", ".x{color:windowtext}",
    ".a{visibility:hidden} .x{visibility:visible}", ".a{font-size:0} .x{font-size:14px}", ".a{color:white} .x{color:#333}",
    "@font-face{font-family:x} .y{display:none}", ".x{display:none!important} #x{display:block!important}",
]


@pytest.mark.parametrize("style", SHOWING)
def test_text_that_is_shown_is_not_flagged(style: str) -> None:
    assert "TEXT" in " ".join(shown("<div class=a><p class='x b' id=x>TEXT</p></div>", style))


@pytest.mark.parametrize("body", [
    "<div style='display:none'><span style='display:inline'>TRAP</span></div>",
    "<table bgcolor=#ffffff><tr><td><font color=white>TRAP</font></td></tr></table>",
    "<table><tr style='display:none'><td>TRAP</td></tr></table>", "<p hidden>TRAP</p>", "<input type=hidden value=TRAP>",
    "<!-- TRAP -->", "<!--[if mso]>TRAP<![endif]-->", "<table><td bgcolor=black><font color=black>TRAP</font></td></table>",
])
def test_text_hidden_in_other_ways_is_not_read(body: str) -> None:
    assert "TRAP" not in " ".join(shown(f"<p>honest</p>{body}"))


def test_the_preview_of_a_newsletter_leaves_no_words_of_no_width() -> None:
    found = parsed("<div style='display:none;max-height:0'>Your order&zwnj; &zwnj;&nbsp;&#8203; &#847;</div><p>A-1</p>")
    assert [w.text.strip("\u200c") for w in found.pages[0].words] == ["Your", "order", "A-1"]


# --- tables -----------------------------------------------------------------------------------------------------------


def test_cells_over_several_rows_keep_the_columns_of_the_rows_below() -> None:
    table = ("<table><tr><th>PO</th><th>Item</th><th>Qty</th></tr><tr><td rowspan=2>4711</td><td>bolt</td><td>20</td></tr>"
             "<tr><td>nut</td><td>5</td></tr><tr><td>4712</td><td>pin</td><td>7</td></tr></table>")
    assert shown(table) == ["PO    Item  Qty", "4711  bolt  20", "      nut   5", "4712  pin   7"]


def test_a_layout_around_tables_is_walked_and_tables_of_goods_stay_tables() -> None:
    goods = "<table><thead><tr><td>Item</td><td>Qty</td></tr></thead><tbody><tr><td>bolt</td><td>20</td></tr></tbody></table>"
    page = f"<table><tr><td><table><tr><td>Hello</td></tr></table></td></tr><tr><td>{goods}</td></tr></table>"
    assert shown(page) == ["Hello", "Item  Qty", "bolt  20"]


def test_a_table_of_goods_with_tables_in_its_cells_keeps_its_rows() -> None:
    def row(a: str, b: str, c: str) -> str:
        return f"<tr><td>{a}</td><td><table><tr><td>{b}</td></tr></table></td><td>{c}</td></tr>"

    assert shown(f"<table>{row('Pos', 'Item', 'Qty')}{row('1', 'bolt', '20')}{row('2', 'nut', '5')}</table>") == [
        "Pos  Item  Qty", "1    bolt  20", "2    nut   5"]


@pytest.mark.parametrize(("table", "style"), [
    ("<div class=t>{}</div>", ".t{display:table} .r{display:table-row} .c{display:table-cell}"),
    ("<div>{}</div>", ".r{display:table-row} .r span{display:table-cell; padding:2px}"),
    ("<section><div class=g>{}</div></section>",
     ".g{display:table-row-group} .r{display:table-row} .c{display:table-cell !important}"),
])
def test_tables_made_by_styles_are_tables(table: str, style: str) -> None:
    rows = [("Item", "What", "Qty"), ("KX-1", "hinge", "24"), ("KX-22", "steel bolt", "5")]
    body = "".join("<div class=r>" + "".join(f"<span class=c>{v}</span>" for v in row) + "</div>" for row in rows)
    assert shown(f"<p>Order</p>{table.format(body)}<p>Bye</p>", style) == [
        "Order", "Item   What        Qty", "KX-1   hinge       24", "KX-22  steel bolt  5", "Bye"]


def test_text_beside_cells_made_by_styles_is_kept_and_words_in_boxes_of_their_own_stay_apart() -> None:
    style = ".r{display:table-row} .c{display:table-cell} .b{display:block} .i{display:inline-block}"
    body = ("<div>Before <div class=r><span class=c>24</span><span class=c>pcs</span></div></div>"
            "<p><span class=i>KX-1</span><span class=i>hinge</span><span class=b>brass</span>polished</p>")
    assert shown(body, style) == ["Before", "24 pcs", "KX-1 hinge", "brass", "polished"]


@pytest.mark.parametrize("span", ["999999999999", "-1", "0", "²", "x", "5%"])
def test_spans_that_cannot_be_are_one_or_bounded(span: str) -> None:
    assert shown(f"<table><tr><td colspan='{span}' rowspan='{span}'>a</td><td>b</td></tr></table>")[0].split() == ["a", "b"]


# --- lists, forms, kept blanks ----------------------------------------------------------------------------------------


def test_numbered_lists_keep_their_numbers() -> None:
    assert shown("<ol><li>20 bolts</li><li>5 nuts</li></ol><ol start=7><li>x</li><li value=3>y</li><li>z</li></ol>"
                 "<ol type=a><li>p</li><li>q</li></ol><ul><li>free</li></ul>") == [
        "1. 20 bolts", "2. 5 nuts", "7. x", "3. y", "4. z", "a. p", "b. q", "free"]


def test_forms_say_what_they_show() -> None:
    form = ("<form>PO <input value=4711> Qty <input type=number value=20> <input type=checkbox checked> urgent "
            "<input type=checkbox> part<select><option>DHL</option><option selected>UPS</option></select>"
            "<textarea>as usual</textarea></form>")
    assert " ".join(shown(form)) == "PO 4711 Qty 20 ☒ urgent ☐ part UPS as usual"
    assert shown("<select><option>DHL</option><option>UPS</option></select>") == ["DHL"]


def test_preformatted_text_keeps_lines_and_columns() -> None:
    assert shown("<pre>Item    Qty\nA-1      <b>20</b>\n\tx</pre>after") == ["Item    Qty", "A-1      20", "        x", "after"]
    assert shown("<p style='white-space:pre-wrap'>a   b\nc</p>") == ["a   b", "c"]


@pytest.mark.parametrize("content", [
    "<style>" + ".x{color:white}" * 20_000 + "</style>" + "<p class=x>a</p>" * 500,
    "<style>" + "@media screen {" * 5_000 + "</style><p>a</p>", "<ol>" + "<li>a" * 5_000,
    "<table>" * 150 + "<tr><td>a</td><td>b</td><td>c</td></tr>" * 200,
    "<style>" + ".a " * 50_000 + "{display:none}</style>" + "<div class=a>" * 150 + "x",
], ids=range(5))
def test_crafted_html_costs_no_more_than_its_size(content: str) -> None:
    begun = time.process_time()
    parsed(content)
    assert time.process_time() - begun < 5
