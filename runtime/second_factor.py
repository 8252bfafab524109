"""The second factor: time-based codes (TOTP, RFC 6238; 30 s, six digits) and ten recovery codes, each good once."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import Update, delete, func, or_, select, update
from sqlalchemy.orm import Session

from models.errors import InputError
from models.tables.desk import RecoveryCodeRow
from models.tables.people import UserRow
from runtime.seal import Seal, SealBroken

STEP_S = 30
DRIFT = 1
"""Steps a phone's clock may be off, either way."""
RECOVERY_CODES = 10
TICKET_LASTS = timedelta(minutes=5)
_ENROL, _TICKET = "enrol", "ticket"


class WrongCode(InputError):
    """The six digits do not fit, were used before, or the form is too old."""

    code = "wrong_code"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a person puts into the authenticator: the secret (base32) and the same as an otpauth address. `ticket` carries the
    secret, sealed, through the form; nothing is stored before a code proves that it arrived."""

    secret: str
    address: str
    ticket: str


def begin_enrolment(seal: Seal, *, user_id: int, login: str, house: str, at: datetime) -> Enrolment:
    """A fresh secret for this user."""
    secret = pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=house)
    return Enrolment(secret, address, _seal(seal, _ENROL, user_id, at + 6 * TICKET_LASTS, secret))


def enrol(db: Session, seal: Seal, *, user_id: int, ticket: str, code: str, at: datetime) -> tuple[str, ...]:
    """Put the second factor in force; returns its recovery codes, which are shown once. Raises WrongCode."""
    owner, secret = _open(seal, _ENROL, ticket, at)
    step = _step_of(secret, code, at)
    if owner != user_id or step is None:
        raise WrongCode("The code does not fit. Check that the clock of your phone is right, and type the newest code.")
    db.execute(update(UserRow).where(UserRow.id == user_id).values(sealed_totp=seal.close(secret), totp_step=step))
    return new_recovery_codes(db, user_id)


def new_recovery_codes(db: Session, user_id: int) -> tuple[str, ...]:
    """Ten fresh codes; the former ones are worthless from now on."""
    db.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user_id))
    codes = tuple(f"{secrets.token_hex(4)}-{secrets.token_hex(4)}" for _ in range(RECOVERY_CODES))
    db.add_all(RecoveryCodeRow(code_sha256=_digest(user_id, code), user_id=user_id) for code in codes)
    return codes


def recovery_codes_left(db: Session, user_id: int) -> int:
    """How many recovery codes were not used yet."""
    return db.execute(
        select(func.count()).where(RecoveryCodeRow.user_id == user_id, RecoveryCodeRow.used_at.is_(None))).scalar_one()


def remove(db: Session, user_id: int) -> None:
    """Take the second factor and its recovery codes away."""
    db.execute(update(UserRow).where(UserRow.id == user_id).values(sealed_totp=None, totp_step=None))
    db.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user_id))


def ticket_for(seal: Seal, user_id: int, at: datetime) -> str:
    """Proof that this user's password was right, good for five minutes and for nothing but the second step."""
    return _seal(seal, _TICKET, user_id, at + TICKET_LASTS)


def user_of_ticket(seal: Seal, ticket: str, at: datetime) -> int:
    """Whose password was right. Raises WrongCode when the ticket is forged or too old."""
    return _open(seal, _TICKET, ticket, at)[0]


def is_right_code(db: Session, seal: Seal, user_id: int, code: str, at: datetime) -> bool:
    """True when the code is the authenticator's or an unused recovery code. No code is right twice, whoever is faster."""
    sealed = db.execute(select(UserRow.sealed_totp).where(UserRow.id == user_id)).scalar_one_or_none()
    if not sealed:
        return False
    step = _step_of(seal.open(sealed), code, at)
    if step is not None:
        used = update(UserRow).where(UserRow.id == user_id, or_(UserRow.totp_step.is_(None), UserRow.totp_step < step))
        return _changes_one(db, used.values(totp_step=step))
    spent = update(RecoveryCodeRow).where(
        RecoveryCodeRow.code_sha256 == _digest(user_id, code), RecoveryCodeRow.user_id == user_id,
        RecoveryCodeRow.used_at.is_(None))
    return _changes_one(db, spent.values(used_at=at))


def _changes_one(db: Session, statement: Update) -> bool:
    return bool(db.execute(statement).rowcount == 1)                       # type: ignore[attr-defined]


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    typed, now = "".join(code.split()), int(at.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    steps = (now, *(now + sign * n for n in range(1, DRIFT + 1) for sign in (-1, 1)))
    fits = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode())]
    return fits[0] if fits else None


def _digest(user_id: int, code: str) -> str:
    # The user is part of what is hashed, so that no two users' codes can meet. 64 random bits need no slow hash.
    bare = "".join(c for c in code.lower() if c.isalnum())
    return hashlib.sha256(f"{user_id}:{bare}".encode()).hexdigest()


def _seal(seal: Seal, purpose: str, user_id: int, until: datetime, secret: str = "") -> str:
    return seal.close(json.dumps([purpose, user_id, until.timestamp(), secret]))


def _open(seal: Seal, purpose: str, ticket: str, at: datetime) -> tuple[int, str]:
    try:
        found, user_id, until, secret = json.loads(seal.open(ticket))
    except (SealBroken, UnicodeEncodeError) as e:
        raise WrongCode("This form is not one of ours. Start again.") from e
    if found != purpose or until < at.timestamp():
        raise WrongCode("This form is too old. Start again.")
    return user_id, secret
