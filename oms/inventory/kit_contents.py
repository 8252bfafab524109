"""What is in kits: read, written from a table or by hand, and refused where stock or open orders stand in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.domain.states import SalesOrderState
from models.domain.stock import Tracking
from models.errors import InputError
from models.tables.base import Base
from oms.imports import attempt
from runtime.db import Database
from runtime.imports import UNWATCHED, Change, ImportReport, Outcome, Tally, Watch, opened, parse_rows, record_edit, shown
from runtime.tabular import Row, decimal_of, need

_ITEMS, _COMPONENTS, _LEVELS, _LINES, _ORDERS = (
    Base.metadata.tables[name] for name in ("items", "kit_components", "stock_levels", "order_lines", "sales_orders"))
_OPEN = (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)


@dataclass(frozen=True, slots=True)
class KitPart:
    """So many base units of a component in one kit."""

    item_id: int
    sku: str
    description: str
    quantity: Decimal
    base_uom: str


def parts_of_kits(db: Session, kit_ids: Iterable[int]) -> dict[int, Sequence[KitPart]]:
    """What is in those of the items that are kits, by SKU of the component."""
    kits, c, i = _ITEMS.alias(), _COMPONENTS.c, _ITEMS.c
    found: dict[int, list[KitPart]] = defaultdict(list)
    for kit, *part in db.execute(
            select(c.kit_id, i.id, i.sku, i.description, c.quantity, i.base_uom).join(_ITEMS, i.id == c.component_id)
            .join(kits, kits.c.id == c.kit_id).where(c.kit_id.in_(sorted(set(kit_ids))), kits.c.is_kit).order_by(i.sku)):
        found[kit].append(KitPart(*part))
    return dict(found)


def parts_of_kit(db: Session, sku: str) -> Sequence[KitPart]:
    """What is in one kit; nothing for an item that is none."""
    kit = db.execute(select(_ITEMS.c.id).where(_ITEMS.c.sku == sku)).scalar_one_or_none()
    return parts_of_kits(db, [kit]).get(kit, ()) if kit is not None else ()


def edit_kit(db: Session, kit: str, parts: Mapping[str, Decimal], *, actor: str) -> None:
    """Make these the parts of a kit, base units of each in one kit by SKU; with none it is an item like others again. The audit
    keeps each change. Raises InputError."""
    for sku, quantity in parts.items():
        _check_part(kit, sku, quantity)
    _, changes = _store_kit(db, kit, parts)
    if changes:
        record_edit(db, actor, "kits", f"item:{kit}", changes)


def import_kits(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns: kit, component, quantity (base units in one kit). The file is the whole truth about the kits it names; a kit of
    which a row is refused stays as it is."""
    tally = Tally(watch)
    _, rest = opened(rows, "kit", "component", "quantity")
    wanted: dict[str, dict[str, Decimal]] = defaultdict(dict)
    lines: dict[str, int] = {}
    for line, (kit, component, quantity) in parse_rows(rest, _component, tally):
        lines.setdefault(kit, line)
        wanted[kit][component] = wanted[kit].get(component, Decimal(0)) + quantity
    for kit, parts in wanted.items():
        attempt(db, tally, lines[kit], partial(_import_kit, kit=kit, parts=parts, tally=tally))
    return tally.finish(db, "kits")


def _component(row: Row) -> tuple[str, str, Decimal]:
    found = need(row, "kit", longest=64), need(row, "component", longest=64), decimal_of(row, "quantity")
    _check_part(*found)
    return found


def _check_part(kit: str, sku: str, quantity: Decimal) -> None:
    if sku == kit or quantity <= 0:
        raise InputError(f"{kit} needs other items, each with a quantity above zero.", code="bad_component")


def _import_kit(db: Session, *, kit: str, parts: Mapping[str, Decimal], tally: Tally) -> Outcome:
    outcome, changes = _store_kit(db, kit, parts)
    for x in changes:
        tally.note(x.outcome, x.key, x.field, x.before, x.after)
    return outcome


def _store_kit(db: Session, kit: str, parts: Mapping[str, Decimal]) -> tuple[Outcome, list[Change]]:
    items = {row.sku: row for row in db.execute(select(_ITEMS).where(_ITEMS.c.sku.in_([kit, *parts])))}
    unknown = [sku for sku in (kit, *parts) if sku not in items]
    if unknown:
        raise InputError(f"There is no item {', '.join(unknown)}; import items first.", code="unknown_item")
    nested = [sku for sku in parts if items[sku].is_kit]
    if nested:
        raise InputError(f"{', '.join(nested)} is a kit itself; name what is in it.", code="nested_kit")
    row, c = items[kit], _COMPONENTS.c
    before = {x.sku: x.quantity for x in parts_of_kits(db, [row.id]).get(row.id, ())}
    if before == parts:
        return Outcome.UNCHANGED, []
    _check_kit(db, kit, row)
    db.execute(update(_ITEMS).where(_ITEMS.c.id == row.id).values(is_kit=bool(parts)))
    db.execute(delete(_COMPONENTS).where(c.kit_id == row.id))
    if parts:
        db.execute(insert(_COMPONENTS), [
            {"kit_id": row.id, "component_id": items[sku].id, "quantity": q} for sku, q in sorted(parts.items())])
    outcome = Outcome.CHANGED if before else Outcome.ADDED
    changes = [
        Change(outcome, f"{kit} {sku}", "quantity", shown(before.get(sku)), shown(quantity))
        for sku, quantity in parts.items() if before.get(sku) != quantity]
    return outcome, changes + [Change(Outcome.REMOVED, f"{kit} {sku}") for sku in before if sku not in parts]


def _check_kit(db: Session, kit: str, row: Any) -> None:
    if row.tracking is not Tracking.NONE or db.execute(
            select(_LEVELS.c.item_id).where(_LEVELS.c.item_id == row.id, _LEVELS.c.on_hand > 0).limit(1)).first():
        raise InputError(f"{kit} has stock of its own; count it to nothing before it is made a kit.", code="has_stock")
    if db.execute(select(_COMPONENTS.c.kit_id).where(_COMPONENTS.c.component_id == row.id).limit(1)).first():
        raise InputError(f"{kit} is in a kit itself; take it out there before it is made one.", code="nested_kit")
    is_ordered = db.execute(
        select(_LINES.c.id).join(_ORDERS, _ORDERS.c.id == _LINES.c.order_id)
        .where(_LINES.c.item_id == row.id, _ORDERS.c.state.in_(_OPEN)).limit(1)).first()
    if is_ordered:
        raise InputError(f"Open orders want {kit}; what is in it can change when they have left.", code="kit_in_use")
