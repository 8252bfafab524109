"""Parts of a mail in which no order can be read: signatures, what is encrypted or lies elsewhere, calendar entries, cards."""

from __future__ import annotations

import re

_SIGNATURE = ("signature", "A digital signature; there is nothing in it to read.")
_SEALED = ("encrypted_mail", "This part is encrypted or sealed; ask the sender for an open copy.")
_PARTIAL = ("partial_message", "This is one piece of a mail that was sent in several; ask the sender to send it in one.")
_ELSEWHERE = ("attachment_missing", "The attachment lies elsewhere, only its address came; ask the sender for the file itself.")
_ENTRY = ("calendar_or_card", "A calendar entry or a business card; there is no order in it.")
_BY_TYPE = {
    "application/pkcs7-signature": _SIGNATURE, "application/x-pkcs7-signature": _SIGNATURE,
    "application/pgp-signature": _SIGNATURE, "application/pkcs7-mime": _SEALED, "application/x-pkcs7-mime": _SEALED,
    "application/pgp-encrypted": _SEALED, "multipart/encrypted": _SEALED, "message/partial": _PARTIAL,
    "message/external-body": _ELSEWHERE,
}
_ENTRIES = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:(?:VCALENDAR|VCARD)\s", re.IGNORECASE)     # RFC 5545, 3.4; RFC 6350, 6.1.1
_ARMOUR = re.compile(r"^-----BEGIN PGP MESSAGE-----\s*$.*?(?:^-----END PGP MESSAGE-----\s*$|\Z)", re.MULTILINE | re.DOTALL)


def closed(media_type: str, content: bytes) -> tuple[str | None, str | None]:
    """Code and sentence of a part in which nothing is to be read; (None, None) for any other."""
    if media_type in _BY_TYPE:
        return _BY_TYPE[media_type]
    if _ENTRIES.match(content[:1_000]):
        return _ENTRY
    is_sealed = content[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"-----BEGIN PGP MESSAGE-----")
    return _SEALED if is_sealed else (None, None)


def split_armoured(text: str) -> tuple[str, list[str]]:
    """The text without the messages that PGP encrypted into it (RFC 9580, 6.2), and these."""
    return _ARMOUR.sub("", text), _ARMOUR.findall(text)
