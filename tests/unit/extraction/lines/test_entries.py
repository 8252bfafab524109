"""Goods without titles, an entry of several lines each, as letters, faxes and small shops' papers list them."""

from __future__ import annotations

from extraction.assemble import assemble
from models.domain.pages import Page
from models.domain.reading import Context
from tests.support.papers import paper, parsed, table

Entry = tuple[str | None, ...]


def entries(page: Page) -> list[Entry]:
    """Number, code, description, quantity, unit, price and amount of each line read."""
    return [
        tuple(str(x.value) if x else None for x in (
            line.line_no, line.buyer_sku or line.supplier_sku, line.description, line.quantity, line.uom, line.unit_price,
            line.amount))
        for reading in assemble(parsed(page), Context()) for line in reading.lines]


def test_number_and_price_stand_below_the_goods() -> None:
    page = table(
        100,
        "Please send:",
        "6 pc     Cheese, aged 24 months, 1/8 wheel           £429.00",
        "         QB-0031 @ £71.50",
        "15 cs    Pasta, ribbed, 500g x 12                    £261.00",
        "         QB-0107 @ £17.40",
        "5 bkt    Olives, green, bucket 5kg                   £149.75",
        "         QB-0302 @ £29.95",
        "",
        "                                       Total         £839.75")
    assert entries(page) == [
        (None, "QB-0031", "Cheese, aged 24 months, 1/8 wheel", "6", "pc", "71.50", "429.00"),
        (None, "QB-0107", "Pasta, ribbed, 500g x 12", "15", "cs", "17.40", "261.00"),
        (None, "QB-0302", "Olives, green, bucket 5kg", "5", "bkt", "29.95", "149.75")]


def test_a_column_at_the_left_of_the_list_is_no_part_of_its_entries() -> None:
    page = paper(
        (100, [(20, "Order"), (150, "4 pc"), (200, "Ham, boned"), (420, "472.00")]),
        (112, [(20, "QR-20877"), (200, "QC-0044 @ 118.00")]),
        (136, [(20, "Wanted"), (150, "10 cs"), (200, "Noodles"), (420, "174.00")]),
        (148, [(20, "16 March 2031"), (200, "QC-0110 @ 17.40")]))
    assert entries(page) == [
        (None, "QC-0044", "Ham, boned", "4", "pc", "118.00", "472.00"),
        (None, "QC-0110", "Noodles", "10", "cs", "17.40", "174.00")]


def test_numbered_entries_name_number_and_price_behind_labels_and_a_price_may_be_for_a_hundred() -> None:
    page = table(
        100,
        "1)  12 rames   Papier couché 135 g",
        "    réf. QM-72102    prix 64,80 € la rame",
        "",
        "2)  2500 feuilles   Carte ivoire 300 g",
        "    réf. QI-6490    prix 48,00 € les 100",
        "",
        "3)  4 bidons   Solution de mouillage, pour presses à feuilles,",
        "    sans alcool",
        "    réf. QU-20    prix 92,00 € le bidon")
    assert entries(page) == [
        ("1", "QM-72102", "Papier couché 135 g", "12", "rames", "64.80", None),
        ("2", "QI-6490", "Carte ivoire 300 g", "2500", "feuilles", "0.48", None),
        ("3", "QU-20", "Solution de mouillage, pour presses à feuilles, sans alcool", "4", "bidons", "92.00", None)]


def test_clauses_with_days_and_sums_are_no_entries() -> None:
    page = table(
        100,
        "Terms of delivery",
        "14 days    from receipt of the goods a complaint is made in writing",
        "           to the address above",
        "30 days    after that the invoice is paid",
        "           without deduction")
    assert entries(page) == []


def test_entries_that_do_not_multiply_out_are_left_to_a_person() -> None:
    page = table(
        100,
        "6 pc     Stayed nights, guests                       300.00",
        "         QB-0031 @ 71.50",
        "4 pc     Stayed nights, staff                        100.00",
        "         QB-0032 @ 71.50")
    assert entries(page) == []


def test_cards_whose_labels_stand_apart_from_their_values() -> None:
    page = table(
        100,
        "Line 1    Pipette tips 200 ul, 10 x 96                               £624.00 GBP",
        "Supplier Part No.   QX-40017-B   Need By   12 Oct 2031           20 Pack × £31.20",
        "Quantity            20           Unit      Pack",
        "Account             Chemistry / 12152100",
        "",
        "Line 2    Gloves, powder free, box of 100                            £312.75 GBP",
        "Supplier Part No.   QX-22090     Need By   12 Oct 2031           45 Box × £6.95",
        "Quantity            45           Unit      Box",
        "Account             Chemistry / 46181504")
    assert entries(page) == [
        ("1", "QX-40017-B", "Pipette tips 200 ul, 10 x 96", "20", "Pack", "31.20", "624.00"),
        ("2", "QX-22090", "Gloves, powder free, box of 100", "45", "Box", "6.95", "312.75")]


def test_facts_about_the_order_whose_labels_stand_apart_are_no_card() -> None:
    page = table(
        100,
        "Purchase order   QO-4471      Order date    3 March 2031",
        "Need By          12 May 2031  Currency      GBP",
        "Unit             Hull         Item          Maintenance")
    assert entries(page) == []


def test_the_name_of_the_goods_stands_in_the_line_of_titles_that_comes_again_over_each_row() -> None:
    page = table(
        100,
        "Pale malt, crushed                              Qty     Each   Line total",
        "Product code QALT-MO25 · sold per 25kg sack      40   £27.50    £1,100.00",
        "",
        "Rye, roasted, coarse                            Qty     Each   Line total",
        "Product code QALT-CR · sold per 25kg sack         6   £29.95      £179.70",
        "",
        "Finings ready to use                            Qty     Each   Line total",
        "Product code QIN-ISG · sold per 25L jerry         2   £54.60      £109.20",
        "",
        "                                      Order total               £1,388.90")
    assert entries(page) == [
        (None, "QALT-MO25", "Pale malt, crushed", "40", None, "27.50", "1100.00"),
        (None, "QALT-CR", "Rye, roasted, coarse", "6", None, "29.95", "179.70"),
        (None, "QIN-ISG", "Finings ready to use", "2", None, "54.60", "109.20")]


def test_the_name_of_a_section_in_the_line_of_titles_names_no_goods() -> None:
    page = table(
        100,
        "Kitchen                        Qty     Each   Line total",
        "Chair, ash                       4    27.50       110.00",
        "",
        "Hall                           Qty     Each   Line total",
        "Coat rack                        1    29.95        29.95",
        "Bench                            2    40.00        80.00")
    assert [line[2] for line in entries(page)] == ["Chair, ash", "Coat rack", "Bench"]


def test_a_letter_cancels_goods_whose_numbers_stand_behind_them() -> None:
    page = table(
        100,
        "ANNULERING",
        "Hierbij annuleren wij onze inkooporder nr. 31-0922 volledig.",
        "Het betreft:",
        "",
        " 90 pak  MDF-plaat 180 mm, gecacheerd      art. QHT-MDF180",
        " 20 rol  Folietape 6 cm                    art. QHT-FOL06",
        "",
        "Met vriendelijke groet,")
    assert entries(page) == [
        (None, "QHT-MDF180", "MDF-plaat 180 mm, gecacheerd", "90", "pak", None, None),
        (None, "QHT-FOL06", "Folietape 6 cm", "20", "rol", None, None)]
