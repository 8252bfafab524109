"""What can go wrong between us and a mail server, as far as callers tell it apart."""

from __future__ import annotations

from models.errors import TransientError


class MailboxDown(TransientError):
    """The server is away, the line broke, or it answered what IMAP does not allow. The connection is of no more use."""

    code = "mailbox_unreachable"


class CommandRefused(TransientError):
    """The server said NO or BAD to one command; the connection is fine."""

    code = "mailbox_command_refused"


class LoginRefused(TransientError):
    """The server does not accept our user, password or token."""

    code = "mailbox_login_refused"


class MailboxBusy(TransientError):
    """Another poller holds this mailbox."""

    code = "mailbox_busy"


class Unfetchable(TransientError):
    """One mail could not be fetched; the connection is fine and the others can go on."""

    code = "mail_unfetchable"


class Vanished(TransientError):
    """The mail is no longer in the folder: another client moved or deleted it."""

    code = "mail_vanished"
