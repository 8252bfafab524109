"""Order lines about generated goods as customers write them: each of a kind of noise, so that kinds can be held apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from bench.match_goods import Goods, Made, notation
from matching.records import LineQuery
from models.domain.codes import fold_code

_OCR = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z", "6": "G"}
_PRINTED = {"H87": ("pcs", "EA", "Stk"), "XPK": ("pack", "PK"), "MTR": ("m", "mtr")}
TRAIN_KINDS = ("plain", "abbreviated", "typos", "short", "partial", "partial_foreign", "sku", "gtin", "part", "foreign_code")
CHECK_KINDS = ("reordered", "languages", "ocr_text", "glued", "partial_reordered", "misread_sku", "mpn", "code_in_text", "chatty")
KINDS = TRAIN_KINDS + CHECK_KINDS
_NAMED_BY_CODE = frozenset({"sku", "gtin", "mpn", "misread_sku", "part", "code_in_text"})


Written = tuple[str, Sequence[str]]
"""A line's text, and the attributes, series and brand that it names."""


@dataclass(frozen=True, slots=True)
class Line:
    """An order line and the item it means (`number` in its goods). `part_number` is folded; `is_missing` when the catalogue shall
    lack the item. `says` are the attributes, series and brand that the line names, None where a code names the item."""

    query: LineQuery
    number: int
    sku: str
    kind: str
    family: str
    part_number: str | None = None
    is_missing: bool = False
    says: frozenset[str] | None = None


def make_lines(
    goods: Goods, count: int, seed: int, *, kinds: Sequence[str] = KINDS, missing: float = 0.0
) -> list[Line]:
    """`count` lines about items drawn at random, the kinds of noise in turn; `missing` is the share of items to be left out."""
    rng = Random(seed)
    chosen = [rng.randrange(len(goods)) for _ in range(count)]
    gone = {n for n in chosen if Random(f"{seed}.{n}").random() < missing}
    return [make_line(rng, goods.made(n), n, kinds[i % len(kinds)], is_missing=n in gone) for i, n in enumerate(chosen)]


def make_line(rng: Random, made: Made, number: int, kind: str, *, is_missing: bool) -> Line:
    """One line about an item, in a kind of noise."""
    item = made.item
    price = item.prices[0].price if rng.random() < 0.5 else None
    if price is not None and rng.random() < 0.5:        # an older price, a discount, or one for another unit
        spread = (0.8, 1.2) if rng.random() < 0.7 else (0.3, 4.0)
        price = (price * Decimal(str(round(rng.uniform(*spread), 3)))).quantize(Decimal("0.01"))
    uom = rng.choice(("kg", "box", "pcs", "set") if rng.random() < 0.15 else (*_PRINTED[item.base_uom], None, None))
    codes: tuple[str, ...] = ()
    part = None
    text, said = _WRITERS.get(kind, _plain)(rng, made)
    if kind in {"sku", "gtin", "mpn", "misread_sku"}:
        code = {"gtin": next(iter(item.gtins)), "mpn": item.mpn or ""}.get(kind, item.sku)
        codes = (_misread(rng, code) if kind == "misread_sku" else code,)
        text = text if rng.random() < 0.8 else ""
    elif kind in {"part", "foreign_code"}:
        codes = (f"{rng.randrange(10**6):06d}-{rng.choice('KLMN')}",)
        part = fold_code(codes[0]) if kind == "part" else None
        text = "" if part and rng.random() < 0.3 else text
    says = None if kind in _NAMED_BY_CODE else frozenset(said)
    return Line(LineQuery(codes, text, uom, price, "EUR"), number, item.sku, kind, made.family.name, part, is_missing, says)


def _misread(rng: Random, code: str) -> str:
    read = "".join(_OCR[c] if c in _OCR and rng.random() < 0.4 else c for c in code)
    return read if rng.random() < 0.6 else read.replace("-", "", 1)


def _parts(rng: Random, made: Made, *, full: float = 0.9) -> list[str]:
    """Name, attributes, series and brand, the last two mostly."""
    parts = [made.family.name, *made.spec]
    parts += [made.series] * (bool(made.series) and rng.random() < full) + [made.brand] * (rng.random() < full)
    return parts


def _plain(rng: Random, made: Made) -> Written:
    parts = _parts(rng, made)
    return _cased(rng, " ".join(parts)), parts[1:]


def _cased(rng: Random, text: str) -> str:
    return rng.choice((str, str, str.upper, str.lower))(text)


def _abbreviated(rng: Random, made: Made) -> Written:
    parts = _parts(rng, made)
    parts[0] = rng.choice(made.family.names[1:] or made.family.names)
    return _cased(rng, " ".join([parts[0], *(notation(rng, p, foreign=False) for p in parts[1:])])), parts[1:]


def _typos(rng: Random, made: Made) -> Written:
    parts = _parts(rng, made)
    said = " ".join(parts).split()
    plain = [i for i, w in enumerate(said) if w.isalpha() and len(w) > 3]
    for place in rng.sample(plain, min(len(plain), rng.randint(1, 3))):
        said[place] = _typo(rng, said[place])
    return _cased(rng, " ".join(said)), parts[1:]


def _typo(rng: Random, word: str) -> str:
    at = rng.randrange(1, len(word) - 1)
    head, sign, tail = word[:at], word[at], word[at + 1:]
    return rng.choice((head + tail, head + tail[0] + sign + tail[1:], head + sign + sign + tail))


def _short(rng: Random, made: Made) -> Written:
    """A word of the name or one attribute left out."""
    parts = _parts(rng, made)
    parts[0] = " ".join(parts[0].split()[-2:])
    if rng.random() < 0.3:
        del parts[rng.randrange(1, len(made.spec) + 1)]
    return _cased(rng, " ".join(parts)), parts[1:]


def _partial(rng: Random, made: Made) -> Written:
    """The name and some of the attributes, as somebody writes who knows what the shop has."""
    name, places = _called(rng, made), _some(rng, made)
    return _cased(rng, " ".join([name, *_written(rng, made, places)])), _named(made, places)


def _called(rng: Random, made: Made) -> str:
    words = made.family.name.split()
    return rng.choice((made.family.name, made.family.name, words[-1], rng.choice(made.family.names)))


def _some(rng: Random, made: Made) -> list[int]:
    """Which one to three attributes are named."""
    count = min(rng.choice((1, 2, 2, 3)), len(made.spec))
    return sorted(rng.sample(range(len(made.spec)), count))


def _written(rng: Random, made: Made, places: Sequence[int]) -> list[str]:
    """Attributes, in another hand's notation now and then."""
    return [notation(rng, made.spec[p], foreign=False) if rng.random() < 0.4 else made.spec[p] for p in places]


def _named(made: Made, places: Sequence[int]) -> list[str]:
    return [made.spec[p] for p in places]


def _partial_foreign(rng: Random, made: Made) -> Written:
    name, places = rng.choice(made.family.foreign), _some(rng, made)
    written = [notation(rng, part) for part in _written(rng, made, places)]
    return " ".join([name, *written]), _named(made, places)


def _partial_reordered(rng: Random, made: Made) -> Written:
    name, places = _called(rng, made), _some(rng, made)
    parts, says = [name, *_written(rng, made, places)], _named(made, places)
    if rng.random() < 0.3:
        parts, says = [*parts, made.brand], [*says, made.brand]
    rng.shuffle(parts)
    return _cased(rng, rng.choice((" ", ", ")).join(parts)), says


def _reordered(rng: Random, made: Made) -> Written:
    said = _parts(rng, made)
    parts = [notation(rng, p, foreign=False) if rng.random() < 0.4 else p for p in said]
    rng.shuffle(parts)
    return _cased(rng, rng.choice((" ", ", ", " / ", "; ")).join(parts)), said[1:]


def _languages(rng: Random, made: Made) -> Written:
    parts = _parts(rng, made)
    return " ".join([rng.choice(made.family.foreign), *(notation(rng, p) for p in parts[1:])]), parts[1:]


def _ocr_text(rng: Random, made: Made) -> Written:
    parts = _parts(rng, made)
    text = " ".join(parts)
    swaps = {"o": "0", "l": "1", "0": "O", "1": "l", "5": "S", "m": "rn", "i": "l"}
    return "".join(swaps[c] if c in swaps and rng.random() < 0.08 else c for c in text), parts[1:]


def _glued(rng: Random, made: Made) -> Written:
    parts = _parts(rng, made)
    text = " ".join([parts[0].replace(" ", ""), *(p.replace(" ", "") for p in parts[1:-1]), parts[-1]])
    return _cased(rng, text), parts[1:]


def _code_in_text(rng: Random, made: Made) -> Written:
    code = rng.choice((made.item.sku, made.item.mpn or made.item.sku))
    before = rng.choice(("", "your ref ", "Art.-Nr. "))
    text, said = _plain(rng, made)
    return f"{before}{code} {text}", said


def _chatty(rng: Random, made: Made) -> Written:
    before = rng.choice(("please send ", "we need ", "same as last time: ", "Pos. 3 - "))
    after = rng.choice((" as discussed", " asap", " for project Nordhafen", " (see drawing)"))
    text, said = _plain(rng, made)
    return before + text + after, said


_WRITERS: dict[str, Callable[[Random, Made], Written]] = {
    "abbreviated": _abbreviated, "typos": _typos, "short": _short, "reordered": _reordered, "languages": _languages,
    "ocr_text": _ocr_text, "glued": _glued,
    "code_in_text": _code_in_text, "chatty": _chatty, "partial": _partial, "partial_foreign": _partial_foreign,
    "partial_reordered": _partial_reordered,
}


def fitting(goods: Goods, line: Line) -> int:
    """How many items of the goods fit all that a line says, the one meant among them: where there are several, nobody could know
    by its words which is meant. A line with a code that names its item fits that one."""
    if line.says is None:
        return 1
    says, kinds = line.says, len(goods.families)
    return sum(says <= goods.traits(n) for n in range(line.number % kinds, len(goods), kinds))
