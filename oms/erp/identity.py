"""Who we are to an ERP that several installations may talk to: their order numbers are equal, their identities are not."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables.base import Base
from oms.sql import insert_once
from runtime.clock import now

_INSTALLATION = Base.metadata.tables["installation"]


def known_installation(db: Session) -> str | None:
    """The identity of this installation, 12 hexadecimal digits; None when it has none yet."""
    known: str | None = db.execute(select(_INSTALLATION.c.identity)).scalar_one_or_none()
    return known


def installation(db: Session) -> str:
    """The identity of this installation; made by whoever asks first."""
    known = known_installation(db)
    if known is None:
        db.execute(insert_once(db, _INSTALLATION), {"id": 1, "identity": secrets.token_hex(6), "made_at": now()})
        known = known_installation(db)
    assert known
    return known


def key_of(identity: str, key: str) -> str:
    """What an ERP knows the message of this key by."""
    return f"{prefix_of(identity)}{key}"


def prefix_of(identity: str) -> str:
    """How every key of this installation begins."""
    return f"{identity}/"
