"""Stock promised to order lines by one statement on PostgreSQL: levels, reservations and the ledger.

Whoever wants the same items waits from the lock of their levels to the end of the transaction. Each statement in between costs a
way to the server and back, and the client a turn to go on; together they were most of that time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, BigInteger, Select, Text, bindparam, cast, column, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from models.domain.states import ReservationState
from models.domain.stock import EntryKind, LocationKind, Pick
from models.tables.base import Base
from runtime.clock import now
from runtime.codec import to_json
from runtime.prepared import Prepared

_LEVELS, _RESERVATIONS, _ENTRIES, _LOCATIONS = (
    Base.metadata.tables[name] for name in ("stock_levels", "reservations", "stock_entries", "locations"))


def _statement(_dialect: str) -> Select[Any]:
    quantity = _RESERVATIONS.c.quantity.type
    rows = func.json_to_recordset(cast(bindparam("picks", type_=Text()), JSON)).table_valued(
        column("line", BigInteger), column("item", BigInteger), column("place", BigInteger), column("quantity", quantity))
    given = select(rows.render_derived(with_types=True)).cte("given")
    customer = select(func.min(_LOCATIONS.c.id)).where(_LOCATIONS.c.kind == LocationKind.CUSTOMER).scalar_subquery()
    wanted = (
        select(given.c.item, given.c.place, func.sum(given.c.quantity, type_=quantity).label("take"))
        .group_by(given.c.item, given.c.place).subquery("wanted"))
    taken = (
        update(_LEVELS).values(reserved=_LEVELS.c.reserved + wanted.c.take)
        .where(
            _LEVELS.c.item_id == wanted.c.item, _LEVELS.c.location_id == wanted.c.place,
            _LEVELS.c.on_hand - _LEVELS.c.reserved - _LEVELS.c.safety >= wanted.c.take)
        .returning(_LEVELS.c.item_id).cte("taken"))
    by_line = select(
        given.c.line, given.c.item, given.c.place, func.sum(given.c.quantity, type_=quantity),
        literal(ReservationState.ACTIVE, _RESERVATIONS.c.state.type)).group_by(given.c.line, given.c.item, given.c.place)
    hold = postgresql.insert(_RESERVATIONS).from_select(
        ["order_line_id", "item_id", "location_id", "quantity", "state"], by_line, include_defaults=False)
    held = hold.on_conflict_do_update(
        index_elements=[_RESERVATIONS.c.order_line_id, _RESERVATIONS.c.item_id, _RESERVATIONS.c.location_id],
        set_={"quantity": _RESERVATIONS.c.quantity + hold.excluded.quantity, "state": hold.excluded.state, "expires_at": None},
    ).returning(_RESERVATIONS.c.id).cte("held")
    entry = select(
        given.c.item, given.c.place, customer, literal(0, _ENTRIES.c.physical.type), given.c.quantity,
        literal(EntryKind.RESERVATION, _ENTRIES.c.kind.type), given.c.line, bindparam("actor", type_=_ENTRIES.c.actor.type),
        bindparam("at", type_=_ENTRIES.c.at.type)).where(customer.is_not(None))
    written = insert(_ENTRIES).from_select(
        ["item_id", "from_id", "to_id", "physical", "promised", "kind", "order_line_id", "actor", "at"], entry,
        include_defaults=False).returning(_ENTRIES.c.id).cte("written")
    return select(select(func.count()).select_from(taken).scalar_subquery(), customer).add_cte(held, written)


_AT_ONCE = Prepared(_statement)


def promise_at_once(db: Session, picks: Sequence[Pick], actor: str) -> tuple[int, bool]:
    """Promise all of it. How many levels had it free, and whether it is in the ledger: not while there is no location for
    customers."""
    ((levels, customer),) = _AT_ONCE.rows(db, {
        "actor": actor, "at": now(), "picks": to_json([
            {"line": p.line_id, "item": p.item_id, "place": p.location_id, "quantity": str(p.quantity)} for p in picks])})
    return levels, customer is not None
