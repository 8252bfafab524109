"""Learning aliases from an approved case: loads it, weighs what was said before, and enters what it teaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.alias_keys import keys_of, printed_line
from matching.aliases import BY_CODE, heard
from matching.assemble import is_typed, query_of
from matching.cases import Cases
from matching.facts import envelope_of, load_sources
from matching.learned_sql import AliasBook, load_aliases
from matching.merge import merge
from matching.partners_sql import light_customers, load_customers
from matching.policy import Policy
from matching.teach import Reviewed, Taught, taught_by
from models.domain.draft import Draft
from models.domain.evidence import Found
from models.domain.learned import LessonKind
from models.tables.items import ItemSubstituteRow


@dataclass(frozen=True, slots=True)
class Heard:
    """What an approved case says about the customer's words: what is new, and the facts it agrees with or contradicts."""

    case_id: int
    person: str
    taught: tuple[Taught, ...]
    agreed: frozenset[int]
    contradicted: frozenset[int]


def hear(db: Session, policy: Policy, case_id: int) -> Heard | None:
    """What a case that was approved teaches; None when it has no customer. Reads only. Raises NotFound when nobody did."""
    reviewed = load_reviewed(db, policy, case_id)
    if reviewed is None:
        return None
    agreed, contradicted = _weighed(db, reviewed)
    return Heard(
        case_id, Cases(db).approved_by(case_id), taught_by(reviewed), frozenset(agreed | _shown(reviewed.draft)),
        frozenset(contradicted))


def foreseen(db: Session, policy: Policy, case_id: int) -> tuple[Taught, ...]:
    """The aliases that approving a case as it stands would teach, those that a person declined among them. Reads only."""
    reviewed = load_reviewed(db, policy, case_id)
    book = AliasBook(db, case_id, "")
    return tuple(t for t in taught_by(reviewed) if not book.is_known(t)) if reviewed else ()


def enter(db: Session, heard: Heard) -> list[int]:
    """Enter it in the ledger; returns the ids of new facts. Doing it again enters nothing twice."""
    book = AliasBook(db, heard.case_id, heard.person)
    made = [fact_id for taught in heard.taught if (fact_id := book.enter(taught)) is not None]
    book.agree(heard.agreed)
    return made


def load_reviewed(db: Session, policy: Policy, case_id: int) -> Reviewed | None:
    """An approved case as it teaches; None when it has no customer."""
    draft = Cases(db).draft(case_id)
    customer = next(iter(load_customers(db, [draft.customer.value.customer_id] if draft.customer else [])), None)
    if customer is None:
        return None
    sender, _ = envelope_of(db, case_id, policy)
    domains = frozenset(c.email_domain for c in light_customers(db) if c.email_domain)
    candidates = {m.item_id for line in draft.lines for m in line.item_candidates}
    return Reviewed(
        draft, merge(load_sources(db, case_id)), tuple(Cases(db).doubts(case_id)), customer, sender, domains,
        _substitutes(db, candidates), policy.for_customer(customer).line_confidence)


def _substitutes(db: Session, items: Iterable[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    s = ItemSubstituteRow
    for item_id, substitute_id in db.execute(select(s.item_id, s.substitute_id).where(s.item_id.in_(sorted(items)))):
        found.setdefault(item_id, set()).add(substitute_id)
    return found


def _shown(draft: Draft) -> set[int]:
    """The facts that gave a value which a person let stand."""
    values: list[Found[object] | None] = [draft.customer, draft.ship_to]        # type: ignore[list-item]
    values += [line.item for line in draft.lines]                               # type: ignore[misc]
    return {v.evidence.fact_id for v in values if v and v.evidence.fact_id}


def _weighed(db: Session, reviewed: Reviewed) -> tuple[set[int], set[int]]:
    """(aliases that the items of the order agree with, aliases that answered for a line and that a person overruled)."""
    draft = reviewed.draft
    currency = draft.currency.value if draft.currency else None
    lines = [
        (line.item.value.sku, is_typed(line.item), printed_line(query_of(line, reviewed.merged.printed.get(line.key), currency)))
        for line in draft.lines if line.item]
    keys = {key for _, _, said in lines for key in keys_of(LessonKind.ITEM, said)}
    aliases = load_aliases(db, keys, reviewed.customer.customer_id)
    agreed: set[int] = set()
    contradicted: set[int] = set()
    for sku, typed, said in lines:
        nearness, nearest = heard(said, aliases)
        for alias in nearest:
            if alias.lesson.value == sku:
                agreed.add(alias.fact_id)
            elif typed and nearness >= BY_CODE:
                contradicted.add(alias.fact_id)
    return agreed, contradicted
