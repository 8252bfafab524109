"""The type of a document follows from its content."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from extraction.formats.sniff import sniff
from models.domain.pages import SourceFormat


def _zip(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def _stored(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("order.pdf", text)
    return buffer.getvalue()


def _xls() -> bytes:
    book, buffer = xlwt.Workbook(), io.BytesIO()
    book.add_sheet("A").write(0, 0, "x")
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(("content", "kind"), [
    (b"%PDF-1.7\n...", SourceFormat.PDF),
    (b"junk before\n%PDF-1.4", SourceFormat.PDF),
    (b"\x89PNG\r\n\x1a\n....", SourceFormat.IMAGE),
    (b"\xff\xd8\xff\xe0", SourceFormat.IMAGE),
    (b"II*\x00....", SourceFormat.IMAGE),
    (_zip("xl/workbook.xml"), SourceFormat.XLSX),
    (_zip("word/document.xml"), SourceFormat.DOCX),
    (_zip("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), SourceFormat.ODS),
    (_zip("a.pdf"), SourceFormat.ZIP),
    (_zip("xl/workbook.bin"), SourceFormat.XLSB),
    (_zip("content.xml", mimetype="application/vnd.oasis.opendocument.text"), SourceFormat.ODT),
    (_stored("%PDF-1.7 inside"), SourceFormat.ZIP),
    (b"7z\xbc\xaf\x27\x1c....", SourceFormat.SEVEN_ZIP),
    (b"{\\rtf1\\ansi 5 x A-1}", SourceFormat.RTF),
    (b"\r\n{\\rtf1 x}", SourceFormat.RTF),
    ("Größe 5 Stück".encode("utf-16-le"), SourceFormat.TEXT),
    (b"\x025 x A-1\x03\x1a", SourceFormat.TEXT),
    (_xls(), SourceFormat.XLS),
    (b"\x78\x9f\x3e\x22....", SourceFormat.TNEF),
    (b"ISA*00*...", SourceFormat.X12),
    (b"\xef\xbb\xbf\r\n ISA|00|...", SourceFormat.X12),
    (b"UNA:+.? 'UNB+UNOC:3", SourceFormat.EDIFACT),
    (b"UNB+UNOC:3+S+R'", SourceFormat.EDIFACT),
    (b"STX=ANA:1+5000'", SourceFormat.TRADACOMS),
    (b"<?xml version='1.0'?><Order/>", SourceFormat.XML),
    (b"<Order xmlns='x'><ID>1</ID></Order>", SourceFormat.XML),
    (b"<Envelope><Body><Order/></Body></Envelope>\n", SourceFormat.XML),
    (b'<?xml version="1.0"?>\n<?mso-application progid="x"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
     SourceFormat.XLS),
    (b"<!-- --><ss:Workbook xmlns:x='' xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'></ss:Workbook>", SourceFormat.XLS),
    (b"<?xml version='1.0'?><Workbook><Order/></Workbook>", SourceFormat.XML),
    (b"<?a?>" * 800 + b"<Workbook>", SourceFormat.XML),
    (b"<!-- x --><Envelope a='1'><Table/></Envelope>", SourceFormat.XML),
    ("<Order><Body/></Order>".encode("utf-16"), SourceFormat.XML),
    (b"<mail><p>5 x A-1<br>thanks", SourceFormat.HTML),
    (b"<!--" * 9_000 + b"-->" * 9_000, SourceFormat.TEXT),
    (b"<!DOCTYPE html><html><body>x", SourceFormat.HTML),
    (b"<?xml version='1.0'?><!DOCTYPE html><html/>", SourceFormat.HTML),
    (b"<div>5 x A-1</div>", SourceFormat.HTML),
    (b"From: a@b.example\r\nTo: c@d.example\r\nSubject: PO 1\r\n\r\n5 x A-1", SourceFormat.EMAIL),
    ("Größe 5 Stück".encode("cp1252"), SourceFormat.TEXT),
    ("Größe 5 Stück".encode("utf-16"), SourceFormat.TEXT),
    (b"sku;qty\nA;1\n", SourceFormat.TEXT),
    (b"To: the purchasing desk\nplease send 5 x A-1", SourceFormat.TEXT),
    (b"ISABELLA wants 5", SourceFormat.TEXT),
    (bytes(range(256)) * 8, SourceFormat.UNKNOWN),
])
def test_formats_are_told_by_their_content(content: bytes, kind: SourceFormat) -> None:
    assert sniff(content) is kind


_STARTS = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<", b"\xff\xfe"]


@given(st.binary(min_size=1, max_size=300), st.sampled_from(_STARTS))
def test_any_bytes_get_some_answer(noise: bytes, start: bytes) -> None:
    assert isinstance(sniff(start + noise), SourceFormat)
