"""The house rules of approval, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from models.domain.partners import ApprovalLevel
from runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Policy:
    """When an order may go through without a person.

    `line_confidence` is the probability (0.0–1.0) below which a value is asked about; `price_tolerance` is in percent and
    serves customers we do not know yet; `asks_about_stock` makes a shortage a question instead of a backorder. Mail from
    one of `own_domains` comes from a colleague, who may have passed a customer's on.
    """

    line_confidence: float = 0.9
    price_tolerance: Decimal = Decimal(2)
    currency: str = "EUR"
    approval: ApprovalLevel = ApprovalLevel.CONFIDENT
    asks_about_stock: bool = False
    own_domains: tuple[str, ...] = ()

    @classmethod
    def from_settings(cls, settings: Settings) -> Policy:
        """The policy of an installation."""
        return cls(settings.line_confidence, Decimal(str(settings.price_tolerance)), settings.currency,
                   own_domains=settings.own_domains)

    def for_customer(self, approval: ApprovalLevel, price_tolerance: Decimal) -> Policy:
        """The policy with a customer's own level and tolerance."""
        return replace(self, approval=approval, price_tolerance=price_tolerance)
