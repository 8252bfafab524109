"""All checks of a draft, in the order of a page. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from matching.checks.bank import check_bank
from matching.checks.dates import check_dates
from matching.checks.duplicates import check_duplicates
from matching.checks.item import check_item
from matching.checks.money import check_charges, check_line_money, check_total
from matching.checks.order import check_currency, check_kind, check_sender
from matching.checks.quantity import check_quantity
from matching.checks.repeats import check_repeats
from matching.checks.stock import check_stock
from matching.checks.terms import check_terms
from matching.checks.unit import check_unit
from matching.merge import Merged
from matching.policy import Policy
from matching.records import Facts
from matching.wording import order_value
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.states import LineState


def run_checks(draft: Draft, merged: Merged, facts: Facts, policy: Policy) -> tuple[Doubt, ...]:
    """All doubts that master data, other orders and arithmetic raise; not those about how sure a value is (see `decide`)."""
    lines = [line for line in draft.lines if line.state is not LineState.REJECTED]
    return (
        *check_kind(draft, facts), *check_duplicates(draft, facts), *check_sender(draft, facts), *check_currency(draft, facts),
        *check_bank(draft, merged), *_told(draft, merged, facts), *check_terms(draft, facts),
        *(doubt for line in lines for doubt in _line(line, draft, merged, facts, policy)),
        *check_repeats(draft, facts), *(check_stock(draft, facts) if policy.asks_about_stock else ()), *check_dates(draft, facts),
        *check_charges(draft, policy), *check_total(draft, lines, merged.header))


def _told(draft: Draft, merged: Merged, facts: Facts) -> Iterator[Doubt]:
    """What others noticed: that the customer's form has changed, and the problems of reading."""
    value = order_value(draft)
    if facts.changed_form:
        yield Doubt(DoubtCode.FORM_CHANGED, facts.changed_form, cost=value)
    for notice in merged.notices:
        yield Doubt(DoubtCode.READING_PROBLEM, notice, evidence=merged.shown.get(notice), cost=0.02 * value)


def _line(line: DraftLine, draft: Draft, merged: Merged, facts: Facts, policy: Policy) -> Iterator[Doubt]:
    currency = draft.currency.value if draft.currency else None
    item = facts.items.get(line.item.value.item_id) if line.item else None
    yield from check_item(line, item, facts)
    if item is not None:
        yield from check_unit(line, merged, item, currency, facts)
        yield from check_quantity(line, item, facts)
    yield from check_line_money(line, item, currency, facts, policy)
