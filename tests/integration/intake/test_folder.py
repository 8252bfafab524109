"""Files dropped into a folder: taken when complete, moved when safe, never twice."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.folder import FolderWatcher
from intake.receive import Receiver
from models.domain.messages import Source
from models.tables.intake import MessageRow
from runtime.blobs import Blobs
from runtime.db import Database

SETTLE_S = 0.05


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "drop"
    found.mkdir()
    return found


@pytest.fixture
def watcher(folder: Path, receiver: Receiver) -> FolderWatcher:
    return FolderWatcher(folder, receiver, max_bytes=1_000, settle_s=SETTLE_S)


def look(watcher: FolderWatcher, times: int = 2) -> list[int]:
    """Look, let the files settle, look again."""
    found = watcher.look()
    for _ in range(times - 1):
        time.sleep(SETTLE_S * 1.2)
        found += watcher.look()
    return found


def messages(db: Database) -> list[MessageRow]:
    with db.read() as session:
        rows = list(session.execute(select(MessageRow).order_by(MessageRow.id)).scalars())
        session.expunge_all()
        return rows


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


def test_a_complete_file_is_stored_and_moved(folder: Path, watcher: FolderWatcher, database: Database, blobs: Blobs) -> None:
    (folder / "Größe 1.csv").write_bytes(b"1;2")
    (message_id,) = look(watcher)
    (row,) = messages(database)
    assert (row.id, row.source, row.account, row.name) == (message_id, Source.FOLDER, str(folder), "Größe 1.csv")
    assert blobs.get(row.sha256) == b"1;2"
    assert (names(folder), names(folder / "done")) == (["done"], ["Größe 1.csv"])
    assert look(watcher) == []


def test_a_file_that_still_grows_is_left_alone(folder: Path, watcher: FolderWatcher, database: Database) -> None:
    path = folder / "po.csv"
    for n in range(4):
        path.write_bytes(b"x" * (n + 1))
        assert watcher.look() == []
        time.sleep(SETTLE_S * 1.2)
    assert len(look(watcher, 1)) == 1
    assert messages(database)[0].size == 4


def test_unfinished_hidden_and_special_files_are_not_touched(folder: Path, watcher: FolderWatcher, database: Database) -> None:
    for name in ("a.tmp", "b.PART", "c.crdownload", ".hidden", "~$order.xlsx"):
        (folder / name).write_bytes(b"x")
    (folder / "sub").mkdir()
    (folder / "link.csv").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.csv")
    before = names(folder)
    assert look(watcher, 3) == []
    assert names(folder) == before
    (folder / "a.tmp").rename(folder / "a.csv")
    assert len(look(watcher)) == 1


def test_what_is_refused_is_moved_with_its_reason(folder: Path, watcher: FolderWatcher, database: Database) -> None:
    (folder / "big.pdf").write_bytes(b"x" * 1_001)
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "fits.pdf").write_bytes(b"x" * 1_000)
    assert len(look(watcher)) == 1
    assert names(folder / "failed") == ["big.pdf", "big.pdf.txt", "empty.pdf", "empty.pdf.txt"]
    assert (folder / "failed" / "big.pdf.txt").read_text().startswith("file_too_large: ")
    assert (folder / "failed" / "empty.pdf.txt").read_text().startswith("empty_file: ")


def test_a_crash_between_commit_and_move_takes_the_file_once(
    folder: Path, receiver: Receiver, database: Database, monkeypatch: pytest.MonkeyPatch,
) -> None:
    (folder / "po.csv").write_bytes(b"1;2")
    dying = FolderWatcher(folder, receiver, max_bytes=1_000, settle_s=SETTLE_S)
    with monkeypatch.context() as patch:
        patch.setattr(FolderWatcher, "_move", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            look(dying)
    assert (len(messages(database)), names(folder)) == (1, ["po.csv"])
    assert look(FolderWatcher(folder, receiver, max_bytes=1_000, settle_s=SETTLE_S)) == [messages(database)[0].id]
    assert (len(messages(database)), names(folder / "done")) == (1, ["po.csv"])


def test_the_same_file_dropped_again_is_a_new_message(folder: Path, watcher: FolderWatcher, database: Database) -> None:
    for n in range(2):
        path = folder / "po.csv"
        path.write_bytes(b"1;2")
        os.utime(path, ns=(n, 1_700_000_000_000_000_000 + n))
        assert len(look(watcher)) == 1
    assert len(messages(database)) == 2
    assert names(folder / "done") == ["po (2).csv", "po.csv"]


def test_two_watchers_take_each_file_once(folder: Path, receiver: Receiver, database: Database) -> None:
    one, two = (FolderWatcher(folder, receiver, max_bytes=1_000, settle_s=SETTLE_S) for _ in range(2))
    for n in range(5):
        (folder / f"{n}.csv").write_bytes(b"%d" % n)
    one.look(), two.look()
    time.sleep(SETTLE_S * 1.2)
    found = one.look() + two.look()
    assert sorted(found) == sorted(row.id for row in messages(database))
    assert len(messages(database)) == 5


def test_a_full_disk_leaves_the_file_where_it_is(
    folder: Path, watcher: FolderWatcher, database: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (folder / "po.csv").write_bytes(b"1;2")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert look(watcher, 3) == []
    assert (messages(database), names(folder)) == ([], ["po.csv"])
    assert len(look(watcher)) == 1
