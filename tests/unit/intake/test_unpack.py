"""A message taken apart: every attachment is found however it is marked, every limit leaves a reason, nothing crashes."""

from __future__ import annotations

import io
import stat
import time
import zipfile
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.mail.parse import shown_words
from intake.unpack import UnpackOptions, unpack, unpack_bytes
from models.domain.messages import MailKind, Part, Unpacked
from models.errors import InputError
from runtime import codec
from tests.support.outlook import msg_file, msg_tree, tnef_file

PDF = b"%PDF-1.4 not really\n"
TABLE = "<table><tr><td>1</td><td>bolt</td></tr><tr><td>2</td><td>nut</td></tr></table>"


def mail(body: str | None = "Please send.", *, subject: str = "Order 7") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ann <ann@buyer.example>", "orders@ours.example", subject
    message["Message-ID"] = "<1@buyer.example>"
    if body is not None:
        message.set_content(body)
    return message


def archive(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as f:
        for name, content in members:
            f.writestr(name, content)
    return out.getvalue()


def parts(content: bytes, **options: object) -> tuple[Part, ...]:
    return unpack(content, UnpackOptions(**options)).parts  # type: ignore[arg-type]


def files(content: bytes, **options: object) -> list[str | None]:
    return [part.name for part in parts(content, **options) if not part.is_body]


def raw_part(headers: str, content: bytes = PDF) -> bytes:
    return (
        b"From: ann@buyer.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b1\n\n"
        b"--b1\nContent-Type: text/plain\n\nhello\n--b1\n" + headers.encode() + b"\n\n" + content + b"\n--b1--\n")


# --- where attachments hide -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [
    'Content-Type: application/pdf; name="po.pdf"\nContent-Disposition: attachment; filename="po.pdf"',
    'Content-Type: application/pdf\nContent-Disposition: inline; filename="po.pdf"',
    "Content-Type: application/pdf; name=po.pdf\nContent-ID: <part1@buyer.example>",
    'Content-Type: application/octet-stream; name="po.pdf"',
    'Content-Type: text/plain; name="po.pdf"',
    'Content-Type: image/jpeg\nContent-Disposition: inline; filename="po.pdf"\nContent-ID: <1>',
    "Content-Disposition: attachment; filename*0=po; filename*1=.pdf",
    "Content-Type: nonsense; name=po.pdf",
    "Content-Type: multipart/whatever; name=po.pdf\nContent-Disposition: attachment; filename=po.pdf",
])
def test_an_attachment_is_found_however_it_is_marked(headers: str) -> None:
    found = [part for part in parts(raw_part(headers)) if part.content.startswith(b"%PDF")]
    assert len(found) == 1


def test_an_attachment_without_any_name_is_found() -> None:
    body, attachment = parts(raw_part("Content-Type: application/pdf"))
    assert body.content == b"hello"
    assert (attachment.content, attachment.name) == (PDF.rstrip(b"\n"), None) or attachment.content == PDF
    assert attachment.media_type == "application/pdf"


def test_a_mail_that_is_nothing_but_an_attachment() -> None:
    raw = (b"From: scanner@buyer.example\nSubject: scan\nContent-Type: application/pdf\n"
           b"Content-Transfer-Encoding: base64\n\nJVBERi0xLjQ=")
    assert [(p.is_body, p.content) for p in parts(raw)] == [(False, b"%PDF-1.4")]


def test_a_pdf_inside_an_alternative_is_kept() -> None:
    raw = (
        b"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=o\n\n--o\n\nsee below\n--o\n"
        b"Content-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/html\n\n<p>see below</p>\n"
        b"--i\nContent-Type: application/pdf; name=po.pdf\n\n%PDF\n--i--\n--o--\n")
    assert [(p.is_body, p.name) for p in parts(raw)] == [(True, None), (False, "po.pdf")]


def test_nested_mail_archive_outlook_and_tnef_are_opened_in_each_other() -> None:
    inner = mail("inner text", subject="Forwarded order")
    deep = msg_file(
        subject="deep", sender="Bo", body="deep text", attachments=(("list.zip", archive(("a/list.csv", b"1;2"))),))
    inner.add_attachment(deep, maintype="application", subtype="octet-stream", filename="o.msg")
    outer = mail("outer text")
    outer.add_attachment(inner)
    outer.add_attachment(
        tnef_file((("Größe.pdf", PDF),)), maintype="application", subtype="ms-tnef", filename="winmail.dat")
    found = parts(outer.as_bytes())
    assert [(p.name, p.is_body, p.parent) for p in found] == [
        (None, True, None), ("Forwarded order", False, None), (None, True, 1), ("o.msg", False, 1), (None, True, 3),
        ("list.zip", False, 3), ("list.csv", False, 5), ("winmail.dat", False, None), ("Größe.pdf", False, 7)]
    assert found[8].content == PDF


def test_a_forwarded_mail_keeps_its_bytes() -> None:
    inner = b"From:  odd@spacing.example\r\nSubject: x\r\n\r\nraw  \xff body\r\n"
    raw = raw_part("Content-Type: message/rfc822", inner)
    assert parts(raw)[1].content in (inner, inner.removesuffix(b"\r\n"), inner + b"\n")


def test_a_message_attached_to_a_msg_is_read_too() -> None:
    content = msg_file(subject="Outer", sender="Bo", body="see inside", attachments=(
        ("in.msg", msg_tree(subject="Inner", sender="Cy", body="inner", attachments=(("po.pdf", PDF * 500),))),))
    assert [(p.name, p.is_body, len(p.content)) for p in parts(content)] == [
        (None, True, 10), (None, True, 5), ("po.pdf", False, len(PDF) * 500)]


# --- the text of a mail -----------------------------------------------------------------------------------------------


def test_the_plain_text_is_the_body_unless_the_html_has_a_table() -> None:
    message = mail("2 bolts")
    message.add_alternative("<p>2 bolts</p>", subtype="html")
    assert [(p.media_type, p.content.strip()) for p in parts(message.as_bytes())] == [("text/plain", b"2 bolts")]
    message = mail("1 bolt 2 nut")
    message.add_alternative(TABLE, subtype="html")
    assert [p.media_type for p in parts(message.as_bytes())] == ["text/html"]


def test_html_wins_over_a_stub_of_plain_text() -> None:
    message = mail("Please view in HTML.")
    message.add_alternative("<p>" + "Send twenty boxes of bolts. " * 10 + "</p>", subtype="html")
    assert [p.media_type for p in parts(message.as_bytes())] == ["text/html"]


def test_text_around_an_attachment_is_one_body() -> None:
    message = MIMEMultipart()
    message["From"], message["Subject"] = "a@b.example", "x"
    message.attach(MIMEText("first"))
    attachment = MIMEText("x;y", "csv")
    attachment.add_header("Content-Disposition", "attachment", filename="l.csv")
    message.attach(attachment)
    message.attach(MIMEText("Also 20 nuts."))
    assert [(p.is_body, p.content) for p in parts(message.as_bytes())] == [(True, b"first\nAlso 20 nuts."), (False, b"x;y")]


@pytest.mark.parametrize(("charset", "data"), [
    ("utf-8", "Größe 5 €".encode()), ("iso-8859-1", "Größe 5 €".encode("cp1252")), ("us-ascii", "Größe 5 €".encode()),
    ("no-such", "Größe 5 €".encode("cp1252")), ("zlib", "Größe 5 €".encode()), ('"utf8"', "Größe 5 €".encode()),
    ("", "Größe 5 €".encode()),
])
def test_charset_trouble_is_never_fatal(charset: str, data: bytes) -> None:
    raw = b"From: a@b.example\nSubject: x\nContent-Type: text/plain; charset=" + charset.encode() + b"\n\n" + data
    assert parts(raw)[0].content.decode() == "Größe 5 €"


@pytest.mark.parametrize(("charset", "text", "codec"), [
    ("utf-8", "24 Stück Schließblech Größe 6 à 1,10 €", "cp1252"), ("x-unknown", "Prüfstand à 0,90 € für Mühle", "cp1252"),
    ("utf-8", "Proszę dostarczyć śruby i łożyska", "cp1250"), ("", "10 śrub, 5 łożysk, części", "iso8859_2"),
    ("utf-8", "Пожалуйста отправьте пять насосов", "koi8_r")])
def test_a_body_in_another_charset_than_it_says_is_read_by_its_words(charset: str, text: str, codec: str) -> None:
    raw = b"From: a@b.example\nSubject: x\nContent-Type: text/plain; charset=" + charset.encode() + b"\n\n" + text.encode(codec)
    assert parts(raw)[0].content.decode() == text


def test_one_foreign_byte_leaves_the_rest_of_a_body_in_utf_8_as_it_is() -> None:
    raw = b"From: a@b.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n" + "Größe für Stück ".encode() + b"\xe4!"
    assert parts(raw)[0].content.decode() == "Größe für Stück \ufffd!"


def test_html_in_another_charset_says_utf_8_afterwards() -> None:
    raw = (b"From: a@b.example\nSubject: x\nContent-Type: text/html; charset=iso-8859-1\n\n"
           b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>Gr\xf6\xdfe</p>')
    assert parts(raw)[0].content.decode() == (
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8"><p>Größe</p>')


def test_flowed_text_gets_its_long_lines_back() -> None:
    raw = (b"From: a@b.example\nSubject: x\nContent-Type: text/plain; format=flowed\n\n"
           b"20 boxes of \nM8 screws\n> quoted \n> text\n-- \nAnn \nExample")
    assert parts(raw)[0].content.decode() == "20 boxes of M8 screws\n> quoted \n> text\n-- \nAnn Example"
    assert parts(raw.replace(b"flowed", b"flowed; delsp=yes"))[0].content.decode().startswith("20 boxes ofM8 screws\n")


def test_words_that_nobody_sees_do_not_count() -> None:
    html = "<head><title>a b c</title></head><style>p {} q {}</style><script>if (1 < 2) x</script><!-- d e --><p>two words</p>"
    assert shown_words(html) == 2


# --- what is broken ---------------------------------------------------------------------------------------------------


def test_a_missing_last_boundary_a_wrong_one_and_none_at_all() -> None:
    head = b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=%s\n\n"
    body = b"--b1\nContent-Type: text/plain\n\nhello\n--b1\nContent-Type: application/pdf; name=po.pdf\n\n%PDF"
    assert files(head % b"b1" + body) == ["po.pdf"]
    assert files(head % b"other" + body) == ["po.pdf"]
    assert [p.content for p in parts(head % b"b1" + b"just text")] == [b"just text"]


def test_a_boundary_that_begins_like_another_is_not_confused_with_it() -> None:
    raw = (b"From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--bb\ntwo\n--b\n"
           b"Content-Type: application/pdf; name=po.pdf\n\n%PDF\n--b--\n")
    assert [p.content for p in parts(raw)] == [b"one\n--bb\ntwo", b"%PDF"]


def test_three_thousand_nested_multiparts_end_with_a_reason() -> None:
    raw = b"From: a@b.example\nSubject: x\n"
    for n in range(3_000):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
    assert [p.code for p in parts(raw + b"\ntext")] == ["too_deep"]


HEAD = b"From: a@b.example\nSubject: x\n"
MULTIPART = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
ALTERNATIVE = HEAD + b"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: text/html\n\n"


@pytest.mark.parametrize("raw", [
    MULTIPART + b"--b\nContent-Type: application/pdf\n\nx\n" * 100_000,
    MULTIPART + b"--b\n" * 1_000_000,
    MULTIPART.replace(b"=b", b"=-") + b"-" * 4_000_000,
    HEAD + b"Content-Type: message/rfc822\n\n" * 3_000 + b"x",
    HEAD + b" folded\n" * 500_000 + b"\nbody",
    b"Subject: " + b"x" * 4_000_000 + b"\n" + HEAD + b"\nbody",
    HEAD + b"Content-Type: text/plain" + b'; a="b' * 50_000 + b"\n\nx",
    HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 500_000,
    ALTERNATIVE + b"<" * 2_000_000,
    ALTERNATIVE + b"<!--" * 500_000,
    ALTERNATIVE + b"<style " * 300_000,
    HEAD + b"Content-Type: text/html\n\n" + b"<meta " * 500_000,
], ids=range(12))
def test_crafted_mails_cost_no_more_than_their_size(raw: bytes) -> None:
    begun = time.process_time()
    found = parts(raw)
    assert time.process_time() - begun < 2
    assert 1 <= len(found) <= 101


def test_an_empty_message_is_one_empty_part() -> None:
    assert [(p.content, p.code) for p in parts(b"")] == [(b"", None)]


def test_anything_else_is_one_document() -> None:
    sheet = archive(("[Content_Types].xml", b"<x/>"))
    for content in (PDF, b"ISA*00*", b"Order: 12\nItem: 4\n", sheet, b"PK\x03\x04 broken", b"\xd0\xcf"):
        unpacked = unpack(content, UnpackOptions())
        assert (unpacked.envelope, [p.content for p in unpacked.parts]) == (None, [content])


def test_a_mail_without_known_headers_is_a_mail_when_it_came_by_mail() -> None:
    assert unpack(b"X-Odd: 1\n\nhello", UnpackOptions()).envelope is None
    assert unpack(b"X-Odd: 1\n\nhello", UnpackOptions(is_mail=True)).parts[0].content == b"hello"


def test_damaged_containers_stay_as_parts_with_a_reason() -> None:
    message = mail()
    message.add_attachment(archive(), maintype="application", subtype="zip", filename="empty.zip")
    no_msg = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no"
    message.add_attachment(no_msg, maintype="application", subtype="octet-stream", filename="o.msg")
    message.add_attachment(tnef_file(())[:20], maintype="application", subtype="ms-tnef", filename="winmail.dat")
    codes = [(p.name, p.code) for p in parts(message.as_bytes()) if not p.is_body]
    assert codes == [("empty.zip", "empty_container"), ("o.msg", None), ("winmail.dat", "damaged_container")]


def test_a_winmail_dat_that_was_cut_gives_what_it_has_and_says_so() -> None:
    whole = tnef_file((("one.pdf", PDF), ("two.pdf", PDF)))
    assert [(p.name, p.code) for p in parts(whole)] == [("one.pdf", None), ("two.pdf", None)]
    found = parts(whole[:-15])
    assert (found[0].name, found[0].content, found[-1].code) == ("one.pdf", PDF, "cut_short")


def test_a_message_with_nothing_in_it_is_refused_with_a_reason() -> None:
    with pytest.raises(InputError, match="nothing") as e:
        unpack(archive(), UnpackOptions())
    assert e.value.code == "message_empty"


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_mangled_messages_are_read_or_refused_and_never_crash(data: st.DataObject) -> None:
    message = mail("Größe 5")
    message.add_alternative(TABLE, subtype="html")
    message.add_attachment(archive(("a.csv", b"1;2" * 50)), maintype="application", subtype="zip", filename="Größe.zip")
    seeds = [message.as_bytes(), msg_file(subject="s", sender="b", body="x", attachments=(("p", PDF),)), tnef_file((("p", PDF),))]
    raw = bytearray(data.draw(st.sampled_from(seeds)))
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at:at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        unpacked = unpack(bytes(raw), UnpackOptions())
    except InputError as e:
        assert e.code in ("message_unreadable", "message_empty")
    else:
        assert len(unpacked.parts) >= 1
        assert all(part.sentence for part in unpacked.parts if part.code)


# --- limits -----------------------------------------------------------------------------------------------------------


def with_attachments(count: int) -> bytes:
    message = mail()
    for n in range(count):
        message.add_attachment(b"x", maintype="application", subtype="pdf", filename=f"{n}.pdf")
    return message.as_bytes()


@pytest.mark.parametrize(("count", "expected"), [(98, 99), (99, 100), (100, 101)])
def test_a_hundred_parts_are_read_and_the_rest_leaves_a_reason(count: int, expected: int) -> None:
    found = parts(with_attachments(count))
    assert len(found) == expected
    assert [p.code for p in found if p.code] == (["too_many_parts"] if count == 100 else [])


@pytest.mark.parametrize(("levels", "code"), [(3, None), (4, None), (5, "too_deep")])
def test_archives_are_opened_five_deep(levels: int, code: str | None) -> None:
    content = PDF
    for level in range(levels):
        content = archive((f"{level}.zip" if level else "po.pdf", content))
    message = mail()
    message.add_attachment(content, maintype="application", subtype="zip", filename="top.zip")
    assert parts(message.as_bytes())[-1].code == code


@pytest.mark.parametrize(("count", "code"), [(9, None), (10, None), (11, "too_many_members")])
def test_members_of_an_archive_are_limited(count: int, code: str | None) -> None:
    found = parts(archive(*((f"{n}.csv", b"1") for n in range(count))), members=10)
    assert found[-1].code == code
    assert len(found) == min(count, 11)


def test_a_bomb_is_not_inflated() -> None:
    found = parts(archive(("bomb.txt", b"0" * 30_000_000), ("po.pdf", PDF)))
    assert [(p.name, p.code) for p in found] == [("bomb.txt", "member_too_large"), ("po.pdf", None)]


@pytest.mark.parametrize(("size", "code"), [(999, None), (1_000, None), (1_001, "member_too_large")])
def test_unpacked_bytes_are_counted(size: int, code: str | None) -> None:
    assert parts(archive(("a.txt", b"x" * size)), unpacked_bytes=1_000)[0].code == code


def test_parts_beyond_the_unpacked_limit_are_named_not_kept() -> None:
    message = mail("x")
    for n in range(3):
        message.add_attachment(b"y" * 400, maintype="application", subtype="pdf", filename=f"{n}.pdf")
    assert [(p.name, p.code) for p in parts(message.as_bytes(), unpacked_bytes=1_000)][1:] == [
        ("0.pdf", None), ("1.pdf", None), ("2.pdf", "too_much_unpacked")]


@pytest.mark.parametrize(("extra", "is_refused"), [(-1, False), (0, False), (1, True)])
def test_a_message_over_the_limit_is_refused(extra: int, is_refused: bool) -> None:
    raw = mail().as_bytes()
    if is_refused:
        with pytest.raises(InputError, match="bytes") as e:
            unpack(raw, UnpackOptions(message_bytes=len(raw) - extra))
        assert e.value.code == "message_too_large"
    else:
        assert parts(raw, message_bytes=len(raw) - extra)


def test_archive_members_that_are_links_encrypted_or_named_like_paths() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as f:
        link = zipfile.ZipInfo("passwd")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        f.writestr(link, "/etc/passwd")
        f.writestr("../../evil.csv", "1")
        f.writestr("folder/", "")
        for note in ("__MACOSX/._x", "in/Thumbs.db", "desktop.ini", ".DS_Store", "in/._evil.csv"):
            f.writestr(note, "noted")
        f.writestr("locked.pdf", "secret")
    raw = bytearray(out.getvalue())
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"locked.pdf"))
    raw[at + 8] |= 1
    assert [(p.name, p.code) for p in parts(bytes(raw))] == [
        ("passwd", "symbolic_link"), ("evil.csv", None), ("locked.pdf", "encrypted_member")]
    assert b"/etc/passwd" not in [p.content for p in parts(bytes(raw))]


# --- the envelope and the sandbox's entry -----------------------------------------------------------------------------


def test_the_envelope_says_what_the_headers_say() -> None:
    raw = (b"From: =?utf-8?Q?J=C3=B6rg?= <J@Buyer.example>\nReply-To: desk@buyer.example\nSubject: Order\n 7\n"
           b"Date: Tue, 3 Mar 2026 10:00:00 +0100\nMessage-ID: <2@b>\nReferences: <0@b> <1@b>\n\nhi")
    envelope = unpack(raw, UnpackOptions()).envelope
    assert envelope is not None
    assert (envelope.subject, envelope.sender_name, envelope.sender_address, envelope.reply_to) == (
        "Order 7", "Jörg", "j@buyer.example", "desk@buyer.example")
    assert (envelope.message_id, envelope.in_reply_to, envelope.kind) == ("<2@b>", "<1@b>", MailKind.ORDINARY)
    assert envelope.sent_at is not None
    assert envelope.sent_at.isoformat() == "2026-03-03T09:00:00+00:00"


def test_the_envelope_of_a_msg_comes_from_its_properties_or_its_transport_headers() -> None:
    plain = unpack(msg_file(subject="Order 7", sender="Ann <ann@buyer.example>", body="x"), UnpackOptions()).envelope
    assert plain is not None
    assert (plain.subject, plain.sender_name, plain.sender_address) == ("Order 7", "Ann", "ann@buyer.example")
    headers = "From: Ann <ann@buyer.example>\r\nSubject: Order 8\r\nX-Ordermill: 1\r\n\r\n"
    sent = unpack(msg_file(subject="x", sender="x", body="x", headers=headers), UnpackOptions()).envelope
    assert sent is not None
    assert (sent.subject, sent.sender_address, sent.kind) == ("Order 8", "ann@buyer.example", MailKind.OWN)


def test_the_sandbox_entry_speaks_bytes() -> None:
    raw = mail().as_bytes()
    options = UnpackOptions(own_addresses=("ann@buyer.example",))
    unpacked = codec.unpack(Unpacked, unpack_bytes(raw, codec.pack(options)))
    assert unpacked == unpack(raw, options)
    assert unpacked.envelope is not None
    assert unpacked.envelope.kind is MailKind.OWN
