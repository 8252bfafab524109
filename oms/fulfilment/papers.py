"""Papers by number: what is asked for is loaded, and one PDF comes back, however many are in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from models.domain.fulfilment import PaperKind
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
    """One PDF. `numbers`: of fulfilment orders or one wave for a pick list, else of shipments, in the order wanted.

    Raises NotFound, and InputError for none, for more than MOST, and for papers that cannot be written yet.
    """
    if not 0 < len(numbers) <= MOST:
        raise InputError(f"Choose between 1 and {MOST} to print.", code="nothing_to_print")
    read = Fulfilments(db)
    if kind is PaperKind.PICK_LIST:
        return print_sheets([_pick_list(read, numbers, company)])
    shipments = [read.shipment(number) for number in numbers]
    if kind is PaperKind.LABEL:
        return print_labels([label for shipment in shipments for label in papers.labels(company, shipment)])
    return print_sheets([_OF_SHIPMENT[kind](company, shipment) for shipment in shipments])


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
