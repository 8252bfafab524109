"""Mails over SMTP.

A mail server cannot be asked whether it took a mail, so the outbox is told right before the content leaves; until then every
failure is safe to try again.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import parseaddr

from models.errors import InputError, TransientError
from oms.acknowledgement.assemble import Acknowledgement
from oms.acknowledgement.compose import ACKNOWLEDGEMENT, ready
from oms.acknowledgement.recipient import is_address, is_nobody
from oms.letters.ready import ReadyMail, build_mail
from oms.outbox.sender import Delivered, OutcomeUnknown, Outgoing
from runtime.blobs import Blobs
from runtime.codec import from_json
from runtime.db import Database
from runtime.faults import fault_point
from runtime.own_mail import own_addresses
from runtime.settings import Settings, TlsMode

TIMEOUT_S = 30
VERDICT_TIMEOUT_S = 120
"""How long a server may think about a mail it has got; servers that scan content take their time."""


class SmtpSender:
    """The outbox's sender for `Channel.MAIL`."""

    can_ask = False

    def __init__(self, settings: Settings, db: Database, blobs: Blobs) -> None:
        self.settings = settings
        self.db = db
        self.blobs = blobs

    @property
    def blocked(self) -> str | None:
        """Says which setting is missing, or None."""
        if not self.settings.smtp_host:
            return "Set ORDERMILL_SMTP_HOST to send mails; until then they wait here."
        if not is_address(self._own):
            return "ORDERMILL_SMTP_FROM is not a mail address; mend it; until then mails wait here."
        return None

    @property
    def _own(self) -> str:
        return parseaddr(self.settings.smtp_from)[1]

    def send(self, message: Outgoing, about_to_send: Callable[[], None]) -> Delivered:
        """Send one mail. Raises TransientError, InputError or OutcomeUnknown."""
        letter = self._ready(message)
        self._refuse_loops(letter.letter.recipient)
        files = tuple((a, self.blobs.get(a.sha256)) for a in letter.attachments)
        mail = build_mail(
            letter, sender=self._own, company_name=self.settings.company_name, at=message.created_at, files=files)
        with self._connected() as smtp:
            _open_envelope(smtp, self._own, letter.letter.recipient, is_automatic=letter.is_automatic)
            about_to_send()
            _transmit(smtp, mail.as_bytes())
            fault_point("mail.accepted")
        return Delivered(str(mail["Message-ID"])[:128])

    def find(self, key: str) -> Delivered | None:
        """Never called: mail cannot be asked for."""
        raise OutcomeUnknown("A mail server cannot be asked whether it took a mail.")

    def _ready(self, message: Outgoing) -> ReadyMail:
        # An acknowledgement is put into words when it leaves, so that a new wording serves what already waits.
        if message.kind == ACKNOWLEDGEMENT:
            return ready(from_json(Acknowledgement, message.payload), company_name=self.settings.company_name)
        return from_json(ReadyMail, message.payload)

    def _refuse_loops(self, recipient: str) -> None:
        with self.db.read() as db:
            own = own_addresses(db, self.settings)
        if recipient.lower() in own or is_nobody(recipient):
            raise InputError(f"{recipient} is our own address or nobody's; tell the customer by another way.", code="own_address")

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A signed-in connection. Raises TransientError: nothing has left yet, and a wrong password can be mended."""
        s = self.settings
        try:
            smtp = _connect(str(s.smtp_host), s.smtp_port, s.smtp_tls, self._own.partition("@")[2])
            try:
                if s.smtp_user:
                    smtp.login(s.smtp_user, s.smtp_password.get_secret_value())
                smtp.ehlo_or_helo_if_needed()
            except BaseException:
                smtp.close()
                raise
        except (OSError, smtplib.SMTPException) as e:
            raise TransientError(f"The mail server {s.smtp_host} cannot be used: {_words(e)}", code="smtp_unavailable") from e
        try:
            yield smtp
            with suppress(OSError, smtplib.SMTPException):
                smtp.putcmd("QUIT")                    # politeness; the answer would change nothing
        finally:
            smtp.close()


def _connect(host: str, port: int, tls: TlsMode, our_name: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if tls is TlsMode.TLS:
        return smtplib.SMTP_SSL(host, port, our_name, timeout=TIMEOUT_S, context=context)
    smtp = smtplib.SMTP(host, port, our_name, timeout=TIMEOUT_S)
    if tls is TlsMode.STARTTLS:
        smtp.starttls(context=context)
    return smtp


def _open_envelope(smtp: smtplib.SMTP, sender: str, recipient: str, *, is_automatic: bool) -> None:
    """Everything up to the server's "go ahead"; nothing of the mail has left."""
    try:
        code, reply = smtp.mail("" if is_automatic else sender)      # the empty return path: a bounce must not be bounced
        if code >= 500 and is_automatic:
            code, reply = smtp.mail(sender)            # some servers only let a signed-in user write under a name
        _check(code, reply)
        _check(*smtp.rcpt(recipient))
        _check(*smtp.docmd("DATA"), wanted=354)
    except (OSError, smtplib.SMTPException) as e:
        raise TransientError(f"The mail server hung up: {_words(e)}", code="smtp_unavailable") from e


def _transmit(smtp: smtplib.SMTP, content: bytes) -> None:
    """Send the content and wait for the verdict. Without one the mail may have arrived."""
    assert smtp.sock is not None
    try:
        smtp.sock.settimeout(VERDICT_TIMEOUT_S)
        smtp.send(re.sub(rb"(?m)^\.", b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n")
        code, reply = smtp.getreply()
    except (OSError, smtplib.SMTPException) as e:
        raise OutcomeUnknown(f"The mail was handed over, but the server did not answer: {_words(e)}") from e
    _check(code, reply)


def _check(code: int, reply: bytes, wanted: int = 250) -> None:
    """Raise TransientError for 4xx, InputError for 5xx (RFC 5321, 4.2.1); either way the server does not have the mail."""
    if code == wanted or (wanted == 250 and 200 <= code < 300):
        return
    text = reply.decode("ascii", "replace")
    if 500 <= code < 600:
        raise InputError(f"The mail server refused: {code} {text}. Mend the address, then resend.", code="smtp_refused")
    raise TransientError(f"The mail server is not ready: {code} {text}", code="smtp_busy")


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {error.smtp_error!r}"
    return str(error) or type(error).__name__
