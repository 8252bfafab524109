"""Generated customers with near-twins, and what orders print about them: abbreviated, misread, incomplete, or a stranger's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from matching.customer import CustomerClues
from matching.records import AddressRecord, CustomerRecord
from models.domain.partners import AddressKind

_NAMES = (
    "Arlund", "Bexhof", "Cranmoor", "Dastel", "Elvora", "Fintran", "Gollwig", "Hasterby", "Ivorfeld", "Jondal", "Kessmar",
    "Lindqua", "Mostrel", "Nordhav", "Ostwick", "Pellgrau", "Quentel", "Rastvik", "Sundermo", "Tolvane", "Ullgrim",
    "Vestmar", "Wolbeck", "Xantrup", "Yarrowby", "Zellkamp", "Brundal", "Cortheim", "Drovane", "Estmark", "Falkrug",
    "Grimsel", "Hovland", "Imsbach", "Jerrold", "Kolvane", "Lorntal", "Merrow", "Nettleby", "Orvane",
)
_TRADES = {
    "DE": ("Pumpen", "Metallbau", "Apparatebau", "Bürobedarf", "Gebäudetechnik", "Sanitär", "Müllereibedarf", "Fördertechnik"),
    "GB": ("Pumps", "Fabrications", "Joinery", "Catering Supplies", "Building Services", "Hygiene", "Motors", "Packaging"),
    "FR": ("Pompes", "Métallerie", "Mécanique", "Équipements", "Bâtiment", "Hygiène", "Matériaux", "Emballages"),
    "PL": ("Pompy", "Narzędzia", "Budownictwo", "Opakowania", "Części", "Łożyska", "Maszyny", "Usługi"),
    "US": ("Pump", "Machine", "Supply", "Electric", "Foods", "Industries", "Tooling", "Medical"),
}
_FORMS = {"DE": ("GmbH", "GmbH & Co. KG", "AG", "e.K."), "GB": ("Ltd", "Limited", "PLC", "LLP"), "FR": ("SARL", "SAS", "SA"),
          "PL": ("Sp. z o.o.", "S.A."), "US": ("Inc.", "LLC", "Corp.")}
_STREETS = {
    "DE": ("{}straße {n}", "{}weg {n}", "Am {}hof {n}", "{}er Straße {n}", "{}allee {n}"),
    "GB": ("{n} {} Road", "{n} {} Street", "{n} {} Lane", "Unit {n}, {} Industrial Estate", "{n} {} Avenue"),
    "FR": ("{n} rue de {}", "{n} avenue {}", "{n} boulevard {}", "ZI {}, {n} rue des Prés"),
    "PL": ("ul. {}ska {n}", "al. {}owa {n}", "ul. Świętego {}a {n}"),
    "US": ("{n} {} St", "{n} {} Ave", "{n} N {} Blvd", "{n} {} Dr Suite 4"),
}
_PLACES = (
    "Birken", "Mühlen", "Linden", "Hafen", "Ziegel", "Garten", "Kirch", "Brunnen", "Quarry", "Harbour", "Mill", "Station",
    "Castle", "Bridge", "Victoria", "Meadow",
)
_CITIES = {
    "DE": ("Mönchfelde", "Oberlingen", "Neustädt", "Grünhausen", "Sankt Wolbeck", "Altkirchen", "Bad Hallstein", "Rüdenau"),
    "GB": ("Sampleton", "Portville", "Millham", "Great Easton Moor", "Ashford Vale", "Westbrook", "Lower Marsden", "Kingsbury"),
    "FR": ("Saint-Aubert", "Montclair", "Beauvigny", "Villeneuve-la-Forêt", "Château-Brun", "Orlac"),
    "PL": ("Łąkowice", "Nowy Dwór", "Zielonki", "Kamieniec", "Brzegów", "Świerków"),
    "US": ("Springdale", "Fort Hollow", "Cedar Point", "Mount Verity", "Lakeview", "Oakridge"),
}
_COUNTRIES = {"DE": ("Germany", "Deutschland", "DE", "D"), "GB": ("United Kingdom", "UK", "GB"), "FR": ("France", "FR"),
              "PL": ("Poland", "Polska", "PL"), "US": ("USA", "United States", "US")}
_DEPARTMENTS = (
    "Wareneingang", "Goods In", "c/o Lager", "Attn: Stores", "Tor 3", "Dock 2", "Receiving Dept", "Magazyn", "Réception",
)
_SHORT = (("straße", "str."), ("straße", "strasse"), (" Straße", " Str."), (" Road", " Rd"), (" Road", " Rd."),
          (" Street", " St."),
          (" Avenue", " Ave"), (" Lane", " Ln"), ("avenue ", "av. "), ("boulevard ", "bd "), ("ul. ", "ulica "), ("ul. ", ""),
          (" Industrial Estate", " Ind. Est."), (" St", " Street"), (" Ave", " Avenue"), (" Blvd", " Boulevard"),
          (" N ", " North "), ("Świętego ", "Św. "))
_OCR = str.maketrans({"0": "O", "1": "l", "5": "S", "8": "B", "m": "rn", "i": "l", "o": "0", "c": "e", "h": "b", "ü": "u",
                      "ö": "o"})


@dataclass(frozen=True, slots=True)
class Printed:
    """What one order says, and what is true: the customer and the address, each None for one that we do not have."""

    clues: CustomerClues
    customer_id: int | None
    ship_to: str | None
    address_id: int | None
    owner: CustomerRecord
    kind: str


def make_customers(rng: Random, count: int, *, check: bool) -> list[CustomerRecord]:
    """`count` customers, a third of them near-twins: branches of one group, namesakes elsewhere, neighbours of one street.

    The words of the check part are others than those of the development part.
    """
    names = _NAMES[1::2] if check else _NAMES[::2]
    made: list[CustomerRecord] = []
    while len(made) < count:
        number = len(made) + 1
        twin = rng.choice(made) if made and rng.random() < 0.35 else None
        made.append(_twin(rng, number, twin) if twin else _customer(rng, number, names))
    return made


def _customer(rng: Random, number: int, names: Sequence[str]) -> CustomerRecord:
    country = rng.choice(("DE", "DE", "GB", "GB", "FR", "PL", "US"))
    first = rng.choice(names) + rng.choice(("", "", "son", "er", "mann", " & " + rng.choice(names)))
    name = f"{first} {rng.choice(_TRADES[country])} {rng.choice(_FORMS[country])}"
    domain = f"{first.lower().replace(' & ', '-')}{rng.randrange(100)}.example" if rng.random() < 0.8 else None
    vat = f"{country}{rng.randrange(10**9):09d}" if rng.random() < 0.5 else None
    city = rng.choice(_CITIES[country])
    first_place = _address(rng, number * 10, name, country, city, AddressKind.SHIP_TO)
    places = [replace(first_place, is_default=True), replace(first_place, address_id=number * 10 + 1, kind=AddressKind.BILL_TO)]
    for place in range(2, rng.choice((2, 2, 3, 4, 6))):
        near = rng.random()
        town = city if near < 0.5 else rng.choice(_CITIES[country])
        made = _address(rng, number * 10 + place, name, country, town, AddressKind.SHIP_TO)
        if near < 0.25:         # the next building of the same street
            made = replace(made, street=_other_number(rng, first_place.street), postcode=first_place.postcode)
        places.append(made)
    return CustomerRecord(
        number, f"C-{10_000 + number}", name, vat, domain, frozenset({f"einkauf@{domain}"} if domain else ()),
        addresses=tuple(places))


def _address(rng: Random, number: int, name: str, country: str, city: str, kind: AddressKind) -> AddressRecord:
    house = f"{rng.randrange(1, 240)}{rng.choice(('', '', '', 'a', 'b'))}"
    street = rng.choice(_STREETS[country]).format(rng.choice(_PLACES), n=house)
    return AddressRecord(number, kind, f"A{number}", name, street, _postcode(rng, country), city, country)


def _postcode(rng: Random, country: str) -> str:
    if country == "GB":
        inner = f"{rng.randrange(1, 9)}{rng.choice('ABDEFGHJLN')}{rng.choice('PQRSTUWXYZ')}"
        return f"{rng.choice(('LS', 'HU', 'B', 'M'))}{rng.randrange(1, 30)} {inner}"
    return f"{rng.randrange(10, 99)}-{rng.randrange(100, 999)}" if country == "PL" else f"{rng.randrange(10_000, 99_999)}"


def _other_number(rng: Random, street: str) -> str:
    words = street.split()
    return " ".join(f"{rng.randrange(1, 240)}" if w.strip(",")[:1].isdigit() else w for w in words)


def _twin(rng: Random, number: int, known: CustomerRecord) -> CustomerRecord:
    """A branch (same domain, name with a place), a namesake elsewhere, or a neighbour with another name."""
    country, first = known.addresses[0].country, known.addresses[0]
    kind = rng.choice(("branch", "branch", "namesake", "neighbour"))
    fresh = _customer(rng, number, ("Wendrick", "Olmstead") if kind == "neighbour" else (known.name.split()[0],))
    places = tuple(replace(a, country=country) for a in fresh.addresses)
    city = rng.choice(_CITIES[country])
    moved = [
        replace(a, address_id=number * 10 + i, street=_address(rng, 0, "", country, city, a.kind).street, city=city,
                postcode=_postcode(rng, country)) for i, a in enumerate(places)]
    if kind == "branch":
        words = known.name.split()
        name = " ".join((*words[:2], rng.choice(("Nord", "Süd", "West", city.split()[0])), *words[2:]))
        return replace(
            fresh, name=name, email_domain=known.email_domain, vat_id=known.vat_id if rng.random() < 0.5 else fresh.vat_id,
            emails=frozenset(), addresses=tuple(replace(a, name=name) for a in moved))
    if kind == "namesake":
        return replace(fresh, name=known.name, addresses=tuple(replace(a, name=known.name) for a in moved))
    moved = [replace(a, street=_other_number(rng, first.street), postcode=first.postcode, city=first.city) for a in moved[:2]]
    return replace(fresh, addresses=tuple(replace(a, name=fresh.name) for a in moved))


def make_orders(rng: Random, customers: Sequence[CustomerRecord], count: int, *, check: bool) -> list[Printed]:
    """Orders of these customers, one in eight of somebody who is none."""
    strangers = make_customers(rng, max(count // 8, 1), check=check)
    return [_order(rng, rng.choice(strangers), None) if rng.random() < 0.125 else _known(rng, customers) for _ in range(count)]


def _known(rng: Random, customers: Sequence[CustomerRecord]) -> Printed:
    customer = rng.choice(customers)
    return _order(rng, customer, customer)


def _order(rng: Random, writer: CustomerRecord, known: CustomerRecord | None) -> Printed:
    noise = rng.choice((0.0, 0.0, 0.01, 0.03))
    home = writer.addresses[0]
    account = vat = sender = None
    if known:
        account = writer.customer_no if rng.random() < 0.25 else None
        vat = writer.vat_id if rng.random() < 0.3 else None
        sender = _sender(rng, writer)
    elif writer.email_domain and rng.random() < 0.6:
        sender = f"po@{writer.email_domain.replace('.example', '.test')}"
    name = _printed_name(rng, writer.name, noise) if rng.random() < 0.95 else None
    letterhead = _printed_address(rng, home, noise) if rng.random() < 0.7 else None
    kind, ship_to, truth = _ship_to(rng, writer, noise)
    addresses = tuple(filter(None, (letterhead, ship_to)))
    clues = CustomerClues(account, vat, sender, (name,) if name else (), addresses)
    return Printed(clues, known.customer_id if known else None, ship_to, truth, writer, kind)


def _sender(rng: Random, writer: CustomerRecord) -> str | None:
    kind = rng.random()
    if kind < 0.15 or writer.email_domain is None:
        return f"{rng.choice(('ann', 'bob', 'orders'))}{rng.randrange(99)}@gmail.com" if kind < 0.5 else None
    if kind < 0.25:
        return f"no-reply@portal{rng.randrange(5)}.example"
    if kind < 0.4 and writer.emails:
        return next(iter(writer.emails))
    return f"{rng.choice(('ann', 'bob', 'po'))}@{writer.email_domain}"


def _ship_to(rng: Random, writer: CustomerRecord, noise: float) -> tuple[str, str | None, int | None]:
    """(kind, text, the address meant): one of theirs, a near miss of one, a new one, or none printed."""
    usable = [a for a in writer.addresses if a.kind is AddressKind.SHIP_TO]
    meant = rng.choice(usable)
    kind = rng.choices(("own", "other number", "other street", "new place", "none"), (62, 10, 8, 10, 10))[0]
    if kind == "none":
        return kind, None, None
    if kind == "own":
        return kind, _printed_address(rng, meant, noise), meant.address_id
    other = _address(rng, 0, meant.name, meant.country, rng.choice(_CITIES[meant.country]), AddressKind.SHIP_TO)
    if kind == "other number":
        other = replace(meant, street=_other_number(rng, meant.street))
    elif kind == "other street":
        other = replace(meant, street=other.street)
    same = next((a for a in usable if (a.street, a.postcode, a.city) == (other.street, other.postcode, other.city)), None)
    return kind, _printed_address(rng, other, noise), same.address_id if same else None


def _printed_name(rng: Random, name: str, noise: float) -> str:
    words = name.split()
    first_words = {form.split()[0] for forms in _FORMS.values() for form in forms}
    form = next((i for i, w in enumerate(words) if w in first_words), len(words))
    if rng.random() < 0.3:
        words = words[:form]
    text = " ".join(words)
    if rng.random() < 0.1:
        text = text.replace("GmbH", "G.m.b.H.").replace("Limited", "Ltd.")
    return _noisy(rng, rng.choice((str, str, str.upper))(_plain_umlauts(rng, text)), noise)


def _printed_address(rng: Random, a: AddressRecord, noise: float) -> str:
    street = a.street
    for long, short in rng.sample(_SHORT, len(_SHORT)):
        if re.search(rf"{re.escape(long)}(?![a-zà-ÿ])", street) and rng.random() < 0.5:
            street = re.sub(rf"{re.escape(long)}(?![a-zà-ÿ])", short, street)
            break
    town = f"{a.postcode} {a.city}" if a.country in {"DE", "FR", "PL"} else f"{a.city} {a.postcode}"
    if a.country == "DE" and rng.random() < 0.15:
        town = f"D-{town}"
    if rng.random() < 0.06:
        town = a.city
    parts = [a.name if rng.random() < 0.8 else "", rng.choice(_DEPARTMENTS) if rng.random() < 0.25 else "", street, town]
    if rng.random() < 0.5:
        parts.append(rng.choice(_COUNTRIES[a.country]))
    text = ", ".join(filter(None, parts))
    return _noisy(rng, rng.choice((str, str, str, str.upper))(_plain_umlauts(rng, text)), noise)


def _plain_umlauts(rng: Random, text: str) -> str:
    if rng.random() < 0.25:
        for umlaut, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
            text = text.replace(umlaut, plain)
    return text


def _noisy(rng: Random, text: str, noise: float) -> str:
    return "".join(c.translate(_OCR) if rng.random() < noise else c for c in text)
