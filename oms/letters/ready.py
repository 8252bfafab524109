"""A mail as it waits in the outbox: everything but our own address, which the settings say when it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from re import compile as pattern

MARKER = "X-Ordermill"
"""Header on every mail of ours, so that intake knows its own; its value is the mail's kind."""
_MESSAGE_ID = pattern(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>")
MOST_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """The envelope of one mail. `token` makes its Message-ID; made once, the same in every try."""

    recipient: str
    token: str
    language: str | None              # ISO 639-1; None: English
    in_reply_to: str | None           # the Message-ID of the customer's mail
    references: tuple[str, ...] = ()  # Message-IDs of the thread before it, oldest first


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; its bytes lie in the blob store."""

    name: str
    media_type: str                   # "application/pdf"
    sha256: str


@dataclass(frozen=True, slots=True)
class ReadyMail:
    """One mail in words. `html` None: plain text only."""

    letter: Letter
    kind: str                         # also the outbox row's: "acknowledgement", "question", "shipment", …
    language: str
    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    is_automatic: bool = True         # False: a person wrote or sent it, and an answer is wanted


def message_id(letter: Letter, sender: str) -> str:
    """The Message-ID header of a letter from this address of ours."""
    return f"<{letter.token}@{sender.partition('@')[2]}>"


def build_mail(
    ready: ReadyMail, *, sender: str, company_name: str, at: datetime, files: tuple[tuple[Attachment, bytes], ...] = ()
) -> EmailMessage:
    """The whole mail. Values from strangers cannot add headers: line breaks are gone, and the library refuses them."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(company_name, addr_spec=sender)
    mail["To"] = Address(addr_spec=ready.letter.recipient)
    mail["Subject"] = " ".join(ready.subject.split())[:200]
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(ready.letter, sender)
    if thread := _thread(ready.letter):
        mail["In-Reply-To"], mail["References"] = thread[-1], " ".join(thread[-MOST_REFERENCES:])
    if ready.is_automatic:                            # RFC 3834: no automaton shall answer us
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    mail[MARKER] = ready.kind
    mail["Content-Language"] = ready.language
    mail.set_content(ready.text, cte="quoted-printable")
    if ready.html is not None:
        mail.add_alternative(ready.html, subtype="html", cte="quoted-printable")
    for attachment, content in files:
        major, _, minor = attachment.media_type.partition("/")
        mail.add_attachment(content, maintype=major, subtype=minor or "octet-stream", filename=attachment.name)
    return mail


def _thread(letter: Letter) -> list[str]:
    wanted = (*letter.references, letter.in_reply_to or "")
    return list(dict.fromkeys(mid.strip() for mid in wanted if _MESSAGE_ID.fullmatch(mid.strip())))
