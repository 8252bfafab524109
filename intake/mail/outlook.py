"""Outlook's own containers: .msg files and winmail.dat (TNEF)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from olefile import OleFileIO
from oxmsg import Message
from oxmsg.domain import constants as c
from oxmsg.properties import Properties
from oxmsg.storage import Storage
from tnefparse import TNEF
from tnefparse.properties import MAPI_ATTACH_LONG_FILENAME

from intake.charset import decode_text, html_bytes
from intake.labels import clean_text, file_label
from intake.mail.headers import first_mailbox, split_headers
from intake.mail.parse import Leaf, envelope_of, says_more
from intake.mail.rtf import decompressed, wrapped
from models.domain.messages import Envelope, MailKind

EMBEDDED_MESSAGE = "__substg1.0_3701000D"       # attachment data that is a message itself ([MS-OXMSG] 2.2.2.1)
EMBEDDED_HEADER = 24                            # bytes before the properties of an embedded message ([MS-OXMSG] 2.4.1.2)
NESTING = 5
TNEF_HEADER, TNEF_ATTRIBUTE = 6, 11             # bytes of the stream's head, and of an attribute around its data


def read_msg(content: bytes, *, own_addresses: frozenset[str]) -> tuple[Envelope, list[Leaf]]:
    """Envelope and leaves of a .msg file. Raises whatever the library does on a damaged one."""
    with OleFileIO(BytesIO(content)) as ole:
        storage = Storage.from_ole(ole)
    message = Message(storage)
    leaves = list(_message_leaves(storage, message.properties, own_addresses, 0))
    return _msg_envelope(message.properties, own_addresses, has_attachment=any(not leaf.is_body for leaf in leaves)), leaves


def _msg_envelope(properties: Properties, own_addresses: frozenset[str], *, has_attachment: bool) -> Envelope:
    transport = (properties.str_prop_value(c.PID_TRANSPORT_MESSAGE_HEADERS) or "").lstrip().encode("utf-8", "replace")
    headers = split_headers(transport, 0, len(transport))[0]
    if headers.get("from"):
        return envelope_of(headers, own_addresses=own_addresses, has_attachment=has_attachment)
    shown = properties.str_prop_value(c.PID_SENDER_NAME) or properties.str_prop_value(c.PID_SENT_REPRESENTING_NAME) or ""
    name, address = first_mailbox(shown)
    # Inside Exchange the e-mail address is a directory path; only what has an @ is one for us.
    for pid in (c.PID_SENDER_SMTP_ADDRESS, c.PID_SENDER_EMAIL_ADDRESS):
        address = address or first_mailbox(properties.str_prop_value(pid) or "")[1]
    return Envelope(
        subject=clean_text(properties.str_prop_value(c.PID_SUBJECT) or "") or None, sender_name=name, sender_address=address,
        sent_at=properties.date_prop_value(c.PID_CLIENT_SUBMIT_TIME),
        message_id=clean_text(properties.str_prop_value(c.PID_INTERNET_MESSAGE_ID) or "") or None,
        kind=MailKind.OWN if address in own_addresses else MailKind.ORDINARY)


def _message_leaves(storage: Storage, properties: Properties, own_addresses: frozenset[str], depth: int) -> Iterator[Leaf]:
    html = properties.binary_prop_value(c.PID_HTML)
    yield from _body(
        properties.str_prop_value(c.PID_BODY), decode_text(html, _body_charset(properties)) if html else None,
        properties.binary_prop_value(c.PID_RTF_COMPRESSED))
    for attachment in storage.iter_attachment_storages():
        yield from _attachment_leaves(attachment, own_addresses, depth)


def _body_charset(properties: Properties) -> str | None:
    try:
        return str(properties.body_encoding)
    except Exception:           # the library raises its own errors for code pages it does not know
        return None


def _attachment_leaves(storage: Storage, own_addresses: frozenset[str], depth: int) -> Iterator[Leaf]:
    properties = Properties(storage, properties_header_offset=8)
    name = file_label(properties.str_prop_value(c.PID_ATTACH_LONG_FILENAME) or properties.str_prop_value(c.PID_ATTACH_FILENAME))
    embedded = next((s for s in storage.storages if s.name == EMBEDDED_MESSAGE), None)
    if embedded is not None and depth < NESTING:
        inner = Properties(embedded, properties_header_offset=EMBEDDED_HEADER)
        written = _msg_envelope(inner, own_addresses, has_attachment=True)
        for leaf in _message_leaves(embedded, inner, own_addresses, depth + 1):
            yield replace(leaf, forwards=(written, *leaf.forwards))
        return
    content = properties.binary_prop_value(c.PID_ATTACH_DATA_BINARY)
    media_type = properties.str_prop_value(c.PID_ATTACH_MIME_TAG) or "application/octet-stream"
    if content is None:
        yield Leaf(
            b"", media_type, name, code="attachment_missing",
            sentence="The attachment is only a link or an object inside Outlook; ask the sender for the file itself.")
    else:
        yield Leaf(content, media_type, name)


def read_tnef(content: bytes) -> list[Leaf]:
    """The leaves of a winmail.dat. Raises whatever the library does on a damaged one."""
    tnef = TNEF(content, do_checksum=False)
    leaves = list(_body(_as_text(tnef.body, tnef.codepage), _as_text(tnef.htmlbody, tnef.codepage), tnef._rtfbody))
    for attachment in tnef.attachments:
        long_name = next((a.data for a in attachment.mapi_attrs if a.name == MAPI_ATTACH_LONG_FILENAME), attachment._name)
        leaves.append(Leaf(
            bytes(attachment.data), "application/octet-stream", file_label(_as_text(long_name, tnef.codepage))))
    if _is_cut(content):
        leaves.append(Leaf(
            b"", "application/ms-tnef", code="cut_short",
            sentence="This file ends before its content does, so something may be missing; ask the sender to send it again."))
    return leaves


def _is_cut(tnef: bytes) -> bool:
    """True when the attributes of a TNEF stream (level, tag, length, data, checksum) do not end where the bytes do."""
    at = TNEF_HEADER
    while at + TNEF_ATTRIBUTE <= len(tnef):
        at += TNEF_ATTRIBUTE + int.from_bytes(tnef[at + 5:at + 9], "little")
    return at > len(tnef)


def _body(plain: str | None, html: str | None, rtf: bytes | None = None) -> Iterator[Leaf]:
    """One body of the forms it came in. RTF counts when there is nothing else, and for the HTML that is wrapped in it."""
    rtf = _readable(rtf) if rtf and not (html and html.strip()) else None
    inside = wrapped(rtf) if rtf else None
    if inside and inside[0] == "text/html":
        html = inside[1]
    elif inside and not (plain and plain.strip()):
        plain = inside[1]
    if html and html.strip() and says_more(html, plain or ""):
        yield Leaf(html_bytes(html), "text/html", is_body=True)
    elif plain and plain.strip():
        yield Leaf(plain.encode("utf-8", "replace"), "text/plain", is_body=True)
    elif rtf and not inside:
        yield Leaf(rtf, "application/rtf", is_body=True)


def _readable(rtf: bytes) -> bytes | None:
    try:
        return decompressed(rtf)
    except ValueError:
        return None


def _as_text(value: object, charset: str | None) -> str | None:
    if isinstance(value, bytes):
        return decode_text(value.rstrip(b"\0"), charset)
    return value if isinstance(value, str) else None
