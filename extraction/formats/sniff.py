"""What a document is, by its content; its name has no say. Pure."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from models.domain.pages import SourceFormat

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", SourceFormat.IMAGE),
    (b"\xff\xd8\xff", SourceFormat.IMAGE),
    (b"II*\x00", SourceFormat.IMAGE),
    (b"MM\x00*", SourceFormat.IMAGE),
    (b"II+\x00", SourceFormat.IMAGE),                  # BigTIFF
    (b"MM\x00+", SourceFormat.IMAGE),
    (b"GIF87a", SourceFormat.IMAGE),
    (b"GIF89a", SourceFormat.IMAGE),
    (b"\x78\x9f\x3e\x22", SourceFormat.TNEF),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)            # bytes of the header that follows the file's own
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|div|p|meta)\b", re.IGNORECASE)
_MAIL = re.compile(rb"\A(?:From |(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){2,})")
_MAIL_FIELDS = re.compile(rb"^(?:from|to|subject|date|message-id|received|mime-version):", re.IGNORECASE | re.MULTILINE)


def sniff(content: bytes) -> SourceFormat:
    """The format of non-empty bytes; TEXT for anything readable without a structure of its own, else UNKNOWN."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if is_heif(content) or _is_webp(content) or _is_bmp(content):
        return SourceFormat.IMAGE
    if b"%PDF-" in content[:1024]:
        return SourceFormat.PDF
    if content.startswith(_OLE):
        return _ole(content)
    if content.startswith(b"PK\x03\x04"):
        return _zip(content)
    return _text(content)


def is_heif(content: bytes) -> bool:
    """True for the pictures of phones: an ISO base media file whose brand says it holds one (ISO/IEC 23008-12)."""
    return content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_bmp(content: bytes) -> bool:
    """Two letters are too few to tell: an order may begin with them."""
    return content[:2] == b"BM" and content[6:10] == bytes(4) and int.from_bytes(content[14:18], "little") in _BMP_HEADERS


def _ole(content: bytes) -> SourceFormat:
    """Directory names of the compound file are UTF-16; they tell a workbook from a mail."""
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        return SourceFormat.XLS
    return SourceFormat.MSG if "__properties_version1.0".encode("utf-16-le") in content else SourceFormat.UNKNOWN


def _zip(content: bytes) -> SourceFormat:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return SourceFormat.UNKNOWN
    if any(n.startswith("xl/workbook") for n in names):
        return SourceFormat.XLSX
    if any(n.startswith("word/document") for n in names):
        return SourceFormat.DOCX
    return SourceFormat.ODS if b"opendocument.spreadsheet" in content[:200] else SourceFormat.ZIP


def _text(content: bytes) -> SourceFormat:
    head = content[:65_536]
    for bom in _BOMS:
        if head.startswith(bom):
            head = head[len(bom):].replace(b"\x00", b"") if bom != _BOMS[0] else head[3:]
    if not is_textual(head):
        return SourceFormat.UNKNOWN
    start = head.lstrip()
    return _interchange(start) or _markup(start) or (SourceFormat.EMAIL if _is_mail(start) else SourceFormat.TEXT)


def is_textual(head: bytes) -> bool:
    """False when control bytes say that this is no text in any usual encoding (UTF-16 without a mark aside)."""
    sample = head[:8192]
    if sample and sample.count(0) > len(sample) // 3 and not any(sample[1::2].strip(b"\x00")):
        return True
    odd = sum(1 for b in sample if b < 9 or 13 < b < 27 or b == 127)
    return odd <= len(sample) // 200


def _interchange(start: bytes) -> SourceFormat | None:
    if start.startswith(b"ISA") and len(start) > 4 and not start[3:4].isalnum():
        return SourceFormat.X12
    if start.startswith(b"UNA") or re.match(rb"UNB[^A-Za-z0-9\s]", start):
        return SourceFormat.EDIFACT
    return SourceFormat.TRADACOMS if start.startswith(b"STX=") else None


def _markup(start: bytes) -> SourceFormat | None:
    if start.startswith(b"<?xml"):
        return SourceFormat.HTML if re.search(rb"<(?:!doctype\s+)?html\b", start[:2048], re.IGNORECASE) else SourceFormat.XML
    if start.startswith(b"<") and _HTML.search(start[:4096]):
        return SourceFormat.HTML
    return SourceFormat.XML if re.match(rb"<[A-Za-z_][\w.:-]*[\s>/]", start) else None


def _is_mail(start: bytes) -> bool:
    head = start[:8192].replace(b"\r\n", b"\n")
    fields = {m.group().lower() for m in _MAIL_FIELDS.finditer(head.split(b"\n\n", 1)[0])}
    return bool(_MAIL.match(head)) and len(fields) >= 3
