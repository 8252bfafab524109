"""What the pages of fulfilment show: the worklist, one fulfilment order, one shipment, and the words of their actions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.fulfilment import LIVE_FULFILMENT, FulfilmentAction, FulfilmentState, PaperKind, ShipmentAction, ShipmentState
from models.domain.stock import LocationKind
from models.tables.audit import AuditEntryRow
from models.tables.inventory import LocationRow
from oms.fulfilment.decide import supported_actions, supported_shipment_actions
from oms.fulfilment.repository import Fulfilments, FulfilmentSummary, HoldDetail, ShareDetail, ShipmentDetail, ShipmentSummary
from oms.fulfilment.shipments import shipment_facts
from oms.fulfilment.work import facts_of
from review_ui.language import N_

MOST = 200
F, S = FulfilmentAction, ShipmentAction
ACTION_WORDS: Mapping[FulfilmentAction, str] = {
    F.SUBMIT: N_("Submit to the warehouse"), F.ACCEPT: N_("They accept"), F.REJECT: N_("They reject"),
    F.REQUEST_CANCELLATION: N_("Ask for cancellation"), F.ACCEPT_CANCELLATION: N_("They agree to cancel"),
    F.REJECT_CANCELLATION: N_("They refuse to cancel"), F.START: N_("Start"), F.SCHEDULE: N_("Put off"), F.OPEN: N_("Open again"),
    F.HOLD: N_("Hold"), F.CANCEL: N_("Cancel"), F.CLOSE_INCOMPLETE: N_("Close, give the rest back")}
"""English words of the buttons; translated where they are shown. Releasing a hold and picking have places of their own."""
WITH_NOTE = frozenset({F.REJECT, F.REQUEST_CANCELLATION, F.REJECT_CANCELLATION, F.HOLD, F.CANCEL, F.CLOSE_INCOMPLETE})
"""Actions that ask for a word of why."""
PAPER_WORDS: Mapping[PaperKind, str] = {
    PaperKind.LABEL: N_("Labels"), PaperKind.PACKING_SLIP: N_("Packing slip"), PaperKind.DELIVERY_NOTE: N_("Delivery note"),
    PaperKind.CUSTOMS_DECLARATION: N_("Customs declaration"), PaperKind.COMMERCIAL_INVOICE: N_("Commercial invoice")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the worklist is filtered by. `state`: "" for all that is still to be sent, "all", or one state."""

    text: str = ""
    state: str = ""
    location: str = ""

    @property
    def states(self) -> tuple[FulfilmentState, ...]:
        """The states meant; empty for all, and for a word that is no state."""
        if self.state in tuple(FulfilmentState):
            return (FulfilmentState(self.state),)
        return () if self.state else LIVE_FULFILMENT


@dataclass(frozen=True, slots=True)
class Work:
    """One fulfilment order of the worklist. `shipment`: the one being filled; `is_late`: it should have left before today."""

    fulfilment: FulfilmentSummary
    shipment: ShipmentSummary | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class FulfilmentPage:
    """One fulfilment order whole. `shipment`: the one being filled, with what is in it."""

    fulfilment: FulfilmentSummary
    address: str
    lines: Sequence[ShareDetail]
    holds: Sequence[HoldDetail]
    actions: tuple[FulfilmentAction, ...]
    shipment: ShipmentDetail | None
    shipments: Sequence[ShipmentSummary]

    @property
    def is_picked(self) -> bool:
        """True when nothing is left to take from the shelf."""
        return not any(line.to_pick for line in self.lines)


def load_worklist(db: Session, wanted: Wanted, today: date) -> list[Work]:
    """What must leave first on top; at most MOST."""
    read = Fulfilments(db)
    found = read.find(
        states=wanted.states, location=wanted.location or None, search=wanted.text, limit=MOST, by_day=True)
    open_ones = {s.fulfilment_id: s for s in read.open_shipments([x.id for x in found])}
    return [
        Work(x, open_ones.get(x.id), x.state in LIVE_FULFILMENT and x.ship_by is not None and x.ship_by < today) for x in found]


def load_locations(db: Session) -> list[str]:
    """Codes of the locations that send goods."""
    kinds = (LocationKind.OWN, LocationKind.THIRD_PARTY)
    return list(db.execute(select(LocationRow.code).where(LocationRow.kind.in_(kinds)).order_by(LocationRow.code)).scalars())


def load_fulfilment(db: Session, number: str) -> FulfilmentPage:
    """One fulfilment order. Raises NotFound."""
    read = Fulfilments(db)
    found = read.one(number)
    open_ones = read.open_shipments([found.id])
    return FulfilmentPage(
        found, read.destination(found.id).address, read.shares([found.id]).get(found.id, ()), read.holds(found.id),
        supported_actions(facts_of(db, [found.id])[found.id]),
        read.shipment(open_ones[0].number) if open_ones else None, read.shipments(fulfilment_id=found.id))


def load_shipment(db: Session, number: str) -> tuple[ShipmentDetail, tuple[ShipmentAction, ...]]:
    """One shipment, and what it takes now. Raises NotFound."""
    found = Fulfilments(db).shipment(number)
    return found, supported_shipment_actions(shipment_facts(db, [found.summary.id])[found.summary.id])


@dataclass(frozen=True, slots=True)
class CarriageChange:
    """Who said anew how a shipment travels: (column, before, after) of what changed. `former`: what takes it back."""

    at: datetime
    actor: str
    changes: Sequence[tuple[str, str | None, str | None]]
    former: Mapping[str, str]


CARRIAGE_WORDS: Mapping[str, str] = {
    "carrier": N_("Carrier"), "service": N_("Service"), "tracking_number": N_("Tracking number")}


def load_carriage_changes(db: Session, shipment: ShipmentSummary) -> list[CarriageChange]:
    """The newest first."""
    x = AuditEntryRow
    rows = db.execute(select(x.at, x.actor, x.content).where(
        x.subject == f"shipment:{shipment.number}", x.action == "shipment.corrected").order_by(x.seq.desc()))
    state = {name: getattr(shipment, name) or "" for name in CARRIAGE_WORDS}
    found = []
    for at, actor, content in rows:
        changes = [(name, before, after) for name, before, after in json.loads(content)["changes"]]
        state |= {name: before or "" for name, before, _ in changes}
        found.append(CarriageChange(at, actor, changes, dict(state)))
    return found


def papers_of(shipment: ShipmentDetail) -> list[tuple[PaperKind, str]]:
    """What can be printed of a shipment: labels once something is packed, nothing of a void one."""
    if shipment.summary.state is ShipmentState.VOID or not shipment.lines:
        return []
    return [(kind, word) for kind, word in PAPER_WORDS.items() if kind is not PaperKind.LABEL or shipment.parcels]
