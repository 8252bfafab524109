"""The odder forms a mail comes in: bodies in RTF, files typed into the text, mails inside signatures, mails passed on."""

from __future__ import annotations

import binascii
import io
import random
import zipfile
from email.message import EmailMessage

import pytest
from py7zr import FILTER_COPY, SevenZipFile

from intake.mail.rtf import decompressed, wrapped
from intake.mail.sealed import signed_content
from intake.unpack import UnpackOptions, unpack
from models.domain.messages import Envelope, Part, author
from tests.support.outlook import msg_file, msg_tree, packed_rtf, tnef_file

PDF = b"%PDF-1.4 not really\n"
HEAD = b"From: ann@buyer.example\nSubject: x\nMIME-Version: 1.0\n"


def parts(content: bytes) -> tuple[Part, ...]:
    return unpack(content, UnpackOptions()).parts


# --- RTF --------------------------------------------------------------------------------------------------------------

HTML_IN_RTF = rb"""{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fswiss\fcharset238 Arial CE;}}
{\colortbl\red0;}{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Gr\'f6\'dfe \u8364?5 {\f1 \'b3}{\*\htmltag84 &nbsp;}
{\*\htmltag84 <b>}\htmlrtf \b\htmlrtf0 20 St\'fcck{\*\htmltag92 </b>}\htmlrtf\par}\htmlrtf0{\*\mhtmltag72 no}
{\*\htmltag72 </p>}}"""


@pytest.mark.parametrize(("packed", "rtf"), [   # the two examples of [MS-OXRTFCP], 4.1 and 4.2
    ("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0",
     b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
    ("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0", b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"),
])
def test_compressed_rtf_is_unpacked(packed: str, rtf: bytes) -> None:
    assert decompressed(bytes.fromhex(packed)) == rtf


def test_what_was_packed_comes_back() -> None:
    for size in (0, 1, 7, 8, 9, 4_095, 4_096, 10_000):
        rtf = b"{\\rtf1 " + bytes(random.Random(size).choices(b"abc {}\\\n", k=size))
        assert decompressed(packed_rtf(rtf)) == rtf


def test_html_wrapped_in_rtf_comes_out_as_it_was() -> None:
    assert wrapped(HTML_IN_RTF) == ("text/html", "<html><p>Größe €5 ł&nbsp;<b>20 Stück</b></p>")


def test_a_body_that_exists_only_as_rtf_is_found() -> None:
    text = rb"{\rtf1\ansi\ansicpg1252\fromtext {\fonttbl{\f0 Courier;}}\f0 20 x A-1\par Gr\'fc\'dfe\par}"
    own = rb"{\rtf1\ansi {\b 20} x A-1\par}"
    for rtf, media_type, content in (
            (HTML_IN_RTF, "text/html", "20 Stück"), (text, "text/plain", "20 x A-1\r\nGrüße"),
            (own, "application/rtf", own.decode())):
        for raw in (msg_file(subject="s", sender="Bo", rtf=rtf), tnef_file((("a.pdf", PDF),), rtf=rtf)):
            body = parts(raw)[0]
            assert (body.is_body, body.media_type) == (True, media_type)
            assert content in body.content.decode()


def test_plain_text_beside_rtf_that_says_no_more_is_the_body() -> None:
    body = parts(msg_file(subject="s", sender="Bo", body="20 x A-1", rtf=rb"{\rtf1 20 x A-1\par}"))[0]
    assert (body.media_type, body.content) == ("text/plain", b"20 x A-1")


# --- files typed into the text ----------------------------------------------------------------------------------------


def uuencoded(name: str, content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[at:at + 45]) for at in range(0, len(content), 45)]
    return b"begin 644 " + name.encode() + b"\n" + b"".join(lines) + b"`\nend\n"


def test_a_uuencoded_file_is_taken_out_of_the_text() -> None:
    raw = HEAD + b"\nHello,\nsee below.\n\n" + uuencoded("po.pdf", PDF * 20) + b"\nRegards\nAnn\n"
    body, file = parts(raw)
    assert body.content.decode().split() == ["Hello,", "see", "below.", "Regards", "Ann"]
    assert (file.name, file.content, file.is_body) == ("po.pdf", PDF * 20, False)


def test_text_that_only_begins_like_a_file_stays_text() -> None:
    text = "begin 644 the work\nplease send twenty boxes of bolts ünd nuts\nend"
    assert [p.content.decode() for p in parts(HEAD + b"\n" + text.encode())] == [text]


# --- mails in signatures ----------------------------------------------------------------------------------------------


def der(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    size = len(body).to_bytes(4, "big")
    return bytes([tag, 0x84]) + size + body


def ber(tag: int, *content: bytes) -> bytes:
    return bytes([tag, 0x80]) + b"".join(content) + b"\0\0"


def signed(inside: bytes | None, *, is_open: bool) -> bytes:
    """CMS SignedData without signers; `is_open`: lengths left open and the content in pieces."""
    wrap = ber if is_open else der
    octets = () if inside is None else (
        wrap(0xA0, ber(0x24, der(0x04, inside[:40]), der(0x04, inside[40:])) if is_open else der(0x04, inside)),)
    data_type, signed_type = (bytes.fromhex(f"06092a864886f70d01070{n}") for n in (1, 2))
    return wrap(0x30, signed_type, wrap(
        0xA0, wrap(0x30, b"\x02\x01\x01", der(0x31), wrap(0x30, data_type, *octets), der(0x31))))


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("media_type", ["application/pkcs7-mime; smime-type=signed-data", "application/octet-stream"])
def test_a_mail_inside_its_signature_is_read(is_open: bool, media_type: str) -> None:
    inner = (b"Content-Type: multipart/mixed; boundary=i\n\n--i\n\n20 x A-1\n--i\nContent-Type: application/pdf; name=po.pdf\n\n"
             + PDF + b"\n--i--\n")
    raw = HEAD + f"Content-Type: {media_type}; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n".encode()
    found = parts(raw + binascii.b2a_base64(signed(inner, is_open=is_open)))
    assert [(p.is_body, p.name, p.content.strip()) for p in found] == [(True, None, b"20 x A-1"), (False, "po.pdf", PDF.strip())]


def test_signatures_apart_from_their_content_and_broken_ones_hold_none() -> None:
    assert signed_content(signed(None, is_open=False)) is None
    whole = signed(b"x" * 80, is_open=True)
    assert signed_content(whole) == b"x" * 80
    assert [signed_content(whole[:n]) for n in range(len(whole) - 12)] == [None] * (len(whole) - 12)


@pytest.mark.parametrize(("media_type", "code"), [
    ("application/pkcs7-mime; smime-type=enveloped-data", "encrypted_mail"),
    ("message/partial; id=1; number=1; total=3", "partial_message"),
    ("message/external-body; access-type=URL", "attachment_missing"),
    ("application/pgp-signature", "signature"),
    ("multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b", "encrypted_mail")])
def test_what_cannot_be_opened_says_why(media_type: str, code: str) -> None:
    found = parts(HEAD + f"Content-Type: {media_type}\n\nrubbish".encode())
    assert [(p.code, bool(p.sentence)) for p in found] == [(code, True)]


ARMOUR = b"-----BEGIN PGP MESSAGE-----\n\nhQEMA1234567890abcAQf/24x100\n=abcd\n-----END PGP MESSAGE-----\n"


def test_what_pgp_encrypted_is_told_and_the_words_around_it_are_read() -> None:
    assert [(p.is_body, p.code) for p in parts(HEAD + b"\n" + ARMOUR)] == [(False, "encrypted_mail")]
    body, sealed = parts(HEAD + b"\nHello,\n\n" + ARMOUR + b"\nAnn\n")
    assert (body.is_body, body.content.split()) == (True, [b"Hello,", b"Ann"])
    assert sealed.code == "encrypted_mail"
    whole = (b"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n--b\n"
             b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b\nContent-Type: application/octet-stream\n\n")
    assert [p.code for p in parts(HEAD + whole + ARMOUR + b"\n--b--\n")] == ["encrypted_mail"]


@pytest.mark.parametrize("media_type", ["text/calendar", "text/x-vcard", "application/octet-stream"])
@pytest.mark.parametrize("kind", [b"VCALENDAR", b"VCARD"])
def test_invitations_and_business_cards_are_no_orders(media_type: str, kind: bytes) -> None:
    entry = b"BEGIN:" + kind + b"\r\nSUMMARY:send 24 pcs KX-4471\r\nEND:" + kind + b"\r\n"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n20 x A-1\n--b\n"
    raw += f"Content-Type: {media_type}; name=entry\n\n".encode() + entry + b"\n--b--\n"
    assert [(p.is_body, p.code) for p in parts(raw)] == [(True, None), (False, "calendar_or_card")]


# --- mails passed on --------------------------------------------------------------------------------------------------

OURS = frozenset({"ours.example"})


def passed_on(inner: bytes, sender: str = "bob@ours.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = sender, "Fwd: order"
    message.set_content("see attached")
    message.add_attachment(inner, maintype="application", subtype="octet-stream", filename="o.eml")
    return message


def test_what_came_in_a_forwarded_mail_knows_who_wrote_it() -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"], inner["Date"] = "Ann <ann@buyer.example>", "PO 7", "Tue, 03 Mar 2026 10:00:00 +0000"
    inner.set_content("20 x A-1")
    inner.add_attachment(PDF, maintype="application", subtype="pdf", filename="po.pdf")
    whole = unpack(passed_on(inner.as_bytes()).as_bytes(), UnpackOptions())
    body, container, text, file = whole.parts
    assert body.forwards == container.forwards == ()
    assert [(f.sender_address, f.subject) for f in file.forwards] == [("ann@buyer.example", "PO 7")] == [
        (f.sender_address, f.subject) for f in text.forwards]
    assert whole.envelope is not None
    assert author(whole.envelope, file.forwards, OURS).sender_name == "Ann"
    assert author(whole.envelope, file.forwards, frozenset()).sender_address == "bob@ours.example"


def test_a_mail_passed_on_twice_by_us_is_its_first_writers() -> None:
    letter = msg_tree(subject="PO 8", sender="Cy <cy@customer.example>", body="5 x B-2")
    whole = unpack(passed_on(msg_file(subject="FW: PO 8", sender="Eve <eve@ours.example>", body="pls book", attachments=(
        ("in.msg", letter),))).as_bytes(), UnpackOptions())
    assert [f.sender_address for f in whole.parts[-1].forwards] == ["eve@ours.example", "cy@customer.example"]
    assert whole.envelope is not None
    assert author(whole.envelope, whole.parts[-1].forwards, OURS).subject == "PO 8"


def test_a_customer_who_passes_on_our_own_mail_is_still_the_writer() -> None:
    message = Envelope(subject="Re: offer", sender_address="ann@buyer.example")
    assert author(message, (Envelope(subject="offer", sender_address="bob@ours.example"),), OURS) is message
    ours = Envelope(sender_address="bob@ours.example")
    assert author(ours, (Envelope(sender_address=None), ours), OURS) is ours


# --- recall -----------------------------------------------------------------------------------------------------------


def _zip(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as f:
        f.writestr(name, content)
    return out.getvalue()


def _seven(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with SevenZipFile(out, "w", filters=[{"id": FILTER_COPY}]) as f:
        f.set_encoded_header_mode(False)        # which would take most of the time
        f.writestr(content, name)
    return out.getvalue()


def _eml(name: str, content: bytes) -> bytes:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "cy@customer.example", "inner"
    inner.set_content("see attachment")
    inner.add_attachment(content, maintype="application", subtype="pdf", filename=name, disposition="inline", cid="<1>")
    return inner.as_bytes()


def _msg(name: str, content: bytes) -> bytes:
    return msg_file(subject="m", sender="Cy", body="see attachment", attachments=((name, content),))


def _tnef(name: str, content: bytes) -> bytes:
    return tnef_file(((name, content),))


WRAPPERS = {"zip": _zip, "7z": _seven, "eml": _eml, "msg": _msg, "dat": _tnef}


def test_attachment_recall_over_two_hundred_mails_with_everything_in_everything() -> None:
    rng, lost = random.Random(11), []
    for number in range(200):
        message, wanted = EmailMessage(), []
        message["From"], message["Subject"] = "ann@buyer.example", f"Order {number}"
        message.set_content("see attached")
        for index in range(rng.randint(1, 4)):
            content = PDF + rng.randbytes(20)
            wanted.append(content)
            name = rng.choice(["po.pdf", "Größe.pdf", "scan.jpg", "noname", "a b", "x;y.pdf", "日本.docx", "l" * 90])
            for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
                kind = rng.choice(sorted(WRAPPERS))
                content, name = WRAPPERS[kind](name, content), f"{number}-{index}.{kind}"
            message.add_attachment(
                content, maintype="application", subtype=rng.choice(["octet-stream", "pdf", "x-unknown"]), filename=name,
                disposition=rng.choice(["inline", "attachment"]), cid=rng.choice([None, "<c1>"]))
        found = {p.content for p in parts(message.as_bytes())}
        lost += [content for content in wanted if content not in found]
    assert lost == []
