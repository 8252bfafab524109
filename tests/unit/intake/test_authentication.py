"""Only our own mail server is believed about who sent a mail."""

import pytest

from intake.mail.authentication import authentication_of
from intake.mail.headers import Headers

OURS = frozenset({"mx.okapi.example"})


def results(*values: str) -> str | None:
    return authentication_of(Headers(tuple(("authentication-results", value) for value in values)), OURS)


@pytest.mark.parametrize(("value", "expected"), [
    ("mx.okapi.example; spf=pass smtp.mailfrom=a@zebra.example; dkim=fail (bad; sig) header.d=zebra.example; dmarc=fail",
     "spf=pass dkim=fail dmarc=fail"),
    ("MX.okapi.example 1; dkim=fail header.d=list.example; dkim=pass header.d=zebra.example", "dkim=pass"),
    ("mx.okapi.example; none", None),
    ("mx.okapi.example; auth=pass; iprev=fail", None),
    ("mx.okapi.example;spf = softfail", "spf=softfail"),
    ("other.example; spf=pass; dmarc=pass", None),
    ("", None), (";", None), ("mx.okapi.example", None), ("(mx.okapi.example); spf=pass", None)])
def test_what_a_server_of_ours_found_is_kept(value: str, expected: str | None) -> None:
    assert results(value) == expected


def test_the_topmost_header_of_our_server_counts_and_headers_of_strangers_do_not() -> None:
    assert results("evil.example; dmarc=pass", "mx.okapi.example; dmarc=fail", "mx.okapi.example; dmarc=pass") == "dmarc=fail"
    assert authentication_of(Headers((("authentication-results", "mx.okapi.example; dmarc=pass"),)), frozenset()) is None
