"""Order confirmations and delivery notes are kinds of their own

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

BEFORE = ('purchase_order', 'order_change', 'cancellation', 'invoice', 'quote', 'other')
AFTER = ('purchase_order', 'order_change', 'cancellation', 'invoice', 'quote', 'order_confirmation', 'delivery_note', 'other')


def upgrade() -> None:
    _allow(AFTER)


def downgrade() -> None:
    for table in ('cases', 'readings'):
        rows = sa.table(table, sa.column('doc_type', sa.String))
        op.execute(rows.update().where(rows.c.doc_type.in_(('order_confirmation', 'delivery_note'))).values(doc_type='other'))
    _allow(BEFORE)


def _allow(kinds: tuple[str, ...]) -> None:
    words = ", ".join(f"'{name}'" for name in kinds)
    for table in ('cases', 'readings'):
        with op.batch_alter_table(table) as rows:
            rows.drop_constraint(op.f(f'ck_{table}_documenttype'), type_='check')
            rows.create_check_constraint(op.f(f'ck_{table}_documenttype'), f"doc_type IN ({words})")
