"""The order date and the requested date among all dates of a paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from extraction.fields.dates import DateMatch, find_dates, parse_date, sane_delivery
from extraction.fields.view import View, rank, text_of, values
from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.layout.pairs import Pair
from models.domain.evidence import Found, PageKind

_PRINT_TIME = frozenset(
    {"printed", "date generated", "druckdatum", "data stampa", "afdrukdatum", "data wydruku", "revision date"}
)
_LATER = frozenset({"cancel date", "not after", "not before", "ship date", "ship by", "shipment date", "promise date"})


def order_date(view: View) -> Found[date] | None:
    """The best-labelled date; without any label the only date in the head of the page, unsurely."""
    scored = [(_order_weight(p) * w, m, tokens) for p in view.named("order_date") for m, tokens, w in _dates(view, p)]
    scored = [x for x in scored if x[0] > 0]
    if scored:
        weight, match, tokens = max(scored, key=lambda x: x[0])
        return _found(match, tokens, min(0.96, 0.6 + 0.36 * weight))
    loose = [(m, s.tokens) for line in view.top for s in line.segments for m in find_dates(s.text, view.dates)]
    if len({m.value for m, _ in loose}) == 1 and view.top[0].kind is PageKind.PAPER:
        return _found(loose[0][0], loose[0][1], 0.5)
    return None


def requested_date(view: View, ordered: date | None) -> Found[date] | None:
    """The date the goods are wanted, from the header."""
    scored = []
    for pair in view.named("requested_date"):
        if not pair.clear and len(pair.label.text) < 4:
            continue
        for match, tokens, weight in _dates(view, pair):
            if sane_delivery(ordered, match.value):
                late = 0.6 if pair.label.text in _LATER else 1.0
                scored.append((weight * late * (1 - 0.004 * rank("requested_date", pair.label.text)), match, tokens))
    if not scored:
        return _in_text(view)
    weight, match, tokens = max(scored, key=lambda x: x[0])
    return _found(match, tokens, min(0.95, 0.6 + 0.35 * weight))


def _in_text(view: View) -> Found[date] | None:
    """In a mail body, the first date that is not before the day it was sent and that no label claims."""
    claimed = {id(t) for p in view.pairs if p.first != "requested_date" and p.clear for t in p.beside}
    for line in view.lines:
        if line.kind is not PageKind.TEXT:
            continue
        for match in find_dates(line.text, view.dates):
            tokens = covered(line.tokens, match)
            sent = view.context.sent_on
            if not any(id(t) in claimed for t in tokens) and (sent is None or match.value >= sent):
                return _found(match, tokens, 0.75)
    return None


def _order_weight(pair: Pair) -> float:
    if pair.label.text in _PRINT_TIME:
        return 0.3
    if pair.first != "order_date" and pair.first in {"requested_date", "vat_id"}:
        return 0.0
    short = len(pair.label.text) < 4 and not pair.clear  # "le", "del", "vom" in the middle of a line
    return (0.6 if short else 1.0) - 0.006 * min(rank("order_date", pair.label.text), 40)


def _dates(view: View, pair: Pair) -> Iterable[tuple[DateMatch, tuple[Token, ...], float]]:
    """The date a label owns: at the front of its value, or at its end where two values share a cell ("4711 / 3 May")."""
    for tokens, weight in values(pair):
        match = parse_date(text_of(tokens), view.dates)
        if match:
            yield match, covered(tokens, match), weight
            return


def covered(tokens: Sequence[Token], match: DateMatch) -> tuple[Token, ...]:
    """The words a match in their joined text covers."""
    out, at = [], 0
    for token in tokens:
        end = at + len(token.text)
        if at < match.end and end > match.start:
            out.append(token)
        at = end + 1
    return tuple(out)


def _found(match: DateMatch, tokens: Sequence[Token], sure: float) -> Found[date]:
    return found(match.value, tokens, min(sure, 0.6) if match.open else sure)
