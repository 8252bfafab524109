"""Numbers and dates as papers say them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from runtime.zone import day_at


def number(value: Decimal) -> str:
    """Without exponent or trailing zeros: 12, 0.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Decimal, currency: str, digits: int = 2) -> str:
    """With grouping: 1,234.50 EUR."""
    return f"{value:,.{digits}f} {currency}"


def kilograms(value: Decimal | None) -> str:
    """12.4 kg, or nothing."""
    return f"{number(value)} kg" if value is not None else ""


def day(moment: date | datetime | None) -> str:
    """2031-03-04, or nothing."""
    if moment is None:
        return ""
    return (day_at(moment) if isinstance(moment, datetime) else moment).isoformat()


def sscc_text(sscc: str) -> str:
    """As it stands below the bars, in groups of four behind its application identifier."""
    return "(00) " + " ".join(sscc[at:at + 4] for at in range(0, len(sscc), 4))
