"""Terms of payment: all their words and no others, wherever they stand."""

from __future__ import annotations

import pytest

from extraction.assemble import assemble
from models.domain.reading import Context
from tests.support.papers import body, paper, parsed

TABLE = (
    (300, [(20, "Item"), (100, "Description"), (300, "Qty"), (360, "Unit"), (420, "Price")]),
    (314, [(20, "QX-104"), (100, "Widget, plated"), (300, "4"), (360, "pcs"), (420, "2.50")]))


def terms_beside(label: str, said: str) -> str | None:
    page = paper((40, [(20, "Quillfeather Pumps Ltd"), (300, "PURCHASE ORDER 20817")]), (90, [(20, f"{label}: {said}")]), *TABLE)
    found = assemble(parsed(page), Context())[0].header.payment_terms
    return found and found.value


def terms_said(text: str) -> str | None:
    found = assemble(parsed(body(f"Please send\n12 pcs QX-104 widget, plated\n\n{text}\n")), Context())[0].header.payment_terms
    return found and found.value


@pytest.mark.parametrize(("label", "said", "terms"), [
    ("Terms", "Net 45 Freight prepaid by seller", "Net 45"),
    ("Terms", "40% deposit, balance Net 10. Ring before you come", "40% deposit, balance Net 10"),
    ("Payment terms", "20 days from the end of month", "20 days from the end of month"),
    ("Zahlung", "12 Tage 2 % Skonto, 40 Tage netto Preise wie im Angebot", "12 Tage 2 % Skonto, 40 Tage netto"),
    ("Règlement", "par traite à 50 jours fin de mois", "traite à 50 jours fin de mois"),
    ("Pago", "giro a 25 días", "giro a 25 días"),
    ("Betaling", "binnen 20 dagen na factuurdatum", "binnen 20 dagen na factuurdatum"),
    ("Pagamento", "RiBa 90 gg FM", "RiBa 90 gg FM"),
    ("Terms", "3% 12 / N50", "3% 12 / N50"),
    ("Terms", "40% deposit, bal. Net 12", "40% deposit, bal. Net 12"),
    ("Settlement", "20 days end of month", "20 days end of month"),
    ("Betaaltermijn", "40 dagen netto", "40 dagen netto"),
    ("Terms", "AS PER CONTRACT", "AS PER CONTRACT")])
def test_a_label_is_followed_by_terms_and_by_nothing_else(label: str, said: str, terms: str) -> None:
    assert terms_beside(label, said) == terms


@pytest.mark.parametrize(("text", "terms"), [
    ("Our account is on the usual 40 days.", "40 days"),
    ("Betalen per incasso 21 dagen.", "incasso 21 dagen"),
    ("Total del pedido: 30,00 €. Pago por recibo a 40 días, como siempre.", "recibo a 40 días"),
    ("Zahlbar 12 Tage 2 %, 40 Tage netto. Die Rechnung bitte per Post.", "12 Tage 2 %, 40 Tage netto"),
    ("Wanted on or before 5 June 2031. Payment 40 days EOM. All prices in euro, ex VAT, and no part deliveries.", "40 days EOM"),
    ("Wie besprochen bitte an die Rampe liefern, Zahlung 12 Tage 2 % Skonto, 40\nTage netto. Warenwert 30,00 EUR.",
     "12 Tage 2 % Skonto, 40 Tage netto"),
    ("The goods should keep for 40 days.", None)])
def test_a_sentence_may_say_the_terms(text: str, terms: str | None) -> None:
    assert terms_said(text) == terms


def test_terms_go_on_below_in_small_letters() -> None:
    page = paper(
        (40, [(20, "Quillfeather Pumps Ltd"), (300, "PURCHASE ORDER 20817")]),
        (90, [(20, "TERMS")]), (102, [(20, "40 days from")]), (114, [(20, "receipt of invoice")]), *TABLE)
    found = assemble(parsed(page), Context())[0].header.payment_terms
    assert found and found.value == "40 days from receipt of invoice"


def test_a_number_of_goods_under_a_label_is_no_term() -> None:
    page = paper(
        (40, [(20, "Quillfeather Pumps Ltd"), (300, "PURCHASE ORDER 20817")]),
        (90, [(20, "Terms")]), (102, [(20, "40 LB DRUM")]), *TABLE)
    assert assemble(parsed(page), Context())[0].header.payment_terms is None
