"""A seller's own order form, on which a customer fills in who orders. Pure."""

from __future__ import annotations

import re

from extraction.fields.addresses import labelled_block
from extraction.fields.block_names import name_of
from extraction.fields.view import View, text_of
from models.domain.evidence import PageKind

_CUSTOMERS = frozenset({
    "customer", "customer name", "client", "client name", "account name", "kunde", "kundenname", "nom du client", "cliente",
    "nombre del cliente", "klant", "klantnaam", "nome cliente", "klient", "your business name", "your company",
    "your company name", "your business", "ihre firma", "ihr firmenname", "votre societe", "votre entreprise", "su empresa",
    "shop name", "store name", "business name", "school name", "practice name", "nom du magasin", "nom de letablissement",
    "winkelnaam", "uw bedrijf", "uw bedrijfsnaam", "la vostra ditta", "la vostra azienda", "panstwa firma"})
"""How a seller's form asks who orders."""

_FILL_IN = re.compile(
    r"\b(?:complete|fill(?:ed)? (?:in|out|up)|block (?:capitals|letters)|ausf[üu]llen|ausgef[üu]llt\w*|remplir|compl[ée]ter|"
    r"rellen\w+|cumpliment\w+|invullen|ingevuld\w*|compil\w+|wype[łl]ni\w+)\b.*"
    r"\b(?:send|return|e-?mail|fax|senden|schicken|zur[üu]ck\w*|faxen|mailen|retourner|renvoyer|envoyer|enviar\w*|devolver\w*|"
    r"sturen|terug\w*|retourneren|inviar\w*|spedir\w*|odes[łl]a\w+|przes[łl]a\w+)\b", re.IGNORECASE)
_ACKNOWLEDGING = re.compile(r"acknowl|confirm|best[äa]tig|accus[ée]|acuse|bevestig|conferma|potwierdz", re.IGNORECASE)
"""How a seller's form tells who orders what to do with it; a buyer asks the same of who acknowledges an order."""


def is_sellers_form(view: View) -> bool:
    """True for a paper on which a customer has filled in who orders: "Customer: Acme Ltd"."""
    if view.lines and view.lines[0].kind is PageKind.TEXT:
        return False
    is_form = any(_FILL_IN.search(line.text) and not _ACKNOWLEDGING.search(line.text) for line in view.lines)
    told = (p for p in view.named("buyer_name") if p.clear and (is_form or p.label.text in _CUSTOMERS))
    names = (name_of(part.lines) for p in told if (part := labelled_block(view, p)))
    return any(name and any(map(str.isalpha, text_of(name))) and not any(map(str.isdigit, name[0].text)) for name in names)
