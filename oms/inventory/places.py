"""Locations that are ends of the ledger and no shelves: customer, supplier, loss, adjustment, transit. Made when first needed."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.domain.stock import LocationKind
from models.tables.base import Base
from oms.sql import insert_once
from runtime.prepared import Prepared

_LOCATIONS = Base.metadata.tables["locations"]
_OF_KIND = Prepared(select(func.min(_LOCATIONS.c.id)).where(_LOCATIONS.c.kind == bindparam("kind")))


def virtual(db: Session, kind: LocationKind) -> int:
    """The id of the first location of this kind; there is one afterwards. Ask after the levels are locked."""
    found = _OF_KIND.value(db, {"kind": kind})
    if found is None:
        row = {"code": f"@{kind}", "name": kind.replace("_", " ").capitalize(), "kind": kind, "priority": 0, "is_active": True}
        db.execute(insert_once(db, _LOCATIONS), row)
        found = _OF_KIND.value(db, {"kind": kind})
    return int(found)
