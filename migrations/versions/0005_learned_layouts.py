"""What corrections taught, and forms that changed

Revision ID: 0005
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from models.tables.base import Instant

revision = '0005'
down_revision = '0003'
branch_labels = None
depends_on = None

BEFORE = (
    'unknown_customer', 'customer_unsure', 'unknown_sender', 'missing_po_number', 'po_number_unsure', 'duplicate_po',
    'change_of_order', 'cancellation', 'no_lines', 'unknown_item', 'item_unsure', 'item_conflict', 'item_inactive',
    'quantity_missing', 'quantity_unsure', 'unit_unsure', 'price_deviation', 'price_missing', 'amount_mismatch',
    'total_mismatch', 'ship_to_unknown', 'date_unsure', 'currency_mismatch', 'stock_short', 'field_unsure',
    'reading_problem', 'policy',
)
KINDS = ('place', 'not', 'column', 'constant', 'date_order', 'number_style', 'unit', 'item')
STATES = ('active', 'paused', 'undone')
ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('documents') as documents:
        documents.add_column(sa.Column('noticed', sa.Text(), nullable=True))
    _allow((*BEFORE, 'form_changed'))
    op.create_table(
        'learned_facts',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('kind', sa.Enum(*KINDS, name='lessonkind', native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column('field', sa.String(length=32), nullable=False),
        sa.Column('lesson', sa.Text(), nullable=False),
        sa.Column('form', sa.Text(), nullable=False),
        sa.Column('state', sa.Enum(*STATES, name='factstate', native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column('case_id', ID, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('document_id', ID, nullable=False),
        sa.Column('made_by', sa.String(length=255), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.Column('changed_by', sa.String(length=255), nullable=True),
        sa.Column('changed_at', Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_learned_facts_case_id_cases')),
        sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_learned_facts_customer_id_customers')),
        sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_learned_facts_document_id_documents')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_learned_facts')),
        sa.UniqueConstraint('case_id', 'position', name=op.f('uq_learned_facts_case_id_position')),
    )
    op.create_index('ix_learned_facts_customer_state', 'learned_facts', ['customer_id', 'state'])
    op.create_table(
        'learned_uses',
        sa.Column('fact_id', ID, nullable=False),
        sa.Column('case_id', ID, nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('is_conflict', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_learned_uses_case_id_cases')),
        sa.ForeignKeyConstraint(['fact_id'], ['learned_facts.id'], name=op.f('fk_learned_uses_fact_id_learned_facts')),
        sa.PrimaryKeyConstraint('fact_id', 'case_id', name=op.f('pk_learned_uses')),
    )
    op.create_table(
        'learned_drifts',
        sa.Column('case_id', ID, nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('sentence', sa.Text(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('seen_at', Instant(timezone=True), nullable=True),
        sa.Column('seen_by', sa.String(length=255), nullable=True),
        sa.CheckConstraint('(seen_at IS NULL) = (seen_by IS NULL)', name=op.f('ck_learned_drifts_seen_by_somebody')),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_learned_drifts_case_id_cases')),
        sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_learned_drifts_customer_id_customers')),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_learned_drifts')),
    )
    op.create_index('ix_learned_drifts_customer', 'learned_drifts', ['customer_id', 'seen_at'])


def downgrade() -> None:
    for table in ('learned_drifts', 'learned_uses', 'learned_facts'):
        op.drop_table(table)
    op.execute(sa.text("UPDATE doubts SET code = 'reading_problem' WHERE code = 'form_changed'"))
    _allow(BEFORE)
    with op.batch_alter_table('documents') as documents:
        documents.drop_column('noticed')


def _allow(codes: tuple[str, ...]) -> None:
    words = ", ".join(f"'{name}'" for name in codes)
    with op.batch_alter_table('doubts') as doubts:
        doubts.drop_constraint(op.f('ck_doubts_doubtcode'), type_='check')
        doubts.create_check_constraint(op.f('ck_doubts_doubtcode'), f"code IN ({words})")
