"""One correction, then never again: what a corrected document teaches, and the next copy of its form read with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from extraction.assemble import assemble
from extraction.layout.reading_order import document_lines
from extraction.learned.apply import DRIFTED
from extraction.learned.derive import Right, derive, facts_of, learned_from, without_known
from extraction.learned.fingerprint import fingerprint
from extraction.learned.paper import paper_of
from models.domain.evidence import Origin
from models.domain.forms import SAME_FORM, likeness
from models.domain.learned import Fact, Fingerprint, Learned, LessonKind
from models.domain.pages import Page, Parsed
from models.domain.reading import Context, Reading
from tests.support.papers import paper, parsed, table


def form(
    *, number: str, mark: str, day: str, rows: Sequence[str] = (), label: str = "Unser Zeichen:", dx: float = 0.0
) -> Page:
    """A German order whose number stands at a label that usually names something else, and whose pieces nobody would look for
    in the column that holds them."""
    head = paper(
        (40, [(40 + dx, "Steinbach Armaturen GmbH")]),
        (70, [(40 + dx, "BESTELLUNG")]),
        (110, [(320 + dx, label), (430 + dx, number)]),
        (126, [(320 + dx, "Auftrags-Nr.:"), (430 + dx, mark)]),
        (142, [(320 + dx, "Datum:"), (430 + dx, day)]),
        (158, [(320 + dx, "Zahlungsbedingungen:"), (430 + dx, "30 Tage netto")]),
        (110, [(40 + dx, "Lieferant:")]), (126, [(40 + dx, "Fernmoor Handel AG")]),
    )
    lines = table(260, "Pos   Artikel     Bezeichnung              Menge     Lager     Preis", *rows)
    return replace(head, words=(*head.words, *lines.words))


FIRST = form(number="B-7741", mark="990012", day="03.04.2031", rows=(
    "1     KX-4471     Scharnier links          24        7         1,10",
    "2     KX-5501     Türschliesser            2         3         10,00",
))
ROW = "1     KX-7730     Scharnier rechts         100       1         0,90"
SECOND = form(number="B-8120", mark="990457", day="17.05.2031", dx=2.0, rows=(
    ROW,
    "2     KX-9012     Riegel lang              5         12        4,00",
    "3     KX-4471     Scharnier links          8         7         1,10",
))
OTHER = table(
    60, "Mill Lane Tools Ltd", "PURCHASE ORDER", "", "PO No.: 77123        Date: 4 May 2031", "",
    "Item     Description     Qty   Price", "AB-1     Hammer          3     9.00")


def read(page: Page, facts: tuple[Fact, ...] = ()) -> Reading:
    (reading,) = assemble(parsed(page), Context(learned=facts))
    return reading


def taught(page: Page, truth: Mapping[str, Any]) -> tuple[Fact, ...]:
    document: Parsed = parsed(page)
    return learned_from([(document, assemble(document, Context()), [truth])])


def derived(page: Page) -> Learned:
    learned = derive([page], read(page), Right())
    assert learned is not None
    return learned


def about(field: str, facts: Sequence[Fact]) -> list[Fact]:
    return [f for f in facts if f.lesson.field == field]


def mark_of(page: Page) -> Fingerprint:
    return fingerprint(paper_of(document_lines([page]), [page]))


def test_a_form_is_known_again_whatever_is_filled_in_and_another_is_not() -> None:
    assert likeness(mark_of(FIRST), mark_of(FIRST)) == 1.0
    assert likeness(mark_of(FIRST), mark_of(SECOND)) > 0.8
    assert likeness(mark_of(FIRST), mark_of(OTHER)) < SAME_FORM / 2
    narrow = replace(SECOND, width=840, height=600)
    assert likeness(mark_of(FIRST), mark_of(narrow)) == 0.0


def test_the_label_of_the_order_number_is_learned_from_one_correction() -> None:
    assert read(SECOND).header.po_number.value == "990457"           # what the label usually means
    facts = taught(FIRST, {"po_number": "B-7741"})
    assert [(f.lesson.kind, f.lesson.label) for f in about("po_number", facts)] == [(LessonKind.PLACE, "Unser Zeichen")]
    number = read(SECOND, facts).header.po_number
    assert number.value == "B-8120" and number.confidence > 0.9
    assert number.evidence.origin is Origin.LEARNED and number.evidence.text == "B-8120"
    assert "Unser Zeichen" in number.evidence.note


def test_who_puts_one_thing_right_lets_the_rest_stand_and_that_is_learned_too() -> None:
    facts = taught(FIRST, {"po_number": "B-7741"})
    assert {f.lesson.field for f in facts if f.lesson.kind is LessonKind.COLUMN} >= {"quantity", "description", "unit_price"}
    (buyer,) = about("buyer_name", facts)
    assert (buyer.lesson.kind, buyer.lesson.value) == (LessonKind.CONSTANT, "Steinbach Armaturen GmbH")
    assert [f.lesson.field for f in facts if not f.lesson.is_let_stand] == ["po_number"]
    (day,) = about("order_date", facts)
    assert (day.lesson.kind, day.lesson.label) == (LessonKind.PLACE, "Datum")


def test_a_paper_that_was_read_right_and_approved_teaches_where_everything_stands() -> None:
    facts = taught(FIRST, {})
    assert all(f.lesson.is_let_stand for f in facts)
    assert {(f.lesson.field, f.lesson.label) for f in facts} >= {
        ("po_number", "Auftrags-Nr."), ("order_date", "Datum"), ("payment_terms", "Zahlungsbedingungen"), ("quantity", "Menge"),
        ("buyer_name", "Steinbach Armaturen GmbH")}
    stamped = replace(SECOND, words=(*SECOND.words, *paper((90, [(320, "Bestelldatum:"), (430, "01.01.2031")])).words))
    assert read(stamped).header.order_date.value == date(2031, 1, 1)
    day = read(stamped, facts).header.order_date
    assert (day.value, day.evidence.origin) == (date(2031, 5, 17), Origin.LEARNED)       # not what the reader takes by itself


def test_what_was_let_stand_confirms_what_is_read_at_its_place_and_changes_no_word_of_it() -> None:
    before, after = read(SECOND), read(SECOND, taught(FIRST, {}))
    assert [getattr(after.header, n).value for n in ("po_number", "order_date", "payment_terms")] == [
        getattr(before.header, n).value for n in ("po_number", "order_date", "payment_terms")]
    assert after.header.po_number.evidence.fact_id is not None and after.header.po_number.evidence.origin is Origin.READ
    assert after.header.po_number.confidence >= before.header.po_number.confidence


def test_a_date_whose_learned_label_stands_empty_is_not_looked_for_elsewhere() -> None:
    def wanted(page: Page, label: str, day: str) -> Page:
        return replace(page, words=(*page.words, *paper((174, [(320, label), *([(430, day)] if day else [])])).words))

    facts = taught(wanted(FIRST, "Liefertermin:", "30.04.2031"), {})
    empty = wanted(SECOND, "Liefertermin:", "")
    late = replace(empty, words=(*empty.words, *paper((220, [(40, "Lieferdatum 1: 09.06.2031")])).words))
    assert read(late).header.requested_date is not None
    assert read(late, facts).header.requested_date is None


def test_a_date_that_a_narrow_column_wraps_is_learned_and_read_whole() -> None:
    def boxed(page: Page, *day: str) -> Page:
        lines = (174, [(320, "P.O.DATE")]), *((186 + 12 * n, [(320, text)]) for n, text in enumerate(day))
        kept = tuple(w for w in page.words if w.box[1] != 142)                   # without the other date
        return replace(page, words=(*kept, *paper(*lines).words))

    facts = taught(boxed(FIRST, "Monday, June 2,", "2031"), {"order_date": "2031-06-02"})
    assert about("order_date", facts)[0].lesson.label == "P.O.DATE"
    day = read(boxed(SECOND, "Wednesday,", "September 24,", "2031"), facts).header.order_date
    assert (day.value, day.evidence.text) == (date(2031, 9, 24), "September 24, 2031")


def test_what_was_let_stand_is_learned_once_and_not_again_when_a_person_took_it_back() -> None:
    once = derived(FIRST)
    again = derived(SECOND)
    assert without_known(again, facts_of(once)).lessons == ()
    told = tuple(f for f in facts_of(once) if f.lesson.field != "order_date")
    assert [x.field for x in without_known(again, told).lessons] == ["order_date"]
    elsewhere = tuple(replace(f, form=mark_of(OTHER)) for f in facts_of(once))
    assert without_known(again, elsewhere) == again


def test_how_numbers_are_written_is_learned_from_those_that_read_differently_the_other_way() -> None:
    rows = (
        "1     KX-4471     Scharnier links          2.500     7         1,10",
        "2     KX-5501     Riegel lang              1.000     3         2,00")
    proven = form(number="B-7741", mark="990012", day="03.04.2031", rows=rows)
    assert [f.lesson.value for f in taught(proven, {}) if f.lesson.kind is LessonKind.NUMBER_STYLE] == [","]
    plain = form(number="B-7741", mark="990012", day="03.04.2031", rows=(
        "1     KX-4471     Scharnier links          24        7         11", "2     KX-5501     Riegel     10   3     20"))
    assert not [f for f in taught(plain, {}) if f.lesson.kind is LessonKind.NUMBER_STYLE]


def test_without_its_facts_a_document_reads_as_if_they_had_never_been() -> None:
    facts = taught(FIRST, {"po_number": "B-7741"})
    assert read(SECOND, facts) != read(SECOND)
    assert read(SECOND, ()) == read(SECOND)


def test_facts_of_one_form_say_nothing_about_another() -> None:
    facts = taught(FIRST, {"po_number": "B-7741"})
    assert read(OTHER, facts) == read(OTHER)


def test_a_learned_label_that_is_gone_is_not_applied_and_is_told() -> None:
    facts = taught(FIRST, {"po_number": "B-7741"})
    changed = form(number="B-8120", mark="990457", day="17.05.2031", label="Kostenstelle:", rows=(ROW,))
    reading = read(changed, facts)
    assert reading.header.po_number == read(changed).header.po_number
    (problem,) = [p for p in reading.problems if p.code == DRIFTED]
    assert "“Unser Zeichen” is not on the page" in problem.message


def test_a_learned_place_that_holds_no_number_any_more_is_told() -> None:
    facts = taught(FIRST, {"po_number": "B-7741"})
    reading = read(form(number="Schneider", mark="990457", day="17.05.2031", rows=(ROW,)), facts)
    assert reading.header.po_number.value == "990457"
    assert any(p.code == DRIFTED and "is no PO number" in p.message for p in reading.problems)


def test_a_value_taken_away_is_not_read_there_again() -> None:
    (fact,) = about("payment_terms", taught(FIRST, {"payment_terms": None}))
    assert (fact.lesson.kind, fact.lesson.label) == (LessonKind.NOT, "zahlungsbedingungen")
    assert read(SECOND).header.payment_terms is not None
    assert read(SECOND, (fact,)).header.payment_terms is None


def test_a_name_taken_away_is_not_that_party_again() -> None:
    (fact,) = about("buyer_name", taught(FIRST, {"buyer_name": None}))
    assert (fact.lesson.kind, fact.lesson.value) == (LessonKind.NOT, "Steinbach Armaturen GmbH")
    assert read(SECOND).header.buyer_name.value == "Steinbach Armaturen GmbH"
    assert read(SECOND, (fact,)).header.buyer_name is None


def test_a_wrong_column_is_put_right_with_all_the_others() -> None:
    before = [line.quantity.value for line in read(SECOND).lines if line.quantity]
    lines = [
        {"buyer_sku": code, "description": text, "quantity": stock, "unit_price": price}
        for code, text, stock, price in (("KX-4471", "Scharnier links", 7, 1.10), ("KX-5501", "Türschliesser", 3, 10))]
    facts = taught(FIRST, {"lines": lines})
    assert {(f.lesson.field, f.lesson.label) for f in facts if f.lesson.kind is LessonKind.COLUMN} >= {
        ("quantity", "Lager"), ("ignore", "Menge")}
    reading = read(SECOND, facts)
    assert before == [100, 5, 8]
    assert [(line.buyer_sku.value, line.quantity.value, f"{line.unit_price.value:f}") for line in reading.lines] == [
        ("KX-7730", 1, "0.90"), ("KX-9012", 12, "4.00"), ("KX-4471", 7, "1.10")]
    assert all(line.quantity.evidence.origin is Origin.LEARNED for line in reading.lines)


def test_what_stands_above_learned_titles_is_still_read() -> None:
    def shipped(page: Page, place: str) -> Page:
        lines = paper(
            (204, [(40, "Lieferadresse:")]), (218, [(40, "Steinbach Werk 2")]), (232, [(40, "Hafenweg 9")]), (246, [(40, place)]))
        return replace(page, words=(*page.words, *lines.words))

    lines = [
        {"buyer_sku": code, "description": text, "quantity": stock, "unit_price": price}
        for code, text, stock, price in (("KX-4471", "Scharnier links", 7, 1.10), ("KX-5501", "Türschliesser", 3, 10))]
    facts = taught(shipped(FIRST, "27568 Nordhaven"), {"lines": lines})
    reading = read(shipped(SECOND, "01067 Elbstadt"), facts)
    assert [line.quantity.value for line in reading.lines] == [1, 12, 7]
    assert reading.header.ship_to.value == "Steinbach Werk 2, Hafenweg 9, 01067 Elbstadt"


def test_a_table_whose_learned_columns_are_gone_is_read_anew_and_told() -> None:
    lines = [
        {"buyer_sku": code, "description": text, "quantity": stock, "unit_price": price}
        for code, text, stock, price in (("KX-4471", "Scharnier links", 7, 1.10), ("KX-5501", "Türschliesser", 3, 10))]
    facts = taught(FIRST, {"lines": lines})
    grown = replace(SECOND, words=tuple(w for w in SECOND.words if w.text not in {"Lager", "Menge", "Preis", "Betrag", "Pos"}))
    reading = read(grown, facts)
    assert [line.quantity for line in reading.lines] == [line.quantity for line in read(grown).lines]
    assert any(p.code == DRIFTED and "columns" in p.message for p in reading.problems)


@pytest.mark.parametrize(("right", "day"), [("2031-04-03", date(2031, 5, 6)), ("2031-03-04", date(2031, 6, 5))])
def test_the_order_of_day_and_month_is_learned(right: str, day: date) -> None:
    def dated(text: str) -> Page:
        return paper(
            (40, [(40, "Mill Lane Tools Ltd")]), (60, [(40, "PURCHASE ORDER")]), (90, [(40, "PO No.: 77123")]),
            (104, [(40, f"Order Date: {text}")]), (118, [(40, "Terms: Net 30")]), (132, [(40, "Ship Via: Best")]))

    first, second = dated("03/04/2031"), dated("06/05/2031")
    wrong = read(first).header.order_date.value.isoformat() != right
    facts = taught(first, {"order_date": right})
    (order,) = (f.lesson for f in facts if f.lesson.kind is LessonKind.DATE_ORDER)
    assert order.is_let_stand != wrong
    assert read(second, facts).header.order_date.value == day


def test_a_later_correction_comes_before_an_earlier_one() -> None:
    documents = [
        (parsed(FIRST), [read(FIRST)], [{"po_number": "B-7741"}]), (parsed(SECOND), [read(SECOND)], [{"po_number": "990457"}])]
    assert learned_from(documents) == learned_from(documents[:1])         # the second was read right without any fact
    again = [documents[0], (parsed(SECOND), [read(SECOND, learned_from(documents[:1]))], [{"po_number": "990457"}])]
    facts = learned_from(again)
    assert [f.lesson.label for f in about("po_number", facts)] == ["Auftrags-Nr.", "Unser Zeichen"]
    assert read(SECOND, facts).header.po_number.value == "990457"


def typed_form(number: str, *rows: str, above: str = "") -> Page:
    """An English order; `rows` with their titles, as typed."""
    head = paper(
        (40, [(40, "Mill Lane Tools Ltd")]), (60, [(40, "PURCHASE ORDER")]), (90, [(40, "PO No.:"), (110, number)]),
        (104, [(40, "Order Date:"), (110, "4 May 2031")]), (118, [(40, "Terms:"), (110, "Net 30")]), (132, [(40, above)]))
    return replace(head, words=(*head.words, *table(200, *rows).words))


def said(reading: Reading) -> list[tuple[str | None, str | None, str]]:
    return [(
        x.buyer_sku.value if x.buyer_sku else None, x.description.value if x.description else None,
        f"{x.quantity.value:f}" if x.quantity else "") for x in reading.lines]


def test_numbers_stuck_to_their_texts_are_parted_where_a_person_showed_it() -> None:
    titles = "Qty    Code   Goods                   Rate"
    first = typed_form("77123", titles, "4      240086Hinge left              1.10", "8      240099Bolt long               2.00")
    second = typed_form("77200", titles, "5      240471Hinge right             1.20", "9      240512Nut brass               0.10")
    lines = [
        {"buyer_sku": code, "description": text, "quantity": quantity, "unit_price": price}
        for code, text, quantity, price in (("240086", "Hinge left", 4, 1.1), ("240099", "Bolt long", 8, 2))]
    assert said(read(second, taught(first, {"lines": lines}))) == [("240471", "Hinge right", "5"), ("240512", "Nut brass", "9")]


def test_rows_that_keep_no_places_are_read_by_the_order_of_their_columns() -> None:
    titles = "Anzahl Bezeichnung                    Preis     Gesamt"
    first = typed_form(
        "77123", titles,
        "4 Scharnier links                      1,10      4,40",
        "12 Riegel lang                      2,00     24,00")
    second = typed_form(
        "77200", titles,
        "1200 Scharnier rechts verzinkt         1,20   1440,00",
        "5 Nut                         0,10      0,50")
    lines = [
        {"description": text, "quantity": quantity, "unit_price": price, "amount": amount}
        for text, quantity, price, amount in (("Scharnier links", 4, 1.1, 4.4), ("Riegel lang", 12, 2, 24))]
    facts = taught(first, {"lines": lines, "payment_terms": None})
    assert [(text, quantity) for _, text, quantity in said(read(second, facts))] == [
        ("Scharnier rechts verzinkt", "1200"), ("Nut", "5")]


def test_a_date_behind_a_label_that_counts_is_refused_on_the_next_copy_too() -> None:
    titles, row = "Item     Description     Qty   Price", "AB-1     Hammer          3     9.00"
    first = typed_form("77123", titles, row, above="Delivery 1 - 5 June 2031")
    second = typed_form("77200", titles, row, above="Delivery 2 - 9 July 2031")
    assert read(first).header.requested_date is not None and read(second).header.requested_date is not None
    facts = taught(first, {"requested_date": None})
    assert read(second, facts).header.requested_date is None


def test_the_day_a_paper_was_printed_is_not_learned_as_the_day_of_the_order() -> None:
    first = typed_form("77123", "Printed 3 June 2031 16:56", above="Stand 3 June 2031")
    facts = taught(first, {"order_date": "2031-06-03"})
    (fact,) = about("order_date", facts)
    assert fact.lesson.label == "Stand"


def _going_to(*address: str, number: str = "77123") -> Page:
    """An English order of hammers with these lines under "Site"."""
    page = typed_form(number, "Item     Description     Qty   Price", "AB-1     Hammer          3     9.00")
    where = paper((140, [(330, "Site")]), *((152 + 12 * n, [(330, line)]) for n, line in enumerate(address)))
    return replace(page, words=(*page.words, *where.words))


def _ship_to(page: Page, facts: tuple[Fact, ...] = ()) -> str | None:
    found = read(page, facts).header.ship_to
    return found.value if found else None


def test_a_person_named_in_an_address_that_was_put_right_is_part_of_the_next_one_too() -> None:
    facts = taught(_going_to("Ridge School", "Attn: Ms Orme", "5 Hill Road", "Elbstadt EB1 2CD"), {
        "ship_to": "Ridge School, Attn: Ms Orme, 5 Hill Road, Elbstadt EB1 2CD"})
    second = _going_to("Vale School", "Attn: Mr Finch", "9 Dale Lane", "Nordhaven NH4 5FG", number="77200")
    assert _ship_to(second, facts) == "Vale School, Attn: Mr Finch, 9 Dale Lane, Nordhaven NH4 5FG"


def test_what_the_form_says_behind_an_address_is_no_part_of_the_next_one() -> None:
    facts = taught(_going_to("Ridge School", "5 Hill Road", "Elbstadt EB1 2CD as before"), {
        "ship_to": "Ridge School, 5 Hill Road, Elbstadt EB1 2CD"})
    second = _going_to("Vale School", "9 Dale Lane", "Nordhaven NH4 5FG as before", number="77200")
    assert _ship_to(second, facts) == "Vale School, 9 Dale Lane, Nordhaven NH4 5FG"


def test_a_value_that_no_place_leads_to_is_meant_where_the_same_is_read_again_and_nowhere_else() -> None:
    def paid(said: str, number: str) -> Page:
        page = _going_to("Ridge School", "5 Hill Road", number=number)
        return replace(page, words=(*page.words, *paper((420, [(40, f"We settle {said}, unless agreed otherwise")])).words))

    first = paid("20 days after receipt", "77123")
    facts = tuple(f for f in taught(first, {"payment_terms": "20 days after receipt"}) if f.lesson.field == "payment_terms")
    meant = replace(facts[0].lesson, kind=LessonKind.CONSTANT, anchors=(), value="20 days after receipt", instead="Net 30")
    facts = (replace(facts[0], lesson=meant),)
    terms = read(paid("20 days after receipt", "77200"), facts).header.payment_terms
    assert terms.value == "20 days after receipt" and terms.evidence.origin is Origin.LEARNED and terms.evidence.places
    assert read(paid("10 days after invoice", "77201"), facts).header.payment_terms.value == "Net 30"
    other = replace(facts[0], lesson=replace(meant, instead="Net 60"))
    assert read(first, (other,)).header.payment_terms.value == "Net 30"


def test_a_firm_whose_name_was_let_stand_without_its_legal_form_keeps_the_one_that_is_printed() -> None:
    def bought(name: str) -> Page:
        page = typed_form("77123", "Item     Description     Qty   Price", "AB-1     Hammer          3     9.00")
        return replace(page, words=(*page.words, *paper((150, [(330, "Supplier:"), (400, name)])).words))

    facts = taught(bought("Fernmoor Handel"), {})
    assert about("supplier_name", facts)[0].lesson.value == "Fernmoor Handel"
    assert read(bought("Fernmoor Handel GmbH"), facts).header.supplier_name.value == "Fernmoor Handel GmbH"
    assert read(bought("Fernmoor Handel"), facts).header.supplier_name.value == "Fernmoor Handel"
