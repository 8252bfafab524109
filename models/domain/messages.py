"""What a message is before anybody understood it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.domain.pages import Problem


class Source(StrEnum):
    """The way a message came."""

    MAIL = "mail"
    UPLOAD = "upload"
    FOLDER = "folder"


class MailKind(StrEnum):
    """What a mail is before anybody reads it: only orders' carriers go on."""

    ORDINARY = "ordinary"
    AUTO_REPLY = "auto_reply"    # out of office and other automatic answers
    BOUNCE = "bounce"            # delivery status notifications
    OWN = "own"                  # sent by ourselves


@dataclass(frozen=True, slots=True)
class Part:
    """One document taken out of a message. `parent` is the position of the mail or archive it was in.

    `code` and `sentence` are set when the part is kept but cannot be opened (encrypted member, too deep, too large).
    """

    content: bytes
    name: str | None = None
    media_type: str | None = None
    is_body: bool = False
    parent: int | None = None
    code: str | None = None
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers of a mail say; nothing of it is proof of who sent it."""

    subject: str | None = None
    sender_name: str | None = None
    sender_address: str | None = None
    reply_to: str | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    kind: MailKind = MailKind.ORDINARY


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A message taken apart. `parts` in reading order; a message that is no container has itself as only part."""

    envelope: Envelope | None
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...] = ()
