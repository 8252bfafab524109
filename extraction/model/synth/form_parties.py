"""Who stands on a form: letterhead and party blocks, from the side of the one who wrote it."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from extraction.fields.names import without_legal_form
from extraction.model.synth import words
from extraction.model.synth.company import Address
from extraction.model.synth.form_labels import Labels
from extraction.model.synth.form_parts import Block, Text
from extraction.model.synth.orders import Order

_AS_REGISTERED = 0.65     # share of the papers that print a firm's name whole
_SHORTEST = 6             # letters of a name that says enough without its legal form


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two firms of a paper, as it presents itself."""

    name: str
    address: Address
    vat_id: str
    domain: str


def sides(order: Order) -> tuple[Side, Side]:
    """Buyer and seller. On inbound papers our company buys from the customer."""
    company, customer = order.company, order.customer
    ours = Side(_called(order, company.name), company.address, company.vat_id, company.email_domain)
    theirs = Side(_called(order, customer.name), customer.bill_to, customer.vat_id, customer.email_domain)
    return (ours, theirs) if order.inbound else (theirs, ours)


def _called(order: Order, name: str) -> str:
    """What a paper calls a firm, the same all over the paper: many leave out its legal form, or call it after a person."""
    rng = random.Random(f"{name}/{order.po_number}/{order.order_date}")
    bare = without_legal_form(name)
    if rng.random() < _AS_REGISTERED or len(bare) < _SHORTEST:
        return name
    owner = rng.choice(words.place(order.customer.country).last)
    return rng.choices((bare, f"{bare.split()[0]} & {owner}", f"{owner} {' '.join(bare.split()[1:])}"), (8, 1, 1))[0].strip()


def letterhead(rng: random.Random, order: Order, side: str) -> Block:
    buyer, seller = sides(order)
    firm = buyer if side == "buyer" else seller
    about = [Text(firm.address.street), Text(firm.address.city_line)]
    if rng.random() < 0.5:
        about.append(Text(f"{words.phrases(order.customer.language, 'phone')[0]} {order.contact.phone}"))
    if rng.random() < 0.4:
        about.append(Text(f"www.{firm.domain}"))
    if rng.random() < 0.4:
        vat = Text(firm.vat_id, "vat_id", firm.vat_id) if side == "buyer" else Text(firm.vat_id)
        about.append(replace(vat, text=f"{words.phrases(order.customer.language, 'vat')[0]} {firm.vat_id}"))
    shown = firm.name.upper() if rng.random() < 0.2 else firm.name
    return Block("", (Text(shown, f"{side}_name", shown), *about))


def parties_of(rng: random.Random, order: Order, labelled: Labels) -> dict[str, Block]:
    """Blocks by zone name. On papers that the seller wrote the buyer stands where the supplier would."""
    bought, sold = sides(order)
    called = rng.choices((sold.name, sold.name.upper(), sold.address.name), (8, 1.5, 1.5))[0]
    supplier = Block(labelled.word("supplier_name", first=4), _named(called, sold.address, "supplier_name"))
    buyer = Block(labelled.word("buyer_name", first=5), _named(bought.name, bought.address, "buyer_name"))
    addressed = buyer if order.from_seller else supplier
    if rng.random() < 0.25:
        addressed = replace(addressed, label="")
    return {
        "supplier": addressed,
        "buyer": supplier if addressed.lines == buyer.lines else buyer,
        "ship_to": Block(labelled.word("ship_to", first=7), _address_lines(rng, order, order.ship_to, "ship_to")),
        "bill_to": Block(labelled.word("bill_to", first=5), _address_lines(rng, order, order.bill_to, "bill_to")),
    }


def _named(name: str, address: Address, tag: str) -> tuple[Text, ...]:
    return (Text(name, tag, name), Text(address.street), Text(address.city_line), Text(address.country_name))


def _address_lines(rng: random.Random, order: Order, address: Address, tag: str) -> tuple[Text, ...]:
    """Name, dock, street, city, perhaps the country; the whole address is the value of each line. A person or a telephone number
    among them is no part of it.
    """
    name = _called(order, address.name) if address.name in {order.company.name, order.customer.name} else address.name
    lines = [name, address.extra, address.street, address.city_line]
    if rng.random() < 0.35:
        lines.append(address.country_name)
    kept = [line for line in lines if line]
    whole = ", ".join(kept)
    found = [Text(line, tag, whole) for line in kept]
    if tag == "ship_to" and rng.random() < 0.15:
        found.insert(1, Text(words.phrases(order.customer.language, "attn")[0].format(name=order.contact.name)))
    if rng.random() < 0.15:
        found.append(Text(f"{words.phrases(order.customer.language, 'phone')[0]} {order.contact.phone}"))
    return tuple(found)
