"""The house rules of approval, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from matching.promise import Promise
from matching.records import CustomerRecord
from models.domain.partners import ApprovalLevel, PriceRule
from runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Policy:
    """When an order may go through without a person.

    `line_confidence` is the probability (0.0–1.0) below which a value is asked about; `price_tolerance` is in percent and
    serves customers we do not know yet; `asks_about_stock` makes a shortage a question instead of a backorder. Mail from
    one of `own_domains` comes from a colleague, who may have passed a customer's on. `price_rule` says whose price holds where
    the two differ by more than the tolerance; `takes_successors` puts the successor of an item in its place without asking;
    the same goods under another PO number within `same_goods_days` are asked about (0: never). An order worth more than
    `two_people_above` is approved by two people (None: never).

    With a `target` (the share of lines approved unseen that may be wrong, 0.0–1.0 exclusive) how sure lines must be follows
    from reviewed history: `promise` says what it can answer for, None that nobody asked it yet. `sample_share` of the
    orders that would go through are looked at all the same; `is_drawn` says that the order at hand is one of them.
    """

    line_confidence: float = 0.9
    price_tolerance: Decimal = Decimal(2)
    currency: str = "EUR"
    approval: ApprovalLevel = ApprovalLevel.CONFIDENT
    asks_about_stock: bool = False
    own_domains: tuple[str, ...] = ()
    target: float | None = None
    sample_share: float = 0.05
    promise: Promise | None = None
    is_drawn: bool = False
    may_release_partly: bool = False
    price_rule: PriceRule = PriceRule.ASK
    takes_successors: bool = False
    same_goods_days: int = 7
    two_people_above: Decimal | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> Policy:
        """The policy of an installation."""
        return cls(
            settings.line_confidence, Decimal(str(settings.price_tolerance)), settings.currency,
            own_domains=settings.own_domains, target=settings.target_error_rate, sample_share=settings.sample_share,
            price_rule=settings.price_rule, takes_successors=settings.takes_successors, same_goods_days=settings.same_goods_days)

    def for_customer(self, customer: CustomerRecord) -> Policy:
        """The policy with a customer's own level, tolerance, target and rule of partial release."""
        own = customer.rules.target_error_rate
        return replace(
            self, approval=customer.approval, price_tolerance=customer.price_tolerance,
            target=float(own) if own is not None else self.target,
            may_release_partly=customer.rules.partial_release and not customer.rules.ship_complete)
