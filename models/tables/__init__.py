"""SQLAlchemy rows, a module per noun. Importing this package registers every table on `Base.metadata`."""

from models.tables import (
    audit,
    billing,
    cases,
    decisions,
    desk,
    erp,
    exceptions,
    fulfilment,
    intake,
    inventory,
    items,
    learned,
    orders,
    outbox,
    partners,
    people,
    returns,
    work,
)
from models.tables.base import Base

__all__ = [
    "Base", "audit", "billing", "cases", "decisions", "desk", "erp", "exceptions", "fulfilment", "intake", "inventory", "items",
    "learned", "orders", "outbox", "partners", "people", "returns", "work",
]
