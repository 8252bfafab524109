"""What the case page shows: fields, lines, questions, documents, history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matching.amounts import net_of_line
from matching.charges import sum_of_charges
from matching.units import unit_word
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft, DraftCharge, DraftLine
from models.domain.evidence import Evidence, Found
from models.domain.order_work import ChargeKind
from models.domain.states import LineState
from review_ui.language import N_
from review_ui.presenters.candidates import ShownChoice, choices_of
from review_ui.presenters.crops import Crop
from review_ui.presenters.values import Shown, note_text, places_text, price_text, show, value_text

MOST_CHOICES = 9
SEARCHABLE = frozenset({"item", "customer", "ship_to"})
"""Last part of the paths whose values are chosen from master data."""
HEADER = "header"
"""What the further fields of the order are called among the parts that are open."""
_SELDOM = frozenset({"delivery_terms", "urgency", "revision", "buyer_name", "ship_to_text", "bill_to_text", "notes"})
_FURTHER = frozenset({
    "description", "buyer_sku", "supplier_sku", "gtin", "mpn", "requested_date", "discount", "amount", "line_no"})
"""The fields of a line that are no columns of the table."""


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt. `path` is empty when it is about the case as a whole; `crop` shows the piece of the page it is about."""

    code: str
    sentence: str
    path: str
    places: str
    note: str
    choices: tuple[ShownChoice, ...]
    crop: Crop | None = None

    @property
    def is_searchable(self) -> bool:
        """True when the answer can be looked up in master data."""
        return self.path.split(".")[-1] in SEARCHABLE

    @property
    def is_only_told(self) -> bool:
        """True when there is nothing to fill in."""
        return not self.path and not self.choices and not self.lacks_lines

    @property
    def changes_an_order(self) -> bool:
        """True when approving changes another order."""
        return self.code in {DoubtCode.CHANGE_OF_ORDER, DoubtCode.CANCELLATION}

    @property
    def lacks_lines(self) -> bool:
        """True when the answer is to add lines."""
        return self.code == DoubtCode.NO_LINES


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line of the table: what was asked for, what we take it for, and what it costs.

    `asked` is what was printed besides; `more`, in its place, all further fields with their kind, where the line is open.
    `other_unit` is the code of the likeliest other reading of its unit; empty when there is none. `open_paths` are its values
    that questions are about.
    """

    key: str
    number: str
    state: LineState
    asked: tuple[Shown, ...]
    item: Shown
    item_reason: str
    quantity: Shown
    uom: Shown
    price: Shown
    amount: Decimal | None
    base_quantity: Decimal | None
    contract: str
    price_source: str
    deviation: str
    is_off_price: bool
    requested_date: Shown
    discount: Shown
    questions: int
    more: tuple[tuple[Shown, str], ...] = ()
    other_unit: str = ""
    open_paths: frozenset[str] = frozenset()

    @property
    def is_out(self) -> bool:
        """True when the line was left out of the order."""
        return self.state is LineState.REJECTED

    @property
    def is_added(self) -> bool:
        """True when a person added the line: left out, it is gone."""
        return self.key.startswith("new-")

    @property
    def is_fixed(self) -> bool:
        """True when its values cannot be changed: it was left out, or has gone ahead."""
        return self.state in {LineState.REJECTED, LineState.RELEASED}


_CHARGES = {ChargeKind.DISCOUNT: N_("Discount"), ChargeKind.CHARGE: N_("Charge"), ChargeKind.TAX: N_("Tax")}


@dataclass(frozen=True, slots=True)
class ChargeShown:
    """A discount, charge or tax of the whole order. `counts` is False when the amounts of the lines hold it already."""

    key: str
    kind: str
    name: Shown
    amount: Shown
    is_discount: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class OrderShown:
    """The right half of the page. `more` are the fields that are empty and seldom needed, where they are asked for; `hidden` how
    many there are."""

    fields: tuple[Shown, ...]
    more: tuple[Shown, ...]
    hidden: int
    lines: tuple[LineShown, ...]
    questions: tuple[Question, ...]
    currency: str
    sum_of_lines: Decimal
    charges: tuple[ChargeShown, ...]
    payable: Decimal


def _question(doubt: Doubt, draft: Draft, crops: Mapping[Evidence, Crop]) -> Question:
    choices = choices_of(doubt, draft)
    return Question(
        code=doubt.code, sentence=doubt.sentence, path=doubt.path or "", places=places_text(doubt.evidence),
        note=note_text(doubt.evidence) if doubt.evidence and doubt.evidence.text else "", choices=choices[:MOST_CHOICES],
        crop=crops.get(doubt.evidence) if doubt.evidence else None)


def _fields(draft: Draft, threshold: float) -> tuple[Shown, ...]:
    return (
        show(draft.customer, "customer", N_("Customer"), threshold, lambda c: c.name, lambda c: c.customer_no),
        show(draft.po_number, "po_number", N_("PO number"), threshold),
        show(draft.order_date, "order_date", N_("Order date"), threshold),
        show(draft.requested_date, "requested_date", N_("Requested for"), threshold),
        show(draft.ship_to, "ship_to", N_("Ship to"), threshold, lambda a: a.label),
        show(draft.currency, "currency", N_("Currency"), threshold),
        show(draft.total, "total", N_("Total as printed"), threshold, price_text),
        show(draft.payment_terms, "payment_terms", N_("Payment"), threshold),
        show(draft.delivery_terms, "delivery_terms", N_("Delivery terms"), threshold),
        show(draft.urgency, "urgency", N_("Urgent"), threshold),
        show(draft.revision, "revision", N_("Revision"), threshold),
        show(draft.buyer_name, "buyer_name", N_("Buyer as printed"), threshold),
        show(draft.ship_to_text, "ship_to_text", N_("Ship to as printed"), threshold),
        show(draft.bill_to_text, "bill_to_text", N_("Bill to as printed"), threshold),
        show(draft.notes, "notes", N_("Notes"), threshold),
    )


def deviation_text(asked: Decimal, contract: Decimal) -> str:
    """How far a price is off ours, signed, in percent with one decimal: "+4.2 %"; empty when it is not."""
    if not contract or asked == contract:
        return ""
    return f"{(asked - contract) / contract * 100:+.1f} %"


def _is_off(asked: Decimal, contract: Decimal, tolerance: Decimal) -> bool:
    return abs(asked - contract) > contract * tolerance / 100


def _asked(line: DraftLine, base: str, threshold: float) -> tuple[Shown, ...]:
    parts: tuple[tuple[Found[str] | None, str, str], ...] = (
        (line.buyer_sku, "buyer_sku", N_("Customer's part number")),
        (line.supplier_sku, "supplier_sku", N_("Our number as written")),
        (line.gtin, "gtin", N_("GTIN")), (line.mpn, "mpn", N_("Manufacturer's number")),
        (line.description, "description", N_("Description")))
    return tuple(show(found, f"{base}.{name}", label, threshold) for found, name, label in parts if found)


def _more(line: DraftLine, base: str, threshold: float) -> tuple[tuple[Shown, str], ...]:
    """Every field of a line that is no column of the table, with its kind."""
    parts: tuple[tuple[Found[Any] | None, str, str, str], ...] = (
        (line.description, "description", N_("Description"), "long"),
        (line.buyer_sku, "buyer_sku", N_("Customer's part number"), ""),
        (line.supplier_sku, "supplier_sku", N_("Our number as written"), ""),
        (line.gtin, "gtin", N_("GTIN"), ""), (line.mpn, "mpn", N_("Manufacturer's number"), ""),
        (line.requested_date, "requested_date", N_("Requested for"), "date"),
        (line.discount, "discount", N_("Discount in percent"), "num"),
        (line.amount, "amount", N_("Amount as printed"), "num"),
        (line.line_no, "line_no", N_("Number as printed"), ""))
    return tuple(
        (show(found, f"{base}.{name}", label, threshold, price_text if name == "amount" else value_text), kind)
        for found, name, label, kind in parts)


def _line(
    line: DraftLine, position: int, draft_currency: str, tolerance: Decimal, threshold: float, asked: Sequence[str], is_open: bool
) -> LineShown:
    base, price, ours = f"lines.{line.key}", line.unit_price, line.list_price
    count = line.quantity.value if line.quantity else Decimal(1)
    return LineShown(
        key=line.key, number=line.line_no.value if line.line_no else str(position), state=line.state,
        asked=_asked(line, base, threshold),
        item=show(line.item, f"{base}.item", N_("Item"), threshold, lambda i: i.sku, lambda i: i.description),
        item_reason=", ".join(line.item.value.reasons) if line.item else "",
        quantity=show(line.quantity, f"{base}.quantity", N_("Quantity"), threshold),
        uom=show(line.uom, f"{base}.uom", N_("Unit"), threshold, lambda uom: unit_word(uom, count)),
        price=show(price, f"{base}.unit_price", N_("Unit price"), threshold, price_text),
        amount=net_of_line(line, draft_currency), base_quantity=line.base_quantity,
        contract=price_text(ours) if ours is not None else "", price_source=line.price_source or "",
        deviation=deviation_text(price.value, ours) if price and ours is not None else "",
        is_off_price=bool(price and ours is not None and _is_off(price.value, ours, tolerance)),
        requested_date=show(line.requested_date, f"{base}.requested_date", N_("Requested for"), threshold), questions=len(asked),
        discount=show(line.discount, f"{base}.discount", N_("Discount in percent"), threshold),
        more=_more(line, base, threshold) if is_open or any(path.split(".")[-1] in _FURTHER for path in asked) else (),
        open_paths=frozenset(asked),
        other_unit=next((c.value for c in line.uom.candidates if c.value != line.uom.value), "") if line.uom else "")


def _charge(charge: DraftCharge, threshold: float) -> ChargeShown:
    base = f"charges.{charge.key}"
    return ChargeShown(
        charge.key, _CHARGES[charge.kind], show(charge.name, f"{base}.name", N_("Name of the charge"), threshold),
        show(charge.amount, f"{base}.amount", N_("Amount of the charge"), threshold, price_text),
        charge.kind is ChargeKind.DISCOUNT, charge.counts)


def show_order(
    draft: Draft, doubts: Sequence[Doubt], *, threshold: float, tolerance: Decimal, crops: Mapping[Evidence, Crop] | None = None,
    opened: Collection[str] = (),
) -> OrderShown:
    """The draft for the page. `threshold` marks doubtful values; `tolerance` is the customer's price tolerance in percent.

    `crops` are the pieces of pages that belong to doubts, by their evidence. `opened`: the keys of lines, and HEADER, whose
    further fields are asked for; what a question is about is shown in any case.
    """
    currency = draft.currency.value if draft.currency else ""
    asked_about: dict[str, list[str]] = {}
    for path in (d.path or "" for d in doubts):
        asked_about.setdefault(path.rpartition(".")[0], []).append(path)
    lines = tuple(
        _line(line, position, currency, tolerance, threshold, asked_about.get(f"lines.{line.key}", ()), line.key in opened)
        for position, line in enumerate(draft.lines, 1))
    questions = tuple(_question(d, draft, crops or {}) for d in doubts)
    fields = _fields(draft, threshold)
    seldom = tuple(f for f in fields if f.path in _SELDOM and not f.text and f.path not in asked_about.get("", ()))
    worth = sum((line.amount for line in lines if line.amount and not line.is_out), Decimal(0))
    return OrderShown(
        fields=tuple(f for f in fields if f not in seldom), more=seldom if HEADER in opened else (),
        hidden=len(seldom), lines=lines, questions=questions, currency=currency, sum_of_lines=worth,
        charges=tuple(_charge(charge, threshold) for charge in draft.charges), payable=worth + sum_of_charges(draft))
