"""Order content adds up, and what a sender writes reads back to the same value."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.model.synth.company import Company, make_company
from extraction.model.synth.conventions import NUMBER_STYLES, Conventions, format_date
from extraction.model.synth.orders import Wishes, draw_order, line_sum, priced, with_lines


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(2)


def test_sums_of_every_order_are_consistent(company: Company) -> None:
    for seed in range(200):
        order = draw_order(random.Random(seed), company)
        assert order.subtotal == sum(line.amount for line in order.lines)
        assert order.total == order.subtotal - order.discount + order.charges + order.tax
        for line in order.lines:
            exact = line.quantity * line.price / line.price_unit * (100 - line.discount) / 100
            assert abs(line.amount - exact) <= Decimal("0.005")
            assert not line.deliveries or sum(share for _, share in line.deliveries) == line.quantity


def test_a_clean_order_has_only_known_items_at_the_agreed_price(company: Company) -> None:
    for seed in range(40):
        order = draw_order(random.Random(seed), company, Wishes(doc_type="purchase_order", line_count=5, clean=True))
        assert order.misprint == order.discount == order.charges == 0
        assert order.ship_to in order.customer.ship_tos
        for line in order.lines:
            assert line.item is not None and line.unit is not None
            assert line.item.sku in order.customer.prices
            assert (line.price, line.price_unit) == company.price(order.customer, line.item, line.uom, line.quantity)
            assert line.buyer_sku == order.customer.part_numbers.get(line.item.sku)


def test_line_counts_follow_the_weights(company: Company) -> None:
    counts = [len(draw_order(random.Random(seed), company).lines) for seed in range(300)]
    assert 0.2 < sum(c == 1 for c in counts) / 300 < 0.5
    assert max(counts) > 30


def test_changing_a_line_works_the_sums_out_again(company: Company) -> None:
    order = draw_order(random.Random(1), company, Wishes(line_count=3, clean=True))
    first, *rest = order.lines
    changed = with_lines(order, (priced(first, quantity=first.quantity * 2), *rest))
    assert changed.lines[0].amount == line_sum(first.quantity * 2, first.price, first.price_unit, first.discount)
    assert changed.subtotal == sum(line.amount for line in changed.lines)


@given(
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=4),
    st.sampled_from(sorted(NUMBER_STYLES)),
    st.integers(0, 4),
)
def test_a_written_number_reads_back(value: Decimal, style: str, decimals: int) -> None:
    con = Conventions("en", style, "%Y-%m-%d", "EUR", "none", 2, 0)
    grouping, mark = NUMBER_STYLES[style]
    text = con.number(value, decimals)
    plain = text.replace(grouping, "") if grouping else text
    assert Decimal(plain.replace(mark, ".")) == value
    fraction = text.partition(mark)[2]
    assert len(fraction) >= decimals


@pytest.mark.parametrize(("style", "language", "text"), [
    ("%d.%m.%Y", "de", "05.03.2031"), ("%-d.%-m.%Y", "pl", "5.3.2031"), ("d month Y", "pl", "5 marca 2031"),
    ("month d, Y", "en", "March 5, 2031"), ("d-mon-Y", "en", "5-Mar-2031"), ("%Y%m%d", "nl", "20310305"),
])
def test_dates_in_words_and_digits(style: str, language: str, text: str) -> None:
    assert format_date(date(2031, 3, 5), style, language) == text
