"""Limits at the door: one below, at and one above each, as a lowered setting; refused at once, with code and plain sentence."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import schema
from app.bootstrap import Rooms
from app.reading import read_file
from intake.folder import FolderWatcher
from models.domain.messages import Part
from runtime.sandbox import SandboxFailure
from runtime.settings import OcrProfile, Settings
from tests.support.hostile.archives import seven, tar_of
from tests.support.hostile.mails import attached, mail, mail_in_mail, multipart, part
from tests.support.hostile.markup import html, ubl
from tests.support.hostile.pdfs import many_pages
from tests.support.hostile.pictures import png, sheet, tiff
from tests.support.hostile.shape import zipped
from tests.support.hostile.sheets import ods, ods_rows, rows, xls_of, xlsx
from tests.support.hostile.texts import edifact_segments

SIDES = [-1, 0, 1]
LOW = Settings(
    mail_max_bytes=20_000, max_parts=6, max_depth=3, max_members=5, max_ratio=2, max_unpacked_bytes=5_000_000, max_pages=4,
    max_pixels=10_000, max_rows=9, ocr=OcrProfile.NONE, _env_file=None)


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    made = opened(tmp_path_factory.mktemp("limits"))
    yield made
    made.close()


def opened(data: Path, **limits: int) -> Rooms:
    """Rooms of other limits, warm."""
    made = Rooms(LOW.model_copy(update={"data": data, **limits}))
    made.unpack(b"warm up")
    return made


def readable(sentence: str | None) -> bool:
    """A sentence a buyer understands: it says what to do, without words of ours."""
    return bool(sentence) and sentence.endswith(".") and not any(w in sentence for w in ("Error", "ORDERMILL", "_", "Traceback"))


def parts(rooms: Rooms, content: bytes, *, is_mail: bool = False) -> tuple[Part, ...]:
    found = rooms.unpack(content, is_mail=is_mail).parts
    assert all(readable(p.sentence) for p in found if p.code)
    return found


def codes(rooms: Rooms, content: bytes) -> list[str]:
    return [p.code for p in parts(rooms, content) if p.code]


# --- what a message may hold ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
def test_bytes_of_a_mail(rooms: Rooms, side: int) -> None:
    empty = mail(b"")
    content = empty + b"x" * (LOW.mail_max_bytes + side - len(empty))
    if side <= 0:
        assert codes(rooms, content) == []
        return
    with pytest.raises(SandboxFailure) as refused:
        rooms.unpack(content, is_mail=True)
    assert (refused.value.code, readable(refused.value.sentence)) == ("message_too_large", True)


@pytest.mark.parametrize("side", SIDES)
def test_parts_of_a_mail(rooms: Rooms, side: int) -> None:
    content = multipart(part(b"hello\r\n"), *[attached(b"a;b\n1;2\n", kind=b"text/csv")] * (LOW.max_parts - 1 + side))
    assert codes(rooms, content) == (["too_many_parts"] if side > 0 else [])


def zips(levels: int) -> bytes:
    content = b"a;b\n1;2\n"
    for _ in range(levels):
        content = zipped([("order.csv" if content.startswith(b"a") else "inner.zip", content)])
    return content


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("made", [zips, lambda levels: mail_in_mail(levels - 1)], ids=["zip", "mail"])
def test_containers_in_containers(rooms: Rooms, made: Callable[[int], bytes], side: int) -> None:
    assert codes(rooms, made(LOW.max_depth + side)) == (["too_deep"] if side > 0 else [])


ARCHIVES: dict[str, Callable[[dict[str, bytes]], bytes]] = {"zip": lambda m: zipped(m.items()), "7z": seven, "tar": tar_of}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("kind", ARCHIVES)
def test_members_of_an_archive(rooms: Rooms, kind: str, side: int) -> None:
    content = ARCHIVES[kind]({f"{n}.csv": b"a;b\n1;2\n" for n in range(LOW.max_members + side)})
    assert codes(rooms, content) == (["too_many_members"] if side > 0 else [])


def padded_zip(size: int, packed: int) -> bytes:
    """A member of `size` bytes that takes exactly `packed` in the archive: what follows its end is not looked at."""
    content = bytes(size)
    body = zlib.compress(content, 9, wbits=-15).ljust(packed, b"\0")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("order.csv"), body)
    raw = bytearray(out.getvalue())
    directory = raw.rindex(b"PK\x01\x02")
    for at, method, crc, claimed in ((0, 8, 14, 22), (directory, 10, 16, 24)):
        raw[at + method] = 8
        raw[at + crc:at + crc + 4] = zlib.crc32(content).to_bytes(4, "little")
        raw[at + claimed:at + claimed + 4] = size.to_bytes(4, "little")
    return bytes(raw)


@pytest.mark.parametrize("side", SIDES)
def test_unpacked_over_packed_size(tmp_path: Path, side: int) -> None:
    room = opened(tmp_path, mail_max_bytes=2**24)
    try:
        assert codes(room, padded_zip(2**21 + side, 2**20)) == (["member_too_large"] if side > 0 else [])
    finally:
        room.close()


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("kind", ARCHIVES)
def test_bytes_a_message_unpacks_to(tmp_path: Path, kind: str, side: int) -> None:
    room = opened(tmp_path, max_unpacked_bytes=2_000, max_ratio=100)
    content = ARCHIVES[kind]({"a.csv": b"a" * 1_000, "b.csv": b"b" * (1_000 + side)})
    try:
        assert codes(room, content) in ([["member_too_large"], ["too_much_unpacked"]] if side > 0 else [[]])
    finally:
        room.close()


# --- what a document may hold --------------------------------------------------------------------------------------------


LINES = [["Item No.", "Qty"], *([f"AB-{n}", "2"] for n in range(100))]
TEXT = ["Item No. AB-1 qty 2"] * 100
DOTS = {9_999: (99, 101), 10_000: (100, 100), 10_001: (137, 73)}
DOCUMENTS: dict[str, tuple[str, int, Callable[[int], bytes]]] = {
    "pages of a pdf": ("too_many_pages", LOW.max_pages, many_pages),
    "pages of a tiff": ("too_many_pages", LOW.max_pages, lambda n: tiff([sheet(90, 90)] * n, data=bytes(2_000))),
    "pages of a text": ("too_many_pages", LOW.max_pages, lambda n: "\f".join(["two words"] * n).encode()),
    "dots of a picture": ("too_many_pixels", LOW.max_pixels, lambda n: png(*DOTS[n], depth=8)),
    "rows of an xlsx": ("too_many_rows", LOW.max_rows, lambda n: xlsx(rows(LINES[:n]))),
    "rows of an xls": ("too_many_rows", LOW.max_rows, lambda n: xls_of(LINES[:n])),
    "rows of an ods": ("too_many_rows", LOW.max_rows, lambda n: ods(ods_rows(LINES[:n]))),
    "rows of a csv": ("too_many_rows", LOW.max_rows, lambda n: "".join(f"{a};{b};x\n" for a, b in LINES[:n]).encode()),
    "rows of a csv without a last line end": (
        "too_many_rows", LOW.max_rows, lambda n: "\n".join(f"{a};{b};x" for a, b in LINES[:n]).encode()),
    "lines of a text": ("too_many_rows", LOW.max_rows, lambda n: "\n".join(TEXT[:n]).encode()),
    "lines of an html": ("too_many_rows", LOW.max_rows, lambda n: html("".join(f"<p>{line}</p>" for line in TEXT[:n]))),
    "segments of an edifact": ("too_many_rows", LOW.max_rows, edifact_segments),
    "values of an xml": ("too_many_rows", LOW.max_rows, lambda n: ubl(more="<n>x</n>" * (n - 7))),
}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("what", DOCUMENTS)
def test_size_of_a_document(rooms: Rooms, tmp_path: Path, what: str, side: int) -> None:
    code, limit, make = DOCUMENTS[what]
    path = tmp_path / "order.bin"
    path.write_bytes(make(limit + side))
    result = read_file(rooms, path)
    told = {problem.code: problem.message for reading in result.readings for problem in reading.problems}
    assert (code in told) == (side > 0), told
    assert "parser_error" not in told
    if side > 0:
        assert readable(told[code])
        assert not any(reading.lines for reading in result.readings)


# --- the size of a file, at each door (over HTTP: test_api.py and the review UI's tests) ---------------------------------


@pytest.mark.parametrize("side", SIDES)
def test_bytes_of_a_file_in_the_folder(rooms: Rooms, tmp_path: Path, side: int) -> None:
    (tmp_path / "order.csv").write_bytes(b"x" * (2_000 + side))
    schema.upgrade(rooms.db)
    watcher = FolderWatcher(tmp_path, rooms.receiver, max_bytes=2_000, settle_s=0)
    watcher.look()
    watcher.look()
    kept = tmp_path / ("failed" if side > 0 else "done") / "order.csv"
    assert kept.stat().st_size == 2_000 + side                   # refused or taken, the original stays
    if side > 0:
        assert (tmp_path / "failed" / "order.csv.txt").read_text().startswith("file_too_large: ")

