"""The structural layouts: what stands where, which columns, which row shape. Each belongs wholly to the train or the check part.

A layout is header arrangement × info block × label form × row shape × rules × totals × column set. Words, fonts, languages and
numbers come later and may differ between two documents of one layout. Train and check share no layout, and some header
arrangements, row shapes and label forms (`HELD_BACK`) occur in the check part alone, to measure generalisation.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from extraction.model.synth.headers import COMMON_HEADERS, HEADERS, LEARNED_HEADERS, Zone

Part = Literal["train", "check"]
NARROW_INFO = ("list", "boxed", "colon_column", "above", "labels_right", "list")
WIDE_INFO = ("grid", "band", "strip", "two_lists", "in_rows", "band")
LABEL_FORMS = (
    "colon", "colon", "plain", "plain", "capitals", "bold", "glued", "slash", "stacked", "spaced", "blank_colon", "small_inside",
    "dotted",
)
ROW_SHAPES = (
    "one_row", "wrap_centre", "wrap_last", "sap_lower", "code_over_text", "schedule", "delivery_columns", "code_in_text",
    "codes_below", "broken_code", "kit", "four_tier", "cards", "run_together", "typed", "touching", "sections", "two_rows",
    "text_first", "delivery_tables", "styles", "sizes", "numbered_text", "side_by_side", "site_rows", "releases", "item_below",
    "note_rows", "discounts_below", "unit_below",
)
USUAL_SHAPES = ("one_row",) * 14 + ("wrap_centre", "sap_lower", "code_over_text", "codes_below", "code_in_text", "wrap_last")
"""What most papers look like: drawn besides each shape once."""
RULES = ("grid", "box", "columns", "rows", "header_only", "dashes", "none", "zebra", "full_columns", "dark_header")
TOTALS = (
    "single", "ladder", "ladder", "ladder_left", "horizontal", "boxes", "table_row", "sentence", "words", "none", "far_labels",
)
PAGES = ((595.28, 841.89), (612.0, 792.0), (595.28, 841.89), (609.0, 791.0), (841.89, 595.28), (612.0, 792.0), (596.0, 853.0))
HELD_BACK = {
    "header": ("cards", "letter", "four_parties"), "row_shape": ("text_first", "item_below", "unit_below"),
    "label_form": ("small_inside", "dotted"),
}
"""Values that occur in the check part alone."""

COLUMN_SETS: tuple[tuple[str, ...], ...] = (
    ("line_no", "code", "description", "quantity", "uom", "unit_price", "amount"),
    ("description", "quantity", "unit_price", "amount"),
    ("quantity", "code", "description", "unit_price", "amount"),
    ("code", "description", "quantity", "unit_price", "amount"),
    ("line_no", "supplier_sku", "buyer_sku", "description", "quantity", "uom", "unit_price", "price_unit", "amount"),
    ("line_no", "code", "description", "date", "quantity", "uom", "unit_price", "discount", "amount"),
    ("code", "description", "quantity", "uom"),
    ("line_no", "gtin", "supplier_sku", "description", "quantity", "unit_price", "amount"),
    ("line_no", "quantity", "uom", "code", "description", "unit_price", "amount"),
    ("line_no", "code", "revision", "description", "date", "quantity", "uom", "unit_price", "amount"),
    ("quantity", "uom", "code", "description", "list_price", "discount", "unit_price", "amount"),
    ("code", "description", "origin", "weight", "quantity", "unit_price", "amount"),
    ("line_no", "description", "code", "quantity", "pack", "unit_price", "tax", "amount"),
    ("line_no", "buyer_sku", "description", "supplier_sku", "uom", "quantity", "unit_price", "amount"),
    ("buyer_sku", "supplier_sku", "gtin", "description", "quantity", "uom", "unit_price", "tax", "amount", "date"),
    ("line_no", "description", "uom", "quantity", "unit_price", "price_unit", "amount"),
    ("description", "code", "unit_price", "quantity", "amount"),
    ("line_no", "code", "description", "brand", "quantity", "uom"),
    ("code", "quantity", "uom", "description", "date", "unit_price", "amount"),
    ("line_no", "code", "description", "quantity", "unit_price", "uom", "amount", "blank"),
    ("line_no", "date", "code", "description", "quantity", "uom", "unit_price", "price_unit", "discount", "tax", "amount"),
    ("description", "uom", "quantity", "unit_price", "amount", "weight"),
    ("supplier_sku", "description", "quantity", "uom", "unit_price", "retail", "amount"),
    ("line_no", "buyer_sku", "gtin", "description", "pack", "quantity", "uom", "unit_price", "amount"),
    ("line_no", "description", "quantity", "unit_price", "discount", "amount"),
    ("code", "description", "date", "quantity"),
    ("amount", "unit_price", "uom", "quantity", "description", "code", "line_no"),
    ("description", "amount", "unit_price", "quantity"),
    ("quantity", "unit_price", "amount", "code", "description"),
    ("unit_price", "quantity", "uom", "description", "supplier_sku", "buyer_sku"),
    ("line_no", "code", "description", "ordered", "quantity", "uom", "unit_price", "amount"),
    ("line_no", "buyer_sku", "supplier_sku", "gtin", "description", "brand", "quantity", "uom", "unit_price", "discount", "tax",
     "amount", "date"),
    ("gtin", "supplier_sku", "description", "pack", "quantity", "unit_price", "retail", "amount"),
    ("line_no", "code", "date", "quantity", "uom", "unit_price", "price_unit", "amount", "description"),
    ("code", "quantity"),
    ("line_no", "code", "quantity"),
    ("gtin", "quantity", "uom"),
    ("line_no", "description", "quantity", "uom"),
    ("quantity", "description", "unit_price", "amount"),
    ("line_no", "code", "description", "quantity", "uom", "list_price", "discount", "unit_price", "amount"),
)
_DIMENSIONS: dict[str, tuple[str, ...]] = {
    "header": tuple(COMMON_HEADERS), "label_form": LABEL_FORMS, "row_shape": (*USUAL_SHAPES, *ROW_SHAPES),
    "rules": RULES, "totals": TOTALS,
}
TRAIN_COUNT, LEARNED_COUNT, CHECK_COUNT = 100, 40, 50


@dataclass(frozen=True, slots=True)
class Layout:
    """One form. `page` is width and height in points; `po_place` one of info, title, both, box.

    `info` is the shape of the info block.
    """

    id: str
    part: Part
    header: str
    info: str
    label_form: str
    row_shape: str
    rules: str
    totals: str
    columns: tuple[str, ...]
    page: tuple[float, float]
    po_place: str

    @property
    def zones(self) -> tuple[tuple[Zone, ...], ...]:
        """Rows of zones, top to bottom."""
        return HEADERS[self.header]

    @property
    def zone_names(self) -> frozenset[str]:
        """What the zones show, wherever they stand."""
        return frozenset(zone[0].removeprefix("foot:").partition(":")[0] for row in self.zones for zone in row)


@cache
def layouts(part: Literal["train", "check", "all"] = "all") -> tuple[Layout, ...]:
    """All layouts of a part: 140 for training, 50 for checking. Held-back values occur in the check part only, learned headers in
    the train part only."""
    if part == "all":
        return layouts("train") + layouts("check")
    return _train() if part == "train" else _check()


def _train() -> tuple[Layout, ...]:
    seen = {name: tuple(v for v in values if v not in HELD_BACK.get(name, ())) for name, values in _DIMENSIONS.items()}
    learned = seen | {"header": tuple(LEARNED_HEADERS)}
    hands = (*_deal("train", seen, TRAIN_COUNT), *_deal("learned", learned, LEARNED_COUNT))
    return tuple(_layout("train", n, hand) for n, hand in enumerate(hands))


def _check() -> tuple[Layout, ...]:
    """All values; three layouts in eight carry a held-back header, row shape or label form in turn."""
    found = []
    for n, hand in enumerate(_deal("check", _DIMENSIONS, CHECK_COUNT)):
        held = dict(list(HELD_BACK.items())[n % 8 : n % 8 + 1])
        found.append(_layout("check", n, hand | {name: values[n // 8 % len(values)] for name, values in held.items()}))
    return tuple(found)


def _deal(part: str, dimensions: Mapping[str, Sequence[str]], count: int) -> list[dict[str, str]]:
    """One value of each dimension per layout, from shuffled decks, so that every value turns up about equally often."""
    rng = random.Random(f"layouts-{part}")
    decks: dict[str, list[str]] = {}
    for name, values in dimensions.items():
        deck = [values[n % len(values)] for n in range(count)]
        rng.shuffle(deck)
        decks[name] = deck
    return [{name: deck[n] for name, deck in decks.items()} for n in range(count)]


def _layout(part: Part, number: int, hand: Mapping[str, str]) -> Layout:
    rng = random.Random(f"layout-{part}-{number}")
    po_place = "box" if rng.random() < 0.07 else rng.choices(("info", "title", "both"), (7, 2, 1.5))[0]
    return Layout(
        id=f"{part}-{number + 1:03d}", part=part, header=hand["header"], info=_info(hand["header"], number),
        label_form=hand["label_form"], row_shape=hand["row_shape"], rules=hand["rules"], totals=hand["totals"],
        columns=rng.choice([columns for columns in COLUMN_SETS if _fits(hand["row_shape"], columns)]),
        page=PAGES[number % len(PAGES)], po_place=po_place,
    )


def _info(header: str, number: int) -> str:
    """The shape of the info block: one that fits the width its header gives it."""
    kinds = [zone[0] for row in HEADERS[header] for zone in row if zone[0].startswith("info")]
    if kinds == ["info:prose"]:
        return "prose"
    return (WIDE_INFO if kinds == ["info:wide"] else NARROW_INFO)[number % 6]


def _fits(shape: str, columns: tuple[str, ...]) -> bool:
    has_code = any(c in columns for c in ("code", "supplier_sku", "buyer_sku"))
    match shape:
        case "sap_lower" | "code_over_text" | "four_tier":
            return has_code and "line_no" in columns and "amount" in columns
        case "codes_below":
            return "supplier_sku" not in columns and "buyer_sku" not in columns and "code" not in columns
        case "code_in_text":
            return not has_code
        case "broken_code" | "touching":
            return has_code
        case "schedule" | "delivery_columns" | "sizes" | "releases":
            return "date" not in columns and len(columns) <= 8
        case "delivery_tables":
            return "date" not in columns
        case "item_below":
            return has_code and "amount" in columns
        case "side_by_side":
            return len(columns) <= 3 and "description" not in columns
        case "unit_below":
            return {"uom", "quantity", "amount"} <= set(columns)
        case "numbered_text":
            return {"line_no", "description"} <= set(columns)
        case "discounts_below":
            return {"amount", "unit_price", "description"} <= set(columns) and not {"discount", "list_price"} & set(columns)
        case "styles" | "note_rows" | "site_rows":
            return "description" in columns
        case "typed" | "run_together":
            return len(columns) <= 8 and "blank" not in columns
        case "cards":
            return "amount" in columns and has_code
        case _:
            return True
