"""Bad input of every kind ends read, refused or quarantined with a code and a sentence; the original stays, the queue moves."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pymupdf
import pytest

from tests import factories
from tests.factories import line
from tests.support.dovecot import PrivateDovecot
from tests.support.installation import Installation, mail_settings
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.dovecot]

GOOD = factories.order_pdf("TF-40001", [line("BW-10040", 50)])


def encrypted() -> bytes:
    with pymupdf.open(stream=GOOD) as document:
        made: bytes = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="o", user_pw="u")
        return made


def no_pages() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def zipped(content: bytes, name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "no-pages.pdf": (no_pages(), "empty_document"),
    "locked.pdf": (encrypted(), "encrypted_document"),
    "noise.pdf": (random.Random(1).randbytes(50_000), "unknown_format"),
    "cut.pdf": (GOOD[: len(GOOD) // 3], ""),
}
"""Content and the code its document must end with ("" = any)."""


def mail_with(name: str, content: bytes) -> bytes:
    raw = factories.order_mail(f"BAD-{name}", None)
    from email import message_from_bytes, policy

    mail = message_from_bytes(raw, policy=policy.default)
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(mail)


def test_nothing_bad_is_lost_and_nothing_good_waits(tmp_path: Path, mailbox: PrivateDovecot, outgoing: Mailserver) -> None:
    installation = Installation(tmp_path, mail_settings(mailbox, outgoing))
    installation.set_up()
    sent = {name: mail_with(name, content) for name, (content, _) in FILES.items()}
    sent["wrong-extension.xlsx"] = mail_with("wrong-extension.xlsx", factories.order_pdf("TF-40002", [line("BW-10055", 7)]))
    sent["deep.zip"] = mail_with("deep.zip", zipped(zipped(zipped(GOOD, "o.pdf"), "b.zip"), "a.zip"))
    sent["empty.pdf"] = mail_with("empty.pdf", b"")
    sent["100-megabytes.pdf"] = mail_with("100-megabytes.pdf", b"%PDF-1.7\n" + b"\0" * 75_000_000)
    sent["no body"] = b"From: buying@tinfield-pumps.example\r\nTo: orders@brackwater.example\r\nSubject: hello\r\n\r\n"
    sent["good.pdf"] = factories.order_mail("TF-40003", factories.order_pdf("TF-40003", [line("BW-20311", 3)]))
    for raw in sent.values():
        mailbox.deliver(raw)
    installation.run("poll", "--once")
    installation.run("sweep")
    messages = installation.json("messages")
    assert len(messages) == len(sent)
    assert {m["state"] for m in messages} <= {"read", "failed", "quarantined", "ignored"}
    for message in messages:
        if message["state"] != "read":
            assert message["code"]
            assert len(message["sentence"]) > 20
    installation.run("raw", "--all", "--out", str(tmp_path / "raw"))
    kept = {path.read_bytes().replace(b"\r\n", b"\n") for path in (tmp_path / "raw").iterdir()}
    assert kept == {raw.replace(b"\r\n", b"\n") for raw in sent.values()}
    placed = {order["po_number"] for order in installation.json("orders")}
    assert {"TF-40001", "TF-40002", "TF-40003"} <= placed
    huge = next(m for m in messages if "100-megabytes" in (m["subject"] or "") or m["size"] > 50 * 2**20)
    assert (huge["state"], huge["code"]) == ("failed", "message_too_large")


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_explained_on_the_command_line(tmp_path: Path, name: str) -> None:
    content, code = FILES[name]
    (tmp_path / name).write_bytes(content)
    orders = Installation(tmp_path, {}).json("read", str(tmp_path / name))
    assert len(orders) == 1
    codes = [problem["code"] for problem in orders[0]["problems"]]
    assert codes
    assert not code or code in codes
    assert all(len(problem["message"]) > 20 for problem in orders[0]["problems"])
