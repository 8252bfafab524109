"""What administrators do with users, and people with their own account. Every change is audited."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.domain.states import PEOPLE_ROLES, Role
from models.errors import ConflictError, InputError, NotFound
from models.tables.people import SessionRow, UserRow
from runtime import accounts, audit, second_factor
from runtime.oidc import Person


class LastAdmin(ConflictError):
    """Nobody could administer the house any more."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("This is the only active administrator. Make somebody else an administrator first.")


class UnknownPerson(InputError):
    """The provider vouches for somebody who has no account here."""

    code = "unknown_person"


@dataclass(frozen=True, slots=True)
class User:
    """One user as lists show them."""

    id: int
    login: str
    name: str
    email: str | None
    role: Role
    is_active: bool
    has_second_factor: bool
    is_locked: bool
    last_seen_at: datetime | None


def list_users(db: Session, at: datetime) -> tuple[User, ...]:
    """Everybody who may sign in, by login."""
    seen: dict[int, datetime] = {}
    for user_id, seen_at in db.execute(select(SessionRow.user_id, SessionRow.seen_at)):
        seen[user_id] = max(seen_at, seen.get(user_id, seen_at))
    rows = db.execute(select(UserRow).where(UserRow.role.in_(PEOPLE_ROLES)).order_by(UserRow.login)).scalars()
    return tuple(
        User(u.id, u.login, u.name, u.email, u.role, u.is_active, u.sealed_totp is not None,
             u.locked_until is not None and u.locked_until > at, seen.get(u.id))
        for u in rows)


def add(db: Session, *, login: str, name: str, email: str, role: Role, actor: str) -> str:
    """A new user; returns a first password, which is shown once. Raises InputError for a login that is empty or taken."""
    login, email = login.strip(), email.strip().lower()
    if not login or not login.isprintable() or len(login) > 128:
        raise InputError("Give a user name of at most 128 characters.", code="bad_login")
    if db.execute(select(UserRow.id).where(UserRow.login == login)).first():
        raise InputError(f"There is already a user called {login}; choose another user name.", code="name_taken")
    if email and "@" not in email:
        raise InputError("The mail address is not complete; it looks like name@company.example.", code="bad_address")
    password = _fresh_password()
    user_id = accounts.create_user(db, login=login, name=name.strip() or login, role=role, password=password)
    _row(db, user_id).email = email or None
    note(db, actor, "user.added", user_id, role=role)
    return password


def set_role(db: Session, user_id: int, role: Role, actor: str) -> None:
    """Give a user another role. Raises LastAdmin, InputError for a role that people do not have."""
    accounts.check_role(role)
    user = _row(db, user_id)
    if user.role is Role.ADMIN and role is not Role.ADMIN:
        _check_other_admin(db, user_id)
    user.role = role
    note(db, actor, "user.role", user_id, role=role)


def set_active(db: Session, user_id: int, is_active: bool, actor: str) -> None:
    """Let a user in again, or keep them out and end their sessions at once. Raises LastAdmin."""
    user = _row(db, user_id)
    if not is_active and user.role is Role.ADMIN:
        _check_other_admin(db, user_id)
    user.is_active = is_active
    if not is_active:
        close_sessions(db, user_id)
    note(db, actor, "user.activated" if is_active else "user.deactivated", user_id)


def reset_password(db: Session, user_id: int, actor: str) -> str:
    """A new password, shown once; every session of the user ends and a lock is lifted."""
    password = _fresh_password()
    accounts.set_password(db, _row(db, user_id), password)
    note(db, actor, "user.password_reset", user_id)
    return password


def reset_second_factor(db: Session, user_id: int, actor: str) -> None:
    """Take a lost second factor away; the user sets up a new one after signing in."""
    second_factor.remove(db, _row(db, user_id).id)
    close_sessions(db, user_id)
    note(db, actor, "user.second_factor_reset", user_id)


def change_password(db: Session, user_id: int, new: str) -> None:
    """Change one's own password, after the old one was checked; every session ends. Raises InputError (weak_password)."""
    user = _row(db, user_id)
    accounts.set_password(db, user, new)
    note(db, user.name, "user.password_changed", user_id)


def set_language(db: Session, user_id: int, language: str | None) -> None:
    """The language of one's own screens; None: as the browser asks."""
    _row(db, user_id).language = language


def sessions_of(db: Session, user_id: int) -> Sequence[SessionRow]:
    """A user's sessions, the last used first."""
    return db.execute(select(SessionRow).where(SessionRow.user_id == user_id).order_by(SessionRow.seen_at.desc())).scalars().all()


def close_sessions(db: Session, user_id: int, *, only: str | None = None, but: str | None = None) -> None:
    """End sessions of a user by the digest of their secret: all, `only` one, or all `but` one."""
    which = delete(SessionRow).where(SessionRow.user_id == user_id)
    if only is not None:
        which = which.where(SessionRow.token_sha256 == only)
    if but is not None:
        which = which.where(SessionRow.token_sha256 != but)
    db.execute(which)


def user_of_person(db: Session, person: Person, new_role: Role | None) -> int:
    """The account of somebody the provider vouches for: by subject; else, once, by verified mail address; else a new one.

    Raises UnknownPerson when there is none and `new_role` is None, or when the account may not come in.
    """
    user = db.execute(select(UserRow).where(UserRow.oidc_subject == person.subject)).scalar_one_or_none()
    if user is None and person.email:
        found = db.execute(
            select(UserRow).where(UserRow.email == person.email.lower(), UserRow.oidc_subject.is_(None))).scalars().all()
        user = found[0] if len(found) == 1 else None
        if user is not None:
            user.oidc_subject = person.subject
            note(db, person.name, "user.linked", user.id, subject=person.subject)
    if user is None:
        user = _new_person(db, person, new_role)
    if not user.is_active:
        raise UnknownPerson("Your account is switched off. Ask an administrator.")
    return user.id


def _new_person(db: Session, person: Person, role: Role | None) -> UserRow:
    if role is None:
        raise UnknownPerson("You have no account here yet. Ask an administrator to add you with your mail address.")
    if db.execute(select(UserRow.id).where(UserRow.login == person.login)).first():
        raise UnknownPerson(
            f"There is already an account called {person.login} that is not yours. Ask an administrator to add your mail address "
            "to it, if it is.")
    user_id = accounts.create_user(db, login=person.login, name=person.name, role=role, password=_fresh_password())
    user = _row(db, user_id)
    user.oidc_subject, user.email = person.subject, person.email.lower() if person.email else None
    note(db, person.name, "user.added", user_id, role=role, subject=person.subject)
    return user


def _row(db: Session, user_id: int) -> UserRow:
    user = db.get(UserRow, user_id)
    if user is None or user.role not in PEOPLE_ROLES:
        raise NotFound("This user does not exist any more. Reload the page.")
    return user


def _check_other_admin(db: Session, user_id: int) -> None:
    # Locked, so that two administrators who demote each other at once cannot both succeed.
    admins = db.execute(
        select(UserRow.id).where(UserRow.role == Role.ADMIN, UserRow.is_active).order_by(UserRow.id).with_for_update()).scalars()
    if not set(admins) - {user_id}:
        raise LastAdmin


def _fresh_password() -> str:
    return secrets.token_urlsafe(12)


def note(db: Session, actor: str, action: str, user_id: int, **content: str) -> None:
    """Write down what was done with a user."""
    audit.record(db, actor=actor, action=action, subject=f"user:{user_id}", content=content)
