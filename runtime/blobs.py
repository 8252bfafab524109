"""Content-addressed store: immutable bytes under their sha256. A write is durable before its digest is returned."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from models.errors import NotFound, TransientError


class StorageFull(TransientError):
    """The bytes could not be made durable; nothing was acknowledged."""

    code = "storage_unavailable"


class Blobs:
    """A folder of blobs: `root/ab/abcdef…`. Temporary files live in `root/tmp` until they are complete."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._tmp = root / "tmp"
        self._tmp.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> str:
        """Store bytes, fsynced; returns their sha256 in hex. Raises StorageFull when the disk refuses."""
        return self.put_stream([content])[0]

    def put_stream(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store a stream without holding it in memory; returns (sha256, size). The iterable may raise to give up."""
        part = self._tmp / secrets.token_hex(12)
        try:
            digest, size = self._write(part, chunks)
            self._settle(part, digest)
        except OSError as e:
            raise StorageFull(f"The blob store cannot be written ({e.strerror}). Free space, then send again.") from e
        finally:
            part.unlink(missing_ok=True)
        return digest, size

    def _write(self, part: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with part.open("xb") as f:
            for chunk in chunks:
                f.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            f.flush()
            os.fsync(f.fileno())
        return digest.hexdigest(), size

    def _settle(self, part: Path, digest: str) -> None:
        target = self.path(digest)
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True)
            _fsync_folder(self.root)
        part.replace(target)             # the same content twice ends as one file
        _fsync_folder(target.parent)

    def remove(self, digest: str, *, untouched_for: timedelta = timedelta(hours=1)) -> bool:
        """Take bytes away for good, unless they came (again) of late: whoever brought them may not have said yet that they are
        needed. Returns whether they are gone now that were there."""
        aside = self._tmp / secrets.token_hex(12)
        try:
            self.path(digest).rename(aside)          # from here on nobody brings these very bytes
        except FileNotFoundError:
            return False
        if time.time() - aside.stat().st_mtime < untouched_for.total_seconds():
            aside.rename(self.path(digest))
            return False
        aside.unlink()
        _fsync_folder(self.path(digest).parent)
        return True

    def path(self, digest: str) -> Path:
        """Where a blob lies, whether or not it exists."""
        return self.root / digest[:2] / digest

    def get(self, digest: str) -> bytes:
        """The bytes. Raises NotFound when the store does not hold them."""
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"Blob {digest} is missing from the store; restore it from the backup.") from None

    def digests(self) -> Iterator[str]:
        """All digests in the store, sorted within each folder."""
        for folder in sorted(self.root.iterdir()):
            if folder.is_dir() and len(folder.name) == 2:
                yield from sorted(p.name for p in folder.iterdir())

    def is_intact(self, digest: str) -> bool:
        """True when the stored bytes still hash to their name."""
        with self.path(digest).open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest() == digest


def _fsync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
