"""A signed-in connection to one mailbox; every read has a timeout, every fault of the line is a MailboxDown."""

from __future__ import annotations

import imaplib
import shlex
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from intake.mail.errors import CommandRefused, LoginRefused, MailboxDown
from runtime.settings import AuthMode, MailboxSettings, TlsMode

CONNECT_TIMEOUT_S = 20.0
READ_TIMEOUT_S = 60.0
TOKEN_TIMEOUT_S = 30.0

T = TypeVar("T")

# The list of all UIDs is one line; imaplib's limit of 1 MB ends at about 140,000 mails.
imaplib._MAXLINE = 20_000_000  # type: ignore[attr-defined]

# What IMAPClient raises when the line is dead or an answer cannot be parsed. After any of them the two sides may disagree
# about where they are, so the connection is given up.
_LINE_FAULTS = (IMAPClientAbortError, ProtocolError, OSError, ValueError, AssertionError)


class Line:
    """A connection whose faults are sorted: MailboxDown ends it, CommandRefused concerns one command."""

    def __init__(self, imap: IMAPClient, where: str) -> None:
        self._imap = imap
        self._where = where

    def ask(self, question: Callable[[IMAPClient], T]) -> T:
        """Run IMAP commands. Raises MailboxDown or CommandRefused."""
        with _sorted_faults(self._where):
            return question(self._imap)


@contextmanager
def open_mailbox(box: MailboxSettings) -> Iterator[Line]:
    """A connection that is signed in; closed at the end. Raises MailboxDown or LoginRefused."""
    where = f"{box.host}:{box.port}"
    with _sorted_faults(where):
        imap = _connect(box)
    try:
        with _sorted_faults(where):
            _sign_in(imap, box)
        yield Line(imap, where)
    except MailboxDown:
        _drop(imap)
        raise
    except BaseException:
        _leave(imap)
        raise
    _leave(imap)


@contextmanager
def _sorted_faults(where: str) -> Iterator[None]:
    try:
        yield
    except _LINE_FAULTS as e:
        raise MailboxDown(
            f"The connection to {where} broke ({_reason(e)}). It is tried again by itself; check the server if it stays.") from e
    except IMAPClientError as e:
        raise CommandRefused(f"{where} refused a command: {_reason(e)}") from e


def _connect(box: MailboxSettings) -> IMAPClient:
    context = ssl.create_default_context()
    imap = IMAPClient(
        box.host, box.port, ssl=box.tls is TlsMode.TLS, ssl_context=context,
        timeout=SocketTimeout(CONNECT_TIMEOUT_S, READ_TIMEOUT_S))
    if box.tls is TlsMode.STARTTLS:
        try:
            imap.starttls(context)
        except CapabilityError as e:
            _drop(imap)
            raise MailboxDown(
                f"{box.host} does not offer STARTTLS; use tls, or a server that encrypts.", code="mailbox_no_tls") from e
    return imap


def _sign_in(imap: IMAPClient, box: MailboxSettings) -> None:
    secret = _token(box) if box.auth is AuthMode.XOAUTH2 else box.password.get_secret_value()
    try:
        if box.auth is AuthMode.XOAUTH2:
            imap.oauth2_login(box.user, secret)
        else:
            imap.login(box.user, secret)
    except LoginError as e:
        if isinstance(e.__context__, IMAPClientAbortError):     # IMAPClient calls a broken line a failed login
            raise e.__context__ from None
        raise LoginRefused(
            f"{box.host} does not let {box.user} in. Check user and {'token' if box.auth is AuthMode.XOAUTH2 else 'password'}; "
            "it is tried again once a minute.") from e


def _token(box: MailboxSettings) -> str:
    """A fresh access token: tokens live about an hour, so each connection asks for its own."""
    if box.token_command is None:
        return box.password.get_secret_value()
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, from the settings
            shlex.split(box.token_command), capture_output=True, text=True, timeout=TOKEN_TIMEOUT_S, check=True)
    except (OSError, ValueError, subprocess.SubprocessError) as e:
        raise LoginRefused(
            f"The token command of mailbox {box.name} did not give a token ({type(e).__name__}); run it by hand to see why.",
            code="mailbox_token_failed") from e
    if not done.stdout.strip():
        raise LoginRefused(
            f"The token command of mailbox {box.name} printed nothing; run it by hand to see why.", code="mailbox_token_failed")
    return done.stdout.strip()


def _leave(imap: IMAPClient) -> None:
    try:
        imap.logout()
    except (IMAPClientError, OSError, ValueError):
        _drop(imap)


def _drop(imap: IMAPClient) -> None:
    try:
        imap.shutdown()
    except (IMAPClientError, OSError):
        return          # the socket is gone already


def _reason(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:200]
