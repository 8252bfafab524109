"""Which of our prices holds: customer before list, breaks, days, currency, units; and that conversion loses nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.pricing import our_price, rival_prices
from matching.records import ItemRecord, PriceRecord
from models.domain.items import PriceKind
from models.domain.units import ItemUnit

DAY = date(2031, 5, 6)
UNITS = (ItemUnit("H87", Decimal(1)), ItemUnit("XBX", Decimal(100)))


def price(amount: str, *, kind: str = "list", uom: str = "H87", per: int = 1, currency: str = "EUR", least: int = 0,
          first: date | None = None, last: date | None = None) -> PriceRecord:
    return PriceRecord(uom, Decimal(amount), Decimal(per), currency, PriceKind(kind), Decimal(least), first, last)


def item(*prices: PriceRecord) -> ItemRecord:
    return ItemRecord(1, "A", "a", units=UNITS, prices=prices)


@pytest.mark.parametrize(("prices", "uom", "quantity", "expected"), [
    ((price("2"), price("1.5", kind="contract")), "H87", 1, ("1.5", "contract")),
    ((price("2"), price("1.8", least=100)), "H87", 99, ("2", "list")),
    ((price("2"), price("1.8", least=100)), "H87", 100, ("1.8", "list")),
    ((price("2"), price("1.8", least=100)), "XBX", 1, ("180", "list")),
    ((price("2"), price("150", uom="XBX")), "XBX", 1, ("150", "list")),
    ((price("2"), price("150", uom="XBX")), "H87", 1, ("2", "list")),
    ((price("12.5", per=100),), "H87", 1, ("0.125", "list")),
    ((price("12.5", per=100),), "XBX", 1, ("12.5", "list")),
    ((price("2", currency="USD"),), "H87", 1, None),
    ((price("2", last=date(2031, 5, 5)),), "H87", 1, None),
    ((price("2", first=date(2031, 5, 7)),), "H87", 1, None),
    ((price("2", first=date(2031, 5, 6), last=date(2031, 5, 6)),), "H87", 1, ("2", "list")),
    ((price("2", first=date(2031, 1, 1)), price("3", first=date(2031, 4, 1))), "H87", 1, ("3", "list")),
    ((price("2"),), "KGM", 1, None),
    ((price("1.2", kind="contract", least=1000), price("2")), "H87", 5, ("2", "list")),
    ((price("2"), price("1.9", kind="group"), price("1.8", kind="promotion"), price("1.7", kind="customer"),
      price("1.6", kind="contract")), "H87", 1, ("1.6", "contract")),
    ((price("2"), price("1.9", kind="group"), price("2.1", kind="promotion")), "H87", 1, ("2.1", "promotion")),
    ((), "H87", 1, None),
])
def test_the_price_in_force(prices: tuple[PriceRecord, ...], uom: str, quantity: int, expected: tuple[str, str] | None) -> None:
    found = our_price(item(*prices), uom, Decimal(quantity), DAY, "EUR")
    assert (found and (found.amount, found.source)) == (expected and (Decimal(expected[0]), expected[1]))


@given(
    st.decimals(min_value="0.01", max_value=10_000, places=2), st.sampled_from([1, 100, 1000]),
    st.decimals(min_value=1, max_value=1_000, places=0))
def test_a_box_costs_what_its_pieces_cost(amount: Decimal, per: int, quantity: Decimal) -> None:
    priced = item(price(str(amount), per=per))
    piece, box = (our_price(priced, uom, quantity, DAY, "EUR") for uom in ("H87", "XBX"))
    assert piece and box and abs(piece.amount * 100 - box.amount) <= Decimal("0.0001")


@pytest.mark.parametrize(("prices", "rivals"), [
    ((price("2"), price("3")), {"2", "3"}),
    ((price("2"), price("2")), set()),
    ((price("2"), price("3", kind="contract")), set()),
    ((price("2", kind="contract"), price("3", kind="contract"), price("9")), {"2", "3"}),
    ((price("2", first=date(2031, 1, 1)), price("3", first=date(2031, 4, 1))), set()),
    ((price("2", last=date(2031, 5, 5)), price("3")), set()),
    ((price("2"), price("3", least=10)), set()),
    ((price("2"), price("150", uom="XBX")), set()),
])
def test_two_prices_that_hold_alike_and_differ_are_rivals(prices: tuple[PriceRecord, ...], rivals: set[str]) -> None:
    found = rival_prices(item(*prices), "H87", Decimal(20), DAY, "EUR")
    assert {str(r.amount.normalize()) for r in found} == rivals


def test_contracts_under_two_numbers_are_rivals_though_one_began_later() -> None:
    early, late = (
        replace(price(amount, kind="contract", first=date(2031, month, 1)), reference=f"K-{month}")
        for amount, month in (("2", 1), ("3", 4)))
    assert [r.reference for r in rival_prices(item(early, late), "H87", Decimal(1), DAY, "EUR")] == ["K-4", "K-1"]
    assert rival_prices(item(replace(early, reference="K-4"), late), "H87", Decimal(1), DAY, "EUR") == ()
