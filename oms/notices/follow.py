"""Customers are told what happened to their orders: a follower of the audit chain that writes letters."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.outbox import Channel, NoticeKind
from models.tables.base import Base
from models.tables.erp import NoticeTemplateRow
from oms.acknowledgement.recipient import Nobody
from oms.events.follow import Event
from oms.letters.ready import Attachment
from oms.notices.compose import OwnWords, compose
from oms.notices.facts import About, gather
from oms.outbox import Outbox
from runtime.log import get_logger

log = get_logger("notices")
Document = Callable[[Session, str], Attachment | None]
"""The PDF that goes with a notice, by the subject's number; stored in the blob store."""
_ORDERS, _CUSTOMERS = (Base.metadata.tables[name] for name in ("sales_orders", "customers"))


class NoticeFollower:
    """Writes a letter for every event customers are told of. `kinds`: which of them this house sends."""

    name = "notices"

    def __init__(
        self, *, company_name: str, kinds: Collection[NoticeKind], documents: dict[NoticeKind, Document] | None = None
    ) -> None:
        self.company_name = company_name
        self.kinds = frozenset(kinds)
        self.documents = documents or {}

    def handle(self, db: Session, event: Event) -> None:
        """Write the letter of one event, if there is one to write and somebody to read it."""
        about = gather(db, event)
        if about is None:
            return
        if isinstance(about, Nobody):
            log.info("notice.nobody", subject=event.subject, code=about.code)
            return
        kind = about.facts.kind
        if kind not in self.kinds:
            return
        document = self.documents[kind](db, event.name) if kind in self.documents else None
        facts = replace(about.facts, attachments=(document,)) if document else about.facts
        ready = compose(facts, company_name=self.company_name, own=_own_words(db, about))
        Outbox(db).add(
            Channel.MAIL, kind, f"notice:{event.seq}", ready, order_id=about.order_id, case_id=about.case_id)


def _own_words(db: Session, about: About) -> OwnWords | None:
    """The house's words: for this customer before those for everybody; in this language only."""
    customer_no = db.execute(
        select(_CUSTOMERS.c.customer_no).join(_ORDERS, _ORDERS.c.customer_id == _CUSTOMERS.c.id)
        .where(_ORDERS.c.id == about.order_id)).scalar_one()
    row = db.execute(
        select(NoticeTemplateRow.subject, NoticeTemplateRow.text).where(
            NoticeTemplateRow.kind == about.facts.kind, NoticeTemplateRow.language == (about.facts.letter.language or "en"),
            NoticeTemplateRow.customer_no.in_(("", customer_no)))
        .order_by(NoticeTemplateRow.customer_no.desc()).limit(1)).one_or_none()
    return OwnWords(row.subject, row.text) if row else None
