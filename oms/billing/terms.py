"""Payment terms as customers and contracts write them. Pure: "2/10 net 30", "14 Tage netto", "30 jours fin de mois"."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

MOST_DAYS = 365
_DAYS = r"(?:calendar\s+)?(?:days?|tagen?|jours?|giorni|gg|d[ií]as?|dagen|dni|dage|dagar|dias|d)\b"
_DISCOUNT_SHORT = re.compile(r"\b(\d{1,2}(?:[.,]\d{1,2})?)\s*%?\s*/\s*(\d{1,3})\b(?!\s*%)")
_DISCOUNT_LONG = re.compile(
    rf"(\d{{1,2}}(?:[.,]\d{{1,2}})?)\s*%[^\d%]{{0,40}}?(\d{{1,3}})\s*{_DAYS}|"
    rf"(\d{{1,3}})\s*{_DAYS}[^\d%]{{0,24}}?(\d{{1,2}}(?:[.,]\d{{1,2}})?)\s*%", re.IGNORECASE)
_NET = re.compile(
    rf"\bnet(?:to|t)?\.?\s*(\d{{1,3}})\b|\b(\d{{1,3}})\s*{_DAYS}|\bn/?(\d{{1,3}})\b", re.IGNORECASE)
_END_OF_MONTH = re.compile(
    r"\b(?:eom|end\s+of\s+(?:the\s+)?month|fin\s+de\s+mois|fdm|fine\s+mese|f\.?\s?m\.?(?=\W|$)|monatsende|fin\s+de\s+mes|"
    r"einde\s+maand)", re.IGNORECASE)
_AT_ONCE = re.compile(
    r"\b(?:due\s+(?:up)?on\s+receipt|upon\s+receipt|immediate(?:ly)?|sofort|prepa(?:id|yment)|vorkasse|vorauskasse|in\s+advance|"
    r"cash\s+on\s+delivery|cod|cia|comptant|à\s+r[ée]ception|contado|a\s+vista|rimessa\s+diretta|contant)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Terms:
    """When an invoice is due: `days` after its date, or after the end of that month. A discount may be taken until
    `discount_days`, in percent."""

    days: int
    from_end_of_month: bool = False
    discount: Decimal | None = None
    discount_days: int | None = None

    def due_on(self, issued_on: date) -> date:
        """The last day to pay."""
        start = issued_on
        if self.from_end_of_month:
            start = issued_on.replace(day=monthrange(issued_on.year, issued_on.month)[1])
        return start + timedelta(days=self.days)

    def discount_until(self, issued_on: date) -> date | None:
        """The last day on which the discount may be taken; None without one."""
        return None if self.discount_days is None else issued_on + timedelta(days=self.discount_days)


def parse_terms(text: str | None) -> Terms | None:
    """The terms a text means, or None when it does not say when to pay. Of several periods the longest is the due date."""
    if not text:
        return None
    discount, rest = _discount(text)
    days = [int(next(filter(None, m.groups()))) for m in _NET.finditer(rest)]
    is_end = bool(_END_OF_MONTH.search(text))
    if not days:
        if _AT_ONCE.search(text):
            return Terms(0)
        if not is_end and discount is None:
            return None
        days = [discount[1] if discount and not is_end else 0]
    if max(days) > MOST_DAYS:
        return None
    return Terms(max(days), is_end, *(discount or (None, None)))


def _discount(text: str) -> tuple[tuple[Decimal, int] | None, str]:
    """(percent, days) of the discount, and the text without it."""
    if found := _DISCOUNT_SHORT.search(text):
        percent, days = found.groups()
    elif found := _DISCOUNT_LONG.search(text):
        percent, days = (found[1], found[2]) if found[1] else (found[4], found[3])
    else:
        return None, text
    rest = f"{text[:found.start()]} {text[found.end():]}"
    number = Decimal(percent.replace(",", "."))
    return ((number, int(days)) if number > 0 else None), rest
