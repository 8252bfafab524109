"""Who may come in: users with passwords (argon2id), browser sessions, API tokens. Secrets are stored as hashes only."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.domain.states import PEOPLE_ROLES, Role
from models.errors import InputError, NotFound
from models.tables.people import ApiTokenRow, SessionRow, UserRow
from runtime.seal import Seal
from runtime.second_factor import is_right_code

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TRIES_BEFORE_LOCK = 10
TRIES_PER_ADDRESS = 50
LOCK = timedelta(minutes=15)
NOT_A_HASH = "!"
"""A hash that no password fits."""
_hasher = PasswordHasher()


class SignInRefused(InputError):
    """Name or password is wrong, or the account is locked; which of them is not told."""

    code = "sign_in_refused"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user on a valid session. `csrf` must come back with every form."""

    user_id: int
    login: str
    name: str
    role: Role
    csrf: str
    language: str | None = None        # of the screens; None: as the browser asks
    preferences: str = "{}"            # JSON: keys the person moved, columns shown

    def may(self, role: Role) -> bool:
        """True when the user's role includes `role`."""
        return PEOPLE_ROLES.index(self.role) >= PEOPLE_ROLES.index(role)


@cache
def _nobody() -> str:
    """A hash no password fits, so that an unknown name takes as long as a wrong password."""
    return _hasher.hash(secrets.token_urlsafe(16))


def digest(secret: str) -> str:
    """How a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_user(db: Session, *, login: str, name: str, role: Role, password: str) -> int:
    """Add a user, or set name, role and password of an existing one. Raises InputError for a password under 10 characters, or
    for a role that people do not have."""
    check_role(role)
    user = db.execute(select(UserRow).where(UserRow.login == login)).scalar_one_or_none()
    if user is None:
        user = UserRow(login=login, is_active=True, failed_logins=0)
        db.add(user)
    user.name, user.role = name, role
    set_password(db, user, password)
    db.flush()
    return user.id


def check_role(role: Role) -> None:
    """Raise InputError for a role that people do not have."""
    if role not in PEOPLE_ROLES:
        raise InputError(f"Choose a role that people have: {', '.join(PEOPLE_ROLES)}.", code="role_of_programs")


def set_password(db: Session, user: UserRow, password: str) -> None:
    """A new password: every session of the user ends and a lock is lifted. Raises InputError under 10 characters."""
    check_role(user.role)
    if len(password) < 10:
        raise InputError("The password is too short: use at least 10 characters.", code="weak_password")
    if user.id is not None:
        db.execute(delete(SessionRow).where(SessionRow.user_id == user.id))
    user.password_hash, user.failed_logins, user.locked_until = _hasher.hash(password), 0, None


def check_password(db: Session, login: str, password: str, at: datetime) -> int | None:
    """The user's id, or None; counts failures and locks for 15 minutes after ten of them. Takes the same time either way."""
    user = db.execute(select(UserRow).where(UserRow.login == login, UserRow.is_active)).scalar_one_or_none()
    try:
        fits: bool = _hasher.verify(user.password_hash if user else _nobody(), password)
    except (VerificationError, InvalidHashError):
        fits = False
    if user is None or (user.locked_until and user.locked_until > at):
        return None
    if not fits:
        _count_failure(user, at)
        return None
    if user.sealed_totp is None:       # else the tries are forgiven after the second step, or its codes could be guessed for ever
        user.failed_logins, user.locked_until = 0, None
    return user.id


def _count_failure(user: UserRow, at: datetime) -> None:
    user.failed_logins += 1
    if user.failed_logins >= TRIES_BEFORE_LOCK:
        user.failed_logins, user.locked_until = 0, at + LOCK


def needs_code(db: Session, user_id: int) -> bool:
    """True when the user has a second factor."""
    return db.execute(select(UserRow.sealed_totp).where(UserRow.id == user_id)).scalar_one_or_none() is not None


def check_code(db: Session, seal: Seal, user_id: int, code: str, at: datetime) -> bool:
    """Whether the second step went right; wrong codes count like wrong passwords and lock the account just so."""
    user = db.get(UserRow, user_id)
    if user is None or not user.is_active or (user.locked_until and user.locked_until > at):
        return False
    if not is_right_code(db, seal, user_id, code, at):
        _count_failure(user, at)
        return False
    user.failed_logins, user.locked_until = 0, None
    return True


def open_session(db: Session, user_id: int, at: datetime) -> str:
    """Begin a browser session; returns the secret for the cookie (256 bit)."""
    secret = secrets.token_urlsafe(32)
    db.add(SessionRow(
        token_sha256=digest(secret), user_id=user_id, csrf=secrets.token_urlsafe(24), created_at=at, seen_at=at))
    return secret


def find_session(db: Session, secret: str, at: datetime) -> SignedIn | None:
    """The user behind a cookie, or None when it is unknown, idle for 30 minutes or older than 12 hours.

    Does not write; call `touch_session` now and then to keep the session alive.
    """
    found = db.execute(
        select(SessionRow, UserRow).join(UserRow, UserRow.id == SessionRow.user_id)
        .where(SessionRow.token_sha256 == digest(secret), UserRow.is_active)
        .where(SessionRow.seen_at > at - IDLE, SessionRow.created_at > at - ABSOLUTE)
    ).one_or_none()
    if found is None:
        return None
    session, user = found
    return SignedIn(user.id, user.login, user.name, user.role, session.csrf, user.language, user.preferences)


def set_preference(db: Session, user_id: int, name: str, value: object) -> None:
    """Keep one of a user's preferences; the others stay. `value` becomes JSON."""
    user = db.execute(select(UserRow).where(UserRow.id == user_id).with_for_update()).scalar_one()
    user.preferences = json.dumps(json.loads(user.preferences) | {name: value}, sort_keys=True)


def touch_session(db: Session, secret: str, at: datetime) -> None:
    """Note that the session was used; writes at most once a minute."""
    db.execute(
        update(SessionRow).where(SessionRow.token_sha256 == digest(secret), SessionRow.seen_at < at - timedelta(minutes=1))
        .values(seen_at=at))


def close_session(db: Session, secret: str) -> None:
    """Sign out; the cookie is worthless from now on."""
    db.execute(delete(SessionRow).where(SessionRow.token_sha256 == digest(secret)))


def create_token(db: Session, *, name: str, scopes: tuple[str, ...], at: datetime, expires_at: datetime | None = None) -> str:
    """Make an API token; the returned text is shown once and never stored."""
    if db.execute(select(ApiTokenRow.id).where(ApiTokenRow.name == name)).first():
        raise InputError(f"There is already a token called {name}; choose another name.", code="name_taken")
    secret = "om_" + secrets.token_urlsafe(32)
    user = UserRow(
        login=f"token-{digest(secret)[:16]}", name=name, role=Role.INTEGRATION, password_hash=NOT_A_HASH, is_active=True,
        failed_logins=0)
    db.add(user)
    db.flush()
    db.add(ApiTokenRow(
        name=name, token_sha256=digest(secret), scopes=" ".join(scopes), created_at=at, expires_at=expires_at, user_id=user.id))
    return secret


@dataclass(frozen=True, slots=True)
class Client:
    """The program behind a request, by its valid token, and the user it acts as."""

    name: str
    scopes: frozenset[str]
    user_id: int

    @property
    def actor(self) -> str:
        """Who did it, as the audit trail names them."""
        return f"token:{self.name}"


def find_token(db: Session, secret: str, at: datetime) -> Client | None:
    """Whose token it is, or None when it is unknown, expired or revoked."""
    row = db.execute(select(ApiTokenRow).where(ApiTokenRow.token_sha256 == digest(secret))).scalar_one_or_none()
    if row is None or row.revoked_at or (row.expires_at and row.expires_at <= at):
        return None
    return Client(row.name, frozenset(row.scopes.split()), row.user_id)


def list_tokens(db: Session) -> Sequence[ApiTokenRow]:
    """Every token that was made, by name."""
    return db.execute(select(ApiTokenRow).order_by(ApiTokenRow.name)).scalars().all()


def revoke_token(db: Session, token_id: int, at: datetime) -> str:
    """Make a token worthless for good; returns its name. Doing it again changes nothing. Raises NotFound."""
    row = db.get(ApiTokenRow, token_id)
    if row is None:
        raise NotFound("There is no such token. Reload the page.")
    row.revoked_at = row.revoked_at or at
    db.execute(update(UserRow).where(UserRow.id == row.user_id).values(is_active=False))
    return row.name
