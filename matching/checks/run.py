"""All checks of a draft, in the order of a page. Pure."""

from __future__ import annotations

from matching.checks.duplicates import check_duplicates
from matching.checks.item import check_item
from matching.checks.money import check_money
from matching.checks.order import check_currency, check_kind, check_sender
from matching.checks.stock import check_stock
from matching.checks.unit import check_unit
from matching.merge import Merged
from matching.policy import Policy
from matching.records import Facts
from matching.wording import order_value
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft
from models.domain.states import LineState


def run_checks(draft: Draft, merged: Merged, facts: Facts, policy: Policy) -> tuple[Doubt, ...]:
    """All doubts that master data, other orders and arithmetic raise; not those about how sure a value is (see `decide`)."""
    currency = draft.currency.value if draft.currency else None
    doubts = [
        *check_kind(draft, facts), *check_duplicates(draft, facts), *check_sender(draft, facts), *check_currency(draft, facts)]
    if facts.changed_form:
        doubts.append(Doubt(DoubtCode.FORM_CHANGED, facts.changed_form, cost=order_value(draft)))
    doubts += [
        Doubt(DoubtCode.READING_PROBLEM, notice, evidence=merged.shown.get(notice), cost=0.02 * order_value(draft))
        for notice in merged.notices]
    for line in draft.lines:
        if line.state is not LineState.REJECTED:
            item = facts.items.get(line.item.value.item_id) if line.item else None
            doubts += check_item(line, item)
            if item is not None:
                doubts += check_unit(line, merged, item, currency, facts)
                doubts += check_stock(line, item) if policy.asks_about_stock else ()
    return (*doubts, *check_money(draft, merged.header, policy))
