"""Telling the server a mail is safe: into the done folder, never by deleting what we cannot prove was copied."""

from __future__ import annotations

from imapclient import IMAPClient

from intake.mail.connect import Line
from intake.mail.errors import CommandRefused
from runtime.log import get_logger

log = get_logger("intake.mail")


def done_folder(line: Line, name: str) -> str | None:
    """The done folder as this server spells it, made if need be; None when there is none to move to.

    `name` uses "/" between levels; the server's own delimiter and personal prefix ("INBOX.") are put in (RFC 2342).
    """
    if not name:
        return None
    try:
        return line.ask(lambda imap: _ensured_folder(imap, name))
    except CommandRefused as e:
        log.warning("mail.no_done_folder", folder=name, reason=e.sentence)
        return None


def _ensured_folder(imap: IMAPClient, name: str) -> str:
    prefix, delimiter = _personal_namespace(imap)
    full = name.replace("/", delimiter) if delimiter else name
    if not full.startswith(prefix):
        full = prefix + full
    if not imap.folder_exists(full):
        imap.create_folder(full)
        imap.subscribe_folder(full)
    return full


def _personal_namespace(imap: IMAPClient) -> tuple[str, str]:
    if imap.has_capability("NAMESPACE") and (personal := imap.namespace().personal):
        prefix, delimiter = personal[0]
    else:
        listed = imap.list_folders("", "")
        prefix, delimiter = "", listed[0][1] if listed else ""
    return prefix or "", delimiter.decode() if isinstance(delimiter, bytes) else delimiter or ""


def move_mails(line: Line, uids: list[int], folder: str) -> bool:
    """Put stored mails into the done folder; True when the server has them there.

    With MOVE in one command; with UIDPLUS by a copy whose COPYUID names every mail, then UID EXPUNGE of just these. Without
    either nothing is touched: a plain EXPUNGE would delete other people's mail too. Mails that are gone already are no fault.
    """
    try:
        return line.ask(lambda imap: _moved(imap, uids, folder))
    except CommandRefused as e:
        log.warning("mail.not_moved", count=len(uids), folder=folder, reason=e.sentence)
        return False


def _moved(imap: IMAPClient, uids: list[int], folder: str) -> bool:
    if imap.has_capability("MOVE"):
        imap.move(uids, folder)
        return True
    if not imap.has_capability("UIDPLUS"):
        return False
    imap.copy(uids, folder)
    copied = _copied_uids(imap)
    if proven := [uid for uid in uids if uid in copied]:
        imap.delete_messages(proven, silent=True)
        imap.uid_expunge(proven)
    return True          # a copy of all is there; what was not proven keeps its original too, and is not copied again


def _copied_uids(imap: IMAPClient) -> set[int]:
    """The source UIDs that the server's COPYUID (RFC 4315) names. IMAPClient drops the code; imaplib underneath keeps it."""
    copied: set[int] = set()
    for answer in imap._imap.response("COPYUID")[1]:
        fields = (answer or b"").split()
        if len(fields) == 3:
            copied |= parse_uid_set(fields[1].decode("ascii", "replace"))
    return copied


def parse_uid_set(text: str) -> set[int]:
    """'304,319:321' → {304, 319, 320, 321}; what is no uid-set gives nothing."""
    uids: set[int] = set()
    for item in text.split(","):
        first, _, last = item.partition(":")
        if first.isdecimal() and (last or first).isdecimal():
            low, high = sorted((int(first), int(last or first)))
            uids.update(range(low, min(high, low + 100_000) + 1))
    return uids
