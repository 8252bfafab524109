"""The mailboxes in force: those of the settings, and those that administrators set up on screen. Passwords are sealed at rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from imapclient import IMAPClient
from pydantic import SecretStr, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.mail.connect import open_mailbox
from intake.mail.errors import CommandRefused
from models.errors import ConflictError, InputError, NotFound
from models.tables.desk import MailboxSettingRow
from runtime import audit
from runtime.log import get_logger
from runtime.seal import Seal, SealBroken
from runtime.settings import MailboxSettings, Settings

log = get_logger("mailboxes")
MOST_FOLDERS = 20


class FolderMissing(InputError):
    """The mailbox lets us in, but has no such folder."""

    code = "mailbox_folder_missing"


@dataclass(frozen=True, slots=True)
class Tried:
    """What a connection test found: how many mails lie in the folder."""

    folder: str
    mails: int


def mailboxes_in_force(db: Session, settings: Settings, seal: Seal) -> list[MailboxSettings]:
    """Every mailbox to poll, those of the settings first. One whose password cannot be opened is left out and logged."""
    found = settings.all_mailboxes()
    for row in db.execute(
            select(MailboxSettingRow).where(MailboxSettingRow.is_active).order_by(MailboxSettingRow.name)).scalars():
        try:
            box = _with_password(row, seal)
        except SealBroken as e:
            log.error("mailbox.sealed", mailbox=row.name, error=str(e))
            continue
        if box.name not in {known.name for known in found}:
            found.append(box)
    return found


def stored_mailboxes(db: Session) -> list[tuple[MailboxSettingRow, MailboxSettings]]:
    """What was set up on screen, by name; the passwords stay sealed."""
    rows = db.execute(select(MailboxSettingRow).order_by(MailboxSettingRow.name)).scalars()
    return [(row, MailboxSettings.model_validate_json(row.content)) for row in rows]


def mailbox_of(form: dict[str, str], password: str) -> MailboxSettings:
    """A mailbox as typed. Raises InputError (bad_mailbox) naming the field that cannot be."""
    given = {name: value.strip() for name, value in form.items() if value.strip()}
    try:
        # By name, so that nothing but these fields can be set from a screen: a token command would be a program to run.
        return MailboxSettings.model_validate({
            name: given[name] for name in ("name", "host", "port", "user", "folder", "done_folder", "tls") if name in given
        } | {"password": SecretStr(password)})
    except ValidationError as e:
        field = str(e.errors()[0]["loc"][0]).replace("_", " ")
        raise InputError(f"The mailbox's {field} is missing or cannot be. Correct it.", code="bad_mailbox") from e


def password_of(db: Session, seal: Seal, name: str) -> str:
    """The stored password of a mailbox, for a form that leaves it as it is; "" when there is none."""
    row = db.execute(select(MailboxSettingRow).where(MailboxSettingRow.name == name.strip())).scalar_one_or_none()
    return seal.open(row.sealed_password) if row else ""


def save_mailbox(db: Session, settings: Settings, seal: Seal, box: MailboxSettings, *, actor: str, at: datetime) -> None:
    """Set a mailbox up, or change the one of this name. Raises ConflictError when the settings have one of this name."""
    if box.name in {known.name for known in settings.all_mailboxes()}:
        raise ConflictError(
            f"The mailbox {box.name} is set by ORDERMILL_MAIL_* variables; change it there or choose another name.",
            code="mailbox_in_settings")
    row = db.execute(select(MailboxSettingRow).where(MailboxSettingRow.name == box.name)).scalar_one_or_none()
    if row is None:
        row = MailboxSettingRow(name=box.name, is_active=True)
        db.add(row)
    row.content = box.model_dump_json(exclude={"password", "token_command", "auth"})
    row.sealed_password = seal.close(box.password.get_secret_value())
    row.made_by, row.made_at = actor, at
    audit.record(
        db, actor=actor, action="mailbox.changed", subject=f"mailbox:{box.name}",
        content={"host": box.host, "user": box.user, "folder": box.folder})


def switch_mailbox(db: Session, mailbox_id: int, is_active: bool, actor: str) -> None:
    """Have a mailbox polled, or leave it alone. Its mail is kept either way. Raises NotFound."""
    row = db.get(MailboxSettingRow, mailbox_id)
    if row is None:
        raise NotFound("There is no such mailbox. Reload the page.")
    row.is_active = is_active
    audit.record(db, actor=actor, action="mailbox.opened" if is_active else "mailbox.closed", subject=f"mailbox:{row.name}")


def try_mailbox(box: MailboxSettings) -> Tried:
    """Sign in and look into the folder; nothing is changed. Raises MailboxDown, LoginRefused or FolderMissing."""
    with open_mailbox(box) as line:
        try:
            mails = line.ask(lambda imap: int(imap.select_folder(box.folder, readonly=True)[b"EXISTS"]))
        except CommandRefused as e:
            there = ", ".join(line.ask(_folders)[:MOST_FOLDERS])
            raise FolderMissing(f"There is no folder {box.folder} to read. The mailbox has: {there}.") from e
    return Tried(box.folder, mails)


def _folders(imap: IMAPClient) -> list[str]:
    return sorted(str(name) for _, _, name in imap.list_folders())


def _with_password(row: MailboxSettingRow, seal: Seal) -> MailboxSettings:
    box = MailboxSettings.model_validate_json(row.content)
    return box.model_copy(update={"password": SecretStr(seal.open(row.sealed_password))})
