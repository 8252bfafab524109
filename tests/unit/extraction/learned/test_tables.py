"""What a corrected table teaches about the next copy of its form, whose columns, rows and type are not quite the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extraction.learned.apply import DRIFTED
from models.domain.learned import Fact
from models.domain.pages import Page
from models.domain.reading import Reading
from tests.support.papers import paper, table
from tests.unit.extraction.learned.test_learning import form, read, taught, typed_form

TITLES = "Pos   Artikel     Bezeichnung              Menge     Preis     Betrag"
FIRST = typed_form(
    "77123", TITLES,
    "1     KX-4471     Scharnier links          24        1,10      26,40",
    "2     KX-5501     Riegel lang              2         10,00     20,00")
HINGE = {
    "line_no": "1", "buyer_sku": "KX-4471", "description": "Scharnier links", "quantity": 24, "unit_price": 1.1, "amount": 26.4}
BOLT = {"line_no": "2", "buyer_sku": "KX-5501", "description": "Riegel lang", "quantity": 2, "unit_price": 10, "amount": 20}


def said(reading: Reading, *names: str) -> list[tuple[str | None, ...]]:
    """The values of the lines as texts."""
    values = ([getattr(line, name) for name in names] for line in reading.lines)
    return [tuple(str(v.value) if v else None for v in row) for row in values]


def taught_lines(page: Page, *lines: dict[str, Any], **header: Any) -> tuple[Fact, ...]:
    return taught(page, {"lines": list(lines), **header})


def columns(facts: Sequence[Fact]) -> set[str]:
    return {f.lesson.field for f in facts if f.lesson.column}


def test_units_below_their_quantities_are_no_part_of_the_texts_beside_them() -> None:
    first = typed_form(
        "77123", TITLES,
        "1     KX-4471     Scharnier links          24        1,10      26,40", "                                         Stk",
        "2     KX-5501     Riegel lang              2         10,00     20,00", "                                         Pkg")
    second = typed_form(
        "77200", TITLES,
        "1     KX-7730     Scharnier rechts         100       0,90      90,00", "                                         Rollen",
        "2     KX-9012     Türschliesser schwer     5         4,00      20,00", "      mit Feder                          Stk",
        "3     KX-9077     Nut                      7         1,00      7,00", "                                         Beutel")
    facts = taught_lines(first, {**HINGE, "uom": "Stk"}, {**BOLT, "uom": "Pkg"})
    assert said(read(second, facts), "description", "quantity", "uom") == [
        ("Scharnier rechts", "100", "Rollen"), ("Türschliesser schwer mit Feder", "5", "Stk"), ("Nut", "7", "Beutel")]


def test_each_column_is_looked_for_where_its_own_title_stands() -> None:
    titles = "Pos   Artikel     Bezeichnung              Menge     Lager     Preis"
    wider = "Pos   Artikel     Bezeichnung                       Menge     Lager     Preis"
    first = form(number="B-7741", mark="990012", day="03.04.2031")
    facts = taught_lines(
        replace(first, words=(*_head(first), *table(
            260, titles, "1     KX-4471     Scharnier links          24        7         1,10",
            "2     KX-5501     Türschliesser            2         3         10,00").words)),
        {"buyer_sku": "KX-4471", "description": "Scharnier links", "quantity": 7, "unit_price": 1.1},
        {"buyer_sku": "KX-5501", "description": "Türschliesser", "quantity": 3, "unit_price": 10})
    second = replace(first, words=(*_head(first), *table(
        260, wider, "1     KX-7730     Scharnier, rechts, lang, verz.    100       1         0,90",
        "2     KX-9012     Riegel                            5         12        4,00").words))
    reading = read(second, facts)
    assert said(reading, "buyer_sku", "quantity", "unit_price") == [("KX-7730", "1", "0.90"), ("KX-9012", "12", "4.00")]
    assert not any(p.code == DRIFTED for p in reading.problems)


def _head(page: Page) -> tuple[Any, ...]:
    return tuple(w for w in page.words if w.box[1] < 250)


def test_of_two_columns_that_say_the_same_the_one_that_was_read_is_learned() -> None:
    titles = "Artikel     Bezeichnung              Menge     Liste     Preis     Betrag"
    first = typed_form(
        "77123", titles,
        "KX-4471     Scharnier links          24        1,10      1,10      26,40",
        "KX-5501     Riegel lang              2         10,00     10,00     20,00")
    second = typed_form(
        "77200", titles,
        "KX-7730     Scharnier rechts         100       0,90      0,80      80,00",
        "KX-9012     Türschliesser            5         4,00      4,00      20,00")
    assert said(read(second), "unit_price") == [("0.80",), ("4.00",)]
    assert said(read(second, taught(first, {})), "unit_price") == [("0.80",), ("4.00",)]


def test_goods_without_a_price_are_a_row_of_a_form_on_which_all_had_one() -> None:
    second = typed_form(
        "77200", TITLES,
        "1     KX-7730     Scharnier rechts         100       0,90      90,00",
        "2     KX-9012     Türschliesser            5         gratis",
        "3     KX-9077     Nut                      7         1,00      7,00")
    facts = taught_lines(FIRST, HINGE, BOLT)
    assert said(read(second, facts), "buyer_sku", "quantity") == [("KX-7730", "100"), ("KX-9012", "5"), ("KX-9077", "7")]


def test_a_unit_that_is_printed_nowhere_does_not_keep_the_columns_from_being_learned() -> None:
    facts = taught_lines(FIRST, {**HINGE, "uom": "PCE"}, {**BOLT, "uom": "PCE"})
    assert columns(facts) >= {"quantity", "unit_price", "buyer_sku"}


def test_words_where_other_rows_have_their_number_are_what_a_charge_is_called() -> None:
    first = typed_form(
        "77123", TITLES,
        "1     KX-4471                              24        1,10      26,40", "      Scharnier links",
        "2     KX-5501                              2         10,00     20,00", "      Riegel lang")
    second = typed_form(
        "77200", TITLES,
        "1     KX-7730                              100       0,90      90,00", "      Scharnier rechts",
        "2     KX-7731                              10        0,90      9,00", "      Scharnier links",
        "3     Fracht                               1         10,00     10,00")
    for facts in ((), taught(first, {})):
        assert said(read(second, facts), "buyer_sku", "description")[2] == (None, "Fracht")


def test_a_dash_in_the_next_column_is_no_part_of_a_text() -> None:
    titles = "Bezeichnung                 S      M      Menge     Preis"
    first = typed_form(
        "77123", titles,
        "Fracht                      -      -      1         5,00",
        "Nut M8                      4      8      12        0,10")
    freight, nut = {"description": "Fracht", "quantity": 1}, {"description": "Nut M8", "quantity": 12}
    facts = taught_lines(first, {**freight, "unit_price": 5}, {**nut, "unit_price": 0.1})
    places = {f.lesson.field: f.lesson.column for f in facts if f.lesson.column}
    assert places["description"].right < places["quantity"].left - 10


def test_learned_columns_that_hold_something_else_lose_against_what_multiplies_out() -> None:
    facts = taught_lines(FIRST, {**HINGE, "uom": "PCE"}, {**BOLT, "uom": "PCE"})
    assert not any(f.lesson.is_let_stand for f in facts if f.lesson.column)
    exchanged = {"quantity": "amount", "amount": "quantity"}
    other = tuple(replace(f, lesson=replace(f.lesson, field=exchanged.get(f.lesson.field, f.lesson.field))) for f in facts)
    second = typed_form(
        "77200", TITLES,
        "1     KX-7730     Scharnier rechts         100       0,90      90,00",
        "2     KX-9012     Türschliesser            5         4,00      20,00")
    for known in (facts, other):
        assert said(read(second, known), "quantity", "unit_price", "amount") == [("100", "0.90", "90.00"), ("5", "4.00", "20.00")]


def test_a_code_behind_a_dash_is_the_last_word_of_every_text_however_long() -> None:
    titles = "Menge     Bezeichnung                                 Preis     Betrag"
    first = typed_form("77123", titles, "24        Scharnier links - KX-4471                   1,10      26,40")
    second = typed_form(
        "77200", titles, "100       Scharnier rechts lang verzinkt - KX-7730    0,90      90,00",
        "5         Riegel - KX-9012                            4,00      20,00")
    facts = taught_lines(first, HINGE)
    assert [f.lesson.value for f in facts if f.lesson.field == "buyer_sku"] == ["last"]
    assert said(read(second, facts), "buyer_sku", "description") == [
        ("KX-7730", "Scharnier rechts lang verzinkt"), ("KX-9012", "Riegel")]


def test_texts_two_lines_below_their_numbers_are_read_past_the_codes_between() -> None:
    titles = "Pos   Bestellt    Stück     Einheit     Preis     Betrag"

    def item(number: int, wanted: int, pieces: int, price: str, amount: str, code: str, text: str) -> tuple[str, ...]:
        row = f"{number}     {wanted:<4}        {pieces:<4}      Stk         {price}      {amount}"
        return (row, f"  {code}", f"    {text}")

    first = typed_form(
        "77123", titles, *item(1, 30, 24, "1,10", "26,40", "KX-4471", "Scharnier links"),
        *item(2, 2, 2, "10,00", "20,00", "KX-5501", "Riegel lang"))
    second = typed_form(
        "77200", titles, *item(1, 120, 100, "0,90", "90,00", "KX-7730", "Scharnier rechts"),
        *item(2, 7, 5, "4,00", "20,00", "KX-9012", "Türschliesser schwer"))
    facts = taught_lines(first, {**HINGE, "uom": "Stk"}, {**BOLT, "uom": "Stk"})
    assert "ignore" in columns(facts)
    assert said(read(second, facts), "buyer_sku", "description", "quantity") == [
        ("KX-7730", "Scharnier rechts", "100"), ("KX-9012", "Türschliesser schwer", "5")]


def test_remarks_below_texts_that_had_room_to_go_on_are_no_part_of_them() -> None:
    titles = "Pos   Bezeichnung              Menge     Preis     Betrag"
    first = typed_form(
        "77123", titles, "1     Scharnier links          24        1,10      26,40", "      laut Angebot",
        "2     Riegel lang              2         10,00     20,00")
    second = typed_form(
        "77200", titles, "1     Scharnier rechts         100       0,90      90,00", "      mit Zeugnis",
        "2     Riegel                   5         4,00      20,00")
    facts = taught_lines(first, {**HINGE, "buyer_sku": None}, {**BOLT, "buyer_sku": None})
    assert said(read(second, facts), "description") == [("Scharnier rechts",), ("Riegel",)]


def test_a_numbered_remark_is_no_part_of_the_text_above_it() -> None:
    first = typed_form(
        "77123", TITLES, "1     KX-4471     Scharnier links          24        1,10      26,40", "2                 laut Angebot",
        "3     KX-5501     Riegel lang              2         10,00     20,00", "4                 vorab")
    second = typed_form(
        "77200", TITLES, "1     KX-7730     Scharnier rechts langes  100       0,90      90,00",
        "2                 Teillieferungen",
        "3     KX-9012     Riegel                   5         4,00      20,00", "4                 vorab")
    facts = taught_lines(first, HINGE, {**BOLT, "line_no": "3"})
    assert said(read(second, facts), "line_no", "description") == [("1", "Scharnier rechts langes"), ("3", "Riegel")]


def test_a_charge_among_coded_rows_keeps_its_words_together() -> None:
    def item(number: int, code: str, text: str) -> tuple[str, ...]:
        return (f"{number}     {code:<24}24        1,10      26,40", *((f"      {text}",) if text else ()))

    titles = "Pos   Artikel                 Menge     Preis     Betrag"
    first = typed_form("77123", titles, *item(1, "KX-4471", "Scharnier links"), *item(2, "KX-5501", "Riegel lang"))
    second = typed_form("77200", titles, *item(1, "KX-7730", "Scharnier rechts"), *item(2, "Fracht und Verpackung", ""))
    facts = taught_lines(first, HINGE, {**HINGE, "line_no": "2", "buyer_sku": "KX-5501", "description": "Riegel lang"})
    assert said(read(second, facts), "buyer_sku", "description") == [
        ("KX-7730", "Scharnier rechts"), (None, "Fracht und Verpackung")]


def test_a_text_that_found_no_room_beside_its_numbers_begins_on_the_line_above() -> None:
    titles = "Pos   Bezeichnung              Menge     Preis     Betrag"
    first = typed_form(
        "77123", titles, "1     Scharnier links          24        1,10      26,40",
        "2     Riegel lang              2         10,00     20,00")
    second = typed_form(
        "77200", titles, "1     Nut                      100       0,90      90,00",
        "      Schliesser für Brandtor", "2     TS93/2                   5         4,00      20,00")
    facts = taught_lines(first, {**HINGE, "buyer_sku": None}, {**BOLT, "buyer_sku": None})
    assert said(read(second, facts), "description", "buyer_sku") == [
        ("Nut", None), ("Schliesser für Brandtor TS93/2", None)]


def _small(page: Page) -> Page:
    """The page with its table in small type: an em is then half as much."""
    return replace(page, words=tuple(
        replace(w, box=(*w.box[:3], w.box[1] + 5.0)) if w.box[1] > 190 else w for w in page.words))


def test_a_place_is_found_again_where_another_size_of_type_prevails() -> None:
    rows = [f"{n}     KX-44{n:02}     Scharnier links          24        1,10      26,40" for n in range(1, 13)]

    def sent(page: Page, *lines: str) -> Page:
        where = paper((140, [(40, "Abladestelle")]), *((156 + 12 * n, [(46, text)]) for n, text in enumerate(lines)))
        return replace(page, words=(*page.words, *where.words))

    first = sent(typed_form("77123", TITLES, rows[0]), "Werk 2, Tor 4", "Hafenweg 9", "27568 Nordhaven")
    facts = taught(first, {"ship_to": "Werk 2, Tor 4, Hafenweg 9, 27568 Nordhaven"})
    second = _small(sent(typed_form("77200", TITLES, *rows), "Lager 1, Rampe 7", "Am Wall 3", "01067 Elbstadt"))
    assert read(second, facts).header.ship_to.value == "Lager 1, Rampe 7, Am Wall 3, 01067 Elbstadt"


def test_a_label_that_says_more_on_the_next_copy_still_leads_to_its_value() -> None:
    def summed(page: Page, label: str, total: str) -> Page:
        return replace(page, words=(*page.words, *paper((420, [(300, label), (430, total)])).words))

    facts = taught(summed(FIRST, "Endwert", "55,22"), {"total": 55.22})
    reading = read(summed(FIRST, "Endwert brutto", "61,40"), facts)
    assert reading.header.total is not None and str(reading.header.total.value) == "61.40"
    assert not any(p.code == DRIFTED for p in reading.problems)
