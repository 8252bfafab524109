"""kill -9 at each named point from the mailbox to the acknowledgement: every mail ends once, in one state, as one order.

The real commands run as processes: `poll --once` and `sweep`, killed at the point, then run again until nothing is left.
`ORDERMILL_TORTURE_KILLS` says how often at each point (2 in CI, 5 for the full run).
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from runtime.faults import POINTS
from tests import factories
from tests.factories import line
from tests.support.dovecot import DONE, PrivateDovecot
from tests.support.installation import Installation, mail_settings
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.torture, pytest.mark.dovecot, pytest.mark.timeout(1200)]

KILLS = int(os.environ.get("ORDERMILL_TORTURE_KILLS", "1"))
KILLED = -9


def work_until_quiet(installation: Installation) -> None:
    installation.run("poll", "--once")
    installation.run("sweep")


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_every_order_ends_once_wherever_the_process_is_killed(
    kind: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    mailbox: PrivateDovecot,
    outgoing: Mailserver,
) -> None:
    env = mail_settings(mailbox, outgoing)
    if kind == "postgres":
        env["ORDERMILL_DATABASE_URL"] = request.getfixturevalue("postgres").create_database()
    installation = Installation(tmp_path, env)
    installation.set_up()
    sent: list[str] = []
    survived: list[str] = []
    for point in POINTS:
        for n in range(1, KILLS + 1):
            for _ in range(n):  # so that the n-th passing is met
                sent.append(f"TF-{30000 + len(sent)}")
                # Quantities differ from order to order: equal orders under new numbers are another test's matter.
                pdf = factories.order_pdf(sent[-1], [line("BW-10040", 100 + len(sent)), line("BW-30717", 2)])
                mailbox.deliver(factories.order_mail(sent[-1], pdf))
            codes = [
                installation.run(*command, check=False, fault=f"{point}:{n}").returncode
                for command in (("poll", "--once"), ("sweep",))
            ]
            if KILLED not in codes:
                survived.append(f"{point}:{n} {codes}")
            work_until_quiet(installation)
    assert survived == [], "points at which nothing was killed"
    assert len(mailbox.mails()) == 0
    assert len(mailbox.mails(DONE)) == len(sent)
    assert Counter(m["state"] for m in installation.json("messages")) == {"read": len(sent)}
    assert Counter(c["state"] for c in installation.json("cases")) == {"handed_over": len(sent)}
    assert Counter(o["po_number"] for o in installation.json("orders")) == Counter(sent)
    told = [json.loads(text) for text in (installation.data / "erp.jsonl").read_text().splitlines()]
    assert Counter(json.dumps(t).count('"po_number"') > 0 for t in told) == {True: len(sent)}
    assert len({t["key"] for t in told}) == len(told)
    acknowledged = Counter(r.message["Subject"] for r in outgoing.received)
    assert len(outgoing.received) == len(sent)
    assert set(acknowledged.values()) == {1}
    assert installation.run("audit", "verify").returncode == 0
    assert installation.run("blobs", "verify").returncode == 0
