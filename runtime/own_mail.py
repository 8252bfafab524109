"""Our own mail addresses, wherever they were set: by the environment or on screen. What comes from one of them is no order, and
nothing is written to one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.messages import own_domains_of
from models.tables.desk import MailboxSettingRow
from runtime.settings import MailboxSettings, Settings


def own_addresses(db: Session, settings: Settings) -> tuple[str, ...]:
    """Every address we read and write mail under, in lower case, sorted; a mailbox that is switched off is still ours."""
    return tuple(sorted({*settings.own_addresses, *_of_screen(db)}))


def own_domains(db: Session, of_settings: tuple[str, ...]) -> tuple[str, ...]:
    """The domains colleagues write from: those of the settings, and what the mailboxes of the screen tell."""
    return tuple(sorted({*of_settings, *own_domains_of(_of_screen(db))}))


def _of_screen(db: Session) -> set[str]:
    users = (MailboxSettings.model_validate_json(c).user for c in db.execute(select(MailboxSettingRow.content)).scalars())
    return {user.lower() for user in users if "@" in user}
