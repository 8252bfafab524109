"""Ordinary mail, automatic answers, bounces and our own mail; orders from machines are never taken for answers."""

from __future__ import annotations

import pytest

from intake.mail.headers import split_headers
from intake.mail.kinds import classify
from models.domain.messages import MailKind

OWN = frozenset({"orders@ours.example"})


def kind(raw: str, *, has_attachment: bool = False) -> MailKind:
    data = raw.encode()
    return classify(split_headers(data, 0, len(data))[0], own_addresses=OWN, has_attachment=has_attachment)


@pytest.mark.parametrize(("raw", "expected"), [
    ("From: a@b.example\nSubject: Order 1\n\n", MailKind.ORDINARY),
    ("From: a@b.example\nAuto-Submitted: auto-replied\n\n", MailKind.AUTO_REPLY),
    ("From: a@b.example\nAuto-Submitted: auto-replied (vacation)\n\n", MailKind.AUTO_REPLY),
    ("From: a@b.example\nAuto-Submitted: auto-generated\nSubject: Purchase order 4711\n\n", MailKind.ORDINARY),
    ("From: a@b.example\nAuto-Submitted: no\nSubject: Out of office\n\n", MailKind.ORDINARY),
    ("From: a@b.example\nX-Autoreply: yes\n\n", MailKind.AUTO_REPLY),
    ("From: a@b.example\nX-Autoreply: no\n\n", MailKind.ORDINARY),
    ("From: a@b.example\nPrecedence: auto_reply\n\n", MailKind.AUTO_REPLY),
    ("From: a@b.example\nPrecedence: bulk\nSubject: Order 12\n\n", MailKind.ORDINARY),
    ("From: a@b.example\nReturn-Path: <>\nSubject: Bestellung 12\n\n", MailKind.ORDINARY),
    ("From: a@b.example\nPrecedence: bulk\nSubject: Abwesenheitsnotiz\n\n", MailKind.AUTO_REPLY),
    ("From: a@b.example\nReturn-Path: <>\nSubject: Automatic reply: Order 3\n\n", MailKind.AUTO_REPLY),
    ("From: a@b.example\nSubject: Out of office supplies order\n\n", MailKind.ORDINARY),
    ("From: MAILER-DAEMON@b.example\nReturn-Path: <>\n\n", MailKind.BOUNCE),
    ("From: a@b.example\nContent-Type: multipart/report; report-type=delivery-status\n\n", MailKind.BOUNCE),
    ("From: a@b.example\nContent-Type: multipart/report; report-type=disposition-notification\n\n", MailKind.AUTO_REPLY),
    ("From: Us <Orders@Ours.example>\n\n", MailKind.OWN),
    ("From: a@b.example\nX-Ordermill: 1\n\n", MailKind.OWN),
])
def test_kind_of_a_mail(raw: str, expected: MailKind) -> None:
    assert kind(raw) is expected


def test_weak_signs_never_hide_an_attachment() -> None:
    raw = "From: a@b.example\nReturn-Path: <>\nPrecedence: bulk\nSubject: Automatic response: order 12\n\n"
    assert kind(raw) is MailKind.AUTO_REPLY
    assert kind(raw, has_attachment=True) is MailKind.ORDINARY
