"""A generated catalogue of near-twins, and order lines about it as customers write them: abbreviated, misspelt, reordered."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from matching.records import ItemRecord, LineQuery, PriceRecord
from models.domain.codes import fold_code
from models.domain.items import ItemStatus
from models.domain.units import ItemUnit

_BRANDS = (
    "Ablon", "Borvex", "Cantra", "Dorvik", "Elmaro", "Fintek", "Gorlan", "Hestia", "Ilvo", "Jantar", "Kordex", "Lumeko", "Mistel",
    "Norval", "Ostara", "Pelvin",
)
_FAMILIES: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("hexagon bolt", (tuple(f"M{n}" for n in (4, 5, 6, 8, 10, 12, 16, 20)), tuple(f"x {n}" for n in range(10, 130, 5)),
                      ("DIN 933", "DIN 931", "ISO 4014"), ("zinc plated", "stainless A2", "stainless A4", "plain"))),
    ("countersunk screw", (tuple(f"{n / 2:g} x" for n in range(5, 13)), tuple(str(n) for n in range(12, 121, 4)),
                           ("Torx", "Pozidriv", "Phillips"), ("yellow zinc", "stainless", "black"))),
    ("nitrile gloves", (("size S", "size M", "size L", "size XL"), ("blue", "black", "white", "green"),
                        tuple(f"{n / 100:.2f} mm" for n in range(6, 21)), ("powder free", "textured"))),
    ("ball bearing", (tuple(str(n) for n in range(6000, 6012)), ("2RS", "ZZ", "open"), ("C3", "CN", "C4"), ("steel", "ceramic"))),
    ("led lamp", (tuple(f"{n} W" for n in range(3, 20)), ("E27", "E14", "GU10", "B22"), ("2700 K", "4000 K", "6500 K"),
                  ("230 V", "110 V", "24 V"))),
    ("contactor", (tuple(f"{n} A" for n in (9, 12, 18, 25, 32, 40, 65, 80)), ("24 V DC", "110 V AC", "230 V AC", "400 V AC"),
                   ("1NO", "1NC", "2NO+2NC"))),
    ("door hinge", (tuple(f"{n} mm" for n in range(40, 200, 10)), ("left", "right"), ("steel", "stainless", "brass"),
                    ("light", "heavy duty"))),
    ("ball valve", (('1/4"', '3/8"', '1/2"', '3/4"', '1"', '2"'), ("PN 16", "PN 25", "PN 40"), ("brass", "stainless", "plastic"),
                    ("lever handle", "butterfly handle"))),
    ("hydraulic hose", (tuple(f"{n} mm" for n in (6, 8, 10, 13, 16, 19, 25)), tuple(f"{n} bar" for n in (160, 215, 250, 330)),
                        tuple(f"{n} m" for n in (1, 2, 3, 5, 10, 20)), ("1SN", "2SN"))),
    ("packing tape", (tuple(f"{n} mm" for n in (19, 25, 38, 48, 50, 75)), ("x 33 m", "x 66 m", "x 132 m"),
                      ("brown", "clear", "white", "red"), ("low noise", "strong"))),
    ("cable gland", (tuple(f"M{n}" for n in (12, 16, 20, 25, 32, 40, 50, 63)), ("grey", "black"), ("polyamide", "brass"),
                     ("IP 54", "IP 68"), ("long thread", "short thread"))),
    ("safety shoe", (tuple(f"size {n}" for n in range(36, 49)), ("S1P", "S2", "S3"), ("black", "brown", "grey"),
                     ("wide", "normal"))),
)
FAMILY_NAMES = tuple(noun for noun, _ in _FAMILIES)
_SHORT = {
    "hexagon": "hex", "stainless": "st.st", "plated": "plt", "countersunk": "csk", "screw": "scr", "bearing": "brg",
    "nitrile": "nitr", "gloves": "glv", "black": "blk", "white": "wht", "hydraulic": "hydr", "contactor": "cont",
    "valve": "vlv", "handle": "hdl", "packing": "pack", "thread": "thr", "polyamide": "PA", "size": "sz", "yellow": "yel",
    "safety": "saf",
}
_PRINTED = {"H87": ("pcs", "EA"), "PR": ("pair", "PR"), "MTR": ("m", "mtr"), "XBX": ("box", "BX"), "SET": ("set", "SET")}
_OCR = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z", "6": "G"}


@dataclass(frozen=True, slots=True)
class Line:
    """An order line and the item it means; `part_number` is folded, `is_missing` when the catalogue shall lack the item."""

    query: LineQuery
    sku: str
    family: str
    part_number: str | None = None
    is_missing: bool = False


def make_items(rng: Random, count: int) -> list[ItemRecord]:
    """`count` items; beyond the families' grids they repeat under other brands."""
    made: list[ItemRecord] = []
    grids = [[(noun, spec) for spec in itertools.product(*grid)] for noun, grid in _FAMILIES]
    every = [pair for grid in grids for pair in grid]
    for serial in itertools.count():
        brand = _BRANDS[serial % len(_BRANDS)] + ("" if serial < len(_BRANDS) else str(serial // len(_BRANDS)))
        rng.shuffle(every)
        for noun, spec in every:
            if len(made) == count:
                return made
            made.append(_item(rng, len(made) + 1, noun, spec, brand))
    return made


def _item(rng: Random, number: int, noun: str, spec: tuple[str, ...], brand: str) -> ItemRecord:
    sku = f"{noun[:2].upper()}-{number:06d}"
    mpn = f"{brand[:3].upper()}{rng.randrange(10**6):06d}{rng.choice('ABCDX')}"
    base = "H87" if rng.random() < 0.85 else rng.choice(("PR", "MTR", "XBX", "SET"))
    status = ItemStatus.ACTIVE if rng.random() < 0.95 else ItemStatus.DISCONTINUED
    price = PriceRecord(base, Decimal(rng.randrange(20, 20_000)) / 100, Decimal(1), "EUR")
    return ItemRecord(
        number, sku, f"{noun} {' '.join(spec)}".capitalize(), gtins=frozenset({_gtin(number)}), mpn=mpn, brand=brand,
        base_uom=base, status=status, units=(ItemUnit(base, Decimal(1)),), prices=(price,))


def _gtin(number: int) -> str:
    """A GTIN-13 in the range 952, which GS1 keeps for examples."""
    digits = f"952{number:09d}"
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return f"{digits}{-total % 10}"


def family_of(item: ItemRecord) -> str:
    """The noun that an item's description begins with."""
    return next(name for name in FAMILY_NAMES if item.description.lower().startswith(name))


def make_lines(rng: Random, items: list[ItemRecord], count: int, *, missing: float) -> list[Line]:
    """Lines about random items; a share `missing` is about items that are to be taken out of the catalogue."""
    wanted = [item for item in items if item.status is ItemStatus.ACTIVE or rng.random() < 0.2]
    chosen = rng.sample(wanted, min(count, len(wanted)))
    return [replace(_line(rng, item), is_missing=rng.random() < missing) for item in chosen]


def _line(rng: Random, item: ItemRecord) -> Line:
    kind = rng.choices(("text", "hard", "sku", "part", "mpn", "gtin", "foreign"), (30, 20, 15, 10, 7, 8, 10))[0]
    text = _noisy(rng, item, hard=kind == "hard")
    price = item.prices[0].price if rng.random() < 0.5 else None
    if price is not None and rng.random() < 0.3:
        price = (price * Decimal(str(rng.uniform(0.85, 1.15)))).quantize(Decimal("0.01"))
    uom = rng.choice((*_PRINTED[item.base_uom], None, None)) if rng.random() < 0.95 else "kg"
    codes: tuple[str, ...] = ()
    number = None
    if kind in {"sku", "mpn", "gtin"}:
        code = {"sku": item.sku, "mpn": item.mpn or "", "gtin": next(iter(item.gtins))}[kind]
        codes = (code if kind == "gtin" or rng.random() < 0.5 else _misread(rng, code),)
        text = text if rng.random() < 0.8 else ""
    elif kind in {"part", "foreign"}:
        codes = (f"{rng.randrange(10**6):06d}-{rng.choice('KLMN')}",)
        number = fold_code(codes[0]) if kind == "part" else None
        text = "" if number and rng.random() < 0.3 else text
    return Line(LineQuery(codes, text, uom, price, "EUR"), item.sku, family_of(item), number)


def _misread(rng: Random, code: str) -> str:
    return "".join(_OCR[c] if c in _OCR and rng.random() < 0.3 else c for c in code)


def _noisy(rng: Random, item: ItemRecord, *, hard: bool) -> str:
    said = item.description.split() + ([item.brand or ""] if rng.random() < 0.6 else [])
    said = [_SHORT.get(w.lower(), w) if rng.random() < 0.4 else w for w in said]
    if hard:
        head, tail = said[:2], said[2:]
        said = (tail + head) if rng.random() < 0.4 else said
        plain = [i for i, w in enumerate(said) if w.isalpha() and len(w) > 3]
        for place in rng.sample(plain, min(len(plain), rng.randint(1, 2))):
            said[place] = _typo(rng, said[place])
        if plain and rng.random() < 0.3:
            del said[rng.choice(plain)]
    text = " ".join(said)
    text = text.replace(" x ", rng.choice((" x ", "x", "×", " X ")))
    return rng.choice((str, str.upper, str.lower))(text)


def _typo(rng: Random, word: str) -> str:
    at = rng.randrange(1, len(word) - 1)
    head, sign, tail = word[:at], word[at], word[at + 1:]
    return rng.choice((head + tail, head + tail[0] + sign + tail[1:], head + sign + sign + tail))
