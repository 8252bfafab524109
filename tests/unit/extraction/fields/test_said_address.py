"""Addresses that a sentence names as the place to deliver to: where they begin, where they end, and what is none."""

from __future__ import annotations

import pytest

from extraction.assemble import assemble
from extraction.layout.mail_parts import mark_mail
from models.domain.reading import Context, Reading
from tests.support.papers import body, paper, parsed


def ship_to(*lines: str) -> str | None:
    """What a mail of these lines, with one line of goods above them, says about the place."""
    reading: Reading = assemble(parsed(body("\n".join(("Please send:", "12 pcs KX-4471 hinge", "", *lines)))), Context())[0]
    return reading.header.ship_to.value if reading.header.ship_to else None


@pytest.mark.parametrize(("lines", "wanted"), [
    (("Goods to go to the site: Plot 7, Cobble Lane, Stonewick ST9 2AB. Needed there by Monday.",),
     "Plot 7, Cobble Lane, Stonewick ST9 2AB"),
    (("Please deliver to our surgery at Old Toll House, 3 Mill Street, Oldtown OT9 4QB, by Friday.",),
     "Old Toll House, 3 Mill Street, Oldtown OT9 4QB"),
    (("Ship everything to our warehouse, Marrick Doors plc, 6 Lathe Street, Planeford, TX 73651 please.",),
     "Marrick Doors plc, 6 Lathe Street, Planeford, TX 73651"),
    (("Bitte liefern Sie an unser Werk Ölhausen, Tor 3, Am Bremsberg 4, 99817 Bad Ölhausen. Danke!",),
     "Werk Ölhausen, Tor 3, Am Bremsberg 4, 99817 Bad Ölhausen"),
    (("Livraison chez Puits Perdu SARL, Porte 6, 14 avenue des Tilleuls, 99120 Vaucreuse au plus tard lundi.",),
     "Puits Perdu SARL, Porte 6, 14 avenue des Tilleuls, 99120 Vaucreuse"),
    (("Consegnate presso Trucioli S.r.l., Corso Chiodi, 53/B, 99031 Colla Vernaccia (XC). Grazie",),
     "Trucioli S.r.l., Corso Chiodi, 53/B, 99031 Colla Vernaccia (XC)"),
    (("Veuillez livrer le 21 mars 2031, à notre dépôt de la Grange, 4 chemin des Grumes, 99411 Hautefutaie.",),
     "dépôt de la Grange, 4 chemin des Grumes, 99411 Hautefutaie"),
    (("Graag leveren aan Houtwurm B.V., Spaanderpad 5, 9999 ZZ Zaagdam a.u.b.",),
     "Houtwurm B.V., Spaanderpad 5, 9999 ZZ Zaagdam"),
    (("Ship UPS Ground to our shop: Hollowreed Inc, 2750 39th St N, Lowfield ND 58102.",),
     "Hollowreed Inc, 2750 39th St N, Lowfield ND 58102"),
    (("Wysłać na Kołowrót Dźwigi Sp. z o.o., Brama 2, os. Tkackie 20, 99-118 Stara Wieś.",),
     "Kołowrót Dźwigi Sp. z o.o., Brama 2, os. Tkackie 20, 99-118 Stara Wieś"),
    (("Dostawa na adres Kołowrót Dźwigi Sp. j., os. Tkackie 20, 99-118 Stara Wieś.",),
     "Kołowrót Dźwigi Sp. j., os. Tkackie 20, 99-118 Stara Wieś"),
    (("Lieferanschrift: Wolkenhof 1, Tor 7, Hafenring 17, 99631 Oberquellen Zahlung wie immer.",),
     "Wolkenhof 1, Tor 7, Hafenring 17, 99631 Oberquellen"),
    (("Entrega antes del 22/10/2031 en C/ Sombra 41, bajo, 46006 Villaolmos (de 9 a 14 h).",),
     "C/ Sombra 41, bajo, 46006 Villaolmos"),
])
def test_an_address_begins_behind_the_preposition_and_ends_behind_the_town(lines: tuple[str, ...], wanted: str) -> None:
    assert ship_to(*lines) == wanted


def test_an_address_goes_on_where_the_mail_program_wrapped_its_line_and_no_further() -> None:
    town = ("Dirección de entrega: Cerronevado 1, Camino Las Eras, s/n, 02041 Villaolmos", "de Arriba", "", "Gracias,", "Luz")
    street = ("Livraison chez Puits Perdu SARL, Porte 6, quai Ouest, 14 avenue des", "Tilleuls, 99120 Vaucreuse", "À toi,")
    assert ship_to(*town) == "Cerronevado 1, Camino Las Eras, s/n, 02041 Villaolmos de Arriba"
    assert ship_to(*street) == "Puits Perdu SARL, Porte 6, quai Ouest, 14 avenue des Tilleuls, 99120 Vaucreuse"


def test_a_line_that_no_program_would_leave_so_long_was_ended_by_its_writer() -> None:
    place = "Puits Perdu SARL, Porte 11, 80, rue de la Tuilerie, 99523 Vaucreuse"
    assert ship_to(f"Adresse de livraison souhaitée : {place}", "Inventaire le 28, pas de livraison ce jour-là.") == place


def test_a_short_form_at_the_end_of_a_line_ends_no_address() -> None:
    lines = ("Dirección de entrega: Peñablanca S.L.U., Puerta 6, Polígono Ind.", "los Almendros, nave 17, 99030 Villaolmos")
    assert ship_to(*lines) == "Peñablanca S.L.U., Puerta 6, Polígono Ind. los Almendros, nave 17, 99030 Villaolmos"


@pytest.mark.parametrize("line", [
    "Leverdatum blijft 21 maart 2031.",
    "Please deliver by 18 March 2031.",
    "Invoices go to Acme Ltd, 3 Mill Street, Oldtown OT9 4QB, goods as always.",
])
def test_a_year_or_the_address_of_the_invoice_is_no_place_to_deliver_to(line: str) -> None:
    assert ship_to(line) is None


def test_the_writers_own_address_below_a_mail_is_not_where_the_goods_go() -> None:
    signed = "Z poważaniem\nEwa Ćwik\nŻuraw S.A.\nul. Kwiatowa 156\n05-779 Kamieniogród"
    pages, _ = mark_mail([body(f"12 szt. KX-4471\n\nDostawa do 23.03.2028.\n\n{signed}")], None)
    assert assemble(parsed(*pages), Context())[0].header.ship_to is None


def test_a_letter_says_where_in_a_sentence_over_two_lines() -> None:
    rows = (
        (50.0, [(40.0, "Fernhollow Veterinary Ltd")]), (80.0, [(40.0, "Purchase Order FV/0331")]),
        (110.0, [(40.0, "Please supply the goods below and deliver them to our surgery at Old Toll House, 3 Mill Street,")]),
        (121.0, [(40.0, "Fernhollow TN99 4QB, and send the invoice by mail.")]),
        (150.0, [(40.0, "Item"), (120.0, "Description"), (300.0, "Qty"), (360.0, "Price"), (430.0, "Amount")]),
        (164.0, [(40.0, "KX-4471"), (120.0, "Hinge"), (300.0, "12"), (360.0, "2.50"), (430.0, "30.00")]))
    found = assemble(parsed(paper(*rows)), Context())[0].header.ship_to
    assert found is not None and found.value == "Old Toll House, 3 Mill Street, Fernhollow TN99 4QB"
