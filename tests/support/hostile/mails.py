"""Mails that torture their readers: loops, floods, depth, names and charsets that are none."""

from __future__ import annotations

import base64
import random
import struct
from collections.abc import Iterator
from functools import partial

from tests.support.hostile.archives import bomb
from tests.support.hostile.pdfs import good
from tests.support.hostile.shape import ORDER_TEXT, HostileFile, harmless, read, refused
from tests.support.outlook import compound_file, msg_file, msg_tree, tnef_file

HEAD = b"From: Ada Buyer <buying@tinfield-pumps.example>\r\nTo: orders@brackwater.example\r\nSubject: Order HF-70031\r\n"
DATED = HEAD + b"Date: Fri, 14 Mar 2031 09:12:00 +0000\r\nMessage-ID: <hf@tinfield-pumps.example>\r\nMIME-Version: 1.0\r\n"
BODY = ORDER_TEXT.replace("\n", "\r\n").encode()


def mail(body: bytes = BODY, *headers: bytes) -> bytes:
    """A mail with these further header lines."""
    return DATED + b"".join(line + b"\r\n" for line in headers) + b"\r\n" + body


def part(content: bytes, *headers: bytes) -> bytes:
    """A part of a multipart whose boundary is "B"."""
    return b"--B\r\n" + b"".join(line + b"\r\n" for line in headers) + b"\r\n" + content + b"\r\n"


def multipart(*parts: bytes, kind: bytes = b"mixed", closed: bool = True) -> bytes:
    """A mail of these parts."""
    return mail(b"".join(parts) + (b"--B--\r\n" if closed else b""), b"Content-Type: multipart/" + kind + b'; boundary="B"')


def attached(content: bytes, name: bytes = b"order.pdf", kind: bytes = b"application/pdf") -> bytes:
    """An attachment in base64; `name` goes into the header as it is."""
    return part(
        base64.encodebytes(content),
        b"Content-Type: " + kind,
        b"Content-Disposition: attachment; filename=" + name,
        b"Content-Transfer-Encoding: base64",
    )


def mail_in_mail(levels: int) -> bytes:
    content = mail()
    for _ in range(levels):
        content = mail(content, b"Content-Type: message/rfc822")
    return content


def multiparts_deep(levels: int) -> bytes:
    opened = b"".join(f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n'.encode() for n in range(levels))
    return DATED + opened + b"Content-Type: text/plain\r\n\r\n" + BODY


def same_boundary(levels: int) -> bytes:
    """Every multipart is split by the boundary of its parent."""
    return mail(
        (b'--B\r\nContent-Type: multipart/mixed; boundary="B"\r\n\r\n' * levels) + BODY,
        b'Content-Type: multipart/mixed; boundary="B"',
    )


def boundaries_that_begin_alike() -> bytes:
    return mail(
        b"--BB\r\n\r\nx\r\n--BBB\r\n\r\ny\r\n" * 5_000 + part(BODY) + b"--B--\r\n", b'Content-Type: multipart/mixed; boundary="B"'
    )


def header_flood(count: int) -> bytes:
    return DATED + b"".join(b"X-H%d: x\r\n" % n for n in range(count)) + b"\r\n" + BODY


def words_flood(count: int) -> bytes:
    return mail(BODY, b"X-Note: x").replace(b"Subject: Order", b"Subject: " + b"=?utf-8?B?4oCu?= =?utf-7?Q?+AAo-?= " * count, 1)


def names() -> bytes:
    """File names that are paths, commands, headers, other names backwards."""
    return multipart(
        part(BODY, b"Content-Type: text/plain"),
        attached(good(), b'"../../../../etc/cron.d/order.pdf"'),
        attached(b"1;2\n3;4\n", b"\"=cmd|' /C calc'!A0.csv\"", b"text/csv"),
        attached(b"1;2\n3;4\n", '"inv\u202efdp.exe"'.encode(), b"text/csv"),
        attached(b"1;2\n3;4\n", b'"a\r\n\tBcc: evil@example.net"', b"text/csv"),
        attached(b"1;2\n3;4\n", b'"<script>alert(1)</script>.csv"', b"text/csv"),
        attached(b"1;2\n3;4\n", b"x" * 30_000, b"text/csv"),
    )


def continued_names() -> bytes:
    """RFC 2231 pieces: gaps, thousands of them, wrong charsets, wrong percents."""
    junk = b"; ".join(b"filename*%d*=nope'xx'%%ZZ%%E2%%28%%A1" % n for n in (0, 1, 5, 999, *range(10, 900)))
    return multipart(
        part(BODY, b"Content-Type: text/plain"),
        part(
            base64.encodebytes(good()),
            b"Content-Type: application/pdf",
            b"Content-Disposition: attachment; " + junk,
            b"Content-Transfer-Encoding: base64",
        ),
    )


def charset(name: bytes) -> bytes:
    return mail(BODY, b"Content-Type: text/plain; charset=" + name)


def msg_in_msg(levels: int) -> bytes:
    inner = msg_tree(subject="S", sender="Ann <ann@buyer.example>", body=ORDER_TEXT)
    for _ in range(levels):
        inner = msg_tree(subject="S", sender="Ann <ann@buyer.example>", body="see inside", attachments=(("m", inner),))
    return msg_file(subject="S", sender="Ann <ann@buyer.example>", body="see inside", attachments=(("m", inner),))


def msg_lies() -> bytes:
    """Every length in its properties is 4 GB."""
    tree = msg_tree(subject="S", sender="Ann <ann@buyer.example>", body=ORDER_TEXT, header_bytes=32)
    stream = tree["__properties_version1.0"]
    assert isinstance(stream, bytes)
    records = b"".join(stream[at : at + 8] + b"\xff" * 8 for at in range(32, len(stream), 16))
    return compound_file(tree | {"__properties_version1.0": stream[:32] + records})


def msg_circle() -> bytes:
    """Its directory's entries are their own neighbours and parents."""
    raw = bytearray(msg_file(subject="S", sender="Ann <ann@buyer.example>", body=ORDER_TEXT))
    at = 512 * (struct.unpack_from("<I", raw, 48)[0] + 1)
    for entry in range(4):
        struct.pack_into("<III", raw, at + 128 * entry + 68, entry, entry, entry)
    return bytes(raw)


def tnef_lies() -> bytes:
    raw = bytearray(tnef_file((("order.pdf", good()),), body="hello"))
    at = raw.rindex(struct.pack("<I", 0x0006800F)) + 4
    struct.pack_into("<I", raw, at, 2**31 - 1)
    return bytes(raw)


def uu_flood() -> bytes:
    return mail(b"begin 644 ../../order.csv\r\n" + b"M" + b"~" * 60 + b"\r\n" + (b"`" * 61 + b"\r\n") * 50_000)


def files() -> Iterator[HostileFile]:
    """Every mail of the set."""
    eml = "order.eml"
    yield HostileFile("mail in mail 100 deep", partial(mail_in_mail, 100), refused("too_deep"), eml)
    yield HostileFile("mail in mail 5,000 deep", partial(mail_in_mail, 5_000), refused("too_deep"), eml)
    yield HostileFile("multiparts 1,000 deep", partial(multiparts_deep, 1_000), harmless(), eml)
    yield HostileFile("multiparts that share a boundary", partial(same_boundary, 2_000), harmless(), eml)
    yield HostileFile("mail of 10,000 parts", lambda: multipart(*[part(b"x")] * 10_000), harmless(), eml, is_heavy=True)
    yield HostileFile(
        "mail of 101 attachments",
        lambda: multipart(*[attached(b"1;2\n3;4\n", kind=b"text/csv")] * 101),
        refused("too_many_parts"),
        eml,
        is_heavy=True,
    )
    yield HostileFile(
        "mail without its boundary", lambda: multipart(part(BODY), closed=False).replace(b"--B\r\n", b"--C\r\n"), harmless(), eml
    )
    yield HostileFile(
        "mail whose boundary is empty",
        lambda: mail(b"--\r\n\r\nx\r\n--\r\n" + BODY, b'Content-Type: multipart/mixed; boundary=""'),
        harmless(),
        eml,
    )
    yield HostileFile(
        "mail whose boundary is 10 KB long",
        lambda: mail(BODY, b'Content-Type: multipart/mixed; boundary="' + b"b" * 10_000 + b'"'),
        harmless(),
        eml,
    )
    yield HostileFile("mail of boundaries that begin alike", boundaries_that_begin_alike, harmless(), eml)
    yield HostileFile(
        "mail that never ends its parts", lambda: multipart(part(BODY), attached(good()), closed=False), read(), eml
    )
    yield HostileFile("mail with 200,000 headers", partial(header_flood, 200_000), harmless(), eml)
    yield HostileFile("mail with a header of 5 MB", lambda: mail(BODY, b"X-Long: " + b"x " * 2_500_000), harmless(), eml)
    yield HostileFile(
        "mail with a folded header of 200,000 lines", lambda: mail(BODY, b"X-Long: x" + b"\r\n\tx" * 200_000), harmless(), eml
    )
    yield HostileFile("mail of 20,000 encoded words", partial(words_flood, 20_000), harmless(), eml)
    yield HostileFile(
        "mail to 20,000 addresses",
        lambda: mail(BODY, b"Cc: " + b", ".join(b"a%d@b.example" % n for n in range(20_000))),
        read(),
        eml,
    )
    yield HostileFile(
        "mail from brackets",
        lambda: mail().replace(b"From: Ada", b"From: " + b"(" * 5_000 + b"<" * 5_000 + b"Ada"),
        harmless(),
        eml,
    )
    yield HostileFile(
        "mail with dates that are none",
        lambda: mail(BODY, b"Resent-Date: x").replace(
            b"Fri, 14 Mar 2031 09:12:00 +0000", b"99 Xyz 99999999999999 99:99:99 +999999"
        ),
        read(),
        eml,
    )
    for name in (b"zlib_codec", b"rot13", b"undefined", b"x" * 9_000, b"idna", b"'\";--", b"unicode_escape", b"utf-7"):
        label = f"mail in charset {name[:20].decode()}"
        yield HostileFile(label, partial(charset, name), harmless(), eml)
    yield HostileFile("mail with names that are attacks", names, read(), eml)
    yield HostileFile("mail with a name in 900 pieces", continued_names, read(), eml)
    yield HostileFile(
        "mail with base64 that is none",
        lambda: multipart(
            part(BODY), part(b"\xff\x00=?=" * 20_000, b"Content-Type: application/pdf", b"Content-Transfer-Encoding: base64")
        ),
        harmless(),
        eml,
    )
    yield HostileFile(
        "mail with endless soft breaks",
        lambda: mail(b"=\r\n" * 300_000, b"Content-Transfer-Encoding: quoted-printable"),
        harmless(),
        eml,
    )
    yield HostileFile("mail with uuencoded rubbish", uu_flood, harmless(), eml, is_heavy=True)
    yield HostileFile(
        "mail that is part 1 of 9",
        lambda: mail(BODY, b'Content-Type: message/partial; id="a"; number=1; total=9'),
        harmless(),
        eml,
    )
    yield HostileFile(
        "mail whose body lies elsewhere",
        lambda: mail(
            b"Content-Type: text/plain\r\n\r\n",
            b'Content-Type: message/external-body; access-type=local-file; name="/etc/passwd"',
        ),
        harmless(),
        eml,
    )
    yield HostileFile(
        "mail with two content types",
        lambda: mail(BODY, b"Content-Type: text/html", b"Content-Type: application/pdf"),
        harmless(),
        eml,
    )
    yield HostileFile(
        "mail with a bomb",
        lambda: multipart(
            part(BODY, b"Content-Type: text/plain"), attached(bomb(64 * 2**20, 8), b"order.zip", b"application/zip")
        ),
        read("member_too_large"),
        eml,
    )
    yield HostileFile("mail of zero bytes between its lines", lambda: mail(BODY.replace(b"\r\n", b"\0\r\n\0")), harmless(), eml)
    yield HostileFile("msg in msg 40 deep", partial(msg_in_msg, 40), harmless(), "order.msg")
    yield HostileFile("msg whose lengths lie", msg_lies, harmless(), "order.msg")
    yield HostileFile("msg in a circle", msg_circle, harmless(), "order.msg")
    yield HostileFile("winmail.dat whose length lies", tnef_lies, harmless(), "winmail.dat")
    yield HostileFile(
        "winmail.dat of noise", lambda: b"\x78\x9f\x3e\x22\1\0" + random.Random(9).randbytes(20_000), harmless(), "winmail.dat"
    )
    yield HostileFile(
        "html that is also a mail", lambda: HEAD + b"<html><body>--></body>\r\n\r\n" + BODY, harmless(), "order.html"
    )
