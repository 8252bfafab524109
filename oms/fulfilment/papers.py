"""Papers by number: what is asked for is loaded, and one PDF comes back, however many are in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from models.domain.fulfilment import PaperKind, ShipmentState
from models.errors import InputError
from oms.fulfilment.repository import Fulfilments, ShipmentDetail
from oms.papers import fulfilment as papers
from oms.papers.label import print_labels
from oms.papers.sheet import Sheet, print_sheets

MOST = 200
_OF_SHIPMENT: Mapping[PaperKind, Callable[[str, ShipmentDetail], Sheet]] = {
    PaperKind.PACKING_SLIP: papers.packing_slip,
    PaperKind.DELIVERY_NOTE: papers.delivery_note,
    PaperKind.CUSTOMS_DECLARATION: papers.customs_declaration,
    PaperKind.COMMERCIAL_INVOICE: papers.commercial_invoice,
}


def print_papers(db: Session, kind: PaperKind, numbers: Sequence[str], *, company: str) -> bytes:
    """One PDF. `numbers`: of fulfilment orders or one wave for a pick list, else of shipments, or of fulfilment orders for
    all that they send, in the order wanted.

    Raises NotFound, and InputError for none, for more than MOST, and for papers that cannot be written yet.
    """
    if not 0 < len(numbers) <= MOST:
        raise InputError(f"Choose between 1 and {MOST} to print.", code="nothing_to_print")
    read = Fulfilments(db)
    if kind is PaperKind.PICK_LIST:
        return print_sheets([_pick_list(read, numbers, company)])
    shipments = [shipment for number in numbers for shipment in _shipments(read, number)]
    if kind is PaperKind.LABEL:
        return print_labels([label for shipment in shipments for label in papers.labels(company, shipment)])
    return print_sheets([_OF_SHIPMENT[kind](company, shipment) for shipment in shipments])


def _shipments(read: Fulfilments, number: str) -> list[ShipmentDetail]:
    """The shipment, or those of a fulfilment order that were not given up."""
    if not number.startswith("FO-"):
        return [read.shipment(number)]
    found = [s.number for s in read.shipments(fulfilment_id=read.one(number).id) if s.state is not ShipmentState.VOID]
    if not found:
        raise InputError(f"{number} has no shipment yet. Pick it first, or choose others.", code="nothing_to_print")
    return [read.shipment(one) for one in found]


def _pick_list(read: Fulfilments, numbers: Sequence[str], company: str) -> Sheet:
    waves = [number for number in numbers if number.startswith("WA-")]
    found = [fo for wave in waves for fo in read.find(wave=wave, limit=MOST)]
    found += [read.one(number) for number in numbers if number not in waves]
    if not found:
        raise InputError(f"There is no wave {numbers[0]}; make one from open fulfilment orders.", code="nothing_to_print")
    if len({fo.location_id for fo in found}) > 1:
        raise InputError("These are of several locations; print a pick list for one at a time.", code="several_locations")
    shares = read.shares([fo.id for fo in found])
    title = numbers[0] if len(numbers) == 1 else f"{found[0].number} and {len(found) - 1} more"
    return papers.pick_list(company, title, [(fo, shares.get(fo.id, ())) for fo in found])
