"""Orders are found by their items, which may have a picture; forms of customers are filed under the words they are known again by

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

from models.domain.forms import form_keys
from models.domain.learned import ALIASES, Fingerprint
from runtime.codec import from_json

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
NEW_INDEXES: dict[str, tuple[str, tuple[str, ...]]] = {            # name: table, columns
    'ix_order_lines_item_newest': ('order_lines', ('item_id', 'order_id')),
    'ix_customer_part_numbers_part_number_folded': ('customer_part_numbers', ('part_number_folded',)),
}
OLD_INDEXES: dict[str, tuple[str, tuple[str, ...]]] = {            # a new one begins with the same columns
    'ix_order_lines_item_id': ('order_lines', ('item_id',)),
}
FACTS = sa.table(
    'learned_facts', sa.column('id', ID), sa.column('customer_id', ID), sa.column('kind', sa.String()),
    sa.column('form', sa.Text()))
KEYS = sa.table('learned_keys', sa.column('key', sa.String()), sa.column('customer_id', ID), sa.column('fact_id', ID))


def upgrade() -> None:
    for name, (table, columns) in NEW_INDEXES.items():
        op.create_index(name, table, list(columns))
    for name, (table, _) in OLD_INDEXES.items():
        op.drop_index(name, table)
    op.create_table(
        'item_pictures',
        sa.Column('item_id', ID, autoincrement=False, nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_item_pictures_item_id_items')),
        sa.PrimaryKeyConstraint('item_id', name=op.f('pk_item_pictures')),
    )
    _file_forms()


def _file_forms() -> None:
    """Each form of a customer once, by the first fact that was learned on it."""
    first = (
        sa.select(sa.func.min(FACTS.c.id)).where(FACTS.c.kind.not_in([kind.value for kind in ALIASES]))
        .group_by(FACTS.c.customer_id, FACTS.c.form))
    rows = op.get_bind().execute(sa.select(FACTS.c.id, FACTS.c.customer_id, FACTS.c.form).where(FACTS.c.id.in_(first))).all()
    for fact_id, customer_id, form in rows:
        keys = [
            {'key': key, 'customer_id': customer_id, 'fact_id': fact_id}
            for key in sorted(form_keys(from_json(Fingerprint, form)))]
        if keys:
            op.get_bind().execute(sa.insert(KEYS), keys)


def downgrade() -> None:
    op.drop_table('item_pictures')
    op.execute(sa.text("DELETE FROM learned_keys WHERE key LIKE 'form:%'"))
    for name, (table, columns) in OLD_INDEXES.items():
        op.create_index(name, table, list(columns))
    for name, (table, _) in NEW_INDEXES.items():
        op.drop_index(name, table)
