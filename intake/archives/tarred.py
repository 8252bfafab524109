"""Tar archives, and files packed by gzip (one file each; a packed tar is opened as the tar it holds)."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from intake.archives.member import Budget, Member, damaged, is_note, linked, read_within, too_large
from intake.labels import file_label

GZIP = b"\x1f\x8b\x08"
_TAR_MARK = slice(257, 262)
_FAULTS = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError)
_HEADER, _HAS_EXTRA, _HAS_NAME = 10, 0x04, 0x08         # RFC 1952, 2.3


def is_tar(content: bytes) -> bool:
    """True for a tar with the mark that all programs have written since 1988."""
    return content[_TAR_MARK] == b"ustar"


def tar_members(content: bytes, budget: Budget) -> Iterator[Member]:
    """The files of an archive in its order; devices and the like are none. Raises TarError when it cannot be read on."""
    with tarfile.open(fileobj=BytesIO(content), mode="r:") as archive:
        for info in archive:
            if info.isdir() or not (info.isreg() or info.issym() or info.islnk()) or is_note(info.name):
                continue
            member = _member(archive, info, budget)
            budget = budget.less(len(member.content))
            yield member


def _member(archive: tarfile.TarFile, info: tarfile.TarInfo, budget: Budget) -> Member:
    name = file_label(info.name)
    if not info.isreg():
        return linked(name)
    allowed = budget.allowed(budget.room)       # nothing is packed here, but a sparse member may claim to be any size
    try:
        reader = archive.extractfile(info)
        data = read_within(reader.read, allowed) if reader else b""
    except _FAULTS:
        return damaged(name)
    if data is not None and len(data) != info.size:
        return damaged(name)
    return too_large(name, allowed) if data is None else Member(name, data)


def gzip_members(content: bytes, budget: Budget) -> Iterator[Member]:
    """The one file that a gzip file holds."""
    name, allowed = _gzip_name(content), budget.allowed(len(content))
    try:
        with gzip.open(BytesIO(content)) as f:
            data = read_within(f.read, allowed)
    except _FAULTS:
        yield damaged(name)
        return
    yield too_large(name, allowed) if data is None else Member(name, data)


def _gzip_name(content: bytes) -> str | None:
    """The name in the header, where there is one and nothing unusual stands before it."""
    flags = content[3:4]
    if not flags or flags[0] & _HAS_EXTRA or not flags[0] & _HAS_NAME:
        return None
    return file_label(content[_HEADER:_HEADER + 1024].partition(b"\0")[0].decode("utf-8", "replace"))
