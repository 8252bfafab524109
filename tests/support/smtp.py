"""A real SMTP server on loopback that can misbehave: refuse for now or for good, drop the line after DATA, answer late."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port


class Fault(StrEnum):
    """What the server does wrong."""

    NONE = "none"
    BUSY_AT_RCPT = "busy_at_rcpt"            # 450 to RCPT TO
    REFUSED_AT_RCPT = "refused_at_rcpt"      # 550 to RCPT TO
    BUSY_AFTER_DATA = "busy_after_data"      # 451 after the content
    REFUSED_AFTER_DATA = "refused_after_data"
    NO_NULL_SENDER = "no_null_sender"        # 550 to MAIL FROM:<>
    DROP_AFTER_DATA = "drop_after_data"      # takes the mail, then hangs up without a word
    SLOW_AFTER_DATA = "slow_after_data"      # takes the mail, answers after `delay_s`


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it arrived."""

    mail_from: str                           # "<>" is the empty return path
    rcpt_tos: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Mailserver:
    """Use as a context manager; `port` is where it listens, `received` what it took, `fault` may be changed at any time."""

    fault: Fault = Fault.NONE
    delay_s: float = 0.0
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    host: str = "127.0.0.1"
    port: int = 0

    def __enter__(self) -> Mailserver:
        self.port = self.port or free_port()
        self._controller = Controller(self, hostname=self.host, port=self.port, ready_timeout=120)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.fault is Fault.NO_NULL_SENDER and address == "<>":
            return "550 5.7.60 name a sender"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.fault is Fault.BUSY_AT_RCPT:
            return "450 4.2.1 mailbox busy"
        if self.fault is Fault.REFUSED_AT_RCPT:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.fault is Fault.BUSY_AFTER_DATA:
            return "451 4.3.0 try later"
        if self.fault is Fault.REFUSED_AFTER_DATA:
            return "554 5.6.0 content refused"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.received.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        if self.fault is Fault.DROP_AFTER_DATA:
            assert server.transport is not None
            server.transport.abort()
        if self.fault is Fault.SLOW_AFTER_DATA:
            await asyncio.sleep(self.delay_s)
        return "250 OK"
