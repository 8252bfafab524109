"""Who orders and who supplies, told by the domains of a mail's writer and reader."""

from __future__ import annotations

from datetime import date

import pytest

from extraction.assemble import assemble
from extraction.layout.mail_parts import mark_mail
from models.domain.reading import Context, Reading
from tests.support.papers import body, parsed


def sent(text: str, sender: str, name: str = "Joan Example", to: str = "orders@brackwater.example") -> Reading:
    """The reading of a mail from and to these addresses."""
    pages, _ = mark_mail(parsed(body(text)).pages, "Order")
    context = Context(is_body=True, sender_address=sender, sender_name=name, recipient_address=to, sent_on=date(2031, 3, 3))
    (reading,) = assemble(parsed(*pages), context)
    return reading


ASKED = "Hello Tom,\n\nplease send\n\n12 boxes of gaskets 40 mm\n3 rolls of tape\n\n"
SIGNED = ASKED + "Thanks\nJoan\nMarrow Fencing & Landscapes"


@pytest.mark.parametrize(("text", "sender", "buyer"), [
    (f"{SIGNED}\n01632 960 318", "joan@marrowfencing.example", "Marrow Fencing & Landscapes"),
    (ASKED + "Grüße\nUwe Musterling\nTierpraxis Dr. Übelacker", "post@dr-uebelacker.example", "Tierpraxis Dr. Übelacker"),
    (SIGNED, "joan.marrow@gmail.example", None),                                                          # anybody's domain
    (ASKED + "Drop is at Marrow Farm, Chapel Lane.\n\nThanks\nJoan", "joan@marrowfencing.example", None),  # a sentence
])
def test_the_firm_whose_name_the_writers_domain_bears_is_the_buyer(text: str, sender: str, buyer: str | None) -> None:
    name = sent(text, sender).header.buyer_name
    assert (name.value if name else None) == buyer


def test_a_mailbox_that_is_a_firms_names_it_and_a_persons_does_not() -> None:
    firm = sent(ASKED + "Thanks\nJoan", "office@marrowfencing.example", "Marrow Fencing").header.buyer_name
    assert firm and firm.value == "Marrow Fencing"
    assert sent(ASKED + "Thanks\nTed", "ted@marrowfencing.example", "Ted Marrow").header.buyer_name is None


def test_the_firm_that_reads_a_mail_supplies_where_it_signed_the_mail_that_is_answered() -> None:
    text = (
        "Please go ahead with this.\n\nJoan Example\nMarrow Observatory Foundation\n\n"
        "From: Tom Hale <tom@brackwaterfittings.example>\nSent: Friday, February 28, 2031 3:51 PM\n"
        "To: Joan Example <joan@marrowobservatory.example>\nSubject: Quote\n\n"
        "> Item        Description                      Qty   Unit price\n"
        "> KX-900-40   Castor wheel, rubber, 80 mm      2     415.00\n"
        "> KX-915      Gearmotor                         1     118.00\n\nBest,\nTom Hale\nBrackwater Fittings")
    header = sent(text, "joan@marrowobservatory.example", to="tom@brackwaterfittings.example").header
    assert header.buyer_name and header.buyer_name.value == "Marrow Observatory Foundation"
    assert header.supplier_name and header.supplier_name.value == "Brackwater Fittings"


def test_who_writes_a_confirmation_supplies() -> None:
    header = sent(
        "Thank you for your order BE53740. We confirm delivery of:\n\n12 boxes of gaskets 40 mm\n3 rolls of tape\n\nThanks\n"
        "Joan\nMarrow Shopfitting Ltd", "joan@marrow-shopfitting.example").header
    assert header.buyer_name is None
    assert header.supplier_name and header.supplier_name.value == "Marrow Shopfitting Ltd"
