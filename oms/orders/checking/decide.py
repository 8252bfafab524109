"""Which holds an order needs by the house's rules. Pure; each comes with the sentence that explains it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.domain.lean import lean
from models.domain.money import round_money
from models.domain.order_work import HoldKind
from models.domain.states import Role

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class HoldRule:
    """When orders are held for one kind of reason, who decides, and which role may release the hold.

    `limit`: price — percent below our price (None: the customer's tolerance); fraud — the amount from which on a first order is
    held; stock — percent of an order that may be short. `words`: compliance — countries (two letters) and names; payment — what
    the terms say when money must come first.
    """

    kind: HoldKind
    is_on: bool
    limit: Decimal | None = None
    words: tuple[str, ...] = ()
    owner: str | None = None
    released_by: Role = Role.APPROVER


DEFAULT_RULES: Mapping[HoldKind, HoldRule] = {rule.kind: rule for rule in (
    HoldRule(HoldKind.CREDIT, True, owner="Accounts"),
    HoldRule(HoldKind.PRICE, True, owner="Sales"),
    HoldRule(HoldKind.COMPLIANCE, True, released_by=Role.ADMIN),
    HoldRule(HoldKind.ADDRESS, False),
    HoldRule(HoldKind.PAYMENT, False, words=("prepayment", "in advance", "before delivery"), owner="Accounts"),
    HoldRule(HoldKind.FRAUD, False, limit=Decimal(1000)),
    HoldRule(HoldKind.STOCK, False, limit=ZERO),
)}
"""What holds where nobody set another rule. Names for compliance are the house's to fill in."""


@lean
class CheckedLine:
    """One line: what is still wanted of it and short, in base units, and its prices per unit. `unit_price` is less its discount;
    `list_price` is ours, None where no list had it."""

    position: int
    sku: str
    wanted: Decimal
    short: Decimal
    unit_price: Decimal
    list_price: Decimal | None


@dataclass(frozen=True, slots=True)
class CheckedOrder:
    """What the rules look at. Amounts in the order's currency, the customer's in its own; `open_orders` is what other orders of
    the customer come to as far as they are not billed."""

    currency: str
    total: Decimal
    customer: str
    customer_currency: str | None
    credit_limit: Decimal | None
    open_balance: Decimal
    overdue: Decimal
    price_tolerance: Decimal
    country: str | None
    address: str                       # in words; empty: none
    is_known_address: bool
    payment_terms: str
    lines: tuple[CheckedLine, ...]
    open_orders: Decimal = ZERO
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class NeededHold:
    """A hold, and why."""

    kind: HoldKind
    sentence: str


def needed_holds(order: CheckedOrder, rules: Mapping[HoldKind, HoldRule]) -> tuple[NeededHold, ...]:
    """The holds the order needs, in the order of HoldKind: at most one of a kind, its sentence naming every reason."""
    found = []
    for kind in HoldKind:
        rule = rules.get(kind)
        if rule is None or not rule.is_on or kind not in _REASONS:
            continue
        if reasons := list(_REASONS[kind](order, rule)):
            found.append(NeededHold(kind, " ".join(reasons)))
    return tuple(found)


def _credit(x: CheckedOrder, _rule: HoldRule) -> Iterator[str]:
    if x.overdue > 0:
        yield f"{x.customer} owes {_money(x.overdue, x.customer_currency)} past its date."
    if x.credit_limit is None or (x.customer_currency or x.currency) != x.currency:
        return                                              # nothing is compared across currencies
    if (over := x.open_balance + x.open_orders + x.total - x.credit_limit) > 0:
        yield (
            f"With this order {x.customer} is {_money(over, x.currency)} above the credit limit of "
            f"{_money(x.credit_limit, x.currency)}.")


def _price(x: CheckedOrder, rule: HoldRule) -> Iterator[str]:
    tolerance = x.price_tolerance if rule.limit is None else rule.limit
    for line in x.lines:
        if line.list_price and line.wanted > 0 and line.unit_price < line.list_price * (1 - tolerance / 100):
            below = (1 - line.unit_price / line.list_price) * 100
            yield (
                f"Line {line.position} ({line.sku}): price {line.unit_price:f}, ours {line.list_price:f} (−{below:.1f} %, "
                f"tolerance {tolerance.normalize():f} %).")


def _compliance(x: CheckedOrder, rule: HoldRule) -> Iterator[str]:
    said = f"{x.customer} {x.address}"
    for word in rule.words:
        is_country = re.fullmatch("[A-Za-z]{2}", word) is not None
        if is_country and (x.country or "").upper() == word.upper():
            yield f"The goods go to {word.upper()}, which the house's list names."
        elif not is_country and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said, re.IGNORECASE):
            yield f"The customer or the address carries “{word}”, which the house's list names."


def _address(x: CheckedOrder, _rule: HoldRule) -> Iterator[str]:
    if not x.address:
        yield "There is no address to ship to."
    elif not x.is_known_address:
        yield f"The address is none of the customer's: {x.address[:200]}."


def _payment(x: CheckedOrder, rule: HoldRule) -> Iterator[str]:
    if any(word.casefold() in x.payment_terms.casefold() for word in rule.words):
        yield f"The terms want the money first ({x.payment_terms[:200]}). Release it when the money is there."


def _fraud(x: CheckedOrder, rule: HoldRule) -> Iterator[str]:
    if x.is_first and rule.limit is not None and x.total >= rule.limit:
        yield f"This is the customer's first order, and it comes to {_money(x.total, x.currency)}."


def _stock(x: CheckedOrder, rule: HoldRule) -> Iterator[str]:
    wanted = sum((line.wanted for line in x.lines), ZERO)
    short = [line for line in x.lines if line.short > 0]
    if short and sum((line.short for line in short), ZERO) * 100 > (rule.limit or ZERO) * wanted:
        yield "Stock is short: " + ", ".join(f"line {x.position} ({x.sku}) lacks {x.short:f}" for x in short[:10]) + "."


_REASONS: Mapping[HoldKind, Callable[[CheckedOrder, HoldRule], Iterator[str]]] = {
    HoldKind.CREDIT: _credit, HoldKind.PRICE: _price, HoldKind.COMPLIANCE: _compliance, HoldKind.ADDRESS: _address,
    HoldKind.PAYMENT: _payment, HoldKind.FRAUD: _fraud, HoldKind.STOCK: _stock}
KINDS: Sequence[HoldKind] = tuple(_REASONS)
"""Kinds of holds that rules place; manual ones are people's."""


def _money(amount: Decimal, currency: str | None) -> str:
    return f"{round_money(amount, currency):,f}{f' {currency}' if currency else ''}"
