"""Orders with numbers, codes and texts as interchanges may hold them, and what a reading of them must say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

_TEXT = st.text(st.sampled_from("ABCdefäéß0123456789 .,-/&:+?'*~>="), min_size=1, max_size=30).map(lambda t: " ".join(t.split()))


@dataclass(frozen=True)
class Item:
    quantity: Decimal
    price: Decimal          # as printed, for `per` units
    per: int
    unit: str
    buyer_sku: str
    description: str


@dataclass(frozen=True)
class Order:
    number: str
    day: date
    wanted: date
    currency: str
    items: tuple[Item, ...]


def amounts(places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal("0.01"), Decimal("99999"), places=places, allow_nan=False)


def texts(forbidden: str) -> st.SearchStrategy[str]:
    """Text without the marks a format cannot escape."""
    return _TEXT.map(lambda t: "".join(c for c in t if c not in forbidden).strip()).filter(bool)


def orders(forbidden: str = "", bases: tuple[int, ...] = (1, 10, 100, 1000)) -> st.SearchStrategy[Order]:
    days = st.dates(date(2000, 1, 1), date(2069, 12, 31))
    item = st.builds(
        Item, quantity=amounts(2), price=amounts(4), per=st.sampled_from(bases), unit=st.sampled_from(["EA", "PCE", "KGM", "CS"]),
        buyer_sku=texts(forbidden), description=texts(forbidden))
    return st.builds(
        Order, number=texts(forbidden), day=days, wanted=days, currency=st.sampled_from(["EUR", "USD", "GBP"]),
        items=st.lists(item, min_size=1, max_size=6).map(tuple))
