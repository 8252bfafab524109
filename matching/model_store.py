"""The matcher's model in force, kept in the database; without one, or after it was retired, the one that comes with Ordermill."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching.features import FEATURES
from matching.model import Model, default_model, model_of
from models.tables.learned import MatchModelRow
from runtime import audit
from runtime.clock import now


def model_in_force(db: Session) -> Model:
    """The company's own model; the one that comes with Ordermill when there is none, or when it was fitted to other features."""
    stmt = select(MatchModelRow.content).where(MatchModelRow.retired_at.is_(None)).order_by(MatchModelRow.id.desc()).limit(1)
    content = db.execute(stmt).scalar_one_or_none()
    own = _parsed(content) if content else None
    return own if own and own.weights.keys() == set(FEATURES) else default_model()


_parsed = lru_cache(maxsize=4)(model_of)


def keep_model(db: Session, model: Model, figures: str, *, person: str) -> int:
    """Put a model in force in place of the one that was; `figures` is JSON that says how good it is. Returns its id."""
    retire_model(db, person=person)
    row = MatchModelRow(content=model.to_json(), figures=figures, made_by=person, made_at=now())
    db.add(row)
    db.flush()
    audit.record(db, actor=person, action="match_model.taken", subject=f"match_model:{row.id}", content={})
    return row.id


def retire_model(db: Session, *, person: str) -> bool:
    """Go back to the model that comes with Ordermill; returns whether there was another in force."""
    ids = list(db.execute(select(MatchModelRow.id).where(MatchModelRow.retired_at.is_(None))).scalars())
    db.execute(
        update(MatchModelRow).where(MatchModelRow.id.in_(ids)).values(retired_by=person, retired_at=now()))
    if ids:
        audit.record(db, actor=person, action="match_model.retired", subject=f"match_model:{ids[-1]}", content={})
    return bool(ids)
