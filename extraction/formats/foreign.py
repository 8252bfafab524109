"""Kinds of files that are known and not read: each is refused with the advice that helps."""

from __future__ import annotations

import re

from extraction.formats.sniff import is_old_word
from models.errors import InputError

_POSTSCRIPT = (b"%!PS", b"\xc5\xd0\xd3\xc6", b"\x04%!PS")      # bare, behind a DOS header (Adobe 5002, 5), from a printer driver
_RAR = b"Rar!\x1a\x07"
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:(?><!--.*?-->)|(?><\?.*?\?>)|(?><!DOCTYPE\s+svg\b[^>]*>)|\s)*+<(?:svg:)?svg[\s>]", re.DOTALL)


def refuse_foreign(content: bytes, label: str) -> None:
    """Raise InputError unsupported_format for a file of such a kind; `label` names the file."""
    if is_old_word(content):
        raise InputError(f"{label} is a document of an old Word (.doc), which is not read. Ask for it saved as PDF or DOCX.",
                         code="unsupported_format")
    if _SVG.match(content[:65_536]):
        raise InputError(f"{label} is a drawing (SVG), which is not read. Look at it, and ask for a PDF if it is the order.",
                         code="unsupported_format")
    if content.startswith(_POSTSCRIPT):
        raise InputError(f"{label} is a page in PostScript (PS, EPS), which is not read. Ask for it as PDF.",
                         code="unsupported_format")
    if content.startswith(_RAR):
        raise InputError(f"{label} is a RAR archive, which is not opened. Ask for a ZIP, or for the files themselves.",
                         code="unsupported_format")
