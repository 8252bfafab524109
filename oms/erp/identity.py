"""Who we are to an ERP that several installations may talk to: their order numbers are equal, their identities are not."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables.base import Base
from oms.sql import insert_once
from runtime.clock import now

_INSTALLATION = Base.metadata.tables["installation"]


def installation(db: Session) -> str:
    """The identity of this installation, 12 hexadecimal digits; made by whoever asks first."""
    asked = select(_INSTALLATION.c.identity)
    if (known := db.execute(asked).scalar_one_or_none()) is None:
        db.execute(insert_once(db, _INSTALLATION), {"id": 1, "identity": secrets.token_hex(6), "made_at": now()})
        known = db.execute(asked).scalar_one()
    return str(known)


def key_of(identity: str, key: str) -> str:
    """What an ERP knows the message of this key by."""
    return f"{prefix_of(identity)}{key}"


def prefix_of(identity: str) -> str:
    """How every key of this installation begins."""
    return f"{identity}/"
