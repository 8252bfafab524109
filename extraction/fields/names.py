"""What a company's name, the lines of its address, and a paper's title look like."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from extraction import lexicon
from extraction.fields.legal_forms import together
from extraction.layout.blocks import ATTENTION
from extraction.layout.labels import fold, heard, phrases
from models.domain.reading import DocumentType

_LEGAL = re.compile(
    r"\b(gGmbH|GmbH|GesmbH|mbH|GbR|e\. ?V|eG|Lda|SELARL|S\.L\.P|S\.L\.L|S\.A\.U|S\.a\.s|S\.r\.l\.s|"
    r"Co-op|AG|KG|KGaA|OHG|UG|e\.? ?K|Ltd|Limited|LLC|LLP|Inc|Incorporated|Corp|Corporation|Co|Company|PLC|SA|S\.A|SAS|S\.A\.S|"
    r"SASU|SARL|S\.?à\.?r\.?l|EURL|SL|S\.L|S\.L\.U|SLU|S\.?p\.?A|S\.?r\.?l|S\.?n\.?c|BV|B\.V|NV|N\.V|VOF|V\.O\.F|BVBA|SpA|Cie|"
    r"Sp\. ?z ?o\. ?o|P\.H\.U|S\.C|"
    r"Sp\. ?[jk]|S\. ?Coop|"
    r"Oy|AB|A/S|ApS|AS|Pty|Pte|Group|Industries|Holding|Werke)\b\.?",
    re.IGNORECASE,
)
_LEGAL_EXACT = re.compile(r"\b(?:eG|AG|KG|UG|SA|SL|AS|AB|Co|SK|nv|BV|bv|Oy)\b|\bNV$")

NO_ADDRESS = re.compile(
    r"^(?:tel|fon|telefon|phone|ph|fax|telefax|mobil|mobile|e-?mail|mail|www\.|http|vat|ust|tva|nif|cif|p\. ?iva|nip|btw)\b"
    r"|@|\b(?:au capital|registered (?:in|office|no|number|company)|company (?:no|number|reg)|handelsregister|"
    r"amtsgericht|hrb|hra|r\.?c\.?s|siren|siret|iban|bic|swift|kvk|krs|regon|capitale sociale|registro mercantil)\b"
    r"|^\+?[\d\s()/.-]{9,}$|\b\d{1,2}[:.h]\d{2}\s*(?:h|uhr|am|pm)?\s*[-–]\s*\d{1,2}\b",
    re.IGNORECASE,
)
POSTAL = re.compile(
    r"\b\d{4,6}\b|\b\d{2}-\d{3}\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]{2} \d{5}|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b")
STREET = re.compile(
    r"\b(street|st|road|rd|avenue|ave|lane|drive|dr|way|park|estate|blvd|court|ct|terrace|crescent|highway|hwy|parkway|pkwy|"
    r"suite|unit|str|straße|strasse|weg|platz|allee|ring|rue|"
    r"boulevard|chemin|calle|c/|avda|polígono|plaza|straat|laan|kade|plein|via|viale|corso|piazza|ul|ulica|al|os)\b\.?|straße|str\.|straat",
    re.IGNORECASE,
)

_HOUSE_WORDS = (
    "warehouse receiving goods inwards stores entrance door bay dock gate building department purchasing reception site depot "
    "plant lager tor halle rampe wareneingang annahme einkauf quai porte magasin achats muelle puerta almacen recepcion nave "
    "compras ingresso merci magazzino acquisti poort hal magazijn ontvangst inkoop rampa hala brama magazyn przyjecie zakupy "
    "library bibliothek bibliotheque biblioteca bibliotheek concierge kitchen kuche cuisine cocina keuken cucina kuchnia "
    "pharmacy apotheke pharmacie workshop werkstatt atelier taller werkplaats officina warsztat laboratory labor laboratoire ap"
)
HOUSE = frozenset(_HOUSE_WORDS.split())
"""Folded words for places and departments of a house: "Attn: Receiving" is part of an address, "Attn: Ann Example" is not."""

_OFFICE_WORDS = (
    "accounts payable accounting finance treasurer secretary manager director bursar buchhaltung kreditorenbuchhaltung "
    "verwaltung kammerei comptabilite direction tresorier administracion contabilidad tesoreria administratie boekhouding "
    "amministrazione contabilita ragioneria ksiegowosc administracja"
)
OFFICES = HOUSE | frozenset(_OFFICE_WORDS.split())
"""Folded words for those who pay and sign, too: "The Treasurer, Acme Ltd" is written to Acme."""


_PERSON = re.compile(
    r"^(?:mr|mrs|ms|miss|herrn?|frau|fr|hr|mme|mlle|monsieur|madame|sr|sra|don|doña|dhr|mevr|mw|sig|sig\.?ra|pan|pani)\b\.? \S",
    re.IGNORECASE,
)


_SMALL_PRINT = re.compile(
    r"\s(?:au capital|registered (?:in|office|no|number)|capitale sociale|(?:company|vat) (?:no|number|reg))\b", re.IGNORECASE)
_ARTICLES = frozenset({"the", "der", "die", "das", "le", "la", "les", "el", "los", "il", "lo", "de", "het"})
_WHOSE = frozenset({("our",), ("your",), ("unser",), ("unsere",), ("ihr",), ("ihre",), ("notre",), ("votre",)})
_QUOTED = ">"            # begins the lines of a mail that is answered
_MOST_WORDS = 14         # of a name with all that may stand on its line
_FEWEST_OF_PROSE = 5     # words of a sentence that a name may be taken for
_SHORT_FORM = 5          # letters of a short form with its full stop, at most

_GREETING = re.compile(
    r"(?:dear|hello|hi|sehr geehrte[rs]?|guten|hallo|moin|bonjour|estimad[oa]s?|buen[oa]s|hola|geachte|beste|goede\w+|gentili?|"
    r"messieurs|mesdames|gentlemen|egregi[oe]?|buon\w+|salve|szanown\w+|dzień dobry|witam)\b", re.IGNORECASE)
_INITIALS = re.compile(r"^(?:[^\W\d_]\. ?){1,2}[^\W\d_][\w'’-]+(?:,|$)")


def is_no_name(text: str) -> bool:
    """True for what no company is called: a person with a title or initials, a legal form, an article or a department alone,
    a sentence, a quoted line, a greeting, a label with its value, "our" and "your" papers, letters set apart."""
    words = text.split()
    if text.casefold() in _ARTICLES or text.casefold() in HOUSE or len(words) > _MOST_WORDS or text.startswith(_QUOTED):
        return True
    if _is_prose(words) or is_reference(text):
        return True
    words = together(text).split()
    apart = ":" in text or (len(words) > 2 and sum(len(w) for w in words) < 2.5 * len(words))
    if apart or is_greeting(text):
        return True
    return bool(_PERSON.match(text)) or bool(_INITIALS.match(text)) or not _LEGAL.sub("", text).strip(" .,&-")


def is_reference(text: str) -> bool:
    """True for what is asked of a paper of one side: "Our ref.", "Your order no."."""
    return fold(text)[:1] in _WHOSE and not is_company(text)


def _is_prose(words: list[str]) -> bool:
    """True for part of a sentence: more small words than a name has between its own ("Institute of the Arts"), or a question
    or a full stop that no short form explains in the middle."""
    if len(words) < _FEWEST_OF_PROSE:
        return False
    small = sum(w[0].islower() and w.strip(".,").isalpha() for w in words)
    ends = any(w[-1] in ".?!" and len(w) > _SHORT_FORM and w[:-1].isalpha() and w[0].islower() for w in words[:-1])
    return 2 * small > len(words) or (ends and small > 1)


def is_greeting(text: str) -> bool:
    """True for what begins like the greeting of a letter: "Dear Sirs", "Estimados señores:"."""
    return bool(_GREETING.match(text))


def is_legal_form(text: str) -> bool:
    """True for "Ltd" and its like alone."""
    return bool(_LEGAL.fullmatch(text.strip(" ,")))


def names_person(text: str) -> bool:
    """True for a line that says for whom in the house a delivery is, by name."""
    match = ATTENTION.match(text)
    rest = fold(text[match.end() :]) if match else ()
    return bool(rest) and not set(rest) & HOUSE


def is_company(text: str) -> bool:
    """True when a text ends like a company's name or holds a legal form."""
    match = _LEGAL.search(text)
    return bool(match) and (len(match[1]) > 2 or bool(_LEGAL_EXACT.search(text))) and len(text) < 90 if match else False


def head_of(text: str) -> str:
    """The name that begins a line: up to a comma, dash, dot or bar in the middle, its legal form included ("Acme, Inc."), or up
    to what the law has printed behind it ("Acme SARL au capital de 8 000 €").
    """
    if behind := _SMALL_PRINT.search(text):
        text = text[: behind.start()]
    head, *rest = re.split(r" [·|–—-] |, ?", text)
    if not rest or not _LEGAL.fullmatch(rest[0].strip()):
        return head
    return text[: text.index(rest[0], len(head)) + len(rest[0])]


def without_legal_form(name: str) -> str:
    """A company's name without what says of what kind it is; the whole name when nothing else is left."""
    return _LEGAL.sub(" ", name).strip(" .,&") or name


@cache
def _countries() -> frozenset[tuple[str, ...]]:
    names = (name for language in lexicon.LANGUAGES for name in Locale(language).territories.values())
    return frozenset(fold(name) for name in (*names, "USA", "UK", "U.S.A.", "England", "Scotland", "Wales"))


def is_country(text: str) -> bool:
    """True for a country's name in one of our languages."""
    return fold(text) in _countries()


@cache
def _titles() -> frozenset[tuple[str, ...]]:
    return frozenset(p for kind in DocumentType for p in phrases(f"doc_type.{kind.value}"))


def is_title(text: str) -> bool:
    words = fold(text)
    return any(len(words) <= len(p) + 2 for p in heard(words, _titles()))
