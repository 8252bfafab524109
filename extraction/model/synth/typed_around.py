"""What people type around the goods: subject, greeting, opening, wishes, signature, and the older mails quoted below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from extraction.model.synth import words
from extraction.model.synth.conventions import YEARLESS, Conventions, format_date
from extraction.model.synth.form_parties import called
from extraction.model.synth.form_parts import Text
from extraction.model.synth.letter import Letter
from extraction.model.synth.orders import Order
from extraction.model.synth.papers import is_paper, worded
from extraction.model.synth.party_styles import one_line, styled_lines
from extraction.model.synth.party_words import PartyWords
from extraction.model.synth.typed_goods import other_goods
from extraction.model.synth.wording import Wording


def po_number(order: Order) -> Text:
    """The PO number as said in a mail."""
    return Text(order.po_number, "po_number", order.po_number)


def subject(wording: Wording, order: Order, letter: Letter) -> None:
    """The subject line; a PO number in it counts as printed."""
    if is_paper(order.paper):
        pattern = worded(wording.rng, order.paper, wording.language, "subjects", wording.part)
    else:
        pattern = wording.rng.choice(words.subjects(wording.language, order.doc_type))
    if "{po}" in pattern:
        letter.note(po_number(order))
    name = _firm(order)
    letter.subject = pattern.format(po=order.po_number, own=order.own_number, buyer=name, seller=name)


def greeting(wording: Wording, letter: Letter) -> None:
    """The first line; some write without."""
    if wording.rng.random() < 0.95:
        name = wording.rng.choice(("Sales", "Team", "Tom", "Ms Vale", "Petra", "Mr Holt"))
        letter.say(words.phrase(wording.rng, wording.language, "greeting"), name=Text(name))


def opening(wording: Wording, order: Order, letter: Letter, *, whole: bool = False) -> None:
    """The sentence that says what the mail is about; `whole` cancels the order and not some of its lines."""
    if is_paper(order.paper):
        pattern = worded(wording.rng, order.paper, wording.language, "letters", wording.part)
    else:
        key = {"order_change": "changes", "cancellation": "cancels" if whole else "cancel_lines"}.get(order.doc_type, "orders")
        pattern = wording.pick(key)
    if order.strange and wording.rng.random() < 0.12:
        letter.say(_tell(wording, order).pattern("intro"), person=Text(order.contact.name), firm=_named(order))
    letter.say(pattern, po=po_number(order), own=Text(order.own_number))


def _tell(wording: Wording, order: Order) -> PartyWords:
    return PartyWords(wording.rng, order)


def _firm(order: Order) -> str:
    """What the writer's firm is called in a mail: strange ones say it as on paper, where their address agrees."""
    name = order.customer.name
    said = called(order, name) if order.strange else name
    return said if name.split()[0] in said else name


def _named(order: Order) -> Text:
    name = _firm(order)
    return Text(name, "supplier_name" if order.inbound else "buyer_name", name)


def closing_wishes(wording: Wording, order: Order, con: Conventions, letter: Letter, *, known: Mapping[str, Any]) -> None:
    """Date, PO number, address and terms, as far as they are not `known` from what was said before; sellers wish nothing."""
    rng, first = wording.rng, len(letter.lines)
    if order.from_seller:
        return
    if order.requested_date and "requested_date" not in known and rng.random() < 0.6:
        _say_date(wording, order, order.requested_date, con, letter)
    elif rng.random() < 0.15:
        letter.say(wording.pick("urgent"))
    if "po_number" not in known and not is_paper(order.paper) and rng.random() < 0.7:
        letter.say(wording.pick("pos"), po=po_number(order))
    in_lines = False
    if rng.random() < 0.4:
        in_lines = _say_address(wording, order, letter)
    elif rng.random() < 0.15:
        letter.say(wording.pick("usual"))
    if rng.random() < 0.06:
        letter.say(wording.pick("terms"))
    if rng.random() < 0.1:
        letter.say(words.phrase(rng, wording.language, "notice"))
    if len(letter.lines) > first:
        letter.lines.insert(first, ())
    if len(letter.lines) > first + 2 and not in_lines and rng.random() < 0.3:
        _in_one_paragraph(letter, first + 1)


def _say_address(wording: Wording, order: Order, letter: Letter) -> bool:
    """Where the goods go, in a sentence; strange ones also say it line by line below a label. Whether it was that."""
    site = order.ship_to
    if not order.strange:
        address = ", ".join(part for part in (site.name, site.extra, site.street, site.city_line) if part)
        letter.say(wording.pick("ships"), address=Text(address, "ship_to", address))
        return False
    tell, name = _tell(wording, order), _firm(order) if site.name == order.customer.name else site.name
    if wording.rng.random() < 0.5:
        address = one_line(tell, name, site)
        letter.say(wording.pick("ships"), address=Text(address, "ship_to", address))
        return False
    letter.say(f"{tell.label('listed', 'ship_to')}:")
    for line in styled_lines(tell, name, site, name_tag="ship_to", tag="ship_to"):
        letter.say("{line}", line=line)
    return True


def _in_one_paragraph(letter: Letter, first: int) -> None:
    """Sentences one after the other instead of one below the other."""
    runs = list(letter.lines[first])
    for line in letter.lines[first + 1:]:
        runs += [(" ", None), *line]
    letter.lines[first:] = [tuple(runs)]


def _say_date(wording: Wording, order: Order, day: date, con: Conventions, letter: Letter) -> None:
    """The wished date: in full, without its year, as a week, or as a weekday from the day of the mail on."""
    rng, roll = wording.rng, wording.rng.random()
    if roll < 0.12:
        monday = day - timedelta(days=day.weekday())
        week = Text(str(day.isocalendar().week), "requested_date", monday.isoformat())
        letter.say(wording.pick("weeks"), week=week)
        return
    if roll < 0.18:
        number = rng.randrange(5)
        meant = order.order_date + timedelta(days=(number - order.order_date.weekday() - 1) % 7 + 1)
        letter.say(wording.word("by"), day=Text(wording.words("days")[number], "requested_date", meant.isoformat()))
        return
    text = con.date(day)
    if roll < 0.3:
        text = format_date(day, rng.choice(YEARLESS[order.customer.date_order]), wording.language)
    pattern = wording.pick("dates")
    if text.endswith("."):
        pattern = pattern.replace("{date}.", "{date}")
    letter.say(pattern, date=Text(text, "requested_date", day.isoformat()))


def signature(wording: Wording, order: Order, letter: Letter) -> None:
    """A closing, a name, perhaps title, company, address and telephone, and what mail programs add."""
    rng, language, contact = wording.rng, wording.language, order.contact
    letter.say()
    letter.say(words.phrase(rng, language, "close"))
    joined = order.strange and rng.random() < 0.2
    if joined:
        letter.say(rng.choice(("{name}, {firm}", "{name} | {firm}", "{firm} - {name}", "{name} ({firm})")),
                   name=Text(contact.name), firm=_named(order))
    else:
        letter.say("{name}", name=Text(contact.name))
    if rng.random() < 0.4:
        letter.say(wording.pick("titles"))
    if rng.random() < 0.8:
        if not joined:
            letter.say("{firm}", firm=_named(order))
        phone, mobile, fax, mail = wording.words("labels")
        site, joint = order.customer.bill_to, rng.choice((" | ", "\n", " · "))
        base = contact.phone[:-3]
        about = [
            joint.join((site.street, site.city_line)), f"{phone} {contact.phone}", f"{mobile}: {base}{rng.randrange(999):03d}",
            f"{fax} {base}{rng.randrange(999):03d}", f"{mail}: {contact.email}", f"www.{order.customer.email_domain}",
            f"{words.phrases(language, 'vat')[0]} {order.customer.vat_id}",
        ]
        for line in about[: rng.randrange(len(about) + 1)]:
            letter.say(line)
    for chance, line in ((0.06, wording.word("hours")), (0.06, wording.word("slogan"))):
        if rng.random() < chance:
            letter.say(line)
    if rng.random() < 0.12:
        letter.say("\n" + words.phrases(language, "sent_from")[0])
    if rng.random() < 0.3:
        letter.say("\n" + words.phrase(rng, language, "disclaimer"))


def history(wording: Wording, order: Order, con: Conventions, letter: Letter) -> None:
    """An older mail below, quoted: small talk or an order of an earlier day, which says nothing about this one."""
    if wording.rng.random() > 0.22:
        return
    older, author = Letter(), f"orders@{order.company.email_domain}"
    if wording.rng.random() < 0.5:
        older.say(wording.pick("earlier"))
        author = order.contact.email
        for line in other_goods(wording, order, con):
            older.say(line)
    else:
        older.say(wording.pick("news"), phone=Text(order.company.phone))
        older.say(words.phrase(wording.rng, wording.language, "disclaimer"))
    letter.add(quoted(wording, order, con, older, author))
    if not letter.subject.lower().startswith("re:"):
        letter.subject = f"Re: {letter.subject}"


def quoted(wording: Wording, order: Order, con: Conventions, older: Letter, author: str) -> Letter:
    """An older mail as a mail program quotes it: behind marks, or under the four lines of its head."""
    found, rng = Letter(), wording.rng
    day = order.order_date - timedelta(days=rng.randrange(1, 20))
    marks = "> " if rng.random() < 0.6 else ""
    found.say()
    if marks:
        found.say(rng.choice(wording.words("wrote")), date=Text(con.date(day)), name=Text(author))
    else:
        _head(wording, found, (author, con.date(day), order.contact.email, rng.choice(words.subjects(wording.language, "quote"))))
    for line in older.lines:
        found.lines.append(((marks, None), *line) if marks else line)
    found.printed |= older.printed
    return found


def _head(wording: Wording, letter: Letter, values: Sequence[str]) -> None:
    if wording.rng.random() < 0.5:
        letter.say(f"-----{wording.word('original')}-----")
    for label, value in zip(wording.words("frame"), values, strict=True):
        letter.say(f"{label}: " + value.replace("{po}", "").strip())
    letter.say()
