"""A change of the rules as data: what people write, and the policy it makes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from matching.policy import Policy
from matching.records import CustomerRecord
from models.domain.codes import fold_code
from models.domain.partners import ApprovalLevel, PackRule, PriceRule
from models.errors import InputError


@dataclass(frozen=True, slots=True)
class Change:
    """Rules that are to be tried: fields of the policy and of a customer's own rules by name, and customers' part numbers
    (folded) with the SKU they should mean. Those of the house hold for a customer only as far as it has none of its own; others
    hold for whoever is tried."""

    policy: Mapping[str, Any] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    is_for_house: bool = False
    rules: Mapping[str, Any] = field(default_factory=dict)

    def of(self, policy: Policy, customer: CustomerRecord | None = None) -> Policy:
        """The policy for a customer with the change; what history can answer for under it is to be asked anew."""
        own = _own(customer) if self.is_for_house and customer is not None else ()
        rules = {name: value for name, value in self.policy.items() if name not in own}
        return replace(policy, **{**rules, "promise": None, "is_drawn": False})


    def customer(self, customer: CustomerRecord | None) -> CustomerRecord | None:
        """The customer with the rules of its own that are tried."""
        return replace(customer, rules=replace(customer.rules, **self.rules)) if customer and self.rules else customer


def _own(customer: CustomerRecord) -> tuple[str, ...]:
    """What a customer has rules of its own for."""
    return ("price_tolerance", "target") if customer.rules.target_error_rate is not None else ("price_tolerance",)


def parse_change(settings: Iterable[str], aliases: Iterable[str] = (), *, is_for_house: bool = False) -> Change:
    """From "name=value" and "CODE=SKU". Raises InputError that names what can be set."""
    told = dict(_setting(text) for text in settings)
    if is_for_house and (others := sorted(set(told) - _SAVED)):
        raise InputError(
            f"{', '.join(others)} cannot be saved here: it is kept with each customer.",
            code="unknown_setting")
    policy = {name: value for name, value in told.items() if name not in _OF_CUSTOMERS}
    rules = {name: value for name, value in told.items() if name in _OF_CUSTOMERS}
    return Change(policy, {fold_code(code): sku for code, sku in map(_pair, aliases)}, is_for_house, rules)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise InputError(f"“{text}” is no change; write name=value.", code="bad_change")
    return name.strip(), value.strip()


def _setting(text: str) -> tuple[str, Any]:
    name, value = _pair(text)
    if name not in _READERS:
        raise InputError(f"“{name}” cannot be set; choose from {', '.join(_READERS)}.", code="unknown_setting")
    target, read = _READERS[name]
    try:
        return target, read(value)
    except (ValueError, InvalidOperation):
        raise InputError(f"“{value}” does not fit {name}: {_FITS[name]}.", code="bad_value") from None


def _share(value: str) -> float:
    share = float(value)
    if not 0 < share < 1:
        raise ValueError(value)
    return share


def _target(value: str) -> float | None:
    return None if value.lower() in {"none", "off"} else _share(value)


def _sure(value: str) -> float:
    sure = float(value)
    if not 0 <= sure <= 1:
        raise ValueError(value)
    return sure


def _percent(value: str) -> Decimal:
    percent = Decimal(value)
    if not 0 <= percent <= 100:
        raise ValueError(value)
    return percent


def _amount(value: str) -> Decimal | None:
    if value.lower() in {"none", "off"}:
        return None
    amount = Decimal(value)
    if not 0 <= amount < 10**12:
        raise ValueError(value)
    return amount


def _yes_or_no(value: str) -> bool:
    if value.lower() not in {"yes", "no"}:
        raise ValueError(value)
    return value.lower() == "yes"


def _days(value: str) -> int:
    days = int(value)
    if not 0 <= days <= 365:
        raise ValueError(value)
    return days


_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "price_tolerance": ("price_tolerance", _percent), "line_confidence": ("line_confidence", _sure),
    "target_error_rate": ("target", _target), "sample_share": ("sample_share", _share),
    "approval": ("approval", ApprovalLevel), "price_rule": ("price_rule", PriceRule),
    "two_people_above": ("two_people_above", _amount),
    "takes_successors": ("takes_successors", _yes_or_no), "same_goods_days": ("same_goods_days", _days),
    "merge_repeated_lines": ("merge_repeated_lines", _yes_or_no), "pack_rule": ("pack_rule", PackRule),
}
_OF_CUSTOMERS = frozenset({"merge_repeated_lines", "pack_rule"})
_SAVED = frozenset(target for target, _ in _READERS.values()) - _OF_CUSTOMERS - {"approval"}
_FITS = {
    "price_tolerance": "a percentage from 0 to 100", "line_confidence": "a probability from 0 to 1",
    "target_error_rate": "a share between 0 and 1 such as 0.001, or none", "sample_share": "a share between 0 and 1",
    "approval": f"one of {', '.join(ApprovalLevel)}", "price_rule": f"one of {', '.join(PriceRule)}",
    "takes_successors": "yes or no", "two_people_above": "an order value such as 10000, or none",
    "same_goods_days": "a number of days from 0 to 365",
    "merge_repeated_lines": "yes or no", "pack_rule": f"one of {', '.join(PackRule)}",
}
