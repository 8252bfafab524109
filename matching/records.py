"""What the pure parts of matching know about master data and readings: plain values, loaded by `facts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from matching.ordered import OrderedLine
from models.domain.draft import CustomerMatch, Draft
from models.domain.items import ItemStatus, PriceKind
from models.domain.learned import Alias
from models.domain.partners import AddressKind, ApprovalLevel, CodeKind, PackRule, PriceRule
from models.domain.reading import Reading
from models.domain.units import ItemUnit


@dataclass(frozen=True, slots=True)
class CustomerRules:
    """How a customer's orders are treated. Amounts are net, in the customer's currency; `line_minimums` by product line."""

    order_minimum: Decimal | None = None
    line_minimums: Mapping[str, Decimal] = field(default_factory=dict)
    pack_rule: PackRule = PackRule.ASK
    ship_complete: bool = False
    merge_repeated_lines: bool = False
    partial_release: bool = False
    code_preference: CodeKind | None = None
    target_error_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer and the senders we know it by. `vat_id` is letters and digits only; `emails` and the domain lower case.
    `other_names`: what people said it is called on its papers."""

    customer_id: int
    customer_no: str
    name: str
    vat_id: str | None = None
    email_domain: str | None = None
    emails: frozenset[str] = frozenset()
    currency: str | None = None
    price_tolerance: Decimal = Decimal(2)
    approval: ApprovalLevel = ApprovalLevel.CONFIDENT
    addresses: tuple[AddressRecord, ...] = ()
    gln: str | None = None
    group_code: str | None = None
    rules: CustomerRules = CustomerRules()
    credit_limit: Decimal | None = None
    open_balance: Decimal = Decimal(0)
    overdue: Decimal = Decimal(0)
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """One address of a customer."""

    address_id: int
    kind: AddressKind
    code: str
    name: str
    street: str
    postcode: str
    city: str
    country: str
    is_default: bool = False
    gln: str | None = None
    transit_days: int | None = None

    @property
    def label(self) -> str:
        """One line for people, the code first."""
        return f"{self.code} · {', '.join(filter(None, (self.name, self.street, f'{self.postcode} {self.city}'.strip())))}"


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """One price: `price` for `price_unit` × `uom`, from `min_quantity` (in `uom`) on. `reference`: the contract's number or the
    promotion's name."""

    uom: str
    price: Decimal
    price_unit: Decimal
    currency: str
    kind: PriceKind = PriceKind.LIST
    min_quantity: Decimal = Decimal(0)
    valid_from: date | None = None
    valid_to: date | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class CatchWeight:
    """An item ordered by the piece and priced by weight: one base unit weighs `nominal` in `uom`, within `tolerance` percent."""

    uom: str
    nominal: Decimal
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """An item with everything that matching looks at."""

    item_id: int
    sku: str
    description: str
    base_uom: str = "H87"
    gtins: frozenset[str] = frozenset()
    mpn: str | None = None
    brand: str | None = None
    status: ItemStatus = ItemStatus.ACTIVE
    units: tuple[ItemUnit, ...] = ()
    prices: tuple[PriceRecord, ...] = ()
    available: Decimal | None = None               # available to promise in base units; None when no stock is kept
    manufacturer: str | None = None
    product_line: str | None = None
    attributes: str | None = None                  # "name: value; name: value"
    superseded_by: int | None = None
    substitutes: tuple[int, ...] = ()              # the best first
    order_multiple: Decimal | None = None          # base units
    order_minimum: Decimal | None = None           # base units
    lead_time_days: int | None = None              # working days
    catch_weight: CatchWeight | None = None
    is_usual: bool = False                         # the customer whose order it is about has ordered it before

    @property
    def maker(self) -> str:
        """Its brand, and who makes it where that is another name."""
        brand, maker = self.brand or "", self.manufacturer or ""
        return brand if not maker or maker.casefold() in brand.casefold() else f"{brand} {maker}".strip()

    @property
    def convertible(self) -> tuple[ItemUnit, ...]:
        """The units of the item, with the one its price is kept in at the nominal weight."""
        weighed = self.catch_weight
        if weighed is None or any(unit.uom == weighed.uom for unit in self.units):
            return self.units
        return (*self.units, ItemUnit(weighed.uom, 1 / weighed.nominal))


@dataclass(frozen=True, slots=True)
class LineQuery:
    """What a line says that may name an item. `codes` may be anybody's; `our_code` is the one among them that stands on the
    paper as ours, if any; `price` is for one ordered unit."""

    codes: tuple[str, ...] = ()
    description: str = ""
    uom: str | None = None
    price: Decimal | None = None
    currency: str | None = None
    our_code: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One reading that feeds a case."""

    document_id: int
    reading: Reading
    is_body: bool = False
    label: str = "the document"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote the mail, as it says; nothing here is proof. `passed_on_by`: the address of the colleague who forwarded it;
    `reply_to`: where the writer wants answers to go, if elsewhere; `authentication`: what our own mail server found about the
    sender ("spf=pass dkim=fail dmarc=fail")."""

    address: str | None = None
    name: str | None = None
    passed_on_by: str | None = None
    reply_to: str | None = None
    authentication: str | None = None

    @property
    def is_forged(self) -> bool:
        """True when the sender's domain disowns the mail: DMARC failed, or neither SPF nor DKIM passed and one failed."""
        found = dict(part.split("=", 1) for part in (self.authentication or "").split())
        if "dmarc" in found and found["dmarc"] != "none":
            return found["dmarc"] == "fail"
        return "fail" in found.values() and "pass" not in found.values()


@dataclass(frozen=True, slots=True)
class Twin:
    """Another case or sales order of the same customer, with the same PO number, of the same file, or with the same goods.

    `drafts` are its current content and what was first read, for cases; `lines` what stands now, with what has left.
    """

    label: str                                     # "case 12", "order SO-000007"
    case_id: int | None
    po_number: str | None
    drafts: tuple[Draft, ...] = ()
    lines: tuple[OrderedLine, ...] = ()
    order_no: str | None = None
    seen_on: date | None = None
    requested_date: date | None = None
    has_same_file: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that building a draft needs beside the readings.

    `customers` are ranked; `customer` is the one the draft is built for. `hits` are the items retrieval found for a line, with
    its relevance; `part_numbers` maps this customer's folded part numbers to item ids. A line without an entry in `hits` keeps
    the match it had. `known_domains` are the domains of all customers; `twins` other orders with the same PO number; `aliases`
    what people said that the words of this case mean, by key (see `alias_keys`), and `meant` the items they name, by SKU.
    `history` are the quantities in base units that this customer ordered of an item before, the newest first.
    """

    on: date
    house_currency: str = "EUR"
    price_tolerance: Decimal = Decimal(2)
    line_confidence: float = 0.9
    sender: Sender = Sender()
    known_domains: frozenset[str] = frozenset()
    twins: tuple[Twin, ...] = ()
    customers: tuple[CustomerMatch, ...] = ()
    customer: CustomerRecord | None = None
    items: Mapping[int, ItemRecord] = field(default_factory=dict)
    hits: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    part_numbers: Mapping[str, int] = field(default_factory=dict)
    aliases: Mapping[str, tuple[Alias, ...]] = field(default_factory=dict)
    meant: Mapping[str, int] = field(default_factory=dict)
    price_rule: PriceRule = PriceRule.ASK
    takes_successors: bool = False
    closed_days: frozenset[date] = frozenset()
    history: Mapping[int, tuple[Decimal, ...]] = field(default_factory=dict)
    changed_form: str | None = None                # a form of this customer that changed and nobody has looked at, in a sentence
