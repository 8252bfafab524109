"""Money is a Decimal with an ISO 4217 currency; never a float. Rounding is half-up, as commercial papers do."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

MINOR_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "HUF": 2, "BHD": 3, "KWD": 3, "TND": 3, "OMR": 3, "JOD": 3}
"""Decimal digits of the currencies that do not have two (ISO 4217, table A.1)."""


def minor_digits(currency: str | None) -> int:
    """How many decimals an amount of this currency is settled in; 2 when the currency is unknown."""
    return MINOR_DIGITS.get(currency or "", 2)


def round_money(amount: Decimal, currency: str | None) -> Decimal:
    """Round half-up to the currency's minor unit."""
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_UP)


def amount_kept(amount: Decimal, whole: Decimal, cancelled: Decimal, currency: str | None) -> Decimal:
    """What stays of a line's amount when so much of its `whole` quantity is cancelled; both in base units."""
    return round_money(amount * (whole - cancelled) / whole, currency) if cancelled else amount


def line_amount(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal | None, currency: str | None) -> Decimal:
    """quantity × unit price, less a percentage, rounded to the minor unit."""
    gross = quantity * unit_price
    if discount_percent:
        gross -= gross * discount_percent / 100
    return round_money(gross, currency)
