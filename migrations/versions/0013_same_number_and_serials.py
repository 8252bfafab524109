"""Orders with the same number are found whatever its letters' case, a serial number is in one place only, and how much a charge
of an order is can be in doubt

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
CODES = (
    'unknown_customer', 'customer_unsure', 'unknown_sender', 'missing_po_number', 'po_number_unsure', 'duplicate_po', 'change_of_order',
    'cancellation', 'no_lines', 'unknown_item', 'item_unsure', 'item_conflict', 'item_inactive', 'quantity_missing',
    'quantity_unsure', 'unit_unsure', 'price_deviation', 'price_missing', 'amount_mismatch', 'total_mismatch', 'charge_unsure',
    'ship_to_unknown', 'date_unsure', 'currency_mismatch', 'stock_short', 'field_unsure', 'reading_problem', 'policy',
    'form_changed', 'same_goods_again', 'revised_order', 'item_superseded', 'codes_disagree', 'order_multiple',
    'below_order_quantity', 'unusual_quantity', 'order_minimum', 'credit_limit', 'overdue', 'date_too_early',
    'price_ambiguous', 'catch_weight', 'bank_details', 'repeated_line', 'sampled', 'too_little_history')
CODES_BEFORE = tuple(code for code in CODES if code != 'charge_unsure')


def upgrade() -> None:
    _allow(CODES)
    op.create_index('ix_sales_orders_customer_po_folded', 'sales_orders', ['customer_id', sa.text('lower(po_number)')])
    op.add_column('lot_levels', sa.Column('is_serial', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(SERIALS)
    op.create_index(
        'ix_lot_levels_serial_in_one_place', 'lot_levels', ['lot_id'], unique=True,
        postgresql_where=sa.text('is_serial AND on_hand > 0'), sqlite_where=sa.text('is_serial AND on_hand > 0'))


def downgrade() -> None:
    op.execute("UPDATE doubts SET code = 'reading_problem' WHERE code = 'charge_unsure'")
    _allow(CODES_BEFORE)
    op.drop_index('ix_lot_levels_serial_in_one_place', 'lot_levels')
    op.drop_column('lot_levels', 'is_serial')
    op.drop_index('ix_sales_orders_customer_po_folded', 'sales_orders')


def _allow(codes: tuple[str, ...]) -> None:
    words = ", ".join(f"'{name}'" for name in codes)
    with op.batch_alter_table('doubts') as doubts:
        doubts.drop_constraint(op.f('ck_doubts_doubtcode'), type_='check')
        doubts.create_check_constraint(op.f('ck_doubts_doubtcode'), f"code IN ({words})")
