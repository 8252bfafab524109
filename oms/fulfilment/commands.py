"""Any action on a fulfilment order or a shipment, by its name: the one door of the API and the screens."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from models.domain.fulfilment import FulfilmentAction, ShipmentAction
from models.errors import InputError
from oms.fulfilment.packing import pack
from oms.fulfilment.picking import pick_all
from oms.fulfilment.repository import Fulfilments
from oms.fulfilment.ship import Carriage, confirm, correct_carriage, void
from oms.fulfilment.shipments import deliver, finish_picking, open_shipment, reopen
from oms.fulfilment.work import NOTE_NEEDED, act, hold, release_hold, schedule

F, S = FulfilmentAction, ShipmentAction


class Incomplete(InputError):
    """The action lacks a word of why, a day or a hold."""

    code = "incomplete_action"


def do(
    db: Session, fulfilment_id: int, action: FulfilmentAction, *, actor: str, note: str = "", ship_by: date | None = None,
    hold_id: int | None = None,
) -> None:
    """Do it. `note` is needed to reject, to ask for or refuse a cancellation, and to hold; `ship_by` to schedule; `hold_id` to
    release a hold. Raises Incomplete, FulfilmentRefused, NotFound."""
    note = note.strip()
    if not note and action in (NOTE_NEEDED | {F.HOLD}):
        raise Incomplete("Say why, in a sentence that the others can act on.")
    if action is F.SCHEDULE:
        if ship_by is None:
            raise Incomplete("Say the day on which the goods are to leave.")
        schedule(db, fulfilment_id, ship_by, actor=actor)
    elif action is F.HOLD:
        hold(db, fulfilment_id, note, actor=actor)
    elif action is F.RELEASE_HOLD:
        if hold_id not in {standing.id for standing in Fulfilments(db).holds(fulfilment_id)} or hold_id is None:
            raise Incomplete("Say which of the holds that stand is released.")
        release_hold(db, hold_id, actor=actor)
    elif action is F.PICK:
        open_shipment(db, fulfilment_id, actor=actor)
    else:
        act(db, fulfilment_id, action, actor=actor, note=note)


def do_shipment(
    db: Session, shipment_id: int, action: ShipmentAction, *, actor: str, company_prefix: str, note: str = "",
    by: Carriage | None = None, key: str | None = None,
) -> None:
    """Do it: `pick` takes all that remains, `pack` puts all that lies loose into one parcel. Raises ShipmentRefused, NotFound,
    Incomplete when a shipment is voided without a word of why."""
    if action is S.PICK:
        pick_all(db, shipment_id)
    elif action is S.FINISH_PICKING:
        finish_picking(db, shipment_id, actor=actor)
    elif action is S.PACK:
        pack(db, shipment_id, company_prefix=company_prefix, actor=actor)
    elif action is S.REOPEN:
        reopen(db, shipment_id, actor=actor)
    elif action is S.SHIP:
        confirm(db, shipment_id, actor=actor, key=key, by=by)
    elif action is S.DELIVER:
        deliver(db, shipment_id, actor=actor)
    elif action is S.CORRECT:
        correct_carriage(db, shipment_id, by or Carriage(), actor=actor)
    else:
        if not note.strip():
            raise Incomplete("Say why the shipment is given up.")
        void(db, shipment_id, actor=actor, reason=note.strip())
