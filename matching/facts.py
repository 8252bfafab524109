"""Loads what building a draft needs. The one place where matching reads the database before it thinks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from matching.alias_keys import keys_of, printed_line, printed_sender, printed_text, printed_unit
from matching.aliases import senders_and_names
from matching.assemble import LIKELY, is_typed, query_of
from matching.candidates import retrieve
from matching.catalog_index import CatalogIndex
from matching.customer import CustomerClues, clues_of, rank_customers
from matching.identify import look_up_codes
from matching.items_sql import items_by_code, items_by_sku, load_items, part_numbers, with_successors
from matching.learned_sql import load_aliases, users_of_form
from matching.merge import Merged, merge
from matching.partners_sql import LightCustomer, light_customers, load_customers, shortlist
from matching.policy import Policy
from matching.promises import Promises, owner_of
from matching.records import CustomerRecord, Facts, LineQuery, Sender, Source
from matching.usual import usual_items
from models.domain.codes import fold_code
from models.domain.draft import CustomerMatch, Draft
from models.domain.learned import Alias, LessonKind
from models.domain.messages import Envelope, author
from models.domain.reading import Reading
from models.errors import InputError
from models.tables.cases import CaseReadingRow, CaseRow
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from models.tables.learned import LearnedDriftRow
from runtime.codec import from_json
from runtime.own_mail import own_domains


@dataclass(frozen=True, slots=True)
class Loaded:
    """The merged readings of a case, the facts about them, and the policy in force for its customer."""

    merged: Merged
    facts: Facts
    policy: Policy


def likely_customer(db: Session, policy: Policy, case_id: int) -> int | None:
    """The id of the customer whose order a case most likely is, before anything is matched; None when nobody is likely enough."""
    sources = load_sources(db, case_id)
    sender, _ = envelope_of(db, case_id, policy)
    _, customer, _ = _customer(db, sources, sender, light_customers(db), None)
    return customer.customer_id if customer else None


def likely_sender(db: Session, policy: Policy, message_id: int) -> int | None:
    """The id of the customer who most likely sent a message that opened no case; None when nobody is likely enough."""
    message = db.get_one(MessageRow, message_id)
    rows = db.execute(
        select(ReadingRow, DocumentRow).join(DocumentRow, DocumentRow.id == ReadingRow.document_id)
        .where(DocumentRow.message_id == message_id).order_by(ReadingRow.id)).all()
    sources = [Source(doc.id, _decoded(reading.content), doc.is_body, _label(doc)) for reading, doc in rows]
    letters = [letter for _, doc in rows if doc.forwards for letter in from_json(tuple[Envelope, ...], doc.forwards)]
    sender = _written_by(message, letters, own_domains(db, policy.own_domains))
    _, customer, _ = _customer(db, sources, sender, light_customers(db), None)
    return customer.customer_id if customer else None


def load_sources(db: Session, case_id: int) -> list[Source]:
    """The readings that feed a case. Raises InputError when there are none."""
    rows = db.execute(
        select(ReadingRow, DocumentRow).join(CaseReadingRow, CaseReadingRow.reading_id == ReadingRow.id)
        .join(DocumentRow, DocumentRow.id == ReadingRow.document_id)
        .where(CaseReadingRow.case_id == case_id).order_by(ReadingRow.id)).all()
    if not rows:
        raise InputError(f"Case {case_id} has no reading; read its message again.", code="nothing_read")
    return [
        Source(doc.id, _decoded(reading.content), doc.is_body, _label(doc)) for reading, doc in rows]


@lru_cache(maxsize=16)
def _decoded(content: str) -> Reading:
    """A stored reading: a case that is worked on asks for the same ones after every change."""
    return from_json(Reading, content)


def _label(document: DocumentRow) -> str:
    return "the mail" if document.is_body else document.name or f"document {document.id}"


def load_facts(
    db: Session, index: CatalogIndex, policy: Policy, case_id: int, previous: Draft | None = None, *,
    rematch: Collection[str] | None = None,
) -> Loaded:
    """Everything for one case. `previous` is the draft to go on from; only the lines in `rematch` (None: all) look for items."""
    policy = Promises(db).house(policy)
    sources = load_sources(db, case_id)
    merged = merge(sources)
    sender, on = envelope_of(db, case_id, policy)
    everybody = light_customers(db)
    ranked, customer, aliases = _customer(db, sources, sender, everybody, previous)
    policy = policy.for_customer(customer) if customer else policy
    policy = Promises(db).in_force(policy, case_id, owner_of(customer))
    facts = Facts(
        on=on, house_currency=policy.currency, price_tolerance=policy.price_tolerance, sender=sender,
        line_confidence=policy.line_confidence,
        known_domains=frozenset(c.email_domain for c in everybody if c.email_domain), customers=ranked, customer=customer,
        aliases=aliases, changed_form=_changed_form(db, customer, case_id), price_rule=policy.price_rule,
        takes_successors=policy.takes_successors)
    return Loaded(merged, _with_items(db, index, facts, merged, previous or merged.draft, rematch, case_id), policy)


def _changed_form(db: Session, customer: CustomerRecord | None, case_id: int) -> str | None:
    """What a person must look at first: this case's own changed form, else another of the customer's."""
    if customer is None:
        return None
    rows = db.execute(
        select(LearnedDriftRow).where(LearnedDriftRow.customer_id == customer.customer_id, LearnedDriftRow.seen_at.is_(None))
        .order_by(LearnedDriftRow.case_id)).scalars().all()
    own = next((row.sentence for row in rows if row.case_id == case_id), None)
    if own or not rows:
        return own
    return (
        f"A form of {customer.name} has changed (case {rows[0].case_id}) and nobody has looked at it yet. "
        "Look at that case first; until then no order of theirs is approved unseen.")


def envelope_of(db: Session, case_id: int, policy: Policy) -> tuple[Sender, date]:
    """(who wrote the order of a case, the day it came)."""
    message = db.execute(
        select(MessageRow).join(CaseRow, CaseRow.message_id == MessageRow.id).where(CaseRow.id == case_id)).scalar_one()
    # The date in the mail's header is the sender's claim; prices follow the day the mail came.
    return _written_by(message, _forwards(db, case_id), own_domains(db, policy.own_domains)), message.received_at.date()


def _written_by(message: MessageRow, letters: Sequence[Envelope], ours: Collection[str]) -> Sender:
    sent = Envelope(message.subject, message.sender_name, message.sender_address)
    written = author(sent, letters, ours)
    passed_on_by = None if written is sent else message.sender_address
    reply_to = message.reply_to if written is sent else None
    authentication = message.authentication if written is sent else None
    return Sender(written.sender_address, written.sender_name, passed_on_by, reply_to, authentication)


def _forwards(db: Session, case_id: int) -> list[Envelope]:
    """The mails that the documents of a case, or the mail bodies beside them, were passed on in."""
    fed = (
        select(DocumentRow.id, DocumentRow.message_id, DocumentRow.parent_position)
        .join(ReadingRow, ReadingRow.document_id == DocumentRow.id)
        .join(CaseReadingRow, CaseReadingRow.reading_id == ReadingRow.id).where(CaseReadingRow.case_id == case_id).subquery())
    beside = and_(
        DocumentRow.is_body, DocumentRow.message_id == fed.c.message_id,
        DocumentRow.parent_position.is_not_distinct_from(fed.c.parent_position))
    rows = db.execute(
        select(DocumentRow.id, DocumentRow.forwards).join(fed, or_(DocumentRow.id == fed.c.id, beside))
        .where(DocumentRow.forwards.is_not(None)).order_by(DocumentRow.id)).all()
    texts = {id_: text for id_, text in rows if text}
    return [letter for text in texts.values() for letter in from_json(tuple[Envelope, ...], text)]


def _customer(
    db: Session, sources: Sequence[Source], sender: Sender, everybody: Sequence[LightCustomer], previous: Draft | None
) -> tuple[tuple[CustomerMatch, ...], CustomerRecord | None, dict[str, tuple[Alias, ...]]]:
    """(customers ranked, the one it is, what people said about who writes and is named here)."""
    active = {c.customer_id for c in everybody}
    forms = {source.reading.form for source in sources if source.reading.form}
    known = frozenset(id_ for form in forms for id_ in users_of_form(db, form)) & active
    clues = replace(clues_of(sources, sender), known_form=known)
    said = _about_people(db, clues, everybody)
    people = [alias for aliases in said.values() for alias in aliases]
    records = [
        _as_said(r, people) for r in load_customers(db, shortlist(db, clues, everybody) | {a.customer_id for a in people})]
    ranked = rank_customers(clues, records)
    if previous is not None and previous.customer is not None and is_typed(previous.customer):
        chosen: int | None = previous.customer.value.customer_id
    else:
        chosen = ranked[0].customer_id if ranked and ranked[0].probability >= LIKELY else None
    found = next((r for r in records if r.customer_id == chosen), None)
    if found is None and chosen is not None:
        found = next(iter(load_customers(db, [chosen])), None)
    return ranked, found, said


def _about_people(
    db: Session, clues: CustomerClues, everybody: Sequence[LightCustomer]
) -> dict[str, tuple[Alias, ...]]:
    keys = [key for name in clues.names for key in keys_of(LessonKind.CUSTOMER, printed_text(name))]
    keys += keys_of(LessonKind.SENDER, printed_sender(clues.sender)) if clues.sender else []
    active = {c.customer_id for c in everybody}
    return {key: tuple(a for a in said if a.customer_id in active) for key, said in load_aliases(db, keys).items()}


def _as_said(record: CustomerRecord, aliases: Sequence[Alias]) -> CustomerRecord:
    senders, names = senders_and_names(aliases, record.customer_id)
    return replace(record, emails=record.emails | senders, other_names=names)


def _with_items(
    db: Session, index: CatalogIndex, facts: Facts, merged: Merged, draft: Draft, rematch: Collection[str] | None, case_id: int
) -> Facts:
    currency = draft.currency.value if draft.currency else facts.customer.currency if facts.customer else None
    queries = {
        line.key: query_of(line, merged.printed.get(line.key), currency) for line in draft.lines
        if rematch is None or line.key in rematch}
    customer_id = facts.customer.customer_id if facts.customer else None
    said = load_aliases(db, _alias_keys(queries.values(), draft, merged), customer_id) if customer_id is not None else {}
    codes = {code for query in queries.values() for code in look_up_codes(query)}
    known, own = items_by_code(db, codes), part_numbers(db, customer_id, codes)
    hits = {key: _hits(index, query, known, own) for key, query in queries.items()}
    chosen = {line.item.value.item_id for line in draft.lines if line.item}
    meant = items_by_sku(db, {a.lesson.value for aliases in said.values() for a in aliases if a.lesson.kind is LessonKind.ITEM})
    items = with_successors(db, load_items(db, chosen.union(meant.values(), *hits.values()), customer_id), customer_id)
    usual = usual_items(db, customer_id, case_id) if customer_id is not None and queries else frozenset()
    items |= {i: replace(items[i], is_usual=True) for i in usual & items.keys()}
    return replace(facts, items=items, hits=hits, part_numbers=own, aliases={**facts.aliases, **said}, meant=meant)


def _alias_keys(queries: Iterable[LineQuery], draft: Draft, merged: Merged) -> set[str]:
    """Everything on an order about which people may have said what it means."""
    keys = {key for query in queries for key in keys_of(LessonKind.ITEM, printed_line(query))}
    if draft.ship_to_text:
        keys.update(keys_of(LessonKind.SHIP_TO, printed_text(draft.ship_to_text.value)))
    units = {line.uom.value for line in merged.printed.values() if line.uom}
    return keys.union(*(keys_of(LessonKind.UNIT, printed_unit(unit)) for unit in units))


def _hits(
    index: CatalogIndex, query: LineQuery, known: Mapping[str, Iterable[int]], own: Mapping[str, int]
) -> dict[int, float]:
    """Relevance by item id of everything in question for a line."""
    folded = [fold_code(code) for code in look_up_codes(query)]
    named = {i for code in folded for i in known.get(code, ())} | {own[code] for code in folded if code in own}
    return retrieve(index, query, named)
