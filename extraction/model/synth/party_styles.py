"""How strange papers print a firm and an address: wordmarks over names, names on two lines, fields filled in,
sites and people among the lines of an address, several of them on one line. Papers that are measured on show none of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extraction.fields.names import without_legal_form
from extraction.model.synth import words
from extraction.model.synth.company import Address
from extraction.model.synth.form_parts import Block, Pair, Text
from extraction.model.synth.party_words import PartyWords

_HEADS = {"plain": 5, "slogan": 3, "wordmark": 3, "two_lines": 2, "office": 2, "one_line": 2, "group": 1}
"""Shapes of a letterhead, by how often."""
_CAPITALS = 0.12          # share of the address blocks that are in capitals
_NUMBERED = 0.07          # share of them whose name follows a number of the writer's books


def styled_head(tell: PartyWords, name: Text, about: Sequence[Text]) -> Block:
    """A letterhead of one of the shapes; the name is what counts, wherever it stands."""
    rng = tell.rng
    shape = rng.choices(tuple(_HEADS), tuple(_HEADS.values()))[0]
    more = list(about)
    if rng.random() < 0.3:
        more.insert(rng.randrange(len(more) + 1), Text(tell.order.contact.email))
    if rng.random() < 0.1:
        more.insert(0, Text(tell.pick("box")))
    match shape:
        case "slogan":
            at = rng.choice((0, len(more)))
            return Block("", (name, *more[:at], Text(tell.pick("slogans")), *more[at:]))
        case "wordmark":
            bare = without_legal_form(name.text).split()
            mark = rng.choice((bare[0].upper(), "".join(word[0] for word in bare).upper(), " ".join(bare[:2])))
            over = (Text(mark), Text(tell.pick("slogans"))) if rng.random() < 0.3 else (Text(mark),)
            return Block("", (*over, name, *more))
        case "two_lines" if len(halves := name.text.split()) > 2:
            cut = rng.randrange(1, len(halves))
            return Block("", (*(Text(" ".join(half), name.tag, name.value) for half in (halves[:cut], halves[cut:])), *more))
        case "office":
            return Block("", (name, Text(tell.pick("offices")), *more))
        case "group":
            return Block("", (name, Text(tell.pick("groups")), *more))
        case "one_line":
            joint = rng.choice((" · ", " | ", ", ", " - "))
            return Block("", (name, Text(joint.join(text.text for text in more if not text.tag)), *(t for t in more if t.tag)))
        case _:
            return Block("", (name, *more))


def styled_lines(tell: PartyWords, name: str, address: Address, *, name_tag: str, tag: str | None) -> tuple[Text, ...]:
    """A firm or site with its address. `tag` is that of the whole address; None where only the name is a value."""
    rng = tell.rng
    parts = [name, *_place(tell, address, more=0.5 if tag else 0.15)]
    if rng.random() < _CAPITALS:
        parts = [part.upper() for part in parts]
    name, *rest = parts
    whole = ", ".join(parts) if tag else name
    rows = _in_rows(tell, rest)
    first = Text(name, name_tag, whole)
    if rng.random() < 0.1:
        joint = rng.choice((", ", " - ", ", "))
        joined = f"{joint}{', '.join(rest)}"
        first, rows = (Text(name + joined, tag, whole) if tag else Text(name, name_tag, whole, after=joined)), []
    if rng.random() < _NUMBERED:
        first = replace(first, before=f"{rng.randrange(100, 99999)} ")
    found = [first, *(Text(row, tag, whole) for row in rows)]
    for chance, at, key in ((0.22, 1, "persons"), (0.08, len(found), "persons"), (0.15, len(found), "gate_notes"),
                            (0.05, 1, "gate_notes"), (0.07, 0, "account")):
        if rng.random() < chance:
            found.insert(at, Text(tell.pick(key)))
    if rng.random() < 0.2:
        phone = f"{words.phrases(tell.order.customer.language, 'phone')[0]} {tell.order.contact.phone}"
        found.append(Text(rng.choice((phone, tell.order.contact.email, f"{phone} · {tell.order.contact.email}"))))
    return tuple(found)


def one_line(tell: PartyWords, name: str, address: Address) -> str:
    """A firm or site with its address as said in a sentence."""
    return ", ".join((name, *_place(tell, address, more=0.3)))


def filled_fields(tell: PartyWords, name: str, address: Address, *, name_tag: str, tag: str | None) -> tuple[Pair, ...]:
    """The same as fields that somebody filled in, each under a label of its own."""
    rng, contact = tell.rng, tell.order.contact
    kept = [name, address.street, address.city_line]
    if with_country := rng.random() < 0.2:
        kept.append(address.country_name)
    whole = ", ".join(kept) if tag else name
    pairs = [
        Pair(tell.label("fields", "site" if tag else "firm"), Text(name, name_tag, whole)),
        Pair(tell.label("fields", "street"), Text(address.street, tag, whole)),
        Pair(tell.label("fields", "city"), Text(address.city_line, tag, whole)),
    ]
    if with_country:
        pairs.append(Pair(tell.label("fields", "country"), Text(address.country_name, tag, whole)))
    for chance, key, said in ((0.7, "person", contact.name), (0.6, "phone", contact.phone), (0.4, "mail", contact.email),
                              (0.3, "account", tell.order.customer.customer_no)):
        if rng.random() < chance:
            pairs.insert(rng.choice((1, len(pairs), len(pairs))), Pair(tell.label("fields", key), Text(said)))
    if rng.random() < 0.15:
        pairs.append(Pair(tell.label("fields", "mail"), Text("")))
    return tuple(pairs)


def imprint(tell: PartyWords, name: Text, address: Address) -> Block:
    """The firm in the small print of the foot, which may be the only place that names it."""
    joint = tell.rng.choice((" · ", " | ", " - ", ", "))
    behind = joint.join((address.street, address.city_line, tell.order.contact.phone))
    about = Text(name.text, name.tag, name.value, after=f"{joint}{behind}")
    law = Text(tell.pick("imprint", street=address.street, city=address.city))
    return Block("", (about, law) if tell.rng.random() < 0.7 else (law, about))


def around(tell: PartyWords, key: str, slot: str, value: Text, **given: str) -> Text:
    """A value inside a sentence of parties.json, at the brace of this name."""
    before, _, after = tell.pattern(key).partition(f"{{{slot}}}")
    return Text(value.text, value.tag, value.value, before=before.format(**given), after=after.format(**given))


def _place(tell: PartyWords, address: Address, *, more: float) -> list[str]:
    """What stands below a name: a second party, a site or a room now and then, dock, street, city, perhaps the country."""
    rng = tell.rng
    more = more if tell.order.strange else 0.0
    found = [tell.pick(rng.choice(("care_of", "sites", "sites", "rooms", "rooms", "offices")))] if rng.random() < more else []
    found += [part for part in (address.extra, address.street, address.city_line) if part]
    return [*found, address.country_name] if rng.random() < 0.3 else found


def _in_rows(tell: PartyWords, parts: Sequence[str]) -> list[str]:
    """One row a part; or some neighbours on one row."""
    rng = tell.rng
    if rng.random() < 0.6:
        return list(parts)
    joint = rng.choice((", ", ", ", " - ", " · "))
    rows = [parts[0]]
    for part in parts[1:]:
        if rng.random() < 0.45:
            rows[-1] += joint + part
        else:
            rows.append(part)
    return rows
