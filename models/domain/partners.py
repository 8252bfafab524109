"""Words about customers."""

from enum import StrEnum


class AddressKind(StrEnum):
    """What an address is for."""

    SHIP_TO = "ship_to"
    BILL_TO = "bill_to"


class DateOrder(StrEnum):
    """How a customer writes numeric dates."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


class ApprovalLevel(StrEnum):
    """How much of a customer's orders goes through without a person."""

    REVIEW_ALL = "review_all"
    CONFIDENT = "confident"          # only when every line is sure
    ALL_THAT_PASSES = "all_that_passes"
