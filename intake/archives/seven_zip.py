"""7z archives, unpacked in memory. Members may share one packed stream, so all are taken out in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

from py7zr import SevenZipFile, py7zr
from py7zr.exceptions import CrcError, DecompressionBombError, PasswordRequired
from py7zr.io import MemIO, Py7zIO, WriterFactory
from py7zr.py7zr import ArchiveFile

from intake.archives.member import Budget, Member, damaged, is_note, linked, locked, too_large
from intake.labels import file_label

SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_BLOCK = 16 * 2**20          # bytes unpacked at a time
# The library would ask /proc how much memory there is; behind the wall there is no /proc.
py7zr.get_memory_limit = lambda: _BLOCK  # type: ignore[attr-defined]


class _Locked(Exception):
    """The archive cannot be opened with this password. `names`: of its files, where the directory is open."""

    def __init__(self, names: list[str | None]) -> None:
        super().__init__()
        self.names = names


def seven_zip_members(content: bytes, budget: Budget) -> Iterator[Member]:
    """The files of an archive in its order, or a locked member for each when no password opens it.

    Raises the library's errors for an archive whose directory cannot be read.
    """
    names: list[str | None] = [None]
    for password in (None, *budget.passwords):
        try:
            yield from _open(content, password, budget)
            return
        except _Locked as e:
            names = e.names
    yield from (locked(name, passwords_tried=len(budget.passwords)) for name in names)


def _open(content: bytes, password: str | None, budget: Budget) -> list[Member]:
    try:
        archive = SevenZipFile(BytesIO(content), password=password)
    except PasswordRequired as e:
        raise _Locked([None]) from e
    except Exception as e:          # a wrong password makes rubbish of an encrypted directory, and any error of that
        if password is None:
            raise
        raise _Locked([None]) from e
    with archive:
        wanted = (f for f in archive.files if not (f.is_directory or f.is_socket or is_note(f.filename)))
        files = list(islice(wanted, budget.members + 1))
        if password is None and archive.needs_password():
            raise _Locked([file_label(f.filename) for f in files])
        return _take(archive, files, len(content), budget, is_locked=password is not None)


@dataclass
class _Taken(WriterFactory):
    """Where the library puts what it unpacks: one buffer for each member, by its id."""

    buffers: dict[str, _Buffer]

    def create(self, filename: str) -> Py7zIO:
        self.buffers[filename] = _Buffer()
        return self.buffers[filename]


class _Buffer(Py7zIO):
    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, s: bytes | bytearray) -> int:
        self.data += s
        return len(s)

    def read(self, size: int | None = None) -> bytes:
        return bytes(self.data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def flush(self) -> None:
        return None

    def size(self) -> int:
        return len(self.data)


def _take(archive: SevenZipFile, files: list[ArchiveFile], packed: int, budget: Budget, *, is_locked: bool) -> list[Member]:
    """The members: what may not be taken out is decided by the sizes in the directory, beyond which the library never unpacks."""
    refused: dict[int, Member] = {}
    left = budget
    taken = _Taken({})
    for f in files:
        name, allowed = file_label(f.filename), left.allowed(f.compressed or packed)
        if f.is_symlink or f.is_junction:
            refused[f.id] = linked(name)
        elif f.uncompressed > allowed:
            refused[f.id] = too_large(name, allowed)
        else:
            left = left.less(f.uncompressed)
            archive.worker.register_filelike(f.id, MemIO(str(f.id), taken))
    fault = _unpack(archive, budget)
    broken = next(reversed(taken.buffers), None) if isinstance(fault, CrcError) else None
    if is_locked and fault and len(taken.buffers) <= 1:
        raise _Locked([file_label(f.filename) for f in files])
    members = []
    for f in files:
        buffer = taken.buffers.get(str(f.id))
        if f.id in refused:
            members.append(refused[f.id])
        elif buffer is None or str(f.id) == broken or len(buffer.data) != f.uncompressed:
            is_bomb = isinstance(fault, DecompressionBombError)
            name = file_label(f.filename)
            members.append(too_large(name, budget.room) if is_bomb else damaged(name))
        else:
            members.append(Member(file_label(f.filename), bytes(buffer.data)))
    return members


def _unpack(archive: SevenZipFile, budget: Budget) -> Exception | None:
    """Run the one pass; what was unpacked before a fault stays. What is passed over in a shared stream counts too."""
    archive.worker.max_extract_size = budget.room
    try:
        archive.worker.extract(archive.fp, None, parallel=False)
    except Exception as e:          # the decompressors' own errors are many
        return e
    return None
