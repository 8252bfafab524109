"""What has documents inside, known by its content; the file's name has no say. Office and OpenDocument files are documents."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - it is a class

from olefile import OleFileIO

from intake.labels import file_label
from intake.mail.parse import looks_like_mail

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TNEF = b"\x78\x9f\x3e\x22"
_MSG_STREAM = "__properties_version1.0"
_DOCUMENT_MEMBERS = frozenset({"[Content_Types].xml", "mimetype", "META-INF/manifest.xml", "META-INF/MANIFEST.MF"})
_ALWAYS_FINE = 2**20           # bytes a member may have whatever its ratio: short texts compress very well
_CHUNK = 2**16
_UNPACK_FAULTS = (BadZipFile, ZlibError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


class Container(StrEnum):
    """What can be opened here."""

    MAIL = "mail"
    MSG = "msg"
    TNEF = "tnef"
    ZIP = "zip"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; `code` and `sentence` when it cannot be taken out."""

    name: str | None
    content: bytes = b""
    code: str | None = None
    sentence: str | None = None


def container_of(content: bytes) -> Container | None:
    """What kind of container the bytes are, or None: a document of its own."""
    if content.startswith(_TNEF):
        return Container.TNEF
    if content.startswith(_ZIP):
        return Container.ZIP if _is_archive(content) else None
    if content.startswith(_OLE):
        return Container.MSG if _is_msg(content) else None
    return Container.MAIL if looks_like_mail(content) else None


def _is_archive(content: bytes) -> bool:
    try:
        with ZipFile(BytesIO(content)) as archive:
            return not _DOCUMENT_MEMBERS & set(archive.namelist())
    except _UNPACK_FAULTS:
        return False


def _is_msg(content: bytes) -> bool:
    try:
        with OleFileIO(BytesIO(content)) as ole:
            return bool(ole.exists(_MSG_STREAM))
    except Exception:           # olefile raises many kinds on damaged files
        return False


def zip_members(content: bytes, *, ratio: int, room: int) -> Iterator[Member]:
    """The files of an archive in its order, each unpacked with its bytes counted.

    `ratio`: how often larger than its packed size a member may be; `room`: bytes all members together may have.
    """
    with ZipFile(BytesIO(content)) as archive:
        for info in archive.infolist():
            if info.is_dir() or info.filename.startswith("__MACOSX/"):      # the latter: the Finder's notes on other members
                continue
            member = _member(archive, info, ratio=ratio, room=room)
            room -= len(member.content)
            yield member


def _member(archive: ZipFile, info: ZipInfo, *, ratio: int, room: int) -> Member:
    name = file_label(info.filename)
    if stat.S_ISLNK(info.external_attr >> 16):
        return Member(name, code="symbolic_link", sentence="This archive member is a link, not a file; ask for the file itself.")
    if info.flag_bits & 0x1:
        return Member(
            name, code="encrypted_member", sentence="This archive member is password-protected; ask the sender for an open copy.")
    allowed = min(room, max(_ALWAYS_FINE, ratio * info.compress_size))
    try:
        data = _read(archive, info, allowed)
    except _UNPACK_FAULTS:
        return Member(name, code="damaged_member", sentence="This archive member is damaged; ask the sender to send it again.")
    if data is None:
        return Member(
            name, code="member_too_large",
            sentence=f"This archive member unpacks to more than {allowed:,} bytes; ask the sender for the file itself.")
    return Member(name, data)


def _read(archive: ZipFile, info: ZipInfo, allowed: int) -> bytes | None:
    """The member's bytes, or None when there are more than allowed; what the archive claims about its size is not believed."""
    chunks, size = [], 0
    with archive.open(info) as f:
        while chunk := f.read(_CHUNK):
            size += len(chunk)
            if size > allowed:
                return None
            chunks.append(chunk)
    return b"".join(chunks)
