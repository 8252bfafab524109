"""Uploads: durable before the answer, limited while streaming, the same key the same answer."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from intake.receive import Receiver
from intake.upload import UploadAnswer, UploadFile, Uploads
from models.domain.messages import Source
from models.errors import ConflictError, InputError
from models.tables.intake import MessageRow
from runtime.blobs import Blobs
from runtime.db import Database


@pytest.fixture
def uploads(receiver: Receiver) -> Uploads:
    return Uploads(receiver, 1_000)


def count(db: Database) -> int:
    with db.read() as session:
        return session.execute(select(func.count()).select_from(MessageRow)).scalar_one()


def test_an_upload_is_a_message_with_its_bytes(uploads: Uploads, database: Database, blobs: Blobs) -> None:
    answer = uploads.store([b"%PDF", b"-1.4"], name="../../po\x00\ud800 1.pdf", scope="token:erp")
    assert (answer.size, answer.sha256, answer.is_repeat) == (8, hashlib.sha256(b"%PDF-1.4").hexdigest(), False)
    with database.read() as db:
        row = db.get_one(MessageRow, answer.message_id)
        assert (row.source, row.account, row.name, row.size) == (Source.UPLOAD, "token:erp", "po 1.pdf", 8)
    assert blobs.get(answer.sha256) == b"%PDF-1.4"


def test_equal_bytes_without_a_key_are_two_messages(uploads: Uploads, database: Database) -> None:
    first, second = (uploads.store([b"x"], name="a", scope="s") for _ in range(2))
    assert first.message_id != second.message_id
    assert count(database) == 2


def test_a_repeat_with_the_same_key_gets_the_first_answer(uploads: Uploads, database: Database) -> None:
    first = uploads.store([b"x"], name="a", scope="s", idempotency_key="k")
    again = uploads.store([b"x"], name="other name", scope="s", idempotency_key="k")
    assert again == UploadAnswer(first.message_id, first.sha256, 1, is_repeat=True)
    assert uploads.store([b"x"], name="a", scope="somebody else", idempotency_key="k").is_repeat is False
    assert count(database) == 2


def test_a_key_stands_for_one_content(uploads: Uploads, database: Database) -> None:
    uploads.store([b"x"], name="a", scope="s", idempotency_key="k")
    with pytest.raises(ConflictError) as e:
        uploads.store([b"y"], name="a", scope="s", idempotency_key="k")
    assert e.value.code == "idempotency_key_reused"
    assert count(database) == 1


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_bad_key_is_refused(key: str, uploads: Uploads) -> None:
    with pytest.raises(InputError) as e:
        uploads.store([b"x"], name="a", scope="s", idempotency_key=key)
    assert e.value.code == "bad_key"


def test_two_at_once_with_one_key_are_one_message(uploads: Uploads, database: Database) -> None:
    answers: list[UploadAnswer] = []
    start = threading.Barrier(6)

    def send() -> None:
        start.wait()
        answers.append(uploads.store([b"x"], name="a", scope="s", idempotency_key="k"))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.message_id for answer in answers}) == 1
    assert sorted(answer.is_repeat for answer in answers) == [False] + [True] * 5
    assert count(database) == 1


@pytest.mark.parametrize(("size", "is_refused"), [(999, False), (1_000, False), (1_001, True)])
def test_the_size_limit_holds_while_streaming(size: int, is_refused: bool, uploads: Uploads, database: Database) -> None:
    read = []

    def chunks() -> Iterator[bytes]:
        for at in range(0, 10 * size, 100):
            read.append(at)
            yield b"x" * min(100, max(0, size - at))
            if at > size:
                return

    if not is_refused:
        assert uploads.store(chunks(), name="a", scope="s").size == size
        return
    with pytest.raises(InputError) as e:
        uploads.store(chunks(), name="a", scope="s")
    assert (e.value.code, len(read), count(database)) == ("file_too_large", 11, 0)


def test_an_empty_file_is_refused(uploads: Uploads, database: Database, blobs: Blobs) -> None:
    for chunks in ([], [b""], [b"", b""]):
        with pytest.raises(InputError) as e:
            uploads.store(chunks, name="a", scope="s")
        assert e.value.code == "empty_file"
    assert (count(database), list(blobs.digests())) == (0, [])


def test_a_sender_who_gives_up_leaves_nothing(uploads: Uploads, database: Database, blobs: Blobs) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ValueError("the client went away")

    with pytest.raises(ValueError, match="went away"):
        uploads.store(broken(), name="a", scope="s")
    assert (count(database), list(blobs.digests()), list((blobs.root / "tmp").iterdir())) == (0, [], [])


def test_many_files_in_one_request_are_repeated_as_one(uploads: Uploads, database: Database) -> None:
    def request(*contents: bytes) -> list[UploadFile]:
        return [UploadFile([content], f"{n}.csv") for n, content in enumerate(contents)]

    with pytest.raises(InputError):
        uploads.store_all(request(b"one", b"two", b""), scope="s", idempotency_key="k")
    answers = uploads.store_all(request(b"one", b"two", b"three"), scope="s", idempotency_key="k")
    assert [answer.is_repeat for answer in answers] == [True, True, False]
    assert count(database) == 3
