"""For how many ordered units an X12 price is. Numbers in brackets are ASC X12 data elements. Pure."""

from __future__ import annotations

from decimal import Decimal

from edi.build import OrderBuilder

_BASES = {                                                 # [639] basis of unit price → pieces the price is for
    **dict.fromkeys(("PN",), 10),
    **dict.fromkeys(("PD", "LD", "QD", "RD", "TD", "WD"), 12),
    **dict.fromkeys(("HP", "HF", "LC", "QH", "RC", "TC", "WC"), 100),
    **dict.fromkeys(("TP", "TF", "LM", "QS", "RM", "TM", "WM"), 1000),
    "TT": 10_000, "HT": 100_000,
}
_COUNTS = {"DZ": 12, "HU": 100, "C": 100, "TH": 1000, "M": 1000}                    # [355] units that count pieces
_MEASURES = {                                              # [639] basis → the units [355] whose price it is
    "PP": {"LB"}, "PF": {"FT", "LF"}, "PY": {"YD", "LY"}, "PK": {"KG"}, "PG": {"GR"}, "PL": {"LT"}, "PO": {"OZ"},
    "PT": {"TN", "ST", "NT"}, "ML": {"ML"},
}


def units_priced(builder: OrderBuilder, basis: str, unit: str) -> Decimal:
    """The printed price is for so many of the ordered unit. Notes a price per pound, foot … of something ordered otherwise."""
    if basis in _BASES:
        return Decimal(_BASES[basis]) / _COUNTS.get(unit, 1)
    if basis in _MEASURES and unit not in _MEASURES[basis]:
        builder.note("price_per_other_unit", f"{builder.line_label} is ordered in {unit or 'no unit'} but priced by basis "
                     f"{basis}; check the price.")
    return Decimal(1)
