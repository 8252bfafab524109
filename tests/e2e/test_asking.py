"""A reviewer asks the customer from the case; the customer's reply, as a mail program writes it, comes back to the case."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.factories import line
from tests.support.browser import chromium, new_context, sign_in
from tests.support.dovecot import PrivateDovecot
from tests.support.installation import PASSWORD, Installation, eventually
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.dovecot, pytest.mark.browser, pytest.mark.slow]


def reply_to(asked: EmailMessage, said: str) -> bytes:
    """What the buyer's mail program sends: the words on top, our mail quoted below."""
    body = asked.get_body(("plain",))
    assert body is not None
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ada Buyer <buying@tinfield-pumps.example>", factories.ORDERS_ADDRESS
    mail["Subject"] = f"Re: {asked['Subject']}"
    mail["Message-ID"] = "<reply-1@tinfield-pumps.example>"
    mail["In-Reply-To"] = asked["Message-ID"]
    mail["References"] = f"{asked['References']} {asked['Message-ID']}"
    quoted = "\n".join(f"> {text}" for text in body.get_content().splitlines())
    mail.set_content(f"Hello,\n\n{said}\n\nKind regards\nAda\n\nOn Fri, 14 Mar 2031 Brackwater wrote:\n{quoted}\n")
    return mail.as_bytes(policy=SMTP)


def test_the_answer_of_the_customer_settles_the_case(
    installation: Installation, mailbox: PrivateDovecot, outgoing: Mailserver
) -> None:
    pdf = factories.order_pdf("TF-20040", [line("BW-30717", 6, price="12.40"), line("BW-10040", 100)])
    mailbox.deliver(factories.order_mail("TF-20040", pdf))
    with installation.serve() as address, chromium() as browser:
        eventually(lambda: any(c["state"] == "needs_review" for c in installation.json("cases")), what="the case")
        page = new_context(browser, address).new_page()
        sign_in(page, "anna", PASSWORD)
        page.locator("tbody tr", has_text="TF-20040").click()
        page.wait_for_url("**/cases/*")
        case = page.url
        page.keyboard.press("c")
        expect(page.locator("dialog#ask")).to_contain_text("11.90 EUR, our price")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/\?after=\d+$"))
        asked = eventually(lambda: outgoing.received, what="the question")[0].message
        assert (asked["To"], asked["In-Reply-To"]) == ("buying@tinfield-pumps.example", "<tf-20040@tinfield-pumps.example>")
        assert asked["Auto-Submitted"] is None
        mailbox.deliver(reply_to(asked, "1a please"))
        eventually(lambda: any(c["code"] == "customer_answered" for c in installation.json("cases")))
        assert len(installation.json("cases")) == 1
        page.goto(case)
        expect(page.locator("#rail .clean")).to_be_visible()
        expect(page.locator(".asked-mails")).to_contain_text("a please")
        page.keyboard.press("a")
        page.wait_for_url(re.compile(r"/\?after=\d+$"))
        eventually(lambda: len(outgoing.received) == 2, what="the acknowledgement")
    (order,) = installation.json("orders")
    assert (order["po_number"], order["total"]) == ("TF-20040", "113.40")
