"""The words at a learned place as the value of a header field. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extraction.fields.address_ends import without_notes
from extraction.fields.dates import DateStyle, parse_date
from extraction.fields.dating import covered
from extraction.fields.money import last_number
from extraction.fields.names import NO_ADDRESS, is_title, names_person
from extraction.fields.numbers import NumberStyle, currency_in
from extraction.fields.view import text_of
from extraction.layout.blocks import block
from extraction.layout.geometry import Rules, Token, segment
from extraction.layout.labels import fold, labels_in
from extraction.learned.paper import Paper
from extraction.learned.search import Run, with_rest
from models.domain.learned import Lesson

DATES = frozenset({"order_date", "requested_date", "cancel_by"})
MONEY = frozenset({"total", "subtotal", "tax", "discount", "charges"})
ADDRESSES = frozenset({"ship_to", "bill_to"})
CODES = frozenset({"po_number", "revision", "customer_account", "vat_id"})
SAME_ALWAYS = frozenset({"buyer_name", "supplier_name", "currency"})
"""Fields that every paper of one customer on one form has alike."""
_MOST_WORDS = 4       # of a number or code
_BLANK = 1.3          # ems between a postcode and a town
_ROUND = "#*()[]:;,. "


@dataclass(frozen=True, slots=True)
class Manner:
    """How the document writes, and its ruling lines by page."""

    numbers: NumberStyle
    dates: DateStyle
    rules: Mapping[int, Rules]


def value_at(paper: Paper, run: Run, lesson: Lesson, manner: Manner) -> tuple[Any, Run] | None:
    """The value the words are, as the lesson's field has it, and those of the words that say it; None when they are none."""
    field = lesson.field
    if field in ADDRESSES:
        return _address(paper, run, lesson, manner)
    own = run[: lesson.words] if lesson.words else run
    if field in DATES:
        whole = with_rest(paper.lines, run)
        match = parse_date(text_of(whole), manner.dates)
        return (match.value, covered(whole, match)) if match else None
    if field in MONEY:
        return last_number(own, manner.numbers)
    if field == "currency":
        code = currency_in(text_of(own))
        return (code, own) if code else None
    text = text_of(own).strip(_ROUND if field in CODES else " ,;")
    if not text or (field in CODES and len(own) > _MOST_WORDS) or (field == "po_number" and not any(c.isdigit() for c in text)):
        return None
    return text, own


def _address(paper: Paper, run: Run, lesson: Lesson, manner: Manner) -> tuple[str, Run] | None:
    lines = list(address_lines(paper, run, manner, is_whole=lesson.is_whole))
    told = [_without_end(line, lesson.skip) for line in lines if not begins_with(line, lesson.skip)]
    kept = told if lesson.is_whole else without_notes(told, manner.dates)
    text = ", ".join(text_of(line).strip(" ,;") for line in kept)
    return (text, tuple(t for line in kept for t in line)) if text else None


def address_lines(paper: Paper, run: Run, manner: Manner, *, is_whole: bool) -> Iterable[Run]:
    """The lines of the block that begins with these words, without telephone numbers and titles; with all that stands there, over
    ruling lines too, where the address is the whole block."""
    at = next(n for n, line in enumerate(paper.lines) if any(t is run[0] for t in line.tokens))
    line = paper.lines[at]
    head = _to_its_end(tuple(t for t in run if any(t is other for other in line.tokens)), line.tokens)
    rules = Rules() if is_whole else manner.rules.get(line.page, Rules())
    under = block(paper.lines, at + 1, head[0].left - 0.8, head[0].left + 1.2, rules)
    gap = under[0].top - line.bottom if under else 9.0
    for part in (segment(head, line.index), *(under if gap < 1.2 else ())):
        if is_whole or not (NO_ADDRESS.search(part.text) or names_person(part.text) or is_title(part.text)):
            yield part.tokens


def _to_its_end(head: Run, words: Sequence[Token]) -> Run:
    """The words with those behind them that no more than a wide blank parts, as between a postcode and its town."""
    at = next(n for n, token in enumerate(words) if token is head[-1])
    for token in words[at + 1 :]:
        if token.left - head[-1].right > _BLANK or labels_in((token,)):
            break
        head = (*head, token)
    return head


def _without_end(line: Run, ends: Sequence[str]) -> Run:
    """A line without what the form says behind the address."""
    said = [" ".join(fold(text_of(line[n:]))) for n in range(1, len(line))]
    return next((line[:n] for n, end in enumerate(said, 1) if end in ends), line)


def begins_with(line: Sequence[Token], beginnings: Iterable[str]) -> bool:
    """Whether a line begins with one of these folded words."""
    words = " ".join(fold(text_of(line)))
    return any(words.startswith(b) for b in beginnings)
