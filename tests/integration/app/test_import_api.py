"""Imports over HTTP: the same importer behind a token, a repeat that is harmless, and a list of what was imported."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from runtime import accounts
from runtime.clock import now
from runtime.settings import Settings

ITEMS = "sku;description;base_uom\nA-1;Hinge;H87\n;No number;H87\nA-2;=cmd|' /C calc'!A0;H87\n"


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    made = Rooms(Settings(data=tmp_path, upload_max_bytes=60_000, _env_file=None))
    schema.upgrade(made.db)
    yield made
    made.close()


def client(rooms: Rooms, *scopes: str) -> TestClient:
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name=f"erp {' '.join(scopes)}", scopes=scopes, at=now())
    return TestClient(create_app(rooms), headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)


def file(content: str | bytes, name: str = "items.csv") -> dict[str, tuple[str, bytes]]:
    return {"file": (name, content.encode() if isinstance(content, str) else content)}


def test_a_table_goes_in_and_former_imports_are_listed(rooms: Rooms) -> None:
    erp = client(rooms, "masterdata:write", "masterdata:read")
    trial = erp.post("/api/v1/imports/items?dry_run=true", files=file(ITEMS)).json()
    first = erp.post("/api/v1/imports/items", files=file(ITEMS)).json()
    assert trial == first == {
        "added": 2, "changed": 0, "unchanged": 0, "removed": 0, "refused": 1, "fields": {},
        "refusals": [{"line": 3, "code": "missing_value", "reason": "Line 3: sku is empty; fill it in."}]}
    assert erp.post("/api/v1/imports/items", files=file(ITEMS)).json()["unchanged"] == 2
    listed = erp.get("/api/v1/imports").json()
    assert [(e["kind"], e["source"], e["added"], e["unchanged"]) for e in listed] == [
        ("items", "items.csv", 0, 2), ("items", "items.csv", 2, 0)]
    assert erp.get("/api/v1/imports?kind=prices").json() == []
    assert [hit.sku for hit in rooms.matcher.search_items("Hinge")] == ["A-1"]


def test_a_key_gives_the_first_answer_again(rooms: Rooms) -> None:
    erp = client(rooms, "masterdata:write", "masterdata:read")
    key = {"Idempotency-Key": "tuesday"}
    answers = [erp.post("/api/v1/imports/items", files=file(ITEMS), headers=key).json() for _ in range(2)]
    assert answers[0] == answers[1] and answers[0]["added"] == 2
    other = erp.post("/api/v1/imports/items", files=file(ITEMS + "A-3;Bolt;H87\n"), headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert len(erp.get("/api/v1/imports").json()) == 1


def test_a_workbook_is_read_behind_the_wall(rooms: Rooms) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (("day", "name"), (now().replace(tzinfo=None, microsecond=0), "Feast")):
        book.active.append(row)
    book.save(out)
    erp = client(rooms, "masterdata:write")
    assert erp.post("/api/v1/imports/closed-days", files=file(out.getvalue(), "days.xlsx")).json()["added"] == 1
    broken = erp.post("/api/v1/imports/closed-days", files=file(b"PK\x03\x04 no workbook", "days.xlsx"))
    assert broken.status_code == 422 and broken.json()["code"] == "not_a_table"


@pytest.mark.parametrize(("content", "code", "status"), [
    (b"", "empty_table", 422), (b"name\nx\n", "missing_column", 422), (b"sku\n" + b"x" * 70_000, "file_too_large", 413),
])
def test_what_is_no_table_is_refused(rooms: Rooms, content: bytes, code: str, status: int) -> None:
    answer = client(rooms, "masterdata:write").post("/api/v1/imports/items", files=file(content))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_only_the_scope_lets_in(rooms: Rooms) -> None:
    reader = client(rooms, "masterdata:read")
    assert reader.post("/api/v1/imports/items", files=file(ITEMS)).status_code == 403
    assert reader.post("/api/v1/imports/nonsense", files=file(ITEMS)).status_code in {403, 422}
    assert client(rooms, "intake:read").get("/api/v1/imports").status_code == 403
