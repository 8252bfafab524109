"""An order that a colleague passed on counts as the customer's own mail; a stranger's forward does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from matching.service import Matcher
from models.domain.doubt import DoubtCode
from models.domain.messages import Envelope
from models.tables.intake import DocumentRow
from runtime.codec import to_json
from tests.integration.matching.desk import BOLTS, Desk, reading

CUSTOMER = Envelope("PO 7", "Ann", "ann@muster.example")
COLLEAGUE = Envelope("FW: PO 7", "Eve", "eve@ours.example")


@pytest.mark.parametrize(("sender", "forwards", "asks"), [
    ("bob@ours.example", (CUSTOMER,), None), ("bob@ours.example", (COLLEAGUE, CUSTOMER), None),
    ("bob@ours.example", (), "bob@ours.example"), ("x@stranger.example", (CUSTOMER,), "x@stranger.example"),
    ("bob@ours.example", (Envelope(sender_address="x@stranger.example"),),
     "x@stranger.example, whose mail bob@ours.example passed on,"),
])
@pytest.mark.parametrize("where", ["document", "body"])
def test_the_sender_is_who_wrote_the_order(
    desk: Desk, sender: str, forwards: tuple[Envelope, ...], asks: str | None, where: str
) -> None:
    message_id = desk.receive(reading(BOLTS), body=reading(BOLTS, po=None), sender=sender)
    with desk.db.write() as db:
        db.execute(update(DocumentRow).where(DocumentRow.message_id == message_id, DocumentRow.is_body == (where == "body"))
                   .values(forwards=to_json(forwards) if forwards else None))
    (case_id,) = desk.open(message_id)
    policy = replace(desk.policy, own_domains=("ours.example",))
    Matcher(desk.db, desk.index, policy).match_case(case_id)
    doubts = [d.sentence for d in desk.doubts(case_id) if d.code is DoubtCode.UNKNOWN_SENDER]
    assert [asks is not None and asks in d for d in doubts] == ([True] if asks else [])
