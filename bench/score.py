"""How right readings are: field by field and line by line against labels, in the corpus format or the synthesis's truth.

Both sides are lists of orders with the keys of `ordermill read --json`. Names and texts compare without case, blanks and
punctuation; numbers exactly; a number of an item counts wherever it stands, as ours or as the buyer's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Order = Mapping[str, Any]
Pair = tuple[Order, Order]
"""A line wanted and the line read for it; either may be empty."""

HEADER = (
    "doc_type",
    "po_number",
    "order_date",
    "requested_date",
    "currency",
    "buyer_name",
    "supplier_name",
    "ship_to",
    "bill_to",
    "payment_terms",
    "total",
)
LINE = ("line_no", "supplier_sku", "buyer_sku", "gtin", "description", "quantity", "uom", "unit_price", "amount")
_NUMBERS = frozenset({"total", "quantity", "unit_price", "amount"})
_CODES = ("supplier_sku", "buyer_sku")


@dataclass
class Tally:
    """Right, wrong and missed values: `hits` of `said` values were right; `due` should have been found."""

    hits: int = 0
    said: int = 0
    due: int = 0

    def add(self, want: Any, got: Any, *, right: bool) -> None:
        """Count one value; nothing wanted and nothing said counts as nothing."""
        self.hits += right and want is not None
        self.said += got is not None
        self.due += want is not None

    @property
    def precision(self) -> float:
        """Share of what was said that is right; 1 when nothing was said."""
        return self.hits / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        """Share of what was due that was found; 1 when nothing was due."""
        return self.hits / self.due if self.due else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.said + self.due
        return 2 * self.hits / both if both else 1.0


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a reading says, how sure it was of it, and whether it is right. `field` is "total", "lines.quantity", or "line"
    for a line as a whole; `order` and `line` are its place in what was read, from 0."""

    field: str
    confidence: float
    right: bool
    order: int
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that is wrong: `what` by name, what should stand there, and what was read (None for nothing)."""

    document: str
    what: str
    wanted: Any
    read: Any

    def __str__(self) -> str:
        return f"{self.document}: {self.sentence}"

    @property
    def sentence(self) -> str:
        """What is wrong, in words; of a line only the values that differ."""
        what = f"the {self.what.replace('_', ' ')}"
        if self.read is None:
            return f"{what} {_shown(self.wanted)} was not found"
        if self.wanted is None:
            return f"{what} {_shown(self.read)} was read where there is none"
        if isinstance(self.wanted, Mapping):
            return f"{what} {_shown(self.wanted)} was read with {_differing(self.wanted, self.read)}"
        return f"{what} should be {_shown(self.wanted)}, but {_shown(self.read)} was read"


@dataclass
class Score:
    """The tallies of many documents. `whole` of `documents` were right in every scored field and line; `kinds` counts what the
    papers are, more finely than `doc_type` where the labels do. `claims` are what readings say with a confidence."""

    fields: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in HEADER})
    line_fields: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in LINE})
    lines: Tally = field(default_factory=Tally)
    kinds: Tally = field(default_factory=Tally)
    documents: int = 0
    whole: int = 0
    misses: list[Miss] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    @property
    def header_f1(self) -> float:
        """F1 over all header values together."""
        total = Tally()
        for tally in self.fields.values():
            total.hits, total.said, total.due = total.hits + tally.hits, total.said + tally.said, total.due + tally.due
        return total.f1


def labelled_orders(label: Mapping[str, Any]) -> list[Order]:
    """The orders of one label file, of the corpus ("more_orders": of the first's kind) or of the synthesis ("orders")."""
    if "orders" in label:
        return list(label["orders"])
    return [label, *({"doc_type": label.get("doc_type"), **more} for more in label.get("more_orders", []))]


def score_document(score: Score, wanted: Sequence[Order], got: Sequence[Order], name: str = "") -> bool:
    """Add one document; True when all of it is right. Orders are paired by number, then by what
    else agrees, then in printed order."""
    right = len(wanted) == len(got)
    for want, place in _paired(wanted, got):
        have = got[place] if place is not None else {}
        unscored = frozenset(want.get("unscored") or ())
        pairs = list(_aligned(want.get("lines") or [], have.get("lines") or []))
        right &= _score_header(score, want, have, unscored, name)
        right &= _score_lines(score, pairs, unscored, name)
        if place is not None:
            score.claims += _claims(want, have, pairs, unscored, place)
    score.documents += 1
    score.whole += right
    return right


def _paired(wanted: Sequence[Order], got: Sequence[Order]) -> Iterable[tuple[Order, int | None]]:
    """Each order wanted with the place of the one read for it; what was read besides stands against nothing."""
    left = list(range(len(got)))
    for want in wanted:
        place = max(left, key=lambda n: (_agreement(want, got[n]), -n), default=None)
        if place is not None:
            left.remove(place)
        yield want, place
    for place in left:
        yield {"unscored": HEADER}, place


def _agreement(want: Order, got: Order) -> tuple[bool, int]:
    """How well an order read may be the one wanted: its number first, then what else is the same."""
    lines = zip(want.get("lines") or [], got.get("lines") or [], strict=False)
    alike = sum(same_value(key, want.get(key), got.get(key)) for key in HEADER) + sum(line_is_right(w, g) for w, g in lines)
    return same_value("po_number", want.get("po_number"), got.get("po_number")), alike


def _score_header(score: Score, want: Order, got: Order, unscored: Set[str], name: str) -> bool:
    right = True
    for key in HEADER:
        if key not in unscored:
            same = same_value(key, want.get(key), got.get(key))
            score.fields[key].add(want.get(key), got.get(key), right=same)
            if not same:
                score.misses.append(Miss(name, key, want.get(key), got.get(key)))
                right = False
    if "doc_type" not in unscored:
        wanted, said = (order.get("kind") or order.get("doc_type") for order in (want, got))
        score.kinds.add(wanted, said, right=wanted == said)
    return right


def _score_lines(score: Score, pairs: Sequence[Pair], unscored: Set[str], name: str) -> bool:
    right = True
    for w, g in pairs:
        whole = bool(w) and bool(g) and line_is_right(w, g, unscored)
        score.lines.add(w or None, g or None, right=whole)
        for key in LINE:
            if w and f"lines.{key}" not in unscored:
                right_here = _same_in_line(key, w, g)
                have = w.get(key) if key in _CODES and right_here else g.get(key)
                score.line_fields[key].add(w.get(key), have, right=right_here)
        if not whole:
            right = False
            score.misses.append(Miss(name, "line", _brief(w) or None, _brief(g) or None))
    return right


def _claims(want: Order, got: Order, pairs: Sequence[Pair], unscored: Set[str], order: int) -> Iterable[Claim]:
    """What one order read says with a confidence, judged as the tallies do."""
    sure = got.get("confidence") or {}
    for key in HEADER:
        if key in sure and key not in unscored:
            yield Claim(key, sure[key], same_value(key, want.get(key), got.get(key)), order)
    places = {id(line): n for n, line in enumerate(got.get("lines") or [])}
    for w, g in pairs:
        if not g or places[id(g)] >= len(sure.get("lines", ())):
            continue
        n = places[id(g)]
        for key, confidence in sure["lines"][n].items():
            if key == "line":
                yield Claim("line", confidence, bool(w) and line_is_right(w, g, unscored), order, n)
            elif f"lines.{key}" not in unscored:
                yield Claim(f"lines.{key}", confidence, bool(w) and _value_in_line(key, w, g), order, n)


def _value_in_line(key: str, want: Order, got: Order) -> bool:
    """Whether a value read in a line is right; an item's number also as the other side's."""
    keys = _CODES if key in _CODES else (key,)
    return any(want.get(k) is not None and same_value(key, want[k], got.get(key)) for k in keys)


def line_is_right(want: Order, got: Order, unscored: Set[str] = frozenset()) -> bool:
    """A code or the description is right, and so are quantity, unit and price as far as they are scored."""
    keys = [k for k in ("quantity", "uom", "unit_price") if f"lines.{k}" not in unscored]
    named = [k for k in (*_CODES, "gtin", "description") if want.get(k) is not None and f"lines.{k}" not in unscored]
    return all(_same_in_line(k, want, got) for k in keys) and (not named or any(_same_in_line(k, want, got) for k in named))


def _same_in_line(key: str, want: Order, got: Order) -> bool:
    if key in _CODES and want.get(key) is not None:
        return any(same_value(key, want[key], got.get(k)) for k in _CODES)
    return same_value(key, want.get(key), got.get(key))


def _aligned(want: Sequence[Order], got: Sequence[Order]) -> Iterable[Pair]:
    """Lines paired in order so that as many values as possible agree; what has no partner stands against nothing."""
    n, m = len(want), len(got)
    alike = [[_likeness(w, g) for g in got] for w in want]
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike[i][j])
    i = j = 0
    while i < n and j < m:
        if alike[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            yield want[i], got[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield want[i], {}
            i += 1
        else:
            yield {}, got[j]
            j += 1
    yield from ((w, {}) for w in want[i:])
    yield from (({}, g) for g in got[j:])


def _likeness(want: Order, got: Order) -> float:
    keys = [k for k in LINE if want.get(k) is not None]
    return sum(_same_in_line(k, want, got) for k in keys) + 0.01


def same_value(key: str, want: Any, got: Any) -> bool:
    """Whether two values say the same; None equals None only."""
    if want is None or got is None:
        return want is None and got is None
    if key in _NUMBERS:
        return Decimal(str(want)) == Decimal(str(got))
    return _plain(str(want)) == _plain(str(got))


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def _brief(line: Order) -> dict[str, Any]:
    return {k: v for k, v in line.items() if v is not None and k in LINE}


def _shown(value: Any) -> str:
    """A value, or the telling values of a line, for people."""
    if not isinstance(value, Mapping):
        return f"“{value}”"
    keys = ("line_no", "buyer_sku", "supplier_sku", "gtin", "description", "quantity", "uom", "unit_price")
    return "“" + " · ".join(str(value[k]) for k in keys if k in value) + "”"


def _differing(want: Order, got: Order) -> str:
    """The values of a line read wrongly, each with what was read."""
    keys = [key for key in LINE if not _same_in_line(key, want, got) and (want.get(key) is not None or key not in _CODES)]
    told = (f"{key.replace('_', ' ')} {_shown(got[key]) if key in got else 'missing'}" for key in keys)
    return ", ".join(told) or "other values"
