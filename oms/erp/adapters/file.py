"""The file adapter: JSON lines, one message a line, appended durably; for ERPs that import a file, and for trying things out.

Any number of processes may append: a lock on the file keeps lines whole and keys unique. The file must not be moved away
while messages are under way, because it is also the memory of what was delivered.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import BufferedRandom
from pathlib import Path
from threading import Lock
from typing import Any

from models.errors import TransientError
from oms.erp.compare import There
from oms.erp.compare_credits import NoteThere
from oms.erp.port import EVERY_PUSH, Noun, Pulled, cannot_pull


class FileErp:
    """An ErpPort over one file. `external_id` of a line is "LINE-" and its 1-based number."""

    system = "file"
    capabilities = EVERY_PUSH

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ids: dict[str, str] = {}
        self._read_to = 0                              # bytes of the file that `_ids` covers
        self._lines = 0
        self._inode = 0
        self._mutex = Lock()

    def submit(self, message: Mapping[str, Any], *, key: str) -> str:
        """Append the message unless its key is there already; durable when this returns. Raises TransientError."""
        with self._locked() as f:
            if key not in self._ids:
                line = self.preview(message, key=key).encode() + b"\n"
                f.seek(0, os.SEEK_END)
                f.write(line)
                f.flush()
                os.fsync(f.fileno())
                self._refresh(f)
            return self._ids[key]

    def find(self, key: str) -> str | None:
        """The line that carries this key, or None."""
        with self._locked():
            return self._ids.get(key)

    def preview(self, message: Mapping[str, Any], *, key: str) -> str:
        """The line as it would be appended."""
        return as_line(message, key)

    def check(self) -> str:
        """Whether the file can be written."""
        with self._locked():
            return f"Orders are appended to {self.path}; it has {len(self._ids)} messages."

    def pull(self, noun: Noun, since: str | None) -> Pulled:
        """A file that is written tells nothing. Raises ErpRefused."""
        raise cannot_pull(self.system, noun)

    def sales(self, since: datetime) -> Sequence[There]:
        """What became of the messages, the file does not know. Raises ErpRefused."""
        raise cannot_pull(self.system, "sales")

    def credits(self, since: datetime) -> Sequence[NoteThere]:
        """What became of the messages, the file does not know. Raises ErpRefused."""
        raise cannot_pull(self.system, "credits")

    @contextmanager
    def _locked(self) -> Iterator[BufferedRandom]:
        """The file, exclusively ours, its index fresh."""
        try:
            with self._mutex, self._open() as f:
                fcntl.flock(f, fcntl.LOCK_EX)          # released when the file is closed
                self._drop_torn_tail(f)
                self._refresh(f)
                yield f
        except OSError as e:
            raise TransientError(
                f"The ERP file {self.path.name} cannot be written ({e.strerror}). Free space or mend its rights.",
                code="erp_file_unavailable") from e

    def _open(self) -> BufferedRandom:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.path.exists()
        f = self.path.open("a+b")
        if is_new:
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)                       # else a power cut may forget that the file exists
            finally:
                os.close(folder)
        return f

    def _drop_torn_tail(self, f: BufferedRandom) -> None:
        """A last line without its end was cut by a crash before anybody was told it is there: finish it or take it away."""
        size = f.seek(0, os.SEEK_END)
        if size == 0 or _tail(f, size, 1) == b"\n":
            return
        start = _last_line_start(f, size)
        f.seek(start)
        if _key_of(f.read()) is not None:
            f.write(b"\n")
        else:
            f.truncate(start)
        f.flush()
        os.fsync(f.fileno())

    def _refresh(self, f: BufferedRandom) -> None:
        """Index what was appended since the last look; everything, if the file is another one or was cut."""
        status = os.fstat(f.fileno())
        if status.st_ino != self._inode or status.st_size < self._read_to:
            self._ids, self._read_to, self._lines, self._inode = {}, 0, 0, status.st_ino
        f.seek(self._read_to)
        for line in f:
            self._lines += 1
            key = _key_of(line)
            if key is not None:
                self._ids.setdefault(key, f"LINE-{self._lines}")
        self._read_to = f.tell()


def as_line(message: Mapping[str, Any], key: str) -> str:
    """A message as one line of JSON, without its end."""
    return json.dumps({"key": key, **message}, ensure_ascii=False, separators=(",", ":"))


def _key_of(line: bytes) -> str | None:
    """The key of a line; None for what is no message of ours."""
    try:
        key = json.loads(line)["key"]
    except (ValueError, KeyError, TypeError):
        return None
    return key if isinstance(key, str) else None


def _tail(f: BufferedRandom, size: int, count: int) -> bytes:
    f.seek(max(size - count, 0))
    return f.read()


def _last_line_start(f: BufferedRandom, size: int) -> int:
    """Where the last, unfinished line begins."""
    span = 4096
    while (at := _tail(f, size, span).rfind(b"\n")) < 0 and span < size:
        span *= 2
    return 0 if at < 0 else max(size - span, 0) + at + 1
