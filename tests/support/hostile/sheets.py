"""Spreadsheets: sizes that lie, cells at the end of the world, entities, text that is a formula elsewhere."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from xml.sax.saxutils import escape

import xlwt

from tests.support.hostile.shape import ORDER_ROWS, HostileFile, harmless, read, refused, zipped
from tests.support.outlook import compound_file

NAME = "order.xlsx"
UNSAFE = ("unsafe_xml", "doctype_refused", "damaged_document")
SPENT = (
    "parser_timeout",
    "parser_memory",
    "parser_crashed",
    "parser_output_too_large",
    "parser_error",
    "too_large",
    "too_many_rows",
    "too_many_words",
    "too_many_cells",
    "damaged_document",
)
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(10))
    + "]>"
)
SECRET = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
DTD_ONLY = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'


def column(index: int) -> str:
    """0 → "A"."""
    name = ""
    while index >= 0:
        name, index = chr(65 + index % 26) + name, index // 26 - 1
    return name


def cell(row: int, at: int, text: str) -> str:
    """One inline text cell; row and column from 0."""
    return f'<c r="{column(at)}{row + 1}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def rows(table: Sequence[Sequence[str]], start: int = 0) -> str:
    """Rows of inline text."""
    return "".join(
        f'<row r="{start + r + 1}">' + "".join(cell(start + r, c, text) for c, text in enumerate(line)) + "</row>"
        for r, line in enumerate(table)
    )


def xlsx(
    data: str = "",
    *,
    before: str = "",
    after: str = "",
    head: str = _HEAD,
    strings: str | None = None,
    more: Mapping[str, bytes] | None = None,
    book: str | None = None,
    sheets: int = 1,
) -> bytes:
    """A workbook around `data`, the rows of its one sheet; `more` adds members or replaces them."""
    listed = "".join(f'<sheet name="S{n}" sheetId="{n + 1}" r:id="rId1"/>' for n in range(sheets))
    members = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": book or f'{_HEAD}<workbook {_MAIN} xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"{head}<worksheet {_MAIN}>{before}<sheetData>{data}</sheetData>{after}</worksheet>",
    }
    if strings is not None:
        members["xl/sharedStrings.xml"] = strings
    content = {name: text.encode() for name, text in members.items()} | dict(more or {})
    return zipped(content.items())


ORDER = rows(ORDER_ROWS)


def shared(text: str, cells: int) -> bytes:
    """One long string, shown in many cells."""
    strings = f'{_HEAD}<sst {_MAIN} count="1" uniqueCount="1"><si><t>{text}</t></si></sst>'
    data = "".join(f'<row r="{r + 1}"><c r="A{r + 1}" t="s"><v>0</v></c></row>' for r in range(cells))
    return xlsx(data, strings=strings)


def shared_lies() -> bytes:
    strings = f'{_HEAD}<sst {_MAIN} count="4294967295" uniqueCount="4294967295"><si><t>x</t></si></sst>'
    return xlsx(ORDER + '<row r="9"><c r="A9" t="s"><v>4000000000</v></c></row>', strings=strings)


def late_doctype() -> bytes:
    """The declaration comes after 20 KB of comment."""
    return xlsx(ORDER, head=f"{_HEAD}<!--{'x' * 20_000}-->{LAUGHS}")


def wide_doctype() -> bytes:
    """The sheet is UTF-16, and so is the declaration."""
    text = f'<?xml version="1.0" encoding="UTF-16"?>{SECRET}<worksheet {_MAIN}><sheetData>{ORDER}</sheetData></worksheet>'
    return xlsx(more={"xl/worksheets/sheet1.xml": text.encode("utf-16")})


def hidden_bomb() -> bytes:
    """A sheet of 150 MB whose archive says that it has ten bytes."""
    name = "xl/worksheets/sheet1.xml"
    raw = bytearray(xlsx(more={name: b"<worksheet>" + b" " * 150_000_000}))
    for mark, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = raw.index(mark)
        while raw[at + name_at : at + name_at + len(name)] != name.encode():
            at = raw.index(mark, at + 4)
        raw[at + size_at : at + size_at + 4] = struct.pack("<I", 10)
    return bytes(raw)


def ods(content: str, *, head: str = _HEAD) -> bytes:
    """An OpenDocument spreadsheet around a table's rows."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    return zipped(
        [
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            (
                "content.xml",
                f'{head}<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="S">'
                f"{content}</table:table></office:spreadsheet></office:body></office:document-content>".encode(),
            ),
            (
                "META-INF/manifest.xml",
                f'{_HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                '<manifest:file-entry manifest:full-path="/" '
                'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
                "</manifest:manifest>".encode(),
            ),
        ]
    )


def ods_rows(table: Sequence[Sequence[str]]) -> str:
    """Rows of text."""
    return "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>' for text in line
        )
        + "</table:table-row>"
        for line in table
    )


def ods_repeats(rows: int, columns: int) -> bytes:
    one = f'<table:table-cell table:number-columns-repeated="{columns}"><text:p>x</text:p></table:table-cell>'
    return ods(ods_rows(ORDER_ROWS) + f'<table:table-row table:number-rows-repeated="{rows}">{one}</table:table-row>')


def xls() -> bytes:
    """An honest workbook of the old kind."""
    return xls_of(ORDER_ROWS)


def xls_of(table: Sequence[Sequence[str]]) -> bytes:
    """The same with these rows."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for r, line in enumerate(table):
        for c, text in enumerate(line):
            sheet.write(r, c, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls_circle() -> bytes:
    """Every sector of the file is followed by itself."""
    raw = bytearray(xls())
    table = 512 * (struct.unpack_from("<I", raw, 76)[0] + 1)
    for sector in range(128):
        if struct.unpack_from("<I", raw, table + 4 * sector)[0] not in {0xFFFFFFFD, 0xFFFFFFFF}:
            struct.pack_into("<I", raw, table + 4 * sector, sector)
    return bytes(raw)


def biff(*records: tuple[int, bytes]) -> bytes:
    """A compound file with a stream of records; their lengths may lie in the content's own way."""
    stream = b"".join(struct.pack("<HH", kind, len(content)) + content for kind, content in records)
    return compound_file({"Workbook": stream.ljust(4_096, b"\0")})


def biff_dimensions() -> bytes:
    """One number in the last cell of a sheet that claims all of it."""
    start = (0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    sheet = (0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    bound = (0x0085, struct.pack("<IHBB", 20 + 12 + 4 + 4, 0, 1, 0) + b"S")
    return biff(
        start,
        bound,
        (0x000A, b""),
        sheet,
        (0x0200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 65_535, 0)),
        (0x0203, struct.pack("<HHHd", 65_535, 16_383, 0, 1.0)),
        (0x000A, b""),
    )


def files() -> Iterator[HostileFile]:
    """Every spreadsheet of the set."""
    spent, unsafe = refused(*SPENT), refused(*UNSAFE)
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    yield HostileFile(
        "xlsx claims all cells for three rows", partial(xlsx, ORDER, before='<dimension ref="A1:XFD1048576"/>'), read(), NAME
    )
    yield HostileFile("xlsx claims one cell for three rows", partial(xlsx, ORDER, before='<dimension ref="A1"/>'), read(), NAME)
    yield HostileFile(
        "xlsx claims rubbish cells", partial(xlsx, ORDER, before='<dimension ref="ZZZZZ99999999999:-1"/>'), harmless(), NAME
    )
    yield HostileFile("xlsx with a cell in the last corner", partial(xlsx, ORDER + far), harmless(), NAME)
    yield HostileFile(
        "xlsx with a cell beyond the last corner",
        partial(xlsx, ORDER + '<row r="9999999999"><c r="ZZZZ9999999999"><v>1</v></c></row>'),
        harmless(),
        NAME,
    )
    yield HostileFile(
        "xlsx of 201,000 rows",
        lambda: xlsx("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 201_001))),
        refused("too_many_rows", "parser_timeout"),
        NAME,
        is_heavy=True,
    )
    yield HostileFile("xlsx of 16,384 columns", lambda: xlsx(rows([["x"] * 16_384] * 20)), harmless(), NAME, is_heavy=True)
    yield HostileFile(
        "xlsx of 4 million cells",
        lambda: xlsx("".join(f'<row r="{n}">' + "<c><v>7</v></c>" * 200 + "</row>" for n in range(1, 20_001))),
        harmless(),
        NAME,
        is_heavy=True,
    )
    yield HostileFile("xlsx of 2,000 sheets", partial(xlsx, ORDER, sheets=2_000), harmless(), NAME, is_heavy=True)
    yield HostileFile(
        "xlsx string of 30 KB in 100,000 cells", partial(shared, "long text " * 3_000, 100_000), spent, NAME, is_heavy=True
    )
    yield HostileFile("xlsx claims 4 billion strings", shared_lies, harmless(), NAME)
    yield HostileFile(
        "xlsx with everything merged",
        partial(xlsx, ORDER, after='<mergeCells count="2"><mergeCell ref="A1:XFD1048576"/><mergeCell ref="B9:A1"/></mergeCells>'),
        harmless(),
        NAME,
    )
    yield HostileFile(
        "xlsx with 200,000 merged ranges",
        lambda: xlsx(
            ORDER, after="<mergeCells>" + "".join(f'<mergeCell ref="H{n}:J{n}"/>' for n in range(1, 200_001)) + "</mergeCells>"
        ),
        harmless(),
        NAME,
        is_heavy=True,
    )
    yield HostileFile(
        "xlsx with all columns hidden",
        partial(xlsx, ORDER, before="<cols>" + '<col min="1" max="99999999999" hidden="1"/>' * 50 + "</cols>"),
        refused("hidden_text"),
        NAME,
    )
    yield HostileFile("xlsx billion laughs", partial(xlsx, ORDER, head=_HEAD + LAUGHS), unsafe, NAME)
    yield HostileFile(
        "xlsx laughs in its strings",
        partial(xlsx, ORDER, strings=f"{_HEAD}{LAUGHS}<sst {_MAIN}><si><t>&k;</t></si></sst>"),
        unsafe,
        NAME,
    )
    yield HostileFile("xlsx reads our files", partial(xlsx, ORDER, head=_HEAD + SECRET), unsafe, NAME)
    yield HostileFile("xlsx with an outside dtd only", partial(xlsx, ORDER, head=_HEAD + DTD_ONLY), unsafe, NAME)
    yield HostileFile("xlsx with a late doctype", late_doctype, unsafe, NAME)
    yield HostileFile("xlsx with a doctype in utf-16", wide_doctype, unsafe, NAME)
    yield HostileFile(
        "xlsx with 150 MB under a false size",
        hidden_bomb,
        refused(*SPENT, "unknown_format", "damaged_member"),
        NAME,
        is_heavy=True,
    )
    yield HostileFile(
        "xlsx with 60,000 members",
        lambda: xlsx(ORDER, more={f"xl/{n}.xml": b"" for n in range(60_000)}),
        refused("too_large"),
        NAME,
        is_heavy=True,
    )
    yield HostileFile(
        "xlsx with a sheet 220 MB long",
        lambda: xlsx(more={"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * 220_000_000}),
        refused("too_large"),
        NAME,
        is_heavy=True,
    )
    yield HostileFile(
        "xlsx with macros",
        partial(xlsx, ORDER, more={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(900)}),
        read(),
        "order.xlsm",
    )
    yield HostileFile(
        "xlsx with links to other files",
        partial(
            xlsx,
            ORDER,
            more={
                "xl/externalLinks/externalLink1.xml": b'<externalLink><externalBook r:id="rId1"/></externalLink>',
                "xl/externalLinks/_rels/externalLink1.xml.rels": b'<Relationships><Relationship Id="rId1" TargetMode="External" '
                b'Target="file:///etc/passwd"/></Relationships>',
            },
        ),
        read(),
        NAME,
    )
    yield HostileFile(
        "xlsx whose sheet lies outside",
        lambda: xlsx(
            ORDER,
            more={
                "xl/_rels/workbook.xml.rels": (
                    f'<Relationships><Relationship Id="rId1" Type="{_REL}/worksheet" '
                    f'Target="../../../../../etc/passwd"/></Relationships>'
                ).encode()
            },
        ),
        harmless(),
        NAME,
    )
    yield HostileFile(
        "xlsx of formulas for the reader's program",
        lambda: xlsx(
            rows([*ORDER_ROWS, ["=cmd|' /C calc'!A0", "+1+cmd|x", "@SUM(1)", '=HYPERLINK("http://127.0.0.1:9")', "-2+3"]])
        ),
        read(),
        NAME,
    )
    yield HostileFile(
        "xlsx with 1,000 elements inside each other",
        partial(xlsx, ORDER, after="<x>" * 100_000 + "</x>" * 100_000),
        harmless(),
        NAME,
    )
    yield HostileFile(
        "ods with a row a million times", partial(ods_repeats, 1_048_576, 1), harmless(), "order.ods", is_heavy=True
    )
    yield HostileFile(
        "ods with every cell of the world", partial(ods_repeats, 1_048_576, 16_384), harmless(), "order.ods", is_heavy=True
    )
    yield HostileFile("ods repeats 10^18 times", partial(ods_repeats, 10**18, 10**18), harmless(), "order.ods", is_heavy=True)
    yield HostileFile("ods billion laughs", lambda: ods(ods_rows(ORDER_ROWS), head=_HEAD + LAUGHS), unsafe, "order.ods")
    yield HostileFile("ods reads our files", lambda: ods(ods_rows([["&a;"]]), head=_HEAD + SECRET), unsafe, "order.ods")
    yield HostileFile("xls in a circle", xls_circle, harmless(), "order.xls")
    yield HostileFile("xls claims all rows", biff_dimensions, harmless(), "order.xls")
    yield HostileFile(
        "xls of records that lie",
        lambda: biff((0x0809, b"\0"), (0x00FC, b"\xff" * 30), (0x00FD, b"\xff" * 9)),
        harmless(),
        "order.xls",
    )
