"""Archives of every kind: members found, names meant, passwords tried, and the same limits for all."""

from __future__ import annotations

import gzip
import io
import os
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable

import pytest
from py7zr import SevenZipFile

from intake.containers import Container, container_of
from intake.unpack import UnpackOptions, unpack
from models.domain.messages import Part
from models.errors import InputError
from tests.support.archives import locked_zip

Files = dict[str, bytes]
ORDER: Files = {"one/order.csv": b"item;qty\nA-1;5\n", "two.pdf": b"%PDF-1.4 two"}


def zip_of(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as f:
        for name, content in files.items():
            f.writestr(name, content)
    return out.getvalue()


def seven_zip_of(files: Files, **options: object) -> bytes:
    out = io.BytesIO()
    with SevenZipFile(out, "w", **options) as f:  # type: ignore[arg-type]
        for name, content in files.items():
            f.writestr(content, name)
    return out.getvalue()


def tar_of(files: Files) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as f:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            f.addfile(info, io.BytesIO(content))
    return out.getvalue()


def parts(content: bytes, **options: object) -> tuple[Part, ...]:
    return unpack(content, UnpackOptions(**options)).parts  # type: ignore[arg-type]


KINDS = pytest.mark.parametrize("pack", [zip_of, seven_zip_of, tar_of], ids=["zip", "7z", "tar"])
Pack = Callable[[Files], bytes]


@KINDS
def test_members_come_out_in_order_with_the_last_part_of_their_names(pack: Pack) -> None:
    found = parts(pack(ORDER))
    assert [(p.name, p.content, p.code) for p in found] == [
        ("order.csv", ORDER["one/order.csv"], None), ("two.pdf", ORDER["two.pdf"], None)]


@KINDS
def test_the_rest_behind_the_member_limit_leaves_a_reason(pack: Pack) -> None:
    for count in (4, 5, 6):
        found = parts(pack({f"{n}.csv": b"1" for n in range(count)}), members=5)
        assert [p.code for p in found] == [None] * min(count, 5) + ["too_many_members"] * (count > 5)


@KINDS
@pytest.mark.parametrize(("size", "code"), [(999, None), (1_000, None), (1_001, "member_too_large")])
def test_unpacked_bytes_are_counted(pack: Pack, size: int, code: str | None) -> None:
    assert parts(pack({"a.txt": b"x" * size}), unpacked_bytes=1_000)[0].code == code


@pytest.mark.parametrize("pack", [zip_of, seven_zip_of], ids=["zip", "7z"])
def test_a_bomb_is_refused_and_what_lies_behind_it_is_read(pack: Pack) -> None:
    found = parts(pack({"bomb.txt": b"0" * 5_000_000, "po.pdf": b"%PDF"}))
    assert [(p.name, p.code, p.content) for p in found] == [("bomb.txt", "member_too_large", b""), ("po.pdf", None, b"%PDF")]


def test_a_shared_stream_is_not_unpacked_beyond_the_room_there_is() -> None:
    raw = seven_zip_of({"first.csv": b"1;2", "bomb.txt": b"0" * 5_000_000, "po.pdf": b"%PDF"})
    found = parts(raw, unpacked_bytes=3_000_000)
    assert [(p.name, p.code) for p in found] == [
        ("first.csv", None), ("bomb.txt", "member_too_large"), ("po.pdf", "member_too_large")]


def test_a_gzip_file_is_the_file_it_holds_under_the_name_in_its_header() -> None:
    out = io.BytesIO()
    with gzip.GzipFile("Order.csv", "wb", fileobj=out) as f:
        f.write(b"A-1;5")
    assert [(p.name, p.content) for p in parts(out.getvalue())] == [("Order.csv", b"A-1;5")]
    assert [(p.name, p.content) for p in parts(gzip.compress(b"A-1;5"))] == [(None, b"A-1;5")]
    assert parts(gzip.compress(b"0" * 5_000_000))[0].code == "member_too_large"
    assert parts(out.getvalue()[:-9])[0].code == "damaged_member"


def test_a_packed_tar_is_opened_to_the_files() -> None:
    found = parts(gzip.compress(tar_of(ORDER)))
    assert [(p.name, p.parent) for p in found] == [(None, None), ("order.csv", 0), ("two.pdf", 0)]


def test_archives_are_known_in_each_other_to_the_depth_allowed() -> None:
    inner = seven_zip_of({"deep.zip": zip_of({"x.tar": tar_of({"po.pdf": b"%PDF"})})})
    assert [p.name for p in parts(inner)] == ["deep.zip", "x.tar", "po.pdf"]
    assert [p.code for p in parts(inner, depth=2)] == [None, "too_deep"]


def test_links_are_no_files() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as f:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE):
            link = tarfile.TarInfo("passwd")
            link.type, link.linkname = kind, "/etc/passwd"
            f.addfile(link)
        f.addfile(tarfile.TarInfo("../../real.csv"))
    assert [(p.name, p.code) for p in parts(out.getvalue())] == [
        ("passwd", "symbolic_link"), ("passwd", "symbolic_link"), ("real.csv", None)]


# --- passwords --------------------------------------------------------------------------------------------------------

LOCKED = [
    pytest.param(locked_zip("po.pdf", b"%PDF" * 99, "geheim", aes=True), id="zip-aes"),
    pytest.param(locked_zip("po.pdf", b"%PDF" * 99, "geheim", aes=False), id="zip-old"),
    pytest.param(seven_zip_of({"po.pdf": b"%PDF" * 99}, password="geheim"), id="7z"),
    pytest.param(seven_zip_of({"po.pdf": b"%PDF" * 99}, password="geheim", header_encryption=True), id="7z-names-too"),
]


@pytest.mark.parametrize("raw", LOCKED)
def test_a_locked_archive_is_opened_by_a_known_password_or_refused_with_a_reason(raw: bytes) -> None:
    assert [(p.name, p.content) for p in parts(raw, passwords=("wrong", "geheim"))] == [("po.pdf", b"%PDF" * 99)]
    closed, wrong = parts(raw)[0], parts(raw, passwords=("wrong",))[0]
    assert (closed.code, closed.content) == ("encrypted_member", b"")
    assert closed.name in ("po.pdf", None)
    assert (wrong.code, "none of the known passwords" in (wrong.sentence or "")) == ("encrypted_member", True)


def test_a_locked_member_that_was_changed_on_the_way_is_damaged() -> None:
    raw = bytearray(locked_zip("po.pdf", os.urandom(500), "geheim", aes=True))
    raw[200] ^= 1
    assert parts(bytes(raw), passwords=("geheim",))[0].code == "damaged_member"


def test_a_password_is_never_shown_with_the_options() -> None:
    assert "geheim" not in repr(UnpackOptions(passwords=("geheim",)))


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("raw", "name"), [
    (b"Gr\x94\xe1e.pdf", "Größe.pdf"),                          # code page 437 and 850 alike
    ("Größe.pdf".encode(), "Größe.pdf"),                        # UTF-8 that does not say so
    (b"br\x9bd.pdf", "brød.pdf"),                               # 850, where 437 has a cent sign
    ("Bestellung 4–5 ✓.pdf".encode(), "Bestellung 4–5 ✓.pdf"),
])
def test_zip_names_are_read_as_their_sender_meant_them(raw: bytes, name: str) -> None:
    stand_in = "x" * len(raw)
    assert parts(zip_of({stand_in: b"1"}).replace(stand_in.encode(), raw))[0].name == name


def test_the_name_in_the_unicode_field_wins() -> None:
    info, utf8 = zipfile.ZipInfo("plxk.csv"), "plík.csv".encode()
    info.extra = struct.pack("<HHBI", 0x7075, 5 + len(utf8), 1, 0) + utf8
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as f:
        f.writestr(info, b"1")
    assert parts(out.getvalue().replace(b"plxk", b"pl\x8ck"))[0].name == "plík.csv"


# --- damage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Container)[3:])
def test_mangled_archives_end_in_parts_or_a_refusal(kind: Container) -> None:
    makers: dict[Container, bytes] = {
        Container.ZIP: zip_of(ORDER), Container.SEVEN_ZIP: seven_zip_of(ORDER), Container.TAR: tar_of(ORDER),
        Container.GZIP: gzip.compress(tar_of(ORDER))}
    rng = random.Random(5)
    assert container_of(makers[kind]) is kind
    for _ in range(120):
        raw = bytearray(makers[kind])
        for _ in range(rng.randint(1, 6)):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        try:
            found = parts(bytes(raw[:rng.randrange(1, len(raw))] if rng.random() < 0.3 else raw), unpacked_bytes=10**6)
        except InputError as e:
            assert e.code in ("message_unreadable", "message_empty")
        else:
            assert all(p.sentence for p in found if p.code)
