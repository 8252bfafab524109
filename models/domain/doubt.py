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
    SHIP_TO_UNKNOWN = "ship_to_unknown"
    DATE_UNSURE = "date_unsure"
    CURRENCY_MISMATCH = "currency_mismatch"
    STOCK_SHORT = "stock_short"
    FIELD_UNSURE = "field_unsure"
    READING_PROBLEM = "reading_problem"
    POLICY = "policy"
    FORM_CHANGED = "form_changed"        # a form no longer fits what was learned of it


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer to a doubt. Taking it sets `path` of the draft to `value` (text form of the field)."""

    value: str
    label: str
    probability: float
    reason: str = ""


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
