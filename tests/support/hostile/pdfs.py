"""PDF: written by hand, object by object, because no library would write these."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator, Mapping
from functools import partial

from tests import factories
from tests.support.hostile.shape import HostileFile, harmless, read, refused, zipped

SPENT = ("parser_timeout", "parser_memory", "parser_crashed", "parser_output_too_large")
BROKEN = ("damaged_document", "empty_document", "damaged_page", "unknown_format", *SPENT)
LINES = [factories.Line("HX-40219", "Hinge galvanised", 12, "4.50"), factories.Line("HX-40230", "Bracket painted", 30, "1.20")]


def good() -> bytes:
    """An honest order of one page."""
    return factories.order_pdf("HF-70031", LINES)


def stream(content: bytes, entries: str = "") -> bytes:
    """A stream object's body."""
    return f"<<{entries}/Length {len(content)}>>stream\n".encode() + content + b"\nendstream"


def flate(content: bytes, entries: str = "") -> bytes:
    """The same, deflated."""
    return stream(zlib.compress(content, 9), f"/Filter/FlateDecode{entries}")


def pdf(objects: Mapping[int, bytes], *, trailer: str = "/Root 1 0 R", start: int | None = None) -> bytes:
    """A file with a right cross-reference table; `start` puts another number where readers look for it."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    at, size = len(out), max(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    for number in range(1, size):
        out += f"{places.get(number, 0):010} 00000 {'n' if number in places else 'f'} \n".encode()
    return bytes(out) + f"trailer<</Size {size}{trailer}>>\nstartxref\n{at if start is None else start}\n%%EOF\n".encode()


def page(
    content: bytes,
    *,
    entries: str = "",
    resources: str = "",
    catalog: str = "",
    box: str = "0 0 595 842",
    more: Mapping[int, bytes] | None = None,
) -> bytes:
    """One page (object 3) with this content stream object (4)."""
    return pdf(
        {
            1: f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(),
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: (
                f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R{entries}"
                f"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>{resources}>>>>"
            ).encode(),
            4: content,
            **(more or {}),
        }
    )


TEXT = stream(b"BT /F 12 Tf 72 700 Td (12 pcs HX-40219 Hinge) Tj ET")


def nested_forms(levels: int, width: int) -> bytes:
    """Each form draws the next one ten times: 10^levels drawings."""
    more = {
        10 + n: stream(b"/X Do " * width, f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {11 + n} 0 R>>>>")
        for n in range(levels)
    }
    more[10 + levels] = stream(b"BT /F 9 Tf (x) Tj ET", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    return page(stream(b"/X Do"), resources="/XObject<</X 10 0 R>>", more=more)


def form_of_itself() -> bytes:
    body = stream(b"/X Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 10 0 R>>>>")
    return page(stream(b"/X Do BT /F 9 Tf 50 500 Td (x) Tj ET"), resources="/XObject<</X 10 0 R>>", more={10: body})


def pattern_of_itself() -> bytes:
    body = stream(
        b"/Pattern cs /P scn 0 0 90 90 re f",
        "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 90 90]/XStep .001"
        "/YStep .001/Resources<</Pattern<</P 10 0 R>>>>",
    )
    return page(stream(b"/Pattern cs /P scn 0 0 595 842 re f"), resources="/Pattern<</P 10 0 R>>", more={10: body})


def mask_of_itself() -> bytes:
    body = stream(
        b"/G gs 0 0 90 90 re f",
        "/Type/XObject/Subtype/Form/BBox[0 0 90 90]/Group<</S/Transparency/CS/DeviceGray>>/Resources<</ExtGState<</G 11 0 R>>>>",
    )
    state = b"<</Type/ExtGState/SMask<</S/Luminosity/G 10 0 R>>>>"
    return page(stream(b"/G gs 0 0 500 500 re f"), resources="/ExtGState<</G 11 0 R>>", more={10: body, 11: state})


def glyph_of_itself() -> bytes:
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[9]"
        b"/Encoding<</Differences[97/a]>>/CharProcs<</a 11 0 R>>/Resources<</Font<</T 10 0 R>>>>>>"
    )
    glyph = stream(b"9 0 d0 BT /T 9 Tf (aaaa) Tj ET")
    return page(stream(b"BT /T 9 Tf (aaaa) Tj ET"), resources="/Font<</T 10 0 R>>", more={10: font, 11: glyph})


def appearance_of_itself() -> bytes:
    more = {
        10: b"<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]/AP<</N 11 0 R>>/Parent 10 0 R/Kids[10 0 R]>>",
        11: stream(b"/X Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 11 0 R>>>>"),
    }
    return page(TEXT, entries="/Annots[10 0 R 10 0 R]", catalog="/AcroForm<</Fields[10 0 R]>>", more=more)


def tree_of_itself() -> bytes:
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"})


def many_pages(count: int, claimed: int | None = None) -> bytes:
    """So many pages with one content."""
    kids = " ".join(f"{5 + n} 0 R" for n in range(count))
    sheet = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
    )
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: f"<</Type/Pages/Kids[{kids}]/Count {claimed or count}>>".encode(),
            4: TEXT,
            **{5 + n: sheet for n in range(count)},
        }
    )


def one_page_often(count: int) -> bytes:
    """The same page object again and again."""
    return many_pages(1).replace(b"/Kids[5 0 R]/Count 1", b"/Kids[" + b"5 0 R " * count + b"]/Count %d" % count)


def filters(depth: int, size: int) -> bytes:
    """A content stream deflated again and again."""
    content = b" " * size
    for level in range(depth):
        content = zlib.compress(content, 9 if level else 1)
    return page(stream(content, f"/Filter[{'/FlateDecode' * depth}]"))


def lzw_of_blanks(count: int) -> bytes:
    """LZW whose codes 258, 259, … each stand for a longer run of blanks (Adobe's variant: codes widen one early)."""
    bits, width, following, started = [(256, 9), (32, 9)], 9, 258, 2
    while started < count:
        if following + 1 >= 2**width and width < 12:
            width += 1
        if following >= 4094:
            bits.append((256, width))
            bits.append((32, 9))
            width, following = 9, 258
        bits.append((following, width))
        following += 1
        started += 1
    value = size = 0
    out = bytearray()
    for code, wide in bits:
        value, size = value << wide | code, size + wide
        while size >= 8:
            size -= 8
            out.append(value >> size & 255)
        value &= (1 << size) - 1
    return page(stream(bytes(out), "/Filter/LZWDecode"))


def picture(entries: str, content: bytes, width: int = 2000, height: int = 2000) -> bytes:
    """A page that is one picture."""
    image = stream(content, f"/Type/XObject/Subtype/Image/Width {width}/Height {height}{entries}")
    return page(stream(b"q 500 0 0 700 50 50 cm /I Do Q"), resources="/XObject<</I 10 0 R>>", more={10: image})


def jpx_header(side: int) -> bytes:
    """A JPEG 2000 codestream that claims a picture of side × side and has none."""
    body = b"\x00\x00" + struct.pack(">IIIIIIII", side, side, 0, 0, side, side, 0, 0) + b"\x00\x03" + b"\x07\x01\x01" * 3
    return b"\xff\x4f\xff\x51" + struct.pack(">H", len(body) + 2) + body + b"\xff\xd9"


def jbig2_header(side: int) -> bytes:
    """A JBIG2 page of side × side dots that is all one generic region."""
    segment = struct.pack(">IBBBI", 0, 48, 0, 1, 19) + struct.pack(">IIIIBH", side, side, 0, 0, 0, 0)
    region = struct.pack(">IBBBI", 1, 38, 0, 1, 40) + struct.pack(">IIIIBB", side, side, 0, 0, 0, 0) + bytes(22)
    return segment + region


def cross_reference_loop() -> bytes:
    made = page(TEXT)
    at = made.rindex(b"xref\n0")
    return made.replace(b"/Root 1 0 R", f"/Root 1 0 R/Prev {at}".encode())


def object_stream_loop() -> bytes:
    packed = flate(b"11 0 <</Type/Catalog>>", "/Type/ObjStm/N 1/First 5/Extends 10 0 R")
    return page(TEXT, more={10: packed})


def object_stream_bomb() -> bytes:
    packed = zlib.compress(zlib.compress(b"11 0 " + b" " * 150_000_000 + b"<<>>", 1))
    body = stream(packed, "/Type/ObjStm/N 1000000/First 5/Filter[/FlateDecode/FlateDecode]")
    return page(TEXT, more={10: body}, entries="/X 11 0 R")


def lying_length() -> bytes:
    return good().replace(b"/Length ", b"/Length 9999999", 1)


def deep_arrays() -> bytes:
    return page(TEXT, entries="/Junk" + "[" * 200_000 + "]" * 200_000)


def words(count: int) -> bytes:
    rng = random.Random(7)
    lines = (f"1 0 0 1 {rng.randrange(500)} {rng.randrange(800)} Tm (w{n} 12 pcs) Tj" for n in range(count // 3))
    return page(flate(("BT /F 6 Tf " + "\n".join(lines) + " ET").encode()))


def strokes(count: int) -> bytes:
    rng = random.Random(7)
    paths = (f"{rng.randrange(595)} {rng.randrange(842)} m {rng.randrange(595)} {rng.randrange(842)} l S" for _ in range(count))
    return page(flate(("BT /F 9 Tf 50 800 Td (12 pcs HX-40219) Tj ET " + "\n".join(paths)).encode()))


def saves(count: int) -> bytes:
    return page(flate(b"q " * count + b"BT /F 9 Tf 50 500 Td (x) Tj ET"))


def active() -> bytes:
    """Does everything a PDF can do when opened: script, program, address, other file, form to send."""
    actions = (
        "/OpenAction<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:9/'\\))/Next<</S/Launch/F(/bin/sh)/Win<</F(cmd.exe)>>>>>>"
        "/AA<</WC<</S/URI/URI(http://127.0.0.1:9/)>>/DS<</S/SubmitForm/F(http://127.0.0.1:9/)>>>>"
        "/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(while\\(1\\);)>>]>>>>"
    )
    return good().replace(b"/Type /Catalog", b"/Type /Catalog " + actions.encode(), 1)


def outside() -> bytes:
    """Content that is a file of ours, or lies at an address."""
    return page(
        b"<</Length 0/F(/etc/passwd)/FFilter/ASCIIHexDecode>>stream\n\nendstream",
        resources=("/XObject<</X<</Type/XObject/Subtype/Form/Ref<</F<</FS/URL/F(http://127.0.0.1:9/)>>/Page 0>>>>>>"),
    )


def locked() -> bytes:
    import pymupdf

    with pymupdf.open(stream=good()) as document:
        made: bytes = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="o", user_pw="u", no_new_id=True)
        return made


def files() -> Iterator[HostileFile]:
    """Every PDF of the set."""
    name = "order.pdf"
    spent, broken = refused(*SPENT), refused(*BROKEN)
    yield HostileFile("pdf of 10^10 nested forms", partial(nested_forms, 10, 10), spent, name, is_heavy=True)
    yield HostileFile("pdf of 5,000 forms in a row", partial(nested_forms, 5_000, 1), harmless(), name)
    yield HostileFile("pdf form that draws itself", form_of_itself, harmless(), name)
    yield HostileFile("pdf pattern of itself", pattern_of_itself, harmless(), name, is_heavy=True)
    yield HostileFile("pdf mask of itself", mask_of_itself, harmless(), name)
    yield HostileFile("pdf glyph of itself", glyph_of_itself, harmless(), name)
    yield HostileFile("pdf annotation of itself", appearance_of_itself, harmless(), name)
    yield HostileFile("pdf page tree of itself", tree_of_itself, broken, name)
    yield HostileFile("pdf of 10,000 pages", partial(many_pages, 10_000), refused("too_many_pages"), name)
    yield HostileFile("pdf of one page 10,000 times", partial(one_page_often, 10_000), broken, name)
    yield HostileFile("pdf of 201 pages", partial(many_pages, 201), refused("too_many_pages"), name)
    yield HostileFile("pdf claims a million pages", partial(many_pages, 1, 1_000_000), harmless(), name)
    yield HostileFile("pdf claims -1 pages", partial(many_pages, 1, -1), harmless(), name)
    yield HostileFile("pdf sheet of 10^9 points", lambda: page(TEXT, box="0 0 1000000000 1000000000"), harmless(), name)
    yield HostileFile(
        "pdf scan of 10^7 points",
        lambda: page(stream(b"0 0 9999999 9999999 re S"), box="0 0 10000000 10000000"),
        harmless(),
        name,
    )
    yield HostileFile("pdf sheet without size", lambda: page(TEXT, box="0 0 0 0"), harmless(), name)
    yield HostileFile("pdf sheet inside out", lambda: page(TEXT, box="595 842 -1e38 nan"), harmless(), name)
    yield HostileFile("pdf with a lying length", lying_length, harmless(), name)
    yield HostileFile("pdf cross-reference loop", cross_reference_loop, harmless(), name)
    yield HostileFile(
        "pdf cross-reference beyond the file", lambda: page(TEXT).replace(b"startxref\n", b"startxref\n9"), harmless(), name
    )
    yield HostileFile("pdf object stream of itself", object_stream_loop, harmless(), name)
    yield HostileFile("pdf object stream bomb", object_stream_bomb, harmless(), name, is_heavy=True)
    yield HostileFile("pdf flate bomb", partial(filters, 2, 300_000_000), harmless(), name, is_heavy=True)
    yield HostileFile("pdf of 100 filters", partial(filters, 100, 1_000), harmless(), name)
    yield HostileFile("pdf lzw bomb", partial(lzw_of_blanks, 400_000), harmless(), name, is_heavy=True)
    yield HostileFile(
        "pdf run-length bomb",
        lambda: page(
            flate(b"\x81 " * 2_000_000, "/X 1").replace(b"/Filter/FlateDecode", b"/Filter[/FlateDecode/RunLengthDecode]")
        ),
        harmless(),
        name,
        is_heavy=True,
    )
    yield HostileFile(
        "pdf picture of 60,000 x 60,000",
        lambda: picture(
            "/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/FlateDecode", zlib.compress(bytes(450_000_000), 1), 60_000, 60_000
        ),
        harmless(),
        name,
        is_heavy=True,
    )
    yield HostileFile("pdf jpeg 2000 of 2^31 dots", lambda: picture("/Filter/JPXDecode", jpx_header(2**31 - 1)), harmless(), name)
    yield HostileFile(
        "pdf jbig2 of 2^31 dots",
        lambda: picture("/Filter/JBIG2Decode/BitsPerComponent 1/ColorSpace/DeviceGray", jbig2_header(2**31 - 1)),
        harmless(),
        name,
    )
    yield HostileFile(
        "pdf fax picture of noise",
        lambda: picture(
            "/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 60000/Rows 60000>>/BitsPerComponent 1/ColorSpace/DeviceGray",
            random.Random(3).randbytes(100_000),
            60_000,
            60_000,
        ),
        harmless(),
        name,
        is_heavy=True,
    )
    yield HostileFile("pdf arrays 200,000 deep", deep_arrays, harmless(), name)
    yield HostileFile("pdf of 100,000 words", partial(words, 100_000), harmless(), name, is_heavy=True)
    yield HostileFile("pdf of 100,000 strokes", partial(strokes, 100_000), harmless(), name, is_heavy=True)
    yield HostileFile("pdf of a million saved states", partial(saves, 1_000_000), harmless(), name)
    yield HostileFile("pdf that acts when opened", active, read(), name)
    yield HostileFile("pdf content from outside", outside, harmless(), name)
    yield HostileFile("pdf under a password", locked, refused("encrypted_document"), name)
    yield HostileFile("pdf is also a zip", lambda: good() + zipped([("other.csv", b"1;2\n3;4\n")]), harmless(), name)
    yield HostileFile("pdf behind 900 bytes of a shell script", lambda: b"#!/bin/sh\n" + b"# x\n" * 220 + good(), read(), name)
    yield HostileFile("pdf that is only its first line", lambda: b"%PDF-1.7\n", broken, name)
