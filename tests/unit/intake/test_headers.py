"""Headers as senders really write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.headers import Headers, decode_words, first_mailbox, parse_parameters, split_headers
from intake.mail.parse import envelope_of


def read(raw: bytes) -> Headers:
    return split_headers(raw, 0, len(raw))[0]


@pytest.mark.parametrize(("value", "text"), [
    ("=?utf-8?Q?Gr=C3=B6=C3=9Fe?=", "Größe"),
    ("=?iso-8859-1?Q?Gr=F6=DFe?= 12", "Größe 12"),
    ("=?utf-8?B?R3LDtg==?= =?utf-8?B?w59l?=", "Größe"),
    ("=?utf-8?Q?Gr=C3?= =?utf-8?Q?=B6=C3=9Fe?=", "Größe"),              # a character split between two words
    ("=?utf-8*de?Q?Gr=C3=B6=C3=9Fe?=", "Größe"),                        # with a language, RFC 2231
    ("plain =?utf-8?Q?=E2=82=AC?= plain", "plain € plain"),
    ("=?no-such-charset?Q?abc?=", "abc"),
    ("=?utf-8?B?R3LDtsOfZQ?=", "Größe"),                                # padding forgotten
    ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
])
def test_encoded_words_become_text(value: str, text: str) -> None:
    assert decode_words(value) == text


@pytest.mark.parametrize(("value", "name"), [
    ("attachment; filename=order.pdf", "order.pdf"),
    ('attachment; filename="my; order.pdf"', "my; order.pdf"),
    ("attachment; filename=my order.pdf", "my order.pdf"),
    ("attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.pdf", "Größe.pdf"),
    ("attachment; filename*0*=utf-8''Gr%C3%B6; filename*1*=%C3%9Fe; filename*2=.pdf", "Größe.pdf"),
    ("attachment; filename*1=b.pdf; filename*0=a", "ab.pdf"),
    ('attachment; filename="=?utf-8?Q?Gr=C3=B6=C3=9Fe.pdf?="', "Größe.pdf"),
    ('attachment; filename="a\\"b.pdf"', 'a"b.pdf'),
    ('attachment; filename="unclosed.pdf', "unclosed.pdf"),
    ("attachment; filename=plain.pdf; filename*=utf-8''better.pdf", "better.pdf"),
])
def test_file_names_are_found_however_they_are_written(value: str, name: str) -> None:
    assert parse_parameters(value)[1]["filename"] == name


@pytest.mark.parametrize(("value", "expected"), [
    ("Ann Example <Ann@Buyer.Example>", ("Ann Example", "ann@buyer.example")),
    ('"Example, Ann" <ann@buyer.example>', ("Example, Ann", "ann@buyer.example")),
    ("=?utf-8?Q?J=C3=B6rg?= <j@buyer.example>", ("Jörg", "j@buyer.example")),
    ("ann@buyer.example", (None, "ann@buyer.example")),
    ("ann@buyer.example (Ann Example)", ("Ann Example", "ann@buyer.example")),
    ("=?utf-8?Q?Ann_=3Cann=40buyer.example=3E?=", ("Ann", "ann@buyer.example")),
    ("a@x.example, b@y.example", (None, "a@x.example")),
    ("Nobody", ("Nobody", None)),
    ("<@>" * 3, (None, None)),
    ("", (None, None)),
])
def test_the_first_mailbox_is_name_and_address(value: str, expected: tuple[str | None, str | None]) -> None:
    name, address = first_mailbox(value)
    if expected[1] is None:
        assert address is None or "@" in address
    else:
        assert (name, address) == expected


def test_folded_headers_are_joined_and_the_body_begins_after_the_blank_line() -> None:
    raw = b"From jo Mon Jan 1\nSubject: one\r\n two\n\tthree\nX-Raw: Gr\xc3\xb6\xc3\x9fe\n\nbody"
    headers, body = split_headers(raw, 0, len(raw))
    assert headers.text("subject") == "one two three"
    assert headers.text("x-raw") == "Größe"
    assert raw[body:] == b"body"


def test_a_line_that_is_no_header_ends_the_headers_and_is_not_lost() -> None:
    raw = b"Subject: x\nDear all,\nplease send\n"
    headers, body = split_headers(raw, 0, len(raw))
    assert headers.text("subject") == "x"
    assert raw[body:] == b"Dear all,\nplease send\n"


@pytest.mark.parametrize(("value", "moment"), [
    (b"Tue, 3 Mar 2026 10:00:00 +0100", datetime(2026, 3, 3, 9, tzinfo=UTC)),
    (b"3 Mar 2026 10:00", datetime(2026, 3, 3, 10, tzinfo=UTC)),
    (b"yesterday", None),
    (b"Tue, 99 Foo 20266 99:00:00 +9999", None),
    (b"Fri, 31 Dec 9999 23:59:59 -1200", None),
])
def test_dates_are_moments_in_utc_or_nothing(value: bytes, moment: datetime | None) -> None:
    assert read(b"Date: " + value + b"\n\n").moment("date") == moment


@pytest.mark.parametrize("raw", [
    b"Content-Disposition: attachment; name*\n\n",
    b"To: (c):\n\n",
    b"Message-ID: <[x@y]>\n\n",
    b"From: =?utf-8?Q?a=0Ab?= <a@b.example>\n\n",
    b"Subject: " + b"=?utf-8?Q?a?= " * 20_000 + b"\n\n",
    b"From: " + b"a@b.example, " * 20_000 + b"\n\n",
    b"Subject: x\n" + b" more\n" * 100_000,
])
def test_headers_that_break_the_standard_parser_are_read(raw: bytes) -> None:
    headers = read(raw)
    for name in ("from", "to", "subject", "message-id"):
        headers.text(name)
        headers.address(name)
    assert headers.fields[0][0] in ("content-disposition", "to", "message-id", "from", "subject")
    assert "\n" not in (headers.address("from")[0] or "")


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read_as_headers(raw: bytes) -> None:
    headers, body = split_headers(raw, 0, len(raw))
    assert 0 <= body <= len(raw)
    for name, value in headers.fields:
        headers.text(name), headers.address(name), headers.moment(name), parse_parameters(value)


def test_the_envelope_says_to_whom_a_mail_is_written() -> None:
    headers = read(b'From: ann@buyer.example\r\nTo: "Brackwater Ltd, T. Hale" <t.hale@brackwater.example>, b@c.example\r\n\r\n')
    envelope = envelope_of(headers, own_addresses=frozenset(), has_attachment=False)
    assert (envelope.recipient_name, envelope.recipient_address) == ("Brackwater Ltd, T. Hale", "t.hale@brackwater.example")
