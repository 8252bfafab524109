"""Text, delimited tables and HTML: places by characters and cells, any encoding, hidden text flagged."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.formats.delimited import find_delimiter, sheet_of
from extraction.formats.encoding import decode_text
from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from models.domain.evidence import PageKind
from models.domain.pages import Parsed, SourceFormat, Word, WordFlag
from models.errors import InputError


def _parsed(content: bytes | str) -> Parsed:
    return parse_document(content.encode() if isinstance(content, str) else content, ParseOptions()).parsed


def _shown(words: tuple[Word, ...]) -> list[str]:
    """Lines as a person sees them, words at their columns."""
    lines: dict[float, str] = {}
    for word in words:
        if word.seen:
            lines[word.box[1]] = lines.get(word.box[1], "").ljust(int(word.box[0])) + word.text
    return list(lines.values())


def test_text_words_carry_characters_and_lines() -> None:
    page = _parsed("Please send\n\n  5 x A-1\r\n> old words").pages[0]
    assert page.kind is PageKind.TEXT
    assert [(w.text, w.box) for w in page.words[:5]] == [
        ("Please", (0, 0, 6, 1)), ("send", (7, 0, 11, 1)), ("5", (2, 2, 3, 3)), ("x", (4, 2, 5, 3)), ("A-1", (6, 2, 9, 3))]
    assert all(WordFlag.QUOTED in w.flags for w in page.words[5:])


_SIGNS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Z"])


@given(st.text(_SIGNS, min_size=1, max_size=20), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_unicode_encodings_decode_exactly(text: str, encoding: str) -> None:
    assert decode_text(f"{text} order".encode(encoding))[0] == f"{text} order"


@pytest.mark.parametrize(("text", "encoding"), [
    ("Bitte liefern Sie 5 Stück Größe 8, Übergangsstück, nächste Woche", "cp1252"),
    ("Prosím pošlete 5 kusů čerpadla, děkuji, příští týden na adresu skladu", "cp1250"),
    ("Пожалуйста отправьте пять насосов на склад, спасибо за быструю доставку", "cp1251"),
])
def test_old_code_pages_are_recognised(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding))[0] == text


_CELL_SIGNS = st.characters(codec="cp1252", exclude_categories=["Cc", "Zl", "Zp"])
_CELL = st.text(_CELL_SIGNS, min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(max_examples=40)
@given(st.integers(3, 6).flatmap(lambda n: st.lists(st.lists(_CELL, min_size=n, max_size=n), min_size=3, max_size=8)),
       st.sampled_from([",", ";", "\t", "|"]))
def test_a_written_table_is_read_cell_for_cell(rows: list[list[str]], delimiter: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    text = buffer.getvalue()
    found = find_delimiter(text.replace("\r\n", "\n"))
    assert found == delimiter
    page, _ = sheet_of(text, delimiter, ParseOptions())
    assert {(int(w.box[1]), int(w.box[0])): w.text for w in page.words} == {
        (r, c): cell for r, row in enumerate(rows) for c, cell in enumerate(row)}


def test_a_csv_file_is_a_sheet_and_prose_is_not() -> None:
    assert _parsed("sku;qty\n0012;5\n0013;6\n").format is SourceFormat.CSV
    assert _parsed("Hello, dear team, we need pumps.\nFive, please.\nThanks, Ann").format is SourceFormat.TEXT


def test_html_tables_become_columns_two_blanks_apart() -> None:
    parsed = _parsed(
        "<html><body><p>Dear team,<br>order <b>PO</b>-<i>4711</i>:</p><table><tr><th>Item</th><th>Qty</th></tr>"
        "<tr><td>Hex bolt</td><td>20</td></tr><tr><td>A<br>B</td><td>5</td></tr>"
        "<tr><td colspan=2>as usual</td></tr></table></body>")
    assert _shown(parsed.pages[0].words) == [
        "Dear team,", "order PO-4711:", "Item      Qty", "Hex bolt  20", "A         5", "B", "as usual"]


def test_a_table_of_several_columns_stands_apart_from_the_text_around_it() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>KX-{n}</td><td>9</td></tr>" for n in (1, 2))
    (page,) = _parsed(f"<p>Date: 3 May</p><table>{rows}</table><p>Thanks</p>").pages
    assert [(w.text, w.box[1]) for w in page.words if w.text in {"Date:", "KX-1", "KX-2", "Thanks"}] == [
        ("Date:", 0), ("KX-1", 2), ("KX-2", 3), ("Thanks", 5)]


def test_layout_tables_are_walked_and_the_inner_table_laid_out() -> None:
    parsed = _parsed("<table><tr><td><p>Top</p><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>")
    assert _shown(parsed.pages[0].words) == ["Top", "a  b"]


@pytest.mark.parametrize("hidden", [
    '<p style="display:none">TRAP</p>', '<span style="visibility: hidden">TRAP</span>', "<p hidden>TRAP</p>",
    '<p style="font-size:0">TRAP</p>', '<p style="font-size: 1px;">TRAP</p>', '<p style="color:#ffffff">TRAP</p>',
    '<p style="color: white">TRAP</p>', '<p style="opacity:0">TRAP</p>', '<p style="text-indent:-9999px">TRAP</p>',
    '<div style="display:none"><table><tr><td>TRAP</td></tr></table></div>',
])
def test_text_hidden_by_style_is_flagged_and_reported(hidden: str) -> None:
    parsed = _parsed(f"<html><body><p>honest</p>{hidden}</body></html>")
    assert _shown(parsed.pages[0].words) == ["honest"]
    assert [p.code for p in parsed.problems] == ["hidden_text"]
    assert any(w.text == "TRAP" and WordFlag.HIDDEN in w.flags for w in parsed.pages[0].words)


def test_white_text_on_a_coloured_row_is_seen() -> None:
    parsed = _parsed('<table><tr style="background:#003366"><th style="color:white">Item</th></tr></table>')
    assert _shown(parsed.pages[0].words) == ["Item"]


def test_struck_and_quoted_html_is_flagged() -> None:
    words = _parsed("<p><s>gone</s> kept</p><blockquote>old</blockquote>").pages[0].words
    assert [(w.text, set(w.flags)) for w in words] == [("gone", {WordFlag.STRUCK}), ("kept", set()), ("old", {WordFlag.QUOTED})]


def test_deeply_nested_html_ends_and_says_what_was_left_out() -> None:
    parsed = _parsed("<p>ABC-1</p>" + "<div>" * 5_000 + "x")
    assert [w.text for w in parsed.pages[0].words] == ["ABC-1"]
    assert "nested_too_deep" in [p.code for p in parsed.problems]


@pytest.mark.parametrize(("content", "code"), [
    (b"", "empty_file"), (b"  \n ", "empty_document"), (bytes(range(256)) * 9, "unknown_format"),
    (b"PK\x03\x04rubbish", "unknown_format")])
def test_what_holds_nothing_is_refused_with_a_reason(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        _parsed(content)
    assert caught.value.code == code


def test_a_table_in_the_body_of_a_mail_does_not_make_a_sheet_of_the_letter() -> None:
    text = "Hello,\nplease send:\n1700111\tgloves\t10\tbox\n3200202\ttape\t2\troll\n2000174\tbearing\t2\tpcs\nRegards\nAnn\n"
    body = parse_document(text.encode(), ParseOptions(is_body=True)).parsed
    assert (body.format, "Regards" in [w.text for w in body.pages[0].words]) == (SourceFormat.TEXT, True)
    assert parse_document(b"a\tb\n1\t2\n3\t4\n", ParseOptions(is_body=True)).parsed.format is SourceFormat.CSV
