"""The answers that a question offers: candidates of the draft, with what tells them apart and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from matching.checks.money import price_difference
from models.domain.doubt import Choice, Doubt
from models.domain.draft import Draft, ItemMatch
from review_ui.presenters.differences import differing
from review_ui.presenters.values import percent


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """One answer. `percent` is its probability, where one is known; `path` what it sets, if not what the question is about;
    `is_named`: a number that was typed or captured is its own; `pieces`: the label parted where it differs from its twin's."""

    value: str
    label: str
    percent: int | None
    reason: str
    path: str = ""
    is_named: bool = False
    pieces: tuple[tuple[str, bool], ...] = ()


def choices_of(doubt: Doubt, draft: Draft) -> tuple[ShownChoice, ...]:
    """The answers to a doubt: its own, else the candidates that the draft has for its value."""
    path = doubt.path or ""
    choices = tuple(map(_choice, doubt.choices)) or fallback_choices(draft, path)
    if path.endswith(".item"):
        return with_differences(choices)
    return _with_money(choices, draft, path) if path.endswith(".unit_price") else choices


def _choice(choice: Choice) -> ShownChoice:
    return ShownChoice(choice.value, choice.label, percent(choice.probability), choice.reason, choice.path or "")


def with_differences(choices: Sequence[ShownChoice]) -> tuple[ShownChoice, ...]:
    """Items of the catalogue, with what tells each from its twin."""
    parted = [c.label.partition(" · ") for c in choices]
    found = differing([text for _, _, text in parted])
    return tuple(
        replace(c, pieces=((sku + dot, False), *pieces)) if dot and pieces else c
        for c, (sku, dot, _), pieces in zip(choices, parted, found, strict=True))


def _item_choice(match: ItemMatch) -> ShownChoice:
    return ShownChoice(match.sku, f"{match.sku} · {match.description}", percent(match.probability), ", ".join(match.reasons))


def _with_money(choices: Sequence[ShownChoice], draft: Draft, path: str) -> tuple[ShownChoice, ...]:
    """Readings of a price, with what the line would cost more or less at each; what says so already stays."""
    line = next((line for line in draft.lines if line.key == path.split(".")[1]), None)
    if line is None or line.unit_price is None or line.quantity is None:
        return tuple(choices)
    printed, count = line.unit_price.value, line.quantity.value
    currency = draft.currency.value if draft.currency else None
    return tuple(
        replace(c, reason=price_difference(price, printed, count, currency))
        if not c.reason and not c.path and (price := _price_of(c.value)) is not None else c for c in choices)


def _price_of(text: str) -> Decimal | None:
    try:
        price = Decimal(text)
    except InvalidOperation:
        return None
    return price if price.is_finite() else None


def fallback_choices(draft: Draft, path: str) -> tuple[ShownChoice, ...]:
    """The candidates the draft holds for an item, the customer or the ship-to address."""
    parts = path.split(".")
    if parts[0] == "lines" and parts[-1] == "item":
        line = next((line for line in draft.lines if line.key == parts[1]), None)
        return tuple(map(_item_choice, line.item_candidates)) if line else ()
    if path == "customer":
        return tuple(
            ShownChoice(c.customer_no, f"{c.customer_no} · {c.name}", percent(c.probability), ", ".join(c.reasons))
            for c in draft.customer_candidates)
    if path == "ship_to":
        return tuple(
            ShownChoice(a.label.partition(" · ")[0], a.label, percent(a.probability), ", ".join(a.reasons))
            for a in draft.ship_to_candidates)
    return ()
