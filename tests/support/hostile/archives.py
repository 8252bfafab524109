"""Archives: bombs, lies about sizes, links, names that are paths, depth."""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial

import py7zr

from tests.support.hostile.shape import ORDER_CSV, HostileFile, harmless, read, refused, zipped

MB = 2**20
ORDER = ORDER_CSV.encode()
ROOM_CODES = ("member_too_large", "too_much_unpacked", "too_many_parts", "too_many_members")


def bomb(size: int, how: int) -> bytes:
    """One member of zeros, with a good order behind it."""
    return zipped([("zeros.txt", bytes(size)), ("order.csv", ORDER)], how=how)


def bomb_of_bombs() -> bytes:
    content = zipped([("0.txt", bytes(8 * MB))])
    for level in range(4):
        content = zipped([(f"{level}-{n}.zip", content) for n in range(10)])
    return content


def nested(levels: int) -> bytes:
    content = zipped([("order.csv", ORDER)])
    for _ in range(levels):
        content = zipped([("inner.zip", content)])
    return content


def _local(name: bytes, packed: bytes, size: int, crc: int, method: int = 8) -> bytes:
    return struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, method, 0, 33, crc, len(packed), size, len(name), 0) + name + packed


def _central(name: bytes, packed: int, size: int, crc: int, at: int, method: int = 8) -> bytes:
    return (
        struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, method, 0, 33, crc, packed, size, len(name), 0, 0, 0, 0, 0, at
        )
        + name
    )


def _end(count: int, size: int, at: int, comment: bytes = b"") -> bytes:
    return struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, size, at, len(comment)) + comment


def _packed(content: bytes) -> bytes:
    return zlib.compress(content, 9, wbits=-15)


def one_member(content: bytes, *, claimed: int, crc: int | None = None, method: int = 8) -> bytes:
    """An archive by hand, whose directory claims another size than the member has."""
    packed, crc = _packed(content), zlib.crc32(content) if crc is None else crc
    local = _local(b"order.csv", packed, claimed, crc, method)
    central = _central(b"order.csv", len(packed), claimed, crc, 0, method)
    return local + central + _end(1, len(central), len(local))


def overlapping(count: int) -> bytes:
    """Many names for one body: a few kilobytes that claim to be gigabytes."""
    content = bytes(range(256)) * 2 + bytes(900_000)
    packed, crc = _packed(content), zlib.crc32(content)
    local = _local(b"000.txt", packed, len(content), crc)
    central = b"".join(_central(f"{n:03}.txt".encode(), len(packed), len(content), crc, 0) for n in range(count))
    return local + central + _end(count, len(central), len(local))


def swallows_itself() -> bytes:
    """The one stored member is the archive's own directory."""
    name = b"self.zip"
    rest = len(_central(name, 0, 0, 0, 0)) + len(_end(1, 0, 0))
    central = _central(name, rest, rest, 0, 0, method=0)
    header = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, rest, rest, len(name), 0) + name
    return header + central + _end(1, len(central), len(header))


def directory_of_lies() -> bytes:
    """The end record points beyond the file and counts 65,535 members."""
    return zipped([("order.csv", ORDER)])[:-22] + _end(65_535, 0x7FFFFFF0, 0x7FFFFFF0)


def link(target: str) -> bytes:
    info = zipfile.ZipInfo("order.pdf")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped([(info, target.encode())])


def locked() -> bytes:
    """The flag says encrypted."""
    raw = bytearray(zipped([("order.csv", ORDER)]))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def odd_names() -> bytes:
    return zipped(
        [
            ("../../../../etc/cron.d/order.csv", ORDER),
            ("/etc/passwd", b"1;2\n"),
            ("C:\\Windows\\win.ini", b"1;2\n"),
            ("‮fdp.exe", b"1;2\n"),
            ("=cmd|' /C calc'!A0.csv", b"1;2\n"),
            ("a" * 60_000 + ".csv", b"1;2\n"),
            ("con", b"1;2\n"),
        ]
    )


def double_names() -> bytes:
    first = one_member(ORDER, claimed=len(ORDER))
    size = first.index(b"PK\x01\x02")
    central = first[size:-22]
    return first[:size] + central * 3 + _end(3, 3 * len(central), size)


def tar(kind: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("order.csv")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    return out.getvalue()


def tar_of(members: dict[str, bytes]) -> bytes:
    """An honest tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def tar_claims() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w"):
        info = tarfile.TarInfo("order.csv")
        info.size = 8 * 2**30
        out.write(info.tobuf())
    return out.getvalue()


def seven(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", filters=[{"id": py7zr.FILTER_LZMA2, "preset": 1}]) as archive:
        for name, content in members.items():
            archive.writef(io.BytesIO(content), name)
    return out.getvalue()


def seven_header_lie() -> bytes:
    """The start header says that the directory is 2^60 bytes long."""
    start = struct.pack("<QQI", 32, 2**60, 0)
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + bytes(64)


def files() -> Iterator[HostileFile]:
    """Every archive of the set."""
    too_big = refused(*ROOM_CODES)
    broken = ("damaged_container", "damaged_member", "message_unreadable")
    seven_codes = (*ROOM_CODES, *broken)
    yield HostileFile("zip bomb", partial(bomb, 64 * MB, zipfile.ZIP_DEFLATED), read("member_too_large"), is_heavy=True)
    yield HostileFile("zip bomb in bzip2", partial(bomb, 32 * MB, zipfile.ZIP_BZIP2), read("member_too_large"), is_heavy=True)
    yield HostileFile("zip bomb in lzma", partial(bomb, 16 * MB, zipfile.ZIP_LZMA), read("member_too_large"), is_heavy=True)
    yield HostileFile("zip of zips of bombs", bomb_of_bombs, refused(*ROOM_CODES, "too_deep"))
    yield HostileFile("zip 50 deep", partial(nested, 50), refused("too_deep"))
    yield HostileFile("zip with 400 names on one body", partial(overlapping, 400), too_big, is_heavy=True)
    yield HostileFile("zip that swallows itself", swallows_itself, refused("damaged_member", "too_deep"))
    yield HostileFile("zip of 501 members", lambda: zipped((f"{n}.txt", b"x y") for n in range(501)), too_big, is_heavy=True)
    yield HostileFile("zip of 20,000 members", lambda: zipped((f"{n}", b"") for n in range(20_000)), too_big, is_heavy=True)
    yield HostileFile(
        "zip claims less than it holds", lambda: one_member(bytes(5 * MB), claimed=10), refused("damaged_member", *ROOM_CODES)
    )
    yield HostileFile("zip claims 4 GB", lambda: one_member(ORDER, claimed=0xFFFFFFFE), harmless())
    yield HostileFile(
        "zip with a wrong checksum", lambda: one_member(ORDER, claimed=len(ORDER), crc=1), refused("damaged_member")
    )
    yield HostileFile(
        "zip of an unknown method", lambda: one_member(ORDER, claimed=len(ORDER), method=99), refused("damaged_member")
    )
    yield HostileFile("zip whose directory lies", directory_of_lies, refused("unknown_format", "damaged_container"))
    yield HostileFile("zip with a link to a secret", partial(link, "/etc/passwd"), refused("symbolic_link"))
    yield HostileFile("zip with a link to everything", partial(link, "/"), refused("symbolic_link"))
    yield HostileFile("zip with a password", locked, refused("encrypted_member"))
    yield HostileFile("zip with names that are paths", odd_names, read())
    yield HostileFile("zip with one name three times", double_names, read())
    yield HostileFile(
        "gzip bomb", lambda: gzip.compress(bytes(150 * MB), 1, mtime=0), refused(*ROOM_CODES), "order.csv.gz", is_heavy=True
    )
    yield HostileFile(
        "xz bomb",
        lambda: lzma.compress(bytes(64 * MB), preset=0),
        refused("unknown_format", "unsupported_format", *ROOM_CODES),
        "order.xz",
        is_heavy=True,
    )
    link_codes = ("symbolic_link", "message_empty")
    yield HostileFile("tar with a symbolic link", partial(tar, tarfile.SYMTYPE), refused(*link_codes), "order.tar")
    yield HostileFile("tar with a hard link", partial(tar, tarfile.LNKTYPE), refused(*link_codes), "order.tar")
    yield HostileFile("tar with a device", partial(tar, tarfile.CHRTYPE), refused(*link_codes), "order.tar")
    yield HostileFile("tar claims 8 GB", tar_claims, refused(*ROOM_CODES, *broken), "order.tar")
    yield HostileFile("7z bomb", lambda: seven({"zeros.txt": bytes(32 * MB)}), refused(*seven_codes), "order.7z", is_heavy=True)
    yield HostileFile(
        "7z of 501 members",
        lambda: seven({f"{n}.txt": b"x" for n in range(501)}),
        refused(*seven_codes),
        "order.7z",
        is_heavy=True,
    )
    yield HostileFile("7z with a lying header", seven_header_lie, refused(*seven_codes), "order.7z")
