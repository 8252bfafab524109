"""Pictures: a few bytes that claim to be gigabytes, directories in circles, formats that are programs."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import partial

from PIL import Image, ImageDraw

from tests.support.hostile.shape import HostileFile, harmless, refused

MANY = ("too_many_pixels",)
BAD = ("damaged_document", "unknown_format", "unsupported_format", "too_many_pixels", "parser_memory", "parser_timeout")


def chunk(kind: bytes, content: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *, depth: int = 1, colour: int = 0, rows: int | None = None, more: bytes = b"") -> bytes:
    """A black PNG that has `rows` of its rows; colour 0 = grey, 6 = red-green-blue with transparency."""
    line = 1 + -(-width * depth * {0: 1, 2: 3, 6: 4}[colour] // 8)
    packer, blank = zlib.compressobj(1), bytes(line)
    data = b"".join(packer.compress(blank) for _ in range(height if rows is None else rows)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def text_bomb(kind: bytes) -> bytes:
    packed = zlib.compress(bytes(100_000_000), 1)
    body = {b"zTXt": b"k\0\0", b"iTXt": b"k\0\1\0\0\0", b"iCCP": b"k\0\0"}[kind] + packed
    return png(60, 40, more=chunk(kind, body))


def many_frames_png(count: int) -> bytes:
    control = chunk(b"acTL", struct.pack(">II", count, 0))
    return png(60, 40, more=control)


def photo(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """A picture with a line of text."""
    made = Image.new("L", size, 255)
    ImageDraw.Draw(made).text((20, 20), "12 pcs HX-40219 Hinge", fill=0, font_size=20)
    return made


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)  # type: ignore[arg-type]
    return out.getvalue()


def jpeg_claims(width: int, height: int) -> bytes:
    raw = bytearray(saved(photo(), "JPEG"))
    at = raw.index(b"\xff\xc0")
    raw[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(raw)


def jpeg_of_scans(count: int) -> bytes:
    """Progressive, one scan again and again over a large area."""
    raw = saved(Image.new("L", (8000, 8000), 255), "JPEG", progressive=True)
    at, end = raw.rindex(b"\xff\xda"), raw.rindex(b"\xff\xd9")
    return raw[:end] + raw[at:end] * count + raw[end:]


def exif_loop() -> bytes:
    exif = b"Exif\0\0" + tiff([[(0x8769, 4, 1, 8), (0x0112, 3, 1, 3)]], following=8)
    raw = saved(photo(), "JPEG")
    return raw[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + raw[2:]


Tag = tuple[int, int, int, int]


def tiff(directories: Sequence[Sequence[Tag]], *, data: bytes = b"", following: int = 0) -> bytes:
    """Directories of (tag, type, count, value) one after the other, each pointing to the next, the last to `following`."""
    out, at = b"", 8
    for number, tags in enumerate(directories):
        size = 2 + 12 * len(tags) + 4
        last = number == len(directories) - 1
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
        out += struct.pack("<I", following if last else at + size)
        at += size
    return b"II*\0" + struct.pack("<I", 8) + out + data


def sheet(width: int, height: int, *, packing: int = 1, strips: int = 1, where: int = 8, size: int = 100) -> list[Tag]:
    """The tags of a black-and-white page."""
    return [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 1),
        (259, 3, 1, packing),
        (262, 3, 1, 1),
        (273, 4, strips, where),
        (277, 3, 1, 1),
        (278, 4, 1, height),
        (279, 4, strips, size),
    ]


def tiff_deflate_bomb() -> bytes:
    packed = zlib.compress(bytes(9_900 * 9_900 // 8 * 20), 1)
    return tiff([sheet(9_900, 9_900, packing=8, where=122, size=len(packed))], data=packed)


def gif(width: int, height: int, frames: int, *, noise: bytes = b"\x02\x02L\x01\0") -> bytes:
    """Frames as large as the screen; `noise` is their packed data."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + noise
    return head + frame * frames + b";"


def webp_claims() -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (16_383 * 16 * 64 - 1).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def heic_claims(side: int) -> bytes:
    """ISO boxes of an image item whose ispe says side × side; the data is not there."""

    def box(kind: bytes, content: bytes, full: bool = False) -> bytes:
        content = bytes(4) + content if full else content
        return struct.pack(">I", len(content) + 8) + kind + content

    spatial = box(b"ispe", struct.pack(">II", side, side), full=True)
    properties = box(b"iprp", box(b"ipco", spatial) + box(b"ipma", struct.pack(">IHBB", 1, 1, 1, 0x81), full=True))
    infos = box(b"iinf", struct.pack(">H", 1) + box(b"infe", struct.pack(">HH4s", 1, 0, b"hvc1") + b"\0", full=True), full=True)
    meta = box(
        b"meta",
        box(b"hdlr", bytes(4) + b"pict" + bytes(13), full=True) + box(b"pitm", b"\0\1", full=True) + infos + properties,
        full=True,
    )
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta


def bmp_claims() -> bytes:
    return (
        b"BM"
        + struct.pack("<IHHI", 100, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, 2**31 - 1, -(2**31) + 1, 1, 1, 0, 0, 0, 0, 0, 0)
    )


def fits_bomb() -> bytes:
    cards = [
        "SIMPLE  =                    T",
        "BITPIX  =                    8",
        "NAXIS   =                    2",
        "NAXIS1  =            200000000",
        "NAXIS2  =            200000000",
        "END",
    ]
    return "".join(card.ljust(80) for card in cards).ljust(2880).encode()


def files() -> Iterator[HostileFile]:
    """Every picture of the set."""
    many, bad = refused(*MANY), refused(*BAD)
    yield HostileFile("png of 900 million dots", partial(png, 30_000, 30_000), many, "scan.png", is_heavy=True)
    yield HostileFile("png claims 100,000 x 100,000", partial(png, 100_000, 100_000, rows=3), many, "scan.png")
    yield HostileFile("png claims 2^31 - 1", partial(png, 2**31 - 1, 2**31 - 1, rows=0), bad, "scan.png")
    yield HostileFile("png of 0 x 0", partial(png, 0, 0), bad, "scan.png")
    yield HostileFile("png of one row 99 million long", partial(png, 99_000_000, 1), harmless(), "scan.png")
    yield HostileFile(
        "png of 99 million deep colour dots",
        partial(png, 9_900, 9_999, depth=16, colour=6),
        harmless(),
        "scan.png",
        is_heavy=True,
    )
    yield HostileFile("png with three of its rows", partial(png, 2_000, 2_000, rows=3), harmless(), "scan.png")
    yield HostileFile("png with a bomb as text", partial(text_bomb, b"zTXt"), harmless(), "scan.png", is_heavy=True)
    yield HostileFile("png with a bomb as unicode text", partial(text_bomb, b"iTXt"), harmless(), "scan.png", is_heavy=True)
    yield HostileFile("png with a bomb as colour profile", partial(text_bomb, b"iCCP"), harmless(), "scan.png", is_heavy=True)
    yield HostileFile("png claims a billion frames", partial(many_frames_png, 10**9), harmless(), "scan.png")
    yield HostileFile("jpeg claims 65,500 x 65,500", partial(jpeg_claims, 65_500, 65_500), many, "scan.jpg")
    yield HostileFile("jpeg claims 9,000 x 9,000", partial(jpeg_claims, 9_000, 9_000), harmless(), "scan.jpg", is_heavy=True)
    yield HostileFile("jpeg of 2,000 scans", partial(jpeg_of_scans, 2_000), harmless(), "scan.jpg", is_heavy=True)
    yield HostileFile("jpeg with directories in a circle", exif_loop, harmless(), "scan.jpg")
    yield HostileFile("jpeg that is only its first bytes", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0", bad, "scan.jpg")
    yield HostileFile("tiff of 65,535 x 65,535", lambda: tiff([sheet(65_535, 65_535)]), many, "fax.tif")
    yield HostileFile("tiff directories in a circle", lambda: tiff([sheet(100, 100)], following=8), harmless(), "fax.tif")
    yield HostileFile(
        "tiff directories in a wide circle",
        lambda: tiff([sheet(100, 100)] * 150, following=8),
        harmless(),
        "fax.tif",
        is_heavy=True,
    )
    yield HostileFile(
        "tiff of 10,000 pages", lambda: tiff([sheet(100, 100)] * 10_000), refused("too_many_pages"), "fax.tif", is_heavy=True
    )
    yield HostileFile("tiff of 201 pages", lambda: tiff([sheet(100, 100)] * 201), refused("too_many_pages"), "fax.tif")
    yield HostileFile("tiff of 4 billion strips", lambda: tiff([sheet(1_000, 1_000, strips=2**32 - 1)]), harmless(), "fax.tif")
    yield HostileFile("tiff whose strip lies elsewhere", lambda: tiff([sheet(1_000, 1_000, where=2**31)]), harmless(), "fax.tif")
    yield HostileFile("tiff deflate bomb", tiff_deflate_bomb, harmless(), "fax.tif", is_heavy=True)
    yield HostileFile(
        "tiff fax of noise",
        lambda: tiff([sheet(1_728, 2_200, packing=4, where=122, size=50_000)], data=random.Random(5).randbytes(50_000)),
        harmless(),
        "fax.tif",
    )
    yield HostileFile("tiff directory beyond the file", lambda: b"II*\0\xff\xff\xff\x7f", bad, "fax.tif")
    yield HostileFile("gif of 65,535 x 65,535", partial(gif, 65_535, 65_535, 1), refused(*MANY, *BAD), "scan.gif")
    yield HostileFile("gif of 20,000 frames", partial(gif, 64, 64, 20_000), harmless(), "scan.gif")
    yield HostileFile(
        "gif with codes that do not exist",
        partial(gif, 500, 500, 1, noise=b"\x0c\xff" + b"\xff" * 255 + b"\0"),
        harmless(),
        "scan.gif",
    )
    yield HostileFile("gif that is a script", lambda: b"GIF89a/*" + gif(9, 9, 1)[8:] + b"*/=1;alert(1)//", harmless(), "scan.gif")
    yield HostileFile("webp of 16 million x 16 million", webp_claims, bad, "scan.webp")
    yield HostileFile("heic claims 100,000 x 100,000", partial(heic_claims, 100_000), bad, "scan.heic")
    yield HostileFile("bmp of 2^31 x -2^31", bmp_claims, bad, "scan.bmp")
    yield HostileFile("fits of 4 x 10^16 dots", fits_bomb, harmless(), "scan.fits")
    yield HostileFile(
        "postscript that is a program",
        lambda: (
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(/etc/passwd) (r) file 99 string readstring pop = { } loop\n"
        ),
        harmless(),
        "scan.eps",
    )
    yield HostileFile("windows metafile", lambda: b"\xd7\xcd\xc6\x9a" + bytes(200), bad, "scan.wmf")
