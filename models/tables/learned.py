"""The ledger of what corrections taught: facts, where they were used, and forms that changed."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.domain.learned import FactState, LessonKind
from models.tables.base import Base, Id, choice


class LearnedFactRow(Base):
    """One thing learned about one customer. `lesson` and `form` are encoded `models.domain.learned` values; an alias holds on any
    form, and its `form` has no marks."""

    __tablename__ = "learned_facts"
    __table_args__ = (
        UniqueConstraint("case_id", "position"), Index("ix_learned_facts_customer_state", "customer_id", "state"),
        Index("ix_learned_facts_replaced_by_id", "replaced_by_id"),
    )

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[LessonKind] = mapped_column(choice(LessonKind))
    field: Mapped[str] = mapped_column(String(32))
    lesson: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    state: Mapped[FactState] = mapped_column(choice(FactState), default=FactState.ACTIVE)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))               # whose correction taught it
    position: Mapped[int]                                                      # among the facts of that case
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]
    changed_by: Mapped[str | None] = mapped_column(String(255))                # who took it back, or brought it back
    changed_at: Mapped[datetime | None]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("learned_facts.id"))   # the newer fact that says otherwise


IN_FORCE = (FactState.ACTIVE, FactState.ON_TRIAL)


@cache
def in_force() -> ColumnElement[bool]:
    """True of the facts that are applied: neither paused nor taken back, nor replaced by one that is not taken back itself."""
    newer = aliased(LearnedFactRow)
    replaced = exists().where(newer.id == LearnedFactRow.replaced_by_id, newer.state.in_(IN_FORCE))
    return LearnedFactRow.state.in_(IN_FORCE) & ~replaced


class LearnedKeyRow(Base):
    """A word by which an alias is found: `key` is made by `matching.aliases`, and is the same for all customers."""

    __tablename__ = "learned_keys"

    key: Mapped[str] = mapped_column(String(72), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("learned_facts.id"), primary_key=True)


class LearnedUseRow(Base):
    """A fact said something about a case; `is_conflict` when a person then said otherwise."""

    __tablename__ = "learned_uses"

    fact_id: Mapped[int] = mapped_column(ForeignKey("learned_facts.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    at: Mapped[datetime]
    is_conflict: Mapped[bool] = mapped_column(default=False)


class LearnedDriftRow(Base):
    """A form that no longer fits what was learned of it. Nothing of the customer is approved unseen until `seen_at`."""

    __tablename__ = "learned_drifts"
    __table_args__ = (
        Index("ix_learned_drifts_customer", "customer_id", "seen_at"),
        CheckConstraint("(seen_at IS NULL) = (seen_by IS NULL)", name="seen_by_somebody"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    sentence: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(255))


class MatchModelRow(Base):
    """Weights of the item matcher that were fitted to this company's decisions; in force until `retired_at`, one at a time."""

    __tablename__ = "match_models"
    __table_args__ = (
        Index("ix_match_models_retired_at", "retired_at"),
        CheckConstraint("(retired_at IS NULL) = (retired_by IS NULL)", name="retired_by_somebody"),
    )

    id: Mapped[Id]
    content: Mapped[str] = mapped_column(Text)          # the model file's text
    figures: Mapped[str] = mapped_column(Text)          # JSON: on how many decisions, and how much better than what it replaced
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]
    retired_by: Mapped[str | None] = mapped_column(String(255))
    retired_at: Mapped[datetime | None]
