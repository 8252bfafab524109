"""What a message is before anybody understood it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
class Envelope:
    """What the headers of a mail say; nothing of it is proof of who sent it."""

    subject: str | None = None
    sender_name: str | None = None
    sender_address: str | None = None
    reply_to: str | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    thread: tuple[str, ...] = ()       # the Message-IDs of the mails before it, as References and In-Reply-To name them
    kind: MailKind = MailKind.ORDINARY
    authentication: str | None = None  # what our own mail server found: "spf=pass dkim=fail dmarc=fail"
    recipient_name: str | None = None
    recipient_address: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One document taken out of a message. `parent` is the position of the mail, archive or PDF it was in; `is_carried`: that
    PDF is a document itself, beside which the part stands.

    `code` and `sentence` are set when the part is kept but cannot be opened (encrypted member, too deep, too large).
    `forwards` are the mails inside the message that it came in, outermost first.
    """

    content: bytes
    name: str | None = None
    media_type: str | None = None
    is_body: bool = False
    parent: int | None = None
    code: str | None = None
    sentence: str | None = None
    forwards: tuple[Envelope, ...] = ()
    is_carried: bool = False


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A message taken apart. `parts` in reading order; a message that is no container has itself as only part."""

    envelope: Envelope | None
    parts: tuple[Part, ...]

    @property
    def opened(self) -> frozenset[int | None]:
        """Positions of the containers that are no documents themselves."""
        return frozenset(part.parent for part in self.parts if not part.is_carried)


PUBLIC_DOMAINS = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "aol.com", "gmx.de",
    "gmx.net", "web.de", "t-online.de", "freenet.de", "orange.fr", "wanadoo.fr", "free.fr", "libero.it", "wp.pl", "onet.pl",
    "proton.me",
})
"""Domains that anybody may write from: they say nothing about the company."""


def domain_of(address: str | None) -> str | None:
    """The domain of an address, in lower case."""
    return (address or "").rpartition("@")[2].strip().lower() or None


def own_domains_of(addresses: Iterable[str]) -> tuple[str, ...]:
    """The domains colleagues write from, as far as our own addresses tell."""
    return tuple(sorted({d for a in addresses if (d := domain_of(a)) and d != "localhost"} - PUBLIC_DOMAINS))


def author(message: Envelope, forwards: Iterable[Envelope], own_domains: Collection[str]) -> Envelope:
    """The mail whose writer asks for the goods: the message, unless one of us only passed it on.

    `forwards` are the mails it passes on, outermost first; of those the first that is not ours as well counts.
    """
    if not _is_ours(message, own_domains):
        return message
    return next((f for f in forwards if f.sender_address and not _is_ours(f, own_domains)), message)


def _is_ours(envelope: Envelope, own_domains: Collection[str]) -> bool:
    return envelope.sender_address is None or domain_of(envelope.sender_address) in own_domains
