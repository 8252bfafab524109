"""Files dropped into a folder. A file is taken when it is complete, stored, and only then moved to `done/`."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from sqlalchemy.orm import Session

from intake.labels import LENGTH, clean_text
from intake.receive import Receiver, Stored
from intake.upload import RequestKey
from models.domain.messages import Source
from models.errors import InputError, ServiceError, TransientError
from runtime.log import get_logger

CHUNK = 2**20
UNFINISHED_ENDINGS = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp")
TAKEN, REFUSED = "done", "failed"

log = get_logger("intake.folder")


@dataclass(frozen=True, slots=True)
class Look:
    """What a file looked like at one moment: size in bytes, times in nanoseconds."""

    size: int
    modified_ns: int
    seen_ns: int

    def is_complete(self, later: Look, *, settle_ns: int) -> bool:
        """True when nothing changed between this look and one at least `settle_ns` later."""
        return (self.size, self.modified_ns) == (later.size, later.modified_ns) and later.seen_ns - self.seen_ns >= settle_ns


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A file as it lies in the folder. Between its commit and its move a crash must not make it two messages."""

    folder: Path
    name: str
    look: Look

    def settle(self, db: Session, stored: Stored, new_message: Callable[[], int]) -> int:
        """The message of the same name, time, size and content, or a new one."""
        lying_there = f"{self.name}\0{self.look.modified_ns}\0{stored.size}\0{stored.sha256}"
        scope = hashlib.sha256(os.fsencode(self.folder)).hexdigest()
        key = hashlib.sha256(lying_there.encode("utf-8", "surrogateescape")).hexdigest()
        return RequestKey(f"folder:{scope}", key).settle(db, stored, new_message)


class FolderWatcher:
    """Takes files from one folder; one `look` after the other, in one thread."""

    def __init__(self, folder: Path, receiver: Receiver, *, max_bytes: int, settle_s: float = 2.0) -> None:
        self._folder = folder
        self._receiver = receiver
        self._max_bytes = max_bytes
        self._settle_ns = int(settle_s * 1e9)
        self._looks: dict[str, Look] = {}

    def run(self, stop: Event, *, every_s: float = 2.0) -> None:
        """Look until `stop` is set. Never raises: what goes wrong is logged and tried again."""
        while not stop.is_set():
            try:
                self.look()
            except Exception as e:
                log.exception("folder.look_failed", folder=str(self._folder), kind=type(e).__name__)
            stop.wait(every_s)

    def look(self) -> list[int]:
        """Take every file that is complete; returns the ids of their messages. Others are looked at again next time.

        A file is complete when its size and time have not changed for `settle_s` seconds between two looks.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        before, self._looks = self._looks, dict(self._candidates())
        complete = [
            name for name, look in self._looks.items()
            if name in before and before[name].is_complete(look, settle_ns=self._settle_ns)]
        for name in self._looks.keys() & before.keys() - set(complete):
            if (self._looks[name].size, self._looks[name].modified_ns) == (before[name].size, before[name].modified_ns):
                self._looks[name] = before[name]        # the first of the unchanged looks counts
        taken = (self._take(name) for name in sorted(complete))
        return [message_id for message_id in taken if message_id is not None]

    def _candidates(self) -> Iterator[tuple[str, Look]]:
        for entry in os.scandir(self._folder):
            if entry.name.startswith((".", "~$")) or entry.name.lower().endswith(UNFINISHED_ENDINGS):
                continue
            try:
                if entry.is_file(follow_symlinks=False):
                    found = entry.stat(follow_symlinks=False)
                    yield entry.name, Look(found.st_size, found.st_mtime_ns, time.monotonic_ns())
            except FileNotFoundError:
                continue            # gone between the listing and the look

    def _take(self, name: str) -> int | None:
        path, look = self._folder / name, self._looks.pop(name)
        try:
            received = self._receiver.receive(
                self._chunks(path, look), source=Source.FOLDER, account=clean_text(str(self._folder))[-LENGTH:], name=name,
                identity=FileIdentity(self._folder.resolve(), name, look))
        except InputError as e:
            self._refuse(path, e)
            return None
        except ServiceError as e:
            log.warning("folder.not_taken", file=name, code=e.code, reason=e.sentence)
            return None             # the disk or the database is away: the file stays for the next look
        self._move(path, TAKEN)
        return received.message_id

    def _chunks(self, path: Path, look: Look) -> Iterator[bytes]:
        if look.size == 0:
            raise InputError("The file is empty; check it and put it here again.", code="empty_file")
        if look.size > self._max_bytes:
            raise InputError(f"The file is larger than {self._max_bytes:,} bytes; put a smaller one here.", code="file_too_large")
        size = 0
        try:
            with path.open("rb") as f:
                while chunk := f.read(CHUNK):
                    size += len(chunk)
                    yield chunk
        except OSError as e:
            raise TransientError(
                f"{path.name} cannot be read ({e.strerror}). It is tried again; check its permissions if it stays.",
                code="file_unreadable") from e
        if size != look.size:
            raise TransientError(f"{path.name} changed while it was read; it is taken when it is complete.", code="file_changing")

    def _refuse(self, path: Path, error: InputError) -> None:
        if (moved := self._move(path, REFUSED)) is not None:
            moved.with_name(moved.name + ".txt").write_text(f"{error.code}: {error.sentence}\n", encoding="utf-8")
        log.warning("folder.refused", file=path.name, code=error.code)

    def _move(self, path: Path, sub: str) -> Path | None:
        """Move into a sub-folder under a name that is free there; None when another watcher was faster."""
        folder = self._folder / sub
        folder.mkdir(exist_ok=True)
        target, copy = folder / path.name, 1
        while target.exists():
            copy += 1
            target = folder / f"{path.stem} ({copy}){path.suffix}"
        try:
            return path.rename(target)
        except FileNotFoundError:
            return None
