"""What the draft of an order does not say, read in one query: of the customer, the address, the mail and the house's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from models.domain.draft import Draft
from models.domain.messages import MailKind
from models.domain.order_work import HoldKind
from models.errors import NotFound
from models.tables.base import Base
from oms.inventory.plan import Kits
from oms.orders.assemble import NewLine, NewOrder
from oms.orders.checking.decide import ZERO, CheckedLine, CheckedOrder, HoldRule
from oms.orders.checking.rules import NEWEST, rules_from
from runtime.prepared import Prepared

_ORDERS, _CASES, _MESSAGES, _CUSTOMERS, _ADDRESSES = (
    Base.metadata.tables[name] for name in ("sales_orders", "cases", "messages", "customers", "addresses"))
_FACTS = Prepared(
    select(
        _ORDERS.c.id, _CUSTOMERS.c.customer_no, _CUSTOMERS.c.name, _CUSTOMERS.c.currency, _CUSTOMERS.c.language,
        _CUSTOMERS.c.email_domain, _CUSTOMERS.c.credit_limit, _CUSTOMERS.c.open_balance, _CUSTOMERS.c.overdue,
        _CUSTOMERS.c.price_tolerance, _CUSTOMERS.c.ship_complete, _ADDRESSES.c.code, _ADDRESSES.c.country, _ADDRESSES.c.name,
        _ADDRESSES.c.street, _ADDRESSES.c.city, _MESSAGES.c.kind, _MESSAGES.c.sender_address, _MESSAGES.c.reply_to,
        _MESSAGES.c.message_id, NEWEST.scalar_subquery())
    .select_from(_CASES).join(_MESSAGES, _MESSAGES.c.id == _CASES.c.message_id)
    .outerjoin(_ORDERS, and_(_ORDERS.c.case_id == _CASES.c.id, _ORDERS.c.case_version == bindparam("version")))
    .outerjoin(_CUSTOMERS, _CUSTOMERS.c.id == bindparam("customer"))
    .outerjoin(_ADDRESSES, _ADDRESSES.c.id == bindparam("address"))
    .where(_CASES.c.id == bindparam("case")))


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a draft's customer, address and mail, as they are now. `order_id`: the order this version of the case has become."""

    order_id: int | None
    customer_no: str
    customer: str
    currency: str | None
    language: str | None
    email_domain: str | None
    credit_limit: Decimal | None
    open_balance: Decimal
    overdue: Decimal
    price_tolerance: Decimal
    ship_complete: bool
    ship_to_code: str | None
    country: str | None
    ship_to: str | None
    street: str | None
    city: str | None
    mail_kind: MailKind | None
    sender: str | None
    reply_to: str | None
    message_id: str | None
    stored_rules: str | None

    @property
    def hold_rules(self) -> Mapping[HoldKind, HoldRule]:
        """The house's rules of holds."""
        return rules_from(self.stored_rules)


def load_facts(db: Session, case_id: int, case_version: int, draft: Draft) -> Facts:
    """The facts beside this draft. Raises NotFound for a case, or the draft's customer, that there is no more."""
    customer = draft.customer.value if draft.customer else None
    found = _FACTS.rows(db, {
        "case": case_id, "version": case_version, "customer": customer.customer_id if customer else None,
        "address": draft.ship_to.value.address_id if draft.ship_to else None})
    if not found:
        raise NotFound(f"There is no case {case_id}; look for it in the queue.")
    facts = Facts(*found[0])
    if customer and facts.order_id is None and facts.customer_no is None:
        raise NotFound(f"Customer {customer.customer_no} is not in the customer list any more; match the case again.")
    return facts


def to_check(order: NewOrder, facts: Facts, short: Mapping[int, Decimal], kits: Kits) -> CheckedOrder:
    """What the rules of holds look at; `short` by line position, in base units."""
    address = ", ".join(filter(None, (facts.ship_to, facts.street, facts.city))) if facts.ship_to else order.ship_to_text or ""
    return CheckedOrder(
        currency=order.currency, total=order.total, customer=facts.customer, customer_currency=facts.currency,
        credit_limit=facts.credit_limit, open_balance=facts.open_balance, overdue=facts.overdue,
        price_tolerance=facts.price_tolerance, country=facts.country, address=address,
        is_known_address=order.ship_to_id is not None, payment_terms=order.payment_terms or "",
        lines=tuple(_line(x, ZERO if x.item_id in kits else short.get(x.position, ZERO)) for x in order.lines))


def _line(x: NewLine, short: Decimal) -> CheckedLine:
    price = x.unit_price * (1 - x.discount / 100) if x.discount else x.unit_price
    return CheckedLine(x.position, x.sku, x.base_quantity, short, price, x.list_price)
