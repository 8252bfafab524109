"""Which words of a mail name somebody, but not the firm that orders; and to whom it was written."""

from __future__ import annotations

from extraction.fields.addresses import Block
from extraction.fields.names import head_of, is_company, is_no_name
from extraction.fields.view import View, text_of
from extraction.layout.labels import fold
from extraction.layout.mail_words import CLOSING
from models.domain.evidence import Evidence, Found, Origin
from models.domain.pages import WordFlag
from models.domain.reading import Context

_PERSON = 4              # words of a person's name at most
_ADDRESSED = 0.6         # how sure the supplier is to whom a mail is written
_TELLING = 4             # letters of a word that tells whose domain it is
_DESK_WORDS = (
    "order orders sales purchase office desk team info ufficio ordini ordine vendite bestellung bestellungen verkauf vertrieb "
    "auftrag auftragsannahme innendienst service commande commandes ventes pedidos ventas verkoop bestelling bestellingen "
    "zamowienia sprzedaz")
_DESKS = frozenset(_DESK_WORDS.split())


def no_buyers(view: View, ship_to: Block | None) -> frozenset[int]:
    """The words (by identity) of a mail that name no buyer: those that say where the goods go, which need not be to who orders
    them, and the name of the person who writes, wherever it stands."""
    words = {id(t) for line in ship_to.lines for t in line} if ship_to else set()
    signed = [line for line in view.lines if all(WordFlag.SIGNATURE in t.word.flags for t in line.tokens)]
    person = next((text for line in signed if (text := fold(line.text)) and not CLOSING.match(line.text)), ())
    if not person or is_company(" ".join(person)) or len(person) > _PERSON:
        return frozenset(words)
    return frozenset(words | {
        id(t) for line in view.lines for n in range(len(line.tokens))
        for size in range(1, len(person) + 1) if fold(text_of(line.tokens[n : n + size])) == person
        for t in line.tokens[n : n + size]})


def recipient(context: Context) -> Found[str] | None:
    """The firm to which a mail is written, as the supplier: by its legal form, or because its domain bears its name. A person or
    a desk alone is none."""
    words = head_of(context.recipient_name or "").split()
    while words and set(fold(words[0])) <= _DESKS:
        words = words[1:]
    name = " ".join(words)
    domain = "".join(fold((context.recipient_address or "").rpartition("@")[2].replace(".", " ").replace("-", " ")))
    known = any(len(word) >= _TELLING and word in domain for word in fold(name))
    if not name or "@" in name or is_no_name(name) or not (is_company(name) or known):
        return None
    return Found(name, _ADDRESSED, Evidence(Origin.CONTEXT, name, note="the mail is written to"))
