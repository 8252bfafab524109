"""Other rules tried on the cases of the past: each is decided anew from its stored readings and draft, and nothing is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.assemble import resolve
from matching.background import with_background
from matching.cases import Cases
from matching.catalog_index import CatalogIndex
from matching.changes import Change
from matching.facts import Loaded, load_facts
from matching.items_sql import load_items
from matching.model_store import model_in_force
from matching.policy import Policy
from matching.promises import Promises, owner_of
from matching.records import Twin
from matching.replay_diff import CaseChange, Fate, Played, Replayed, difference, tally
from matching.service import judge
from matching.twins import load_twins
from models.domain.draft import Draft
from models.domain.states import CaseState
from models.errors import InputError
from models.tables.cases import CaseRow
from models.tables.intake import MessageKeepingRow
from models.tables.items import ItemRow
from models.tables.partners import CustomerRow
from runtime.db import Database

MOST = 10_000
_NOT_PLAYED = (CaseState.NOT_AN_ORDER, CaseState.MERGED)


class Replayer:
    """Plays cases under the rules in force and under changed ones. Safe to share between threads."""

    def __init__(self, db: Database, index: CatalogIndex, policy: Policy) -> None:
        self.db = db
        self.index = index
        self.policy = policy

    def cases(self, newest: int, customer_no: str | None = None) -> list[int]:
        """The ids of the newest cases that were ever decided, oldest first; those of one customer when its number is given.
        Raises InputError for a customer there is none of."""
        erased = select(MessageKeepingRow.message_id).where(MessageKeepingRow.erased_at.is_not(None))
        stmt = (
            select(CaseRow.id).where(CaseRow.version > 0, CaseRow.state.not_in(_NOT_PLAYED), CaseRow.message_id.not_in(erased))
            .order_by(CaseRow.id.desc()).limit(min(newest, MOST)))
        with self.db.read() as db:
            if customer_no is not None:
                owner = db.execute(select(CustomerRow.id).where(CustomerRow.customer_no == customer_no)).scalar_one_or_none()
                if owner is None:
                    raise InputError(f"There is no customer {customer_no}.", code="unknown_customer")
                stmt = stmt.where(CaseRow.customer_id == owner)
            return list(db.execute(stmt).scalars())[::-1]

    def replay(self, case_ids: Sequence[int], change: Change, tick: Callable[[], None] = lambda: None) -> Replayed:
        """Play the cases as they are and with the change; `tick` is called after each.
        Raises InputError for an alias to an item there is none of."""
        begun = time.monotonic()
        items = self._items(change)
        before: list[Fate] = []
        after: list[Fate] = []
        changes: list[CaseChange] = []
        for case_id in case_ids:
            with self.db.read() as db:
                was, becomes = self._play(db, case_id, change, items)
            before.append(was.fate)
            after.append(becomes.fate)
            if (found := difference(case_id, was, becomes)) is not None:
                changes.append(found)
            tick()
        return Replayed(
            len(case_ids), tally(iter(before)), tally(iter(after)), tuple(changes), time.monotonic() - begun)

    def _items(self, change: Change) -> dict[str, int]:
        """The item ids that aliases lead to, by SKU."""
        skus = set(change.aliases.values())
        with self.db.read() as db:
            found = dict(db.execute(select(ItemRow.sku, ItemRow.id).where(ItemRow.sku.in_(skus))).all()) if skus else {}
        if missing := sorted(skus - set(found)):
            raise InputError(f"There is no item {', '.join(missing)}.", code="unknown_item")
        return found

    def _play(self, db: Session, case_id: int, change: Change, items: dict[str, int]) -> tuple[Played, Played]:
        decided = self._decided(db, case_id)
        loaded = load_facts(db, self.index, self.policy, case_id, decided, rematch=None if change.aliases else ())
        customer = loaded.facts.customer
        policy = Promises(db).in_force(change.of(loaded.policy, customer), case_id, owner_of(customer))
        facts = replace(
            loaded.facts, price_tolerance=policy.price_tolerance, line_confidence=policy.line_confidence,
            price_rule=policy.price_rule, takes_successors=policy.takes_successors, customer=change.customer(customer))
        if change.aliases and facts.customer is not None:
            aliases = {code: items[sku] for code, sku in change.aliases.items()}
            facts = replace(
                facts, part_numbers={**facts.part_numbers, **aliases},
                items={**load_items(db, aliases.values(), facts.customer.customer_id), **facts.items},
                hits={key: {**dict.fromkeys(aliases.values(), 0.0), **hits} for key, hits in facts.hits.items()})
        other = Loaded(loaded.merged, facts, policy)
        return _played(db, case_id, decided, loaded), _played(db, case_id, decided, other)

    def _decided(self, db: Session, case_id: int) -> Draft:
        """The draft as the machine last decided on it before a person set anything."""
        version = Promises(db).decided_version(case_id)
        return Cases(db).draft(case_id, version or 1)


def _played(db: Session, case_id: int, decided: Draft, loaded: Loaded) -> Played:
    draft = resolve(loaded.merged, loaded.facts, model_in_force(db), decided)
    loaded = with_background(db, loaded, draft)
    return Played(draft, judge(draft, loaded, _twins_then(db, case_id, draft, loaded.policy.same_goods_days)))


def _twins_then(db: Session, case_id: int, draft: Draft, same_goods_days: int) -> tuple[Twin, ...]:
    """The twins that were there before the case."""
    twins = load_twins(db, case_id, draft, same_goods_days)
    return tuple(t for t in twins if t.case_id is None or t.case_id < case_id)
