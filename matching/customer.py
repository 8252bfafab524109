"""Who orders: account number, VAT id, sender address, sender domain, name and address, form of the paper, each with its weight.
Pure.

A look-alike of a known domain never counts as that domain; it is a reason to ask.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from matching.names import fit_name
from matching.records import AddressRecord, CustomerRecord, Sender, Source
from matching.ship_to import fit_address
from models.domain.characters import as_latin
from models.domain.codes import clean_code, gtin_is_valid
from models.domain.draft import CustomerMatch
from models.domain.evidence import Found, Origin
from models.domain.messages import PUBLIC_DOMAINS, domain_of

_GLN = re.compile(r"(?<!\d)\d{13}(?!\d)")


@dataclass(frozen=True, slots=True)
class CustomerClues:
    """What message and readings say about the orderer."""

    account: str | None = None
    vat_id: str | None = None
    sender: str | None = None
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    reply_to: str | None = None          # only where it is of another domain than the sender
    known_form: frozenset[int] = frozenset()     # ids of the customers of whom papers of this form are known

    @property
    def glns(self) -> frozenset[str]:
        """Location numbers that the addresses name."""
        return frozenset(n for text in self.addresses for n in _GLN.findall(text) if gtin_is_valid(n))

    @property
    def printed_names(self) -> tuple[str, ...]:
        """What the buyer is called; where no name was read, what the addresses begin with."""
        return self.names or tuple(dict.fromkeys(text.split(",")[0].strip() for text in self.addresses))

    @property
    def domain(self) -> str | None:
        """The sender's domain, unless anybody may write from it."""
        domain = domain_of(self.sender)
        return domain if domain not in PUBLIC_DOMAINS else None


def clues_of(sources: Iterable[Source], sender: Sender) -> CustomerClues:
    """Gather the clues of all readings of a case."""
    headers = [source.reading.header for source in sources]
    account = next((h.customer_account.value for h in headers if h.customer_account), None)
    vat = next((h.vat_id.value for h in headers if h.vat_id), None)
    names = dict.fromkeys(h.buyer_name.value for h in headers if h.buyer_name and _is_printed(h.buyer_name))
    addresses = dict.fromkeys(f.value for h in headers for f in (h.bill_to, h.ship_to) if f and _is_printed(f))
    # A mail that its own sender's domain disowns says nothing of who wrote it.
    address = None if sender.is_forged else (sender.address or "").strip().lower() or None
    return CustomerClues(account, vat, address, tuple(names), tuple(addresses), answers_elsewhere(sender))


def _is_printed(said: Found[str]) -> bool:
    """False for what is only known to be so on all papers of a form: whose form it is must not prove itself."""
    return said.evidence.origin is not Origin.LEARNED or bool(said.evidence.places)


def answers_elsewhere(sender: Sender) -> str | None:
    """Where answers go when that is another domain than the sender's: who forges a sender wants to hear the answer."""
    there, here = domain_of(sender.reply_to), domain_of(sender.address)
    if not there or not here or is_domain(there, here) or is_domain(here, there):
        return None
    return (sender.reply_to or "").strip().lower()


def rank_customers(clues: CustomerClues, customers: Iterable[CustomerRecord]) -> tuple[CustomerMatch, ...]:
    """Customers that something speaks for, likeliest first, at most nine; what they leave of 1 is "somebody else"."""
    weighed = [(customer, *_weigh(clues, customer)) for customer in customers]
    likely = sorted((w for w in weighed if w[1] > _OUTSIDER - 4), key=lambda w: (-w[1], w[0].customer_no))[:9]
    whole = math.exp(_OUTSIDER) + sum(math.exp(score) for _, score, _ in likely)
    return tuple(
        CustomerMatch(c.customer_id, c.customer_no, c.name, round(math.exp(score) / whole, 4), tuple(reasons))
        for c, score, reasons in likely)


_OUTSIDER = 2.0
"""The score of "none of our customers", on the scale of the weights below (natural log of odds)."""


_FORM = 2.5
"""What a known form weighs: alone it makes its customer likely, never sure. A form that many use tells less of each."""


def _weigh(clues: CustomerClues, customer: CustomerRecord) -> tuple[float, list[str]]:
    found: list[tuple[float, str]] = []
    if clues.account and clean_code(clues.account) == clean_code(customer.customer_no):
        found.append((5.0, "the account number is theirs"))
    if clues.vat_id and customer.vat_id:
        same = clean_code(clues.vat_id) == customer.vat_id
        found.append((6.0, "the VAT id is theirs") if same else (-3.0, "the VAT id is another's"))
    if clues.reply_to is None or writes_for(clues.reply_to, customer):
        if clues.sender and clues.sender in customer.emails:
            found.append((5.0, "the sender is known to write for them"))
        elif clues.sender and writes_for(clues.sender, customer):
            found.append((4.0, "the sender's domain is theirs"))
    if clues.glns & {customer.gln, *(a.gln for a in customer.addresses)}:
        found.append((5.0, "the GLN is theirs"))
    if clues.printed_names:
        found.append(_name_weight(clues.printed_names, (customer.name, *customer.other_names)))
    if clues.addresses and customer.addresses:
        found += _address_weight(clues.addresses, customer.addresses)
    if customer.customer_id in clues.known_form and (weight := _FORM - math.log(len(clues.known_form))) > 0:
        found.append((weight, "papers of this form came from them"))
    return sum(weight for weight, _ in found), [reason for weight, reason in found if reason]


def writes_for(address: str, customer: CustomerRecord) -> bool:
    """True for a known sender of the customer, and for any of its domain; domains that anybody may write from prove nothing."""
    domain = domain_of(address)
    return address.lower() in customer.emails or (
        domain is not None and domain not in PUBLIC_DOMAINS and customer.email_domain is not None
        and is_domain(domain, customer.email_domain))


def is_domain(domain: str, known: str) -> bool:
    """True for the domain itself and what its owner puts below it; never for one that only looks like it."""
    return domain == known or domain.endswith(f".{known}")


def name_likeness(name: str, known: str) -> float:
    """0.0–1.0; legal forms and the order of words do not count, each word more or less does."""
    fit = fit_name(name, known)
    return fit.likeness * max(1.0 - 0.15 * fit.strange, 0.0)


def _name_weight(names: Sequence[str], known: Sequence[str]) -> tuple[float, str]:
    return max((_one_name_weight(name, own) for name in names for own in known), key=lambda found: found[0])


def _one_name_weight(name: str, known: str) -> tuple[float, str]:
    """Another word makes another company: branches of a group and namesakes differ by one."""
    fit = fit_name(name, known)
    if fit.likeness < 0.8:
        return -1.5, ""
    form = {True: -1.5, False: 0.5, None: 0.0}[fit.other_form]
    if not fit.strange:
        alike = "the name is theirs" if fit.likeness > 0.99 else f"the name is {fit.likeness:.0%} alike"
        return 4.5 - 9 * (1 - fit.likeness) + form, alike + (", of another legal form" if fit.other_form else "")
    return max(1.0 - 1.5 * (fit.strange - 1), -1.5) + form, "the name resembles theirs" if fit.strange == 1 else ""


def _address_weight(printed: Sequence[str], known: Sequence[AddressRecord]) -> list[tuple[float, str]]:
    if any(fit_address(text, address).is_theirs for text in printed for address in known):
        return [(3.5, "an address is theirs")]
    return [(-1.2, "")]


def look_alike(domain: str | None, known: Iterable[str]) -> str | None:
    """The known domain that `domain` is made to resemble: one or two keystrokes away, or its name with something attached."""
    if domain is None:
        return None
    for other in sorted(set(known)):
        if is_domain(domain, other):
            return None
    return next((o for o in sorted(set(known)) if _resembles(domain, o)), None)


def _resembles(domain: str, known: str) -> bool:
    said, wanted = _as_seen(domain), _as_seen(known)
    name, own = said.split(".")[0], wanted.split(".")[0]
    far = DamerauLevenshtein.distance(said, wanted)
    return far <= (1 if len(known) < 10 else 2) or (len(own) > 4 and (name == own or own in name.split("-")))


def _as_seen(domain: str) -> str:
    """The domain as the eye takes it: international names decoded, letters of other alphabets, accents and pairs that look like
    one letter as the plain one."""
    labels = (_decoded(label) for label in domain.lower().split("."))
    text = unicodedata.normalize("NFKD", as_latin(".".join(labels)))
    text = "".join(c for c in text if not unicodedata.combining(c))
    for seen, plain in (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("5", "s")):
        text = text.replace(seen, plain)
    return text


def _decoded(label: str) -> str:
    """A label in the letters that a mail program shows (RFC 3492)."""
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label
