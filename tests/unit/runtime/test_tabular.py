"""Tables in whatever form an operator has them: encodings, delimiters, sheets, and what is refused with a reason."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from models.errors import InputError
from runtime import tabular


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_reads_in_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "t.csv"
    text = f'SKU{delimiter}List-Price\r\nA1{delimiter}"5{delimiter}0"\r\n\r\nMüller Gmbh größe weiß{delimiter}7\r\n'
    path.write_bytes(text.encode(encoding))
    rows = list(tabular.numbered(tabular.read_rows(path)))
    assert rows == [
        (2, {"sku": "A1", "list_price": f"5{delimiter}0"}),
        (4, {"sku": "Müller Gmbh größe weiß", "list_price": "7"}),
    ]


def test_a_workbook_reads_with_whole_numbers_and_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["gtin", "valid from", "price"])
    for row in ([4006381333931, date(2031, 4, 30), 1.5], [None, None, None], ["x", "", True]):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    rows = list(tabular.numbered(tabular.read_rows(tmp_path / "t.xlsx")))
    assert rows[0] == (2, {"gtin": "4006381333931", "valid_from": "2031-04-30", "price": "1.5"})
    assert rows[1][0] == 4


@pytest.mark.parametrize("content", [b"", b"\n\n", b"PK\x03\x04 not a zip", bytes(range(128, 256)) * 4 + b"\x00\x81"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        tabular.need_columns(tabular.read_rows(path), "sku")
        list(tabular.need_columns(list(tabular.read_rows(path)) or [{}], "sku"))
    assert refusal.value.code in {"empty_table", "not_a_table", "missing_column"}


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sku,SKU\n1,2\n")
    with pytest.raises(InputError, match="sku twice"):
        tabular.read_rows(path)


def test_cells_are_checked() -> None:
    row = {"n": "1,5", "bad": "1.2.3", "minus": "-1", "nan": "NaN", "d": "2031-02-03", "long": "x" * 300, "e": ""}
    assert tabular.decimal_of(row, "n") == Decimal("1.5")
    assert tabular.decimal_of(row, "e", Decimal(4)) == 4
    assert tabular.date_of(row, "d") == date(2031, 2, 3)
    assert tabular.date_of(row, "e") is None
    for column, code in (("bad", "not_a_number"), ("minus", "out_of_range"), ("nan", "out_of_range"), ("e", "not_a_number")):
        with pytest.raises(InputError) as refusal:
            tabular.decimal_of(row, column)
        assert refusal.value.code == code
    for column, code in (("e", "missing_value"), ("long", "too_long")):
        with pytest.raises(InputError) as refusal:
            tabular.need(row, column)
        assert refusal.value.code == code
    with pytest.raises(InputError):
        tabular.date_of({"d": "30.04.2031"}, "d")
