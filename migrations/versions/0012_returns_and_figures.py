"""Orders are found by their items

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

NEW_INDEXES: dict[str, tuple[str, tuple[str, ...]]] = {            # name: table, columns
    'ix_order_lines_item_newest': ('order_lines', ('item_id', 'order_id')),
    'ix_customer_part_numbers_part_number_folded': ('customer_part_numbers', ('part_number_folded',)),
}
OLD_INDEXES: dict[str, tuple[str, tuple[str, ...]]] = {            # a new one begins with the same columns
    'ix_order_lines_item_id': ('order_lines', ('item_id',)),
}


def upgrade() -> None:
    for name, (table, columns) in NEW_INDEXES.items():
        op.create_index(name, table, list(columns))
    for name, (table, _) in OLD_INDEXES.items():
        op.drop_index(name, table)


def downgrade() -> None:
    for name, (table, columns) in OLD_INDEXES.items():
        op.create_index(name, table, list(columns))
    for name, (table, _) in NEW_INDEXES.items():
        op.drop_index(name, table)
