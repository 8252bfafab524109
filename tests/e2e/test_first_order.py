"""A customer mails a purchase order; it ends as a sales order, an acknowledgement and an ERP message, once each."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests import factories
from tests.factories import line
from tests.support.browser import chromium, new_context, sign_in
from tests.support.dovecot import DONE, PrivateDovecot
from tests.support.installation import PASSWORD, Installation, eventually
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]


def erp_messages(installation: Installation) -> list[dict[str, Any]]:
    path = installation.data / "erp.jsonl"
    return [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []


def orders(installation: Installation) -> dict[str, dict[str, Any]]:
    return {order["po_number"]: order for order in installation.json("orders")}


def test_a_clean_order_goes_from_the_mailbox_to_the_erp_untouched(
    installation: Installation, mailbox: PrivateDovecot, outgoing: Mailserver
) -> None:
    pdf = factories.order_pdf("TF-20031", [line("BW-10040", 200), line("BW-20310", 4)])
    mailbox.deliver(factories.order_mail("TF-20031", pdf))
    with installation.serve():
        eventually(lambda: outgoing.received, what="the acknowledgement")
    order = orders(installation)["TF-20031"]
    assert (order["customer_no"], order["lines"], order["total"], order["approved_by"]) == ("C-1001", 2, "115.60", "ordermill")
    acknowledgement = outgoing.received[0].message
    assert acknowledgement["To"] == "buying@tinfield-pumps.example"
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert "TF-20031" in acknowledgement["Subject"]
    assert mailbox.mails() == []
    assert len(mailbox.mails(DONE)) == 1
    sent = erp_messages(installation)
    assert len(sent) == 1
    assert "TF-20031" in json.dumps(sent[0])
    assert installation.run("audit", "verify").returncode == 0
    assert installation.run("blobs", "verify").returncode == 0


def test_the_bytes_of_a_mail_are_kept_as_they_arrived(installation: Installation, mailbox: PrivateDovecot) -> None:
    raw = factories.order_mail("TF-20032", factories.order_pdf("TF-20032", [line("BW-10055", 10)]))
    mailbox.deliver(raw)
    installation.run("poll", "--once")
    installation.run("raw", "--all", "--out", str(installation.folder / "raw"))
    kept = [path.read_bytes() for path in (installation.folder / "raw").iterdir()]
    assert [k.replace(b"\r\n", b"\n") for k in kept] == [raw.replace(b"\r\n", b"\n")]


def test_an_upload_is_stored_once_however_often_it_is_sent(installation: Installation) -> None:
    token = installation.run("token", "add", "shop", "--scope", "intake:write", "--scope", "intake:read").stdout.strip()
    pdf = factories.order_pdf("TF-20033", [line("BW-40222", 1000)])
    with installation.serve() as address, httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
        answers = [
            client.post(f"{address}/api/v1/messages", files={"file": ("o.pdf", pdf)}, headers={"Idempotency-Key": "po-20033"})
            for _ in range(3)
        ]
        assert [a.status_code for a in answers] == [201, 201, 201]
        assert len({a.json()["message_id"] for a in answers}) == 1
        other = client.post(
            f"{address}/api/v1/messages", files={"file": ("o.pdf", b"other")}, headers={"Idempotency-Key": "po-20033"}
        )
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
        message = answers[0].json()["message_id"]
        eventually(
            lambda: client.get(f"{address}/api/v1/messages/{message}").json()["state"] == "read", what="the upload is read"
        )
        assert client.get(f"{address}/api/v1/messages/{message}/raw").content == pdf
        assert client.get(f"{address}/api/v1/orders").status_code == 403
        assert httpx.get(f"{address}/api/v1/cases").status_code == 401


@pytest.mark.browser
def test_a_doubtful_order_is_decided_in_the_browser_and_then_goes_its_way(
    installation: Installation, mailbox: PrivateDovecot, outgoing: Mailserver
) -> None:
    pdf = factories.order_pdf("TF-20034", [line("BW-30717", 6, price="12.40"), line("BW-10040", 100)])
    mailbox.deliver(factories.order_mail("TF-20034", pdf))
    with installation.serve() as address:
        eventually(lambda: installation.json("cases"), what="the case")
        with chromium() as browser:
            page = new_context(browser, address).new_page()
            sign_in(page, "anna", PASSWORD)
            row = page.locator("tbody tr", has_text="TF-20034")
            expect(row).to_contain_text("price 12.40, list price 11.90 (+4.2 %, tolerance 2 %)", timeout=240_000)
            row.click()
            page.wait_for_url("**/cases/*")
            expect(page.locator("#sheet rect").first).to_be_attached()
            questions = page.locator("#rail [data-question]")
            expect(questions).to_have_count(1)
            with page.expect_response(lambda r: r.url.endswith("/corrections")):
                page.keyboard.press("1")
            expect(page.locator("#rail .clean")).to_be_visible()
            page.keyboard.press("a")
            page.wait_for_url(re.compile(r"/\?after=\d+$"))
        eventually(lambda: outgoing.received, what="the acknowledgement")
    order = orders(installation)["TF-20034"]
    assert (order["approved_by"], order["total"]) == ("Anna Example", "113.40")
    text = outgoing.received[0].message.get_body(("plain",))
    assert text is not None
    assert "12.40" in text.get_content()
    assert "11.90" in text.get_content()
    assert len(erp_messages(installation)) == 1
