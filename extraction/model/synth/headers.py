"""Where the zones of a form stand, row by row from the top: arrangements of both parts, and those of the train part alone."""

from __future__ import annotations

Zone = tuple[str, float, float]     # what, left and right edge as fractions of the printable width
Headers = dict[str, tuple[tuple[Zone, ...], ...]]

COMMON_HEADERS: Headers = {
    "classic": (
        (("letterhead", 0, 0.5), ("title", 0.55, 1)),
        (("supplier", 0, 0.45), ("info", 0.56, 1)),
        (("ship_to", 0, 0.45), ("bill_to", 0.56, 1)),
    ),
    "centred": (
        (("letterhead:centre", 0, 1),),
        (("title:centre", 0, 1),),
        (("supplier", 0, 0.31), ("bill_to", 0.345, 0.655), ("ship_to", 0.69, 1)),
        (("info:wide", 0, 1),),
    ),
    "window": (
        (("letterhead:right", 0.5, 1),),
        (("supplier", 0, 0.42), ("info", 0.56, 1)),
        (("title", 0, 1),),
        (("ship_to", 0, 0.5),),
    ),
    "stacked": (
        (("title", 0, 1),),
        (("letterhead", 0, 0.6),),
        (("info", 0, 0.55),),
        (("supplier", 0, 0.55),),
        (("ship_to", 0, 0.55),),
    ),
    "grid": (
        (("letterhead", 0, 0.5), ("title:right", 0.5, 1)),
        (("info:wide", 0, 1),),
        (("supplier", 0, 0.48), ("ship_to", 0.52, 1)),
    ),
    "band": (
        (("title", 0, 0.5), ("letterhead:right", 0.5, 1)),
        (("supplier", 0, 0.48), ("ship_to", 0.52, 1)),
        (("info:wide", 0, 1),),
    ),
    "boxes": (
        (("letterhead", 0, 0.45), ("title", 0.5, 1)),
        (("notice", 0, 1),),
        (("supplier", 0, 0.32), ("ship_to", 0.34, 0.66), ("info", 0.68, 1)),
    ),
    "prose": ((("letterhead:centre", 0, 1),), (("supplier", 0, 0.5),), (("title", 0, 1),), (("info:prose", 0, 1),)),
    "foot_ship_to": (
        (("letterhead:right", 0.45, 1),),
        (("title", 0, 0.5), ("info", 0.55, 1)),
        (("supplier", 0, 0.5),),
        (("foot:ship_to", 0, 0.6),),
    ),
    "logo_only": (
        (("logo", 0, 0.3), ("title:right", 0.4, 1)),
        (("info", 0, 0.44), ("supplier", 0.56, 1)),
        (("ship_to", 0.56, 1),),
        (("foot:buyer", 0, 1),),
    ),
    "title_left": (
        (("title", 0, 0.42), ("letterhead", 0.56, 1)),
        (("info", 0, 0.44), ("supplier", 0.56, 1)),
        (("bill_to", 0, 0.44), ("ship_to", 0.56, 1)),
    ),
    "form": (
        (("title:centre", 0, 1),),
        (("buyer", 0, 0.48), ("info", 0.52, 1)),
        (("supplier", 0, 0.48), ("ship_to", 0.52, 1)),
    ),
    "supplier_right": (
        (("letterhead", 0, 0.5),),
        (("title", 0, 0.5), ("supplier", 0.56, 1)),
        (("ship_to", 0, 0.45), ("info", 0.56, 1)),
        (("notice", 0, 1),),
    ),
    "info_first": (
        (("info:wide", 0, 1),),
        (("letterhead", 0, 0.5), ("supplier", 0.56, 1)),
        (("title:centre", 0, 1),),
        (("bill_to", 0, 0.45), ("ship_to", 0.56, 1)),
    ),
    "cards": (
        (("title:right", 0, 1),),
        (("buyer", 0, 0.32), ("supplier", 0.34, 0.66), ("ship_to", 0.68, 1)),
        (("info:wide", 0, 1),),
    ),
    "two_by_two": (
        (("letterhead", 0, 0.6), ("title:right", 0.6, 1)),
        (("supplier", 0, 0.48), ("info", 0.52, 1)),
        (("bill_to", 0, 0.48), ("ship_to", 0.52, 1)),
    ),
    "info_left": (
        (("title", 0, 0.5), ("letterhead:right", 0.5, 1)),
        (("info", 0, 0.42), ("supplier", 0.5, 1)),
        (("ship_to", 0.5, 1),),
        (("notice", 0, 1),),
    ),
    "right_column": (
        (("supplier", 0, 0.45), ("letterhead", 0.6, 1)),
        (("ship_to", 0, 0.45), ("info", 0.6, 1)),
        (("title", 0, 1),),
    ),
    "buyer_in_foot": (
        (("title", 0, 0.5), ("info", 0.56, 1)),
        (("supplier", 0, 0.45), ("ship_to", 0.56, 1)),
        (("foot:buyer", 0, 0.6),),
    ),
    "three_boxes": (
        (("title:centre", 0, 1),),
        (("letterhead", 0, 0.5), ("info", 0.56, 1)),
        (("supplier", 0, 0.31), ("bill_to", 0.345, 0.655), ("ship_to", 0.69, 1)),
    ),
    "ship_to_first": (
        (("letterhead:centre", 0, 1),),
        (("ship_to", 0, 0.5), ("title:right", 0.55, 1)),
        (("supplier", 0, 0.5), ("info", 0.55, 1)),
    ),
    "line_head": (
        (("letter_line", 0, 1),),
        (("title", 0, 0.6),),
        (("supplier", 0, 0.45), ("info", 0.52, 1)),
        (("ship_to", 0, 0.45), ("bill_to", 0.52, 1)),
    ),
    "low_band": (
        (("letterhead", 0, 0.5), ("title", 0.55, 1)),
        (("supplier", 0, 0.45), ("ship_to", 0.55, 1)),
        (("notice", 0, 1),),
        (("info:wide", 0, 1),),
    ),
    "letter": (
        (("letterhead:right", 0.5, 1),),
        (("letter_line", 0, 0.45),),
        (("supplier", 0, 0.42), ("info", 0.6, 1)),
        (("title", 0, 1),),
        (("notice", 0, 1),),
        (("foot:ship_to", 0, 0.6),),
    ),
    "four_parties": (
        (("letterhead", 0, 0.48), ("title:right", 0.5, 1)),
        (("info:wide", 0, 1),),
        (("supplier", 0, 0.24), ("bill_to", 0.255, 0.49), ("ship_to", 0.51, 0.745), ("buyer", 0.76, 1)),
    ),
}
LEARNED_HEADERS: Headers = {
    "order_form": (
        (("letterhead", 0, 0.55), ("title:right", 0.55, 1)),
        (("buyer", 0, 0.5), ("info", 0.56, 1)),
        (("ship_to", 0, 0.5),),
    ),
    "order_form_centred": (
        (("letterhead:centre", 0, 1),),
        (("title:centre", 0, 1),),
        (("buyer", 0, 0.48), ("ship_to", 0.52, 1)),
        (("info:wide", 0, 1),),
    ),
    "order_form_stacked": (
        (("title", 0, 0.5), ("letterhead:right", 0.5, 1)),
        (("notice", 0, 1),),
        (("buyer", 0, 0.7),),
        (("ship_to", 0, 0.7),),
        (("info", 0, 0.7),),
    ),
    "key_values": ((("letterhead", 0, 0.6),), (("title", 0, 1),), (("info", 0, 0.75),)),
    "key_values_bare": ((("title", 0, 1),), (("info", 0, 0.75),)),
    "imprint": (
        (("logo", 0, 0.3), ("title:right", 0.4, 1)),
        (("supplier", 0, 0.45), ("info", 0.56, 1)),
        (("ship_to", 0, 0.45),),
        (("foot:imprint", 0, 1),),
    ),
    "imprint_letter": (
        (("supplier", 0, 0.5), ("info", 0.6, 1)),
        (("title", 0, 1),),
        (("sentence", 0, 1),),
        (("foot:imprint", 0, 1),),
    ),
    "sentence": (
        (("letterhead:right", 0.5, 1),),
        (("info", 0, 0.44), ("supplier", 0.56, 1)),
        (("title:centre", 0, 1),),
        (("sentence", 0, 1),),
    ),
    "signed_letter": (
        (("info", 0, 0.45), ("supplier", 0.5, 1)),
        (("title", 0, 1),),
        (("sentence", 0, 1),),
    ),
    "stacked_right": (
        (("letterhead", 0, 0.5), ("title", 0.56, 1)),
        (("info", 0, 0.48), ("supplier", 0.56, 1)),
        (("ship_to", 0.56, 1),),
        (("bill_to", 0.56, 1),),
    ),
    "ship_bill_vendor": (
        (("title:right", 0, 1),),
        (("letterhead", 0, 0.5), ("info", 0.56, 1)),
        (("ship_to", 0, 0.31), ("bill_to", 0.345, 0.655), ("supplier", 0.69, 1)),
    ),
    "narrow_boxes": (
        (("letterhead:centre", 0, 1),),
        (("title", 0, 1),),
        (("info", 0, 0.38), ("ship_to", 0.42, 0.69), ("supplier", 0.73, 1)),
    ),
    "buyer_box": (
        (("title:centre", 0, 1),),
        (("supplier", 0, 0.48), ("buyer", 0.52, 1)),
        (("ship_to", 0, 0.48), ("info", 0.52, 1)),
    ),
}
"""Arrangements that the check part never shows."""

HEADERS: Headers = {**COMMON_HEADERS, **LEARNED_HEADERS}

SELLERS_FORMS = frozenset({"order_form", "order_form_centred", "order_form_stacked"})
"""Forms that the seller prints and the buyer fills in."""
LISTED = frozenset({"key_values", "key_values_bare"})
"""Those that name the parties among the labelled values."""
SIGNED = frozenset({"signed_letter"})
"""Those that name their writer below the signature alone."""
