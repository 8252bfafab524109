"""What an ERP tells of invoices and credit notes, and why one is not booked at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.errors import InputError, TransientError


class InvoicedAhead(TransientError):
    """The ERP bills goods that have not left by our books; it is booked once they have."""

    code = "erp_invoiced_ahead"


class Unbookable(InputError):
    """The ERP's invoice does not fit the order; a person looks at both."""

    code = "erp_invoice_differs"


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of the ERP's invoice; `sku` empty: a charge. `quantity` in base units, `amount` net."""

    sku: str
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ToldInvoice:
    """One invoice as the ERP told it; `orders` are ours that it bills. A credit note has a total below zero; `credits` is the
    invoice it takes back."""

    number: str
    orders: tuple[str, ...]
    is_paid: bool
    currency: str
    issued_on: date
    tax: Decimal
    total: Decimal
    lines: tuple[Billed, ...]
    credits: str = ""

    @property
    def about(self) -> str:
        """The key of the exception about it."""
        return f"erp-invoice:{self.number}"[:128]

    @property
    def order_no(self) -> str:
        """The order it bills; the first of several."""
        return self.orders[0]


def told_invoices(rows: Iterable[Mapping[str, str]]) -> list[ToldInvoice]:
    """The invoices of a pull's rows, by number."""
    papers: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        papers.setdefault(row["invoice"], []).append(row)
    return [
        ToldInvoice(
            number, tuple(dict.fromkeys(row["order_no"] for row in some)), some[0]["state"] == "paid", some[0]["currency"],
            date.fromisoformat(some[0]["issued_on"]), Decimal(some[0]["tax"]), Decimal(some[0]["total"]),
            tuple(Billed(row["sku"], Decimal(row["quantity"]), Decimal(row["amount"])) for row in some), some[0]["credits"])
        for number, some in sorted(papers.items())]
