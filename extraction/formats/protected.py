"""Office files under a password: opened with the passwords that the operator lists, else refused with a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import olefile

from models.errors import InputError

_OPENS_UNASKED = "VelvetSweatshop"       # workbooks under this password open without a question ([MS-OFFCRYPTO] 2.4.2.3)
_XLS_STREAMS = ("Workbook", "Book")


def unprotected(content: bytes, passwords: Sequence[str]) -> bytes:
    """The document inside an encrypted Office file; any other content as it is.

    Raises InputError: encrypted_document when no password fits, damaged_document.
    """
    if not content.startswith(olefile.MAGIC) or not _may_be_protected(content):
        return content
    import msoffcrypto  # late: few documents need it
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    try:
        file = msoffcrypto.OfficeFile(BytesIO(content))
        if not file.is_encrypted():
            return content
        for password in (_OPENS_UNASKED, *passwords):
            opened = BytesIO()
            try:
                file.load_key(password=password)
                file.decrypt(opened)
            except (InvalidKeyError, DecryptionError):
                continue
            if _is_office(opened.getvalue()):
                return opened.getvalue()
    except Exception as e:                               # the library lets anything out that a damaged file leads to
        raise InputError("The document is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e
    raise InputError(
        "The document is protected by a password that is not among ORDERMILL_DOCUMENT_PASSWORDS. Add it there and read the "
        "document again, or ask for an open copy.", code="encrypted_document")


def _may_be_protected(content: bytes) -> bool:
    names = ("EncryptedPackage", *_XLS_STREAMS)
    return any(name.encode("utf-16-le") in content for name in names)


def _is_office(content: bytes) -> bool:
    """A wrong key that was not noticed as one gives noise."""
    return content.startswith((b"PK\x03\x04", olefile.MAGIC))
