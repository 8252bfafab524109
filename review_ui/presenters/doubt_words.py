"""What kinds of questions and measured fields are called on charts and in filters; translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from models.domain.doubt import DoubtCode
from review_ui.language import N_

DOUBT_WORDS: Mapping[DoubtCode, str] = {
    DoubtCode.UNKNOWN_CUSTOMER: N_("Customer not known"),
    DoubtCode.CUSTOMER_UNSURE: N_("Customer not sure"),
    DoubtCode.UNKNOWN_SENDER: N_("Sender not known"),
    DoubtCode.MISSING_PO_NUMBER: N_("No PO number"),
    DoubtCode.PO_NUMBER_UNSURE: N_("PO number not sure"),
    DoubtCode.DUPLICATE_PO: N_("The same order again"),
    DoubtCode.CHANGE_OF_ORDER: N_("Change of an order"),
    DoubtCode.CANCELLATION: N_("Cancellation"),
    DoubtCode.NO_LINES: N_("No line found"),
    DoubtCode.UNKNOWN_ITEM: N_("Item not known"),
    DoubtCode.ITEM_UNSURE: N_("Item not sure"),
    DoubtCode.ITEM_CONFLICT: N_("Item differs in an attribute"),
    DoubtCode.ITEM_INACTIVE: N_("Item not for sale"),
    DoubtCode.QUANTITY_MISSING: N_("No quantity"),
    DoubtCode.QUANTITY_UNSURE: N_("Quantity not sure"),
    DoubtCode.UNIT_UNSURE: N_("Unit not sure"),
    DoubtCode.PRICE_DEVIATION: N_("Price differs"),
    DoubtCode.PRICE_MISSING: N_("No price"),
    DoubtCode.AMOUNT_MISMATCH: N_("Amount does not add up"),
    DoubtCode.TOTAL_MISMATCH: N_("Total does not add up"),
    DoubtCode.CHARGE_UNSURE: N_("Charge unsure"),
    DoubtCode.SHIP_TO_UNKNOWN: N_("Ship-to not known"),
    DoubtCode.DATE_UNSURE: N_("Date not sure"),
    DoubtCode.CURRENCY_MISMATCH: N_("Another currency"),
    DoubtCode.STOCK_SHORT: N_("Stock is short"),
    DoubtCode.FIELD_UNSURE: N_("A value not sure"),
    DoubtCode.READING_PROBLEM: N_("Problem of reading"),
    DoubtCode.POLICY: N_("A rule asks for a look"),
    DoubtCode.FORM_CHANGED: N_("The form has changed"),
    DoubtCode.SAME_GOODS_AGAIN: N_("The same goods again"),
    DoubtCode.REVISED_ORDER: N_("Order came revised"),
    DoubtCode.ITEM_SUPERSEDED: N_("Item has a successor"),
    DoubtCode.CODES_DISAGREE: N_("Two numbers, two items"),
    DoubtCode.ORDER_MULTIPLE: N_("Not a multiple sold"),
    DoubtCode.BELOW_ORDER_QUANTITY: N_("Below the least quantity"),
    DoubtCode.UNUSUAL_QUANTITY: N_("Unusual quantity"),
    DoubtCode.ORDER_MINIMUM: N_("Below the order minimum"),
    DoubtCode.CREDIT_LIMIT: N_("Above the credit limit"),
    DoubtCode.OVERDUE: N_("Customer owes overdue money"),
    DoubtCode.DATE_TOO_EARLY: N_("Date too early"),
    DoubtCode.PRICE_AMBIGUOUS: N_("Two prices hold"),
    DoubtCode.CATCH_WEIGHT: N_("Catch weight differs"),
    DoubtCode.BANK_DETAILS: N_("Other bank details"),
    DoubtCode.REPEATED_LINE: N_("A line twice"),
    DoubtCode.SAMPLED: N_("Blind sample"),
    DoubtCode.TOO_LITTLE_HISTORY: N_("Too little history"),
}

FIELD_WORDS: Mapping[str, str] = {
    "customer": N_("Customer"),
    "po_number": N_("PO number"),
    "ship_to": N_("Ship to"),
    "order_date": N_("Order date"),
    "requested_date": N_("Requested for"),
    "currency": N_("Currency"),
    "total": N_("Total"),
    "line item": N_("Item of a line"),
    "line quantity": N_("Quantity of a line"),
    "line uom": N_("Unit of a line"),
    "line unit_price": N_("Price of a line"),
    "line requested_date": N_("Date of a line"),
}
"""By the names of `matching.flow_figures`."""
