"""The first administrator of an installation: whoever can read the server's output or its data folder may make that account."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.domain.states import Role
from models.errors import ConflictError, Forbidden, InputError
from models.tables.people import UserRow
from runtime import accounts, users

_FILE = "setup-code"


class WrongSetupCode(Forbidden):
    """The code is not the one that the server wrote down."""

    code = "wrong_setup_code"

    def __init__(self) -> None:
        super().__init__(f"The code is not right. It stands in the server's output, and in the file {_FILE} in its data folder.")


def is_new(db: Session) -> bool:
    """True while nobody can administer the house."""
    return not db.execute(select(exists().where(UserRow.role == Role.ADMIN))).scalar_one()


def setup_code(data: Path) -> str:
    """The code that founding asks for, made once and kept in the data folder for its owner alone."""
    file = data / _FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(8))
    return file.read_text().strip()


def found(db: Session, data: Path, *, code: str, login: str, name: str, password: str) -> int:
    """Make the first administrator; returns the user's id, and the code is worthless from then on.

    Raises WrongSetupCode, ConflictError when there is an administrator already, InputError for a bad name or password.
    """
    if not is_new(db):
        raise ConflictError("This installation has an administrator already. Sign in.", code="setup_done")
    if not hmac.compare_digest(code.strip().encode(), setup_code(data).encode()):
        raise WrongSetupCode
    login = login.strip()
    if not login or not login.isprintable() or len(login) > 128:
        raise InputError("Give a user name of at most 128 characters.", code="bad_login")
    user_id = accounts.create_user(db, login=login, name=name.strip() or login, role=Role.ADMIN, password=password)
    users.note(db, name.strip() or login, "user.founded", user_id, role=Role.ADMIN)
    (data / _FILE).unlink(missing_ok=True)
    return user_id
