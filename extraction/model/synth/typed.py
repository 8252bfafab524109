"""Orders and other letters typed as a mail: what is said around the goods, in what order, and what is quoted below."""

from __future__ import annotations

from extraction.model.synth.conventions import Conventions, draw_conventions
from extraction.model.synth.form_parts import Text
from extraction.model.synth.letter import Letter
from extraction.model.synth.orders import Order
from extraction.model.synth.typed_around import (
    closing_wishes,
    greeting,
    history,
    opening,
    quoted,
    signature,
    subject,
)
from extraction.model.synth.typed_goods import Goods
from extraction.model.synth.wording import Wording

WAYS = ((9.0, "list"), (3.0, "table"), (1.0, "labelled"), (1.0, "cells"))
WIDTH = 76      # where some mail programs break lines


def text_letter(wording: Wording, order: Order) -> Letter:
    """A letter of the order's kind in the words of the part."""
    rng, customer = wording.rng, order.customer
    con = draw_conventions(rng, language=customer.language, number_style=customer.number_style,
                           date_order=customer.date_order, currency=order.currency)
    roll = rng.random() if order.doc_type == "purchase_order" else 1.0
    if roll < 0.02:
        letter = _in_subject(wording, order, con)
    elif roll < 0.05:
        letter = _repeat(wording, order)
    elif roll < 0.12:
        letter = _go_ahead(wording, order, con)
    else:
        letter = _plain(wording, order, con)
    if rng.random() < 0.04:
        letter = _warned(wording, letter)
    return letter.wrapped(WIDTH) if rng.random() < 0.3 else letter


def _plain(wording: Wording, order: Order, con: Conventions) -> Letter:
    """Greeting, a sentence, the goods, wishes, signature, perhaps an older mail below."""
    rng, letter = wording.rng, Letter()
    subject(wording, order, letter)
    greeting(wording, letter)
    letter.say()
    small_talk = rng.random() < 0.12
    if small_talk:
        _news(wording, order, letter)
    goods = Goods(wording, order, con, letter)
    if order.doc_type == "purchase_order" and len(order.lines) <= 4 and rng.random() < 0.35:
        goods.sentence()
    else:
        whole = order.doc_type == "cancellation" and (len(order.lines) == 1 or rng.random() < 0.5)
        opening(wording, order, letter, whole=whole)
        letter.say()
        if order.doc_type == "order_change" and rng.random() < 0.7:
            goods.changes()
        elif not whole:
            goods.write(WAYS)
    closing_wishes(wording, order, con, letter, known=letter.printed)
    if not small_talk and rng.random() < 0.1:
        _news(wording, order, letter)
    signature(wording, order, letter)
    history(wording, order, con, letter)
    return letter


def _news(wording: Wording, order: Order, letter: Letter) -> None:
    """A sentence with numbers in it that are nothing of the order."""
    letter.say(wording.pick("news"), phone=Text(order.contact.phone))


def _in_subject(wording: Wording, order: Order, con: Conventions) -> Letter:
    """The whole order in the subject; the body says nothing but a name."""
    said = Letter()
    goods = Goods(wording, order, con, said)
    before, _, after = wording.pick("subject_orders").partition("{items}")
    said.say(before)
    goods.listed()
    said.go_on(after)
    letter = Letter(said.text(0), printed=said.printed)
    greeting(wording, letter)
    signature(wording, order, letter)
    return letter


def _repeat(wording: Wording, order: Order) -> Letter:
    """The last order again, which this mail does not name."""
    letter = Letter()
    subject(wording, order, letter)
    greeting(wording, letter)
    letter.say()
    city = order.ship_to.city
    letter.say(wording.pick("same"), city=Text(city, "ship_to", city))
    signature(wording, order, letter)
    return letter


def _go_ahead(wording: Wording, order: Order, con: Conventions) -> Letter:
    """Consent on top; what is ordered stands in our own offer, quoted below."""
    letter, offer = Letter(), Letter()
    subject(wording, order, letter)
    letter.subject = f"Re: {letter.subject}"
    greeting(wording, letter)
    letter.say()
    letter.say(wording.pick("goaheads"))
    closing_wishes(wording, order, con, letter, known=letter.printed)
    signature(wording, order, letter)
    offer.say(wording.pick("quoted"))
    Goods(wording, order, con, offer).itemised()
    letter.add(quoted(wording, order, con, offer, f"sales@{order.company.email_domain}"))
    return letter


def _warned(wording: Wording, letter: Letter) -> Letter:
    """With the banner that the mail server puts above mails from outside."""
    found = Letter(letter.subject)
    found.say(wording.word("external"))
    found.say()
    found.add(letter)
    return found

