"""What can go wrong with an ERP, by what is to be done about it. That an answer is missing is the outbox's `OutcomeUnknown`.

├── ErpRefused       the ERP says no to this order            → a person mends the order or the ERP's data, then resends
├── ErpMisconfigured password, address, unit mapping is wrong → a person mends the settings; trying again would not help
└── ErpAway          it cannot be reached or is busy          → tried again with backoff
"""

from __future__ import annotations

from models.errors import InputError, TransientError


class ErpRefused(InputError):
    """The ERP, or what it knows, does not allow this; the sentence has its own words. Nothing was changed for good."""

    code = "erp_refused"


class ErpMisconfigured(InputError):
    """The connection or a mapping is not set up as it must be."""

    code = "erp_misconfigured"


class ErpAway(TransientError):
    """The ERP did not answer properly; for a question that changes nothing it may simply be asked again."""

    code = "erp_away"
