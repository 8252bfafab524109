"""What is new in a mail, what is quoted, what is signature, and whose mail was passed on: in the ways of many programs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from extraction.layout.mail_parts import mark_mail
from models.domain.messages import Envelope
from models.domain.pages import Page, Word, WordFlag
from tests.support.papers import body


def parts(text: str, subject: str | None = None) -> tuple[str, str, str]:
    """(new, signature, quoted) words of a body."""
    (page,), _ = mark_mail((body(text),), subject)
    return split(page)


def split(page: Page) -> tuple[str, str, str]:
    def said(words: list[Word]) -> str:
        return " ".join(w.text for w in words)

    quoted = [w for w in page.words if WordFlag.QUOTED in w.flags or not w.text.strip(">")]
    signed = [w for w in page.words if WordFlag.SIGNATURE in w.flags and w not in quoted]
    return said([w for w in page.words if w not in quoted and w not in signed]), said(signed), said(quoted)


def letters(text: str, subject: str | None = None) -> tuple[Envelope, ...]:
    return mark_mail((body(text),), subject)[1]


NEW = ("Hello,\nplease send 20 x KX-4471 Hinge brass to our usual address in Oldwick,\nas early as you can, but not before\n"
       "Monday morning, because our warehouse is closed on Saturday.")


# --- answers ----------------------------------------------------------------------------------------------------------

WROTE = {
    "gmail": "On Tue, 3 Mar 2026 at 10:00, Bo Example <bo@ours.example> wrote:\n\n> Dear Ann,\n> we offer",
    "gmail wrapped": "On Tue, 3 Mar 2026 at 10:00, Bo Example (Example Sales Department)\n<bo@ours.example> wrote:\n> we offer",
    "thunderbird de": "Am 03.03.2026 um 10:00 schrieb Bo Example:\n> wir bieten",
    "apple fr": "Le 3 mars 2026 à 10:00, Bo Example <bo@ours.example> a écrit :\n\nnous offrons",
    "gmail es": "El mar, 3 mar 2026 a las 10:00, Bo Example (<bo@ours.example>) escribió:\n\nofrecemos",
    "gmail nl": "Op di 3 mrt. 2026 om 10:00 schreef Bo Example <bo@ours.example>:\n\nwij bieden",
    "gmail it": "Il giorno mar 3 mar 2026 alle ore 10:00 Bo Example <bo@ours.example> ha scritto:\n\noffriamo",
    "gmail pl": "W dniu wt., 3 mar 2026 o 10:00 Bo Example <bo@ours.example> napisał(a):\n\noferujemy",
    "name first": "Bo Example <bo@ours.example> schrieb am Di., 3. März 2026, 10:00:\n\nwir bieten",
    "separator": "-----Original Message-----\nwe offer",
}
BO = "Bo Example <bo@ours.example>"
FIELDS = {
    "outlook en": ("________________\nFrom", BO, "Sent", "Tuesday, March 3, 2026 10:00 AM", "To", "Subject", "Offer"),
    "outlook de": ("-----Ursprüngliche Nachricht-----\nVon", "Bo Example [mailto:bo@ours.example]", "Gesendet",
                   "Dienstag, 3. März 2026 10:00", "An", "Betreff", "Angebot"),
    "outlook fr": ("De ", BO, "Envoyé ", "mardi 3 mars 2026 10:00", "À ", "Objet ", "Offre"),
    "outlook es": ("De", BO, "Enviado el", "martes, 3 de marzo de 2026 10:00", "Para", "Asunto", "Oferta"),
    "outlook nl": ("Van", BO, "Verzonden", "dinsdag 3 maart 2026 10:00", "Aan", "Onderwerp", "Offerte"),
    "outlook it": ("Da", BO, "Inviato", "martedì 3 marzo 2026 10:00", "A", "Oggetto", "Offerta"),
    "outlook pl": ("Od", BO, "Wysłano", "wtorek, 3 marca 2026 10:00", "Do", "Temat", "Oferta"),
    "inside exchange": ("From", "Example, Bo", "Sent", "Tuesday, March 3, 2026 10:00 AM", "To", "Subject", "Offer"),
    "plain bold": ("*From", f"* {BO}", "*Sent", "* Tuesday, 3 March 2026 10:00", "*To", "*Subject", "* Offer"),
}


def quoted_header(sender: str, who: str, date: str, when: str, to: str, subject: str, what: str) -> str:
    return (f"{sender}: {who}\n{date}: {when}\n{to}: Ann Example <ann@buyer.example>; Cy Example\n<cy@buyer.example>;\n"
            f"{subject}: {what} 12\n\nwe offer")


HISTORIES = {n: f"{h} 99 x OLD-1" for n, h in (WROTE | {n: quoted_header(*f) for n, f in FIELDS.items()}).items()}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES.keys())
@pytest.mark.parametrize("subject", ["Re: Offer 12", None])
def test_what_was_answered_is_quoted(history: str, subject: str | None) -> None:
    new, signature, quoted = parts(f"{NEW}\n\nBest regards,\nAnn Example\n\n{history}", subject)
    assert new == " ".join(NEW.split())
    assert "regards" in signature and "OLD-1" not in signature
    assert quoted == " ".join(history.split())


@pytest.mark.parametrize("name", [n for n, h in HISTORIES.items() if "bo@" in h])
def test_whose_mail_was_answered_is_noted(name: str) -> None:
    (letter,) = letters(f"{NEW}\n\n{HISTORIES[name]}", "Re: Offer")
    assert letter.sender_address == "bo@ours.example"
    assert letter.sent_at is not None and letter.sent_at.date().isoformat() == "2026-03-03"
    if "outlook" in name:
        assert letter.sender_name == "Bo Example"
        assert letter.subject == f"{FIELDS[name][-1]} 12"


def test_answers_between_quoted_lines_are_new() -> None:
    text = ("On 3 March 2026 Bo wrote:\n> Which hinge?\nThe brass one, KX-4471.\n> How many?\n> > (earlier: 99)\n"
            "20 pieces please.\n> Regards\n> Bo\n\nBest regards,\nAnn")
    new, signature, quoted = parts(text, "Re: hinges")
    assert new == "The brass one, KX-4471. 20 pieces please."
    assert signature == "Best regards, Ann"
    assert "Which hinge?" in quoted and "99" in quoted


def test_a_thread_of_many_mails_is_history_from_the_first_on() -> None:
    text = f"{NEW}\n\n{HISTORIES['outlook en']}\n\nBest regards,\nBo\n\n{HISTORIES['outlook de']}"
    new, _, quoted = parts(text, "RE: Offer 12")
    assert new == " ".join(NEW.split())
    assert quoted.count("OLD-1") == 2
    assert [x.subject for x in letters(text, "RE: Offer 12")] == ["Offer 12", "Angebot 12"]


# --- forwards ---------------------------------------------------------------------------------------------------------

HEADER = "From: Ann Example <Ann@Buyer.example>\nDate: Tue, 3 Mar 2026 10:00\nSubject: PO 4711\nTo: bo@ours.example"
ORDER = "Dear Bo,\nplease send 20 x KX-4471.\n\nBest regards,\nAnn Example"
FORWARDS = {
    "gmail": f"---------- Forwarded message ---------\n{HEADER}\n\n{ORDER}",
    "thunderbird de": f"-------- Weitergeleitete Nachricht --------\n{HEADER}\n\n{ORDER}",
    "apple": "Begin forwarded message:\n\n" + "\n".join(f"> {line}" for line in f"{HEADER}\n\n{ORDER}".split("\n")),
    "outlook": f"{HEADER}\n\n{ORDER}",
    "lotus": f"----- Forwarded by Eve Example/Ours on 03/03/2026 11:00 -----\n{HEADER}\n\n{ORDER}",
} | {language: f"-------- {mark} --------\n{HEADER}\n\n{ORDER}" for language, mark in (
    ("fr", "Message transféré"), ("es", "Mensaje reenviado"), ("it", "Messaggio Inoltrato"), ("nl", "Doorgestuurd bericht"),
    ("pl", "Wiadomość przekazana"))}


@pytest.mark.parametrize("passed_on", FORWARDS.values(), ids=FORWARDS.keys())
@pytest.mark.parametrize("note", ["", "Hi team,\nplease enter this one.\n\nThanks,\nEve\n\n"])
def test_the_mail_that_was_passed_on_is_what_is_new(passed_on: str, note: str) -> None:
    for subject in ("Fwd: PO 4711", None):
        new, signature, quoted = parts(note + passed_on, subject)
        assert new.endswith("Dear Bo, please send 20 x KX-4471.")
        assert signature.endswith("Best regards, Ann Example")
        assert "From: Ann Example" in quoted and "KX-4471" not in quoted
        (letter,) = letters(note + passed_on, subject)
        assert (letter.sender_name, letter.sender_address, letter.subject) == ("Ann Example", "ann@buyer.example", "PO 4711")


def test_a_long_note_above_a_forward_does_not_make_it_history() -> None:
    new, _, quoted = parts(f"{NEW}\n\n{FORWARDS['outlook']}", "FW: PO 4711")
    assert "KX-4471." in new and new.startswith("Hello,")
    assert "KX-4471" not in quoted


def test_what_the_passed_on_mail_answered_is_quoted() -> None:
    text = f"FYI\n\n{FORWARDS['gmail']}\n\n{HISTORIES['gmail']}"
    new, _, quoted = parts(text, "Fwd: Re: offer")
    assert "KX-4471" in new and "OLD-1" not in new and "OLD-1" in quoted
    assert [x.sender_address for x in letters(text, "Fwd: Re: offer")] == ["ann@buyer.example", "bo@ours.example"]


def test_a_mail_passed_on_twice_is_unwrapped_twice() -> None:
    middle = "From: Eve <eve@ours.example>\nSent: Wed, 4 Mar 2026 09:00\nTo: desk\nSubject: FW: PO 4711\n\n"
    text = f"{middle}pls\n\n{FORWARDS['outlook']}"
    assert parts(text, "FW: PO 4711")[0] == "pls Dear Bo, please send 20 x KX-4471."
    assert [x.sender_address for x in letters(text, "FW: PO 4711")] == ["eve@ours.example", "ann@buyer.example"]


def test_forwards_without_end_are_history_in_the_end() -> None:
    text = "".join(f"From: ann{n}@buyer.example\nSubject: Fwd: {n}\n\n" for n in range(900))
    assert [x.subject for x in letters(text, "Fwd: x")] == [f"Fwd: {n}" for n in range(50)]


# --- no mail at all ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    "PURCHASE ORDER\nFrom: Example Ltd\nTo: Ours GmbH\nDate: 3 March 2026\nSubject: pumps\n20 x KX-4471",
    "Von: Werk Nord\nAn: Werk Süd\n20 x KX-4471", "On 3 March Ann wrote that we need 20 x KX-4471.\nPlease send them.",
    "Thank you for the offer.\nThanks for your time.\nPlease send 20 x KX-4471", "Goods sent from Oldwick:\n20 x KX-4471",
])
def test_an_order_that_looks_a_little_like_a_quote_stays_whole(text: str) -> None:
    assert parts(text) == (" ".join(text.split()), "", "")


# --- signatures -------------------------------------------------------------------------------------------------------

CLOSINGS = (
    "-- ", "Best regards,", "Kind regards", "Many thanks,", "Thanks and best regards", "Thanks in advance!", "Yours sincerely,",
    "Cheers, Ann", "Mit freundlichen Grüßen", "Viele Grüße aus Hamburg", "Freundliche Grüße", "MfG", "Vielen Dank im Voraus",
    "Cordialement,", "Bien cordialement", "Meilleures salutations", "Merci d'avance", "Saludos cordiales", "Un saludo,",
    "Atentamente,", "Muchas gracias", "Met vriendelijke groet,", "Vriendelijke groeten", "Alvast bedankt", "Cordiali saluti",
    "Distinti saluti", "Grazie mille", "Z poważaniem", "Pozdrawiam serdecznie", "Dziękuję",
)


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_closing_and_what_stands_below_it_is_signature(closing: str) -> None:
    below = f"{closing}\nAnn Example\nExample Ltd · 8 Millrace Lane\nTel. +49 40 1234"
    assert parts(f"{NEW}\n\n{below}") == (" ".join(NEW.split()), " ".join(below.split()), "")


@pytest.mark.parametrize("small", [
    "This e-mail and any attachments are confidential.", "Diese E-Mail enthält vertrauliche Informationen.",
    "Ce message est confidentiel.", "Este mensaje es confidencial.", "Dit e-mailbericht is vertrouwelijk.",
    "Questo messaggio è riservato al destinatario.", "Niniejsza wiadomość jest poufna.", "Sent from my iPhone",
    "Von meinem iPhone gesendet", "Please consider the environment before printing.",
])
def test_small_print_is_signature_without_a_closing(small: str) -> None:
    assert parts(f"{NEW}\n\n{small}") == (" ".join(NEW.split()), small, "")


def test_a_contact_block_without_a_closing_is_signature() -> None:
    block = "Tel.: +49 40 1234\nann@buyer.example\nwww.buyer.example\nAmtsgericht Oldwick HRB 1"
    assert parts(f"{NEW}\nAnn Example\n{block}") == (" ".join(f"{NEW} Ann Example".split()), " ".join(block.split()), "")


@pytest.mark.parametrize("more", ["PS: please add 5 boxes of KX-9", "20 pcs KX-9 screws"])
def test_what_is_ordered_below_the_name_is_part_of_the_letter(more: str) -> None:
    new, signature, _ = parts(f"{NEW}\n\nBest regards,\nAnn\n\n{more}")
    assert (new.endswith(more), signature) == (True, "Best regards, Ann")


# --- HTML, and no word lost -------------------------------------------------------------------------------------------


def html(content: str, subject: str | None = None) -> Page:
    return parse_document(f"<html><body>{content}</body></html>".encode(), ParseOptions(subject=subject)).parsed.pages[0]


def test_quotes_in_html_are_found_as_programs_write_them() -> None:
    gmail = html(
        "<div>20 x KX-4471 please</div><div class=gmail_quote><div>On Tue, 3 Mar 2026, Bo &lt;bo@ours.example&gt; wrote:<br>"
        "</div><blockquote class=gmail_quote><div>99 x OLD-1</div></blockquote></div><div>And 3 pcs KX-9.</div>", "Re: x")
    assert split(gmail)[0] == "20 x KX-4471 please And 3 pcs KX-9."
    outlook = html(
        f"<p>{NEW}</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Bo &lt;bo@ours.example&gt;<br>"
        "<b>Sent:</b> Tuesday, 3 March 2026 10:00<br><b>To:</b> Ann<br><b>Subject:</b> Offer</p></div><p>99 x OLD-1</p>")
    assert split(outlook)[0] == " ".join(NEW.split())
    apple = html("<div>Begin forwarded message:</div><blockquote type=cite><div><b>From: </b>Ann &lt;ann@buyer.example&gt;</div>"
                 "<div><b>Subject: </b>PO 4711</div><div>please send 20 x KX-4471</div></blockquote>", "Fwd: PO 4711")
    assert split(apple)[0] == "please send 20 x KX-4471"


LINES = st.sampled_from([
    "Hello", "> quoted", ">> twice", "On 3 March 2026 Ann <ann@buyer.example> wrote:", "From: Ann <a@b.example>", "Subject: x",
    "Date: 3 March 2026 10:00", "-----Original Message-----", "Best regards,", "Ann Example", "20 x KX-4471", "", "-- ",
    "---------- Forwarded message ---------", "This e-mail is confidential.", "Tel: +49 1", "<b>From:</b>", "PS: more"])


@given(st.lists(LINES, max_size=25), st.sampled_from([None, "Re: x", "Fwd: x", "x"]))
def test_no_word_of_a_body_is_lost_and_marking_twice_changes_nothing(lines: list[str], subject: str | None) -> None:
    page = body("\n".join(lines))
    (marked,), _ = mark_mail((page,), subject)
    assert [(w.text, w.box) for w in marked.words] == [(w.text, w.box) for w in page.words]
    assert all(w.flags <= {WordFlag.QUOTED, WordFlag.SIGNATURE} for w in marked.words)
