"""Who stands on a form: letterhead and party blocks, from the side of the one who wrote it."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from extraction.fields.names import without_legal_form
from extraction.model.synth import words
from extraction.model.synth.company import Address
from extraction.model.synth.form_labels import Labels
from extraction.model.synth.form_parts import Block, Pair, Text
from extraction.model.synth.headers import LEARNED_HEADERS, SELLERS_FORMS, SIGNED
from extraction.model.synth.layouts import Layout
from extraction.model.synth.orders import Order
from extraction.model.synth.party_styles import around, filled_fields, imprint, one_line, styled_head, styled_lines
from extraction.model.synth.party_words import PartyWords

_AS_REGISTERED = 0.65     # share of the papers that print a firm's name whole
_HOUSES = 0.3             # share of the firms on strange papers that are houses without a legal form
_SIGNED = 0.15            # share of those papers that name the firm below the signature
_SHORTEST = 6             # letters of a name that says enough without its legal form


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two firms of a paper, as it presents itself."""

    name: str
    address: Address
    vat_id: str
    domain: str


def sides(order: Order) -> tuple[Side, Side]:
    """Buyer and seller as the paper calls them. On inbound papers our company buys from the customer."""
    company, customer = order.company, order.customer
    ours = Side(called(order, company.name), company.address, company.vat_id, company.email_domain)
    theirs = Side(called(order, customer.name), customer.bill_to, customer.vat_id, customer.email_domain)
    return (ours, theirs) if order.inbound else (theirs, ours)


def called(order: Order, name: str) -> str:
    """What a paper calls a firm, the same all over the paper: many leave out its legal form, or call it after a person. Strange
    ones may be of schools, farms, inns and other houses that have none.
    """
    rng = random.Random(f"{name}/{order.po_number}/{order.order_date}")
    bare = without_legal_form(name)
    if order.strange and rng.random() < _HOUSES:
        return PartyWords(rng, order).pick("houses", stem=bare.split()[0])
    if rng.random() < _AS_REGISTERED or len(bare) < _SHORTEST:
        return name
    owner = rng.choice(words.place(order.customer.country).last)
    return rng.choices((bare, f"{bare.split()[0]} & {owner}", f"{owner} {' '.join(bare.split()[1:])}"), (8, 1, 1))[0].strip()


def letterhead(rng: random.Random, order: Order, layout: Layout) -> Block:
    """The head of who wrote the paper, or printed the form that it is."""
    buyer, seller = sides(order)
    side = "supplier" if order.from_seller or layout.header in SELLERS_FORMS else "buyer"
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
    name = Text(shown, f"{side}_name", shown)
    if is_styled(order, layout) and "letter_line" not in layout.zone_names:
        return styled_head(PartyWords(rng, order), name, about)
    return Block("", (name, *about))


def parties_of(rng: random.Random, order: Order, labelled: Labels, layout: Layout) -> dict[str, Block]:
    """Blocks by zone name. On papers that the seller wrote the buyer stands where the supplier would."""
    if is_styled(order, layout):
        return _varied(rng, order, labelled, layout)
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


def is_styled(order: Order, layout: Layout) -> bool:
    """Whether the parties of this paper are printed in all ways; papers of common headers that are not strange do it plainly."""
    return order.strange or layout.header in LEARNED_HEADERS


def _varied(rng: random.Random, order: Order, labelled: Labels, layout: Layout) -> dict[str, Block]:
    """The blocks in all styles."""
    tell = PartyWords(rng, order)
    bought, sold = sides(order)
    is_form = layout.header in SELLERS_FORMS
    filled = is_form and rng.random() < 0.7

    def block(label: str, name: str, address: Address, name_tag: str, tag: str | None) -> Block:
        if filled and name_tag != "supplier_name":
            return Block(label, (), filled_fields(tell, name, address, name_tag=name_tag, tag=tag))
        return Block(label, styled_lines(tell, name, address, name_tag=name_tag, tag=tag))

    supplier = block(labelled.word("supplier_name", first=6), sold.name, sold.address, "supplier_name", None)
    buyer = block(labelled.word("buyer_name", first=6), bought.name, bought.address, "buyer_name", None)
    addressed, other = (buyer, supplier) if order.from_seller else (supplier, buyer)
    if rng.random() < 0.25:
        addressed = replace(addressed, label="")
    writer, side = (sold, "supplier") if order.from_seller else (bought, "buyer")
    goods_to = (_site(order, order.ship_to), order.ship_to)
    said = one_line(tell, *goods_to)
    sentence = around(tell, "deliver", "address", Text(said, "ship_to", said))
    return {
        "supplier": addressed,
        "buyer": buyer if is_form else other,
        "ship_to": block(labelled.word("ship_to", first=9), *goods_to, "ship_to", "ship_to"),
        "bill_to": block(
            labelled.word("bill_to", first=6), _site(order, order.bill_to), order.bill_to, "bill_to", "bill_to"),
        "imprint": imprint(tell, Text(writer.name, f"{side}_name", writer.name), writer.address),
        "sentence": Block("", (sentence,)),
    }


def listed_parties(rng: random.Random, order: Order) -> tuple[Pair, ...]:
    """Who buys, who sells and where goods go as labelled values."""
    tell, (bought, sold) = PartyWords(rng, order), sides(order)
    said = one_line(tell, _site(order, order.ship_to), order.ship_to)
    pairs = [
        Pair(tell.label("listed", "supplier"), Text(sold.name, "supplier_name", sold.name)),
        Pair(tell.label("listed", "buyer"), Text(bought.name, "buyer_name", bought.name)),
        Pair(tell.label("listed", "ship_to"), Text(said, "ship_to", said)),
    ]
    rng.shuffle(pairs)
    return tuple(pairs)


def signed_by(rng: random.Random, order: Order, layout: Layout) -> Text | None:
    """The firm below the signature of some papers, and of those that name it nowhere else."""
    if not is_styled(order, layout) or (layout.header not in SIGNED and rng.random() > _SIGNED):
        return None
    buyer, seller = sides(order)
    name, tag = (seller.name, "supplier_name") if order.from_seller else (buyer.name, "buyer_name")
    return around(PartyWords(rng, order), "signed_for", "firm", Text(name, tag, name))


def _site(order: Order, address: Address) -> str:
    is_known = address.name in {order.company.name, order.customer.name}
    return called(order, address.name) if is_known else address.name


def _named(name: str, address: Address, tag: str) -> tuple[Text, ...]:
    return (Text(name, tag, name), Text(address.street), Text(address.city_line), Text(address.country_name))


def _address_lines(rng: random.Random, order: Order, address: Address, tag: str) -> tuple[Text, ...]:
    """Name, dock, street, city, perhaps the country; the whole address is the value of each line. A person or a telephone number
    among them is no part of it.
    """
    lines = [_site(order, address), address.extra, address.street, address.city_line]
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
