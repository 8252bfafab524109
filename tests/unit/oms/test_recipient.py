"""Nobody gets an acknowledgement who must not, and everybody who should does."""

from __future__ import annotations

import pytest

from models.domain.messages import MailKind
from oms.acknowledgement.recipient import Nobody, choose_recipient, is_address

BUYER = "buyer@zebra.example"


def choose(**changes: object) -> str | Nobody:
    facts: dict[str, object] = {
        "kind": MailKind.ORDINARY, "sender": BUYER, "reply_to": None, "customer_domain": None}
    return choose_recipient(**(facts | changes))  # type: ignore[arg-type]


def code(**changes: object) -> str:
    found = choose(**changes)
    assert isinstance(found, Nobody), found
    assert found.sentence.endswith(".")
    return found.code


def test_the_sender_or_where_the_sender_wants_it() -> None:
    assert choose() == BUYER
    assert choose(reply_to="orders@zebra.example") == "orders@zebra.example"
    assert choose(sender="shop@portal.example", reply_to=BUYER, customer_domain="Zebra.example") == BUYER


def test_a_reply_address_of_a_stranger_is_not_believed() -> None:
    assert choose(reply_to="thief@elsewhere.example") == BUYER
    assert code(sender="no-reply@portal.example", reply_to="thief@elsewhere.example") == "no_reply_address"


@pytest.mark.parametrize("kind", [k for k in MailKind if k is not MailKind.ORDINARY])
def test_automatic_mail_is_never_answered(kind: MailKind) -> None:
    assert code(kind=kind) == "automatic_mail"


def test_what_did_not_come_by_mail_has_no_sender() -> None:
    assert code(kind=None) == code(sender=None) == "no_sender"


@pytest.mark.parametrize("sender", [
    "no-reply@a.example", "noreply@a.example", "do-not-reply@a.example", "DoNotReply+7@a.example", "MAILER-DAEMON@a.example",
    "postmaster@a.example", "bounce@a.example", "bounces+1@a.example", "nicht-antworten@a.example", "ne-pas-repondre@a.example",
    "orders-noreply@a.example"])
def test_addresses_nobody_reads(sender: str) -> None:
    assert code(sender=sender) == "no_reply_address"


def test_people_whose_names_only_look_alike_are_answered() -> None:
    assert choose(sender="norbert.plyer@a.example") == "norbert.plyer@a.example"
    assert choose(sender="bouncestein@a.example") == "bouncestein@a.example"


@pytest.mark.parametrize("text", [
    "a@b.example\r\nBcc: x@y.example", "a@b.example, c@d.example", "a b@c.example", "a@", "@b.example", "a", "ü@b.example",
    "<a@b.example>", "a@b.example>", "a" * 250 + "@b.example", ""])
def test_what_is_no_single_plain_address(text: str) -> None:
    assert not is_address(text)
    if text:
        assert code(sender=text) == "no_reply_address"
