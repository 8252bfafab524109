"""What a paper is for, by its title and its words, in seven languages."""

from __future__ import annotations

import pytest

from extraction.assemble import assemble
from extraction.export import reading_to_json
from models.domain.pages import Page
from models.domain.reading import Context, DocumentType, Reading
from tests.support.papers import body, paper, parsed

GOODS = "\n\n20 pcs KX-4471 Hinge brass\n5 pcs KX-4472 Handle\n"


def read(page: Page, **context: str) -> Reading:
    (reading,) = assemble(parsed(page), Context(**context))  # type: ignore[arg-type]
    return reading


@pytest.mark.parametrize(("opening", "kind"), [
    ("We hereby order:", "purchase_order"),
    ("Please cancel our order 4711, the following is no longer needed:", "cancellation"),
    ("Could you send us a quotation for these? This is not an order.", "quote"),
    ("Thank you for your order. We confirm as follows:", "order_confirmation"),
    ("Order 4711 has been dispatched today; tracking number to follow.", "delivery_note"),
    ("Please find our invoice attached; the amount is due on 3 May 2031.", "invoice"),
    ("We are still waiting for order 4711. When will these arrive?", "other"),
    ("Hiermit bestellen wir:", "purchase_order"),
    ("Bitte ändern Sie unsere Bestellung 4711; neuer Stand:", "order_change"),
    ("zu unserer Bestellung 4711 bitten wir um folgende Änderungen:", "order_change"),
    ("leider müssen wir stornieren:", "cancellation"),
    ("wir bitten um Ihr Angebot mit Preis und Lieferzeit:", "quote"),
    ("vielen Dank für Ihre Bestellung, die wir wie folgt bestätigen:", "order_confirmation"),
    ("die Ware wurde versandt:", "delivery_note"),
    ("wir senden zurück, beschädigt angekommen:", "other"),
    ("Merci de nous livrer :", "purchase_order"),
    ("Nous modifions notre commande 4711 comme suit, au lieu de la précédente :", "order_change"),
    ("Nous vous remercions de votre commande :", "order_confirmation"),
    ("Merci de nous chiffrer, avec prix et délai :", "quote"),
    ("Rogamos nos envíen:", "purchase_order"),
    ("Gracias por su pedido, que confirmamos:", "order_confirmation"),
    ("Rogamos anulen el pedido 4711:", "cancellation"),
    ("Graag bestellen wij:", "purchase_order"),
    ("Bedankt voor uw bestelling:", "order_confirmation"),
    ("Con la presente ordiniamo:", "purchase_order"),
    ("Vogliate annullare il nostro ordine 4711:", "cancellation"),
    ("Zamawiamy:", "purchase_order"),
    ("Prosimy o wycenę:", "quote"),
    ("Dziękujemy za zamówienie, potwierdzamy dostawę:", "order_confirmation"),
])
def test_what_a_mail_says_tells_its_kind(opening: str, kind: str) -> None:
    assert read(body(f"Hello,\n\n{opening}{GOODS}")).doc_type.value == kind


def test_the_words_that_decided_are_the_evidence() -> None:
    found = read(body(f"Thank you for your order, we confirm the delivery:{GOODS}")).doc_type
    assert found.value is DocumentType.ORDER_CONFIRMATION
    assert "Thank you for your order" in found.evidence.text
    assert found.evidence.places
    assert found.evidence.note is not None and "thank you for your order" in found.evidence.note


def test_a_request_to_confirm_an_order_is_no_confirmation() -> None:
    page = paper(
        (40, [(200, "Purchase Order"), (400, "4711")]), (60, [(20, "Supplier:"), (120, "Sample Supply Ltd")]),
        (80, [(20, "Please send us your order confirmation within two days.")]))
    assert read(page).doc_type.value is DocumentType.PURCHASE_ORDER


def test_the_number_of_a_quotation_in_an_order_makes_it_no_quotation() -> None:
    page = paper(
        (40, [(200, "Purchase Order")]), (60, [(20, "Quotation No.:"), (120, "Q-88")]),
        (80, [(20, "Vendor:"), (120, "Sample Ltd")]))
    assert read(page).doc_type.value is DocumentType.PURCHASE_ORDER


def test_a_stamp_cancels_an_order() -> None:
    page = paper((40, [(200, "Order")]), (60, [(20, "PO Number:"), (120, "4711")]), (90, [(200, "CANCELLED")]))
    assert read(page).doc_type.value is DocumentType.CANCELLATION


def test_columns_of_what_was_shipped_tell_a_delivery_note_under_a_title_that_says_order() -> None:
    page = paper(
        (40, [(200, "Order")]), (60, [(20, "No of parcels:"), (120, "3")]), (70, [(20, "Received by:")]),
        (100, [(20, "Item No."), (120, "Description"), (300, "Ordered"), (380, "Shipped"), (450, "Backorder")]),
        (115, [(20, "KX-4471"), (120, "Hinge brass"), (300, "20"), (380, "15"), (450, "5")]),
        (130, [(20, "KX-4472"), (120, "Handle"), (300, "8"), (380, "8"), (450, "0")]))
    assert read(page).doc_type.value is DocumentType.DELIVERY_NOTE


@pytest.mark.parametrize(("title", "broad", "fine"), [
    ("Order Confirmation", "other", "order_confirmation"), ("Lieferschein", "other", "delivery_note"),
    ("Invoice", "invoice", "invoice")])
def test_tools_outside_get_the_broad_kind_and_the_fine_one(title: str, broad: str, fine: str) -> None:
    told = reading_to_json(read(paper((40, [(200, title)]))), file="a.pdf", seconds=0.1)
    assert (told["doc_type"], told["kind"]) == (broad, fine)
