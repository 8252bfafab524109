"""The sample catalogue: families of near-twins whose members differ in one attribute (M8 × 40 / M10 × 40, 230 V / 110 V)."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from extraction.model.synth import words


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit an item is sold in (UN/ECE Rec 20, packages Rec 21 with X); `factor` base units make one. GTIN-13 or None."""

    uom: str
    factor: Decimal
    gtin: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One catalogue item. `spec` are the tokens of its description, attribute words still to be translated;
    a token that starts with ~ is glued to the one before.

    `list_price` is for `price_unit` base units, in the company's currency, before tax.
    """

    sku: str
    mpn: str
    brand: str
    family: str
    spec: tuple[str, ...]
    units: tuple[Unit, ...]
    list_price: Decimal
    price_unit: int

    @property
    def base_uom(self) -> str:
        """The unit of stock; it has factor 1."""
        return self.units[0].uom

    @property
    def description(self) -> str:
        """The catalogue text, in English."""
        return describe(self, "en")

    def unit(self, uom: str) -> Unit:
        """The unit level with this code. Raises KeyError when the item is not sold in it."""
        for unit in self.units:
            if unit.uom == uom:
                return unit
        raise KeyError(uom)


@dataclass(frozen=True, slots=True)
class Family:
    """What the members of a family share.

    `grid` are the attribute values that multiply; `packs` are (uom, factor) above the base; `price` is the
    range of list prices per `price_unit` base units.
    """

    key: str
    prefix: str
    grid: tuple[tuple[str, ...], ...]
    base: str
    packs: tuple[tuple[str, int], ...]
    price: tuple[float, float]
    price_unit: int = 1


def _span(*values: float | str, head: str = "", tail: str = "") -> tuple[str, ...]:
    return tuple(f"{head}{v}{tail}" for v in values)


_THREADS = _span(4, 5, 6, 8, 10, 12, 16, 20, head="M")
_LENGTHS = _span(12, 16, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100, head="~x")
_SIZES = ("size S", "size M", "size L", "size XL", "size XXL")
_COLOURS = ("black", "blue", "brown", "grey", "red", "white", "green_yellow")
_O_RINGS = _span(4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 25, 28, 32, 36, 40, 45, 50, 63, 80)
_INCHES = ('1/4"', '3/8"', '1/2"', '3/4"', '1"', '1 1/4"', '1 1/2"', '2"')

FAMILIES = (
    Family("hex_bolt", "HB", (_THREADS, _LENGTHS, ("DIN 933",), ("zinc", "a2", "a4")), "H87", (("XBX", 100), ("XCT", 800)),
           (4, 190), 100),
    Family("cap_screw", "CS", (_THREADS[:6], _LENGTHS[:12], ("DIN 912",), ("black_steel", "a2", "zinc")), "H87", (("XBX",
           200), ("XCT", 2000)), (3, 120), 100),
    Family("csk_screw", "CK", (_span(3, 3.5, 4, 5, 6, head=""), _LENGTHS[:10], ("TX",), ("zinc", "a2")), "H87", (("XBX",
           500),), (1.5, 24), 100),
    Family("nut", "NU", (_THREADS, ("DIN 934",), ("zinc", "a2", "a4", "brass")), "H87", (("XBX", 250),), (0.9, 40), 100),
    Family("washer", "WA", (_THREADS, ("DIN 125",), ("zinc", "a2", "a4", "brass")), "H87", (("XBX", 500),), (0.4, 18), 100),
    Family("threaded_rod", "TR", (_THREADS, ("~x1000",), ("DIN 976",), ("zinc", "a2")), "H87", (("XBE", 25),), (1, 30)),
    Family("nitrile_glove", "NG", (("0.08 mm", "0.12 mm", "0.15 mm"), _SIZES, ("blue", "black", "white")), "XBX", (("XCT",
           10),), (5, 17)),
    Family("work_glove", "WG", (("level B", "level D", "level F"), _SIZES, ("grey", "black")), "PR", (("XPK", 12), ("XCT",
           120)), (3, 22)),
    Family("safety_shoe", "SH", (_span(*range(38, 49), head="EU "), ("black", "brown"), ("ESD", "SRC")), "PR", (), (48, 110)),
    Family("ball_bearing", "BB", (("60", "62", "63"), _span("00", "01", "02", "03", "04", "05", "06", "07", "08", "10",
           head="~"), ("~-2RS", "~-ZZ", "~-C3")), "H87", (("XBX", 10),), (1.8, 64)),
    Family("v_belt", "VB", (("SPZ", "SPA", "SPB", "XPZ"), _span(*range(670, 2170, 25))), "H87", (), (4, 39)),
    Family("o_ring", "OR", (_O_RINGS, ("~x1.5", "~x2", "~x3"), ("NBR 70", "FKM 80")), "H87", (("XBG", 50),), (6, 95), 100),
    Family("ball_valve", "BV", (_INCHES, ("PN 25", "PN 40"), ("brass", "stainless"), ("lever", "butterfly")), "H87", (("XBX",
           6),), (6, 140)),
    Family("fitting", "PF", (("elbow", "tee", "socket", "nipple", "reducer", "union"), _INCHES, ("galvanised", "brass",
           "stainless")), "H87", (("XBG", 10),), (0.9, 34)),
    Family("hose", "HO", (("6x12 mm", "9x15 mm", "13x20 mm", "19x27 mm"), ("PVC", "EPDM", "PU"), ("red", "blue", "black")),
           "MTR", (("XRO", 50),), (1.1, 7.5)),
    Family("wire", "WI", (("0.75", "1", "1.5", "2.5", "4", "6", "10"), ("mm²",), _COLOURS), "MTR", (("XRL", 100),), (14, 190),
           100),
    Family("control_cable", "CC", (("3G", "4G", "5G", "7G", "12G", "18G", "25G"), ("0.75", "1", "1.5", "2.5"), ("mm²",)),
           "MTR", (("XRL", 50), ("XDR", 500)), (60, 900), 100),
    Family("cable_tie", "CT", (("2.5x100", "3.6x140", "3.6x200", "4.8x200", "4.8x300", "7.6x370"), ("black", "white",
           "blue")), "XBG", (("XCT", 40),), (1.2, 12)),
    Family("contactor", "CO", (("9 A", "12 A", "18 A", "25 A", "32 A", "40 A"), ("24 V DC", "110 V AC", "230 V AC")), "H87",
           (), (17, 96)),
    Family("fuse", "FU", (("10x38", "14x51", "22x58"), ("2 A", "4 A", "6 A", "10 A", "16 A", "25 A"), ("gG", "aM")), "H87",
           (("XBX", 10),), (0.9, 4.2)),
    Family("lamp", "LA", (("5 W", "7 W", "9 W", "13 W"), ("E27", "E14", "GU10"), ("2700 K", "4000 K"), ("230 V", "110 V")),
           "H87", (("XBX", 10), ("XCT", 100)), (2, 11)),
    Family("tape", "TA", (("packing", "masking", "insulating", "cloth"), ("19 mm", "25 mm", "38 mm", "50 mm"), ("x 33 m",
           "x 66 m"), ("brown", "clear", "black")), "XRO", (("XCT", 36),), (0.8, 9)),
    Family("drill", "DR", (_span(*(x / 2 for x in range(2, 27)), head="Ø"), ("HSS", "HSS-Co"), ("DIN 338",)), "H87", (("XPK",
           10),), (0.8, 19)),
    Family("abrasive", "AB", (_span(115, 125, 150, 180, 230, head="Ø"), ("cut", "grind", "flap"), ("K40", "K60", "K80")),
           "H87", (("XBX", 25),), (0.9, 7.8)),
    Family("spanner", "SP", (_span(*range(6, 33), tail=" mm"), ("CrV",)), "H87", (), (4, 38)),
    Family("filter", "FI", (("G4", "M5", "F7", "F9"), ("592x592x360", "592x287x360", "490x592x534", "287x287x534")), "H87",
           (("XCT", 4),), (9, 42)),
    Family("hinge", "HI", (("60 mm", "80 mm", "100 mm", "120 mm"), ("left", "right"), ("steel", "stainless")), "H87", (("XBX",
           20),), (1.9, 17)),
    Family("lubricant", "LU", (("ISO VG 46", "ISO VG 68", "ISO VG 150", "ISO VG 220"), ("5 l", "20 l")), "XCA", (("XPX",
           24),), (24, 170)),
    Family("grease", "GR", (("NLGI 1", "NLGI 2"), ("400 g", "1 kg")), "H87", (("XBX", 12),), (4, 21)),
    Family("spray", "SY", (_span(1015, 3000, 5010, 6018, 7035, 7016, 9005, 9010, head="RAL "), ("gloss", "matt")), "XCA",
           (("XCT", 6),), (5, 12)),
)


def check_digit(digits: str) -> str:
    """The GS1 check digit of a GTIN without it: weights 3 and 1 from the right, filled up to ten."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


def describe(item: Item, language: str) -> str:
    """The item's text in a language, as a careful catalogue would print it."""
    text = words.noun(item.family, language)
    for token in item.spec:
        head, blank, tail = token.partition(" ")
        text += head[1:] if head.startswith("~") else f" {words.term(head, language)}{blank}{tail}"
    return text


def make_items(rng: random.Random, company_prefix: str) -> tuple[Item, ...]:
    """All items of all families; GTINs lie under 952, the range that GS1 keeps for examples."""
    style = rng.randrange(4)
    brands = rng.sample(words.brands(), len(words.brands()))
    gtins = (f"{digits}{check_digit(digits)}" for digits in (f"952{company_prefix}{n:05d}" for n in itertools.count(1)))
    items: list[Item] = []
    for index, family in enumerate(FAMILIES):
        brand = brands[index % len(brands)]
        for number, spec in enumerate(itertools.product(*family.grid)):
            items.append(_make_item(rng, family, spec, brand, _sku(family, index, number, spec, style), gtins))
    return tuple(items)


def _make_item(
    rng: random.Random, family: Family, spec: tuple[str, ...], brand: str, sku: str, gtins: Iterator[str]
) -> Item:
    low, high = family.price
    price = Decimal(str(round(low + (high - low) * rng.random() ** 2, 2)))
    units = (Unit(family.base, Decimal(1), next(gtins)), *(Unit(u, Decimal(f), next(gtins)) for u, f in family.packs))
    mpn = f"{brand[:2].upper()}{rng.randrange(10**5):05d}{rng.choice(['', '', '-A', 'K', '/2'])}"
    return Item(sku, mpn, brand, family.key, spec, units, price, family.price_unit)


def _sku(family: Family, index: int, number: int, spec: tuple[str, ...], style: int) -> str:
    """One numbering style for the whole catalogue: speaking, dotted, plain digits, or short with a letter."""
    if style == 0:
        parts = ("".join(c for c in token.upper() if c.isalnum())[-6:] for token in spec[:2])
        return "-".join((family.prefix, *parts, f"{number % 97:02d}"))
    if style == 1:
        return f"{index + 10}.{number + 1000}.{len(spec)}"
    if style == 2:
        return f"{(index + 11) * 100_000 + number * 7 + 13}"
    return f"{family.prefix}{number + 1001}{'ABCDEFGHKM'[number % 10]}"
