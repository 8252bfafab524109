"""Words about items."""

from enum import StrEnum


class ItemStatus(StrEnum):
    """Whether an item may be ordered."""

    ACTIVE = "active"
    DISCONTINUED = "discontinued"
    BLOCKED = "blocked"


class PriceKind(StrEnum):
    """Whose price it is, the strongest first: a price of an earlier kind is taken before one of a later kind."""

    CONTRACT = "contract"            # agreed with one customer
    CUSTOMER = "customer"            # the customer's own list
    PROMOTION = "promotion"          # for a time, for everybody, a group or one customer
    GROUP = "group"                  # a group of customers
    LIST = "list"                    # everybody
