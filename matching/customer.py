"""Who orders: account number, VAT id, sender address, sender domain, name and address, each with its weight. Pure.

A look-alike of a known domain never counts as that domain; it is a reason to ask.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from matching.records import AddressRecord, CustomerRecord, Sender, Source
from matching.ship_to import address_likeness
from matching.text import words
from models.domain.codes import clean_code
from models.domain.draft import CustomerMatch
from models.domain.messages import PUBLIC_DOMAINS, domain_of

_LEGAL = re.compile(
    r"\b(gmbh|mbh|co|kg|ag|se|ltd|limited|inc|llc|corp|company|plc|sa|sas|sarl|srl|spa|bv|nv|sp|z|o|oo|und|and|et|y|the|group)\b")


@dataclass(frozen=True, slots=True)
class CustomerClues:
    """What message and readings say about the orderer."""

    account: str | None = None
    vat_id: str | None = None
    sender: str | None = None
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

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
    names = dict.fromkeys(h.buyer_name.value for h in headers if h.buyer_name)
    addresses = dict.fromkeys(f.value for h in headers for f in (h.bill_to, h.ship_to) if f)
    return CustomerClues(account, vat, (sender.address or "").strip().lower() or None, tuple(names), tuple(addresses))


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


def _weigh(clues: CustomerClues, customer: CustomerRecord) -> tuple[float, list[str]]:
    found: list[tuple[float, str]] = []
    if clues.account and clean_code(clues.account) == clean_code(customer.customer_no):
        found.append((5.0, "the account number is theirs"))
    if clues.vat_id and customer.vat_id:
        same = clean_code(clues.vat_id) == customer.vat_id
        found.append((6.0, "the VAT id is theirs") if same else (-3.0, "the VAT id is another's"))
    if clues.sender and clues.sender in customer.emails:
        found.append((5.0, "the sender is known to write for them"))
    elif clues.domain and customer.email_domain and is_domain(clues.domain, customer.email_domain):
        found.append((4.0, "the sender's domain is theirs"))
    if clues.names:
        found.append(_name_weight(clues.names, (customer.name, *customer.other_names)))
    if clues.addresses and customer.addresses:
        found += _address_weight(clues.addresses, customer.addresses)
    return sum(weight for weight, _ in found), [reason for weight, reason in found if reason]


def is_domain(domain: str, known: str) -> bool:
    """True for the domain itself and what its owner puts below it; never for one that only looks like it."""
    return domain == known or domain.endswith(f".{known}")


def _name_weight(names: Sequence[str], known: Sequence[str]) -> tuple[float, str]:
    likeness = max(name_likeness(name, own) for name in names for own in known)
    if likeness >= 0.995:
        return 4.5, "the name is theirs"
    if likeness >= 0.8:
        return 1.0 + (likeness - 0.8) * 15, f"the name is {likeness:.0%} alike"
    return (-1.5, "") if likeness < 0.5 else (0.0, "")


def name_likeness(name: str, known: str) -> float:
    """0.0–1.0; legal forms and the order of words do not count."""
    ours, theirs = (" ".join(words(_LEGAL.sub(" ", " ".join(words(text))))) or text.lower() for text in (name, known))
    return fuzz.token_sort_ratio(ours, theirs) / 100


def _address_weight(printed: Sequence[str], known: Sequence[AddressRecord]) -> list[tuple[float, str]]:
    best = max(address_likeness(text, address) for text in printed for address in known)
    return [(2.0, "an address is theirs")] if best >= 0.85 else []


def look_alike(domain: str | None, known: Iterable[str]) -> str | None:
    """The known domain that `domain` is made to resemble: one or two keystrokes away, or its name with something attached."""
    if domain is None:
        return None
    for other in sorted(set(known)):
        if is_domain(domain, other):
            return None
    return next((o for o in sorted(set(known)) if _resembles(domain, o)), None)


def _resembles(domain: str, known: str) -> bool:
    name, own = domain.split(".")[0], known.split(".")[0]
    far = DamerauLevenshtein.distance(domain, known)
    return far <= (1 if len(known) < 10 else 2) or (len(own) > 4 and (name == own or own in name.split("-")))
