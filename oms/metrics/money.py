"""What was ordered, invoiced and credited over a period, in the company's money at the rate each order keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.domain.states import SalesOrderState
from models.tables.billing import CreditMemoRow, InvoiceRow
from models.tables.orders import SalesOrderRow
from oms.orders.company_money import in_company_money

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Turnover:
    """Amounts of a period without taxes, in `currency`. `ordered`: the sum of the lines; `invoiced` and `credited` with charges.
    `converted` False: documents in a currency without a rate, in their own money."""

    currency: str
    ordered: Decimal
    invoiced: Decimal
    credited: Decimal
    converted: bool


def load_turnover(
    db: Session, since: datetime, company_currency: str, counted: Collection[SalesOrderState],
    whose: tuple[ColumnElement[bool], ...],
) -> tuple[Turnover, ...]:
    """One for each money the company had (orders keep what they were converted to), then one for each currency without a rate.
    Rounded once a rate, not a document."""
    o, i, m = SalesOrderRow, InvoiceRow, CreditMemoRow
    sums: dict[tuple[bool, str], dict[str, Decimal]] = defaultdict(
        lambda: dict.fromkeys(("ordered", "invoiced", "credited"), _ZERO))
    for name, amount, row, conditions in (
            ("ordered", o.total, None, (o.created_at >= since, o.state.in_(counted))),
            ("invoiced", i.total - i.tax, i, (i.issued_at >= since,)),
            ("credited", m.total - m.tax, m, (m.issued_at >= since,))):
        query = select(o.currency, o.company_currency, o.exchange_rate, func.sum(amount, type_=o.total.type)).select_from(o)
        if row is not None:
            query = query.join(row, row.order_id == o.id)
        for currency, own, rate, total in db.execute(
                query.where(*conditions, *whose).group_by(o.currency, o.company_currency, o.exchange_rate)):
            converted = total if currency == company_currency else in_company_money(total, rate, own)
            known = currency if currency == company_currency or converted is None else own
            sums[converted is None, known][name] += total if converted is None else converted
    return tuple(Turnover(currency, **found, converted=not alone) for (alone, currency), found in sorted(sums.items()))
