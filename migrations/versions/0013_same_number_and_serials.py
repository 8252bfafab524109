"""Orders with the same number are found whatever its letters' case, and a serial number is in one place only

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

SERIALS = 'UPDATE lot_levels SET is_serial = (SELECT lots.is_serial FROM lots WHERE lots.id = lot_levels.lot_id)'


def upgrade() -> None:
    op.create_index('ix_sales_orders_customer_po_folded', 'sales_orders', ['customer_id', sa.text('lower(po_number)')])
    op.add_column('lot_levels', sa.Column('is_serial', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(SERIALS)
    op.create_index(
        'ix_lot_levels_serial_in_one_place', 'lot_levels', ['lot_id'], unique=True,
        postgresql_where=sa.text('is_serial AND on_hand > 0'), sqlite_where=sa.text('is_serial AND on_hand > 0'))


def downgrade() -> None:
    op.drop_index('ix_lot_levels_serial_in_one_place', 'lot_levels')
    op.drop_column('lot_levels', 'is_serial')
    op.drop_index('ix_sales_orders_customer_po_folded', 'sales_orders')
