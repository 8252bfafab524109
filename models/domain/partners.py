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


class PackRule(StrEnum):
    """What becomes of a quantity that is no whole number of packs."""

    ASK = "ask"
    ROUND_UP = "round_up"            # proposed, and said in the acknowledgement


class PriceRule(StrEnum):
    """Whose price holds where the order's deviates from ours by more than the tolerance."""

    ASK = "ask"
    OURS = "ours"                    # taken, and said in the acknowledgement
    THEIRS = "theirs"


class CodeKind(StrEnum):
    """Whose number stands on a line."""

    PART_NUMBER = "part_number"      # the customer's
    SKU = "sku"
    GTIN = "gtin"
    MPN = "mpn"
