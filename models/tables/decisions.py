"""What was decided unseen, what people found when they looked, and the house's policy."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.outcomes import Seen
from models.domain.partners import PriceRule
from models.tables.base import Base, Id, choice


class CaseDecisionRow(Base):
    """What the machine decided about one version of a draft, and on what grounds. `score`: the probability that its least
    sure line is right; None when something else than how sure its lines are was asked about."""

    __tablename__ = "case_decisions"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "version"], ["drafts.case_id", "drafts.version"]),
        Index("ix_case_decisions_customer_at", "customer_id", "at"),
        Index("ix_case_decisions_at", "at"),
        CheckConstraint("share > 0 AND share <= 1", name="share_is_share"),
        CheckConstraint("NOT (is_approved AND is_sampled)", name="sampled_is_looked_at"),
    )

    case_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    is_approved: Mapped[bool]
    is_sampled: Mapped[bool]                                      # would have been approved, and was drawn to be looked at
    score: Mapped[float | None]
    threshold: Mapped[float | None]                               # in force then; None without a target
    share: Mapped[float]                                          # the probability that a person looks at the order
    lines: Mapped[int]
    at: Mapped[datetime]


class LineOutcomeRow(Base):
    """What a person found about one line of a decided draft: all that an order takes of it is right, or not."""

    __tablename__ = "line_outcomes"
    __table_args__ = (
        UniqueConstraint("case_id", "line_key", "seen"),
        Index("ix_line_outcomes_customer", "customer_id", "id"),
        CheckConstraint("share > 0 AND share <= 1", name="share_is_share"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    line_key: Mapped[str] = mapped_column(String(32))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    seen: Mapped[Seen] = mapped_column(choice(Seen))
    is_wrong: Mapped[bool]
    score: Mapped[float]
    share: Mapped[float]
    person: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]


class HousePolicyRow(Base):
    """The house's rules of approval as somebody saved them; the newest row is in force, before the settings."""

    __tablename__ = "house_policies"
    __table_args__ = (
        CheckConstraint("line_confidence >= 0 AND line_confidence <= 1", name="line_confidence_is_share"),
        CheckConstraint("price_tolerance >= 0", name="tolerance_not_negative"),
        CheckConstraint("target_error_rate > 0 AND target_error_rate < 1", name="target_error_rate_is_share"),
        CheckConstraint("sample_share > 0 AND sample_share <= 1", name="sample_share_is_share"),
        CheckConstraint("same_goods_days BETWEEN 0 AND 365", name="same_goods_days_in_range"),
    )

    id: Mapped[Id]
    line_confidence: Mapped[float]
    price_tolerance: Mapped[Decimal]                              # percent
    target_error_rate: Mapped[float | None]                       # None: confident orders go through
    sample_share: Mapped[float]
    two_people_above: Mapped[Decimal | None]                      # order value from which two people must agree; None: never
    price_rule: Mapped[PriceRule | None] = mapped_column(choice(PriceRule))     # this and the next two: None, as the settings say
    takes_successors: Mapped[bool | None]
    same_goods_days: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]
