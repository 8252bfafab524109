"""Currency and the ladder of sums: goods, discount, charges, tax, grand total."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from extraction.fields.numbers import NumberStyle, currency_in, parse_number
from extraction.fields.tagged import runs
from extraction.fields.view import View, rank, text_of, values
from extraction.layout.evidence import found
from extraction.layout.geometry import Line, Token
from extraction.layout.labels import fold
from extraction.layout.pairs import Pair
from models.domain.evidence import Evidence, Found, Origin, PageKind
from models.domain.reading import ReadingLine

_RUNGS = ("subtotal", "header_discount", "freight", "tax", "total")
_TAGS = {name: {"header_discount": "discount", "freight": "charges"}.get(name, name) for name in _RUNGS}
_ON_TOP = frozenset({"header_discount", "freight", "tax"})
_CENTS = re.compile(r"[.,]\d{2}(?!\d)")
_GROUP = re.compile(r"^\d{3}(?:[.,]\d+)?$")
_POSTCODE = re.compile(r"^0\d+$")       # what begins with a nought and has no decimals is a code of some kind, not an amount
CENT = Decimal("0.02")
TAGGED = 0.5
"""What the tagger's probability is worth beside the wording of a label (0.4 to 1)."""

_UNLABELLED = 0.8        # what it is worth alone
_SEEN = 0.5
_HOME = 0.8              # that "$" is the dollar of the country
_MOST_TAX = Decimal("0.27")     # of the goods
_BEHIND_NET = 0.3        # what it is worth for a total to stand behind the net in its row
_NET_AND_GROSS = 2       # sums behind one label
_LONGEST = 8             # words of the name of a sum with its amount
_DOLLARS = {"abn": "AUD", "acn": "AUD", "nzbn": "NZD", "hst": "CAD", "qst": "CAD", "tvq": "CAD", "uen": "SGD"}
"""Numbers and taxes that only one country has, to its dollar."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The printed sums. `adds_up` is True when they follow from the lines and from one another, None when that is open."""

    subtotal: Found[Decimal] | None = None
    discount: Found[Decimal] | None = None
    charges: Found[Decimal] | None = None
    tax: Found[Decimal] | None = None
    total: Found[Decimal] | None = None
    adds_up: bool | None = None


@dataclass(frozen=True, slots=True)
class _Rung:
    field: str
    value: Decimal
    tokens: tuple[Token, ...]
    weight: float
    is_gross: bool = False         # stands behind the net in its row
    label: str = ""                # the wording it was printed behind


def currency(view: View) -> Found[str] | None:
    """ISO 4217: labelled, else by the codes and signs beside the amounts; codes outweigh signs, "$" alone is unsure."""
    for pair in view.named("currency"):
        for tokens, _ in values(pair):
            code = currency_in(text_of(tokens[:4]))
            if code:
                return found(code, tokens[:4], 0.97)
    votes: Counter[str] = Counter()
    seen: dict[str, Token] = {}
    for token in (t for line in view.all_lines for t in line.tokens):
        if (code := currency_in(token.text)) and len(token.text) < 20:
            votes[code] += 3 if code in token.text.upper() else 2
            seen.setdefault(code, token)
    if not votes:
        return None
    best, count = votes.most_common(1)[0]
    if best == "USD" and not any("US" in t.text.upper() for t in _signs(view)):
        words = (word for line in view.all_lines for t in line.tokens for word in fold(t.text))
        home = next((_DOLLARS[word] for word in words if word in _DOLLARS), None)
        if home:
            return found(home, [seen[best]], _HOME)
    share = count / sum(votes.values())
    return found(best, [seen[best]], round((0.93 if seen[best].text.upper() not in {"$"} else 0.85) * share, 4))


def _signs(view: View) -> Iterable[Token]:
    return (t for line in view.all_lines for t in line.tokens if currency_in(t.text) == "USD")


def ladder(view: View, lines: Sequence[ReadingLine]) -> Ladder:
    """The sums that explain the lines and each other best."""
    worth = _sum_of(line.amount for line in lines)
    rungs = list(_fitting(_rungs(view), lines, worth))
    rungs += _unnamed_tax(view, rungs, worth)
    grosses = frozenset(r.value for r in rungs if r.is_gross and worth is not None)
    options: list[list[_Rung | None]] = [[None, *_best(rungs, field)] for field in _RUNGS]
    best: tuple[_Rung | None, ...] = (None,) * 5
    most, adds_up = 0.0, None
    for choice in product(*options):
        score, fits = _explained(choice, worth, grosses)
        if score > most + 1e-9:
            best, most, adds_up = choice, score, fits
    sure = 0.97 if adds_up else 0.55 if adds_up is False else 0.8
    subtotal, discount, charges, tax, total = (
        _named(found(r.value, r.tokens, sure * min(1.0, r.weight + 0.1)), r) if r else None for r in best
    )
    if total is None and not (discount or charges or tax):
        total = subtotal                  # the only sum there is: "Total excl. VAT"
    return Ladder(subtotal, discount, charges, tax, total, adds_up)


def _named(value: Found[Decimal], rung: _Rung) -> Found[Decimal]:
    """The amount with its wording as printed, for those of which an order may have several sorts: "Fuel surcharge"."""
    if rung.field not in _ON_TOP or not rung.label:
        return value
    return replace(value, evidence=replace(value.evidence, note=rung.label))


def _sum_of(values: Iterable[Found[Decimal] | None]) -> Decimal | None:
    """The sum, where every line has one."""
    known = [f.value if f else None for f in values]
    return sum((v for v in known if v is not None), Decimal(0)) if known and None not in known else None


def _fitting(rungs: Iterable[_Rung], lines: Sequence[ReadingLine], worth: Decimal | None) -> Iterable[_Rung]:
    """The sums as what they can be: what all goods come to is no tax on them ("value excluding VAT"), and where nothing is
    priced, a number of pieces or of lines is no money."""
    counts = {_sum_of(line.quantity for line in lines), Decimal(len(lines))}
    for rung in rungs:
        if worth and rung.field in _ON_TOP and _close(rung.value, worth):
            yield replace(rung, field="subtotal")
        elif worth is not None or rung.value not in counts or _is_money(rung.tokens):
            yield rung


def _unnamed_tax(view: View, rungs: Sequence[_Rung], worth: Decimal | None) -> Iterable[_Rung]:
    """What stands between the goods and a total, where it is printed and no more than a tax: in a row of net, tax and gross none
    of the three has a label of its own."""
    named = {r.value for r in rungs if r.field in _ON_TOP}
    gaps = {r.value - worth for r in rungs if r.field == "total" and worth} if worth else set()
    taxes = {gap for gap in gaps - named if worth and 0 < gap <= worth * _MOST_TAX}
    for part in (s for line in view.all_lines for s in line.segments) if taxes else ():
        got = last_number(part.tokens, view.numbers)
        if got and got[0] in taxes and _is_money(got[1]):
            yield _Rung("tax", got[0], got[1], _UNLABELLED * _SEEN)


def _is_money(tokens: Sequence[Token]) -> bool:
    text = text_of(tokens)
    return bool(_CENTS.search(text) or any(currency_in(t.text) for t in tokens))


def _best(rungs: Sequence[_Rung], field: str) -> list[_Rung]:
    """The likeliest few of a kind, each value once."""
    by_value: dict[Decimal, _Rung] = {}
    for rung in sorted((r for r in rungs if r.field == field), key=lambda r: -r.weight):
        by_value.setdefault(rung.value, rung)
    return list(by_value.values())[:4]


def _explained(
    choice: Sequence[_Rung | None], worth: Decimal | None, grosses: frozenset[Decimal],
) -> tuple[float, bool | None]:
    """How much a choice of sums is worth, and whether they add up (None when nothing can be checked). `grosses` stand behind
    the net in one row, so that a total among them needs no printed tax."""
    subtotal, discount, freight, tax, total = choice
    score = sum(r.weight for r in choice if r) * 0.5 + (1.0 if total else 0.0)
    goods = subtotal.value if subtotal else worth
    checks = []
    if subtotal and worth is not None:
        checks.append(_close(subtotal.value, worth) or _close(subtotal.value, worth - (abs(discount.value) if discount else 0)))
    if total and goods is not None:
        cut = abs(discount.value) if discount else Decimal(0)
        plus = (freight.value if freight else 0) + (tax.value if tax else 0)
        exact = [goods - cut + plus, goods + plus]
        checks.append(any(_close(total.value, x) for x in exact) or total.value in grosses)
        if not checks[-1] and (tax or freight or discount) and _close(total.value, goods):
            checks[-1] = True  # tax printed but not charged
            score -= 0.6
        score += _BEHIND_NET * (total.value in grosses)
    score += sum(1.5 if ok else -0.7 for ok in checks)
    return score, all(checks) if checks else None


def _close(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= CENT


def _rungs(view: View) -> Iterable[_Rung]:
    for pair in view.pairs:
        for field in _RUNGS:
            if field in pair.label.fields:
                for rung in _rung(view, pair, field) if _may_be_sum(pair, field) else ():
                    if field in _ON_TOP and not (pair.clear or _is_money(rung.tokens)):
                        continue               # "2 % discount, 30 days net"
                    yield replace(rung, weight=rung.weight + TAGGED * view.tags.chance(rung.tokens, _TAGS[field]))
    yield from _tagged(view)


def _may_be_sum(pair: Pair, field: str) -> bool:
    """False for a sentence of a paper about what a carriage costs in other cases: "free over 250 pounds"."""
    return field not in _ON_TOP or pair.segment.tokens[0].kind is PageKind.TEXT or len(pair.segment.tokens) <= _LONGEST


def _tagged(view: View) -> Iterable[_Rung]:
    """Amounts that the tagger takes for a sum, inside the table too: its last row may be the total."""
    segments = {id(t): s for line in view.all_lines for s in line.segments for t in s.tokens}
    for field in _RUNGS:
        for run in runs(view, _TAGS[field]):
            got = last_number(_whole_number(segments[id(run.tokens[0])].tokens, run.tokens), view.numbers)
            if got and run.chance >= _SEEN:
                yield _Rung(field, got[0], got[1], _UNLABELLED * run.chance)


def _whole_number(tokens: Sequence[Token], inside: Sequence[Token]) -> tuple[Token, ...]:
    """The words with the groups of digits next to them: "15" is a piece of "15 364,00"."""
    first = next(n for n, t in enumerate(tokens) if t is inside[0])
    last = first + len(inside)
    while first and _GROUP.match(tokens[first].text) and tokens[first - 1].text.isdecimal() and len(tokens[first - 1].text) <= 3:
        first -= 1
    while last < len(tokens) and tokens[last - 1].text.isdecimal() and _GROUP.match(tokens[last].text):
        last += 1
    return tuple(tokens[first:last])


def _rung(view: View, pair: Pair, field: str) -> Iterable[_Rung]:
    wording = max(0.4, 1.0 - 0.02 * rank(field, pair.label.text) - 0.15 * pair.label.fields.index(field))
    elsewhere = [*((tokens, 0.9) for tokens in _further_right(view.lines, pair)), *values(replace(pair, beside=()))]
    for places in ([(pair.beside, 1.0)], elsewhere):
        amounts = [(last, place) for tokens, place in places if (last := last_number(tokens, view.numbers))]
        named = text_of(pair.segment.tokens[pair.label.start : pair.label.end]).rstrip(" :.")
        yield from (_Rung(field, value, tokens, wording * place, label=named) for (value, tokens), place in amounts)
        if amounts:
            break
    if field == "total" and (gross := _gross(view, pair)):
        yield _Rung(field, *gross, wording, is_gross=True)


def _gross(view: View, pair: Pair) -> tuple[Decimal, tuple[Token, ...]] | None:
    """The last of several sums behind one label, where it may be the first with its tax: "Total | 100.00 | 23.00 | 123.00"."""
    line = next((x for x in view.lines if x.index == pair.segment.line), None)
    parts = [s for s in line.segments if s.left > pair.segment.right] if line else []
    sums = [got for s in parts if (got := last_number(s.tokens, view.numbers)) and _is_money(got[1])]
    if len(sums) < _NET_AND_GROSS or len(sums) != len(parts):
        return None
    return sums[-1] if sums[0][0] < sums[-1][0] <= sums[0][0] * (1 + _MOST_TAX) else None


def _further_right(lines: Sequence[Line], pair: Pair) -> Iterable[tuple[Token, ...]]:
    """Everything right of the label on its line: a rate, a currency and the amount may stand apart."""
    line = next((x for x in lines if x.index == pair.segment.line), None)
    if line:
        yield tuple(t for t in line.tokens if t.left > pair.segment.right)


def last_number(tokens: Sequence[Token], style: NumberStyle) -> tuple[Decimal, tuple[Token, ...]] | None:
    """The last amount among the words, not a percentage; digits parted by blanks are joined."""
    for end in range(len(tokens), 0, -1):
        if tokens[end - 1].text.startswith("%") or (end < len(tokens) and tokens[end].text.startswith("%")):
            continue
        for start in range(max(0, end - 3), end):
            text = text_of(tokens[start:end])
            if _POSTCODE.match(text):
                continue
            value = parse_number(text, style)
            if value is None:
                value = parse_number(text.rstrip(".;:"), style)          # at the end of a sentence
            if value is not None:
                return value, tuple(tokens[start:end])
    return None


def computed(value: Decimal, note: str) -> Found[Decimal]:
    """A sum we worked out because it is not printed."""
    return Found(value, 0.9, Evidence(Origin.COMPUTED, note=note))
