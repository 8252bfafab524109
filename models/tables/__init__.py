"""SQLAlchemy rows, a module per noun. Importing this package registers every table on `Base.metadata`."""

from models.tables import audit, cases, decisions, intake, inventory, items, learned, orders, outbox, partners, people, work
from models.tables.base import Base

__all__ = [
    "Base", "audit", "cases", "decisions", "intake", "inventory", "items", "learned", "orders", "outbox", "partners", "people",
    "work",
]
