"""Addresses as forms ask for them: under a party's heading its name, street and town, each behind a label of its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from extraction.layout.geometry import Line, Segment, Token
from extraction.layout.labels import fields_of, fold
from extraction.layout.pairs import Pair, is_label

Words = tuple[Token, ...]
PARTIES = frozenset({"buyer_name", "supplier_name", "ship_to", "bill_to"})

_NAMES = (
    "Name, Full name, Company, Company name, Firm, Organisation, Organization, Business, Business name, Store, Site, "
    "Firma, Firmenname, Unternehmen, Nom, Société, Raison sociale, Entreprise, Nombre, Empresa, Razón social, "
    "Naam, Bedrijf, Bedrijfsnaam, Nome, Ditta, Ragione sociale, Azienda, Nazwa, Nazwa firmy")
_PLACES = (
    "Address, Address 1, Address 2, Address line 1, Address line 2, Street, Street address, City, Town, City State Zip, "
    "City and State, City State, City ST ZIP, State, State Zip, County, Postcode, Post code, Postal code, Zip, Zip code, "
    "Country, Adresse, Anschrift, Straße, Strasse, Straße Hausnummer, PLZ, Ort, PLZ Ort, Stadt, Land, Rue, Code postal, Ville, "
    "CP Ville, Code postal Ville, Pays, Dirección, Domicilio, Calle, CP, Código postal, Ciudad, Población, Localidad, Provincia, "
    "País, Adres, Straat, Plaats, Woonplaats, Postcode Plaats, Indirizzo, Via, CAP, Città, Località, CAP Città, Paese, "
    "Ulica, Kod pocztowy, Miasto, Miejscowość, Kraj")
_BESIDES = (
    "Phone, Telephone, Tel, Phone number, Phone no, Mobile, Cell, Fax, Email, E-mail, Contact, Contact name, Contact person, "
    "Attn, Attention, Telefon, Mobil, Ansprechpartner, Téléphone, Tél, Courriel, Teléfono, Correo, Contacto, Telefoon, "
    "Contactpersoon, Telefono, Referente, Contatto, Telefono cellulare, Osoba kontaktowa")
_LONGEST = 4            # words of such a label
_FAR = 2.2              # ems of white at most from the heading to the first label, and from one to the next
_WIDE = 24.0            # ems right of its label in which a value begins, at most
_EDGE = 1.5             # ems by which the labels of a block may begin apart
_OTHERS = 2             # labels that make a form at least


def asks_name(text: str) -> bool:
    """True for the words by which a form asks for the name of a party: "Company name"."""
    return _kind(fold(text)) == "name"


def form_block(lines: Sequence[Line], pair: Pair) -> tuple[Words, ...]:
    """The lines of an address whose parts have labels of their own below the heading `pair`; telephones and the like left out.

    Nothing where fewer than two parts are labelled, or none of them says where the place is.
    """
    if pair.beside and pair.beside[0].top < pair.segment.bottom:
        return ()                             # the name stands beside the label, the address below it
    at = next(i for i, line in enumerate(lines) if line.index == pair.segment.line)
    heading, left = pair.segment, pair.tokens[0].left
    out: list[Words] = []
    heard: list[str] = []
    kind, bottom, value_left = "", heading.bottom, 0.0
    for line in lines[at + 1 :]:
        if line.page != lines[at].page or line.top - bottom > _FAR:
            break
        parts = _between(line, left, _limit(lines[at], heading))
        own = parts and abs(parts[0].left - left) < _EDGE
        named = list(_labelled(parts)) if own else []
        if named:
            heard += [kind for kind, _ in named]
            out.append(tuple(t for kind, words in named for t in words if kind != "besides"))
            kind = named[-1][0]
            value_left = named[-1][1][0].left if named[-1][1] else value_left
        elif kind in {"place", "name"} and parts and _goes_on(parts, left, value_left):
            out.append(_until_label(parts[0].tokens))
        elif parts:
            break
        bottom = line.bottom if parts else bottom
    if len(heard) < _OTHERS or "place" not in heard:
        return ()
    return tuple(words for words in out if words)


def without_inner(lines: Sequence[Line], pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The pairs without those that would give a part of such a block to another party: the "Vendor name" under "Ship to"."""
    heads = [p for p in pairs if p.clear and p.first in PARTIES]
    inner = {id(t) for head in heads for words in form_block(lines, head) for t in words}
    if not inner:
        return tuple(pairs)
    return tuple(p for p in pairs if not (set(p.label.fields) & PARTIES and p.beside and id(p.beside[0]) in inner))


def _limit(line: Line, heading: Segment) -> float:
    """Where the next heading on the line of this one begins: what stands there is another party's."""
    return min((s.left for s in line.segments if s.left > heading.right), default=float("inf")) - 0.5


def _between(line: Line, left: float, right: float) -> list[Segment]:
    return [s for s in line.segments if left - _EDGE < s.left < right]


def _goes_on(parts: Sequence[Segment], left: float, value_left: float) -> bool:
    """True for a second line of a value: under it, or where the labels stand; not for the next heading."""
    first = parts[0]
    under = abs(first.left - value_left) < _EDGE
    return under and first.left - left > _EDGE and not is_label(first) and not fields_of(first.text)


def _labelled(parts: Sequence[Segment]) -> Iterator[tuple[str, Words]]:
    """The labels of a line with their values, as kinds: "Town: Lowfield  Postcode: LF2 9AB". Nothing when the line begins with
    none."""
    tokens = [t for part in parts for t in part.tokens]
    ends = {id(part.tokens[-1]) for part in parts}
    found: list[tuple[str, int, int]] = []
    at = 0
    while at < len(tokens):
        known = _label(tokens, at, ends)
        if known is None and not found:
            return
        if known:
            found.append((known[0], at, known[1]))
        at = known[1] if known else at + 1
    for n, (kind, _, end) in enumerate(found):
        stop = found[n + 1][1] if n + 1 < len(found) else len(tokens)
        value = tuple(t for t in tokens[end:stop] if t.text != ":")
        if not value or value[0].left - tokens[end - 1].right < _WIDE:
            yield kind, value


def _until_label(tokens: Words) -> Words:
    """The words before the first label: "Lowfield LF2 9AB   Phone: …"."""
    ends = {id(tokens[-1])}
    return tokens[: next((n for n in range(1, len(tokens)) if _label(tokens, n, ends)), len(tokens))]


def _label(tokens: Sequence[Token], at: int, ends: set[int]) -> tuple[str, int] | None:
    """The kind of the longest label that begins here and is set apart, by a colon or white, and where it ends."""
    for end in range(min(at + _LONGEST, len(tokens)), at, -1):
        text = " ".join(t.text for t in tokens[at:end])
        colon = text.endswith(":") or (end < len(tokens) and tokens[end].text == ":")
        words = fold(text)
        kind = _kind(words)
        if kind and (colon or id(tokens[end - 1]) in ends):
            return kind, end
    return None


def _kind(words: tuple[str, ...]) -> str | None:
    return _kinds().get(words) or ("name" if len(words) == 2 and words[1] in {"name", "naam"} else None)


@cache
def _kinds() -> dict[tuple[str, ...], str]:
    told = (("besides", _BESIDES), ("name", _NAMES), ("place", _PLACES))
    return {fold(wording): kind for kind, wordings in told for wording in wordings.split(",")}
