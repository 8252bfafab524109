"""Hostile files by mail and over the API into a running installation: each ends with its reason, no order comes of any, the
originals stay, and good orders go through beside them."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import factories
from tests.factories import line
from tests.support.dovecot import PrivateDovecot
from tests.support.hostile import hostile_files
from tests.support.hostile.mails import attached, multipart, part
from tests.support.hostile.shape import HostileFile
from tests.support.installation import Installation, eventually, mail_settings
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.dovecot, pytest.mark.timeout(600)]

ENDED = {"read", "failed", "quarantined", "ignored"}
LARGEST = 20_000_000
GOOD = 6


def sample() -> list[HostileFile]:
    """Some of every kind: every twelfth file, and every twelfth of the heavy ones."""
    files = hostile_files()
    return [file for file in files if not file.is_heavy][::12] + [file for file in files if file.is_heavy][::12]


def upload(client: httpx.Client, name: str, content: bytes) -> tuple[int, Any]:
    answer = client.post("/api/v1/messages", files={"file": (name, content)})
    return answer.status_code, answer.json()


def test_the_worst_of_files_make_no_order_and_hold_up_nobody(
    tmp_path: Path, mailbox: PrivateDovecot, outgoing: Mailserver,
) -> None:
    settings = mail_settings(mailbox, outgoing) | {"ORDERMILL_SANDBOX_CPU_S": "2", "ORDERMILL_OCR": "none"}
    installation = Installation(tmp_path, settings)
    installation.set_up()
    scopes = ("--scope", "intake:write", "--scope", "intake:read")
    token = installation.run("token", "add", "hostile", *scopes).stdout.strip()
    sent: dict[int, bytes] = {}
    waits: list[float] = []
    mailed = 0
    with installation.serve() as address, httpx.Client(
            base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        files = sample()
        for number, file in enumerate(files):
            content = file.make()
            assert len(content) < LARGEST
            if number % 3 == 0:
                mailed += 1
                mailbox.deliver(multipart(part(b"see attached\r\n", b"Content-Type: text/plain"), attached(
                    content, b'"order.bin"', b"application/octet-stream")))
            status, answer = upload(client, file.file_name, content)
            assert (status, answer.get("code")) in ((201, None), (422, "empty_file")), (file.label, answer)
            if status == 201:
                sent[answer["message_id"]] = content
            if number % (len(files) // GOOD) == 0:
                po_number = f"TF-{60_000 + len(waits)}"
                upload(client, f"{po_number}.pdf", factories.order_pdf(po_number, [line("BW-10040", 20 + number)]))
                begun = time.perf_counter()
                assert client.get("/api/v1/health").status_code == 200
                waits.append(time.perf_counter() - begun)
        arrived = range(1, len(sent) + len(waits) + mailed + 1)

        def has_ended(message_id: int) -> bool:
            return bool(client.get(f"/api/v1/messages/{message_id}").json().get("state") in ENDED)

        for message_id in arrived:
            eventually(lambda: has_ended(message_id), what=f"message {message_id} ended")  # noqa: B023 - used at once
        for message_id, content in sent.items():
            assert client.get(f"/api/v1/messages/{message_id}/raw").content == content
    messages = installation.json("messages")
    for message in messages:
        assert message["state"] in ENDED
        if message["state"] != "read":
            assert message["code"]
            assert message["sentence"].endswith(".")
    assert "quarantined" not in {m["state"] for m in messages}           # nothing killed its worker three times
    installation.run("sweep")
    placed = {order["po_number"] for order in installation.json("orders")}
    assert placed == {f"TF-{60_000 + n}" for n in range(len(waits))}
    print(f"health answered in {1000 * statistics.median(waits):.0f} ms (median) while {len(sent)} hostile files were read")
