"""Zip archives: names in any encoding, both kinds of encryption, sizes counted and never believed."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from intake.archives.member import Budget, Member, damaged, is_note, linked, locked, read_within, too_large
from intake.archives.winzip_aes import METHOD, AesField, WrongPassword, decrypt
from intake.labels import file_label

UNPACK_FAULTS = (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
DOCUMENT_MEMBERS = frozenset({"[Content_Types].xml", "mimetype", "META-INF/manifest.xml", "META-INF/MANIFEST.MF"})
"""Members that only packages have: Office, OpenDocument and Java files are documents, not archives."""

_UTF8 = 0x800                  # general purpose bit 11: the name is in UTF-8 (APPNOTE 4.4.4)
_UNICODE_PATH = 0x7075         # extra field with the name in UTF-8 (APPNOTE 4.6.9)
_LOCAL_HEADER = 30             # bytes before name and extra field (APPNOTE 4.3.7)
_SLOW = 2**23                  # bytes the old encryption may have: undoing it costs a second a megabyte


def is_zip_archive(content: bytes) -> bool:
    """True for an archive of files; False for a document that happens to be a zip, and for a damaged one."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            return not DOCUMENT_MEMBERS & set(archive.namelist())
    except UNPACK_FAULTS:
        return False


def zip_members(content: bytes, budget: Budget) -> Iterator[Member]:
    """The files of an archive in its order. Raises what zipfile does on a directory that cannot be read."""
    with ZipFile(BytesIO(content)) as archive:
        for info in archive.infolist():
            if info.is_dir() or is_note(info.filename):
                continue
            member = _member(archive, content, info, budget)
            budget = budget.less(len(member.content))
            yield member


def _member(archive: ZipFile, content: bytes, info: ZipInfo, budget: Budget) -> Member:
    name, allowed = file_label(_name(info)), budget.allowed(info.compress_size)
    if stat.S_ISLNK(info.external_attr >> 16):
        return linked(name)
    try:
        if not info.flag_bits & 0x1:
            data = _read(archive, info, None, allowed)
        elif info.compress_type == METHOD:
            data = _aes(content, info, budget.passwords, allowed)
        else:
            data = _old_encryption(archive, info, budget.passwords, allowed)
    except WrongPassword:
        return locked(name, passwords_tried=len(budget.passwords))
    except UNPACK_FAULTS:
        return damaged(name)
    return too_large(name, allowed) if data is None else Member(name, data)


def _read(archive: ZipFile, info: ZipInfo, password: bytes | None, allowed: int) -> bytes | None:
    with archive.open(info, pwd=password) as f:
        return read_within(f.read, allowed)


def _old_encryption(archive: ZipFile, info: ZipInfo, passwords: tuple[str, ...], allowed: int) -> bytes | None:
    """By the check sum alone is it certain that a password was right. Raises WrongPassword when none was."""
    if passwords and info.compress_size > _SLOW:
        return None
    for password in passwords:
        try:
            return _read(archive, info, password.encode(), allowed)
        except UNPACK_FAULTS:
            continue
    raise WrongPassword


def _aes(content: bytes, info: ZipInfo, passwords: tuple[str, ...], allowed: int) -> bytes | None:
    """The data of a member with WinZip's encryption. Raises WrongPassword."""
    field = AesField.parse(_extra(info.extra, AesField.ID))
    name_length, extra_length = struct.unpack_from("<HH", content, info.header_offset + 26)
    start = info.header_offset + _LOCAL_HEADER + name_length + extra_length
    packed = decrypt(content[start:start + info.compress_size], field, passwords)
    if field.method == ZIP_STORED:
        return packed if len(packed) <= allowed else None
    if field.method != ZIP_DEFLATED:
        raise NotImplementedError(f"compression method {field.method}")
    data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, allowed + 1)
    return data if len(data) <= allowed else None


def _name(info: ZipInfo) -> str:
    """The name as its sender meant it: many programs write UTF-8 without saying so."""
    if info.flag_bits & _UTF8 or info.filename.isascii():
        return info.filename
    raw = info.orig_filename.encode("cp437", "replace")
    extra = _extra(info.extra, _UNICODE_PATH)
    for candidate in filter(None, (extra[5:] if extra[:1] == b"\x01" else b"", raw)):
        try:
            return candidate.decode("utf-8")
        except UnicodeDecodeError:
            continue
    # Windows writes the code page of its console, which for western Europe is 850; where that gives no letter it was 437.
    western = raw.decode("cp850")
    return western if all(c.isascii() or c.isalpha() for c in western) else info.filename


def _extra(extra: bytes, wanted: int) -> bytes:
    """The data of one extra field, empty when it is not there."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == wanted:
            return extra[at + 4:at + 4 + size]
        at += 4 + size
    return b""
