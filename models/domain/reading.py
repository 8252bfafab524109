"""What extraction says a document contains: fields and lines, each with evidence, confidence and problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from models.domain.evidence import Found
from models.domain.lean import lean
from models.domain.learned import Fact, Fingerprint
from models.domain.order_work import ChargeKind
from models.domain.pages import Problem


class DocumentType(StrEnum):
    """What a document is for. Only purchase orders, changes and cancellations open cases."""

    PURCHASE_ORDER = "purchase_order"
    ORDER_CHANGE = "order_change"
    CANCELLATION = "cancellation"
    INVOICE = "invoice"
    QUOTE = "quote"                              # a request for one, or the offer itself
    ORDER_CONFIRMATION = "order_confirmation"
    DELIVERY_NOTE = "delivery_note"
    OTHER = "other"

    @property
    def opens_case(self) -> bool:
        """True for the kinds that ask us to do something about an order."""
        return self in {DocumentType.PURCHASE_ORDER, DocumentType.ORDER_CHANGE, DocumentType.CANCELLATION}

    @property
    def broad(self) -> DocumentType:
        """The kind in the six words that tools outside know: confirmations and delivery notes are `other`."""
        fine = {DocumentType.ORDER_CONFIRMATION, DocumentType.DELIVERY_NOTE}
        return DocumentType.OTHER if self in fine else self

    @property
    def words(self) -> str:
        """The kind as people say it, with its article: "an order change"."""
        text = "another paper" if self is DocumentType.OTHER else self.value.replace("_", " ")
        return text if text.startswith("another") else f"an {text}" if text[0] in "aeiou" else f"a {text}"


@dataclass(frozen=True, slots=True)
class Header:
    """Fields of the order as a whole. Addresses are one line, parts joined by ", " in printed order."""

    po_number: Found[str] | None = None
    revision: Found[str] | None = None
    order_date: Found[date] | None = None
    requested_date: Found[date] | None = None
    urgency: Found[str] | None = None             # the words that ask for delivery as soon as possible ("ASAP"), as printed
    cancel_by: Found[date] | None = None          # not delivered by then, the order is void
    currency: Found[str] | None = None            # ISO 4217
    buyer_name: Found[str] | None = None
    supplier_name: Found[str] | None = None
    ship_to: Found[str] | None = None
    bill_to: Found[str] | None = None
    contact: Found[str] | None = None
    customer_account: Found[str] | None = None    # the supplier's number for the buyer
    vat_id: Found[str] | None = None              # the buyer's
    payment_terms: Found[str] | None = None
    delivery_terms: Found[str] | None = None
    carrier: Found[str] | None = None
    subtotal: Found[Decimal] | None = None        # money in `currency`
    tax: Found[Decimal] | None = None
    discount: Found[Decimal] | None = None
    charges: Found[Decimal] | None = None         # freight, handling, …
    total: Found[Decimal] | None = None           # the printed grand total
    notes: Found[str] | None = None


@lean
class ReadingLine:
    """One ordered position. Quantities are in `uom` as printed; `unit_price` is for one `uom`, so a printed price
    per 100 or per 1000 is divided and `price_unit` keeps the printed basis."""

    line_no: Found[str] | None = None
    supplier_sku: Found[str] | None = None
    buyer_sku: Found[str] | None = None
    gtin: Found[str] | None = None
    mpn: Found[str] | None = None                 # manufacturer part number
    description: Found[str] | None = None         # wrapped lines joined by blanks
    quantity: Found[Decimal] | None = None
    uom: Found[str] | None = None                 # as printed
    pack: Found[Decimal] | None = None            # pieces in one pack, as printed
    unit_price: Found[Decimal] | None = None
    price_unit: Found[Decimal] | None = None      # 1, 100, 1000, … as printed
    discount: Found[Decimal] | None = None        # percent
    amount: Found[Decimal] | None = None
    requested_date: Found[date] | None = None
    comment: Found[str] | None = None
    confidence: float | None = None               # see `sure`; None where nobody weighed the line as a whole
    charge: ChargeKind | None = None              # what the row is when it is no goods ("Freight"); None: goods, or not known

    @property
    def sure(self) -> float:
        """The probability 0.0–1.0 that all of it is right: a code or the description, quantity, unit and price. A line that
        nobody weighed is as sure as the least sure of these."""
        if self.confidence is not None:
            return self.confidence
        names = [f.confidence for f in (self.supplier_sku, self.buyer_sku, self.gtin, self.mpn, self.description) if f]
        needed = [f.confidence for f in (self.quantity, self.uom, self.unit_price) if f]
        return min([max(names), *needed]) if names else 0.0


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a document before it is read. Nothing here is proof of a value by itself.

    `own_names` are the names of the company that runs Ordermill: the supplier on every order it receives; mail from one of
    `own_domains` comes from a colleague, who may have passed a customer's on.
    """

    file_name: str | None = None
    is_body: bool = False                         # the text of a mail
    subject: str | None = None
    sender_name: str | None = None
    sender_address: str | None = None
    recipient_name: str | None = None             # to whom the mail was written
    recipient_address: str | None = None
    sent_on: date | None = None
    own_names: tuple[str, ...] = ()
    customer_no: str | None = None
    own_domains: tuple[str, ...] = ()
    known_codes: frozenset[str] = frozenset()     # codes of the catalogue and the customer's part numbers, normalised
    learned: tuple[Fact, ...] = ()                # what corrections taught about this customer's papers, newest first


@dataclass(frozen=True, slots=True)
class Reading:
    """One order (or other business paper) found in a document; a document may hold several.

    `pages` are the 0-based pages it stands on. `language` is ISO 639-1 when known. `form` is what the paper looks like whatever
    is filled in, None for what is no form: a letter, a file of data.
    """

    doc_type: Found[DocumentType]
    header: Header = field(default_factory=Header)
    lines: tuple[ReadingLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    pages: tuple[int, ...] = ()
    language: str | None = None
    form: Fingerprint | None = None
