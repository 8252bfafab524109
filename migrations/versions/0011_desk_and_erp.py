"""Coordinates of a location are whole; what the desk and the ERP learned since

Revision ID: 0011
Revises: 0010
"""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.domain.money import amount_kept
from models.tables.base import Exact, Instant

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
NEW_COLUMNS: dict[str, tuple[tuple[str, Any, Any], ...]] = {      # name, type, what rows that were there get (None: nothing)
    'house_policies': (
        ('price_rule', sa.String(length=32), None), ('takes_successors', sa.Boolean(), None),
        ('same_goods_days', sa.Integer(), None)),
    'messages': (('recipient_name', sa.Text(), None), ('recipient_address', sa.String(length=320), None)),
}
NEW_CHECKS = {
    ('locations', 'whole_coordinates'): '(latitude IS NULL) = (longitude IS NULL)',
    ('house_policies', 'pricerule'): "price_rule IN ('ask', 'ours', 'theirs')",
    ('house_policies', 'same_goods_days_in_range'): 'same_goods_days BETWEEN 0 AND 365',
}
NEW_INDEXES: dict[str, tuple[str, tuple[str, ...]]] = {            # name: table, columns
    'ix_sales_orders_source_id': ('sales_orders', ('source', 'id')),
}


def upgrade() -> None:
    op.execute(sa.text(                                            # half a place is no place
        'UPDATE locations SET latitude = NULL, longitude = NULL WHERE (latitude IS NULL) <> (longitude IS NULL)'))
    op.execute(sa.text("DELETE FROM idempotency_keys WHERE scope LIKE 'webhooks:%'"))      # answers that held a secret
    for table, columns in NEW_COLUMNS.items():
        _add(table, columns)
    for (table, name), rule in NEW_CHECKS.items():
        with op.batch_alter_table(table) as rows:
            rows.create_check_constraint(op.f(f'ck_{table}_{name}'), rule)
    for name, (table, columns) in NEW_INDEXES.items():
        op.create_index(name, table, list(columns))
    _totals(amount_kept)
    op.create_table(
        'outbox_warnings',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('outbox_id', ID, nullable=False),
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('raised_at', Instant(timezone=True), nullable=False),
        sa.Column('confirmed_by', sa.String(length=255), nullable=True),
        sa.Column('confirmed_at', Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            '(confirmed_by IS NULL) = (confirmed_at IS NULL)', name=op.f('ck_outbox_warnings_confirmed_by_somebody')),
        sa.ForeignKeyConstraint(['outbox_id'], ['outbox.id'], name=op.f('fk_outbox_warnings_outbox_id_outbox')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_warnings')),
    )
    op.create_index('ix_outbox_warnings_outbox_id', 'outbox_warnings', ['outbox_id'])
    op.create_table(
        'item_forecasts',
        sa.Column('item_id', ID, autoincrement=False, nullable=False),
        sa.Column('week', sa.Date(), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_item_forecasts_item_id_items')),
        sa.PrimaryKeyConstraint('item_id', name=op.f('pk_item_forecasts')),
    )


def _totals(kept: Callable[[Decimal, Decimal, Decimal, str], Decimal]) -> None:
    """Set the totals of the orders of which something was cancelled to what `kept` says of their lines."""
    orders = sa.table('sales_orders', sa.column('id', ID), sa.column('currency', sa.String()), sa.column('total', Exact()))
    lines = sa.table('order_lines', sa.column('order_id', ID), *(
        sa.column(name, Exact()) for name in ('amount', 'base_quantity', 'cancelled')))
    lessened = sa.select(lines.c.order_id).where(lines.c.cancelled > 0)
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for order_id, *line in op.get_bind().execute(
            sa.select(lines.c.order_id, lines.c.amount, lines.c.base_quantity, lines.c.cancelled, orders.c.currency)
            .join(orders, orders.c.id == lines.c.order_id).where(lines.c.order_id.in_(lessened))):
        totals[order_id] += kept(*line)
    if totals:
        op.get_bind().execute(
            sa.update(orders).where(orders.c.id == sa.bindparam('order')).values(total=sa.bindparam('sum', type_=Exact())),
            [{'order': order_id, 'sum': total} for order_id, total in totals.items()])


def downgrade() -> None:
    _totals(lambda amount, *_: amount)
    op.drop_table('item_forecasts')
    op.drop_table('outbox_warnings')
    for name, (table, _) in NEW_INDEXES.items():
        op.drop_index(name, table)
    for table, name in NEW_CHECKS:
        with op.batch_alter_table(table) as rows:
            rows.drop_constraint(op.f(f'ck_{table}_{name}'), type_='check')
    for table, columns in NEW_COLUMNS.items():
        with op.batch_alter_table(table) as rows:
            for name, _, _ in columns:
                rows.drop_column(name)


def _add(table: str, columns: tuple[tuple[str, Any, Any], ...]) -> None:
    with op.batch_alter_table(table) as rows:
        for name, kind, default in columns:
            rows.add_column(sa.Column(name, kind, nullable=default is None, server_default=default))
    with op.batch_alter_table(table) as rows:
        for name, kind, default in columns:
            if default is not None:
                rows.alter_column(name, server_default=None, existing_type=kind, existing_nullable=False)
