"""Money adds up to the cent, however an order is split into parts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.domain.money import minor_digits, round_money
from oms.billing.assemble import Part, Share, assemble_part

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Share], list[list[Decimal]], Decimal, Decimal, str]:
    """Lines of an order, the quantities of each invoice by line (together the whole), charges, tax, currency."""
    currency = draw(CURRENCIES)
    rounds, shares, parts = draw(st.integers(1, 5)), [], []
    for n in range(1, draw(st.integers(1, 4)) + 1):
        quantities = [Decimal(q) / 4 for q in draw(st.lists(st.integers(0, 40), min_size=rounds, max_size=rounds))]
        quantities[0] += Decimal("0.25")
        amount = round_money(draw(st.decimals(0, 10_000, places=3)), currency)
        shares.append(Share(n, amount, sum(quantities, Decimal(0)), Decimal(0), Decimal(0)))
        parts.append(quantities)
    net = sum((s.amount for s in shares), Decimal(0))
    charges = round_money(draw(st.decimals(-net, 500, places=3)), currency)
    tax = round_money(draw(st.decimals(0, 3_000, places=3)), currency)
    return shares, parts, max(charges, -net), tax, currency


def split(shares: list[Share], parts: list[list[Decimal]], charges: Decimal, tax: Decimal, currency: str) -> list[Part]:
    made = []
    for n in range(len(parts[0])):
        now = [replace(s, quantity=quantities[n]) for s, quantities in zip(shares, parts, strict=True)]
        if any(s.quantity for s in now):
            made.append(assemble_part(now, charges=charges, tax=tax, currency=currency))
        shares = [replace(s, taken=s.taken + s.quantity, quantity=Decimal(0)) for s in now]
    return made


@given(orders())
def test_the_parts_are_the_whole_to_the_last_cent(order: tuple[list[Share], list[list[Decimal]], Decimal, Decimal, str]) -> None:
    shares, parts, charges, tax, currency = order
    made = split(shares, parts, charges, tax, currency)
    for share in shares:
        assert sum(x.amount for p in made for x in p.lines if x.order_line_id == share.order_line_id) == share.amount
    assert sum(p.charges for p in made) == charges
    assert sum(p.tax for p in made) == tax
    assert sum(p.total for p in made) == sum(s.amount for s in shares) + charges + tax


@given(orders())
def test_no_part_is_below_zero_or_finer_than_the_currency(
    order: tuple[list[Share], list[list[Decimal]], Decimal, Decimal, str]
) -> None:
    currency = order[-1]
    for part in split(*order):
        assert part.total >= 0 and part.tax >= 0 and all(x.amount >= 0 for x in part.lines)
        for amount in (part.net, part.charges, part.tax):
            assert amount == amount.quantize(Decimal(1).scaleb(-minor_digits(currency)))


def test_goods_for_nothing_still_share_their_freight() -> None:
    share = Share(1, Decimal(0), Decimal(4), Decimal(1), Decimal(2))
    part = assemble_part([share], charges=Decimal(10), tax=Decimal(0), currency="EUR")
    assert (part.net, part.charges) == (0, Decimal("5.00"))


def test_more_shipped_than_ordered_is_billed_at_the_same_price() -> None:
    share = Share(1, Decimal(100), Decimal(10), Decimal(0), Decimal(11))
    assert assemble_part([share], charges=Decimal(0), tax=Decimal(20), currency="EUR").total == Decimal(132)
