"""Tables in text files: any delimiter, text around them, any code page; what is cut or lost is told."""

from __future__ import annotations

import pytest

from extraction.formats.encoding import decode_text
from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from models.domain.pages import Parsed, SourceFormat
from models.errors import InputError


def _parsed(content: str | bytes, options: ParseOptions | None = None) -> Parsed:
    return parse_document(content.encode() if isinstance(content, str) else content, options or ParseOptions()).parsed


def _rows(parsed: Parsed) -> dict[int, list[str]]:
    rows: dict[int, list[str]] = {}
    for word in parsed.pages[0].words:
        rows.setdefault(int(word.box[1]), []).append(word.text)
    return rows


@pytest.mark.parametrize(("text", "row", "cells"), [
    ("sep=;\nitem;qty\n0012;5\n", 2, ["0012", "5"]),
    ("a~b~c\n1~2~3\n4~5~6\n", 1, ["1", "2", "3"]),
    ("a^b^c\n1^2^3\n4^5^6\n", 2, ["4", "5", "6"]),
    ("a;b;c;\n1;2;3;\n4;5;6\n", 2, ["4", "5", "6"]),
    ("A;1,5;2,5;3,75;4,25\nB;1,5;2,5;3,75;4,25\n", 0, ["A", "1,5", "2,5", "3,75", "4,25"]),
    ('item,desc,qty\nA1,"two\nlines",5\nA2,x,6\n', 1, ["A1", "two lines", "5"]),
    ('item;desc\nA1;"never closed\n' + "A;b\n" * 60, 60, ["A", "b"]),
    ("Order;4711\nDate: 2031-01-02\n\nitem;desc;qty;price\nA1;bolt;5;1,50\nA2;nut;6;2,50\n\nTotal;;;99,00\n", 7,
     ["Total", "99,00"]),
    ("Order 4711 of 5 May\nitem,what,qty,price\nA1,bolt,5,1.50\nA2,nut,6,2.50\nregards, Ann\n", 2, ["A1", "bolt", "5", "1.50"]),
])
def test_tables_are_found_whatever_parts_and_surrounds_them(text: str, row: int, cells: list[str]) -> None:
    parsed = _parsed(text)
    assert parsed.format is SourceFormat.CSV
    assert _rows(parsed)[row] == cells


@pytest.mark.parametrize("text", [
    "Dear Ann,\n\nplease send, as usual, 5 pumps, thanks.\nWe also need, if possible, 6 valves, red ones.\n\nBest, Bob\n",
    "4006381333931\n4006381333932\n", "Item      Qty\nA-1 bolt  20\n"])
def test_prose_and_single_columns_stay_text(text: str) -> None:
    assert _parsed(text).format is SourceFormat.TEXT


def test_codes_cut_to_a_power_of_ten_are_told() -> None:
    assert [p.code for p in _parsed("gtin;qty\n4,01E+12;5\n4,02E+12;6\n").problems] == ["digits_lost"]


@pytest.mark.parametrize(("count", "is_read"), [(199, True), (200, True), (201, False)])
def test_no_page_is_cut_in_silence(count: int, is_read: bool) -> None:
    text = "x\f\f" * count
    if is_read:
        assert len(_parsed(text).pages) == count
        return
    with pytest.raises(InputError) as caught:
        _parsed(text)
    assert caught.value.code == "too_many_pages"


@pytest.mark.parametrize("text", ["word " * 6, "a;b;c\n1;2;3\n"])
@pytest.mark.parametrize(("limit", "is_read"), [(5, False), (6, True), (7, True)])
def test_the_word_limit_is_exact(text: str, limit: int, is_read: bool) -> None:
    if is_read:
        assert len(_parsed(text, ParseOptions(max_words=limit)).pages[0].words) == 6
        return
    with pytest.raises(InputError) as caught:
        _parsed(text, ParseOptions(max_words=limit))
    assert caught.value.code == "too_many_words"


_TEXTS = {
    "Bitte liefern Sie 5 Stück Größe 8, Übergangsstück für nächste Woche": "cp1252 iso8859_15 mac_roman cp850 cp1250 iso8859_2",
    "Sechskantschraube für Gehäuse;5;Stück;1,20 €": "cp1252 iso8859_15 mac_roman cp1250",
    "Größe": "cp1252 mac_roman cp850", "Rohr 3/4\" Ø 20 mm 12,50 € ±2° 5 m²": "cp1252",
    "KX-1;Scharnier groß;24\nKX-2;Dichtring Ø 6;100\nKX-3;Handschuhe Größe L;12": "cp1252 cp850 mac_roman",
    "24 Stück Schließblech à 1,10 €": "cp1252 mac_roman",
    "Pièces détachées à livrer le 5 août, délai prévu, garçon, œuvre": "cp1252 iso8859_15 mac_roman",
    "Señores: envíen 20 tornillos pequeños a la dirección de España": "cp1252 mac_roman cp850",
    "Proszę dostarczyć śruby, łożyska i części zamienne do magazynu w Łodzi": "cp1250 iso8859_2 cp852",
    "Prosím pošlete 5 kusů čerpadla, děkuji, příští týden na adresu skladu": "cp1250 iso8859_2 cp852",
    "Kérjük szállítson öt darab szűrőt a győri raktárba, köszönöm": "cp1250 iso8859_2",
    "Пожалуйста отправьте пять насосов на склад, спасибо": "cp1251 koi8_r cp866",
    "Παρακαλώ στείλτε πέντε αντλίες στην αποθήκη": "cp1253", "Lütfen beş adet pompa gönderiniz, İstanbul ağır yük": "cp1254",
    "注文書 ポンプ 五個 お願いします 東京都": "shift_jis euc_jp",
}


@pytest.mark.parametrize(("text", "codec"), [(text, codec) for text, codecs in _TEXTS.items() for codec in codecs.split()])
def test_the_code_page_is_told_by_its_words(text: str, codec: str) -> None:
    assert decode_text(text.encode(codec)) == (text, ())


def test_utf_8_with_foreign_bytes_stays_utf_8_and_is_doubted() -> None:
    text, problems = decode_text("Größe für Stück".encode() + b"\xe4")
    assert text == "Größe für Stück�"
    assert [p.code for p in problems] == ["encoding_unsure"]
