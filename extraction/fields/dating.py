"""The order date and the requested date among all dates of a paper."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from extraction.fields.dates import DateMatch, day_of_month, exact_date, find_dates, next_weekday, parse_date, sane_delivery
from extraction.fields.tagged import runs
from extraction.fields.view import View, rank, text_of, values
from extraction.layout.evidence import found, proof
from extraction.layout.geometry import Token
from extraction.layout.pairs import Pair
from models.domain.evidence import Box, Candidate, Evidence, Found, Origin, PageKind
from models.domain.pages import WordFlag

_PRINT_TIME = frozenset(
    {"printed", "date generated", "druckdatum", "data stampa", "afdrukdatum", "data wydruku", "revision date"}
)
_OF_WORDS = re.compile(
    r"\b(?:price|quot|offer|confirm|reply|answer|call|preis|angebot|bestätig|antwort|melde|prix|devis|réponse|répondre|confirmer|"
    r"precio|oferta|respuesta|confirma|prijs|offerte|bevestig|antwoord|prezzo|offerta|risposta|conferma|cen[aęy]|potwierd|odpowied)",
    re.IGNORECASE)
"""Words of a sentence whose day is for a price or an answer, not for goods."""

_DELIVERY = re.compile(
    r"\b(?:deliver|ship|requir|need|liefer|benötig|brauch|livr|besoin|faut|entreg|recib|necesit|lever|nodig|consegn|serv|ricev|"
    r"dostaw|dostarcz|potrzeb)", re.IGNORECASE)
"""Beginnings of the words by which a sentence says when goods are wanted."""

_LATER = frozenset({"not before", "ship date", "ship by", "shipment date", "promise date"})

TAGGED = 1.0
"""What the tagger's probability is worth beside the wording of a label (0..1)."""

_WRITTEN = 0.9           # what it is worth to stand behind the place of a letter
_MARKS = " ([,;/|–-"     # between a number and its day
_PLACE = re.compile(r"[^\W\d_][^\d:;]{1,40}, ?(?:den |le |lì |dnia |the |am |a )?")

_LEAST = 0.4             # less is no date of this field
_SENT = 0.9              # that a mail is sent on the day of its order


@dataclass(frozen=True, slots=True)
class _Claim:
    """A date that may be a field's, and how much speaks for it: a label's wording (0..1) and the tagger."""

    match: DateMatch
    tokens: tuple[Token, ...]
    score: float


def order_date(view: View, number: Found[str] | None) -> Found[date] | None:
    """The best-supported date, also the one right behind the order's `number`; without any label or tag the only date in the
    head of the page, unsurely. An order that is written as a mail and names no day was placed on the day it was sent.
    """
    claims = [_Claim(m, t, _order_weight(p) * w) for p in view.named("order_date") for m, t, w in _dates(view, p)]
    claims += (*_datelines(view), *_behind(view, number))
    best = _chosen(view, "order_date", [c for c in claims if not _is_of_another(view, c.tokens)])
    if best:
        return best
    others = _claimed(view, "order_date")
    loose = [
        (m, tokens) for line in view.top for s in line.segments for m in find_dates(s.text, view.dates)
        if (tokens := covered(s.tokens, m)) and not others & {id(t) for t in tokens} and not _is_of_another(view, tokens)
        and view.tags.chance(tokens, "requested_date") < _LEAST
    ]
    if len({m.value for m, _ in loose}) == 1 and view.top[0].kind is PageKind.PAPER:
        return _found(loose[0][0], loose[0][1], 0.5)
    return _day_sent(view)


def _datelines(view: View) -> Iterable[_Claim]:
    """The days of letters, behind the place where they were written: "Oldtown, 17 April 2031", "Altstadt, den 17.04.2031"."""
    for line in view.top if view.lines and view.lines[0].kind is PageKind.PAPER else ():
        for part in line.segments:
            for match in find_dates(part.text, view.dates):
                if match.end == len(part.text) and _PLACE.fullmatch(part.text[: match.start]):
                    yield _Claim(match, covered(part.tokens, match), _WRITTEN)


def _behind(view: View, number: Found[str] | None) -> Iterable[_Claim]:
    """The day right behind the order's number: "Order #10045 (6 May 2031)"."""
    places = {(p.page, p.box) for p in number.evidence.places} if number else set()
    for part in view.segments:
        last = max((n for n, t in enumerate(part.tokens) if _place(t) in places), default=None)
        behind = part.tokens[last + 1 :] if last is not None else ()
        text = text_of(behind)
        match = next(iter(find_dates(text, view.dates)), None) if behind else None
        if match and not text[: match.start].strip(_MARKS):
            yield _Claim(match, covered(behind, match), _WRITTEN)


def _is_of_another(view: View, tokens: Sequence[Token]) -> bool:
    """True for the day of another paper: of a mail that this one answers, or of the offer named before it on its line."""
    if not tokens or _was_quoted(tokens):
        return bool(tokens)
    own = next((s.tokens for s in view.segments if any(t is tokens[0] for t in s.tokens)), ())
    return bool(_OF_WORDS.search(text_of([t for t in own if t.left < tokens[0].left])))


def _was_quoted(tokens: Sequence[Token]) -> bool:
    """True for words of a mail that this one answers: its day is not the day of the order, which was placed by answering."""
    return bool(tokens) and WordFlag.QUOTED in tokens[0].word.flags


def _day_sent(view: View) -> Found[date] | None:
    sent = view.context.sent_on
    if sent is None or not view.lines or view.lines[0].kind is not PageKind.TEXT:
        return None
    return Found(sent, _SENT, Evidence(Origin.CONTEXT, sent.isoformat(), note="the day the mail was sent"))


def requested_date(view: View, ordered: Found[date] | None, number: Found[str] | None) -> Found[date] | None:
    """The date the goods are wanted, from the header; not the words behind the order's `number`, nor the day a mail was sent
    where nothing there is about a delivery."""
    claims = []
    for pair in view.named("requested_date"):
        if not pair.clear and len(pair.label.text) < 4:
            continue
        for match, tokens, weight in _dates(view, pair):
            late = 0.6 if pair.label.text in _LATER else 1.0
            claims.append(_Claim(match, tokens, weight * late * (1 - 0.004 * rank("requested_date", pair.label.text))))
    others = {_place(t) for tokens in (*(c.tokens for c in _behind(view, number)), *_said_as_sent(view)) for t in tokens}
    chosen = _chosen(view, "requested_date", claims, ordered.value if ordered else None, others)
    if chosen:
        return chosen
    return _in_text(view, others | {(p.page, p.box) for p in ordered.evidence.places} if ordered else others)


def _said_as_sent(view: View) -> Iterable[tuple[Token, ...]]:
    """The words of a mail that say the day it was sent, on lines that are not about a delivery."""
    for line in view.lines:
        if line.kind is PageKind.TEXT and not _DELIVERY.search(line.text):
            yield from (covered(line.tokens, m) for m in find_dates(line.text, view.dates) if m.value == view.context.sent_on)


def _place(token: Token) -> tuple[int, Box | None]:
    return token.word.page, token.word.box


def cancel_by(view: View) -> Found[date] | None:
    """The date after which undelivered goods are not wanted any more."""
    claims = [_Claim(m, t, (1.0 if p.clear else 0.5) * w) for p in view.named("cancel_by") for m, t, w in _dates(view, p)]
    return _chosen(view, "cancel_by", claims)


def _chosen(
    view: View, field: str, claims: Sequence[_Claim], ordered: date | None = None, taken: Container[tuple[int, Box | None]] = (),
) -> Found[date] | None:
    """The date for which labels and tagger say most; other dates that come near are its candidates. Of what stands at a `taken`
    place only a label can make this field.
    """
    outside = {line.index for line in view.lines}          # the dates inside a table are its lines'
    void = set() if field == "cancel_by" else {
        id(t) for p in view.named("cancel_by") if p.first == "cancel_by" for _, tokens, _ in _dates(view, p) for t in tokens}
    seen = (
        _Claim(match, covered(run.tokens, match), 0.0)
        for run in runs(view, field)
        if run.line in outside and (match := parse_date(text_of(run.tokens), view.dates))
        and not (field == "order_date" and _is_of_another(view, run.tokens))
        and not any(_place(t) in taken for t in run.tokens)
    )
    scores: dict[date, float] = {}
    best: dict[date, _Claim] = {}
    for claim in (*claims, *seen):
        if any(id(t) in void for t in claim.tokens):
            continue
        score = claim.score + TAGGED * view.tags.chance(claim.tokens, field)
        if sane_delivery(ordered, claim.match.value) and score > max(_LEAST, scores.get(claim.match.value, 0.0)):
            scores[claim.match.value], best[claim.match.value] = score, claim
    order = sorted(scores, key=lambda d: -scores[d])
    if not order:
        return None
    first = best[order[0]]
    got = _found(first.match, first.tokens, min(0.96, 0.55 + 0.22 * scores[order[0]]))
    rivals = tuple(
        Candidate(d, round(max(0.02, 0.5 - 0.5 * (scores[order[0]] - scores[d])), 4), proof(best[d].tokens))
        for d in order[1:3] if scores[order[0]] - scores[d] < 1
    )
    return replace(got, candidates=(*rivals, *got.candidates))


def _in_text(view: View, taken: Container[tuple[int, Box | None]]) -> Found[date] | None:
    """In a mail body, the first date that is not before the day it was sent and that nothing else has `taken`; else the weekday
    by which it wants the goods."""
    claimed = _claimed(view, "requested_date")
    sent = view.context.sent_on
    texts = [line for line in view.lines if line.kind is PageKind.TEXT]
    for line in texts:
        for match in find_dates(line.text, view.dates):
            tokens = covered(line.tokens, match)
            is_free = not any(id(t) in claimed or _place(t) in taken for t in tokens)
            if is_free and (sent is None or match.value >= sent):
                return _found(match, tokens, 0.75)
    for line in texts:
        wants = _DELIVERY.search(line.text)
        short = day_of_month(line.text, view.dates, wants.end()) if wants else None
        if short and (sent is None or short.value >= sent):
            return _found(short, covered(line.tokens, short), 0.75)
    for line in texts:
        weekday = next_weekday(line.text, sent) if sent and not find_dates(line.text, view.dates) else None
        if weekday and not _OF_WORDS.search(line.text):
            return _found(weekday, covered(line.tokens, weekday), 0.7)
    return None


def _claimed(view: View, field: str) -> set[int]:
    """The words (by identity) beside clear labels of other fields."""
    return {id(t) for p in view.pairs if p.clear and field not in p.label.fields for t in p.beside}


def _order_weight(pair: Pair) -> float:
    if pair.label.text in _PRINT_TIME:
        return 0.3
    if pair.first != "order_date" and pair.first in {"requested_date", "vat_id"}:
        return 0.0
    short = len(pair.label.text) < 4 and not pair.clear  # "le", "del", "vom" in the middle of a line
    if short and pair.label.start and pair.segment.tokens[0].kind is PageKind.TEXT and _DELIVERY.search(
            text_of(pair.segment.tokens[: pair.label.start])):
        return 0.0                                           # "delivery for the 19th, please"
    return (0.6 if short else 1.0) - 0.006 * min(rank("order_date", pair.label.text), 40)


def _dates(view: View, pair: Pair) -> Iterable[tuple[DateMatch, tuple[Token, ...], float]]:
    """The date a label owns: at the front of its value, or at its end where two values share a cell ("4711 / 3 May")."""
    for tokens, weight in values(pair):
        match = exact_date(text_of(tokens), view.dates) or _at_end(text_of(tokens), view)
        if match:
            yield match, covered(tokens, match), weight
            return


def _at_end(text: str, view: View) -> DateMatch | None:
    last = next(reversed(find_dates(text, view.dates)), None)
    return last if last and last.end == len(text) else None


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
