"""One order in every format: whatever the file, the same number and the same lines come out of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Rooms
from app.reading import read_file
from models.domain.evidence import Found
from models.domain.reading import ReadingLine
from runtime.settings import Settings
from tests.support.formats_tour import FORMATS, LINES, PASSWORD, PO_NUMBER, SCANNED, SUPPLIER

WANTED = [(code, Decimal(quantity), Decimal(price), Decimal(amount)) for code, _, quantity, _, price, amount in LINES]


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    data = tmp_path_factory.mktemp("tour")
    rooms = Rooms(Settings(data=data, company_name=SUPPLIER, mail_host=None, workers=1, document_passwords=["wrong", PASSWORD]))
    yield rooms
    rooms.close()


def told(line: ReadingLine) -> tuple[Any, ...]:
    code = line.supplier_sku or line.buyer_sku
    values: tuple[Found[Any] | None, ...] = (code, line.quantity, line.unit_price, line.amount)
    return tuple(found.value if found else None for found in values)


def prove(rooms: Rooms, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    (reading,) = read_file(rooms, path).readings
    assert [told(line) for line in reading.lines] == WANTED
    assert reading.header.po_number is not None and reading.header.po_number.value == PO_NUMBER


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_the_same(rooms: Rooms, tmp_path: Path, name: str) -> None:
    prove(rooms, tmp_path / name, FORMATS[name]())


@pytest.mark.slow
@pytest.mark.parametrize("name", SCANNED)
def test_every_picture_of_it_says_the_same(rooms: Rooms, tmp_path: Path, name: str) -> None:
    prove(rooms, tmp_path / name, SCANNED[name]())


def test_the_name_of_a_file_has_no_say(rooms: Rooms, tmp_path: Path) -> None:
    prove(rooms, tmp_path / "order.jpg", FORMATS["order.docx"]())
