"""Units as papers print them: alone, with how much a package holds, under a title of packing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extraction.assemble import assemble
from extraction.lines.units import package_of, says_unit
from models.domain.pages import Page
from models.domain.reading import Context
from tests.support.papers import parsed, sheet, table


def units(page: Page) -> list[tuple[str | None, str | None, str | None]]:
    """Quantity, unit and pack of each line read."""
    (reading,) = assemble(parsed(page), Context())
    return [
        (str(x.quantity.value) if x.quantity else None, x.uom.value if x.uom else None, str(x.pack.value) if x.pack else None)
        for x in reading.lines]


@pytest.mark.parametrize(("text", "count"), [
    ("Caja 25", 25), ("box of 12", 12), ("pallet (40 sacks)", 40), ("carton/12", 12), ("Karton à 6 Stk.", 6), ("bags x 50", 50),
    ("25 kg bag", None), ("Kanister 10 l", None), ("5 litre tin", None),
])
def test_a_package_says_how_much_it_holds(text: str, count: int | None) -> None:
    package = package_of(text)
    assert (package and package.count) == (Decimal(count) if count else None)
    assert package is not None and says_unit(text)


@pytest.mark.parametrize("text", ["m 25", "kg 5", "Hinge 12", "box", "2026", "box 12 blue", "M8"])
def test_a_measure_a_word_and_a_bare_unit_hold_nothing(text: str) -> None:
    assert package_of(text) is None


def test_units_under_a_title_of_packing_keep_how_many_they_hold() -> None:
    page = sheet(
        ["Qté", "Conditionnement", "Désignation", "P.U.", "Total"],
        ["4", "caisse 6", "Sirop de fleurs", "9.5", "38"],
        ["2", "bouteille", "Sirop de menthe", "3.2", "6.4"],
        ["3", "caisse 12", "Limonade trouble", "11", "33"])
    assert units(page) == [("4", "caisse 6", "6"), ("2", "bouteille", None), ("3", "caisse 12", "12")]


def test_sizes_under_a_title_of_packing_are_no_units() -> None:
    page = sheet(
        ["Qté", "Conditionnement", "Désignation", "P.U.", "Total"],
        ["4", "6x1", "Sirop de fleurs", "9.5", "38"],
        ["2", "12x33", "Sirop de menthe", "3.2", "6.4"])
    assert [unit for _, unit, _ in units(page)] == [None, None]


def test_a_unit_behind_its_quantity_keeps_how_many_it_holds_on_paper_too() -> None:
    page = table(
        100,
        "Item      Description             Quantity               Price    Amount",
        "QW-101    Elbow 15 mm             4 box of 25            6.50      26.00",
        "QW-102    Tee 22 mm               2 pallet (40 sacks)   80.00     160.00",
        "QW-103    Pipe clip               30 pcs                 0.50      15.00")
    assert units(page) == [("4", "box of 25", "25"), ("2", "pallet (40 sacks)", "40"), ("30", "pcs", None)]


def test_counts_beside_the_units_of_a_paper_are_no_column_of_their_own() -> None:
    page = table(
        100,
        "Lín.  Concepto                  Referencia   Embalaje    Cant.     Precio     Importe",
        "1     Bolsa reciclada grande    QB-410       Caja 5        120      18,45    2.214,00",
        "2     Cinta adhesiva            QB-733       Ud.            16       4,30       68,80",
        "3     Sobre acolchado           QB-734       Ud.           300       2,00      600,00",
        "4     Carpeta con solapas       QB-990       Caja 25        40      13,60      544,00")
    assert units(page) == [("120", "Caja 5", "5"), ("16", "Ud.", None), ("300", "Ud.", None), ("40", "Caja 25", "25")]


def test_a_quantity_with_a_unit_of_its_own_leaves_the_packing_alone() -> None:
    page = sheet(
        ["Ref.", "Descripción", "Formato", "Cantidad", "Precio", "Importe"],
        ["QP-10", "Croqueta de setas", "Caja 4 kg", "9 cajas", "20", "180"],
        ["QP-11", "Empanadilla", "Caja 3 kg", "6 cajas", "10", "60"])
    assert [unit for _, unit, _ in units(page)] == ["cajas", "cajas"]


def test_how_much_a_package_holds_is_no_column_where_no_title_stands_over_the_units() -> None:
    page = table(
        100,
        "Qty            Item                            Cat no        each       Sum",
        "12   no.       Valve angled 15 mm              QV-A15        8.95     107.40",
        "60   m         Copper tube, half hard          QCT-2         7.85     471.00",
        "90   m         Copper tube, soft               QCT-1         4.12     370.80",
        " 5   bag 25    Elbow, end feed                 QE-E15        6.75      33.75",
        " 3   bag 10    Tee, end feed                   QE-T22       15.40      46.20")
    assert [unit for _, unit, _ in units(page)] == ["no.", "m", "m", "bag 25", "bag 10"]


def test_a_unit_that_ends_the_text_of_one_line_belongs_to_the_text_and_so_does_a_range() -> None:
    page = table(
        100,
        "Qty  Part number    Description                  Price ea.   Extension",
        "4    QRP-1184       Copper shims lh QT220 15-20      38.72      154.88",
        "2    QTR-55090      Clamp wide 12.4 in               64.15      128.30",
        "1    QAL-KIT-22     gasket fastening kit             11.90       11.90",
        "12   QF-3506        Air screen fold up                4.29       51.48",
        "6    QB-22          Wiper blade                       7.85       47.10",
        "                                        ORDER TOTAL            393.66")
    (reading,) = assemble(parsed(page), Context())
    assert [x.description.value if x.description else None for x in reading.lines] == [
        "Copper shims lh QT220 15-20", "Clamp wide 12.4 in", "gasket fastening kit", "Air screen fold up", "Wiper blade"]
    assert units(page) == [(n, None, None) for n in ("4", "2", "1", "12", "6")]


def test_the_sum_of_a_section_above_the_name_of_the_next_makes_no_titles() -> None:
    page = table(
        100,
        "Description                          Qty          Unit       Amount",
        "                                                 Price             ",
        "Terrace",
        "[QOC-30] Table, highboy        12.00 Units       12.25     $ 147.00",
        "[QTR-PR] Patio heater           6.00 Units       79.00     $ 474.00",
        "                                              Subtotal     $ 621.00",
        "Services",
        "[QSV-DEL] Delivery, pick-up     1.00 Units      425.00     $ 425.00",
        "[QSV-SET] Set-up crew           8.00 Hours       48.00     $ 384.00",
        "                                              Subtotal     $ 809.00")
    (reading,) = assemble(parsed(page), Context())
    assert [(x.buyer_sku and x.buyer_sku.value, x.description and x.description.value) for x in reading.lines] == [
        ("QOC-30", "Table, highboy"), ("QTR-PR", "Patio heater"), ("QSV-DEL", "Delivery, pick-up"), ("QSV-SET", "Set-up crew")]
