"""Bank details on an order: an order has no business with our bank account, and a forged one would name another. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matching.merge import Merged
from matching.wording import order_value
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft
from models.domain.evidence import Found

_IBAN = re.compile(r"\b([A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{2,4}){3,8})\b")
_NEW_ACCOUNT = re.compile(
    r"\b(?:new|changed|our)\s+bank\s+(?:account|details)|bank\s+(?:account|details)\s+(?:has|have)\s+changed|neue\s+bankverbindung|"
    r"(?:nouvelles?|nouveau)\s+(?:coordonn[ée]es\s+bancaires|compte\s+bancaire|rib)|nueva\s+cuenta\s+bancaria|"
    r"nuove\s+coordinate\s+bancarie|nieuw\s+(?:bank)?rekeningnummer|nowy\s+numer\s+(?:konta|rachunku)", re.IGNORECASE)


def check_bank(draft: Draft, merged: Merged) -> Iterator[Doubt]:
    """One doubt where the paper names a bank account, or says that one has changed. It is always asked."""
    texts: list[Found[str]] = [f for f in (draft.notes, draft.payment_terms, draft.delivery_terms) if f is not None]
    texts += [line.comment for line in merged.printed.values() if line.comment is not None]
    texts += [line.description for line in draft.lines if line.description is not None]
    for found in texts:
        iban = next((hit.group(1) for hit in _IBAN.finditer(found.value[:5_000]) if iban_is_valid(hit.group(1))), None)
        if iban is not None or _NEW_ACCOUNT.search(found.value[:5_000]):
            what = f"a bank account ({iban})" if iban else "bank details"
            yield Doubt(
                DoubtCode.BANK_DETAILS,
                f"The order speaks of {what}. Change nothing on its word: call the customer on a number you know "
                "before you approve.",
                None, found.evidence, cost=order_value(draft))
            return


def iban_is_valid(text: str) -> bool:
    """True for 15 to 34 letters and digits with the right check digits (ISO 13616: modulo 97 is 1)."""
    plain = "".join(text.split()).upper()
    if not 15 <= len(plain) <= 34 or not plain.isalnum() or not plain.isascii():
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1
