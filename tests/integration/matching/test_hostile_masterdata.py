"""Master data from a careless or a hostile hand: each oddity has its refusal, and nothing changes in silence."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matching import masterdata
from models.errors import InputError
from models.tables.items import CustomerPartNumberRow, ItemRow, PriceRow
from runtime.db import Database
from runtime.exports import safe_cell
from runtime.tabular import open_table, read_rows

ITEM = {"sku": "KX-4", "description": "Hinge", "base_uom": "H87", "list_price": "1", "currency": "EUR"}


@pytest.mark.parametrize(("cells", "code"), [
    ({"list_price": "NaN"}, "out_of_range"), ({"list_price": "inf"}, "out_of_range"), ({"list_price": "1e999"}, "out_of_range"),
    ({"list_price": "-1"}, "out_of_range"), ({"list_price": "0.0000001"}, "out_of_range"),
    ({"list_price": "1" * 400}, "out_of_range"),
    ({"list_price": "=1+1"}, "not_a_number"), ({"list_price": "#REF!"}, "not_a_number"),
    ({"sku": "K\u202eX-4"}, "odd_characters"), ({"sku": "КX-4"}, "odd_characters"), ({"sku": "KX\u200b-4"}, "odd_characters"),
    ({"sku": "KX-4\x00"}, "control_character"), ({"sku": "---"}, "bad_code"), ({"sku": "K" * 65}, "too_long"),
    ({"description": "a\x07b"}, "control_character"), ({"description": "x" * 2_001}, "too_long"),
    ({"base_uom": "?" * 99}, "unknown_unit"),
    ({"": "shifted"}, "too_many_cells"), ({name: name for name in ITEM}, "header_again"),
])
def test_a_hostile_cell_refuses_its_row_alone(sqlite_database: Database, cells: dict[str, str], code: str) -> None:
    report = masterdata.import_items(sqlite_database, [ITEM | cells, ITEM | {"sku": "GOOD-1"}])
    assert (report.added, [(r.line, r.code) for r in report.refused]) == (1, [(2, code)])
    sentence = report.refused[0].sentence
    assert len(sentence) < 400 and sentence.isprintable()


def test_formula_text_stays_text(sqlite_database: Database) -> None:
    text = "=cmd|' /C calc'!A0"
    masterdata.import_items(sqlite_database, [ITEM | {"description": text}])
    with sqlite_database.read() as db:
        assert db.execute(select(ItemRow.description)).scalar_one() == text
    assert [safe_cell(v) for v in (text, "-5.2", "+49 1", 7, "plain")] == ["'" + text, "-5.2", "'+49 1", 7, "plain"]


def test_numbers_are_kept_as_they_are_stored(sqlite_database: Database) -> None:
    rows = [ITEM | {"list_price": "0.30000000000000004"}]
    assert masterdata.import_items(sqlite_database, rows).added == 1
    assert masterdata.import_items(sqlite_database, rows).unchanged == 1


def test_one_part_number_names_one_item(database: Database) -> None:
    masterdata.import_items(database, [ITEM, ITEM | {"sku": "KX-5"}])
    masterdata.import_customers(database, [{"customer_no": "C1", "name": "Muster Works"}])
    part = {"customer_no": "C1", "part_number": "77-O1", "sku": "KX-4"}
    report = masterdata.import_part_numbers(database, [part, part | {"part_number": "77-01", "sku": "KX-5"}, part])
    assert (report.added, [(r.line, r.code) for r in report.refused]) == (1, [(3, "contradiction")])
    with database.read() as db:
        assert db.execute(select(CustomerPartNumberRow.part_number)).scalars().all() == ["77-O1"]


def test_two_prices_for_one_thing_in_one_file_are_a_contradiction(database: Database) -> None:
    masterdata.import_items(database, [ITEM])
    row = {"sku": "KX-4", "uom": "H87", "price": "2", "currency": "EUR", "valid_from": "2031-01-01"}
    report = masterdata.import_prices(database, [row, row | {"price": "3"}, row])
    assert [(r.line, r.code) for r in report.refused] == [(3, "contradiction")]
    with database.read() as db:
        assert sorted(map(float, db.execute(select(PriceRow.price)).scalars())) == [1.0, 2.0]


@pytest.mark.parametrize(("content", "code"), [
    (b"sku,description\nA,\"never closed\nB,other\n", "not_a_table"), (b"sku,x\n" + b"y" * 1_100_000, "line_too_long"),
    (b"sku,sku\n1,2\n", "doubled_column"), (b"", "empty_table"), (b"\n\n", "empty_table"),
    ("größe,sku\n".encode() * 5 + b"gr\xf6\xdfe,1\n", "broken_text"), (b"PK\x03\x04 no workbook", "not_a_table"),
    (b"sku,x\nA,\x00\x00\x00\x00B\x01\n", "not_a_table"),
])
def test_a_broken_file_is_refused_before_its_first_row(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        open_table(path)
    assert refusal.value.code == code and refusal.value.sentence.endswith(".")


@pytest.mark.parametrize(("text", "encoding"), [
    ("Ø 5 mm – groß", "cp1252"), ("łożysko śruba żółta", "cp1250"), ("Крышка стальная", "cp1251"), ("größe", "utf-16-le"),
    ("größe", "utf-16"), ("größe 5²", "utf-8-sig"),
])
def test_an_encoding_is_found(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"sku,text\n1,{text}\n".encode(encoding))
    assert list(read_rows(path)) == [{"sku": "1", "text": text}]


def test_memory_does_not_grow_with_the_rows(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.imports.in_batches.__defaults__", (200,))

    def rows(count: int) -> Iterator[dict[str, str]]:
        return (ITEM | {"sku": f"S{n}", "list_price": "bad" if n % 2 else "1"} for n in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        masterdata.import_items(sqlite_database, rows(count))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(400)
    assert peak(6_000) < 2 * peak(3_000)
