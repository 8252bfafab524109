"""What a document is, by its content; its name has no say. Pure."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO

import olefile

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
    (b"7z\xbc\xaf\x27\x1c", SourceFormat.SEVEN_ZIP),
)
_STREAMS = {
    "__properties_version1.0": SourceFormat.MSG, "Workbook": SourceFormat.XLS, "Book": SourceFormat.XLS,
}
_DECLARATIONS = ("[Content_Types].xml", "mimetype", "META-INF/manifest.xml")
_DECLARED = (
    (b"spreadsheetml.sheet.main+xml", SourceFormat.XLSX), (b"spreadsheetml.template.main+xml", SourceFormat.XLSX),
    (b"ms-excel.sheet.macroEnabled.main+xml", SourceFormat.XLSX), (b"ms-excel.template.macroEnabled.main+xml", SourceFormat.XLSX),
    (b"ms-excel.sheet.binary", SourceFormat.XLSB),
    (b"wordprocessingml.document.main+xml", SourceFormat.DOCX), (b"wordprocessingml.template.main+xml", SourceFormat.DOCX),
    (b"ms-word.document.macroEnabled.main+xml", SourceFormat.DOCX), (b"ms-word.template.macroEnabled", SourceFormat.DOCX),
    (b"oasis.opendocument.spreadsheet", SourceFormat.ODS), (b"oasis.opendocument.text", SourceFormat.ODT),
)
_PARTS = (("xl/workbook.bin", SourceFormat.XLSB), ("xl/workbook", SourceFormat.XLSX), ("word/document", SourceFormat.DOCX))
_MOST_DECLARED = 262_144
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, OSError, RuntimeError)
_MARKS = bytes(b for b in range(32) if b not in b"\t\n\f\r\x1b\x02\x03\x1a")   # that no text needs
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)            # bytes of the header that follows the file's own
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|div|p|meta)\b", re.IGNORECASE)
_HTML_NAMES = frozenset({
    b"html", b"head", b"body", b"table", b"div", b"p", b"meta", b"span", b"font", b"center", b"b", b"i", b"a", b"br", b"ul",
    b"ol", b"h1", b"h2", b"h3", b"pre", b"style", b"title", b"form", b"section", b"article", b"main", b"header", b"tbody", b"tr",
    b"td"})
_WORKBOOK = re.compile(
    rb"(?:(?><!--.*?-->)|(?><\?.*?\?>)|\s)*+<(?:\w+:)?Workbook\s[^>]*[\"']urn:schemas-microsoft-com:office:spreadsheet[\"']",
    re.DOTALL)
_FLAT = re.compile(
    rb"(?:(?><!--.*?-->)|(?><\?.*?\?>)|\s)*+<(?:\w+:)?document\s[^>]*mimetype=[\"']application/vnd\.oasis\.opendocument\."
    rb"(text|spreadsheet)[\"'-]", re.DOTALL)
_ELEMENT = re.compile(rb"(?:(?><!--.*?-->)|(?><\?.*?\?>)|\s)*+<([A-Za-z_][\w.:-]*)[\s>/]", re.DOTALL)
_MAIL = re.compile(rb"\A(?:From |(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){2,})")
_MAIL_FIELDS = re.compile(rb"^(?:from|to|subject|date|message-id|received|mime-version):", re.IGNORECASE | re.MULTILINE)


def sniff(content: bytes) -> SourceFormat:
    """The format of non-empty bytes; TEXT for anything readable without a structure of its own, else UNKNOWN."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if is_heif(content) or _is_webp(content) or _is_bmp(content):
        return SourceFormat.IMAGE
    if content.startswith(_OLE):
        return _ole(content)
    if content.startswith(b"PK\x03\x04"):                    # before PDF: an archive may hold one uncompressed
        return _zip(content)
    if b"%PDF-" in content[:1024]:
        return SourceFormat.PDF
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
    names = _streams(content)
    return next((kind for name, kind in _STREAMS.items() if name in names), SourceFormat.UNKNOWN)


def is_old_word(content: bytes) -> bool:
    """True for documents of Word 97 to 2003, which are told apart only to be refused with the right advice."""
    return content.startswith(_OLE) and "WordDocument" in _streams(content)


def _streams(content: bytes) -> set[str]:
    """A compound file is told by the names of its streams; a damaged one by where those names usually stand."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as ole:
            return {entry[0] for entry in ole.listdir() if entry}
    except Exception:                                  # olefile lets anything out that a damaged file leads to
        return {name for name in (*_STREAMS, "WordDocument") if name.encode("utf-16-le") in content}


def _zip(content: bytes) -> SourceFormat:
    """Office documents say what they are in a part of their own; where it is missing, the names of their parts tell."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            said = b"".join(_head(archive, name) for name in _DECLARATIONS if name in names)
    except _ZIP_FAULTS:
        return SourceFormat.UNKNOWN
    declared = next((kind for mark, kind in _DECLARED if mark in said), None)
    if declared:
        return declared
    return next((kind for start, kind in _PARTS if any(n.startswith(start) for n in names)), SourceFormat.ZIP)


def _head(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(_MOST_DECLARED)


def _text(content: bytes) -> SourceFormat:
    head = content[:65_536]
    for bom in _BOMS:
        if head.startswith(bom):
            head = head[len(bom):].replace(b"\x00", b"") if bom != _BOMS[0] else head[3:]
    if not is_textual(head):
        return SourceFormat.UNKNOWN
    start = (head.replace(b"\x00", b"") if is_wide(head[:8192]) else head).lstrip()
    if start.startswith(b"{\\rtf"):
        return SourceFormat.RTF
    return _interchange(start) or _markup(content, start) or (SourceFormat.EMAIL if _is_mail(start) else SourceFormat.TEXT)


def is_textual(head: bytes) -> bool:
    """False when control bytes say that this is no text in any usual encoding."""
    sample = head[:8192]
    if is_wide(sample):
        return True
    odd = len(sample) - len(sample.translate(None, _MARKS))
    return odd <= max(1, len(sample) // 100)


def is_wide(sample: bytes) -> bool:
    """True for UTF-16 without a mark: of its bytes every second one is mostly zero, and the others hardly ever."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    return len(sample) > 3 and max(even, odd) > len(sample) // 5 and min(even, odd) <= max(even, odd) // 20


def _interchange(start: bytes) -> SourceFormat | None:
    if start.startswith(b"ISA") and len(start) > 4 and not start[3:4].isalnum():
        return SourceFormat.X12
    if start.startswith(b"UNA") or re.match(rb"UNB[^A-Za-z0-9\s]", start):
        return SourceFormat.EDIFACT
    return SourceFormat.TRADACOMS if start.startswith(b"STX=") else None


def _markup(content: bytes, start: bytes) -> SourceFormat | None:
    """XML says so, or is one element from its first byte to its last that is none of HTML's ("<Body>" may be SOAP's). A workbook
    and an OpenDocument file may be XML as well."""
    first = _ELEMENT.match(start)
    if _WORKBOOK.match(start[:4096]):
        return SourceFormat.XLS
    if flat := _FLAT.match(start[:16_384]):
        return SourceFormat.ODT if flat[1] == b"text" else SourceFormat.ODS
    if start.startswith(b"<?xml"):
        return SourceFormat.HTML if re.search(rb"<(?:!doctype\s+)?html\b", start[:2048], re.IGNORECASE) else SourceFormat.XML
    if not start.startswith(b"<") or (first is None and not _HTML.search(start[:4096])):
        return None
    name = first[1] if first else b""
    is_whole = first is not None and content[-512:].replace(b"\x00", b"").rstrip().endswith((b"</" + name + b">", b"/>"))
    if is_whole and name.lower() not in _HTML_NAMES:
        return SourceFormat.XML
    return SourceFormat.HTML if _HTML.search(start[:4096]) else SourceFormat.XML if first else None


def _is_mail(start: bytes) -> bool:
    head = start[:8192].replace(b"\r\n", b"\n")
    fields = {m.group().lower() for m in _MAIL_FIELDS.finditer(head.split(b"\n\n", 1)[0])}
    return bool(_MAIL.match(head)) and len(fields) >= 3
