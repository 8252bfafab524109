"""A generated catalogue of many trades, full of near-twins and written by many hands; any item of it can be made alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from itertools import product
from pathlib import Path
from random import Random

from matching.records import ItemRecord, PriceRecord
from models.domain.items import ItemStatus
from models.domain.units import ItemUnit

_SYLLABLES = ["bor", "dal", "fen", "gar", "hes", "jun", "kel", "lom", "mar", "nor", "ost", "pel", "rud", "sev", "tam", "ulf",
    "ver", "wex", "yor", "zan", "bra", "cro", "dri", "fal", "gri"]
_ENDS = ["a", "ex", "ik", "on", "um", "ar", "is", "ol", "ent", "ix"]
_SERIES = ["Pro", "Eco", "Basic", "Plus", "Max", "Prime", "Classic", "Compact", "Ultra", "Star", "Line", "Tec", "Flex", "Duo",
    "Terra", "Nova", "Titan", "Solid", "Quick", "Safe"]
_VENDORS = ("*NEW* ", "Art. ", "!!", "[B2B] ")


@dataclass(frozen=True)
class Family:
    """One kind of goods: its names and short forms, its names in other languages, and the attributes its items differ in."""

    trade: str
    names: tuple[str, ...]
    foreign: tuple[str, ...]
    axes: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """The family's usual name."""
        return self.names[0]

    @cached_property
    def size(self) -> int:
        """How many combinations of attributes there are."""
        count = 1
        for axis in self.axes:
            count *= len(axis)
        return count

    @cached_property
    def step(self) -> int:
        """How far apart the combinations of neighbours are."""
        if self.size < 3:
            return 1
        return next(s for s in range(self.size * 5 // 8, self.size) if _prime_to(s, self.size))

    def spec(self, number: int) -> tuple[str, ...]:
        """The attributes of combination `number`, one of each axis."""
        chosen = []
        for axis in self.axes:
            number, place = divmod(number, len(axis))
            chosen.append(axis[place])
        return tuple(chosen)


@cache
def families(part: str = "all") -> tuple[Family, ...]:
    """The families of a part: "train", "check" or "all"."""
    lines = Path(__file__).with_name("trades.txt").read_text(encoding="utf-8").splitlines()
    every = [_family(line) for line in lines if line and not line.startswith("#")]
    return tuple({"train": every[::2], "check": every[1::2], "all": every}[part])


def _family(line: str) -> Family:
    trade, names, foreign, *axes = (part.strip() for part in line.split("|"))
    return Family(
        trade, tuple(n.strip() for n in names.split(";")), tuple(n.strip() for n in foreign.split(";")),
        tuple(tuple(v for value in re.split(r",\s+(?![^{]*})", axis) for v in _spread(value)) for axis in axes))


def _spread(value: str) -> list[str]:
    """Each "{1,2}" and "{1..3/1}" of a value written out."""
    parts = re.split(r"\{([^}]*)\}", value)
    return ["".join(chosen) for chosen in product(*(_numbers(p) if i % 2 else [p] for i, p in enumerate(parts)))]


def _numbers(text: str) -> list[str]:
    if ".." not in text:
        return text.split(",")
    low, high, step = map(float, re.split(r"\.\.|/", text))
    return [f"{low + step * n:g}" for n in range(int((high - low) / step) + 1)]


@dataclass(frozen=True, slots=True)
class Made:
    """An item and what it was made of: family, attributes, brand and series."""

    item: ItemRecord
    family: Family
    spec: tuple[str, ...]
    brand: str
    series: str


class Goods:
    """`count` items of the families of a part. The same seed gives the same items; each is made when it is asked for. A `mixed`
    shop has a few items of each kind, not its whole range; its items have shorter texts."""

    def __init__(self, count: int, seed: int, part: str = "all", *, mixed: bool = False) -> None:
        self.count, self.seed, self.mixed = count, seed, mixed
        self.families = families(part)

    def __len__(self) -> int:
        return self.count

    def made(self, number: int) -> Made:
        """Item `number`, 0 to count − 1, with what it was made of; its id is number + 1."""
        rng = Random(self.seed * 10_000_019 + number)
        family, spec, brand, series = self._kind(number, rng)
        return Made(_item(rng, number + 1, family, spec, brand, series), family, spec, brand, series)

    def traits(self, number: int) -> frozenset[str]:
        """What tells item `number` apart: its attributes, series and brand."""
        _, spec, brand, series = self._kind(number, Random(self.seed * 10_000_019 + number) if self.mixed else None)
        return frozenset((*spec, brand, series))

    def _kind(self, number: int, rng: Random | None) -> tuple[Family, tuple[str, ...], str, str]:
        """Family, attributes, brand and series of an item; `rng` draws the attributes of a mixed shop."""
        family = self.families[number % len(self.families)]
        # Neighbours in a family are twins: one attribute apart, of the same brand.
        turn, place = divmod(number // len(self.families), family.size)
        spec = family.spec(rng.randrange(family.size) if self.mixed and rng else place * family.step % family.size)
        return family, spec, *_make(f"{self.seed}.{family.name}.{turn}.{place % 3}", self.mixed)

    def item(self, number: int) -> ItemRecord:
        """Item `number` alone."""
        return self.made(number).item


def _prime_to(a: int, b: int) -> bool:
    while b:
        a, b = b, a % b
    return a == 1


@lru_cache(maxsize=50_000)
def _make(seed: str, mixed: bool) -> tuple[str, str]:
    """(brand, series) of the items that share a make; few items of a mixed shop have a series."""
    own = Random(seed)
    brand = _brand(own)
    series = f"{own.choice(_SERIES)} {own.randrange(1, 10) * 100}" if own.random() < 0.5 else own.choice(_SERIES)
    return brand, series if not mixed or own.random() < 0.3 else ""


def _brand(rng: Random) -> str:
    return (rng.choice(_SYLLABLES) + rng.choice(_SYLLABLES) * (rng.random() < 0.7) + rng.choice(_ENDS)).capitalize()


def _item(rng: Random, number: int, family: Family, spec: tuple[str, ...], brand: str, series: str) -> ItemRecord:
    name = rng.choice(family.foreign) if rng.random() < 0.12 else rng.choice(family.names) if rng.random() < 0.3 else family.name
    values = list(spec)
    if rng.random() < 0.2:
        values = values[1:] + values[:1]
    if rng.random() < 0.3:
        values = [notation(rng, value, foreign=False) for value in values]
    words = [name, *values, *([series] if series else [])]
    if rng.random() < 0.35:
        words.insert(rng.choice((0, len(words))), brand)
    if rng.random() < 0.1:
        words = [*words[1:], words[0]]
    text = rng.choice((" ", " ", " ", ", ", " - ")).join(words) if rng.random() < 0.3 else " ".join(words)
    text = text.upper() if rng.random() < 0.2 else text[:1].upper() + text[1:]
    text = (rng.choice(_VENDORS) if rng.random() < 0.04 else "") + text
    own = Random(family.name)
    base, usual = own.choice(("H87", "H87", "H87", "XPK", "MTR")), 10 ** own.uniform(-0.5, 2.0)
    amount = Decimal(str(round(usual * rng.uniform(0.5, 2.0), 2)))          # twins cost much the same
    price = PriceRecord(base, amount, Decimal(1), "EUR")
    return ItemRecord(
        number, f"{family.name[:2].upper()}-{number:07d}", text, base_uom=base, gtins=frozenset({gtin(number)}),
        mpn=f"{brand[:3].upper()}{rng.randrange(10**6):06d}{rng.choice('ABCDX')}", brand=brand if rng.random() < 0.9 else None,
        status=ItemStatus.ACTIVE if rng.random() < 0.96 else ItemStatus.DISCONTINUED, units=(ItemUnit(base, Decimal(1)),),
        prices=(price,))


def gtin(number: int) -> str:
    """A GTIN-13 in the range 952, which GS1 keeps for examples."""
    digits = f"952{number:09d}"
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return f"{digits}{-total % 10}"


_SPOKEN = {
    "black": ("blk", "schwarz", "noir", "negro"), "white": ("wht", "weiß", "blanc", "blanco"), "blue": ("blau", "bleu", "azul"),
    "red": ("rot", "rouge", "rojo"), "green": ("grn", "grün", "vert", "verde"), "yellow": ("yel", "gelb", "jaune", "amarillo"),
    "grey": ("gray", "grau", "gris"), "brown": ("braun", "marron"), "clear": ("transparent", "klar"),
    "left": ("LH", "links", "gauche"), "right": ("RH", "rechts", "droite"), "stainless": ("st.st", "inox", "Edelstahl"),
    "brass": ("Messing", "laiton", "latón"), "steel": ("Stahl", "acier"), "zinc plated": ("zinc", "verzinkt", "zingué"),
    "box of": ("pack of", "bx of", "Karton mit"), "pack of": ("pk of", "box of", "pack à"), "case of": ("carton of", "cs of"),
    "size": ("sz", "Gr.", "talla"), "men": ("mens", "Herren"), "women": ("ladies", "Damen"), "with": ("w/", "mit"),
    "without": ("w/o", "ohne"), "sterile": ("steril",), "organic": ("bio",),
}


def notation(rng: Random, value: str, *, foreign: bool = True) -> str:
    """The same attribute as another hand writes it; words of other languages only when `foreign`."""
    spoken = next((word for word in _SPOKEN if value.startswith(word)), None)
    if spoken:
        others = _SPOKEN[spoken] if foreign else _SPOKEN[spoken][:1]
        return value.replace(spoken, rng.choice(others), 1)
    if '"' in value:
        return value.replace('"', rng.choice((" in", "in", " inch", "''", '"')))
    if amount := re.fullmatch(r"(\d+(?:\.\d+)?) (ml|l|g|kg|mm|cm|m)", value):
        return _rescaled(rng, Decimal(amount[1]), amount[2])
    if " x " in value:
        return value.replace(" x ", rng.choice(("x", "X", " × ", "*")))
    joined = value.replace(" ", "", 1) if re.search(r"\d [A-Za-z%]|[A-Z]{2} \d", value) else value
    return joined.replace(".", ",") if foreign and rng.random() < 0.3 and re.search(r"\d\.\d", joined) else joined


_STEPS = {"ml": ("l", 1000), "l": ("ml", 1000), "g": ("kg", 1000), "kg": ("g", 1000), "mm": ("cm", 10), "cm": ("mm", 10)}


def _rescaled(rng: Random, amount: Decimal, unit: str) -> str:
    other, step = _STEPS.get(unit, (unit, 1))
    bigger = amount * step if unit in {"l", "kg", "cm"} else amount / step
    if rng.random() < 0.3 and 0.05 <= bigger <= 10_000:
        return f"{bigger.normalize():f}{rng.choice(('', ' '))}{other}"
    return f"{amount}{unit}"
