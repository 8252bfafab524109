"""What people keep about an order without changing it: notes, tags, how urgent it is."""

from __future__ import annotations

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models.errors import InputError
from models.tables.base import Base
from oms.fulfilment.lines import lock_order
from oms.orders.holds import worded
from oms.orders.moves import set_order
from oms.sql import changed, insert_once
from runtime.audit import record
from runtime.clock import now

LONGEST_TAG = 64
HIGHEST_PRIORITY = 9
_ORDERS, _NOTES, _TAGS = (Base.metadata.tables[name] for name in ("sales_orders", "order_notes", "order_tags"))


def add_note(db: Session, order_id: int, *, text: str, author: str) -> int:
    """Keep an internal note; returns its id. Raises NotFound, InputError for no words."""
    text = worded(text, "what is to be noted")
    lock_order(db, order_id)
    return int(db.execute(insert(_NOTES).returning(_NOTES.c.id), {
        "order_id": order_id, "text": text, "author": author, "at": now()}).scalar_one())


def tag(db: Session, order_id: int, word: str) -> bool:
    """Put a word on an order to find it by; False: it was there already. Raises NotFound, InputError."""
    lock_order(db, order_id)
    put = insert_once(db, _TAGS, returning=_TAGS.c.order_id)
    return db.execute(put, {"order_id": order_id, "tag": clean_tag(word)}).first() is not None


def untag(db: Session, order_id: int, word: str) -> bool:
    """Take a word off. False: it was not there."""
    return changed(db, delete(_TAGS).where(_TAGS.c.order_id == order_id, _TAGS.c.tag == clean_tag(word))) == 1


def tags_of(db: Session, order_id: int) -> list[str]:
    """The order's tags, by name."""
    return list(db.execute(select(_TAGS.c.tag).where(_TAGS.c.order_id == order_id).order_by(_TAGS.c.tag)).scalars())


def clean_tag(word: str) -> str:
    """A tag as it is kept: lower case, single blanks. Raises InputError for none or a long one."""
    word = " ".join(word.split()).lower()
    if not word or len(word) > LONGEST_TAG:
        raise InputError(f"A tag has 1 to {LONGEST_TAG} characters.", code="bad_tag")
    return word


def set_priority(db: Session, order_id: int, priority: int, *, user: str) -> None:
    """How urgent an order is: 0 (as any) to 9. Raises NotFound, InputError."""
    if not 0 <= priority <= HIGHEST_PRIORITY:
        raise InputError(f"The priority is a number from 0 to {HIGHEST_PRIORITY}.", code="bad_priority")
    order = lock_order(db, order_id)
    if order.priority != priority:
        set_order(db, order, _ORDERS.c.priority == order.priority, priority=priority)
        record(db, actor=user, action="order.prioritised", subject=f"order:{order.order_no}", content={
            "before": order.priority, "after": priority})
