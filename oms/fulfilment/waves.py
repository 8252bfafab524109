"""Waves: fulfilment orders of one location that are picked on one walk. Services; they never commit."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.domain.fulfilment import FulfilmentState
from models.errors import InputError
from models.tables.base import Base
from oms.numbers import insert_numbered
from oms.sql import changed
from runtime.audit import record
from runtime.clock import now

_FULFILMENTS, _WAVES = (Base.metadata.tables[name] for name in ("fulfilment_orders", "waves"))
TO_WALK = (FulfilmentState.OPEN, FulfilmentState.IN_PROGRESS)


class NoWave(InputError):
    """These fulfilment orders cannot be picked together."""

    code = "no_wave"


def make_wave(db: Session, fulfilment_ids: Collection[int], *, actor: str) -> str:
    """Put fulfilment orders into a new wave; returns its number. Whoever is in another wave leaves it.

    Raises NoWave for none, for several locations, and for work that is not open or in progress.
    """
    c = _FULFILMENTS.c
    rows = db.execute(select(c.number, c.location_id, c.state).where(c.id.in_(fulfilment_ids)).order_by(c.id)).all()
    if not rows or len(rows) != len(set(fulfilment_ids)):
        raise NoWave("Choose at least one fulfilment order for the wave.")
    if len({row.location_id for row in rows}) > 1:
        raise NoWave("These are of several locations, and a wave is one walk through one. Filter by location first.")
    if shut := [row.number for row in rows if row.state not in TO_WALK]:
        raise NoWave(f"{', '.join(shut)} cannot be picked now; only open or started work can.")
    wave_id, number = insert_numbered(
        db, _WAVES, "WA", {"location_id": rows[0].location_id, "made_by": actor, "made_at": now()})
    put = update(_FULFILMENTS).where(c.id.in_(fulfilment_ids), c.state.in_(TO_WALK)).values(wave_id=wave_id)
    if changed(db, put) != len(rows):
        raise NoWave("One of them was changed meanwhile. Reload and choose again.")
    record(db, actor=actor, action="wave.created", subject=f"wave:{number}", content={
        "fulfilment_orders": [row.number for row in rows]})
    return number
