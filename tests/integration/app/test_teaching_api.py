"""What a program teaches at a case: a table drawn on a page, and lessons it does not want learned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models.tables.intake import DocumentRow
from runtime.blobs import Blobs
from runtime.codec import pack
from tests.integration.app.test_case_api import ODD, House
from tests.integration.matching.desk import BOLTS, reading
from tests.support.desk_documents import make_pdf

TABLE = {"page": 0, "box": [50, 188, 560, 275]}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.rooms.close()


def on_paper(house: House, case_id: int) -> int:
    """Give the case a printed page with a table on it; returns the document's id."""
    _, pages = make_pdf("PO-77")
    blobs: Blobs = house.rooms.blobs
    with house.rooms.db.write() as db:
        message = house.get(f"cases/{case_id}")["summary"]["message_id"]
        document = db.execute(select(DocumentRow).where(DocumentRow.message_id == message)).scalars().first()
        assert document is not None
        document.pages_sha256, document.page_count = blobs.put(pack(pages)), len(pages)
        return int(document.id)


def test_a_drawn_table_is_shown_then_taken_once(house: House) -> None:
    case_id = house.desk.case(reading(BOLTS, ODD, po="PO-77"))
    drawn = TABLE | {"document": on_paper(house, case_id)}
    shown = house.post(f"{case_id}/drawn/preview", **drawn)
    assert "AC-9082" in {cell["value"] for row in shown["rows"] for cell in row}
    assert house.get(f"cases/{case_id}")["summary"]["version"] == 1
    first, second = (house.post(f"{case_id}/drawn", key="one", version=1, instead=True, **drawn) for _ in range(2))
    assert first == second and first["summary"]["version"] == 2
    taken = first["draft"]["lines"][-1]["quantity"]["evidence"]
    assert taken["origin"] == "typed" and taken["places"][0]["page"] == 0


@pytest.mark.parametrize(("change", "refusal"), [
    ({"page": 9}, (404, "not_found")), ({"document": 999}, (404, "not_found")), ({"kinds": ["price"]}, (422, "bad_drawing")),
    ({"box": [0, 0, 5, 5]}, (422, "unknown_column")), ({"version": 7}, (409, "version_changed"))])
def test_what_cannot_be_taken_says_why(house: House, change: dict[str, object], refusal: tuple[int, str]) -> None:
    case_id = house.desk.case(reading(BOLTS, ODD, po="PO-77"))
    drawn = TABLE | {"document": on_paper(house, case_id), "version": 1} | change
    assert house.post(f"{case_id}/drawn", **drawn) == refusal
    assert house.get(f"cases/{case_id}")["summary"]["version"] == 1


def test_a_lesson_is_declined_and_taught_after_all(house: House) -> None:
    case_id = house.desk.case(reading(BOLTS, ODD, po="PO-77"))
    house.post(f"{case_id}/doubts/0/answer", version=1, value="GL-M")
    lesson = house.get(f"cases/{case_id}/lessons")[0]
    assert lesson["sentence"] and not lesson["is_declined"]
    path = f"/api/v1/cases/{case_id}/lessons/{lesson['key']}"
    for wanted in (True, True, False):
        told = house.client.put(path, json={"is_declined": wanted}).json()
        assert next(x for x in told if x["key"] == lesson["key"])["is_declined"] is wanted
    assert house.client.put(path + "x", json={"is_declined": True}).status_code == 404
