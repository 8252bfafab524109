"""What a corrected copy shows of numbers, prices and other tables, and what approved columns leave open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.layout.reading_order import document_lines
from extraction.learned.apply import DRIFTED
from extraction.learned.columns import IGNORE
from extraction.learned.judge import judge_of
from extraction.learned.paper import paper_of
from extraction.learned.table import columns_of
from extraction.learned.titles import is_titled
from models.domain.evidence import Evidence, Found, Origin, PageKind, Place
from models.domain.forms import SAME_FORM, likeness
from models.domain.learned import Fact
from models.domain.pages import Page, Word
from models.domain.reading import ReadingLine
from tests.support.papers import paper
from tests.unit.extraction.learned.test_learning import about, mark_of, read, taught, typed_form
from tests.unit.extraction.learned.test_tables import BOLT, FIRST, HINGE, TITLES, columns, said, taught_lines


def test_a_decimal_mark_a_person_showed_holds_where_the_column_alone_says_otherwise() -> None:
    titles = "Artikel     Bezeichnung              Menge     Einheit"
    first = typed_form(
        "77123", titles,
        "KX-4471     Scharnierband            12,500    m", "KX-5501     Riegel lang              2         Stk")
    second = typed_form(
        "77200", titles,
        "KX-7730     Schlauch                 7,250     m", "KX-9012     Nut                      3         Stk")
    assert said(read(second), "quantity") == [("7250",), ("3",)]
    facts = taught_lines(
        first, {"buyer_sku": "KX-4471", "description": "Scharnierband", "quantity": 12.5, "uom": "m"},
        {"buyer_sku": "KX-5501", "description": "Riegel lang", "quantity": 2, "uom": "Stk"})
    marks = tuple(about("number_style", facts))
    assert said(read(second, marks), "quantity") == said(read(second, facts), "quantity") == [("7.250",), ("3",)]


def test_the_column_of_a_price_for_a_hundred_pieces_is_learned() -> None:
    titles = "Pos   Artikel     Bezeichnung              Menge     Wert         Betrag"
    facts = taught_lines(
        typed_form("77123", titles, "1     KX-4471     Scharnier links          500       5,32 / 100   26,60"),
        {"line_no": "1", "buyer_sku": "KX-4471", "description": "Scharnier links", "quantity": 500, "unit_price": 0.0532,
         "amount": 26.6})
    assert columns(facts) >= {"quantity", "unit_price", "amount"} and IGNORE not in columns(facts)


def test_approved_columns_do_not_deny_a_code_that_was_not_read_when_they_were() -> None:
    facts = taught(FIRST, {})
    unread = tuple(
        replace(f, lesson=replace(f.lesson, field=IGNORE)) if f.lesson.field == "buyer_sku" else f for f in facts)
    second = typed_form(
        "77200", TITLES,
        "1     KX-7730     Scharnier rechts         100       0,90      90,00",
        "2     KX-9012     Türschliesser            5         4,00      20,00")
    assert all(f.lesson.is_let_stand for f in unread)
    assert said(read(second, unread), "buyer_sku") == [("KX-7730",), ("KX-9012",)]


def test_earlier_orders_listed_below_the_sums_are_no_rows_of_a_form_whose_rows_cost_something() -> None:
    second = typed_form(
        "77200", TITLES,
        "1     KX-7730     Scharnier rechts         100       0,90      90,00",
        "Summe                                                    90,00", "Frühere Bestellungen",
        "7     KX-7730     Scharnier rechts         300", "8     KX-7730     Scharnier rechts         300")
    facts = taught_lines(FIRST, {**HINGE, "uom": "PCE"}, {**BOLT, "uom": "PCE"})
    assert said(read(second, facts), "buyer_sku", "quantity") == [("KX-7730", "100")]


def test_a_remark_below_a_text_does_not_hide_the_code_at_its_end() -> None:
    titles = "Menge     Bezeichnung                                 Preis     Betrag"
    first = typed_form(
        "77123", titles, "24        Scharnier links - KX-4471                   1,10      26,40",
        "2         Riegel lang mit Schloss und                 10,00     20,00", "          Feder - KX-5501")
    facts = taught_lines(first, HINGE, {**BOLT, "description": "Riegel lang mit Schloss und Feder"})
    second = typed_form(
        "77200", titles, "100       Scharnier rechts lang verzinkt - KX-7730    0,90      90,00", "          mit Zeugnis 3.1")
    ((code, text),) = said(read(second, facts), "buyer_sku", "description")
    assert code == "KX-7730" and text is not None and "KX-7730" not in text


def test_a_single_title_finds_no_table_and_its_absence_is_no_change_of_the_form() -> None:
    facts = taught_lines(FIRST, {**HINGE, "uom": "PCE"}, {**BOLT, "uom": "PCE"})
    alone = tuple(
        replace(f, lesson=replace(f.lesson, column=replace(f.lesson.column, title="")))
        if f.lesson.column and f.lesson.field != "line_no" else f for f in facts)
    assert is_titled(facts) and not is_titled(alone)
    moved = replace(FIRST, words=tuple(w for w in FIRST.words if w.text != "Pos"))
    assert not any(p.code == DRIFTED for p in read(moved, alone).problems)


def test_labels_that_moved_along_their_line_still_tell_the_form() -> None:
    names = ("Order No", "Ship Via", "Vendor No", "Quote No", "Terms", "Currency")
    values = ("77123", "Own van", "B-1", "Q-7", "Net 30", "EUR")
    wide = ("77200-2031-000912", "Parcel service", "B-1", "Q-7", "Net 30", "EUR")

    def along(filled: tuple[str, ...]) -> list[tuple[float, str]]:
        at, out = 40.0, []
        for name, value in zip(names, filled, strict=True):
            out += [(at, name + ":"), (at + 5 * len(name) + 10, value)]
            at += 5 * (len(name) + len(value)) + 35
        return out

    first, second = (paper((40, [(40, "Mill Lane Tools Ltd")]), (90, along(v))) for v in (values, wide))
    assert likeness(mark_of(first), mark_of(second)) >= SAME_FORM


@pytest.mark.parametrize("day", ["Freitag 4 April 2031", "4 April 2031"])
def test_the_day_of_the_week_is_no_label_of_a_date(day: str) -> None:
    first = typed_form("77123", "Artikel     Bezeichnung     Menge", "AB-1     Hammer          3", above=f"Wunsch: {day}")
    (fact,) = about("requested_date", taught(first, {"requested_date": "2031-04-04"}))
    assert fact.lesson.label == "Wunsch"


def test_a_label_that_goes_on_is_not_the_one_that_was_learned_where_that_stands_too() -> None:
    def summed(page: Page, *sums: tuple[str, str]) -> Page:
        rows = paper(*((400 + 14 * n, [(300, label), (430, value)]) for n, (label, value) in enumerate(sums)))
        return replace(page, words=(*page.words, *rows.words))

    facts = taught(summed(FIRST, ("Gesamt", "46,40")), {"total": 46.4})
    second = summed(FIRST, ("Gesamt Stück", "26"), ("Gesamt netto", "40,00"), ("Gesamt", "46,40"))
    total = read(second, facts).header.total
    assert total is not None and str(total.value) == "46.40"


def test_texts_beside_their_numbers_and_around_them_are_read_on_the_next_copy() -> None:
    above = below = " " * 18 + "{}"
    numbers = "{}     {}     {:<20}     24        1,10      26,40"
    first = typed_form(
        "77123", TITLES, above.format("Scharnier links mit"), numbers.format(1, "KX-4471", ""), below.format("Feder"), "",
        above.format("Bolzen kurz mit"), numbers.format(2, "KX-4472", ""), below.format("Ring"), "",
        numbers.format(3, "KX-5501", "Riegel lang"))
    second = typed_form(
        "77200", TITLES, numbers.format(1, "KX-7730", "Nut"), "",
        above.format("Riegel kurz mit"), numbers.format(2, "KX-9012", ""), below.format("Schlaufe"), "",
        numbers.format(3, "KX-9077", "Bolzen"))
    facts = taught_lines(first, *(
        {**HINGE, "line_no": str(n), "buyer_sku": code, "description": text} for n, code, text in (
            (1, "KX-4471", "Scharnier links mit Feder"), (2, "KX-4472", "Bolzen kurz mit Ring"), (3, "KX-5501", "Riegel lang"))))
    put_right = tuple(replace(f, lesson=replace(f.lesson, is_let_stand=False)) for f in facts)
    assert said(read(second, put_right), "buyer_sku", "description") == [
        ("KX-7730", "Nut"), ("KX-9012", "Riegel kurz mit Schlaufe"), ("KX-9077", "Bolzen")]


def test_a_code_of_letters_alone_stays_in_the_column_of_the_codes_and_a_charge_does_not() -> None:
    titles = "Pos   Artikel                 Menge     Preis     Betrag"
    first = typed_form(
        "77123", titles, "1     KX-4471                 24        1,10      26,40", "      Scharnier links",
        "2     KX-5501                 2         10,00     20,00", "      Riegel lang")
    second = typed_form(
        "77200", titles, "1     SR-GLV-L                100       0,90      90,00", "      Handschuh",
        "2     FRACHT                  1         4,00      4,00")
    facts = taught_lines(first, HINGE, BOLT)
    assert said(read(second, facts), "buyer_sku", "description") == [("SR-GLV-L", "Handschuh"), (None, "FRACHT")]


def _judged(page: Page, facts: tuple[Fact, ...], *lines: ReadingLine) -> float:
    """How well these lines fit the learned columns of a page."""
    judge = judge_of(paper_of(document_lines([page]), [page]), columns_of(facts))
    assert judge is not None
    return judge.worth(lines)


def _word(page: Page, text: str) -> Word:
    return next(w for w in page.words if w.text == text)


def test_pieces_of_words_that_ran_together_stand_in_their_learned_columns_as_whole_words_do() -> None:
    facts = taught(FIRST, {})
    apart = typed_form("77200", TITLES, "1     KX-7730     Scharnier                100       0,90      90,00")
    code, text = _word(apart, "KX-7730"), _word(apart, "Scharnier")
    stuck = replace(code, text="KX-7730Scharnier", box=(*code.box[:2], *text.box[2:]))
    together = replace(apart, words=tuple(stuck if w is code else w for w in apart.words if w is not text))
    (line,) = read(apart).lines
    assert _judged(together, facts, line) == _judged(apart, facts, line) > _judged(
        together, facts, replace(line, buyer_sku=None, description=None))


def test_the_order_of_day_and_month_follows_the_date_that_was_put_right() -> None:
    def dated(ordered: str, asked: str, cancelled: str) -> Page:
        said = (("Raised:", ordered), ("Requested Date:", asked), ("Cancel if not delivered by:", cancelled))
        return paper(
            (40, [(40, "Northgate Lifting Inc.")]), (60, [(40, "PURCHASE ORDER")]), (90, [(40, "PO No.:"), (110, "77123")]),
            (104, [(40, "Terms:"), (110, "Net 30")]),
            *((118 + 14 * n, [(40, label), (200, day)]) for n, (label, day) in enumerate(said)),
            (200, [(40, "Item"), (90, "Description"), (200, "Qty"), (250, "Price"), (300, "Total USD")]),
            (214, [(40, "AB-1"), (90, "Hammer"), (200, "3"), (250, "9.00"), (300, "27.00")]))

    first = dated("05-10-2031", "05-11-2031", "05-12-2031")
    assert read(first).header.order_date.value.isoformat() == "2031-05-10"
    facts = taught(first, {"order_date": "2031-10-05"})
    assert [f.lesson.value for f in about("date_order", facts)] == ["day"]
    assert read(dated("06-10-2031", "07-11-2031", "08-12-2031"), facts).header.order_date.value.isoformat() == "2031-10-06"


def test_no_unit_comes_out_of_a_column_that_is_no_part_of_the_order() -> None:
    titles = "Artikel     Bezeichnung              Lieferung     Menge     Preis     Betrag"
    first = typed_form(
        "77123", titles, "KX-4471     Scharnier links          wk 23         24        1,10      26,40",
        "KX-5501     Riegel lang              wk 22         2         10,00     20,00")
    facts = taught_lines(first, {**HINGE, "line_no": None}, {**BOLT, "line_no": None})
    assert IGNORE in columns(facts) and "uom" not in columns(facts)
    line, week = read(first).lines[0], _word(first, "wk")
    place = Place(week.page, week.box, PageKind.PAPER)
    with_unit = replace(line, uom=Found("wk", 0.9, Evidence(Origin.READ, "wk", (place,))))
    assert _judged(first, facts, with_unit) < _judged(first, facts, replace(line, uom=None))
