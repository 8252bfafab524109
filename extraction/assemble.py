"""Pages of words to readings: one for each order found. Pure: the same pages and context give the same readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from extraction.answers import answer_to_offer, taken
from extraction.confidence import believable
from extraction.fields import addresses, dating, money, terms
from extraction.fields.dates import DateOrder, DateStyle, find_dates, settle_order
from extraction.fields.document_type import document_type
from extraction.fields.form_block import without_inner
from extraction.fields.language import detect_language
from extraction.fields.numbers import NumberStyle, currency_in, settle_style
from extraction.fields.odd_characters import odd_characters
from extraction.fields.parties import parties
from extraction.fields.payment import payment_terms
from extraction.fields.po_number import own_number, po_number, two_numbers
from extraction.fields.repeated import Shared, groups, with_shared
from extraction.fields.view import View
from extraction.layout.furniture import furniture, page_counter, pages_missing
from extraction.layout.geometry import Line, Rules, page_rules
from extraction.layout.pairs import pairs
from extraction.layout.quotes import before_closing, newest
from extraction.layout.reading_order import document_lines
from extraction.learned.apply import recall
from extraction.lines.build import Styles, multiplies_out
from extraction.lines.charges import known_charge
from extraction.lines.prose import Answer, Said, read_delimited, read_prose, read_subject, spoken_language
from extraction.lines.table import Table
from extraction.lines.tables import read_tables
from extraction.lines.tagged import Witness
from extraction.model.tagger import Tags, tag
from extraction.remarks import remarks, unsure
from extraction.split import bears, text_parts
from extraction.urgency import urgency
from models.domain.codes import clean_code
from models.domain.evidence import PageKind
from models.domain.pages import Page, Parsed, Problem, WordFlag
from models.domain.reading import Context, DocumentType, Header, Reading, ReadingLine

_FACTORS = frozenset({"quantity", "unit_price", "amount"})
_OTHER_MARK = {".": ",", ",": "."}


def assemble(parsed: Parsed, context: Context) -> tuple[Reading, ...]:
    """The orders (or other papers) these pages hold, in printed order; none when there is nothing to read."""
    lines = document_lines(parsed.pages)
    tags = tag(lines)
    return tuple(believable(reading, lines, context, tags) for reading in as_read(parsed, lines, context, tags))


def as_read(parsed: Parsed, lines: tuple[Line, ...], context: Context, tags: Tags) -> tuple[Reading, ...]:
    """The same with confidences as each reader states them; `lines` are those of the pages, `tags` those of their words."""
    if not lines:
        return ()
    rules = {page.number: page_rules(page) for page in parsed.pages if page.kind is PageKind.PAPER}
    language = next((p.language for p in parsed.pages if p.language), None) or _language(lines)
    around = _Around(rules, context, language, tags)
    parts = [part for group in _orders(lines, around) for part in _parts(group, context, language)]
    found = (r for part in parts for r in _by_number(*_read_order(part, around, parsed)))
    return tuple(replace(r, lines=tuple(map(known_charge, r.lines))) for r in found)


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known of the whole document: ruling lines by page, context, language, and the tags of its words."""

    rules: Mapping[int, Rules]
    context: Context
    language: str | None
    tags: Tags


def _language(lines: Sequence[Line]) -> str | None:
    """By the common words of a text, by the labels of a form."""
    spoken = spoken_language(newest(lines)) if lines[0].kind is PageKind.TEXT else None
    return spoken or detect_language(lines)


def _parts(lines: tuple[Line, ...], context: Context, language: str | None) -> tuple[tuple[Line, ...], ...]:
    """The orders of a text that holds several; any other document whole."""
    def has_goods(part: Sequence[Line]) -> bool:
        return bool(part) and bool(_lines(part, {}, _styles(part, context, language))[0])

    parts = text_parts(_telling(lines, context, language), has_goods) if lines[0].kind is PageKind.TEXT else ()
    return parts if len(parts) > 1 else (lines,)


def _orders(lines: Sequence[Line], around: _Around) -> Iterable[tuple[Line, ...]]:
    """The lines of each order: a page with a title of its own begins a new one when its number differs from the one before,
    or when its pages are counted from one again. Pages that both bear both numbers are of one order: one of them was misread."""
    by_page: dict[int, list[Line]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    group: list[Line] = []
    current: str | None = None
    last: int | None = None
    for page in by_page.values():
        number = _own_number(page, around) if len(by_page) > 1 else None
        count = page_counter(page)
        is_other = number is not None and current is not None and number != current and not (
            bears(page, current) and bears(group, number))
        if group and (is_other or (number and count == 1 and last is not None)):
            yield tuple(group)
            group = []
        current, last = number or current, count or last
        group += page
    yield tuple(group)


def _own_number(page: Sequence[Line], around: _Around) -> str | None:
    """The order number a page bears under a title of its own."""
    styles = _styles(page, around.context, around.language)
    view = _view(page, page, styles, replace(around, context=Context(own_names=around.context.own_names)))
    number = own_number(view)
    titled = document_type(view, has_lines=False)
    return clean_code(number) if number and titled.value.opens_case else None


def _styles(lines: Sequence[Line], context: Context, language: str | None) -> Styles:
    texts = [t.text for line in lines for t in line.tokens]
    near = context.sent_on or _first_full_date(lines)
    currencies = [c for t in texts if (c := currency_in(t))]
    coin = max(currencies, key=currencies.count) if currencies else None
    return Styles(settle_style(texts, language), settle_order((x.text for x in lines), language, coin, near), context.known_codes)


def _first_full_date(lines: Sequence[Line]) -> date | None:
    style = DateStyle(DateOrder.DAY)
    return next((m.value for line in lines for m in find_dates(line.text, style)), None)


def _view(outside: Sequence[Line], lines: Sequence[Line], styles: Styles, around: _Around) -> View:
    return View(
        tuple(outside), tuple(lines), without_inner(outside, pairs(outside)), around.rules, styles.number, styles.date,
        around.context, around.tags, around.language)


def _read_order(
    lines: tuple[Line, ...], around: _Around, parsed: Parsed
) -> tuple[Reading, tuple[Shared, ...], DateStyle]:
    answer = _answer(lines, around)
    whole, lines = lines, newest(lines) if answer else _telling(lines, around.context, around.language)
    memory = recall(lines, parsed.pages, around.context.learned)
    styles = replace(memory.styles(_styles(lines, around.context, around.language)), witness=Witness(lines, around.tags))
    rest = [x for x in lines if not answer or x.index not in answer.said_in]
    tables, styles = _lines(rest, around.rules, styles, added_only=answer is not None)
    tables, lost = memory.tables(tables, styles, around.rules)
    found = (*(answer.lines if answer else ()), *(line for table in tables for line in table.lines))
    covered = [range(t.first, t.last + 1) for t in tables]
    outside = [x for x in lines if not any(x.index in span for span in covered)]
    new = {x.index for x in lines}
    view = replace(_view(outside, lines, styles, around), answered=tuple(x for x in whole if x.index not in new))
    kind = memory.kind(taken(answer) if answer else document_type(view, has_lines=bool(found)))
    if not found and (found := _in_subject(lines, around.context, styles)):
        kind = memory.kind(document_type(view, has_lines=True))
        found = found if kind.value.opens_case else ()
    header, sums = _header(view, found, kind.value)
    header, moved = memory.header(replace(header, urgency=urgency(view, styles)), view)
    odd = odd_characters(lines, header, found)
    told = (*_problems(found, sums, lines, kind.value, parsed.pages), *remarks(lines, styles), *two_numbers(header.po_number))
    problems = (*parsed.problems, *told, *odd, *lost, *moved)
    reading = Reading(kind, header, found, problems, tuple(sorted({x.page for x in lines})), around.language, memory.form)
    return reading, tuple(s for table in tables for s in table.shared), styles.date


def _answer(lines: Sequence[Line], around: _Around) -> Answer | None:
    """What a mail takes of an offer quoted below it."""
    styles = _styles(lines, around.context, around.language)
    return answer_to_offer(lines, around.context.subject, styles, lambda below: _lines(below, {}, styles)[0])


def _in_subject(lines: Sequence[Line], context: Context, styles: Styles) -> tuple[ReadingLine, ...]:
    """What the subject orders, where the mail itself names no goods."""
    is_mail = context.is_body and lines[0].kind is PageKind.TEXT
    return read_subject(context.subject, styles) if is_mail and context.subject else ()


def _by_number(reading: Reading, shared: Sequence[Shared], style: DateStyle) -> Iterable[Reading]:
    """The reading with what its rows say about the order as a whole; one reading for each order number they name."""
    if len(shared) != len(reading.lines) or not any(shared):
        yield reading
        return
    parts = groups(shared)
    for rows in parts:
        header = replace(reading.header, total=None, subtotal=None) if len(parts) > 1 else reading.header
        yield replace(
            reading, header=with_shared(header, [shared[n] for n in rows], style), lines=tuple(reading.lines[n] for n in rows)
        )


def _telling(lines: tuple[Line, ...], context: Context, language: str | None) -> tuple[Line, ...]:
    """The newest part of a mail; all of it when only the history below names goods ("please go ahead with the below")."""
    new = newest(lines)
    if len(new) == len(lines) or _lines(new, {}, _styles(new, context, language))[0]:
        return new
    return lines if _lines(lines, {}, _styles(lines, context, language))[0] else new


def _lines(
    lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles, *, added_only: bool = False
) -> tuple[tuple[Table, ...], Styles]:
    """The tables of order lines; in a text body without any (or `added_only`) the lines of running text."""
    repeated = furniture(lines)
    whole = [x for x in lines if x.index not in repeated]
    body = before_closing(whole)
    if lines and lines[0].kind is PageKind.TEXT and (typed := read_delimited(body, styles)):
        tables = tuple(Table(t.first, t.last, t.lines, frozenset({"quantity"})) for t in typed)
        rest = [x for x in body if not any(t.first <= x.index <= t.last for t in tables)]
        return (*tables, *(_said(said) for said in read_prose(rest, styles, added_only=True))), styles
    tables, styles = _tables(body, rules, styles)
    if not tables and len(body) < len(whole):           # "as below, thanks, Ann", and the table below her name
        tables, styles = _tables(whole, rules, styles)
    if lines and lines[0].kind is PageKind.TEXT:
        rest = [x for x in body if not any(t.first <= x.index <= t.last for t in tables)]
        tables = (*tables, *(_said(said) for said in read_prose(rest, styles, added_only=added_only or bool(tables))))
    return tables, styles


def _said(said: Said) -> Table:
    """Running text as a table of one row. A sentence that says other things too is not covered by it."""
    return Table(said.first, said.last if said.alone else said.first - 1, (said.line,), frozenset({"quantity"}))


def _tables(lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> tuple[tuple[Table, ...], Styles]:
    """The tables; where the page does not prove its decimal mark, the one whose rows multiply out."""
    tables = _same_kind(read_tables(lines, rules, styles))
    if styles.number.sure or not any(t.kinds >= _FACTORS for t in tables):
        return tables, styles
    read = []
    for mark in (styles.number.decimal, _OTHER_MARK[styles.number.decimal]):
        style = replace(styles, number=NumberStyle(mark))
        read.append((_same_kind(read_tables(lines, rules, style)), style))
    ours, theirs = (_agreeing(found) for found, _ in read)
    return (tables, styles) if ours == theirs else read[0 if ours > theirs else 1]


def _agreeing(tables: Sequence[Table]) -> int:
    return sum(multiplies_out(line) is True for table in tables for line in table.lines)


def _same_kind(tables: Sequence[Table]) -> tuple[Table, ...]:
    """The largest table and those of its make; a summary or a list of returns has other columns."""
    if not tables:
        return ()
    main = max(tables, key=lambda t: (len({"unit_price", "amount"} & t.kinds) > 0, len(t.lines)))
    priced = {"unit_price", "amount"} & main.kinds
    return tuple(t for t in tables if t is main or not priced or priced & t.kinds)


def _header(view: View, lines: Sequence[ReadingLine], kind: DocumentType) -> tuple[Header, money.Ladder]:
    sums = money.ladder(view, lines)
    number = po_number(view)
    ordered = dating.order_date(view, number)
    ship_to, bill_to = (addresses.address(view, field) for field in ("ship_to", "bill_to"))
    who = parties(view, kind, bill_to, ship_to)
    return Header(
        po_number=number,
        revision=terms.revision(view),
        order_date=ordered,
        requested_date=dating.requested_date(view, ordered, number),
        cancel_by=dating.cancel_by(view),
        currency=money.currency(view),
        supplier_name=who.supplier,
        buyer_name=who.buyer,
        ship_to=addresses.joined(who.ship_to) if who.ship_to else None,
        bill_to=addresses.joined(who.bill_to) if who.bill_to else None,
        contact=terms.contact(view),
        customer_account=terms.customer_account(view),
        vat_id=terms.vat_id(view),
        payment_terms=payment_terms(view),
        delivery_terms=terms.delivery_terms(view),
        carrier=terms.carrier(view),
        subtotal=sums.subtotal,
        tax=sums.tax,
        discount=sums.discount,
        charges=sums.charges,
        total=sums.total,
        notes=terms.notes(view),
    ), sums


def _problems(
    lines: Sequence[ReadingLine],
    sums: money.Ladder,
    text: Sequence[Line],
    kind: DocumentType,
    pages: Sequence[Page],
) -> Iterable[Problem]:
    for n, line in enumerate(lines, 1):
        if multiplies_out(line) is False and line.quantity and line.unit_price and line.amount:
            name = line.line_no.value if line.line_no else str(n)
            yield Problem(
                "amount_mismatch",
                f"Line {name}: {line.quantity.value} × {line.unit_price.value} is not the printed "
                f"{line.amount.value}. Check quantity, price and discount on the page.",
            )
    if sums.adds_up is False:
        yield Problem("total_mismatch", "The printed sums do not follow from the lines. Check for a missed or misread line.")
    missing = pages_missing(text)
    if missing > 0 and pages[0].kind is PageKind.PAPER:
        yield Problem(
            "page_missing", f"The paper counts {missing} more page(s) than arrived. Ask the sender for the whole document."
        )
    yield from _struck(pages)
    if pages[0].kind is PageKind.TEXT:
        yield from unsure(lines)
    if kind is DocumentType.PURCHASE_ORDER and not lines:
        yield Problem("no_lines", "No order lines were found. Enter them from the page.")


def _struck(pages: Sequence[Page]) -> Iterable[Problem]:
    for page in pages:
        words = [w for w in page.words if w.seen and WordFlag.STRUCK in w.flags]
        if words:
            sample = " ".join(w.text for w in words[:20])[:80]
            count = "a word" if len(words) == 1 else f"{len(words)} words"
            sentence = f"Text that is deleted or struck through was not read ({count}: “{sample}”). Check whether it counts."
            yield Problem("struck_text", sentence, page.number, words[0].box)
