"""The REST API as a program meets it: tokens, scopes, uploads, limits, problems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from models.tables.intake import MessageRow
from runtime import accounts
from runtime.clock import now
from runtime.settings import Settings

ALL = ("intake:write", "intake:read", "cases:read", "orders:read")


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    made = Rooms(Settings(data=tmp_path, upload_max_bytes=4096, _env_file=None))
    schema.upgrade(made.db)
    yield made
    made.close()


@pytest.fixture
def client(rooms: Rooms) -> TestClient:
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name="shop", scopes=ALL, at=now())
    return TestClient(create_app(rooms), headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)


def stored(rooms: Rooms) -> int:
    return len(list(rooms.blobs.digests()))


def test_an_upload_is_kept_byte_for_byte(client: TestClient, rooms: Rooms) -> None:
    answer = client.post("/api/v1/messages", files={"file": ("order.txt", b"20 x ABC-1")})
    assert answer.status_code == 201
    assert rooms.blobs.get(answer.json()["sha256"]) == b"20 x ABC-1"
    assert client.get(f"/api/v1/messages/{answer.json()['message_id']}/raw").content == b"20 x ABC-1"


def test_an_upload_that_the_database_refuses_is_not_acknowledged_and_can_be_sent_again(client: TestClient, rooms: Rooms) -> None:
    upload = {"files": {"file": ("order.txt", b"20 x ABC-1")}, "headers": {"Idempotency-Key": "po-1"}}
    with rooms.db.engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE messages RENAME TO messages_away")
    assert client.post("/api/v1/messages", **upload).status_code >= 500
    with rooms.db.engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE messages_away RENAME TO messages")
    first, again = (client.post("/api/v1/messages", **upload) for _ in range(2))
    assert (first.status_code, again.json()["message_id"]) == (201, first.json()["message_id"])
    with rooms.db.read() as db:
        assert len(db.execute(select(MessageRow.id)).all()) == 1
    assert rooms.blobs.get(first.json()["sha256"]) == b"20 x ABC-1"


def test_without_a_token_nothing_is_told(client: TestClient) -> None:
    for path in ("messages/1", "cases", "orders"):
        answer = client.get(f"/api/v1/{path}", headers={"Authorization": ""})
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_does_only_what_its_scopes_say(rooms: Rooms, client: TestClient) -> None:
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name="reader", scopes=("orders:read",), at=now())
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/orders", headers=headers).json() == []
    refused = client.post("/api/v1/messages", files={"file": ("o.txt", b"x")}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert stored(rooms) == 0


@pytest.mark.parametrize(("size", "status"), [(4095, 201), (4096, 201), (4097, 413)])
def test_the_limit_of_a_file_is_exact(client: TestClient, rooms: Rooms, size: int, status: int) -> None:
    answer = client.post("/api/v1/messages", files={"file": ("o.bin", b"x" * size)})
    assert answer.status_code == status
    assert stored(rooms) == (1 if status == 201 else 0)


@pytest.mark.parametrize(("name", "label"), [
    ("../../../../etc/cron.d/order.pdf", "order.pdf"), ("C:\\Windows\\win.ini", "win.ini"), ("inv\u202efdp.exe", "invfdp.exe"),
    ("a\r\nSet-Cookie: x=1.pdf", None), ("=cmd|' /C calc'!A0.csv", None), ("<script>alert(1)</script>.pdf", None),
    ("x" * 1_000 + ".pdf", "x" * 251 + ".pdf"), ("..", ".."), ("con", "con"),
])
def test_a_files_name_is_a_label_and_nothing_else(client: TestClient, rooms: Rooms, name: str, label: str | None) -> None:
    answer = client.post("/api/v1/messages", files={"file": (name, b"20 x ABC-1")})
    assert answer.status_code == 201
    shown = client.get(f"/api/v1/messages/{answer.json()['message_id']}").json()["name"]
    assert label is None or shown == label
    assert shown.isprintable()
    assert len(shown) <= 255
    assert not set(shown) & {"/", "\\"}
    raw = client.get(f"/api/v1/messages/{answer.json()['message_id']}/raw")
    assert name not in raw.headers["content-disposition"]
    assert "set-cookie" not in raw.headers
    assert list(rooms.blobs.digests()) == [answer.json()["sha256"]]


def test_a_body_beyond_all_limits_is_cut_while_it_arrives(client: TestClient, rooms: Rooms) -> None:
    answer = client.post("/api/v1/messages", files={"file": ("o.bin", b"x" * 40_000)})
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert stored(rooms) == 0


def test_an_empty_file_is_refused_with_a_sentence(client: TestClient) -> None:
    answer = client.post("/api/v1/messages", files={"file": ("o.bin", b"")})
    assert (answer.status_code, answer.json()["code"]) == (422, "empty_file")


def test_many_files_are_taken_or_refused_one_by_one(client: TestClient) -> None:
    files = [("files", ("a.txt", b"a")), ("files", ("empty.txt", b"")), ("files", ("b.txt", b"b"))]
    first = client.post("/api/v1/messages/batch", files=files, headers={"Idempotency-Key": "k"}).json()
    assert [entry["error"]["code"] if entry["error"] else "taken" for entry in first] == ["taken", "empty_file", "taken"]
    again = client.post("/api/v1/messages/batch", files=files, headers={"Idempotency-Key": "k"}).json()
    assert [e["received"]["message_id"] for e in again if e["received"]] == [
        e["received"]["message_id"] for e in first if e["received"]]
    assert all(e["received"]["is_repeat"] for e in again if e["received"])


def test_what_is_not_there_is_a_problem_not_a_page(client: TestClient) -> None:
    for path in ("/api/v1/messages/999", "/api/v1/nothing"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_defect_tells_nothing_about_the_inside(client: TestClient, rooms: Rooms) -> None:
    rooms.db.close()
    (rooms.settings.data / "ordermill.db").rename(rooms.settings.data / "gone.db")
    answer = client.get("/api/v1/orders")
    assert answer.status_code in (500, 503)
    assert "Traceback" not in answer.text
    assert "sqlalchemy" not in answer.text.lower()


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/api/v1/health", "/sign-in", "/nowhere"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_what_was_learned_is_read_and_taken_back_by_scope(rooms: Rooms, client: TestClient) -> None:
    assert client.get("/api/v1/learned").status_code == 403
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name="teacher", scopes=("learned:read",), at=now())
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/learned", params={"kind": "item", "state": "on_trial"}, headers=headers).json() == []
    assert client.get("/api/v1/learned", params={"kind": "rumour"}, headers=headers).status_code == 422
    assert client.post("/api/v1/learned/1/undo", headers=headers).status_code == 403
