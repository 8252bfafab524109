"""One open question on a case: a code, a sentence, the place, what it could be, and what a wrong answer costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.domain.evidence import Evidence


class DoubtCode(StrEnum):
    """Why a case waits for a person. Stable: reports and rules refer to these."""

    UNKNOWN_CUSTOMER = "unknown_customer"
    CUSTOMER_UNSURE = "customer_unsure"
    UNKNOWN_SENDER = "unknown_sender"
    MISSING_PO_NUMBER = "missing_po_number"
    PO_NUMBER_UNSURE = "po_number_unsure"
    DUPLICATE_PO = "duplicate_po"
    CHANGE_OF_ORDER = "change_of_order"
    CANCELLATION = "cancellation"
    NO_LINES = "no_lines"
    UNKNOWN_ITEM = "unknown_item"
    ITEM_UNSURE = "item_unsure"
    ITEM_CONFLICT = "item_conflict"
    ITEM_INACTIVE = "item_inactive"
    QUANTITY_MISSING = "quantity_missing"
    QUANTITY_UNSURE = "quantity_unsure"
    UNIT_UNSURE = "unit_unsure"
    PRICE_DEVIATION = "price_deviation"
    PRICE_MISSING = "price_missing"
    AMOUNT_MISMATCH = "amount_mismatch"
    TOTAL_MISMATCH = "total_mismatch"
    CHARGE_UNSURE = "charge_unsure"                  # how much a discount, charge or tax of the order is
    SHIP_TO_UNKNOWN = "ship_to_unknown"
    DATE_UNSURE = "date_unsure"
    CURRENCY_MISMATCH = "currency_mismatch"
    STOCK_SHORT = "stock_short"
    FIELD_UNSURE = "field_unsure"
    READING_PROBLEM = "reading_problem"
    POLICY = "policy"
    FORM_CHANGED = "form_changed"        # a form no longer fits what was learned of it
    SAME_GOODS_AGAIN = "same_goods_again"            # the same lines under another PO number
    REVISED_ORDER = "revised_order"                  # the same PO number with other lines
    ITEM_SUPERSEDED = "item_superseded"
    CODES_DISAGREE = "codes_disagree"                # two numbers of a line name two items
    ORDER_MULTIPLE = "order_multiple"
    BELOW_ORDER_QUANTITY = "below_order_quantity"    # less than the least quantity of the item
    UNUSUAL_QUANTITY = "unusual_quantity"
    ORDER_MINIMUM = "order_minimum"
    CREDIT_LIMIT = "credit_limit"
    OVERDUE = "overdue"
    DATE_TOO_EARLY = "date_too_early"
    PRICE_AMBIGUOUS = "price_ambiguous"              # two prices of one kind hold on the same day
    CATCH_WEIGHT = "catch_weight"
    BANK_DETAILS = "bank_details"                    # the paper speaks of another bank account
    REPEATED_LINE = "repeated_line"
    SAMPLED = "sampled"                              # would have gone through; looked at to know how often that is wrong
    TOO_LITTLE_HISTORY = "too_little_history"        # the promised error rate cannot be shown yet


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer to a doubt. Taking it sets `path` of the draft, by default the doubt's own, to `value` (text form of
    the field)."""

    value: str
    label: str
    probability: float
    reason: str = ""
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """One question. `path` names the draft's field ("po_number", "lines.3.item"); None means the case as a whole.

    `cost` is the expected cost of deciding wrongly without asking, in the order's currency; the queue sorts by it.
    `sentence` is complete by itself: "Line 4: price 12.40, contract 11.90 (+4.2 %, tolerance 2 %)."
    """

    code: DoubtCode
    sentence: str
    path: str | None = None
    evidence: Evidence | None = None
    choices: tuple[Choice, ...] = ()
    cost: float = 0.0
