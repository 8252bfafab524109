"""Serial Shipping Container Codes: 18 digits that name one parcel in the world (GS1 General Specifications, section 2.2.1).

extension digit 0 | company prefix, 4 to 12 digits | serial reference | check digit
"""

from __future__ import annotations

from models.errors import InputError

LENGTH = 18


class SerialsUsedUp(InputError):
    """The company prefix leaves no room for another serial number."""

    code = "sscc_used_up"


def check_digit(digits: str) -> str:
    """The digit that follows (GS1 General Specifications, section 7.9): from the right, weights 3, 1, 3, …"""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def make_sscc(company_prefix: str, serial: int) -> str:
    """The code of the parcel with this number. Raises SerialsUsedUp when the number is too long beside the prefix."""
    room = LENGTH - 2 - len(company_prefix)
    reference = str(serial).zfill(room)
    if len(reference) > room:
        raise SerialsUsedUp(
            f"The GS1 company prefix {company_prefix} has no numbers left for parcels. Ask GS1 for another prefix and set it.")
    digits = f"0{company_prefix}{reference}"
    return digits + check_digit(digits)


def is_sscc(code: str) -> bool:
    """True for 18 digits whose check digit is right."""
    return len(code) == LENGTH and code.isascii() and code.isdigit() and check_digit(code[:-1]) == code[-1]
