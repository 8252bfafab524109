"""The case's current order content: what was read, what it was matched to, and what people corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.domain.evidence import Candidate, Found
from models.domain.order_work import ChargeKind
from models.domain.reading import DocumentType
from models.domain.states import LineState

_NOT_DUE = frozenset({LineState.REJECTED, LineState.WAITING, LineState.RELEASED})


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """One candidate item for a line, with its probability 0.0–1.0 and the reasons in words."""

    item_id: int
    sku: str
    description: str
    probability: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line of a draft. `key` is stable for the life of the case ("3" for the third line read; "new-1" if added).

    As ordered: quantity × uom at unit_price per uom. As matched: the item, the unit as UN/ECE code, the quantity in
    the item's base unit, and the price our lists give for one `uom`.
    """

    key: str
    state: LineState
    line_no: Found[str] | None = None
    supplier_sku: Found[str] | None = None
    buyer_sku: Found[str] | None = None
    gtin: Found[str] | None = None
    mpn: Found[str] | None = None
    description: Found[str] | None = None
    quantity: Found[Decimal] | None = None
    uom: Found[str] | None = None                      # UN/ECE Rec 20 code
    unit_price: Found[Decimal] | None = None           # for one `uom`, in the draft's currency
    amount: Found[Decimal] | None = None
    discount: Found[Decimal] | None = None             # percent
    requested_date: Found[date] | None = None
    item: Found[ItemMatch] | None = None
    item_candidates: tuple[ItemMatch, ...] = ()
    no_item: float = 0.0                               # how probably the line means no item of ours, 0.0–1.0
    base_quantity: Decimal | None = None               # in the item's base unit; None until item and unit are known
    list_price: Decimal | None = None                  # ours, for one `uom`; None when no list has the item
    price_source: str | None = None                    # "contract", "customer list", "list" …
    confidence: float = 1.0                            # that all of the line was read rightly; 1.0 for one a person added

    @property
    def is_due(self) -> bool:
        """True when the next hand-over takes the line: it is neither left out, nor waiting, nor gone before."""
        return self.state not in _NOT_DUE


@dataclass(frozen=True, slots=True)
class DraftCharge:
    """A discount, charge or tax of the order as a whole. `key` is stable for the life of the case. `amount` has no sign: the kind
    says whether it adds; None until somebody says how much. `counts` is False when the amounts of the lines hold it already."""

    key: str
    kind: ChargeKind
    name: Found[str] | None = None                     # as printed
    amount: Found[Decimal] | None = None               # in the draft's currency
    counts: bool = True

    @property
    def signed(self) -> Decimal:
        """What it adds to the sum of the lines; negative for a discount."""
        if self.amount is None or not self.counts:
            return Decimal(0)
        return -self.amount.value if self.kind is ChargeKind.DISCOUNT else self.amount.value


@dataclass(frozen=True, slots=True)
class CustomerMatch:
    """One candidate customer, with its probability and the reasons in words."""

    customer_id: int
    customer_no: str
    name: str
    probability: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """One of the customer's addresses as ship-to."""

    address_id: int
    label: str
    probability: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What the order says, as far as we know. Immutable: a correction makes the next version."""

    doc_type: DocumentType
    customer: Found[CustomerMatch] | None = None
    customer_candidates: tuple[CustomerMatch, ...] = ()
    ship_to: Found[AddressMatch] | None = None
    ship_to_candidates: tuple[AddressMatch, ...] = ()
    ship_to_text: Found[str] | None = None             # as printed
    bill_to_text: Found[str] | None = None
    buyer_name: Found[str] | None = None               # as printed
    po_number: Found[str] | None = None
    revision: Found[str] | None = None
    order_date: Found[date] | None = None
    requested_date: Found[date] | None = None
    urgency: Found[str] | None = None                  # as soon as possible, in the words of the order
    currency: Found[str] | None = None
    payment_terms: Found[str] | None = None
    delivery_terms: Found[str] | None = None
    total: Found[Decimal] | None = None
    notes: Found[str] | None = None
    lines: tuple[DraftLine, ...] = ()
    charges: tuple[DraftCharge, ...] = ()


__all__ = ["AddressMatch", "Candidate", "CustomerMatch", "Draft", "DraftCharge", "DraftLine", "ItemMatch"]
