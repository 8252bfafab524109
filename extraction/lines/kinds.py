"""What each column holds, decided for all columns together: the title, the look of the values, and the arithmetic."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, product
from statistics import fmean

from extraction.fields.dates import DateOrder, DateStyle, find_dates
from extraction.fields.numbers import NumberStyle, parse_number
from extraction.layout.geometry import Token
from extraction.lines.cells import Cells
from extraction.lines.columns import Column
from extraction.lines.tagged import KINDS as TAGGED_KINDS
from extraction.lines.tagged import Witness
from extraction.lines.units import is_unit, says_unit
from extraction.lines.values import is_code, is_gtin, number_of, percent_of, price_of, quantity_of

TITLED = 1.2  # what a title that names the kind first is worth, beside the looks (-1..1)
UNTITLED = -0.4
TAGGED = 1.0  # what the tagger is worth where it is sure of all words
ARITHMETIC = 4.0  # what rows that multiply out are worth
_NAMED = frozenset({"discount", "price_unit", "pack", "tax", "revision"})  # any small number looks so: a title must name them
_RELEASE = re.compile(r"^\d{1,4} ?/ ?\d{1,3}$")  # line and release: "1 / 1"
SAMPLE = 40  # rows looked at
_OFTEN = frozenset({"other", "discount"})
_LEAST = 0.25  # a kind must score to be given to a column
_NO_REASON = 1.0  # what it costs to call a number money that neither its title nor arithmetic does
_CODED = 0.8  # of the values look like codes under "No."
_UNITS = 0.6  # of the values under "Packing" are units, with or without how much one holds
_ANY_DATE = DateStyle(DateOrder.DAY)
_LATE = (
    "buyer_sku",
    "supplier_sku",
    "gtin",
    "description",
    "line_no",
    "uom",
    "discount",
    "price_unit",
    "pack",
    "requested_date",
    "tax",
    "revision",
    "other",
)


def decide_kinds(
    columns: Sequence[Column], rows: Sequence[Cells], style: NumberStyle, witness: Witness | None = None,
) -> Mapping[int, str]:
    """Column number to line field. Columns of no use, and those whose title names something else, are left out or `other`."""
    sample = [r for r in rows if len(r) > 1][:SAMPLE]
    texts = [[" ".join(t.text for t in r[c]) for r in sample if c in r] for c in range(len(columns))]
    titled = _lent(columns, texts)
    scores = {
        (c, k): _prior(titled[c], k) + _looks(k, texts[c]) for c in range(len(columns)) for k in (*_FITS, "other") if texts[c]
    }
    if witness:
        for c in range(len(columns)):
            cells = [r[c] for r in sample if c in r]
            for k in witness.kinds(t for tokens in cells for t in tokens) & set(TAGGED_KINDS):
                if (c, k) in scores:
                    scores[c, k] += TAGGED * fmean(witness.share(tokens, k) for tokens in cells)
    kinds = _money_columns(columns, sample, scores, style, titled)
    rest: dict[int, dict[str, float]] = {c: {} for c in range(len(columns)) if c not in kinds}
    for (c, k), score in scores.items():
        named = k in titled[c] or k not in _NAMED or (k == "discount" and any("%" in t for t in texts[c]))
        if c in rest and k in _LATE and score > _LEAST and named:
            rest[c][k] = score
    return kinds | _by_regret(rest)


def _by_regret(rest: Mapping[int, Mapping[str, float]]) -> dict[int, str]:
    """Column to kind, each kind once but for `_OFTEN`: the column that would lose most by its second choice chooses first."""
    kinds: dict[int, str] = {}
    left = {c: dict(scores) for c, scores in rest.items()}
    while left:
        best = {c: sorted(scores.values(), reverse=True) for c, scores in left.items() if scores}
        if not best:
            break
        c = max(best, key=lambda c: (best[c][0] - (best[c][1] if len(best[c]) > 1 else _LEAST), best[c][0], -c))
        kind = max(left[c], key=lambda k: left[c][k])
        kinds[c] = kind
        del left[c]
        if kind not in _OFTEN:
            for scores in left.values():
                scores.pop(kind, None)
    return kinds


def _lent(columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """What each title may mean; a title without values lends its meaning to its neighbours ("Qty | UOM" over "10pcs")."""
    titles = [list(c.kinds) for c in columns]
    has_units = any("uom" in c.kinds or (c.kinds[:1] == ("quantity",) and _are_in_units(texts[n])) for n, c in enumerate(columns))
    for c, column in enumerate(columns):
        if not texts[c]:
            for near in (c - 1, c + 1):
                if 0 <= near < len(columns) and texts[near] and columns[near].kinds not in {(), ("other",)}:
                    titles[near] += column.kinds
        elif column.kinds[:1] == ("line_no",) and not _counts_up(texts[c]) and fmean(is_code(t) for t in texts[c]) >= _CODED:
            titles[c].insert(0, "buyer_sku")           # "No." over item numbers
        elif column.kinds[:1] == ("pack",) and not has_units and fmean(says_unit(t) for t in texts[c]) >= _UNITS:
            titles[c].insert(0, "uom")                 # "Packing" over "box 5", "piece"
    return [tuple(dict.fromkeys(kinds)) for kinds in titles]


def _are_in_units(texts: Sequence[str]) -> bool:
    """True where most quantities have their unit beside them: "9 boxes"."""
    return 2 * sum(not _is_number(t) and _quantity(t) > 0 for t in texts) > len(texts)


def _prior(kinds: Sequence[str], kind: str) -> float:
    if kind in kinds:
        return TITLED - 0.3 * min(kinds.index(kind), 3)
    return UNTITLED if not kinds else -1.6


def _looks(kind: str, texts: Sequence[str]) -> float:
    """-1 when no value of the column fits the kind, 1 when all do."""
    if kind == "other":
        return 0.0
    fits = fmean([_fits(kind, t) for t in texts[:SAMPLE]])
    if kind == "line_no" and not _counts_up(texts):
        fits = min(fits, 0.3)
    return 2 * fits - 1


def _money_columns(
    columns: Sequence[Column],
    rows: Sequence[Cells],
    scores: Mapping[tuple[int, str], float],
    style: NumberStyle,
    titled: Sequence[Sequence[str]],
) -> dict[int, str]:
    """The quantity, price and amount columns: the three that their titles, their looks and q × p = a favour most."""
    numbers = [{c: n for c, tokens in r.items() if (n := _value(tokens, style)) is not None} for r in rows]
    choices = [
        [None, *(c for c in range(len(columns)) if scores.get((c, k), -9) > -0.9)] for k in ("quantity", "unit_price", "amount")
    ]
    best: tuple[int | None, ...] = (None, None, None)
    most = 0.0
    for q, p, a in product(*choices):
        picked = [c for c in (q, p, a) if c is not None]
        if len(set(picked)) < len(picked):
            continue
        total = sum(scores[c, k] for c, k in zip((q, p, a), ("quantity", "unit_price", "amount"), strict=True) if c is not None)
        proof = agreement(numbers, q, p, a) if q is not None and p is not None and a is not None else 0.0
        total += ARITHMETIC * proof
        if proof < 0.5:
            total -= _NO_REASON * sum(
                c is not None and k not in titled[c] for c, k in ((p, "unit_price"), (a, "amount")))
        if total > most + 1e-9:
            best, most = (q, p, a), total
    return {c: k for c, k in zip(best, ("quantity", "unit_price", "amount"), strict=True) if c is not None}


def agreement(rows: Sequence[Mapping[int, Decimal]], q: int, p: int, a: int) -> float:
    """The share of rows with all three numbers where quantity × price = amount; a price per 10, 100 or 1000 counts less."""
    full = [(r[q], r[p], r[a]) for r in rows if q in r and p in r and a in r and r[a]]
    return fmean(_agrees(*x) for x in full) if full else 0.0


def _agrees(quantity: Decimal, price: Decimal, amount: Decimal) -> float:
    if quantity == 1 and price == amount:
        return 0.5  # says nothing about which of the two is the price
    exact = quantity * price
    if abs(exact - amount) <= Decimal("0.011") + abs(amount) / 2000:
        return 1.0
    return 0.6 if any(abs(exact / n - amount) <= Decimal("0.02") for n in (10, 100, 1000)) else 0.0


def _value(tokens: Sequence[Token], style: NumberStyle) -> Decimal | None:
    number = number_of(tokens, style) or quantity_of(tokens, style) or price_of(tokens, style)
    return number.value if number else None


@lru_cache(maxsize=32_768)
def _fits(kind: str, text: str) -> float:
    return _FITS[kind](text)


def fit(kind: str, text: str) -> float:
    """How much a cell looks like a value of this kind, 0..1; 0.5 for a kind that may look like anything."""
    return _fits(kind, text) if kind in _FITS else 0.5


def _counts_up(texts: Sequence[str]) -> bool:
    numbers = [int(t.strip(".)")) for t in texts if t.strip(".)").isdecimal()]
    return bool(numbers) and all(x < y for x, y in pairwise(numbers)) and numbers[0] <= 1000


def _is_number(text: str) -> bool:
    return parse_number(text) is not None or parse_number(text.replace(" ", "")) is not None


def _money(text: str) -> float:
    if not _is_number(text):
        return (
            0.6
            if any(c.isdigit() for c in text) and len(text) < 24 and not find_dates(text, _ANY_DATE)
            else 0.2
            if len(text) < 12
            else 0.0
        )
    return 1.0 if any(c in text for c in ".,$€£") else 0.8


def _quantity(text: str) -> float:
    if _is_number(text):
        return 0.7 if any(c in text for c in "$€£") else 1.0
    head, _, tail = text.partition(" ")
    if _is_number(head) and says_unit(tail):
        return 1.0
    return 0.8 if text[0].isdigit() and is_unit(text.lstrip("0123456789.,")) else 0.0


def _words(text: str) -> float:
    letters = sum(c.isalpha() for c in text)
    return min(1.0, letters / 8) if letters >= 2 else 0.1


_FITS: Mapping[str, Callable[[str], float]] = {
    "quantity": _quantity,
    "unit_price": _money,
    "amount": _money,
    "line_no": lambda t: float(t.strip(".)#").isdigit() and len(t) <= 6) or 0.8 * bool(_RELEASE.match(t)),
    "buyer_sku": lambda t: 0.9 if is_code(t) else 0.3 if len(t.split()) <= 3 else 0.0,
    "supplier_sku": lambda t: 0.9 if is_code(t) else 0.3 if len(t.split()) <= 3 else 0.0,
    "gtin": lambda t: float(is_gtin(t)),
    "description": _words,
    "uom": lambda t: float(says_unit(t)),
    "discount": lambda t: float(percent_of(t) is not None),
    "price_unit": lambda t: (
        1.0 if t.split()[0].strip("/") in {"1", "10", "100", "1000", "C", "M", "E"} else 0.4 if is_unit(t) else 0.0
    ),
    "pack": lambda t: float(any(c.isdigit() for c in t) and len(t) <= 12),
    "requested_date": lambda t: float(bool(find_dates(t, _ANY_DATE))),
    "tax": lambda t: float(len(t) <= 7),
    "revision": lambda t: float(len(t) <= 3),
}
